/*
 * A row read by the table of the pattern (core/dfa.h), without making its text: the state goes from
 * cell to cell, with a blank in between. What a cell says is read where it is; only numbers, times
 * and addresses are written down, into a few bytes.
 */
#include <string.h>

#include "core/filter_priv.h"
#include "core/fmt.h"
#include "core/text.h"

#define DAY_MS    INT64_C(86400000)
#define SECOND_AT 17 /* in 2026-11-20T09:00:00Z */

/* ---- what a cell says --------------------------------------------------------------------------
 */

/* Two digits at a time, from the end. Returns the length. */
static size_t write_number(char *out, int64_t v)
{
    static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930313"
                                "23334353637383940414243444546474849505152535455565758596061626364"
                                "65666768697071727374757677787980818283848586878889909192939495969"
                                "79899";
    char text[24], *p = text + sizeof(text);
    uint64_t rest = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    size_t len;

    for (; rest >= 100; rest /= 100) {
        p -= 2;
        memcpy(p, pairs + rest % 100 * 2, 2);
    }
    p -= 2;
    memcpy(p, pairs + rest * 2, 2);
    p += rest < 10;
    if (v < 0)
        *--p = '-';
    len = (size_t)(text + sizeof(text) - p);
    memcpy(out, p, len);
    out[len] = '\0';
    return len;
}

size_t filter_write(const struct cell *c, char *out)
{
    if (c->type == CELL_INT || c->type == CELL_BYTES)
        return write_number(out, c->u.i);
    return strlen(c->type == CELL_IP ? ip_format_address(c->u.ip, out)
                                     : ip_format_cidr(c->u.ip, out));
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
static const char *write_time(struct filter *f, const struct cell *c, char *small)
{
    int64_t day = c->u.i / DAY_MS, rest = c->u.i % DAY_MS;
    struct filter_day *known = &f->days[(uint64_t)day % FILTER_DAYS];
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
    memcpy(small, known->text, sizeof(known->text));
    for (char *p = small + SECOND_AT; p > small + 10; p -= 3, n /= 60) {
        p[0] = (char)('0' + n % 60 / 10);
        p[1] = (char)('0' + n % 60 % 10);
    }
    if (rest % 1000)
        write_millis(small + SECOND_AT + 2, (unsigned)(rest % 1000));
    return small;
}

/* NULL: it is in f->buf. */
static const char *write_cell(struct filter *f, unsigned col, const struct cell *c, char *small)
{
    switch (c->type) {
    case CELL_INT:
    case CELL_BYTES:
    case CELL_IP:
    case CELL_CIDR:
        (void)filter_write(c, small);
        return small;
    case CELL_BOOL:
        return c->u.b ? "true" : "false";
    case CELL_TIME:
        return write_time(f, c, small);
    default:
        strbuf_reset(&f->buf);
        cell_plain(&f->buf, &f->schema->columns[col], c);
        return NULL;
    }
}

const char *filter_say(struct filter *f, unsigned col, const struct cell *c, char *small)
{
    const char *text;

    if (c->type == CELL_STR || c->type == CELL_STATE)
        return c->u.s;
    text = write_cell(f, col, c, small);
    if (text || f->buf.len >= FILTER_SMALL)
        return text ? text : f->buf.buf;
    return memcpy(small, f->buf.buf, f->buf.len + 1);
}

/* ---- from piece to piece -----------------------------------------------------------------------
 */

/* A blank divides what comes from what was. */
static enum filter_verdict divide(struct filter_walk *w)
{
    uint32_t to;

    if (!w->begun || (w->state == w->d->idle && w->d->skip.length))
        return FILTER_GO;
    to = dfa_step(w->d, w->state, ' ');
    if (to & DFA_SPECIAL)
        return to == DFA_MATCH ? FILTER_HIT : FILTER_SLOW;
    w->state = to;
    return FILTER_GO;
}

/* The piece has been read to its end. */
static enum filter_verdict end_piece(struct filter_walk *w, uint32_t state, const char *text)
{
    if (state != w->d->idle && dfa_is_dirty(w->d, state)) {
        if (!dfa_is_plain(text))
            return FILTER_SLOW;
        state = dfa_cleaned(w->d, state);
        if (state & DFA_SPECIAL)
            return FILTER_SLOW;
    }
    w->state = state;
    return FILTER_GO;
}

static enum filter_verdict read_text(struct filter_walk *w, const char *text)
{
    uint32_t state = w->state;

    switch (dfa_walk(w->d, &state, text)) {
    case DFA_END:
        return end_piece(w, state, text);
    case DFA_MATCH:
        return FILTER_HIT;
    case DFA_PERHAPS:
        return dfa_is_plain(text) ? FILTER_HIT : FILTER_SLOW;
    default:
        return FILTER_SLOW;
    }
}

enum filter_verdict filter_walk_piece(struct filter_walk *w, const char *text)
{
    struct strbuf *shown = &w->f->shown;
    enum filter_verdict v = divide(w);

    if (v != FILTER_GO)
        return v;
    w->begun = w->begun || *text;
    v = read_text(w, text);
    if (v != FILTER_SLOW || text_is_clean(text))
        return v;
    /* As it is shown. */
    strbuf_reset(shown);
    text_sanitize(shown, text, strlen(text), 0);
    return read_text(w, shown->buf);
}

static enum filter_verdict read_list(struct filter_walk *w, const struct cell_list *list)
{
    enum filter_verdict v = list->n ? FILTER_GO : divide(w);

    for (size_t i = 0; i < list->n && v == FILTER_GO; i++)
        v = filter_walk_piece(w, list->items[i]);
    return v;
}

static enum filter_verdict read_cell(struct filter_walk *w, unsigned col, const struct cell *c)
{
    char small[FILTER_SMALL];

    if (c->type == CELL_ABSENT)
        return FILTER_GO;
    if (c->type == CELL_LIST)
        return read_list(w, c->u.list);
    return filter_walk_piece(w, filter_say(w->f, col, c, small));
}

/* Behind ".*" many cells change nothing: numbers, when a word is looked for. */
static bool stays(struct filter_walk *w, const struct cell *c)
{
    if (!w->begun)
        return false;
    if (w->state != w->stay) {
        if (!dfa_stays(w->d, w->state, " "))
            return false;
        w->stay = w->state;
        filter_shape_stays(w->d, w->stay, w->stays);
    }
    return w->stays[c->type];
}

enum filter_verdict filter_walk_row(struct filter_walk *w, const struct row *r, bool until_idle)
{
    const struct filter *f = w->f;
    enum filter_verdict v = FILTER_GO;

    w->state = w->d->start;
    w->begun = false;
    if (w->state & DFA_SPECIAL)
        return w->state == DFA_MATCH ? FILTER_HIT : FILTER_SLOW;
    for (const uint8_t *col = f->cols; *col < f->schema->ncolumns && v == FILTER_GO; col++) {
        if (until_idle && w->begun && w->state == w->d->idle)
            return FILTER_GO;
        if (!stays(w, &r->cells[*col]))
            v = read_cell(w, *col, &r->cells[*col]);
    }
    if (v != FILTER_GO)
        return v;
    return dfa_ends(w->d, w->state) ? FILTER_HIT : FILTER_MISS;
}
