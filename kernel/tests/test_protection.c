/*
 * test_protection.c - what guards the kernel against its own mistakes.
 */
#include "kernel/cpu/features.h"
#include "kernel/memory/audit.h"
#include "kernel/tests/self_test.h"

SELF_TEST(page_tables_are_sound)
{
    struct audit audit = audit_page_tables();

    EXPECT(audit.num_pages > audit.num_writable && audit.num_writable > 0 && audit.num_executable > 0);
    EXPECT(audit.num_both == 0);
    EXPECT(audit.num_user == 0);
    EXPECT(audit.fault == 0);
}

SELF_TEST(cpu_features_are_on)
{
    for (enum feature f = 0; f < FEATURE_END; f++)
        EXPECT(feature_is_on(f) == feature_is_announced(f));
}
