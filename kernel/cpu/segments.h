/*
 * segments.h - the descriptor table and the task state segment that long mode still wants.
 */
#ifndef KERNEL_SEGMENTS_H
#define KERNEL_SEGMENTS_H

/* Selectors in the kernel's GDT. */
#define SELECTOR_CODE        0x08
#define SELECTOR_DATA        0x10
#define SELECTOR_NOT_PRESENT 0x18 /* a data segment that is marked absent */
#define SELECTOR_TSS         0x20

/* Entries of the interrupt stack table: exceptions that may find no usable stack get one of their own. */
enum ist { IST_NONE = 0, IST_DOUBLE_FAULT, IST_NMI, IST_MACHINE_CHECK, IST_END };

/* Loads GDT, segment registers and TSS, and makes this_cpu() work. Once, before the first exception. */
void segments_init(void);

#endif
