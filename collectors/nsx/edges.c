/*
 * edges: the edge nodes of the manager API, their clusters and paths of the policy tree, and the
 * status of all transport nodes, read in bulk and matched by UUID. Where the manager API is not
 * offered (VMC), the edges of the policy tree are all there is: names and clusters, no health.
 *
 * The status list has the hosts in it, too (2 kB each); it is read page by page and only what
 * belongs to an edge is kept, so there is never more than a page in memory.
 */
#include <string.h>

#include "collectors/nsx/list.h"
#include "collectors/nsx/nsx.h"
#include "collectors/nsx/topology.h"
#include "core/arena.h"
#include "core/map.h"
#include "core/text.h"

/* How long "the manager API is not offered here" is believed. */
#define NOT_OFFERED_MS (60 * 60 * 1000)

struct edges_state {
    struct nsx_topology *topology;
    int64_t not_offered_at; /* 0: it is offered, as far as we know */
};

struct edge {
    const char *id, *name, *kind, *ip, *maintenance;
    bool has_row;
    struct edge *next;
};

enum phase { READ_NODES, READ_TOPOLOGY, READ_STATUS };

struct edges_run {
    enum phase phase;
    struct nsx_list list;
    struct nsx_topology_reader *topology;
    struct edge *edges, **tail;
    bool manager; /* the manager API answered */
};

static void release_state(void *state)
{
    nsx_topology_free(((struct edges_state *)state)->topology);
}

/* ---- rows --------------------------------------------------------------------------------------
 */

static const char *kind_of(const char *deployment_type)
{
    if (!deployment_type)
        return NULL;
    if (text_equal_nocase(deployment_type, "VIRTUAL_MACHINE"))
        return "vm";
    if (text_equal_nocase(deployment_type, "PHYSICAL_MACHINE"))
        return "bare_metal";
    return text_equal_nocase(deployment_type, "UNKNOWN") ? NULL : deployment_type;
}

/* The configuration says ENABLED, FORCE_ENABLED, DISABLED; the status OFF, ENTERING, ON, EXITING.
 */
static const char *maintenance_of(const char *word)
{
    if (!word)
        return NULL;
    if (text_equal_nocase(word, "ON") || text_equal_nocase(word, "FORCE_ENABLED"))
        return "enabled";
    return text_equal_nocase(word, "OFF") ? "disabled" : word;
}

static void add_row(struct run *run, const struct edge *e)
{
    struct edges_state *s = run->state;
    struct table_builder *b = run_table(run, &table_edges);
    const struct nsx_edge *place = nsx_topology_by_id(s->topology, e->id);

    builder_row(b);
    builder_str(b, EDGES_EDGE_ID, e->id);
    builder_str(b, EDGES_EDGE, e->name || !place ? e->name : place->name);
    builder_str(b, EDGES_EDGE_CLUSTER, place ? place->cluster : NULL);
    builder_str(b, EDGES_PATH, place ? place->path : NULL);
    builder_state(b, EDGES_NODE_KIND, e->kind);
    builder_ip(b, EDGES_MANAGEMENT_IP, e->ip);
    builder_state(b, EDGES_MAINTENANCE_MODE, maintenance_of(e->maintenance));
}

static void add_real(struct table_builder *b, unsigned col, struct json_object *o, const char *name)
{
    double v;

    if (jsonq_double(o, name, &v))
        builder_real(b, col, v);
}

static void add_count(struct table_builder *b, unsigned col, struct json_object *o,
                      const char *name)
{
    int64_t v;

    if (jsonq_int(o, name, &v) && v >= 0)
        builder_int(b, col, v);
}

static void add_memory(struct table_builder *b, struct json_object *system)
{
    double used, total;

    add_real(b, EDGES_MEMORY_PERCENT, jsonq_get(system, "edge_mem_usage"), "system_mem_usage");
    if (builder_peek(b, EDGES_MEMORY_PERCENT)->type == CELL_ABSENT &&
        jsonq_double(system, "mem_used", &used) && jsonq_double(system, "mem_total", &total) &&
        total > 0)
        builder_real(b, EDGES_MEMORY_PERCENT, 100 * used / total);
}

static void add_health(struct table_builder *b, struct json_object *o)
{
    struct json_object *node = jsonq_get(o, "node_status");
    struct json_object *system = jsonq_get(node, "system_status");
    struct json_object *cpu = jsonq_get(system, "cpu_usage");
    struct json_object *tunnels = jsonq_get(o, "tunnel_status");
    const char *vm = jsonq_str(o, "vm_uuid");

    builder_str(b, EDGES_VM_UUID, vm);
    if (vm && builder_peek(b, EDGES_NODE_KIND)->type == CELL_ABSENT)
        builder_state(b, EDGES_NODE_KIND, "vm");
    builder_state(b, EDGES_STATUS, jsonq_str(o, "status"));
    builder_state(b, EDGES_MGMT_CONNECTION, jsonq_str(o, "mgmt_connection_status"));
    builder_state(b, EDGES_CONTROL_CONNECTION,
                  jsonq_str(jsonq_get(o, "control_connection_status"), "status"));
    add_count(b, EDGES_TUNNELS_UP, tunnels, "up_count");
    add_count(b, EDGES_TUNNELS_DOWN, tunnels, "down_count");
    add_count(b, EDGES_PNICS_DOWN, jsonq_get(o, "pnic_status"), "down_count");
    builder_state(b, EDGES_MAINTENANCE_MODE, maintenance_of(jsonq_str(node, "maintenance_mode")));
    builder_str(b, EDGES_VERSION, jsonq_str(node, "software_version"));
    add_real(b, EDGES_DATAPATH_CPU_PERCENT, cpu, "highest_cpu_core_usage_dpdk");
    add_real(b, EDGES_SERVICE_CPU_PERCENT, cpu, "highest_cpu_core_usage_non_dpdk");
    add_memory(b, system);
    add_count(b, EDGES_UPTIME_S, system, "uptime");
}

/* ---- the edges that there are ------------------------------------------------------------------
 */

static struct edge *find_edge(const struct edges_run *r, const char *id)
{
    for (struct edge *e = r->edges; id && e; e = e->next) {
        if (strcmp(e->id, id) == 0)
            return e;
    }
    return NULL;
}

static void add_edge(struct run *run, struct edges_run *r, struct edge e)
{
    struct edge *copy;

    if (!e.id || find_edge(r, e.id))
        return;
    copy = arena_alloc(run->arena, sizeof(*copy));
    *copy = (struct edge){.id = arena_strdup(run->arena, e.id),
                          .name = arena_strdup(run->arena, e.name),
                          .kind = arena_strdup(run->arena, e.kind),
                          .ip = arena_strdup(run->arena, e.ip),
                          .maintenance = arena_strdup(run->arena, e.maintenance)};
    *r->tail = copy;
    r->tail = &copy->next;
}

static void add_node(void *arg, struct json_object *o)
{
    struct run *run = arg;
    struct json_object *info = jsonq_get(o, "node_deployment_info");
    const char *id = jsonq_str(o, "node_id"), *type = jsonq_str(info, "resource_type");
    const char *name = jsonq_str(o, "display_name");

    /* Managers that do not know the filter of the request send hosts, too. */
    if (type && !text_equal_nocase(type, "EdgeNode"))
        return;
    add_edge(run, run->scratch,
             (struct edge){.id = id ? id : jsonq_str(o, "id"),
                           .name = name ? name : jsonq_str(info, "display_name"),
                           .kind = kind_of(jsonq_str(info, "deployment_type")),
                           .ip = jsonq_text(jsonq_at(info, "ip_addresses", 0)),
                           .maintenance = jsonq_str(o, "maintenance_mode")});
}

/* ---- the run -----------------------------------------------------------------------------------
 */

static enum step finish(struct run *run, struct edges_run *r)
{
    struct edges_state *s = run->state;
    struct table_builder *b = run_table(run, &table_edges);
    const struct err *err = nsx_topology_err(s->topology);

    for (const struct edge *e = r->edges; e; e = e->next) {
        if (!e->has_row)
            add_row(run, e);
    }
    builder_malformed_apart(b, nsx_topology_odd(s->topology));
    if (!r->manager)
        builder_note(b, "the health of edges is not available here");
    else if (err->kind != ERR_NONE)
        builder_note(b, "edge clusters are missing: %s", err->msg);
    return STEP_DONE;
}

static enum step read_status(struct run *run, struct edges_run *r)
{
    r->phase = READ_STATUS;
    return nsx_list_first(run, &r->list, "status of nodes",
                          NSX_MANAGER "/transport-zones/transport-node-status");
}

/* An SDDC may offer neither of the two. */
static enum step no_edges(struct run *run, const struct err *err)
{
    run->err = *err;
    if (run->facts->on_vmc &&
        (err->code == 404 || err->code == 405 || err->code == 501 || err->kind == ERR_DENIED))
        run->err.kind = ERR_UNSUPPORTED;
    return STEP_FAIL;
}

static enum step have_topology(struct run *run, struct edges_run *r)
{
    struct edges_state *s = run->state;
    const struct err *err = nsx_topology_err(s->topology);

    for (size_t i = 0; i < nsx_topology_count(s->topology); i++) {
        const struct nsx_edge *e = nsx_topology_at(s->topology, i);

        add_edge(run, r, (struct edge){.id = e->id, .name = e->name});
    }
    if (r->manager)
        return read_status(run, r);
    if (err->kind != ERR_NONE && nsx_topology_count(s->topology) == 0)
        return no_edges(run, err);
    if (err->kind != ERR_NONE)
        nsx_partial(run, err);
    return finish(run, r);
}

/* Where it is all there is, it is read every time. */
static enum step read_topology(struct run *run, struct edges_run *r)
{
    struct edges_state *s = run->state;
    bool wanted = false;

    for (const struct edge *e = r->edges; e; e = e->next)
        wanted |= !nsx_topology_by_id(s->topology, e->id);
    if (r->manager && !nsx_topology_is_due(s->topology, run->now, wanted))
        return have_topology(run, r);
    r->phase = READ_TOPOLOGY;
    r->topology = nsx_topology_start(run, &s->topology);
    return STEP_SEND;
}

static enum step on_topology(struct run *run, struct edges_run *r, const struct reply *reply)
{
    if (nsx_topology_step(run, r->topology, reply) == STEP_SEND)
        return STEP_SEND;
    return have_topology(run, r);
}

static enum step on_nodes(struct run *run, struct edges_run *r, const struct reply *reply)
{
    struct edges_state *s = run->state;
    struct err err = {0};
    enum nsx_more more = nsx_list_read(run, &r->list, reply, add_node, run, &err);

    if (more == NSX_LIST_MORE)
        return STEP_SEND;
    if (reply_not_offered(reply) ||
        (run->facts->on_vmc && reply->err && reply->err->kind == ERR_DENIED)) {
        s->not_offered_at = run->now;
        return read_topology(run, r);
    }
    if (more == NSX_LIST_BROKEN && r->list.pages == 1)
        return run_fail(run, &err);
    if (more == NSX_LIST_BROKEN)
        nsx_partial(run, &err);
    r->manager = true;
    return read_topology(run, r);
}

static void add_status(void *arg, struct json_object *o)
{
    struct run *run = arg;
    struct edge *e = find_edge(run->scratch, jsonq_str(o, "node_uuid"));

    if (!e || e->has_row)
        return;
    e->has_row = true;
    add_row(run, e);
    add_health(run_table(run, &table_edges), o);
}

static enum step on_status(struct run *run, struct edges_run *r, const struct reply *reply)
{
    struct err err = {0};
    enum nsx_more more = nsx_list_read(run, &r->list, reply, add_status, run, &err);

    if (more == NSX_LIST_MORE)
        return STEP_SEND;
    if (more == NSX_LIST_BROKEN)
        builder_note(run_table(run, &table_edges), "the health of edges is missing: %s", err.msg);
    return finish(run, r);
}

static enum step start(struct run *run)
{
    struct edges_run *r = arena_alloc(run->arena, sizeof(*r));
    struct edges_state *s = run->state;

    r->tail = &r->edges;
    run->scratch = r;
    if (s->not_offered_at && run->now - s->not_offered_at < NOT_OFFERED_MS)
        return read_topology(run, r);
    s->not_offered_at = 0;
    return nsx_list_first(run, &r->list, "edge nodes",
                          NSX_MANAGER "/transport-nodes?node_types=EdgeNode");
}

static enum step step(struct run *run, const struct reply *reply)
{
    struct edges_run *r = run->scratch;

    if (!r || !reply)
        return start(run);
    if (r->phase == READ_NODES)
        return on_nodes(run, r, reply);
    return r->phase == READ_TOPOLOGY ? on_topology(run, r, reply) : on_status(run, r, reply);
}

static const struct schema *const tables[] = {&table_edges, NULL};

const struct collector collector_nsx_edges = {
    .name = "edges",
    .kinds = KIND_NSX | KIND_VMC,
    .tables = tables,
    .interval_ms = 15000,
    .timeout_ms = 120000,
    .state_size = sizeof(struct edges_state),
    .state_release = release_state,
    .step = step,
};
