/*
 * nsx_nodes: the transport nodes that are hosts: how a node that NSX names becomes a host that
 * people know. The manager API alone has both the host in vCenter (discovered_node_id) and the
 * status of all nodes in one list, so there is no such table on VMC.
 */
#include "collectors/nsx/list.h"
#include "collectors/nsx/nsx.h"
#include "collectors/nsx/words.h"
#include "core/arena.h"
#include "core/text.h"

struct nodes_state {
    struct nsx_memo *memo;
    struct nsx_words *status;
};

struct nodes_run {
    bool listing; /* false: the statuses are being read */
    struct nsx_list list;
};

static const struct nsx_words_source statuses = {
    "node_uuid", "status", "status of nodes", NSX_MANAGER "/transport-zones/transport-node-status"};

static void release_state(void *state)
{
    struct nodes_state *s = state;

    nsx_memo_free(s->memo);
    nsx_words_free(s->status);
}

static void add_node(void *arg, struct table_builder *b, struct json_object *o)
{
    struct nodes_state *s = arg;
    struct json_object *info = jsonq_get(o, "node_deployment_info");
    const char *id = jsonq_str(o, "node_id"), *type = jsonq_str(info, "resource_type");
    const char *name = jsonq_str(o, "display_name");

    id = id ? id : jsonq_str(o, "id");
    /* Managers that do not know the filter of the request send edges, too. */
    if (!id || (type && text_equal_nocase(type, "EdgeNode")))
        return;
    builder_row(b);
    builder_str(b, NSX_NODES_NODE_ID, id);
    builder_str(b, NSX_NODES_NODE, name ? name : jsonq_str(info, "display_name"));
    builder_ip(b, NSX_NODES_IP, jsonq_text(jsonq_at(info, "ip_addresses", 0)));
    builder_str(b, NSX_NODES_FQDN, jsonq_str(info, "fqdn"));
    builder_str(b, NSX_NODES_DISCOVERED_NODE_ID, jsonq_str(info, "discovered_node_id"));
    builder_state(b, NSX_NODES_STATUS, nsx_words_get(s->status, id));
}

static enum step on_status(struct run *run, struct nodes_run *r, const struct reply *reply)
{
    struct nodes_state *s = run->state;
    struct err err = {0};

    if (nsx_words_step(run, s->status, &r->list, reply, &err) == STEP_SEND)
        return STEP_SEND;
    if (err.kind != ERR_NONE)
        builder_note(run_table(run, &table_nsx_nodes), "status is not known: %s", err.msg);
    r->listing = true;
    return nsx_list_first(run, &r->list, "host transport nodes",
                          NSX_MANAGER "/transport-nodes?node_types=HostNode");
}

static enum step on_page(struct run *run, struct nodes_run *r, const struct reply *reply)
{
    struct nodes_state *s = run->state;

    return nsx_list_page(run, &r->list, &s->memo, run_table(run, &table_nsx_nodes),
                         nsx_words_salt(s->status), reply, add_node, s);
}

static enum step start(struct run *run)
{
    struct nodes_run *r = arena_alloc(run->arena, sizeof(*r));
    struct nodes_state *s = run->state;

    run->scratch = r;
    nsx_words_start(run, &s->status, &statuses, &r->list);
    return STEP_SEND;
}

static enum step step(struct run *run, const struct reply *reply)
{
    struct nodes_run *r = run->scratch;

    if (!r || !reply)
        return start(run);
    return r->listing ? on_page(run, r, reply) : on_status(run, r, reply);
}

static const struct schema *const tables[] = {&table_nsx_nodes, NULL};

const struct collector collector_nsx_nodes = {
    .name = "nsx_nodes",
    .kinds = KIND_NSX,
    .tables = tables,
    .interval_ms = 60000,
    .timeout_ms = 300000,
    .state_size = sizeof(struct nodes_state),
    .state_release = release_state,
    .step = step,
};
