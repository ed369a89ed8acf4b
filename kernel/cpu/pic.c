/*
 * pic.c - two 8259As, the second one behind interrupt 2 of the first.
 */
#include "kernel/cpu/pic.h"

#include "kernel/cpu/cpu.h"

#define MASTER 0x20 /* command; data is the next port */
#define SLAVE  0xa0
#define DATA   1

#define ICW1_WITH_ICW4   0x11
#define ICW4_8086        0x01
#define MASTER_ICW3      0x04 /* a slave behind interrupt 2 */
#define SLAVE_ICW3       0x02
#define OCW2_EOI         0x20
#define OCW3_READ_ISR    0x0b
#define MASKED           0xff
#define MASKED_BUT_SLAVE 0xfb
#define CASCADE          2u
#define NUM_OF_ONE       8u

/* Bytes for one of them in the order it takes them, each behind a write to a port that nothing listens to:
 * old ones need the time. */
static void begin(uint16_t port, uint32_t vector, uint8_t icw3)
{
    const uint8_t words[] = {(uint8_t)vector, icw3, ICW4_8086, MASKED};

    out8(port, ICW1_WITH_ICW4);
    for (uint32_t i = 0; i < sizeof words; i++) {
        io_delay();
        out8(port + DATA, words[i]);
    }
}

/* Its mask register holds what is written. */
static bool is_there(void)
{
    out8(SLAVE + DATA, MASKED);
    out8(MASTER + DATA, MASKED_BUT_SLAVE);
    return in8(MASTER + DATA) == MASKED_BUT_SLAVE;
}

bool pic_init(void)
{
    if (!is_there())
        return false;
    begin(MASTER, PIC_FIRST_VECTOR, MASTER_ICW3);
    begin(SLAVE, PIC_FIRST_VECTOR + NUM_OF_ONE, SLAVE_ICW3);
    return true;
}

static bool is_in_service(uint16_t port, uint32_t input)
{
    out8(port, OCW3_READ_ISR);
    return in8(port) >> input & 1;
}

bool pic_end(uint32_t irq)
{
    bool is_slaves = irq >= NUM_OF_ONE;
    bool is_real = is_in_service(is_slaves ? SLAVE : MASTER, irq % NUM_OF_ONE);

    if (is_slaves && is_real)
        out8(SLAVE, OCW2_EOI);
    if (is_real || (is_slaves && is_in_service(MASTER, CASCADE))) /* to the master a spurious one is real */
        out8(MASTER, OCW2_EOI);
    return is_real;
}
