/* derive: what all joins share: the walk over merged rows, and making a snapshot of them. */
#include "model/derive/derive.h"

#include "core/arena.h"
#include "core/map.h"
#include "model/derive/facts.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>

/* What edges say of themselves reads only what collectors fill in of the tables of NSX Manager, so
 * it comes first, and those read it. Hosts before what names them, edges before what needs their
 * hosts; routes before what counts them. A join finds what comes before it joined, and what comes
 * after it as the collectors filled it in: see derive_sees_joined(). */
const struct derive_table *const derive_tables[] = {
    &derive_edge_status_table, &derive_edge_gateways_table, &derive_bridges_table,
    &derive_hosts_table,       &derive_gateways_table,      &derive_edges_table,
    &derive_routes_table,      &derive_enis_table,          &derive_segments_table,
    &derive_subnets_table,     &derive_vpc_endpoints_table, &derive_replications_table,
    &derive_vsan_table,        &derive_tasks_table,         NULL,
};

/* Ids of AWS are unique in the world, those of NSX within a manager. */
static const struct schema *const aws_tables[] = {&table_enis,          &table_routes,
                                                  &table_vpcs,          &table_subnets,
                                                  &table_vpc_endpoints, &table_prefix_lists,
                                                  &table_interfaces,    &table_security_groups,
                                                  &table_network_acls,  NULL};
static const struct schema *const nsx_tables[] = {&table_linked_vpcs, &table_segments, &table_edges,
                                                  &table_gateways, NULL};

static bool listed(const struct schema *const *list, const struct schema *schema)
{
    while (*list && *list != schema)
        list++;
    return *list != NULL;
}

static void init_merge(struct derive *d, unsigned place)
{
    const struct schema *schema = tables_all[place];
    const struct view_set *set = &d->view->sets[place];
    bool aws = listed(aws_tables, schema), nsx = listed(nsx_tables, schema);
    unsigned *groups = arena_alloc(d->arena, (set->n + 1) * sizeof(*groups));

    for (unsigned i = 0; i < set->n; i++) {
        groups[i] = aws   ? 0
                    : nsx ? identity_manager(d->managers, snapshot_endpoint(set->at[i]))
                          : UINT_MAX - i;
        for (unsigned k = 0; k < i; k++)
            d->merged[place] = d->merged[place] || groups[k] == groups[i];
    }
    d->merges[place] = (struct merge){set->at, groups, set->n};
}

void derive_init(struct derive *d)
{
    for (unsigned i = 0; i < tables_count && i < VIEW_TABLES_MAX; i++)
        init_merge(d, i);
}

void derive_release(struct derive *d)
{
    identity_hosts_release(d->hosts);
    identity_edges_release(d->edges);
    if (d->enis)
        map_free(d->enis->by_id, NULL);
    if (d->routes) {
        map_free(d->routes->vpcs, NULL);
        map_free(d->routes->tables, NULL);
    }
}

static size_t join_of(const struct schema *schema)
{
    size_t i = 0;

    while (derive_tables[i] && derive_tables[i]->schema != schema)
        i++;
    return i;
}

const struct derive_table *derive_find(const struct schema *schema)
{
    return derive_tables[join_of(schema)];
}

bool derive_sees_joined(const struct schema *schema, const struct schema *input)
{
    return join_of(input) < join_of(schema);
}

bool derive_is_by_manager(const struct schema *schema)
{
    return listed(nsx_tables, schema);
}

const struct row *derive_next(const struct derive *d, const struct schema *schema,
                              struct view_cursor *at)
{
    struct merge_row merged;
    const struct row *r;

    while ((r = view_next(d->view, schema, at))) {
        size_t place = (size_t)(at->set - d->view->sets);
        if (!d->merged[place])
            return r;
        merge_row(&d->merges[place], at->source, r, &merged);
        if (!merged.hidden)
            return merged.row;
    }
    return NULL;
}

void derive_due(struct derive *d, int64_t when)
{
    if (when > d->view->now && (!d->due_at || when < d->due_at))
        d->due_at = when;
}

bool derive_in_window(struct derive *d, int64_t start)
{
    if (!start || d->view->now - start >= d->converge_ms)
        return false;
    derive_due(d, start + d->converge_ms);
    return true;
}

struct identity_hosts *derive_hosts(struct derive *d)
{
    const struct view_set *set = view_table(d->view, &table_hosts);
    const struct snapshot *first = set->n ? set->at[0] : NULL;

    if (d->hosts && d->hosts_of != first) {
        identity_hosts_release(d->hosts);
        d->hosts = NULL;
    }
    if (!d->hosts)
        d->hosts = identity_hosts_new(d->view, d->arena);
    d->hosts_of = first;
    return d->hosts;
}

const char *derive_lower(struct derive *d, const char *s)
{
    char *copy = arena_strdup(d->arena, s);

    for (char *c = copy; c && *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return copy;
}

const char *derive_of_manager(struct derive *d, unsigned manager)
{
    const struct config_site *site = d->view->site;
    bool others = false;

    for (size_t i = 0; i < site->nendpoints; i++) {
        const struct config_endpoint *e = site->endpoints[i];
        others |=
            e->kind & (KIND_NSX | KIND_VMC) && identity_manager(d->managers, e->name) != manager;
    }
    return others && manager < site->nendpoints
               ? arena_printf(d->arena, " of %s", site->endpoints[manager]->name)
               : "";
}

struct identity_edges *derive_edges(struct derive *d)
{
    if (!d->edges)
        d->edges = identity_edges_new(d->view, d->arena);
    return d->edges;
}

/* ---- snapshots ------------------------------------------------------------------------------ */

struct making {
    struct derive *d;
    const struct derive_work *work;
    const struct merge *merge;
    struct snapshot *const *prevs;
    size_t source;
    int via; /* column, or -1 */
};

static void copy_cells(struct table_builder *b, const struct row *row, unsigned flags)
{
    const struct schema *schema = builder_schema(b);

    for (unsigned i = SCHEMA_ENDPOINT + 1; i < schema->ncolumns; i++) {
        if (row->cells[i].type != CELL_ABSENT && (schema->columns[i].flags & flags) == flags)
            builder_cell(b, i, &row->cells[i]);
    }
}

static void set_via(const struct making *m, struct table_builder *b, const struct merge_row *row)
{
    if (m->via < 0 || row->nvia < 2)
        return;
    builder_list_empty(b, (unsigned)m->via);
    for (size_t i = 0; i < row->nvia; i++)
        builder_list_add(b, (unsigned)m->via, row->via[i]);
}

/* What the row was in the last update, wherever it had its home then. */
static const struct row *find_before(const struct making *m, const struct row *r)
{
    const struct merge *merge = m->merge;
    const struct row *before = NULL;

    for (size_t i = 0; !before && i < merge->n; i++) {
        if (merge->groups[i] == merge->groups[m->source] && m->prevs[i])
            before = snapshot_find(m->prevs[i], r->key);
    }
    return before;
}

/* Rows that are only remembered keep the derived cells that they had when they were read. */
static void add_row(const struct making *m, struct table_builder *b, const struct merge_row *row)
{
    bool good = view_is_good(m->merge->sources[m->source]);
    const struct row *before = good ? NULL : find_before(m, row->row);

    builder_row_like(b, row->from, row->row);
    if (before)
        copy_cells(b, before, COL_DERIVED);
    if (good && m->work->t && m->work->t->row)
        m->work->t->row(m->d, m->work->facts, b, row->row);
    if (!good && m->work->t && m->work->t->remembered)
        m->work->t->remembered(m->d, m->work->facts, b, row->row, row->from);
    set_via(m, b, row);
}

static bool is_hidden(const struct making *m, const struct snapshot *s, const struct row *r)
{
    const struct derive_table *t = m->work->t;

    return t && t->hidden && t->hidden(m->work->facts, s, r);
}

static void add_rows(const struct making *m, struct table_builder *b)
{
    const struct snapshot *s = m->merge->sources[m->source];
    struct merge_row merged;

    for (size_t k = 0; k < snapshot_count(s); k++) {
        if (is_hidden(m, s, snapshot_row(s, k)))
            continue;
        merge_row(m->merge, m->source, snapshot_row(s, k), &merged);
        if (!merged.hidden)
            add_row(m, b, &merged);
    }
}

/* Rows that the join made stay with the rows they were made from. */
static void keep_made_rows(const struct making *m, struct table_builder *b)
{
    const struct snapshot *s = m->merge->sources[m->source], *prev = m->prevs[m->source];

    for (size_t i = 0; i < m->merge->n; i++) {
        if (view_is_good(m->merge->sources[i]))
            return;
    }
    for (size_t k = 0; prev && k < snapshot_count(prev); k++) {
        const struct row *r = snapshot_row(prev, k);
        if (snapshot_find(s, r->key))
            continue;
        builder_row(b);
        copy_cells(b, r, 0);
    }
}

static void fill(const struct making *m, struct table_builder *b)
{
    const struct derive_table *t = m->work->t;

    add_rows(m, b);
    if (!t || !t->extra)
        return;
    if (view_is_good(m->merge->sources[m->source]))
        t->extra(m->d, m->work->facts, b, m->source);
    else
        keep_made_rows(m, b);
}

static void prepare(struct derive *d, struct derive_work *w)
{
    if (!w->ready && w->t && w->t->prepare)
        w->facts = w->t->prepare(d);
    w->ready = true;
}

struct snapshot *derive_source(struct derive *d, struct derive_work *w, const struct schema *schema,
                               size_t i, struct snapshot *const *prevs, uint64_t hash)
{
    const struct merge *merge = &d->merges[view_place(schema)];
    const struct snapshot *s = merge->sources[i];
    struct making m = {d, w, merge, prevs, i, schema_column(schema, "via")};
    struct table_builder *b = builder_new(schema, snapshot_site(s), snapshot_endpoint(s), prevs[i]);

    if (!builder_block(b, hash)) {
        prepare(d, w);
        fill(&m, b);
    }
    if (*snapshot_note(s))
        builder_note(b, "%s", snapshot_note(s));
    return builder_finish(b, snapshot_taken_at(s), snapshot_freshness(s), snapshot_err(s));
}

void derive_end(struct derive *d, struct derive_work *w)
{
    if (!w->ready || !w->t)
        return;
    if (w->t->finish)
        w->t->finish(d, w->facts);
    if (w->t->release)
        w->t->release(w->facts);
}
