/*
 * section.h - where things lie in the image; the addresses come from kernel.ld.
 */
#ifndef KERNEL_SECTION_H
#define KERNEL_SECTION_H

#include <stdint.h>

/* Memory that nobody clears: for what is large and is written before it is read. */
#define NOINIT __attribute__((section(".noinit,\"aw\",@nobits#")))

extern const uint8_t image_start[], text_start[], text_end[], rodata_start[], rodata_end[];
extern uint8_t data_start[], image_end[];
/* The late part (late.h): as it is in the file, where it is unpacked to, where it then is. */
extern const uint8_t late_packed[], late_packed_end[];
extern uint8_t late_memory[], late_bss[], late_bss_end[];
extern const uint8_t late_text[], late_text_end[], late_rodata[], late_end[];
/* fonts/fonts.S: PSF2 files, the larger one packed (inflate.h), for it is needed on few panels. */
extern const uint8_t font_8x16[], font_8x16_end[], font_16x32_packed[], font_16x32_packed_end[];
#define FONT_16X32_BYTES 20480u /* room for it when unpacked */

extern const uint8_t build_id_note[], build_id_note_end[];
extern const uint8_t symbol_table[], symbol_table_end[];

/* enter_kernel.S: the stacks, each with a page below it that is never mapped. */
extern uint8_t kernel_stack_guard[], kernel_stack[], kernel_stack_top[];

#endif
