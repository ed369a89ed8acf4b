/*
 * cpu_list.h - which CPUs of the machine there are to start.
 */
#ifndef KERNEL_CPU_LIST_H
#define KERNEL_CPU_LIST_H

#include <stdint.h>

#include "kernel/lib/span.h"

/*
 * The APIC IDs of the CPUs that a MADT calls enabled (firmware/madt.h), without the one that is `own_id`:
 * each once, in the order of the table, at most `max` of them into `ids`. How many there are, even if that is
 * more than `max`; duplicates beyond it are counted again. CPUs that could be plugged in are not there.
 */
uint32_t cpu_list_read(struct span madt, uint32_t own_id, uint32_t *ids, uint32_t max);

#endif
