/* Tables of security groups and network ACLs. Protocols are as AWS writes them (names in groups,
 * numbers in ACLs), but for -1, which is "any". */
#include "model/tables_priv.h"

static const struct state_word direction_words[] = {
    {"in", SEV_NONE},
    {"out", SEV_NONE},
    {NULL, SEV_NONE},
};

static const struct state_word peer_kind_words[] = {
    {"cidr", SEV_NONE},
    {"prefix_list", SEV_NONE},
    {"group", SEV_NONE},
    {NULL, SEV_NONE},
};

static const struct state_word action_words[] = {
    {"allow", SEV_NONE},
    {"deny", SEV_NONE},
    {NULL, SEV_NONE},
};

static const struct column interfaces_columns[] = {
    COMMON(INTERFACES, 0),
    COL(INTERFACES_ENI, "eni", STR, NONE, COL_KEY, "id of the interface"),
    COL(INTERFACES_VPC, "vpc", STR, NONE, COL_WIDE, "VPC it is in"),
    COL(INTERFACES_SUBNET, "subnet", STR, NONE, 0, "subnet it is in"),
    COL(INTERFACES_PRIVATE_IP, "private_ip", IP, NONE, 0, "its first address"),
    COL(INTERFACES_IPS, "ips", LIST, NONE, 0, "all its addresses"),
    COL(INTERFACES_INSTANCE, "instance", STR, NONE, 0, "instance it is attached to"),
    COL(INTERFACES_INTERFACE_TYPE, "interface_type", STR, NONE, COL_WIDE, "type as AWS has it"),
    COL(INTERFACES_DESCRIPTION, "description", STR, NONE, COL_WIDE, "its description"),
    COL(INTERFACES_SECURITY_GROUPS, "security_groups", LIST, NONE, 0, "its security groups"),
    VIA(INTERFACES),
};
TABLE(interfaces, INTERFACES, "network interfaces of the whole VPC, read now and then for explain");

static const struct column security_groups_columns[] = {
    COMMON(SECURITY_GROUPS, 0),
    COL(SECURITY_GROUPS_GROUP, "group", STR, NONE, COL_KEY, "id of the security group"),
    COL(SECURITY_GROUPS_POSITION, "position", INT, NONE, COL_KEY,
        "number of the line, as AWS lists them; 0 is the group itself"),
    COL(SECURITY_GROUPS_NAME, "name", STR, NONE, 0, "name of the group"),
    COL(SECURITY_GROUPS_VPC, "vpc", STR, NONE, COL_WIDE, "VPC it is in"),
    COL(SECURITY_GROUPS_ACCOUNT, "account", STR, NONE, COL_WIDE, "account that owns it"),
    WORD(SECURITY_GROUPS_DIRECTION, "direction", direction_words, 0,
         "in or out, seen from the interface"),
    COL(SECURITY_GROUPS_PROTOCOL, "protocol", STR, NONE, 0, "protocol, or any"),
    COL(SECURITY_GROUPS_FROM_PORT, "from_port", INT, NONE, 0, "first port; of ICMP the type"),
    COL(SECURITY_GROUPS_TO_PORT, "to_port", INT, NONE, 0, "last port; of ICMP the code"),
    WORD(SECURITY_GROUPS_PEER_KIND, "peer_kind", peer_kind_words, COL_WIDE,
         "what the other side is"),
    COL(SECURITY_GROUPS_PEER, "peer", STR, NONE, 0,
        "the other side: a block, a prefix list, a security group"),
    COL(SECURITY_GROUPS_PEER_ACCOUNT, "peer_account", STR, NONE, COL_WIDE,
        "account of that security group"),
    COL(SECURITY_GROUPS_DESCRIPTION, "description", STR, NONE, COL_WIDE, "what people say of it"),
    VIA(SECURITY_GROUPS),
};
TABLE(security_groups, SECURITY_GROUPS, "security groups of the VPC: what interfaces let pass");

static const struct column network_acls_columns[] = {
    COMMON(NETWORK_ACLS, 0),
    COL(NETWORK_ACLS_ACL, "acl", STR, NONE, COL_KEY, "id of the network ACL"),
    WORD(NETWORK_ACLS_DIRECTION, "direction", direction_words, COL_KEY,
         "in or out, seen from the subnet"),
    COL(NETWORK_ACLS_RULE_NUMBER, "rule_number", INT, NONE, COL_KEY,
        "the first that matches decides; 32767 and 32768 are the last ones, which deny"),
    WORD(NETWORK_ACLS_ACTION, "action", action_words, 0, "what it does"),
    COL(NETWORK_ACLS_PROTOCOL, "protocol", STR, NONE, 0, "number of the protocol, or any"),
    COL(NETWORK_ACLS_CIDR, "cidr", CIDR, NONE, 0, "the other side"),
    COL(NETWORK_ACLS_FROM_PORT, "from_port", INT, NONE, 0, "first port of the destination"),
    COL(NETWORK_ACLS_TO_PORT, "to_port", INT, NONE, 0, "last port of the destination"),
    COL(NETWORK_ACLS_ICMP_TYPE, "icmp_type", INT, NONE, COL_WIDE, "ICMP type; -1 is all"),
    COL(NETWORK_ACLS_ICMP_CODE, "icmp_code", INT, NONE, COL_WIDE, "ICMP code; -1 is all"),
    COL(NETWORK_ACLS_VPC, "vpc", STR, NONE, COL_WIDE, "VPC it is in"),
    COL(NETWORK_ACLS_DEFAULT, "default", BOOL, NONE, COL_WIDE, "is it the VPC's default one"),
    COL(NETWORK_ACLS_SUBNETS, "subnets", LIST, NONE, COL_WIDE, "subnets that it is for"),
    VIA(NETWORK_ACLS),
};
TABLE(network_acls, NETWORK_ACLS, "network ACLs of the VPC: what subnets let pass");
