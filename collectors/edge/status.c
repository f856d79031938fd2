/* What an edge node says of itself as a member of its cluster: `get edge-cluster status`. It is
 * also where the node says which transport node it is, which joins its other tables need. */
#include "collectors/edge/answer.h"
#include "collectors/edge/edge.h"
#include "collectors/esxi/edge.h"
#include "core/arena.h"

struct state {
    struct edge_cluster decoder;
    bool open;
};

static void release_state(void *state)
{
    struct state *st = state;

    if (st->open)
        pairs_release(&st->decoder.pairs);
    st->open = false;
}

static void add(struct run *run, const struct edge_cluster *e)
{
    struct table_builder *b = run_table(run, &table_edge_status);

    builder_row(b);
    builder_str(b, EDGE_STATUS_HOST, host_name(run->endpoint));
    edge_text(b, EDGE_STATUS_EDGE_ID, e->node);
    edge_state(b, EDGE_STATUS_HA_STATE, e->ha_state);
    edge_text(b, EDGE_STATUS_SINCE, e->since);
    edge_state(b, EDGE_STATUS_STATUS, e->status);
    edge_text(b, EDGE_STATUS_STATUS_TEXT, e->status);
    edge_state(b, EDGE_STATUS_ADMIN_STATE, e->admin_state);
    edge_state(b, EDGE_STATUS_VTEP_STATE, e->vtep_state);
    edge_state(b, EDGE_STATUS_ROUTING_STATUS, e->routing_status);
    edge_add_peers(run, b, EDGE_STATUS_PEERS, e->peers, e->npeers);
}

static enum step over(struct run *run, struct state *st, const struct reply *reply)
{
    struct edge_cluster *e = &st->decoder;
    struct err err = {0};
    enum step step = STEP_DONE;

    edge_note_cut(run, &table_edge_status, EDGE_STATUS_COMMAND, &e->pairs.lines);
    pairs_end(&e->pairs, !reply->err);
    if (edge_failed(reply, EDGE_STATUS_COMMAND, e->pairs.error, &e->pairs.lines.health, &err))
        step = run_fail(run, &err);
    else if (!e->node[0] || !e->status[0])
        step = run_fail_proto(run, "'%s' names no node or no status of it",
                              esxi_command_pattern(EDGE_STATUS_COMMAND));
    else {
        host_note_health(run, &table_edge_status, esxi_command_pattern(EDGE_STATUS_COMMAND),
                         &e->pairs.lines.health);
        add(run, e);
    }
    release_state(st);
    return step;
}

static enum step step(struct run *run, const struct reply *reply)
{
    struct state *st = run->state;

    if (!reply) {
        release_state(st);
        edge_cluster_init(&st->decoder);
        st->open = true;
        return esxi_command_send(run, EDGE_STATUS_COMMAND, NULL);
    }
    if (reply->more) {
        pairs_feed(&st->decoder.pairs, reply->body, reply->len);
        return STEP_MORE;
    }
    return over(run, st, reply);
}

static const struct schema *const tables[] = {&table_edge_status, NULL};

const struct collector collector_edge_status = {
    .name = "edge_status",
    .kinds = KIND_EDGE,
    .tables = tables,
    .interval_ms = 30000,
    .timeout_ms = 60000,
    .state_size = sizeof(struct state),
    .state_release = release_state,
    .step = step,
};
