/*
 * vim_wait: property collectors of a session: filters, and WaitForUpdatesEx.
 *
 * A filter remembers for each object it has reported the serial of the vCenter at that time and a
 * hash of each value. Something is new when the vCenter's serial has moved; then only objects with
 * a later stamp are rendered, and only values with another hash are sent. At most so many objects
 * go into one reply: what was not reported yet is found again by the next call, and a truncated
 * reply says that this call will not have to wait.
 */
#include "tests/lab/vim.h"

#include "core/hash.h"
#include "core/map.h"
#include "core/mem.h"
#include "core/text.h"
#include "tests/lab/lab.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define OBJECTS_MAX 100
#define WAIT_MAX_S  600
#define TICK_MS     20

struct entry {
    struct lab_mo *mo;
    uint64_t seen, round;
    uint64_t *hashes; /* one for each wanted property; 0: unset */
};

struct filter {
    const char *id;
    struct vim_spec *spec;
    struct map *entries;    /* moid -> struct entry */
    struct lab_list chosen; /* struct lab_mo, as selected last */
    uint64_t serial, round; /* of the vCenter when it was selected */
    bool gone;
};

struct collector {
    struct lab_mo mo;
    struct lab_list filters;
    struct strbuf last; /* the reply that led to this version, for a client that lost it */
    uint64_t seen;      /* serial of the vCenter that everything up to here was reported of */
    unsigned version, generation;
    bool truncated, cancelled, gone;
};

static void free_entry(void *p)
{
    struct entry *e = p;

    free(e->hashes);
    free(e);
}

static void release_filter(struct filter *f)
{
    map_free(f->entries, free_entry);
    vim_spec_release(f->spec);
    free(f->chosen.at);
    f->entries = NULL;
    f->chosen = (struct lab_list){NULL, 0, 0};
    f->gone = true;
}

void vim_collector_release(struct lab_mo *mo)
{
    struct collector *col = (struct collector *)(void *)mo;

    for (size_t i = 0; i < col->filters.n; i++)
        if (!((struct filter *)col->filters.at[i])->gone)
            release_filter(col->filters.at[i]);
    free(col->filters.at);
    col->filters = (struct lab_list){NULL, 0, 0};
    strbuf_release(&col->last);
}

/* ---- making and ending ---------------------------------------------------------------------- */

static struct collector *this_collector(struct vim_call *c)
{
    struct lab_mo *mo = vim_object(c, c->this_id);

    if (!mo)
        return NULL;
    if (mo->type == MO_COLLECTOR)
        return (struct collector *)(void *)mo;
    if (!lab_mo_is(mo, "PropertyCollector")) {
        vim_fault(c, "InvalidRequest", "The object is no property collector.", NULL);
        return NULL;
    }
    /* The session's default collector is made when it is first used. */
    for (size_t i = 0; i < c->session->collectors.n; i++) {
        struct collector *col = c->session->collectors.at[i];

        if (strcmp(col->mo.id, mo->id) == 0)
            return col;
    }
    mo = arena_alloc(c->session->arena, sizeof(struct collector));
    *mo = (struct lab_mo){.type = MO_COLLECTOR, .id = "propertyCollector"};
    strbuf_init(&((struct collector *)(void *)mo)->last, 0);
    lab_list_add(&c->session->collectors, mo);
    return (struct collector *)(void *)mo;
}

void vim_call_create_collector(struct vim_call *c)
{
    struct collector *col = arena_alloc(c->session->arena, sizeof(*col));

    col->mo = (struct lab_mo){.type = MO_COLLECTOR, .id = vim_session_object(c)};
    strbuf_init(&col->last, 0);
    lab_list_add(&c->session->collectors, col);
    vim_ref(c->out, "returnval", &col->mo);
}

void vim_call_create_filter(struct vim_call *c)
{
    struct collector *col = this_collector(c);
    struct vim_spec *spec =
        col ? vim_spec_parse(c, c->session->arena, vim_child(c->method, "spec")) : NULL;
    struct filter *f;

    if (!spec)
        return;
    f = arena_alloc(c->session->arena, sizeof(*f));
    f->id = vim_session_object(c);
    f->spec = spec;
    f->entries = map_new();
    lab_list_add(&col->filters, f);
    col->seen = 0;
    strbuf_addf(c->out, "<returnval type=\"PropertyFilter\">%s</returnval>", f->id);
}

void vim_call_destroy_filter(struct vim_call *c)
{
    for (size_t i = 0; i < c->session->collectors.n; i++) {
        struct collector *col = c->session->collectors.at[i];

        for (size_t k = 0; k < col->filters.n; k++) {
            struct filter *f = col->filters.at[k];

            if (f->gone || strcmp(f->id, c->this_id) != 0)
                continue;
            release_filter(f);
            return;
        }
    }
    vim_object(c, c->this_id);
}

void vim_call_destroy_collector(struct vim_call *c)
{
    struct collector *col = this_collector(c);

    if (!col)
        return;
    for (size_t i = 0; i < col->filters.n; i++)
        if (!((struct filter *)col->filters.at[i])->gone)
            release_filter(col->filters.at[i]);
    col->gone = true;
    col->mo.parent = &col->mo;
}

void vim_call_cancel_wait(struct vim_call *c)
{
    struct collector *col = this_collector(c);

    if (col)
        col->cancelled = true;
}

/* ---- what is new ---------------------------------------------------------------------------- */

struct page {
    struct vim_call *c;
    struct filter *f;
    struct strbuf *out;
    size_t count, max;
    bool opened, full;
};

static uint64_t stamp_of(const struct lab_vc *vc, const struct lab_mo *mo)
{
    bool follows_events = mo->type == MO_EVENT_COLLECTOR || mo->type == MO_SERVICE;

    return follows_events && vc->evented > mo->stamp ? vc->evented : mo->stamp;
}

/* Room for one more object? Otherwise the page is full, and there is more. */
static bool begin_object(struct page *p, const struct lab_mo *mo, const char *kind)
{
    if (p->count == p->max) {
        p->full = true;
        return false;
    }
    if (!p->opened)
        strbuf_addf(p->out, "<filterSet><filter type=\"PropertyFilter\">%s</filter>", p->f->id);
    p->opened = true;
    p->count++;
    strbuf_addf(p->out, "<objectSet><kind>%s</kind>", kind);
    vim_ref(p->out, "obj", mo);
    return true;
}

static void add_change(struct page *p, const struct vim_picked *picked, const struct strbuf *val)
{
    strbuf_addf(p->out, "<changeSet><name>%s</name><op>assign</op>", picked->path);
    strbuf_add(p->out, val->buf, val->len);
    strbuf_addstr(p->out, "</changeSet>");
}

/* Render the wanted values of @e; those that are new go to @out. Returns how many. */
static unsigned compare(struct page *p, struct entry *e, bool first, struct strbuf *scratch,
                        bool send)
{
    struct vim_call *c = p->c;
    const struct lab_list *wanted = vim_spec_wanted(p->f->spec, c->session->arena, e->mo);
    unsigned n = 0;

    if (!e->hashes)
        e->hashes = mem_alloc((wanted->n + 1) * sizeof(*e->hashes));
    for (size_t i = 0; i < wanted->n; i++) {
        const struct vim_picked *picked = wanted->at[i];
        uint64_t h = 0;

        if (!first && picked->leaf && picked->leaf->quiet)
            continue;
        strbuf_reset(scratch);
        if (vim_write(picked, c->vc, c->session, e->mo, scratch))
            h = hash_fast(scratch->buf, scratch->len, 1) | 1;
        if (h == e->hashes[i])
            continue;
        n++;
        if (!send)
            continue;
        e->hashes[i] = h;
        add_change(p, picked, scratch);
    }
    return n;
}

static void report(struct page *p, struct lab_mo *mo, struct strbuf *scratch)
{
    struct entry *e = map_get(p->f->entries, mo->id);
    bool first = !e;

    if (e && stamp_of(p->c->vc, mo) <= e->seen) {
        e->round = p->f->round;
        return;
    }
    if (first) {
        if (!begin_object(p, mo, "enter"))
            return;
        e = mem_alloc(sizeof(*e));
        e->mo = mo;
        map_put(p->f->entries, mo->id, e);
    } else {
        e->round = p->f->round;
        if (compare(p, e, false, scratch, false) == 0) {
            e->seen = stamp_of(p->c->vc, mo);
            return;
        }
        if (!begin_object(p, mo, "modify"))
            return;
    }
    e->round = p->f->round;
    e->seen = stamp_of(p->c->vc, mo);
    compare(p, e, first, scratch, true);
    strbuf_addstr(p->out, "</objectSet>");
}

static void report_left(struct page *p)
{
    const char *key;
    void *value;

    for (size_t i = 0; !p->full && map_at(p->f->entries, &i, &key, &value);) {
        struct entry *e = value;

        if (e->round == p->f->round)
            continue;
        if (!begin_object(p, e->mo, "leave"))
            return;
        strbuf_addstr(p->out, "</objectSet>");
        map_remove(p->f->entries, e->mo->id);
        free_entry(e);
    }
}

static void evaluate_filter(struct page *p, struct strbuf *scratch)
{
    struct filter *f = p->f;
    struct vim_call *c = p->c;

    if (f->serial != c->vc->serial || !f->chosen.at) {
        f->chosen.n = 0;
        vim_spec_select(f->spec, c->vc, c->session, &f->chosen);
        f->serial = c->vc->serial;
        f->round++;
    }
    p->opened = false;
    for (size_t i = 0; i < f->chosen.n && !p->full; i++)
        report(p, f->chosen.at[i], scratch);
    if (!p->full)
        report_left(p);
    if (p->opened)
        strbuf_addstr(p->out, "</filterSet>");
}

/* False: nothing is new. */
static bool evaluate(struct vim_call *c, struct collector *col, size_t max)
{
    struct strbuf scratch = STRBUF_INIT, sets = STRBUF_INIT;
    struct page p = {.c = c, .out = &sets, .max = max};

    for (size_t i = 0; i < col->filters.n && !p.full; i++) {
        p.f = col->filters.at[i];
        if (!p.f->gone)
            evaluate_filter(&p, &scratch);
    }
    if (p.count) {
        strbuf_addf(c->out, "<returnval><version>%u</version>", ++col->version);
        strbuf_add(c->out, sets.buf, sets.len);
        if (p.full)
            strbuf_addstr(c->out, "<truncated>true</truncated>");
        strbuf_addstr(c->out, "</returnval>");
    }
    col->truncated = p.full;
    if (!p.full)
        col->seen = c->vc->serial;
    strbuf_release(&scratch);
    strbuf_release(&sets);
    return p.count > 0;
}

/* ---- waiting -------------------------------------------------------------------------------- */

static void start_over(struct collector *col)
{
    for (size_t i = 0; i < col->filters.n; i++) {
        struct filter *f = col->filters.at[i];

        if (f->gone)
            continue;
        map_free(f->entries, free_entry);
        f->entries = map_new();
    }
    col->seen = 0;
}

/* Whether the version is one that can go on. A reply that got lost is sent again. */
static bool accept_version(struct vim_call *c, struct collector *col, const char *version)
{
    int64_t n;

    if (!*version) {
        start_over(col);
        return true;
    }
    if (text_to_i64(version, 0, UINT32_MAX, &n) == 0 && n == col->version)
        return true;
    if (n + 1 == col->version && !col->truncated && col->last.len) {
        strbuf_add(c->out, col->last.buf, col->last.len);
        return false;
    }
    vim_fault(c, "InvalidCollectorVersion", "", NULL);
    return false;
}

static int64_t monotonic_ms(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* A moment without the lock. False: nobody is there any more to wait for. */
static bool sleep_unlocked(struct vim_call *c)
{
    struct pollfd pfd = {.fd = c->req->fd > 0 ? c->req->fd : -1, .events = POLLRDHUP};
    struct vim_session *s = c->session;
    bool left;

    s->waiting++;
    pthread_mutex_unlock(&c->lab->lock);
    left = poll(&pfd, 1, TICK_MS) > 0;
    pthread_mutex_lock(&c->lab->lock);
    s->waiting--;
    s->used_at = lab_session_ms(c->lab);
    if (!s->open) {
        vim_fault(c, "NotAuthenticated", "The session is not authenticated.", NULL);
        if (!s->waiting)
            vim_session_release(s);
        return false;
    }
    return !left && !__atomic_load_n(&c->server->stopping, __ATOMIC_ACQUIRE);
}

static bool is_over(const struct collector *col, unsigned generation)
{
    return col->cancelled || col->gone || col->generation != generation;
}

static void wait_for_news(struct vim_call *c, struct collector *col, size_t max, int64_t wait_s)
{
    int64_t end = monotonic_ms() + wait_s * 1000;
    unsigned generation = ++col->generation;

    col->cancelled = false;
    while (col->seen == c->vc->serial || !evaluate(c, col, max)) {
        if (monotonic_ms() >= end || !sleep_unlocked(c))
            return;
        if (is_over(col, generation)) {
            col->cancelled = false;
            vim_fault(c, "RequestCanceled", "The request was canceled by a user.", NULL);
            return;
        }
    }
    strbuf_reset(&col->last);
    strbuf_add(&col->last, c->out->buf, c->out->len);
}

void vim_call_wait(struct vim_call *c)
{
    struct collector *col = this_collector(c);
    const char *version = vim_text(c->a, c->method, "version");
    xmlNode *options = vim_child(c->method, "options");
    int64_t wait_s = vim_number(c->a, options, "maxWaitSeconds");
    int64_t max = vim_number(c->a, options, "maxObjectUpdates");

    if (!col || !accept_version(c, col, version ? version : ""))
        return;
    if (wait_s < 0 || wait_s > WAIT_MAX_S)
        wait_s = WAIT_MAX_S;
    wait_for_news(c, col, max > 0 && max < OBJECTS_MAX ? (size_t)max : OBJECTS_MAX, wait_s);
}
