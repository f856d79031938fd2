/*
 * vsan: one row per cluster that has vSAN. vCenter answers for it at /vsanHealth, in the session of
 * the SDK: space (what the row is about), health from its cache (asking for more would make every
 * host test itself), what is still to be synchronised, and whether data is encrypted. All but the
 * first are enrichments.
 *
 * The clusters themselves come from the SDK, over a view that is kept for as long as the session.
 * Space by storage policy is not told by any of these calls: it is summed over the VMs (model).
 *
 * Blocks have no identity: the same figures at another time are a sample of their own.
 */
#include "collectors/vsan/vsan.h"

#include <stdlib.h>
#include <string.h>

#include "collectors/vcenter/facts.h"
#include "collectors/vcenter/fault.h"
#include "collectors/vcenter/vcenter.h"
#include "collectors/vsan/answers.h"
#include "core/arena.h"
#include "core/mem.h"
#include "core/soap.h"
#include "core/strbuf.h"

#define VSAN_PATH     "/vsanHealth"
#define VSAN_NS       "urn:vsan"
#define VERSIONS_PATH "/sdk/vsanServiceVersions.xml"
/* What a server is asked for that does not say which versions it has; later ones know it. */
#define VERSION_FALLBACK "6.7.1"
#define BODY_MAX         (8u << 20)

enum stage {
    STAGE_VERSIONS,
    STAGE_VIEW,
    STAGE_CLUSTERS,
    STAGE_SPACE,
    STAGE_HEALTH,
    STAGE_RESYNC,
    STAGE_CONFIG,
};

/* Kept across runs, for one session. */
struct memory {
    unsigned login;
    char *action; /* SOAPAction; NULL: not asked yet */
    char *view;   /* NULL: to be made */
};

struct reading {
    enum stage stage;
    struct vsan_clusters clusters;
    size_t at;
    unsigned pages;
    size_t failed;    /* clusters without space */
    struct err first; /* why the first of them */
    bool view_is_new, notes[STAGE_CONFIG + 1];
};

static void forget(struct memory *m)
{
    free(m->action);
    free(m->view);
    m->action = m->view = NULL;
}

static void release(void *state)
{
    forget(state);
}

/* ---- requests -----------------------------------------------------------------------------------
 */

static enum step send_sdk(struct run *run, const char *label, struct strbuf *body)
{
    enum step step = vcenter_call(run, label, body);

    run->request.max_body = BODY_MAX;
    strbuf_release(body);
    return step;
}

static enum step ask_versions(struct run *run, struct reading *r)
{
    r->stage = STAGE_VERSIONS;
    return run_get(run, SERVICE_MAIN, "vSAN versions", VERSIONS_PATH);
}

static enum step ask_view(struct run *run, struct reading *r)
{
    struct strbuf body = STRBUF_INIT;

    r->stage = STAGE_VIEW;
    r->view_is_new = true;
    vcenter_add_view_call(&body, vcenter_facts(run), "ClusterComputeResource");
    return send_sdk(run, "view of clusters", &body);
}

static enum step ask_clusters(struct run *run, struct reading *r)
{
    const struct memory *m = run->state;
    struct strbuf body = STRBUF_INIT;

    r->stage = STAGE_CLUSTERS;
    soap_begin(&body, "RetrievePropertiesEx", VCENTER_VIM);
    soap_ref(&body, "_this", "PropertyCollector", vcenter_facts(run)->property_collector);
    strbuf_addstr(&body, "<specSet><propSet><type>ClusterComputeResource</type>"
                         "<pathSet>name</pathSet><pathSet>configurationEx</pathSet></propSet>");
    vcenter_add_objects(&body, "ContainerView", m->view, "view");
    strbuf_addstr(&body, "</specSet><options/>");
    soap_end(&body, "RetrievePropertiesEx");
    return send_sdk(run, "clusters", &body);
}

static enum step ask_more_clusters(struct run *run, const struct reading *r)
{
    struct strbuf body = STRBUF_INIT;

    vcenter_add_more_call(&body, vcenter_facts(run), r->clusters.token);
    return send_sdk(run, "clusters", &body);
}

static const struct {
    const char *method, *type, *id, *rest, *label;
} calls[] = {
    [STAGE_SPACE] = {"VsanQuerySpaceUsage", "VsanSpaceReportSystem",
                     "vsan-cluster-space-report-system", "", "vSAN space"},
    [STAGE_HEALTH] = {"VsanQueryVcClusterHealthSummary", "VsanVcClusterHealthSystem",
                      "vsan-cluster-health-system",
                      "<fields>overallHealth</fields><fields>groups</fields>"
                      "<fetchFromCache>true</fetchFromCache>",
                      "vSAN health"},
    [STAGE_RESYNC] = {"QuerySyncingVsanObjectsSummary", "VsanObjectSystem",
                      "vsan-cluster-object-system", "", "vSAN resynchronisation"},
    [STAGE_CONFIG] = {"VsanClusterGetConfig", "VsanVcClusterConfigSystem",
                      "vsan-cluster-config-system", "", "vSAN configuration"},
};

static enum step ask_vsan(struct run *run, struct reading *r, enum stage stage)
{
    const struct memory *m = run->state;
    struct strbuf body = STRBUF_INIT;
    enum step step;

    r->stage = stage;
    soap_begin(&body, calls[stage].method, VSAN_NS);
    soap_ref(&body, "_this", calls[stage].type, calls[stage].id);
    soap_ref(&body, "cluster", "ClusterComputeResource", r->clusters.at[r->at].id);
    strbuf_addstr(&body, calls[stage].rest);
    soap_end(&body, calls[stage].method);
    step = send_sdk(run, calls[stage].label, &body);
    run->request.path = VSAN_PATH;
    run->request.action = arena_strdup(run->arena, m->action);
    return step;
}

/* ---- clusters -----------------------------------------------------------------------------------
 */

static enum step finish(struct run *run, const struct reading *r)
{
    size_t asked = 0;

    for (size_t i = 0; i < r->clusters.n; i++)
        asked += r->clusters.at[i].enabled;
    if (!r->failed)
        return STEP_DONE;
    if (r->failed == asked)
        return run_fail(run, &r->first);
    run->freshness = FRESH_PARTIAL;
    run->err = r->first;
    err_prefix(&run->err, "%zu of %zu clusters are missing", r->failed, asked);
    return STEP_DONE;
}

static enum step next_cluster(struct run *run, struct reading *r)
{
    while (r->at < r->clusters.n && !r->clusters.at[r->at].enabled)
        r->at++;
    return r->at < r->clusters.n ? ask_vsan(run, r, STAGE_SPACE) : finish(run, r);
}

static enum step begin_clusters(struct run *run, struct reading *r)
{
    const struct memory *m = run->state;

    return m->view ? ask_clusters(run, r) : ask_view(run, r);
}

static enum step take_versions(struct run *run, const struct reply *reply, struct reading *r)
{
    struct memory *m = run->state;
    const char *version = reply->err ? NULL : vsan_read_version(run->arena, reply);

    m->action = mem_printf(VSAN_NS "/%s", version ? version : VERSION_FALLBACK);
    return begin_clusters(run, r);
}

static enum step take_view(struct run *run, const struct reply *reply, struct reading *r)
{
    struct memory *m = run->state;
    const char *view = vcenter_returnval(run->arena, reply);

    if (!view)
        return run_fail_proto(run, "reply to CreateContainerView: it names no view");
    free(m->view);
    m->view = mem_strdup(view);
    return ask_clusters(run, r);
}

static enum step take_clusters(struct run *run, const struct reply *reply, struct reading *r)
{
    if (vsan_read_clusters(run->arena, reply, &r->clusters, &run->err) < 0) {
        err_prefix(&run->err, "reply about the clusters");
        return STEP_FAIL;
    }
    if (r->clusters.expired)
        return STEP_EXPIRED;
    if (r->clusters.lost) {
        err_set(&run->err, ERR_LIMIT, 0, "more than %d clusters", VSAN_CLUSTERS_MAX);
        return STEP_FAIL;
    }
    if (r->clusters.token && ++r->pages >= COLLECTOR_PAGES_MAX) {
        err_set(&run->err, ERR_LIMIT, 0, "more than %d pages of clusters", COLLECTOR_PAGES_MAX);
        return STEP_FAIL;
    }
    if (r->clusters.token)
        return ask_more_clusters(run, r);
    builder_block(run_table(run, &table_vsan), 0);
    return next_cluster(run, r);
}

/* ---- a cluster ----------------------------------------------------------------------------------
 */

static void set(struct table_builder *b, unsigned col, int64_t value)
{
    if (value >= 0)
        builder_int(b, col, value);
}

static void set_space(struct run *run, struct table_builder *b, const struct vsan_space *s)
{
    int64_t used = s->capacity - s->free;

    builder_int(b, VSAN_CAPACITY_BYTES, s->capacity);
    builder_int(b, VSAN_FREE_BYTES, s->free);
    builder_int(b, VSAN_USED_BYTES, used);
    if (s->capacity > 0)
        builder_real(b, VSAN_USED_PERCENT, 100.0 * (double)used / (double)s->capacity);
    if (s->physical_used > 0 && s->logical_used >= 0)
        builder_real(b, VSAN_DEDUP_RATIO, (double)s->logical_used / (double)s->physical_used);
    /* That the threshold is a used percent is what its values look like; it is not documented. */
    if (s->yellow_percent > 0 && s->yellow_percent <= 100) {
        double slack = (double)s->capacity / 100.0 * (double)s->yellow_percent - (double)used;
        builder_int(b, VSAN_SLACK_BYTES, slack > 0 ? (int64_t)slack : 0);
    }
    for (size_t i = 0; i < s->ntypes; i++)
        builder_list_add(
            b, VSAN_USED_BY_TYPE,
            arena_printf(run->arena, "%s=%lld", s->types[i].type, (long long)s->types[i].used));
}

static enum step take_space(struct run *run, const struct reply *reply, struct reading *r)
{
    const struct vsan_cluster *c = &r->clusters.at[r->at];
    struct vsan_space *s = arena_alloc(run->arena, sizeof(*s));
    struct table_builder *b = run_table(run, &table_vsan);
    struct err err = {.kind = ERR_NONE};

    if (reply->err)
        err = *reply->err;
    else if (vsan_read_space(run->arena, reply, s, &err) < 0)
        err_prefix(&err, "reply about the vSAN space");
    if (err.kind != ERR_NONE) {
        if (reply->err && reply_not_offered(reply))
            err.kind = ERR_UNSUPPORTED;
        if (!r->failed++)
            r->first = err;
        r->at++;
        return next_cluster(run, r);
    }
    builder_row(b);
    builder_str(b, VSAN_CLUSTER_ID, c->id);
    builder_str(b, VSAN_CLUSTER, c->name);
    builder_str(b, VSAN_VSAN_UUID, c->uuid);
    set_space(run, b, s);
    return ask_vsan(run, r, STAGE_HEALTH);
}

static int take_health(struct run *run, const struct reply *reply, struct err *err)
{
    struct vsan_health *h = arena_alloc(run->arena, sizeof(*h));
    struct table_builder *b = run_table(run, &table_vsan);

    if (vsan_read_health(run->arena, reply, h, err) < 0)
        return -1;
    if (h->overall)
        builder_state(b, VSAN_HEALTH, h->overall);
    if (h->kms)
        builder_state(b, VSAN_KMS, h->kms);
    builder_list_empty(b, VSAN_HEALTH_GROUPS);
    builder_list_empty(b, VSAN_HEALTH_TESTS);
    for (size_t i = 0; i < h->ngroups; i++)
        builder_list_add(b, VSAN_HEALTH_GROUPS, h->groups[i]);
    for (size_t i = 0; i < h->ntests; i++)
        builder_list_add(b, VSAN_HEALTH_TESTS, h->tests[i]);
    return 0;
}

static int take_resync(struct run *run, const struct reply *reply, struct err *err)
{
    struct table_builder *b = run_table(run, &table_vsan);
    struct vsan_resync s;

    if (vsan_read_resync(reply, &s, err) < 0)
        return -1;
    set(b, VSAN_RESYNC_BYTES, s.bytes);
    if (s.bytes > 0 && s.eta_s >= 0 && s.eta_s < INT64_MAX / 1000)
        builder_int(b, VSAN_RESYNC_ETA_S, s.eta_s * 1000);
    return 0;
}

static int take_config(struct run *run, const struct reply *reply, struct err *err)
{
    int encrypted;

    if (vsan_read_config(reply, &encrypted, err) < 0)
        return -1;
    if (encrypted >= 0)
        builder_state(run_table(run, &table_vsan), VSAN_ENCRYPTION, encrypted ? "on" : "off");
    return 0;
}

/* An enrichment: what it lacks is said once, and the row goes on without it. */
static enum step take_more(struct run *run, const struct reply *reply, struct reading *r,
                           int (*take)(struct run *, const struct reply *, struct err *))
{
    struct err err = {.kind = ERR_NONE};

    if (reply->err)
        err = *reply->err;
    else if (take(run, reply, &err) < 0)
        err_prefix(&err, "reply about the %s", calls[r->stage].label);
    if (err.kind != ERR_NONE && !r->notes[r->stage]) {
        r->notes[r->stage] = true;
        builder_note(run_table(run, &table_vsan), "%s", err.msg);
    }
    if (r->stage < STAGE_CONFIG)
        return ask_vsan(run, r, r->stage + 1);
    r->at++;
    return next_cluster(run, r);
}

/* ---- the run ------------------------------------------------------------------------------------
 */

static enum step begin(struct run *run)
{
    const struct vsphere_facts *f = vcenter_facts(run);
    struct memory *m = run->state;
    struct reading *r = run->scratch = arena_alloc(run->arena, sizeof(*r));

    if (!f || !f->view_manager || !f->root_folder || !f->property_collector)
        return run_fail_proto(run, "the vCenter names no view manager");
    if (f->is_host) {
        err_set(&run->err, ERR_UNSUPPORTED, 0, "an ESXi host alone does not answer for vSAN");
        return STEP_FAIL;
    }
    if (m->login != f->login)
        forget(m);
    m->login = f->login;
    r->clusters.at = arena_alloc(run->arena, VSAN_CLUSTERS_MAX * sizeof(*r->clusters.at));
    return m->action ? begin_clusters(run, r) : ask_versions(run, r);
}

/* The view may have gone with its session; once it is made anew. */
static enum step no_clusters(struct run *run, const struct reply *reply, struct reading *r)
{
    struct memory *m = run->state;
    struct vcenter_fault f;

    vcenter_fault_read(reply, &f);
    free(m->view);
    m->view = NULL;
    if (f.class == VCENTER_FAULT_GONE && !r->view_is_new)
        return ask_view(run, r);
    return run_fail(run, reply->err);
}

static enum step vsan_step(struct run *run, const struct reply *reply)
{
    struct reading *r = run->scratch;

    if (!reply)
        return begin(run);
    switch (r->stage) {
    case STAGE_VERSIONS:
        return take_versions(run, reply, r);
    case STAGE_VIEW:
        return reply->err ? run_fail(run, reply->err) : take_view(run, reply, r);
    case STAGE_CLUSTERS:
        return reply->err ? no_clusters(run, reply, r) : take_clusters(run, reply, r);
    case STAGE_SPACE:
        return take_space(run, reply, r);
    case STAGE_HEALTH:
        return take_more(run, reply, r, take_health);
    case STAGE_RESYNC:
        return take_more(run, reply, r, take_resync);
    case STAGE_CONFIG:
        return take_more(run, reply, r, take_config);
    }
    return STEP_FAIL;
}

static const struct schema *const tables[] = {&table_vsan, NULL};

const struct collector collector_vsan = {
    .name = "vsan",
    .kinds = KIND_VCENTER,
    .tables = tables,
    .interval_ms = 5 * 60 * 1000,
    .timeout_ms = 120 * 1000,
    .state_size = sizeof(struct memory),
    .state_release = release,
    .step = vsan_step,
};
