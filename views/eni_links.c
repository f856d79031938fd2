#include "views/eni_links.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/text.h"
#include "model/tables.h"
#include "views/route_tables.h"

/* ---- stations -----------------------------------------------------------------------------------
 */

bool link_serves(const struct view_input *in, const struct link_group *g,
                 const struct rows_item *gateway)
{
    const char *id = row_str(gateway->row, GATEWAYS_TRAFFIC_GROUP);

    return !g->name || !id ||
           text_equal_nocase(look_group(in, snapshot_site(gateway->snapshot), id), g->name);
}

/* The row of the gateway whose edge is active for the group. */
static void find_edge(const struct view_input *in, const char *site, struct link_group *g)
{
    struct rows_item row;
    size_t i = 0;
    int64_t wanted = look_edge_tier(in, site), tier;

    while (look_next(in, &table_gateways, site, &i, &row)) {
        if (!row_int(row.row, GATEWAYS_TIER, &tier) || tier != wanted ||
            !link_serves(in, g, &row) || !look_is(row.row, GATEWAYS_HA_STATUS, "active"))
            continue;
        g->gateway = row;
        (void)look_find(in, &table_edges, site, EDGES_EDGE_ID, row_str(row.row, GATEWAYS_EDGE_ID),
                        &g->edge);
        return;
    }
}

static bool find(const struct view_input *in, const struct schema *schema, const char *site,
                 unsigned col, const char *text, struct rows_item *out)
{
    struct rows_item found;

    if (!look_find(in, schema, site, col, text, &found))
        return false;
    *out = found;
    return true;
}

static void add_group(const struct view_input *in, struct link *l, const char *name,
                      const char *eni)
{
    struct link_group *g = &l->groups[l->ngroups];

    if (l->ngroups == GROUPS_MAX)
        return;
    l->ngroups++;
    *g = (struct link_group){.name = name, .eni_id = eni};
    if (find(in, &table_enis, l->site, ENIS_ENI, eni, &g->eni))
        (void)find(in, &table_hosts, l->site, HOSTS_HOST, row_str(g->eni.row, ENIS_HOST), &g->host);
    find_edge(in, l->site, g);
    if (!g->edge.row)
        g->edge = (struct rows_item){0};
    else if (!g->host.row)
        (void)find(in, &table_hosts, l->site, HOSTS_HOST, row_str(g->edge.row, EDGES_HOST),
                   &g->host);
}

bool link_hosts_differ(const struct link_group *g)
{
    const char *edge = g->edge.row ? row_str(g->edge.row, EDGES_HOST) : NULL;
    const char *eni = g->eni.row ? row_str(g->eni.row, ENIS_HOST) : NULL;

    return edge && eni && strcmp(edge, eni) != 0;
}

/* ---- how bad ------------------------------------------------------------------------------------
 */

static enum severity worse(enum severity a, enum severity b)
{
    return a > b ? a : b;
}

static enum severity judge_group(const struct link_group *g)
{
    enum severity s = SEV_OK;

    if (!g->eni_id)
        s = worse(s, SEV_CRITICAL);
    else if (!g->eni.row)
        s = worse(s, SEV_UNKNOWN);
    if (link_hosts_differ(g))
        s = worse(s, SEV_WARNING);
    if (g->host.row)
        s = worse(
            s, cell_severity(&table_hosts.columns[HOSTS_STATE], &g->host.row->cells[HOSTS_STATE]));
    return s;
}

static int table_order(const void *x, const void *y)
{
    const struct route_table *a = x, *b = y;
    int c = (int)b->main - (int)a->main;

    if (!c)
        c = (int)b->worst - (int)a->worst;
    return c ? c : strcmp(a->id, b->id);
}

static void add_table(const struct view_input *in, struct link *l, const struct route_table *t)
{
    if (l->ntables == l->cap) {
        struct route_table *more;
        l->cap = l->cap ? 2 * l->cap : 8;
        more = arena_alloc(in->arena, l->cap * sizeof(*more));
        if (l->ntables)
            memcpy(more, l->tables, l->ntables * sizeof(*more));
        l->tables = more;
    }
    l->tables[l->ntables++] = *t;
    l->nbad += t->worst != ROUTE_OK;
}

static enum severity judge_tables(const struct view_input *in, struct link *l)
{
    struct route_tables_walk w = {0, 0};
    struct route_table t;
    enum severity s = SEV_OK;

    while (route_tables_next(in, l->site, &w, &t)) {
        if (!look_same(t.vpc, l->vpc) || !t.judged)
            continue;
        add_table(in, l, &t);
        if (t.worst != ROUTE_OK)
            s = worse(s, t.worst == ROUTE_CONVERGING ? SEV_WARNING : SEV_CRITICAL);
    }
    if (l->ntables)
        qsort(l->tables, l->ntables, sizeof(*l->tables), table_order);
    return s;
}

static void judge(const struct view_input *in, struct link *l)
{
    static const struct schema *const read[] = {&table_enis, &table_routes, &table_linked_vpcs};

    l->worst = judge_tables(in, l);
    for (size_t i = 0; i < l->ngroups; i++)
        l->worst = worse(l->worst, judge_group(&l->groups[i]));
    for (size_t i = 0; i < sizeof(read) / sizeof(*read); i++) {
        enum freshness f = look_source(in, read[i], l->site).worst;
        if (f != FRESH_OK && f != FRESH_UNSUPPORTED)
            l->worst = worse(l->worst, SEV_UNKNOWN);
    }
}

/* ---- links --------------------------------------------------------------------------------------
 */

/* Items are GROUP=ENI; a group's name may hold '=', an ENI's id does not. */
static void add_groups(const struct view_input *in, struct link *l, const struct row *r)
{
    const struct cell_list *groups = row_list(r, LINKED_VPCS_TRAFFIC_GROUPS);
    const struct cell_list *active = row_list(r, LINKED_VPCS_ACTIVE_ENIS);

    for (size_t i = 0; groups && i < groups->n; i++) {
        const char *item = groups->items[i], *eq = strrchr(item, '=');
        if (!eq)
            continue;
        add_group(in, l,
                  /* with one group there is nothing to tell apart */
                  groups->n > 1 ? arena_strndup(in->arena, item, (size_t)(eq - item)) : NULL,
                  eq[1] ? eq + 1 : NULL);
    }
    for (size_t i = 0; !l->ngroups && active && i < active->n; i++)
        add_group(in, l, NULL, active->items[i]);
}

/* Without NSX's word: the ENIs that the main table's routes lead to. */
static void add_by_routes(const struct view_input *in, struct link *l)
{
    struct rows_item row;
    size_t i = 0;

    while (!l->ngroups && look_next(in, &table_enis, l->site, &i, &row))
        if (look_is(row.row, ENIS_ROLE, "active") && look_same(row_str(row.row, ENIS_VPC), l->vpc))
            add_group(in, l, NULL, row_str(row.row, ENIS_ENI));
    if (!l->ngroups)
        add_group(in, l, NULL, NULL);
}

static struct link *begin(struct link *out, size_t *n, size_t max, const char *site,
                          const char *vpc)
{
    if (*n == max)
        return NULL;
    out[*n] = (struct link){.site = site, .vpc = vpc};
    return &out[(*n)++];
}

static size_t add_linked(const struct view_input *in, const char *site, struct link *out, size_t n,
                         size_t max)
{
    struct rows_item row;
    struct link *l;
    size_t i = 0;

    while (look_next(in, &table_linked_vpcs, site, &i, &row)) {
        l = begin(out, &n, max, site, row_str(row.row, LINKED_VPCS_VPC));
        if (!l)
            break;
        l->row = row;
        l->mode = row_str(row.row, LINKED_VPCS_MODE);
        add_groups(in, l, row.row);
        add_by_routes(in, l);
        judge(in, l);
    }
    return n;
}

/* Only AWS is known: one link per VPC that has an active ENI. */
static size_t add_aws_alone(const struct view_input *in, const char *site, struct link *out,
                            size_t n, size_t max)
{
    struct rows_item row;
    size_t i = 0, first = n;

    while (look_next(in, &table_enis, site, &i, &row)) {
        const char *vpc = row_str(row.row, ENIS_VPC);
        bool known = false;
        for (size_t k = first; k < n; k++)
            known = known || look_same(out[k].vpc, vpc);
        if (known || look_is(row.row, ENIS_ROLE, "foreign"))
            continue;
        struct link *l = begin(out, &n, max, site, vpc);
        if (!l)
            break;
        add_by_routes(in, l);
        judge(in, l);
    }
    return n;
}

size_t eni_links(const struct view_input *in, struct link *out, size_t max)
{
    const char *site;
    size_t i = 0, n = 0;

    while ((site = look_site_next(in, &i))) {
        size_t before = n;
        n = add_linked(in, site, out, n, max);
        if (n == before)
            n = add_aws_alone(in, site, out, n, max);
    }
    return n;
}
