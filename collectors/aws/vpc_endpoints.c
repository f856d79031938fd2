/* vpc_endpoints: where the linked VPC reaches AWS services: by interfaces in subnets, or by routes
 * of gateway endpoints. */
#include "collectors/aws/collectors.h"
#include "collectors/aws/ec2_table.h"

static const struct ec2_field fields[] = {
    {"vpcEndpointId", VPC_ENDPOINTS_VPC_ENDPOINT},
    {"vpcId", VPC_ENDPOINTS_VPC},
    {"serviceName", VPC_ENDPOINTS_SERVICE},
    {"vpcEndpointType", VPC_ENDPOINTS_TYPE},
    {"state", VPC_ENDPOINTS_STATE},
    {"subnetIdSet/item", VPC_ENDPOINTS_SUBNETS},
    {"routeTableIdSet/item", VPC_ENDPOINTS_ROUTE_TABLES},
    {"dnsEntrySet/item/dnsName", VPC_ENDPOINTS_DNS_NAMES},
    {NULL, 0},
};

/* A set without items is known to be empty. */
static void member(struct ec2_row *row, int which, struct xml_reader *x, const char *text,
                   size_t len)
{
    static const struct ec2_field sets[] = {
        {"subnetIdSet", VPC_ENDPOINTS_SUBNETS},
        {"routeTableIdSet", VPC_ENDPOINTS_ROUTE_TABLES},
        {"dnsEntrySet", VPC_ENDPOINTS_DNS_NAMES},
        {NULL, 0},
    };

    (void)which, (void)text, (void)len;
    for (const struct ec2_field *f = sets; f->path; f++) {
        if (xml_path_is(x, EC2_FIELD_DEPTH, f->path) &&
            builder_peek(row->b, f->column)->type == CELL_ABSENT)
            builder_list_empty(row->b, f->column);
    }
}

static const struct ec2_table table = {
    .action = "DescribeVpcEndpoints",
    .set = "vpcEndpointSet",
    .label = "VPC endpoints",
    .page_size = 1000,
    .scope = EC2_BY_VPC,
    .schema = &table_vpc_endpoints,
    .fields = fields,
    .member = member,
};

static enum step step(struct run *run, const struct reply *reply)
{
    return ec2_table_step(run, reply, &table);
}

static const struct schema *const tables[] = {&table_vpc_endpoints, NULL};

const struct collector collector_vpc_endpoints = {
    .name = "vpc_endpoints",
    .kinds = KIND_AWS,
    .tables = tables,
    .interval_ms = 300000,
    .timeout_ms = 60000,
    .state_size = sizeof(struct ec2_reading),
    .state_release = ec2_reading_release,
    .step = step,
};
