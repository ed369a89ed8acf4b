/*
 * asm16.h - the inline assembly of the 16-bit C, as small named functions.
 *
 * Memory outside DS is reached through FS, loaded and used within one statement.
 */
#ifndef LEGACY_ASM16_H
#define LEGACY_ASM16_H

#include <stdint.h>

static inline void outb(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint8_t inb(uint16_t port)
{
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

/* About a microsecond: a write to the port of the POST codes. */
static inline void io_delay(void)
{
    outb(0x80, 0);
}

/* The segment that C runs in: DS = ES = SS. */
static inline uint16_t own_segment(void)
{
    uint16_t segment;
    __asm__("movw %%ds, %0" : "=r"(segment));
    return segment;
}

/* The 32 bits at segment:offset. */
static inline uint32_t far_read(uint16_t segment, uint16_t offset)
{
    uint32_t value;
    __asm__ volatile("movw %1, %%fs\n\tmovl %%fs:(%2), %0"
                     : "=r"(value)
                     : "r"(segment), "r"((uint32_t)offset)
                     : "memory");
    return value;
}

static inline void far_write(uint16_t segment, uint16_t offset, uint32_t value)
{
    __asm__ volatile("movw %1, %%fs\n\tmovl %0, %%fs:(%2)"
                     :
                     : "r"(value), "r"(segment), "r"((uint32_t)offset)
                     : "memory");
}

/* Interrupts off; what interrupts_restore() takes comes back. */
static inline uint32_t interrupts_off(void)
{
    uint32_t flags;
    __asm__ volatile("pushfl\n\tpopl %0\n\tcli" : "=r"(flags) : : "memory");
    return flags;
}

static inline void interrupts_restore(uint32_t flags)
{
    __asm__ volatile("pushl %0\n\tpopfl" : : "r"(flags) : "memory", "cc");
}

static inline _Noreturn void halt(void)
{
    for (;;)
        __asm__ volatile("cli\n\thlt");
}

#endif
