/*
 * The filters of network cards are known (they are listed on a timer), and their lines name host
 * and filter. So each of them is tried as a row of which nothing else is known: what could pass the
 * reader's filter is read, and nothing else.
 */
#include "views/heavy.h"

#include <string.h>

#include "core/arena.h"
#include "core/filter.h"
#include "core/mem.h"
#include "model/tables.h"

#define AGENT "vmware-sfw" /* the distributed firewall: no other filter has rules or flows */

/* Where a table has what is known of a filter. */
struct place {
    const struct schema *schema;
    unsigned host, filter, vm; /* vm 0: it has none */
};

struct found {
    const struct view_input *in;
    struct view_look *out;
    struct cell *cells;          /* of the row that is tried */
    const struct snapshot *last; /* its endpoint is in the list */
    size_t cap;
};

static bool passes(const struct found *f, const struct place *p, struct filter *filter,
                   const struct row *of)
{
    struct cell *cells = f->cells;
    const struct row probe = {.cells = cells};
    const unsigned known[] = {SCHEMA_SITE, SCHEMA_ENDPOINT, p->host, p->filter, p->vm};

    cells[SCHEMA_SITE] = of->cells[SCHEMA_SITE];
    cells[SCHEMA_ENDPOINT] = of->cells[SCHEMA_ENDPOINT];
    cells[p->host] = of->cells[FILTERS_HOST];
    cells[p->filter] = of->cells[FILTERS_FILTER];
    if (p->vm)
        cells[p->vm] = of->cells[FILTERS_VM];
    return filter_may_match(filter, &probe, known, ARRAY_SIZE(known) - !p->vm);
}

static void add_endpoint(struct found *f, const struct snapshot *s)
{
    const char **list = f->out->endpoints;

    if (f->last == s)
        return;
    f->last = s;
    if (f->out->nendpoints == f->cap) {
        f->cap = f->cap ? 2 * f->cap : 16;
        list = arena_alloc(f->in->arena, f->cap * sizeof(*list));
        if (f->out->nendpoints)
            memcpy(list, f->out->endpoints, f->out->nendpoints * sizeof(*list));
        f->out->endpoints = list;
    }
    list[f->out->nendpoints++] =
        view_printf(f->in, "%s/%s", snapshot_site(s), snapshot_endpoint(s));
}

/* The filters that pass, and the endpoints that have them. Returns how many filters there are. */
static size_t collect(struct found *f, const struct place *p, struct filter *filter, size_t *passed)
{
    struct view_input all = *f->in;
    struct rows_item row;
    size_t i = 0, n = 0;

    all.site = NULL;
    while (view_walk(&all, &table_filters, &i, &row)) {
        const char *name = row_str(row.row, FILTERS_FILTER);
        const char *agent = row_str(row.row, FILTERS_AGENT);
        if (!name || (agent && strcmp(agent, AGENT) != 0))
            continue;
        n++;
        if (!view_in_scope(f->in, &row) || (filter && !passes(f, p, filter, row.row)))
            continue;
        add_endpoint(f, row.snapshot);
        if ((*passed)++ < HEAVY_FILTERS_MAX)
            f->out->filters[f->out->nfilters++] = name;
    }
    return n;
}

static void look(const struct view_input *in, struct filter *filter, struct view_look *out,
                 const struct place *p)
{
    struct found f = {.in = in, .out = out};
    size_t n, passed = 0;

    *out = (struct view_look){0};
    if (!in->estate)
        return;
    f.cells = arena_alloc(in->arena, p->schema->ncolumns * sizeof(*f.cells));
    out->filters = arena_alloc(in->arena, HEAVY_FILTERS_MAX * sizeof(*out->filters));
    n = collect(&f, p, filter, &passed);
    if (passed == n) { /* also when none is known yet */
        *out = (struct view_look){0};
        return;
    }
    out->nothing = !passed;
    if (!filter || passed > HEAVY_FILTERS_MAX)
        out->nfilters = 0;
}

void heavy_host_rules(const struct view_input *in, struct filter *filter, struct view_look *out)
{
    static const struct place place = {&table_host_rules, HOST_RULES_HOST, HOST_RULES_FILTER, 0};

    look(in, filter, out, &place);
}

void heavy_addrsets(const struct view_input *in, struct filter *filter, struct view_look *out)
{
    static const struct place place = {&table_addrsets, ADDRSETS_HOST, ADDRSETS_FILTER, 0};

    look(in, filter, out, &place);
}

void heavy_flows(const struct view_input *in, struct filter *filter, struct view_look *out)
{
    static const struct place place = {&table_flows, FLOWS_HOST, FLOWS_FILTER, FLOWS_VM};

    look(in, filter, out, &place);
}
