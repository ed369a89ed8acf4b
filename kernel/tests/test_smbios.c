/*
 * test_smbios.c - the table that this machine's firmware left.
 */
#include "kernel/firmware/firmware_tables.h"
#include "kernel/tests/self_test.h"

SELF_TEST(smbios_table_is_sound_to_its_end)
{
    struct smbios_structure s;
    struct smbios_walk walk;

    if (firmware_tables.smbios_paddr == 0) {
        self_test_skip("no SMBIOS");
        return;
    }
    EXPECT(firmware_tables.smbios_error == 0);
    EXPECT(firmware_tables.smbios_table_error == 0);
    smbios_begin(&walk, firmware_tables.smbios_table);
    while (smbios_next(&walk, &s))
        EXPECT(s.formatted.n >= SMBIOS_HEADER_BYTES);
    EXPECT(walk.error == 0);
    EXPECT(walk.has_ended && s.type == SMBIOS_END_OF_TABLE);
}
