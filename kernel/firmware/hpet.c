/*
 * hpet.c - reading the HPET table.
 */
#include "kernel/firmware/hpet.h"

#define BLOCK_ID  36
#define BASE      40
#define NUMBER    52
#define MIN_TICKS 53
#define BYTES     56

bool hpet_read(struct span table, struct hpet *hpet)
{
    static const struct hpet nothing = {0};
    struct acpi_gas base = acpi_gas_read(table, BASE);
    uint32_t id = span_u32(table, BLOCK_ID);

    *hpet = nothing;
    if (table.n < BYTES || base.space != ACPI_SPACE_MEMORY || base.address == 0)
        return false;
    hpet->paddr = base.address;
    hpet->number = span_u8(table, NUMBER);
    hpet->num_comparators = (uint8_t)((id >> 8 & 0x1f) + 1);
    hpet->is_64bit = (id >> 13 & 1) != 0;
    hpet->min_ticks = span_u16(table, MIN_TICKS);
    return true;
}
