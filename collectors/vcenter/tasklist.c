#include "collectors/vcenter/tasklist.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/vcenter/decode.h"
#include "collectors/vcenter/facts.h"
#include "collectors/vcenter/fault.h"
#include "collectors/vcenter/tasks.h"
#include "collectors/vcenter/vcenter.h"
#include "core/fmt.h"
#include "core/hash.h"
#include "core/map.h"
#include "core/mem.h"
#include "core/soap.h"
#include "core/strbuf.h"
#include "core/text.h"

#define PAIRS         6 /* polls of the list in an interval of the inventory */
#define POLL_LEAST_MS 5000
#define FAILURES_MAX  3
#define BODY_MAX      (16u << 20)
#define LISTED_MAX    2000  /* a server names 200 that ended, and those that run */
#define KEEP_AGAIN_MS 60000 /* rows of long ago are looked through again */

static void replace(char **field, const char *text)
{
    char *old = *field;

    *field = mem_strdup(text);
    free(old);
}

void vcenter_tasklist_reset(struct vcenter_tasklist *t)
{
    replace(&t->view, NULL);
    replace(&t->token, NULL);
    *t = (struct vcenter_tasklist){.err = t->err};
}

void vcenter_tasklist_release(struct vcenter_tasklist *t)
{
    vcenter_tasklist_reset(t);
}

void vcenter_tasklist_hurry(struct vcenter_tasklist *t)
{
    t->polled_at = t->retry_at = 0;
}

/* ---- what is wanted ----------------------------------------------------------------------------
 */

static bool is_on(const struct run *run)
{
    return !run->once && !config_table_disabled(run->endpoint, table_tasks.name);
}

static int64_t period(const struct run *run)
{
    int64_t usual = run->interval_ms / PAIRS;

    if (usual < POLL_LEAST_MS)
        usual = run->interval_ms < POLL_LEAST_MS ? run->interval_ms : POLL_LEAST_MS;
    return config_interval(run->endpoint, table_tasks.name, usual);
}

static const char *list_of(const struct run *run, const struct objects *objects)
{
    const char *id = run->facts->vsphere->task_manager;
    const struct object *manager = objects_find(objects, OBJECT_TASK_MANAGER, id);

    return manager ? manager->slot[TASK_MANAGER_RECENT] : NULL;
}

/* An empty list, too, has a hash. */
static uint64_t hash_of(const char *list)
{
    return hash_fast(list ? list : "", list ? strlen(list) : 0, 1) | 1;
}

int64_t vcenter_tasklist_due(const struct vcenter_tasklist *t, const struct run *run)
{
    int64_t at;

    if (!is_on(run) || !run->facts->vsphere->task_manager)
        return INT64_MAX;
    at = t->polled_at ? t->polled_at + period(run) : 0;
    return at > t->retry_at ? at : t->retry_at;
}

bool vcenter_tasklist_wanted(const struct vcenter_tasklist *t, const struct run *run,
                             const struct objects *objects)
{
    if (!is_on(run) || !run->facts->vsphere->task_manager || t->retry_at > run->now)
        return false;
    if (t->token || vcenter_tasklist_due(t, run) <= run->now)
        return true;
    if (t->refused)
        return false;
    return !t->view || !t->has_infos || !t->has_recent ||
           t->holds != hash_of(list_of(run, objects));
}

static enum tasklist_stage stage_of(const struct vcenter_tasklist *t, const struct run *run)
{
    if (t->refused)
        return TASKLIST_ALL;
    if (!t->view)
        return TASKLIST_VIEW;
    if (!t->has_infos)
        return TASKLIST_INFOS;
    if (!t->has_recent)
        return TASKLIST_RECENT;
    return vcenter_tasklist_due(t, run) <= run->now ? TASKLIST_LIST : TASKLIST_RESET;
}

/* ---- requests ----------------------------------------------------------------------------------
 */

static void begin(struct strbuf *body, const char *method, const char *type, const char *id)
{
    soap_begin(body, method, VCENTER_VIM);
    soap_ref(body, "_this", type, id);
}

static void add_properties(struct strbuf *body, const char *type, const char *path)
{
    strbuf_addstr(body, "<propSet>");
    soap_leaf(body, "type", type);
    soap_leaf(body, "pathSet", path);
    strbuf_addstr(body, "</propSet>");
}

/* The Tasks that hang on @path of an object. */
static void add_infos(struct strbuf *body, const char *type, const char *id, const char *path)
{
    add_properties(body, "Task", "info");
    vcenter_add_objects(body, type, id, path);
}

static void add_list(struct strbuf *body, const struct run *run)
{
    add_properties(body, "TaskManager", "recentTask");
    strbuf_addstr(body, "<objectSet>");
    soap_ref(body, "obj", "TaskManager", run->facts->vsphere->task_manager);
    strbuf_addstr(body, "<skip>false</skip></objectSet>");
}

static void add_members(struct strbuf *body, const char *list)
{
    size_t n = 0;

    while (list && *list && n++ < LISTED_MAX) {
        size_t len = strcspn(list, "\n");
        struct strbuf id = STRBUF_INIT;

        strbuf_add(&id, list, len);
        soap_ref(body, "obj", "Task", id.buf);
        strbuf_release(&id);
        list += len + (list[len] == '\n');
    }
}

static const char *write_filter(struct vcenter_tasklist *t, const struct run *run,
                                struct strbuf *body, const char *collector)
{
    begin(body, "CreateFilter", "PropertyCollector", collector);
    strbuf_addstr(body, "<spec>");
    if (t->asked == TASKLIST_INFOS)
        add_infos(body, "ListView", t->view, "view");
    else
        add_list(body, run);
    strbuf_addstr(body, "</spec><partialUpdates>false</partialUpdates>");
    return "CreateFilter";
}

static const char *write_poll(struct vcenter_tasklist *t, const struct run *run,
                              struct strbuf *body)
{
    const struct vsphere_facts *f = run->facts->vsphere;

    if (t->token) {
        begin(body, "ContinueRetrievePropertiesEx", "PropertyCollector", f->property_collector);
        soap_leaf(body, "token", t->token);
        return "ContinueRetrievePropertiesEx";
    }
    begin(body, "RetrievePropertiesEx", "PropertyCollector", f->property_collector);
    strbuf_addstr(body, "<specSet>");
    if (t->asked == TASKLIST_LIST)
        add_list(body, run);
    else
        add_infos(body, "TaskManager", f->task_manager, "recentTask");
    strbuf_addstr(body, "</specSet><options/>");
    return "RetrievePropertiesEx";
}

/* Returns the name of the method. */
static const char *write_call(struct vcenter_tasklist *t, const struct run *run,
                              const struct objects *objects, struct strbuf *body,
                              const char *collector)
{
    switch (t->asked) {
    case TASKLIST_VIEW:
        begin(body, "CreateListView", "ViewManager", run->facts->vsphere->view_manager);
        return "CreateListView";
    case TASKLIST_RESET:
        begin(body, "ResetListView", "ListView", t->view);
        add_members(body, list_of(run, objects));
        return "ResetListView";
    case TASKLIST_INFOS:
    case TASKLIST_RECENT:
        return write_filter(t, run, body, collector);
    default:
        return write_poll(t, run, body);
    }
}

enum step vcenter_tasklist_send(struct vcenter_tasklist *t, struct run *run,
                                struct objects *objects, const char *collector)
{
    struct strbuf body = STRBUF_INIT;
    const char *method;
    enum step step;

    t->asked = stage_of(t, run);
    if (t->asked == TASKLIST_ALL && !t->token) {
        objects->round++;
        t->pages = 0;
    }
    method = write_call(t, run, objects, &body, collector);
    soap_end(&body, method);
    step = vcenter_call(run, "tasks", &body);
    run->request.max_body = BODY_MAX;
    strbuf_release(&body);
    return step;
}

/* ---- replies -----------------------------------------------------------------------------------
 */

static void failed(struct vcenter_tasklist *t, const struct run *run, const struct err *err)
{
    t->err = *err;
    t->retry_at = run->now + period(run);
    replace(&t->token, NULL);
    if (t->refused || ++t->failures < FAILURES_MAX)
        return;
    t->refused = true;
    t->retry_at = t->polled_at = 0;
}

static void refuse(struct vcenter_tasklist *t, const struct run *run, const struct reply *reply)
{
    struct vcenter_fault f;

    vcenter_fault_read(reply, &f);
    if (f.class == VCENTER_FAULT_UNSUPPORTED && t->asked != TASKLIST_LIST)
        t->failures = FAILURES_MAX;
    /* Its filter, if there was one, selects nothing any more. */
    if (f.class == VCENTER_FAULT_GONE && t->asked != TASKLIST_RECENT) {
        replace(&t->view, NULL);
        t->has_infos = false;
        t->holds = 0;
    }
    failed(t, run, reply->err);
}

/* Tasks that the list does not name any more: a server tells that they leave, or does not. */
static void drop_others(struct objects *objects, const char *list)
{
    struct object_list *l = &objects->lists[OBJECT_TASK];
    struct map *named = map_new();

    while (list && *list) {
        size_t len = strcspn(list, "\n");
        struct strbuf id = STRBUF_INIT;

        strbuf_add(&id, list, len);
        map_put(named, id.buf, l);
        strbuf_release(&id);
        list += len + (list[len] == '\n');
    }
    for (size_t i = 0; i < l->n; i++) {
        if (l->items[i] && !map_has(named, l->items[i]->id))
            objects_leave(objects, OBJECT_TASK, l->items[i]->id);
    }
    map_free(named, NULL);
}

static void drop_unlisted(struct objects *objects)
{
    struct object_list *l = &objects->lists[OBJECT_TASK];

    for (size_t i = 0; i < l->n; i++) {
        if (l->items[i] && l->items[i]->round != objects->round)
            objects_leave(objects, OBJECT_TASK, l->items[i]->id);
    }
}

/* What went wrong before is over when there is nothing left to do. */
static void went_well(struct vcenter_tasklist *t)
{
    t->failures = 0;
    err_clear(&t->err);
}

static void next_page(struct vcenter_tasklist *t, const struct run *run, struct objects *objects,
                      const char *token)
{
    struct err err = {0};

    replace(&t->token, token);
    if (token && ++t->pages >= COLLECTOR_PAGES_MAX) {
        err_set(&err, ERR_LIMIT, 0, "more than %d pages of tasks", COLLECTOR_PAGES_MAX);
        failed(t, run, &err);
    } else if (!token) {
        drop_unlisted(objects);
        went_well(t);
        t->polled_at = run->now;
        t->told = true;
    }
}

/* What was polled. Returns false when it says that the session is over. */
static bool read_poll(struct vcenter_tasklist *t, const struct run *run, struct objects *objects,
                      const struct reply *reply)
{
    struct decode *d;
    struct err err = {0};
    bool good;

    if (t->asked == TASKLIST_LIST)
        (void)objects_enter(objects, OBJECT_TASK_MANAGER, run->facts->vsphere->task_manager);
    d = decode_new(t->asked == TASKLIST_LIST ? DECODE_RETRIEVED : DECODE_LISTED, objects);
    good = decode_feed(d, reply->body, reply->len, &err) == 0 && decode_finish(d, &err) == 0;
    if (!good) {
        err_prefix(&err, "reply about the tasks");
        failed(t, run, &err);
    } else if (t->asked == TASKLIST_ALL) {
        next_page(t, run, objects, decode_token(d));
    } else {
        t->polled_at = run->now;
        if (t->holds == hash_of(list_of(run, objects)))
            went_well(t);
    }
    good = !decode_is_expired(d);
    decode_free(d);
    return good;
}

static void take_view(struct vcenter_tasklist *t, struct run *run, const struct reply *reply)
{
    const char *id = vcenter_returnval(run->arena, reply);
    struct err err = {0};

    if (id) {
        replace(&t->view, id);
        return;
    }
    err_set(&err, ERR_PROTO, 0, "tasks: the reply names no view");
    failed(t, run, &err);
}

static void take_reset(struct vcenter_tasklist *t, const struct run *run, struct objects *objects)
{
    const char *list = list_of(run, objects);

    t->holds = hash_of(list);
    went_well(t);
    drop_others(objects, list);
    if (!list || !*list)
        t->told = true;
}

bool vcenter_tasklist_take(struct vcenter_tasklist *t, struct run *run, struct objects *objects,
                           const struct reply *reply, bool *expired)
{
    uint64_t before = objects->clock;
    bool told = t->told, bad = t->err.kind != ERR_NONE;

    *expired = false;
    if (reply->err)
        refuse(t, run, reply);
    else if (t->asked == TASKLIST_VIEW)
        take_view(t, run, reply);
    else if (t->asked == TASKLIST_INFOS)
        t->has_infos = true;
    else if (t->asked == TASKLIST_RECENT)
        t->has_recent = true;
    else if (t->asked == TASKLIST_RESET)
        take_reset(t, run, objects);
    else
        *expired = !read_poll(t, run, objects, reply);
    return objects->clock != before || told != t->told || bad != (t->err.kind != ERR_NONE);
}

bool vcenter_tasklist_updated(struct vcenter_tasklist *t)
{
    bool before = t->told;

    t->told |= t->holds != 0;
    return t->told != before;
}

/* ---- rows --------------------------------------------------------------------------------------
 */

static int64_t time_of(const char *text)
{
    int64_t at = 0;

    return text && fmt_parse_time(text, &at) == 0 ? at : 0;
}

static void add_row(struct table_builder *b, const struct object *o)
{
    struct vcenter_task task = {.id = o->id,
                                .name = o->slot[TASK_NAME],
                                .description = o->slot[TASK_DESCRIPTION],
                                .entity = o->slot[TASK_ENTITY],
                                .entity_id = o->slot[TASK_ENTITY_ID],
                                .state = o->slot[TASK_STATE],
                                .user = o->slot[TASK_USER],
                                .reason = o->slot[TASK_REASON],
                                .error = o->slot[TASK_ERROR],
                                .queued = time_of(o->slot[TASK_QUEUED]),
                                .started = time_of(o->slot[TASK_STARTED]),
                                .ended = time_of(o->slot[TASK_ENDED])};
    const char *progress = o->slot[TASK_PROGRESS];

    task.has_progress = progress && text_to_double(progress, &task.progress) == 0;
    vcenter_task_row(b, &task);
}

/* The same tasks in the same state, and none that may be too old by now. */
static uint64_t identity(const struct object_list *l, int64_t now)
{
    uint64_t hash = (uint64_t)(now / KEEP_AGAIN_MS);

    for (size_t i = 0; i < l->n; i++) {
        uint64_t version = l->items[i] ? l->items[i]->version : 0;

        hash = hash_fast(&version, sizeof(version), hash);
    }
    return hash | 1;
}

static enum freshness verdict(const struct err *err)
{
    if (err->kind == ERR_UNSUPPORTED)
        return FRESH_UNSUPPORTED;
    return err->kind == ERR_AUTH || err->kind == ERR_DENIED ? FRESH_DENIED : FRESH_FAILED;
}

/* Not read now: as it was. */
static void keep(const struct vcenter_tasklist *t, struct run *run)
{
    const struct snapshot *prev = builder_prev(run_table(run, &table_tasks));

    if (t->err.kind != ERR_NONE)
        run_keep(run, &table_tasks, verdict(&t->err), &t->err);
    else
        run_keep(run, &table_tasks, prev ? snapshot_freshness(prev) : FRESH_NEVER,
                 prev ? snapshot_err(prev) : NULL);
}

static void fill(struct run *run, struct table_builder *b, const struct object_list *l)
{
    struct map *seen = map_new();

    for (size_t i = 0; i < l->n; i++) {
        if (!l->items[i] || !*l->items[i]->id || !l->items[i]->slot[TASK_STATE])
            continue;
        map_put(seen, l->items[i]->id, seen);
        add_row(b, l->items[i]);
    }
    vcenter_tasks_keep(run, b, seen);
    map_free(seen, NULL);
}

static size_t length_of(const char *list)
{
    size_t n = list && *list;

    for (; list && *list; list++)
        n += *list == '\n';
    return n;
}

void vcenter_tasklist_rows(const struct vcenter_tasklist *t, struct run *run,
                           const struct objects *objects)
{
    struct table_builder *b = run_table(run, &table_tasks);
    const struct object_list *l = &objects->lists[OBJECT_TASK];
    struct err none = {0};

    if (is_on(run) && !run->facts->vsphere->task_manager) {
        err_set(&none, ERR_UNSUPPORTED, 0, "the server names no task manager");
        run_keep(run, &table_tasks, FRESH_UNSUPPORTED, &none);
        return;
    }
    if (!t->told || t->err.kind != ERR_NONE) {
        keep(t, run);
        return;
    }
    if (!t->refused && length_of(list_of(run, objects)) > LISTED_MAX)
        builder_note(b, "of recent tasks %d are watched", LISTED_MAX);
    if (!builder_block(b, identity(l, run->now)))
        fill(run, b, l);
}
