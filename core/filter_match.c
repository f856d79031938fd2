/*
 * Matching a row. Comparisons read typed cells. A search over the whole row is filter_scan.c's;
 * only where the pattern has no table, or a cell has what the table cannot judge, it needs the row
 * as one text.
 */
#include <string.h>

#include "core/filter_priv.h"
#include "core/text.h"

/* ---- comparisons -------------------------------------------------------------------------------
 */

static bool holds(enum filter_op op, int c)
{
    switch (op) {
    case FILTER_LT:
        return c < 0;
    case FILTER_LE:
        return c <= 0;
    case FILTER_GT:
        return c > 0;
    case FILTER_GE:
        return c >= 0;
    default:
        return c == 0;
    }
}

static int compare_real(double a, double b)
{
    return (a > b) - (a < b);
}

static bool test_number(const struct filter_test *t, const struct cell *c)
{
    int order;

    if (t->kind != VALUE_INT && t->kind != VALUE_REAL)
        return false;
    if (c->type == CELL_REAL)
        order = compare_real(c->u.d, t->kind == VALUE_INT ? (double)t->i : t->d);
    else if (t->kind == VALUE_INT)
        order = (c->u.i > t->i) - (c->u.i < t->i);
    else
        order = compare_real((double)c->u.i, t->d);
    return holds(t->op, order);
}

/* Within the block; or, for a single address, the block that has it. "=" finds the default route
 * alone by 0.0.0.0/0, since everything lies within. */
static bool matches_ip(const struct filter_test *t, const struct ip *ip)
{
    if (t->op == FILTER_EQ && t->ip.prefix == 0)
        return ip_equal(ip, &t->ip);
    return t->is_block ? ip_contains(&t->ip, ip) : ip_contains(ip, &t->ip);
}

static bool test_text(const struct filter_test *t, const char *s)
{
    struct ip ip;

    if (t->op == FILTER_MATCH)
        return t->kind == VALUE_IP && !ip_parse(s, &ip) ? matches_ip(t, &ip)
                                                        : pattern_match(t->pattern, s);
    if (t->kind == VALUE_TEXT || t->op == FILTER_EQ)
        return holds(t->op, strcmp(s, t->text));
    return false;
}

static bool test_list(const struct filter_test *t, const struct cell_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        if (test_text(t, list->items[i]))
            return true;
    }
    return false;
}

static bool test_ip(const struct filter_test *t, const struct ip *ip)
{
    if (t->kind != VALUE_IP)
        return false;
    if (t->op == FILTER_MATCH || t->op == FILTER_EQ)
        return matches_ip(t, ip);
    return holds(t->op, ip_compare(ip, &t->ip));
}

/* An expression over a cell that is no text: over what it looks like. */
static bool match_plain(struct filter *f, const struct filter_test *t, const struct cell *c)
{
    strbuf_reset(&f->buf);
    cell_plain(&f->buf, &f->schema->columns[t->col], c);
    return pattern_match(t->pattern, f->buf.buf);
}

static bool test_cell(struct filter *f, const struct filter_test *t, const struct cell *c)
{
    if (t->kind == VALUE_ABSENT)
        return c->type == CELL_ABSENT;
    switch (c->type) {
    case CELL_ABSENT:
        return false;
    case CELL_STR:
    case CELL_STATE:
        return test_text(t, c->u.s);
    case CELL_LIST:
        return test_list(t, c->u.list);
    case CELL_IP:
    case CELL_CIDR:
        if (t->kind == VALUE_IP || t->op != FILTER_MATCH)
            return test_ip(t, c->u.ip);
        break;
    default:
        break;
    }
    if (t->op == FILTER_MATCH)
        return match_plain(f, t, c);
    if (c->type == CELL_BOOL)
        return t->kind == VALUE_BOOL && c->u.b == (t->i != 0);
    return test_number(t, c);
}

/* What is seen is found, by either of its texts. */
static bool test_row(struct filter *f, const struct filter_test *t, const struct row *r)
{
    if (test_cell(f, t, &r->cells[t->col]))
        return true;
    return t->local >= 0 && row_present(r, (unsigned)t->local) &&
           test_cell(f, t, &r->cells[t->local]);
}

static bool match_tests(struct filter *f, const struct row *r)
{
    for (size_t i = 0; i < f->ntests; i++) {
        const struct filter_test *t = &f->tests[i];
        if (test_row(f, t, r) == t->negate)
            return false;
    }
    return true;
}

/* ---- the whole row -----------------------------------------------------------------------------
 */

bool filter_match_text(struct filter *f, const struct row *r)
{
    strbuf_reset(&f->buf);
    for (const uint8_t *col = f->cols; *col < f->schema->ncolumns; col++) {
        if (r->cells[*col].type == CELL_ABSENT)
            continue;
        if (f->buf.len)
            strbuf_addch(&f->buf, ' ');
        cell_plain(&f->buf, &f->schema->columns[*col], &r->cells[*col]);
    }
    return pattern_match(f->row, f->buf.buf);
}

void filter_match_many(struct filter *f, const struct row *const *rows, size_t n, bool *hits)
{
    if (f->row && pattern_dfa(f->row)) {
        filter_scan(f, rows, n, hits);
    } else {
        for (size_t i = 0; i < n; i++)
            hits[i] = f->row ? filter_match_text(f, rows[i]) : match_tests(f, rows[i]);
    }
    for (size_t i = 0; f->invert && i < n; i++)
        hits[i] = !hits[i];
}

bool filter_match(struct filter *f, const struct row *r)
{
    bool hit;

    filter_match_many(f, &r, 1, &hit);
    return hit;
}

static bool is_among(unsigned col, const unsigned *cols, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (cols[i] == col)
            return true;
    }
    return false;
}

bool filter_may_match(struct filter *f, const struct row *r, const unsigned *cols, size_t ncols)
{
    bool all_known = true;

    if (f->row)
        return true;
    for (size_t i = 0; i < f->ntests; i++) {
        const struct filter_test *t = &f->tests[i];
        if (!is_among(t->col, cols, ncols))
            all_known = false;
        else if (test_row(f, t, r) == t->negate)
            return f->invert;
    }
    /* Every comparison that can be made holds: inverted, one that cannot must be the false one. */
    return !f->invert || !all_known;
}
