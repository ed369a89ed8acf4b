/*
 * pic.h - the two 8259A interrupt controllers of a PC (Intel 8259A data sheet), which the APICs replace.
 */
#ifndef KERNEL_PIC_H
#define KERNEL_PIC_H

#include <stdbool.h>
#include <stdint.h>

/* Where their 16 interrupts would arrive: clear of the CPU's exceptions, on which a BIOS puts them. */
#define PIC_FIRST_VECTOR 0x20u
#define PIC_NUM_VECTORS  16u

/* Moves and masks them all. False if there is no PIC, and then nothing was done that could matter. */
bool pic_init(void);

/*
 * Ends interrupt `irq` (0 to 15), for a vector of theirs that has arrived although masked. False if it was
 * spurious: a PIC calls its lowest priority where a request has gone away before the CPU asked which it was.
 */
bool pic_end(uint32_t irq);

#endif
