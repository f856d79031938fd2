/* vsan: /vsanHealth of a vCenter: the same session as /sdk, urn:vsan around children that are
 * partly of urn:vim25, as the vendor's serialiser writes them. */
#include "tests/lab/vsan.h"

#include "core/mem.h"
#include "tests/lab/lab.h"

#include <string.h>

#define VIM " xmlns=\"urn:vim25\""

const char *lab_vsan_uuid(struct arena *a, const struct lab_vc *vc, const struct lab_vcluster *c)
{
    return lab_uuid_in(a, vc->estate, "vsan-cluster", arena_printf(a, "%s/%s", vc->site, c->mo.id));
}

static const struct lab_vstore *store_of(const struct lab_vc *vc, const struct lab_vcluster *c)
{
    for (size_t i = 0; i < vc->stores.n; i++) {
        const struct lab_vstore *s = vc->stores.at[i];

        if (s->cluster == c && strcmp(s->kind, "vsan") == 0)
            return s;
    }
    return NULL;
}

static struct lab_vcluster *cluster_of(struct vim_call *c)
{
    const char *id = vim_text(c->a, c->method, "cluster");
    struct lab_mo *mo = id ? vim_object(c, id) : NULL;

    if (mo && mo->type == MO_CLUSTER)
        return (struct lab_vcluster *)(void *)mo;
    if (!c->fault)
        vim_fault(c, "InvalidArgument", "A specified parameter was not correct: cluster",
                  "<invalidProperty>cluster</invalidProperty>");
    return NULL;
}

static int used_percent(const struct lab_vstore *s)
{
    return (int)((s->capacity - s->free) / (s->capacity / 100));
}

/* ---- space ---------------------------------------------------------------------------------- */

static void object_type(struct strbuf *out, const char *type, int64_t used)
{
    strbuf_addf(out,
                "<spaceUsageByObjectType><objType>%s</objType><primaryCapacityB>%lld"
                "</primaryCapacityB><provisionCapacityB>%lld</provisionCapacityB>"
                "<physicalUsedB>%lld</physicalUsedB><usedB>%lld</usedB>"
                "</spaceUsageByObjectType>",
                type, (long long)used / 2, (long long)used * 3 / 2, (long long)used,
                (long long)used);
}

static void call_space(struct vim_call *c)
{
    const struct lab_vcluster *cl = cluster_of(c);
    const struct lab_vstore *s = cl ? store_of(c->vc, cl) : NULL;
    long long used, overhead;

    if (!s)
        return;
    used = (long long)(s->capacity - s->free);
    overhead = used / 20;
    strbuf_addf(c->out,
                "<returnval><totalCapacityB" VIM ">%lld</totalCapacityB><freeCapacityB" VIM
                ">%lld</freeCapacityB><spaceOverview" VIM "><overheadB>%lld</overheadB>"
                "<primaryCapacityB>%lld</primaryCapacityB><provisionCapacityB>%lld"
                "</provisionCapacityB><reservedCapacityB>1073741824</reservedCapacityB>"
                "<overReservedB>0</overReservedB><physicalUsedB>%lld</physicalUsedB>"
                "<usedB>%lld</usedB></spaceOverview><spaceDetail" VIM ">",
                (long long)s->capacity, (long long)s->free, overhead, used / 2, used * 3 / 2, used,
                used);
    object_type(c->out, "vdisk", used - overhead - used / 50);
    object_type(c->out, "vmswap", used / 50);
    object_type(c->out, "fileSystemOverhead", overhead);
    strbuf_addf(c->out,
                "</spaceDetail><efficientCapacity><logicalCapacity" VIM ">%lld</logicalCapacity>"
                "<logicalCapacityUsed" VIM ">%lld</logicalCapacityUsed><physicalCapacity" VIM
                ">%lld</physicalCapacity><physicalCapacityUsed" VIM ">%lld</physicalCapacityUsed>"
                "<dedupMetadataSize>0</dedupMetadataSize></efficientCapacity>"
                "<uncommittedB>%lld</uncommittedB><capacityHealthThreshold><yellowValue>70"
                "</yellowValue><redValue>90</redValue></capacityHealthThreshold></returnval>",
                (long long)s->capacity * 3 / 2, used * 3 / 2, (long long)s->capacity, used,
                used / 10);
}

/* ---- health --------------------------------------------------------------------------------- */

static int rank(const char *health)
{
    return *health == 'r' ? 2 : *health == 'y' ? 1 : 0;
}

static const char *worst(const char *a, const char *b)
{
    return rank(a) >= rank(b) ? a : b;
}

static const char *space_health(const struct lab_vc *vc, const struct lab_vcluster *cl)
{
    const struct lab_vstore *s = store_of(vc, cl);
    int used = s ? used_percent(s) : 0;

    return used >= 90 ? "red" : used >= 70 ? "yellow" : "green";
}

static void group(struct strbuf *out, const char *id, const char *name, const char *health,
                  const char *test, const char *test_name, unsigned all)
{
    unsigned good = rank(health) == 0 ? all : all - 1;

    strbuf_addf(out,
                "<groups" VIM "><groupId>com.vmware.vsan.health.test.%s</groupId><groupName>%s"
                "</groupName><groupHealth>%s</groupHealth><groupTests><testId>"
                "com.vmware.vsan.health.test.%s</testId><testName>%s</testName>"
                "<testHealthyEntities xmlns=\"urn:vsan\">%u</testHealthyEntities>"
                "<testAllEntities xmlns=\"urn:vsan\">%u</testAllEntities><testHealth>%s"
                "</testHealth></groupTests></groups>",
                id, name, health, test, test_name, good, all, health);
}

static void tracked_hosts(struct strbuf *out, const struct lab_vcluster *cl)
{
    for (size_t i = 0; i < cl->hosts.n; i++) {
        const struct lab_vhost *h = cl->hosts.at[i];

        strbuf_addf(out,
                    "<trackedHostsStatus><hostname>%s</hostname><status>%s</status>"
                    "</trackedHostsStatus>",
                    h->mo.name, h->host->up ? "green" : "red");
    }
}

static const char *network_health(const struct lab_vcluster *cl)
{
    for (size_t i = 0; i < cl->hosts.n; i++)
        if (!((struct lab_vhost *)cl->hosts.at[i])->host->up)
            return "red";
    return "green";
}

static void call_health(struct vim_call *c)
{
    const struct lab_vcluster *cl = cluster_of(c);
    const char *data, *space, *network, *overall;

    if (!cl)
        return;
    data = cl->data_health ? cl->data_health : cl->resync_bytes ? "yellow" : "green";
    space = space_health(c->vc, cl);
    network = network_health(cl);
    overall = worst(worst(data, space), network);
    strbuf_addf(c->out,
                "<returnval><clusterStatus" VIM "><status>%s</status><goalState>installed"
                "</goalState>",
                network);
    tracked_hosts(c->out, cl);
    strbuf_addstr(c->out, "</clusterStatus><timestamp" VIM ">");
    vim_time(c->out, lab_wall_ms() / 1000 * 1000);
    strbuf_addstr(c->out, "</timestamp>");
    group(c->out, "network", "Network", network, "hostconnectivity", "All hosts can be reached",
          (unsigned)cl->hosts.n);
    group(c->out, "data", "Data", data, "objecthealth", "vSAN object health",
          3 * (unsigned)c->vc->vms.n);
    group(c->out, "limithealth", "Capacity utilization", space, "diskspace", "Storage space",
          (unsigned)cl->hosts.n * 8);
    strbuf_addf(c->out,
                "<overallHealth" VIM ">%s</overallHealth><overallHealthDescription" VIM
                ">%s</overallHealthDescription><healthScore>%d</healthScore></returnval>",
                overall, rank(overall) == 0 ? "" : "1 warning", 100 - 20 * rank(overall));
}

/* ---- objects, resynchronisation, configuration ---------------------------------------------- */

static void call_syncing(struct vim_call *c)
{
    const struct lab_vcluster *cl = cluster_of(c);
    const char *uuid;

    if (!cl)
        return;
    strbuf_addf(c->out,
                "<returnval><totalObjectsToSync>%d</totalObjectsToSync><totalBytesToSync>%lld"
                "</totalBytesToSync><totalRecoveryETA>%lld</totalRecoveryETA>",
                cl->resync_bytes ? 1 : 0, (long long)cl->resync_bytes, (long long)cl->resync_eta_s);
    if (cl->resync_bytes) {
        uuid = lab_uuid_in(c->a, c->lab->estate, "vsan-object", cl->mo.id);
        strbuf_addf(c->out,
                    "<objects><uuid>%s</uuid><components><uuid>%s</uuid><diskUuid>%s</diskUuid>"
                    "<hostUuid>%s</hostUuid><bytesToSync>%lld</bytesToSync><recoveryETA>%lld"
                    "</recoveryETA><reasons>repair</reasons></components></objects>",
                    uuid, uuid, uuid, uuid, (long long)cl->resync_bytes,
                    (long long)cl->resync_eta_s);
    }
    strbuf_addstr(c->out, "</returnval>");
}

static void call_identities(struct vim_call *c)
{
    const struct lab_vcluster *cl = cluster_of(c);
    unsigned objects = 3 * (unsigned)c->vc->vms.n, bad;

    if (!cl)
        return;
    bad = cl->resync_bytes ? 1 : 0;
    strbuf_addf(c->out,
                "<returnval><health" VIM "><objectHealthDetail><numObjects>%u</numObjects>"
                "<health>healthy</health></objectHealthDetail>",
                objects - bad);
    if (bad)
        strbuf_addstr(c->out, "<objectHealthDetail><numObjects>1</numObjects><health>"
                              "reducedavailabilitywithactiverebuild</health>"
                              "</objectHealthDetail>");
    strbuf_addstr(c->out, "<objectVersionCompliance>true</objectVersionCompliance></health>"
                          "</returnval>");
}

static void call_config(struct vim_call *c)
{
    const struct lab_vcluster *cl = cluster_of(c);

    if (!cl)
        return;
    strbuf_addf(c->out,
                "<returnval><enabled" VIM ">%s</enabled><defaultConfig" VIM "><uuid>%s</uuid>"
                "<autoClaimStorage>false</autoClaimStorage></defaultConfig>"
                "<dataEfficiencyConfig><dedupEnabled>true</dedupEnabled><compressionEnabled>true"
                "</compressionEnabled></dataEfficiencyConfig><dataEncryptionConfig>"
                "<encryptionEnabled>%s</encryptionEnabled>",
                cl->vsan ? "true" : "false",
                lab_uuid_in(c->a, c->lab->estate, "vsan-cluster", cl->mo.id),
                cl->encrypted ? "true" : "false");
    if (cl->encrypted)
        strbuf_addstr(c->out, "<kmsProviderId><id>kms-tokyo</id></kmsProviderId>"
                              "<changing>false</changing>");
    strbuf_addstr(c->out, "</dataEncryptionConfig></returnval>");
}

static const struct vim_named calls[] = {
    {"VsanQuerySpaceUsage", call_space},
    {"VsanQueryVcClusterHealthSummary", call_health},
    {"QuerySyncingVsanObjectsSummary", call_syncing},
    {"VsanQueryObjectIdentities", call_identities},
    {"VsanClusterGetConfig", call_config},
};

bool lab_vsan_run(struct vim_call *c)
{
    return vim_run_named(c, calls, ARRAY_SIZE(calls));
}
