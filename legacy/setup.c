/*
 * setup.c - the image's own 16-bit code: asks the BIOS what only the BIOS knows, as a boot_params page.
 *
 * Entered from setup_entry.S in real mode, whichever loader brought the file. Checks the CPU, opens A20,
 * takes the memory map and the text screen and leaves for the 32-bit entry. What fails is said in words on
 * the BIOS's screen, and the machine halts.
 */
#include <stdbool.h>
#include <stdint.h>

#include "legacy/a20.h"
#include "legacy/asm16.h"
#include "legacy/bios.h"
#include "legacy/boot_params.h"
#include "legacy/setup_data.h"
#include "legacy/vbe.h"

#define SMAP            0x534d4150u
#define E820_MAX_CALLS  8192u
#define STACK_BYTES     2048u
#define EFLAGS_ID       0x00200000u
#define FEATURE_LONG    (1u << 29)
#define BDA_SEGMENT     0x40
#define BDA_ROWS        0x84 /* text rows less one */
#define BDA_CELL_HEIGHT 0x85
#define MODE_TEXT_80X25 3
#define CRTC_INDEX      0x3d4
#define CRTC_DATA       0x3d5
#define CRTC_CURSOR_LOW 0x0f

/* Shared with setup_entry.S. */
uint32_t heap_end;
_Noreturn void setup_main(void);
_Noreturn void protected_mode_jump(uint32_t entry, uint32_t boot_params);

static uint8_t boot_params[BOOT_PARAMS_BYTES] __attribute__((aligned(16)));

/* Behind .bss, to heap_end less the stack: one node of setup data with as many entries as there is room for.
 */
struct map_node {
    struct setup_data head;
    struct e820_answers answers;
};
extern uint8_t heap_start[];

static void print(const char *text)
{
    for (; *text != 0; text++) {
        struct bios_regs r = {.eax = 0x0e00u | (uint8_t)*text, .ebx = 0x0007};
        bios_int(0x10, &r);
    }
}

static _Noreturn void fail(const char *text)
{
    print("\r\nJanus: ");
    print(text);
    print("\r\n");
    halt();
}

/* A byte of the BIOS data area. */
static uint8_t bda8(uint16_t offset)
{
    return (uint8_t)far_read(BDA_SEGMENT, offset);
}

/* The linear address of something in the setup part. */
static uint32_t linear(const void *p)
{
    return ((uint32_t)own_segment() << 4) + (uint32_t)(uintptr_t)p;
}

static uint64_t time_stamp(void)
{
    uint64_t tsc;

    __asm__ volatile("rdtsc" : "=A"(tsc));
    return tsc;
}

/* CPUID is there if EFLAGS.ID can be changed (Intel SDM vol. 1, 3.4.3.3). */
static bool has_cpuid(void)
{
    uint32_t before, after;

    __asm__ volatile("pushfl\n\t"
                     "popl %0\n\t"
                     "movl %0, %1\n\t"
                     "xorl %2, %1\n\t"
                     "pushl %1\n\t"
                     "popfl\n\t"
                     "pushfl\n\t"
                     "popl %1\n\t"
                     "pushl %0\n\t"
                     "popfl"
                     : "=&r"(before), "=&r"(after)
                     : "i"(EFLAGS_ID));
    return ((before ^ after) & EFLAGS_ID) != 0;
}

static uint32_t cpuid_edx(uint32_t leaf, uint32_t *eax)
{
    uint32_t ebx, ecx, edx;

    __asm__ volatile("cpuid" : "=a"(*eax), "=b"(ebx), "=c"(ecx), "=d"(edx) : "0"(leaf));
    return edx;
}

static bool has_long_mode(void)
{
    uint32_t eax;

    if (!has_cpuid())
        return false;
    cpuid_edx(0x80000000u, &eax);
    return eax >= 0x80000001u && (cpuid_edx(0x80000001u, &eax) & FEATURE_LONG) != 0;
}

static uint32_t get32(const uint8_t *p)
{
    return *(const uint32_t *)(const void *)p;
}

/* The setup header, from the file's first sector on, as the loader left it; its length is in its jump. */
static void copy_header(void)
{
    const uint8_t *file = (const uint8_t *)0;

    __asm__("" : "+r"(file)); /* offset 0 of the segment, no null pointer */
    uint32_t end = 0x202u + file[BP_HEADER_JUMP];
    for (uint32_t i = BP_SETUP_HEADER; i < end; i++)
        boot_params[i] = file[i];
}

/*
 * INT 15h, EAX = E820h (ACPI 6.5, 15.1): one entry for each call. Some BIOSes fill 20 bytes only, so the
 * attributes are set beforehand; some set carry behind the last entry, some clear EBX at it; some lose SMAP.
 */
static bool next_entry(struct e820_entry *entry, uint32_t *continuation, uint32_t *bytes)
{
    struct bios_regs r = {.eax = 0xe820, .ebx = *continuation, .ecx = sizeof *entry, .edx = SMAP};

    entry->attributes = 1;
    r.es = own_segment();
    r.edi = (uint32_t)(uintptr_t)entry;
    bios_int(0x15, &r);
    *continuation = r.ebx;
    *bytes = r.ecx;
    return r.eax == SMAP && (r.flags & BIOS_CARRY) == 0;
}

static void take_memory_map(struct map_node *node)
{
    struct e820_answers *answers = &node->answers;
    uint32_t room =
        (heap_end - STACK_BYTES - (uint32_t)(uintptr_t)answers->entries) / sizeof(struct e820_entry);
    uint32_t continuation = 0, bytes;
    struct e820_entry entry;

    answers->num_answers = answers->num_stored = answers->num_short = answers->reserved = 0;
    for (uint32_t i = 0; i < E820_MAX_CALLS && next_entry(&entry, &continuation, &bytes); i++) {
        answers->num_answers++;
        if (bytes < sizeof entry) {
            answers->num_short++;
            entry.attributes = 1;
        }
        if (answers->num_stored < room)
            answers->entries[answers->num_stored++] = entry;
        if (continuation == 0)
            break;
    }
    if (answers->num_answers == 0)
        fail("the BIOS gives no memory map (INT 15h, E820h)");
    node->head.type = SETUP_JANUS_E820;
    node->head.len = sizeof *answers + answers->num_stored * sizeof(struct e820_entry);
}

/* Hangs the node before what the loader may have chained. */
static void chain(struct map_node *node)
{
    uint32_t *first = (uint32_t *)(void *)(boot_params + BP_SETUP_DATA);

    node->head.next = (uint64_t)first[1] << 32 | first[0];
    first[0] = linear(node);
    first[1] = 0;
}

/* True if there is VGA hardware: the CRT controller's cursor register keeps what is written to it. */
static bool has_vga(void)
{
    outb(CRTC_INDEX, CRTC_CURSOR_LOW);
    uint8_t old = inb(CRTC_DATA), other = old ^ 0xff;
    outb(CRTC_DATA, other);
    bool kept = inb(CRTC_DATA) == other;
    outb(CRTC_DATA, old);
    return kept;
}

/* Text mode 3 with 25 rows, set only if it is not there: INT 10h, AH = 0Fh and 00h. */
static void set_text_mode(void)
{
    struct bios_regs mode = {.eax = 0x0f00}, set = {.eax = MODE_TEXT_80X25};

    bios_int(0x10, &mode);
    if ((mode.eax & 0x7f) != MODE_TEXT_80X25 || bda8(BDA_ROWS) != 24 || bda8(BDA_CELL_HEIGHT) != 16)
        bios_int(0x10, &set);
    boot_params[BP_VIDEO_MODE] = MODE_TEXT_80X25;
    boot_params[BP_VIDEO_COLUMNS] = 80;
    boot_params[BP_VIDEO_LINES] = 25;
    boot_params[BP_VIDEO_IS_VGA] = 1;
}

/* VGA text where the hardware has it, else a framebuffer, else nothing. */
static void take_screen(void)
{
    struct bios_regs display = {.eax = 0x1a00};

    bios_int(0x10, &display); /* display combination: AL = 1Ah if there is a VGA BIOS at all */
    if ((display.eax & 0xff) != 0x1a)
        return;
    if (has_vga())
        set_text_mode();
    else
        vbe_set_framebuffer(boot_params);
}

_Noreturn void setup_main(void)
{
    struct map_node *node = (struct map_node *)(void *)heap_start;

    if (!has_long_mode())
        fail("this CPU has no 64-bit mode, and the kernel needs it");
    node->answers.entry_tsc = time_stamp();
    if (!a20_enable())
        fail("the A20 line cannot be opened");
    copy_header();
    take_memory_map(node);
    take_screen();
    node->answers.map_tsc = time_stamp();
    chain(node);
    protected_mode_jump(get32(boot_params + BP_CODE32_START), linear(boot_params));
}
