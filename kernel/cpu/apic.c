/*
 * apic.c - the local APIC. A register's number here is its offset in memory / 16, and its MSR - 0x800.
 */
#include "kernel/cpu/apic.h"

#include <stddef.h>

#include "kernel/cpu/cpu.h"
#include "kernel/memory/kernel_map.h"

#define MSR_APIC_BASE      0x1bu
#define MSR_X2APIC         0x800u
#define MSR_TSC_DEADLINE   0x6e0u
#define BASE_X2APIC        (UINT64_C(1) << 10)
#define BASE_ENABLED       (UINT64_C(1) << 11)
#define BASE_ADDRESS       UINT64_C(0x000ffffffffff000)
#define REGISTERS_BYTES    0x400
#define CPUID_EDX_APIC     (1u << 9)
#define CPUID_ECX_X2APIC   (1u << 21)
#define CPUID_ECX_DEADLINE (1u << 24)

enum apic_register {
    REG_ID = 0x02,
    REG_VERSION = 0x03,
    REG_TASK_PRIORITY = 0x08,
    REG_EOI = 0x0b,
    REG_LOGICAL_DESTINATION = 0x0d,
    REG_DESTINATION_FORMAT = 0x0e,
    REG_SPURIOUS = 0x0f,
    REG_IN_SERVICE = 0x10, /* 8 of them, a bit for each vector */
    REG_ERROR = 0x28,
    REG_LVT_CMCI = 0x2f,
    REG_COMMAND = 0x30,
    REG_COMMAND_HIGH = 0x31,
    REG_LVT_TIMER = 0x32,
    REG_LVT_THERMAL = 0x33,
    REG_LVT_COUNTERS = 0x34,
    REG_LVT_LINT0 = 0x35,
    REG_LVT_LINT1 = 0x36,
    REG_LVT_ERROR = 0x37,
    REG_TIMER_INITIAL = 0x38,
    REG_TIMER_CURRENT = 0x39,
    REG_TIMER_DIVIDE = 0x3e,
};

#define SPURIOUS_ENABLED   0x100u
#define LVT_MASKED         0x10000u
#define LVT_NOBODY         (LVT_MASKED | APIC_SPURIOUS_VECTOR) /* vectors below 16 are errors even if masked */
#define LVT_DELIVERY       0x700u
#define LVT_SMI            0x200u
#define LVT_NMI            0x400u
#define LVT_TIMER_DEADLINE 0x40000u
#define TIMER_DIVIDE_BY_1  0x0bu
#define COMMAND_FIXED      0x4000u /* asserted, edge */
#define COMMAND_NMI        0x4400u
#define COMMAND_INIT       0x4500u
#define COMMAND_STARTUP    0x4600u
#define COMMAND_PENDING    0x1000u
#define MAX_POLLS          100000u /* of an uncached register: far more than the bus takes */
#define NUM_VECTORS        256u

static enum apic_mode mode;
static volatile uint32_t *registers; /* in mode APIC_XAPIC */

static uint32_t read_register(uint32_t reg)
{
    return mode == APIC_X2APIC ? (uint32_t)rdmsr(MSR_X2APIC + reg) : registers[reg * 4];
}

static void write_register(uint32_t reg, uint32_t value)
{
    if (mode == APIC_X2APIC)
        wrmsr(MSR_X2APIC + reg, value);
    else
        registers[reg * 4] = value;
}

/* What firmware has turned into SMIs is its own: it may cool the CPU by that. */
static void mask_lvt(uint32_t reg)
{
    uint32_t lvt = read_register(reg);

    if ((lvt & LVT_DELIVERY) != LVT_SMI)
        write_register(reg, lvt | LVT_MASKED);
}

/* The last entry of this table stands in the version register; to touch one beyond it is an error. */
static void mask_local_sources(void)
{
    static const struct {
        uint8_t reg, last;
    } rows[] = {{REG_LVT_TIMER, 0},    {REG_LVT_LINT0, 1},   {REG_LVT_LINT1, 2}, {REG_LVT_ERROR, 3},
                {REG_LVT_COUNTERS, 4}, {REG_LVT_THERMAL, 5}, {REG_LVT_CMCI, 6}};
    uint32_t last = read_register(REG_VERSION) >> 16 & 0xff;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].last <= last)
            mask_lvt(rows[i].reg);
    }
}

static bool is_in_service(uint32_t vector)
{
    return read_register(REG_IN_SERVICE + vector / 32) >> vector % 32 & 1;
}

/* An interrupt that the firmware has not ended would hold back all of its priority and below. */
static void end_old_interrupts(void)
{
    for (uint32_t vector = NUM_VECTORS; vector-- > 0;) {
        if (is_in_service(vector))
            write_register(REG_EOI, 0);
    }
}

static void set_up(void)
{
    if (mode == APIC_XAPIC) { /* for who addresses CPUs by groups; x2APIC has this fixed */
        write_register(REG_DESTINATION_FORMAT, UINT32_MAX);
        write_register(REG_LOGICAL_DESTINATION, 0);
    }
    mask_local_sources();
    write_register(REG_SPURIOUS, SPURIOUS_ENABLED | APIC_SPURIOUS_VECTOR);
    write_register(REG_TASK_PRIORITY, 0);
    end_old_interrupts();
    write_register(REG_ERROR, 0);
}

/* SDM vol. 3A, 10.12.5: from xAPIC to x2APIC is allowed at any time, back is not. */
static void enter_x2apic(void)
{
    wrmsr(MSR_APIC_BASE, rdmsr(MSR_APIC_BASE) | BASE_ENABLED | BASE_X2APIC);
}

static enum apic_mode find_mode(bool needs_x2apic)
{
    struct cpuid features = cpuid(1, 0);
    uint64_t base;

    if (!(features.edx & CPUID_EDX_APIC))
        return APIC_NONE;
    base = rdmsr(MSR_APIC_BASE);
    if (base & BASE_X2APIC)
        return APIC_X2APIC;
    if (needs_x2apic && features.ecx & CPUID_ECX_X2APIC) {
        enter_x2apic();
        return APIC_X2APIC;
    }
    wrmsr(MSR_APIC_BASE, base | BASE_ENABLED);
    registers = map_device(base & BASE_ADDRESS, REGISTERS_BYTES);
    return registers != NULL ? APIC_XAPIC : APIC_NONE;
}

enum apic_mode apic_init(bool needs_x2apic)
{
    mode = find_mode(needs_x2apic);
    if (mode == APIC_NONE)
        return mode;
    set_up();
    write_register(REG_LVT_LINT1, LVT_NMI);
    return mode;
}

void apic_init_cpu(void)
{
    if (mode == APIC_NONE)
        return;
    if (mode == APIC_X2APIC)
        enter_x2apic();
    set_up();
}

enum apic_mode apic_mode(void)
{
    return mode;
}

uint32_t apic_id(void)
{
    if (mode == APIC_NONE)
        return 0;
    uint32_t id = read_register(REG_ID);
    return mode == APIC_X2APIC ? id : id >> 24;
}

void apic_end(uint32_t vector)
{
    if (mode != APIC_NONE && is_in_service(vector))
        write_register(REG_EOI, 0);
}

static void write_command(uint32_t id, uint32_t command)
{
    if (mode == APIC_X2APIC) {
        memory_fence(); /* this write alone would not wait for what the other CPU is to see */
        wrmsr(MSR_X2APIC + REG_COMMAND, (uint64_t)id << 32 | command);
    } else {
        write_register(REG_COMMAND_HIGH, id << 24);
        write_register(REG_COMMAND, command);
    }
}

/* x2APIC has no such bit: it reads as 0. */
static bool is_sent(void)
{
    for (uint32_t polls = 0; polls < MAX_POLLS; polls++) {
        if (!(read_register(REG_COMMAND) & COMMAND_PENDING))
            return true;
        cpu_pause();
    }
    return false;
}

static bool send(uint32_t id, uint32_t command)
{
    if (mode == APIC_NONE || (mode == APIC_XAPIC && id > APIC_MAX_XAPIC_ID))
        return false;
    uint64_t flags = interrupts_save();

    write_register(REG_ERROR, 0);
    write_command(id, command);
    bool sent = is_sent();
    write_register(REG_ERROR, 0); /* shows in the register what has happened since the last such write */
    sent = sent && read_register(REG_ERROR) == 0;
    interrupts_restore(flags);
    return sent;
}

bool apic_send(uint32_t id, uint32_t vector)
{
    return send(id, COMMAND_FIXED | vector);
}

bool apic_send_nmi(uint32_t id)
{
    return send(id, COMMAND_NMI);
}

bool apic_send_init(uint32_t id)
{
    return send(id, COMMAND_INIT);
}

bool apic_send_startup(uint32_t id, uint8_t page)
{
    return send(id, COMMAND_STARTUP | page);
}

static void start_count(uint32_t lvt, uint32_t count)
{
    if (mode == APIC_NONE)
        return;
    write_register(REG_LVT_TIMER, lvt);
    write_register(REG_TIMER_DIVIDE, TIMER_DIVIDE_BY_1);
    write_register(REG_TIMER_INITIAL, count);
}

void apic_timer_start(uint32_t vector, uint32_t count)
{
    start_count(vector, count);
}

void apic_timer_count_down(uint32_t count)
{
    start_count(LVT_NOBODY, count);
}

void apic_timer_start_deadline(uint32_t vector, uint64_t tsc)
{
    if (mode == APIC_NONE)
        return;
    write_register(REG_LVT_TIMER, LVT_TIMER_DEADLINE | vector);
    memory_fence(); /* the mode must be in force before the deadline is (SDM vol. 3A, 10.5.4.1) */
    wrmsr(MSR_TSC_DEADLINE, tsc);
}

void apic_timer_stop(void)
{
    if (mode == APIC_NONE)
        return;
    write_register(REG_LVT_TIMER, LVT_NOBODY); /* in one-shot mode, which also drops a deadline */
    write_register(REG_TIMER_INITIAL, 0);
}

uint32_t apic_timer_left(void)
{
    return mode == APIC_NONE ? 0 : read_register(REG_TIMER_CURRENT);
}

bool apic_has_deadline(void)
{
    return mode != APIC_NONE && cpuid(1, 0).ecx & CPUID_ECX_DEADLINE;
}
