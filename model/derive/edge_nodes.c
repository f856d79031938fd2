/*
 * edge_nodes: what edges say of themselves over SSH, beside what NSX Manager says of the same ones.
 *
 * A node is found by identity.c, a gateway by the UUID of its service router on that node. NSX
 * Manager must have the router on the very edge that was asked: anything else is no join. Where
 * both have a word the verdict compares them; ages are for whoever shows or judges them, because
 * the two are read at different times.
 */
#include "model/derive/derive.h"

#include "core/arena.h"
#include "core/map.h"

#include <string.h>

static void set_verdict(struct table_builder *b, unsigned col, bool known, bool same)
{
    builder_state(b, col, !known ? "unknown" : same ? "agrees" : "differs");
}

static bool is(const char *a, const char *b)
{
    return a && strcmp(a, b) == 0;
}

/* ---- edge_status -------------------------------------------------------------------------------
 */

/* A degraded node is one that has some of both. */
static bool same_status(const char *edge, const char *nsx, const struct row *r)
{
    const char *maintenance = row_str(r, EDGES_MAINTENANCE_MODE);

    if (is(edge, "up"))
        return !is(nsx, "down");
    if (is(edge, "admin_down"))
        return !is(nsx, "up") || (maintenance && !is(maintenance, "disabled"));
    return !is(nsx, "up");
}

static void status_row(struct derive *d, void *facts, struct table_builder *b, const struct row *r)
{
    struct identity_edge e = identity_edge_at(derive_edges(d), row_str(r, SCHEMA_ENDPOINT),
                                              row_str(r, EDGE_STATUS_HOST));
    const char *edge = row_str(r, EDGE_STATUS_STATUS);
    const char *nsx = e.row ? row_str(e.row, EDGES_STATUS) : NULL;

    (void)facts;
    builder_str(b, EDGE_STATUS_EDGE, e.name);
    builder_str(b, EDGE_STATUS_JOIN, e.join);
    builder_state(b, EDGE_STATUS_NSX_STATUS, nsx);
    set_verdict(b, EDGE_STATUS_VERDICT, edge && nsx && !is(nsx, "unknown"),
                edge && nsx && same_status(edge, nsx, e.row));
}

static const struct schema *const status_inputs[] = {&table_edges, NULL};

const struct derive_table derive_edge_status_table = {
    .schema = &table_edge_status, .inputs = status_inputs, .row = status_row};

/* ---- edge_gateways -----------------------------------------------------------------------------
 */

struct router {
    const struct row *row; /* of gateways */
    const char *endpoint;
};

struct routers {
    struct map *by_uuid; /* service router -> struct router */
    bool read;
};

static void *routers_prepare(struct derive *d)
{
    struct routers *f = arena_alloc(d->arena, sizeof(*f));
    struct view_cursor at = {0};
    const struct row *r;

    f->by_uuid = map_new();
    while ((r = derive_next(d, &table_gateways, &at))) {
        const char *uuid = derive_lower(d, row_str(r, GATEWAYS_SERVICE_ROUTER));
        struct router *g;

        f->read = true;
        if (!uuid)
            continue;
        g = arena_alloc(d->arena, sizeof(*g));
        *g = (struct router){r, snapshot_endpoint(at.snapshot)};
        map_put(f->by_uuid, uuid, g);
    }
    return f;
}

static void routers_release(void *facts)
{
    map_free(((struct routers *)facts)->by_uuid, NULL);
}

/* This router on this edge, as NSX Manager has it; NULL and *why. */
static const struct router *find_gateway(struct derive *d, const struct routers *f,
                                         const struct row *r, const char *edge_id, const char **why)
{
    const char *uuid = derive_lower(d, row_str(r, EDGE_GATEWAYS_SERVICE_ROUTER));
    const struct router *g = uuid ? map_get(f->by_uuid, uuid) : NULL;

    if (g && edge_id && view_same_text(row_str(g->row, GATEWAYS_EDGE_ID), edge_id))
        return g;
    if (!f->read)
        *why = "unknown: the gateways of NSX Manager were not read";
    else if (!g)
        *why = "unknown: NSX Manager lists no service router with this UUID";
    else if (edge_id)
        *why = "unknown: NSX Manager has this service router on another edge";
    return NULL;
}

static void gateway_row(struct derive *d, void *facts, struct table_builder *b, const struct row *r)
{
    struct identity_edge e = identity_edge_at(derive_edges(d), row_str(r, SCHEMA_ENDPOINT),
                                              row_str(r, EDGE_GATEWAYS_HOST));
    const char *why = e.join, *edge = row_str(r, EDGE_GATEWAYS_HA_STATE);
    const struct router *g = find_gateway(d, facts, r, e.id, &why);
    const char *nsx = g ? row_str(g->row, GATEWAYS_HA_STATUS) : NULL;

    builder_str(b, EDGE_GATEWAYS_EDGE, e.name);
    builder_str(b, EDGE_GATEWAYS_EDGE_ID, e.id ? e.id : e.said);
    builder_str(b, EDGE_GATEWAYS_GATEWAY, g ? row_str(g->row, GATEWAYS_GATEWAY) : NULL);
    builder_str(b, EDGE_GATEWAYS_PATH, g ? row_str(g->row, GATEWAYS_PATH) : NULL);
    builder_str(b, EDGE_GATEWAYS_NSX, g ? g->endpoint : NULL);
    builder_str(b, EDGE_GATEWAYS_JOIN,
                g ? arena_printf(d->arena, "service_router, %s", e.join) : why);
    builder_state(b, EDGE_GATEWAYS_NSX_STATE, nsx);
    set_verdict(b, EDGE_GATEWAYS_VERDICT, edge && nsx && !is(nsx, "unknown"),
                view_same_text(edge, nsx));
}

static const struct schema *const gateway_inputs[] = {&table_gateways, &table_edge_status,
                                                      &table_edges, NULL};

const struct derive_table derive_edge_gateways_table = {.schema = &table_edge_gateways,
                                                        .inputs = gateway_inputs,
                                                        .prepare = routers_prepare,
                                                        .row = gateway_row,
                                                        .release = routers_release};

/* ---- bridges -----------------------------------------------------------------------------------
 */

struct switches {
    struct map *by_uuid; /* switch -> row of segments */
    bool read;
};

static void *switches_prepare(struct derive *d)
{
    struct switches *f = arena_alloc(d->arena, sizeof(*f));
    struct view_cursor at = {0};
    const struct row *r;

    f->by_uuid = map_new();
    while ((r = derive_next(d, &table_segments, &at))) {
        const char *uuid = derive_lower(d, row_str(r, SEGMENTS_SWITCH_ID));

        f->read = true;
        if (uuid)
            map_put(f->by_uuid, uuid, (void *)r);
    }
    return f;
}

static void switches_release(void *facts)
{
    map_free(((struct switches *)facts)->by_uuid, NULL);
}

static void bridge_row(struct derive *d, void *facts, struct table_builder *b, const struct row *r)
{
    const struct switches *f = facts;
    struct identity_edge e =
        identity_edge_at(derive_edges(d), row_str(r, SCHEMA_ENDPOINT), row_str(r, BRIDGES_HOST));
    struct identity_edge peer = identity_edge_named(derive_edges(d), row_str(r, BRIDGES_PEER_ID));
    const char *uuid = derive_lower(d, row_str(r, BRIDGES_SWITCH_ID));
    const struct row *s = uuid ? map_get(f->by_uuid, uuid) : NULL;
    const char *segment = s         ? "switch_id"
                          : f->read ? "unknown: NSX Manager has no segment with the switch's UUID"
                                    : "unknown: the segments of NSX Manager were not read";

    builder_str(b, BRIDGES_EDGE, e.name);
    builder_str(b, BRIDGES_PEER, peer.name);
    builder_str(b, BRIDGES_SEGMENT, s ? row_str(s, SEGMENTS_SEGMENT) : NULL);
    builder_str(b, BRIDGES_JOIN, arena_printf(d->arena, "edge: %s; segment: %s", e.join, segment));
}

static const struct schema *const bridge_inputs[] = {&table_segments, &table_edge_status,
                                                     &table_edges, NULL};

const struct derive_table derive_bridges_table = {.schema = &table_bridges,
                                                  .inputs = bridge_inputs,
                                                  .prepare = switches_prepare,
                                                  .row = bridge_row,
                                                  .release = switches_release};
