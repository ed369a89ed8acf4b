/*
 * test_acpi.c - the ACPI tables that the firmware left.
 */
#include "kernel/cpu/cpu.h"
#include "kernel/firmware/acpi_tables.h"
#include "kernel/firmware/bgrt.h"
#include "kernel/firmware/fadt.h"
#include "kernel/firmware/firmware_tables.h"
#include "kernel/firmware/madt.h"
#include "kernel/lib/checksum.h"
#include "kernel/memory/phys.h"
#include "kernel/tests/self_test.h"

static bool is_without_acpi(void)
{
    if (firmware_tables.rsdp_paddr != 0 && firmware_tables.rsdp_error == 0)
        return false;
    self_test_skip("no RSDP");
    return true;
}

/* Nobody has written to them since they were found. */
SELF_TEST(acpi_tables_are_still_sound)
{
    const struct acpi_table *table;
    struct span facs = acpi_find("FACS", 0); /* has no checksum */
    uint32_t num_sound = 0;

    if (is_without_acpi())
        return;
    for (uint32_t i = 0; (table = acpi_table_at(i)) != 0; i++) {
        if (table->error != 0)
            continue;
        num_sound++;
        EXPECT(table->bytes.n == table->length_bytes);
        EXPECT(span_u32(table->bytes, 4) == table->length_bytes);
        if (table->bytes.p != facs.p)
            EXPECT(checksum8(table->bytes) == 0);
    }
    EXPECT(num_sound > 0);
    EXPECT(acpi_root() != 0);
}

SELF_TEST(acpi_fadt_points_to_the_dsdt)
{
    struct fadt fadt;

    if (is_without_acpi())
        return;
    EXPECT(fadt_read(acpi_find(FADT_SIGNATURE, 0), &fadt));
    struct span dsdt = acpi_find("DSDT", 0);
    EXPECT(dsdt.n > ACPI_HEADER_BYTES);
    EXPECT(dsdt.p == phys_span(fadt.dsdt_paddr, dsdt.n).p ||
           dsdt.p == phys_span(fadt.old_dsdt_paddr, dsdt.n).p);
}

SELF_TEST(acpi_madt_has_this_cpu)
{
    uint32_t id = cpuid(1, 0).ebx >> 24, num_found = 0;
    struct acpi_entries walk;
    struct madt_entry entry;

    if (is_without_acpi())
        return;
    madt_begin(&walk, acpi_find(MADT_SIGNATURE, 0));
    while (madt_next(&walk, &entry))
        num_found += entry.kind == MADT_CPU && entry.is_enabled && (entry.id & 0xff) == id;
    EXPECT(walk.error == 0);
    EXPECT(num_found > 0);
}

SELF_TEST(acpi_bgrt_points_to_a_picture)
{
    struct bgrt bgrt;

    if (bgrt_read(acpi_find(BGRT_SIGNATURE, 0), &bgrt))
        EXPECT(span_u16(phys_span(bgrt.image_paddr, 2), 0) == 0x4d42); /* "BM" */
    else
        self_test_skip("no BGRT");
}
