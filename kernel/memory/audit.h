/*
 * audit.h - what the live page tables really allow.
 */
#ifndef KERNEL_AUDIT_H
#define KERNEL_AUDIT_H

#include <stdbool.h>
#include <stdint.h>

/* Pages, of any size, by the rights of their whole path from CR3 down. */
struct audit {
    uint32_t num_pages;
    uint32_t num_writable, num_executable;
    uint32_t num_both; /* writable and executable */
    uint32_t num_user; /* a user could reach them */
    /* What must be, and is not; null if all is well: page 0 or a guard page is mapped, .text or .rodata can
     * be written, or has no page. */
    const char *fault;
};

/* Reads the tables that CR3 of this CPU leads to. Nobody may change them meanwhile. */
struct audit audit_page_tables(void);

#endif
