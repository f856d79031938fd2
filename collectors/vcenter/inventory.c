/*
 * The inventory: one property collector of our own with one filter over one container view, one
 * WaitForUpdatesEx after the other (reference: vSphere Web Services API, PropertyCollector). The
 * same collector has the filters of the tasks (tasklist.h): a session waits once.
 *
 * What is asked next follows from the state alone (next()), so a run may end anywhere: a fault, a
 * pause, a refresh. View, collector and filter die with their session and are made anew; the
 * objects stay, and a full reading replaces them without emptying a table. A version counts once
 * its update set was applied whole. A truncated one is good for the very next call alone, so after
 * a failure the last whole version is asked for again.
 *
 * A connection that was given up leaves its call waiting in the server, and calls on one collector
 * go one after the other: it is cancelled first.
 *
 * Between two waits the properties that do not notify are polled, and after them what other
 * services know of the VMs (extras.h). A live run publishes first: rows do not wait for those.
 */
#include "collectors/vcenter/vcenter.h"

#include <stdlib.h>
#include <string.h>

#include "collectors/vcenter/decode.h"
#include "collectors/vcenter/extras.h"
#include "collectors/vcenter/facts.h"
#include "collectors/vcenter/fault.h"
#include "collectors/vcenter/objects.h"
#include "collectors/vcenter/paths.h"
#include "collectors/vcenter/rows.h"
#include "collectors/vcenter/tasklist.h"
#include "core/arena.h"
#include "core/mem.h"
#include "core/soap.h"
#include "core/strbuf.h"

#define INTERVAL_MS    60000
#define TIMEOUT_MS     300000
#define BODY_MAX       (192u << 20)
#define PAGE_OBJECTS   1000
#define WAIT_LEAST_S   1
#define WAIT_MOST_S    120
#define WAIT_MARGIN_MS 60000
#define GAP_LEAST_MS   1000 /* a busy vCenter always has news */
#define REBUILDS_MAX   3    /* between two publishes */
#define SLOW_MS        (10 * 60000)

enum stage {
    STAGE_CANCEL,
    STAGE_VIEW,
    STAGE_COLLECTOR,
    STAGE_FILTER,
    STAGE_UPDATES,
    STAGE_STATS,
    STAGE_EXTRAS,
    STAGE_TASKS,
};

struct inventory {
    struct objects *objects;
    unsigned login;         /* what follows belongs to this session */
    char *view, *collector; /* ids; NULL: to be made */
    bool filtered;
    char *version;       /* of the last whole update set; NULL: none */
    char *page;          /* of a truncated one: where the rest waits; NULL: none */
    bool complete;       /* there was a whole set of this collector */
    bool waiting;        /* a wait was sent and its answer was not seen */
    bool look;           /* once: the next wait is none, but says what there is */
    bool news;           /* to be published */
    bool brief;          /* the wait ends early because tasks are polled then */
    int64_t polled_at;   /* 0: never */
    int64_t slow_at;     /* when the slow ones of them were polled; 0: never */
    bool slow;           /* the poll under way has them */
    bool shown;          /* there was a publish */
    int64_t asked_at;    /* when the last wait was sent */
    char *token;         /* the poll goes on there */
    uint64_t dropped;    /* paths that this server does not know */
    struct err poll_err; /* of the last poll */
    char missing[160];
    unsigned rebuilds;
    struct vcenter_extras extras;
    struct vcenter_tasklist tasks;
    struct decode *decode; /* of the reply that is arriving */
    enum stage stage;
};

static void replace(char **field, const char *text)
{
    char *old = *field;

    *field = mem_strdup(text);
    free(old);
}

/* Everything that lives in the server is gone; what it told is not. */
static void forget_server(struct inventory *s)
{
    replace(&s->view, NULL);
    replace(&s->collector, NULL);
    replace(&s->version, NULL);
    replace(&s->page, NULL);
    replace(&s->token, NULL);
    s->filtered = s->complete = s->waiting = s->look = false;
    vcenter_extras_reset(&s->extras);
    vcenter_tasklist_reset(&s->tasks);
    s->missing[0] = '\0';
}

static void state_release(void *state)
{
    struct inventory *s = state;

    forget_server(s);
    vcenter_extras_release(&s->extras);
    vcenter_tasklist_release(&s->tasks);
    decode_free(s->decode);
    objects_free(s->objects);
}

/* ---- requests ----------------------------------------------------------------------------------
 */

static enum step send(struct run *run, enum stage stage, const char *label, const char *method,
                      struct strbuf *body)
{
    struct inventory *s = run->state;
    enum step step;

    soap_end(body, method);
    s->stage = stage;
    step = vcenter_call(run, label, body);
    strbuf_release(body);
    return step;
}

static void begin(struct strbuf *body, const char *method, const char *type, const char *id)
{
    strbuf_init(body, 0);
    soap_begin(body, method, VCENTER_VIM);
    soap_ref(body, "_this", type, id);
}

/* A single host has no clusters, and not the type either. */
static bool is_wanted(const struct run *run, enum object_type type)
{
    if (!object_type_is_inventory(type))
        return false;
    return type != OBJECT_CLUSTER || !run->facts->vsphere->is_host;
}

static enum step send_cancel(struct run *run)
{
    const struct inventory *s = run->state;
    struct strbuf body;

    begin(&body, "CancelWaitForUpdates", "PropertyCollector", s->collector);
    return send(run, STAGE_CANCEL, "end of a wait", "CancelWaitForUpdates", &body);
}

static enum step send_view(struct run *run)
{
    const struct vsphere_facts *f = run->facts->vsphere;
    struct strbuf body;

    begin(&body, "CreateContainerView", "ViewManager", f->view_manager);
    soap_ref(&body, "container", "Folder", f->root_folder);
    for (unsigned t = 0; t < OBJECT_TYPES; t++) {
        if (is_wanted(run, (enum object_type)t))
            soap_leaf(&body, "type", object_type_name((enum object_type)t));
    }
    soap_leaf(&body, "recursive", "true");
    return send(run, STAGE_VIEW, "view of the inventory", "CreateContainerView", &body);
}

static enum step send_collector(struct run *run)
{
    struct strbuf body;

    begin(&body, "CreatePropertyCollector", "PropertyCollector",
          run->facts->vsphere->property_collector);
    return send(run, STAGE_COLLECTOR, "property collector", "CreatePropertyCollector", &body);
}

static bool is_asked(const struct run *run, unsigned i, bool polled)
{
    const struct inventory *s = run->state;
    const struct path *p = &vcenter_paths[i];

    return p->polled == polled && (!p->slow || s->slow) && !(s->dropped & (1ull << i)) &&
           is_wanted(run, p->type) && vcenter_path_exists(p, run->facts->vsphere->api_version);
}

/* Order matters: PropertyFilterSpec is propSet*, objectSet*. */
static void add_spec(struct run *run, struct strbuf *body, bool polled)
{
    const struct inventory *s = run->state;

    for (unsigned t = 0; t < OBJECT_TYPES; t++) {
        bool open = false;

        for (unsigned i = 0; i < vcenter_paths_count; i++) {
            if (vcenter_paths[i].type != t || !is_asked(run, i, polled))
                continue;
            if (!open) {
                strbuf_addstr(body, "<propSet>");
                soap_leaf(body, "type", object_type_name((enum object_type)t));
                open = true;
            }
            soap_leaf(body, "pathSet", vcenter_paths[i].name);
        }
        if (open)
            strbuf_addstr(body, "</propSet>");
    }
    vcenter_add_objects(body, "ContainerView", s->view, "view");
}

static enum step send_filter(struct run *run)
{
    const struct inventory *s = run->state;
    struct strbuf body;

    begin(&body, "CreateFilter", "PropertyCollector", s->collector);
    strbuf_addstr(&body, "<spec>");
    add_spec(run, &body, false);
    /* Not in parts: a property that changes is told whole. */
    strbuf_addstr(&body, "</spec><partialUpdates>false</partialUpdates>");
    return send(run, STAGE_FILTER, "filter of the inventory", "CreateFilter", &body);
}

static void stream(struct run *run, enum decode_shape shape)
{
    struct inventory *s = run->state;

    decode_free(s->decode);
    s->decode = decode_new(shape, s->objects);
    run->request.stream = true;
    run->request.max_body = BODY_MAX;
}

static int64_t next_poll(const struct run *run)
{
    const struct inventory *s = run->state;

    return s->polled_at ? s->polled_at + run->interval_ms : run->now;
}

/* Until something is to be polled. */
static int64_t wait_seconds(const struct run *run)
{
    const struct inventory *s = run->state;
    int64_t at = next_poll(run), tasks = vcenter_tasklist_due(&s->tasks, run), wait_s;

    if (s->look)
        return 0;
    wait_s = ((tasks < at ? tasks : at) - run->now + 999) / 1000;
    return wait_s < WAIT_LEAST_S ? WAIT_LEAST_S : wait_s > WAIT_MOST_S ? WAIT_MOST_S : wait_s;
}

/* With the first whole set there is nothing to wait for. */
static enum step send_wait(struct run *run)
{
    struct inventory *s = run->state;
    int64_t wait_s = wait_seconds(run);
    struct strbuf body;
    enum step step;

    begin(&body, "WaitForUpdatesEx", "PropertyCollector", s->collector);
    soap_leaf(&body, "version", s->page ? s->page : s->version ? s->version : "");
    strbuf_addf(&body,
                "<options><maxWaitSeconds>%lld</maxWaitSeconds>"
                "<maxObjectUpdates>%d</maxObjectUpdates></options>",
                (long long)wait_s, PAGE_OBJECTS);
    if (!s->complete && !s->page)
        objects_restart(s->objects);
    step = send(run, STAGE_UPDATES, "inventory", "WaitForUpdatesEx", &body);
    stream(run, DECODE_UPDATES);
    run->request.long_poll = s->complete && !s->page && !s->look;
    run->request.timeout_ms = run->request.long_poll ? wait_s * 1000 + WAIT_MARGIN_MS : TIMEOUT_MS;
    s->waiting = true;
    s->brief = !s->look && vcenter_tasklist_due(&s->tasks, run) < next_poll(run);
    s->asked_at = run->now;
    return step;
}

static enum step send_poll(struct run *run)
{
    struct inventory *s = run->state;
    const char *id = run->facts->vsphere->property_collector;
    struct strbuf body;
    enum step step;

    if (s->token) {
        begin(&body, "ContinueRetrievePropertiesEx", "PropertyCollector", id);
        soap_leaf(&body, "token", s->token);
        step = send(run, STAGE_STATS, "usage", "ContinueRetrievePropertiesEx", &body);
    } else {
        s->slow = (run->once || s->shown) && (!s->slow_at || run->now - s->slow_at >= SLOW_MS);
        begin(&body, "RetrievePropertiesEx", "PropertyCollector", id);
        strbuf_addstr(&body, "<specSet>");
        add_spec(run, &body, true);
        strbuf_addstr(&body, "</specSet><options/>");
        step = send(run, STAGE_STATS, "usage", "RetrievePropertiesEx", &body);
    }
    stream(run, DECODE_RETRIEVED);
    return step;
}

/* ---- what comes next ---------------------------------------------------------------------------
 */

static void add_notes(struct run *run)
{
    const struct inventory *s = run->state;
    struct table_builder *b = run_table(run, &table_hosts);

    if (s->poll_err.kind != ERR_NONE)
        builder_note(b, "usage is not known: %s", s->poll_err.msg);
    if (s->missing[0])
        builder_note(b, "not readable: %s", s->missing);
    for (unsigned i = 0; i < vcenter_paths_count; i++) {
        if (s->dropped & (1ull << i))
            builder_note(b, "this version has no %s", vcenter_paths[i].name);
    }
    vcenter_extras_note(&s->extras, run_table(run, &table_vms));
}

static enum step publish(struct run *run)
{
    struct inventory *s = run->state;

    s->news = false;
    s->shown = true;
    s->rebuilds = 0;
    vcenter_rows(run, s->objects);
    vcenter_tasklist_rows(&s->tasks, run, s->objects);
    add_notes(run);
    return run->once ? STEP_DONE : STEP_PUBLISH;
}

static enum step wait_or_rest(struct run *run)
{
    const struct inventory *s = run->state;
    int64_t rest = s->asked_at + GAP_LEAST_MS - run->now;

    if (rest <= 0 || rest > GAP_LEAST_MS)
        return send_wait(run);
    run->wait_ms = rest;
    return STEP_WAIT;
}

/* Everything is read: what is new is shown, and the first rows wait for nothing else. */
static enum step extra_or_publish(struct run *run)
{
    struct inventory *s = run->state;
    bool first = s->news && !s->shown && !run->once;

    if (!first && vcenter_tasklist_wanted(&s->tasks, run, s->objects)) {
        s->stage = STAGE_TASKS;
        return vcenter_tasklist_send(&s->tasks, run, s->objects, s->collector);
    }
    if (vcenter_extras_wanted(&s->extras) && !first) {
        s->stage = STAGE_EXTRAS;
        return vcenter_extras_send(&s->extras, run, s->objects);
    }
    return s->news ? publish(run) : wait_or_rest(run);
}

static enum step next(struct run *run)
{
    struct inventory *s = run->state;

    if (s->waiting && s->collector)
        return send_cancel(run);
    if (!s->view)
        return send_view(run);
    if (!s->collector)
        return send_collector(run);
    if (!s->filtered)
        return send_filter(run);
    if (!s->complete || s->page || s->look)
        return send_wait(run);
    if (s->token || next_poll(run) <= run->now)
        return send_poll(run);
    return extra_or_publish(run);
}

static enum step start(struct run *run)
{
    const struct vsphere_facts *f = run->facts->vsphere;
    struct inventory *s = run->state;

    if (!f || !f->property_collector || !f->view_manager || !f->root_folder)
        return run_fail_proto(run, "it names no property collector, view manager or root folder");
    if (!s->objects)
        s->objects = objects_new();
    decode_free(s->decode);
    s->decode = NULL;
    if (f->login != s->login)
        forget_server(s);
    s->login = f->login;
    if (!run->scratch) {
        /* A run, or what follows a publish: of a refresh everything is wanted now. */
        if (!run->request.method) {
            s->polled_at = s->slow_at = 0;
            vcenter_tasklist_hurry(&s->tasks);
            s->look = run->once && s->complete;
        }
        run->scratch = s;
    }
    return next(run);
}

/* ---- replies -----------------------------------------------------------------------------------
 */

static enum step rebuild(struct run *run, const struct err *err)
{
    struct inventory *s = run->state;

    if (++s->rebuilds > REBUILDS_MAX)
        return run_fail(run, err);
    forget_server(s);
    return next(run);
}

/* The whole call fails over one path that is not known here: go on without it. */
static bool drop_path(struct inventory *s, const char *name)
{
    for (unsigned i = 0; *name && i < vcenter_paths_count; i++) {
        if (strcmp(vcenter_paths[i].name, name) != 0 || (s->dropped & (1ull << i)))
            continue;
        s->dropped |= 1ull << i;
        return true;
    }
    return false;
}

static enum step poll_failed(struct run *run, const struct vcenter_fault *f, const struct err *err)
{
    struct inventory *s = run->state;

    if (f->class == VCENTER_FAULT_PROPERTY && drop_path(s, f->soap.name))
        return next(run);
    replace(&s->token, NULL);
    s->poll_err = *err;
    s->polled_at = run->now;
    s->news = true;
    return next(run);
}

static enum step on_fault(struct run *run, const struct reply *reply)
{
    struct inventory *s = run->state;
    struct vcenter_fault f;

    vcenter_fault_read(reply, &f);
    if (s->stage == STAGE_CANCEL)
        return next(run);
    if (f.class == VCENTER_FAULT_GONE)
        return rebuild(run, reply->err);
    if (s->stage == STAGE_UPDATES && f.class == VCENTER_FAULT_VERSION)
        return rebuild(run, reply->err);
    if (s->stage == STAGE_UPDATES && f.class == VCENTER_FAULT_CANCELED) {
        s->news = true;
        return next(run);
    }
    if (s->stage == STAGE_STATS)
        return poll_failed(run, &f, reply->err);
    if (f.class == VCENTER_FAULT_PROPERTY && drop_path(s, f.soap.name))
        return next(run);
    return run_fail(run, reply->err);
}

static enum step keep_id(struct run *run, const struct reply *reply, char **field)
{
    const char *id = vcenter_returnval(run->arena, reply);

    if (!id)
        return run_fail_proto(run, "%s: the reply names none", run->request.label);
    replace(field, id);
    return next(run);
}

static enum step on_updates(struct run *run)
{
    struct inventory *s = run->state;
    const char *version = decode_version(s->decode);

    if (decode_missing(s->decode)[0])
        memcpy(s->missing, decode_missing(s->decode), strlen(decode_missing(s->decode)) + 1);
    if (version && decode_is_truncated(s->decode)) {
        replace(&s->page, version);
        return next(run);
    }
    if (version) {
        replace(&s->version, version);
    }
    /* An empty first answer: there is nothing this user may see. */
    if (!s->complete)
        objects_settle(s->objects);
    replace(&s->page, NULL);
    s->look = false;
    s->news |= vcenter_tasklist_updated(&s->tasks) || version || !s->brief || !s->complete;
    s->complete = true;
    return next(run);
}

static enum step on_polled(struct run *run)
{
    struct inventory *s = run->state;

    replace(&s->token, decode_token(s->decode));
    if (s->token)
        return next(run);
    s->polled_at = run->now;
    if (s->slow)
        s->slow_at = run->now;
    s->news = true;
    err_clear(&s->poll_err);
    vcenter_extras_begin(&s->extras, run);
    return next(run);
}

static enum step on_stream(struct run *run, const struct reply *reply)
{
    struct inventory *s = run->state;
    struct err err = {0};
    int rc = reply->more ? decode_feed(s->decode, reply->body, reply->len, &err)
                         : decode_finish(s->decode, &err);

    if (decode_is_expired(s->decode))
        return STEP_EXPIRED;
    if (rc < 0) {
        err_prefix(&err, "%s", run->request.label);
        return run_fail(run, &err);
    }
    if (reply->more)
        return STEP_MORE;
    return s->stage == STAGE_UPDATES ? on_updates(run) : on_polled(run);
}

static enum step on_tasks(struct run *run, const struct reply *reply)
{
    struct inventory *s = run->state;
    bool expired;

    s->news |= vcenter_tasklist_take(&s->tasks, run, s->objects, reply, &expired);
    return expired ? STEP_EXPIRED : next(run);
}

static enum step on_reply(struct run *run, const struct reply *reply)
{
    struct inventory *s = run->state;

    /* The server answered, so it does not wait any more. */
    if (!reply->more && reply->status)
        s->waiting = false;
    if (s->stage == STAGE_EXTRAS) {
        s->news |= vcenter_extras_take(&s->extras, run, s->objects, reply);
        return next(run);
    }
    if (s->stage == STAGE_TASKS)
        return on_tasks(run, reply);
    if (reply->err && !reply->status)
        return run_fail(run, reply->err);
    if (reply->err)
        return on_fault(run, reply);
    switch (s->stage) {
    case STAGE_VIEW:
        return keep_id(run, reply, &s->view);
    case STAGE_COLLECTOR:
        return keep_id(run, reply, &s->collector);
    case STAGE_FILTER:
        s->filtered = true;
        return next(run);
    case STAGE_CANCEL:
        return next(run);
    default:
        return on_stream(run, reply);
    }
}

static enum step step(struct run *run, const struct reply *reply)
{
    return reply ? on_reply(run, reply) : start(run);
}

static const struct schema *const tables[] = {&table_vms,        &table_hosts, &table_clusters,
                                              &table_datastores, &table_tasks, NULL};

const struct collector collector_vcenter_inventory = {
    .name = "vcenter_inventory",
    .kinds = KIND_VCENTER,
    .tables = tables,
    .interval_ms = INTERVAL_MS,
    .timeout_ms = TIMEOUT_MS,
    .live = true,
    .told = &table_tasks,
    .state_size = sizeof(struct inventory),
    .state_release = state_release,
    .step = step,
};
