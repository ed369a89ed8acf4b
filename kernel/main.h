/*
 * main.h - where every route ends.
 */
#ifndef KERNEL_MAIN_H
#define KERNEL_MAIN_H

/*
 * Entry contract: 64-bit mode at IMAGE_BASE on the kernel stack, System V ABI, interrupts off, DF clear;
 * mapped is what address_space.h draws; .bss is clear; UEFI boot services are gone; boot_info is complete
 * and is not written any more.
 */
_Noreturn void kernel_main(void);

#endif
