/* vim_entity_props: properties of every entity, of folders, clusters, datastores and networks. */
#include "tests/lab/vim.h"

#include <stdlib.h>
#include <string.h>

#define OBJECT(type_, mo) ((const struct type_ *)(const void *)(mo))

/* ---- every entity --------------------------------------------------------------------------- */

static void name(struct vim_val *v, const struct lab_mo *mo)
{
    struct strbuf out = STRBUF_INIT;

    /* The API escapes these three. */
    for (const char *p = mo->name; *p; p++) {
        if (*p == '/' || *p == '\\' || *p == '%')
            strbuf_addf(&out, "%%%02x", (unsigned)*p);
        else
            strbuf_addch(&out, *p);
    }
    vim_put(v, out.buf);
    strbuf_release(&out);
}

static void parent(struct vim_val *v, const struct lab_mo *mo)
{
    vim_put_ref(v, mo->parent);
}

static bool at_or_below(const struct lab_mo *mo, const struct lab_mo *top)
{
    while (mo && mo != top)
        mo = mo->parent;
    return mo != NULL;
}

static void overall_status(struct vim_val *v, const struct lab_mo *mo)
{
    const char *status = "green";

    for (size_t i = 0; i < v->vc->states.n; i++) {
        const struct lab_valarm_state *s = v->vc->states.at[i];

        if (s->on && s->entity == mo && strcmp(status, "red") != 0)
            status = s->status;
    }
    vim_put(v, status);
}

static void config_status(struct vim_val *v, const struct lab_mo *mo)
{
    (void)mo;
    vim_put(v, "green");
}

static void alarm_state(struct vim_val *v, const struct lab_valarm_state *s)
{
    struct strbuf *out = v->out;

    strbuf_addf(out, "<%s><key>%s.%s</key>", v->tag, s->alarm->mo.id, s->entity->id);
    vim_ref(out, "entity", s->entity);
    vim_ref(out, "alarm", &s->alarm->mo);
    vim_element(out, "overallStatus", s->status);
    strbuf_addstr(out, "<time>");
    vim_time(out, s->at);
    strbuf_addf(out, "</time><acknowledged>%s</acknowledged></%s>",
                s->acknowledged ? "true" : "false", v->tag);
}

static void triggered(struct vim_val *v, const struct lab_mo *mo)
{
    v->set = true;
    for (size_t i = 0; i < v->vc->states.n; i++) {
        const struct lab_valarm_state *s = v->vc->states.at[i];

        if (s->on && at_or_below(s->entity, mo))
            alarm_state(v, s);
    }
}

static void put_refs(struct vim_val *v, const struct lab_mo *mo, const char *path)
{
    struct lab_list list = {NULL, 0, 0};

    vim_refs(v->vc, v->session, mo, path, &list);
    for (size_t i = 0; i < list.n; i++)
        vim_ref(v->out, v->tag, list.at[i]);
    free(list.at);
    v->set = true;
}

#define REFS(fn, path)                                         \
    static void fn(struct vim_val *v, const struct lab_mo *mo) \
    {                                                          \
        put_refs(v, mo, path);                                 \
    }
REFS(recent_task, "recentTask")
REFS(child_entity, "childEntity")
REFS(hosts, "host")
REFS(datastores, "datastore")
REFS(networks, "network")
REFS(vms, "vm")

/* ---- folders, data centre ------------------------------------------------------------------- */

#define FOLDER_REF(fn, field)                                  \
    static void fn(struct vim_val *v, const struct lab_mo *mo) \
    {                                                          \
        (void)mo;                                              \
        vim_put_ref(v, v->vc->field);                          \
    }
FOLDER_REF(vm_folder, vm_folder)
FOLDER_REF(host_folder, host_folder)
FOLDER_REF(store_folder, store_folder)
FOLDER_REF(net_folder, net_folder)

/* ---- cluster -------------------------------------------------------------------------------- */

static unsigned effective(const struct lab_vcluster *c)
{
    unsigned n = 0;

    for (size_t i = 0; i < c->hosts.n; i++) {
        const struct lab_vhost *h = c->hosts.at[i];

        n += strcmp(h->connection, "connected") == 0 && !h->maintenance;
    }
    return n;
}

#define CLUSTER_NUMBER(fn, expression)                           \
    static void fn(struct vim_val *v, const struct lab_mo *mo)   \
    {                                                            \
        const struct lab_vcluster *c = OBJECT(lab_vcluster, mo); \
                                                                 \
        vim_put_number(v, (int64_t)(expression));                \
    }
CLUSTER_NUMBER(total_cpu, (int64_t)c->hosts.n * 82800)
CLUSTER_NUMBER(total_memory, (int64_t)c->hosts.n * 549755813888LL)
CLUSTER_NUMBER(cpu_cores, c->hosts.n * 36)
CLUSTER_NUMBER(cpu_threads, c->hosts.n * 72)
CLUSTER_NUMBER(effective_cpu, (int64_t)effective(c) * 80000)
CLUSTER_NUMBER(effective_memory, (int64_t)effective(c) * 500000)
CLUSTER_NUMBER(num_hosts, c->hosts.n)
CLUSTER_NUMBER(num_effective, effective(c))

static void failover_level(struct vim_val *v, const struct lab_mo *mo)
{
    (void)mo;
    vim_put_number(v, 1);
}

static void num_vmotions(struct vim_val *v, const struct lab_mo *mo)
{
    (void)mo;
    vim_put_number(v, (int64_t)v->vc->tasks.n);
}

static void drs_score(struct vim_val *v, const struct lab_mo *mo)
{
    (void)mo;
    vim_put_number(v, 86);
}

static void pool(struct vim_val *v, const struct lab_mo *mo)
{
    vim_put_ref(v, OBJECT(lab_vcluster, mo)->pool);
}

static void yes(struct vim_val *v, const struct lab_mo *mo)
{
    (void)mo;
    vim_put(v, "true");
}

static void automated(struct vim_val *v, const struct lab_mo *mo)
{
    (void)mo;
    vim_put(v, "fullyAutomated");
}

/* What its hosts call the cluster (esxcli vsan cluster get). */
static void vsan_uuid(struct vim_val *v, const struct lab_mo *mo)
{
    struct arena *a = arena_new(0);

    if (OBJECT(lab_vcluster, mo)->vsan)
        vim_put(v, lab_vsan_uuid(a, v->vc, OBJECT(lab_vcluster, mo)));
    arena_free(a);
}

static void vsan_enabled(struct vim_val *v, const struct lab_mo *mo)
{
    vim_put_bool(v, OBJECT(lab_vcluster, mo)->vsan);
}

/* ---- datastore ------------------------------------------------------------------------------ */

static void store_self(struct vim_val *v, const struct lab_mo *mo)
{
    vim_put_ref(v, mo);
}

static void store_url(struct vim_val *v, const struct lab_mo *mo)
{
    vim_put(v, OBJECT(lab_vstore, mo)->url);
}

static void store_capacity(struct vim_val *v, const struct lab_mo *mo)
{
    vim_put_number(v, OBJECT(lab_vstore, mo)->capacity);
}

static void store_free(struct vim_val *v, const struct lab_mo *mo)
{
    vim_put_number(v, OBJECT(lab_vstore, mo)->free);
}

static void store_accessible(struct vim_val *v, const struct lab_mo *mo)
{
    vim_put_bool(v, OBJECT(lab_vstore, mo)->accessible);
}

static void store_kind(struct vim_val *v, const struct lab_mo *mo)
{
    vim_put(v, OBJECT(lab_vstore, mo)->kind);
}

static void store_maintenance(struct vim_val *v, const struct lab_mo *mo)
{
    (void)mo;
    vim_put(v, "normal");
}

static void store_hosts(struct vim_val *v, const struct lab_mo *mo)
{
    const struct lab_vcluster *c = OBJECT(lab_vstore, mo)->cluster;

    for (size_t i = 0; i < c->hosts.n; i++) {
        strbuf_addf(v->out, "<%s>", v->tag);
        vim_ref(v->out, "key", c->hosts.at[i]);
        strbuf_addf(v->out,
                    "<mountInfo><accessMode>readWrite</accessMode><mounted>true</mounted>"
                    "<accessible>true</accessible></mountInfo></%s>",
                    v->tag);
    }
    v->set = true;
}

/* ---- networks ------------------------------------------------------------------------------- */

static void segment_path(struct vim_val *v, const struct lab_mo *mo)
{
    vim_put(v, OBJECT(lab_vnet, mo)->segment->path);
}

static void opaque_type(struct vim_val *v, const struct lab_mo *mo)
{
    (void)mo;
    vim_put(v, "nsx.LogicalSwitch");
}

/* A logical switch of NSX is named by its UUID. */
static void switch_uuid(struct vim_val *v, const struct lab_mo *mo)
{
    vim_put(v, lab_uuid(v->vc->estate, "logical-switch", OBJECT(lab_vnet, mo)->segment->path));
}

static void key(struct vim_val *v, const struct lab_mo *mo)
{
    vim_put(v, mo->id);
}

static void backing(struct vim_val *v, const struct lab_mo *mo)
{
    (void)mo;
    vim_put(v, "nsx");
}

#define REF_ARRAY "ArrayOfManagedObjectReference", "ManagedObjectReference"

const struct vim_leaf vim_entity_leaves[] = {
    {MO_TYPES, "name", "xsd:string", NULL, name, false},
    {MO_TYPES, "parent", NULL, NULL, parent, false},
    {MO_TYPES, "overallStatus", "ManagedEntityStatus", NULL, overall_status, true},
    {MO_TYPES, "configStatus", "ManagedEntityStatus", NULL, config_status, true},
    {MO_TYPES, "triggeredAlarmState", "ArrayOfAlarmState", "AlarmState", triggered, true},
    {MO_TYPES, "recentTask", REF_ARRAY, recent_task, true},
    {MO_TYPES, "configIssue", "ArrayOfEvent", "Event", NULL, false},
    {MO_TYPES, "customValue", "ArrayOfCustomFieldValue", "CustomFieldValue", NULL, false},
    {MO_TYPES, "disabledMethod", "ArrayOfString", "string", NULL, true},
    {MO_TYPES, "tag", "ArrayOfTag", "Tag", NULL, false},
    {MO_FOLDER, "childEntity", REF_ARRAY, child_entity, false},
    {MO_DATACENTER, "vmFolder", NULL, NULL, vm_folder, false},
    {MO_DATACENTER, "hostFolder", NULL, NULL, host_folder, false},
    {MO_DATACENTER, "datastoreFolder", NULL, NULL, store_folder, false},
    {MO_DATACENTER, "networkFolder", NULL, NULL, net_folder, false},
    {MO_DATACENTER, "datastore", REF_ARRAY, datastores, false},
    {MO_DATACENTER, "network", REF_ARRAY, networks, false},
    {MO_CLUSTER, "resourcePool", NULL, NULL, pool, false},
    {MO_CLUSTER, "host", REF_ARRAY, hosts, false},
    {MO_CLUSTER, "datastore", REF_ARRAY, datastores, false},
    {MO_CLUSTER, "network", REF_ARRAY, networks, false},
    {MO_CLUSTER, "summary.totalCpu", "xsd:int", NULL, total_cpu, false},
    {MO_CLUSTER, "summary.totalMemory", "xsd:long", NULL, total_memory, false},
    {MO_CLUSTER, "summary.numCpuCores", "xsd:short", NULL, cpu_cores, false},
    {MO_CLUSTER, "summary.numCpuThreads", "xsd:short", NULL, cpu_threads, false},
    {MO_CLUSTER, "summary.effectiveCpu", "xsd:int", NULL, effective_cpu, false},
    {MO_CLUSTER, "summary.effectiveMemory", "xsd:long", NULL, effective_memory, false},
    {MO_CLUSTER, "summary.numHosts", "xsd:int", NULL, num_hosts, false},
    {MO_CLUSTER, "summary.numEffectiveHosts", "xsd:int", NULL, num_effective, false},
    {MO_CLUSTER, "summary.overallStatus", "ManagedEntityStatus", NULL, overall_status, true},
    {MO_CLUSTER, "summary.currentFailoverLevel", "xsd:int", NULL, failover_level, false},
    {MO_CLUSTER, "summary.numVmotions", "xsd:int", NULL, num_vmotions, false},
    {MO_CLUSTER, "summary.drsScore", "xsd:int", NULL, drs_score, false},
    {MO_CLUSTER, "configuration.dasConfig.enabled", "xsd:boolean", NULL, yes, false},
    {MO_CLUSTER, "configuration.drsConfig.enabled", "xsd:boolean", NULL, yes, false},
    {MO_CLUSTER, "configuration.drsConfig.defaultVmBehavior", "DrsBehavior", NULL, automated,
     false},
    {MO_CLUSTER, "configurationEx.dasConfig.enabled", "xsd:boolean", NULL, yes, false},
    {MO_CLUSTER, "configurationEx.drsConfig.enabled", "xsd:boolean", NULL, yes, false},
    {MO_CLUSTER, "configurationEx.drsConfig.defaultVmBehavior", "DrsBehavior", NULL, automated,
     false},
    {MO_CLUSTER, "configurationEx.vsanConfigInfo.defaultConfig.uuid", "xsd:string", NULL, vsan_uuid,
     false},
    {MO_CLUSTER, "configurationEx.vsanConfigInfo.enabled", "xsd:boolean", NULL, vsan_enabled,
     false},
    {MO_CLUSTER, "drsFault", "ArrayOfClusterDrsFaults", "ClusterDrsFaults", NULL, true},
    {MO_POOL, "owner", NULL, NULL, parent, false},
    {MO_POOL, "resourcePool", REF_ARRAY, NULL, false},
    {MO_DATASTORE, "host", "ArrayOfDatastoreHostMount", "DatastoreHostMount", store_hosts, false},
    {MO_DATASTORE, "vm", REF_ARRAY, vms, false},
    {MO_DATASTORE, "summary.datastore", NULL, NULL, store_self, false},
    {MO_DATASTORE, "summary.name", "xsd:string", NULL, name, false},
    {MO_DATASTORE, "summary.url", "xsd:string", NULL, store_url, false},
    {MO_DATASTORE, "summary.capacity", "xsd:long", NULL, store_capacity, false},
    {MO_DATASTORE, "summary.freeSpace", "xsd:long", NULL, store_free, false},
    {MO_DATASTORE, "summary.uncommitted", "xsd:long", NULL, NULL, false},
    {MO_DATASTORE, "summary.accessible", "xsd:boolean", NULL, store_accessible, false},
    {MO_DATASTORE, "summary.multipleHostAccess", "xsd:boolean", NULL, yes, false},
    {MO_DATASTORE, "summary.type", "xsd:string", NULL, store_kind, false},
    {MO_DATASTORE, "summary.maintenanceMode", "xsd:string", NULL, store_maintenance, false},
    {MO_OPAQUE, "vm", REF_ARRAY, vms, false},
    {MO_OPAQUE, "host", REF_ARRAY, NULL, false},
    {MO_OPAQUE, "summary.name", "xsd:string", NULL, name, false},
    {MO_OPAQUE, "summary.accessible", "xsd:boolean", NULL, yes, false},
    {MO_OPAQUE, "summary.opaqueNetworkId", "xsd:string", NULL, switch_uuid, false},
    {MO_OPAQUE, "summary.opaqueNetworkType", "xsd:string", NULL, opaque_type, false},
    {MO_PORTGROUP, "key", "xsd:string", NULL, key, false},
    {MO_PORTGROUP, "vm", REF_ARRAY, vms, false},
    {MO_PORTGROUP, "host", REF_ARRAY, NULL, false},
    {MO_PORTGROUP, "summary.name", "xsd:string", NULL, name, false},
    {MO_PORTGROUP, "summary.accessible", "xsd:boolean", NULL, yes, false},
    {MO_PORTGROUP, "config.key", "xsd:string", NULL, key, false},
    {MO_PORTGROUP, "config.name", "xsd:string", NULL, name, false},
    {MO_PORTGROUP, "config.backingType", "xsd:string", NULL, backing, false},
    {MO_PORTGROUP, "config.logicalSwitchUuid", "xsd:string", NULL, switch_uuid, false},
    {MO_PORTGROUP, "config.segmentId", "xsd:string", NULL, segment_path, false},
    {0, NULL, NULL, NULL, NULL, false},
};
