/* The layer 2 bridges that an edge node carries: `get bridge`. An edge without any prints none. */
#include "collectors/edge/answer.h"
#include "collectors/edge/edge.h"
#include "collectors/esxi/edge.h"

struct state {
    struct edge_bridges decoder;
    struct table_builder *b;
    const char *host;
    bool open;
    unsigned nameless; /* without a state: what was cut off */
};

static void release_state(void *state)
{
    struct state *st = state;

    if (st->open)
        pairs_release(&st->decoder.pairs);
    st->open = false;
}

static void add(void *arg, const struct edge_bridge *e)
{
    struct state *st = arg;
    struct table_builder *b = st->b;

    if (!e->port[0])
        return;
    st->nameless += !e->state[0];
    builder_row(b);
    builder_str(b, BRIDGES_HOST, st->host);
    builder_str(b, BRIDGES_BRIDGE_PORT, e->port);
    edge_text(b, BRIDGES_SWITCH, e->segment_name);
    edge_text(b, BRIDGES_SWITCH_ID, e->attached);
    edge_text(b, BRIDGES_VLAN, e->vlan);
    edge_state(b, BRIDGES_STATE, e->state);
    edge_state(b, BRIDGES_HA_STATE, e->ha_state);
    edge_state(b, BRIDGES_FAILOVER_MODE, e->failover_mode);
    edge_text(b, BRIDGES_DEVICE, e->device);
    edge_state(b, BRIDGES_DEVICE_STATE, e->device_state);
    edge_text(b, BRIDGES_EVENT, e->event);
    edge_text(b, BRIDGES_EVENT_TIME, e->since);
    edge_text(b, BRIDGES_PEER_ID, e->peer);
    edge_state(b, BRIDGES_PEER_STATE, e->peer_state);
}

static enum step over(struct run *run, struct state *st, const struct reply *reply)
{
    struct edge_bridges *e = &st->decoder;
    struct err err = {0};
    enum step step = STEP_DONE;

    edge_note_cut(run, &table_bridges, EDGE_BRIDGES, &e->pairs.lines);
    edge_bridges_end(e, !reply->err);
    if (edge_failed(reply, EDGE_BRIDGES, e->pairs.error, &e->pairs.lines.health, &err)) {
        step = run_fail(run, &err);
    } else if (!e->bridges && e->pairs.pairs) {
        step = run_fail_proto(run, "'%s' prints something else than bridges",
                              esxi_command_pattern(EDGE_BRIDGES));
    } else {
        host_note_health(run, &table_bridges, esxi_command_pattern(EDGE_BRIDGES),
                         &e->pairs.lines.health);
        if (st->nameless) {
            run->freshness = FRESH_PARTIAL;
            err_set(&run->err, ERR_PROTO, 0,
                    "%u of %u bridges have no state: the output ends in "
                    "their middle",
                    st->nameless, e->bridges);
        }
    }
    release_state(st);
    return step;
}

static enum step step(struct run *run, const struct reply *reply)
{
    struct state *st = run->state;

    if (!reply) {
        release_state(st);
        st->b = run_table(run, &table_bridges);
        st->host = host_name(run->endpoint);
        st->nameless = 0;
        edge_bridges_init(&st->decoder, add, st);
        st->open = true;
        return esxi_command_send(run, EDGE_BRIDGES, NULL);
    }
    if (reply->more) {
        pairs_feed(&st->decoder.pairs, reply->body, reply->len);
        return STEP_MORE;
    }
    return over(run, st, reply);
}

static const struct schema *const tables[] = {&table_bridges, NULL};

const struct collector collector_edge_bridges = {
    .name = "bridges",
    .kinds = KIND_EDGE,
    .tables = tables,
    .interval_ms = 60000,
    .timeout_ms = 60000,
    .state_size = sizeof(struct state),
    .state_release = release_state,
    .step = step,
};
