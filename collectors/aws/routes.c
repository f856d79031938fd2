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
    const char *vpc_before; /* of the table before */
    struct route before;    /* the one before */
};

/* ---- members of a route ------------------------------------------------------------------- */

/* What tells the kind of a target; members of that name are at the same place in members. */
static const char *const target_types[] = {
    "eni",
    "gateway",
    "nat_gateway",
    "transit_gateway",
    "local_gateway",
    "carrier_gateway",
    "instance",
    "vpc_peering",
    "egress_only_gateway",
    "core_network",
    "odb_network",
};

enum member {
    INTERFACE,
    GATEWAY,
    /* ... */
    TARGETS = ARRAY_SIZE(target_types),
    DESTINATION = TARGETS,
    DESTINATION_IPV6,
    DESTINATION_PREFIX_LIST,
    STATE,
    ORIGIN,
    INSTANCE_OWNER,
    ROUTE_END,
    ASSOCIATION_MAIN,
    ASSOCIATION_SUBNET,
    ASSOCIATION_STATE,
    ASSOCIATION_END,
    ASSOCIATIONS_END,
    TAG_KEY,
    TAG_VALUE,
    TAG_END,
    TABLE_ID,
    TABLE_VPC,
};

#define ROUTE "routeSet/item"

static const char *const members[] = {
    ROUTE "/networkInterfaceId",
    ROUTE "/gatewayId",
    ROUTE "/natGatewayId",
    ROUTE "/transitGatewayId",
    ROUTE "/localGatewayId",
    ROUTE "/carrierGatewayId",
    ROUTE "/instanceId",
    ROUTE "/vpcPeeringConnectionId",
    ROUTE "/egressOnlyInternetGatewayId",
    ROUTE "/coreNetworkArn",
    ROUTE "/odbNetworkArn",
    [DESTINATION] = ROUTE "/destinationCidrBlock",
    [DESTINATION_IPV6] = ROUTE "/destinationIpv6CidrBlock",
    [DESTINATION_PREFIX_LIST] = ROUTE "/destinationPrefixListId",
    [STATE] = ROUTE "/state",
    [ORIGIN] = ROUTE "/origin",
    [INSTANCE_OWNER] = ROUTE "/instanceOwnerId",
    [ROUTE_END] = ROUTE,
    [ASSOCIATION_MAIN] = "associationSet/item/main",
    [ASSOCIATION_SUBNET] = "associationSet/item/subnetId",
    [ASSOCIATION_STATE] = "associationSet/item/associationState/state",
    [ASSOCIATION_END] = "associationSet/item",
    [ASSOCIATIONS_END] = "associationSet",
    [TAG_KEY] = "tagSet/item/key",
    [TAG_VALUE] = "tagSet/item/value",
    [TAG_END] = "tagSet/item",
    [TABLE_ID] = "routeTableId",
    [TABLE_VPC] = "vpcId",
    NULL,
};

/* What a gatewayId is, by its first letters. */
static const struct {
    const char *prefix, *type;
} gateway_kinds[] = {
    {"local", "local"},
    {"igw-", "internet_gateway"},
    {"vgw-", "vpn_gateway"},
    {"vpce-", "vpc_endpoint"},
};

static const char *target_type(int which, const char *target)
{
    for (size_t i = 0; which == GATEWAY && i < ARRAY_SIZE(gateway_kinds); i++) {
        if (text_has_prefix(target, gateway_kinds[i].prefix))
            return gateway_kinds[i].type;
    }
    return target_types[which];
}

static void take_target(struct route *r, bool interface, const char *type, const char *text)
{
    if (r->interface || (r->target && !interface))
        return;
    r->interface = interface;
    r->target = text;
    r->target_type = type;
}

/* An element that is not known yet. */
static void take_other(struct ec2_row *row, struct xml_reader *x, const char *text, size_t len)
{
    struct table_own *own = row->own;
    struct arena *arena = builder_arena(row->b);
    const char *name = xml_name(x);

    if (len && xml_depth(x) == EC2_FIELD_DEPTH + 2 &&
        strcmp(xml_name_at(x, EC2_FIELD_DEPTH), "routeSet") == 0 &&
        (text_has_suffix(name, "Id") || text_has_suffix(name, "Arn")))
        take_target(&own->route, false, arena_strdup(arena, name), arena_strndup(arena, text, len));
}

/* ---- members of a route table ------------------------------------------------------------- */

static void begin(struct ec2_row *row)
{
    struct table_own *own = row->own;
    struct route *routes = own->routes;
    struct names subnets = {.items = own->subnets.items, .alloc = own->subnets.alloc};
    size_t alloc = own->alloc;

    *own = (struct table_own){.routes = routes,
                              .alloc = alloc,
                              .subnets = subnets,
                              .vpc_before = own->vpc_before,
                              .before = own->before};
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
    own->routes[own->n++] = own->before = own->route;
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

/* The text in the block's memory. The routes of a table have most of theirs in common: what is
 * like @before is @before. */
static const char *keep(struct ec2_row *row, const char *text, size_t len, const char *before)
{
    if (before && strncmp(before, text, len) == 0 && !before[len])
        return before;
    return arena_strndup(builder_arena(row->b), text, len);
}

static void take_route_member(struct ec2_row *row, int which, const char *text, size_t len)
{
    struct table_own *own = row->own;
    struct route *r = &own->route;
    const struct route *before = &own->before;

    switch (which) {
    case DESTINATION:
        r->destination = keep(row, text, len, NULL);
        break;
    case DESTINATION_IPV6:
        r->destination = r->destination ? r->destination : keep(row, text, len, NULL);
        break;
    case DESTINATION_PREFIX_LIST:
        r->prefix_list = keep(row, text, len, NULL);
        break;
    case STATE:
        r->state = keep(row, text, len, before->state);
        break;
    case ORIGIN:
        r->origin = keep(row, text, len, before->origin);
        break;
    case INSTANCE_OWNER:
        break;
    default:
        text = keep(row, text, len, before->target);
        take_target(r, which == INTERFACE, target_type(which, text), text);
        break;
    }
}

static void take_association_member(struct ec2_row *row, int which, const char *text, size_t len)
{
    struct table_own *own = row->own;
    struct association *a = &own->association;

    if (which == ASSOCIATION_MAIN)
        a->main = strcmp(text, "true") == 0;
    else if (which == ASSOCIATION_SUBNET)
        a->subnet = keep(row, text, len, NULL);
    else
        a->gone = strcmp(text, "disassociated") == 0 || strcmp(text, "failed") == 0;
}

static void take_table_member(struct ec2_row *row, int which, const char *text, size_t len)
{
    struct table_own *own = row->own;
    const char *kept = keep(row, text, len, which == TABLE_VPC ? own->vpc_before : NULL);

    switch (which) {
    case TAG_KEY:
        own->tag_key = kept;
        break;
    case TAG_VALUE:
        own->tag_value = kept;
        break;
    case TABLE_ID:
        own->id = kept;
        break;
    default:
        own->vpc = own->vpc_before = kept;
        break;
    }
}

static void end_of_tag(struct table_own *own)
{
    if (own->tag_key && strcmp(own->tag_key, "Name") == 0)
        own->name = own->tag_value;
    own->tag_key = own->tag_value = NULL;
}

static void member(struct ec2_row *row, int which, struct xml_reader *x, const char *text,
                   size_t len)
{
    struct table_own *own = row->own;

    if (which < 0)
        take_other(row, x, text, len);
    else if (which == ROUTE_END)
        end_of_route(row);
    else if (which == ASSOCIATION_END)
        end_of_association(row);
    else if (which == ASSOCIATIONS_END)
        own->any_association = true;
    else if (which == TAG_END)
        end_of_tag(own);
    else if (!len)
        return;
    else if (which < ROUTE_END)
        take_route_member(row, which, text, len);
    else if (which < ASSOCIATION_END)
        take_association_member(row, which, text, len);
    else
        take_table_member(row, which, text, len);
}

/* ---- rows --------------------------------------------------------------------------------- */

/* Rows of a table share it. */
static const struct cell_list *list_subnets(struct ec2_row *row)
{
    const struct table_own *own = row->own;
    struct arena *arena = builder_arena(row->b);
    struct cell_list *list = arena_alloc(arena, sizeof(*list));
    const char **items =
        own->subnets.n ? arena_alloc(arena, own->subnets.n * sizeof(*items)) : NULL;

    if (own->subnets.n)
        memcpy(items, own->subnets.items, own->subnets.n * sizeof(*items));
    *list = (struct cell_list){.items = items, .n = own->subnets.n};
    return list;
}

static void set_text(struct cell *c, const char *text)
{
    if (text)
        *c = (struct cell){.type = CELL_STR, .u.s = text};
}

/* All text is in the block's memory or the program's. */
static void add_row(struct table_builder *b, const struct table_own *own,
                    const struct cell_list *subnets, const struct route *r)
{
    struct cell *cells;

    builder_row(b);
    cells = builder_cells(b);
    if (!cells)
        return;
    set_text(&cells[ROUTES_VPC], own->vpc);
    set_text(&cells[ROUTES_ROUTE_TABLE], own->id);
    set_text(&cells[ROUTES_ROUTE_TABLE_NAME], own->name);
    if (own->any_association) {
        cells[ROUTES_MAIN] = (struct cell){.type = CELL_BOOL, .u.b = own->main};
        cells[ROUTES_SUBNETS] = (struct cell){.type = CELL_LIST, .u.list = subnets};
    }
    builder_ip(b, ROUTES_DESTINATION, r->destination ? r->destination : r->prefix_list);
    set_text(&cells[ROUTES_PREFIX_LIST], r->prefix_list);
    set_text(&cells[ROUTES_TARGET], r->target);
    set_text(&cells[ROUTES_TARGET_TYPE], r->target_type);
    builder_state(b, ROUTES_STATE, r->state);
    set_text(&cells[ROUTES_ORIGIN], r->origin);
}

static void end(struct ec2_row *row)
{
    struct table_own *own = row->own;
    const struct cell_list *subnets = own->any_association ? list_subnets(row) : NULL;

    for (size_t i = 0; i < own->n; i++)
        add_row(row->b, own, subnets, &own->routes[i]);
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
    .members = members,
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
    .state_size = sizeof(struct ec2_reading),
    .state_release = ec2_reading_release,
    .step = step,
};
