/*
 * rows: a view of one table over all its endpoints: the merged, filtered, sorted list of rows that
 * the command line prints and the screens show. It holds references to the snapshots it reads.
 * Sorting is stable by (column, site, endpoint, key); ABSENT sorts last in both directions.
 */
#ifndef HYCON_CORE_ROWS_H
#define HYCON_CORE_ROWS_H

#include "core/filter.h"
#include "core/snapshot.h"

struct rows_item {
    const struct row *row;
    const struct snapshot *snapshot; /* its source: freshness, age, endpoint */
};

struct rows {
    const struct schema *schema;
    struct rows_item *items;
    size_t n;                        /* after the filter */
    size_t total;                    /* before the filter */
    const struct snapshot **sources; /* every snapshot merged, also empty ones */
    size_t nsources;
};

/* @snapshots are all of @schema (others are skipped). @filter NULL: all. @sort_col < 0: by site,
 * endpoint, key. */
void rows_init(struct rows *r, const struct schema *schema, struct snapshot *const *snapshots,
               size_t n, struct filter *filter, int sort_col, bool reverse);
void rows_release(struct rows *r);
/* Index of the row with this site, endpoint and key; -1 when it is not there. */
long rows_find(const struct rows *r, const char *site, const char *endpoint, const char *key);

/* ---- printing ----------------------------------------------------------------------------------
 */

enum rows_format { ROWS_TABLE, ROWS_WIDE, ROWS_JSON, ROWS_JSONL, ROWS_CSV };

struct rows_output {
    enum rows_format format;
    const int
        *columns; /* indexes; NULL: the schema's (wide columns only with ROWS_WIDE/JSON/CSV) */
    unsigned ncolumns;
    int64_t now; /* ages in table output */
};

/* Append the whole document: ROWS_JSON gives
 * {"schema_version":1,"table":..,"sources":[..],"rows":[..]}. The caller writes the buffer out. */
void rows_print(struct strbuf *out, const struct rows *r, const struct rows_output *o);
/* Only the object {"table","sources","rows"} without schema_version, for several tables in one. */
void rows_print_json_table(struct strbuf *out, const struct rows *r, const struct rows_output *o);

#endif
