/*
 * Columns of what AWS lets pass at network interfaces (security groups, stateful) and at the edges
 * of subnets (network ACLs, stateless).
 */
#ifndef HYCON_MODEL_TABLES_SECURITY_H
#define HYCON_MODEL_TABLES_SECURITY_H

#include "model/tables_common.h"

/* Interfaces of the whole VPC, with what explain asks of them. The table enis has those of the
 * subnets that the SDDC is linked to, and more of each. */
enum {
    TABLE_COMMON(INTERFACES),
    INTERFACES_ENI,
    INTERFACES_VPC,
    INTERFACES_SUBNET,
    INTERFACES_PRIVATE_IP,
    INTERFACES_IPS,
    INTERFACES_INSTANCE,
    INTERFACES_INTERFACE_TYPE,
    INTERFACES_DESCRIPTION,
    INTERFACES_SECURITY_GROUPS,
    INTERFACES_VIA,
    INTERFACES_N
};

/* A row for the group itself (position 0, no direction), then one for each peer of each rule. */
enum {
    TABLE_COMMON(SECURITY_GROUPS),
    SECURITY_GROUPS_GROUP,
    SECURITY_GROUPS_POSITION,
    SECURITY_GROUPS_NAME,
    SECURITY_GROUPS_VPC,
    SECURITY_GROUPS_ACCOUNT,
    SECURITY_GROUPS_DIRECTION,
    SECURITY_GROUPS_PROTOCOL,
    SECURITY_GROUPS_FROM_PORT,
    SECURITY_GROUPS_TO_PORT,
    SECURITY_GROUPS_PEER_KIND,
    SECURITY_GROUPS_PEER,
    SECURITY_GROUPS_PEER_ACCOUNT,
    SECURITY_GROUPS_DESCRIPTION,
    SECURITY_GROUPS_VIA,
    SECURITY_GROUPS_N
};

/* A row for each entry; those of one ACL and direction are in the order in which they decide. */
enum {
    TABLE_COMMON(NETWORK_ACLS),
    NETWORK_ACLS_ACL,
    NETWORK_ACLS_DIRECTION,
    NETWORK_ACLS_RULE_NUMBER,
    NETWORK_ACLS_ACTION,
    NETWORK_ACLS_PROTOCOL,
    NETWORK_ACLS_CIDR,
    NETWORK_ACLS_FROM_PORT,
    NETWORK_ACLS_TO_PORT,
    NETWORK_ACLS_ICMP_TYPE,
    NETWORK_ACLS_ICMP_CODE,
    NETWORK_ACLS_VPC,
    NETWORK_ACLS_DEFAULT,
    NETWORK_ACLS_SUBNETS,
    NETWORK_ACLS_VIA,
    NETWORK_ACLS_N
};

#endif
