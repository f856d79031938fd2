/*
 * Tables of what NSX edge nodes say of themselves. Their command line writes "Admin Down" and
 * "StateSync"; words here are in lower case with _ for blanks.
 */
#include "model/tables_priv.h"

static const struct state_word node_status_words[] = {
    {"up", SEV_OK},
    {"down", SEV_CRITICAL},
    {"admin_down", SEV_WARNING},
    {"unreachable", SEV_CRITICAL},
    {NULL, SEV_NONE},
};

static const struct state_word node_ha_words[] = {
    {"active", SEV_OK},         {"inactive", SEV_WARNING}, {"discover", SEV_WARNING},
    {"statesync", SEV_WARNING}, {"disabled", SEV_WARNING}, {"offline", SEV_CRITICAL},
    {NULL, SEV_NONE},
};

static const struct state_word updown_words[] = {
    {"up", SEV_OK},
    {"down", SEV_WARNING},
    {NULL, SEV_NONE},
};

static const struct state_word verdict_words[] = {
    {"agrees", SEV_OK},
    {"differs", SEV_WARNING},
    {"unknown", SEV_UNKNOWN},
    {NULL, SEV_NONE},
};

/* ---- edge_status -------------------------------------------------------------------------- */

static const struct column edge_status_columns[] = {
    COMMON(EDGE_STATUS, 0),
    COL(EDGE_STATUS_HOST, "host", STR, NONE, COL_KEY, "edge node, as configured"),
    COL(EDGE_STATUS_EDGE_ID, "edge_id", STR, NONE, COL_WIDE,
        "UUID of the transport node, as the edge says it"),
    DER(EDGE_STATUS_EDGE, "edge", STR, NONE, 0, "edges",
        "display name that NSX Manager has for it"),
    WORD(EDGE_STATUS_HA_STATE, "ha_state", node_ha_words, 0, "high availability of the node"),
    COL(EDGE_STATUS_SINCE, "since", STR, NONE, COL_WIDE,
        "since when, as printed (it does not say in which time zone)"),
    WORD(EDGE_STATUS_STATUS, "status", node_status_words, 0, "status as the edge says it"),
    COL(EDGE_STATUS_STATUS_TEXT, "status_text", STR, NONE, COL_WIDE,
        "the status as printed, with what is behind its word"),
    WORD(EDGE_STATUS_ADMIN_STATE, "admin_state", updown_words, COL_WIDE, "switched on or off"),
    WORD(EDGE_STATUS_VTEP_STATE, "vtep_state", updown_words, 0, "its tunnel endpoint"),
    WORD(EDGE_STATUS_ROUTING_STATUS, "routing_status", updown_words, 0, "its dynamic routing"),
    COL(EDGE_STATUS_PEERS, "peers", LIST, NONE, COL_WIDE,
        "other nodes of its cluster as it sees them (UUID=status)"),
    DERW(EDGE_STATUS_NSX_STATUS, "nsx_status", tables_updown_words, 0, "edges",
         "status of the same node as NSX Manager reports it"),
    DER(EDGE_STATUS_JOIN, "join", STR, NONE, COL_WIDE, "edges",
        "how the node was found at NSX Manager, or why not"),
    DERW(EDGE_STATUS_VERDICT, "verdict", verdict_words, 0, "edges",
         "do the edge and NSX Manager say the same"),
};
TABLE(edge_status, EDGE_STATUS, "NSX edge nodes as they see themselves, over SSH");

/* ---- edge_gateways ------------------------------------------------------------------------ */

static const struct column edge_gateways_columns[] = {
    COMMON(EDGE_GATEWAYS, 0),
    COL(EDGE_GATEWAYS_HOST, "host", STR, NONE, COL_KEY, "edge node, as configured"),
    COL(EDGE_GATEWAYS_SERVICE_ROUTER, "service_router", STR, NONE, COL_KEY | COL_WIDE,
        "UUID of the gateway's instance on this edge"),
    COL(EDGE_GATEWAYS_ROUTER, "router", STR, NONE, COL_WIDE, "what the edge calls that instance"),
    DER(EDGE_GATEWAYS_GATEWAY, "gateway", STR, NONE, 0, "gateways,edge_status",
        "gateway that NSX Manager has it for"),
    DER(EDGE_GATEWAYS_EDGE, "edge", STR, NONE, 0, "gateways,edge_status,edges",
        "display name that NSX Manager has for the edge"),
    DER(EDGE_GATEWAYS_EDGE_ID, "edge_id", STR, NONE, COL_WIDE, "edge_status,edges",
        "UUID of the edge's transport node"),
    COL(EDGE_GATEWAYS_TIER, "tier", INT, NONE, 0, "0 or 1"),
    COL(EDGE_GATEWAYS_MODE, "mode", STR, NONE, COL_WIDE,
        "how its edges share the work, as printed"),
    WORD(EDGE_GATEWAYS_FAILOVER_MODE, "failover_mode", tables_failover_words, COL_WIDE,
         "does the preferred edge take the work back"),
    WORD(EDGE_GATEWAYS_HA_STATE, "ha_state", tables_role_words, 0,
         "what the edge says it is for the gateway"),
    COL(EDGE_GATEWAYS_ADDRESSES, "addresses", LIST, NONE, COL_WIDE,
        "addresses that the instances watch each other at"),
    COL(EDGE_GATEWAYS_PEERS, "peers", LIST, NONE, COL_WIDE,
        "the other edges of the gateway as this one sees them (UUID=state)"),
    DERW(EDGE_GATEWAYS_NSX_STATE, "nsx_state", tables_role_words, 0, "gateways,edge_status",
         "what NSX Manager says the edge is for the gateway"),
    DER(EDGE_GATEWAYS_NSX, "nsx", STR, NONE, COL_WIDE, "gateways,edge_status",
        "endpoint that NSX Manager's word is from"),
    DER(EDGE_GATEWAYS_PATH, "path", STR, NONE, COL_WIDE, "gateways,edge_status",
        "policy path of the gateway"),
    DER(EDGE_GATEWAYS_JOIN, "join", STR, NONE, COL_WIDE, "gateways,edge_status",
        "how it was found at NSX Manager, or why not"),
    DERW(EDGE_GATEWAYS_VERDICT, "verdict", verdict_words, 0, "gateways,edge_status",
         "do the edge and NSX Manager say the same"),
};
TABLE(edge_gateways, EDGE_GATEWAYS, "what NSX edge nodes say they are for each gateway, over SSH");

/* ---- bridges ------------------------------------------------------------------------------ */

static const struct state_word bridge_words[] = {
    {"forwarding", SEV_OK},
    {"blocking", SEV_NONE},
    {NULL, SEV_NONE},
};

static const struct column bridges_columns[] = {
    COMMON(BRIDGES, 0),
    COL(BRIDGES_HOST, "host", STR, NONE, COL_KEY, "edge node, as configured"),
    COL(BRIDGES_BRIDGE_PORT, "bridge_port", STR, NONE, COL_KEY | COL_WIDE,
        "UUID of the bridge's port on this edge"),
    DER(BRIDGES_EDGE, "edge", STR, NONE, 0, "edge_status,edges",
        "display name that NSX Manager has for the edge"),
    DER(BRIDGES_SEGMENT, "segment", STR, NONE, 0, "segments",
        "segment that is bridged, by the UUID of its switch"),
    COL(BRIDGES_SWITCH, "switch", STR, NONE, 0, "what the edge calls the bridged switch"),
    COL(BRIDGES_SWITCH_ID, "switch_id", STR, NONE, COL_WIDE, "UUID of the bridged switch"),
    COL(BRIDGES_VLAN, "vlan", STR, NONE, 0, "VLAN or VLANs on the other side, as printed"),
    WORD(BRIDGES_STATE, "state", bridge_words, 0, "does this edge forward"),
    WORD(BRIDGES_HA_STATE, "ha_state", tables_role_words, 0, "what the edge is for the bridge"),
    WORD(BRIDGES_FAILOVER_MODE, "failover_mode", tables_failover_words, COL_WIDE,
         "does the preferred edge take the work back"),
    COL(BRIDGES_DEVICE, "device", STR, NONE, COL_WIDE, "interface of the edge"),
    WORD(BRIDGES_DEVICE_STATE, "device_state", updown_words, COL_WIDE, "is that interface up"),
    COL(BRIDGES_EVENT, "event", STR, NONE, COL_WIDE, "last event, as printed"),
    COL(BRIDGES_EVENT_TIME, "event_time", STR, NONE, COL_WIDE,
        "when, as printed (it does not say in which time zone)"),
    DER(BRIDGES_PEER, "peer", STR, NONE, 0, "edges", "the other edge of the bridge"),
    COL(BRIDGES_PEER_ID, "peer_id", STR, NONE, COL_WIDE, "UUID of that edge's transport node"),
    WORD(BRIDGES_PEER_STATE, "peer_state", tables_role_words, 0,
         "what the other edge is, as this one sees it"),
    DER(BRIDGES_JOIN, "join", STR, NONE, COL_WIDE, "segments,edge_status,edges",
        "how edge and segment were found at NSX Manager, or why not"),
};
TABLE(bridges, BRIDGES, "layer 2 bridges as the NSX edge nodes that carry them say, over SSH");
