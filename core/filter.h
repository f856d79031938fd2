/*
 * filter: one grammar everywhere (CLI --filter, `/`, palette).
 *
 *   expr   := "!" expr | regex | comparison { "and" comparison }
 *   comparison := COLUMN op VALUE     op: = != < > <= >= ~ !~
 *
 * A text that does not start with "COLUMN op" (COLUMN being a column of the schema) is a POSIX
 * extended regular expression, case-insensitive, over the row's plain cells joined by blanks. "!"
 * inverts. VALUE: bare word or 'quoted' or "quoted"; units by column type (10m, 2GiB, 80%); ip and
 * cidr columns:
 * "=" compares, "~ 10.0.0.0/8" means contained in; lists match any element; "-" or null is ABSENT.
 * Comparisons with ABSENT are false (but != is true).
 */
#ifndef HYCON_CORE_FILTER_H
#define HYCON_CORE_FILTER_H

#include "core/err.h"
#include "core/snapshot.h"

struct filter;

#define FILTER_TEXT_MAX 1024

/* NULL and @err filled when the text is wrong (unknown column after an operator, bad value, bad
 * regex). An empty text matches everything. */
struct filter *filter_new(const struct schema *schema, const char *text, struct err *err);
void filter_free(struct filter *f);
/* Not thread-safe per filter (it reuses a buffer). */
bool filter_match(struct filter *f, const struct row *r);

#endif
