/* subnets: all of the linked VPC, because endpoints and route tables name others than the SDDC's.
 */
#include "collectors/aws/collectors.h"
#include "collectors/aws/ec2_table.h"

static const struct ec2_field fields[] = {
    {"subnetId", SUBNETS_SUBNET},
    {"vpcId", SUBNETS_VPC},
    {"cidrBlock", SUBNETS_CIDR},
    {"availabilityZone", SUBNETS_AZ},
    {"availabilityZoneId", SUBNETS_AZ_ID},
    {"availableIpAddressCount", SUBNETS_AVAILABLE_IPS},
    {NULL, 0},
};

static const struct ec2_table table = {
    .action = "DescribeSubnets",
    .set = "subnetSet",
    .label = "subnets",
    .page_size = 1000,
    .scope = EC2_BY_VPC_OR_SUBNET,
    .schema = &table_subnets,
    .fields = fields,
};

static enum step step(struct run *run, const struct reply *reply)
{
    return ec2_table_step(run, reply, &table);
}

static const struct schema *const tables[] = {&table_subnets, NULL};

const struct collector collector_subnets = {
    .name = "subnets",
    .kinds = KIND_AWS,
    .tables = tables,
    .interval_ms = 120000,
    .timeout_ms = 60000,
    .state_size = sizeof(struct ec2_reading),
    .state_release = ec2_reading_release,
    .step = step,
};
