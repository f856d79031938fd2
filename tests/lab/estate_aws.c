/* estate_aws: the linked VPC: subnets, ENIs, route tables, endpoints and prefix lists of one
 * account. */
#include "tests/lab/estate.h"

#include "core/mem.h"
#include "tests/lab/security.h"

#include <stdlib.h>
#include <string.h>

struct lab_route *lab_route_add(struct lab_estate *e, struct lab_table *t, const char *destination,
                                enum lab_target kind, const char *target)
{
    struct lab_route *r = arena_alloc(e->arena, sizeof(*r));

    r->destination = destination;
    r->kind = kind;
    r->target = target;
    r->state = "active";
    r->origin = kind == TARGET_LOCAL ? "CreateRouteTable" : "CreateRoute";
    lab_list_add(&t->routes, r);
    return r;
}

static struct lab_subnet *add_subnet(struct lab_estate *e, struct lab_aws *aws, uint64_t id,
                                     const char *cidr, const char *name)
{
    struct lab_subnet *s = arena_alloc(e->arena, sizeof(*s));

    s->id = lab_hex_id(e, "subnet-", id);
    s->cidr = cidr;
    s->name = name;
    s->az = aws->zones[0];
    s->az_id = aws->zone_ids[0];
    s->free = 249;
    lab_list_add(&aws->subnets, s);
    return s;
}

static unsigned bits_for(unsigned enis)
{
    unsigned bits = 6;

    while ((1u << bits) < 2 * enis + 24)
        bits++;
    return bits;
}

static void add_link(struct lab_estate *e, const struct lab_params *p, struct lab_aws *aws,
                     unsigned index, unsigned net)
{
    unsigned bits = bits_for((unsigned)p->enis);
    uint64_t id = 0x0a1657ea5ddc00001ULL + 0x100 * index;
    const char *cidr = bits == 6 ? arena_printf(e->arena, "10.%u.165.0/26", net)
                                 : arena_printf(e->arena, "10.%u.128.0/%u", net, 32 - bits);

    aws->link = add_subnet(e, aws, id, cidr, "vmc-sddc-link");
    aws->link->free = (1u << bits) - 5 - (unsigned)(p->enis + p->hosts);
}

static void add_enis(struct lab_estate *e, const struct lab_params *p, struct lab_aws *aws,
                     unsigned index)
{
    for (unsigned i = 1; i <= p->enis; i++) {
        struct lab_eni *eni = arena_alloc(e->arena, sizeof(*eni));

        eni->number = i;
        eni->id = lab_hex_id(e, "eni-", 0x0f38bb6ddacab0000ULL + 0x1000 * index + i);
        eni->subnet = aws->link->id;
        eni->az = aws->link->az;
        eni->az_id = aws->link->az_id;
        eni->mac = arena_printf(e->arena, "06:5d:dc:%02x:%02x:%02x", index, i >> 8, i & 0xff);
        eni->ip = lab_address(e, aws->link->cidr, 3 + i);
        eni->description = "VMware VMC Interface";
        eni->requester = p->branch ? "444455556666" : "AROAEXAMPLEVMCROLE001:VMC";
        eni->status = "available";
        eni->interface_type = "interface";
        eni->owner = aws->shadow_account;
        eni->group = aws->group;
        eni->group_name = "default";
        eni->branch = p->branch;
        lab_list_add(&aws->enis, eni);
    }
    aws->link_enis = (unsigned)p->enis;
}

/* An ENI of the customer's own, outside the SDDC's subnet. */
static struct lab_eni *foreign_eni(struct lab_estate *e, struct lab_aws *aws,
                                   struct lab_subnet *subnet, uint64_t id, unsigned offset)
{
    struct lab_eni *eni = arena_alloc(e->arena, sizeof(*eni));

    eni->number = 0xff0 + offset % 16;
    eni->id = lab_hex_id(e, "eni-", id);
    eni->subnet = subnet->id;
    eni->az = subnet->az;
    eni->az_id = subnet->az_id;
    eni->mac = arena_printf(e->arena, "06:5d:de:00:00:%02x", offset);
    eni->ip = lab_address(e, subnet->cidr, offset);
    eni->requester = aws->account;
    eni->status = "in-use";
    eni->interface_type = "interface";
    eni->owner = aws->account;
    eni->group = aws->group;
    eni->group_name = "default";
    eni->check = true;
    subnet->free--;
    lab_list_add(&aws->enis, eni);
    return eni;
}

static void add_web_server(struct lab_estate *e, struct lab_aws *aws, unsigned index)
{
    struct lab_table *t = aws->tables.n > 1 ? aws->tables.at[1] : NULL;
    struct lab_eni *eni;

    if (!t)
        return;
    eni = foreign_eni(e, aws, t->subnets.at[0], 0x0aab0000000000001ULL + 0x100 * index, 10);
    eni->description = "web-01";
    eni->instance = lab_hex_id(e, "i-", 0x0aab0000000000001ULL + 0x100 * index);
}

static void add_tables(struct lab_estate *e, const struct lab_params *p, struct lab_aws *aws,
                       unsigned index, unsigned net)
{
    for (unsigned i = 0; i < p->tables; i++) {
        struct lab_table *t = arena_alloc(e->arena, sizeof(*t));
        uint64_t base = i == 0 ? 0x0aa11ce0fa57e0001ULL : 0x0c0570a1fa57e0001ULL;

        t->number = i + 1;
        t->main = i == 0;
        t->id = lab_hex_id(e, "rtb-", base + 0x100 * index + i);
        t->name = i == 0   ? "main"
                  : i == 1 ? "custom-app"
                           : arena_printf(e->arena, "custom-%02u", i);
        if (i > 0 && i < 90)
            lab_list_add(&t->subnets,
                         add_subnet(e, aws, 0x0a1057ea5ddc00001ULL + 0x100 * index + i,
                                    arena_printf(e->arena, "10.%u.%u.0/24", net, 9 + i),
                                    i == 1 ? "app" : arena_printf(e->arena, "app-%02u", i)));
        lab_list_add(&aws->tables, t);
    }
}

static void add_endpoint(struct lab_estate *e, struct lab_aws *aws, const char *service,
                         struct lab_subnet *subnet, uint64_t id)
{
    struct lab_endpoint *v = arena_alloc(e->arena, sizeof(*v));
    struct lab_eni *eni;

    v->id = lab_hex_id(e, "vpce-", id);
    v->interface = subnet != NULL;
    v->type = subnet ? "Interface" : "Gateway";
    v->service = arena_printf(e->arena, "com.amazonaws.%s.%s", aws->region, service);
    v->state = "available";
    if (subnet) {
        v->subnet = subnet->id;
        v->group = lab_hex_id(e, "sg-", 0x0e9de9de000000002ULL);
        eni = foreign_eni(e, aws, subnet, id ^ 0x0e000, 20);
        eni->description = arena_printf(e->arena, "VPC Endpoint Interface %s", v->id);
        eni->interface_type = "vpc_endpoint";
        eni->managed = true;
        eni->owner = "amazon-aws";
        eni->group = v->group;
        eni->group_name = "vpce-backup-gateway";
        v->eni = eni->id;
    }
    lab_list_add(&aws->endpoints, v);
}

static struct lab_prefix_list *add_prefix_list(struct lab_estate *e, struct lab_aws *aws,
                                               const char *id, const char *name, const char *owner)
{
    struct lab_prefix_list *pl = arena_alloc(e->arena, sizeof(*pl));

    pl->id = id;
    pl->name = name;
    pl->owner = owner;
    pl->state = "create-complete";
    lab_list_add(&aws->prefix_lists, pl);
    return pl;
}

static void set_region(struct lab_estate *e, struct lab_aws *aws, unsigned index)
{
    bool osaka = index == 1;

    aws->region = osaka ? "ap-northeast-3" : "ap-northeast-1";
    for (unsigned i = 0; i < 3; i++) {
        static const char letters[] = "acd", osaka_letters[] = "abc";
        static const unsigned numbers[] = {4, 1, 2};

        aws->zones[i] =
            arena_printf(e->arena, "%s%c", aws->region, osaka ? osaka_letters[i] : letters[i]);
        aws->zone_ids[i] = arena_printf(e->arena, "apne%c-az%u", osaka ? '3' : '1', numbers[i]);
    }
}

void lab_build_aws(struct lab_estate *e, const struct lab_params *p, struct lab_sddc *s,
                   unsigned index)
{
    struct lab_aws *aws = arena_alloc(e->arena, sizeof(*aws));
    unsigned net = index < 2 ? index : 8 + 2 * index;
    struct lab_subnet *services;
    struct lab_prefix_list *s3;

    s->aws = aws;
    aws->site = s->site;
    aws->account = "111122223333";
    aws->shadow_account = "444455556666";
    set_region(e, aws, index);
    aws->vpc = lab_hex_id(e, "vpc-", 0x0c0ffee1234567890ULL + index);
    aws->vpc_cidr = arena_printf(e->arena, "10.%u.0.0/16", net);
    aws->secondary_cidr = p->secondary ? "100.64.0.0/20" : NULL;
    aws->group = lab_hex_id(e, "sg-", 0x0defa017000000001ULL + 0x100 * index);
    add_link(e, p, aws, index, net);
    add_enis(e, p, aws, index);
    add_tables(e, p, aws, index, net);
    services = add_subnet(e, aws, 0x0a2057ea5ddc00003ULL + 0x100 * index,
                          arena_printf(e->arena, "10.%u.200.0/24", net), "services");
    add_web_server(e, aws, index);
    add_endpoint(e, aws, "backup-gateway", services, 0x0bacc0bacc0bacc01ULL + 0x100 * index);
    lab_build_security(e, aws);
    add_endpoint(e, aws, "s3", NULL, 0x0530053005300530aULL + 0x100 * index);
    s3 = add_prefix_list(e, aws, "pl-61a54008",
                         arena_printf(e->arena, "com.amazonaws.%s.s3", aws->region), "AWS");
    lab_list_add(&s3->entries, arena_strdup(e->arena, "52.219.0.0/20"));
    lab_list_add(&s3->entries, arena_strdup(e->arena, "3.5.152.0/21"));
    if (!p->prefix_list)
        return;
    aws->managed =
        add_prefix_list(e, aws, lab_hex_id(e, "pl-", 0x0b1c2d3e4f5a60718ULL + 0x100 * index),
                        "vmc-sddc-connected-vpc", aws->shadow_account);
    aws->managed->state = "modify-complete";
    aws->managed->max = 20 + (unsigned)p->segments;
    aws->managed->version = 7;
}

/* Which traffic group carries a CIDR: the one whose prefix list names it, else the default one. */
static struct lab_traffic_group *group_of(struct lab_sddc *s, const char *cidr)
{
    for (size_t i = 1; i < s->groups.n; i++) {
        struct lab_traffic_group *g = s->groups.at[i];

        for (size_t k = 0; k < g->cidrs.n; k++)
            if (strcmp(g->cidrs.at[k], cidr) == 0)
                return g;
    }
    return s->groups.at[0];
}

static void sddc_route(struct lab_estate *e, struct lab_sddc *s, struct lab_table *t,
                       const char *destination)
{
    struct lab_traffic_group *g = group_of(s, destination);

    lab_route_add(e, t, destination, TARGET_ENI, g->eni->id)->group = g;
}

static void fill_table(struct lab_estate *e, const struct lab_params *p, struct lab_sddc *s,
                       struct lab_table *t, const struct lab_list *cidrs)
{
    struct lab_aws *aws = s->aws;

    lab_route_add(e, t, aws->vpc_cidr, TARGET_LOCAL, "local");
    if (aws->secondary_cidr)
        lab_route_add(e, t, aws->secondary_cidr, TARGET_LOCAL, "local");
    if (aws->managed)
        sddc_route(e, s, t, aws->managed->id);
    for (size_t i = 0; i < cidrs->n; i++)
        if (!aws->managed || !group_of(s, cidrs->at[i])->is_default)
            sddc_route(e, s, t, cidrs->at[i]);
    if (t->main)
        lab_route_add(e, t, "pl-61a54008", TARGET_GATEWAY,
                      ((struct lab_endpoint *)aws->endpoints.at[1])->id);
    for (unsigned i = 0; i < p->routes; i++)
        lab_route_add(e, t,
                      arena_printf(e->arena, "%s/28", lab_address(e, "198.18.0.0/15", i * 16)),
                      TARGET_GATEWAY, "tgw-0123456789abcdef0");
}

void lab_build_routes(struct lab_estate *e, const struct lab_params *p, struct lab_sddc *s)
{
    struct lab_list cidrs = {NULL, 0, 0};

    lab_list_add(&cidrs, arena_strdup(e->arena, s->mgmt_cidr));
    for (size_t i = 0; i < s->nsx->segments.n; i++) {
        struct lab_segment *seg = s->nsx->segments.at[i];

        if (strcmp(seg->type, "ROUTED") == 0)
            lab_list_add(&cidrs, arena_strdup(e->arena, seg->network));
        if (s->groups.n > 1 && strcmp(seg->id, "backup-gw") == 0)
            lab_list_add(&((struct lab_traffic_group *)s->groups.at[1])->cidrs,
                         arena_strdup(e->arena, seg->network));
    }
    for (size_t i = 0; s->aws->managed && i < cidrs.n; i++)
        if (group_of(s, cidrs.at[i])->is_default)
            lab_list_add(&s->aws->managed->entries, cidrs.at[i]);
    for (size_t i = 0; i < s->aws->tables.n; i++)
        fill_table(e, p, s, s->aws->tables.at[i], &cidrs);
    free(cidrs.at);
}
