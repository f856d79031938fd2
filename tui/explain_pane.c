#include "tui/explain_pane.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "model/explain.h"
#include "model/explain_text.h"
#include "model/tables.h"
#include "tui/app.h"
#include "tui/explain_ask.h"
#include "tui/pager.h"

#define INDENT 12 /* of what is folded: below the text, not below its label */

struct question {
    struct pager *pager;
    struct arena *arena; /* of the query's text */
    char *source, *destination;
    struct explain_query query;
    struct explain_result result;
    struct estate *estate; /* that the result is of: its texts are there */
    size_t open;           /* the hop whose rules before the match are shown (query.skipped) */
    uint64_t stamp;        /* of the tables that the answer is from; 0: no answer yet */
};

/* ---- the tables behind the answer ---------------------------------------------------------------
 */

/* Snapshots are immutable, so the same ones give the same answer. An address can come back for
 * another snapshot, hence the generation. */
static uint64_t stamp_of(const struct estate *e)
{
    uint64_t h = 14695981039346656037u;

    for (size_t t = 0; explain_tables[t]; t++) {
        size_t n;
        struct snapshot *const *all = estate_table(e, explain_tables[t], &n);
        for (size_t i = 0; i < n; i++) {
            h = (h ^ (uint64_t)(uintptr_t)all[i]) * 1099511628211u;
            h = (h ^ snapshot_generation(all[i])) * 1099511628211u;
        }
    }
    return h ? h : 1;
}

static void answer(struct question *q, const struct estate *e)
{
    uint64_t stamp = stamp_of(e);
    struct explain *x;

    /* The same tables are in the newer estate, too. */
    estate_unref(q->estate);
    q->estate = estate_ref(e);
    if (q->stamp == stamp)
        return;
    if (q->stamp)
        explain_result_release(&q->result);
    q->result = (struct explain_result){.nhops = 0};
    x = explain_new(e);
    explain_run(x, &q->query, &q->result);
    explain_free(x);
    q->stamp = stamp;
}

/* ---- what is read for it: the filters on the way, and nothing else -----------------------------
 */

static bool is_heavy(const struct schema *s)
{
    return s == &table_host_rules || s == &table_addrsets || s == &table_flows;
}

static void add_look(struct arena *arena, const char ***list, size_t *n, const char *name)
{
    const char **grown;

    for (size_t i = 0; i < *n; i++)
        if (strcmp((*list)[i], name) == 0)
            return;
    grown = arena_alloc(arena, (*n + 1) * sizeof(*grown));
    if (*n)
        memcpy(grown, *list, *n * sizeof(*grown));
    grown[(*n)++] = arena_strdup(arena, name);
    *list = grown;
}

/* Hops at network cards name their filters, also when no rule of them was read yet. */
static void look(void *arg, struct app *a, struct looking *out)
{
    struct question *q = arg;

    if (a->estate)
        answer(q, a->estate);
    for (size_t i = 0; q->stamp && i < q->result.nhops; i++) {
        const struct explain_hop *h = &q->result.hops[i];
        if (!h->filter || !h->endpoint || !text_has_suffix(h->where, "-filter"))
            continue;
        add_look(a->arena, &out->look.endpoints, &out->look.nendpoints, h->endpoint);
        add_look(a->arena, &out->look.filters, &out->look.nfilters, h->filter);
    }
    out->look.nothing = !out->look.nfilters;
    for (size_t i = 0; explain_tables[i]; i++)
        if (!out->look.nothing || !is_heavy(explain_tables[i]))
            looking_add(out, explain_tables[i]);
}

/* Sources of @s that are looked at: how many there are, and how many are waited for. */
static size_t unread(const struct app *a, const struct schema *s, size_t *of)
{
    size_t n, waiting = 0;
    struct snapshot *const *all = estate_table(a->estate, s, &n);

    *of = 0;
    for (size_t i = 0; i < n; i++) {
        bool heavy = is_heavy(s);
        if (a->site && strcmp(a->site, snapshot_site(all[i])) != 0)
            continue;
        if (heavy && (a->looked.nothing || !looking_covers(a, all[i])))
            continue;
        (*of)++;
        waiting += heavy ? looking_waits(a, all[i]) : snapshot_freshness(all[i]) == FRESH_NEVER;
    }
    return waiting;
}

/* What is heavy is read only once somebody asks: until it is there the answer is not the last. */
static void say_unread(struct pager *p, const struct app *a)
{
    struct strbuf names = STRBUF_INIT;
    size_t all = 0, waiting = 0;

    for (size_t t = 0; explain_tables[t]; t++) {
        size_t of, n = unread(a, explain_tables[t], &of);
        if (!n)
            continue;
        strbuf_addf(&names, "%s%s", waiting ? ", " : "", explain_tables[t]->name);
        waiting += n;
        all += of;
    }
    if (waiting)
        pager_addf(p, STYLE_WARNING, _("reading %s: %zu of %zu sources are there"), names.buf,
                   all - waiting, all);
    strbuf_release(&names);
}

/* ---- the pane -----------------------------------------------------------------------------------
 */

static enum style style_of(enum explain_verdict v)
{
    switch (v) {
    case EXPLAIN_ALLOW:
        return STYLE_OK;
    case EXPLAIN_DROPPED:
    case EXPLAIN_REJECTED:
        return STYLE_CRITICAL;
    default:
        return STYLE_WARNING;
    }
}

/* The first line in the colour of the verdict, the rest plain. */
static void add_lines(struct pager *p, enum style style, const struct strbuf *text, size_t styled)
{
    char *copy = mem_strdup(text->buf), *rest;

    for (char *line = copy; line && *line; line = rest) {
        rest = strchr(line, '\n');
        if (rest)
            *rest++ = '\0';
        pager_add_words(p, styled ? style : STYLE_NORMAL, *line == ' ' ? INDENT : 0, line);
        styled -= styled > 0;
    }
    free(copy);
}

static void add_hop(struct pager *p, const struct question *q, size_t i)
{
    const struct explain_hop *h = &q->result.hops[i];
    struct strbuf text = STRBUF_INIT;

    pager_add(p, STYLE_NORMAL, "");
    pager_begin_item(p);
    explain_print_hop(&text, h, i + 1);
    add_lines(p, style_of(h->verdict), &text, 1);
    strbuf_reset(&text);
    if (q->query.skipped && i == q->open)
        explain_print_skipped(&text, h);
    add_lines(p, STYLE_DIM, &text, SIZE_MAX);
    pager_end_items(p);
    strbuf_release(&text);
}

static void fill(struct pager *p, struct app *a, void *arg)
{
    struct question *q = arg;
    struct strbuf text = STRBUF_INIT;

    if (!a->estate) {
        pager_add(p, STYLE_DIM, _("nothing was read yet"));
        return;
    }
    answer(q, a->estate);
    say_unread(p, a);
    explain_print_head(&text, &q->result);
    add_lines(p, style_of(q->result.verdict), &text, 0);
    for (size_t i = 0; i < q->result.nhops; i++)
        add_hop(p, q, i);
    strbuf_reset(&text);
    explain_print_notes(&text, &q->result);
    if (text.len)
        pager_add(p, STYLE_NORMAL, "");
    add_lines(p, STYLE_NORMAL, &text, 0);
    strbuf_release(&text);
}

/* ---- keys ---------------------------------------------------------------------------------------
 */

static const char *view_of(const struct schema *s)
{
    return s == &table_rules     ? "firewall"
           : s == &table_enis    ? "eni"
           : s == &table_routes  ? "routes"
           : views_find(s->name) ? s->name
                                 : NULL;
}

/* The line that decides, among those of its filter: what comes before it is worth a look, too. */
static void open_rule(struct app *a, const struct explain_hop *h)
{
    struct view_target t = {0};
    char *filter = NULL;

    if (!h->table || !view_of(h->table)) {
        app_say(a, STYLE_NORMAL, _("No rule decides at this hop."));
        return;
    }
    t = (struct view_target){.view = view_of(h->table),
                             .table = h->table->name,
                             .site = mem_strdup(h->row_site),
                             .endpoint = mem_strdup(h->row_endpoint),
                             .key = mem_strdup(h->row_key)};
    if (h->table == &table_host_rules && h->filter)
        filter = mem_printf("filter = \"%s\"", h->filter);
    t.filter = filter ? filter : "";
    app_pop(a); /* @h is gone with it */
    app_follow(a, &t);
    free((char *)t.site);
    free((char *)t.endpoint);
    free((char *)t.key);
    free(filter);
}

/* Asked for on demand: of 20,000 rules before a match each has a sentence. */
static void show_skipped(struct question *q, struct app *a, size_t i)
{
    bool same = q->query.skipped && q->open == i;

    q->query.skipped = !same;
    q->open = i;
    if (q->stamp)
        explain_result_release(&q->result);
    q->stamp = 0;
    pager_again(q->pager);
    pager_show_item(q->pager);
    if (!same && a->estate) {
        answer(q, a->estate);
        if (i < q->result.nhops && !q->result.hops[i].nskipped)
            app_say(a, STYLE_NORMAL, _("No rule was passed over at this hop."));
    }
}

static bool on_key(void *arg, struct app *a, enum command cmd, size_t i, size_t n)
{
    struct question *q = arg;

    switch (cmd) {
    case CMD_OPEN:
        if (q->stamp && i < n && i < q->result.nhops)
            open_rule(a, &q->result.hops[i]);
        return true;
    case CMD_SKIPPED:
        if (n)
            show_skipped(q, a, i);
        return true;
    case CMD_EXPLAIN:
        explain_ask_open(a, q->source, q->destination, q->query.site);
        return true;
    default:
        return false;
    }
}

static void release(void *arg)
{
    struct question *q = arg;

    if (q->stamp)
        explain_result_release(&q->result);
    estate_unref(q->estate);
    free(q->source);
    free(q->destination);
    arena_free(q->arena);
    free(q);
}

static const struct pager_item_ops ops = {
    .fill = fill,
    .key = on_key,
    .look = look,
    .release = release,
};

void explain_pane_close(struct app *a)
{
    if (pager_is_of(a, &ops))
        app_pop(a);
}

int explain_pane_open(struct app *a, const char *source, const char *destination, const char *site,
                      struct err *err)
{
    struct question *q = mem_alloc(sizeof(*q));

    q->arena = arena_new(0);
    if (explain_parse(&q->query, q->arena, source, destination, err) != 0) {
        arena_free(q->arena);
        free(q);
        return -1;
    }
    q->source = mem_strdup(source);
    q->destination = mem_strdup(destination);
    q->query.site = site && *site ? arena_strdup(q->arena, site) : NULL;
    q->pager = pager_new(_("Explain"));
    if (a->estate)
        answer(q, a->estate); /* which filters are on the way is known at once */
    pager_open_items(a, q->pager, &ops, q);
    return 0;
}
