/*
 * security: what the linked VPC lets pass: the groups that its interfaces carry, and the ACLs of
 * its subnets. The groups are those that estate_aws.c gives to interfaces; the default one knows
 * itself alone, as AWS makes it. Every subnet has the default ACL, but "services" has one of its
 * own.
 */
#ifndef HYCON_TESTS_LAB_SECURITY_H
#define HYCON_TESTS_LAB_SECURITY_H

#include "tests/lab/estate.h"

struct lab_group_rule {
    const char *protocol, *peer, *description; /* peer: a block, pl-..., sg-... */
    int from, to;                              /* -1: none */
    bool out;
};

struct lab_group {
    const char *id, *name, *about;
    struct lab_list rules; /* struct lab_group_rule */
};

struct lab_acl_entry {
    const char *protocol, *cidr; /* protocol: a number, or -1 */
    int number, from, to;        /* ports; -1: none */
    bool out, deny;
};

struct lab_acl {
    const char *id;
    struct lab_list entries; /* struct lab_acl_entry */
    struct lab_list subnets; /* struct lab_subnet */
    bool is_default;
};

/* Once the subnets and interfaces of @aws are there. */
void lab_build_security(struct lab_estate *e, struct lab_aws *aws);
void lab_free_security(struct lab_aws *aws);
struct lab_group *lab_find_group(const struct lab_aws *aws, const char *id_or_name);
struct lab_acl *lab_find_acl(const struct lab_aws *aws, const char *id_or_subnet);
void lab_group_rule_add(struct lab_estate *e, struct lab_group *g, const struct lab_group_rule *r);
void lab_acl_entry_add(struct lab_estate *e, struct lab_acl *acl, const struct lab_acl_entry *x);

#endif
