/*
 * realmode.h - every real-mode address of the BIOS route, drawn once, for C and assembly alike.
 *
 *   0x00000 .. 0x004ff  interrupt vectors and BIOS data area: the BIOS's, never written
 *   0x00600 .. 0x07bff  stack of the MBR and of the loader, growing down from 0x7c00
 *   0x07c00 .. 0x07dff  MBR, with the partition table the loader reads
 *   0x07c00 .. 0x07fff  from a CD: first what the BIOS loads with the loader, see el_torito.S
 *   0x08000 .. 0x0bfff  loader: code and data as on the disk, then its .bss and buffers
 *   0x10000 .. 0x1efff  real-mode part of the image at the bottom, its heap behind it, its stack from the top
 *   0x1f000 .. 0x1f3ff  command line for the image
 *   0x1f400 .. 0x1f41f  setup_data node for the image
 *   0x1f800 .. 0x1ffff  the last block read from a CD for a part of it
 *   0x20000 .. 0x2fdff  what INT 13h reads: one run of up to 127 sectors, inside one 64 KiB page (DMA)
 *   0x30000 ..          unused: an EBDA may begin anywhere above
 *   0x100000 ..         protected-mode part of the image
 */
#ifndef LEGACY_REALMODE_H
#define LEGACY_REALMODE_H

#define SECTOR_BYTES   512
#define CD_BLOCK_BYTES 2048

#define REALMODE_STACK_TOP 0x7c00

#define MBR_PADDR 0x7c00

/* Two bytes in where the MBR would be: the loader comes from a CD, whose MBR nobody has read. */
#define EL_TORITO_MAGIC 0x544c454a /* "JELT" */

/* Behind the MBR and a GPT of the usual size, in front of the first partition. */
#define LOADER_LBA     34
#define LOADER_SECTORS 15
#define LOADER_PADDR   0x8000
#define LOADER_LIMIT   0xc000
#define LOADER_MAGIC   0x52444c4a /* "JLDR": two bytes in, and again as the last four bytes on the disk */

#define SETUP_PADDR     0x10000
#define SETUP_MAX_BYTES 0x8000
#define SETUP_STACK_TOP 0xf000 /* from SETUP_PADDR */

#define CMDLINE_PADDR    0x1f000
#define CMDLINE_BYTES    1024 /* with the 0 at its end */
#define SETUP_DATA_PADDR 0x1f400
#define SETUP_DATA_BYTES 32
#define CD_BLOCK_PADDR   0x1f800

/* Some BIOSes refuse more than 127 sectors at once. */
#define TRANSFER_PADDR   0x20000
#define TRANSFER_SECTORS 127

#define PROTECTED_PADDR 0x100000

#ifndef __ASSEMBLER__
_Static_assert(MBR_PADDR >= REALMODE_STACK_TOP, "the stack grows away from the MBR");
_Static_assert(LOADER_PADDR >= MBR_PADDR + SECTOR_BYTES, "the loader spares the MBR");
_Static_assert(LOADER_PADDR + LOADER_SECTORS * SECTOR_BYTES <= LOADER_LIMIT, "the loader fits");
_Static_assert(LOADER_LIMIT <= SETUP_PADDR, "the loader spares the image");
_Static_assert(SETUP_MAX_BYTES < SETUP_STACK_TOP, "the image has room for heap and stack");
_Static_assert(SETUP_PADDR + SETUP_STACK_TOP <= CMDLINE_PADDR, "the stack spares the command line");
_Static_assert(CMDLINE_PADDR + CMDLINE_BYTES <= SETUP_DATA_PADDR, "the command line spares setup_data");
_Static_assert(SETUP_DATA_PADDR + SETUP_DATA_BYTES <= CD_BLOCK_PADDR, "setup_data survives reading");
_Static_assert(CD_BLOCK_PADDR + CD_BLOCK_BYTES <= TRANSFER_PADDR, "a block of a CD spares the transfer");
_Static_assert((SETUP_PADDR & 0xffff) + SETUP_MAX_BYTES <= 0x10000, "one DMA page");
_Static_assert((TRANSFER_PADDR & 0xffff) + TRANSFER_SECTORS * SECTOR_BYTES <= 0x10000, "one DMA page");
#endif

#endif
