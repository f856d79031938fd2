/*
 * Tables of the public cloud side: the customer's account (interfaces, routes, subnets) and the
 * SDDC service. Words of foreign enumerations are written as the API's own replies have them, in
 * lower case where the API shouts; a word that is not listed is kept as it came.
 */
#include "model/tables_priv.h"

/* ---- network interfaces ------------------------------------------------------------------- */

/* Attachment is no failure: idle interfaces are the spares of hosts that do not exist yet. */
static const struct state_word eni_status_words[] = {
    {"available", SEV_NONE}, {"associated", SEV_NONE}, {"attaching", SEV_NONE}, {"in-use", SEV_OK},
    {"detaching", SEV_NONE}, {"pending", SEV_NONE},    {NULL, SEV_NONE},
};

static const struct state_word eni_role_words[] = {
    {"active", SEV_OK},        {"host", SEV_OK},         {"spare", SEV_NONE},
    {"changing", SEV_WARNING}, {"foreign", SEV_WARNING}, {NULL, SEV_NONE},
};

static const struct column enis_columns[] = {
    COMMON(ENIS, 0),
    COL(ENIS_ENI, "eni", STR, NONE, COL_KEY, "id of the network interface"),
    COL(ENIS_ACCOUNT, "account", STR, NONE, COL_WIDE, "account that owns it"),
    COL(ENIS_REGION, "region", STR, NONE, COL_WIDE, "region it is in"),
    DER(ENIS_SDDC, "sddc", STR, NONE, COL_WIDE, "sddcs,linked_vpcs,hosts", "SDDC it belongs to"),
    COL(ENIS_VPC, "vpc", STR, NONE, COL_WIDE, "VPC it is in"),
    COL(ENIS_SUBNET, "subnet", STR, NONE, 0, "subnet it is in"),
    COL(ENIS_AZ, "az", STR, NONE, COL_WIDE, "availability zone, by this account's name"),
    COL(ENIS_AZ_ID, "az_id", STR, NONE, COL_WIDE,
        "availability zone id: the same zone in every account"),
    WORD(ENIS_STATUS, "status", eni_status_words, 0, "status as AWS reports it"),
    COL(ENIS_INTERFACE_TYPE, "interface_type", STR, NONE, COL_WIDE, "interface, branch, trunk ..."),
    COL(ENIS_PRIVATE_IP, "private_ip", IP, NONE, 0, "primary private address"),
    COL(ENIS_SECONDARY_IPS, "secondary_ips", LIST, NONE, COL_WIDE, "further private addresses"),
    COL(ENIS_MAC, "mac", STR, NONE, COL_WIDE, "MAC address"),
    COL(ENIS_DESCRIPTION, "description", STR, NONE, COL_WIDE, "description"),
    COL(ENIS_SOURCE_DEST_CHECK, "source_dest_check", BOOL, NONE, COL_WIDE,
        "drops what is not addressed to it; must be off to route"),
    COL(ENIS_SECURITY_GROUPS, "security_groups", LIST, NONE, COL_WIDE, "ids of security groups"),
    DERW(ENIS_ROLE, "role", eni_role_words, 0, "routes,linked_vpcs,sddcs,hosts",
         "what it does for the SDDC"),
    DER(ENIS_ACTIVE_BY_ROUTES, "active_by_routes", BOOL, NONE, 0, "routes,segments,linked_vpcs",
        "the main route table sends the SDDC's networks to it"),
    DER(ENIS_ACTIVE_BY_NSX, "active_by_nsx", BOOL, NONE, 0, "linked_vpcs",
        "NSX names it as the active one"),
    DER(ENIS_HOST, "host", STR, NONE, 0, "hosts", "host it belongs to"),
    DER(ENIS_EDGE, "edge", STR, NONE, 0, "hosts,edges,gateways,nsx_vms,nsx_nodes",
        "edge that runs on its host"),
    DER(ENIS_TRAFFIC_GROUP, "traffic_group", STR, NONE, COL_WIDE, "linked_vpcs",
        "traffic group it is the active one of"),
    DER(ENIS_ROUTE_COUNT, "route_count", INT, COUNT, 0, "routes", "routes that point to it"),
    DER(ENIS_BLACKHOLE_COUNT, "blackhole_count", INT, COUNT, 0, "routes",
        "routes that point to it and lead nowhere"),
    VIA(ENIS),
};
TABLE(enis, ENIS, "network interfaces of the linked VPC: which is active, on which host");

/* ---- routes ------------------------------------------------------------------------------- */

static const struct state_word managed_words[] = {
    {"vmc_main", SEV_NONE},
    {"vmc_prefix_list", SEV_NONE},
    {"customer", SEV_NONE},
    {NULL, SEV_NONE},
};

static const struct state_word route_state_words[] = {
    {"active", SEV_OK},
    {"blackhole", SEV_CRITICAL},
    {"filtered", SEV_WARNING},
    {NULL, SEV_NONE},
};

static const struct state_word verdict_words[] = {
    {"ok", SEV_OK},
    {"converging", SEV_WARNING},
    {"stale", SEV_CRITICAL},
    {"missing", SEV_CRITICAL},
    {"blackhole", SEV_CRITICAL},
    {"unmanaged", SEV_NONE},
    {"other", SEV_NONE},
    {NULL, SEV_NONE},
};

static const struct column routes_columns[] = {
    COMMON(ROUTES, 0),
    COL(ROUTES_VPC, "vpc", STR, NONE, COL_WIDE, "VPC of the route table"),
    COL(ROUTES_ROUTE_TABLE, "route_table", STR, NONE, COL_KEY, "id of the route table"),
    COL(ROUTES_ROUTE_TABLE_NAME, "route_table_name", STR, NONE, 0, "its Name tag"),
    COL(ROUTES_MAIN, "main", BOOL, NONE, 0, "it is the VPC's main route table"),
    COL(ROUTES_SUBNETS, "subnets", LIST, NONE, COL_WIDE,
        "subnets that use it; a main table also serves those that name none"),
    DERW(ROUTES_MANAGED, "managed", managed_words, 0, "linked_vpcs,enis,segments,sddcs",
         "who keeps the route: VMC in the main table or a prefix list, or the customer"),
    COL(ROUTES_DESTINATION, "destination", CIDR, NONE, COL_KEY,
        "destination block, or the id of a prefix list"),
    COL(ROUTES_PREFIX_LIST, "prefix_list", STR, NONE, COL_WIDE,
        "prefix list the destination stands for"),
    COL(ROUTES_TARGET, "target", STR, NONE, 0, "where it leads: id of an interface, gateway ..."),
    COL(ROUTES_TARGET_TYPE, "target_type", STR, NONE, COL_WIDE, "what the target is"),
    DER(ROUTES_EXPECTED_TARGET, "expected_target", STR, NONE, 0, "linked_vpcs,enis,segments",
        "where it should lead"),
    WORD(ROUTES_STATE, "state", route_state_words, 0, "state as AWS reports it"),
    COL(ROUTES_ORIGIN, "origin", STR, NONE, COL_WIDE, "how it came into the table"),
    DER(ROUTES_SEGMENT, "segment", STR, NONE, 0, "segments", "segment it is for"),
    DERW(ROUTES_VERDICT, "verdict", verdict_words, 0, "segments,sddcs,linked_vpcs,enis,hosts",
         "does it lead where the active edge is; a missing route is a row, too"),
    VIA(ROUTES),
};
TABLE(routes, ROUTES, "routes of the linked VPC's route tables, each with a verdict");

/* ---- VPCs, subnets, endpoints, prefix lists ----------------------------------------------- */

static const struct state_word vpc_state_words[] = {
    {"pending", SEV_NONE},
    {"available", SEV_OK},
    {NULL, SEV_NONE},
};

static const struct column vpcs_columns[] = {
    COMMON(VPCS, 0),
    COL(VPCS_VPC, "vpc", STR, NONE, COL_KEY, "id of the VPC"),
    COL(VPCS_CIDR, "cidr", CIDR, NONE, 0, "primary block: the only one the SDDC can reach"),
    COL(VPCS_SECONDARY_CIDRS, "secondary_cidrs", LIST, NONE, 0, "further blocks"),
    WORD(VPCS_STATE, "state", vpc_state_words, 0, "state as AWS reports it"),
    VIA(VPCS),
};
TABLE(vpcs, VPCS, "linked VPCs and their address blocks");

static const struct column subnets_columns[] = {
    COMMON(SUBNETS, 0),
    COL(SUBNETS_SUBNET, "subnet", STR, NONE, COL_KEY, "id of the subnet"),
    COL(SUBNETS_VPC, "vpc", STR, NONE, 0, "VPC it is in"),
    COL(SUBNETS_CIDR, "cidr", CIDR, NONE, 0, "its block"),
    COL(SUBNETS_AZ, "az", STR, NONE, 0, "availability zone, by this account's name"),
    COL(SUBNETS_AZ_ID, "az_id", STR, NONE, 0,
        "availability zone id: the same zone in every account"),
    COL(SUBNETS_AVAILABLE_IPS, "available_ips", INT, COUNT, 0, "free addresses"),
    DER(SUBNETS_ROUTE_TABLE, "route_table", STR, NONE, 0, "routes", "route table it uses"),
    VIA(SUBNETS),
};
TABLE(subnets, SUBNETS, "subnets of the linked VPC");

static const struct state_word vpc_endpoint_words[] = {
    {"available", SEV_OK},    {"pendingAcceptance", SEV_WARNING},
    {"pending", SEV_NONE},    {"deleting", SEV_NONE},
    {"deleted", SEV_NONE},    {"rejected", SEV_CRITICAL},
    {"failed", SEV_CRITICAL}, {"expired", SEV_CRITICAL},
    {"partial", SEV_WARNING}, {NULL, SEV_NONE},
};

static const struct column vpc_endpoints_columns[] = {
    COMMON(VPC_ENDPOINTS, 0),
    COL(VPC_ENDPOINTS_VPC_ENDPOINT, "vpc_endpoint", STR, NONE, COL_KEY, "id of the VPC endpoint"),
    COL(VPC_ENDPOINTS_VPC, "vpc", STR, NONE, 0, "VPC it is in"),
    COL(VPC_ENDPOINTS_SERVICE, "service", STR, NONE, 0, "service it leads to"),
    COL(VPC_ENDPOINTS_TYPE, "type", STR, NONE, 0, "Interface, Gateway ..."),
    WORD(VPC_ENDPOINTS_STATE, "state", vpc_endpoint_words, 0, "state as AWS reports it"),
    COL(VPC_ENDPOINTS_SUBNETS, "subnets", LIST, NONE, COL_WIDE, "subnets of its interfaces"),
    DER(VPC_ENDPOINTS_AZ_IDS, "az_ids", LIST, NONE, 0, "subnets",
        "availability zone ids of its subnets"),
    COL(VPC_ENDPOINTS_DNS_NAMES, "dns_names", LIST, NONE, COL_WIDE, "its names"),
    COL(VPC_ENDPOINTS_ROUTE_TABLES, "route_tables", LIST, NONE, COL_WIDE,
        "route tables that lead to it (gateway endpoints)"),
    VIA(VPC_ENDPOINTS),
};
TABLE(vpc_endpoints, VPC_ENDPOINTS, "VPC endpoints of the linked VPC");

static const struct column prefix_lists_columns[] = {
    COMMON(PREFIX_LISTS, 0),
    COL(PREFIX_LISTS_PREFIX_LIST, "prefix_list", STR, NONE, COL_KEY, "id of the prefix list"),
    COL(PREFIX_LISTS_NAME, "name", STR, NONE, 0, "its name"),
    COL(PREFIX_LISTS_OWNER, "owner", STR, NONE, 0, "account that owns it"),
    COL(PREFIX_LISTS_ENTRIES, "entries", LIST, NONE, 0, "blocks in it"),
    COL(PREFIX_LISTS_MAX_ENTRIES, "max_entries", INT, COUNT, 0, "how many it may hold"),
    COL(PREFIX_LISTS_VERSION, "version", INT, NONE, 0, "version of its entries"),
    VIA(PREFIX_LISTS),
};
TABLE(prefix_lists, PREFIX_LISTS, "managed prefix lists: the SDDC's networks as one route");

/* ---- the SDDC service --------------------------------------------------------------------- */

static const struct state_word link_mode_words[] = {
    {"cidr", SEV_NONE},
    {"prefix_list", SEV_NONE},
    {"pending", SEV_WARNING},
    {NULL, SEV_NONE},
};

static const struct column linked_vpcs_columns[] = {
    COMMON(LINKED_VPCS, 0),
    COL(LINKED_VPCS_VPC, "vpc", STR, NONE, COL_KEY, "id of the linked VPC"),
    WORD(LINKED_VPCS_MODE, "mode", link_mode_words, 0,
         "how VMC writes routes: one per network, or by a prefix list"),
    COL(LINKED_VPCS_ACTIVE_ENIS, "active_enis", LIST, NONE, 0,
        "interfaces that NSX names as active"),
    COL(LINKED_VPCS_TRAFFIC_GROUPS, "traffic_groups", LIST, NONE, 0,
        "traffic groups with the active interface of each (GROUP=ENI)"),
    COL(LINKED_VPCS_ROUTE_TABLES, "route_tables", LIST, NONE, 0, "route tables that VMC updates"),
    COL(LINKED_VPCS_SUBNETS, "subnets", LIST, NONE, 0, "subnets of the interfaces"),
    COL(LINKED_VPCS_ACCOUNT, "account", STR, NONE, COL_WIDE, "account of the VPC"),
    COL(LINKED_VPCS_CIDRS, "cidrs", LIST, NONE, COL_WIDE, "blocks of the VPC, as VMC knows them"),
    COL(LINKED_VPCS_PREFIX_LISTS, "prefix_lists", LIST, NONE, COL_WIDE,
        "prefix lists that VMC keeps in the account"),
    COL(LINKED_VPCS_EXPECTED_ENTRIES, "expected_entries", LIST, NONE, COL_WIDE,
        "blocks that NSX says must be in the prefix lists"),
    COL(LINKED_VPCS_ENIS, "enis", LIST, NONE, COL_WIDE, "interfaces that VMC names"),
    COL(LINKED_VPCS_AZ_IDS, "az_ids", LIST, NONE, COL_WIDE, "availability zone ids of the subnets"),
    COL(LINKED_VPCS_LINK_STATE, "link_state", STR, NONE, 0, "state of the link as VMC reports it"),
    COL(LINKED_VPCS_SDDC, "sddc", STR, NONE, COL_WIDE, "SDDC it is linked to"),
    COL(LINKED_VPCS_TRAFFIC_GROUP_IDS, "traffic_group_ids", LIST, NONE, COL_WIDE,
        "ids of the traffic groups (ID=GROUP): gateways name them by these"),
    VIA(LINKED_VPCS),
};
TABLE(linked_vpcs, LINKED_VPCS, "the link between SDDC and VPC, as NSX and VMC know it");

static const struct state_word sddc_state_words[] = {
    {"deploying", SEV_NONE},
    {"ready", SEV_OK},
    {"deleting", SEV_WARNING},
    {"deleted", SEV_CRITICAL},
    {"failed", SEV_CRITICAL},
    {"canceled", SEV_WARNING},
    {"ready_for_glcm_bringup", SEV_NONE},
    {NULL, SEV_NONE},
};

static const struct column sddcs_columns[] = {
    COMMON(SDDCS, 0),
    COL(SDDCS_SDDC, "sddc", STR, NONE, COL_KEY, "id of the SDDC"),
    COL(SDDCS_NAME, "name", STR, NONE, 0, "its name"),
    WORD(SDDCS_STATE, "state", sddc_state_words, 0, "state as VMC reports it"),
    COL(SDDCS_VERSION, "version", STR, NONE, 0, "version of the SDDC"),
    COL(SDDCS_REGION, "region", STR, NONE, 0, "AWS region"),
    COL(SDDCS_AZ, "az", LIST, NONE, 0, "availability zones"),
    COL(SDDCS_HOST_COUNT, "host_count", INT, COUNT, 0, "hosts of all clusters"),
    COL(SDDCS_NSX_URL, "nsx_url", STR, NONE, COL_WIDE, "address of NSX through the service"),
    COL(SDDCS_VCENTER_URL, "vcenter_url", STR, NONE, COL_WIDE, "address of vCenter"),
    COL(SDDCS_MANAGEMENT_CIDR, "management_cidr", CIDR, NONE, 0, "management network"),
    COL(SDDCS_CLUSTER_1, "cluster_1", STR, NONE, COL_WIDE,
        "name of the first cluster, whose hosts use the linked VPC"),
    COL(SDDCS_DEPLOYMENT_TYPE, "deployment_type", STR, NONE, COL_WIDE, "one zone, or stretched"),
    COL(SDDCS_ACCOUNT_LINK, "account_link", STR, NONE, COL_WIDE,
        "state of the link to the AWS account"),
};
TABLE(sddcs, SDDCS, "software-defined data centres of VMware Cloud on AWS");
