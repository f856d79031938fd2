/* vpcs: the linked VPCs. The SDDC reaches the primary block alone, so the others are told apart. */
#include "collectors/aws/collectors.h"
#include "collectors/aws/ec2_table.h"

#include <string.h>

#include "core/arena.h"

/* The association being read: of IPv4 or of IPv6 blocks. */
struct vpc_own {
    const char *cidr, *state;
};

static const struct ec2_field fields[] = {
    {"vpcId", VPCS_VPC},
    {"cidrBlock", VPCS_CIDR},
    {"state", VPCS_STATE},
    {NULL, 0},
};

static bool is_gone(const char *state)
{
    static const char *const gone[] = {"disassociated", "failed"};

    for (size_t i = 0; state && i < sizeof(gone) / sizeof(gone[0]); i++) {
        if (strcmp(state, gone[i]) == 0)
            return true;
    }
    return false;
}

static const char *keep(struct ec2_row *row, const char *text, size_t len)
{
    return len ? arena_strndup(row->run->arena, text, len) : NULL;
}

static void member(struct ec2_row *row, int which, struct xml_reader *x, const char *text,
                   size_t len)
{
    static const char *const sets[] = {"cidrBlockAssociationSet", "ipv6CidrBlockAssociationSet"};
    struct vpc_own *own = row->own;
    const char *set = xml_name_at(x, EC2_FIELD_DEPTH), *name = xml_name(x);
    unsigned depth = xml_depth(x);

    (void)which;
    if (strcmp(set, sets[0]) != 0 && strcmp(set, sets[1]) != 0)
        return;
    if (depth == EC2_FIELD_DEPTH + 2 &&
        (strcmp(name, "cidrBlock") == 0 || strcmp(name, "ipv6CidrBlock") == 0)) {
        own->cidr = keep(row, text, len);
    } else if (depth == EC2_FIELD_DEPTH + 3 && strcmp(name, "state") == 0) {
        own->state = keep(row, text, len);
    } else if (depth == EC2_FIELD_DEPTH + 1) {
        if (own->cidr && !is_gone(own->state))
            builder_list_add(row->b, VPCS_SECONDARY_CIDRS, own->cidr);
        *own = (struct vpc_own){0};
    } else if (depth == EC2_FIELD_DEPTH && set == name &&
               builder_peek(row->b, VPCS_SECONDARY_CIDRS)->type == CELL_ABSENT) {
        builder_list_empty(row->b, VPCS_SECONDARY_CIDRS);
    }
}

/* The primary block is one of the associated ones. */
static void end(struct ec2_row *row)
{
    const struct cell *all = builder_peek(row->b, VPCS_SECONDARY_CIDRS);
    const struct cell *primary = builder_peek(row->b, VPCS_CIDR);
    const struct cell_list *list = all->u.list;
    struct ip ip;

    if (all->type != CELL_LIST || primary->type != CELL_CIDR)
        return;
    builder_list_empty(row->b, VPCS_SECONDARY_CIDRS);
    for (size_t i = 0; i < list->n; i++) {
        if (ip_parse(list->items[i], &ip) < 0 || !ip_equal(&ip, primary->u.ip))
            builder_list_add(row->b, VPCS_SECONDARY_CIDRS, list->items[i]);
    }
}

static const struct ec2_table table = {
    .action = "DescribeVpcs",
    .set = "vpcSet",
    .label = "VPCs",
    .page_size = 1000,
    .scope = EC2_BY_VPC,
    .schema = &table_vpcs,
    .fields = fields,
    .own_size = sizeof(struct vpc_own),
    .member = member,
    .end = end,
};

static enum step step(struct run *run, const struct reply *reply)
{
    return ec2_table_step(run, reply, &table);
}

static const struct schema *const tables[] = {&table_vpcs, NULL};

const struct collector collector_vpcs = {
    .name = "vpcs",
    .kinds = KIND_AWS,
    .tables = tables,
    .interval_ms = 300000,
    .timeout_ms = 60000,
    .state_size = sizeof(struct ec2_reading),
    .state_release = ec2_reading_release,
    .step = step,
};
