/* units: kernel/lib/printf.c kernel/memory/memory_map.c kernel/debug/symbols.c */
/*
 * What a panic says of a trap, of an address and of a call chain, on a machine made of variables.
 */
#include "tests/host/host_test.h"

#include "kernel/boot/boot_info.h"
#include "kernel/lib/printf.h"

#define KERNEL_CPU_H /* registers that a test chooses */
#define CR4_LA57     (UINT64_C(1) << 12)
#define CR4_SMEP     (UINT64_C(1) << 20)
#define CR4_SMAP     (UINT64_C(1) << 21)

static uint64_t cr2, cr4;

static uint64_t read_cr0(void)
{
    return 0x80010011;
}

static uint64_t read_cr2(void)
{
    return cr2;
}

static uint64_t read_cr3(void)
{
    return 0x1000;
}

static uint64_t read_cr4(void)
{
    return cr4;
}

#include "kernel/cpu/this_cpu.h"

#define this_cpu() (all_cpus)

/* An image of our own; the real one's sections follow each other in the same way. */
#define KERNEL_SECTION_H

static struct {
    uint8_t text[256], rodata[64], data[64], late_code[32], late_tables[32];
} image;

#define text_start   (image.text)
#define text_end     (image.text + sizeof image.text)
#define rodata_start (image.rodata)
#define rodata_end   (image.rodata + sizeof image.rodata)
#define data_start   (image.data)
#define image_end    (image.data + sizeof image.data)

#define late_text     (image.late_code)
#define late_text_end (image.late_code + sizeof image.late_code)
#define late_rodata   (image.late_tables)
#define late_end      (image.late_tables + sizeof image.late_tables)

static uint8_t symbol_table[256 + 15], *symbol_table_end = symbol_table + sizeof symbol_table;

#define wrmsr(msr, value) fail()
#define MSR_GS_BASE       0
#include "kernel/cpu/this_cpu.c"
#include "kernel/debug/place.c"
#undef IMAGE_BASE
#define IMAGE_BASE ((uint64_t)(uintptr_t)&image)
#include "kernel/debug/fault.c"
#include "kernel/debug/backtrace.c"

struct boot_info boot_info;

bool late_is_there(void)
{
    return true;
}

static char printed[4000];

void printk(const char *format, ...)
{
    va_list args;
    size_t n = strlen(printed);

    va_start(args, format);
    format_string_v(printed + n, sizeof printed - n, format, args);
    va_end(args);
}

static uint64_t stack[32]; /* of CPU 0 */
static struct cpu other_cpu;

static uint64_t at(const void *p)
{
    return (uint64_t)(uintptr_t)p;
}

static int reset(void **state)
{
    (void)state;
    printed[0] = 0;
    cr2 = cr4 = 0;
    memset(&boot_cpu, 0, sizeof boot_cpu);
    memset(stack, 0, sizeof stack);
    boot_cpu.stacks[IST_NONE] = (struct stack){at(stack), at(stack + 32)};
    other_cpu = (struct cpu){.index = 7, .next = &boot_cpu};
    other_cpu.stacks[IST_DOUBLE_FAULT] = (struct stack){0xffffc00000002000, 0xffffc00000004000};
    all_cpus = &other_cpu;
    memset(symbol_table, 0, sizeof symbol_table); /* two functions: outer at 0, inner at 0x80 */
    memcpy(symbol_table + 256, "\0outer\0\x80\x01inner", 15);
    image.text[0] = image.text[0x80] = PUSH_RBP;
    boot_info.memory_map.num_regions = 1;
    boot_info.memory_map.regions[0] = (struct memory_region){0x100000, 0x200000, MEMORY_ACPI_NVS};
    return 0;
}

static void expect_place(uint64_t vaddr, const char *name)
{
    char text[PLACE_BYTES];

    place_name(text, vaddr);
    assert_string_equal(text, name);
}

static void test_places(void **state)
{
    (void)state;
    expect_place(0, "page 0, where null points");
    expect_place(0xfff, "page 0, where null points");
    expect_place(0x1000, "the half of user programs");
    expect_place(0x00007fffffffffff, "the half of user programs");
    expect_place(0x0000800000000000, "not a canonical address");
    expect_place(0xffff7fffffffffff, "not a canonical address");
    expect_place(DIRECT_MAP_BASE + 0x100000, "ACPI NVS memory at physical address 0x100000");
    expect_place(DIRECT_MAP_BASE + 0x200000, "no known memory at physical address 0x200000");
    expect_place(VGA_BASE + VGA_TEXT_OFFSET, "the VGA's memory");
    expect_place(MAP_BASE + 0x8000, "memory mapped by the running kernel");
    expect_place(DISPLAY_BASE, "the framebuffer");
    expect_place(0xffffffffffffffff, "nothing the kernel knows");
    cr4 = CR4_LA57;
    expect_place(0x0000800000000000, "the half of user programs");
    expect_place(0x0100000000000000, "not a canonical address");
}

static void test_stacks(void **state)
{
    (void)state;
    expect_place(0xffffc00000002000, "the double fault stack of CPU 7");
    expect_place(0xffffc00000003fff, "the double fault stack of CPU 7");
    expect_place(0xffffc00000001fff, "the guard page of the double fault stack of CPU 7");
    expect_place(0xffffc00000001000, "the guard page of the double fault stack of CPU 7");
    expect_place(0xffffc00000000fff, "memory mapped by the running kernel");
    expect_place(0xffffc00000004000, "memory mapped by the running kernel");
    expect_place(at(stack), "the kernel stack of CPU 0");
    assert_ptr_equal(find_stack(at(stack + 30), 16), &boot_cpu.stacks[IST_NONE]);
    assert_null(find_stack(at(stack + 31), 16));
    assert_null(find_stack(at(stack) - 1, 1));
    assert_null(find_stack(at(stack + 31), UINT64_MAX));
}

static void expect_cause(uint64_t vector, uint64_t error, const char *expected)
{
    struct trap_frame frame = {.vector = vector, .error_code = error, .rsp = 0xffffc00000002000};

    printed[0] = 0;
    fault_print_cause(&frame);
    assert_string_equal(printed, expected);
}

static void test_page_faults(void **state)
{
    (void)state;
    cr2 = 0xffffffffffffffff;
#define THERE "ffffffffffffffff"
#define THAT  "that is nothing the kernel knows\n"
    expect_cause(14, 0x0, "read from " THERE ": nothing is mapped there\n" THAT);
    expect_cause(14, 0x2, "write to " THERE ": nothing is mapped there\n" THAT);
    expect_cause(14, 0x10, "execution of " THERE ": nothing is mapped there\n" THAT);
    expect_cause(14, 0x3, "write to " THERE ": its rights forbid it\n" THAT);
    expect_cause(14, 0x5, "read from " THERE " by a user program: its rights forbid it\n" THAT);
    expect_cause(14, 0xb, "write to " THERE ": a reserved bit is set in its page tables\n" THAT);
    expect_cause(14, 0x25, "read from " THERE " by a user program: its protection key forbids it\n" THAT);
    expect_cause(14, 0x43, "write to " THERE ": an access to a shadow stack\n" THAT);
    expect_cause(14, 0x8003, "write to " THERE ": SGX forbids it\n" THAT);
    cr4 = CR4_SMEP | CR4_SMAP;
    expect_cause(14, 0x11, "execution of " THERE ": its rights forbid it\n" THAT);
    cr2 = 0x5000;
#undef THERE
#undef THAT
#define THERE "0000000000005000"
#define THAT  "that is the half of user programs\n"
    expect_cause(14, 0x11, "execution of " THERE ": it is for user programs (SMEP)\n" THAT);
    expect_cause(14, 0x1, "read from " THERE ": it is for user programs (SMAP)\n" THAT);
    expect_cause(14, 0x7, "write to " THERE " by a user program: its rights forbid it\n" THAT);
    cr4 = 0;
    expect_cause(14, 0x11, "execution of " THERE ": its rights forbid it\n" THAT);
}

static void test_other_causes(void **state)
{
    (void)state;
    expect_cause(13, 0x18, "entry 3 of the GDT is to blame\n");
    expect_cause(11, 0x2c, "entry 5 of the LDT is to blame\n");
    expect_cause(13, 0x103, "entry 32 of the IDT is to blame, for an event from outside the program\n");
    expect_cause(13, 0, "");
    expect_cause(6, 0, "");
    expect_cause(8, 0, "stack at ffffc00000001ff8: the guard page of the double fault stack of CPU 7\n");
}

static void test_registers_that_are_no_addresses(void **state)
{
    struct trap_frame frame = {.vector = 13, .rbx = 0x0000800000000000, .r15 = 0x8000000000000000};

    (void)state;
    fault_print_cause(&frame);
    assert_string_equal(printed, "not a canonical address: rbx r15\n");
}

static void test_registers(void **state)
{
    struct trap_frame frame;
    uint32_t num_lines = 0;

    (void)state;
    for (size_t i = 0; i < 22; i++)
        ((uint64_t *)&frame)[i] = 0x1111111111111111 * (i % 15 + 1);
    frame.cs = 8;
    frame.rflags = 0x200246;
    frame.error_code = 0x1ffff;
    fault_print_registers(&frame);
    for (char *line = strtok(printed, "\n"); line != NULL; line = strtok(NULL, "\n"), num_lines++)
        assert_true(strlen(line) <= 80);
    assert_int_equal(num_lines, 8);
}

/* A frame at stack[i]: the caller's frame and the return address. */
static uint64_t put_frame(size_t i, uint64_t caller, uint64_t offset)
{
    stack[i] = caller;
    stack[i + 1] = IMAGE_BASE + offset;
    return at(stack + i);
}

static void expect_chain(const char *expected)
{
    char names[600] = "";

    for (char *line = strtok(printed, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        const char *name = line[2] == '.' || line[2] == 'r' ? line + 2 : strrchr(line, ' ') + 1;

        strncat(names, name, 40);
        strcat(names, "|");
    }
    assert_string_equal(names, expected);
}

static void test_chain_ends(void **state)
{
    (void)state;
    put_frame(20, 0, 0);
    stack[21] = 0; /* the oldest */
    put_frame(10, at(stack + 20), 0x7f);
    backtrace_print(IMAGE_BASE + 0x90, at(stack + 10));
    expect_chain("inner+0x10|outer+0x7f|");
}

static void test_chain_is_broken(void **state)
{
    (void)state;
    backtrace_print(IMAGE_BASE + 0x90, put_frame(4, 0x8000000000000000, 0x10));
    expect_chain("inner+0x10|outer+0x10|rbp goes on at 8000000000000000, which i|");
    printed[0] = 0;
    backtrace_print(IMAGE_BASE + 0x90, put_frame(4, at(stack + 4), 0x10)); /* its own caller */
    assert_non_null(strstr(printed, "which is no frame"));
    printed[0] = 0;
    backtrace_print(IMAGE_BASE + 0x90, put_frame(4, at(stack + 2), 0x10)); /* downwards */
    assert_non_null(strstr(printed, "which is no frame"));
    printed[0] = 0;
    backtrace_print(IMAGE_BASE + 0x90, at(stack) + 1);
    assert_non_null(strstr(printed, "which is no frame"));
    printed[0] = 0;
    backtrace_print(IMAGE_BASE + 0x90, at(stack + 31)); /* half a frame */
    assert_non_null(strstr(printed, "which is no frame"));
    printed[0] = 0;
    backtrace_print(IMAGE_BASE + 0x90, 0);
    assert_null(strstr(printed, "which is no frame"));
}

static void test_long_chain(void **state)
{
    uint32_t num_lines = 0;

    (void)state;
    for (size_t i = 0; i < 28; i += 2)
        put_frame(i, at(stack + i + 2), 0x10);
    backtrace_print(IMAGE_BASE + 0x90, at(stack));
    for (const char *p = printed; *p != 0; p++)
        num_lines += *p == '\n';
    assert_int_equal(num_lines, 1 + MAX_CALLERS + 1);
    assert_string_equal(printed + strlen(printed) - 6, "  ...\n");
}

static void test_functions_without_a_frame(void **state)
{
    struct trap_frame frame = {.rip = IMAGE_BASE + 0x80, .rsp = at(stack + 8)};

    (void)state;
    stack[8] = IMAGE_BASE + 0x20; /* its first instruction: the return address on top */
    backtrace_print_trap(&frame);
    expect_chain("inner+0x0|outer+0x20|");
    printed[0] = 0;
    frame.rip++; /* %rbp has been pushed */
    stack[9] = IMAGE_BASE + 0x21;
    backtrace_print_trap(&frame);
    expect_chain("inner+0x1|outer+0x21|");
    printed[0] = 0;
    frame.rsp = 0x123456789000;
    backtrace_print_trap(&frame);
    expect_chain("inner+0x1|");
    printed[0] = 0;
    frame.rip = 0x1234;
    backtrace_print_trap(&frame);
    assert_string_equal(printed, "  0000000000001234  outside the kernel's code\n");
}

#define TEST(name) cmocka_unit_test_setup(name, reset)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_places),
        TEST(test_stacks),
        TEST(test_page_faults),
        TEST(test_other_causes),
        TEST(test_registers_that_are_no_addresses),
        TEST(test_registers),
        TEST(test_chain_ends),
        TEST(test_chain_is_broken),
        TEST(test_long_chain),
        TEST(test_functions_without_a_frame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
