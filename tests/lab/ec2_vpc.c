/* ec2_vpc: DescribeVpcs, DescribeSubnets, DescribeAvailabilityZones. */
#include "core/text.h"
#include "tests/lab/ec2.h"

#include <string.h>

static void add(struct lab_list *out, const char *value)
{
    lab_list_add(out, (void *)(uintptr_t)value);
}

static bool one_item(const struct lab_aws *aws, const struct lab_request *req,
                     struct lab_reply *reply, struct lab_list *out)
{
    (void)req;
    (void)reply;
    lab_list_add(out, (void *)(uintptr_t)aws);
    return true;
}

static bool vpc_values(const struct lab_aws *aws, const void *item, const char *name,
                       struct lab_list *out)
{
    (void)item;
    if (strcmp(name, "vpc-id") == 0)
        add(out, aws->vpc);
    else if (strcmp(name, "cidr") == 0)
        add(out, aws->vpc_cidr);
    else if (strcmp(name, "owner-id") == 0)
        add(out, aws->account);
    else if (strcmp(name, "state") == 0)
        add(out, "available");
    else if (strcmp(name, "is-default") == 0)
        add(out, "false");
    else if (strcmp(name, "tag:Name") == 0)
        add(out, "connected-vpc");
    else
        return text_has_prefix(name, "tag");
    return true;
}

static void write_cidr(const char *cidr, const char *id, struct xml *x)
{
    xml_open(x, "item");
    xml_text(x, "cidrBlock", cidr);
    xml_text(x, "associationId", id);
    xml_open(x, "cidrBlockState");
    xml_text(x, "state", "associated");
    xml_close(x, "cidrBlockState");
    xml_close(x, "item");
}

static void write_vpc(const struct lab_aws *aws, const void *item, struct xml *x)
{
    (void)item;
    xml_text(x, "vpcId", aws->vpc);
    xml_text(x, "ownerId", aws->account);
    xml_text(x, "state", "available");
    xml_text(x, "cidrBlock", aws->vpc_cidr);
    xml_open(x, "cidrBlockAssociationSet");
    write_cidr(aws->vpc_cidr, "vpc-cidr-assoc-0c1d0000000000001", x);
    if (aws->secondary_cidr)
        write_cidr(aws->secondary_cidr, "vpc-cidr-assoc-0c1d0000000000002", x);
    xml_close(x, "cidrBlockAssociationSet");
    xml_empty(x, "ipv6CidrBlockAssociationSet");
    xml_text(x, "dhcpOptionsId", "dopt-0123456789abcdef0");
    ec2_write_tags(x, "connected-vpc");
    xml_text(x, "instanceTenancy", "default");
    xml_bool(x, "isDefault", false);
}

static bool subnet_items(const struct lab_aws *aws, const struct lab_request *req,
                         struct lab_reply *reply, struct lab_list *out)
{
    (void)req;
    (void)reply;
    for (size_t i = 0; i < aws->subnets.n; i++)
        lab_list_add(out, aws->subnets.at[i]);
    return true;
}

static bool subnet_values(const struct lab_aws *aws, const void *item, const char *name,
                          struct lab_list *out)
{
    const struct lab_subnet *s = item;

    if (strcmp(name, "subnet-id") == 0)
        add(out, s->id);
    else if (strcmp(name, "vpc-id") == 0)
        add(out, aws->vpc);
    else if (strcmp(name, "availability-zone") == 0)
        add(out, s->az);
    else if (strcmp(name, "availability-zone-id") == 0)
        add(out, s->az_id);
    else if (strcmp(name, "cidr-block") == 0)
        add(out, s->cidr);
    else if (strcmp(name, "state") == 0)
        add(out, "available");
    else if (strcmp(name, "tag:Name") == 0)
        add(out, s->name);
    else
        return text_has_prefix(name, "tag");
    return true;
}

static void write_subnet(const struct lab_aws *aws, const void *item, struct xml *x)
{
    const struct lab_subnet *s = item;
    struct strbuf arn = STRBUF_INIT;

    strbuf_addf(&arn, "arn:aws:ec2:%s:%s:subnet/%s", aws->region, aws->account, s->id);
    xml_text(x, "subnetId", s->id);
    xml_text(x, "subnetArn", arn.buf);
    xml_text(x, "state", "available");
    xml_text(x, "ownerId", aws->account);
    xml_text(x, "vpcId", aws->vpc);
    xml_text(x, "cidrBlock", s->cidr);
    xml_empty(x, "ipv6CidrBlockAssociationSet");
    xml_num(x, "availableIpAddressCount", s->free);
    xml_text(x, "availabilityZone", s->az);
    xml_text(x, "availabilityZoneId", s->az_id);
    xml_bool(x, "defaultForAz", false);
    xml_bool(x, "mapPublicIpOnLaunch", false);
    xml_bool(x, "assignIpv6AddressOnCreation", false);
    ec2_write_tags(x, s->name);
    strbuf_release(&arn);
}

static bool zone_items(const struct lab_aws *aws, const struct lab_request *req,
                       struct lab_reply *reply, struct lab_list *out)
{
    (void)req;
    (void)reply;
    for (size_t i = 0; i < 3; i++)
        lab_list_add(out, (void *)(uintptr_t)&aws->zones[i]);
    return true;
}

static const char *zone_id(const struct lab_aws *aws, const char *const *zone)
{
    return aws->zone_ids[zone - aws->zones];
}

static bool zone_values(const struct lab_aws *aws, const void *item, const char *name,
                        struct lab_list *out)
{
    const char *const *zone = item;

    if (strcmp(name, "zone-name") == 0)
        add(out, *zone);
    else if (strcmp(name, "zone-id") == 0)
        add(out, zone_id(aws, zone));
    else if (strcmp(name, "region-name") == 0)
        add(out, aws->region);
    else if (strcmp(name, "state") == 0)
        add(out, "available");
    else
        return false;
    return true;
}

static void write_zone(const struct lab_aws *aws, const void *item, struct xml *x)
{
    const char *const *zone = item;
    struct strbuf group = STRBUF_INIT;

    strbuf_addf(&group, "%s-zg-1", aws->region);
    xml_text(x, "zoneName", *zone);
    xml_text(x, "zoneState", "available");
    xml_text(x, "regionName", aws->region);
    xml_empty(x, "messageSet");
    xml_text(x, "zoneId", zone_id(aws, zone));
    xml_text(x, "groupName", group.buf);
    xml_text(x, "networkBorderGroup", aws->region);
    xml_text(x, "zoneType", "availability-zone");
    xml_text(x, "optInStatus", "opt-in-not-required");
    strbuf_release(&group);
}

const struct ec2_resource ec2_vpcs = {
    .action = "DescribeVpcs",
    .set = "vpcSet",
    .id_param = "VpcId",
    .id_filter = "vpc-id",
    .not_found = "InvalidVpcID.NotFound",
    .max_results = 1000,
    .items = one_item,
    .values = vpc_values,
    .write = write_vpc,
};

const struct ec2_resource ec2_subnets = {
    .action = "DescribeSubnets",
    .set = "subnetSet",
    .id_param = "SubnetId",
    .id_filter = "subnet-id",
    .not_found = "InvalidSubnetID.NotFound",
    .max_results = 1000,
    .items = subnet_items,
    .values = subnet_values,
    .write = write_subnet,
};

const struct ec2_resource ec2_zones = {
    .action = "DescribeAvailabilityZones",
    .set = "availabilityZoneInfo",
    .id_param = "ZoneName",
    .id_filter = "zone-name",
    .not_found = "InvalidParameterValue",
    .items = zone_items,
    .values = zone_values,
    .write = write_zone,
};
