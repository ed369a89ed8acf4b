/*
 * s5.c - reading how to switch the machine off.
 *
 * AML, as far as it goes here (ACPI 6.5, 20.2):
 *
 *   08 [5c] 5f 53 35 5f    NameOp, the root's prefix or not, "_S5_"
 *   12                     PackageOp
 *   PkgLength              1 to 4 bytes: how many from here on, itself included
 *   NumElements            1 byte
 *   elements               00, 01: the number itself; 0a, 0b, 0c: a byte, word or double word follows
 */
#include "kernel/firmware/s5.h"

#define NAME_OP     0x08u
#define ROOT_PREFIX 0x5cu
#define NAME        0x5f35535fu /* "_S5_" */
#define PACKAGE_OP  0x12u

#define ZERO_OP      0x00u
#define ONE_OP       0x01u
#define BYTE_PREFIX  0x0au
#define WORD_PREFIX  0x0bu
#define DWORD_PREFIX 0x0cu

#define MAX_SLP_TYP 7

/* The contents of the package whose PkgLength is at `at`: NumElements and elements; empty if it is unsound.
 */
/*@ requires span_ok(aml) && at <= aml.n;
    assigns \nothing;
    ensures span_ok(\result); */
static struct span package_at(struct span aml, size_t at)
{
    uint32_t lead = span_u8(aml, at), num_more = lead >> 6;
    size_t length = num_more == 0 ? lead % 64 : lead % 16;

    if (num_more > 0)
        length += (size_t)span_u8(aml, at + 1) * 16;
    if (num_more > 1)
        length += (size_t)span_u8(aml, at + 2) * 4096;
    if (num_more > 2)
        length += (size_t)span_u8(aml, at + 3) * 1048576;
    return length > num_more ? span_sub(aml, at + 1 + num_more, length - 1 - num_more) : span_sub(aml, 0, 0);
}

/* Takes a constant at *at and passes it. False if it is none, or not all there. */
/*@ requires span_ok(package) && \valid(at) && \valid(value) && \separated(at, value) && *at <= 16;
    assigns *at, *value;
    ensures *at <= \old(*at) + 5; */
static bool take_constant(struct span package, size_t *at, uint32_t *value)
{
    uint32_t op = span_u8(package, *at);
    size_t bytes = op == BYTE_PREFIX ? 1 : op == WORD_PREFIX ? 2 : op == DWORD_PREFIX ? 4 : 0;

    if (*at >= package.n || bytes > package.n - *at - 1 || (bytes == 0 && op != ZERO_OP && op != ONE_OP))
        return false;
    *value = op;
    if (bytes == 1)
        *value = span_u8(package, *at + 1);
    else if (bytes == 2)
        *value = span_u16(package, *at + 1);
    else if (bytes == 4)
        *value = span_u32(package, *at + 1);
    *at += 1 + bytes;
    return true;
}

/* Both types, or, where the package has one element, both in one: a's byte, then b's. */
/*@ requires span_ok(package) && \valid(s5);
    assigns *s5; */
static bool take_package(struct span package, struct s5 *s5)
{
    uint32_t num_elements = span_u8(package, 0), a = 0, b = 0;
    size_t at = 1;

    if (num_elements == 0 || !take_constant(package, &at, &a))
        return false;
    if (num_elements == 1) {
        b = a >> 8;
        a = a & 0xff;
    } else if (!take_constant(package, &at, &b)) {
        return false;
    }
    if (a > MAX_SLP_TYP || b > MAX_SLP_TYP)
        return false;
    s5->slp_typ_a = (uint8_t)a;
    s5->slp_typ_b = (uint8_t)b;
    return true;
}

/* Where the PkgLength is, if the package's Name begins at `at`; 0 if it does not. */
/*@ requires span_ok(aml) && at < aml.n;
    assigns \nothing;
    ensures \result <= aml.n; */
static size_t named_package(struct span aml, size_t at)
{
    if (span_u8(aml, at) != NAME_OP)
        return 0;
    size_t name = at + (span_u8(aml, at + 1) == ROOT_PREFIX ? 2 : 1);
    return span_u32(aml, name) == NAME && span_u8(aml, name + 4) == PACKAGE_OP ? name + 5 : 0;
}

bool s5_read(struct span aml, struct s5 *s5)
{
    /*@ loop invariant at <= aml.n;
        loop assigns at, *s5;
        loop variant aml.n - at; */
    for (size_t at = 0; at < aml.n; at++) {
        size_t package = named_package(aml, at);

        if (package != 0 && take_package(package_at(aml, package), s5))
            return true;
    }
    return false;
}
