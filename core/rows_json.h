/*
 * rows_json: rows as JSON objects, one behind the other.
 *
 * Neighbouring rows have much in common: site and endpoint, the route table of fifty routes, the
 * policy of a hundred rules. Snapshots never change, so cells that point to the same text are the
 * same text, and what stands in the row before is copied with its name, whole runs of columns at a
 * time; only what differs is formatted.
 */
#ifndef HYCON_CORE_ROWS_JSON_H
#define HYCON_CORE_ROWS_JSON_H

#include "core/snapshot.h"

struct rows_json;
struct strbuf;

/* Columns @at (copied), in that order; each row begins with @begin ("{", or more), which must
 * outlive it. */
struct rows_json *rows_json_new(const struct schema *schema, const unsigned *at, unsigned n,
                                const char *begin);
void rows_json_free(struct rows_json *j); /* NULL is fine */
/* Appends the object. Nobody else may touch what is in @out from one row to the next, unless
 * rows_json_drained() is told. */
void rows_json_add(struct rows_json *j, struct strbuf *out, const struct row *row);
void rows_json_drained(struct rows_json *j);

#endif
