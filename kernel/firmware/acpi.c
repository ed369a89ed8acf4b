/*
 * acpi.c - the root pointer of the ACPI tables.
 */
#include "kernel/firmware/acpi.h"

#include "kernel/lib/checksum.h"

#define SIGNATURE        UINT64_C(0x2052545020445352) /* "RSD PTR " */
#define RSDP_BYTES_V1    20
#define OFFSET_REVISION  15
#define OFFSET_RSDT      16
#define OFFSET_LENGTH    20
#define OFFSET_XSDT      24
#define ANCHOR_ALIGNMENT 16

const char *rsdp_read(struct span bytes, struct rsdp *rsdp)
{
    if (span_u64(bytes, 0) != SIGNATURE)
        return "no signature";
    if (bytes.n < RSDP_BYTES_V1 || checksum8(span_sub(bytes, 0, RSDP_BYTES_V1)) != 0)
        return "wrong checksum";
    rsdp->revision = span_u8(bytes, OFFSET_REVISION);
    rsdp->rsdt_paddr = span_u32(bytes, OFFSET_RSDT);
    rsdp->xsdt_paddr = 0;
    if (rsdp->revision < 2)
        return 0;
    if (span_u32(bytes, OFFSET_LENGTH) < RSDP_BYTES || bytes.n < RSDP_BYTES)
        return "wrong length";
    if (checksum8(span_sub(bytes, 0, RSDP_BYTES)) != 0)
        return "wrong extended checksum";
    rsdp->xsdt_paddr = span_u64(bytes, OFFSET_XSDT);
    return 0;
}

size_t rsdp_search(struct span area)
{
    struct rsdp rsdp;

    for (size_t at = 0; at < area.n; at += ANCHOR_ALIGNMENT) {
        if (span_u64(area, at) != SIGNATURE)
            continue;
        size_t n = area.n - at < RSDP_BYTES ? area.n - at : RSDP_BYTES;
        if (rsdp_read(span_sub(area, at, n), &rsdp) == 0)
            return at;
    }
    return area.n;
}
