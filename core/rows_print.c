#include "core/rows.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/fmt.h"
#include "core/mem.h"
#include "core/rows_json.h"
#include "core/strbuf.h"
#include "core/text.h"

#define GAP        2
#define DRAIN_FROM (64u << 10)
#define WIDTH_MAX  60 /* of a column in table output; the last one may be longer */
#define AGE_HEADER "AGE"

/* ---- columns -----------------------------------------------------------------------------------
 */

struct columns {
    unsigned *at; /* indexes in the schema */
    unsigned n;
};

static bool is_shown(const struct column *c, enum rows_format format)
{
    if (c->flags & COL_SECRET)
        return false;
    if (format == ROWS_TABLE)
        return !(c->flags & (COL_WIDE | COL_RAW));
    return format != ROWS_WIDE || !(c->flags & COL_RAW);
}

static struct columns pick_columns(const struct schema *s, const struct rows_output *o)
{
    unsigned n = o->columns ? o->ncolumns : schema_public(s);
    struct columns c = {.at = mem_array(n ? n : 1, sizeof(*c.at))};

    for (unsigned i = 0; i < n; i++) {
        unsigned at = o->columns ? (unsigned)o->columns[i] : i;
        bool shown = o->columns ? !(s->columns[at].flags & COL_SECRET)
                                : is_shown(&s->columns[at], o->format);
        if (shown)
            c.at[c.n++] = at;
    }
    return c;
}

static bool drain(struct strbuf *out, const struct rows_output *o)
{
    bool due = o->drain && out->len >= DRAIN_FROM;

    if (due)
        o->drain(o->drain_arg, out);
    return due;
}

/* ---- JSON --------------------------------------------------------------------------------------
 */

static void add_json_text(struct strbuf *out, const char *s)
{
    if (s && *s)
        json_text(out, s);
    else
        strbuf_addstr(out, "null");
}

static void add_json_time(struct strbuf *out, int64_t ms)
{
    static const struct column time = {.name = "", .type = CELL_TIME};
    struct cell c = {.type = ms ? CELL_TIME : CELL_ABSENT, .u.i = ms};

    cell_json(out, &time, &c);
}

static void add_source(struct strbuf *out, const struct snapshot *s)
{
    const struct err *err = snapshot_err(s);
    bool failed = err->kind != ERR_NONE;

    strbuf_addstr(out, "{\"site\":");
    add_json_text(out, snapshot_site(s));
    strbuf_addstr(out, ",\"endpoint\":");
    add_json_text(out, snapshot_endpoint(s));
    strbuf_addf(out, ",\"freshness\":\"%s\",\"taken_at\":", freshness_name(snapshot_freshness(s)));
    add_json_time(out, snapshot_taken_at(s));
    strbuf_addstr(out, ",\"error_kind\":");
    add_json_text(out, failed ? err_kind_name(err->kind) : NULL);
    strbuf_addstr(out, ",\"message\":");
    add_json_text(out, failed ? err->msg : snapshot_note(s));
    strbuf_addch(out, '}');
}

static void add_json_rows(struct strbuf *out, const struct rows *r, const char *begin,
                          const char *between, const struct rows_output *o)
{
    struct columns c = pick_columns(r->schema, o);
    struct rows_json *j = rows_json_new(r->schema, c.at, c.n, begin);

    for (size_t i = 0; i < r->n; i++) {
        strbuf_addstr(out, i ? between : "");
        rows_json_add(j, out, r->items[i].row);
        if (drain(out, o))
            rows_json_drained(j);
    }
    rows_json_free(j);
    free(c.at);
}

static void add_json_body(struct strbuf *out, const struct rows *r, const struct rows_output *o)
{
    strbuf_addf(out, "\"table\":\"%s\",\"sources\":[", r->schema->name);
    for (size_t i = 0; i < r->nsources; i++) {
        strbuf_addstr(out, i ? "," : "");
        add_source(out, r->sources[i]);
    }
    strbuf_addstr(out, "],\"rows\":[");
    add_json_rows(out, r, "{", ",", o);
    strbuf_addch(out, ']');
}

void rows_print_json_table(struct strbuf *out, const struct rows *r, const struct rows_output *o)
{
    strbuf_addch(out, '{');
    add_json_body(out, r, o);
    strbuf_addch(out, '}');
}

static void print_json(struct strbuf *out, const struct rows *r, const struct rows_output *o)
{
    strbuf_addstr(out, "{\"schema_version\":1,");
    add_json_body(out, r, o);
    strbuf_addstr(out, "}\n");
}

static void print_jsonl(struct strbuf *out, const struct rows *r, const struct rows_output *o)
{
    char *begin = o->name_table ? mem_printf("{\"table\":\"%s\",", r->schema->name) : NULL;

    add_json_rows(out, r, begin ? begin : "{", "\n", o);
    if (r->n)
        strbuf_addch(out, '\n');
    free(begin);
}

/* ---- CSV ---------------------------------------------------------------------------------------
 */

static void add_csv_text(struct strbuf *out, const char *s)
{
    bool quoted = !*s || strpbrk(s, ",\"\r\n") || *s == ' ' || s[strlen(s) - 1] == ' ';

    if (!quoted) {
        strbuf_addstr(out, s);
        return;
    }
    strbuf_addch(out, '"');
    for (; *s; s++) {
        if (*s == '"')
            strbuf_addch(out, '"');
        strbuf_addch(out, *s);
    }
    strbuf_addch(out, '"');
}

static void add_csv_cell(struct strbuf *out, const struct column *col, const struct cell *c,
                         struct strbuf *plain, struct strbuf *clean)
{
    if (c->type == CELL_ABSENT)
        return;
    strbuf_reset(plain);
    cell_plain(plain, col, c);
    if (text_is_clean(plain->buf)) {
        add_csv_text(out, plain->buf);
        return;
    }
    strbuf_reset(clean);
    text_sanitize(clean, plain->buf, plain->len, 0);
    add_csv_text(out, clean->buf);
}

static void print_csv(struct strbuf *out, const struct rows *r, const struct rows_output *o)
{
    struct columns c = pick_columns(r->schema, o);
    struct strbuf plain = STRBUF_INIT, clean = STRBUF_INIT;

    strbuf_addstr(out, o->name_table ? "table," : "");
    for (unsigned j = 0; j < c.n; j++)
        strbuf_addf(out, "%s%s", j ? "," : "", r->schema->columns[c.at[j]].name);
    strbuf_addstr(out, "\r\n");
    for (size_t i = 0; i < r->n; i++) {
        if (o->name_table)
            strbuf_addf(out, "%s,", r->schema->name);
        for (unsigned j = 0; j < c.n; j++) {
            strbuf_addstr(out, j ? "," : "");
            add_csv_cell(out, &r->schema->columns[c.at[j]], &r->items[i].row->cells[c.at[j]],
                         &plain, &clean);
        }
        strbuf_addstr(out, "\r\n");
        (void)drain(out, o);
    }
    strbuf_release(&plain);
    strbuf_release(&clean);
    free(c.at);
}

/* ---- tables for people -------------------------------------------------------------------------
 *
 * Two passes over the cells: widths, then lines. Cells are formatted twice, which is cheaper than
 * keeping a hundred thousand texts. */

struct grid {
    const struct rows *r;
    const struct rows_output *o;
    struct columns c;
    size_t *widths; /* in terminal cells; the last one is of AGE */
    bool aged;
    struct strbuf cell;
};

static bool is_bad(enum freshness f)
{
    return f != FRESH_OK && f != FRESH_UNSUPPORTED;
}

static bool is_right(const struct column *c)
{
    return c->type == CELL_INT || c->type == CELL_REAL || c->type == CELL_BYTES ||
           c->type == CELL_DURATION;
}

/* Long texts are cut, with an ellipsis, to keep lines readable; what names a row never is. */
static bool may_cut(const struct grid *g, unsigned j)
{
    return g->o->format == ROWS_TABLE && !g->o->columns && j + 1 < g->c.n + g->aged && j < g->c.n &&
           !(g->r->schema->columns[g->c.at[j]].flags & COL_KEY);
}

/* The text of a cell; @j behind the columns: the age of the row. */
static const char *grid_text(struct grid *g, const struct rows_item *item, unsigned j)
{
    strbuf_reset(&g->cell);
    if (j < g->c.n) {
        unsigned at = g->c.at[j];
        cell_format(&g->cell, &g->r->schema->columns[at], &item->row->cells[at]);
    } else {
        enum freshness f = snapshot_freshness(item->snapshot);
        if (is_bad(f))
            strbuf_addf(&g->cell, "%s ", freshness_name(f));
        fmt_age(&g->cell, snapshot_taken_at(item->snapshot), g->o->now);
    }
    return g->cell.buf;
}

static const char *grid_header(struct grid *g, unsigned j)
{
    strbuf_reset(&g->cell);
    strbuf_addstr(&g->cell, j < g->c.n ? g->r->schema->columns[g->c.at[j]].name : AGE_HEADER);
    for (char *p = g->cell.buf; *p; p++)
        *p = (char)toupper((unsigned char)*p);
    return g->cell.buf;
}

static unsigned grid_columns(const struct grid *g)
{
    return g->c.n + g->aged;
}

static void grid_measure(struct grid *g)
{
    unsigned n = grid_columns(g);

    for (unsigned j = 0; j < n; j++) {
        g->widths[j] = text_width(grid_header(g, j));
        for (size_t i = 0; i < g->r->n; i++) {
            size_t w = text_width(grid_text(g, &g->r->items[i], j));
            if (w > g->widths[j])
                g->widths[j] = w;
        }
        if (g->widths[j] > WIDTH_MAX && may_cut(g, j))
            g->widths[j] = WIDTH_MAX;
    }
}

static void add_field(struct strbuf *out, const struct grid *g, unsigned j, const char *text)
{
    bool last = j + 1 == grid_columns(g);
    bool right = j < g->c.n && is_right(&g->r->schema->columns[g->c.at[j]]);
    size_t used = text_width(text);

    if (j)
        strbuf_addchars(out, ' ', GAP);
    if (right && used < g->widths[j])
        strbuf_addchars(out, ' ', g->widths[j] - used);
    if (right || last)
        strbuf_addstr(out, text);
    else
        text_fit(out, text, g->widths[j], true, false);
}

/* Blanks at the end of a line are padding: nobody can see them, and they break narrow windows. */
static void end_line(struct strbuf *out, size_t begin)
{
    size_t n = out->len;

    while (n > begin && out->buf[n - 1] == ' ')
        n--;
    strbuf_setlen(out, n);
    strbuf_addch(out, '\n');
}

static void grid_print(struct strbuf *out, struct grid *g)
{
    size_t begin = out->len;

    for (unsigned j = 0; j < grid_columns(g); j++)
        add_field(out, g, j, grid_header(g, j));
    end_line(out, begin);
    for (size_t i = 0; i < g->r->n; i++) {
        begin = out->len;
        for (unsigned j = 0; j < grid_columns(g); j++)
            add_field(out, g, j, grid_text(g, &g->r->items[i], j));
        end_line(out, begin);
    }
}

static void print_grid(struct strbuf *out, const struct rows *r, const struct rows_output *o)
{
    struct grid g = {.r = r, .o = o, .c = pick_columns(r->schema, o), .cell = STRBUF_INIT};

    for (size_t i = 0; i < r->nsources; i++)
        g.aged = g.aged ||
                 (snapshot_schema(r->sources[i]) == r->schema &&
                  is_bad(snapshot_freshness(r->sources[i])) && snapshot_count(r->sources[i]) > 0);
    g.widths = mem_array(g.c.n + 1, sizeof(*g.widths));
    grid_measure(&g);
    grid_print(out, &g);
    free(g.widths);
    free(g.c.at);
    strbuf_release(&g.cell);
}

void rows_print(struct strbuf *out, const struct rows *r, const struct rows_output *o)
{
    switch (o->format) {
    case ROWS_JSON:
        print_json(out, r, o);
        break;
    case ROWS_JSONL:
        print_jsonl(out, r, o);
        break;
    case ROWS_CSV:
        print_csv(out, r, o);
        break;
    default:
        print_grid(out, r, o);
        break;
    }
}
