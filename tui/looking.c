#include "tui/looking.h"

#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/filter.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "tui/app.h"

/* ---- what is wanted ----------------------------------------------------------------------------
 */

void looking_add(struct looking *l, const struct schema *s)
{
    for (size_t i = 0; i < l->ntables; i++)
        if (l->tables[i] == s)
            return;
    if (l->ntables < LOOKING_TABLES_MAX)
        l->tables[l->ntables++] = s;
}

/* The heavy table of the tab, or NULL. */
static struct grid *heavy_grid(struct app *a)
{
    struct tab *t = app_tab(a);

    for (size_t i = 0; i < t->ngrids; i++)
        if (t->grids[i]->table->look)
            return t->grids[i];
    return NULL;
}

static void look_at_tab(struct app *a, struct looking *l)
{
    const struct schema *const *focus = app_tab(a)->view->focus;
    struct grid *g = heavy_grid(a);
    struct view_input in = app_input(a);
    struct filter *filter = NULL;

    if (g) {
        if (*g->filter_text)
            filter = filter_new(g->table->schema, g->filter_text, NULL);
        g->table->look(&in, filter, &l->look);
        filter_free(filter);
    }
    for (size_t i = 0; focus && focus[i]; i++)
        if (!g || !l->look.nothing || focus[i] != g->table->schema)
            looking_add(l, focus[i]);
}

/* The topmost pane that says what it is about; else the tab. */
static const struct pane *asking_pane(const struct app *a)
{
    for (const struct pane *p = a->top; p; p = p->below)
        if (p->ops->look)
            return p;
    return NULL;
}

/* ---- saying it ---------------------------------------------------------------------------------
 */

static void send(struct app *a, const struct looking *l)
{
    const char *names[LOOKING_TABLES_MAX];
    struct tui_request r = {.kind = TUI_FOCUS,
                            .tables = names,
                            .ntables = l->ntables,
                            .endpoints = l->look.endpoints,
                            .nendpoints = l->look.nendpoints,
                            .filters = l->look.filters,
                            .nfilters = l->look.nfilters};

    for (size_t i = 0; i < l->ntables; i++)
        names[i] = l->tables[i]->name;
    app_request_with(a, &r);
}

static void add_names(struct strbuf *out, const char *const *names, size_t n)
{
    strbuf_addf(out, "|%zu", n);
    for (size_t i = 0; i < n; i++)
        strbuf_addf(out, " %s", names[i]);
}

static char *text_of(const struct looking *l, const struct pane *p, const struct app *a)
{
    struct strbuf out = STRBUF_INIT;

    strbuf_addf(&out, "%zu %p", a->current, (const void *)p);
    for (size_t i = 0; i < l->ntables; i++)
        strbuf_addf(&out, " %s", l->tables[i]->name);
    add_names(&out, l->look.endpoints, l->look.nendpoints);
    add_names(&out, l->look.filters, l->look.nfilters);
    return strbuf_detach(&out);
}

/* Where the reader is: while nothing of it changes, what is looked at does not either. */
static char *place_of(struct app *a, const struct pane *p)
{
    const struct grid *g = heavy_grid(a);

    return mem_printf("%zu %p %llu %s %s", a->current, (const void *)p,
                      a->estate ? (unsigned long long)estate_generation(a->estate) : 0,
                      a->site ? a->site : "*", g ? g->filter_text : "");
}

static void forget_endpoints(struct looked *d)
{
    for (size_t i = 0; i < d->nendpoints; i++)
        free(d->endpoints[i]);
    free(d->endpoints);
    d->endpoints = NULL;
    d->nendpoints = 0;
}

static void remember(struct app *a, const struct looking *l, bool heavy)
{
    struct looked *d = &a->looked;

    forget_endpoints(d);
    d->asked_at = clock_now_ms();
    d->endpoints = mem_array(l->look.nendpoints + 1, sizeof(*d->endpoints));
    for (; d->nendpoints < l->look.nendpoints; d->nendpoints++)
        d->endpoints[d->nendpoints] = mem_strdup(l->look.endpoints[d->nendpoints]);
    d->nfilters = l->look.nfilters;
    d->nothing = l->look.nothing;
    d->heavy = heavy;
}

void looking_update(struct app *a, bool again)
{
    const struct pane *p = asking_pane(a);
    struct looking l = {.ntables = 0};
    char *place, *text;

    /* What is being typed is not meant yet. */
    if (!a->ntabs || (a->top && a->top->ops->context & CONTEXT_TEXT && !again))
        return;
    place = place_of(a, p);
    if (!again && a->looked.seen && strcmp(place, a->looked.seen) == 0) {
        free(place);
        return;
    }
    free(a->looked.seen);
    a->looked.seen = place;
    if (p)
        p->ops->look(p->self, a, &l);
    else
        look_at_tab(a, &l);
    text = text_of(&l, p, a);
    if (!a->looked.said || strcmp(text, a->looked.said) != 0)
        remember(a, &l, p || heavy_grid(a));
    else if (!again) {
        free(text);
        return;
    }
    free(a->looked.said);
    a->looked.said = text;
    send(a, &l);
}

void looking_release(struct app *a)
{
    forget_endpoints(&a->looked);
    free(a->looked.seen);
    free(a->looked.said);
}

/* ---- telling it --------------------------------------------------------------------------------
 */

static bool is_source(const struct snapshot *s, const char *name)
{
    size_t n = strlen(snapshot_site(s));

    return strncmp(name, snapshot_site(s), n) == 0 && name[n] == '/' &&
           strcmp(name + n + 1, snapshot_endpoint(s)) == 0;
}

bool looking_covers(const struct app *a, const struct snapshot *s)
{
    for (size_t i = 0; i < a->looked.nendpoints; i++)
        if (is_source(s, a->looked.endpoints[i]))
            return true;
    return !a->looked.nendpoints && (!a->site || strcmp(a->site, snapshot_site(s)) == 0);
}

bool looking_waits(const struct app *a, const struct snapshot *s)
{
    switch (snapshot_freshness(s)) {
    case FRESH_NEVER:
        return true;
    case FRESH_OK:
    case FRESH_PARTIAL:
    case FRESH_STALE:
        return snapshot_taken_at(s) < a->looked.asked_at;
    default:
        return false;
    }
}

/* Sources of @s that are looked at: the oldest reading, and how many are waited for. */
static size_t walk_sources(const struct app *a, const struct schema *s, int64_t *oldest,
                           size_t *waiting)
{
    size_t n, seen = 0;
    struct snapshot *const *all = estate_table(a->estate, s, &n);

    *oldest = 0;
    *waiting = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t at = snapshot_taken_at(all[i]);
        if (snapshot_freshness(all[i]) == FRESH_UNSUPPORTED || !looking_covers(a, all[i]))
            continue;
        seen++;
        *waiting += looking_waits(a, all[i]);
        if (at && (!*oldest || at < *oldest))
            *oldest = at;
    }
    return seen;
}

static void add_what(const struct app *a, struct strbuf *out)
{
    size_t filters = a->looked.nfilters, hosts = a->looked.nendpoints;

    if (filters)
        strbuf_addf(out, Q_(filters, "%zu filter", "%zu filters"), filters);
    else if (hosts)
        strbuf_addf(out, Q_(hosts, "%zu host", "%zu hosts"), hosts);
    else
        strbuf_addstr(out, _("all hosts"));
}

bool looking_tell(struct app *a, const struct schema *s, struct strbuf *out)
{
    struct view_input in = app_input(a);
    int64_t oldest;
    size_t waiting, n;

    if (!a->estate || !a->looked.heavy)
        return false;
    if (a->looked.nothing) {
        strbuf_addstr(out, _("no filter of a network card: nothing to read"));
        return true;
    }
    n = walk_sources(a, s, &oldest, &waiting);
    if (!n)
        return false;
    add_what(a, out);
    strbuf_addstr(out, ": ");
    if (waiting && n > 1)
        strbuf_addf(out, _("reading ... %zu of %zu"), n - waiting, n);
    else if (waiting)
        strbuf_addstr(out, _("reading ..."));
    if (oldest && waiting)
        strbuf_addstr(out, "; ");
    if (oldest) {
        strbuf_addstr(out, _("read "));
        view_ago(out, &in, oldest);
    }
    return true;
}
