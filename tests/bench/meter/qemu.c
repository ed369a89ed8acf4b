/*
 * qemu.c - the few things the plugin interface does not give: RAM and video memory as the host sees them,
 * disk requests on their way, virtual time.
 *
 * They are functions that Debian's QEMU exports, found by name; every one of them is asked for at the start,
 * so that a QEMU without it is refused with its name.
 */
#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "meter.h"

#define MAX_DISKS             16
#define BLOCKS_BETWEEN_ROUNDS 8192

struct host_memory ram, video;

static int (*ram_foreach_block)(int (*visit)(void *block, void *context), void *context);
static const char *(*ram_get_idstr)(void *block);
static void *(*ram_get_host_addr)(void *block);
static uint64_t (*ram_get_used_length)(void *block);
static void *(*blk_all_next)(void *backend);
static void (*blk_inc_in_flight)(void *backend);
static void (*blk_dec_in_flight)(void *backend);
static int64_t (*icount_get)(void), (*icount_get_raw)(void);
static void *(*get_aio_context)(void);
static void (*schedule_oneshot)(void *context, void (*run)(void *), void *argument, const char *name);
static void (*tb_flush)(void *cpu);
static void *(*get_cpu)(int index);

static const int *in_flight[MAX_DISKS]; /* requests on their way, of each disk */
static unsigned num_disks;

static void *find_symbol(const char *name)
{
    void *symbol = dlsym(RTLD_DEFAULT, name);

    if (symbol == NULL)
        die("this QEMU does not export %s", name);
    return symbol;
}

void qemu_find_symbols(void)
{
    ram_foreach_block = find_symbol("qemu_ram_foreach_block");
    ram_get_idstr = find_symbol("qemu_ram_get_idstr");
    ram_get_host_addr = find_symbol("qemu_ram_get_host_addr");
    ram_get_used_length = find_symbol("qemu_ram_get_used_length");
    blk_all_next = find_symbol("blk_all_next");
    blk_inc_in_flight = find_symbol("blk_inc_in_flight");
    blk_dec_in_flight = find_symbol("blk_dec_in_flight");
    icount_get = find_symbol("icount_get");
    icount_get_raw = find_symbol("icount_get_raw");
    get_aio_context = find_symbol("qemu_get_aio_context");
    schedule_oneshot = find_symbol("aio_bh_schedule_oneshot_full");
    tb_flush = find_symbol("tb_flush");
    get_cpu = find_symbol("qemu_get_cpu");
}

static int visit_block(void *block, void *context)
{
    const char *name = ram_get_idstr(block), *dot = strrchr(name, '/');
    struct host_memory memory = {ram_get_host_addr(block), ram_get_used_length(block)};

    (void)context;
    if (strcmp(name, "pc.ram") == 0)
        ram = memory;
    else if (dot != NULL && strcmp(dot, "/vga.vram") == 0)
        video = memory;
    return 0;
}

void qemu_find_memory(void)
{
    ram_foreach_block(visit_block, NULL);
    if (ram.bytes == NULL)
        die("this machine's RAM is not called pc.ram");
}

/* The counter of requests in a disk's private structure: the number that grows by one with a request. */
static const int *find_counter(void *disk)
{
    size_t num_words = malloc_usable_size(disk) / sizeof(int);
    int *words = disk, *before = malloc(num_words * sizeof(int)), *found = NULL;

    memcpy(before, words, num_words * sizeof(int));
    blk_inc_in_flight(disk);
    for (size_t i = 0; i < num_words; i++) {
        if (words[i] != before[i] + 1)
            continue;
        if (found != NULL)
            die("two counters of disk requests");
        found = words + i;
    }
    blk_dec_in_flight(disk);
    free(before);
    if (found == NULL)
        die("no counter of disk requests");
    return found;
}

void qemu_find_disks(void)
{
    for (void *disk = NULL; (disk = blk_all_next(disk)) != NULL && num_disks < MAX_DISKS;)
        in_flight[num_disks++] = find_counter(disk);
}

static void set_flag(void *flag)
{
    __atomic_store_n((bool *)flag, true, __ATOMIC_RELEASE);
}

/* Until QEMU's main loop has done something that is given to it now. */
static void wait_for_main_loop(void)
{
    bool done = false;

    schedule_oneshot(get_aio_context(), set_flag, &done, "meter");
    while (!__atomic_load_n(&done, __ATOMIC_ACQUIRE))
        sched_yield();
}

/*
 * Devices leave work to QEMU's main loop (an IDE channel its reset), which a busy host may delay for longer
 * than the guest waits. Of what it is given the latest comes first: after two rounds everything before them
 * is done.
 */
static void finish_deferred_work(void)
{
    static unsigned num_blocks;

    if (++num_blocks % BLOCKS_BETWEEN_ROUNDS != 0)
        return;
    wait_for_main_loop();
    wait_for_main_loop();
}

void qemu_hold(void)
{
    finish_deferred_work();
    for (unsigned i = 0; i < num_disks; i++) {
        while (__atomic_load_n(in_flight[i], __ATOMIC_ACQUIRE) != 0)
            sched_yield();
    }
}

void qemu_flush_translations(void)
{
    tb_flush(get_cpu(0));
}

/* QEMU refuses to read the clock on the CPU's own thread in the middle of a block. */
static void *read_idle(void *result)
{
    *(int64_t *)result = icount_get() - (icount_get_raw() << icount_shift);
    return NULL;
}

/* Virtual time that passed while the CPU was halted. */
int64_t qemu_idle_ns(void)
{
    pthread_t thread;
    int64_t idle = 0;

    if (pthread_create(&thread, NULL, read_idle, &idle) != 0)
        die("no thread to read the clock");
    pthread_join(thread, NULL);
    return idle;
}

uint64_t ram_u64(uint64_t paddr)
{
    uint64_t value = 0;

    if (paddr <= ram.size - sizeof value)
        memcpy(&value, ram.bytes + paddr, sizeof value);
    return value;
}

uint32_t ram_u32(uint64_t paddr)
{
    return (uint32_t)ram_u64(paddr);
}
