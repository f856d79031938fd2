/*
 * snapshot: an immutable, reference-counted table of one endpoint at one moment.
 *
 * Rows live in blocks; a block has its own arena and reference count. A snapshot holds an index of
 * its rows sorted by key, and references to the blocks they live in. The next snapshot shares the
 * blocks that did not change: a page whose bytes have the same hash is not decoded again, a changed
 * VM costs one block. Nothing reachable from a snapshot is ever written after builder_finish(); a
 * reader that holds a reference may read it from any thread.
 *
 * A failed poll makes a new snapshot of the OLD rows with the new freshness and error
 * (snapshot_with_freshness), so a screen never empties.
 */
#ifndef HYCON_CORE_SNAPSHOT_H
#define HYCON_CORE_SNAPSHOT_H

#include "core/err.h"
#include "core/table.h"

#include <stdint.h>

struct arena;

enum freshness {
    FRESH_NEVER, /* not read yet */
    FRESH_OK,
    FRESH_PARTIAL, /* rows are missing; err.msg says which */
    FRESH_STALE,   /* older than it should be, no error of its own */
    FRESH_FAILED,
    FRESH_DENIED,      /* login or permission refused, certificate not trusted: a person must act */
    FRESH_UNSUPPORTED, /* not available here: shown n/a, not red, not counted in an exit status */
};

const char *freshness_name(enum freshness f); /* "never" "ok" ... */

struct row {
    const struct cell *cells; /* schema->ncolumns of them */
    const char *key;          /* key columns as plain text joined by ROW_KEY_SEPARATOR */
};

struct snapshot; /* opaque but for the accessors below */

struct snapshot *snapshot_ref(const struct snapshot *s);
void snapshot_unref(const struct snapshot *s); /* NULL is fine */

const struct schema *snapshot_schema(const struct snapshot *s);
const char *snapshot_site(const struct snapshot *s);
const char *snapshot_endpoint(const struct snapshot *s);
/* Given by the store when it publishes: the later one of two is greater. */
uint64_t snapshot_generation(const struct snapshot *s);
int64_t snapshot_taken_at(const struct snapshot *s); /* when the rows were read; 0: never */
enum freshness snapshot_freshness(const struct snapshot *s);
const struct err *snapshot_err(const struct snapshot *s); /* kind ERR_NONE when fine */
const char *snapshot_note(const struct snapshot *s);      /* enrichment message or "" */
unsigned snapshot_duplicates(const struct snapshot *s);   /* rows whose key came twice */
size_t snapshot_count(const struct snapshot *s);
const struct row *snapshot_row(const struct snapshot *s, size_t i);         /* in key order */
const struct row *snapshot_find(const struct snapshot *s, const char *key); /* NULL: not there */
size_t
snapshot_memory(const struct snapshot *s); /* bytes of blocks (shared ones counted) + index */
size_t snapshot_blocks(const struct snapshot *s);
/* The @i-th block's identity hash, for tests of sharing. */
uint64_t snapshot_block_hash(const struct snapshot *s, size_t i);

/* Rows of @old (NULL: none) under a new verdict; taken_at stays that of the rows. A new reference.
 */
struct snapshot *snapshot_with_freshness(const struct snapshot *old, const struct schema *schema,
                                         const char *site, const char *endpoint, enum freshness f,
                                         const struct err *err);

/* ---- building ----------------------------------------------------------------------------------
 */

struct table_builder;

/* @prev: the endpoint's previous snapshot of this schema (its blocks may be reused) or NULL. */
struct table_builder *builder_new(const struct schema *schema, const char *site,
                                  const char *endpoint, const struct snapshot *prev);
void builder_free(struct table_builder *b); /* abandon; NULL is fine */
const struct schema *builder_schema(const struct table_builder *b);
size_t builder_count(const struct table_builder *b); /* rows so far, reused ones included */

/* Start a new block identified by @hash (0: anonymous, never reused). If @prev has a block of the
 * same hash it is taken over whole: returns true, and the caller skips decoding. Otherwise returns
 * false and following rows go to the new block. */
bool builder_block(struct table_builder *b, uint64_t hash);
/* Throw away the block that is being filled: what its rows come from turned out to be broken. */
void builder_block_drop(struct table_builder *b);
/* The arena of the current block: strings put there live as long as the rows. */
struct arena *builder_arena(struct table_builder *b);
/* The previous snapshot given to builder_new(), or NULL. */
const struct snapshot *builder_prev(const struct table_builder *b);

/* Start a row: all cells ABSENT but site and endpoint. A stated limit of rows (SNAPSHOT_ROWS_MAX)
 * is kept: beyond it rows are counted, not stored, and the snapshot becomes partial with a limit
 * error. */
#define SNAPSHOT_ROWS_MAX 2000000
void builder_row(struct table_builder *b);
/* Start a row with the cells and the key of @row, which is one of @from's (of the same schema):
 * shared, not copied, so @from's rows live as long as this block. Site and endpoint are the
 * builder's, lists that are derived are ABSENT. Columns that are no part of the key may be set
 * afterwards. */
void builder_row_like(struct table_builder *b, const struct snapshot *from, const struct row *row);
/* Set cells of the current row. Text is copied into the block; NULL or (for _opt forms) missing
 * input leaves the cell ABSENT. @col is the column's index (see the enums beside each schema). */
void builder_str(struct table_builder *b, unsigned col, const char *s);
void builder_strn(struct table_builder *b, unsigned col, const char *s, size_t len);
void builder_int(struct table_builder *b, unsigned col,
                 int64_t v); /* INT BYTES DURATION(ms) TIME(ms) by the column's type */
void builder_real(struct table_builder *b, unsigned col,
                  double v); /* NaN and inf leave it ABSENT */
void builder_bool(struct table_builder *b, unsigned col, bool v);
void builder_state(struct table_builder *b, unsigned col, const char *word);
/* Parse as IP or CIDR by the column's type; text that does not parse is kept as CELL_STR. */
void builder_ip(struct table_builder *b, unsigned col, const char *s);
void builder_list(struct table_builder *b, unsigned col, const char *const *items, size_t n);
/* Append one item to a list cell (ABSENT becomes a list of one). builder_list_empty() makes it [].
 */
void builder_list_add(struct table_builder *b, unsigned col, const char *item);
void builder_list_empty(struct table_builder *b, unsigned col);
/* Copy a cell from another snapshot's row (deep copy into this block). */
void builder_cell(struct table_builder *b, unsigned col, const struct cell *c);
const struct cell *builder_peek(const struct table_builder *b, unsigned col); /* current row */
/* The cells of the current row to fill directly, for decoders of millions of rows: text, lists and
 * addresses must live in builder_arena() or for ever, types must be those of the columns, text
 * without NUL. Rows that share the text of a key column (the same pointer) share the work for it.
 * NULL when the row is not kept (SNAPSHOT_ROWS_MAX). */
struct cell *builder_cells(struct table_builder *b);
/* Abandon the current row. */
void builder_drop(struct table_builder *b);

/* A message of a failed enrichment: shown on Endpoints, changes no freshness. */
void builder_note(struct table_builder *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* An item of the reply is nothing that a row could be made of (an object was expected); the note of
 * the snapshot counts them. It belongs to the current block, as a row does; @n others to none. */
void builder_malformed(struct table_builder *b);
void builder_malformed_apart(struct table_builder *b, unsigned n);

/* Freeze. Duplicated keys are kept and counted. @err may be NULL. Frees the builder; the caller
 * owns one reference. */
struct snapshot *builder_finish(struct table_builder *b, int64_t taken_at, enum freshness f,
                                const struct err *err);

/* ---- cell access by column index, for joins ----------------------------------------------------
 */

/* STR or STATE; NULL otherwise */
static inline const char *row_str(const struct row *r, unsigned col)
{
    const struct cell *c = &r->cells[col];

    return c->type == CELL_STR || c->type == CELL_STATE ? c->u.s : NULL;
}

/* INT, BYTES, DURATION or TIME; false otherwise. */
static inline bool row_int(const struct row *r, unsigned col, int64_t *out)
{
    const struct cell *c = &r->cells[col];

    if (c->type != CELL_INT && c->type != CELL_BYTES && c->type != CELL_DURATION &&
        c->type != CELL_TIME)
        return false;
    *out = c->u.i;
    return true;
}

bool row_bool(const struct row *r, unsigned col, bool *out);
const struct ip *row_ip(const struct row *r, unsigned col); /* IP or CIDR; NULL otherwise */
const struct cell_list *row_list(const struct row *r, unsigned col); /* NULL otherwise */
/* What a screen draws for @col: its words in the reader's language where the row has them. */
const struct cell *row_shown(const struct schema *s, const struct row *r, unsigned col);
/* That, of a STR or STATE; NULL otherwise. */
const char *row_str_shown(const struct schema *s, const struct row *r, unsigned col);
static inline bool row_present(const struct row *r, unsigned col)
{
    return r->cells[col].type != CELL_ABSENT;
}

#endif
