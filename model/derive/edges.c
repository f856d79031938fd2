/*
 * edges: the host an edge runs on, what it is for the gateways, since when it has its status.
 *
 * On VMC NSX may not list the VMs of its edges. Then the host of the edge that is active for a
 * traffic group follows from the link: NSX names the ENI of the active edge's host for each group.
 * That is the weaker join (it lags behind an edge that has just moved), so it is used only when the
 * stronger one has no answer, host_join begins with EDGES_JOIN_BY_ENI, and checks that compare the
 * edge's host with the active ENI must not take it for evidence.
 */
#include "model/derive/facts.h"

#include "core/arena.h"
#include "core/map.h"

#include <string.h>

struct edges_join {
    struct map *roles; /* edge id -> struct edge_role, a list in the order of gateways */
    struct map *said;  /* edge id -> row of edge_status */
};

struct edge_role {
    const struct row *gateway; /* row of gateways */
    int64_t read_at;
    unsigned manager;
    struct edge_role *next, *last; /* last: of the list, known to its first */
};

static void add_role(struct edges_join *j, const char *id, struct edge_role *role)
{
    struct edge_role *first = map_get(j->roles, id);

    if (first) {
        first->last->next = role;
        first->last = role;
    } else {
        role->last = role;
        map_put(j->roles, id, role);
    }
}

static void *prepare(struct derive *d)
{
    struct edges_join *j = arena_alloc(d->arena, sizeof(*j));
    struct view_cursor at = {0};
    const struct row *r;

    j->roles = map_new();
    j->said = map_new();
    while ((r = derive_next(d, &table_edge_status, &at))) {
        struct identity_edge e = identity_edge_at(derive_edges(d), row_str(r, SCHEMA_ENDPOINT),
                                                  row_str(r, EDGE_STATUS_HOST));
        if (e.id)
            map_put(j->said, e.id, (void *)r);
    }
    at = (struct view_cursor){0};
    while ((r = derive_next(d, &table_gateways, &at))) {
        const char *id = row_str(r, GATEWAYS_EDGE_ID);
        struct edge_role *role;
        if (!id)
            continue;
        role = arena_alloc(d->arena, sizeof(*role));
        role->gateway = r;
        role->read_at = snapshot_taken_at(at.snapshot);
        role->manager = identity_manager(d->managers, snapshot_endpoint(at.snapshot));
        add_role(j, id, role);
    }
    return j;
}

static void release(void *facts)
{
    map_free(((struct edges_join *)facts)->roles, NULL);
    map_free(((struct edges_join *)facts)->said, NULL);
}

static bool is_active(const struct edge_role *role)
{
    const char *status = row_str(role->gateway, GATEWAYS_HA_STATUS);

    return status && strcmp(status, "active") == 0;
}

/* Is it certain that the ENI is that of the edge's host? Not when the edge took over after NSX last
 * named another ENI, and not when NSX did so after the gateways were read. When the ENI was named
 * between two reads of the gateways that differ, both are of one failover. */
static bool out_of_step(struct derive *d, const struct edge_role *role, const struct link *l,
                        const char *group)
{
    const char *key = link_since_key(d, l, group);
    const char *site = d->view->site->name;
    struct since_record edge, eni = {0};

    if (since_find(d->since, site, "link", key, &eni) && eni.at > role->read_at)
        return true;
    if (!since_find(d->since, site, "gateway", role->gateway->key, &edge) || !edge.at)
        return false;
    return eni.at < (edge.before_seen ? edge.before_seen : edge.at);
}

static struct identity_match by_eni(struct derive *d, const struct edge_role *role)
{
    const struct link_facts *links = derive_links(d);
    struct identity_match none = {NULL, NULL, NULL};

    for (size_t i = 0; i < links->n; i++) {
        const struct link *l = &links->links[i];
        const char *group = row_str(role->gateway, GATEWAYS_TRAFFIC_GROUP);
        const char *eni = l->manager == role->manager ? link_eni_of(l, group) : NULL;
        if (!eni && l->manager == role->manager && l->active && l->active->n == 1)
            eni = l->active->items[0];
        if (!eni || out_of_step(d, role, l, link_group_of(d, l, eni)))
            continue;
        struct identity_match m = identity_eni_host(derive_hosts(d), eni);
        if (m.row)
            return m;
    }
    return none;
}

static void set_host(struct derive *d, struct table_builder *b, const struct row *r,
                     const struct edge_role *roles)
{
    struct identity_match m = identity_edge_host(derive_hosts(d), r), weak = {NULL, NULL, NULL};

    for (; !m.host && !weak.host && roles; roles = roles->next) {
        if (is_active(roles))
            weak = by_eni(d, roles);
    }
    builder_str(b, EDGES_HOST, m.host ? m.host : weak.host);
    builder_str(b, EDGES_HOST_JOIN,
                weak.host ? arena_printf(d->arena, "%s (%s)", EDGES_JOIN_BY_ENI, m.join) : m.join);
}

/* The host of an edge that is down is often not told any more: then the last one is what matters.
 */
static void set_last_host(struct derive *d, struct table_builder *b, const struct row *r)
{
    const struct cell *host = builder_peek(b, EDGES_HOST);
    struct since_record s;

    if (host->type == CELL_STR)
        builder_str(b, EDGES_LAST_HOST, host->u.s);
    else if (since_find(d->since, d->view->site->name, "edge_host", r->key, &s))
        builder_str(b, EDGES_LAST_HOST, s.state);
}

static void set_roles(struct derive *d, struct table_builder *b, const struct edge_role *roles)
{
    for (; roles; roles = roles->next) {
        const char *gateway = row_str(roles->gateway, GATEWAYS_GATEWAY);
        const char *status = row_str(roles->gateway, GATEWAYS_HA_STATUS);
        if (gateway && status)
            builder_list_add(b, EDGES_ROLES, arena_printf(d->arena, "%s=%s", gateway, status));
    }
}

static void row(struct derive *d, void *facts, struct table_builder *b, const struct row *r)
{
    const struct edges_join *j = facts;
    const char *id = row_str(r, EDGES_EDGE_ID);
    const struct edge_role *roles = id ? map_get(j->roles, id) : NULL;
    const struct row *said = id ? map_get(j->said, id) : NULL;
    struct since_record s;

    if (said)
        builder_state(b, EDGES_EDGE_SAYS, row_str(said, EDGE_STATUS_STATUS));
    set_host(d, b, r, roles);
    set_last_host(d, b, r);
    set_roles(d, b, roles);
    /* NSX may say itself since when; what hycon saw fills the gap. */
    if (!row_present(r, EDGES_SINCE_AT) &&
        since_find(d->since, d->view->site->name, "edge", r->key, &s) && s.at &&
        view_same_text(s.state, row_str(r, EDGES_STATUS)))
        builder_int(b, EDGES_SINCE_AT, s.at);
}

static const struct schema *const inputs[] = {
    &table_nsx_vms,  &table_nsx_nodes,   &table_hosts,       &table_vms,
    &table_gateways, &table_linked_vpcs, &table_edge_status, NULL};

const struct derive_table derive_edges_table = {
    .schema = &table_edges, .inputs = inputs, .prepare = prepare, .row = row, .release = release};
