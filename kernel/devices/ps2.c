/*
 * ps2.c - the keyboard controller of the PC, and the keyboard behind it.
 */
#include "kernel/devices/ps2.h"

#include <stddef.h>

#include "kernel/cpu/cpu.h"

#define DATA   0x60
#define STATUS 0x64 /* a command when it is written */

#define STATUS_OUTPUT_FULL 0x01 /* a byte waits to be read */
#define STATUS_INPUT_FULL  0x02 /* what was written has not been taken yet */
#define STATUS_SECOND_PORT 0x20 /* the byte is from there */
#define NOBODY             0xff

#define COMMAND_READ_CONFIG     0x20
#define COMMAND_WRITE_CONFIG    0x60
#define COMMAND_SECOND_PORT_OFF 0xa7
#define COMMAND_SELF_TEST       0xaa
#define COMMAND_PORT_TEST       0xab
#define COMMAND_FIRST_PORT_OFF  0xad
#define COMMAND_FIRST_PORT_ON   0xae
#define COMMAND_RESET_CPU       0xfe

#define SELF_TEST_PASSED 0x55
#define PORT_TEST_WORST                                                                                      \
    0x04 /* 1 to 4: clock or data line stuck low or high; a mere imitation says anything */

#define CONFIG_INTERRUPTS      0x03
#define CONFIG_FIRST_PORT_OFF  0x10
#define CONFIG_SECOND_PORT_OFF 0x20
#define CONFIG_TRANSLATE       0x40

#define KEYBOARD_SET_SCAN_CODES 0xf0
#define KEYBOARD_ENABLE         0xf4
#define KEYBOARD_DEFAULTS       0xf6
#define KEYBOARD_RESET          0xff

#define ANSWER_ACK    0xfa
#define ANSWER_RESEND 0xfe
#define ANSWER_PASSED 0xaa

#define MAX_SENDS      3  /* of a byte that the keyboard did not understand */
#define MAX_LEFT_BYTES 64 /* more than any controller keeps */

static bool is_ready;

/* False if the controller does not take the byte. */
static bool write(uint16_t port, uint8_t value)
{
    for (uint32_t polls = 0; polls < PS2_MAX_POLLS; polls++) {
        uint8_t status = in8(STATUS);

        if (status == NOBODY)
            return false;
        if (!(status & STATUS_INPUT_FULL)) {
            out8(port, value);
            return true;
        }
    }
    return false;
}

/* A byte of the first port's or the controller's own, if one is there; what the second port has is dropped.
 */
static bool take(uint8_t *byte)
{
    uint8_t status = in8(STATUS);

    if (status == NOBODY || !(status & STATUS_OUTPUT_FULL))
        return false;
    *byte = in8(DATA);
    return !(status & STATUS_SECOND_PORT);
}

static void drop_what_is_left(void)
{
    for (uint32_t i = 0; i < MAX_LEFT_BYTES && in8(STATUS) & STATUS_OUTPUT_FULL; i++)
        (void)in8(DATA);
}

/* False if the controller does not answer. */
static bool ask(uint8_t command, uint8_t *answer)
{
    if (!write(STATUS, command))
        return false;
    for (uint32_t polls = 0; polls < PS2_MAX_POLLS; polls++) {
        if (take(answer))
            return true;
    }
    return false;
}

/* The keyboard's answer, `first` or `second`; 0 if neither comes. Keys that come instead are lost. */
static uint8_t keyboard_answer(uint8_t first, uint8_t second, uint32_t max_polls)
{
    uint8_t byte;

    for (uint32_t polls = 0; polls < max_polls; polls++) {
        if (take(&byte) && (byte == first || byte == second))
            return byte;
    }
    return 0;
}

/* True if the keyboard acknowledges the byte. */
static bool tell_keyboard(uint8_t byte)
{
    for (uint32_t sends = 0; sends < MAX_SENDS; sends++) {
        if (!write(DATA, byte))
            return false;
        uint8_t answer = keyboard_answer(ANSWER_ACK, ANSWER_RESEND, PS2_MAX_POLLS);
        if (answer != ANSWER_RESEND)
            return answer == ANSWER_ACK;
    }
    return false;
}

static bool reset_keyboard(void)
{
    return tell_keyboard(KEYBOARD_RESET) &&
           keyboard_answer(ANSWER_PASSED, ANSWER_PASSED, PS2_MAX_RESET_POLLS) == ANSWER_PASSED;
}

/* A reset takes long, and is left to keyboards that do not listen otherwise. */
static bool start_keyboard(bool is_translated)
{
    if (!tell_keyboard(KEYBOARD_DEFAULTS) && !reset_keyboard())
        return false;
    if (!is_translated && !(tell_keyboard(KEYBOARD_SET_SCAN_CODES) && tell_keyboard(1)))
        return false;
    return tell_keyboard(KEYBOARD_ENABLE);
}

/* True if the controller will translate. Where it cannot be asked it is left as the firmware wanted it. */
static bool configure(void)
{
    uint8_t config = 0;

    if (!ask(COMMAND_READ_CONFIG, &config))
        return true;
    config &= (uint8_t) ~(CONFIG_INTERRUPTS | CONFIG_FIRST_PORT_OFF);
    config |= CONFIG_SECOND_PORT_OFF | CONFIG_TRANSLATE;
    if (write(STATUS, COMMAND_WRITE_CONFIG))
        write(DATA, config);
    return !ask(COMMAND_READ_CONFIG, &config) || config & CONFIG_TRANSLATE;
}

/* What the controller says against itself is told only if no keyboard proves it wrong. */
static const char *start(void)
{
    const char *fault = "no keyboard";
    uint8_t answer = 0;

    if (in8(STATUS) == NOBODY)
        return "no controller";
    write(STATUS, COMMAND_FIRST_PORT_OFF);
    write(STATUS, COMMAND_SECOND_PORT_OFF);
    drop_what_is_left();
    if (!ask(COMMAND_SELF_TEST, &answer))
        return "controller does not answer";
    if (answer != SELF_TEST_PASSED)
        fault = "controller fails its self test";
    if (ask(COMMAND_PORT_TEST, &answer) && answer > 0 && answer <= PORT_TEST_WORST)
        fault = "a line of the port is stuck";
    bool is_translated = configure();
    write(STATUS, COMMAND_FIRST_PORT_ON);
    return start_keyboard(is_translated) ? NULL : fault;
}

const char *ps2_init(void)
{
    const char *fault = start();

    is_ready = fault == NULL;
    return fault;
}

bool ps2_read(uint8_t *byte)
{
    return is_ready && take(byte);
}

bool ps2_reset_cpu(void)
{
    if (in8(STATUS) == NOBODY)
        return false;
    if (!write(STATUS, COMMAND_RESET_CPU))
        out8(STATUS, COMMAND_RESET_CPU); /* stuck: there is nothing to lose */
    return true;
}
