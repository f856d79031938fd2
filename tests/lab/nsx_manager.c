/* nsx_manager: the manager API on premises: nodes, their status, alarms, version, limits. */
#include "tests/lab/jsonb.h"
#include "tests/lab/lab.h"
#include "tests/lab/nsx.h"
#include "tests/lab/path.h"

#include <stdlib.h>
#include <string.h>

/* A transport node: an edge or a host. */
struct node {
    const struct lab_edge *edge;
    const struct lab_host *host;
};

static struct node node_at(const struct lab_nsx *nsx, size_t i)
{
    struct node n = {NULL, NULL};

    if (i < nsx->edges.n)
        n.edge = nsx->edges.at[i];
    else
        n.host = nsx->hosts.at[i - nsx->edges.n];
    return n;
}

static const char *node_id(struct node n)
{
    return n.edge ? n.edge->id : n.host->id;
}

static bool node_up(struct node n)
{
    return n.edge ? n.edge->up : n.host->up;
}

static void counts(struct json_object *o, const char *key, bool up, int n)
{
    struct json_object *c = jset_object(o, key);

    jset_str(c, "status", up ? "UP" : "DOWN");
    jset_int(c, "up_count", up ? n : 0);
    jset_int(c, "down_count", up ? 0 : n);
    jset_int(c, "degraded_count", 0);
}

static void set_tunnels(struct json_object *o, bool up)
{
    struct json_object *t, *bfd;

    counts(o, "tunnel_status", up, 5);
    json_object_object_get_ex(o, "tunnel_status", &t);
    bfd = jset_object(t, "bfd_status");
    jset_int(bfd, "bfd_admin_down_count", 0);
    jset_int(bfd, "bfd_up_count", up ? 5 : 0);
    jset_int(bfd, "bfd_init_count", 0);
    jset_int(bfd, "bfd_down_count", up ? 0 : 5);
    bfd = jset_object(t, "bfd_diagnostic");
    jset_int(bfd, "no_diagnostic_count", up ? 5 : 0);
    jset_int(bfd, "control_detection_time_expired_count", up ? 0 : 5);
}

static void set_agents(struct json_object *o, bool up)
{
    static const char *const names[] = {"NSX_AGENT", "NSX_OPSAGENT", "NSX_CFGAGENT"};
    struct json_object *s = jset_object(o, "agent_status"), *list;

    jset_str(s, "status", up ? "UP" : "UNKNOWN");
    jset_int(s, "up_count", up ? 3 : 0);
    jset_int(s, "down_count", 0);
    jset_int(s, "degraded_count", 0);
    list = jset_array(s, "agents");
    for (size_t i = 0; up && i < 3; i++) {
        struct json_object *agent = json_object_new_object();

        jset_str(agent, "name", names[i]);
        jset_str(agent, "status", "UP");
        jadd(list, agent);
    }
}

static void set_load(const struct lab_edge *e, struct json_object *status)
{
    struct json_object *s = jset_object(status, "system_status"), *o, *list;

    jset_str(s, "hostname", e->name);
    jset_int(s, "cpu_cores", 4);
    jset_int(s, "dpdk_cpu_cores", 2);
    jset_int(s, "non_dpdk_cpu_cores", 2);
    o = jset_object(s, "cpu_usage");
    jset_real(o, "avg_cpu_core_usage_dpdk", 12.5);
    jset_real(o, "highest_cpu_core_usage_dpdk", 31);
    jset_real(o, "avg_cpu_core_usage_non_dpdk", 8.25);
    jset_real(o, "highest_cpu_core_usage_non_dpdk", 14);
    list = jset_array(s, "load_average");
    jadd(list, json_object_new_double_s(0.51, "0.51"));
    jadd(list, json_object_new_double_s(0.44, "0.44"));
    jadd(list, json_object_new_double_s(0.4, "0.4"));
    jset_int(s, "mem_total", 8147896);
    jset_int(s, "mem_used", 6102420);
    jset_int(s, "mem_cache", 1204532);
    jset_int(s, "uptime", lab_wall_ms() - e->changed_at);
    jset_int(s, "system_time", lab_wall_ms());
    jset_str(s, "source", "cached");
    o = jset_object(s, "edge_mem_usage");
    jset_real(o, "system_mem_usage", 74.9);
    jset_real(o, "swap_usage", 0);
    jset_real(o, "cache_usage", 14.8);
    jset_real(o, "datapath_total_usage", 41);
}

static void set_node_status(const struct nsx_context *c, struct node n, struct json_object *o)
{
    struct json_object *s = jset_object(o, "node_status"), *details, *d;
    bool up = node_up(n);

    jset_str(s, "external_id", node_id(n));
    jset_str(s, "software_version", c->nsx->version);
    jset_str(s, "maintenance_mode", n.edge && n.edge->maintenance ? "ON" : "OFF");
    jset_str(s, "lcp_connectivity_status", up ? "UP" : "DOWN");
    jset_str(s, "mpa_connectivity_status", up ? "UP" : "DOWN");
    jset_str(s, "mpa_connectivity_status_details",
             up ? "Client is responding to heartbeats"
                : "Client has not responded to heartbeats yet.");
    jset_int(s, "last_heartbeat_timestamp",
             up       ? lab_wall_ms() - 4000
             : n.edge ? n.edge->changed_at
                      : c->lab->estate->built_at);
    jset_str(s, "host_node_deployment_status", n.edge ? "NODE_READY" : "INSTALL_SUCCESSFUL");
    details = jset_array(s, "lcp_connectivity_status_details");
    if (!up) {
        d = json_object_new_object();
        jset_str(d, "control_node_ip", "10.20.0.11");
        jset_str(d, "status", "DOWN");
        jset_str(d, "failure_status", "KEEP_ALIVE_TIMEOUT");
        jadd(details, d);
    }
    if (n.edge)
        set_load(n.edge, s);
}

static struct json_object *status_of(const struct nsx_context *c, struct node n)
{
    struct json_object *o = json_object_new_object();
    bool up = node_up(n);

    jset_str(o, "node_uuid", node_id(n));
    jset_str(o, "node_display_name", n.edge ? n.edge->name : n.host->fqdn);
    jset_str(o, "status", up ? "UP" : "DOWN");
    counts(o, "pnic_status", up, 2);
    jset_str(o, "mgmt_connection_status", up ? "UP" : "DOWN");
    counts(o, "control_connection_status", up, 3);
    set_tunnels(o, up);
    set_agents(o, up);
    jset_int(o, "last_status_changed_time",
             n.edge ? n.edge->changed_at : c->lab->estate->built_at - 259200000);
    set_node_status(c, n, o);
    if (n.edge && n.edge->vm_uuid)
        jset_str(o, "vm_uuid", n.edge->vm_uuid);
    return o;
}

static void edge_info(struct json_object *o, const struct lab_edge *e, const char *site,
                      struct arena *a)
{
    struct json_object *settings;
    const char *fqdn = arena_printf(a, "%s.%s.example.jp", e->name, site);

    jset_str(o, "resource_type", "EdgeNode");
    jset_str(o, "id", e->id);
    jset_str(o, "display_name", e->name);
    jset_str(o, "external_id", e->id);
    jadd_str(jset_array(o, "ip_addresses"), e->ip);
    jset_str(o, "fqdn", fqdn);
    jset_str(o, "deployment_type", e->host ? "VIRTUAL_MACHINE" : "PHYSICAL_MACHINE");
    settings = jset_object(o, "node_settings");
    jset_str(settings, "hostname", fqdn);
    jset_bool(settings, "enable_ssh", true);
    jset_bool(settings, "allow_ssh_root_login", false);
}

static void host_info(struct json_object *o, const struct lab_host *h)
{
    jset_str(o, "resource_type", "HostNode");
    jset_str(o, "id", h->id);
    jset_str(o, "display_name", h->fqdn);
    jset_str(o, "external_id", h->id);
    jset_str(o, "fqdn", h->fqdn);
    jadd_str(jset_array(o, "ip_addresses"), h->ip);
    jset_str(o, "os_type", "ESXI");
    jset_str(o, "os_version", "8.0.3");
    jset_str(o, "managed_by_server", "10.20.0.21");
    jset_str(o, "discovered_node_id", h->moref);
    jset_str(o, "maintenance_mode_state", "OFF");
}

static struct json_object *transport_node(const struct nsx_context *c, struct node n)
{
    struct json_object *o = json_object_new_object();

    jset_str(o, "node_id", node_id(n));
    jset_str(o, "maintenance_mode", n.edge && n.edge->maintenance ? "ENABLED" : "DISABLED");
    jset_bool(o, "is_overridden", false);
    if (n.edge)
        edge_info(jset_object(o, "node_deployment_info"), n.edge, c->nsx->site, c->a);
    else
        host_info(jset_object(o, "node_deployment_info"), n.host);
    jset_str(o, "resource_type", "TransportNode");
    jset_str(o, "id", node_id(n));
    jset_str(o, "display_name", n.edge ? n.edge->name : n.host->fqdn);
    jset_str(o, "_create_user", "admin");
    jset_int(o, "_create_time", 1791709200000);
    jset_int(o, "_revision", 0);
    return o;
}

/* The list holds indexes into node_at() plus one: a list holds pointers. */
static struct json_object *make_status(const struct nsx_context *c, size_t i)
{
    const struct lab_list *chosen = c->data;

    return status_of(c, node_at(c->nsx, (size_t)(uintptr_t)chosen->at[i] - 1));
}

static struct json_object *make_node(const struct nsx_context *c, size_t i)
{
    const struct lab_list *chosen = c->data;

    return transport_node(c, node_at(c->nsx, (size_t)(uintptr_t)chosen->at[i] - 1));
}

static bool wanted(struct node n, const struct lab_request *req)
{
    const char *status = lab_query(req, "status"), *types = lab_query(req, "node_types");

    if (status && strcmp(status, node_up(n) ? "UP" : "DOWN") != 0)
        return false;
    return !types || strstr(types, n.edge ? "EdgeNode" : "HostNode");
}

static void send_nodes(struct nsx_context *c, const struct lab_request *req, nsx_make make,
                       struct lab_reply *reply)
{
    struct lab_list chosen = {NULL, 0, 0};

    for (size_t i = 0; i < c->nsx->edges.n + c->nsx->hosts.n; i++)
        if (wanted(node_at(c->nsx, i), req))
            lab_list_add(&chosen, (void *)(uintptr_t)(i + 1));
    c->data = &chosen;
    nsx_send_page(req, reply, chosen.n, make, c);
    free(chosen.at);
}

static bool send_node(const struct nsx_context *c, const char *id, bool status,
                      struct lab_reply *reply)
{
    for (size_t i = 0; i < c->nsx->edges.n + c->nsx->hosts.n; i++) {
        struct node n = node_at(c->nsx, i);

        if (strcmp(node_id(n), id) != 0)
            continue;
        jsend(reply, status ? status_of(c, n) : transport_node(c, n));
        return true;
    }
    return false;
}

static struct json_object *make_alarm(const struct nsx_context *c, size_t i)
{
    const struct lab_alarm *a = ((const struct lab_list *)c->data)->at[i];
    struct json_object *o = json_object_new_object();

    jset_str(o, "id", a->id);
    jset_str(o, "feature_name", a->feature);
    jset_str(o, "event_type", a->event);
    jset_str(o, "event_type_display_name", a->title);
    jset_str(o, "summary", a->summary);
    jset_str(o, "description", a->description);
    jset_str(o, "recommended_action", a->action);
    jset_str(o, "node_id", a->node_id);
    jset_str(o, "node_resource_type", "TransportNode");
    jset_str(o, "entity_id", a->node_id);
    jset_int(o, "last_reported_time", a->at);
    if (a->resolved_at) {
        jset_str(o, "resolved_by", "system");
        jset_int(o, "resolved_time", a->resolved_at);
    } else {
        jset_null(o, "resolved_by");
        jset_null(o, "resolved_time");
    }
    jset_str(o, "status", a->status);
    jset_str(o, "severity", a->severity);
    jset_str(o, "node_display_name", a->node_name);
    jset_str(o, "entity_resource_type", "TransportNode");
    jset_str(o, "alarm_source_type", "ENTITY_ID");
    jadd_str(jset_array(o, "alarm_source"), a->node_id);
    jset_str(o, "resource_type", "Alarm");
    jset_int(o, "_create_time", a->at);
    jset_int(o, "_revision", 1);
    return o;
}

static void send_alarms(struct nsx_context *c, const struct lab_request *req,
                        struct lab_reply *reply)
{
    const char *status = lab_query(req, "status"), *severity = lab_query(req, "severity");
    struct lab_list chosen = {NULL, 0, 0};

    for (size_t i = 0; i < c->nsx->alarms.n; i++) {
        const struct lab_alarm *a = c->nsx->alarms.at[i];

        if ((!status || strcmp(status, a->status) == 0) &&
            (!severity || strcmp(severity, a->severity) == 0))
            lab_list_add(&chosen, c->nsx->alarms.at[i]);
    }
    c->data = &chosen;
    nsx_send_page(req, reply, chosen.n, make_alarm, c);
    free(chosen.at);
}

static void send_version(const struct nsx_context *c, bool node, struct lab_reply *reply)
{
    struct json_object *o = json_object_new_object();

    if (node) {
        jset_str(o, "node_uuid", lab_uuid_in(c->a, c->lab->estate, "manager", c->nsx->site));
        jset_str(o, "node_type", "NSX Manager");
        jset_str(o, "hostname", arena_printf(c->a, "nsx-mgr-01.%s", c->nsx->site));
        jset_int(o, "system_time", lab_wall_ms());
        jset_str(o, "timezone", "Etc/UTC");
    }
    jset_str(o, "node_version", c->nsx->version);
    jset_str(o, "product_version", c->nsx->version);
    jsend(reply, o);
}

static void send_limits(const struct nsx_context *c, struct lab_reply *reply)
{
    struct json_object *o = json_object_new_object();

    jset_str(o, "resource_type", "ApiServiceConfig");
    jset_str(o, "id", "reverse_proxy_config");
    jset_int(o, "session_timeout", c->lab->params.session_timeout);
    jset_int(o, "connection_timeout", 30);
    jset_str(o, "redirect_host", "");
    jset_int(o, "client_api_rate_limit", 100);
    jset_int(o, "client_api_concurrency_limit", 40);
    jset_int(o, "global_api_concurrency_limit", 199);
    jset_bool(o, "basic_authentication_enabled", true);
    jset_bool(o, "cookie_based_authentication_enabled", true);
    jsend(reply, o);
}

static void send_cluster(const struct nsx_context *c, struct lab_reply *reply)
{
    struct json_object *o = json_object_new_object(), *s, *nodes, *n;
    const char *id = lab_uuid_in(c->a, c->lab->estate, "nsx-cluster", c->nsx->site);

    jset_str(o, "cluster_id", id);
    s = jset_object(o, "mgmt_cluster_status");
    jset_str(s, "status", "STABLE");
    nodes = jset_array(s, "online_nodes");
    for (unsigned i = 0; i < c->lab->params.nsx_nodes; i++) {
        n = json_object_new_object();
        jset_str(n, "uuid",
                 lab_uuid_in(c->a, c->lab->estate, "manager",
                             arena_printf(c->a, "%s/%u", c->nsx->site, i)));
        jset_str(n, "mgmt_cluster_listen_ip_address", arena_printf(c->a, "10.20.0.%u", 11 + i));
        jadd(nodes, n);
    }
    jset_array(s, "offline_nodes");
    jset_str(jset_object(o, "control_cluster_status"), "status", "STABLE");
    s = jset_object(o, "detailed_cluster_status");
    jset_str(s, "cluster_id", id);
    jset_str(s, "overall_status", "STABLE");
    jset_array(s, "groups");
    jsend(reply, o);
}

static struct json_object *make_cluster(const struct nsx_context *c, size_t i)
{
    const struct lab_edge_cluster *ec = c->nsx->clusters.at[i];
    struct json_object *o = json_object_new_object(), *members = jset_array(o, "members");

    for (size_t k = 0; k < ec->edges.n; k++) {
        const struct lab_edge *e = ec->edges.at[k];
        struct json_object *m = json_object_new_object();

        jset_str(m, "transport_node_id", e->id);
        jset_int(m, "member_index", (int64_t)k);
        jset_str(m, "display_name", e->name);
        jadd(members, m);
    }
    jset_str(o, "member_node_type", "EDGE_NODE");
    jset_str(o, "resource_type", "EdgeCluster");
    jset_str(o, "id", ec->id);
    jset_str(o, "display_name", ec->name);
    jset_int(o, "_revision", 0);
    return o;
}

bool nsx_manager_answer(struct lab *lab, const struct lab_nsx *nsx, const struct lab_request *req,
                        const char *path, struct lab_reply *reply)
{
    struct nsx_context c = {lab, nsx, req->arena, NULL};
    struct lab_path p = lab_path_split(req->arena, path);

    if (lab_path_is(&p, 0, "node/version") || lab_path_is(&p, 0, "node"))
        send_version(&c, p.n == 1, reply);
    else if (lab_path_is(&p, 0, "cluster/api-service"))
        send_limits(&c, reply);
    else if (lab_path_is(&p, 0, "cluster/status"))
        send_cluster(&c, reply);
    else if (lab_path_is(&p, 0, "alarms"))
        send_alarms(&c, req, reply);
    else if (lab_path_is(&p, 0, "edge-clusters"))
        nsx_send_page(req, reply, nsx->clusters.n, make_cluster, &c);
    else if (lab_path_is(&p, 0, "transport-nodes"))
        send_nodes(&c, req, make_node, reply);
    else if (lab_path_is(&p, 0, "transport-zones/transport-node-status"))
        send_nodes(&c, req, make_status, reply);
    else if (lab_path_is(&p, 0, "transport-nodes/*"))
        return send_node(&c, p.part[1], false, reply);
    else if (lab_path_is(&p, 0, "transport-nodes/*/status"))
        return send_node(&c, p.part[1], true, reply);
    else
        return false;
    return true;
}
