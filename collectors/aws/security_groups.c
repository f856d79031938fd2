/*
 * security_groups: DescribeSecurityGroups, one row for each peer of each rule. A permission
 * (protocol and ports) holds any number of peers: blocks of both families, prefix lists, other
 * groups. Members may come in any order, so a group is put together first and becomes rows at its
 * end.
 *
 * Whoever may not read groups (an account's policy for VMC asks for less) has the rest all the
 * same: that is "not offered here", with the reason.
 */
#include "collectors/aws/collectors.h"
#include "collectors/aws/ec2_table.h"

#include <string.h>

#include "core/arena.h"
#include "core/mem.h"

struct peer {
    struct peer *next;
    const char *kind, *text, *account, *description;
};

struct permission {
    struct permission *next;
    bool out;
    const char *protocol, *from, *to;
    struct peer *first, **end;
};

struct own {
    const char *id, *name, *vpc, *account, *description;
    struct permission *first, **end;
    struct permission *now; /* being read; NULL: none */
    struct peer peer;       /* the same */
};

static const struct ec2_field no_fields[] = {{NULL, 0}};

static void begin(struct ec2_row *row)
{
    struct own *o = row->own;

    memset(o, 0, sizeof(*o));
    o->end = &o->first;
}

static struct permission *permission_of(struct ec2_row *row)
{
    struct own *o = row->own;

    if (!o->now) {
        o->now = arena_alloc(row->run->arena, sizeof(*o->now));
        o->now->end = &o->now->first;
    }
    return o->now;
}

static void end_peer(struct ec2_row *row, struct permission *p, const char *kind)
{
    struct own *o = row->own;

    if (o->peer.text) {
        *p->end = arena_alloc(row->run->arena, sizeof(**p->end));
        **p->end = o->peer;
        (*p->end)->kind = kind;
        p->end = &(*p->end)->next;
    }
    o->peer = (struct peer){0};
}

/* Below ipPermissions/item or ipPermissionsEgress/item. */
static void permission_member(struct ec2_row *row, struct permission *p, struct xml_reader *x,
                              const char *text)
{
    struct own *o = row->own;
    const struct ec2_text members[] = {
        {"ipProtocol", &p->protocol},
        {"fromPort", &p->from},
        {"toPort", &p->to},
        {"ipRanges/item/cidrIp", &o->peer.text},
        {"ipRanges/item/description", &o->peer.description},
        {"ipv6Ranges/item/cidrIpv6", &o->peer.text},
        {"ipv6Ranges/item/description", &o->peer.description},
        {"prefixListIds/item/prefixListId", &o->peer.text},
        {"prefixListIds/item/description", &o->peer.description},
        {"groups/item/groupId", &o->peer.text},
        {"groups/item/userId", &o->peer.account},
        {"groups/item/description", &o->peer.description},
    };

    if (ec2_keep(x, EC2_FIELD_DEPTH + 2, members, ARRAY_SIZE(members), text))
        return;
    if (xml_path_is(x, EC2_FIELD_DEPTH + 2, "prefixListIds/item"))
        end_peer(row, p, "prefix_list");
    else if (xml_path_is(x, EC2_FIELD_DEPTH + 2, "groups/item"))
        end_peer(row, p, "group");
    else if (xml_path_is(x, EC2_FIELD_DEPTH + 2, "ipRanges/item") ||
             xml_path_is(x, EC2_FIELD_DEPTH + 2, "ipv6Ranges/item"))
        end_peer(row, p, "cidr");
}

static void end_permission(struct own *o, bool out)
{
    if (!o->now)
        return;
    o->now->out = out;
    *o->end = o->now;
    o->end = &o->now->next;
    o->now = NULL;
}

/* Within an item of @set of the group? */
static bool is_within(const struct xml_reader *x, const char *set)
{
    return xml_depth(x) > EC2_FIELD_DEPTH + 1 && strcmp(xml_name_at(x, EC2_FIELD_DEPTH), set) == 0;
}

static void member(struct ec2_row *row, int which, struct xml_reader *x, const char *text,
                   size_t len)
{
    struct own *o = row->own;
    const struct ec2_text members[] = {
        {"groupId", &o->id},
        {"groupName", &o->name},
        {"vpcId", &o->vpc},
        {"ownerId", &o->account},
        {"groupDescription", &o->description},
    };
    const char *kept = len ? arena_strndup(row->run->arena, text, len) : NULL;

    (void)which;
    if (ec2_keep(x, EC2_FIELD_DEPTH, members, ARRAY_SIZE(members), kept))
        return;
    if (xml_path_is(x, EC2_FIELD_DEPTH, "ipPermissions/item"))
        end_permission(o, false);
    else if (xml_path_is(x, EC2_FIELD_DEPTH, "ipPermissionsEgress/item"))
        end_permission(o, true);
    else if (is_within(x, "ipPermissions") || is_within(x, "ipPermissionsEgress"))
        permission_member(row, permission_of(row), x, kept);
}

/* ---- rows --------------------------------------------------------------------------------------
 */

static void begin_row(struct ec2_row *row, const struct own *o, int64_t position)
{
    builder_row(row->b);
    ec2_set_kept(row, SECURITY_GROUPS_GROUP, o->id);
    builder_int(row->b, SECURITY_GROUPS_POSITION, position);
    ec2_set_kept(row, SECURITY_GROUPS_NAME, o->name);
    ec2_set_kept(row, SECURITY_GROUPS_VPC, o->vpc);
    ec2_set_kept(row, SECURITY_GROUPS_ACCOUNT, o->account);
}

static void add_rule(struct ec2_row *row, const struct permission *p, const struct peer *peer)
{
    builder_state(row->b, SECURITY_GROUPS_DIRECTION, p->out ? "out" : "in");
    ec2_set_protocol(row, SECURITY_GROUPS_PROTOCOL, p->protocol);
    ec2_set_kept(row, SECURITY_GROUPS_FROM_PORT, p->from);
    ec2_set_kept(row, SECURITY_GROUPS_TO_PORT, p->to);
    builder_state(row->b, SECURITY_GROUPS_PEER_KIND, peer->kind);
    ec2_set_kept(row, SECURITY_GROUPS_PEER, peer->text);
    ec2_set_kept(row, SECURITY_GROUPS_PEER_ACCOUNT, peer->account);
    ec2_set_kept(row, SECURITY_GROUPS_DESCRIPTION, peer->description);
}

static void end(struct ec2_row *row)
{
    const struct own *o = row->own;
    int64_t position = 0;

    if (!o->id)
        return;
    begin_row(row, o, position++);
    ec2_set_kept(row, SECURITY_GROUPS_DESCRIPTION, o->description);
    for (const struct permission *p = o->first; p; p = p->next) {
        for (const struct peer *peer = p->first; peer; peer = peer->next) {
            begin_row(row, o, position++);
            add_rule(row, p, peer);
        }
    }
}

static const struct ec2_table table = {
    .action = "DescribeSecurityGroups",
    .set = "securityGroupInfo",
    .label = "security groups",
    .page_size = 1000,
    .scope = EC2_BY_VPC,
    .schema = &table_security_groups,
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

static const struct schema *const tables[] = {&table_security_groups, NULL};

const struct collector collector_security_groups = {
    .name = "security_groups",
    .kinds = KIND_AWS,
    .tables = tables,
    .interval_ms = 600000,
    .timeout_ms = 120000,
    .state_size = sizeof(struct ec2_reading),
    .state_release = ec2_reading_release,
    .step = step,
};
