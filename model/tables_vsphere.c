/* Tables of vCenter, vSAN and vSphere Replication. Words are those of the products. */
#include "model/tables_priv.h"

static const struct state_word vm_connection_words[] = {
    {"connected", SEV_OK},          {"disconnected", SEV_WARNING}, {"orphaned", SEV_CRITICAL},
    {"inaccessible", SEV_CRITICAL}, {"invalid", SEV_CRITICAL},     {NULL, SEV_NONE},
};

static const struct state_word vm_power_words[] = {
    {"poweredOn", SEV_OK},
    {"poweredOff", SEV_NONE},
    {"suspended", SEV_NONE},
    {NULL, SEV_NONE},
};

static const struct state_word vm_tools_words[] = {
    {"guestToolsRunning", SEV_OK},
    {"guestToolsNotRunning", SEV_NONE},
    {"guestToolsExecutingScripts", SEV_OK},
    {NULL, SEV_NONE},
};

static const struct state_word task_words[] = {
    {"queued", SEV_NONE},   {"running", SEV_NONE}, {"success", SEV_OK},
    {"error", SEV_WARNING}, {NULL, SEV_NONE},
};

static const struct state_word alarm_words[] = {
    {"green", SEV_OK},     {"gray", SEV_UNKNOWN}, {"yellow", SEV_WARNING},
    {"red", SEV_CRITICAL}, {NULL, SEV_NONE},
};

static const struct state_word event_category_words[] = {
    {"user", SEV_NONE},
    {"system", SEV_NONE},
    {NULL, SEV_NONE},
};

static const struct state_word event_severity_words[] = {
    {"info", SEV_NONE},      {"user", SEV_NONE}, {"warning", SEV_WARNING},
    {"error", SEV_CRITICAL}, {NULL, SEV_NONE},
};

static const struct state_word library_words[] = {
    {"local", SEV_NONE},
    {"subscribed", SEV_NONE},
    {NULL, SEV_NONE},
};

static const struct state_word vsan_health_words[] = {
    {"green", SEV_OK},     {"yellow", SEV_WARNING}, {"red", SEV_CRITICAL}, {"unknown", SEV_UNKNOWN},
    {"skipped", SEV_NONE}, {"info", SEV_OK},        {NULL, SEV_NONE},
};

static const struct state_word vsan_encryption_words[] = {
    {"on", SEV_OK},
    {"off", SEV_NONE},
    {NULL, SEV_NONE},
};

static const struct state_word replication_direction_words[] = {
    {"outgoing", SEV_NONE},
    {"incoming", SEV_NONE},
    {NULL, SEV_NONE},
};

static const struct state_word replication_kind_words[] = {
    {"vr", SEV_NONE},
    {"hcx", SEV_NONE},
    {NULL, SEV_NONE},
};

static const struct state_word replication_verdict_words[] = {
    {"ok", SEV_OK},          {"at_risk", SEV_WARNING},
    {"late", SEV_CRITICAL},  {"full_sync", SEV_WARNING},
    {"paused", SEV_WARNING}, {"unknown", SEV_UNKNOWN},
    {NULL, SEV_NONE},
};

static const struct column clusters_columns[] = {
    COMMON(CLUSTERS, 0),
    COL(CLUSTERS_CLUSTER_ID, "cluster_id", STR, NONE, COL_KEY | COL_WIDE,
        "id of the cluster in its vCenter"),
    COL(CLUSTERS_CLUSTER, "cluster", STR, NONE, 0, "name"),
    COL(CLUSTERS_HOST_COUNT, "host_count", INT, COUNT, 0, "hosts in it"),
    COL(CLUSTERS_DRS, "drs", BOOL, NONE, 0, "is DRS on"),
    COL(CLUSTERS_HA, "ha", BOOL, NONE, 0, "is vSphere HA on"),
    COL(CLUSTERS_VSAN_ENABLED, "vsan_enabled", BOOL, NONE, 0, "is vSAN on"),
};
TABLE(clusters, CLUSTERS, "vSphere clusters");

static const struct column vms_columns[] = {
    COMMON(VMS, 0),
    COL(VMS_VM_ID, "vm_id", STR, NONE, COL_KEY | COL_WIDE, "id of the VM in its vCenter"),
    COL(VMS_VM, "vm", STR, NONE, 0, "name"),
    COL(VMS_UUID, "uuid", STR, NONE, COL_WIDE, "BIOS UUID (config.uuid)"),
    COL(VMS_INSTANCE_UUID, "instance_uuid", STR, NONE, COL_WIDE,
        "instance UUID: the same in NSX and on the host"),
    WORD(VMS_CONNECTION_STATE, "connection_state", vm_connection_words, COL_WIDE,
         "does vCenter reach it"),
    COL(VMS_QUESTION_PENDING, "question_pending", STR, NONE, COL_WIDE, "question that holds it up"),
    COL(VMS_HA_RESTARTED_AT, "ha_restarted_at", TIME, NONE, COL_WIDE,
        "when vSphere HA restarted it last, in the past 30 days"),
    COL(VMS_STORAGE_POLICY, "storage_policy", STR, NONE, COL_WIDE, "storage policy of its home"),
    COL(VMS_SNAPSHOT_AGE_S, "snapshot_age_s", DURATION, S, COL_WIDE, "age of its oldest snapshot"),
    WORD(VMS_POWER_STATE, "power_state", vm_power_words, 0, "power state"),
    COL(VMS_HOST, "host", STR, NONE, 0, "host it runs on"),
    COL(VMS_CLUSTER, "cluster", STR, NONE, 0, "cluster it is in"),
    COL(VMS_GUEST_OS, "guest_os", STR, NONE, 0, "guest operating system"),
    WORD(VMS_TOOLS, "tools", vm_tools_words, 0, "VMware Tools"),
    COL(VMS_IPS, "ips", LIST, NONE, 0, "guest addresses"),
    COL(VMS_DATASTORES, "datastores", LIST, NONE, 0, "datastores it is on"),
    COL(VMS_NETWORKS, "networks", LIST, NONE, COL_WIDE, "networks it is on"),
    COL(VMS_SNAPSHOTS, "snapshots", INT, COUNT, 0, "snapshots"),
    COL(VMS_CONSOLIDATION_NEEDED, "consolidation_needed", BOOL, NONE, COL_WIDE,
        "its disks wait for consolidation"),
    COL(VMS_HOST_ID, "host_id", STR, NONE, COL_WIDE, "id of its host"),
    COL(VMS_QUIESCE, "quiesce", BOOL, NONE, COL_WIDE, "replicated with quiescing of the guest"),
    COL(VMS_MACS, "macs", LIST, NONE, COL_WIDE, "addresses of its network cards"),
    COL(VMS_STORAGE_BYTES, "storage_bytes", BYTES, BYTES, COL_WIDE,
        "space it takes on its datastores, as vCenter counts"),
};
TABLE(vms, VMS, "virtual machines");

static const struct column datastores_columns[] = {
    COMMON(DATASTORES, 0),
    COL(DATASTORES_DATASTORE_ID, "datastore_id", STR, NONE, COL_KEY | COL_WIDE,
        "id of the datastore in its vCenter"),
    COL(DATASTORES_DATASTORE, "datastore", STR, NONE, 0, "name"),
    COL(DATASTORES_TYPE, "type", STR, NONE, 0, "kind: VMFS, NFS, vsan, VVOL ..."),
    COL(DATASTORES_CAPACITY_BYTES, "capacity_bytes", BYTES, BYTES, 0, "size"),
    COL(DATASTORES_FREE_BYTES, "free_bytes", BYTES, BYTES, 0, "free"),
    COL(DATASTORES_USED_PERCENT, "used_percent", REAL, PERCENT, 0, "used"),
    COL(DATASTORES_ACCESSIBLE, "accessible", BOOL, NONE, 0, "can it be reached"),
};
TABLE(datastores, DATASTORES, "datastores");

static const struct column tasks_columns[] = {
    COMMON(TASKS, 0),
    COL(TASKS_TASK_ID, "task_id", STR, NONE, COL_KEY | COL_WIDE, "id of the task"),
    COL(TASKS_TASK, "task", STR, NONE, 0, "what is done"),
    COL(TASKS_ENTITY, "entity", STR, NONE, 0, "object it is done to"),
    WORD(TASKS_STATE, "state", task_words, 0, "state"),
    COL(TASKS_PROGRESS_PERCENT, "progress_percent", REAL, PERCENT, 0, "progress"),
    COL(TASKS_STARTED_AT, "started_at", TIME, NONE, 0, "when it started"),
    COL(TASKS_ENDED_AT, "ended_at", TIME, NONE, 0, "when it ended"),
    COL(TASKS_USER, "user", STR, NONE, 0, "who started it"),
    COL(TASKS_ERROR, "error", STR, NONE, 0, "why it failed"),
    COL(TASKS_KIND, "kind", STR, NONE, 0,
        "vmotion, relocate, clone, snapshot ... as far as it is known"),
    COL(TASKS_ENTITY_ID, "entity_id", STR, NONE, COL_WIDE, "id of the object"),
    DER(TASKS_MOVED_FROM, "moved_from", STR, NONE, 0, "events",
        "host that the VM moves away from; datastore, where the host stays"),
    DER(TASKS_MOVED_TO, "moved_to", STR, NONE, 0, "events", "where it moves"),
};
TABLE(tasks, TASKS, "tasks of vCenter");

static const struct column alarms_columns[] = {
    COMMON(ALARMS, 0),
    COL(ALARMS_ALARM_ID, "alarm_id", STR, NONE, COL_KEY | COL_WIDE, "id of the alarm definition"),
    COL(ALARMS_ALARM, "alarm", STR, NONE, 0, "name of the alarm"),
    COL(ALARMS_ENTITY, "entity", STR, NONE, COL_KEY, "object it is about"),
    WORD(ALARMS_SEVERITY, "severity", alarm_words, 0, "how bad"),
    COL(ALARMS_AT, "at", TIME, NONE, 0, "when it was triggered"),
    COL(ALARMS_ACKNOWLEDGED, "acknowledged", BOOL, NONE, 0, "acknowledged in vCenter"),
    COL(ALARMS_ENTITY_ID, "entity_id", STR, NONE, COL_WIDE, "id of the object"),
};
TABLE(alarms, ALARMS, "triggered alarms of vCenter");

static const struct column events_columns[] = {
    COMMON(EVENTS, 0),
    COL(EVENTS_EVENT_ID, "event_id", INT, NONE, COL_KEY | COL_WIDE, "number of the event"),
    COL(EVENTS_AT, "at", TIME, NONE, 0, "when it happened"),
    WORD(EVENTS_CATEGORY, "category", event_category_words, 0, "made by a person or by the system"),
    WORD(EVENTS_SEVERITY, "severity", event_severity_words, 0, "severity"),
    COL(EVENTS_TYPE, "type", STR, NONE, COL_WIDE, "type of the event"),
    COL(EVENTS_ENTITY, "entity", STR, NONE, 0, "object it is about"),
    COL(EVENTS_USER, "user", STR, NONE, 0, "who"),
    COL(EVENTS_MESSAGE, "message", STR, NONE, 0, "what happened"),
    COL(EVENTS_ENTITY_ID, "entity_id", STR, NONE, COL_WIDE, "id of the object"),
    COL(EVENTS_CHAIN_ID, "chain_id", INT, NONE, COL_WIDE, "events with one number belong together"),
    COL(EVENTS_MOVED_FROM, "moved_from", STR, NONE, COL_WIDE,
        "host that a VM moves away from; datastore, where the host stays"),
    COL(EVENTS_MOVED_TO, "moved_to", STR, NONE, COL_WIDE, "where it moves"),
};
TABLE(events, EVENTS, "events of vCenter");

static const struct column libraries_columns[] = {
    COMMON(LIBRARIES, 0),
    COL(LIBRARIES_LIBRARY_ID, "library_id", STR, NONE, COL_KEY | COL_WIDE, "id of the library"),
    COL(LIBRARIES_LIBRARY, "library", STR, NONE, 0, "name"),
    WORD(LIBRARIES_KIND, "kind", library_words, 0, "kind"),
    COL(LIBRARIES_LAST_SYNC_AT, "last_sync_at", TIME, NONE, 0, "when it was synchronised last"),
    COL(LIBRARIES_ITEMS, "items", INT, COUNT, 0, "items in it"),
    COL(LIBRARIES_PUBLISHER, "publisher", STR, NONE, COL_WIDE,
        "where a subscribed library comes from"),
};
TABLE(libraries, LIBRARIES, "content libraries");

static const struct column vsan_columns[] = {
    COMMON(VSAN, 0),
    COL(VSAN_CLUSTER_ID, "cluster_id", STR, NONE, COL_KEY | COL_WIDE,
        "id of the cluster in its vCenter"),
    COL(VSAN_CLUSTER, "cluster", STR, NONE, 0, "name of the cluster"),
    COL(VSAN_CAPACITY_BYTES, "capacity_bytes", BYTES, BYTES, 0, "capacity"),
    COL(VSAN_USED_BYTES, "used_bytes", BYTES, BYTES, 0, "used"),
    COL(VSAN_FREE_BYTES, "free_bytes", BYTES, BYTES, 0, "free"),
    COL(VSAN_USED_PERCENT, "used_percent", REAL, PERCENT, 0, "used"),
    COL(VSAN_SLACK_BYTES, "slack_bytes", BYTES, BYTES, COL_WIDE,
        "left before the reserve for rebuilds is touched"),
    COL(VSAN_DEDUP_RATIO, "dedup_ratio", REAL, NONE, COL_WIDE,
        "space saved by deduplication and compression, as a ratio"),
    WORD(VSAN_HEALTH, "health", vsan_health_words, 0, "worst health group"),
    COL(VSAN_RESYNC_BYTES, "resync_bytes", BYTES, BYTES, 0,
        "data that is still to be synchronised"),
    WORD(VSAN_ENCRYPTION, "encryption", vsan_encryption_words, COL_WIDE,
         "encryption of data at rest"),
    DER(VSAN_FULL_AT, "full_at", TIME, NONE, 0, NULL, "when it is full at the present trend"),
    COL(VSAN_RESYNC_ETA_S, "resync_eta_s", DURATION, S, COL_WIDE,
        "time until it is synchronised, as vSAN estimates"),
    WORD(VSAN_KMS, "kms", vsan_health_words, COL_WIDE, "state of the key provider"),
    DER(VSAN_TREND_SAMPLES, "trend_samples", INT, COUNT, COL_WIDE, NULL,
        "samples behind the trend; too few say nothing"),
    COL(VSAN_HEALTH_GROUPS, "health_groups", LIST, NONE, COL_WIDE,
        "health groups that are not green"),
    DER(VSAN_POLICIES, "policies", LIST, NONE, COL_WIDE, "vms",
        "bytes by storage policy (Gold=6597069766656), largest first: what the VMs with this "
        "policy take, as vCenter counts; vSAN itself tells no space by policy"),
    DER(VSAN_TREND, "trend", STR, NONE, 0, NULL,
        "growth per day over the samples, or why nothing can be said"),
    DER(VSAN_USED_HISTORY, "used_history", LIST, NONE, COL_WIDE, NULL,
        "used percent in the past, oldest first"),
    COL(VSAN_USED_BY_TYPE, "used_by_type", LIST, NONE, COL_WIDE,
        "bytes by type of object (vdisk=6597069766656), largest first"),
    COL(VSAN_HEALTH_TESTS, "health_tests", LIST, NONE, COL_WIDE,
        "health tests that are not green (Data/vSAN object health:yellow)"),
    COL(VSAN_VSAN_UUID, "vsan_uuid", STR, NONE, COL_WIDE,
        "UUID of the cluster in vSAN: the same on its hosts"),
    DER(VSAN_SPACE_AT, "space_at", TIME, NONE, COL_WIDE, NULL,
        "when its vCenter told the space, where the rest of the row is newer and from a host "
        "because that vCenter does not answer"),
    VIA(VSAN),
};
TABLE(vsan, VSAN, "vSAN clusters");

static const struct column replications_columns[] = {
    COMMON(REPLICATIONS, 0),
    COL(REPLICATIONS_REPLICATION_ID, "replication_id", STR, NONE, COL_KEY | COL_WIDE,
        "id of the replication"),
    COL(REPLICATIONS_VM, "vm", STR, NONE, 0, "virtual machine"),
    DER(REPLICATIONS_VM_UUID, "vm_uuid", STR, NONE, COL_WIDE, "vms",
        "instance UUID of the virtual machine"),
    WORD(REPLICATIONS_DIRECTION, "direction", replication_direction_words, COL_WIDE,
         "outgoing or incoming"),
    COL(REPLICATIONS_SYNC_PROGRESS_PERCENT, "sync_progress_percent", REAL, PERCENT, 0,
        "progress of a synchronisation"),
    COL(REPLICATIONS_SYNC_REMAINING_BYTES, "sync_remaining_bytes", BYTES, BYTES, COL_WIDE,
        "bytes still to transfer"),
    DER(REPLICATIONS_SYNC_ETA_S, "sync_eta_s", DURATION, S, COL_WIDE, NULL,
        "time until it is synchronised, at the speed that was seen"),
    DER(REPLICATIONS_SYNC_CAUSE, "sync_cause", STR, NONE, COL_WIDE, "vms,events",
        "what happened before a full synchronisation; absent: not known"),
    COL(REPLICATIONS_SOURCE_SITE, "source_site", STR, NONE, COL_WIDE, "where it comes from"),
    COL(REPLICATIONS_TARGET_SITE, "target_site", STR, NONE, 0, "where it goes"),
    COL(REPLICATIONS_STATE, "state", STR, NONE, 0, "state as the manager calls it"),
    COL(REPLICATIONS_RPO_S, "rpo_s", DURATION, S, 0, "recovery point objective"),
    DER(REPLICATIONS_LAG_S, "lag_s", DURATION, S, 0, NULL, "age of the newest instance"),
    COL(REPLICATIONS_LAST_INSTANCE_AT, "last_instance_at", TIME, NONE, COL_WIDE,
        "newest instance at the target"),
    COL(REPLICATIONS_LAST_TRANSFER_S, "last_transfer_s", DURATION, S, COL_WIDE,
        "duration of the last transfer"),
    COL(REPLICATIONS_LAST_TRANSFER_BYTES, "last_transfer_bytes", BYTES, BYTES, COL_WIDE,
        "size of the last transfer"),
    DER(REPLICATIONS_ESTIMATE_S, "estimate_s", DURATION, S, 0, NULL,
        "1.2 times the mean of the last 15 transfers"),
    DER(REPLICATIONS_SAMPLES, "samples", INT, COUNT, COL_WIDE, NULL,
        "transfers behind the estimate"),
    COL(REPLICATIONS_QUIESCE, "quiesce", BOOL, NONE, COL_WIDE, "quiesces the guest"),
    DERW(REPLICATIONS_VERDICT, "verdict", replication_verdict_words, 0, "vms,events",
         "does it hold its RPO"),
    DER(REPLICATIONS_LATE_S, "late_s", DURATION, S, 0, "vms,events",
        "by how much the RPO is missed"),
    DER(REPLICATIONS_SMALLEST_RPO_S, "smallest_rpo_s", DURATION, S, COL_WIDE, NULL,
        "smallest RPO that would hold: twice the estimate, at most the 1,440 min that can be set"),
    COL(REPLICATIONS_LINK, "link", STR, NONE, COL_WIDE,
        "hosts and servers it goes through: late ones with one link have one cause"),
    WORD(REPLICATIONS_KIND, "kind", replication_kind_words, COL_WIDE,
         "vSphere Replication, or internal to HCX (no verdict: it is no disaster recovery)"),
    COL(REPLICATIONS_VIOLATION_S, "violation_s", DURATION, S, COL_WIDE,
        "for how long the RPO has been violated, as the manager says"),
    DER(REPLICATIONS_TRANSFERS, "transfers", LIST, NONE, COL_WIDE, NULL,
        "seconds of the last transfers, oldest first"),
    COL(REPLICATIONS_VM_ID, "vm_id", STR, NONE, COL_WIDE, "id of the VM in its source vCenter"),
    COL(REPLICATIONS_SOURCE_VC, "source_vc", STR, NONE, COL_WIDE,
        "instance UUID of the vCenter that it comes from"),
};
TABLE(replications, REPLICATIONS, "replications of virtual machines");
