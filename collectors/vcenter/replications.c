/*
 * replications as vCenter knows them: the property config.repConfig of every VM that is replicated:
 * where to, its RPO, whether it is paused or quiesced. It tells no instance and no transfer;
 * whoever has an appliance to ask (kind replication) sees its rows instead. Violations come as
 * events (com.vmware.vcHms.*) and are joined by the model.
 */
#include "collectors/vcenter/vcenter.h"

#include <stdlib.h>
#include <string.h>

#include "collectors/vcenter/facts.h"
#include "collectors/vcenter/fault.h"
#include "core/arena.h"
#include "core/mem.h"
#include "core/soap.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "core/xml.h"

#define BODY_MAX     (32u << 20)
#define PAGE_OBJECTS 1000
#define RPO_MAX_MIN  1440
#define BODY_DEPTH   3
#define RETURN_DEPTH 4
#define VAL_DEPTH    7 /* Envelope/Body/Response/returnval/objects/propSet/val */

/* Kept across runs, for one session. */
struct memory {
    unsigned login;
    char *view; /* NULL: to be made */
};

struct vm {
    const char *id, *name, *uuid, *gid, *destination;
    int64_t rpo_min;
    bool paused, quiesce, replicated;
};

struct reading {
    struct arena *arena;
    struct table_builder *b;
    struct vm now;
    char property[64];
    const char *token;
    unsigned pages;
    bool view_is_new, asked_view, is_answer, expired;
};

static void release(void *state)
{
    struct memory *m = state;

    free(m->view);
    m->view = NULL;
}

/* ---- decoding -----------------------------------------------------------------------------------
 */

static void on_start(void *arg, struct xml_reader *x)
{
    struct reading *r = arg;
    const char *type;
    size_t len = 0;

    if (xml_depth(x) == BODY_DEPTH && text_has_suffix(xml_name(x), "RetrievePropertiesExResponse"))
        r->is_answer = true;
    if (xml_path_is(x, RETURN_DEPTH, "returnval/objects"))
        memset(&r->now, 0, sizeof(r->now));
    if (xml_path_is(x, RETURN_DEPTH, "returnval/objects/missingSet/fault/fault") &&
        (type = soap_type(x, &len)) && len == strlen("NotAuthenticated") &&
        memcmp(type, "NotAuthenticated", len) == 0)
        r->expired = true;
}

static void add_row(struct reading *r)
{
    const struct vm *v = &r->now;
    struct table_builder *b = r->b;

    builder_row(b);
    builder_str(b, REPLICATIONS_REPLICATION_ID, v->gid ? v->gid : v->id);
    builder_str(b, REPLICATIONS_VM, v->name);
    builder_str(b, REPLICATIONS_VM_UUID, v->uuid);
    builder_str(b, REPLICATIONS_VM_ID, v->id);
    builder_state(b, REPLICATIONS_DIRECTION, "outgoing");
    builder_state(b, REPLICATIONS_KIND, "vr");
    if (v->rpo_min > 0)
        builder_int(b, REPLICATIONS_RPO_S, v->rpo_min * 60000);
    if (v->paused)
        builder_str(b, REPLICATIONS_STATE, "PAUSED");
    builder_bool(b, REPLICATIONS_QUIESCE, v->quiesce);
    if (v->destination)
        builder_str(b, REPLICATIONS_LINK, arena_printf(r->arena, "to %s", v->destination));
}

static bool is_true(const char *text)
{
    return strcmp(text, "true") == 0 || strcmp(text, "1") == 0;
}

static void take_config(struct reading *r, const struct xml_reader *x, const char *text, size_t len)
{
    struct vm *v = &r->now;

    v->replicated = true;
    if (xml_path_is(x, VAL_DEPTH, "val/vmReplicationId"))
        v->gid = arena_strndup(r->arena, text, len);
    else if (xml_path_is(x, VAL_DEPTH, "val/destination"))
        v->destination = arena_strndup(r->arena, text, len);
    else if (xml_path_is(x, VAL_DEPTH, "val/rpo"))
        (void)text_to_i64(text, 1, RPO_MAX_MIN, &v->rpo_min);
    else if (xml_path_is(x, VAL_DEPTH, "val/paused"))
        v->paused = is_true(text);
    else if (xml_path_is(x, VAL_DEPTH, "val/quiesceGuestEnabled"))
        v->quiesce = is_true(text);
}

static void on_end(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct reading *r = arg;

    if (!r->is_answer)
        return;
    if (xml_path_is(x, RETURN_DEPTH, "returnval/objects")) {
        if (r->now.replicated)
            add_row(r);
    } else if (!len)
        return;
    else if (xml_path_is(x, RETURN_DEPTH, "returnval/token"))
        r->token = arena_strndup(r->arena, text, len);
    else if (xml_path_is(x, RETURN_DEPTH, "returnval/objects/obj"))
        r->now.id = arena_strndup(r->arena, text, len);
    else if (xml_path_is(x, RETURN_DEPTH, "returnval/objects/propSet/name"))
        (void)memcpy(r->property, text, len < sizeof(r->property) ? len + 1 : 1);
    else if (strcmp(r->property, "config.repConfig") == 0)
        take_config(r, x, text, len);
    else if (xml_depth(x) == VAL_DEPTH && strcmp(r->property, "name") == 0)
        r->now.name = arena_strndup(r->arena, text, len);
    else if (xml_depth(x) == VAL_DEPTH && strcmp(r->property, "config.instanceUuid") == 0)
        r->now.uuid = arena_strndup(r->arena, text, len);
}

/* ---- the run ------------------------------------------------------------------------------------
 */

static enum step send(struct run *run, const char *label, struct strbuf *body)
{
    enum step step = vcenter_call(run, label, body);

    run->request.max_body = BODY_MAX;
    strbuf_release(body);
    return step;
}

static enum step ask_view(struct run *run, struct reading *r)
{
    struct strbuf body = STRBUF_INIT;

    r->asked_view = r->view_is_new = true;
    vcenter_add_view_call(&body, run->facts->vsphere, "VirtualMachine");
    return send(run, "view of VMs", &body);
}

static enum step ask_vms(struct run *run)
{
    const struct memory *m = run->state;
    struct strbuf body = STRBUF_INIT;

    soap_begin(&body, "RetrievePropertiesEx", VCENTER_VIM);
    soap_ref(&body, "_this", "PropertyCollector", run->facts->vsphere->property_collector);
    strbuf_addstr(&body, "<specSet><propSet><type>VirtualMachine</type><pathSet>name</pathSet>"
                         "<pathSet>config.instanceUuid</pathSet><pathSet>config.repConfig</pathSet>"
                         "</propSet>");
    vcenter_add_objects(&body, "ContainerView", m->view, "view");
    strbuf_addf(&body, "</specSet><options><maxObjects>%d</maxObjects></options>", PAGE_OBJECTS);
    soap_end(&body, "RetrievePropertiesEx");
    return send(run, "replications", &body);
}

static enum step ask_more(struct run *run, const char *token)
{
    struct strbuf body = STRBUF_INIT;

    vcenter_add_more_call(&body, run->facts->vsphere, token);
    return send(run, "replications", &body);
}

static enum step begin(struct run *run)
{
    const struct vsphere_facts *f = vcenter_facts(run);
    struct reading *r = run->scratch = arena_alloc(run->arena, sizeof(*r));
    struct memory *m = run->state;

    if (!f || !f->view_manager || !f->root_folder || !f->property_collector)
        return run_fail_proto(run, "the server names no view manager");
    r->arena = run->arena;
    r->b = run_table(run, &table_replications);
    builder_block(r->b, 0);
    if (m->login != f->login)
        release(m);
    m->login = f->login;
    return m->view ? ask_vms(run) : ask_view(run, r);
}

static enum step take_view(struct run *run, const struct reply *reply, struct reading *r)
{
    const char *view = reply->err ? NULL : vcenter_returnval(run->arena, reply);
    struct memory *m = run->state;

    if (reply->err)
        return run_fail(run, reply->err);
    if (!view)
        return run_fail_proto(run, "reply to CreateContainerView: it names no view");
    r->asked_view = false;
    release(m);
    m->view = mem_strdup(view);
    return ask_vms(run);
}

/* The view may have gone with its session; once it is made anew. */
static enum step failed(struct run *run, const struct reply *reply, struct reading *r)
{
    struct vcenter_fault f;

    vcenter_fault_read(reply, &f);
    release(run->state);
    if (f.class == VCENTER_FAULT_GONE && !r->view_is_new)
        return ask_view(run, r);
    return run_fail(run, reply->err);
}

static enum step take_vms(struct run *run, const struct reply *reply, struct reading *r)
{
    static const struct xml_handler handler = {.start = on_start, .end = on_end};
    int rc;

    r->is_answer = false;
    r->token = NULL;
    rc = xml_parse(&handler, r, reply->body, reply->len, &run->err);
    if (rc == 0 && !r->is_answer)
        rc = err_set(&run->err, ERR_PROTO, 0, "it is no RetrievePropertiesExResponse");
    if (rc < 0) {
        err_prefix(&run->err, "reply about the replications");
        return STEP_FAIL;
    }
    if (r->expired)
        return STEP_EXPIRED;
    if (r->token && ++r->pages >= COLLECTOR_PAGES_MAX) {
        err_set(&run->err, ERR_LIMIT, 0, "more than %d pages of VMs", COLLECTOR_PAGES_MAX);
        return STEP_FAIL;
    }
    return r->token ? ask_more(run, r->token) : STEP_DONE;
}

static enum step replications_step(struct run *run, const struct reply *reply)
{
    struct reading *r = run->scratch;

    if (!reply)
        return begin(run);
    if (r->asked_view)
        return take_view(run, reply, r);
    return reply->err ? failed(run, reply, r) : take_vms(run, reply, r);
}

static const struct schema *const tables[] = {&table_replications, NULL};

const struct collector collector_vcenter_replications = {
    .name = "vcenter_replications",
    .kinds = KIND_VCENTER,
    .tables = tables,
    .interval_ms = 5 * 60 * 1000,
    .timeout_ms = 180 * 1000,
    .state_size = sizeof(struct memory),
    .state_release = release,
    .step = replications_step,
};
