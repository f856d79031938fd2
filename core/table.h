/*
 * The data contract: cells, columns, schemas.
 *
 * A schema declares a table once: name, columns (name, type, unit, one-line meaning, flags).
 * Screens, JSON, CSV, filters, `hycon tables` and the manual page follow from it. A cell is typed;
 * ABSENT is not zero and not "": it is shown as "-" and is null in JSON.
 *
 * Cells are 16 bytes and point into the arena of their block (core/snapshot.h) or into constant
 * memory. A column's type is what its cells normally have; when a server sends something that does
 * not fit (a new enum word, a broken address), the cell is CELL_STR with the raw text, so nothing
 * is lost.
 */
#ifndef HYCON_CORE_TABLE_H
#define HYCON_CORE_TABLE_H

#include "core/ip.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct strbuf;

enum cell_type {
    CELL_ABSENT,
    CELL_STR,
    CELL_INT,
    CELL_REAL,
    CELL_BOOL,
    CELL_BYTES,    /* integer, bytes */
    CELL_DURATION, /* integer, always milliseconds in memory; the column's unit decides the output
                    */
    CELL_TIME,     /* integer, milliseconds since the epoch, UTC */
    CELL_STATE,    /* one of the column's words (kept as text when unknown), with a severity */
    CELL_IP,
    CELL_CIDR,
    CELL_LIST, /* list of strings */
};

/* Order is badness for sorting: worst last. UNKNOWN is worse than ok, better than warning when
 * shown, and has its own exit status. */
enum severity { SEV_NONE, SEV_OK, SEV_UNKNOWN, SEV_WARNING, SEV_CRITICAL };

struct cell_list {
    size_t n;
    const char *const *items;
};

struct cell {
    enum cell_type type;
    union {
        const char *s;       /* STR, STATE */
        int64_t i;           /* INT, BYTES, DURATION, TIME */
        double d;            /* REAL */
        bool b;              /* BOOL */
        const struct ip *ip; /* IP, CIDR */
        const struct cell_list *list;
    } u;
};

enum unit { UNIT_NONE, UNIT_MS, UNIT_S, UNIT_PERCENT, UNIT_BYTES, UNIT_PER_MIN, UNIT_COUNT };

enum column_flags {
    COL_KEY = 1,     /* part of the row key, in column order */
    COL_DERIVED = 2, /* filled by model/derive, not by a collector */
    COL_WIDE = 4,    /* shown in wide output only */
    COL_SECRET = 8,  /* never printed */
    COL_RAW = 16,    /* long raw text: details only */
    /* The words of the column of the same name in the reader's language, ABSENT when they are
     * English: screens draw them instead (row_shown) and search them, too. No column of its own:
     * not printed, not in JSON and CSV, not found by name. These are the last ones of a schema. */
    COL_LOCAL = 32,
};

struct state_word {
    const char *word; /* NULL ends the list */
    enum severity severity;
};

struct column {
    const char *name;
    enum cell_type type;
    enum unit unit;
    unsigned flags;
    const char *meaning;             /* one line, English, marked for translation */
    const struct state_word *states; /* CELL_STATE: the words and their severities */
    const char *inputs;              /* COL_DERIVED: tables it is joined from, comma separated */
};

struct schema {
    const char *name;
    const char *meaning;
    const struct column *columns; /* the first two are always site and endpoint */
    unsigned ncolumns;
};

#define SCHEMA_SITE       0
#define SCHEMA_ENDPOINT   1
#define ROW_KEY_SEPARATOR '\x1f'

/* Index of column @name, or -1. */
int schema_column(const struct schema *s, const char *name);
/* How many columns it has for others: those before the first COL_LOCAL. */
unsigned schema_public(const struct schema *s);
/* Index of the COL_LOCAL twin of @col, or -1. */
int schema_local(const struct schema *s, unsigned col);
/* The word of @col that @word is: exactly, else ignoring case (servers shout); NULL: not one. */
const struct state_word *column_state(const struct column *col, const char *word);

/* Severity of a cell of a CELL_STATE column by its word (unknown words: SEV_UNKNOWN; ABSENT:
 * SEV_NONE); other columns SEV_NONE. */
enum severity cell_severity(const struct column *col, const struct cell *c);
const char *severity_name(enum severity s); /* "ok" "unknown" "warning" "critical", "" for NONE */

/* Order by type: numbers and addresses numerically, text by bytes, lists element by element. ABSENT
 * sorts last; different types sort by type. Returns <0, 0, >0. */
int cell_compare(const struct cell *a, const struct cell *b);
bool cell_equal(const struct cell *a, const struct cell *b);

/* Append the cell for people ("-" for ABSENT, 1.5 GiB, 3m05s, time as 2026-11-20T09:00:00Z). Text
 * is sanitised. */
void cell_format(struct strbuf *out, const struct column *col, const struct cell *c);
/* Append the value as plain machine text (durations in the column's unit, times ISO 8601 UTC, lists
 * joined by a blank): CSV cells and row keys. Text is sanitised. ABSENT appends nothing. */
void cell_plain(struct strbuf *out, const struct column *col, const struct cell *c);
/* Append the JSON value: null, number, true, "word", ["a","b"]. */
void cell_json(struct strbuf *out, const struct column *col, const struct cell *c);
/* Append @s as a JSON string in quotes: whole, with control and bidi characters escaped; bytes that
 * are not UTF-8 become U+FFFD. */
void json_text(struct strbuf *out, const char *s);

/* Constructors for cells whose memory outlives the row. */
static inline struct cell cell_absent(void)
{
    return (struct cell){.type = CELL_ABSENT};
}

#endif
