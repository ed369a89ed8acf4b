/*
 * smp_start.c - starting the other CPUs of the machine (Intel SDM vol. 3A, 9.4.4).
 */
#include "kernel/cpu/smp_start.h"

#include <stdbool.h>
#include <stddef.h>

#include "kernel/boot/boot_info.h"
#include "kernel/boot/handoff.h"
#include "kernel/boot/section.h"
#include "kernel/cpu/ap_start.h"
#include "kernel/cpu/apic.h"
#include "kernel/cpu/clock.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/cpu_list.h"
#include "kernel/cpu/smp.h"
#include "kernel/cpu/traps.h"
#include "kernel/lib/string.h"
#include "kernel/memory/kernel_map.h"
#include "kernel/memory/kernel_stack.h"
#include "kernel/memory/pages.h"
#include "kernel/memory/phys.h"

#define LOW_LIMIT         (UINT64_C(1) << 20)
#define FOUR_GIB          (UINT64_C(1) << 32)
#define STACK_BYTES       16384u
#define IST_STACK_BYTES   8192u
#define NUM_LOW_TABLES    5 /* a root, and what leads to one page below 1 MiB, with 5 levels */
#define POLL_US           10u
#define SECOND_STARTUP_US 200u
#define MAX_WAIT_US       250000u

struct cpu *ap_cpus;
uint32_t ap_num_cpus;
uint64_t ap_root_paddr;

struct smp_outcome smp_outcome;

static uint64_t final_cr4;

/* The trampoline in its place, and the page tables to be on while it runs. */
struct trampoline {
    uint64_t page, tables; /* physical addresses */
};

/* Stacks for `cpu` from entry `first` of the interrupt stack table on. False if there is no memory for one.
 */
static bool make_stacks(struct cpu *cpu, enum ist first)
{
    for (enum ist i = first; i < IST_END; i++) {
        struct stack stack = kernel_stack_new(i == IST_NONE ? STACK_BYTES : IST_STACK_BYTES);

        if (stack.top == 0)
            return false;
        cpu->stacks[i] = stack;
    }
    return true;
}

/* Null if there is no memory for them all. */
static struct cpu *make_cpus(const uint32_t *ids, uint32_t num)
{
    uint64_t bytes = page_ceil(num * sizeof(struct cpu)),
             paddr = pages_alloc(bytes / PAGE_BYTES, PAGE_BYTES, 0);
    struct cpu *cpus = paddr != 0 ? phys_memory(paddr, bytes) : NULL;

    if (cpus == NULL)
        return NULL;
    memset(cpus, 0, bytes);
    for (uint32_t i = 0; i < num; i++) {
        cpus[i].index = i + 1;
        cpus[i].apic_id = ids[i];
        cpus[i].state = CPU_AWAITED;
        if (!make_stacks(&cpus[i], IST_NONE))
            return NULL;
    }
    return cpus;
}

/*
 * Firmware may call all memory below 1 MiB its boot services'. These are gone, and with INIT nothing else is
 * left that runs there.
 */
static uint64_t boot_services_low_page(void)
{
    const struct memory_map *map = &boot_info.memory_map;

    for (uint32_t i = 0; i < map->num_regions && map->regions[i].base < VGA_PADDR; i++) {
        const struct memory_region *r = &map->regions[i];
        uint64_t page = r->base > 0 ? page_ceil(r->base) : PAGE_BYTES;

        if (r->type == MEMORY_BOOT_SERVICES && page + PAGE_BYTES <= r->end && page < VGA_PADDR)
            return page;
    }
    return 0;
}

/* Tables that map the kernel as its own do, and `page` where it is, to be executed. 0: no memory. */
static bool map_trampoline(struct trampoline *t)
{
    uint64_t bytes = NUM_LOW_TABLES * PAGE_BYTES;
    struct page_tables tables;

    t->tables = pages_alloc(NUM_LOW_TABLES, PAGE_BYTES, FOUR_GIB);
    uint8_t *root = t->tables != 0 ? phys_memory(t->tables, bytes) : NULL;
    if (root == NULL || !paging_begin(&tables, t->tables, t->tables + bytes, DIRECT_MAP_BASE))
        return false;
    struct span kernel = phys_span(kernel_page_tables.root_paddr, PAGE_BYTES);
    memcpy(root, kernel.p, kernel.n);
    return paging_map(&tables, t->page, t->page, PAGE_BYTES, PAGE_EXECUTE);
}

static uint32_t offset_of(const uint8_t *label)
{
    return (uint32_t)(label - ap_trampoline);
}

static void fill_parameters(struct ap_parameters *p, const struct trampoline *t)
{
    uint32_t page = (uint32_t)t->page;

    p->gdt_limit = (uint16_t)(ap_trampoline_gdt_end - ap_trampoline_gdt - 1);
    p->gdt_base = page + offset_of(ap_trampoline_gdt);
    p->protected_mode.offset = page + offset_of(ap_trampoline_protected_mode);
    p->long_mode.offset = page + offset_of(ap_trampoline_long_mode);
    p->root_paddr = (uint32_t)t->tables;
    p->cr0 = (uint32_t)read_cr0();
    p->cr4 = (uint32_t)(CR4_PAE | (read_cr4() & CR4_LA57));
    p->efer = (uint32_t)(rdmsr(MSR_EFER) & ~EFER_LMA);
    p->pat = rdmsr(MSR_PAT);
    p->entry = (uint64_t)(uintptr_t)ap_enter;
}

/* False if there is no memory for it. */
static bool place_trampoline(struct trampoline *t)
{
    t->page = pages_alloc(1, PAGE_BYTES, LOW_LIMIT);
    if (t->page == 0)
        t->page = boot_services_low_page();
    if (t->page == 0 || !map_trampoline(t))
        return false;
    uint8_t *p = kernel_map(t->page, PAGE_BYTES, PAGE_WRITE);
    if (p == NULL)
        return false;
    memcpy(p, ap_trampoline, offset_of(ap_trampoline_end));
    fill_parameters((struct ap_parameters *)(p + offset_of(ap_trampoline_parameters)), t);
    kernel_unmap(p);
    return true;
}

static void remove_trampoline(const struct trampoline *t)
{
    const struct memory_region *r = memory_map_find(&boot_info.memory_map, t->page);

    if (r == NULL || r->type != MEMORY_BOOT_SERVICES)
        pages_free(t->page, 1);
    pages_free(t->tables, NUM_LOW_TABLES);
}

static uint32_t state_of(const struct cpu *cpu)
{
    return __atomic_load_n(&cpu->state, __ATOMIC_ACQUIRE);
}

static bool change_state(struct cpu *cpu, uint32_t from, uint32_t to)
{
    return __atomic_compare_exchange_n(&cpu->state, &from, to, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

/* In ap_start.S's name: here a CPU that was started arrives. Not until it runs can it be interrupted. */
_Noreturn void ap_main(struct cpu *cpu)
{
    if (!change_state(cpu, CPU_AWAITED, CPU_COMING))
        halt_forever();
    segments_load(cpu);
    traps_load();
    write_cr4(final_cr4);
    apic_init_cpu();
    __atomic_store_n(&cpu->state, CPU_RUNS, __ATOMIC_SEQ_CST);
    write_cr3(read_cr3()); /* nobody has told this CPU of mappings that went away while it was coming */
    smp_park();
}

/*
 * The manual wants 10 ms between INIT and start-up. That was for CPUs whose APIC is a chip of its own; Linux
 * has left it out for years on those with these families.
 */
static uint32_t init_wait_us(void)
{
    enum { GENUINE_INTEL = 0x756e6547, AUTHENTIC_AMD = 0x68747541, HYGON_GENUINE = 0x6f677948 };
    uint32_t vendor = cpuid(0, 0).ebx, signature = cpuid(1, 0).eax, family = signature >> 8 & 0xf;

    if (vendor == AUTHENTIC_AMD || vendor == HYGON_GENUINE)
        return family == 0xf ? 0 : 10000;
    return vendor == GENUINE_INTEL && family == 6 ? 0 : 10000;
}

/* Makes every CPU wait for a start-up interrupt, whatever it does. */
static void send_inits(void)
{
    for (uint32_t i = 0; i < ap_num_cpus; i++)
        apic_send_init(ap_cpus[i].apic_id);
    clock_wait_us(init_wait_us());
}

/* To those that have not come yet. A CPU that runs ignores it. */
static void send_startups(uint64_t page)
{
    for (uint32_t i = 0; i < ap_num_cpus; i++) {
        if (state_of(&ap_cpus[i]) == CPU_AWAITED)
            apic_send_startup(ap_cpus[i].apic_id, (uint8_t)(page / PAGE_BYTES));
    }
}

static uint32_t count_running(void)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < ap_num_cpus; i++)
        n += smp_runs(&ap_cpus[i]);
    return n;
}

/* True once all run. */
static bool wait_for_all(uint32_t max_us)
{
    for (uint32_t us = 0; us < max_us; us += POLL_US) {
        if (count_running() == ap_num_cpus)
            return true;
        clock_wait_us(POLL_US);
    }
    return false;
}

/* A CPU that comes later finds that nobody waits for it. True if there was none. */
static bool give_up_missing(void)
{
    bool all = true;

    for (uint32_t i = 0; i < ap_num_cpus; i++)
        all &= smp_runs(&ap_cpus[i]) || !change_state(&ap_cpus[i], CPU_AWAITED, CPU_GIVEN_UP);
    return all;
}

/* Null if that went well, whoever came. */
static const char *start_all(void)
{
    struct trampoline trampoline;

    send_inits();
    if (!place_trampoline(&trampoline))
        return "no memory below 1 MiB to start them in";
    send_startups(trampoline.page);
    if (!wait_for_all(SECOND_STARTUP_US)) {
        send_startups(trampoline.page);
        wait_for_all(MAX_WAIT_US);
    }
    if (give_up_missing()) /* otherwise it must stay: somebody may still run through it */
        remove_trampoline(&trampoline);
    return NULL;
}

static bool need_x2apic(const uint32_t *ids, uint32_t num)
{
    for (uint32_t i = 0; i < num; i++) {
        if (ids[i] > APIC_MAX_XAPIC_ID)
            return true;
    }
    return false;
}

/* Null if nothing stood in the way. */
static const char *start_listed(const uint32_t *ids, uint32_t num)
{
    if (need_x2apic(ids, num))
        apic_init(true);
    final_cr4 = read_cr4();
    ap_root_paddr = kernel_page_tables.root_paddr;
    ap_cpus = make_cpus(ids, num);
    if (ap_cpus == NULL)
        return "no memory for their stacks";
    ap_num_cpus = num;
    smp_init(ap_cpus, num);
    return start_all();
}

void smp_start(struct span madt)
{
    NOINIT static uint32_t ids[SMP_MAX_CPUS - 1];
    uint32_t num_others = 0, num;

    make_stacks(&boot_cpu, IST_NONE + 1);
    segments_use_stacks(&boot_cpu);
    if (apic_mode() == APIC_NONE)
        smp_outcome.error = "no local APIC";
    else if (madt.n == 0)
        smp_outcome.error = "no MADT";
    else
        num_others = cpu_list_read(madt, apic_id(), ids, SMP_MAX_CPUS - 1);
    num = num_others < SMP_MAX_CPUS ? num_others : SMP_MAX_CPUS - 1;
    if (num > 0)
        smp_outcome.error = start_listed(ids, num);
    smp_outcome.num_listed = 1 + num_others;
    smp_outcome.num_left_out = num_others - num;
    smp_outcome.num_started = 1 + count_running();
}
