/*
 * enis: the network interfaces of the subnets that an SDDC is linked to. Interfaces come attached
 * to an instance of the provider's account, or as branches of a trunk interface: in use, but with
 * no attachment at all. So nothing here depends on <attachment>. Which interfaces are the SDDC's is
 * the model's to say: all of the subnet are rows.
 */
#include "collectors/aws/collectors.h"
#include "collectors/aws/ec2_table.h"

#include <string.h>

#include "core/arena.h"

/* The address being read of privateIpAddressesSet. */
struct eni_own {
    const char *address;
    bool primary;
};

static const struct ec2_field fields[] = {
    {"networkInterfaceId", ENIS_ENI},
    {"ownerId", ENIS_ACCOUNT},
    {"vpcId", ENIS_VPC},
    {"subnetId", ENIS_SUBNET},
    {"availabilityZone", ENIS_AZ},
    {"availabilityZoneId", ENIS_AZ_ID},
    {"status", ENIS_STATUS},
    {"interfaceType", ENIS_INTERFACE_TYPE},
    {"privateIpAddress", ENIS_PRIVATE_IP},
    {"macAddress", ENIS_MAC},
    {"description", ENIS_DESCRIPTION},
    {"sourceDestCheck", ENIS_SOURCE_DEST_CHECK},
    {"groupSet/item/groupId", ENIS_SECURITY_GROUPS},
    {"ipv6AddressesSet/item/ipv6Address", ENIS_SECONDARY_IPS},
    {NULL, 0},
};

static void empty_unless_set(struct ec2_row *row, unsigned column)
{
    if (builder_peek(row->b, column)->type == CELL_ABSENT)
        builder_list_empty(row->b, column);
}

static void end_of_address(struct ec2_row *row)
{
    struct eni_own *own = row->own;

    if (own->address && !own->primary)
        builder_list_add(row->b, ENIS_SECONDARY_IPS, own->address);
    if (own->address && own->primary && builder_peek(row->b, ENIS_PRIVATE_IP)->type == CELL_ABSENT)
        builder_ip(row->b, ENIS_PRIVATE_IP, own->address);
    *own = (struct eni_own){0};
}

enum member { ADDRESS, PRIMARY, ADDRESS_END, ADDRESSES_END, GROUPS_END };

static const char *const members[] = {
    [ADDRESS] = "privateIpAddressesSet/item/privateIpAddress",
    [PRIMARY] = "privateIpAddressesSet/item/primary",
    [ADDRESS_END] = "privateIpAddressesSet/item",
    [ADDRESSES_END] = "privateIpAddressesSet",
    [GROUPS_END] = "groupSet",
    NULL,
};

static void member(struct ec2_row *row, int which, struct xml_reader *x, const char *text,
                   size_t len)
{
    struct eni_own *own = row->own;

    (void)x;
    switch (which) {
    case ADDRESS:
        own->address = len ? arena_strndup(row->run->arena, text, len) : NULL;
        break;
    case PRIMARY:
        own->primary = strcmp(text, "true") == 0;
        break;
    case ADDRESS_END:
        end_of_address(row);
        break;
    case ADDRESSES_END:
        empty_unless_set(row, ENIS_SECONDARY_IPS);
        break;
    case GROUPS_END:
        empty_unless_set(row, ENIS_SECURITY_GROUPS);
        break;
    default:
        break;
    }
}

static void end(struct ec2_row *row)
{
    if (builder_peek(row->b, ENIS_ACCOUNT)->type == CELL_ABSENT)
        builder_str(row->b, ENIS_ACCOUNT, row->run->facts->account);
    builder_str(row->b, ENIS_REGION, ec2_region(row->run));
}

static const struct ec2_table table = {
    .action = "DescribeNetworkInterfaces",
    .set = "networkInterfaceSet",
    .label = "network interfaces",
    .page_size = 1000,
    .scope = EC2_BY_SUBNET,
    .schema = &table_enis,
    .fields = fields,
    .members = members,
    .own_size = sizeof(struct eni_own),
    .member = member,
    .end = end,
};

static enum step step(struct run *run, const struct reply *reply)
{
    return ec2_table_step(run, reply, &table);
}

static const struct schema *const tables[] = {&table_enis, NULL};

const struct collector collector_enis = {
    .name = "enis",
    .kinds = KIND_AWS,
    .tables = tables,
    .interval_ms = 30000,
    .timeout_ms = 60000,
    .state_size = sizeof(struct ec2_reading),
    .state_release = ec2_reading_release,
    .step = step,
};
