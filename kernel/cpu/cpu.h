/*
 * cpu.h - the instructions C has no words for, one small function each.
 */
#ifndef KERNEL_CPU_H
#define KERNEL_CPU_H

#include <stdbool.h>
#include <stdint.h>

#define CR0_WP      (UINT64_C(1) << 16)
#define CR0_NW      (UINT64_C(1) << 29)
#define CR0_CD      (UINT64_C(1) << 30)
#define CR4_PAE     (UINT64_C(1) << 5)
#define CR4_PGE     (UINT64_C(1) << 7)
#define CR4_UMIP    (UINT64_C(1) << 11)
#define CR4_LA57    (UINT64_C(1) << 12)
#define EFER_LMA    (UINT64_C(1) << 10)
#define CR4_SMEP    (UINT64_C(1) << 20)
#define CR4_SMAP    (UINT64_C(1) << 21)
#define EFER_NXE    (UINT64_C(1) << 11)
#define MSR_PAT     0x277u
#define MSR_GS_BASE 0xc0000101u
#define MSR_EFER    0xc0000080u
#define RFLAGS_IF   (UINT64_C(1) << 9)

/* Floating point and SSE (Intel SDM vol. 3A, 9.2 and 9.6.1). */
#define CR0_MP         (UINT64_C(1) << 1)
#define CR0_EM         (UINT64_C(1) << 2)
#define CR0_TS         (UINT64_C(1) << 3)
#define CR4_OSFXSR     (UINT64_C(1) << 9)
#define CR4_OSXMMEXCPT (UINT64_C(1) << 10)

struct cpuid {
    uint32_t eax, ebx, ecx, edx;
};

static inline struct cpuid cpuid(uint32_t leaf, uint32_t subleaf)
{
    struct cpuid r;
    __asm__ volatile("cpuid" : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx) : "a"(leaf), "c"(subleaf));
    return r;
}

static inline uint64_t rdtsc(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

/* high * 2^64 + low by `divisor`, which is more than `high`: a larger quotient would fault. */
static inline uint64_t div128(uint64_t high, uint64_t low, uint64_t divisor)
{
    uint64_t quotient, rest;
    __asm__("divq %4" : "=a"(quotient), "=d"(rest) : "a"(low), "d"(high), "r"(divisor) : "cc");
    return quotient;
}

/* False if there is no random number at the moment. Only where CPUID announces it. */
static inline bool rdrand(uint64_t *value)
{
    bool done;
    __asm__ volatile("rdrand %0" : "=r"(*value), "=@ccc"(done));
    return done;
}

static inline uint64_t rdmsr(uint32_t msr)
{
    uint32_t low, high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return (uint64_t)high << 32 | low;
}

static inline void wrmsr(uint32_t msr, uint64_t value)
{
    __asm__ volatile("wrmsr" : : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)) : "memory");
}

#define CPU_READ_CR(n)                                                                                       \
    static inline uint64_t read_cr##n(void)                                                                  \
    {                                                                                                        \
        uint64_t v;                                                                                          \
        __asm__ volatile("mov %%cr" #n ", %0" : "=r"(v));                                                    \
        return v;                                                                                            \
    }
#define CPU_WRITE_CR(n)                                                                                      \
    static inline void write_cr##n(uint64_t v)                                                               \
    {                                                                                                        \
        __asm__ volatile("mov %0, %%cr" #n : : "r"(v) : "memory");                                           \
    }
CPU_READ_CR(0)
CPU_READ_CR(2)
CPU_READ_CR(3)
CPU_READ_CR(4)
CPU_WRITE_CR(0)
CPU_WRITE_CR(3)
CPU_WRITE_CR(4)

/* User pages are not for the kernel to touch. Only where there is SMAP. */
static inline void clac(void)
{
    __asm__ volatile("clac" : : : "memory", "cc");
}

/* Forgets the translation of the page at `vaddr`, of whatever size, and what led there. */
static inline void invlpg(uint64_t vaddr)
{
    __asm__ volatile("invlpg (%0)" : : "r"(vaddr) : "memory");
}

/* Breakpoints of the debug registers (Intel SDM vol. 3B, 17.2). */
static inline void write_dr0(uint64_t address)
{
    __asm__ volatile("mov %0, %%dr0" : : "r"(address));
}

static inline void write_dr7(uint64_t control)
{
    __asm__ volatile("mov %0, %%dr7" : : "r"(control));
}

static inline void out8(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint8_t in8(uint16_t port)
{
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline void out16(uint16_t port, uint16_t value)
{
    __asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint16_t in16(uint16_t port)
{
    uint16_t value;
    __asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline void out32(uint16_t port, uint32_t value)
{
    __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint32_t in32(uint16_t port)
{
    uint32_t value;
    __asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

/* A register of a device in memory, by way of EAX: configuration space of some chipsets answers no other
 * (AMD, BKDG for family 10h, 2.11). */
static inline uint32_t device_read32(const volatile void *address)
{
    uint32_t value;
    __asm__ volatile("movl (%1), %0" : "=a"(value) : "r"(address) : "memory");
    return value;
}

/* About a microsecond: a write to the port of the BIOS's progress codes, behind which no device acts. */
static inline void io_delay(void)
{
    out8(0x80, 0);
}

/* Two bytes at an absolute address that the compiler would take for a mistake: firmware keeps data in page 0.
 */
static inline uint16_t load16(uint64_t address)
{
    uint16_t value;
    __asm__ volatile("movw (%1), %0" : "=r"(value) : "r"(address) : "memory");
    return value;
}

/* How many of the `n` words (at least one) at `words` are 0 before the first that is not. */
static inline uint64_t count_zero_words(const uint64_t *words, uint64_t n)
{
    uint64_t left = n;
    bool all;
    __asm__("repe scasq" : "+D"(words), "+c"(left), "=@ccz"(all) : "a"(0) : "memory");
    return n - left - !all;
}

static inline void interrupts_off(void)
{
    __asm__ volatile("cli" : : : "memory");
}

static inline void interrupts_on(void)
{
    __asm__ volatile("sti" : : : "memory");
}

static inline uint64_t read_rflags(void)
{
    uint64_t flags;
    __asm__ volatile("pushfq\n\tpopq %0" : "=r"(flags) : : "memory");
    return flags;
}

/* In a loop that waits for another CPU. */
static inline void cpu_pause(void)
{
    __asm__ volatile("pause" : : : "memory");
}

static inline void halt_once(void)
{
    __asm__ volatile("hlt" : : : "memory");
}

/* Interrupts off. What it gives makes interrupts_restore() leave them as they were before. */
static inline uint64_t interrupts_save(void)
{
    uint64_t flags = read_rflags();
    interrupts_off();
    return flags;
}

static inline void interrupts_restore(uint64_t flags)
{
    if (flags & RFLAGS_IF)
        interrupts_on();
}

/* Interrupts on until one has been handled, then off: one that is pending already is not slept over. Only
 * where one is sure to come. */
static inline void halt_until_interrupt(void)
{
    __asm__ volatile("sti\n\thlt\n\tcli" : : : "memory");
}

/* Every store before it is seen by others before what follows, a WRMSR included. */
static inline void memory_fence(void)
{
    __asm__ volatile("mfence\n\tlfence" : : : "memory");
}

/* Never comes back: interrupts off, halted, again after every NMI or SMI. */
static inline _Noreturn void halt_forever(void)
{
    for (;;) {
        interrupts_off();
        halt_once();
    }
}

#endif
