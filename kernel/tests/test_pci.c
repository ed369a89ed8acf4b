/*
 * test_pci.c - the PCI functions of this machine.
 */
#include <stddef.h>

#include "kernel/devices/pci.h"
#include "kernel/tests/self_test.h"

static const struct pci_address first_device = {0, 0, 0, 0};

SELF_TEST(pci_functions_answer_as_listed)
{
    const struct pci_function *f;

    if (pci.mechanism == PCI_NONE) {
        self_test_skip("no PCI configuration space");
        return;
    }
    EXPECT(pci.num_functions > 0);
    EXPECT((pci_read(first_device, 0) & 0xffff) != 0xffff);
    for (uint32_t i = 0; (f = pci_function_at(i)) != NULL; i++) {
        uint32_t id = (uint32_t)f->header.device << 16 | f->header.vendor;

        EXPECT(pci_read(f->at, 0) == id);
        EXPECT(pci_num_bars(f->header.layout) <= 6);
    }
}

SELF_TEST(pci_nobody_answers_beyond_the_list)
{
    const struct pci_address nowhere = {0xffff, 0, 0, 0};

    EXPECT(pci_function_at(pci.num_functions) == NULL);
    EXPECT(pci_read(nowhere, 0) == UINT32_MAX);
    EXPECT(pci_read(first_device, PCI_CONFIG_BYTES) == UINT32_MAX);
}
