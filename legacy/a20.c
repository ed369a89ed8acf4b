/*
 * a20.c - turns address line A20 on. 16-bit C in real mode, DS = ES = SS.
 */
#include "legacy/a20.h"

#include <stdint.h>

#include "legacy/asm16.h"
#include "legacy/bios.h"

#define PROBE_OFFSET 0x0200 /* the vector of INT 80h, which no BIOS uses; put back after the test */

#define KEYBOARD_DATA    0x60
#define KEYBOARD_COMMAND 0x64
#define KEYBOARD_BUSY    0x02
#define SYSTEM_CONTROL   0x92

#define PROBES_ONCE     2
#define PROBES_PATIENT  1000  /* a slow keyboard controller needs some of them */
#define KEYBOARD_DELAYS 20000 /* about 20 ms */

/* True as soon as 0xffff:0x0210 (1 MiB + 0x200) is seen to be other memory than 0000:0x0200. */
static bool a20_is_on(uint32_t num_probes)
{
    uint32_t flags = interrupts_off();
    uint32_t saved = far_read(0, PROBE_OFFSET);
    bool on = false;
    for (uint32_t i = 1; i <= num_probes && !on; i++) {
        far_write(0, PROBE_OFFSET, saved + i);
        io_delay();
        on = far_read(0xffff, PROBE_OFFSET + 0x10) != saved + i;
    }
    far_write(0, PROBE_OFFSET, saved);
    interrupts_restore(flags);
    return on;
}

static void a20_by_bios(void)
{
    struct bios_regs regs = {.eax = 0x2401};
    bios_int(0x15, &regs);
}

/* A machine without the controller reads 0xff for ever: the wait ends all the same. */
static void keyboard_write(uint16_t port, uint8_t value)
{
    for (uint32_t i = 0; i < KEYBOARD_DELAYS && (inb(KEYBOARD_COMMAND) & KEYBOARD_BUSY) != 0; i++)
        io_delay();
    outb(port, value);
}

/* Write output port: A20 on, reset line high. The null command after it is what UHCI emulations wait for. */
static void a20_by_keyboard(void)
{
    keyboard_write(KEYBOARD_COMMAND, 0xd1);
    keyboard_write(KEYBOARD_DATA, 0xdf);
    keyboard_write(KEYBOARD_COMMAND, 0xff);
}

/* Bit 0 is "reset at once". */
static void a20_by_port_92(void)
{
    outb(SYSTEM_CONTROL, (uint8_t)((inb(SYSTEM_CONTROL) | 0x02) & ~0x01));
}

bool a20_enable(void)
{
    if (a20_is_on(PROBES_ONCE))
        return true;
    a20_by_bios();
    if (a20_is_on(PROBES_ONCE))
        return true;
    a20_by_keyboard();
    if (a20_is_on(PROBES_PATIENT))
        return true;
    a20_by_port_92();
    return a20_is_on(PROBES_PATIENT);
}
