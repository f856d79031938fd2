/* ec2_security: DescribeSecurityGroups, DescribeNetworkAcls. */
#include "core/text.h"
#include "tests/lab/ec2.h"
#include "tests/lab/security.h"

#include <stdio.h>
#include <string.h>

static void add(struct lab_list *out, const char *value)
{
    lab_list_add(out, (void *)(uintptr_t)value);
}

static bool take_all(const struct lab_list *from, struct lab_list *out)
{
    for (size_t i = 0; i < from->n; i++)
        lab_list_add(out, from->at[i]);
    return true;
}

/* ---- security groups ------------------------------------------------------------------------ */

static bool group_items(const struct lab_aws *aws, const struct lab_request *req,
                        struct lab_reply *reply, struct lab_list *out)
{
    (void)req;
    (void)reply;
    return take_all(&aws->groups, out);
}

static bool group_values(const struct lab_aws *aws, const void *item, const char *name,
                         struct lab_list *out)
{
    const struct lab_group *g = item;

    if (strcmp(name, "group-id") == 0)
        add(out, g->id);
    else if (strcmp(name, "group-name") == 0)
        add(out, g->name);
    else if (strcmp(name, "vpc-id") == 0)
        add(out, aws->vpc);
    else if (strcmp(name, "owner-id") == 0)
        add(out, aws->account);
    else
        return text_has_prefix(name, "tag");
    return true;
}

static void write_peer(const struct lab_aws *aws, const struct lab_group_rule *r, struct xml *x,
                       const char *set, const char *prefix, const char *member)
{
    bool is = *prefix ? text_has_prefix(r->peer, prefix) : !strchr(r->peer, '-');

    if (!is) {
        xml_empty(x, set);
        return;
    }
    xml_open(x, set);
    xml_open(x, "item");
    if (strcmp(set, "groups") == 0)
        xml_text(x, "userId", aws->account);
    xml_text(x, member, r->peer);
    xml_text(x, "description", r->description);
    xml_close(x, "item");
    xml_close(x, set);
}

static void write_rules(const struct lab_aws *aws, const struct lab_group *g, bool out,
                        struct xml *x)
{
    const char *set = out ? "ipPermissionsEgress" : "ipPermissions";

    xml_open(x, set);
    for (size_t i = 0; i < g->rules.n; i++) {
        const struct lab_group_rule *r = g->rules.at[i];

        if (r->out != out)
            continue;
        xml_open(x, "item");
        xml_text(x, "ipProtocol", r->protocol);
        if (r->from >= 0)
            xml_num(x, "fromPort", r->from);
        if (r->to >= 0)
            xml_num(x, "toPort", r->to);
        write_peer(aws, r, x, "groups", "sg-", "groupId");
        write_peer(aws, r, x, "ipRanges", "", "cidrIp");
        xml_empty(x, "ipv6Ranges");
        write_peer(aws, r, x, "prefixListIds", "pl-", "prefixListId");
        xml_close(x, "item");
    }
    xml_close(x, set);
}

static void write_group(const struct lab_aws *aws, const void *item, struct xml *x)
{
    const struct lab_group *g = item;

    xml_text(x, "ownerId", aws->account);
    xml_text(x, "groupId", g->id);
    xml_text(x, "groupName", g->name);
    xml_text(x, "groupDescription", g->about);
    xml_text(x, "vpcId", aws->vpc);
    write_rules(aws, g, false, x);
    write_rules(aws, g, true, x);
    xml_empty(x, "tagSet");
}

const struct ec2_resource ec2_groups = {
    .action = "DescribeSecurityGroups",
    .set = "securityGroupInfo",
    .id_param = "GroupId",
    .id_filter = "group-id",
    .not_found = "InvalidGroup.NotFound",
    .max_results = 1000,
    .items = group_items,
    .values = group_values,
    .write = write_group,
};

/* ---- network ACLs --------------------------------------------------------------------------- */

static bool acl_items(const struct lab_aws *aws, const struct lab_request *req,
                      struct lab_reply *reply, struct lab_list *out)
{
    (void)req;
    (void)reply;
    return take_all(&aws->acls, out);
}

static bool acl_values(const struct lab_aws *aws, const void *item, const char *name,
                       struct lab_list *out)
{
    const struct lab_acl *acl = item;

    if (strcmp(name, "network-acl-id") == 0)
        add(out, acl->id);
    else if (strcmp(name, "vpc-id") == 0)
        add(out, aws->vpc);
    else if (strcmp(name, "default") == 0)
        add(out, acl->is_default ? "true" : "false");
    else if (strcmp(name, "association.subnet-id") == 0)
        for (size_t i = 0; i < acl->subnets.n; i++)
            add(out, ((const struct lab_subnet *)acl->subnets.at[i])->id);
    else
        return text_has_prefix(name, "tag");
    return true;
}

static void write_entry(const struct lab_acl_entry *e, struct xml *x)
{
    xml_open(x, "item");
    xml_text(x, "cidrBlock", e->cidr);
    xml_bool(x, "egress", e->out);
    if (e->from >= 0) {
        xml_open(x, "portRange");
        xml_num(x, "from", e->from);
        xml_num(x, "to", e->to);
        xml_close(x, "portRange");
    }
    xml_text(x, "protocol", e->protocol);
    xml_text(x, "ruleAction", e->deny ? "deny" : "allow");
    xml_num(x, "ruleNumber", e->number);
    xml_close(x, "item");
}

static void write_acl(const struct lab_aws *aws, const void *item, struct xml *x)
{
    const struct lab_acl *acl = item;

    xml_open(x, "associationSet");
    for (size_t i = 0; i < acl->subnets.n; i++) {
        const struct lab_subnet *s = acl->subnets.at[i];
        char id[64];

        xml_open(x, "item");
        (void)snprintf(id, sizeof(id), "aclassoc-%s", s->id + strlen("subnet-"));
        xml_text(x, "networkAclAssociationId", id);
        xml_text(x, "networkAclId", acl->id);
        xml_text(x, "subnetId", s->id);
        xml_close(x, "item");
    }
    xml_close(x, "associationSet");
    xml_bool(x, "default", acl->is_default);
    xml_open(x, "entrySet");
    for (size_t i = 0; i < acl->entries.n; i++)
        write_entry(acl->entries.at[i], x);
    xml_close(x, "entrySet");
    xml_text(x, "networkAclId", acl->id);
    xml_text(x, "ownerId", aws->account);
    xml_empty(x, "tagSet");
    xml_text(x, "vpcId", aws->vpc);
}

const struct ec2_resource ec2_acls = {
    .action = "DescribeNetworkAcls",
    .set = "networkAclSet",
    .id_param = "NetworkAclId",
    .id_filter = "network-acl-id",
    .not_found = "InvalidNetworkAclID.NotFound",
    .max_results = 1000,
    .items = acl_items,
    .values = acl_values,
    .write = write_acl,
};
