/*
 * The text is compiled once to a list of typed tests, so that a row costs a few compares: values
 * are parsed by the type of their column here, and never again per row.
 */
#include "core/filter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/filter_priv.h"
#include "core/fmt.h"
#include "core/mem.h"
#include "core/suggest.h"
#include "core/text.h"

#define BLANKS " \t"

struct parser {
    struct filter *f;
    const char *at;
    struct err *err;
};

static void skip_blanks(struct parser *p)
{
    p->at += strspn(p->at, BLANKS);
}

static size_t word_length(const char *s)
{
    size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_");

    return n && (*s < '0' || *s > '9') ? n : 0;
}

static const struct {
    const char *text;
    enum filter_op op;
    bool negate;
} operators[] = {
    {"!=", FILTER_EQ, true},  {"!~", FILTER_MATCH, true}, {"<=", FILTER_LE, false},
    {">=", FILTER_GE, false}, {"=", FILTER_EQ, false},    {"<", FILTER_LT, false},
    {">", FILTER_GT, false},  {"~", FILTER_MATCH, false},
};

/* Index of the operator at @s, or -1. */
static int operator_at(const char *s)
{
    for (size_t i = 0; i < ARRAY_SIZE(operators); i++) {
        if (text_has_prefix(s, operators[i].text))
            return (int)i;
    }
    return -1;
}

static bool begins_comparison(const char *s)
{
    size_t n = word_length(s);

    return n && operator_at(s + n + strspn(s + n, BLANKS)) >= 0;
}

/* ---- values ------------------------------------------------------------------------------------
 */

static int parse_number(const char *text, struct filter_test *t)
{
    if (!text_to_i64(text, INT64_MIN, INT64_MAX, &t->i)) {
        t->kind = VALUE_INT;
        return 0;
    }
    t->kind = VALUE_REAL;
    return text_to_double(text, &t->d) || !isfinite(t->d) ? -1 : 0;
}

static int parse_percent(const char *text, struct filter_test *t)
{
    size_t n = strlen(text);
    char *bare = mem_strndup(text, n && text[n - 1] == '%' ? n - 1 : n);
    int rc = parse_number(bare, t);

    free(bare);
    return rc;
}

/* Milliseconds; a bare number counts units of @unit_ms. */
static int parse_duration(const char *text, int64_t unit_ms, struct filter_test *t)
{
    if (!parse_number(text, t)) {
        if (t->kind == VALUE_REAL)
            t->d *= (double)unit_ms;
        else if (__builtin_mul_overflow(t->i, unit_ms, &t->i))
            return -1;
        return 0;
    }
    t->kind = VALUE_INT;
    return fmt_parse_duration(text, &t->i);
}

/* A column of plain numbers that count seconds or milliseconds. */
static int parse_time_count(const char *text, int64_t unit_ms, struct filter_test *t)
{
    if (!parse_number(text, t))
        return 0;
    t->kind = VALUE_REAL;
    if (fmt_parse_duration(text, &t->i))
        return -1;
    t->d = (double)t->i / (double)unit_ms;
    return 0;
}

static int parse_count(const struct column *c, const char *text, struct filter_test *t)
{
    switch (c->unit) {
    case UNIT_PERCENT:
        return parse_percent(text, t);
    case UNIT_BYTES:
        t->kind = VALUE_INT;
        return fmt_parse_bytes(text, &t->i);
    case UNIT_S:
        return parse_time_count(text, 1000, t);
    case UNIT_MS:
        return parse_time_count(text, 1, t);
    default:
        return parse_number(text, t);
    }
}

static int parse_time(const char *text, struct filter_test *t)
{
    char *full;
    int rc;

    t->kind = VALUE_INT;
    if (strlen(text) != strlen("2026-11-20"))
        return fmt_parse_time(text, &t->i);
    full = mem_printf("%sT00:00:00Z", text);
    rc = fmt_parse_time(full, &t->i);
    free(full);
    return rc;
}

static int parse_bool(const char *text, struct filter_test *t)
{
    t->kind = VALUE_BOOL;
    t->i = !strcmp(text, "true") || !strcmp(text, "yes");
    return t->i || !strcmp(text, "false") || !strcmp(text, "no") ? 0 : -1;
}

static int parse_ip(const char *text, struct filter_test *t)
{
    t->kind = VALUE_IP;
    t->is_block = strchr(text, '/') != NULL;
    return ip_parse(text, &t->ip);
}

static int parse_typed(const struct column *c, struct filter_test *t)
{
    switch (c->type) {
    case CELL_INT:
    case CELL_REAL:
        return parse_count(c, t->text, t);
    case CELL_BYTES:
        t->kind = VALUE_INT;
        return fmt_parse_bytes(t->text, &t->i);
    case CELL_DURATION:
        return parse_duration(t->text, c->unit == UNIT_S ? 1000 : 1, t);
    case CELL_TIME:
        return parse_time(t->text, t);
    case CELL_BOOL:
        return parse_bool(t->text, t);
    case CELL_IP:
    case CELL_CIDR:
        return parse_ip(t->text, t);
    default:
        t->kind = VALUE_TEXT;
        return 0;
    }
}

static int bad_value(struct parser *p, const struct column *c, const char *value)
{
    static const char *const wanted[CELL_LIST + 1] = {
        [CELL_INT] = "a number",
        [CELL_REAL] = "a number",
        [CELL_BYTES] = "a size such as 2GiB",
        [CELL_DURATION] = "a duration such as 10m",
        [CELL_TIME] = "a time such as 2026-11-20T09:00:00Z",
        [CELL_BOOL] = "true or false",
        [CELL_IP] = "an address",
        [CELL_CIDR] = "an address or a block",
    };

    return err_set(p->err, ERR_CONFIG, 0, "'%s' is no value of column '%s': %s is needed", value,
                   c->name, wanted[c->type]);
}

/* After "~": an address where addresses can be, and a regular expression for what is none. */
static int parse_match(struct parser *p, const struct column *c, struct filter_test *t)
{
    bool has_addresses = c->type == CELL_IP || c->type == CELL_CIDR || c->type == CELL_LIST;

    if (!has_addresses || parse_ip(t->text, t))
        t->kind = VALUE_TEXT;
    t->pattern = pattern_new(t->text, p->err);
    return t->pattern ? 0 : -1;
}

static int parse_value(struct parser *p, struct filter_test *t, bool quoted)
{
    const struct column *c = &p->f->schema->columns[t->col];

    if (!quoted && (!strcmp(t->text, "-") || !strcmp(t->text, "null"))) {
        t->kind = VALUE_ABSENT;
        return t->op == FILTER_EQ
                   ? 0
                   : err_set(p->err, ERR_CONFIG, 0,
                             "%s (absent) can only be compared by = and !=", t->text);
    }
    if (t->op == FILTER_MATCH)
        return parse_match(p, c, t);
    if (c->type == CELL_BOOL && t->op != FILTER_EQ)
        return err_set(p->err, ERR_CONFIG, 0, "column '%s' is true or false: it has no order",
                       c->name);
    return parse_typed(c, t) ? bad_value(p, c, t->text) : 0;
}

/* The text of a value: a word, or what is between quotes. */
static int take_value(struct parser *p, struct filter_test *t, bool *quoted)
{
    char quote = *p->at;
    const char *end;

    *quoted = quote == '\'' || quote == '"';
    if (*quoted) {
        end = strchr(p->at + 1, quote);
        if (!end)
            return err_set(p->err, ERR_CONFIG, 0, "the quote %c is not closed", quote);
        t->text = mem_strndup(p->at + 1, (size_t)(end - p->at - 1));
        p->at = end + 1;
        return 0;
    }
    end = p->at + strcspn(p->at, BLANKS);
    if (end == p->at)
        return err_set(p->err, ERR_CONFIG, 0, "a value is missing after '%s'",
                       p->f->schema->columns[t->col].name);
    t->text = mem_strndup(p->at, (size_t)(end - p->at));
    p->at = end;
    return 0;
}

/* ---- comparisons -------------------------------------------------------------------------------
 */

static int unknown_column(struct parser *p, const char *name)
{
    const struct schema *s = p->f->schema;
    struct suggest near;

    suggest_init(&near, name);
    for (unsigned i = 0; i < schema_public(s); i++)
        suggest_try(&near, s->columns[i].name);
    if (near.best)
        return err_set(p->err, ERR_CONFIG, 0, "no column '%s' in table '%s'; did you mean '%s'?",
                       name, s->name, near.best);
    return err_set(p->err, ERR_CONFIG, 0,
                   "no column '%s' in table '%s'; to search for a text with an operator, put the "
                   "operator in brackets: '[=]'",
                   name, s->name);
}

static int take_column(struct parser *p, struct filter_test *t)
{
    size_t n = word_length(p->at);
    char *name = mem_strndup(p->at, n);
    int col = n ? schema_column(p->f->schema, name) : -1, rc = 0;

    if (!n)
        rc = err_set(p->err, ERR_CONFIG, 0, "a comparison (COLUMN = VALUE) is missing at '%s'",
                     p->at);
    else if (col < 0 || p->f->schema->columns[col].flags & COL_SECRET)
        rc = unknown_column(p, name);
    t->col = col < 0 ? 0 : (unsigned)col;
    t->local = schema_local(p->f->schema, t->col);
    p->at += n;
    free(name);
    return rc;
}

static int take_operator(struct parser *p, struct filter_test *t)
{
    int i = operator_at(p->at);

    if (i < 0)
        return err_set(p->err, ERR_CONFIG, 0,
                       "an operator (= != < > <= >= ~ !~) is missing after '%s'",
                       p->f->schema->columns[t->col].name);
    t->op = operators[i].op;
    t->negate = operators[i].negate;
    p->at += strlen(operators[i].text);
    return 0;
}

static int take_comparison(struct parser *p)
{
    struct filter *f = p->f;
    struct filter_test *t;
    bool quoted;

    f->tests = mem_grow(f->tests, f->ntests, &f->tests_cap, sizeof(*f->tests));
    t = &f->tests[f->ntests++];
    if (take_column(p, t))
        return -1;
    skip_blanks(p);
    if (take_operator(p, t))
        return -1;
    skip_blanks(p);
    if (take_value(p, t, &quoted))
        return -1;
    return parse_value(p, t, quoted);
}

static int take_and(struct parser *p)
{
    const char *s = p->at;

    if (!text_has_prefix_nocase(s, "and") || !s[3] || !strchr(BLANKS, s[3]))
        return err_set(p->err, ERR_CONFIG, 0,
                       "'and' and a comparison, or the end, is needed at '%s'", s);
    p->at += 3;
    skip_blanks(p);
    return 0;
}

static int take_comparisons(struct parser *p)
{
    for (;;) {
        if (take_comparison(p))
            return -1;
        skip_blanks(p);
        if (!*p->at)
            return 0;
        if (take_and(p))
            return -1;
    }
}

static int compile_search(struct filter *f, const char *text, struct err *err)
{
    unsigned n = 0;

    f->row = pattern_new(text, err);
    if (!f->row)
        return -1;
    f->cols = mem_array(f->schema->ncolumns + 1, sizeof(*f->cols));
    for (unsigned i = 0; i < f->schema->ncolumns; i++) {
        if (!(f->schema->columns[i].flags & COL_SECRET))
            f->cols[n++] = (uint8_t)i;
    }
    f->cols[n] = (uint8_t)f->schema->ncolumns;
    f->days = mem_array(FILTER_DAYS, sizeof(*f->days));
    filter_shape(f);
    return 0;
}

static int compile(struct filter *f, const char *text, struct err *err)
{
    struct parser p = {f, text, err};

    skip_blanks(&p);
    if (!*p.at)
        return 0;
    while (*p.at == '!') {
        f->invert = !f->invert;
        p.at++;
        skip_blanks(&p);
    }
    if (!*p.at)
        return err_set(err, ERR_CONFIG, 0, "'!' inverts an expression, and there is none");
    if (begins_comparison(p.at))
        return take_comparisons(&p);
    return compile_search(f, p.at, err);
}

struct filter *filter_new(const struct schema *schema, const char *text, struct err *err)
{
    struct filter *f;

    if (strlen(text) > FILTER_TEXT_MAX) {
        err_set(err, ERR_LIMIT, 0, "a filter has at most %d bytes", FILTER_TEXT_MAX);
        return NULL;
    }
    f = mem_alloc(sizeof(*f));
    f->schema = schema;
    strbuf_init(&f->buf, 0);
    strbuf_init(&f->shown, 0);
    if (compile(f, text, err)) {
        filter_free(f);
        return NULL;
    }
    return f;
}

void filter_free(struct filter *f)
{
    if (!f)
        return;
    for (size_t i = 0; i < f->ntests; i++) {
        free(f->tests[i].text);
        pattern_free(f->tests[i].pattern);
    }
    free(f->tests);
    pattern_free(f->row);
    free(f->cols);
    free(f->days);
    strbuf_release(&f->shown);
    strbuf_release(&f->buf);
    free(f);
}
