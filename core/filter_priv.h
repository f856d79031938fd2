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

#define SCAN_SMALL 56 /* bytes of a cell that is no text */

/* What a column said last that has nothing of the pattern. */
struct scan_memo {
    int64_t what;
    uint32_t type;
};

#define SCAN_DAYS 512 /* that are remembered */

struct scan_day {
    int64_t day; /* since the epoch; 0: not yet */
    char text[sizeof("2026-11-20T09:00:00Z")];
};

struct filter {
    const struct schema *schema;
    bool invert;
    struct pattern *row;       /* over the whole row; NULL: the tests */
    bool skips[CELL_LIST + 1]; /* row: types of cells that cannot have it */
    uint8_t *cols;             /* row: columns that are searched; ends with their number */
    struct scan_memo *memo;    /* by column */
    struct scan_day *days;     /* row: SCAN_DAYS of them, by day */
    struct filter_test *tests;
    size_t ntests, tests_cap;
    struct strbuf buf;   /* a cell or a row as text, reused */
    struct strbuf shown; /* a text of a cell, sanitised */
};

/* filter_scan.c: f->row has a table. Without f->invert. */
void filter_scan(struct filter *f, const struct row *const *rows, size_t n, bool *hits);
/* The slow way: the row as one text. Without f->invert. */
bool filter_match_text(struct filter *f, const struct row *r);

#endif
