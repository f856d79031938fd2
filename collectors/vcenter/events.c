/*
 * events: an EventHistoryCollector reads every event once, page by page from the oldest on; what it
 * reads at the next poll are the newer ones (reference: HistoryCollector, "scrollable view"). It
 * begins a day back, and after a new login where the last one ended. A reply that did not arrive
 * has moved the position all the same: then the collector is given back, and a new one begins a
 * little before the newest event that is known.
 *
 * The newest EVENTS_MAX events are kept, in chunks, so that a poll with a few new events makes one
 * block anew and a poll without any makes none.
 *
 * An event does not carry the category that the vSphere Client shows; that is a property of its
 * type. EventEx has a severity of its own; for the others the words in the name of the type decide.
 */
#include "collectors/vcenter/vcenter.h"

#include <stdlib.h>
#include <string.h>

#include "collectors/vcenter/facts.h"
#include "collectors/vcenter/fault.h"
#include "core/arena.h"
#include "core/fmt.h"
#include "core/hash.h"
#include "core/mem.h"
#include "core/soap.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "core/xml.h"

#define EVENTS_MAX   10000
#define CHUNK        250
#define CHUNKS_MAX   (EVENTS_MAX / CHUNK)
#define PAGE         1000
#define BACK_MS      (24LL * 60 * 60 * 1000)
#define OVERLAP_MS   60000 /* events of one moment come in no order */
#define BODY_MAX     (32u << 20)
#define BODY_DEPTH   3
#define RETURN_DEPTH 4

struct event {
    int64_t key, chain, at;
    char *type, *severity, *entity, *entity_id, *user, *message, *from, *to;
};

struct chunk {
    struct event at[CHUNK];
    size_t n;
};

enum stage { STAGE_DESTROY, STAGE_CREATE, STAGE_READ };

struct events {
    unsigned login;
    char *collector; /* id; NULL: to be made */
    char *orphan;    /* one to be given back; NULL: none */
    bool asked;      /* a page was asked for and did not arrive */
    struct chunk *chunks[CHUNKS_MAX];
    size_t n;
    int64_t newest_key, newest_at;
    bool any, dropped;
};

struct reading {
    enum stage stage;
    unsigned pages;
    bool is_new;
};

/* ---- what is kept -------------------------------------------------------------------------------
 */

static void event_release(struct event *e)
{
    free(e->type);
    free(e->severity);
    free(e->entity);
    free(e->entity_id);
    free(e->user);
    free(e->message);
    free(e->from);
    free(e->to);
    memset(e, 0, sizeof(*e));
}

static void chunk_free(struct chunk *c)
{
    for (size_t i = 0; i < c->n; i++)
        event_release(&c->at[i]);
    free(c);
}

static void release(void *state)
{
    struct events *s = state;

    for (size_t i = 0; i < s->n; i++)
        chunk_free(s->chunks[i]);
    free(s->collector);
    free(s->orphan);
}

static bool is_known(const struct events *s, int64_t key)
{
    for (size_t i = s->n; s->any && key <= s->newest_key && i > 0; i--) {
        const struct chunk *c = s->chunks[i - 1];

        for (size_t k = 0; k < c->n; k++) {
            if (c->at[k].key == key)
                return true;
        }
    }
    return false;
}

/* Takes what @e points to. */
static void keep(struct events *s, struct event *e)
{
    struct chunk *c = s->n ? s->chunks[s->n - 1] : NULL;

    if (is_known(s, e->key)) {
        event_release(e);
        return;
    }
    if (!c || c->n == CHUNK) {
        if (s->n == CHUNKS_MAX) {
            chunk_free(s->chunks[0]);
            memmove(s->chunks, s->chunks + 1, --s->n * sizeof(*s->chunks));
            s->dropped = true;
        }
        c = s->chunks[s->n++] = mem_alloc(sizeof(*c));
    }
    if (!s->any || e->key > s->newest_key)
        s->newest_key = e->key;
    if (!s->any || e->at > s->newest_at)
        s->newest_at = e->at;
    s->any = true;
    c->at[c->n++] = *e;
    memset(e, 0, sizeof(*e));
}

/* ---- a page -------------------------------------------------------------------------------------
 */

/* What an event names beside its entity. */
enum place {
    PLACE_HOST,
    PLACE_DEST_HOST,
    PLACE_SOURCE_HOST,
    PLACE_STORE,
    PLACE_DEST_STORE,
    PLACE_SOURCE_STORE,
    PLACE_N
};

struct page {
    struct events *state;
    struct event now;
    char *places[PLACE_N];
    size_t entity_rank, id_rank; /* of what is in now.entity and now.entity_id; 0: nothing */
    bool has_key, seen;
    size_t n;
};

static void forget(struct page *p)
{
    event_release(&p->now);
    for (size_t i = 0; i < PLACE_N; i++) {
        free(p->places[i]);
        p->places[i] = NULL;
    }
    p->entity_rank = p->id_rank = 0;
    p->has_key = false;
}

static void set(char **field, const char *text, size_t len)
{
    free(*field);
    *field = mem_strndup(text, len);
}

static void page_start(void *arg, struct xml_reader *x)
{
    struct page *p = arg;
    size_t len = 0;
    const char *type;

    if (xml_depth(x) == BODY_DEPTH && xml_path_is(x, BODY_DEPTH, "ReadNextEventsResponse"))
        p->seen = true;
    if (!p->seen || xml_depth(x) != RETURN_DEPTH || !xml_path_is(x, RETURN_DEPTH, "returnval"))
        return;
    forget(p);
    type = soap_type(x, &len);
    if (type)
        set(&p->now.type, type, len);
}

/* In the order in which they say what an event is about: a datastore comes behind the VM. */
static const struct {
    const char *name, *id;
} entities[] = {
    {"returnval/datacenter/name", "returnval/datacenter/datacenter"},
    {"returnval/computeResource/name", "returnval/computeResource/computeResource"},
    {"returnval/dvs/name", "returnval/dvs/dvs"},
    {"returnval/net/name", "returnval/net/network"},
    {"returnval/ds/name", "returnval/ds/datastore"},
    {"returnval/host/name", "returnval/host/host"},
    {"returnval/vm/name", "returnval/vm/vm"},
};

static bool is_field(const struct xml_reader *x, const char *path)
{
    return xml_path_is(x, RETURN_DEPTH, path);
}

static void set_ranked(char **field, size_t *have, size_t rank, const char *text, size_t len)
{
    if (rank < *have)
        return;
    *have = rank;
    set(field, text, len);
}

static void take_entity(struct page *p, const struct xml_reader *x, const char *text, size_t len)
{
    for (size_t i = 0; i < ARRAY_SIZE(entities); i++) {
        if (is_field(x, entities[i].name))
            set_ranked(&p->now.entity, &p->entity_rank, i + 1, text, len);
        else if (is_field(x, entities[i].id))
            set_ranked(&p->now.entity_id, &p->id_rank, i + 1, text, len);
    }
    if (!p->now.entity && is_field(x, "returnval/objectName"))
        set(&p->now.entity, text, len);
}

/* Of VmBeingHotMigratedEvent, VmMigratedEvent, VmRelocatedEvent and their like (govmomi's types).
 */
static const char *const places[PLACE_N] = {
    [PLACE_HOST] = "returnval/host/name",
    [PLACE_DEST_HOST] = "returnval/destHost/name",
    [PLACE_SOURCE_HOST] = "returnval/sourceHost/name",
    [PLACE_STORE] = "returnval/ds/name",
    [PLACE_DEST_STORE] = "returnval/destDatastore/name",
    [PLACE_SOURCE_STORE] = "returnval/sourceDatastore/name",
};

static void take_place(struct page *p, const struct xml_reader *x, const char *text, size_t len)
{
    for (size_t i = 0; i < PLACE_N; i++) {
        if (is_field(x, places[i]))
            set(&p->places[i], text, len);
    }
}

/* False: it stays where it is. */
static bool moves(struct page *p, enum place here, enum place dest, enum place source)
{
    const char *from = p->places[source] ? p->places[source] : p->places[here];
    const char *to = p->places[source] ? p->places[here] : p->places[dest];

    if (!from || !to || strcmp(from, to) == 0)
        return false;
    p->now.from = mem_strdup(from);
    p->now.to = mem_strdup(to);
    return true;
}

static void take_number(const char *text, int64_t *out)
{
    (void)text_to_i64(text, INT64_MIN, INT64_MAX, out);
}

static void take_field(struct page *p, const struct xml_reader *x, const char *text, size_t len)
{
    if (is_field(x, "returnval/key"))
        p->has_key = text_to_i64(text, INT64_MIN, INT64_MAX, &p->now.key) == 0;
    else if (is_field(x, "returnval/chainId"))
        take_number(text, &p->now.chain);
    else if (is_field(x, "returnval/createdTime"))
        (void)fmt_parse_time(text, &p->now.at);
    else if (is_field(x, "returnval/userName"))
        set(&p->now.user, text, len);
    else if (is_field(x, "returnval/fullFormattedMessage"))
        set(&p->now.message, text, len);
    else if (is_field(x, "returnval/eventTypeId"))
        set(&p->now.type, text, len);
    else if (is_field(x, "returnval/severity"))
        set(&p->now.severity, text, len);
    else {
        take_entity(p, x, text, len);
        take_place(p, x, text, len);
    }
}

static void page_end(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct page *p = arg;

    if (!p->seen || xml_depth(x) < RETURN_DEPTH)
        return;
    if (xml_depth(x) > RETURN_DEPTH) {
        if (len)
            take_field(p, x, text, len);
        return;
    }
    p->n += is_field(x, "returnval");
    if (p->has_key && !moves(p, PLACE_HOST, PLACE_DEST_HOST, PLACE_SOURCE_HOST))
        (void)moves(p, PLACE_STORE, PLACE_DEST_STORE, PLACE_SOURCE_STORE);
    if (p->has_key)
        keep(p->state, &p->now);
    forget(p);
}

static const char *severity_of(const struct event *e)
{
    static const char *const errors[] = {"Fail", "Error", "Lost", "NotResponding"};
    const char *type = e->type ? e->type : "";

    if (e->severity)
        return e->severity;
    for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
        if (strstr(type, errors[i]))
            return "error";
    }
    return strstr(type, "Warning") ? "warning" : "info";
}

/* ---- rows ---------------------------------------------------------------------------------------
 */

static void add_row(struct table_builder *b, const struct event *e)
{
    builder_row(b);
    builder_int(b, EVENTS_EVENT_ID, e->key);
    if (e->at)
        builder_int(b, EVENTS_AT, e->at);
    builder_state(b, EVENTS_CATEGORY, e->user ? "user" : "system");
    builder_state(b, EVENTS_SEVERITY, severity_of(e));
    builder_str(b, EVENTS_TYPE, e->type);
    builder_str(b, EVENTS_ENTITY, e->entity);
    builder_str(b, EVENTS_USER, e->user);
    builder_str(b, EVENTS_MESSAGE, e->message);
    builder_str(b, EVENTS_ENTITY_ID, e->entity_id);
    builder_int(b, EVENTS_CHAIN_ID, e->chain);
    builder_str(b, EVENTS_MOVED_FROM, e->from);
    builder_str(b, EVENTS_MOVED_TO, e->to);
}

static enum step publish(struct run *run)
{
    struct table_builder *b = run_table(run, &table_events);
    const struct events *s = run->state;

    for (size_t i = 0; i < s->n; i++) {
        const struct chunk *c = s->chunks[i];
        const int64_t id[] = {c->at[0].key, c->at[0].at, c->at[c->n - 1].key, (int64_t)c->n};

        if (builder_block(b, hash_fast(id, sizeof(id), 1)))
            continue;
        for (size_t k = 0; k < c->n; k++)
            add_row(b, &c->at[k]);
    }
    if (s->dropped)
        builder_note(b, "the newest %d events are kept; older ones are in vCenter", EVENTS_MAX);
    return STEP_DONE;
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

static enum step create(struct run *run, struct reading *r)
{
    const struct events *s = run->state;
    struct strbuf body = STRBUF_INIT;

    r->stage = STAGE_CREATE;
    r->is_new = true;
    soap_begin(&body, "CreateCollectorForEvents", VCENTER_VIM);
    soap_ref(&body, "_this", "EventManager", run->facts->vsphere->event_manager);
    strbuf_addstr(&body, "<filter><time><beginTime>");
    fmt_time_iso(&body, s->any ? s->newest_at - OVERLAP_MS : run->now - BACK_MS);
    strbuf_addstr(&body, "</beginTime></time></filter>");
    soap_end(&body, "CreateCollectorForEvents");
    return send(run, "events", &body);
}

/* Servers have room for 32 of them per client. */
static enum step renew(struct run *run, struct reading *r)
{
    const struct events *s = run->state;
    struct strbuf body = STRBUF_INIT;

    if (!s->orphan)
        return create(run, r);
    r->stage = STAGE_DESTROY;
    soap_begin(&body, "DestroyCollector", VCENTER_VIM);
    soap_ref(&body, "_this", "EventHistoryCollector", s->orphan);
    soap_end(&body, "DestroyCollector");
    return send(run, "events", &body);
}

static void give_up(struct events *s)
{
    free(s->orphan);
    s->orphan = s->collector;
    s->collector = NULL;
    s->asked = false;
}

static enum step read_next(struct run *run, struct reading *r)
{
    struct events *s = run->state;
    struct strbuf body = STRBUF_INIT;

    r->stage = STAGE_READ;
    s->asked = true;
    soap_begin(&body, "ReadNextEvents", VCENTER_VIM);
    soap_ref(&body, "_this", "EventHistoryCollector", s->collector);
    strbuf_addf(&body, "<maxCount>%d</maxCount>", PAGE);
    soap_end(&body, "ReadNextEvents");
    return send(run, "events", &body);
}

static enum step begin(struct run *run)
{
    const struct vsphere_facts *f = vcenter_facts(run);
    struct reading *r = run->scratch = arena_alloc(run->arena, sizeof(*r));
    struct events *s = run->state;

    if (!f || !f->event_manager)
        return run_fail_proto(run, "the server names no event manager");
    if (s->login != f->login) {
        free(s->collector);
        free(s->orphan);
        s->collector = s->orphan = NULL;
    } else if (s->asked)
        give_up(s);
    s->asked = false;
    s->login = f->login;
    return s->collector ? read_next(run, r) : renew(run, r);
}

/* History collectors go with their session, and a server may forget one that is idle. */
static enum step failed(struct run *run, const struct reply *reply, struct reading *r)
{
    struct events *s = run->state;
    struct vcenter_fault f;

    vcenter_fault_read(reply, &f);
    if (r->stage == STAGE_CREATE)
        return run_fail(run, reply->err);
    if (f.class != VCENTER_FAULT_GONE) {
        give_up(s);
        return run_fail(run, reply->err);
    }
    free(s->collector);
    s->collector = NULL;
    s->asked = false;
    return r->is_new ? run_fail(run, reply->err) : create(run, r);
}

static enum step take_destroyed(struct run *run, struct reading *r)
{
    struct events *s = run->state;

    free(s->orphan);
    s->orphan = NULL;
    return create(run, r);
}

static enum step take_collector(struct run *run, const struct reply *reply, struct reading *r)
{
    const char *id = vcenter_returnval(run->arena, reply);
    struct events *s = run->state;

    if (!id)
        return run_fail_proto(run, "reply to CreateCollectorForEvents: it names no collector");
    free(s->collector);
    s->collector = mem_strdup(id);
    return read_next(run, r);
}

static enum step take_page(struct run *run, const struct reply *reply, struct reading *r)
{
    static const struct xml_handler handler = {.start = page_start, .end = page_end};
    struct page p = {.state = run->state};
    int rc = xml_parse(&handler, &p, reply->body, reply->len, &run->err);

    forget(&p);
    p.state->asked = false;
    if (rc == 0 && !p.seen)
        rc = err_set(&run->err, ERR_PROTO, 0, "it is no ReadNextEventsResponse");
    if (rc < 0) {
        err_prefix(&run->err, "page of events");
        give_up(p.state); /* the position is behind what was not read */
        return STEP_FAIL;
    }
    if (!p.n)
        return publish(run);
    if (++r->pages >= COLLECTOR_PAGES_MAX) {
        err_set(&run->err, ERR_LIMIT, 0, "more than %d pages of events", COLLECTOR_PAGES_MAX);
        return STEP_FAIL;
    }
    return read_next(run, r);
}

static enum step events_step(struct run *run, const struct reply *reply)
{
    struct reading *r = run->scratch;

    if (!reply)
        return begin(run);
    if (r->stage == STAGE_DESTROY)
        return take_destroyed(run, r);
    if (reply->err)
        return failed(run, reply, r);
    return r->stage == STAGE_CREATE ? take_collector(run, reply, r) : take_page(run, reply, r);
}

static const struct schema *const tables[] = {&table_events, NULL};

const struct collector collector_vcenter_events = {
    .name = "vcenter_events",
    .kinds = KIND_VCENTER,
    .tables = tables,
    .interval_ms = 30 * 1000,
    .timeout_ms = 300 * 1000,
    .state_size = sizeof(struct events),
    .state_release = release,
    .step = events_step,
};
