/*
 * Tables of hosts and what runs on them. Words are those of the vSphere API (poweredOn), because
 * operators know and search them; the state of the SDDC service is in lower case.
 */
#include "model/tables_priv.h"

static const struct state_word connection_words[] = {
    {"connected", SEV_OK},
    {"disconnected", SEV_CRITICAL},
    {"notResponding", SEV_CRITICAL},
    {NULL, SEV_NONE},
};

static const struct state_word host_power_words[] = {
    {"poweredOn", SEV_OK},    {"poweredOff", SEV_WARNING},
    {"standBy", SEV_WARNING}, {"unknown", SEV_UNKNOWN},
    {NULL, SEV_NONE},
};

static const struct state_word ha_state_words[] = {
    {"master", SEV_OK},
    {"connectedToMaster", SEV_OK},
    {"election", SEV_WARNING},
    {"uninitialized", SEV_NONE},
    {"networkPartitionedFromMaster", SEV_CRITICAL},
    {"networkIsolated", SEV_CRITICAL},
    {"hostDown", SEV_CRITICAL},
    {"fdmUnreachable", SEV_CRITICAL},
    {"initializationError", SEV_CRITICAL},
    {"uninitializationError", SEV_WARNING},
    {NULL, SEV_NONE},
};

static const struct state_word host_state_words[] = {
    {"ready", SEV_OK},
    {"deploying", SEV_NONE},
    {"initializing", SEV_NONE},
    {"provisioned", SEV_NONE},
    {"adding_to_vcenter", SEV_NONE},
    {"deleting_from_vcenter", SEV_WARNING},
    {"pending_cloud_deletion", SEV_WARNING},
    {"deleting", SEV_WARNING},
    {"deleted", SEV_CRITICAL},
    {"failed", SEV_CRITICAL},
    {NULL, SEV_NONE},
};

static const struct column hosts_columns[] = {
    COMMON(HOSTS, 0),
    COL(HOSTS_HOST_ID, "host_id", STR, NONE, COL_KEY | COL_WIDE, "id of the host in its manager"),
    COL(HOSTS_HOST, "host", STR, NONE, 0, "name"),
    COL(HOSTS_CLUSTER, "cluster", STR, NONE, 0, "cluster it is in"),
    WORD(HOSTS_CONNECTION_STATE, "connection_state", connection_words, 0, "does vCenter reach it"),
    WORD(HOSTS_POWER_STATE, "power_state", host_power_words, COL_WIDE, "power state"),
    COL(HOSTS_MAINTENANCE, "maintenance", BOOL, NONE, 0, "in maintenance mode"),
    WORD(HOSTS_HA_STATE, "ha_state", ha_state_words, COL_WIDE, "state of the HA agent"),
    COL(HOSTS_INSTANCE_TYPE, "instance_type", STR, NONE, COL_WIDE, "EC2 instance type"),
    COL(HOSTS_AZ, "az", STR, NONE, COL_WIDE, "availability zone"),
    COL(HOSTS_TEP_IPS, "tep_ips", LIST, NONE, COL_WIDE, "addresses of its overlay tunnels"),
    COL(HOSTS_VERSION, "version", STR, NONE, 0, "ESXi version"),
    COL(HOSTS_BUILD, "build", STR, NONE, COL_WIDE, "ESXi build"),
    COL(HOSTS_MODEL, "model", STR, NONE, COL_WIDE, "hardware model"),
    COL(HOSTS_UPTIME_S, "uptime_s", DURATION, S, COL_WIDE, "time since it started"),
    COL(HOSTS_MANAGEMENT_IP, "management_ip", IP, NONE, 0, "management address"),
    COL(HOSTS_ENI, "eni", STR, NONE, 0, "its network interface in the linked VPC"),
    COL(HOSTS_CPU_PERCENT, "cpu_percent", REAL, PERCENT, 0, "CPU in use"),
    COL(HOSTS_MEMORY_PERCENT, "memory_percent", REAL, PERCENT, 0, "memory in use"),
    COL(HOSTS_VM_COUNT, "vm_count", INT, COUNT, 0, "virtual machines on it"),
    WORD(HOSTS_STATE, "state", host_state_words, 0, "state as VMC reports it"),
    COL(HOSTS_FQDN, "fqdn", STR, NONE, COL_WIDE, "full name"),
    COL(HOSTS_SDDC, "sddc", STR, NONE, COL_WIDE, "SDDC it belongs to"),
    COL(HOSTS_VCENTER_UUID, "vcenter_uuid", STR, NONE, COL_WIDE,
        "instance UUID of its vCenter: with host_id, what NSX calls the host"),
    VIA(HOSTS),
};
TABLE(hosts, HOSTS, "hypervisor hosts");
