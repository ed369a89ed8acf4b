/*
 * input.c - what is typed.
 */
#include "kernel/devices/input.h"

#include "kernel/console/console.h"
#include "kernel/cpu/cpu.h"
#include "kernel/devices/ps2.h"
#include "kernel/devices/scan_codes.h"
#include "kernel/devices/terminal_keys.h"
#include "kernel/firmware/acpi_tables.h"
#include "kernel/firmware/fadt.h"

/* Bytes of one key come together, 87 us apart at 115200 baud, or in packets over a network, and a host
 * that emulates the port may be busy. A poll takes about 2 us: a lone ESC is told after some 0.4 s. */
#define MAX_POLLS_IN_KEY 200000

static const char *keyboard_fault = "not looked for";
static struct scan_codes scan_codes;
static struct terminal_keys terminal_keys;
static uint32_t polls_in_key;
static struct key pending[2];
static uint32_t num_pending;

void input_init(void)
{
    struct fadt fadt;

    fadt_read(acpi_find(FADT_SIGNATURE, 0), &fadt);
    keyboard_fault = fadt.has_no_8042 ? "no controller, by the FADT" : ps2_init();
}

const char *input_keyboard_fault(void)
{
    return keyboard_fault;
}

static bool poll_keyboard(struct key *key)
{
    uint8_t byte;

    return ps2_read(&byte) && scan_codes_feed(&scan_codes, byte, key);
}

static void poll_terminal(void)
{
    uint8_t byte;

    if (console_read(&byte)) {
        polls_in_key = 0;
        num_pending = terminal_keys_feed(&terminal_keys, byte, pending);
    } else if (terminal_keys_is_waiting(&terminal_keys) && ++polls_in_key > MAX_POLLS_IN_KEY) {
        num_pending = terminal_keys_end(&terminal_keys, pending);
    }
}

bool input_poll(struct key *key)
{
    if (num_pending == 0)
        poll_terminal();
    if (num_pending == 0)
        return poll_keyboard(key);
    *key = pending[0];
    pending[0] = pending[1];
    num_pending--;
    return true;
}

struct key input_wait(void)
{
    struct key key;

    console_flush();
    while (!input_poll(&key))
        cpu_pause();
    return key;
}

void input_keys_run(struct span value)
{
    char text[KEY_TEXT_BYTES];
    struct key key;

    (void)value;
    printk("Press keys; Enter ends.\n");
    do {
        key = input_wait();
        key_text(key, text);
        printk("key %s\n", text);
    } while (key.code != KEY_ENTER);
    console_flush();
}
