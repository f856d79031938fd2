/*
 * interfaces: DescribeNetworkInterfaces of the whole VPC, slowly: which interface has the address
 * that somebody asks explain about, and which groups. What the SDDC's own interfaces do is the
 * table enis, which is read often and of their subnets alone.
 */
#include "collectors/aws/collectors.h"
#include "collectors/aws/ec2_table.h"

static const struct ec2_field fields[] = {
    {"networkInterfaceId", INTERFACES_ENI},
    {"vpcId", INTERFACES_VPC},
    {"subnetId", INTERFACES_SUBNET},
    {"privateIpAddress", INTERFACES_PRIVATE_IP},
    {"interfaceType", INTERFACES_INTERFACE_TYPE},
    {"description", INTERFACES_DESCRIPTION},
    {"attachment/instanceId", INTERFACES_INSTANCE},
    {"groupSet/item/groupId", INTERFACES_SECURITY_GROUPS},
    {"privateIpAddressesSet/item/privateIpAddress", INTERFACES_IPS},
    {"ipv6AddressesSet/item/ipv6Address", INTERFACES_IPS},
    {NULL, 0},
};

static const struct ec2_table table = {
    .action = "DescribeNetworkInterfaces",
    .set = "networkInterfaceSet",
    .label = "interfaces of the VPC",
    .page_size = 1000,
    .scope = EC2_BY_VPC,
    .schema = &table_interfaces,
    .fields = fields,
};

static enum step step(struct run *run, const struct reply *reply)
{
    return ec2_table_step_optional(run, reply, &table);
}

static const struct schema *const tables[] = {&table_interfaces, NULL};

const struct collector collector_interfaces = {
    .name = "interfaces",
    .kinds = KIND_AWS,
    .tables = tables,
    .interval_ms = 600000,
    .timeout_ms = 120000,
    .state_size = sizeof(struct ec2_reading),
    .state_release = ec2_reading_release,
    .step = step,
};
