/*
 * alarms: triggeredAlarmState of the root folder holds every alarm that is triggered below it. It
 * need not notify, so it is polled. It names alarms and entities by their ids; a second call asks
 * for what they are called. Names of alarms are kept for as long as the session, those of entities
 * are asked for each time: they are few, and they change.
 */
#include "collectors/vcenter/vcenter.h"

#include <string.h>

#include "collectors/vcenter/facts.h"
#include "core/arena.h"
#include "core/fmt.h"
#include "core/map.h"
#include "core/mem.h"
#include "core/soap.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "core/xml.h"

#define BODY_MAX     (16u << 20)
#define ALARMS_MAX   20000
#define NAMES_MAX    1000 /* refs asked for in one call */
#define BODY_DEPTH   3
#define RETURN_DEPTH 4
#define STATE_DEPTH  8 /* Envelope/Body/Response/returnval/objects/propSet/val/AlarmState */

struct alarm {
    const char *id, *entity, *entity_type, *status;
    int64_t at;
    bool acknowledged, has_acknowledged;
};

struct reading {
    struct arena *arena;
    struct alarm *alarms;
    size_t n, cap, lost;
    struct alarm now;
    struct map *names; /* id -> name */
    const char *object, *name;
    const char **refs; /* ids whose names are not known: type, id, type, id ... */
    size_t nrefs, asked;
    bool states, is_answer, expired; /* states: the first call */
};

/* The names live outside of the run's arena; a run that is given up leaves them to the next. */
struct memory {
    struct map *names;
};

static void release(void *state)
{
    struct memory *m = state;

    map_free(m->names, NULL);
    m->names = NULL;
}

/* ---- decoding -----------------------------------------------------------------------------------
 */

static const char *attribute(struct reading *r, const struct xml_reader *x, const char *name)
{
    size_t len = 0;
    const char *text = xml_attribute_of(x, "", name, &len);

    return text ? arena_strndup(r->arena, text, len) : NULL;
}

static void on_start(void *arg, struct xml_reader *x)
{
    struct reading *r = arg;
    const char *type;
    size_t len = 0;

    if (xml_depth(x) == BODY_DEPTH && strcmp(xml_name(x), "RetrievePropertiesExResponse") == 0)
        r->is_answer = true;
    if (xml_path_is(x, STATE_DEPTH, "AlarmState"))
        memset(&r->now, 0, sizeof(r->now));
    if (xml_path_is(x, STATE_DEPTH, "AlarmState/entity"))
        r->now.entity_type = attribute(r, x, "type");
    if (xml_path_is(x, RETURN_DEPTH, "returnval/objects/missingSet/fault/fault") &&
        (type = soap_type(x, &len)) && len == strlen("NotAuthenticated") &&
        memcmp(type, "NotAuthenticated", len) == 0)
        r->expired = true;
}

static void add_alarm(struct reading *r)
{
    struct alarm *grown;

    if (!r->now.id || !r->now.entity)
        return;
    if (r->n == ALARMS_MAX) {
        r->lost++;
        return;
    }
    if (r->n == r->cap) {
        r->cap = r->cap ? 2 * r->cap : 64;
        grown = arena_alloc(r->arena, r->cap * sizeof(*grown));
        if (r->n)
            memcpy(grown, r->alarms, r->n * sizeof(*grown));
        r->alarms = grown;
    }
    r->alarms[r->n++] = r->now;
}

static bool is_true(const char *text)
{
    return strcmp(text, "true") == 0 || strcmp(text, "1") == 0;
}

static void take_state(struct reading *r, const struct xml_reader *x, const char *text, size_t len)
{
    if (xml_path_is(x, STATE_DEPTH, "AlarmState/alarm"))
        r->now.id = arena_strndup(r->arena, text, len);
    else if (xml_path_is(x, STATE_DEPTH, "AlarmState/entity"))
        r->now.entity = arena_strndup(r->arena, text, len);
    else if (xml_path_is(x, STATE_DEPTH, "AlarmState/overallStatus"))
        r->now.status = arena_strndup(r->arena, text, len);
    else if (xml_path_is(x, STATE_DEPTH, "AlarmState/time"))
        (void)fmt_parse_time(text, &r->now.at);
    else if (xml_path_is(x, STATE_DEPTH, "AlarmState/acknowledged")) {
        r->now.acknowledged = is_true(text);
        r->now.has_acknowledged = is_true(text) || strcmp(text, "false") == 0;
    }
}

static void take_name(struct reading *r, const struct xml_reader *x, const char *text, size_t len)
{
    if (xml_path_is(x, RETURN_DEPTH, "returnval/objects/obj"))
        r->object = arena_strndup(r->arena, text, len);
    else if (xml_path_is(x, RETURN_DEPTH, "returnval/objects/propSet/val"))
        r->name = arena_strndup(r->arena, text, len);
}

static void on_end(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct reading *r = arg;

    if (!r->is_answer)
        return;
    if (len && r->states)
        take_state(r, x, text, len);
    else if (len)
        take_name(r, x, text, len);
    if (r->states && xml_path_is(x, STATE_DEPTH, "AlarmState"))
        add_alarm(r);
    if (!r->states && xml_path_is(x, RETURN_DEPTH, "returnval/objects")) {
        if (r->object && r->name)
            map_put(r->names, r->object, (void *)r->name);
        r->object = r->name = NULL;
    }
}

static int parse(struct run *run, const struct reply *reply, struct reading *r)
{
    static const struct xml_handler handler = {.start = on_start, .end = on_end};
    int rc;

    r->is_answer = false;
    rc = xml_parse(&handler, r, reply->body, reply->len, &run->err);
    if (rc == 0 && !r->is_answer)
        rc = err_set(&run->err, ERR_PROTO, 0, "it is no RetrievePropertiesExResponse");
    return rc;
}

/* ---- requests -----------------------------------------------------------------------------------
 */

static enum step send(struct run *run, const char *label, struct strbuf *body)
{
    enum step step = vcenter_call(run, label, body);

    run->request.max_body = BODY_MAX;
    strbuf_release(body);
    return step;
}

static enum step ask_states(struct run *run)
{
    const struct vsphere_facts *f = run->facts->vsphere;
    struct strbuf body = STRBUF_INIT;

    soap_begin(&body, "RetrievePropertiesEx", VCENTER_VIM);
    soap_ref(&body, "_this", "PropertyCollector", f->property_collector);
    strbuf_addstr(&body, "<specSet><propSet><type>Folder</type>"
                         "<pathSet>triggeredAlarmState</pathSet></propSet><objectSet>");
    soap_ref(&body, "obj", "Folder", f->root_folder);
    strbuf_addstr(&body, "</objectSet></specSet><options/>");
    soap_end(&body, "RetrievePropertiesEx");
    return send(run, "alarms", &body);
}

static enum step ask_names(struct run *run, struct reading *r)
{
    struct strbuf body = STRBUF_INIT;
    size_t end = r->asked + 2 * NAMES_MAX < r->nrefs ? r->asked + 2 * NAMES_MAX : r->nrefs;

    soap_begin(&body, "RetrievePropertiesEx", VCENTER_VIM);
    soap_ref(&body, "_this", "PropertyCollector", run->facts->vsphere->property_collector);
    strbuf_addstr(&body, "<specSet><propSet><type>Alarm</type><pathSet>info.name</pathSet>"
                         "</propSet><propSet><type>ManagedEntity</type><pathSet>name</pathSet>"
                         "</propSet>");
    for (size_t i = r->asked; i < end; i += 2) {
        strbuf_addstr(&body, "<objectSet>");
        soap_ref(&body, "obj", r->refs[i], r->refs[i + 1]);
        strbuf_addstr(&body, "</objectSet>");
    }
    r->asked = end;
    strbuf_addstr(&body, "</specSet><options/>");
    soap_end(&body, "RetrievePropertiesEx");
    return send(run, "names of alarms", &body);
}

/* ---- rows ---------------------------------------------------------------------------------------
 */

static const char *name_of(const struct reading *r, const char *id, struct strbuf *text)
{
    const char *name = map_get(r->names, id);

    if (!name)
        return id;
    strbuf_reset(text);
    /* Names of entities come with / \ % escaped. */
    if (text_percent_decode(text, name, strlen(name)) < 0)
        return name;
    return text->buf;
}

static enum step publish(struct run *run, struct reading *r)
{
    struct table_builder *b = run_table(run, &table_alarms);
    struct strbuf text = STRBUF_INIT;

    for (size_t i = 0; i < r->n; i++) {
        const struct alarm *a = &r->alarms[i];
        const char *alarm = map_get(r->names, a->id);

        builder_row(b);
        builder_str(b, ALARMS_ALARM_ID, a->id);
        builder_str(b, ALARMS_ALARM, alarm ? alarm : a->id);
        builder_str(b, ALARMS_ENTITY, name_of(r, a->entity, &text));
        builder_str(b, ALARMS_ENTITY_ID, a->entity);
        builder_state(b, ALARMS_SEVERITY, a->status);
        if (a->at)
            builder_int(b, ALARMS_AT, a->at);
        if (a->has_acknowledged)
            builder_bool(b, ALARMS_ACKNOWLEDGED, a->acknowledged);
    }
    strbuf_release(&text);
    if (r->lost) {
        err_set(&run->err, ERR_LIMIT, 0, "%zu alarms beyond %d are missing", r->lost, ALARMS_MAX);
        run->freshness = FRESH_PARTIAL;
    }
    return STEP_DONE;
}

/* ---- the run ------------------------------------------------------------------------------------
 */

static void want(struct reading *r, struct map *wanted, const char *type, const char *id)
{
    if (map_has(wanted, id))
        return;
    map_put(wanted, id, r);
    r->refs[r->nrefs++] = type;
    r->refs[r->nrefs++] = id;
}

static void list_refs(struct run *run, struct reading *r)
{
    struct map *wanted = map_new();

    r->refs = arena_alloc(run->arena, (r->n * 4 + 1) * sizeof(*r->refs));
    for (size_t i = 0; i < r->n; i++) {
        want(r, wanted, "Alarm", r->alarms[i].id);
        want(r, wanted, r->alarms[i].entity_type ? r->alarms[i].entity_type : "ManagedEntity",
             r->alarms[i].entity);
    }
    map_free(wanted, NULL);
}

static enum step begin(struct run *run)
{
    const struct vsphere_facts *f = vcenter_facts(run);
    struct reading *r = run->scratch = arena_alloc(run->arena, sizeof(*r));
    struct memory *m = run->state;

    if (!f || !f->root_folder || !f->property_collector)
        return run_fail_proto(run, "the server names no root folder");
    if (f->is_host) {
        err_set(&run->err, ERR_UNSUPPORTED, 0, "an ESXi host alone has no alarms");
        return STEP_FAIL;
    }
    release(m);
    m->names = r->names = map_new();
    r->arena = run->arena;
    r->states = true;
    return ask_states(run);
}

static enum step take_states(struct run *run, const struct reply *reply, struct reading *r)
{
    if (reply->err)
        return run_fail(run, reply->err);
    if (parse(run, reply, r) < 0) {
        err_prefix(&run->err, "reply about the alarms");
        return STEP_FAIL;
    }
    if (r->expired)
        return STEP_EXPIRED;
    r->states = false;
    list_refs(run, r);
    return r->nrefs ? ask_names(run, r) : publish(run, r);
}

/* Names are an enrichment: without them ids are shown. An object that is deleted meanwhile fails
 * the whole call, and the next poll no longer has it. */
static enum step take_names(struct run *run, const struct reply *reply, struct reading *r)
{
    struct err err = {.kind = ERR_NONE};

    if (reply->err)
        err = *reply->err;
    else {
        if (parse(run, reply, r) < 0)
            err = run->err;
        err_clear(&run->err);
    }
    if (err.kind != ERR_NONE) {
        builder_note(run_table(run, &table_alarms), "names of alarms: %s", err.msg);
        return publish(run, r);
    }
    return r->asked < r->nrefs ? ask_names(run, r) : publish(run, r);
}

static enum step alarms_step(struct run *run, const struct reply *reply)
{
    struct reading *r = run->scratch;

    if (!reply)
        return begin(run);
    return r->states ? take_states(run, reply, r) : take_names(run, reply, r);
}

static const struct schema *const tables[] = {&table_alarms, NULL};

const struct collector collector_vcenter_alarms = {
    .name = "vcenter_alarms",
    .kinds = KIND_VCENTER,
    .tables = tables,
    .interval_ms = 30 * 1000,
    .timeout_ms = 60 * 1000,
    .state_size = sizeof(struct memory),
    .state_release = release,
    .step = alarms_step,
};
