/*
 * reclaim.c - giving the firmware's left memory to the page allocator.
 */
#include "kernel/memory/reclaim.h"

#include "kernel/console/console.h"
#include "kernel/memory/pages.h"

typedef unsigned long long ull;

void reclaim_run(struct span value)
{
    ull num_boot = pages_reclaim(MEMORY_BOOT_SERVICES), num_acpi = pages_reclaim(MEMORY_ACPI_RECLAIMABLE);
    struct page_counts counts = pages_count();

    (void)value;
    printk("reclaimed %llu pages of boot services, %llu of ACPI tables; %llu of %llu free\n", num_boot,
           num_acpi, (ull)counts.num_free, (ull)counts.num_total);
    console_flush();
}
