/*
 * place.c - what lies at a virtual address.
 */
#include "kernel/debug/place.h"

#include <stddef.h>

#include "kernel/boot/boot_info.h"
#include "kernel/boot/section.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/printf.h"
#include "kernel/memory/address_space.h"

static bool is_in(uint64_t vaddr, uint64_t base, uint64_t end)
{
    return vaddr >= base && vaddr < end;
}

static bool is_between(uint64_t vaddr, const uint8_t *base, const uint8_t *end)
{
    return is_in(vaddr, (uint64_t)(uintptr_t)base, (uint64_t)(uintptr_t)end);
}

/* A stack, or the page below one. */
static bool name_stack(char text[PLACE_BYTES], uint64_t vaddr, uint64_t guard_bytes)
{
    static const char names[IST_END][16] = {"kernel", "double fault", "NMI", "machine check"};

    for (const struct cpu *cpu = all_cpus; cpu != NULL; cpu = cpu->next) {
        for (int i = 0; i < IST_END; i++) {
            const struct stack *s = &cpu->stacks[i];

            if (s->base == s->top || !is_in(vaddr, s->base - guard_bytes, s->top))
                continue;
            format_string(text, PLACE_BYTES, "the %s%s stack of CPU %u",
                          guard_bytes > 0 ? "guard page of the " : "", names[i], cpu->index);
            return true;
        }
    }
    return false;
}

static void name_physical(char text[PLACE_BYTES], uint64_t paddr)
{
    const struct memory_region *region = memory_map_find(&boot_info.memory_map, paddr);

    if (is_in(paddr, VGA_PADDR, VGA_PADDR + VGA_BYTES))
        format_string(text, PLACE_BYTES, "the VGA's memory");
    else
        format_string(text, PLACE_BYTES, "%s memory at physical address 0x%llx",
                      region != NULL ? memory_type_name((uint32_t)region->type) : "no known",
                      (unsigned long long)paddr);
}

bool place_is_canonical(uint64_t vaddr)
{
    uint32_t unused = (read_cr4() & CR4_LA57) != 0 ? 64 - 57 : 64 - 48;

    return (uint64_t)((int64_t)(vaddr << unused) >> unused) == vaddr;
}

/* Where one word is enough. */
static const char *plain_name(uint64_t vaddr)
{
    if (vaddr < PAGE_BYTES)
        return "page 0, where null points";
    if (!place_is_canonical(vaddr))
        return "not a canonical address";
    if (vaddr >> 63 == 0)
        return "the half of user programs";
    if (is_between(vaddr, text_start, text_end))
        return ".text";
    if (is_between(vaddr, rodata_start, rodata_end))
        return ".rodata";
    if (is_between(vaddr, data_start, image_end))
        return ".data or .bss";
    if (is_between(vaddr, late_text, late_text_end))
        return ".late_text";
    if (is_between(vaddr, late_rodata, late_end))
        return ".late_rodata";
    if (vaddr - DISPLAY_BASE < DISPLAY_MAX_BYTES)
        return "the framebuffer";
    if (is_in(vaddr, MAP_BASE, MAP_END))
        return "memory mapped by the running kernel";
    return "nothing the kernel knows";
}

void place_name(char text[PLACE_BYTES], uint64_t vaddr)
{
    if (name_stack(text, vaddr, 0) || name_stack(text, vaddr, PAGE_BYTES))
        return;
    if (is_in(vaddr, DIRECT_MAP_BASE, MAP_BASE))
        name_physical(text, vaddr - DIRECT_MAP_BASE);
    else
        format_string(text, PLACE_BYTES, "%s", plain_name(vaddr));
}
