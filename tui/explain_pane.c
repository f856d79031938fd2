#include "tui/explain_pane.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "model/explain.h"
#include "model/explain_text.h"
#include "tui/app.h"
#include "tui/pager.h"

struct question {
    struct app *app;
    struct arena *arena; /* of the query's text */
    struct explain_query query;
    struct strbuf answer;
    uint64_t stamp; /* of the tables that the answer is from; 0: no answer yet */
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

/* Sources of @s in scope: how many there are, and how many have not been read. */
static size_t unread(const struct app *a, const struct schema *s, size_t *of)
{
    size_t n, waiting = 0;
    struct snapshot *const *all = estate_table(a->estate, s, &n);

    *of = 0;
    for (size_t i = 0; i < n; i++) {
        if (a->site && strcmp(a->site, snapshot_site(all[i])) != 0)
            continue;
        (*of)++;
        waiting += snapshot_freshness(all[i]) == FRESH_NEVER;
    }
    return waiting;
}

/* What is heavy is read only once somebody asks: until it is there the answer is not the last. */
static void say_unread(struct pager *p, const struct app *a)
{
    for (size_t t = 0; explain_tables[t]; t++) {
        size_t of, n = unread(a, explain_tables[t], &of);
        if (n)
            pager_addf(p, STYLE_WARNING, _("reading %s: %zu of %zu sources are there"),
                       explain_tables[t]->name, of - n, of);
    }
}

/* Poll what the answer needs beside what the tab below needs. */
static void focus(struct app *a)
{
    const char *names[APP_VIEWS_MAX];
    const struct schema *const *tab = app_tab(a)->view->focus;
    struct tui_request r = {.kind = TUI_FOCUS, .tables = names};

    for (size_t i = 0; explain_tables[i] && r.ntables < APP_VIEWS_MAX; i++)
        names[r.ntables++] = explain_tables[i]->name;
    for (size_t i = 0; tab && tab[i] && r.ntables < APP_VIEWS_MAX; i++)
        names[r.ntables++] = tab[i]->name;
    app_request_with(a, &r);
}

/* ---- the pane -----------------------------------------------------------------------------------
 */

static void answer(struct question *q, const struct estate *e)
{
    uint64_t stamp = stamp_of(e);
    struct explain_result result = {.nhops = 0};
    struct explain *x;

    if (q->stamp == stamp)
        return;
    x = explain_new(e);
    explain_run(x, &q->query, &result);
    strbuf_reset(&q->answer);
    explain_print_text(&q->answer, &result);
    explain_result_release(&result);
    explain_free(x);
    q->stamp = stamp;
}

static void fill(struct pager *p, struct app *a, void *arg)
{
    struct question *q = arg;

    if (!a->estate) {
        pager_add(p, STYLE_DIM, _("nothing was read yet"));
        return;
    }
    say_unread(p, a);
    answer(q, a->estate);
    pager_add(p, STYLE_NORMAL, q->answer.buf);
}

static void release(void *arg)
{
    struct question *q = arg;

    if (!q->app->quit)
        app_request_focus(q->app);
    strbuf_release(&q->answer);
    arena_free(q->arena);
    free(q);
}

int explain_pane_open(struct app *a, const char *source, const char *destination, struct err *err)
{
    struct question *q = mem_alloc(sizeof(*q));
    struct pager *p;

    q->app = a;
    q->arena = arena_new(0);
    q->answer = (struct strbuf)STRBUF_INIT;
    if (explain_parse(&q->query, q->arena, source, destination, err) != 0) {
        arena_free(q->arena);
        free(q);
        return -1;
    }
    q->query.site = a->site ? arena_strdup(q->arena, a->site) : NULL;
    p = pager_new(_("Explain"));
    pager_on_refresh(p, fill, release, q);
    pager_open(a, p);
    focus(a);
    return 0;
}
