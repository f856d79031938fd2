/* What a host is connected with: among it the ways to the managers that give it its rules. */
#include "collectors/esxi/collectors.h"
#include "collectors/esxi/connections.h"
#include "collectors/esxi/script.h"

struct state {
    struct script script; /* first */
    struct connections decoder;
    bool silent; /* it printed nothing */
    struct table_builder *b;
    const char *host;
};

/* The port behind the last colon; -1: none. */
static int64_t port_of(struct slice address)
{
    const char *colon = memrchr(address.p, ':', address.len);
    int64_t port;

    if (!colon)
        return -1;
    address.len -= (size_t)(colon + 1 - address.p);
    address.p = colon + 1;
    return slice_int(address, &port) ? port : -1;
}

/* 5671 is the message bus of NSX-V; that 1234 and 1235 are the managers and controllers of NSX-T is
 * from memory. */
static const char *purpose_of(const struct connection *c)
{
    switch (port_of(c->foreign)) {
    case 5671:
        return "nsx_v_control";
    case 1234:
    case 1235:
        return "nsx_control";
    default:
        return NULL;
    }
}

static void add_text(struct table_builder *b, unsigned col, struct slice s)
{
    if (s.len)
        builder_strn(b, col, s.p, s.len);
}

static void add(void *arg, const struct connection *c)
{
    struct state *st = arg;
    struct table_builder *b = st->b;

    builder_row(b);
    builder_str(b, CONNECTIONS_HOST, st->host);
    add_text(b, CONNECTIONS_PROTOCOL, c->protocol);
    add_text(b, CONNECTIONS_LOCAL, c->local);
    add_text(b, CONNECTIONS_FOREIGN, c->foreign);
    add_text(b, CONNECTIONS_STATE, c->state);
    add_text(b, CONNECTIONS_WORLD, c->world);
    if (c->world_id >= 0)
        builder_int(b, CONNECTIONS_WORLD_ID, c->world_id);
    builder_str(b, CONNECTIONS_PURPOSE, purpose_of(c));
}

static void begin(struct run *run, struct script *s)
{
    struct state *st = (struct state *)s;

    st->b = run_table(run, &table_connections);
    st->host = host_name(run->endpoint);
    connections_init(&st->decoder, add, st);
}

static void feed(struct script *s, const char *data, size_t len)
{
    connections_feed(&((struct state *)s)->decoder, data, len);
}

static const struct parse_health *end(struct run *run, struct script *s, bool whole)
{
    struct state *st = (struct state *)s;

    if (!connections_end(&st->decoder, whole) && whole) {
        run->freshness = FRESH_PARTIAL;
        err_set(&run->err, ERR_PROTO, 0, "the list of connections ends in its middle");
    }
    st->silent = !st->decoder.lines.health.lines;
    return &st->decoder.lines.health;
}

static void release(struct script *s)
{
    connections_release(&((struct state *)s)->decoder);
}

static const struct script_part parts[] = {{ESXI_CONNECTIONS, true, begin, feed, end, release}};

static enum step step(struct run *run, const struct reply *reply)
{
    struct state *st = run->state;
    enum step next;

    next = script_step(run, &st->script, parts, 1, reply, NULL);
    /* We are connected to it: a host without any connection is none. */
    if (next == STEP_DONE && st->silent)
        return run_fail_proto(run, "the list of connections is empty");
    return next;
}

static const struct schema *const tables[] = {&table_connections, NULL};

const struct collector collector_esxi_connections = {
    .name = "connections",
    .kinds = KIND_ESXI,
    .tables = tables,
    .interval_ms = 60000,
    .timeout_ms = 60000,
    .state_size = sizeof(struct state),
    .state_release = script_release,
    .step = step,
};
