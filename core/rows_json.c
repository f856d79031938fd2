#include "core/rows_json.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/strbuf.h"

/* ,"name":null - up to len without the null */
struct label {
    char *text;
    size_t len;
    unsigned at; /* of the column in the schema */
    size_t end;  /* where its cell of the row before ends, counted from the row's begin */
};

struct rows_json {
    const struct schema *schema;
    const char *begin;
    struct label *labels;
    unsigned n;
    const struct cell *before; /* cells of the row before; NULL: none that may be copied */
    size_t from;               /* where it begins in the buffer */
};

#define NULL_WORD "null"

struct rows_json *rows_json_new(const struct schema *schema, const unsigned *at, unsigned n,
                                const char *begin)
{
    struct rows_json *j = mem_alloc(sizeof(*j));

    j->schema = schema;
    j->begin = begin;
    j->n = n;
    j->labels = mem_array(n ? n : 1, sizeof(*j->labels));
    for (unsigned i = 0; i < n; i++) {
        struct label *l = &j->labels[i];

        l->at = at[i];
        l->text = mem_printf("%s\"%s\":" NULL_WORD, i ? "," : "", schema->columns[at[i]].name);
        l->len = strlen(l->text) - strlen(NULL_WORD);
    }
    return j;
}

void rows_json_free(struct rows_json *j)
{
    if (!j)
        return;
    for (unsigned i = 0; i < j->n; i++)
        free(j->labels[i].text);
    free(j->labels);
    free(j);
}

void rows_json_drained(struct rows_json *j)
{
    j->before = NULL;
}

/* What differs here may still be the same text; it is formatted then. */
static bool is_same(const struct cell *a, const struct cell *b)
{
    return a->type == b->type && a->u.i == b->u.i;
}

static void add_cell(struct strbuf *out, const struct rows_json *j, const struct label *l,
                     const struct cell *c)
{
    if (c->type == CELL_ABSENT) {
        strbuf_add(out, l->text, l->len + strlen(NULL_WORD));
        return;
    }
    strbuf_add(out, l->text, l->len);
    cell_json(out, &j->schema->columns[l->at], c);
}

/* How many columns from @i on are as in the row before. */
static unsigned run_of(const struct rows_json *j, unsigned i, const struct cell *cells)
{
    unsigned from = i;

    if (!j->before)
        return 0;
    while (i < j->n && is_same(&cells[j->labels[i].at], &j->before[j->labels[i].at]))
        i++;
    return i - from;
}

/* @n columns from @i on out of the row before, which begins at @from. Where they end in the new row
 * follows from where they begin in it. */
static void copy_run(struct rows_json *j, struct strbuf *out, size_t begin, unsigned i, unsigned n,
                     size_t start)
{
    size_t len = j->labels[i + n - 1].end - start, to = out->len - begin;

    strbuf_grow(out, len);
    strbuf_add(out, out->buf + j->from + start, len);
    for (unsigned k = i; k < i + n; k++)
        j->labels[k].end = j->labels[k].end - start + to;
}

void rows_json_add(struct rows_json *j, struct strbuf *out, const struct row *row)
{
    size_t begin = out->len, start, next;
    unsigned run;

    strbuf_addstr(out, j->begin);
    start = strlen(j->begin); /* of the column at hand in the row before */
    for (unsigned i = 0; i < j->n; start = next) {
        run = run_of(j, i, row->cells);
        next = j->labels[run ? i + run - 1 : i].end;
        if (run) {
            copy_run(j, out, begin, i, run, start);
            i += run;
            continue;
        }
        add_cell(out, j, &j->labels[i], &row->cells[j->labels[i].at]);
        j->labels[i++].end = out->len - begin;
    }
    strbuf_addch(out, '}');
    j->before = out->limit ? NULL : row->cells;
    j->from = begin;
}
