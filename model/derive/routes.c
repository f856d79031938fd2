/*
 * routes: is every route of the SDDC where the active edge is?
 *
 *  expected_target  NSX's active ENI. With several traffic groups it is known for VMC's prefix list
 *                   (the default group), for what the main table leads to one of the active ENIs,
 *                   and else for a route that leads to one of them already. With only aws
 *                   endpoints: the ENI of the main table, and where that leads to several SDDCs the
 *                   one it has for the same network.
 *  verdict          blackhole: AWS says so. unmanaged: to the SDDC's ENI, but NSX has no such
 *                   network. ok: leads to the expected ENI. Otherwise converging while a failover
 *                   may still be under way, and stale after that. missing: see below.
 *
 * Converging: for the converge time since NSX named another ENI, or since the disagreement was seen
 * to begin, whichever is later; but what was late already stays stale whatever NSX names next,
 * until it leads to the right ENI. One that was there when hycon first looked began nobody knows
 * when: it is given the time from now on while the main table is mixed or lags behind NSX, because
 * then a failover is under way; when main table and NSX agree, it is late at once. A custom table
 * that never followed is the outage nobody else reports.
 *
 * Missing rows are made for tables that VMC keeps, one per routed network (or prefix list of VMC)
 * without a route, when the link, the segments and the table were all read. While the mode of the
 * link is pending none are made, and nothing is called stale.
 */
#include "model/derive/facts.h"

#include "core/arena.h"
#include "core/map.h"
#include "core/mem.h"
#include "core/text.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Names in derive.watch: the routes of a table were judged, and what it lacks. */
#define ROUTES_SEEN "table"
#define GAPS_SEEN   "gaps of table"

struct kept_table {
    const char *id;
    struct vpc_facts *vpc;
    const struct link *link; /* of the SDDC that misses something: several may share a VPC */
    const struct row *any;   /* a route of the table: its name, subnets */
    size_t source;           /* endpoint that has its rows */
    bool *covered;           /* by index of nets */
    bool *lists;             /* by index of the link's prefix lists */
};

struct routes_join {
    struct route_facts *facts;
    const struct sddc_nets *nets;
    struct kept_table *tables;
    size_t ntables, cap;
    struct map *main; /* "vpc destination" -> target in the main table, where that may differ */
};

/* ---- missing routes -----------------------------------------------------------------------------
 */

static bool may_miss(struct derive *d, const struct vpc_facts *v, const struct link *l,
                     const char *table)
{
    if (!l->active || !l->active->n ||
        (!view_same_text(v->main_table, table) && !view_list_has(l->tables, table)))
        return false;
    if (l->mode == LINK_CIDR)
        return derive_nets(d)->complete;
    return l->mode == LINK_PREFIX_LIST;
}

static void add_table(struct derive *d, struct routes_join *j, const struct kept_table *like)
{
    const struct cell_list *lists = like->link->prefix_lists;
    struct kept_table *t;

    j->tables = mem_grow(j->tables, j->ntables, &j->cap, sizeof(*j->tables));
    t = &j->tables[j->ntables++];
    *t = *like;
    t->covered = arena_alloc(d->arena, j->nets->n + 1);
    t->lists = arena_alloc(d->arena, (lists ? lists->n : 0) + 1);
}

/* Once for each SDDC that keeps the table. */
static void add_tables(struct derive *d, struct routes_join *j, struct kept_table like)
{
    for (size_t i = 0; like.vpc && i < like.vpc->nlinks; i++) {
        like.link = like.vpc->links[i];
        if (may_miss(d, like.vpc, like.link, like.id))
            add_table(d, j, &like);
    }
}

/* A route of the SDDC for a block that contains networks stands for all of them. */
static void cover_nets(struct routes_join *j, struct kept_table *t, const struct ip *dest)
{
    size_t net;

    switch (nets_match(j->nets, dest, t->link->manager, &net)) {
    case NET_EXACT:
        t->covered[net] = true;
        /* fall through: a larger block may begin at the same address */
    case NET_AROUND:
        for (; net < j->nets->n; net++) {
            if (ip_contains(dest, &j->nets->nets[net].net))
                t->covered[net] = true;
            else if (!ip_overlaps(dest, &j->nets->nets[net].net))
                break;
        }
        break;
    case NET_NONE:
    case NET_INSIDE:
        break;
    }
}

static void cover(struct derive *d, struct routes_join *j, struct kept_table *t,
                  const struct row *r)
{
    const struct cell_list *lists = t->link->prefix_lists;
    const struct ip *dest = row_ip(r, ROUTES_DESTINATION);
    const char *pl = row_str(r, ROUTES_PREFIX_LIST);
    size_t net;

    if (!pl)
        pl = row_str(r, ROUTES_DESTINATION);
    for (size_t i = 0; lists && pl && i < lists->n; i++)
        t->lists[i] = t->lists[i] || strcmp(lists->items[i], pl) == 0;
    if (dest && route_kind(d, t->vpc, r, &net) == ROUTE_SDDC)
        cover_nets(j, t, dest);
}

static void find_kept_tables(struct derive *d, struct routes_join *j)
{
    struct view_cursor at = {0};
    const char *last = NULL;
    size_t first = 0;
    const struct row *r;

    if (!derive_links(d)->n)
        return;
    while ((r = derive_next(d, &table_routes, &at))) {
        const char *id = row_str(r, ROUTES_ROUTE_TABLE);
        if (!view_same_text(id, last)) {
            first = j->ntables;
            if (id && snapshot_freshness(at.snapshot) == FRESH_OK)
                add_tables(d, j,
                           (struct kept_table){.id = id,
                                               .vpc = map_get(j->facts->tables, id),
                                               .any = r,
                                               .source = at.source});
        }
        last = id;
        for (size_t i = first; i < j->ntables; i++)
            cover(d, j, &j->tables[i], r);
    }
}

/* ---- what the main table has for the same network ----------------------------------------------
 */

/* With one active ENI there is nothing to look up. */
static const char *main_key(struct derive *d, const struct vpc_facts *v, const struct row *r)
{
    const struct ip *dest = row_ip(r, ROUTES_DESTINATION);
    const char *list = row_str(r, ROUTES_PREFIX_LIST);
    char text[IP_TEXT_MAX];

    if (!v || v->nactive < 2 || (!dest && !list))
        return NULL;
    return arena_printf(d->arena, "%s %s", v->vpc, list ? list : ip_format_cidr(dest, text));
}

static void index_main_tables(struct derive *d, struct routes_join *j)
{
    struct view_cursor at = {0};
    const struct row *r;

    j->main = map_new();
    while ((r = derive_next(d, &table_routes, &at))) {
        const struct vpc_facts *v = vpc_find(j->facts, row_str(r, ROUTES_VPC));
        const char *target = row_str(r, ROUTES_TARGET), *key;

        if (!v || !target || !view_same_text(v->main_table, row_str(r, ROUTES_ROUTE_TABLE)))
            continue;
        key = main_key(d, v, r);
        if (key)
            map_put(j->main, key, (void *)target);
    }
}

static const char *main_target(struct derive *d, const struct routes_join *j,
                               const struct vpc_facts *v, const struct row *r)
{
    const char *key = map_count(j->main) ? main_key(d, v, r) : NULL;

    return key ? map_get(j->main, key) : NULL;
}

static void *prepare(struct derive *d)
{
    struct routes_join *j = arena_alloc(d->arena, sizeof(*j));

    j->facts = derive_routes(d);
    j->nets = derive_nets(d);
    find_kept_tables(d, j);
    index_main_tables(d, j);
    return j;
}

static void release(void *facts)
{
    struct routes_join *j = facts;

    map_free(j->main, NULL);
    free(j->tables);
}

/* ---- one route
 * ------------------------------------------------------------------------------------ */

static const struct link *link_of(const struct routes_join *j, const struct vpc_facts *v,
                                  enum route_kind kind, size_t net, const char *list)
{
    for (size_t i = 0; i < v->nlinks; i++) {
        const struct link *l = v->links[i];
        if (kind == ROUTE_PREFIX_LIST ? view_list_has(l->prefix_lists, list)
                                      : net != SIZE_MAX && l->manager == j->nets->nets[net].manager)
            return l;
    }
    return v->nlinks == 1 ? v->links[0] : NULL;
}

/* The main table leads each SDDC's networks to the active ENI in that SDDC's subnet. */
static const char *expected_by_routes(struct derive *d, const struct vpc_facts *v,
                                      const char *target, const char *main)
{
    if (v->nactive == 1)
        return v->active[0];
    if (!v->settled)
        return main && vpc_stays_active(d, v, main) ? main : NULL;
    return main && vpc_is_active(v, main) ? main : vpc_is_active(v, target) ? target : NULL;
}

/* @main: what the main table has for the same network, or NULL. */
static const char *expected(struct derive *d, const struct vpc_facts *v, const struct link *l,
                            enum route_kind kind, const char *target, const char *main)
{
    if (!v->by_nsx)
        return expected_by_routes(d, v, target, main);
    if (!l || !l->active || !l->active->n)
        return NULL;
    if (l->active->n == 1)
        return l->active->items[0];
    if (kind == ROUTE_PREFIX_LIST && link_default_eni(l))
        return link_default_eni(l);
    if (main && view_list_has(l->active, main))
        return main;
    return view_list_has(l->active, target) ? target : NULL;
}

static const char *managed(const struct vpc_facts *v, enum route_kind kind, const struct row *r)
{
    if (!v || kind == ROUTE_OTHER)
        return "customer";
    if (kind == ROUTE_PREFIX_LIST)
        return "vmc_prefix_list";
    return vpc_keeps_table(v, row_str(r, ROUTES_ROUTE_TABLE)) ? "vmc_main" : "customer";
}

/* Since when the route disagrees; 0: nobody knows. @of: what was seen of the table before. */
static int64_t disagrees_since(struct derive *d, const struct vpc_facts *v, const char *of,
                               const char *table, const char *key)
{
    bool known = watch_get(d->watch, arena_printf(d->arena, "%s %s", of, table));
    bool given = known || v->switching;

    return watch_keep(d->late, key, given ? d->view->now : 0, d->view->now)->since;
}

/* A failover gives what was in its place, or on its way there, the time it may take. What was late
 * before stays late, however often the edge moves: it follows none of them. */
static const char *late_or_not(struct derive *d, const struct vpc_facts *v, const char *of,
                               const char *table, const char *key, const char *late)
{
    int64_t since = disagrees_since(d, v, of, table, key);

    if (v->changed_at > since && v->changed_at - since < d->converge_ms)
        since = v->changed_at;
    return derive_in_window(d, since) ? "converging" : late;
}

static const char *verdict(struct derive *d, const struct vpc_facts *v, const struct link *l,
                           enum route_kind kind, const char *want, const struct row *r)
{
    const char *state = row_str(r, ROUTES_STATE), *target = row_str(r, ROUTES_TARGET);
    const char *table = row_str(r, ROUTES_ROUTE_TABLE);

    if (state && strcmp(state, "blackhole") == 0)
        return "blackhole";
    if (kind == ROUTE_UNKNOWN_NET)
        return "unmanaged";
    if (view_same_text(want, target)) {
        watch_drop(d->late, r->key);
        return "ok";
    }
    if (l && l->mode == LINK_PENDING)
        return "converging";
    if (v->silent || !v->nactive || !table)
        return NULL; /* nobody says where it should lead */
    if (!want && v->by_nsx && vpc_is_active(v, target))
        return NULL;
    return late_or_not(d, v, ROUTES_SEEN, table, r->key, "stale");
}

static void name_segment(const struct routes_join *j, struct table_builder *b, const struct row *r,
                         const struct vpc_facts *v, size_t net)
{
    const struct ip *dest = row_ip(r, ROUTES_DESTINATION);

    /* Without a link no manager is known to be the SDDC's; an equal network still has a name. */
    if (net == SIZE_MAX && dest && (!v || !v->nlinks) &&
        nets_match(j->nets, dest, UINT_MAX, &net) != NET_EXACT)
        net = SIZE_MAX;
    /* A larger block (the default route, an aggregate) is no segment's. */
    if (net != SIZE_MAX && dest && ip_contains(&j->nets->nets[net].net, dest))
        builder_str(b, ROUTES_SEGMENT, j->nets->nets[net].segment);
}

/* Mostly it is the text of the row's own target, which need not be there twice. */
static void set_expected(struct table_builder *b, const char *want, const struct row *r)
{
    struct cell *cells = builder_cells(b);

    if (cells && view_same_text(want, row_str(r, ROUTES_TARGET)))
        cells[ROUTES_EXPECTED_TARGET] = r->cells[ROUTES_TARGET];
    else
        builder_str(b, ROUTES_EXPECTED_TARGET, want);
}

static void row(struct derive *d, void *facts, struct table_builder *b, const struct row *r)
{
    struct routes_join *j = facts;
    const char *list = row_str(r, ROUTES_PREFIX_LIST), *want;
    struct vpc_facts *v = vpc_find(j->facts, row_str(r, ROUTES_VPC));
    size_t net = SIZE_MAX;
    enum route_kind kind = v ? route_kind(d, v, r, &net) : ROUTE_OTHER;
    const struct link *l;

    if (!list)
        list = row_str(r, ROUTES_DESTINATION);
    builder_state(b, ROUTES_MANAGED, managed(v, kind, r));
    name_segment(j, b, r, v, net);
    if (!v || kind == ROUTE_OTHER) {
        builder_state(b, ROUTES_VERDICT, "other");
        return;
    }
    l = link_of(j, v, kind, net, list);
    want = kind == ROUTE_UNKNOWN_NET
               ? NULL
               : expected(d, v, l, kind, row_str(r, ROUTES_TARGET), main_target(d, j, v, r));
    set_expected(b, want, r);
    builder_state(b, ROUTES_VERDICT, verdict(d, v, l, kind, want, r));
}

/* ---- rows that should be there ------------------------------------------------------------------
 */

static void begin_missing(struct table_builder *b, const struct kept_table *t)
{
    static const unsigned same[] = {ROUTES_VPC, ROUTES_ROUTE_TABLE, ROUTES_ROUTE_TABLE_NAME,
                                    ROUTES_MAIN, ROUTES_SUBNETS};

    builder_row(b);
    for (size_t i = 0; i < ARRAY_SIZE(same); i++)
        builder_cell(b, same[i], &t->any->cells[same[i]]);
}

static const char *missing_key(struct derive *d, const struct kept_table *t, const char *what)
{
    return arena_printf(d->arena, "missing %s %s", t->id, what);
}

static void end_missing(struct derive *d, struct table_builder *b, const struct kept_table *t,
                        const char *destination, const char *want)
{
    const char *key = missing_key(d, t, destination);

    builder_str(b, ROUTES_EXPECTED_TARGET, want);
    builder_state(b, ROUTES_VERDICT, late_or_not(d, t->vpc, GAPS_SEEN, t->id, key, "missing"));
}

static void miss_net(struct derive *d, struct table_builder *b, const struct kept_table *t,
                     const struct sddc_net *net, bool covered)
{
    const struct link *l = t->link;
    char text[IP_TEXT_MAX];

    ip_format_cidr(&net->net, text);
    if (covered) {
        watch_drop(d->late, missing_key(d, t, text));
        return;
    }
    begin_missing(b, t);
    builder_ip(b, ROUTES_DESTINATION, text);
    builder_str(b, ROUTES_SEGMENT, net->segment);
    builder_state(b, ROUTES_MANAGED, "vmc_main");
    end_missing(d, b, t, text, l->active->n == 1 ? l->active->items[0] : NULL);
}

static void miss_list(struct derive *d, struct table_builder *b, const struct kept_table *t,
                      const char *list)
{
    begin_missing(b, t);
    builder_ip(b, ROUTES_DESTINATION, list);
    builder_str(b, ROUTES_PREFIX_LIST, list);
    builder_state(b, ROUTES_MANAGED, "vmc_prefix_list");
    end_missing(d, b, t, list, link_default_eni(t->link));
}

static void miss_in_table(struct derive *d, struct routes_join *j, struct table_builder *b,
                          const struct kept_table *t)
{
    const struct link *l = t->link;

    for (size_t i = 0; l->mode == LINK_CIDR && i < j->nets->n; i++) {
        const struct sddc_net *net = &j->nets->nets[i];
        if (net->routed && net->manager == l->manager && net->net.family == 4)
            miss_net(d, b, t, net, t->covered[i]);
    }
    for (size_t i = 0; l->mode == LINK_PREFIX_LIST && l->prefix_lists && i < l->prefix_lists->n;
         i++) {
        if (!t->lists[i])
            miss_list(d, b, t, l->prefix_lists->items[i]);
        else
            watch_drop(d->late, missing_key(d, t, l->prefix_lists->items[i]));
    }
}

static void extra(struct derive *d, void *facts, struct table_builder *b, size_t i)
{
    struct routes_join *j = facts;

    for (size_t k = 0; k < j->ntables; k++) {
        if (j->tables[k].source == i)
            miss_in_table(d, j, b, &j->tables[k]);
    }
}

/* From now on the tables are known: what disagrees later was seen to begin. While the console
 * starts they come before what they are measured by; that is no look at them yet. */
static void finish(struct derive *d, void *facts)
{
    struct routes_join *j = facts;
    const char *key;
    size_t i = 0;
    void *vpc;

    while (map_at(j->facts->tables, &i, &key, &vpc)) {
        if (!((struct vpc_facts *)vpc)->silent)
            watch_keep(d->watch, arena_printf(d->arena, ROUTES_SEEN " %s", key), 0, d->view->now);
    }
    for (size_t k = 0; k < j->ntables; k++)
        watch_keep(d->watch, arena_printf(d->arena, GAPS_SEEN " %s", j->tables[k].id), 0,
                   d->view->now);
    watch_forget_old(d->watch, d->view->now);
    watch_forget_old(d->late, d->view->now);
}

static const struct schema *const inputs[] = {&table_enis,  &table_linked_vpcs, &table_segments,
                                              &table_sddcs, &table_hosts,       NULL};

const struct derive_table derive_routes_table = {
    .schema = &table_routes,
    .inputs = inputs,
    .prepare = prepare,
    .row = row,
    .extra = extra,
    .finish = finish,
    .release = release,
};
