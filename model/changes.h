/*
 * changes: when cells of one table last changed, for the marks on screen. Immutable and counted,
 * because estates of several updates are read while the next one is made; an update that changes
 * nothing shares it. Only rows that did change have an entry, and only for CHANGES_KEEP_MS: what
 * changed longer ago is no news.
 */
#ifndef HYCON_MODEL_CHANGES_H
#define HYCON_MODEL_CHANGES_H

#include "core/snapshot.h"

#define CHANGES_KEEP_MS (60 * 60 * 1000)
#define CHANGES_MAX     20000 /* rows with marks in one table; older ones lose theirs first */

struct changes;

struct changes *changes_ref(const struct changes *c);
void changes_unref(const struct changes *c); /* NULL is fine */
/* What @c becomes when @old is followed by @now_rows at @now. A new reference; NULL: no marks. */
struct changes *changes_next(const struct changes *c, const struct snapshot *old,
                             const struct snapshot *now_rows, int64_t now);
int64_t changes_at(const struct changes *c, const char *key, unsigned col); /* 0: not known */

#endif
