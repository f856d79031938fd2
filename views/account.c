/*
 * The rest of what was read, one plain table each, opened by name: the link between SDDC and VPC,
 * VPCs, subnets, VPC endpoints, prefix lists, SDDCs, and what managers report.
 */
#include "views/views.h"

#include "core/i18n.h"
#include "model/tables.h"
#include "views/plain.h"

static const struct view_column links_columns[] = {
    {.column = LINKED_VPCS_SITE, .min = 5, .max = 12, .weight = 60},
    {.column = LINKED_VPCS_VPC, .min = 12, .max = 22, .weight = 100, .flags = VIEW_ID},
    {.column = LINKED_VPCS_MODE, .min = 11, .max = 11, .weight = 95},
    {.column = LINKED_VPCS_LINK_STATE, .min = 10, .max = 16, .weight = 80},
    {.column = LINKED_VPCS_ACTIVE_ENIS, .min = 21, .max = 48, .weight = 90},
    {.column = LINKED_VPCS_TRAFFIC_GROUPS, .min = 14, .max = 60, .weight = 50},
    {.column = LINKED_VPCS_ROUTE_TABLES, .min = 12, .max = 48, .weight = 70},
    {.column = LINKED_VPCS_ACCOUNT, .min = 12, .max = 14, .weight = 40},
    {.column = LINKED_VPCS_SUBNETS, .max = 48, .flags = VIEW_WIDE},
    {.column = LINKED_VPCS_PREFIX_LISTS, .max = 48, .flags = VIEW_WIDE},
    {.column = LINKED_VPCS_CIDRS, .max = 48, .flags = VIEW_WIDE},
};
PLAIN_VIEW(links, "links", N_("Linked VPCs"),
           N_("the link between SDDC and VPC as NSX and VMC know it"), table_linked_vpcs);

static const struct view_column vpcs_columns[] = {
    {.column = VPCS_SITE, .min = 5, .max = 12, .weight = 60},
    {.column = VPCS_VPC, .min = 12, .max = 22, .weight = 100, .flags = VIEW_ID},
    {.column = VPCS_CIDR, .min = 12, .max = 20, .weight = 90},
    {.column = VPCS_SECONDARY_CIDRS, .min = 15, .max = 60, .weight = 80},
    {.column = VPCS_STATE, .min = 9, .max = 10, .weight = 70},
};
PLAIN_VIEW(vpcs, "vpcs", N_("VPCs"), N_("linked VPCs and their address blocks"), table_vpcs);

static const struct view_column subnets_columns[] = {
    {.column = SUBNETS_SITE, .min = 5, .max = 12, .weight = 60},
    {.column = SUBNETS_SUBNET, .min = 15, .max = 24, .weight = 100, .flags = VIEW_ID},
    {.column = SUBNETS_CIDR, .min = 14, .max = 20, .weight = 90},
    {.column = SUBNETS_AVAILABLE_IPS, .title = "free", .min = 5, .max = 6, .weight = 80},
    {.column = SUBNETS_ROUTE_TABLE, .min = 12, .max = 22, .weight = 85, .flags = VIEW_ID},
    {.column = SUBNETS_AZ, .min = 10, .max = 16, .weight = 50},
    {.column = SUBNETS_AZ_ID, .min = 8, .max = 10, .weight = 55},
    {.column = SUBNETS_VPC, .min = 12, .max = 22, .weight = 30, .flags = VIEW_ID},
};
PLAIN_VIEW(subnets, "subnets", N_("Subnets"), N_("subnets of the linked VPC, their route tables"),
           table_subnets);

static const struct view_column vpc_endpoints_columns[] = {
    {.column = VPC_ENDPOINTS_SITE, .min = 5, .max = 12, .weight = 60},
    {.column = VPC_ENDPOINTS_VPC_ENDPOINT, .min = 15, .max = 23, .weight = 100, .flags = VIEW_ID},
    {.column = VPC_ENDPOINTS_SERVICE, .min = 20, .max = 44, .weight = 90},
    {.column = VPC_ENDPOINTS_TYPE, .min = 9, .max = 20, .weight = 70},
    {.column = VPC_ENDPOINTS_STATE, .min = 9, .max = 17, .weight = 85},
    {.column = VPC_ENDPOINTS_AZ_IDS, .min = 8, .max = 30, .weight = 50},
    {.column = VPC_ENDPOINTS_SUBNETS, .max = 48, .flags = VIEW_WIDE},
};
PLAIN_VIEW(vpc_endpoints, "vpc_endpoints", N_("VPC endpoints"),
           N_("VPC endpoints of the linked VPC and their zones"), table_vpc_endpoints);

static const struct view_column prefix_lists_columns[] = {
    {.column = PREFIX_LISTS_SITE, .min = 5, .max = 12, .weight = 60},
    {.column = PREFIX_LISTS_PREFIX_LIST, .min = 15, .max = 22, .weight = 100, .flags = VIEW_ID},
    {.column = PREFIX_LISTS_NAME, .min = 12, .max = 40, .weight = 90},
    {.column = PREFIX_LISTS_ENTRIES, .min = 18, .max = 0, .weight = 80},
    {.column = PREFIX_LISTS_MAX_ENTRIES, .title = "max", .min = 4, .max = 6, .weight = 70},
    {.column = PREFIX_LISTS_OWNER, .min = 12, .max = 14, .weight = 40},
    {.column = PREFIX_LISTS_VERSION, .min = 7, .max = 8, .weight = 30},
};
PLAIN_VIEW(prefix_lists, "prefix_lists", N_("Prefix lists"),
           N_("managed prefix lists: the SDDC's networks as one route"), table_prefix_lists);

static const struct view_column sddcs_columns[] = {
    {.column = SDDCS_SITE, .min = 5, .max = 12, .weight = 60},
    {.column = SDDCS_NAME, .min = 12, .max = 32, .weight = 100},
    {.column = SDDCS_STATE, .min = 8, .max = 12, .weight = 95},
    {.column = SDDCS_VERSION, .min = 8, .max = 20, .weight = 60},
    {.column = SDDCS_REGION, .min = 10, .max = 16, .weight = 50},
    {.column = SDDCS_AZ, .min = 8, .max = 24, .weight = 55},
    {.column = SDDCS_HOST_COUNT, .title = "hosts", .min = 5, .max = 6, .weight = 80},
    {.column = SDDCS_ACCOUNT_LINK, .min = 12, .max = 14, .weight = 85},
    {.column = SDDCS_MANAGEMENT_CIDR, .min = 15, .max = 20, .weight = 40},
    {.column = SDDCS_SDDC, .max = 38, .flags = VIEW_WIDE},
    {.column = SDDCS_NSX_URL, .max = 60, .flags = VIEW_WIDE},
    {.column = SDDCS_VCENTER_URL, .max = 60, .flags = VIEW_WIDE},
};
PLAIN_VIEW(sddcs, "sddcs", N_("SDDCs"), N_("SDDCs as the VMC service knows them"), table_sddcs);

static const struct view_column reports_columns[] = {
    {.column = REPORTS_AT, .min = 8, .max = 23, .weight = 100},
    {.column = REPORTS_SITE, .min = 5, .max = 12, .weight = 60},
    {.column = REPORTS_SEVERITY, .min = 8, .max = 8, .weight = 85},
    {.column = REPORTS_KIND, .min = 14, .max = 32, .weight = 95},
    {.column = REPORTS_STATUS, .min = 9, .max = 16, .weight = 90},
    {.column = REPORTS_SUBJECT, .min = 12, .max = 32, .weight = 80},
    {.column = REPORTS_USER, .min = 8, .max = 24, .weight = 70},
    {.column = REPORTS_MESSAGE, .min = 16, .max = 0, .weight = 75},
};
PLAIN_VIEW(reports, "reports", N_("Reports"), N_("tasks and alarms as managers report them"),
           table_reports);
