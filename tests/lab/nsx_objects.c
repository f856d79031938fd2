/* nsx_objects: the policy objects, field by field as in the samples. */
#include "tests/lab/jsonb.h"
#include "tests/lab/lab.h"
#include "tests/lab/nsx.h"

#include <string.h>

#define CREATED_MS 1791709200000LL

void nsx_common(const struct nsx_context *c, struct json_object *o, const char *type,
                const char *id, const char *name, const char *path, const char *parent)
{
    const char *unique = lab_uuid_in(c->a, c->lab->estate, c->nsx->site, path);

    jset_str(o, "resource_type", type);
    jset_str(o, "id", id);
    jset_str(o, "display_name", name);
    jset_str(o, "path", path);
    jset_str(o, "relative_path", id);
    jset_str(o, "parent_path", parent);
    jset_str(o, "unique_id", unique);
    jset_str(o, "realization_id", unique);
    jset_str(o, "owner_id", "58cbaa2b-7599-5d76-814b-c67a052aa023");
    jset_bool(o, "marked_for_delete", false);
    jset_bool(o, "overridden", false);
    jset_bool(o, "_system_owned",
              strcmp(type, "PolicyEdgeNode") == 0 || strcmp(type, "PolicyEdgeCluster") == 0);
    jset_str(o, "_protection", "NOT_PROTECTED");
    jset_int(o, "_create_time", CREATED_MS);
    jset_str(o, "_create_user", "admin");
    jset_int(o, "_last_modified_time", CREATED_MS);
    jset_str(o, "_last_modified_user", "admin");
    jset_int(o, "_revision", 0);
}

static void segment_options(const struct lab_segment *s, struct json_object *o)
{
    struct json_object *child;

    if (s->bridge_profile) {
        child = json_object_new_object();
        jadd(jset_array(o, "bridge_profiles"), child);
        jset_str(child, "bridge_profile_path", s->bridge_profile);
        jadd_str(jset_array(child, "vlan_ids"), s->bridge_vlan);
    }
    if (s->l2vpn) {
        child = jset_object(o, "l2_extension");
        jadd_str(jset_array(child, "l2vpn_paths"), s->l2vpn);
        jset_int(child, "tunnel_id", s->tunnel_id);
    }
}

struct json_object *nsx_segment(const struct nsx_context *c, const struct lab_segment *s)
{
    struct json_object *o = json_object_new_object(), *subnet, *advanced;

    jset_str(o, "type", s->type);
    if (s->vlan)
        jadd_str(jset_array(o, "vlan_ids"), s->vlan);
    if (s->network) {
        subnet = json_object_new_object();
        jadd(jset_array(o, "subnets"), subnet);
        jset_str(subnet, "gateway_address", s->gateway);
        jset_str(subnet, "network", s->network);
    }
    jset_str(o, "connectivity_path", s->connectivity);
    jset_str(o, "transport_zone_path", s->transport_zone);
    if (!s->vlan)
        jset_int(o, "overlay_id", s->overlay_id);
    advanced = jset_object(o, "advanced_config");
    jset_bool(advanced, "hybrid", false);
    jset_bool(advanced, "local_egress", false);
    jset_str(advanced, "connectivity",
             strcmp(s->type, "DISCONNECTED") == 0 && s->network ? "OFF" : "ON");
    segment_options(s, o);
    jset_str(o, "admin_state", s->admin_up ? "UP" : "DOWN");
    jset_str(o, "replication_mode", "MTEP");
    nsx_common(c, o, "Segment", s->id, s->name, s->path, s->parent);
    return o;
}

struct json_object *nsx_segment_state(const struct lab_segment *s)
{
    struct json_object *o = json_object_new_object(), *details, *d;

    jset_str(o, "segment_path", s->path);
    jset_str(o, "state", s->state);
    details = jset_array(o, "details");
    if (!s->failure)
        return o;
    d = json_object_new_object();
    jset_str(d, "sub_system_type", "TransportNode");
    jset_str(d, "state", "failed");
    jset_int(d, "failure_code", 8801);
    jset_str(d, "failure_message", s->failure);
    jadd(details, d);
    return o;
}

struct json_object *nsx_gateway(const struct nsx_context *c, const struct lab_gateway *g)
{
    struct json_object *o = json_object_new_object();

    jset_str(o, "tier0_path", g->tier0_path);
    jset_str(o, "ha_mode", g->ha_mode);
    jset_str(o, "failover_mode", g->failover_mode);
    if (g->tier == 0)
        jadd_str(jset_array(o, "transit_subnets"), "100.64.0.0/16");
    else
        jset_str(o, "type", "ROUTED");
    jset_bool(o, "force_whitelisting", false);
    jset_bool(o, "default_rule_logging", false);
    jset_bool(o, "disable_firewall", false);
    jset_int(o, "arp_limit", 5000);
    nsx_common(c, o, g->tier ? "Tier1" : "Tier0", g->id, g->name, g->path, "/infra");
    return o;
}

static struct json_object *node_status(const struct lab_role *r)
{
    struct json_object *o = json_object_new_object();

    jset_str(o, "transport_node_id", r->edge->id);
    jset_str(o, "edge_path", r->edge->path);
    jset_str(o, "service_router_id", r->service_router);
    jset_str(o, "high_availability_status", r->status);
    if (r->group)
        jset_str(o, "traffic_group_id", r->group->id);
    return o;
}

static struct json_object *node_detail(const struct lab_role *r)
{
    struct json_object *o = json_object_new_object();

    jset_str(o, "sub_system_id", r->edge->id);
    jset_str(o, "sub_system_type", "TransportNode");
    jset_str(o, "state", "success");
    return o;
}

struct json_object *nsx_gateway_state(const struct nsx_context *c, const struct lab_gateway *g)
{
    struct json_object *o = json_object_new_object(), *state, *status, *details, *nodes;

    state = jset_object(o, g->tier ? "tier1_state" : "tier0_state");
    jset_str(state, "state", "success");
    details = jset_array(state, "details");
    status = jset_object(o, g->tier ? "tier1_status" : "tier0_status");
    jset_str(status, "logical_router_id", g->router_id);
    jset_int(status, "last_update_timestamp", lab_wall_ms());
    if (!c->nsx->vmc)
        jset_str(status, "locale_operation_mode", "PRIMARY_LOCATION");
    nodes = g->roles.n ? jset_array(status, "per_node_status") : NULL;
    for (size_t i = 0; i < g->roles.n; i++) {
        const struct lab_role *r = g->roles.at[i];

        if (r->edge->up && !c->nsx->vmc)
            jadd(details, node_detail(r));
        jadd(nodes, node_status(r));
    }
    jset_str(o, "enforcement_point_path", c->nsx->ep_path);
    return o;
}

struct json_object *nsx_locale_services(const struct nsx_context *c, const struct lab_gateway *g)
{
    struct json_object *o = json_object_new_object(), *edges;
    const char *path = arena_printf(c->a, "%s/locale-services/default", g->path);

    if (g->cluster) {
        jset_str(o, "edge_cluster_path", g->cluster->path);
        edges = jset_array(o, "preferred_edge_paths");
        for (size_t i = 0; i < g->roles.n; i++)
            jadd_str(edges, ((struct lab_role *)g->roles.at[i])->edge->path);
    }
    nsx_common(c, o, "LocaleServices", "default", "default", path, g->path);
    return o;
}

struct json_object *nsx_edge_cluster(const struct nsx_context *c, const struct lab_edge_cluster *ec)
{
    struct json_object *o = json_object_new_object();

    jset_str(o, "nsx_id", ec->id);
    jset_str(o, "member_node_type", "EDGE_NODE");
    jset_bool(o, "inter_site_forwarding_enabled", false);
    jset_array(o, "rtep_ips");
    nsx_common(c, o, "PolicyEdgeCluster", ec->id, ec->name, ec->path, c->nsx->ep_path);
    return o;
}

struct json_object *nsx_edge_node(const struct nsx_context *c, const struct lab_edge_cluster *ec,
                                  const struct lab_edge *e)
{
    struct json_object *o = json_object_new_object();

    jset_str(o, "nsx_id", e->id);
    jset_int(o, "member_index", e->index);
    nsx_common(c, o, "PolicyEdgeNode", arena_printf(c->a, "%u", e->index), e->name, e->path,
               ec->path);
    return o;
}

static void any(struct json_object *o, const char *key)
{
    jadd_str(jset_array(o, key), "ANY");
}

struct json_object *nsx_rule(const struct nsx_context *c, size_t i)
{
    struct json_object *o = json_object_new_object();
    const char *policy = arena_printf(c->a, "/infra/domains/%s/security-policies/policy-%04zu",
                                      c->nsx->vmc ? "cgw" : "default", i / 20);
    const char *id = arena_printf(c->a, "rule-%06zu", i);

    jset_str(o, "action", i % 20 == 19 ? "DROP" : "ALLOW");
    any(o, "source_groups");
    any(o, "destination_groups");
    jadd_str(jset_array(o, "services"), i % 3 ? "/infra/services/HTTPS" : "/infra/services/SSH");
    any(o, "profiles");
    any(o, "scope");
    jset_str(o, "direction", "IN_OUT");
    jset_str(o, "ip_protocol", "IPV4_IPV6");
    jset_bool(o, "disabled", false);
    jset_bool(o, "logged", i % 7 == 0);
    jset_bool(o, "sources_excluded", false);
    jset_bool(o, "destinations_excluded", false);
    jset_int(o, "sequence_number", (int64_t)(i % 20 + 1) * 10);
    jset_int(o, "rule_id", (int64_t)i + 1012);
    jset_bool(o, "is_default", false);
    nsx_common(c, o, "Rule", id, id, arena_printf(c->a, "%s/rules/%s", policy, id), policy);
    return o;
}
