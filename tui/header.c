/* The lines that are always there: site, times, worst finding, lamps; tab bar; key bar. */
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/fmt.h"
#include "core/i18n.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/text.h"
#include "model/tables.h"
#include "tui/app.h"

#define BAR_MAX   64
#define LAMPS_MAX 64

/* ---- the first line: where and when ------------------------------------------------------------
 */

static int draw_site(const struct config_site *s, struct canvas *c, int x, int y, int end)
{
    x += canvas_textf(c, x, y, end - x, STYLE_STRONG, " %s", s->name);
    if (s->production)
        x += canvas_text(c, x, y, end - x, STYLE_PRODUCTION, _(" PRODUCTION"));
    return x;
}

/* Returns where it ends. */
static int draw_sites(struct app *a, struct canvas *c, int x, int y, int end)
{
    const struct config *config = a->o->config;
    const struct config_site *only = a->site ? config_find_site(config, a->site) : NULL;

    if (config_site_count(config) == 1)
        only = config_site(config, 0);
    if (only) {
        x = draw_site(only, c, x, y, end);
        if (strcmp(only->label, only->name) != 0)
            x += canvas_textf(c, x, y, end - x, STYLE_NORMAL, "  %s", only->label);
        return x;
    }
    for (size_t i = 0; i < config_site_count(config); i++)
        x = draw_site(config_site(config, i), c, x, y, end);
    return x;
}

/* "JST" of "2026-11-20 18:00:00 JST". */
static void add_zone(struct strbuf *out, int64_t now)
{
    struct strbuf full = STRBUF_INIT;
    const char *blank;

    fmt_time_full(&full, now, true);
    blank = strrchr(full.buf, ' ');
    strbuf_addstr(out, blank ? blank : "");
    strbuf_release(&full);
}

static int draw_clocks(struct app *a, struct canvas *c, struct rect r)
{
    int64_t now = clock_now_ms();
    struct strbuf utc = STRBUF_INIT, local = STRBUF_INIT, zone = STRBUF_INIT;
    int x;

    fmt_time_clock(&utc, now, false);
    strbuf_addstr(&utc, " UTC");
    add_zone(&zone, now);
    if (strcmp(zone.buf, " UTC") != 0) {
        strbuf_addstr(&local, "  ");
        fmt_time_clock(&local, now, true);
        strbuf_add(&local, zone.buf, zone.len);
    }
    x = r.x + r.w - (int)(text_width(utc.buf) + text_width(local.buf)) - 1;
    canvas_text(c, x, r.y, r.w, a->local ? STYLE_BAR : STYLE_STRONG, utc.buf);
    canvas_text(c, x + (int)text_width(utc.buf), r.y, r.w, a->local ? STYLE_STRONG : STYLE_BAR,
                local.buf);
    strbuf_release(&utc);
    strbuf_release(&local);
    strbuf_release(&zone);
    return x;
}

static int draw_held(struct app *a, struct canvas *c, struct rect r, int end)
{
    struct strbuf text = STRBUF_INIT;
    int x = end;

    if (!a->held_at)
        return end;
    strbuf_addf(&text, " %s ", _("HELD"));
    strbuf_setlen(&text, text.len - 1);
    strbuf_addch(&text, ' ');
    fmt_time_clock(&text, a->held_at, a->local);
    strbuf_addch(&text, ' ');
    x = end - (int)text_width(text.buf) - 1;
    canvas_text(c, x, r.y, end - x, STYLE_WARNING | STYLE_SELECTED, text.buf);
    strbuf_release(&text);
    return x;
}

/* What goes wrong in hycon itself (a full disk, say) belongs to no table: only the log tells it.
 * Where @x to @end is narrow, it is the sign alone. */
static void draw_errors(struct app *a, struct canvas *c, int x, int y, int end)
{
    uint64_t n = log_errors() - a->errors_read;
    char *text;

    if (!n)
        return;
    text = mem_printf(Q_(n, " %llu error, :log ", " %llu errors, :log "), (unsigned long long)n);
    if (x + (int)text_width(text) + 1 >= end) {
        free(text);
        text = mem_strdup(" !:log ");
    }
    x = end - (int)text_width(text) - 1 > x ? end - (int)text_width(text) - 1 : x;
    canvas_text(c, x, y, end - x, STYLE_WARNING | STYLE_SELECTED, text);
    free(text);
}

/* ---- the second line: what is wrong ------------------------------------------------------------
 */

static int draw_counts(const unsigned *counts, struct canvas *c, int x, int y)
{
    static const enum severity order[] = {SEV_CRITICAL, SEV_WARNING, SEV_UNKNOWN};
    int at = x;

    for (size_t i = 0; i < ARRAY_SIZE(order); i++)
        if (counts[order[i]])
            at += canvas_textf(c, at, y, 14, (uint8_t)view_severity_style(order[i]), " %s %u",
                               view_severity_word(order[i]), counts[order[i]]);
    return at;
}

static bool collecting(struct app *a, unsigned *done, unsigned *total)
{
    const struct tui_host *h = a->o->host;

    *done = *total = 0;
    if (a->estate)
        return estate_collecting(a->estate, done, total);
    if (h->progress)
        h->progress(h->arg, done, total);
    return true;
}

static void draw_worst(struct app *a, struct canvas *c, struct rect r)
{
    unsigned counts[SEV_CRITICAL + 1] = {0}, done, total;
    struct view_input in = app_input(a);
    struct rows_item row;
    const char *summary;
    int x;

    if (collecting(a, &done, &total)) {
        canvas_textf(c, r.x + 1, r.y, r.w - 1, STYLE_STRONG, _("collecting %u/%u"), done, total);
        return;
    }
    if (!view_worst_finding(&in, &row)) {
        canvas_text(c, r.x + 1, r.y, r.w - 1, STYLE_OK, _("ok: no finding is open"));
        return;
    }
    view_count_findings(&in, counts);
    x = draw_counts(counts, c, r.x, r.y) + 2;
    summary = row_str_shown(&table_findings, row.row, FINDINGS_SUMMARY);
    canvas_fit(c, x, r.y, r.x + r.w - x, STYLE_NORMAL, summary ? summary : "", false);
}

/* ---- lamps: one per endpoint, host ranges together ---------------------------------------------
 */

struct lamp {
    const char *site, *name;
    unsigned n, nbad;
    int rank;
    const char *word; /* of the worst */
};

/* Worst last; the signs are explained in help. */
static const struct {
    const char *word, *sign;
    enum style style;
} lamp_states[] = {
    {"ok", "+", STYLE_OK},           {"unsupported", "-", STYLE_DIM},
    {"never", ".", STYLE_DIM},       {"stale", "~", STYLE_WARNING},
    {"partial", "~", STYLE_WARNING}, {"failed", "!", STYLE_CRITICAL},
    {"denied", "!", STYLE_CRITICAL},
};

static int lamp_rank(const char *word)
{
    for (size_t i = 0; word && i < ARRAY_SIZE(lamp_states); i++)
        if (strcmp(lamp_states[i].word, word) == 0)
            return (int)i;
    return 2; /* not read yet */
}

static bool is_of(const struct snapshot *s, const struct config_endpoint *e)
{
    return strcmp(snapshot_endpoint(s), e->name) == 0 && strcmp(snapshot_site(s), e->site) == 0;
}

/* The tables come in the order of the configuration, so the next one is nearly always the right
 * one: a thousand hosts must not be looked up one by one for every painting. */
static const char *endpoint_word(struct app *a, const struct config_endpoint *e,
                                 struct snapshot *const *all, size_t n, size_t *next)
{
    const struct snapshot *s = NULL;

    if (*next < n && is_of(all[*next], e))
        s = all[(*next)++];
    else if (a->estate)
        s = estate_snapshot(a->estate, &table_endpoints, e->site, e->name);
    return s && snapshot_count(s) ? row_str(snapshot_row(s, 0), ENDPOINTS_FRESHNESS) : NULL;
}

static size_t collect_lamps(struct app *a, struct lamp *lamps)
{
    const struct config *config = a->o->config;
    size_t n = 0, count = 0, next = 0;
    struct snapshot *const *all =
        a->estate ? estate_table(a->estate, &table_endpoints, &count) : NULL;

    for (size_t i = 0; i < config_endpoint_count(config); i++) {
        const struct config_endpoint *e = config_endpoint(config, i);
        int rank = lamp_rank(endpoint_word(a, e, all, count, &next));
        struct lamp *l = n ? &lamps[n - 1] : NULL;
        if (a->site && strcmp(a->site, e->site) != 0)
            continue;
        if (!l || strcmp(l->site, e->site) != 0 || strcmp(l->name, e->group) != 0) {
            if (n == LAMPS_MAX)
                break;
            l = &lamps[n++];
            *l = (struct lamp){.site = e->site, .name = e->group};
        }
        l->n++;
        l->nbad += rank > 0;
        l->rank = rank > l->rank ? rank : l->rank;
    }
    return n;
}

static void lamp_text(struct strbuf *out, const struct lamp *l)
{
    strbuf_reset(out);
    strbuf_addstr(out, l->name);
    if (l->rank <= 2) {
        strbuf_addstr(out, lamp_states[l->rank].sign);
        if (l->n > 1)
            strbuf_addf(out, "%u", l->n);
        return;
    }
    strbuf_addf(out, "%s%s", lamp_states[l->rank].sign, lamp_states[l->rank].word);
    if (l->n > 1)
        strbuf_addf(out, " %u/%u", l->nbad, l->n);
}

/* @bad_only: lamps that are well become one number. Returns the cells used. */
static int draw_lamps(const struct lamp *lamps, size_t n, bool sites, bool bad_only,
                      struct canvas *c, int x, int y, int end)
{
    struct strbuf text = STRBUF_INIT;
    const char *site = NULL;
    unsigned well = 0;
    int from = x;

    for (size_t i = 0; i < n; i++) {
        if (bad_only && !lamps[i].rank) {
            well += lamps[i].n;
            continue;
        }
        if (sites && (!site || strcmp(site, lamps[i].site) != 0))
            x += canvas_textf(c, x, y, end - x, STYLE_BAR, " %s:", lamps[i].site);
        site = lamps[i].site;
        lamp_text(&text, &lamps[i]);
        x += canvas_textf(c, x, y, end - x, (uint8_t)lamp_states[lamps[i].rank].style, " %s",
                          text.buf);
    }
    if (bad_only && well)
        x += canvas_textf(c, x, y, end - x, STYLE_OK, _(" %u ok"), well);
    strbuf_release(&text);
    return x - from;
}

/* How many of each state: what is left when not even those that are not well have room. */
static int draw_lamp_counts(const struct lamp *lamps, size_t n, struct canvas *c, int x, int y,
                            int end)
{
    int from = x;

    for (size_t rank = ARRAY_SIZE(lamp_states); rank-- > 0;) {
        unsigned count = 0;
        for (size_t i = 0; i < n; i++)
            if (lamps[i].rank == (int)rank)
                count += rank ? lamps[i].nbad : lamps[i].n;
        if (count)
            x += canvas_textf(c, x, y, end - x, (uint8_t)lamp_states[rank].style, " %u%s%s", count,
                              lamp_states[rank].sign, lamp_states[rank].word);
    }
    return x - from;
}

static int place_lamps(struct app *a, struct canvas *c, struct rect r)
{
    struct lamp *lamps = mem_array(LAMPS_MAX, sizeof(*lamps));
    size_t n = collect_lamps(a, lamps);
    bool sites = !a->site && config_site_count(a->o->config) > 1, bad_only = false;
    int limit = r.w / 2, w;
    struct canvas probe;

    canvas_init(&probe, r.w * 4 + 1, 1);
    w = draw_lamps(lamps, n, sites, false, &probe, 0, 0, probe.w);
    if (w > limit) {
        bad_only = true;
        canvas_clear(&probe);
        w = draw_lamps(lamps, n, sites, true, &probe, 0, 0, probe.w);
    }
    if (w > limit + 1) {
        canvas_clear(&probe);
        w = draw_lamp_counts(lamps, n, &probe, 0, 0, probe.w);
        w = w > limit ? limit : w;
        (void)draw_lamp_counts(lamps, n, c, r.x + r.w - w - 1, r.y, r.x + r.w);
    } else {
        w = w > limit ? limit : w;
        (void)draw_lamps(lamps, n, sites, bad_only, c, r.x + r.w - w - 1, r.y, r.x + r.w);
    }
    canvas_release(&probe);
    free(lamps);
    return r.x + r.w - w - 1;
}

void header_draw(struct app *a, struct canvas *c, struct rect r)
{
    int x, end;

    canvas_fill(c, (struct rect){r.x, r.y, r.w, 1}, ' ', STYLE_BAR);
    end = draw_clocks(a, c, (struct rect){r.x, r.y, r.w, 1});
    end = draw_held(a, c, (struct rect){r.x, r.y, r.w, 1}, end);
    canvas_text(c, r.x, r.y, end - r.x, STYLE_TITLE, a->o->demo ? " hycon demo" : " hycon");
    x = draw_sites(a, c, r.x + (a->o->demo ? 12 : 7), r.y, end - 1);
    draw_errors(a, c, x, r.y, end);
    if (r.h < 2)
        return;
    end = place_lamps(a, c, (struct rect){r.x, r.y + 1, r.w, 1});
    draw_worst(a, c, (struct rect){r.x, r.y + 1, end - r.x - 1, 1});
}

/* ---- tab bar -----------------------------------------------------------------------------------
 */

static void tab_label(struct strbuf *out, const struct tab *t)
{
    strbuf_reset(out);
    if (t->view->digit)
        strbuf_addf(out, " %c %s ", t->view->digit, _(t->view->title));
    else
        strbuf_addf(out, " %s ", _(t->view->title));
}

static int tab_width(const struct tab *t)
{
    struct strbuf label = STRBUF_INIT;
    int w;

    tab_label(&label, t);
    w = (int)text_width(label.buf);
    strbuf_release(&label);
    return w;
}

static bool on_bar(const struct app *a, size_t i)
{
    return a->tabs[i].exists || i == a->current;
}

/* The first of the scrolling tabs that is shown so that the current one is. */
static size_t first_scrolled(const struct app *a, int room)
{
    size_t first = 0;
    int used = 0;

    if (a->tabs[a->current].view->always)
        return 0;
    for (size_t i = 0; i <= a->current; i++) {
        if (!on_bar(a, i) || a->tabs[i].view->always)
            continue;
        used += tab_width(&a->tabs[i]);
        while (used > room && first < i) {
            if (on_bar(a, first) && !a->tabs[first].view->always)
                used -= tab_width(&a->tabs[first]);
            first++;
        }
    }
    return first;
}

static int draw_tab(const struct app *a, size_t i, struct canvas *c, int x, int y, int end)
{
    struct strbuf label = STRBUF_INIT;
    uint8_t style = i == a->current ? STYLE_TITLE | STYLE_SELECTED : STYLE_BAR;

    tab_label(&label, &a->tabs[i]);
    if (i == a->current && label.len > 1) {
        label.buf[0] = '[';
        label.buf[label.len - 1] = ']';
    }
    x += canvas_text(c, x, y, end - x, style, label.buf);
    strbuf_release(&label);
    return x;
}

void tabbar_draw(struct app *a, struct canvas *c, struct rect r)
{
    int x = r.x, end = r.x + r.w;
    bool left = false, right = false;
    size_t first;

    canvas_fill(c, r, ' ', STYLE_BAR);
    for (size_t i = 0; i < a->ntabs; i++)
        if (a->tabs[i].view->always && on_bar(a, i))
            x = draw_tab(a, i, c, x, r.y, end);
    first = first_scrolled(a, end - x - 4);
    for (size_t i = 0; i < first; i++)
        left = left || (on_bar(a, i) && !a->tabs[i].view->always);
    x += left ? canvas_text(c, x, r.y, 2, STYLE_KEY, "< ") : 0;
    for (size_t i = first; i < a->ntabs; i++) {
        if (!on_bar(a, i) || a->tabs[i].view->always)
            continue;
        if (x + tab_width(&a->tabs[i]) > end - 2) {
            right = true;
            break;
        }
        x = draw_tab(a, i, c, x, r.y, end);
    }
    if (right)
        canvas_text(c, end - 2, r.y, 2, STYLE_KEY, " >");
}

/* ---- key bar -----------------------------------------------------------------------------------
 */

static bool is_offered(const struct app *a, const struct key_binding *b, unsigned context)
{
    const struct tab *t = &a->tabs[a->current];
    const struct grid *g = a->ntabs && t->ngrids ? t->grids[t->focus] : NULL;

    if (!b->bar || !(b->contexts & context))
        return false;
    if (b->command == CMD_ACKNOWLEDGE)
        return g && schema_column(g->table->schema, "finding") >= 0;
    if (b->command == CMD_RELATED)
        return g && g->table->related;
    return true;
}

/* `q` quits from a tab alone. */
static const char *word_of(const struct app *a, const struct key_binding *b)
{
    bool tab = !a->top && !(a->ntabs && a->tabs[a->current].view->hidden && a->nplaces);

    return b->command == CMD_QUIT && !tab ? _("close") : _(b->bar);
}

static int binding_width(const struct app *a, const struct key_binding *b)
{
    struct strbuf key = STRBUF_INIT;
    int w;

    keys_show(&key, b, false);
    w = (int)(text_width(key.buf) + text_width(word_of(a, b))) + 3;
    strbuf_release(&key);
    return w;
}

static void draw_binding(const struct app *a, const struct key_binding *b, struct canvas *c, int x,
                         int y)
{
    struct strbuf key = STRBUF_INIT;

    keys_show(&key, b, false);
    x += canvas_text(c, x, y, c->w - x, STYLE_KEY, key.buf);
    canvas_textf(c, x, y, c->w - x, STYLE_BAR, " %s", word_of(a, b));
    strbuf_release(&key);
}

void keybar_draw(struct app *a, struct canvas *c, struct rect r, unsigned context)
{
    bool shown[BAR_MAX] = {false};
    int left = r.w - 1, x = r.x + 1;
    size_t i;

    canvas_fill(c, r, ' ', STYLE_BAR);
    /* The most useful first, until the line is full; then in the order of the table. */
    for (int weight = 255; weight > 0; weight--)
        for (i = 0; keys_all[i].name && i < BAR_MAX; i++) {
            const struct key_binding *b = &keys_all[i];
            if (b->weight != weight || !is_offered(a, b, context) || binding_width(a, b) > left)
                continue;
            shown[i] = true;
            left -= binding_width(a, b);
        }
    for (i = 0; keys_all[i].name && i < BAR_MAX; i++) {
        if (!shown[i])
            continue;
        draw_binding(a, &keys_all[i], c, x, r.y);
        x += binding_width(a, &keys_all[i]);
    }
}
