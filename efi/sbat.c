/*
 * sbat.c - generations of what is in the file, by which shim refuses signed files known to be unsafe.
 *
 * Two lines of comma-separated fields (shim, SBAT.md): component, generation, vendor, package, version,
 * address. The generation goes up when a hole that breaks Secure Boot has been closed. No field may be empty.
 */
#include "kernel/boot/image.h"

#define SBAT                                                                                                 \
    "sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md\n"                          \
    "janus,1,Janus,janus," JANUS_VERSION ",README.md\n"

extern const char sbat[sizeof SBAT - 1];

__attribute__((section(".sbat"))) const char sbat[sizeof SBAT - 1] = SBAT;
