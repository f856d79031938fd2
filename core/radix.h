/*
 * radix: ordering many items by eight bytes of each. What compares as strcmp() would is packed into
 * a number, and a pass for each byte in which the numbers differ puts the items in order; all of it
 * is stable. Items are of any size and begin with their number. Everything here is inlined where
 * it is used, so that the size is known there and an item is moved by a few instructions.
 */
#ifndef HYCON_CORE_RADIX_H
#define HYCON_CORE_RADIX_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The first eight bytes of @s, NUL and what would be behind it as zeros: as numbers these compare
 * as strcmp() would. Is the last byte zero, it has all of the text. */
static inline uint64_t radix_text(const char *s)
{
    uint64_t v = 0;

    for (unsigned i = 0; i < 8; i++) {
        v = v << 8 | (unsigned char)*s;
        s += *s != '\0';
    }
    return v;
}

static inline uint64_t radix_number(const char *item)
{
    uint64_t v;

    memcpy(&v, item, sizeof(v));
    return v;
}

/* One pass by the byte at @shift; the result is in @to. */
static inline __attribute__((always_inline)) void radix_pass(const char *from, char *to, size_t n,
                                                             size_t size, unsigned shift)
{
    size_t at[256] = {0}, sum = 0;

    for (size_t i = 0; i < n; i++)
        at[radix_number(from + i * size) >> shift & 0xff]++;
    for (unsigned b = 0; b < 256; b++) {
        size_t count = at[b];

        at[b] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++) {
        const char *item = from + i * size;

        memcpy(to + at[radix_number(item) >> shift & 0xff]++ * size, item, size);
    }
}

/* Order @n items of @size bytes (a constant). @spare has room for as many. @differ: the bits in
 * which any of the numbers differ. */
static inline __attribute__((always_inline)) void radix_sort(void *items, void *spare, size_t n,
                                                             size_t size, uint64_t differ)
{
    char *from = items, *to = spare;

    for (unsigned shift = 0; shift < 64; shift += 8) {
        char *t = from;

        if (!(differ >> shift & 0xff))
            continue;
        radix_pass(from, to, n, size, shift);
        from = to;
        to = t;
    }
    if (from != items)
        memcpy(items, from, n * size);
}

#endif
