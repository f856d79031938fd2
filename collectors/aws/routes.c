/*
 * routes: one row per route, with what is known of its route table repeated. A table's name and the
 * subnets it serves come behind its routes in the reply, so the routes of one table are kept until
 * it ends.
 *
 * A route has one target of a dozen kinds, each in an element of its own. A route to the interface
 * of an instance names both: the interface counts. Elements that are not known yet but end like the
 * others (Id, Arn) are targets, too, under their own name.
 */
#include "collectors/aws/collectors.h"
#include "collectors/aws/ec2_table.h"

#include <string.h>

#include "core/arena.h"
#include "core/mem.h"
#include "core/text.h"

struct route {
    const char *destination, *prefix_list, *target, *target_type, *state, *origin;
    bool interface; /* the target is one */
};

struct association {
    bool main, gone;
    const char *subnet;
};

struct names {
    const char **items;
    size_t n, alloc;
};

/* The route table being read. */
struct table_own {
    const char *id, *vpc, *name, *tag_key, *tag_value;
    bool main, any_association;
    struct association association;
    struct names subnets;
    struct route route, *routes;
    size_t n, alloc;
};

/* ---- members of a route ------------------------------------------------------------------- */

struct target_kind {
    const char *element, *type;
};

static const struct target_kind target_kinds[] = {
    {"networkInterfaceId", "eni"},
    {"gatewayId", "gateway"},
    {"natGatewayId", "nat_gateway"},
    {"transitGatewayId", "transit_gateway"},
    {"localGatewayId", "local_gateway"},
    {"carrierGatewayId", "carrier_gateway"},
    {"instanceId", "instance"},
    {"vpcPeeringConnectionId", "vpc_peering"},
    {"egressOnlyInternetGatewayId", "egress_only_gateway"},
    {"coreNetworkArn", "core_network"},
    {"odbNetworkArn", "odb_network"},
};

/* What a gatewayId is, by its first letters. */
static const struct target_kind gateway_kinds[] = {
    {"local", "local"},
    {"igw-", "internet_gateway"},
    {"vgw-", "vpn_gateway"},
    {"vpce-", "vpc_endpoint"},
};

static const char *target_type(struct arena *arena, const char *element, const char *target)
{
    for (size_t i = 0; strcmp(element, "gatewayId") == 0 && i < ARRAY_SIZE(gateway_kinds); i++) {
        if (text_has_prefix(target, gateway_kinds[i].element))
            return gateway_kinds[i].type;
    }
    for (size_t i = 0; i < ARRAY_SIZE(target_kinds); i++) {
        if (strcmp(element, target_kinds[i].element) == 0)
            return target_kinds[i].type;
    }
    return arena_strdup(arena, element);
}

static void take_target(struct route *r, struct arena *arena, const char *element, const char *text)
{
    bool interface = strcmp(element, "networkInterfaceId") == 0;

    if (r->interface || (r->target && !interface))
        return;
    r->interface = interface;
    r->target = text;
    r->target_type = target_type(arena, element, text);
}

static void take_route_member(struct route *r, struct arena *arena, const char *name,
                              const char *text)
{
    if (strcmp(name, "destinationCidrBlock") == 0 ||
        (strcmp(name, "destinationIpv6CidrBlock") == 0 && !r->destination))
        r->destination = text;
    else if (strcmp(name, "destinationPrefixListId") == 0)
        r->prefix_list = text;
    else if (strcmp(name, "state") == 0)
        r->state = text;
    else if (strcmp(name, "origin") == 0)
        r->origin = text;
    else if (strcmp(name, "instanceOwnerId") != 0 &&
             (text_has_suffix(name, "Id") || text_has_suffix(name, "Arn")))
        take_target(r, arena, name, text);
}

/* ---- members of a route table ------------------------------------------------------------- */

static void begin(struct ec2_row *row)
{
    struct table_own *own = row->own;
    struct route *routes = own->routes;
    struct names subnets = {.items = own->subnets.items, .alloc = own->subnets.alloc};
    size_t alloc = own->alloc;

    *own = (struct table_own){.routes = routes, .alloc = alloc, .subnets = subnets};
}

static void end_of_route(struct ec2_row *row)
{
    struct table_own *own = row->own;

    if (own->n == own->alloc) { /* in the arena: a reply that fails must leave nothing behind */
        size_t alloc = own->alloc ? 2 * own->alloc : 64;
        struct route *more = arena_alloc(row->run->arena, alloc * sizeof(*more));

        if (own->n)
            memcpy(more, own->routes, own->n * sizeof(*more));
        own->routes = more;
        own->alloc = alloc;
    }
    own->routes[own->n++] = own->route;
    own->route = (struct route){0};
}

static void end_of_association(struct ec2_row *row)
{
    struct table_own *own = row->own;
    struct names *subnets = &own->subnets;

    own->main |= own->association.main && !own->association.gone;
    if (own->association.subnet && !own->association.gone) {
        if (subnets->n == subnets->alloc) {
            size_t alloc = subnets->alloc ? 2 * subnets->alloc : 16;
            const char **more = arena_alloc(row->run->arena, alloc * sizeof(*more));

            if (subnets->n)
                memcpy(more, subnets->items, subnets->n * sizeof(*more));
            subnets->items = more;
            subnets->alloc = alloc;
        }
        subnets->items[subnets->n++] = own->association.subnet;
    }
    own->association = (struct association){0};
}

static void take_association_member(struct association *a, struct xml_reader *x, const char *text)
{
    if (xml_path_is(x, EC2_FIELD_DEPTH + 2, "main"))
        a->main = strcmp(text, "true") == 0;
    else if (xml_path_is(x, EC2_FIELD_DEPTH + 2, "subnetId"))
        a->subnet = text;
    else if (xml_path_is(x, EC2_FIELD_DEPTH + 2, "associationState/state"))
        a->gone = strcmp(text, "disassociated") == 0 || strcmp(text, "failed") == 0;
}

static void end_of_item(struct ec2_row *row, const char *set)
{
    struct table_own *own = row->own;

    if (strcmp(set, "routeSet") == 0) {
        end_of_route(row);
    } else if (strcmp(set, "associationSet") == 0) {
        end_of_association(row);
    } else if (strcmp(set, "tagSet") == 0) {
        if (own->tag_key && strcmp(own->tag_key, "Name") == 0)
            own->name = own->tag_value;
        own->tag_key = own->tag_value = NULL;
    }
}

static void in_item(struct ec2_row *row, const char *set, struct xml_reader *x, const char *text)
{
    struct table_own *own = row->own;
    bool leaf = xml_depth(x) == EC2_FIELD_DEPTH + 2;

    if (strcmp(set, "routeSet") == 0 && leaf)
        take_route_member(&own->route, row->run->arena, xml_name(x), text);
    else if (strcmp(set, "associationSet") == 0)
        take_association_member(&own->association, x, text);
    else if (strcmp(set, "tagSet") == 0 && leaf && strcmp(xml_name(x), "key") == 0)
        own->tag_key = text;
    else if (strcmp(set, "tagSet") == 0 && leaf && strcmp(xml_name(x), "value") == 0)
        own->tag_value = text;
}

static void member(struct ec2_row *row, struct xml_reader *x, const char *text, size_t len)
{
    struct table_own *own = row->own;
    const char *set = xml_name_at(x, EC2_FIELD_DEPTH), *kept;
    unsigned depth = xml_depth(x);

    if (depth == EC2_FIELD_DEPTH + 1 && strcmp(xml_name(x), "item") == 0) {
        end_of_item(row, set);
        return;
    }
    if (depth == EC2_FIELD_DEPTH && strcmp(set, "associationSet") == 0)
        own->any_association = true;
    if (len == 0)
        return;
    kept = arena_strndup(row->run->arena, text, len);
    if (depth > EC2_FIELD_DEPTH)
        in_item(row, set, x, kept);
    else if (strcmp(set, "routeTableId") == 0)
        own->id = kept;
    else if (strcmp(set, "vpcId") == 0)
        own->vpc = kept;
}

/* ---- rows --------------------------------------------------------------------------------- */

static void add_row(struct table_builder *b, const struct table_own *own, const struct route *r)
{
    builder_row(b);
    builder_str(b, ROUTES_VPC, own->vpc);
    builder_str(b, ROUTES_ROUTE_TABLE, own->id);
    builder_str(b, ROUTES_ROUTE_TABLE_NAME, own->name);
    if (own->any_association) {
        builder_bool(b, ROUTES_MAIN, own->main);
        builder_list(b, ROUTES_SUBNETS, own->subnets.items, own->subnets.n);
    }
    builder_ip(b, ROUTES_DESTINATION, r->destination ? r->destination : r->prefix_list);
    builder_str(b, ROUTES_PREFIX_LIST, r->prefix_list);
    builder_str(b, ROUTES_TARGET, r->target);
    builder_str(b, ROUTES_TARGET_TYPE, r->target_type);
    builder_state(b, ROUTES_STATE, r->state);
    builder_str(b, ROUTES_ORIGIN, r->origin);
}

static void end(struct ec2_row *row)
{
    struct table_own *own = row->own;

    for (size_t i = 0; i < own->n; i++)
        add_row(row->b, own, &own->routes[i]);
}

static const struct ec2_field fields[] = {{NULL, 0}};

static const struct ec2_table table = {
    .action = "DescribeRouteTables",
    .set = "routeTableSet",
    .label = "route tables",
    .page_size = 100,
    .scope = EC2_BY_VPC,
    .schema = &table_routes,
    .fields = fields,
    .own_size = sizeof(struct table_own),
    .begin = begin,
    .member = member,
    .end = end,
};

static enum step step(struct run *run, const struct reply *reply)
{
    return ec2_table_step(run, reply, &table);
}

static const struct schema *const tables[] = {&table_routes, NULL};

const struct collector collector_routes = {
    .name = "routes",
    .kinds = KIND_AWS,
    .tables = tables,
    .interval_ms = 30000,
    .timeout_ms = 120000,
    .step = step,
};
