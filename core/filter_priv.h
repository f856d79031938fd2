/* filter's program: what the parser (filter.c) hands to the evaluator (filter_match.c). */
#ifndef HYCON_CORE_FILTER_PRIV_H
#define HYCON_CORE_FILTER_PRIV_H

#include "core/dfa.h"
#include "core/filter.h"
#include "core/pattern.h"
#include "core/strbuf.h"

/* "!=" and "!~" are the negated forms of "=" and "~". */
enum filter_op { FILTER_EQ, FILTER_LT, FILTER_LE, FILTER_GT, FILTER_GE, FILTER_MATCH };

enum filter_value { VALUE_ABSENT, VALUE_TEXT, VALUE_INT, VALUE_REAL, VALUE_BOOL, VALUE_IP };

struct filter_test {
    unsigned col;
    int local; /* its words in the reader's language are tried, too; -1: it has none */
    enum filter_op op;
    bool negate;
    enum filter_value kind;
    bool is_block; /* VALUE_IP: written with a prefix */
    int64_t i;
    double d;
    struct ip ip;
    char *text;              /* as written, for raw cells and texts */
    struct pattern *pattern; /* FILTER_MATCH: for cells that are no address */
};

#define FILTER_SMALL 56  /* bytes of a cell that is no text */
#define FILTER_DAYS  512 /* that are remembered */

struct filter_day {
    int64_t day; /* since the epoch; 0: not yet */
    char text[sizeof("2026-11-20T09:00:00Z")];
};

struct filter {
    const struct schema *schema;
    bool invert;
    struct pattern *row;     /* over the whole row; NULL: the tests */
    uint8_t *cols;           /* row: columns that are searched; ends with their number */
    struct filter_day *days; /* row: FILTER_DAYS of them, by day */
    /* row: what filter_shape() finds out. Cells can be judged one by one; types of cells, whole
     * seconds and others of this century and the one before, that are no part of a match. */
    bool by_column, skips[CELL_LIST + 1], skips_times, skips_millis;
    struct filter_test *tests;
    size_t ntests, tests_cap;
    struct strbuf buf;   /* a cell or a row as text, reused */
    struct strbuf shown; /* a text of a cell, sanitised */
};

/* GO: nothing yet. SLOW: the table cannot say. */
enum filter_verdict { FILTER_GO, FILTER_MISS, FILTER_HIT, FILTER_SLOW };

struct filter_walk {
    struct filter *f;
    struct dfa *d; /* of f->row */
    uint32_t state;
    bool begun; /* the row has text so far */
    /* Types of cells that leave @stay as it is. */
    uint32_t stay;
    bool stays[CELL_LIST + 1];
};

/* filter_walk.c: the row from its beginning; GO with @until_idle alone: it went on to d->idle. */
enum filter_verdict filter_walk_row(struct filter_walk *w, const struct row *r, bool until_idle);
/* A cell's text, or an item of a list, from w->state on. */
enum filter_verdict filter_walk_piece(struct filter_walk *w, const char *text);
/* The text of a cell that is neither ABSENT nor a list: its own, or written to @small (FILTER_SMALL
 * bytes), or what is in f->buf. */
const char *filter_say(struct filter *f, unsigned col, const struct cell *c, char *small);
/* A whole number or an address as text, in FILTER_SMALL bytes of @out. Returns its length. */
size_t filter_write(const struct cell *c, char *out);
/* filter_shape.c: of f->row, before the first search; types that leave @state as it is. */
void filter_shape(struct filter *f);
void filter_shape_stays(struct dfa *d, uint32_t state, bool stays[CELL_LIST + 1]);
/* filter_scan.c: f->row has a table. Without f->invert. */
void filter_scan(struct filter *f, const struct row *const *rows, size_t n, bool *hits);
/* The slow way: the row as one text. Without f->invert. */
bool filter_match_text(struct filter *f, const struct row *r);

#endif
