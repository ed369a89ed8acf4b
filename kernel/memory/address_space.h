/*
 * address_space.h - every virtual address of the kernel, drawn once.
 */
/* clang-format off */
/*
 *   0x0000000000000000  nothing
 *   0x0000000000400000  TRIAL_USER_PAGE   as if for a user, in trials of SMAP and SMEP only (trial.c)
 *   0xffff800000000000  DIRECT_MAP_BASE   RAM at physical address + DIRECT_MAP_BASE, as far as phys.c was asked
 *                                         for it; never executable, what belongs to the firmware read-only;
 *                                         the VGA's window uncached
 *   0xffffc00000000000  MAP_BASE          what is mapped while the kernel runs (kernel_map.h): registers of
 *                                         devices, stacks, each with nothing on the page before and behind
 *   0xffffff8000000000  MAP_END
 *   0xffffffff80000000  IMAGE_BASE        the image: .text execute, .rodata read, .data and below write
 *   0xffffffff81000000  LATE_BASE         the part of it that is packed in the file (kernel.ld, late.h)
 *   0xffffffffc0000000  DISPLAY_BASE      the framebuffer, write-combining
 */
/* clang-format on */
#ifndef KERNEL_ADDRESS_SPACE_H
#define KERNEL_ADDRESS_SPACE_H

#define TRIAL_USER_PAGE UINT64_C(0x0000000000400000)
#define DIRECT_MAP_BASE UINT64_C(0xffff800000000000)
#define MAP_BASE        UINT64_C(0xffffc00000000000)
#define MAP_END         UINT64_C(0xffffff8000000000)
#define IMAGE_BASE      UINT64_C(0xffffffff80000000)
#define DISPLAY_BASE    UINT64_C(0xffffffffc0000000)

#define DIRECT_MAP_BYTES  (MAP_BASE - DIRECT_MAP_BASE)
#define DISPLAY_MAX_BYTES UINT64_C(0x3fe00000) /* a little less than the last GiB */

#define PAGE_BYTES UINT64_C(4096)

#define VGA_PADDR       UINT64_C(0xa0000) /* the VGA's window on its memory, text at + 0x18000 */
#define VGA_BYTES       UINT64_C(0x20000)
#define VGA_BASE        (DIRECT_MAP_BASE + VGA_PADDR)
#define VGA_TEXT_OFFSET UINT64_C(0x18000)

#endif
