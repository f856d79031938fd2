/*
 * A search over whole rows by the table of the pattern (core/dfa.h), without making the text of a
 * row: the state goes from cell to cell, with a blank in between. What a cell says is read where it
 * is; only numbers, times and addresses are written down, into a few bytes.
 *
 * What the row above said in the same column, and that had nothing of the pattern, need not be read
 * again: sites, endpoints, states, times of one poll.
 */
#include <string.h>

#include "core/filter_priv.h"
#include "core/fmt.h"
#include "core/text.h"

#define DAY_MS    INT64_C(86400000)
#define SECOND_AT 17 /* in 2026-11-20T09:00:00Z */
#define LINE      64 /* bytes of the cache */
#define AHEAD     3  /* rows that are fetched before they are needed */

enum verdict { GO, MISS, HIT, SLOW }; /* SLOW: the table cannot say */

struct scan {
    struct filter *f;
    struct dfa *d;
    uint32_t state;
    bool begun; /* the row has text so far */
    char small[SCAN_SMALL];
};

/* ---- what a cell says --------------------------------------------------------------------------
 */

static const char *write_number(struct scan *s, int64_t v)
{
    char *p = s->small + sizeof(s->small) - 1;
    uint64_t rest = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

    *p = '\0';
    do {
        *--p = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (v < 0)
        *--p = '-';
    return p;
}

/* ".007Z" */
static void write_millis(char *p, unsigned ms)
{
    p[0] = '.';
    p[1] = (char)('0' + ms / 100);
    p[2] = (char)('0' + ms / 10 % 10);
    p[3] = (char)('0' + ms % 10);
    p[4] = 'Z';
    p[5] = '\0';
}

/* Days are remembered: many rows are of one. NULL: it is in f->buf. */
static const char *write_time(struct scan *s, const struct cell *c)
{
    struct filter *f = s->f;
    int64_t day = c->u.i / DAY_MS, rest = c->u.i % DAY_MS;
    struct scan_day *known = &f->days[(uint64_t)day % SCAN_DAYS];
    unsigned n = (unsigned)(rest / 1000);

    if (day <= 0 || day != known->day) {
        strbuf_reset(&f->buf);
        fmt_time_iso(&f->buf, c->u.i);
        if (day > 0 && rest % 1000 == 0 && f->buf.len == sizeof(known->text) - 1) {
            known->day = day;
            memcpy(known->text, f->buf.buf, sizeof(known->text));
        }
        return NULL;
    }
    memcpy(s->small, known->text, sizeof(known->text));
    for (char *p = s->small + SECOND_AT; p > s->small + 10; p -= 3, n /= 60) {
        p[0] = (char)('0' + n % 60 / 10);
        p[1] = (char)('0' + n % 60 % 10);
    }
    if (rest % 1000)
        write_millis(s->small + SECOND_AT + 2, (unsigned)(rest % 1000));
    return s->small;
}

/* The text of a cell that is no text. NULL: it is in f->buf. */
static const char *write_cell(struct scan *s, unsigned col, const struct cell *c)
{
    switch (c->type) {
    case CELL_INT:
    case CELL_BYTES:
        return write_number(s, c->u.i);
    case CELL_BOOL:
        return c->u.b ? "true" : "false";
    case CELL_TIME:
        return write_time(s, c);
    case CELL_IP:
        return ip_format_address(c->u.ip, s->small);
    case CELL_CIDR:
        return ip_format_cidr(c->u.ip, s->small);
    default:
        strbuf_reset(&s->f->buf);
        cell_plain(&s->f->buf, &s->f->schema->columns[col], c);
        return NULL;
    }
}

static const char *say_cell(struct scan *s, unsigned col, const struct cell *c)
{
    const char *text;

    if (c->type == CELL_STR || c->type == CELL_STATE)
        return c->u.s;
    text = write_cell(s, col, c);
    return text ? text : s->f->buf.buf;
}

/* ---- from piece to piece -----------------------------------------------------------------------
 */

/* A blank divides what comes from what was. */
static enum verdict divide(struct scan *s)
{
    uint32_t to;

    if (!s->begun || (s->state == s->d->idle && s->d->skip.length))
        return GO;
    to = dfa_step(s->d, s->state, ' ');
    if (to & DFA_SPECIAL)
        return to == DFA_MATCH ? HIT : SLOW;
    s->state = to;
    return GO;
}

/* The piece has been read to its end. */
static enum verdict end_piece(struct scan *s, uint32_t state, const char *text)
{
    if (state != s->d->idle && dfa_is_dirty(s->d, state)) {
        if (!dfa_is_plain(text))
            return SLOW;
        state = dfa_cleaned(s->d, state);
        if (state & DFA_SPECIAL)
            return SLOW;
    }
    s->state = state;
    return GO;
}

static enum verdict read_text(struct scan *s, const char *text)
{
    uint32_t state = s->state;

    switch (dfa_walk(s->d, &state, text)) {
    case DFA_END:
        return end_piece(s, state, text);
    case DFA_MATCH:
        return HIT;
    case DFA_PERHAPS:
        return dfa_is_plain(text) ? HIT : SLOW;
    default:
        return SLOW;
    }
}

static enum verdict read_piece(struct scan *s, const char *text)
{
    struct strbuf *shown = &s->f->shown;
    enum verdict v = divide(s);

    if (v != GO)
        return v;
    s->begun = s->begun || *text;
    v = read_text(s, text);
    if (v != SLOW || text_is_clean(text))
        return v;
    /* As it is shown. */
    strbuf_reset(shown);
    text_sanitize(shown, text, strlen(text), 0);
    return read_text(s, shown->buf);
}

static enum verdict read_list(struct scan *s, const struct cell_list *list)
{
    enum verdict v = list->n ? GO : divide(s);

    for (size_t i = 0; i < list->n && v == GO; i++)
        v = read_piece(s, list->items[i]);
    return v;
}

static enum verdict read_cell(struct scan *s, unsigned col, const struct cell *c)
{
    struct scan_memo *m = &s->f->memo[col];
    bool idle = s->state == s->d->idle;
    enum verdict v;

    if (c->type == CELL_LIST)
        return read_list(s, c->u.list);
    if (idle && m->what == c->u.i && m->type == (uint32_t)c->type) {
        s->begun = true;
        return GO;
    }
    v = read_piece(s, say_cell(s, col, c));
    if (v == GO && idle && s->begun && s->state == s->d->idle)
        *m = (struct scan_memo){c->u.i, (uint32_t)c->type};
    return v;
}

static enum verdict read_row(struct scan *s, const struct row *r)
{
    const struct filter *f = s->f;
    enum verdict v = GO;

    s->state = s->d->start;
    s->begun = false;
    if (s->state & DFA_SPECIAL)
        return s->state == DFA_MATCH ? HIT : SLOW;
    for (const uint8_t *col = f->cols; *col < f->schema->ncolumns && v == GO; col++) {
        const struct cell *c = &r->cells[*col];

        if (!f->skips[c->type])
            v = read_cell(s, *col, c);
    }
    if (v != GO)
        return v;
    return dfa_ends(s->d, s->state) ? HIT : MISS;
}

/* The cells of a row that comes soon: they are far from those of the row before. */
static void fetch_cells(const struct filter *f, const struct row *r)
{
    const char *cells = (const char *)r->cells;

    for (size_t at = 0; at < f->schema->ncolumns * sizeof(struct cell); at += LINE)
        __builtin_prefetch(cells + at);
}

/* And what its cells point to. */
static void fetch_texts(const struct filter *f, const struct row *r)
{
    for (const uint8_t *col = f->cols; *col < f->schema->ncolumns; col++) {
        const struct cell *c = &r->cells[*col];

        if (c->type == CELL_STR || c->type == CELL_LIST)
            __builtin_prefetch(c->u.s);
    }
}

void filter_scan(struct filter *f, const struct row *const *rows, size_t n, bool *hits)
{
    struct scan s = {.f = f, .d = pattern_dfa(f->row)};

    for (size_t i = 0; i < f->schema->ncolumns; i++)
        f->memo[i].type = CELL_ABSENT;
    for (size_t i = 0; i < n; i++) {
        enum verdict v;

        if (i + 2 * AHEAD < n)
            fetch_cells(f, rows[i + 2 * AHEAD]);
        if (i + AHEAD < n)
            fetch_texts(f, rows[i + AHEAD]);
        v = read_row(&s, rows[i]);
        hits[i] = v == SLOW ? filter_match_text(f, rows[i]) : v == HIT;
    }
}
