/* What AWS lets pass in the linked VPC, plain tables opened by name: security groups, network ACLs,
 * and the interfaces that explain looks addresses up in. */
#include "views/views.h"

#include "core/i18n.h"
#include "model/tables.h"
#include "views/plain.h"

static const struct view_column security_groups_columns[] = {
    {.column = SECURITY_GROUPS_SITE, .min = 5, .max = 12, .weight = 60},
    {.column = SECURITY_GROUPS_GROUP, .min = 12, .max = 22, .weight = 100, .flags = VIEW_ID},
    {.column = SECURITY_GROUPS_NAME, .min = 10, .max = 30, .weight = 80},
    {.column = SECURITY_GROUPS_POSITION, .title = "line", .min = 4, .max = 5, .weight = 70},
    {.column = SECURITY_GROUPS_DIRECTION, .title = "way", .min = 3, .max = 4, .weight = 95},
    {.column = SECURITY_GROUPS_PROTOCOL, .min = 8, .max = 8, .weight = 94},
    {.column = SECURITY_GROUPS_FROM_PORT, .title = "from", .min = 5, .max = 6, .weight = 93},
    {.column = SECURITY_GROUPS_TO_PORT, .title = "to", .min = 5, .max = 6, .weight = 92},
    {.column = SECURITY_GROUPS_PEER, .min = 16, .max = 43, .weight = 97},
    {.column = SECURITY_GROUPS_DESCRIPTION, .min = 12, .max = 60, .weight = 40},
};
PLAIN_VIEW(security_groups, "security_groups", N_("Security groups"),
           N_("security groups of the VPC: what its interfaces let pass"), table_security_groups);

static const struct view_column network_acls_columns[] = {
    {.column = NETWORK_ACLS_SITE, .min = 5, .max = 12, .weight = 60},
    {.column = NETWORK_ACLS_ACL, .min = 12, .max = 22, .weight = 100, .flags = VIEW_ID},
    {.column = NETWORK_ACLS_DIRECTION, .title = "way", .min = 3, .max = 4, .weight = 99},
    {.column = NETWORK_ACLS_RULE_NUMBER, .title = "number", .min = 6, .max = 6, .weight = 98},
    {.column = NETWORK_ACLS_ACTION, .min = 6, .max = 6, .weight = 97},
    {.column = NETWORK_ACLS_PROTOCOL, .min = 8, .max = 8, .weight = 90},
    {.column = NETWORK_ACLS_FROM_PORT, .title = "from", .min = 5, .max = 6, .weight = 85},
    {.column = NETWORK_ACLS_TO_PORT, .title = "to", .min = 5, .max = 6, .weight = 84},
    {.column = NETWORK_ACLS_CIDR, .min = 16, .max = 43, .weight = 95},
    {.column = NETWORK_ACLS_SUBNETS, .min = 12, .max = 60, .weight = 40},
};
PLAIN_VIEW(network_acls, "network_acls", N_("Network ACLs"),
           N_("network ACLs of the VPC: what its subnets let pass"), table_network_acls);

static const struct view_column interfaces_columns[] = {
    {.column = INTERFACES_SITE, .min = 5, .max = 12, .weight = 60},
    {.column = INTERFACES_ENI, .min = 15, .max = 22, .weight = 100, .flags = VIEW_ID},
    {.column = INTERFACES_PRIVATE_IP, .min = 12, .max = 16, .weight = 95},
    {.column = INTERFACES_SUBNET, .min = 15, .max = 24, .weight = 80, .flags = VIEW_ID},
    {.column = INTERFACES_INSTANCE, .min = 12, .max = 20, .weight = 85, .flags = VIEW_ID},
    {.column = INTERFACES_SECURITY_GROUPS, .min = 12, .max = 48, .weight = 90},
    {.column = INTERFACES_DESCRIPTION, .min = 12, .max = 40, .weight = 50},
};
PLAIN_VIEW(interfaces, "interfaces", N_("Interfaces of the VPC"),
           N_("network interfaces of the whole VPC and their security groups"), table_interfaces);
