/*
 * blocks.c - QEMU's translation blocks: what is added to them when they are translated, and what is done when
 * they run.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meter.h"
#include "qemu_plugin.h"

#define BOOT_SECTOR_PADDR   0x7c00u
#define PAGE_MASK           0xfffu
#define MAX_RELOCATED_BYTES 16u
#define MAX_WATCHES         8
#define ROM_BASE            0xa0000u
#define ROM_END             0x100000u
#define FLASH_BASE          UINT64_C(0xfffc0000) /* SeaBIOS, below 4 GiB */
#define FLASH_END           UINT64_C(0x100000000)

bool started, boot_services_exited;
uint64_t counts[NUM_OWNERS], num_firmware_calls;
const struct block *current;
struct block *blocks;

bool tell_calls, count_loads;
uint64_t entry_offset;
uint8_t entry_bytes[ENTRY_BYTES];

static struct watch {
    const char *name;
    uint64_t pc;
    bool seen;
} watches[MAX_WATCHES];
static int num_watches;

void add_watch(const char *name, uint64_t pc)
{
    if (num_watches == MAX_WATCHES)
        die("too many watches");
    watches[num_watches++] = (struct watch){name, pc, false};
}

/* Whose code --------------------------------------------------------------------------------------------- */

static bool is_bios(uint64_t pc)
{
    return (pc >= ROM_BASE && pc < ROM_END) || (pc >= FLASH_BASE && pc < FLASH_END);
}

/* True if the block is like the beginning of the subject: at this place in a page, of these instructions. */
static bool may_be_entry(const struct qemu_plugin_tb *tb)
{
    size_t compared = 0;

    if (!is_uefi)
        return qemu_plugin_tb_vaddr(tb) == BOOT_SECTOR_PADDR;
    if ((qemu_plugin_tb_vaddr(tb) & PAGE_MASK) != entry_offset)
        return false;
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        size_t n = qemu_plugin_insn_size(insn);

        if (compared + n > ENTRY_BYTES)
            break;
        if (memcmp(qemu_plugin_insn_data(insn), entry_bytes + compared, n) != 0)
            return false;
        compared += n;
    }
    return true;
}

static enum owner owner_of(const struct block *block)
{
    if (block->may_be_entry)
        return OWN;
    if (!started)
        return FIRMWARE;
    return (is_uefi ? uefi_is_firmware(block->pc) : is_bios(block->pc)) ? FIRMWARE : OWN;
}

static int watch_at(uint64_t pc)
{
    for (int i = 0; i < num_watches; i++) {
        if (watches[i].pc == pc)
            return i;
    }
    return -1;
}

/* While the guest runs ----------------------------------------------------------------------------------- */

static void start(const struct block *block)
{
    if (is_uefi)
        uefi_read_tables(block->pc);
    started = true;
    memset(counts, 0, sizeof counts);
    screen_begin();
    qemu_flush_translations(); /* what has run already is translated again, and counted */
    boot_services_exited = !is_uefi;
    event("start", figures_now(), "");
}

/* All of the entry's bytes lie there, but for some that a loader may have relocated. */
static bool is_entry(const struct block *block)
{
    unsigned num_same = 0;

    if (!is_uefi)
        return true;
    for (uint64_t i = 0; i < ENTRY_BYTES && block->pc + i < ram.size; i++)
        num_same += ram.bytes[block->pc + i] == entry_bytes[i];
    return num_same >= ENTRY_BYTES - MAX_RELOCATED_BYTES;
}

/* From the own code into the firmware: a call, or an interrupt. */
static void firmware_entered(const struct block *block)
{
    const char *name = is_uefi ? uefi_count_call(block->pc) : NULL;
    char more[128];

    num_firmware_calls++;
    if (is_uefi && uefi_is_exit_boot_services(block->pc))
        boot_services_exited = true;
    if (!tell_calls)
        return;
    snprintf(more, sizeof more, ",\"pc\":%" PRIu64 ",\"name\":\"%s\"", block->pc, name != NULL ? name : "");
    event("call", figures_now(), more);
}

static void watch_reached(struct watch *watch)
{
    char name[64];

    if (watch->seen)
        return;
    watch->seen = true;
    snprintf(name, sizeof name, "watch %s", watch->name);
    event(name, figures_now(), "");
}

static void block_runs(unsigned cpu, void *context)
{
    const struct block *block = context, *previous = current;

    (void)cpu;
    if (ram.bytes == NULL)
        qemu_find_memory();
    events_tell_late();
    qemu_hold();
    current = block;
    if (!started && block->may_be_entry && is_entry(block))
        start(block);
    if (!started)
        return;
    if (block->owner == FIRMWARE && previous != NULL && previous->owner == OWN)
        firmware_entered(block);
    if (block->watch >= 0)
        watch_reached(&watches[block->watch]);
}

/* When a block is translated ----------------------------------------------------------------------------- */

/* Kept for good: QEMU does not tell when a translation is thrown away. */
static struct block *new_block(const struct qemu_plugin_tb *tb)
{
    struct block *block = calloc(1, sizeof *block);

    if (block == NULL)
        die("no memory");
    block->pc = qemu_plugin_tb_vaddr(tb);
    block->may_be_entry = !started && may_be_entry(tb);
    block->owner = owner_of(block);
    block->watch = watch_at(block->pc);
    block->next = blocks;
    blocks = block;
    return block;
}

static void count_instruction(struct qemu_plugin_insn *insn, struct block *block)
{
    qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64, &counts[block->owner], 1);
    if (profile_path != NULL)
        qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64, &block->num_instructions,
                                                   1);
    if (block->owner == OWN)
        qemu_plugin_register_vcpu_mem_cb(insn, memory_accessed, QEMU_PLUGIN_CB_NO_REGS,
                                         count_loads ? QEMU_PLUGIN_MEM_RW : QEMU_PLUGIN_MEM_W, NULL);
}

void block_translated(uint64_t id, struct qemu_plugin_tb *tb)
{
    struct block *block = new_block(tb);

    (void)id;
    qemu_plugin_register_vcpu_tb_exec_cb(tb, block_runs, QEMU_PLUGIN_CB_NO_REGS, block);
    if (!started && !block->may_be_entry)
        return;
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++)
        count_instruction(qemu_plugin_tb_get_insn(tb, i), block);
}
