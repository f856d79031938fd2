/* estate_nsx: the parts of an NSX that a data centre and an SDDC build in the same way. */
#include "tests/lab/estate.h"

#include "core/mem.h"

#include <string.h>

struct lab_segment *lab_segment_add(struct lab_estate *e, struct lab_nsx *nsx, const char *parent,
                                    const char *id, const char *type, const char *network)
{
    struct lab_segment *s = arena_alloc(e->arena, sizeof(*s));

    s->id = s->name = arena_strdup(e->arena, id);
    s->parent = parent;
    s->path = arena_printf(e->arena, "%s/segments/%s", parent, id);
    s->type = type;
    s->network = network;
    if (network)
        s->gateway =
            arena_printf(e->arena, "%s/%s", lab_address(e, network, 1), strchr(network, '/') + 1);
    s->transport_zone = nsx->overlay_tz;
    s->overlay_id = (nsx->vmc ? 73728u : 69632u) + (unsigned)nsx->segments.n;
    s->admin_up = true;
    s->state = "success";
    lab_list_add(&nsx->segments, s);
    return s;
}

struct lab_edge_cluster *lab_cluster_add(struct lab_estate *e, struct lab_nsx *nsx,
                                         const char *name)
{
    struct lab_edge_cluster *c = arena_alloc(e->arena, sizeof(*c));
    const char *key = arena_printf(e->arena, "%s/%s", nsx->site, name);

    c->name = name;
    c->id = lab_uuid(e, "edge-cluster", key);
    c->path = arena_printf(e->arena, "%s/edge-clusters/%s", nsx->ep_path, c->id);
    lab_list_add(&nsx->clusters, c);
    return c;
}

struct lab_edge *lab_edge_add(struct lab_estate *e, struct lab_nsx *nsx, struct lab_edge_cluster *c,
                              const char *name, const char *ip, struct lab_host *host)
{
    struct lab_edge *edge = arena_alloc(e->arena, sizeof(*edge));
    const char *key = arena_printf(e->arena, "%s/%s", nsx->site, name);

    edge->name = name;
    edge->id = lab_uuid(e, "edge", key);
    edge->ip = ip;
    edge->host = host;
    edge->up = true;
    edge->index = (unsigned)c->edges.n;
    edge->path = arena_printf(e->arena, "%s/edge-nodes/%u", c->path, edge->index);
    edge->changed_at = e->built_at - 259200000;
    if (host) {
        edge->vm_uuid = lab_uuid(e, "edge-vm", key);
        edge->vm_bios_uuid = lab_uuid(e, "edge-vm-bios", key);
    }
    lab_list_add(&c->edges, edge);
    lab_list_add(&nsx->edges, edge);
    return edge;
}

struct lab_gateway *lab_gateway_add(struct lab_estate *e, struct lab_nsx *nsx, int tier,
                                    const char *id, struct lab_edge_cluster *c)
{
    struct lab_gateway *g = arena_alloc(e->arena, sizeof(*g));
    const char *key = arena_printf(e->arena, "%s/%d/%s", nsx->site, tier, id);

    g->id = g->name = id;
    g->tier = tier;
    g->path = arena_printf(e->arena, "/infra/tier-%ds/%s", tier, id);
    g->router_id = lab_uuid(e, "router", key);
    g->ha_mode = "ACTIVE_STANDBY";
    g->failover_mode = "NON_PREEMPTIVE";
    g->cluster = c;
    g->changed_at = e->built_at - 259200000;
    lab_list_add(&nsx->gateways, g);
    return g;
}

void lab_role_add(struct lab_estate *e, struct lab_gateway *g, struct lab_edge *edge,
                  struct lab_traffic_group *group, const char *status)
{
    struct lab_role *r = arena_alloc(e->arena, sizeof(*r));

    r->edge = edge;
    r->group = group;
    r->status = status;
    r->service_router =
        lab_uuid(e, "service-router", arena_printf(e->arena, "%s/%s", g->router_id, edge->id));
    lab_list_add(&g->roles, r);
}
