/* What rows.c and rows_sort.c share. */
#ifndef HYCON_CORE_ROWS_PRIV_H
#define HYCON_CORE_ROWS_PRIV_H

#include "core/rows.h"

/* Put @items into the order of @levels; equal ones keep theirs. */
void rows_sort_items(struct rows_item *items, size_t n, const struct rows_level *levels,
                     size_t nlevels);

#endif
