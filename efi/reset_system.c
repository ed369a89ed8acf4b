/*
 * reset_system.c - calls ResetSystem (UEFI 2.10, 8.5.1), long after boot services are gone.
 *
 * Runs in the kernel: at its address, on its stack, in its half of the address space; the other half is the
 * firmware's while it is called.
 */
#include <efi.h>

#include "kernel/cpu/cpu.h"
#include "kernel/firmware/efi_runtime.h"

#define MXCSR_AT_RESET 0x1f80u

/* As UEFI 2.10, 2.3.4 wants it for its code, which may use SSE. */
static void floating_point_on(uint64_t cr0, uint64_t cr4)
{
    uint32_t mxcsr = MXCSR_AT_RESET;

    write_cr0((cr0 & ~(CR0_EM | CR0_TS)) | CR0_MP);
    write_cr4(cr4 | CR4_OSFXSR | CR4_OSXMMEXCPT);
    __asm__ volatile("fninit\n\tldmxcsr %0" : : "m"(mxcsr));
}

void efi_call_reset_system(uint64_t root_paddr, uint64_t reset_system, uint32_t type)
{
    EFI_RESET_SYSTEM service = (EFI_RESET_SYSTEM)(uintptr_t)reset_system;
    uint64_t cr0 = read_cr0(), cr3 = read_cr3(), cr4 = read_cr4(), flags = read_rflags();

    interrupts_off();
    floating_point_on(cr0, cr4);
    write_cr3(root_paddr);
    service((EFI_RESET_TYPE)type, EFI_SUCCESS, 0, NULL);
    write_cr3(cr3);
    write_cr4(cr4);
    write_cr0(cr0);
    if (flags & RFLAGS_IF)
        interrupts_on();
}
