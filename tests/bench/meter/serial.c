/*
 * serial.c - sees each byte on COM1 in the very instruction that sends it.
 *
 * QEMU writes what the guest sends to a file, with writev(), from the CPU's thread. The meter is preloaded
 * too, so that its writev() is the one QEMU calls.
 */
#include <dlfcn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "meter.h"

const char *serial_path, *ready_text = "";

static bool own_byte_seen, ready_seen;
static size_t num_matched; /* characters of ready_text that the last bytes were */
static struct figures match_start;

static void look_for_ready(uint8_t byte)
{
    if (num_matched > 0 && (uint8_t)ready_text[num_matched] != byte)
        num_matched = 0;
    if (ready_seen || (uint8_t)ready_text[num_matched] != byte)
        return;
    if (num_matched++ == 0)
        match_start = figures_now();
    if (ready_text[num_matched] != 0)
        return;
    ready_seen = true;
    event_later("ready", match_start);
}

static void byte_sent(uint8_t byte)
{
    if (!started || current->owner != OWN)
        return;
    if (!own_byte_seen) {
        own_byte_seen = true;
        event_later("serial", figures_now());
    }
    look_for_ready(byte);
}

static bool is_serial(int fd)
{
    struct stat here, there;

    return serial_path != NULL && fstat(fd, &here) == 0 && stat(serial_path, &there) == 0 &&
           here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

ssize_t writev(int fd, const struct iovec *pieces, int num_pieces)
{
    static ssize_t (*real)(int, const struct iovec *, int);

    if (real == NULL)
        real = (ssize_t(*)(int, const struct iovec *, int))dlsym(RTLD_NEXT, "writev");
    ssize_t n = real(fd, pieces, num_pieces), left = n;

    if (n <= 0 || !is_serial(fd))
        return n;
    for (int i = 0; i < num_pieces; i++) {
        const uint8_t *bytes = pieces[i].iov_base;

        for (size_t k = 0; k < pieces[i].iov_len && left > 0; k++, left--)
            byte_sent(bytes[k]);
    }
    return n;
}
