/* What snapshot.c, builder.c and store.c share. */
#ifndef HYCON_CORE_SNAPSHOT_PRIV_H
#define HYCON_CORE_SNAPSHOT_PRIV_H

#include "core/snapshot.h"

#include <stdatomic.h>

/* Rows that were decoded together, in the order they came. */
struct block {
    atomic_uint refs;
    unsigned malformed; /* items of the reply that no row could be made of */
    uint64_t hash;      /* 0: anonymous */
    struct arena *arena;
    struct row *rows;
    size_t n, alloc;
    struct body **lenders; /* references: rows of this block point into them */
    size_t nlenders, lenders_alloc;
};

/* A row and the block (by its place in the body) it is from. */
struct entry {
    const struct row *row;
    uint32_t owner;
};

/* What successive snapshots share when nothing changed: blocks and the index over them. */
struct body {
    atomic_uint refs;
    struct block **blocks;
    size_t nblocks;
    struct entry *entries; /* by key, then by block, then in the order they came */
    size_t n;
    unsigned duplicates;
    size_t memory;
};

struct snapshot {
    atomic_uint refs;
    const struct schema *schema;
    char *site, *endpoint, *note; /* note: NULL when there is none */
    uint64_t generation;
    int64_t taken_at;
    enum freshness freshness;
    struct err err;
    struct body *body;
};

/* What the builder notes of the keys of rows in new blocks, in the order in which they come
 * (snapshot_hints.c). All zero to begin with. */
struct hints {
    size_t n; /* rows */
    struct hint_group {
        size_t first, prefix; /* a row, and how many bytes its key and those that follow share */
    } * groups;
    size_t ngroups, alloc;
    bool off; /* they are too many to be of use */
};

/* Of the key of one more row: its first @prefix bytes are those up to the last key column. */
void hints_add(struct hints *h, size_t prefix, bool new_group);
void hints_truncate(struct hints *h, size_t n);
void hints_release(struct hints *h);
/* Put the @n rows of the blocks of @b that are not @kept into @e by their keys, and count those
 * whose key came before. False: not all rows have hints, or these are of no use. */
bool hints_sort(const struct hints *h, const struct body *b, const bool *kept, struct entry *e,
                size_t n, unsigned *duplicates);

/* @first: bytes that one row likely takes; 0: the block will be as large as others. */
struct block *block_new(uint64_t hash, size_t first);
struct block *block_ref(struct block *b);
void block_unref(struct block *b);

#define NOT_KEPT UINT32_MAX

/* Take over @blocks (the array and the references in it) and index their rows. @sources says for
 * each the place in @prev it was taken from, or NOT_KEPT; the index of @prev (may be NULL, then
 * so may @sources) saves the sorting of what did not change. @hints may be NULL. */
struct body *body_new(struct block **blocks, const uint32_t *sources, size_t nblocks,
                      const struct body *prev, const struct hints *hints);
struct body *body_ref(struct body *b);
void body_unref(struct body *b);

/* Takes over @body. */
struct snapshot *snapshot_new(const struct schema *schema, const char *site, const char *endpoint,
                              struct body *body);
/* Before the snapshot is seen by anybody else. */
void snapshot_set_generation(struct snapshot *s, uint64_t generation);

/* Tests: another limit than SNAPSHOT_ROWS_MAX. */
void builder_limit_rows(struct table_builder *b, size_t limit);

#endif
