/*
 * network_acls: DescribeNetworkAcls, one row for each entry. Entries of an ACL are read before it
 * is known which subnets it is for, so it becomes rows at its end. What may not be read is "not
 * offered here", as security groups are.
 */
#include "collectors/aws/collectors.h"
#include "collectors/aws/ec2_table.h"

#include <string.h>

#include "core/arena.h"
#include "core/mem.h"

struct entry {
    struct entry *next;
    const char *number, *protocol, *action, *egress, *cidr, *from, *to, *type, *code;
};

struct subnet {
    struct subnet *next;
    const char *id;
};

struct own {
    const char *id, *vpc, *is_default;
    struct entry *first, **end, now;
    struct subnet *subnets, **last;
};

static const struct ec2_field no_fields[] = {{NULL, 0}};

static void begin(struct ec2_row *row)
{
    struct own *o = row->own;

    memset(o, 0, sizeof(*o));
    o->end = &o->first;
    o->last = &o->subnets;
}

static void end_entry(struct ec2_row *row)
{
    struct own *o = row->own;

    *o->end = arena_alloc(row->run->arena, sizeof(**o->end));
    **o->end = o->now;
    o->end = &(*o->end)->next;
    o->now = (struct entry){0};
}

static void add_subnet(struct ec2_row *row, const char *id)
{
    struct own *o = row->own;

    if (!id)
        return;
    *o->last = arena_alloc(row->run->arena, sizeof(**o->last));
    (*o->last)->id = id;
    o->last = &(*o->last)->next;
}

static void member(struct ec2_row *row, int which, struct xml_reader *x, const char *text,
                   size_t len)
{
    struct own *o = row->own;
    const struct ec2_text members[] = {
        {"networkAclId", &o->id},
        {"vpcId", &o->vpc},
        {"default", &o->is_default},
        {"entrySet/item/ruleNumber", &o->now.number},
        {"entrySet/item/protocol", &o->now.protocol},
        {"entrySet/item/ruleAction", &o->now.action},
        {"entrySet/item/egress", &o->now.egress},
        {"entrySet/item/cidrBlock", &o->now.cidr},
        {"entrySet/item/ipv6CidrBlock", &o->now.cidr},
        {"entrySet/item/portRange/from", &o->now.from},
        {"entrySet/item/portRange/to", &o->now.to},
        {"entrySet/item/icmpTypeCode/type", &o->now.type},
        {"entrySet/item/icmpTypeCode/code", &o->now.code},
    };
    const char *kept = len ? arena_strndup(row->run->arena, text, len) : NULL;

    (void)which;
    if (ec2_keep(x, EC2_FIELD_DEPTH, members, ARRAY_SIZE(members), kept))
        return;
    if (xml_path_is(x, EC2_FIELD_DEPTH, "entrySet/item"))
        end_entry(row);
    else if (xml_path_is(x, EC2_FIELD_DEPTH, "associationSet/item/subnetId"))
        add_subnet(row, kept);
}

static void add_entry(struct ec2_row *row, const struct own *o, const struct entry *e)
{
    builder_row(row->b);
    ec2_set_kept(row, NETWORK_ACLS_ACL, o->id);
    if (e->egress)
        builder_state(row->b, NETWORK_ACLS_DIRECTION,
                      strcmp(e->egress, "true") == 0 ? "out" : "in");
    ec2_set_kept(row, NETWORK_ACLS_RULE_NUMBER, e->number);
    ec2_set_kept(row, NETWORK_ACLS_ACTION, e->action);
    ec2_set_protocol(row, NETWORK_ACLS_PROTOCOL, e->protocol);
    if (e->cidr)
        builder_ip(row->b, NETWORK_ACLS_CIDR, e->cidr);
    ec2_set_kept(row, NETWORK_ACLS_FROM_PORT, e->from);
    ec2_set_kept(row, NETWORK_ACLS_TO_PORT, e->to);
    ec2_set_kept(row, NETWORK_ACLS_ICMP_TYPE, e->type);
    ec2_set_kept(row, NETWORK_ACLS_ICMP_CODE, e->code);
    ec2_set_kept(row, NETWORK_ACLS_VPC, o->vpc);
    ec2_set_kept(row, NETWORK_ACLS_DEFAULT, o->is_default);
    builder_list_empty(row->b, NETWORK_ACLS_SUBNETS);
    for (const struct subnet *s = o->subnets; s; s = s->next)
        builder_list_add(row->b, NETWORK_ACLS_SUBNETS, s->id);
}

static void end(struct ec2_row *row)
{
    const struct own *o = row->own;

    for (const struct entry *e = o->id ? o->first : NULL; e; e = e->next)
        add_entry(row, o, e);
}

static const struct ec2_table table = {
    .action = "DescribeNetworkAcls",
    .set = "networkAclSet",
    .label = "network ACLs",
    .page_size = 1000,
    .scope = EC2_BY_VPC,
    .schema = &table_network_acls,
    .fields = no_fields,
    .own_size = sizeof(struct own),
    .begin = begin,
    .member = member,
    .end = end,
};

static enum step step(struct run *run, const struct reply *reply)
{
    return ec2_table_step_optional(run, reply, &table);
}

static const struct schema *const tables[] = {&table_network_acls, NULL};

const struct collector collector_network_acls = {
    .name = "network_acls",
    .kinds = KIND_AWS,
    .tables = tables,
    .interval_ms = 600000,
    .timeout_ms = 120000,
    .state_size = sizeof(struct ec2_reading),
    .state_release = ec2_reading_release,
    .step = step,
};
