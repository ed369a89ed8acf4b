/*
 * events.c - tells the driver what happened, one line of JSON each, and holds the machine until it answers.
 *
 * The driver's answers are single bytes: `p` writes the profile, answers with an empty line and waits
 * for another, `g` lets the machine go on. While it is held the driver can ask QEMU for anything that needs
 * no running CPU: counts of disk reads, registers.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "meter.h"

#define MAX_LATE  8
#define MAX_TEXT  4096
#define MAX_CALLS 2048

int event_fd = -1, reply_fd = -1;
const char *profile_path;

static char late[MAX_LATE][MAX_TEXT];
static unsigned num_late;
static int64_t idle_at_start;

struct figures figures_now(void)
{
    struct figures now;

    memcpy(now.counts, counts, sizeof counts);
    return now;
}

static void send(const char *text)
{
    if (write(event_fd, text, strlen(text)) != (ssize_t)strlen(text))
        die("the driver is gone");
}

/* A line for each block that has run: instructions, address, whose it is. */
static void write_profile(void)
{
    FILE *file = fopen(profile_path, "w");

    if (file == NULL)
        die("cannot write %s", profile_path);
    for (const struct block *b = blocks; b != NULL; b = b->next) {
        if (b->num_instructions > 0)
            fprintf(file, "%" PRIu64 " %" PRIx64 " %s\n", b->num_instructions, b->pc,
                    b->owner == OWN ? "own" : "firmware");
    }
    fclose(file);
    send("\n");
}

/* QEMU ends with the driver. */
static void wait_for_reply(void)
{
    char reply;

    while (read(reply_fd, &reply, 1) == 1) {
        if (reply == 'g')
            return;
        if (reply == 'p')
            write_profile();
    }
    _exit(0);
}

static void tell(const char *text)
{
    send(text);
    wait_for_reply();
}

static void format_event(char text[MAX_TEXT], const char *name, struct figures at, const char *more)
{
    char calls[MAX_CALLS] = "";
    int64_t idle = qemu_idle_ns();

    if (strcmp(name, "start") == 0)
        idle_at_start = idle;
    if (is_uefi)
        uefi_format_calls(calls, sizeof calls);
    snprintf(text, MAX_TEXT,
             "{\"event\":\"%s\",\"own\":%" PRIu64 ",\"firmware\":%" PRIu64 ",\"firmware_calls\":%" PRIu64
             ",\"idle_ns\":%" PRId64 ",\"dirtied_kib\":%" PRIu64 ",\"video_loads\":%" PRIu64
             ",\"video_stores\":%" PRIu64 "%s%s}\n",
             name, at.counts[OWN], at.counts[FIRMWARE], num_firmware_calls, idle - idle_at_start,
             pages_written_kib(), num_video_loads, num_video_stores, calls, more);
}

void event(const char *name, struct figures at, const char *more)
{
    char text[MAX_TEXT];

    format_event(text, name, at, more);
    tell(text);
}

void event_later(const char *name, struct figures at)
{
    if (num_late == MAX_LATE)
        die("too many events at once");
    format_event(late[num_late++], name, at, "");
}

void events_tell_late(void)
{
    for (unsigned i = 0; i < num_late; i++)
        tell(late[i]);
    num_late = 0;
}
