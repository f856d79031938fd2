#include "tests/support/estate_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/fmt.h"
#include "core/mem.h"
#include "core/text.h"
#include "model/tables.h"

#define WORDS_MAX 64

struct words {
    char *at[WORDS_MAX];
    bool quoted[WORDS_MAX];
    size_t n;
};

struct reader {
    struct estate_text *out;
    int64_t now, taken_at;
    unsigned line;
    struct table_builder *builder;
    enum freshness freshness;
    struct err err;
    unsigned columns[WORDS_MAX];
    size_t ncolumns;
};

/* Cut @line into words, in place. */
static void split(struct words *w, char *line, unsigned number)
{
    w->n = 0;
    for (char *p = line; *p;) {
        while (*p == ' ')
            p++;
        if (!*p || *p == '#')
            return;
        if (w->n == WORDS_MAX)
            fail_msg("line %u: too many words", number);
        bool quoted = *p == '"';
        p += quoted;
        w->quoted[w->n] = quoted;
        w->at[w->n++] = p;
        p += quoted ? strcspn(p, "\"") : strcspn(p, " ");
        if (*p)
            *p++ = '\0';
    }
}

static enum freshness freshness_of(const struct reader *r, const char *word)
{
    for (int f = FRESH_NEVER; f <= FRESH_UNSUPPORTED; f++) {
        if (strcmp(freshness_name((enum freshness)f), word) == 0)
            return (enum freshness)f;
    }
    fail_msg("line %u: no freshness '%s'", r->line, word);
    return FRESH_OK;
}

static void finish(struct reader *r)
{
    struct estate_text *t = r->out;

    if (!r->builder)
        return;
    t->snapshots = mem_grow(t->snapshots, t->n, &t->cap, sizeof(*t->snapshots));
    t->snapshots[t->n++] = builder_finish(r->builder, r->taken_at, r->freshness, &r->err);
    r->builder = NULL;
}

/* table NAME SITE/ENDPOINT [FRESHNESS [AGE [ERROR [NOTE]]]] */
static void begin(struct reader *r, const struct words *w)
{
    const struct schema *s = w->n > 1 ? tables_find(w->at[1]) : NULL;
    char *endpoint = w->n > 2 ? strchr(w->at[2], '/') : NULL;
    int64_t age = 12000;

    finish(r);
    if (!s || !endpoint)
        fail_msg("line %u: table NAME SITE/ENDPOINT", r->line);
    *endpoint++ = '\0';
    r->builder = builder_new(s, w->at[2], endpoint, NULL);
    r->freshness = w->n > 3 ? freshness_of(r, w->at[3]) : FRESH_OK;
    if (w->n > 4 && fmt_parse_duration(w->at[4], &age) != 0)
        fail_msg("line %u: no duration '%s'", r->line, w->at[4]);
    r->taken_at = r->freshness == FRESH_NEVER ? 0 : r->now - age;
    err_clear(&r->err);
    if (w->n > 6)
        builder_note(r->builder, "%s", w->at[6]);
    if (w->n > 5 && *w->at[5])
        err_set(&r->err, r->freshness == FRESH_DENIED ? ERR_AUTH : ERR_NET, 0, "%s", w->at[5]);
    r->ncolumns = 0;
}

static void name_columns(struct reader *r, const struct words *w)
{
    const struct schema *s = builder_schema(r->builder);

    for (size_t i = 0; i < w->n; i++) {
        int col = schema_column(s, w->at[i]);

        if (col < 0)
            fail_msg("line %u: %s has no column '%s'", r->line, s->name, w->at[i]);
        r->columns[i] = (unsigned)col;
    }
    r->ncolumns = w->n;
}

static int64_t time_of(const struct reader *r, const char *text)
{
    int64_t v = 0;

    if ((*text == '-' || *text == '+') && fmt_parse_duration(text + 1, &v) == 0)
        return *text == '-' ? r->now - v : r->now + v;
    if (fmt_parse_time(text, &v) != 0)
        fail_msg("line %u: no time '%s'", r->line, text);
    return v;
}

static void set_list(struct reader *r, unsigned col, char *text)
{
    char *next;

    if (strcmp(text, "[]") == 0) {
        builder_list_empty(r->builder, col);
        return;
    }
    for (; text; text = next) {
        next = strchr(text, ',');
        if (next)
            *next++ = '\0';
        builder_list_add(r->builder, col, text);
    }
}

static void set_number(struct reader *r, unsigned col, enum cell_type type, const char *text)
{
    int64_t i = 0;
    double d = 0;

    if (type == CELL_TIME)
        builder_int(r->builder, col, time_of(r, text));
    else if (type == CELL_DURATION && fmt_parse_duration(text, &i) == 0)
        builder_int(r->builder, col, i);
    else if (type == CELL_REAL && text_to_double(text, &d) == 0)
        builder_real(r->builder, col, d);
    else if (text_to_i64(text, INT64_MIN, INT64_MAX, &i) == 0)
        builder_int(r->builder, col, i);
    else
        fail_msg("line %u: no number '%s'", r->line, text);
}

static void set_cell(struct reader *r, unsigned col, char *text)
{
    enum cell_type type = builder_schema(r->builder)->columns[col].type;

    switch (type) {
    case CELL_BOOL:
        builder_bool(r->builder, col, strcmp(text, "yes") == 0);
        break;
    case CELL_STATE:
        builder_state(r->builder, col, text);
        break;
    case CELL_IP:
    case CELL_CIDR:
        builder_ip(r->builder, col, text);
        break;
    case CELL_LIST:
        set_list(r, col, text);
        break;
    case CELL_ABSENT:
    case CELL_STR:
        builder_str(r->builder, col, text);
        break;
    default:
        set_number(r, col, type, text);
    }
}

static void read_line(struct reader *r, char *line)
{
    struct words w;

    split(&w, line, r->line);
    if (!w.n)
        return;
    if (strcmp(w.at[0], "table") == 0) {
        begin(r, &w);
        return;
    }
    if (!r->builder)
        fail_msg("line %u: no table begun", r->line);
    if (!r->ncolumns) {
        name_columns(r, &w);
        return;
    }
    if (w.n != r->ncolumns)
        fail_msg("line %u: %zu values for %zu columns", r->line, w.n, r->ncolumns);
    builder_row(r->builder);
    for (size_t i = 0; i < w.n; i++) {
        if (w.quoted[i] || strcmp(w.at[i], "-") != 0)
            set_cell(r, r->columns[i], w.at[i]);
    }
}

void estate_text_add(struct estate_text *t, const char *text, int64_t now)
{
    struct reader r = {.out = t, .now = now};
    char *copy = mem_strdup(text), *line = copy;

    while (line) {
        char *end = strchr(line, '\n');

        if (end)
            *end = '\0';
        r.line++;
        read_line(&r, line);
        line = end ? end + 1 : NULL;
    }
    finish(&r);
    free(copy);
}

void estate_text_release(struct estate_text *t)
{
    for (size_t i = 0; i < t->n; i++)
        snapshot_unref(t->snapshots[i]);
    free(t->snapshots);
    *t = (struct estate_text){0};
}
