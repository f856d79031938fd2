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
/* The same in steps, for those who keep rows by reasons of their own in between: all rows by site,
 * endpoint, key; those that match; ordered. */
void rows_merge(struct rows *r, const struct schema *schema, struct snapshot *const *snapshots,
                size_t n);
void rows_filter(struct rows *r, struct filter *filter);
void rows_reverse(struct rows *r);
/* By the first level, what is equal there by the next; what is equal in all keeps its order. */
struct rows_level {
    double (*number)(const struct rows_item *row); /* by this, not by a column; never NaN */
    int column;
    bool reverse; /* ABSENT is last all the same */
};
void rows_sort(struct rows *r, const struct rows_level *levels, size_t n);
void rows_release(struct rows *r);
/* Index of the row with this site, endpoint and key; -1 when it is not there. */
long rows_find(const struct rows *r, const char *site, const char *endpoint, const char *key);

/* ---- printing ----------------------------------------------------------------------------------
 *
 * table   aligned columns for people, widths in terminal cells; an AGE column comes last when a row
 *         is of a source that is not ok
 * wide    the same with every column but long raw texts
 * json    one object on one line: schema_version, table, sources, rows; the source of every row is
 *         there, also of tables without rows
 * jsonl   one object per row and line, no sources
 * csv     RFC 4180: a header line, CRLF, quotes where they are needed. ABSENT is an empty field, an
 *         empty text is "". Text is sanitised, so a record is one line. Cells that a spreadsheet
 *         takes for formulas (= + - @) are left as they are: a guard in front of them would change
 *         the data of every other reader. Import the columns as text.
 *
 * Secret columns are never printed.
 */

enum rows_format { ROWS_TABLE, ROWS_WIDE, ROWS_JSON, ROWS_JSONL, ROWS_CSV };

struct rows_output {
    enum rows_format format;
    const int *columns; /* indexes, any order, also wide ones; NULL: the schema's */
    unsigned ncolumns;
    int64_t now;     /* ages in table output */
    bool name_table; /* ROWS_JSONL, ROWS_CSV: each row begins with its table's name */
    /* Not NULL: takes what is in @out, and empties it, whenever much is. For json, jsonl and csv:
     * memory for the rows is enough, and need not be for their text, too. */
    void (*drain)(void *arg, struct strbuf *out);
    void *drain_arg;
};

/* Append the whole document. The caller writes the buffer out. */
void rows_print(struct strbuf *out, const struct rows *r, const struct rows_output *o);
/* Only the object {"table","sources","rows"} without schema_version, for several tables in one. */
void rows_print_json_table(struct strbuf *out, const struct rows *r, const struct rows_output *o);

#endif
