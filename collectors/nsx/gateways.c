/*
 * gateways: the lists of tier-0 and tier-1 gateways, and for each the state call that says which
 * edge is active (per_node_status). NSX has no call for the states of all gateways, so a poll reads
 * at most GATEWAY_STATES_MAX: every tier-0, then the tier-1 gateways whose state is oldest. A
 * gateway that is distributed only (no edge) or whose state is not offered here is asked again
 * every RECHECK_MS, or when its configuration changed. Whoever is not asked keeps the rows of its
 * last reading, and the note says so. Each gateway is one block, so an unchanged one is not
 * decoded.
 *
 * What was read is remembered in two steps (next, last): only a run that came to its end was
 * published, and only blocks of the published snapshot can be taken over.
 *
 * On VMC the lists of gateways and the state of the tier-0 may not be offered; there are always
 * the tier-0 vmc and the tier-1 gateways cgw and mgw.
 */
#include <stdlib.h>
#include <string.h>

#include "collectors/nsx/list.h"
#include "collectors/nsx/nsx.h"
#include "collectors/nsx/topology.h"
#include "core/arena.h"
#include "core/hash.h"
#include "core/map.h"
#include "core/mem.h"

#define GATEWAY_STATES_MAX 200
#define RECHECK_MS         (10 * 60 * 1000)

enum known_kind { KNOWN_NOTHING, KNOWN_SERVED, KNOWN_DISTRIBUTED, KNOWN_NOT_OFFERED };

struct reading {
    uint64_t block; /* 0: none */
    uint64_t config;
    int64_t at;
    enum known_kind kind;
};

/* What is remembered of a gateway; last belongs to the published snapshot. */
struct known {
    struct reading last, next;
    unsigned seen; /* the run that listed it last */
};

struct gateways_state {
    struct nsx_topology *topology;
    struct map *known; /* policy path -> struct known */
    unsigned run;
    bool edge_wanted; /* a state named an edge that the topology does not have */
};

struct gateway {
    int tier;
    const char *path, *name, *ha_mode, *failover_mode, *tier0;
    uint64_t config; /* a hash of the above */
    bool read;
    struct known *known;
    struct gateway *next;
};

enum phase { READ_TIER0S, READ_TIER1S, READ_TOPOLOGY, READ_STATES };

struct gateways_run {
    enum phase phase;
    struct nsx_list list;
    struct nsx_topology_reader *topology;
    struct gateway *gateways, **tail, *at;
    size_t n;
    unsigned failed, left_out;
    struct err first; /* why the first of the failed */
};

static void release_state(void *state)
{
    struct gateways_state *s = state;

    nsx_topology_free(s->topology);
    map_free(s->known, free);
}

/* ---- rows --------------------------------------------------------------------------------------
 */

static void add_row(struct table_builder *b, const struct gateway *g)
{
    builder_row(b);
    builder_str(b, GATEWAYS_GATEWAY, g->name);
    builder_int(b, GATEWAYS_TIER, g->tier);
    builder_state(b, GATEWAYS_HA_MODE, g->ha_mode);
    builder_state(b, GATEWAYS_FAILOVER_MODE, g->failover_mode);
    builder_str(b, GATEWAYS_PATH, g->path);
    builder_str(b, GATEWAYS_TIER0, g->tier0);
}

static void add_node(struct gateways_state *s, struct table_builder *b, const struct gateway *g,
                     struct json_object *status, struct json_object *node)
{
    const char *id = jsonq_str(node, "transport_node_id"), *path = jsonq_str(node, "edge_path");
    const struct nsx_edge *edge = nsx_topology_by_id(s->topology, id);
    int64_t at;

    if (!edge)
        edge = nsx_topology_by_path(s->topology, path);
    s->edge_wanted |= !edge && (id || path);
    add_row(b, g);
    builder_str(b, GATEWAYS_EDGE, edge ? edge->name : NULL);
    builder_str(b, GATEWAYS_EDGE_ID, id || !edge ? id : edge->id);
    builder_state(b, GATEWAYS_HA_STATUS, jsonq_str(node, "high_availability_status"));
    builder_str(b, GATEWAYS_TRAFFIC_GROUP, jsonq_str(node, "traffic_group_id"));
    builder_str(b, GATEWAYS_SERVICE_ROUTER, jsonq_str(node, "service_router_id"));
    if (jsonq_int(status, "last_update_timestamp", &at))
        builder_int(b, GATEWAYS_REPORTED_AT, at);
}

/* The rows of a gateway whose state could not be read. */
static void add_unknown(struct table_builder *b, const struct gateway *g)
{
    builder_block(b, 0);
    add_row(b, g);
    builder_state(b, GATEWAYS_HA_STATUS, "unknown");
}

static void add_status(struct gateways_state *s, struct table_builder *b, const struct gateway *g,
                       struct json_object *state)
{
    struct json_object *status = jsonq_get(state, g->tier ? "tier1_status" : "tier0_status");
    size_t n = jsonq_len(status, "per_node_status");

    for (size_t i = 0; i < n; i++) {
        struct json_object *node = jsonq_at(status, "per_node_status", i);

        if (json_object_is_type(node, json_type_object))
            add_node(s, b, g, status, node);
    }
    if (n == 0)
        add_row(b, g);
    g->known->next.kind = n > 0 ? KNOWN_SERVED : KNOWN_DISTRIBUTED;
}

static bool has_object(struct json_object *o, const char *name)
{
    return json_object_is_type(jsonq_get(o, name), json_type_object);
}

/* A distributed tier-1 may have no status at all, a tier-0 has one. */
static struct json_object *parse_state(const struct gateway *g, const struct reply *reply,
                                       struct err *err)
{
    struct json_object *o = jsonq_parse(reply->body, reply->len, err);

    if (!o)
        return NULL;
    if (g->tier ? has_object(o, "tier1_status") || has_object(o, "tier1_state")
                : has_object(o, "tier0_status"))
        return o;
    json_object_put(o);
    err_set(err, ERR_PROTO, 0, "the reply has no status");
    return NULL;
}

static int read_state(struct run *run, struct gateway *g, const struct reply *reply,
                      struct err *err)
{
    struct gateways_state *s = run->state;
    struct table_builder *b = run_table(run, &table_gateways);
    uint64_t block = nsx_mix(reply->hash, nsx_mix(g->config, nsx_topology_salt(s->topology)));
    struct json_object *o = NULL;

    g->known->next = (struct reading){block, g->config, run->now, g->known->last.kind};
    if (block != g->known->last.block) {
        o = parse_state(g, reply, err);
        if (!o)
            return -1;
    }
    if (builder_block(b, block))
        json_object_put(o);
    else {
        o = o ? o : parse_state(g, reply, err);
        add_status(s, b, g, o);
        json_object_put(o);
    }
    return 0;
}

/* ---- which states are read ---------------------------------------------------------------------
 */

static bool is_due(const struct run *run, const struct gateway *g)
{
    const struct reading *r = &g->known->last;
    int64_t age = run->now - r->at;

    if (r->block == 0 || r->kind == KNOWN_SERVED || r->config != g->config)
        return true;
    return age >= RECHECK_MS || age < 0;
}

static int by_need(const void *a, const void *b)
{
    const struct gateway *x = *(struct gateway *const *)a, *y = *(struct gateway *const *)b;
    int64_t u = x->known->last.at, v = y->known->last.at;

    if (x->tier != y->tier)
        return x->tier - y->tier;
    return (u > v) - (u < v);
}

static void choose(struct run *run, struct gateways_run *r)
{
    struct gateway **due = arena_alloc(run->arena, (r->n + 1) * sizeof(struct gateway *));
    size_t n = 0;

    for (struct gateway *g = r->gateways; g; g = g->next) {
        if (is_due(run, g))
            due[n++] = g;
    }
    qsort(due, n, sizeof(struct gateway *), by_need);
    for (size_t i = 0; i < n && i < GATEWAY_STATES_MAX; i++)
        due[i]->read = true;
    r->left_out = n > GATEWAY_STATES_MAX ? (unsigned)(n - GATEWAY_STATES_MAX) : 0;
}

static bool was_published(const struct snapshot *prev, uint64_t block)
{
    for (size_t i = 0; prev && block && i < snapshot_blocks(prev); i++) {
        if (snapshot_block_hash(prev, i) == block)
            return true;
    }
    return false;
}

/* The rows of the last reading. */
static void keep_rows(struct run *run, struct gateway *g)
{
    struct table_builder *b = run_table(run, &table_gateways);

    g->known->next = g->known->last;
    if (was_published(builder_prev(b), g->known->last.block)) {
        builder_block(b, g->known->last.block);
        return;
    }
    g->known->next = (struct reading){0};
    add_unknown(b, g);
}

/* ---- the run -----------------------------------------------------------------------------------
 */

static void say_notes(struct run *run, const struct gateways_run *r)
{
    const struct gateways_state *s = run->state;
    const struct err *names = nsx_topology_err(s->topology);
    struct table_builder *b = run_table(run, &table_gateways);
    unsigned missing = 0;

    for (const struct gateway *g = r->gateways; g; g = g->next)
        missing += g->known->next.kind == KNOWN_NOT_OFFERED;
    builder_malformed_apart(b, nsx_topology_odd(s->topology));
    if (names->kind != ERR_NONE)
        builder_note(b, "names of edges are missing: %s", names->msg);
    if (missing > 0)
        builder_note(b, "the edges of %u gateway%s are not available here", missing,
                     missing > 1 ? "s" : "");
    if (r->left_out > 0)
        builder_note(b, "%d gateways are read at a time; %u more show an earlier reading",
                     GATEWAY_STATES_MAX, r->left_out);
}

/* Gateways that are gone are forgotten; what was read is what will be published. */
static enum step finish(struct run *run, struct gateways_run *r)
{
    struct gateways_state *s = run->state;
    const char *path;
    void *value;

    say_notes(run, r);
    for (size_t i = 0; map_at(s->known, &i, &path, &value);) {
        struct known *k = value;

        k->last = k->next;
        if (k->seen != s->run)
            free(map_remove(s->known, path));
    }
    nsx_partial_many(run, run_table(run, &table_gateways), r->failed, "the edges of", "gateway",
                     &r->first);
    return STEP_DONE;
}

static enum step next_state(struct run *run, struct gateways_run *r)
{
    for (r->at = r->at ? r->at->next : r->gateways; r->at; r->at = r->at->next) {
        if (r->at->read)
            return run_get(run, SERVICE_NSX, "state of a gateway", NSX_POLICY "%s/state",
                           nsx_escape(run, r->at->path, true));
        keep_rows(run, r->at);
    }
    return finish(run, r);
}

static enum step read_states(struct run *run, struct gateways_run *r)
{
    choose(run, r);
    r->phase = READ_STATES;
    return next_state(run, r);
}

static bool not_offered(const struct run *run, const struct reply *reply)
{
    return reply_not_offered(reply) ||
           (run->facts->on_vmc && reply->err && reply->err->kind == ERR_DENIED);
}

static enum step on_state(struct run *run, struct gateways_run *r, const struct reply *reply)
{
    struct table_builder *b = run_table(run, &table_gateways);
    struct gateway *g = r->at;
    struct err err = {0};

    if (not_offered(run, reply)) {
        uint64_t block = nsx_mix(g->config, KNOWN_NOT_OFFERED);

        g->known->next = (struct reading){block, g->config, run->now, KNOWN_NOT_OFFERED};
        if (!builder_block(b, block))
            add_row(b, g);
        return next_state(run, r);
    }
    if (reply->err)
        err = *reply->err;
    else if (read_state(run, g, reply, &err) == 0)
        return next_state(run, r);
    g->known->next = (struct reading){0};
    add_unknown(b, g);
    if (r->failed++ == 0)
        r->first = err;
    return next_state(run, r);
}

static enum step read_topology(struct run *run, struct gateways_run *r)
{
    struct gateways_state *s = run->state;

    if (!nsx_topology_is_due(s->topology, run->now, s->edge_wanted))
        return read_states(run, r);
    s->edge_wanted = false;
    r->phase = READ_TOPOLOGY;
    r->topology = nsx_topology_start(run, &s->topology);
    return STEP_SEND;
}

static enum step on_topology(struct run *run, struct gateways_run *r, const struct reply *reply)
{
    if (nsx_topology_step(run, r->topology, reply) == STEP_SEND)
        return STEP_SEND;
    return read_states(run, r);
}

/* ---- the lists ---------------------------------------------------------------------------------
 */

static uint64_t hash_config(const struct gateway *g)
{
    const char *const parts[] = {g->path, g->name, g->ha_mode, g->failover_mode, g->tier0};
    uint64_t h = 1;

    for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
        h = nsx_mix(h, parts[i] ? hash_fast(parts[i], strlen(parts[i]), 0) : 0);
    return h;
}

static struct known *remember(struct gateways_state *s, const char *path)
{
    struct known *k = map_get(s->known, path);

    if (!k) {
        k = mem_alloc(sizeof(*k));
        map_put(s->known, path, k);
    }
    if (k->seen != s->run)
        k->next = (struct reading){0};
    k->seen = s->run;
    return k;
}

static void add_gateway(struct run *run, struct gateways_run *r, struct gateway g)
{
    struct gateway *copy = arena_alloc(run->arena, sizeof(*copy));

    *copy = g;
    copy->tier = r->phase == READ_TIER0S ? 0 : 1;
    copy->config = hash_config(&g);
    copy->known = remember(run->state, g.path);
    *r->tail = copy;
    r->tail = &copy->next;
    r->n++;
}

static const char *keep(struct run *run, const char *text)
{
    return arena_strdup(run->arena, text);
}

static void add_item(void *arg, struct json_object *o)
{
    struct run *run = arg;
    const char *path = jsonq_str(o, "path"), *name = jsonq_str(o, "display_name");
    struct gateways_state *s = run->state;
    struct known *k;

    if (!path || path[0] != '/')
        return;
    k = map_get(s->known, path);
    if (k && k->seen == s->run) /* a page that came twice */
        return;
    add_gateway(run, run->scratch,
                (struct gateway){.path = keep(run, path),
                                 .name = keep(run, name ? name : nsx_path_id(path)),
                                 .ha_mode = keep(run, jsonq_str(o, "ha_mode")),
                                 .failover_mode = keep(run, jsonq_str(o, "failover_mode")),
                                 .tier0 = keep(run, nsx_path_id(jsonq_str(o, "tier0_path")))});
}

/* One that every SDDC has, whether it lists it or not. */
static void add_known(struct run *run, struct gateways_run *r, const char *path)
{
    add_gateway(run, r, (struct gateway){.name = nsx_path_id(path), .path = path});
}

static enum step read_tier1s(struct run *run, struct gateways_run *r)
{
    r->phase = READ_TIER1S;
    return nsx_list_first(run, &r->list, "tier-1 gateways", NSX_POLICY "/infra/tier-1s");
}

static enum step on_tier0s(struct run *run, struct gateways_run *r, const struct reply *reply)
{
    struct err err = {0};
    enum nsx_more more = nsx_list_read(run, &r->list, reply, add_item, run, &err);

    if (more == NSX_LIST_MORE)
        return STEP_SEND;
    if (more == NSX_LIST_END)
        return read_tier1s(run, r);
    if (r->list.pages == 1 && run->facts->on_vmc && not_offered(run, reply)) {
        add_known(run, r, "/infra/tier-0s/vmc");
        return read_tier1s(run, r);
    }
    if (r->list.pages == 1)
        return run_fail(run, &err);
    err_prefix(&err, "tier-0 gateways are missing");
    nsx_partial(run, &err);
    return read_tier1s(run, r);
}

static enum step on_tier1s(struct run *run, struct gateways_run *r, const struct reply *reply)
{
    struct err err = {0};
    enum nsx_more more = nsx_list_read(run, &r->list, reply, add_item, run, &err);

    if (more == NSX_LIST_MORE)
        return STEP_SEND;
    if (more == NSX_LIST_BROKEN && run->facts->on_vmc && not_offered(run, reply)) {
        add_known(run, r, "/infra/tier-1s/cgw");
        add_known(run, r, "/infra/tier-1s/mgw");
    } else if (more == NSX_LIST_BROKEN) {
        err_prefix(&err, "tier-1 gateways are missing");
        nsx_partial(run, &err);
    }
    return read_topology(run, r);
}

static enum step start(struct run *run)
{
    struct gateways_run *r = arena_alloc(run->arena, sizeof(*r));
    struct gateways_state *s = run->state;

    if (!s->known)
        s->known = map_new();
    s->run++;
    r->tail = &r->gateways;
    run->scratch = r;
    return nsx_list_first(run, &r->list, "tier-0 gateways", NSX_POLICY "/infra/tier-0s");
}

static enum step step(struct run *run, const struct reply *reply)
{
    struct gateways_run *r = run->scratch;

    if (!r || !reply)
        return start(run);
    switch (r->phase) {
    case READ_TIER0S:
        return on_tier0s(run, r, reply);
    case READ_TIER1S:
        return on_tier1s(run, r, reply);
    case READ_TOPOLOGY:
        return on_topology(run, r, reply);
    case READ_STATES:
        break;
    }
    return on_state(run, r, reply);
}

static const struct schema *const tables[] = {&table_gateways, NULL};

const struct collector collector_nsx_gateways = {
    .name = "gateways",
    .kinds = KIND_NSX | KIND_VMC,
    .tables = tables,
    .interval_ms = 10000,
    .timeout_ms = 120000,
    .state_size = sizeof(struct gateways_state),
    .state_release = release_state,
    .step = step,
};
