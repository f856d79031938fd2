#include "tui/explain_ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/i18n.h"
#include "core/ip.h"
#include "core/map.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "model/config.h"
#include "model/explain.h"
#include "model/tables.h"
#include "tui/app.h"
#include "tui/dialog.h"
#include "tui/explain_pane.h"

enum { FIELD_FROM, FIELD_TO, FIELD_SITE };

/* ---- completion: machines by name, and their addresses ----------------------------------------
 */

struct words {
    const char *begin;
    const char **out;
    size_t n, max;
    struct map *seen;
};

static void offer(struct words *w, const char *word)
{
    if (!word || !*word || w->n == w->max || !text_has_prefix_nocase(word, w->begin) ||
        map_has(w->seen, word))
        return;
    map_put(w->seen, word, w->out);
    w->out[w->n++] = word;
}

static void offer_column(struct words *w, const struct view_input *in, const struct schema *s,
                         unsigned col)
{
    struct rows_item row;

    for (size_t i = 0; w->n < w->max && view_walk(in, s, &i, &row);) {
        const struct cell_list *l = row_list(row.row, col);
        offer(w, row_str(row.row, col));
        for (size_t k = 0; l && k < l->n; k++)
            offer(w, l->items[k]);
    }
}

static void offer_sites(struct words *w, const struct config *c)
{
    for (size_t i = 0; i < config_site_count(c); i++)
        offer(w, config_site(c, i)->name);
}

static size_t complete(struct app *a, const struct form *f, const char **out, size_t max)
{
    struct view_input in = app_input(a);
    const char *site = f->fields[FIELD_SITE].text.buf;
    struct words w = {.begin = f->fields[f->focus].text.buf, .out = out, .max = max};

    if (!a->estate)
        return 0;
    in.site = *site ? site : NULL;
    w.seen = map_new();
    if (f->focus == FIELD_SITE) {
        offer_sites(&w, a->o->config);
        map_free(w.seen, NULL);
        return w.n;
    }
    offer_column(&w, &in, &table_vms, VMS_VM);
    offer_column(&w, &in, &table_filters, FILTERS_VM);
    offer_column(&w, &in, &table_nsx_vms, NSX_VMS_VM);
    offer_column(&w, &in, &table_vms, VMS_IPS);
    map_free(w.seen, NULL);
    return w.n;
}

/* ---- the dialog -------------------------------------------------------------------------------
 */

static bool submit(struct app *a, struct form *f)
{
    const char *from = f->fields[FIELD_FROM].text.buf, *to = f->fields[FIELD_TO].text.buf;
    const char *site = f->fields[FIELD_SITE].text.buf;
    struct arena *arena;
    struct explain_query q = {0};
    struct err err = {0};
    bool ok;

    if (*site && !config_find_site(a->o->config, site)) {
        (void)snprintf(f->why, sizeof(f->why), _("There is no site '%.100s'."), site);
        return false;
    }
    if (!*from || !*to) {
        f->focus = *from ? FIELD_TO : FIELD_FROM;
        f->ncandidates = 0;
        (void)snprintf(f->why, sizeof(f->why), "%s", *from ? _("To where?") : _("From where?"));
        return false;
    }
    arena = arena_new(0);
    ok = explain_parse(&q, arena, from, to, &err) == 0;
    arena_free(arena);
    if (!ok)
        (void)snprintf(f->why, sizeof(f->why), "%.*s", (int)sizeof(f->why) - 1, err.msg);
    return ok;
}

static void after(struct app *a, const struct form *f)
{
    struct err err = {0};

    explain_pane_close(a); /* asked anew: one explanation is enough */
    if (explain_pane_open(a, f->fields[FIELD_FROM].text.buf, f->fields[FIELD_TO].text.buf,
                          f->fields[FIELD_SITE].text.buf, &err))
        app_say(a, STYLE_WARNING, "%s", err.msg);
}

void explain_ask_open(struct app *a, const char *source, const char *destination, const char *site)
{
    struct form *f = form_new(_("Explain"));

    form_text(f, "%s",
              _("Why does a packet pass, or not? From and to are names of VMs or addresses; "
                "after them :PORT, and /PROTOCOL at the end: db-1:3306/tcp, 10.0.0.2/icmp. "
                "They are looked for in one site, or in all when none is named."));
    form_field(f, _("From"), source, false);
    form_field(f, _("To"), destination, false);
    form_field(f, _("Site"), site, false);
    f->focus = source && *source && (!destination || !*destination) ? FIELD_TO : FIELD_FROM;
    f->submit = submit;
    f->after = after;
    f->complete = complete;
    form_open(a, f);
}

void explain_ask_row(struct app *a)
{
    struct grid *g = app_grid(a);
    const struct rows_item *row = g ? grid_current(g) : NULL;
    struct view_input in = app_input(a);
    const char *source = NULL, *destination = NULL, *site = a->site;

    if (row && g->table->ends) {
        in.estate = g->estate;
        g->table->ends(&in, row, &source, &destination);
        site = snapshot_site(row->snapshot);
    }
    explain_ask_open(a, source, destination, site);
}
