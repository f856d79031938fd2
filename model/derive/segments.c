/*
 * segments: does the linked VPC's main route table lead to the segment? By a route of its own, by
 * one for a larger block, or by an entry of the prefix list that the main table has a route for.
 * "No" is said of what VMC has to route there alone: IPv4 networks below the compute gateway.
 */
#include "model/derive/facts.h"

#include "core/arena.h"
#include "core/map.h"

#include <limits.h>
#include <string.h>

/* The networks of one path. */
struct net_chain {
    size_t net;
    struct net_chain *next;
};

struct segments_join {
    const struct sddc_nets *nets;
    struct map *by_path;     /* -> struct net_chain */
    bool *covered;           /* by index of nets */
    unsigned char *measured; /* the same: a main table that should have it was read whole */
    unsigned char *hidden; /* the same: a prefix list may have it, but its entries are not known */
    struct map *bridges;   /* switch -> struct bridge_chain */
};

struct bridge_chain {
    const struct row *row; /* of bridges */
    struct bridge_chain *next;
};

static void cover(const struct segments_join *j, const struct ip *block, unsigned manager)
{
    for (size_t i = 0; i < j->nets->n; i++) {
        if (j->nets->nets[i].manager == manager && ip_contains(block, &j->nets->nets[i].net))
            j->covered[i] = true;
    }
}

static void cover_list(struct derive *d, const struct segments_join *j, const char *list,
                       unsigned manager)
{
    const struct row *r = view_find(d->view, &table_prefix_lists, list);
    const struct cell_list *entries = r ? row_list(r, PREFIX_LISTS_ENTRIES) : NULL;
    struct ip ip;

    for (size_t i = 0; !entries && i < j->nets->n; i++)
        j->hidden[i] |= j->nets->nets[i].manager == manager;
    for (size_t i = 0; entries && i < entries->n; i++) {
        if (ip_parse(entries->items[i], &ip) == 0)
            cover(j, &ip, manager);
    }
}

/* One lookup per route of a main table: only the nets at or around its address are marked. */
static void cover_block(const struct segments_join *j, const struct ip *block, unsigned manager)
{
    size_t i;

    switch (nets_match(j->nets, block, manager, &i)) {
    case NET_EXACT:
    case NET_AROUND:
        for (; i < j->nets->n && ip_contains(block, &j->nets->nets[i].net); i++)
            j->covered[i] = j->covered[i] || j->nets->nets[i].manager == manager;
        break;
    case NET_NONE:
    case NET_INSIDE:
        break;
    }
}

static void read_route(struct derive *d, const struct segments_join *j, const struct vpc_facts *v,
                       const struct row *r)
{
    const struct ip *dest = row_ip(r, ROUTES_DESTINATION);
    const char *list = row_str(r, ROUTES_PREFIX_LIST);
    size_t net;
    enum route_kind kind = route_kind(d, v, r, &net);

    if (!row_present(r, ROUTES_TARGET) || kind == ROUTE_OTHER || kind == ROUTE_UNKNOWN_NET)
        return; /* made by the join, or not the SDDC's */
    for (size_t i = 0; i < v->nlinks; i++) {
        if (dest)
            cover_block(j, dest, v->links[i]->manager);
        else
            cover_list(d, j, list ? list : row_str(r, ROUTES_DESTINATION), v->links[i]->manager);
    }
}

static void measure(const struct segments_join *j, const struct vpc_facts *v)
{
    for (size_t i = 0; i < j->nets->n; i++) {
        for (size_t k = 0; k < v->nlinks; k++)
            j->measured[i] |= j->nets->nets[i].manager == v->links[k]->manager;
    }
}

static void index_paths(struct derive *d, struct segments_join *j)
{
    j->by_path = map_new();
    for (size_t i = 0; i < j->nets->n; i++) {
        struct net_chain *c;
        if (!j->nets->nets[i].path)
            continue;
        c = arena_alloc(d->arena, sizeof(*c));
        c->net = i;
        c->next = map_put(j->by_path, j->nets->nets[i].path, c);
    }
}

static void release(void *facts)
{
    map_free(((struct segments_join *)facts)->by_path, NULL);
    map_free(((struct segments_join *)facts)->bridges, NULL);
}

static void index_bridges(struct derive *d, struct segments_join *j)
{
    struct view_cursor at = {0};
    const struct row *r;

    j->bridges = map_new();
    while ((r = derive_next(d, &table_bridges, &at))) {
        const char *uuid = derive_lower(d, row_str(r, BRIDGES_SWITCH_ID));
        struct bridge_chain *c;

        if (!uuid)
            continue;
        c = arena_alloc(d->arena, sizeof(*c));
        c->row = r;
        c->next = map_put(j->bridges, uuid, c);
    }
}

/* What its edges say; and which VLAN, when NSX Manager names no bridge of it. */
static void set_bridge(struct derive *d, const struct segments_join *j, struct table_builder *b,
                       const struct row *r)
{
    const char *uuid =
        map_count(j->bridges) ? derive_lower(d, row_str(r, SEGMENTS_SWITCH_ID)) : NULL;

    for (const struct bridge_chain *c = uuid ? map_get(j->bridges, uuid) : NULL; c; c = c->next) {
        const char *edge = row_str(c->row, BRIDGES_EDGE), *vlan = row_str(c->row, BRIDGES_VLAN);
        const char *state = row_str(c->row, BRIDGES_HA_STATE);

        builder_list_add(b, SEGMENTS_BRIDGE_EDGES,
                         arena_printf(d->arena, "%s=%s",
                                      edge ? edge : row_str(c->row, BRIDGES_HOST),
                                      state ? state : "unknown"));
        if (!row_present(r, SEGMENTS_BRIDGE) && vlan)
            builder_str(b, SEGMENTS_BRIDGE,
                        arena_printf(d->arena, "vlan %s (as its edge says)", vlan));
    }
}

static void read_main_tables(struct derive *d, struct segments_join *j)
{
    struct route_facts *f = derive_routes(d);
    struct view_cursor at = {0};
    const char *last = NULL;
    const struct row *r;

    while ((r = derive_next(d, &table_routes, &at))) {
        const char *table = row_str(r, ROUTES_ROUTE_TABLE);
        const struct vpc_facts *v = vpc_find(f, row_str(r, ROUTES_VPC));
        if (!v || !view_same_text(v->main_table, table))
            continue;
        if (!view_same_text(table, last) && snapshot_freshness(at.snapshot) == FRESH_OK)
            measure(j, v);
        last = table;
        read_route(d, j, v, r);
    }
}

static void *prepare(struct derive *d)
{
    struct segments_join *j = arena_alloc(d->arena, sizeof(*j));

    j->nets = derive_nets(d);
    j->covered = arena_alloc(d->arena, j->nets->n + 1);
    j->measured = arena_alloc(d->arena, j->nets->n + 1);
    j->hidden = arena_alloc(d->arena, j->nets->n + 1);
    index_paths(d, j);
    index_bridges(d, j);
    read_main_tables(d, j);
    return j;
}

/* Every network that VMC must route has to be there; ABSENT when one cannot be told, or when there
 * is none and none is there. */
static void set_in_main_table(const struct segments_join *j, struct table_builder *b,
                              const char *path, unsigned manager)
{
    size_t covered = 0, missing = 0;

    for (const struct net_chain *c = path ? map_get(j->by_path, path) : NULL; c; c = c->next) {
        const struct sddc_net *net = &j->nets->nets[c->net];

        if (net->manager != manager)
            continue;
        if (!j->measured[c->net] || (!j->covered[c->net] && j->hidden[c->net]))
            return;
        covered += j->covered[c->net];
        missing += !j->covered[c->net] && net->routed && net->net.family == 4;
    }
    if (covered || missing)
        builder_bool(b, SEGMENTS_IN_MAIN_TABLE, !missing);
}

static void row(struct derive *d, void *facts, struct table_builder *b, const struct row *r)
{
    const struct segments_join *j = facts;
    const char *path = row_str(r, SEGMENTS_PATH), *type = row_str(r, SEGMENTS_TYPE);
    unsigned manager = identity_manager(d->managers, row_str(r, SCHEMA_ENDPOINT));

    set_bridge(d, j, b, r);
    if (!type || strcmp(type, "routed") != 0)
        return; /* nobody expects it there */
    set_in_main_table(j, b, path, manager);
}

static const struct schema *const inputs[] = {
    &table_routes, &table_linked_vpcs, &table_prefix_lists, &table_sddcs,
    &table_enis,   &table_hosts,       &table_bridges,      NULL};

const struct derive_table derive_segments_table = {.schema = &table_segments,
                                                   .inputs = inputs,
                                                   .prepare = prepare,
                                                   .row = row,
                                                   .release = release};
