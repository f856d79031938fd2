/* filter's program: what the parser (filter.c) hands to the evaluator (filter_match.c). */
#ifndef HYCON_CORE_FILTER_PRIV_H
#define HYCON_CORE_FILTER_PRIV_H

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

struct filter {
    const struct schema *schema;
    bool invert;
    struct pattern *row;       /* over the whole row; NULL: the tests */
    const char *word;          /* it is plain text without blanks: looked for cell by cell */
    bool skips[CELL_LIST + 1]; /* word: types of cells that cannot have it */
    bool escapes;              /* word: it could be part of an escape (\\x1b) */
    struct filter_test *tests;
    size_t ntests, tests_cap;
    struct strbuf buf; /* a cell or a row as text, reused */
};

#endif
