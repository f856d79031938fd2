/*
 * subnets: the route table each one uses: the one that names it, else the main one of its VPC. And
 * vpc_endpoints: the zones they are in, by their subnets.
 */
#include "model/derive/facts.h"

#include "core/arena.h"
#include "core/map.h"

struct subnets_join {
    struct map *named; /* subnet -> id of the route table that names it */
    struct route_facts *routes;
};

static void *prepare(struct derive *d)
{
    struct subnets_join *j = arena_alloc(d->arena, sizeof(*j));
    struct view_cursor at = {0};
    const char *last = NULL;
    const struct row *r;

    j->named = map_new();
    j->routes = derive_routes(d);
    while ((r = derive_next(d, &table_routes, &at))) {
        const char *table = row_str(r, ROUTES_ROUTE_TABLE);
        const struct cell_list *subnets = row_list(r, ROUTES_SUBNETS);
        if (view_same_text(table, last))
            continue;
        last = table;
        for (size_t i = 0; table && subnets && i < subnets->n; i++)
            map_put(j->named, subnets->items[i], (void *)table);
    }
    return j;
}

static void release(void *facts)
{
    map_free(((struct subnets_join *)facts)->named, NULL);
}

/* "None names it" is known only when every table was read. */
static void row(struct derive *d, void *facts, struct table_builder *b, const struct row *r)
{
    const struct subnets_join *j = facts;
    const char *subnet = row_str(r, SUBNETS_SUBNET);
    const char *table = subnet ? map_get(j->named, subnet) : NULL;
    const struct vpc_facts *v = vpc_find(j->routes, row_str(r, SUBNETS_VPC));

    if (!table && v && view_state(d->view, &table_routes) == VIEW_GOOD)
        table = v->main_table;
    builder_str(b, SUBNETS_ROUTE_TABLE, table);
}

static const struct schema *const inputs[] = {
    &table_routes, &table_linked_vpcs, &table_enis, &table_segments,
    &table_sddcs,  &table_hosts,       NULL};

const struct derive_table derive_subnets_table = {
    .schema = &table_subnets, .inputs = inputs, .prepare = prepare, .row = row, .release = release};

static void endpoint_row(struct derive *d, void *facts, struct table_builder *b,
                         const struct row *r)
{
    const struct cell_list *subnets = row_list(r, VPC_ENDPOINTS_SUBNETS);

    (void)facts;
    for (size_t i = 0; subnets && i < subnets->n; i++) {
        const struct row *s = view_find(d->view, &table_subnets, subnets->items[i]);
        const char *zone = s ? row_str(s, SUBNETS_AZ_ID) : NULL;
        const struct cell *now = builder_peek(b, VPC_ENDPOINTS_AZ_IDS);
        if (zone && !(now->type == CELL_LIST && view_list_has(now->u.list, zone)))
            builder_list_add(b, VPC_ENDPOINTS_AZ_IDS, zone);
    }
}

static const struct schema *const endpoint_inputs[] = {&table_subnets, NULL};

const struct derive_table derive_vpc_endpoints_table = {
    .schema = &table_vpc_endpoints, .inputs = endpoint_inputs, .row = endpoint_row};
