/*
 * What an edge node says it is for each gateway. An exec is one command and keeps no VRF, so the
 * service routers are listed first (`get logical-routers`) and each is asked by its UUID, which is
 * its own on every node:
 *
 *   get gateway UUID high-availability status    NSX 3.2 and later
 *   get high-availability status                 where that is not known: one answer, for whichever
 *                                                router the edge takes it to be about
 *
 * A router that is gone when it is asked makes the table partial and says so. Which of the commands
 * an edge knows is remembered from run to run.
 */
#include "collectors/edge/answer.h"
#include "collectors/edge/edge.h"
#include "collectors/esxi/edge.h"
#include "core/arena.h"
#include "core/mem.h"

#include <stdlib.h>

#define ROUTERS_MAX 256

enum phase { LISTING, ASKING, SOLE };

struct state {
    enum phase phase;
    bool open;      /* the decoder of the phase is in use */
    bool sole_only; /* this edge knows no `get gateway` */
    struct edge_routers list;
    struct edge_ha ha;
    struct edge_router *routers;
    size_t n, cap, next, left_out, failed;
    struct err first; /* of those that failed */
};

static void close_decoder(struct state *st)
{
    if (st->open && st->phase == LISTING)
        lines_release(&st->list.lines);
    else if (st->open)
        pairs_release(&st->ha.pairs);
    st->open = false;
}

static void release_state(void *state)
{
    struct state *st = state;

    close_decoder(st);
    free(st->routers);
    st->routers = NULL;
    st->n = st->cap = 0;
}

/* ---- rows --------------------------------------------------------------------------------------
 */

static void add_addresses(struct run *run, struct table_builder *b, const char *text)
{
    while (*text) {
        size_t n = strcspn(text, ";");

        if (n)
            builder_list_add(b, EDGE_GATEWAYS_ADDRESSES, arena_strndup(run->arena, text, n));
        text += n + (text[n] == ';');
    }
}

/* "TIER0", "SERVICE_ROUTER_TIER1" */
static void add_tier(struct table_builder *b, const char *type)
{
    size_t n = strlen(type);

    if (n >= 5 && strncmp(type + n - 5, "TIER", 4) == 0 &&
        (type[n - 1] == '0' || type[n - 1] == '1'))
        builder_int(b, EDGE_GATEWAYS_TIER, type[n - 1] - '0');
}

/* @r: as it was listed; NULL: it was not. */
static void add(struct run *run, const struct edge_ha *e, const struct edge_router *r)
{
    struct table_builder *b = run_table(run, &table_edge_gateways);

    builder_row(b);
    builder_str(b, EDGE_GATEWAYS_HOST, host_name(run->endpoint));
    builder_str(b, EDGE_GATEWAYS_SERVICE_ROUTER, r ? r->uuid : e->router);
    if (r)
        edge_text(b, EDGE_GATEWAYS_ROUTER, r->name);
    add_tier(b, e->type[0] || !r ? e->type : r->type);
    edge_text(b, EDGE_GATEWAYS_MODE, e->mode);
    edge_state(b, EDGE_GATEWAYS_FAILOVER_MODE, e->failover_mode);
    edge_state(b, EDGE_GATEWAYS_HA_STATE, e->state);
    add_addresses(run, b, e->addresses);
    edge_add_peers(run, b, EDGE_GATEWAYS_PEERS, e->peers, e->npeers);
}

/* ---- asking ------------------------------------------------------------------------------------
 */

static enum step ask(struct run *run, struct state *st, enum esxi_command c, const char *name)
{
    st->phase = c == EDGE_HA ? SOLE : ASKING;
    edge_ha_init(&st->ha);
    st->open = true;
    return esxi_command_send(run, c, name);
}

static enum step finish(struct run *run, struct state *st)
{
    if (st->failed && st->failed == st->n)
        return run_fail(run, &st->first);
    if (st->failed) {
        run->freshness = FRESH_PARTIAL;
        run->err = st->first;
        err_prefix(&run->err, "%zu of %zu service routers were not read", st->failed, st->n);
    } else if (st->left_out) {
        run->freshness = FRESH_PARTIAL;
        err_set(&run->err, ERR_LIMIT, 0, "%zu service routers beyond the limit of %d were not read",
                st->left_out, ROUTERS_MAX);
    }
    return STEP_DONE;
}

static enum step next(struct run *run, struct state *st)
{
    if (st->next == st->n)
        return finish(run, st);
    return ask(run, st, EDGE_GATEWAY_HA, st->routers[st->next].uuid);
}

/* ---- the list ----------------------------------------------------------------------------------
 */

static void on_router(void *arg, const struct edge_router *r)
{
    struct state *st = arg;

    if (strncmp(r->type, "SERVICE_ROUTER", 14) != 0)
        return;
    if (st->n == ROUTERS_MAX) {
        st->left_out++;
        return;
    }
    st->routers = mem_grow(st->routers, st->n, &st->cap, sizeof(*st->routers));
    st->routers[st->n++] = *r;
}

static enum step start(struct run *run, struct state *st)
{
    release_state(st);
    st->next = st->left_out = st->failed = 0;
    if (st->sole_only)
        return ask(run, st, EDGE_HA, NULL);
    st->phase = LISTING;
    edge_routers_init(&st->list, on_router, st);
    st->open = true;
    return esxi_command_send(run, EDGE_ROUTERS, NULL);
}

static enum step listed(struct run *run, struct state *st, const struct reply *reply)
{
    const struct parse_health *h = &st->list.lines.health;
    struct err err = {0};
    bool failed;

    edge_note_cut(run, &table_edge_gateways, EDGE_ROUTERS, &st->list.lines);
    lines_end(&st->list.lines, !reply->err);
    failed = edge_failed(reply, EDGE_ROUTERS, st->list.error, h, &err);
    if (!failed && !st->list.routers && h->lines)
        failed = err_set(&err, ERR_PROTO, 0, "'%s' prints something else than routers",
                         esxi_command_pattern(EDGE_ROUTERS)) != 0;
    if (!failed)
        host_note_health(run, &table_edge_gateways, esxi_command_pattern(EDGE_ROUTERS), h);
    close_decoder(st);
    if (failed && err.kind == ERR_UNSUPPORTED && !reply->err)
        return ask(run, st, EDGE_HA, NULL);
    return failed ? run_fail(run, &err) : next(run, st);
}

/* ---- each of them ------------------------------------------------------------------------------
 */

static bool read_one(struct run *run, struct state *st, const struct reply *reply,
                     enum esxi_command c, struct err *err)
{
    const struct edge_ha *e = &st->ha;

    edge_note_cut(run, &table_edge_gateways, c, &e->pairs.lines);
    pairs_end(&st->ha.pairs, !reply->err);
    if (edge_failed(reply, c, e->pairs.error, &e->pairs.lines.health, err))
        return false;
    if (!e->router[0] || !e->state[0]) {
        err_set(err, ERR_PROTO, 0, "'%s' names no router or no state of it",
                esxi_command_pattern(c));
        return false;
    }
    if (c == EDGE_GATEWAY_HA && strcasecmp(e->router, st->routers[st->next].uuid) != 0) {
        err_set(err, ERR_PROTO, 0, "'%s' answers for another router", esxi_command_pattern(c));
        return false;
    }
    host_note_health(run, &table_edge_gateways, esxi_command_pattern(c), &e->pairs.lines.health);
    add(run, e, c == EDGE_HA ? NULL : &st->routers[st->next]);
    return true;
}

static enum step asked(struct run *run, struct state *st, const struct reply *reply)
{
    bool sole = st->phase == SOLE;
    struct err err = {0};
    bool good = read_one(run, st, reply, sole ? EDGE_HA : EDGE_GATEWAY_HA, &err);

    close_decoder(st);
    if (sole)
        return good ? STEP_DONE : run_fail(run, &err);
    /* A hanging edge would hang for every router. */
    if (!good && reply->err)
        return run_fail(run, &err);
    if (!good && err.kind == ERR_UNSUPPORTED && st->next == 0) {
        st->sole_only = true;
        return ask(run, st, EDGE_HA, NULL);
    }
    if (!good && !st->failed++)
        st->first = err;
    st->next++;
    return next(run, st);
}

static enum step step(struct run *run, const struct reply *reply)
{
    struct state *st = run->state;

    if (!reply)
        return start(run, st);
    if (!reply->more)
        return st->phase == LISTING ? listed(run, st, reply) : asked(run, st, reply);
    if (st->phase == LISTING)
        lines_feed(&st->list.lines, reply->body, reply->len);
    else
        pairs_feed(&st->ha.pairs, reply->body, reply->len);
    return STEP_MORE;
}

static const struct schema *const tables[] = {&table_edge_gateways, NULL};

const struct collector collector_edge_gateways = {
    .name = "edge_gateways",
    .kinds = KIND_EDGE,
    .tables = tables,
    .interval_ms = 20000,
    .timeout_ms = 120000,
    .state_size = sizeof(struct state),
    .state_release = release_state,
    .step = step,
};
