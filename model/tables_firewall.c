/* Tables of firewalls: what the manager means (policies, rules, groups) and what hosts enforce
 * (filters, host_rules, addrsets, flows). */
#include "model/tables_priv.h"

static const struct state_word layer_words[] = {
    {"dfw", SEV_NONE}, {"mgw", SEV_NONE}, {"cgw", SEV_NONE},
    {"t0", SEV_NONE},  {"t1", SEV_NONE},  {NULL, SEV_NONE},
};

static const struct state_word action_words[] = {
    {"ALLOW", SEV_NONE},  {"DROP", SEV_NONE},
    {"REJECT", SEV_NONE}, {"JUMP_TO_APPLICATION", SEV_NONE},
    {NULL, SEV_NONE},
};

static const struct state_word host_action_words[] = {
    {"accept", SEV_NONE}, {"drop", SEV_NONE}, {"reject", SEV_NONE},
    {"punt", SEV_NONE},   {NULL, SEV_NONE},
};

static const struct state_word fail_words[] = {
    {"failClosed", SEV_OK},
    {"failOpen", SEV_NONE},
    {NULL, SEV_NONE},
};

/* Policies and rules share their columns, so that they can be read as one list; a policy itself has
 * no ends and no action. */
#define OF_A_RULE "of a rule; a policy itself has none"

static const struct column policies_columns[] = {
    COMMON(POLICIES, 0),
    COL(POLICIES_PATH, "path", STR, NONE, COL_KEY | COL_WIDE, "policy path"),
    WORD(POLICIES_LAYER, "layer", layer_words, 0, "firewall it belongs to"),
    COL(POLICIES_CATEGORY, "category", STR, NONE, COL_WIDE, "category, in the order of evaluation"),
    COL(POLICIES_POLICY, "policy", STR, NONE, 0, "policy (section) it belongs to"),
    COL(POLICIES_SEQUENCE, "sequence", INT, NONE, COL_WIDE, "order within its category"),
    COL(POLICIES_RULE_ID, "rule_id", INT, NONE, COL_WIDE, OF_A_RULE),
    COL(POLICIES_RULE, "rule", STR, NONE, COL_WIDE, OF_A_RULE),
    COL(POLICIES_SOURCES, "sources", LIST, NONE, COL_WIDE, OF_A_RULE),
    COL(POLICIES_DESTINATIONS, "destinations", LIST, NONE, COL_WIDE, OF_A_RULE),
    COL(POLICIES_SERVICES, "services", LIST, NONE, COL_WIDE, OF_A_RULE),
    WORD(POLICIES_ACTION, "action", action_words, COL_WIDE, OF_A_RULE),
    COL(POLICIES_DIRECTION, "direction", STR, NONE, COL_WIDE, OF_A_RULE),
    COL(POLICIES_ENABLED, "enabled", BOOL, NONE, COL_WIDE, OF_A_RULE),
    COL(POLICIES_LOGGED, "logged", BOOL, NONE, COL_WIDE, OF_A_RULE),
    COL(POLICIES_APPLIED_TO, "applied_to", LIST, NONE, 0,
        "where it applies, in the console's words"),
    COL(POLICIES_MODIFIED_BY, "modified_by", STR, NONE, COL_WIDE, "who changed it last"),
    COL(POLICIES_MODIFIED_AT, "modified_at", TIME, NONE, COL_WIDE, "when it was changed last"),
    COL(POLICIES_HITS, "hits", INT, COUNT, 0, "hits"),
    COL(POLICIES_HITS_AT, "hits_at", TIME, NONE, COL_WIDE, "when hits were counted"),
    COL(POLICIES_PACKETS, "packets", INT, COUNT, COL_WIDE, "packets"),
    COL(POLICIES_BYTES, "bytes", BYTES, BYTES, COL_WIDE, "bytes"),
    COL(POLICIES_SESSIONS, "sessions", INT, COUNT, COL_WIDE, "sessions"),
    COL(POLICIES_RULE_COUNT, "rule_count", INT, COUNT, 0, "rules in it"),
    COL(POLICIES_STATEFUL, "stateful", BOOL, NONE, COL_WIDE, "is it stateful"),
    COL(POLICIES_GENERATION, "generation", INT, NONE, COL_WIDE, "generation number (NSX-V)"),
    COL(POLICIES_EVALUATION, "evaluation", STR, NONE, COL_WIDE,
        "place in the order of evaluation within its firewall; sorts as text"),
    COL(POLICIES_SCHEDULE, "schedule", STR, NONE, COL_WIDE,
        "path of the schedule: its rules hold at some times only"),
};
TABLE(policies, POLICIES, "firewall policies (sections)");

static const struct column rules_columns[] = {
    COMMON(RULES, 0),
    COL(RULES_PATH, "path", STR, NONE, COL_KEY | COL_WIDE, "policy path"),
    WORD(RULES_LAYER, "layer", layer_words, 0, "firewall it belongs to"),
    COL(RULES_CATEGORY, "category", STR, NONE, COL_WIDE, "category, in the order of evaluation"),
    COL(RULES_POLICY, "policy", STR, NONE, 0, "policy (section) it belongs to"),
    COL(RULES_SEQUENCE, "sequence", INT, NONE, COL_WIDE, "order within its policy"),
    COL(RULES_RULE_ID, "rule_id", INT, NONE, 0,
        "number of the rule, the same on hosts and in logs"),
    COL(RULES_RULE, "rule", STR, NONE, 0, "name"),
    COL(RULES_SOURCES, "sources", LIST, NONE, 0, "sources; ANY"),
    COL(RULES_DESTINATIONS, "destinations", LIST, NONE, 0, "destinations; ANY"),
    COL(RULES_SERVICES, "services", LIST, NONE, 0, "services; ANY"),
    WORD(RULES_ACTION, "action", action_words, 0, "what happens"),
    COL(RULES_DIRECTION, "direction", STR, NONE, COL_WIDE, "IN, OUT or IN_OUT"),
    COL(RULES_ENABLED, "enabled", BOOL, NONE, 0, "is it on"),
    COL(RULES_LOGGED, "logged", BOOL, NONE, COL_WIDE, "are hits logged"),
    COL(RULES_APPLIED_TO, "applied_to", LIST, NONE, 0, "where it applies, in the console's words"),
    COL(RULES_MODIFIED_BY, "modified_by", STR, NONE, COL_WIDE, "who changed it last"),
    COL(RULES_MODIFIED_AT, "modified_at", TIME, NONE, COL_WIDE, "when it was changed last"),
    COL(RULES_HITS, "hits", INT, COUNT, 0, "hits"),
    COL(RULES_HITS_AT, "hits_at", TIME, NONE, COL_WIDE, "when hits were counted"),
    COL(RULES_PACKETS, "packets", INT, COUNT, COL_WIDE, "packets"),
    COL(RULES_BYTES, "bytes", BYTES, BYTES, COL_WIDE, "bytes"),
    COL(RULES_SESSIONS, "sessions", INT, COUNT, COL_WIDE, "sessions"),
    COL(RULES_PROFILES, "profiles", LIST, NONE, COL_WIDE,
        "context profiles: the rule depends on the application"),
    COL(RULES_NEGATE_SOURCES, "negate_sources", BOOL, NONE, COL_WIDE, "everything but the sources"),
    COL(RULES_NEGATE_DESTINATIONS, "negate_destinations", BOOL, NONE, COL_WIDE,
        "everything but the destinations"),
    COL(RULES_IP_PROTOCOL, "ip_protocol", STR, NONE, COL_WIDE, "IPV4, IPV6 or IPV4_IPV6"),
    COL(RULES_EVALUATION, "evaluation", STR, NONE, COL_WIDE,
        "place in the order of evaluation within its firewall; sorts as text"),
    COL(RULES_POLICY_PATH, "policy_path", STR, NONE, COL_WIDE | COL_RAW, "path of its policy"),
    COL(RULES_TAG, "tag", STR, NONE, COL_WIDE, "label of the rule in packet logs"),
    COL(RULES_IS_DEFAULT, "is_default", BOOL, NONE, COL_WIDE, "is it the default rule"),
    COL(RULES_SOURCE_PATHS, "source_paths", LIST, NONE, COL_WIDE | COL_RAW,
        "sources as the manager sends them, when one of them is a path"),
    COL(RULES_DESTINATION_PATHS, "destination_paths", LIST, NONE, COL_WIDE | COL_RAW,
        "destinations as the manager sends them, when one of them is a path"),
    COL(RULES_SERVICE_PATHS, "service_paths", LIST, NONE, COL_WIDE | COL_RAW,
        "services as the manager sends them, when one of them is a path"),
    COL(RULES_SERVICE_ENTRIES, "service_entries", LIST, NONE, COL_WIDE,
        "protocols and ports written into the rule itself: TCP dst=80,443"),
    COL(RULES_APPLIED_TO_PATHS, "applied_to_paths", LIST, NONE, COL_WIDE | COL_RAW,
        "where it applies, as the manager sends it, when one of them is a path"),
};
TABLE(rules, RULES, "firewall rules as the manager means them");

static const struct column groups_columns[] = {
    COMMON(GROUPS, 0),
    COL(GROUPS_PATH, "path", STR, NONE, COL_KEY | COL_WIDE, "policy path"),
    COL(GROUPS_GROUP, "group", STR, NONE, 0, "name"),
    COL(GROUPS_IP_MEMBERS, "ip_members", LIST, NONE, 0, "effective addresses"),
    COL(GROUPS_VM_MEMBERS, "vm_members", LIST, NONE, COL_WIDE, "effective virtual machines"),
    COL(GROUPS_MEMBER_COUNT, "member_count", INT, COUNT, 0, "effective addresses, counted"),
    COL(GROUPS_USED, "used", BOOL, NONE, 0, "does a firewall rule name it"),
    COL(GROUPS_STATE, "state", STR, NONE, COL_WIDE, "IN_PROGRESS, SUCCESS or FAILURE"),
    COL(GROUPS_VM_COUNT, "vm_count", INT, COUNT, COL_WIDE, "effective virtual machines, counted"),
    COL(GROUPS_MEMBERS_AT, "members_at", TIME, NONE, COL_WIDE, "when its members were read"),
};
TABLE(groups, GROUPS, "groups and their effective members");

static const struct column services_columns[] = {
    COMMON(SERVICES, 0),
    COL(SERVICES_PATH, "path", STR, NONE, COL_KEY | COL_WIDE, "policy path"),
    COL(SERVICES_SERVICE, "service", STR, NONE, 0, "name"),
    COL(SERVICES_ENTRIES, "entries", LIST, NONE, 0,
        "protocols and ports, any of which it means: TCP dst=80,443"),
    COL(SERVICES_IS_DEFAULT, "is_default", BOOL, NONE, COL_WIDE, "does it come with the product"),
};
TABLE(services, SERVICES, "services that firewall rules name");

static const struct state_word publication_words[] = {
    {"published", SEV_OK},
    {"inprogress", SEV_WARNING},
    {NULL, SEV_NONE},
};

/* Of the manager's API description; what else it says is shown as it is. */
static const struct state_word channel_words[] = {
    {"UP", SEV_OK},
    {"DOWN", SEV_CRITICAL},
    {"NOT_AVAILABLE", SEV_NONE},
    {NULL, SEV_NONE},
};

static const struct column firewall_hosts_columns[] = {
    COMMON(FIREWALL_HOSTS, 0),
    COL(FIREWALL_HOSTS_HOST_ID, "host_id", STR, NONE, COL_KEY | COL_WIDE, "id of the host (MoRef)"),
    COL(FIREWALL_HOSTS_HOST, "host", STR, NONE, 0, "name of the host"),
    COL(FIREWALL_HOSTS_CLUSTER_ID, "cluster_id", STR, NONE, COL_WIDE, "id of its cluster (MoRef)"),
    WORD(FIREWALL_HOSTS_STATE, "state", publication_words, 0, "are its rules published"),
    COL(FIREWALL_HOSTS_GENERATION, "generation", INT, NONE, 0, "rules that the host holds"),
    COL(FIREWALL_HOSTS_WANTED, "generation_wanted", INT, NONE, 0, "newest rules of the manager"),
    COL(FIREWALL_HOSTS_LAGS, "lags", BOOL, NONE, 0, "does it hold older rules than the newest"),
    COL(FIREWALL_HOSTS_ERROR_CODE, "error_code", STR, NONE, 0, "why publishing failed; 0: nothing"),
    COL(FIREWALL_HOSTS_STARTED_AT, "started_at", TIME, NONE, COL_WIDE, "when publishing began"),
    COL(FIREWALL_HOSTS_ENDED_AT, "ended_at", TIME, NONE, COL_WIDE, "when publishing ended"),
    WORD(FIREWALL_HOSTS_FIREWALL_AGENT, "firewall_agent", channel_words, 0,
         "does the manager reach the agent of the firewall (vsfwd)"),
    WORD(FIREWALL_HOSTS_CONTROL_AGENT, "control_agent", channel_words, 0,
         "does the manager reach the agent of the control plane (netcpa)"),
    WORD(FIREWALL_HOSTS_CONTROLLERS, "controllers", channel_words, 0,
         "does the host reach the controllers"),
};
TABLE(firewall_hosts, FIREWALL_HOSTS, "which rules hosts hold, as the manager knows (NSX-V)");

static const struct column filters_columns[] = {
    COMMON(FILTERS, 0),
    COL(FILTERS_HOST, "host", STR, NONE, COL_KEY, "host, as configured"),
    COL(FILTERS_FILTER, "filter", STR, NONE, COL_KEY, "name of the filter"),
    COL(FILTERS_VM, "vm", STR, NONE, 0, "virtual machine"),
    COL(FILTERS_VM_UUID, "vm_uuid", STR, NONE, COL_WIDE, "instance UUID (vcUuid)"),
    COL(FILTERS_VNIC, "vnic", STR, NONE, 0, "network card"),
    COL(FILTERS_SLOT, "slot", INT, NONE, COL_WIDE, "slot: 2 is the distributed firewall"),
    COL(FILTERS_AGENT, "agent", STR, NONE, 0, "agent: vmware-sfw is the distributed firewall"),
    COL(FILTERS_STATE, "state", STR, NONE, 0, "state of the chain"),
    COL(FILTERS_VM_STATE, "vm_state", STR, NONE, COL_WIDE, "vmState as printed"),
    COL(FILTERS_SLOW_PATH, "slow_path", STR, NONE, COL_WIDE, "slow path"),
    WORD(FILTERS_FAIL_POLICY, "fail_policy", fail_words, 0, "what happens when the agent fails"),
    COL(FILTERS_FILTER_SOURCE, "filter_source", STR, NONE, COL_WIDE, "where the filter comes from"),
    COL(FILTERS_PORT, "port", STR, NONE, COL_WIDE, "port of the virtual switch"),
    COL(FILTERS_GENERATION, "generation", INT, NONE, COL_WIDE, "generation number of its rules"),
    COL(FILTERS_VIF, "vif", STR, NONE, COL_WIDE, "id of the virtual interface (NSX-T)"),
    COL(FILTERS_FILTER_HASH, "filter_hash", STR, NONE, COL_WIDE,
        "number of the filter in packet logs"),
    COL(FILTERS_RULE_CONFIG, "rule_config", STR, NONE, COL_WIDE,
        "whether rules were configured, as printed (NSX-T)"),
};
TABLE(filters, FILTERS, "packet filters of network cards on hosts");

static const struct column host_rules_columns[] = {
    COMMON(HOST_RULES, 0),
    COL(HOST_RULES_HOST, "host", STR, NONE, COL_KEY, "host, as configured"),
    COL(HOST_RULES_FILTER, "filter", STR, NONE, COL_KEY, "name of the filter"),
    COL(HOST_RULES_RULESET, "ruleset", STR, NONE, COL_KEY, "ruleset"),
    COL(HOST_RULES_POSITION, "position", INT, NONE, COL_KEY,
        "place in the ruleset; the first match wins"),
    COL(HOST_RULES_RULE_ID, "rule_id", INT, NONE, 0, "number of the rule"),
    COL(HOST_RULES_DIRECTION, "direction", STR, NONE, 0, "in, out or inout"),
    COL(HOST_RULES_FAMILY, "family", STR, NONE, COL_WIDE, "inet or inet6, when printed"),
    COL(HOST_RULES_PROTOCOL, "protocol", STR, NONE, 0, "protocol, or ethertype"),
    COL(HOST_RULES_SOURCE, "source", STR, NONE, 0, "source as printed"),
    COL(HOST_RULES_DESTINATION, "destination", STR, NONE, 0, "destination as printed"),
    COL(HOST_RULES_PORTS, "ports", STR, NONE, 0, "destination ports"),
    WORD(HOST_RULES_ACTION, "action", host_action_words, 0, "what happens"),
    COL(HOST_RULES_LOGGED, "logged", BOOL, NONE, COL_WIDE, "are hits logged"),
    COL(HOST_RULES_INTERNAL, "internal", BOOL, NONE, COL_WIDE,
        "made by an application gateway, not by a person"),
    COL(HOST_RULES_EVALS, "evals", INT, COUNT, COL_WIDE, "evaluations"),
    COL(HOST_RULES_PACKETS, "packets", INT, COUNT, 0, "packets, both directions"),
    COL(HOST_RULES_BYTES, "bytes", BYTES, BYTES, COL_WIDE, "bytes, both directions"),
    COL(HOST_RULES_RAW, "raw", STR, NONE, COL_WIDE | COL_RAW, "line as printed"),
    COL(HOST_RULES_ATTRIBUTE, "attribute", STR, NONE, COL_WIDE,
        "what else must match, such as an application: kind and name as printed"),
    COL(HOST_RULES_ALG, "alg", STR, NONE, COL_WIDE, "application gateway, such as dcerpc"),
    COL(HOST_RULES_TAG, "tag", STR, NONE, COL_WIDE, "tag in its log lines"),
    COL(HOST_RULES_GENERATION, "generation", INT, NONE, COL_WIDE,
        "generation number of its ruleset, when printed"),
};
TABLE(host_rules, HOST_RULES, "firewall rules as hosts enforce them");

static const struct column addrsets_columns[] = {
    COMMON(ADDRSETS, 0),
    COL(ADDRSETS_HOST, "host", STR, NONE, COL_KEY, "host, as configured"),
    COL(ADDRSETS_FILTER, "filter", STR, NONE, COL_KEY, "name of the filter"),
    COL(ADDRSETS_SET, "set", STR, NONE, COL_KEY, "name of the set"),
    COL(ADDRSETS_KIND, "kind", STR, NONE, 0, "ip or mac"),
    COL(ADDRSETS_MEMBER_COUNT, "member_count", INT, COUNT, 0, "members"),
    COL(ADDRSETS_MEMBERS, "members", LIST, NONE, 0, "members"),
};
TABLE(addrsets, ADDRSETS, "address sets as hosts hold them");

static const struct column flows_columns[] = {
    COMMON(FLOWS, 0),
    COL(FLOWS_HOST, "host", STR, NONE, COL_KEY, "host, as configured"),
    COL(FLOWS_FILTER, "filter", STR, NONE, COL_KEY, "name of the filter"),
    COL(FLOWS_VM, "vm", STR, NONE, 0, "virtual machine"),
    COL(FLOWS_FLOW, "flow", STR, NONE, COL_KEY, "id of the flow"),
    COL(FLOWS_FLOW_CLASS, "flow_class", STR, NONE, COL_WIDE, "Active ..."),
    COL(FLOWS_PROTOCOL, "protocol", STR, NONE, 0, "protocol"),
    COL(FLOWS_DIRECTION, "direction", STR, NONE, 0, "in or out, seen from the virtual machine"),
    COL(FLOWS_RULE_ID, "rule_id", INT, NONE, 0, "rule that let it pass"),
    COL(FLOWS_SOURCE_IP, "source_ip", IP, NONE, 0, "source"),
    COL(FLOWS_SOURCE_PORT, "source_port", INT, NONE, 0, "source port"),
    COL(FLOWS_DESTINATION_IP, "destination_ip", IP, NONE, 0, "destination"),
    COL(FLOWS_DESTINATION_PORT, "destination_port", INT, NONE, 0, "destination port"),
    COL(FLOWS_TCP_STATE, "tcp_state", STR, NONE, 0, "state of a TCP connection"),
    COL(FLOWS_BYTES_1, "bytes_1", BYTES, BYTES, 0, "bytes, first counter"),
    COL(FLOWS_BYTES_2, "bytes_2", BYTES, BYTES, 0, "bytes, second counter"),
    COL(FLOWS_PACKETS_1, "packets_1", INT, COUNT, COL_WIDE, "packets, first counter"),
    COL(FLOWS_PACKETS_2, "packets_2", INT, COUNT, COL_WIDE, "packets, second counter"),
    COL(FLOWS_RAW, "raw", STR, NONE, COL_WIDE | COL_RAW, "line as printed"),
};
TABLE(flows, FLOWS, "live connections on hosts");

static const struct column lost_flows_columns[] = {
    COMMON(LOST_FLOWS, 0),
    COL(LOST_FLOWS_FILTER, "filter", STR, NONE, COL_KEY | COL_WIDE, "filter that it passed before"),
    COL(LOST_FLOWS_FLOW, "flow", STR, NONE, COL_KEY | COL_WIDE, "the connection"),
    COL(LOST_FLOWS_VM, "vm", STR, NONE, 0, "virtual machine that moved"),
    COL(LOST_FLOWS_FROM_HOST, "from_host", STR, NONE, 0, "host that it was on, as configured"),
    COL(LOST_FLOWS_TO_HOST, "to_host", STR, NONE, 0, "host that it is on, as configured"),
    COL(LOST_FLOWS_MOVED_AT, "moved_at", TIME, NONE, 0, "when it was first seen there"),
    COL(LOST_FLOWS_SEEN_AT, "seen_at", TIME, NONE, 0, "when the connection was seen last"),
    COL(LOST_FLOWS_PROTOCOL, "protocol", STR, NONE, 0, "protocol"),
    COL(LOST_FLOWS_DIRECTION, "direction", STR, NONE, 0,
        "in or out, seen from the virtual machine"),
    COL(LOST_FLOWS_SOURCE_IP, "source_ip", IP, NONE, 0, "source"),
    COL(LOST_FLOWS_SOURCE_PORT, "source_port", INT, NONE, 0, "source port"),
    COL(LOST_FLOWS_DESTINATION_IP, "destination_ip", IP, NONE, 0, "destination"),
    COL(LOST_FLOWS_DESTINATION_PORT, "destination_port", INT, NONE, 0, "destination port"),
    COL(LOST_FLOWS_RULE_ID, "rule_id", INT, NONE, 0, "rule that let it pass"),
    COL(LOST_FLOWS_TCP_STATE, "tcp_state", STR, NONE, 0, "state of a TCP connection, then"),
    COL(LOST_FLOWS_BYTES, "bytes", BYTES, BYTES, 0, "bytes of both counters, then"),
    COL(LOST_FLOWS_RAW, "raw", STR, NONE, COL_WIDE | COL_RAW, "line as printed, then"),
};
TABLE(lost_flows, LOST_FLOWS,
      "connections that were not seen any more after a virtual machine moved to another host");

static const struct state_word purpose_words[] = {
    {"nsx_v_control", SEV_NONE},
    {"nsx_control", SEV_NONE},
    {NULL, SEV_NONE},
};

static const struct column connections_columns[] = {
    COMMON(CONNECTIONS, 0),
    COL(CONNECTIONS_HOST, "host", STR, NONE, COL_KEY, "host, as configured"),
    COL(CONNECTIONS_PROTOCOL, "protocol", STR, NONE, COL_KEY, "tcp or udp"),
    COL(CONNECTIONS_LOCAL, "local", STR, NONE, COL_KEY, "address and port of the host"),
    COL(CONNECTIONS_FOREIGN, "foreign", STR, NONE, COL_KEY, "address and port of the other side"),
    COL(CONNECTIONS_STATE, "state", STR, NONE, 0, "state of a TCP connection, as printed"),
    COL(CONNECTIONS_WORLD, "world", STR, NONE, 0, "process that has it"),
    COL(CONNECTIONS_WORLD_ID, "world_id", INT, NONE, COL_WIDE, "number of that process"),
    WORD(CONNECTIONS_PURPOSE, "purpose", purpose_words, 0,
         "what the port of the other side tells: the control plane of NSX-V or NSX"),
};
TABLE(connections, CONNECTIONS, "network connections of hosts");

static const struct column filter_stats_columns[] = {
    COMMON(FILTER_STATS, 0),
    COL(FILTER_STATS_HOST, "host", STR, NONE, COL_KEY, "host, as configured"),
    COL(FILTER_STATS_FILTER, "filter", STR, NONE, COL_KEY, "name of the filter"),
    COL(FILTER_STATS_SECTION, "section", STR, NONE, COL_KEY, "packets, bytes, drop reason ..."),
    COL(FILTER_STATS_COUNTER, "counter", STR, NONE, COL_KEY, "name of the counter"),
    COL(FILTER_STATS_IN, "in", INT, COUNT, 0, "inwards"),
    COL(FILTER_STATS_OUT, "out", INT, COUNT, 0, "outwards"),
    COL(FILTER_STATS_VALUE, "value", STR, NONE, 0, "value of what has no direction, as printed"),
};
TABLE(filter_stats, FILTER_STATS, "what packet filters have passed and dropped");

static const struct column vibs_columns[] = {
    COMMON(VIBS, 0),
    COL(VIBS_HOST, "host", STR, NONE, COL_KEY, "host, as configured"),
    COL(VIBS_VIB, "vib", STR, NONE, COL_KEY, "name of the package"),
    COL(VIBS_VERSION, "version", STR, NONE, 0, "version"),
    COL(VIBS_VENDOR, "vendor", STR, NONE, COL_WIDE, "who made it"),
    COL(VIBS_ACCEPTANCE, "acceptance", STR, NONE, COL_WIDE, "acceptance level"),
    COL(VIBS_INSTALLED, "installed", STR, NONE, 0, "when it was installed, as printed"),
};
TABLE(vibs, VIBS, "software packages of hosts");
