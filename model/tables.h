/*
 * The vocabulary of the estate: every table and every column, once. Column indexes are enums so
 * that a typo does not compile; tables.c holds names, types, units, meanings. See design.md
 * section 4.
 */
#ifndef HYCON_MODEL_TABLES_H
#define HYCON_MODEL_TABLES_H

#include "core/table.h"
#include "model/tables_common.h"
#include "model/tables_edges.h"
#include "model/tables_firewall.h"
#include "model/tables_security.h"
#include "model/tables_vsphere.h"

enum {
    TABLE_COMMON(ENDPOINTS),
    ENDPOINTS_KIND,
    ENDPOINTS_TARGET,
    ENDPOINTS_PRODUCT,
    ENDPOINTS_VERSION,
    ENDPOINTS_ROLE,
    ENDPOINTS_URL,
    ENDPOINTS_FRESHNESS,
    ENDPOINTS_ERROR_KIND,
    ENDPOINTS_MESSAGE,
    ENDPOINTS_TAKEN_AT,
    ENDPOINTS_LATENCY_MS,
    ENDPOINTS_REQUESTS_PER_MIN,
    ENDPOINTS_THROTTLED,
    ENDPOINTS_NEXT_RETRY_AT,
    ENDPOINTS_TRANSPORT,
    ENDPOINTS_VIA,
    ENDPOINTS_CREDENTIAL,
    ENDPOINTS_LAST_OK_AT,
    ENDPOINTS_CLOCK_OFFSET_MS,
    ENDPOINTS_CERT_EXPIRES_AT,
    ENDPOINTS_CERT_SHA256,
    ENDPOINTS_N
};

/* COL_VIA on tables that two endpoints may both serve: the endpoints that reported the row. */
enum {
    TABLE_COMMON(ENIS),
    ENIS_ENI,
    ENIS_ACCOUNT,
    ENIS_REGION,
    ENIS_SDDC,
    ENIS_VPC,
    ENIS_SUBNET,
    ENIS_AZ,
    ENIS_AZ_ID,
    ENIS_STATUS,
    ENIS_INTERFACE_TYPE,
    ENIS_PRIVATE_IP,
    ENIS_SECONDARY_IPS,
    ENIS_MAC,
    ENIS_DESCRIPTION,
    ENIS_SOURCE_DEST_CHECK,
    ENIS_SECURITY_GROUPS,
    ENIS_ROLE,
    ENIS_ACTIVE_BY_ROUTES,
    ENIS_ACTIVE_BY_NSX,
    ENIS_HOST,
    ENIS_EDGE,
    ENIS_TRAFFIC_GROUP,
    ENIS_ROUTE_COUNT,
    ENIS_BLACKHOLE_COUNT,
    ENIS_VIA,
    ENIS_N
};

enum {
    TABLE_COMMON(ROUTES),
    ROUTES_VPC,
    ROUTES_ROUTE_TABLE,
    ROUTES_ROUTE_TABLE_NAME,
    ROUTES_MAIN,
    ROUTES_SUBNETS,
    ROUTES_MANAGED,
    ROUTES_DESTINATION,
    ROUTES_PREFIX_LIST,
    ROUTES_TARGET,
    ROUTES_TARGET_TYPE,
    ROUTES_EXPECTED_TARGET,
    ROUTES_STATE,
    ROUTES_ORIGIN,
    ROUTES_SEGMENT,
    ROUTES_VERDICT,
    ROUTES_VIA,
    ROUTES_N
};

enum {
    TABLE_COMMON(VPCS),
    VPCS_VPC,
    VPCS_CIDR,
    VPCS_SECONDARY_CIDRS,
    VPCS_STATE,
    VPCS_VIA,
    VPCS_N
};

enum {
    TABLE_COMMON(SUBNETS),
    SUBNETS_SUBNET,
    SUBNETS_VPC,
    SUBNETS_CIDR,
    SUBNETS_AZ,
    SUBNETS_AZ_ID,
    SUBNETS_AVAILABLE_IPS,
    SUBNETS_ROUTE_TABLE,
    SUBNETS_VIA,
    SUBNETS_N
};

enum {
    TABLE_COMMON(VPC_ENDPOINTS),
    VPC_ENDPOINTS_VPC_ENDPOINT,
    VPC_ENDPOINTS_VPC,
    VPC_ENDPOINTS_SERVICE,
    VPC_ENDPOINTS_TYPE,
    VPC_ENDPOINTS_STATE,
    VPC_ENDPOINTS_SUBNETS,
    VPC_ENDPOINTS_AZ_IDS,
    VPC_ENDPOINTS_DNS_NAMES,
    VPC_ENDPOINTS_ROUTE_TABLES,
    VPC_ENDPOINTS_VIA,
    VPC_ENDPOINTS_N
};

enum {
    TABLE_COMMON(PREFIX_LISTS),
    PREFIX_LISTS_PREFIX_LIST,
    PREFIX_LISTS_NAME,
    PREFIX_LISTS_OWNER,
    PREFIX_LISTS_ENTRIES,
    PREFIX_LISTS_MAX_ENTRIES,
    PREFIX_LISTS_VERSION,
    PREFIX_LISTS_VIA,
    PREFIX_LISTS_N
};

/* expected_*: what NSX says must be in AWS (managed prefix list programming_info); cidrs, account
 * and primary_cidr describe the connected VPC as VMC knows it. */
enum {
    TABLE_COMMON(LINKED_VPCS),
    LINKED_VPCS_VPC,
    LINKED_VPCS_MODE,
    LINKED_VPCS_ACTIVE_ENIS,
    LINKED_VPCS_TRAFFIC_GROUPS,
    LINKED_VPCS_ROUTE_TABLES,
    LINKED_VPCS_SUBNETS,
    LINKED_VPCS_ACCOUNT,
    LINKED_VPCS_CIDRS,
    LINKED_VPCS_PREFIX_LISTS,
    LINKED_VPCS_EXPECTED_ENTRIES,
    LINKED_VPCS_ENIS,
    LINKED_VPCS_AZ_IDS,
    LINKED_VPCS_LINK_STATE,
    LINKED_VPCS_SDDC,
    LINKED_VPCS_TRAFFIC_GROUP_IDS,
    LINKED_VPCS_VIA,
    LINKED_VPCS_N
};

enum {
    TABLE_COMMON(SDDCS),
    SDDCS_SDDC,
    SDDCS_NAME,
    SDDCS_STATE,
    SDDCS_VERSION,
    SDDCS_REGION,
    SDDCS_AZ,
    SDDCS_HOST_COUNT,
    SDDCS_NSX_URL,
    SDDCS_VCENTER_URL,
    SDDCS_MANAGEMENT_CIDR,
    SDDCS_CLUSTER_1,
    SDDCS_DEPLOYMENT_TYPE,
    SDDCS_ACCOUNT_LINK,
    SDDCS_N
};

enum {
    TABLE_COMMON(SEGMENTS),
    SEGMENTS_PATH,
    SEGMENTS_SEGMENT,
    SEGMENTS_TYPE,
    SEGMENTS_CIDR,
    SEGMENTS_GATEWAY,
    SEGMENTS_CONNECTIVITY,
    SEGMENTS_TRANSPORT_ZONE,
    SEGMENTS_VLAN,
    SEGMENTS_ADMIN_STATE,
    SEGMENTS_REALIZED,
    SEGMENTS_IN_MAIN_TABLE,
    SEGMENTS_BRIDGE,
    SEGMENTS_CIDRS,
    SEGMENTS_TIER1,
    SEGMENTS_MODIFIED_BY,
    SEGMENTS_MODIFIED_AT,
    SEGMENTS_SWITCH_ID,
    SEGMENTS_BRIDGE_EDGES,
    SEGMENTS_VIA,
    SEGMENTS_N
};

enum {
    TABLE_COMMON(EDGES),
    EDGES_EDGE_ID,
    EDGES_EDGE,
    EDGES_EDGE_CLUSTER,
    EDGES_NODE_KIND,
    EDGES_VM_UUID,
    EDGES_MANAGEMENT_IP,
    EDGES_HOST,
    EDGES_STATUS,
    EDGES_DATAPATH_CPU_PERCENT,
    EDGES_SERVICE_CPU_PERCENT,
    EDGES_MEMORY_PERCENT,
    EDGES_MGMT_CONNECTION,
    EDGES_CONTROL_CONNECTION,
    EDGES_TUNNELS_UP,
    EDGES_TUNNELS_DOWN,
    EDGES_PNICS_DOWN,
    EDGES_MAINTENANCE_MODE,
    EDGES_VERSION,
    EDGES_UPTIME_S,
    EDGES_SINCE_AT,
    EDGES_HOST_JOIN,
    EDGES_PATH,
    EDGES_ROLES,
    EDGES_EDGE_SAYS,
    EDGES_LAST_HOST,
    EDGES_VIA,
    EDGES_N
};

enum {
    TABLE_COMMON(GATEWAYS),
    GATEWAYS_GATEWAY,
    GATEWAYS_TIER,
    GATEWAYS_HA_MODE,
    GATEWAYS_EDGE,
    GATEWAYS_EDGE_ID,
    GATEWAYS_HA_STATUS,
    GATEWAYS_FAILOVER_MODE,
    GATEWAYS_TRAFFIC_GROUP,
    GATEWAYS_SINCE_AT,
    GATEWAYS_PATH,
    GATEWAYS_TIER0,
    GATEWAYS_REPORTED_AT,
    GATEWAYS_SERVICE_ROUTER,
    GATEWAYS_EDGE_SAYS,
    GATEWAYS_VIA,
    GATEWAYS_N
};

enum {
    TABLE_COMMON(TIMELINE),
    TIMELINE_TIMELINE_ID,
    TIMELINE_AT,
    TIMELINE_ORIGIN,
    TIMELINE_KIND,
    TIMELINE_SUBJECT,
    TIMELINE_FROM,
    TIMELINE_TO,
    TIMELINE_CAUSE,
    TIMELINE_DELAY_MS,
    TIMELINE_ERROR_BAR_MS,
    TIMELINE_USER,
    TIMELINE_DETAIL,
    TIMELINE_N
};

enum {
    TABLE_COMMON(HOSTS),
    HOSTS_HOST_ID,
    HOSTS_HOST,
    HOSTS_CLUSTER,
    HOSTS_CONNECTION_STATE,
    HOSTS_POWER_STATE,
    HOSTS_MAINTENANCE,
    HOSTS_HA_STATE,
    HOSTS_INSTANCE_TYPE,
    HOSTS_AZ,
    HOSTS_TEP_IPS,
    HOSTS_VERSION,
    HOSTS_BUILD,
    HOSTS_MODEL,
    HOSTS_UPTIME_S,
    HOSTS_MANAGEMENT_IP,
    HOSTS_ENI,
    HOSTS_CPU_PERCENT,
    HOSTS_MEMORY_PERCENT,
    HOSTS_VM_COUNT,
    HOSTS_STATE,
    HOSTS_FQDN,
    HOSTS_SDDC,
    HOSTS_VCENTER_UUID,
    HOSTS_VIA,
    HOSTS_N
};

enum {
    TABLE_COMMON(FINDINGS),
    FINDINGS_FINDING,
    FINDINGS_CHECK,
    FINDINGS_STATE,
    FINDINGS_SEVERITY,
    FINDINGS_SUBJECT,
    FINDINGS_AFFECTED_COUNT,
    FINDINGS_AFFECTED,
    FINDINGS_SUMMARY,
    FINDINGS_EVIDENCE,
    FINDINGS_REMEDY,
    FINDINGS_CAUSED_BY,
    FINDINGS_FIRST_SEEN_AT,
    FINDINGS_LAST_SEEN_AT,
    FINDINGS_CLEARED_AT,
    FINDINGS_ACKNOWLEDGED_BY,
    FINDINGS_NOTE,
    FINDINGS_SNOOZED_UNTIL_AT,
    FINDINGS_SUMMARY_LOCAL, /* COL_LOCAL: no columns for anybody but screens */
    FINDINGS_EVIDENCE_LOCAL,
    FINDINGS_REMEDY_LOCAL,
    FINDINGS_N
};

/* What a manager says happened: VMC tasks and NSX alarms, later vCenter events. Feeds the timeline.
 */
enum {
    TABLE_COMMON(REPORTS),
    REPORTS_REPORT,
    REPORTS_AT,
    REPORTS_KIND,
    REPORTS_SUBJECT,
    REPORTS_STATUS,
    REPORTS_USER,
    REPORTS_MESSAGE,
    REPORTS_ENDED_AT,
    REPORTS_SEVERITY,
    REPORTS_N
};

/* Virtual machines as NSX knows them: which host an edge VM runs on (internal join input). */
enum {
    TABLE_COMMON(NSX_VMS),
    NSX_VMS_EXTERNAL_ID,
    NSX_VMS_VM,
    NSX_VMS_TYPE,
    NSX_VMS_POWER_STATE,
    NSX_VMS_HOST_ID,
    NSX_VMS_INSTANCE_UUID,
    NSX_VMS_N
};

/* NSX transport nodes that are hosts: node id to name, address and discovered node (join input). */
enum {
    TABLE_COMMON(NSX_NODES),
    NSX_NODES_NODE_ID,
    NSX_NODES_NODE,
    NSX_NODES_IP,
    NSX_NODES_FQDN,
    NSX_NODES_DISCOVERED_NODE_ID,
    NSX_NODES_STATUS,
    NSX_NODES_N
};

/* Every table, in the order of design.md section 4, then those that only feed others. */
#define TABLES(X)      \
    X(endpoints)       \
    X(enis)            \
    X(routes)          \
    X(vpcs)            \
    X(subnets)         \
    X(vpc_endpoints)   \
    X(prefix_lists)    \
    X(interfaces)      \
    X(security_groups) \
    X(network_acls)    \
    X(linked_vpcs)     \
    X(sddcs)           \
    X(segments)        \
    X(edges)           \
    X(gateways)        \
    X(edge_status)     \
    X(edge_gateways)   \
    X(bridges)         \
    X(timeline)        \
    X(hosts)           \
    X(clusters)        \
    X(vms)             \
    X(datastores)      \
    X(tasks)           \
    X(alarms)          \
    X(events)          \
    X(libraries)       \
    X(vsan)            \
    X(replications)    \
    X(policies)        \
    X(rules)           \
    X(groups)          \
    X(services)        \
    X(firewall_hosts)  \
    X(filters)         \
    X(host_rules)      \
    X(addrsets)        \
    X(flows)           \
    X(lost_flows)      \
    X(connections)     \
    X(filter_stats)    \
    X(vibs)            \
    X(findings)        \
    X(reports)         \
    X(nsx_vms)         \
    X(nsx_nodes)

#define TABLE_EXTERN(name) extern const struct schema table_##name;
TABLES(TABLE_EXTERN)
#undef TABLE_EXTERN

extern const struct schema *const tables_all[];
extern const unsigned tables_count;

const struct schema *tables_find(const char *name); /* NULL: no such table */

#endif
