#include "collectors/vcenter/paths.h"

#include <stdlib.h>
#include <string.h>

#define LEAF(slot_)                     \
    {                                   \
        {                               \
            .inside = "", .slot = slot_ \
        }                               \
    }

/* clang-format off */
const struct path vcenter_paths[] = {
    {.type = OBJECT_HOST, .name = "name", .picks = LEAF(HOST_NAME)},
    {.type = OBJECT_HOST, .name = "parent", .picks = LEAF(HOST_PARENT)},
    {.type = OBJECT_HOST, .name = "runtime.connectionState", .picks = LEAF(HOST_CONNECTION)},
    {.type = OBJECT_HOST, .name = "runtime.powerState", .picks = LEAF(HOST_POWER)},
    {.type = OBJECT_HOST, .name = "runtime.inMaintenanceMode", .picks = LEAF(HOST_MAINTENANCE)},
    {.type = OBJECT_HOST, .name = "runtime.dasHostState", .since = "5.0",
     .picks = {{.inside = "state", .slot = HOST_HA}}},
    {.type = OBJECT_HOST, .name = "summary.config.product.version", .picks = LEAF(HOST_VERSION)},
    {.type = OBJECT_HOST, .name = "summary.config.product.build", .picks = LEAF(HOST_BUILD)},
    {.type = OBJECT_HOST, .name = "summary.hardware.model", .picks = LEAF(HOST_MODEL)},
    {.type = OBJECT_HOST, .name = "summary.hardware.cpuMhz", .picks = LEAF(HOST_MHZ)},
    {.type = OBJECT_HOST, .name = "summary.hardware.numCpuCores", .picks = LEAF(HOST_CORES)},
    {.type = OBJECT_HOST, .name = "summary.hardware.memorySize", .picks = LEAF(HOST_MEMORY)},
    /* The first is vmk0, which is the one for management unless somebody moved that. */
    {.type = OBJECT_HOST, .name = "config.network.vnic",
     .picks = {{.inside = "HostVirtualNic/spec/ip/ipAddress", .slot = HOST_IP}}},
    {.type = OBJECT_HOST, .name = "config.network.dnsConfig",
     .picks = {{.inside = "hostName", .slot = HOST_DNS_NAME},
               {.inside = "domainName", .slot = HOST_DNS_DOMAIN}}},
    {.type = OBJECT_HOST, .name = "summary.quickStats", .polled = true,
     .picks = {{.inside = "overallCpuUsage", .slot = HOST_CPU_MHZ},
               {.inside = "overallMemoryUsage", .slot = HOST_MEMORY_MB},
               {.inside = "uptime", .slot = HOST_UPTIME}}},

    {.type = OBJECT_CLUSTER, .name = "name", .picks = LEAF(CLUSTER_NAME)},
    {.type = OBJECT_CLUSTER, .name = "configurationEx",
     .picks = {{.inside = "drsConfig/enabled", .slot = CLUSTER_DRS},
               {.inside = "dasConfig/enabled", .slot = CLUSTER_HA},
               {.inside = "vsanConfigInfo/enabled", .slot = CLUSTER_VSAN}}},

    {.type = OBJECT_VM, .name = "name", .picks = LEAF(VM_NAME)},
    {.type = OBJECT_VM, .name = "config.uuid", .picks = LEAF(VM_UUID)},
    {.type = OBJECT_VM, .name = "config.instanceUuid", .picks = LEAF(VM_INSTANCE_UUID)},
    {.type = OBJECT_VM, .name = "config.guestFullName", .picks = LEAF(VM_CONFIG_OS)},
    {.type = OBJECT_VM, .name = "config.repConfig", .since = "5.0",
     .picks = {{.inside = "quiesceGuestEnabled", .slot = VM_QUIESCE}}},
    {.type = OBJECT_VM, .name = "runtime.connectionState", .picks = LEAF(VM_CONNECTION)},
    {.type = OBJECT_VM, .name = "runtime.powerState", .picks = LEAF(VM_POWER)},
    {.type = OBJECT_VM, .name = "runtime.host", .picks = LEAF(VM_HOST)},
    {.type = OBJECT_VM, .name = "runtime.question",
     .picks = {{.inside = "text", .slot = VM_QUESTION}}},
    {.type = OBJECT_VM, .name = "runtime.consolidationNeeded", .since = "5.0",
     .picks = LEAF(VM_CONSOLIDATION)},
    {.type = OBJECT_VM, .name = "guest.guestFullName", .picks = LEAF(VM_GUEST_OS)},
    {.type = OBJECT_VM, .name = "guest.toolsRunningStatus", .picks = LEAF(VM_TOOLS)},
    {.type = OBJECT_VM, .name = "guest.ipAddress", .picks = LEAF(VM_IP)},
    {.type = OBJECT_VM, .name = "guest.net",
     .picks = {{.inside = "GuestNicInfo/ipAddress", .slot = VM_IPS, .how = PICK_LIST},
               {.inside = "GuestNicInfo/macAddress", .slot = VM_MACS, .how = PICK_LIST}}},
    {.type = OBJECT_VM, .name = "datastore",
     .picks = {{.inside = "ManagedObjectReference", .slot = VM_DATASTORES, .how = PICK_LIST}}},
    {.type = OBJECT_VM, .name = "network",
     .picks = {{.inside = "ManagedObjectReference", .slot = VM_NETWORKS, .how = PICK_LIST}}},
    {.type = OBJECT_VM, .name = "summary.storage.committed", .polled = true, .slow = true,
     .picks = LEAF(VM_SPACE)},
    /* A tree of them. */
    {.type = OBJECT_VM, .name = "snapshot",
     .picks = {{.inside = "createTime", .slot = VM_SNAPSHOTS, .how = PICK_COUNT, .deep = true},
               {.inside = "createTime", .slot = VM_SNAPSHOT_AT, .how = PICK_EARLIEST,
                .deep = true}}},

    {.type = OBJECT_DATASTORE, .name = "name", .picks = LEAF(DATASTORE_NAME)},
    {.type = OBJECT_DATASTORE, .name = "summary.type", .picks = LEAF(DATASTORE_TYPE)},
    {.type = OBJECT_DATASTORE, .name = "summary.accessible", .picks = LEAF(DATASTORE_ACCESSIBLE)},
    {.type = OBJECT_DATASTORE, .name = "summary.capacity", .polled = true,
     .picks = LEAF(DATASTORE_CAPACITY)},
    {.type = OBJECT_DATASTORE, .name = "summary.freeSpace", .polled = true,
     .picks = LEAF(DATASTORE_FREE)},

    {.type = OBJECT_NETWORK, .name = "name", .picks = LEAF(NETWORK_NAME)},

    {.type = OBJECT_TASK, .name = "info",
     .picks = {{.inside = "name", .slot = TASK_NAME},
               {.inside = "descriptionId", .slot = TASK_DESCRIPTION},
               {.inside = "entity", .slot = TASK_ENTITY_ID},
               {.inside = "entityName", .slot = TASK_ENTITY},
               {.inside = "state", .slot = TASK_STATE},
               {.inside = "progress", .slot = TASK_PROGRESS},
               {.inside = "reason", .slot = TASK_REASON, .how = PICK_TYPE},
               {.inside = "reason/userName", .slot = TASK_USER},
               {.inside = "queueTime", .slot = TASK_QUEUED},
               {.inside = "startTime", .slot = TASK_STARTED},
               {.inside = "completeTime", .slot = TASK_ENDED},
               {.inside = "error/localizedMessage", .slot = TASK_ERROR}}},
    {.type = OBJECT_TASK_MANAGER, .name = "recentTask",
     .picks = {{.inside = "ManagedObjectReference", .slot = TASK_MANAGER_RECENT,
                .how = PICK_LIST}}},
};
/* clang-format on */

const unsigned vcenter_paths_count = sizeof(vcenter_paths) / sizeof(vcenter_paths[0]);
_Static_assert(sizeof(vcenter_paths) / sizeof(vcenter_paths[0]) <= PATHS_MAX, "paths fit a mask");

static bool is_it(const struct path *p, enum object_type type, const char *name)
{
    return p->type == type && strcmp(p->name, name) == 0;
}

const struct path *vcenter_path_find(enum object_type type, const char *name, unsigned hint)
{
    if (hint < vcenter_paths_count && is_it(&vcenter_paths[hint], type, name))
        return &vcenter_paths[hint];
    for (unsigned i = 0; i < vcenter_paths_count; i++) {
        if (is_it(&vcenter_paths[i], type, name))
            return &vcenter_paths[i];
    }
    return NULL;
}

bool vcenter_path_exists(const struct path *p, const char *api_version)
{
    const char *have = api_version, *need = p->since;
    char *end;

    while (have && *have && need && *need) {
        unsigned long a = strtoul(have, &end, 10), b;

        have = end + (*end == '.');
        b = strtoul(need, &end, 10);
        need = end + (*end == '.');
        if (a != b)
            return a > b;
    }
    return true;
}
