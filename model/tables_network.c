/*
 * Tables of NSX: segments, edges, gateways, and the two that serve joins only. NSX writes its words
 * in upper case; here they are in lower case and matched without case.
 */
#include "model/tables_priv.h"

const struct state_word tables_updown_words[] = {
    {"up", SEV_OK},           {"down", SEV_CRITICAL}, {"degraded", SEV_WARNING},
    {"unknown", SEV_UNKNOWN}, {NULL, SEV_NONE},
};

/* ---- segments ----------------------------------------------------------------------------- */

static const struct state_word segment_type_words[] = {
    {"routed", SEV_NONE}, {"extended", SEV_NONE}, {"disconnected", SEV_NONE},
    {"vlan", SEV_NONE},   {NULL, SEV_NONE},
};

/* A person may have switched a segment off: that is no fault. */
static const struct state_word admin_state_words[] = {
    {"up", SEV_OK},
    {"down", SEV_NONE},
    {NULL, SEV_NONE},
};

static const struct state_word realized_words[] = {
    {"success", SEV_OK},
    {"in_sync", SEV_OK},
    {"pending", SEV_WARNING},
    {"in_progress", SEV_WARNING},
    {"partial_success", SEV_WARNING},
    {"orphaned", SEV_WARNING},
    {"failed", SEV_CRITICAL},
    {"error", SEV_CRITICAL},
    {"unknown", SEV_UNKNOWN},
    {NULL, SEV_NONE},
};

static const struct column segments_columns[] = {
    COMMON(SEGMENTS, 0),
    COL(SEGMENTS_PATH, "path", STR, NONE, COL_KEY | COL_WIDE, "policy path"),
    COL(SEGMENTS_SEGMENT, "segment", STR, NONE, 0, "display name"),
    WORD(SEGMENTS_TYPE, "type", segment_type_words, 0, "how it is connected"),
    COL(SEGMENTS_CIDR, "cidr", CIDR, NONE, 0, "its first network"),
    COL(SEGMENTS_GATEWAY, "gateway", CIDR, NONE, 0, "gateway address with prefix length"),
    COL(SEGMENTS_CONNECTIVITY, "connectivity", STR, NONE, 0, "gateway it is connected to"),
    COL(SEGMENTS_TRANSPORT_ZONE, "transport_zone", STR, NONE, COL_WIDE, "its transport zone"),
    COL(SEGMENTS_VLAN, "vlan", LIST, NONE, 0, "VLAN ids and ranges"),
    WORD(SEGMENTS_ADMIN_STATE, "admin_state", admin_state_words, 0, "switched on or off"),
    WORD(SEGMENTS_REALIZED, "realized", realized_words, 0, "is it in place on the hosts"),
    DER(SEGMENTS_IN_MAIN_TABLE, "in_main_table", BOOL, NONE, 0, "routes,linked_vpcs,prefix_lists",
        "the VPC's main route table has a route to it"),
    DER(SEGMENTS_BRIDGE, "bridge", STR, NONE, COL_WIDE, "bridges",
        "layer 2 bridge it has, as NSX Manager says, else as an edge does"),
    COL(SEGMENTS_CIDRS, "cidrs", LIST, NONE, COL_WIDE, "all its networks"),
    COL(SEGMENTS_TIER1, "tier1", STR, NONE, COL_WIDE, "tier-1 gateway it is below"),
    COL(SEGMENTS_MODIFIED_BY, "modified_by", STR, NONE, COL_WIDE, "who changed it last"),
    COL(SEGMENTS_MODIFIED_AT, "modified_at", TIME, NONE, COL_WIDE, "when it was changed last"),
    COL(SEGMENTS_SWITCH_ID, "switch_id", STR, NONE, COL_WIDE,
        "UUID of the logical switch it is realised as"),
    DER(SEGMENTS_BRIDGE_EDGES, "bridge_edges", LIST, NONE, COL_WIDE, "bridges,edge_status,edges",
        "edges that bridge it, as they say themselves (EDGE=active)"),
    VIA(SEGMENTS),
};
TABLE(segments, SEGMENTS, "NSX segments: networks, gateway, and whether the VPC knows them");

/* ---- edges -------------------------------------------------------------------------------- */

static const struct state_word node_kind_words[] = {
    {"vm", SEV_NONE},
    {"bare_metal", SEV_NONE},
    {NULL, SEV_NONE},
};

static const struct state_word maintenance_words[] = {
    {"disabled", SEV_OK},     {"entering", SEV_WARNING}, {"enabled", SEV_WARNING},
    {"exiting", SEV_WARNING}, {NULL, SEV_NONE},
};

static const struct state_word edge_says_words[] = {
    {"up", SEV_OK},
    {"down", SEV_CRITICAL},
    {"admin_down", SEV_WARNING},
    {"unreachable", SEV_CRITICAL},
    {NULL, SEV_NONE},
};

static const struct column edges_columns[] = {
    COMMON(EDGES, 0),
    COL(EDGES_EDGE_ID, "edge_id", STR, NONE, COL_KEY | COL_WIDE, "UUID of the transport node"),
    COL(EDGES_EDGE, "edge", STR, NONE, 0, "display name"),
    COL(EDGES_EDGE_CLUSTER, "edge_cluster", STR, NONE, 0, "edge cluster it is in"),
    WORD(EDGES_NODE_KIND, "node_kind", node_kind_words, COL_WIDE, "virtual or physical"),
    COL(EDGES_VM_UUID, "vm_uuid", STR, NONE, COL_WIDE, "instance UUID of its VM"),
    COL(EDGES_MANAGEMENT_IP, "management_ip", IP, NONE, COL_WIDE, "management address"),
    DER(EDGES_HOST, "host", STR, NONE, 0, "vms,nsx_vms,nsx_nodes,hosts,gateways,linked_vpcs",
        "host its VM runs on; a bare-metal edge has none"),
    WORD(EDGES_STATUS, "status", tables_updown_words, 0, "status as NSX reports it"),
    COL(EDGES_DATAPATH_CPU_PERCENT, "datapath_cpu_percent", REAL, PERCENT, 0,
        "load of the busiest packet-forwarding core"),
    COL(EDGES_SERVICE_CPU_PERCENT, "service_cpu_percent", REAL, PERCENT, COL_WIDE,
        "load of the busiest other core"),
    COL(EDGES_MEMORY_PERCENT, "memory_percent", REAL, PERCENT, 0, "memory in use"),
    WORD(EDGES_MGMT_CONNECTION, "mgmt_connection", tables_updown_words, 0,
         "connection to the NSX Manager"),
    WORD(EDGES_CONTROL_CONNECTION, "control_connection", tables_updown_words, 0,
         "connection to the NSX control plane"),
    COL(EDGES_TUNNELS_UP, "tunnels_up", INT, COUNT, 0, "overlay tunnels that are up"),
    COL(EDGES_TUNNELS_DOWN, "tunnels_down", INT, COUNT, 0, "overlay tunnels that are down"),
    COL(EDGES_PNICS_DOWN, "pnics_down", INT, COUNT, COL_WIDE, "uplinks that are down"),
    WORD(EDGES_MAINTENANCE_MODE, "maintenance_mode", maintenance_words, COL_WIDE,
         "maintenance mode"),
    COL(EDGES_VERSION, "version", STR, NONE, COL_WIDE, "software version"),
    COL(EDGES_UPTIME_S, "uptime_s", DURATION, S, COL_WIDE, "time since it started"),
    DER(EDGES_SINCE_AT, "since_at", TIME, NONE, 0, NULL, "since when it has this status"),
    DER(EDGES_HOST_JOIN, "host_join", STR, NONE, COL_WIDE,
        "vms,nsx_vms,nsx_nodes,hosts,gateways,linked_vpcs", "how the host was found"),
    COL(EDGES_PATH, "path", STR, NONE, COL_WIDE, "policy path"),
    DER(EDGES_ROLES, "roles", LIST, NONE, 0, "gateways",
        "what it is for the gateways (GATEWAY=active)"),
    DERW(EDGES_EDGE_SAYS, "edge_says", edge_says_words, COL_WIDE, "edge_status",
         "status as the edge itself says it"),
    DER(EDGES_LAST_HOST, "last_host", STR, NONE, COL_WIDE, NULL,
        "host it was last seen on; what is down runs on none"),
    VIA(EDGES),
};
TABLE(edges, EDGES, "NSX edge nodes: health, and the host each runs on");

/* ---- gateways ----------------------------------------------------------------------------- */

static const struct state_word ha_mode_words[] = {
    {"active_active", SEV_NONE},
    {"active_standby", SEV_NONE},
    {NULL, SEV_NONE},
};

const struct state_word tables_role_words[] = {
    {"active", SEV_OK},     {"standby", SEV_OK},         {"sync", SEV_WARNING},
    {"down", SEV_CRITICAL}, {"admin_down", SEV_WARNING}, {"unknown", SEV_UNKNOWN},
    {NULL, SEV_NONE},
};

const struct state_word tables_failover_words[] = {
    {"preemptive", SEV_NONE},
    {"non_preemptive", SEV_NONE},
    {NULL, SEV_NONE},
};

static const struct column gateways_columns[] = {
    COMMON(GATEWAYS, 0),
    COL(GATEWAYS_GATEWAY, "gateway", STR, NONE, COL_KEY, "display name of the gateway"),
    COL(GATEWAYS_TIER, "tier", INT, NONE, 0, "0 or 1"),
    WORD(GATEWAYS_HA_MODE, "ha_mode", ha_mode_words, COL_WIDE, "how its edges share the work"),
    COL(GATEWAYS_EDGE, "edge", STR, NONE, 0, "edge that has an instance of it"),
    COL(GATEWAYS_EDGE_ID, "edge_id", STR, NONE, COL_KEY | COL_WIDE,
        "UUID of the edge's transport node"),
    WORD(GATEWAYS_HA_STATUS, "ha_status", tables_role_words, 0, "what the edge is for the gateway"),
    WORD(GATEWAYS_FAILOVER_MODE, "failover_mode", tables_failover_words, COL_WIDE,
         "does the preferred edge take the work back"),
    COL(GATEWAYS_TRAFFIC_GROUP, "traffic_group", STR, NONE, COL_WIDE,
        "traffic group it serves (multi-edge SDDC)"),
    DER(GATEWAYS_SINCE_AT, "since_at", TIME, NONE, 0, NULL, "since when it has this status"),
    COL(GATEWAYS_PATH, "path", STR, NONE, COL_WIDE, "policy path of the gateway"),
    COL(GATEWAYS_TIER0, "tier0", STR, NONE, COL_WIDE, "tier-0 gateway that a tier-1 is below"),
    COL(GATEWAYS_REPORTED_AT, "reported_at", TIME, NONE, COL_WIDE,
        "when NSX last learned of the status"),
    COL(GATEWAYS_SERVICE_ROUTER, "service_router", STR, NONE, COL_WIDE,
        "UUID of the gateway's instance on this edge"),
    DERW(GATEWAYS_EDGE_SAYS, "edge_says", tables_role_words, COL_WIDE, "edge_gateways",
         "what the edge itself says it is for the gateway"),
    VIA(GATEWAYS),
};
TABLE(gateways, GATEWAYS, "gateways and their edges: which edge is active");

/* ---- for joins ---------------------------------------------------------------------------- */

static const struct column nsx_vms_columns[] = {
    COMMON(NSX_VMS, 0),
    COL(NSX_VMS_EXTERNAL_ID, "external_id", STR, NONE, COL_KEY, "instance UUID of the VM"),
    COL(NSX_VMS_VM, "vm", STR, NONE, 0, "display name"),
    COL(NSX_VMS_TYPE, "type", STR, NONE, 0, "what NSX takes it for: EDGE, REGULAR ..."),
    COL(NSX_VMS_POWER_STATE, "power_state", STR, NONE, 0, "power state as NSX knows it"),
    COL(NSX_VMS_HOST_ID, "host_id", STR, NONE, 0, "transport node it runs on"),
    COL(NSX_VMS_INSTANCE_UUID, "instance_uuid", STR, NONE, 0,
        "instance UUID as the hypervisor reports it"),
};
TABLE(nsx_vms, NSX_VMS, "virtual machines as NSX knows them; for joins");

static const struct column nsx_nodes_columns[] = {
    COMMON(NSX_NODES, 0),
    COL(NSX_NODES_NODE_ID, "node_id", STR, NONE, COL_KEY, "UUID of the transport node"),
    COL(NSX_NODES_NODE, "node", STR, NONE, 0, "display name"),
    COL(NSX_NODES_IP, "ip", IP, NONE, 0, "management address"),
    COL(NSX_NODES_FQDN, "fqdn", STR, NONE, 0, "full name"),
    COL(NSX_NODES_DISCOVERED_NODE_ID, "discovered_node_id", STR, NONE, 0,
        "the host in vCenter (instance UUID and object id)"),
    WORD(NSX_NODES_STATUS, "status", tables_updown_words, 0, "status as NSX reports it"),
};
TABLE(nsx_nodes, NSX_NODES, "hosts as NSX knows them; for joins");
