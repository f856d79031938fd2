/*
 * A search over whole rows, many at once. Behind a blank, with nothing begun, the table of the
 * pattern is in one and the same state, and nearly every cell leaves it there: what a cell says
 * does not depend on the rest of the row then. So the texts of many rows are gathered first and
 * looked through one by one, by what the processor is fastest at (core/dfa_skip.c). A row is a miss
 * when all of its texts leave the state alone, and a hit when one of them has a match; only when
 * something begins in one cell that the next could go on with, the row is read from its beginning
 * (filter_walk.c).
 *
 * Cells that can never be a part of a match by their type (filter_shape.c) are passed over, and so
 * is what the row above has said in the same column: sites, endpoints, states, times of one poll.
 */
#include <stdlib.h>
#include <string.h>

#include "core/filter_priv.h"
#include "core/mem.h"

#define BATCH     64                     /* rows */
#define TEXTS     768                    /* that are looked through at once */
#define SMALL     16384                  /* bytes of those that were written down */
#define LINE      64                     /* bytes that the cache fetches at once */
#define AHEAD     8                      /* rows whose cells are fetched before they are needed */
#define SLOWLY    15                     /* batches */
#define YEAR_2100 INT64_C(4102444800000) /* ms */

/* Beside enum filter_verdict: a match when the row ends here. */
enum { AT_END = FILTER_SLOW + 1 };

/* A row that a text is of. */
struct link {
    uint16_t text;
    uint8_t row, col;
    bool ends_cell;
};

/* What a column said last; @text counts all texts: one that is gathered, or an older one that was
 * nothing. */
struct said {
    int64_t what;
    uint32_t type, text;
};

struct scan {
    struct filter *f;
    struct filter_walk walk;
    const struct row *const *rows;
    unsigned slowly;         /* batches that are read row by row */
    uint8_t verdicts[BATCH]; /* enum filter_verdict; GO: so far */
    size_t left;             /* rows that are not matched yet */
    uint32_t before;         /* texts that were looked through */
    size_t ntexts, nlinks;
    struct said *said; /* by column */
    uint8_t *lists;    /* columns of lists; ends with the number of columns */
    const char *texts[TEXTS];
    struct link links[TEXTS];
    size_t nsmall;
    bool joined;       /* the newest text goes on with what comes */
    char small[SMALL]; /* texts that were written down */
};

/* ---- what was found ----------------------------------------------------------------------------
 */

/* What @text says from @from on, where a match could begin, as if it were alone between two blanks.
 */
static uint8_t judge(struct scan *s, const char *text, const char *from)
{
    struct filter_walk *w = &s->walk;
    enum filter_verdict v = FILTER_GO;
    uint32_t to;

    w->state = w->d->idle;
    to = dfa_walk_on(w->d, &w->state, from);
    if (to == DFA_MATCH)
        return FILTER_HIT;
    if (to != DFA_END || dfa_is_dirty(w->d, w->state)) {
        w->state = w->d->idle;
        w->begun = true;
        v = filter_walk_piece(w, text);
    }
    if (v != FILTER_GO || w->state == w->d->idle)
        return (uint8_t)v;
    if (dfa_step(w->d, w->state, ' ') != w->d->idle)
        return FILTER_SLOW;
    return dfa_ends(w->d, w->state) ? AT_END : FILTER_GO;
}

static bool is_last(const struct scan *s, const struct link *l)
{
    const struct cell *cells = s->rows[l->row]->cells;

    for (unsigned col = l->col + 1u; col < s->f->schema->ncolumns && l->ends_cell; col++) {
        if (cells[col].type != CELL_ABSENT && !(s->f->schema->columns[col].flags & COL_SECRET))
            return false;
    }
    return l->ends_cell;
}

static void apply(struct scan *s, const uint8_t *verdicts)
{
    for (size_t i = 0; i < s->nlinks; i++) {
        const struct link *l = &s->links[i];
        uint8_t v = verdicts[l->text], *row = &s->verdicts[l->row];

        if (v == AT_END)
            v = is_last(s, l) ? FILTER_HIT : FILTER_GO;
        if (v == FILTER_HIT || *row == FILTER_GO)
            *row = v;
    }
    for (size_t i = 0; i < s->f->schema->ncolumns; i++) {
        struct said *said = &s->said[i];

        if (said->text >= s->before && verdicts[said->text - s->before] != FILTER_GO)
            said->type = CELL_ABSENT;
    }
}

/* Look through the texts that were gathered. */
static void flush(struct scan *s)
{
    uint8_t verdicts[TEXTS];
    size_t n = s->ntexts, at = 0;
    const char *from;
    bool any = false;

    while (at < n && (at += dfa_skip_texts(s->walk.d, s->texts + at, n - at, &from)) < n) {
        uint8_t v = judge(s, s->texts[at], from);

        if (v != FILTER_GO && !any)
            memset(verdicts, FILTER_GO, n);
        if (v != FILTER_GO)
            verdicts[at] = v;
        any = any || v != FILTER_GO;
        at++;
    }
    if (any)
        apply(s, verdicts);
    s->before += (uint32_t)n;
    s->ntexts = s->nlinks = s->nsmall = 0;
    s->joined = false;
}

/* ---- gathering ---------------------------------------------------------------------------------
 */

static inline void add_text(struct scan *s, unsigned row, unsigned col, const char *text,
                            bool ends_cell)
{
    s->links[s->nlinks++] =
        (struct link){(uint16_t)s->ntexts, (uint8_t)row, (uint8_t)col, ends_cell};
    s->texts[s->ntexts++] = text;
    __builtin_prefetch(text);
    if (s->nlinks == TEXTS)
        flush(s);
}

static void add_list(struct scan *s, unsigned row, unsigned col, const struct cell_list *list)
{
    struct said *said = &s->said[col];

    for (size_t i = 0; i < list->n; i++) {
        const char *item = list->items[i];

        if (said->type == CELL_LIST && said->what == (int64_t)(intptr_t)item &&
            said->text < s->before)
            continue;
        *said = (struct said){(intptr_t)item, CELL_LIST, s->before + (uint32_t)s->ntexts};
        add_text(s, row, col, item, i + 1 == list->n);
    }
}

static bool skips_time(const struct filter *f, int64_t at)
{
    if (at < 0 || at >= YEAR_2100)
        return false;
    return at % 1000 ? f->skips_millis : f->skips_times;
}

/* Numbers and addresses of columns side by side are one text, with blanks in between: that is what
 * the row says there. */
static bool joins(const struct cell *c)
{
    return c->type == CELL_INT || c->type == CELL_BYTES || c->type == CELL_IP ||
           c->type == CELL_CIDR;
}

static void add_joined(struct scan *s, unsigned row, unsigned col, const struct cell *c)
{
    char *to = s->small + s->nsmall;

    if (s->joined) {
        to[-1] = ' '; /* instead of its end */
        s->links[s->nlinks - 1].col = (uint8_t)col;
    }
    s->nsmall += filter_write(c, to) + 1;
    if (!s->joined) {
        s->joined = true;
        add_text(s, row, col, to, true);
    }
    if (s->nsmall > sizeof(s->small) - FILTER_SMALL)
        flush(s);
}

/* A cell whose text is written down. */
static void add_written(struct scan *s, unsigned row, unsigned col, const struct cell *c)
{
    char *small = s->small + s->nsmall;
    const char *text = filter_say(s->f, col, c, small);

    s->nsmall += FILTER_SMALL;
    add_text(s, row, col, text, true);
    if (text == s->f->buf.buf || s->nsmall > sizeof(s->small) - FILTER_SMALL)
        flush(s);
}

static void add_cell(struct scan *s, unsigned row, unsigned col, const struct cell *c)
{
    struct said *said = &s->said[col];

    if (joins(c)) {
        add_joined(s, row, col, c);
        return;
    }
    s->joined = false;
    if (c->type == CELL_LIST) {
        add_list(s, row, col, c->u.list);
        return;
    }
    if (said->what == c->u.i && said->type == (uint32_t)c->type) {
        if (said->text >= s->before)
            s->links[s->nlinks++] =
                (struct link){(uint16_t)(said->text - s->before), (uint8_t)row, (uint8_t)col, true};
        if (s->nlinks == TEXTS)
            flush(s);
        return;
    }
    if (c->type == CELL_TIME && skips_time(s->f, c->u.i))
        return;
    *said = (struct said){c->u.i, (uint32_t)c->type, s->before + (uint32_t)s->ntexts};
    if (c->type == CELL_STR || c->type == CELL_STATE)
        add_text(s, row, col, c->u.s, true);
    else
        add_written(s, row, col, c);
}

/* The cells of a row that comes soon: they are far from those of the row before. */
static void fetch_cells(const struct scan *s, const struct row *r)
{
    const char *cells = (const char *)r->cells;

    for (size_t at = 0; at < s->f->schema->ncolumns * sizeof(struct cell); at += LINE)
        __builtin_prefetch(cells + at);
}

/* And its lists. */
static void fetch_lists(const struct scan *s, const struct row *r)
{
    for (const uint8_t *col = s->lists; *col < s->f->schema->ncolumns; col++) {
        const struct cell *c = &r->cells[*col];

        if (c->type == CELL_LIST)
            __builtin_prefetch(c->u.list);
    }
}

static void gather(struct scan *s, unsigned row)
{
    const struct filter *f = s->f;
    const struct cell *cells = s->rows[row]->cells;

    s->joined = false;
    for (const uint8_t *col = f->cols; *col < f->schema->ncolumns; col++) {
        const struct cell *c = &cells[*col];

        if (!f->skips[c->type])
            add_cell(s, row, *col, c);
        else if (c->type != CELL_ABSENT)
            s->joined = false; /* something is in between */
    }
}

/* ---- rows --------------------------------------------------------------------------------------
 */

static bool match_slowly(struct scan *s, const struct row *r)
{
    enum filter_verdict v = filter_walk_row(&s->walk, r, false);

    return v == FILTER_SLOW ? filter_match_text(s->f, r) : v == FILTER_HIT;
}

/* The beginning of a row is another state; where it has become that behind a blank, texts can be
 * taken one by one. */
static enum filter_verdict begin_row(struct scan *s, const struct row *r)
{
    if (s->walk.d->start == s->walk.d->idle)
        return FILTER_GO;
    return filter_walk_row(&s->walk, r, true);
}

/* Where most rows have to be read from their beginning anyway ("prod.*db"), the next ones are. */
static void slow_down(struct scan *s, size_t n)
{
    size_t slow = 0;

    for (size_t i = 0; i < n; i++)
        slow += s->verdicts[i] == FILTER_SLOW;
    if (2 * slow > n)
        s->slowly = SLOWLY;
}

static void scan_batch(struct scan *s, size_t n, bool *hits)
{
    for (unsigned i = 0; i < n; i++) {
        s->verdicts[i] = (uint8_t)begin_row(s, s->rows[i]);
        if (i + AHEAD < s->left)
            fetch_cells(s, s->rows[i + AHEAD]);
        if (i + AHEAD / 2 < s->left)
            fetch_lists(s, s->rows[i + AHEAD / 2]);
        if (s->verdicts[i] == FILTER_GO)
            gather(s, i);
    }
    flush(s);
    slow_down(s, n);
    for (size_t i = 0; i < n; i++)
        hits[i] = s->verdicts[i] == FILTER_SLOW ? match_slowly(s, s->rows[i])
                                                : s->verdicts[i] == FILTER_HIT;
}

static void begin_scan(struct scan *s, struct filter *f)
{
    unsigned n = 0;

    s->f = f;
    s->walk = (struct filter_walk){.f = f, .d = pattern_dfa(f->row), .stay = DFA_LOST};
    s->before = 0;
    s->slowly = 0;
    s->ntexts = s->nlinks = s->nsmall = 0;
    s->said = mem_array(f->schema->ncolumns, sizeof(*s->said));
    s->lists = mem_array(f->schema->ncolumns + 1, sizeof(*s->lists));
    for (const uint8_t *col = f->cols; *col < f->schema->ncolumns; col++) {
        if (f->schema->columns[*col].type == CELL_LIST)
            s->lists[n++] = *col;
    }
    s->lists[n] = (uint8_t)f->schema->ncolumns;
}

void filter_scan(struct filter *f, const struct row *const *rows, size_t n, bool *hits)
{
    struct scan s;

    begin_scan(&s, f);
    for (size_t i = 0, some; i < n; i += some) {
        some = n - i < BATCH ? n - i : BATCH;
        s.rows = rows + i;
        s.left = n - i;
        if (f->by_column && !s.slowly) {
            scan_batch(&s, some, hits + i);
            continue;
        }
        for (size_t k = 0; k < some; k++)
            hits[i + k] = match_slowly(&s, s.rows[k]);
        s.slowly -= s.slowly > 0;
    }
    free(s.said);
    free(s.lists);
}
