/*
 * boot_errors.h - why the BIOS route stopped: one letter and two hexadecimal digits on the screen.
 *
 * The MBR prints "Janus D 04", the loader "Janus error R 04"; then the machine halts.
 */
#ifndef LEGACY_BOOT_ERRORS_H
#define LEGACY_BOOT_ERRORS_H

/* Said by the MBR. */
#define BOOT_ERROR_DISK   'D' /* the BIOS cannot read the loader; the digits are its status (INT 13h, AH) */
#define BOOT_ERROR_LOADER 'L' /* what was read is not the loader: the disk image was written incompletely */

/* Said by the loader. */
#define BOOT_ERROR_READ       'R' /* a sector cannot be read; the digits are the BIOS status (INT 13h, AH) */
#define BOOT_ERROR_PARTITION  'P' /* no active FAT32 partition (MBR), no EFI system partition (GPT) */
#define BOOT_ERROR_FILESYSTEM 'F' /* the FAT32 file system is unsound; the digits are enum fat32_error */
#define BOOT_ERROR_NO_FILE    'N' /* there is no \EFI\BOOT\BOOTX64.EFI */
#define BOOT_ERROR_TRUNCATED  'T' /* BOOTX64.EFI is shorter than its header says: an incomplete copy */
#define BOOT_ERROR_HEADER     'H' /* BOOTX64.EFI has no Linux boot header, or one that cannot be right */
#define BOOT_ERROR_A20        'A' /* address line A20 cannot be enabled: no memory above 1 MiB can be reached */
#define BOOT_ERROR_MEMORY     'S' /* too small: the BIOS reports less memory than the image needs */

#endif
