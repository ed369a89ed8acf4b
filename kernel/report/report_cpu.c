/*
 * report_cpu.c - the CPUs, their time and interrupts, and what they forbid.
 */
#include "kernel/report/report_parts.h"

#include "kernel/console/console.h"
#include "kernel/cpu/apic.h"
#include "kernel/cpu/calibration.h"
#include "kernel/cpu/clock.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/features.h"
#include "kernel/cpu/interrupts.h"
#include "kernel/cpu/ioapic.h"
#include "kernel/cpu/smp.h"
#include "kernel/cpu/smp_start.h"
#include "kernel/cpu/timer.h"
#include "kernel/debug/stack_guard.h"
#include "kernel/memory/audit.h"
#include "kernel/report/lines.h"

#define CPU_BRAND_BYTES 48
#define MAX_MISSING     8 /* named one by one */

void report_cpu(void)
{
    union {
        struct cpuid leaf[3];
        char text[CPU_BRAND_BYTES + 1];
    } brand = {0};

    report_label("cpu");
    if (cpuid(0x80000000, 0).eax < 0x80000004) {
        printk("without a brand string\n");
        return;
    }
    for (uint32_t i = 0; i < 3; i++)
        brand.leaf[i] = cpuid(0x80000002 + i, 0);
    const char *text = brand.text;
    while (*text == ' ')
        text++;
    printk("%s\n", text);
}

/* "+0.02 %" */
static void list_deviation(struct list *list, const char *name, int32_t ppm)
{
    uint32_t hundredths = ((uint32_t)(ppm < 0 ? -ppm : ppm) + 50) / 100;

    list_item(list, "%s %c%u.%02u %%", name, ppm < 0 && hundredths > 0 ? '-' : '+', hundredths / 100,
              hundredths % 100);
}

/* The frequency, whose word that is, and by how much the others differ. */
void report_clock(void)
{
    uint64_t tenths = (clock_tsc_hz + 50000) / 100000;
    struct list list = {0};

    report_label("clock");
    if (clock_chosen != NULL)
        list_item(&list, "TSC %llu.%llu MHz by %s", (unsigned long long)(tenths / 10),
                  (unsigned long long)(tenths % 10), clock_chosen->name);
    for (size_t i = 0; i < CLOCK_MAX_WITNESSES; i++) {
        const struct clock_witness *witness = &clock_witnesses[i];

        if (witness->name == NULL || witness == clock_chosen)
            continue;
        if (witness->problem != NULL)
            list_item(&list, "%s %s", witness->name, witness->problem);
        else
            list_deviation(&list, witness->name, deviation_ppm(witness->tsc_hz, clock_tsc_hz));
    }
    list_end(&list, "nothing to measure the TSC by");
}

/* How interrupts come, and how many did that nobody wanted. */
void report_interrupts(void)
{
    static const char modes[][8] = {
        [APIC_NONE] = "no APIC", [APIC_XAPIC] = "xAPIC", [APIC_X2APIC] = "x2APIC"};
    const struct interrupt_counts *counts = &interrupt_counts;
    struct list list = {0};

    report_label("interrupts");
    list_item(&list, "%s", modes[apic_mode()]);
    if (ioapic_count() > 0)
        list_item(&list, "%u I/O APIC inputs", ioapic_num_inputs());
    else
        list_item(&list, "no I/O APIC");
    list_item(&list, "%s", interrupts_have_pic() ? "PIC masked" : "no PIC");
    list_item(&list, "%s timer", timer_kind() != NULL ? timer_kind() : "no");
    if (counts->unexpected > 0)
        list_item(&list, "%u unexpected, the last at vector %u", counts->unexpected, counts->last_vector);
    if (counts->spurious_apic + counts->spurious_pic > 0)
        list_item(&list, "%u spurious of APIC, %u of PIC", counts->spurious_apic, counts->spurious_pic);
    list_end(&list, "");
}

static void list_missing(struct list *list)
{
    uint32_t num = 0;

    for (uint32_t i = 1; i < smp_num_cpus(); i++) {
        if (!smp_runs(smp_cpu(i)) && ++num <= MAX_MISSING)
            list_item(list, "CPU with APIC id %u does not answer", smp_cpu(i)->apic_id);
    }
    if (num > MAX_MISSING)
        list_item(list, "nor do %u more", num - MAX_MISSING);
}

/* The lowest and the highest ID of those that run. */
static void list_apic_ids(struct list *list)
{
    uint32_t low = boot_cpu.apic_id, high = low;

    for (uint32_t i = 1; i < smp_num_cpus(); i++) {
        uint32_t id = smp_cpu(i)->apic_id;

        if (!smp_runs(smp_cpu(i)))
            continue;
        low = id < low ? id : low;
        high = id > high ? id : high;
    }
    list_item(list, "APIC ids %u to %u", low, high);
}

void report_cpus(void)
{
    const struct smp_outcome *o = &smp_outcome;
    struct list list = {0};

    report_label("cpus");
    if (o->num_listed == 1 && o->error == 0)
        list_item(&list, "1");
    else if (o->num_listed == 1)
        list_item(&list, "1 (%s)", o->error);
    else
        list_item(&list, "%u of %u started", o->num_started, o->num_listed);
    if (o->num_listed > 1 && o->error != 0)
        list_item(&list, "%s", o->error);
    if (o->num_started > 1)
        list_apic_ids(&list);
    if (o->num_listed > 1 && o->error == 0)
        list_missing(&list);
    if (o->num_left_out > 0)
        list_item(&list, "%u left out, more than %u", o->num_left_out, SMP_MAX_CPUS);
    list_end(&list, "");
}

/* What guards the kernel against its own mistakes: of this CPU, of the compiler, of the page tables. */
void report_protection(void)
{
    struct audit audit = audit_page_tables();
    struct list list = {0};

    report_label("protection");
    for (enum feature f = 0; f < FEATURE_END; f++)
        list_item(&list, "%s%s", feature_is_on(f) ? "" : "no ", feature_name(f));
    list_item(&list, stack_guard_is_random() ? "canary from RDRAND" : "canary mixed (no RDRAND)");
    list_item(&list, "%u pages", audit.num_pages);
    list_item(&list, "%u writable", audit.num_writable);
    list_item(&list, "%u executable", audit.num_executable);
    list_item(&list, "%u both", audit.num_both);
    list_item(&list, "%u user", audit.num_user);
    if (audit.fault != 0)
        list_item(&list, "%s", audit.fault);
    list_end(&list, "");
}
