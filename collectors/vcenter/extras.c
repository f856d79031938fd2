#include "collectors/vcenter/extras.h"

#include <stdlib.h>
#include <string.h>

#include "collectors/vcenter/facts.h"
#include "collectors/vcenter/objects.h"
#include "collectors/vcenter/policies.h"
#include "collectors/vcenter/vcenter.h"
#include "core/arena.h"
#include "core/fmt.h"
#include "core/map.h"
#include "core/mem.h"
#include "core/soap.h"
#include "core/strbuf.h"

#define PBM         "urn:pbm"
#define PBM_ACTION  "urn:pbm/2.0" /* of vSphere 6.0 and later */
#define PBM_PATH    "/pbm/sdk"
#define PBM_OLD     "/pbm"
#define POLICIES_MS (10 * 60000)
#define BACK_MS     (30LL * 24 * 60 * 60 * 1000) /* vCenter keeps events as long by default */
#define TIMEOUT_MS  20000                        /* the inventory waits for it */
#define BODY_MAX    (16u << 20)
#define VMS_AT_ONCE 500
#define EVENTS_MOST 1000 /* what vCenter answers at most */

static void forget_ids(struct vcenter_extras *e)
{
    for (size_t i = 0; i < e->nids; i++)
        free(e->ids[i]);
    free(e->ids);
    e->ids = NULL;
    e->nids = 0;
}

void vcenter_extras_reset(struct vcenter_extras *e)
{
    forget_ids(e);
    map_free(e->names, free);
    free(e->manager);
    *e = (struct vcenter_extras){.policies_err = e->policies_err, .restarts_err = e->restarts_err};
}

void vcenter_extras_release(struct vcenter_extras *e)
{
    vcenter_extras_reset(e);
}

static bool policies_due(const struct vcenter_extras *e, int64_t now)
{
    return !e->policies_at || now - e->policies_at >= POLICIES_MS || now < e->policies_at;
}

static enum extra first_of_policies(struct vcenter_extras *e, const struct run *run)
{
    if (!policies_due(e, run->now))
        return EXTRA_NONE;
    e->policies_at = run->now;
    return e->manager ? EXTRA_IDS : EXTRA_SERVICE;
}

void vcenter_extras_begin(struct vcenter_extras *e, const struct run *run)
{
    const struct vsphere_facts *f = run->facts->vsphere;

    if (f->is_host || e->next != EXTRA_NONE)
        return;
    e->vm = 0;
    if (policies_due(e, run->now))
        e->restarts_from = 0; /* all of it: VMs may have come back into view */
    e->next = f->event_manager ? EXTRA_RESTARTS : first_of_policies(e, run);
}

bool vcenter_extras_wanted(const struct vcenter_extras *e)
{
    return e->next != EXTRA_NONE;
}

/* ---- requests ----------------------------------------------------------------------------------
 */

static enum step send(struct vcenter_extras *e, struct run *run, const char *label,
                      const char *method, struct strbuf *body)
{
    soap_end(body, method);
    (void)vcenter_call(run, label, body);
    strbuf_release(body);
    e->asked = e->next;
    run->request.timeout_ms = TIMEOUT_MS;
    run->request.max_body = BODY_MAX;
    if (e->asked == EXTRA_RESTARTS)
        return STEP_SEND;
    run->request.service = SERVICE_POLICY;
    run->request.path = e->old_path ? PBM_OLD : PBM_PATH;
    run->request.action = PBM_ACTION;
    return STEP_SEND;
}

static enum step send_restarts(struct vcenter_extras *e, struct run *run)
{
    struct strbuf body = STRBUF_INIT;

    soap_begin(&body, "QueryEvents", VCENTER_VIM);
    soap_ref(&body, "_this", "EventManager", run->facts->vsphere->event_manager);
    strbuf_addstr(&body, "<filter><time><beginTime>");
    fmt_time_iso(&body, e->restarts_from ? e->restarts_from : run->now - BACK_MS);
    strbuf_addstr(&body, "</beginTime></time>");
    soap_leaf(&body, "eventTypeId", RESTARTED_BY_HA);
    soap_leaf(&body, "eventTypeId", RESTARTED_OLD);
    strbuf_addf(&body, "<maxCount>%d</maxCount></filter>", EVENTS_MOST);
    return send(e, run, "restarts by vSphere HA", "QueryEvents", &body);
}

static void begin_profiles(struct strbuf *body, const struct vcenter_extras *e, const char *method)
{
    soap_begin(body, method, PBM);
    soap_ref(body, "_this", "PbmProfileProfileManager", e->manager);
}

static enum step send_service(struct vcenter_extras *e, struct run *run)
{
    struct strbuf body = STRBUF_INIT;

    soap_begin(&body, "PbmRetrieveServiceContent", PBM);
    soap_ref(&body, "_this", "PbmServiceInstance", "ServiceInstance");
    return send(e, run, "storage policies", "PbmRetrieveServiceContent", &body);
}

static enum step send_ids(struct vcenter_extras *e, struct run *run)
{
    struct strbuf body = STRBUF_INIT;

    begin_profiles(&body, e, "PbmQueryProfile");
    strbuf_addstr(&body, "<resourceType><resourceType>STORAGE</resourceType></resourceType>"
                         "<profileCategory>REQUIREMENT</profileCategory>");
    return send(e, run, "storage policies", "PbmQueryProfile", &body);
}

static enum step send_names(struct vcenter_extras *e, struct run *run)
{
    struct strbuf body = STRBUF_INIT;

    begin_profiles(&body, e, "PbmRetrieveContent");
    for (size_t i = 0; i < e->nids; i++) {
        strbuf_addstr(&body, "<profileIds>");
        soap_leaf(&body, "uniqueId", e->ids[i]);
        strbuf_addstr(&body, "</profileIds>");
    }
    return send(e, run, "names of storage policies", "PbmRetrieveContent", &body);
}

static enum step send_profiles(struct vcenter_extras *e, struct run *run,
                               const struct objects *objects)
{
    const struct object_list *vms = &objects->lists[OBJECT_VM];
    struct strbuf body = STRBUF_INIT;

    begin_profiles(&body, e, "PbmQueryAssociatedProfiles");
    for (size_t n = 0; e->vm < vms->n && n < VMS_AT_ONCE; e->vm++) {
        if (!vms->items[e->vm])
            continue;
        strbuf_addstr(&body, "<entities>");
        soap_leaf(&body, "objectType", "virtualMachine");
        soap_leaf(&body, "key", vms->items[e->vm]->id);
        strbuf_addstr(&body, "</entities>");
        n++;
    }
    return send(e, run, "storage policies of VMs", "PbmQueryAssociatedProfiles", &body);
}

enum step vcenter_extras_send(struct vcenter_extras *e, struct run *run,
                              const struct objects *objects)
{
    switch (e->next) {
    case EXTRA_SERVICE:
        return send_service(e, run);
    case EXTRA_IDS:
        return send_ids(e, run);
    case EXTRA_NAMES:
        return send_names(e, run);
    case EXTRA_PROFILES:
        return send_profiles(e, run, objects);
    default:
        return send_restarts(e, run);
    }
}

/* ---- replies -----------------------------------------------------------------------------------
 */

static bool has_vm_from(const struct objects *objects, size_t from)
{
    const struct object_list *vms = &objects->lists[OBJECT_VM];

    while (from < vms->n && !vms->items[from])
        from++;
    return from < vms->n;
}

static int take_ids(struct vcenter_extras *e, struct run *run, const struct reply *reply,
                    struct err *err)
{
    struct policy_ids ids;

    if (policies_read_ids(run->arena, reply, &ids, err) < 0)
        return -1;
    if (ids.lost)
        return err_set(err, ERR_LIMIT, 0, "more than %d of them", POLICIES_MAX);
    forget_ids(e);
    e->ids = mem_alloc((ids.n + 1) * sizeof(*e->ids));
    for (e->nids = 0; e->nids < ids.n; e->nids++)
        e->ids[e->nids] = mem_strdup(ids.at[e->nids]);
    e->next = ids.n ? EXTRA_NAMES : EXTRA_NONE;
    return 0;
}

static int take_names(struct vcenter_extras *e, const struct objects *objects,
                      const struct reply *reply, struct err *err)
{
    forget_ids(e);
    map_free(e->names, free);
    e->names = map_new();
    if (policies_read_names(e->names, reply, err) < 0)
        return -1;
    e->next = has_vm_from(objects, 0) ? EXTRA_PROFILES : EXTRA_NONE;
    return 0;
}

static int take_profiles(struct vcenter_extras *e, struct objects *objects,
                         const struct reply *reply, struct err *err)
{
    if (policies_read_profiles(objects, e->names, reply, err) < 0)
        return -1;
    e->next = has_vm_from(objects, e->vm) ? EXTRA_PROFILES : EXTRA_NONE;
    return 0;
}

static int take_service(struct vcenter_extras *e, struct run *run, const struct reply *reply,
                        struct err *err)
{
    const char *id;

    if (policies_read_manager(run->arena, reply, &id, err) < 0)
        return -1;
    e->manager = mem_strdup(id);
    e->next = EXTRA_IDS;
    return 0;
}

static int read_policies(struct vcenter_extras *e, struct run *run, struct objects *objects,
                         const struct reply *reply, struct err *err)
{
    switch (e->asked) {
    case EXTRA_SERVICE:
        return take_service(e, run, reply, err);
    case EXTRA_IDS:
        return take_ids(e, run, reply, err);
    case EXTRA_NAMES:
        return take_names(e, objects, reply, err);
    default:
        return take_profiles(e, objects, reply, err);
    }
}

/* The newest event is told again: events of one moment come in no order. */
static void take_restarts(struct vcenter_extras *e, struct run *run, struct objects *objects,
                          const struct reply *reply)
{
    size_t n = 0;

    e->next = first_of_policies(e, run);
    err_clear(&e->restarts_err);
    if (reply->err)
        e->restarts_err = *reply->err;
    else if (policies_read_restarts(objects, reply, &e->restarts_from, &n, &e->restarts_err) < 0)
        err_prefix(&e->restarts_err, "reply to QueryEvents");
    else if (n >= EVENTS_MOST)
        err_set(&e->restarts_err, ERR_LIMIT, 0, "vCenter tells %d of them at a time", EVENTS_MOST);
}

static void take_policies(struct vcenter_extras *e, struct run *run, struct objects *objects,
                          const struct reply *reply)
{
    struct err err = {0};

    /* Some answer at one of the two paths only. */
    if (e->asked == EXTRA_SERVICE && reply->status == 404 && !e->old_path) {
        e->old_path = true;
        return;
    }
    if (reply->err)
        err = *reply->err;
    else if (read_policies(e, run, objects, reply, &err) < 0)
        err_prefix(&err, "reply about the %s", run->request.label);
    e->policies_err = err;
    if (err.kind == ERR_NONE)
        return;
    e->next = EXTRA_NONE;
    e->old_path = false;
    free(e->manager); /* it may have been another one, before it was started anew */
    e->manager = NULL;
}

bool vcenter_extras_take(struct vcenter_extras *e, struct run *run, struct objects *objects,
                         const struct reply *reply)
{
    bool restarts = e->asked == EXTRA_RESTARTS;
    const struct err *err = restarts ? &e->restarts_err : &e->policies_err;
    enum err_kind before = err->kind;
    uint64_t clock = objects->clock;

    if (restarts)
        take_restarts(e, run, objects, reply);
    else
        take_policies(e, run, objects, reply);
    return objects->clock != clock || err->kind != before;
}

void vcenter_extras_note(const struct vcenter_extras *e, struct table_builder *b)
{
    if (e->policies_err.kind != ERR_NONE)
        builder_note(b, "storage policies of VMs were not read: %s", e->policies_err.msg);
    if (e->restarts_err.kind != ERR_NONE)
        builder_note(b, "restarts by vSphere HA were not all read: %s", e->restarts_err.msg);
}
