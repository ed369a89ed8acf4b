/*
 * heap.c - memory for what is smaller than a page, or of any size.
 */
#include "kernel/memory/heap.h"

#include <stdbool.h>

#include "kernel/cpu/spinlock.h"
#include "kernel/debug/panic.h"
#include "kernel/lib/string.h"
#include "kernel/memory/address_space.h"
#include "kernel/memory/pages.h"
#include "kernel/memory/phys.h"

#define SEAL         UINT64_C(0x62616c7373756e61)
#define NUM_CLASSES  (sizeof class_bytes / sizeof class_bytes[0])
#define MAX_OBJECTS  252 /* in a page */
#define WORD_BITS    64
#define HEADER_BYTES sizeof(struct slab)

/* A page of objects of one size, or the first of an object that has its own. */
struct slab {
    uint64_t seal; /* SEAL ^ physical address: a page that the heap has in use */
    uint32_t num_used;
    uint16_t class;
    uint16_t size_bytes;      /* 0: one object of num_pages pages */
    struct slab *next, *prev; /* in the list of those of one class with room */
    union {
        uint64_t used[(MAX_OBJECTS + WORD_BITS - 1) / WORD_BITS]; /* bit n: object n */
        uint64_t num_pages;
    };
};

/* As large as so many objects can be that share a page with its header; multiples of 16. */
static const uint16_t class_bytes[] = {16,  32,  48,  64,  96,   128,  192, 256,
                                       336, 448, 576, 672, 1008, 1344, 2016};

_Static_assert(sizeof(struct slab) == 64, "objects begin behind it at multiples of 16");
_Static_assert((PAGE_BYTES - sizeof(struct slab)) / 16 == MAX_OBJECTS, "a bit for each");

static struct slab *with_room[NUM_CLASSES];
static struct heap_counts counts;

/* Around everything that touches these and what they lead to. */
static struct spinlock lock = SPINLOCK("heap", LOCK_HEAP);

static uint32_t num_objects(const struct slab *s)
{
    return (uint32_t)(PAGE_BYTES - HEADER_BYTES) / s->size_bytes;
}

static void link(struct slab *s)
{
    s->prev = NULL;
    s->next = with_room[s->class];
    if (s->next != NULL)
        s->next->prev = s;
    with_room[s->class] = s;
}

static void unlink(struct slab *s)
{
    if (s->prev != NULL)
        s->prev->next = s->next;
    else
        with_room[s->class] = s->next;
    if (s->next != NULL)
        s->next->prev = s->prev;
}

/* Pages of the heap's own, with an empty header. */
static struct slab *take_pages(uint64_t num_pages)
{
    uint64_t paddr = pages_alloc(num_pages, PAGE_BYTES, 0);

    if (paddr == 0)
        return NULL;
    struct slab *s = phys_memory(paddr, num_pages * PAGE_BYTES);
    if (s == NULL) {
        pages_free(paddr, num_pages);
        return NULL;
    }
    memset(s, 0, HEADER_BYTES);
    s->seal = SEAL ^ paddr;
    counts.num_pages += num_pages;
    return s;
}

static void give_pages(struct slab *s, uint64_t num_pages)
{
    s->seal = 0;
    counts.num_pages -= num_pages;
    pages_free(phys_address(s), num_pages);
}

/* Small objects -------------------------------------------------------------------------------------------*/

static struct slab *slab_with_room(uint16_t class)
{
    struct slab *s = with_room[class];

    if (s != NULL)
        return s;
    s = take_pages(1);
    if (s == NULL)
        return NULL;
    s->class = class;
    s->size_bytes = class_bytes[class];
    link(s);
    return s;
}

static uint32_t first_unused(const struct slab *s)
{
    uint32_t word = 0;

    while (s->used[word] == UINT64_MAX)
        word++;
    return word * WORD_BITS + (uint32_t)__builtin_ctzll(~s->used[word]);
}

static void *alloc_small(uint16_t class)
{
    struct slab *s = slab_with_room(class);

    if (s == NULL)
        return NULL;
    uint32_t i = first_unused(s);
    s->used[i / WORD_BITS] |= UINT64_C(1) << i % WORD_BITS;
    if (++s->num_used == num_objects(s))
        unlink(s);
    void *p = (uint8_t *)s + HEADER_BYTES + i * (size_t)s->size_bytes;
    return memset(p, 0, s->size_bytes);
}

/* One empty page of each class is kept. */
static void free_small(struct slab *s, uint32_t i)
{
    s->used[i / WORD_BITS] &= ~(UINT64_C(1) << i % WORD_BITS);
    if (s->num_used-- == num_objects(s))
        link(s);
    if (s->num_used == 0 && (s->next != NULL || s->prev != NULL)) {
        unlink(s);
        give_pages(s, 1);
    }
}

/* Large ones ----------------------------------------------------------------------------------------------*/

static void *alloc_large(size_t size_bytes)
{
    if (size_bytes > DIRECT_MAP_BYTES)
        return NULL;
    uint64_t num_pages = (size_bytes + HEADER_BYTES + PAGE_BYTES - 1) / PAGE_BYTES;
    struct slab *s = take_pages(num_pages);
    if (s == NULL)
        return NULL;
    s->num_pages = num_pages;
    return memset(s + 1, 0, size_bytes);
}

/* Both ----------------------------------------------------------------------------------------------------*/

static _Noreturn void refuse(const void *p, const char *why)
{
    panic("heap_free(0x%llx): %s", (unsigned long long)(uintptr_t)p, why);
}

/* The page that holds an object's beginning. */
static struct slab *slab_of(const void *p)
{
    uint64_t paddr = phys_address(p), page = paddr - paddr % PAGE_BYTES;
    struct slab *s = phys_memory(page, PAGE_BYTES);

    if (s == NULL || s->seal != (SEAL ^ page))
        refuse(p, "not the heap's");
    return s;
}

/* Which object of a page this is. */
static uint32_t object_at(const struct slab *s, const void *p)
{
    size_t offset = (uintptr_t)p - (uintptr_t)(s + 1); /* wraps around if p is in the header */
    uint32_t i = (uint32_t)(offset / s->size_bytes);

    if (offset >= num_objects(s) * (size_t)s->size_bytes || offset % s->size_bytes != 0)
        refuse(p, "inside an object");
    if ((s->used[i / WORD_BITS] >> i % WORD_BITS & 1) == 0)
        refuse(p, "free already");
    return i;
}

void *heap_alloc(size_t size_bytes)
{
    uint16_t class = 0;
    void *p;

    while (class < NUM_CLASSES && class_bytes[class] < size_bytes)
        class ++;
    spin_lock(&lock);
    p = class < NUM_CLASSES ? alloc_small(class) : alloc_large(size_bytes);
    counts.num_objects += p != NULL;
    spin_unlock(&lock);
    return p;
}

void heap_free(void *p)
{
    if (p == NULL)
        return;
    spin_lock(&lock);
    struct slab *s = slab_of(p);
    if (s->size_bytes != 0)
        free_small(s, object_at(s, p));
    else if (p == s + 1)
        give_pages(s, s->num_pages);
    else
        refuse(p, "inside an object");
    counts.num_objects--;
    spin_unlock(&lock);
}

struct heap_counts heap_count(void)
{
    spin_lock(&lock);
    struct heap_counts now = counts;
    spin_unlock(&lock);
    return now;
}
