/* gateways: since when each edge has been what it is for the gateway, and what the edge says. */
#include "model/derive/derive.h"

#include "core/arena.h"
#include "core/map.h"

/* A router is the edge's and NSX Manager's on the same node alone. NULL: one of them is unknown. */
static const char *key_of(struct derive *d, const char *edge, const char *router)
{
    return edge && router ? derive_lower(d, arena_printf(d->arena, "%s %s", edge, router)) : NULL;
}

/* Edge and service router -> row of edge_gateways. */
static void *prepare(struct derive *d)
{
    struct map *said = map_new();
    struct view_cursor at = {0};
    const struct row *r;

    while ((r = derive_next(d, &table_edge_gateways, &at))) {
        const char *key =
            key_of(d, row_str(r, EDGE_GATEWAYS_EDGE_ID), row_str(r, EDGE_GATEWAYS_SERVICE_ROUTER));

        if (key)
            map_put(said, key, (void *)r);
    }
    return said;
}

static void release(void *facts)
{
    map_free(facts, NULL);
}

static void set_said(struct derive *d, const struct map *said, struct table_builder *b,
                     const struct row *r)
{
    const char *key = map_count(said) ? key_of(d, row_str(r, GATEWAYS_EDGE_ID),
                                               row_str(r, GATEWAYS_SERVICE_ROUTER))
                                      : NULL;
    const struct row *e = key ? map_get(said, key) : NULL;

    if (e)
        builder_state(b, GATEWAYS_EDGE_SAYS, row_str(e, EDGE_GATEWAYS_HA_STATE));
}

static void row(struct derive *d, void *facts, struct table_builder *b, const struct row *r)
{
    struct since_record s;

    set_said(d, facts, b, r);
    if (since_find(d->since, d->view->site->name, "gateway", r->key, &s) && s.at &&
        view_same_text(s.state, row_str(r, GATEWAYS_HA_STATUS)))
        builder_int(b, GATEWAYS_SINCE_AT, s.at);
}

static const struct schema *const inputs[] = {&table_edge_gateways, NULL};

const struct derive_table derive_gateways_table = {.schema = &table_gateways,
                                                   .inputs = inputs,
                                                   .prepare = prepare,
                                                   .row = row,
                                                   .release = release};
