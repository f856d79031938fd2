/* ec2_net: DescribeVpcEndpoints, DescribeManagedPrefixLists, GetManagedPrefixListEntries. */
#include "core/text.h"
#include "tests/lab/ec2.h"
#include "tests/lab/errors.h"

#include <string.h>

#define POLICY                                                                    \
    "{\"Statement\":[{\"Action\":\"*\",\"Effect\":\"Allow\",\"Principal\":\"*\"," \
    "\"Resource\":\"*\"}]}"

static void add(struct lab_list *out, const char *value)
{
    lab_list_add(out, (void *)(uintptr_t)value);
}

static bool endpoint_items(const struct lab_aws *aws, const struct lab_request *req,
                           struct lab_reply *reply, struct lab_list *out)
{
    (void)req;
    (void)reply;
    for (size_t i = 0; i < aws->endpoints.n; i++)
        lab_list_add(out, aws->endpoints.at[i]);
    return true;
}

static bool endpoint_values(const struct lab_aws *aws, const void *item, const char *name,
                            struct lab_list *out)
{
    const struct lab_endpoint *v = item;

    if (strcmp(name, "vpc-endpoint-id") == 0)
        add(out, v->id);
    else if (strcmp(name, "vpc-id") == 0)
        add(out, aws->vpc);
    else if (strcmp(name, "service-name") == 0)
        add(out, v->service);
    else if (strcmp(name, "vpc-endpoint-state") == 0)
        add(out, v->state);
    else if (strcmp(name, "vpc-endpoint-type") == 0)
        add(out, v->type);
    else
        return text_has_prefix(name, "tag");
    return true;
}

static void id_set(struct xml *x, const char *tag, const char *id)
{
    if (!id) {
        xml_empty(x, tag);
        return;
    }
    xml_open(x, tag);
    xml_text(x, "item", id);
    xml_close(x, tag);
}

static void write_dns(const struct lab_aws *aws, const struct lab_endpoint *v, struct xml *x)
{
    const char *service = strrchr(v->service, '.') + 1;
    struct strbuf name = STRBUF_INIT;

    if (!v->interface) {
        xml_empty(x, "dnsEntrySet");
        return;
    }
    strbuf_addf(&name, "%s-abcd1234.%s.%s.vpce.amazonaws.com", v->id, service, aws->region);
    xml_open(x, "dnsEntrySet");
    xml_open(x, "item");
    xml_text(x, "dnsName", name.buf);
    xml_text(x, "hostedZoneId", "Z2E726K9Y6RL4W");
    xml_close(x, "item");
    xml_close(x, "dnsEntrySet");
    strbuf_release(&name);
}

static void write_endpoint(const struct lab_aws *aws, const void *item, struct xml *x)
{
    const struct lab_endpoint *v = item;

    xml_text(x, "vpcEndpointId", v->id);
    xml_text(x, "vpcEndpointType", v->type);
    xml_text(x, "vpcId", aws->vpc);
    xml_text(x, "serviceName", v->service);
    xml_text(x, "state", v->state);
    xml_text(x, "policyDocument", POLICY);
    id_set(x, "routeTableIdSet", v->interface ? NULL : ((struct lab_table *)aws->tables.at[0])->id);
    id_set(x, "subnetIdSet", v->subnet);
    if (v->group) {
        xml_open(x, "groupSet");
        xml_open(x, "item");
        xml_text(x, "groupId", v->group);
        xml_text(x, "groupName", "vpce-backup-gateway");
        xml_close(x, "item");
        xml_close(x, "groupSet");
    } else {
        xml_empty(x, "groupSet");
    }
    xml_bool(x, "privateDnsEnabled", v->interface);
    xml_bool(x, "requesterManaged", false);
    id_set(x, "networkInterfaceIdSet", v->eni);
    write_dns(aws, v, x);
    xml_text(x, "creationTimestamp", "2026-03-02T04:05:06.789Z");
    ec2_write_tags(x, v->interface ? "backup-gateway" : NULL);
    xml_text(x, "ownerId", aws->account);
}

static bool list_items(const struct lab_aws *aws, const struct lab_request *req,
                       struct lab_reply *reply, struct lab_list *out)
{
    (void)req;
    (void)reply;
    for (size_t i = 0; i < aws->prefix_lists.n; i++)
        lab_list_add(out, aws->prefix_lists.at[i]);
    return true;
}

static bool list_values(const struct lab_aws *aws, const void *item, const char *name,
                        struct lab_list *out)
{
    const struct lab_prefix_list *pl = item;

    (void)aws;
    if (strcmp(name, "prefix-list-id") == 0)
        add(out, pl->id);
    else if (strcmp(name, "prefix-list-name") == 0)
        add(out, pl->name);
    else if (strcmp(name, "owner-id") == 0)
        add(out, pl->owner);
    else
        return false;
    return true;
}

static void write_list(const struct lab_aws *aws, const void *item, struct xml *x)
{
    const struct lab_prefix_list *pl = item;
    struct strbuf arn = STRBUF_INIT;
    bool own = strcmp(pl->owner, "AWS") != 0;

    strbuf_addf(&arn, "arn:aws:ec2:%s:%s:prefix-list/%s", aws->region, own ? pl->owner : "aws",
                pl->id);
    xml_text(x, "prefixListId", pl->id);
    xml_text(x, "addressFamily", "IPv4");
    xml_text(x, "state", pl->state);
    xml_text(x, "prefixListArn", arn.buf);
    xml_text(x, "prefixListName", pl->name);
    if (pl->version) {
        xml_num(x, "maxEntries", pl->max);
        xml_num(x, "version", pl->version);
    }
    xml_empty(x, "tagSet");
    xml_text(x, "ownerId", pl->owner);
    strbuf_release(&arn);
}

static bool entry_items(const struct lab_aws *aws, const struct lab_request *req,
                        struct lab_reply *reply, struct lab_list *out)
{
    const char *id = lab_form(req, "PrefixListId");

    for (size_t i = 0; id && i < aws->prefix_lists.n; i++) {
        const struct lab_prefix_list *pl = aws->prefix_lists.at[i];

        if (strcmp(pl->id, id) != 0)
            continue;
        for (size_t k = 0; k < pl->entries.n; k++)
            lab_list_add(out, pl->entries.at[k]);
        return true;
    }
    lab_error_aws(reply, req, 400, id ? "InvalidPrefixListID.NotFound" : "MissingParameter",
                  arena_printf(req->arena, "The prefix list ID '%s' does not exist", id ? id : ""));
    return false;
}

static bool no_values(const struct lab_aws *aws, const void *item, const char *name,
                      struct lab_list *out)
{
    (void)aws;
    (void)item;
    (void)name;
    (void)out;
    return false;
}

static void write_entry(const struct lab_aws *aws, const void *item, struct xml *x)
{
    (void)aws;
    xml_text(x, "cidr", item);
    xml_empty(x, "description");
}

const struct ec2_resource ec2_endpoints = {
    .action = "DescribeVpcEndpoints",
    .set = "vpcEndpointSet",
    .id_param = "VpcEndpointId",
    .id_filter = "vpc-endpoint-id",
    .not_found = "InvalidVpcEndpointId.NotFound",
    .max_results = 1000,
    .items = endpoint_items,
    .values = endpoint_values,
    .write = write_endpoint,
};

const struct ec2_resource ec2_prefix_lists = {
    .action = "DescribeManagedPrefixLists",
    .set = "prefixListSet",
    .id_param = "PrefixListId",
    .id_filter = "prefix-list-id",
    .not_found = "InvalidPrefixListID.NotFound",
    .max_results = 100,
    .items = list_items,
    .values = list_values,
    .write = write_list,
};

const struct ec2_resource ec2_prefix_entries = {
    .action = "GetManagedPrefixListEntries",
    .set = "entrySet",
    .max_results = 100,
    .items = entry_items,
    .values = no_values,
    .write = write_entry,
};
