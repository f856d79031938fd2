/*
 * tasks: what TaskManager.recentTask names, with the information of each, in one call: queued and
 * running ones, and those that ended within ten minutes (at most 200). Ended ones that it no longer
 * names are kept for a day. So they are read once; those who go on looking are told by the long
 * poll of the inventory (tasklist.h).
 */
#include "collectors/vcenter/vcenter.h"

#include <string.h>

#include "collectors/vcenter/facts.h"
#include "collectors/vcenter/tasks.h"
#include "core/arena.h"
#include "core/fmt.h"
#include "core/map.h"
#include "core/mem.h"
#include "core/soap.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "core/xml.h"

#define BODY_MAX     (16u << 20)
#define KEEP_MS      (24LL * 60 * 60 * 1000)
#define KEEP_MAX     2000
#define BODY_DEPTH   3
#define RETURN_DEPTH 4
#define VAL_DEPTH    7 /* Envelope/Body/Response/returnval/objects/propSet/val */

struct reading {
    struct arena *arena;
    struct table_builder *b;
    struct map *seen;
    struct vcenter_task now;
    bool is_answer, expired;
    const char *token;
};

static const struct {
    const char *part, *kind;
} kinds[] = {
    {"ExecuteStorageVmotion", "storage-vmotion"},
    {"ExecuteVMotion", "vmotion"},
    {"VirtualMachine.migrate", "vmotion"},
    {"VirtualMachine.relocate", "relocate"},
    {"VirtualMachine.createSnapshot", "snapshot"},
    {"VirtualMachine.removeSnapshot", "snapshot-remove"},
    {"VirtualMachine.removeAllSnapshots", "snapshot-remove"},
    {"snapshot.VirtualMachineSnapshot.remove", "snapshot-remove"},
    {"VirtualMachine.consolidateDisks", "consolidate"},
    {"VirtualMachine.clone", "clone"},
    {"VirtualMachine.power", "power"},
    {"MaintenanceMode", "maintenance"},
    {"HbrManager.", "replication"},
    {"com.vmware.content.", "content-sync"},
    {"generateLogBundles", "support-bundle"},
};

static const char *kind_of(const char *description)
{
    for (size_t i = 0; description && i < ARRAY_SIZE(kinds); i++) {
        if (strcasestr(description, kinds[i].part))
            return kinds[i].kind;
    }
    return NULL;
}

/* ---- decoding -----------------------------------------------------------------------------------
 */

static void on_start(void *arg, struct xml_reader *x)
{
    struct reading *r = arg;
    size_t len = 0;
    const char *type;

    if (xml_depth(x) == BODY_DEPTH && text_has_suffix(xml_name(x), "RetrievePropertiesExResponse"))
        r->is_answer = true;
    if (xml_path_is(x, RETURN_DEPTH, "returnval/objects"))
        memset(&r->now, 0, sizeof(r->now));
    if (xml_path_is(x, VAL_DEPTH, "val/reason") && (type = soap_type(x, &len)))
        r->now.reason = arena_strndup(r->arena, type, len);
    if (strcmp(xml_name(x), "fault") == 0 &&
        xml_path_is(x, RETURN_DEPTH + 1, "objects/missingSet/fault/fault") &&
        (type = soap_type(x, &len)) && len == strlen("NotAuthenticated") &&
        memcmp(type, "NotAuthenticated", len) == 0)
        r->expired = true;
}

void vcenter_task_row(struct table_builder *b, const struct vcenter_task *t)
{
    builder_row(b);
    builder_str(b, TASKS_TASK_ID, t->id);
    builder_str(b, TASKS_TASK, t->description ? t->description : t->name);
    builder_str(b, TASKS_ENTITY, t->entity);
    builder_str(b, TASKS_ENTITY_ID, t->entity_id);
    builder_state(b, TASKS_STATE, t->state);
    if (t->has_progress)
        builder_real(b, TASKS_PROGRESS_PERCENT, t->progress);
    if (t->started || t->queued)
        builder_int(b, TASKS_STARTED_AT, t->started ? t->started : t->queued);
    if (t->ended)
        builder_int(b, TASKS_ENDED_AT, t->ended);
    builder_str(b, TASKS_USER, t->user ? t->user : t->reason);
    builder_str(b, TASKS_ERROR, t->error);
    builder_str(b, TASKS_KIND, kind_of(t->description));
}

static void add_row(struct reading *r)
{
    map_put(r->seen, r->now.id, r);
    vcenter_task_row(r->b, &r->now);
}

static void take_times(struct reading *r, const struct xml_reader *x, const char *text)
{
    if (xml_path_is(x, VAL_DEPTH, "val/startTime"))
        (void)fmt_parse_time(text, &r->now.started);
    else if (xml_path_is(x, VAL_DEPTH, "val/completeTime"))
        (void)fmt_parse_time(text, &r->now.ended);
    else if (xml_path_is(x, VAL_DEPTH, "val/queueTime"))
        (void)fmt_parse_time(text, &r->now.queued);
    else if (xml_path_is(x, VAL_DEPTH, "val/progress"))
        r->now.has_progress = text_to_double(text, &r->now.progress) == 0;
}

static void on_end(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct reading *r = arg;
    const struct {
        const char *path;
        const char **out;
    } texts[] = {
        {"val/key", &r->now.id},
        {"val/name", &r->now.name},
        {"val/descriptionId", &r->now.description},
        {"val/entity", &r->now.entity_id},
        {"val/entityName", &r->now.entity},
        {"val/state", &r->now.state},
        {"val/reason/userName", &r->now.user},
        {"val/error/localizedMessage", &r->now.error},
    };

    if (!r->is_answer)
        return;
    for (size_t i = 0; len && i < ARRAY_SIZE(texts); i++) {
        if (xml_path_is(x, VAL_DEPTH, texts[i].path))
            *texts[i].out = arena_strndup(r->arena, text, len);
    }
    if (len)
        take_times(r, x, text);
    if (len && xml_path_is(x, RETURN_DEPTH, "returnval/token"))
        r->token = arena_strndup(r->arena, text, len);
    if (xml_path_is(x, RETURN_DEPTH, "returnval/objects") && r->now.id && r->now.state &&
        !map_has(r->seen, r->now.id))
        add_row(r);
}

/* ---- what is no longer named --------------------------------------------------------------------
 */

void vcenter_tasks_keep(const struct run *run, struct table_builder *b, const struct map *seen)
{
    const struct snapshot *prev = builder_prev(b);
    size_t kept = 0;

    for (size_t i = 0; prev && i < snapshot_count(prev); i++) {
        const struct row *row = snapshot_row(prev, i);
        const char *id = row_str(row, TASKS_TASK_ID);
        int64_t ended;

        if (!id || map_has(seen, id) || !row_int(row, TASKS_ENDED_AT, &ended) ||
            run->now - ended > KEEP_MS)
            continue;
        if (kept++ == KEEP_MAX) {
            builder_note(b, "of ended tasks %d are kept", KEEP_MAX);
            return;
        }
        builder_row(b);
        for (unsigned col = TASKS_TASK_ID; col < TASKS_N; col++)
            builder_cell(b, col, &row->cells[col]);
    }
}

/* ---- the run ------------------------------------------------------------------------------------
 */

static enum step send(struct run *run, struct strbuf *body)
{
    enum step step = vcenter_call(run, "tasks", body);

    run->request.max_body = BODY_MAX;
    strbuf_release(body);
    return step;
}

static enum step ask(struct run *run)
{
    const struct vsphere_facts *f = vcenter_facts(run);
    struct strbuf body = STRBUF_INIT;

    if (!f || !f->task_manager || !f->property_collector)
        return run_fail_proto(run, "the server names no task manager");
    soap_begin(&body, "RetrievePropertiesEx", VCENTER_VIM);
    soap_ref(&body, "_this", "PropertyCollector", f->property_collector);
    strbuf_addstr(&body, "<specSet><propSet><type>Task</type><pathSet>info</pathSet></propSet>");
    vcenter_add_objects(&body, "TaskManager", f->task_manager, "recentTask");
    strbuf_addstr(&body, "</specSet><options/>");
    soap_end(&body, "RetrievePropertiesEx");
    return send(run, &body);
}

static enum step ask_more(struct run *run, const char *token)
{
    struct strbuf body = STRBUF_INIT;

    vcenter_add_more_call(&body, run->facts->vsphere, token);
    return send(run, &body);
}

struct progress {
    unsigned pages;
    struct map *seen;
};

static enum step finish(struct progress *p, enum step step)
{
    map_free(p->seen, NULL);
    p->seen = NULL;
    return step;
}

static enum step take(struct run *run, const struct reply *reply, struct progress *p)
{
    static const struct xml_handler handler = {.start = on_start, .end = on_end};
    struct reading r = {.arena = run->arena, .b = run_table(run, &table_tasks), .seen = p->seen};
    int rc = xml_parse(&handler, &r, reply->body, reply->len, &run->err);

    if (rc == 0 && !r.is_answer)
        rc = err_set(&run->err, ERR_PROTO, 0, "it is no RetrievePropertiesExResponse");
    if (rc < 0) {
        err_prefix(&run->err, "reply about the tasks");
        return finish(p, STEP_FAIL);
    }
    if (r.expired)
        return finish(p, STEP_EXPIRED);
    if (r.token && ++p->pages >= COLLECTOR_PAGES_MAX) {
        err_set(&run->err, ERR_LIMIT, 0, "more than %d pages of tasks", COLLECTOR_PAGES_MAX);
        return finish(p, STEP_FAIL);
    }
    if (r.token)
        return ask_more(run, r.token);
    vcenter_tasks_keep(run, r.b, p->seen);
    return finish(p, STEP_DONE);
}

/* Until the run ends the ids seen are in the state, where a run that is given up leaves them. */
static void release(void *state)
{
    (void)finish(state, STEP_DONE);
}

static enum step tasks_step(struct run *run, const struct reply *reply)
{
    struct progress *p = run->state;

    if (!reply) {
        (void)finish(p, STEP_DONE);
        *p = (struct progress){.seen = map_new()};
        builder_block(run_table(run, &table_tasks), 0);
        return ask(run);
    }
    if (reply->err)
        return finish(p, run_fail(run, reply->err));
    return take(run, reply, p);
}

static const struct schema *const tables[] = {&table_tasks, NULL};

const struct collector collector_vcenter_tasks = {
    .name = "vcenter_tasks",
    .kinds = KIND_VCENTER,
    .tables = tables,
    .interval_ms = 10 * 1000,
    .timeout_ms = 60 * 1000,
    .once_only = true,
    .state_size = sizeof(struct progress),
    .state_release = release,
    .step = tasks_step,
};
