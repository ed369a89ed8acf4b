/*
 * bios.h - one careful way to call the BIOS.
 *
 * For 16-bit C with DS = ES = SS, whatever that segment is; nothing here depends on its value.
 */
#ifndef LEGACY_BIOS_H
#define LEGACY_BIOS_H

#define BIOS_CARRY 0x0001 /* the carry flag in bios_regs.flags */

#define BIOS_REGS_BYTES 40 /* what bios_call.S copies in and out, in units of 4 */

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

/* In the order of PUSHAL, then ES, DS, nothing, and the flags. */
struct bios_regs {
    uint32_t edi, esi, ebp, unused, ebx, edx, ecx, eax;
    uint16_t es, ds;
    uint16_t padding;
    uint16_t flags;
};

_Static_assert(sizeof(struct bios_regs) == BIOS_REGS_BYTES, "bios_call.S copies this much");

/*
 * INT `vector` with the registers of `regs`, which receives those that come back. regs->flags goes in as 0 or
 * BIOS_CARRY. The BIOS may spoil every register, segment register and flag (upper halves included) but SS:SP:
 * the caller sees all of its own unchanged.
 */
void bios_int(uint8_t vector, struct bios_regs *regs);
#endif

#endif
