/*
 * meter.h - what the parts of the meter share. meter.c says how it works.
 */
#ifndef BENCH_METER_H
#define BENCH_METER_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum owner {
    FIRMWARE,
    OWN, /* boot sector, loader, kernel: everything that is not the firmware */
    NUM_OWNERS
};

extern bool is_uefi;
extern int icount_shift; /* 2^shift ns of virtual time for an instruction */

/* Ends QEMU with a message. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* blocks.c: translation blocks --------------------------------------------------------------------------- */

/* A translation block. */
struct block {
    uint64_t pc;
    enum owner owner;
    bool may_be_entry;         /* its bytes are those the subject begins with */
    int watch;                 /* index of the watch that begins here; -1 */
    uint64_t num_instructions; /* executed in it since the start */
    struct block *next;
};

extern bool started; /* the subject has been entered */
extern bool boot_services_exited;
extern uint64_t counts[NUM_OWNERS]; /* instructions since the start */
extern uint64_t num_firmware_calls;
extern uint64_t num_video_loads, num_video_stores; /* of the own code; loads only if asked for */
extern const struct block *current;                /* the block that runs */
extern struct block *blocks;                       /* all of them */

/* Options. The subject's first bytes lie at `entry_offset` in a page. */
#define ENTRY_BYTES 64u
extern uint8_t entry_bytes[ENTRY_BYTES];
extern uint64_t entry_offset;
extern bool tell_calls, count_loads;
void add_watch(const char *name, uint64_t pc);

struct qemu_plugin_tb;
void block_translated(uint64_t id, struct qemu_plugin_tb *tb);

/* qemu.c: the inside of QEMU ----------------------------------------------------------------------------- */

/* Memory as the host sees it; null where there is none. */
struct host_memory {
    uint8_t *bytes;
    uint64_t size;
};
extern struct host_memory ram, video;

void qemu_find_symbols(void);
void qemu_find_disks(void);  /* when the disks are there and idle */
void qemu_find_memory(void); /* when the machine is complete */
void qemu_flush_translations(void);
int64_t qemu_idle_ns(void);

/*
 * Before each block: holds the CPU while a disk request is on its way, or work that a device has left to
 * QEMU. To the guest neither takes any time, on any host.
 */
void qemu_hold(void);

/* Numbers from guest RAM; 0 beyond its end. */
uint64_t ram_u64(uint64_t paddr);
uint32_t ram_u32(uint64_t paddr);

/* events.c: what happened, told to the driver ------------------------------------------------------------ */

extern int event_fd, reply_fd;
extern const char *profile_path;

/* The figures at one moment. */
struct figures {
    uint64_t counts[NUM_OWNERS];
};
struct figures figures_now(void);

/* Tells an event and waits for the reply. `more` is JSON members of its own, each with a comma before it. */
void event(const char *name, struct figures at, const char *more);

/* The same for an event in the middle of a device access, when QEMU cannot answer: told at the next block. */
void event_later(const char *name, struct figures at);
void events_tell_late(void);

/* screen.c, serial.c: first signs of life ---------------------------------------------------------------- */

extern const char *banner;
void screen_begin(void);                            /* at the start */
void screen_text_store(uint64_t paddr, unsigned n); /* `n` bytes at `paddr` of VGA memory were written */
void screen_pixel_store(uint64_t offset, unsigned n);

extern const char *serial_path, *ready_text;

/* memory.c: what the own code does with memory ----------------------------------------------------------- */

/* After each access of the own code, as QEMU calls it. */
void memory_accessed(unsigned cpu, uint32_t info, uint64_t vaddr, void *context);
uint64_t pages_written_kib(void);

/* uefi.c: what the firmware's tables say ----------------------------------------------------------------- */

void uefi_read_tables(uint64_t entry_pc);
bool uefi_is_firmware(uint64_t pc);
bool uefi_is_exit_boot_services(uint64_t pc);

/* Counts a call of the function at `pc`, and its name: null if it is none of those known. */
const char *uefi_count_call(uint64_t pc);

/* Numbers of calls by name, and the range of the image, as JSON members. */
void uefi_format_calls(char *text, size_t size);

#endif
