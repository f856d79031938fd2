/* ec2_eni: DescribeNetworkInterfaces: VMC's ENIs in attached or branch form, and the customer's
 * own. */
#include "core/text.h"
#include "tests/lab/ec2.h"

#include <string.h>

static bool items(const struct lab_aws *aws, const struct lab_request *req, struct lab_reply *reply,
                  struct lab_list *out)
{
    (void)req;
    (void)reply;
    for (size_t i = 0; i < aws->enis.n; i++)
        lab_list_add(out, aws->enis.at[i]);
    return true;
}

/* A branch ENI shows no attachment although it is in use. */
static bool attached(const struct lab_eni *e)
{
    return e->instance && !e->branch && strcmp(e->status, "in-use") == 0;
}

static const char *type_of(const struct lab_eni *e)
{
    return e->branch && strcmp(e->status, "in-use") == 0 ? "branch" : e->interface_type;
}

static const char *word(const struct lab_aws *aws, const struct lab_eni *e, const char *name)
{
    const struct {
        const char *name, *value;
    } words[] = {
        {"network-interface-id", e->id},
        {"subnet-id", e->subnet},
        {"vpc-id", aws->vpc},
        {"status", e->status},
        {"description", e->description ? e->description : ""},
        {"interface-type", type_of(e)},
        {"requester-id", e->requester},
        {"requester-managed", e->managed ? "true" : "false"},
        {"owner-id", aws->account},
        {"availability-zone", e->az},
        {"availability-zone-id", e->az_id},
        {"private-ip-address", e->ip},
        {"addresses.private-ip-address", e->ip},
        {"mac-address", e->mac},
        {"group-id", e->group},
        {"source-dest-check", e->check ? "true" : "false"},
        {"attachment.instance-id", attached(e) ? e->instance : ""},
        {"attachment.instance-owner-id", attached(e) ? e->owner : ""},
        {"attachment.status", attached(e) ? "attached" : ""},
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(words[i].name, name) == 0)
            return words[i].value;
    return NULL;
}

static bool values(const struct lab_aws *aws, const void *item, const char *name,
                   struct lab_list *out)
{
    const struct lab_eni *e = item;
    const char *value = word(aws, e, name);

    if (!value)
        return text_has_prefix(name, "tag:") || strcmp(name, "tag-key") == 0;
    if (*value || strcmp(name, "description") == 0)
        lab_list_add(out, (void *)(uintptr_t)value);
    if (strcmp(name, "addresses.private-ip-address") == 0 && e->secondary_ip)
        lab_list_add(out, (void *)(uintptr_t)e->secondary_ip);
    return true;
}

static void write_attachment(const struct lab_eni *e, struct xml *x)
{
    struct strbuf id = STRBUF_INIT;

    strbuf_addf(&id, "eni-attach-0a77ac4ed000%04x", e->number);
    xml_open(x, "attachment");
    xml_text(x, "attachmentId", id.buf);
    xml_text(x, "instanceId", e->instance);
    xml_text(x, "instanceOwnerId", e->owner);
    xml_num(x, "deviceIndex", 1);
    xml_num(x, "networkCardIndex", 0);
    xml_text(x, "status", "attached");
    xml_text(x, "attachTime", "2026-05-05T09:00:00.000Z");
    xml_bool(x, "deleteOnTermination", false);
    xml_close(x, "attachment");
    strbuf_release(&id);
}

static void dns_name(struct strbuf *out, const struct lab_aws *aws, const char *ip)
{
    size_t from;

    strbuf_reset(out);
    strbuf_addstr(out, "ip-");
    from = out->len;
    strbuf_addstr(out, ip);
    for (size_t i = from; i < out->len; i++)
        if (out->buf[i] == '.')
            out->buf[i] = '-';
    strbuf_addf(out, ".%s.compute.internal", aws->region);
}

static void write_address(const struct lab_aws *aws, const char *ip, bool primary, struct xml *x)
{
    struct strbuf dns = STRBUF_INIT;

    dns_name(&dns, aws, ip);
    xml_open(x, "item");
    xml_text(x, "privateIpAddress", ip);
    xml_text(x, "privateDnsName", dns.buf);
    xml_bool(x, "primary", primary);
    xml_close(x, "item");
    strbuf_release(&dns);
}

static void write_groups(const struct lab_eni *e, struct xml *x)
{
    xml_open(x, "groupSet");
    xml_open(x, "item");
    xml_text(x, "groupId", e->group);
    xml_text(x, "groupName", e->group_name);
    xml_close(x, "item");
    xml_close(x, "groupSet");
}

static void write(const struct lab_aws *aws, const void *item, struct xml *x)
{
    const struct lab_eni *e = item;
    struct strbuf dns = STRBUF_INIT;

    dns_name(&dns, aws, e->ip);
    xml_text(x, "networkInterfaceId", e->id);
    xml_text(x, "subnetId", e->subnet);
    xml_text(x, "vpcId", aws->vpc);
    xml_text(x, "availabilityZone", e->az);
    xml_text(x, "availabilityZoneId", e->az_id);
    xml_text(x, "description", e->description ? e->description : "");
    xml_text(x, "ownerId", aws->account);
    xml_text(x, "requesterId", e->requester);
    xml_bool(x, "requesterManaged", e->managed);
    xml_text(x, "status", e->status);
    xml_text(x, "macAddress", e->mac);
    xml_text(x, "privateIpAddress", e->ip);
    xml_text(x, "privateDnsName", dns.buf);
    xml_bool(x, "sourceDestCheck", e->check);
    write_groups(e, x);
    if (attached(e))
        write_attachment(e, x);
    xml_empty(x, "tagSet");
    xml_open(x, "privateIpAddressesSet");
    write_address(aws, e->ip, true, x);
    if (e->secondary_ip)
        write_address(aws, e->secondary_ip, false, x);
    xml_close(x, "privateIpAddressesSet");
    xml_empty(x, "ipv6AddressesSet");
    xml_text(x, "interfaceType", type_of(e));
    strbuf_release(&dns);
}

const struct ec2_resource ec2_enis = {
    .action = "DescribeNetworkInterfaces",
    .set = "networkInterfaceSet",
    .id_param = "NetworkInterfaceId",
    .id_filter = "network-interface-id",
    .not_found = "InvalidNetworkInterfaceID.NotFound",
    .max_results = 1000,
    .ids_exclude_paging = true,
    .items = items,
    .values = values,
    .write = write,
};
