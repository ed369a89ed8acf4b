/*
 * features.c - protection bits of the control registers.
 */
#include "kernel/cpu/features.h"

#include "kernel/cpu/cpu.h"
#include "kernel/memory/paging.h"

#define CPUID_NX_EDX   20 /* leaf 0x80000001 */
#define CPUID_SMEP_EBX 7  /* leaf 7, 0 */
#define CPUID_SMAP_EBX 20
#define CPUID_UMIP_ECX 2

static struct cpuid leaf_7(void)
{
    return cpuid(0, 0).eax < 7 ? (struct cpuid){0, 0, 0, 0} : cpuid(7, 0);
}

bool feature_is_announced(enum feature feature)
{
    switch (feature) {
    case FEATURE_NX:
        return cpuid(0x80000000, 0).eax > 0x80000000 && cpuid(0x80000001, 0).edx >> CPUID_NX_EDX & 1;
    case FEATURE_SMEP:
        return leaf_7().ebx >> CPUID_SMEP_EBX & 1;
    case FEATURE_SMAP:
        return leaf_7().ebx >> CPUID_SMAP_EBX & 1;
    case FEATURE_UMIP:
        return leaf_7().ecx >> CPUID_UMIP_ECX & 1;
    default:
        return true; /* every 64-bit CPU has WP */
    }
}

static uint64_t cr4_bit(enum feature feature)
{
    switch (feature) {
    case FEATURE_SMEP:
        return CR4_SMEP;
    case FEATURE_SMAP:
        return CR4_SMAP;
    case FEATURE_UMIP:
        return CR4_UMIP;
    default:
        return 0;
    }
}

void features_enable(void)
{
    uint64_t cr4 = 0;

    paging_enable_features();
    for (enum feature f = 0; f < FEATURE_END; f++) {
        if (feature_is_announced(f))
            cr4 |= cr4_bit(f);
    }
    write_cr4(read_cr4() | cr4);
    if (cr4 & CR4_SMAP)
        clac();
}

bool feature_is_on(enum feature feature)
{
    switch (feature) {
    case FEATURE_NX:
        return (rdmsr(MSR_EFER) & EFER_NXE) != 0;
    case FEATURE_WP:
        return (read_cr0() & CR0_WP) != 0;
    default:
        return (read_cr4() & cr4_bit(feature)) != 0;
    }
}

const char *feature_name(enum feature feature)
{
    static const char names[FEATURE_END][5] = {"NX", "WP", "SMEP", "SMAP", "UMIP"};

    return names[feature];
}
