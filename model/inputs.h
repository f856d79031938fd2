/*
 * inputs: which tables must be read so that others are complete: those that their joins name (the
 * inputs of their columns, see model/tables_priv.h), and whatever tells who is who.
 */
#ifndef HYCON_MODEL_INPUTS_H
#define HYCON_MODEL_INPUTS_H

#include <stddef.h>

#include "core/table.h"

struct config;

/* The tables to read for the cells of @wanted, themselves first, NULL-terminated, into @out
 * (VIEW_TABLES_MAX + 1). What an input is joined from in its turn is among them only where the join
 * can see its derived cells. */
void inputs_list(const struct config *c, const struct schema *const *wanted, size_t n,
                 const struct schema **out);

#endif
