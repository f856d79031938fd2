#include "tests/support/collector_run.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/hash.h"
#include "core/mem.h"
#include "core/text.h"

static const struct session_facts no_facts;
static const struct run_hints no_hints;
static const struct canned_reply no_reply;

struct driver {
    struct collector_run *r;
    struct run run;
    struct table_builder *builders[COLLECTOR_RUN_TABLES];
    bool *used;
    struct strbuf line; /* of the last request */
};

static size_t table_count(const struct collector *c)
{
    size_t n = 0;

    while (n < COLLECTOR_RUN_TABLES && c->tables[n])
        n++;
    return n;
}

static void open_builders(struct driver *d)
{
    const struct config_endpoint *e = d->r->endpoint;

    for (size_t i = 0; i < table_count(d->r->collector); i++)
        d->builders[i] = builder_new(d->r->collector->tables[i], e->site, e->name, d->r->tables[i]);
}

static void publish(struct driver *d)
{
    const struct err *err = d->run.err.kind == ERR_NONE ? NULL : &d->run.err;

    for (size_t i = 0; i < table_count(d->r->collector); i++) {
        struct snapshot *old = d->r->tables[i];

        d->r->tables[i] = run_finish(&d->run, i, err);
        d->builders[i] = NULL;
        snapshot_unref(old);
    }
    d->run.verdicts = NULL;
}

static void close_builders(struct driver *d)
{
    for (size_t i = 0; i < table_count(d->r->collector); i++) {
        builder_free(d->builders[i]);
        d->builders[i] = NULL;
    }
}

static void give_up(struct driver *d)
{
    const struct config_endpoint *e = d->r->endpoint;

    for (size_t i = 0; i < table_count(d->r->collector); i++) {
        struct snapshot *old = d->r->tables[i];

        builder_free(d->builders[i]);
        d->r->tables[i] = snapshot_with_freshness(old, d->r->collector->tables[i], e->site, e->name,
                                                  FRESH_FAILED, &d->run.err);
        snapshot_unref(old);
    }
}

/* ---- replies -----------------------------------------------------------------------------------
 */

static const char *find_header(const struct reply *reply, const char *name)
{
    const struct canned_reply *c = reply->impl;
    size_t len = strlen(name);

    for (size_t i = 0; c->headers && c->headers[i]; i++) {
        const char *h = c->headers[i];

        if (strncasecmp(h, name, len) == 0 && h[len] == ':')
            return h + len + 1 + strspn(h + len + 1, " ");
    }
    return NULL;
}

static enum err_kind kind_of_status(int status)
{
    switch (status) {
    case 401:
        return ERR_AUTH;
    case 403:
        return ERR_DENIED;
    case 429:
    case 503:
        return ERR_LIMIT;
    default:
        return ERR_HTTP;
    }
}

static const struct canned_reply none = {.status = 404, .body = ""};

static const struct canned_reply *find_reply(const struct driver *d)
{
    for (size_t i = 0; i < d->r->nreplies; i++) {
        const struct canned_reply *c = &d->r->replies[i];

        if ((d->used[i] && !d->r->repeat) || (c->match && !strstr(d->line.buf, c->match)))
            continue;
        return c;
    }
    return &none;
}

static const struct canned_reply *choose(struct driver *d)
{
    const struct canned_reply *c = find_reply(d);

    if (c != &none)
        d->used[c - d->r->replies] = true;
    return c;
}

/* The body of a 2xx reply as core/http hands it on. */
static enum step stream(struct driver *d, const struct canned_reply *c, struct reply *reply)
{
    size_t piece = d->r->piece ? d->r->piece : COLLECTOR_RUN_PIECE;
    enum step s = STEP_MORE;

    for (size_t at = 0; at < c->len && s == STEP_MORE; at += piece) {
        struct reply part = {.status = 200,
                             .len = c->len - at < piece ? c->len - at : piece,
                             .more = true,
                             .taken_at = d->run.now,
                             .header = find_header,
                             .impl = &no_reply};
        /* A copy of its own, so that reading beyond it is found out. */
        char *own = mem_alloc(part.len);

        memcpy(own, c->body + at, part.len);
        part.body = own;
        s = d->r->collector->step(&d->run, &part);
        free(own);
    }
    reply->body = "";
    reply->len = 0;
    reply->hash = 0;
    return s == STEP_MORE ? d->r->collector->step(&d->run, reply) : s;
}

static enum step answer(struct driver *d)
{
    const struct canned_reply *c = choose(d);
    struct reply reply = {.status = c->status ? c->status : 200,
                          .body = c->body,
                          .len = c->len,
                          .taken_at = d->run.now,
                          .header = find_header,
                          .request_id = "canned-request-id",
                          .impl = c};
    struct err err;

    if (c->status < 0)
        reply.status = 0;
    reply.hash = hash_fast(c->body, c->len, 0);
    reply.hash += reply.hash == 0;
    if (c->err) {
        reply.err = c->err;
    } else if (reply.status >= 300) {
        err_set(&err, kind_of_status(reply.status), reply.status, "%d the manager said no",
                reply.status);
        reply.err = &err;
    }
    d->r->streamed |= d->run.request.stream;
    if (d->run.request.stream && reply.status < 300 && !c->err)
        return stream(d, c, &reply);
    return d->r->collector->step(&d->run, &reply);
}

static void note_request(struct driver *d)
{
    const struct request *q = &d->run.request;

    strbuf_reset(&d->line);
    strbuf_addf(&d->line, "%s %s", q->method, q->path);
    if (q->body) {
        strbuf_addch(&d->line, ' ');
        text_sanitize(&d->line, q->body, q->body_len, 0);
    }
    d->r->nrequests++;
    if (d->r->requests.len < (1u << 20))
        strbuf_addf(&d->r->requests, "%s\n", d->line.buf);
}

/* ---- the run -----------------------------------------------------------------------------------
 */

static bool too_many(struct driver *d)
{
    if (d->r->nrequests + d->r->nwaits <= COLLECTOR_REQUESTS_MAX)
        return false;
    d->r->endless = true;
    err_set(&d->run.err, ERR_LIMIT, 0, "more than %d requests", COLLECTOR_REQUESTS_MAX);
    return true;
}

static void publish_part(struct driver *d)
{
    publish(d);
    open_builders(d);
    d->r->publishes++;
    if (d->r->collector->live) {
        arena_reset(d->run.arena);
        d->run.scratch = NULL;
        d->run.freshness = FRESH_OK;
        err_clear(&d->run.err);
    }
}

/* As after a login: the run begins anew. */
static void log_in(struct driver *d)
{
    close_builders(d);
    open_builders(d);
    d->run.scratch = NULL;
    d->run.request = (struct request){0};
    d->r->logins++;
}

static enum step next(struct driver *d, enum step s)
{
    if (s == STEP_SEND)
        return answer(d);
    if (s == STEP_PUBLISH)
        publish_part(d);
    if (s == STEP_EXPIRED)
        log_in(d);
    d->r->nwaits++;
    return d->r->collector->step(&d->run, NULL);
}

static enum step drive(struct driver *d)
{
    enum step s = d->r->collector->step(&d->run, NULL);

    while (s != STEP_DONE && s != STEP_FAIL) {
        if (too_many(d))
            return STEP_FAIL;
        if (s == STEP_EXPIRED && d->r->logins == 2) {
            err_set(&d->run.err, ERR_AUTH, 0, "refused again after a new login");
            return STEP_FAIL;
        }
        d->run.now += 10;
        if (s == STEP_SEND) {
            note_request(d);
            if (d->run.request.long_poll && find_reply(d) == &none)
                return s;
        }
        s = next(d, s);
    }
    return s;
}

static void begin(struct driver *d)
{
    struct collector_run *r = d->r;

    if (!r->state && r->collector->state_size)
        r->state = mem_alloc(r->collector->state_size);
    strbuf_reset(&r->requests);
    r->nrequests = r->nwaits = r->unused = 0;
    r->publishes = r->logins = 0;
    r->endless = r->streamed = false;
    err_clear(&r->err);
    d->used = mem_array(r->nreplies + 1, sizeof(*d->used));
    d->run = (struct run){.endpoint = r->endpoint,
                          .facts = r->facts ? r->facts : &no_facts,
                          .hints = r->hints ? r->hints : &no_hints,
                          .now = COLLECTOR_RUN_NOW + r->later_ms,
                          .arena = arena_new(0),
                          .state = r->state,
                          .freshness = FRESH_OK,
                          .interval_ms = r->collector->interval_ms,
                          .once = !r->live && !r->polls,
                          .builders = d->builders,
                          .collector = r->collector};
    strbuf_init(&d->line, 0);
    open_builders(d);
}

void collector_run(struct collector_run *r)
{
    struct driver d = {.r = r};

    if (!r->requests.buf)
        strbuf_init(&r->requests, 0);
    begin(&d);
    r->last = drive(&d);
    if (r->last == STEP_DONE)
        publish(&d);
    else if (r->last == STEP_FAIL)
        give_up(&d);
    else
        close_builders(&d);
    r->err = d.run.err;
    for (size_t i = 0; i < r->nreplies; i++)
        r->unused += !d.used[i];
    free(d.used);
    strbuf_release(&d.line);
    arena_free(d.run.arena);
}

void collector_run_reset(struct collector_run *r)
{
    for (size_t i = 0; i < COLLECTOR_RUN_TABLES; i++) {
        snapshot_unref(r->tables[i]);
        r->tables[i] = NULL;
    }
    if (r->state && r->collector->state_release)
        r->collector->state_release(r->state);
    free(r->state);
    r->state = NULL;
}

void collector_run_release(struct collector_run *r)
{
    collector_run_reset(r);
    if (r->requests.buf)
        strbuf_release(&r->requests);
}

/* ---- dump --------------------------------------------------------------------------------------
 */

static bool column_used(const struct snapshot *s, unsigned col)
{
    for (size_t i = 0; i < snapshot_count(s); i++) {
        if (row_present(snapshot_row(s, i), col))
            return true;
    }
    return false;
}

static void dump_cell(struct strbuf *out, const struct column *col, const struct cell *c)
{
    struct strbuf plain = STRBUF_INIT;

    if (c->type == CELL_ABSENT) {
        strbuf_addch(out, '-');
        return;
    }
    cell_plain(&plain, col, c);
    if (plain.len == 0)
        strbuf_addstr(out, c->type == CELL_LIST ? "[]" : "\"\"");
    text_sanitize(out, plain.buf, plain.len, 0);
    strbuf_release(&plain);
}

static void dump_head(const struct snapshot *s, struct strbuf *out)
{
    strbuf_addf(out, "# %s: %s, %zu rows", snapshot_schema(s)->name,
                freshness_name(snapshot_freshness(s)), snapshot_count(s));
    if (snapshot_duplicates(s))
        strbuf_addf(out, ", %u duplicates", snapshot_duplicates(s));
    if (snapshot_err(s)->kind != ERR_NONE)
        strbuf_addf(out, ", %s: %s", err_kind_name(snapshot_err(s)->kind), snapshot_err(s)->msg);
    if (snapshot_note(s)[0])
        strbuf_addf(out, ", note: %s", snapshot_note(s));
    strbuf_addch(out, '\n');
}

static void dump_table(const struct snapshot *s, struct strbuf *out)
{
    const struct schema *schema = snapshot_schema(s);
    const char *separator = "";

    dump_head(s, out);
    for (unsigned c = SCHEMA_ENDPOINT + 1; c < schema->ncolumns; c++) {
        if (!column_used(s, c))
            continue;
        strbuf_addf(out, "%s%s", separator, schema->columns[c].name);
        separator = "\t";
    }
    if (*separator)
        strbuf_addch(out, '\n');
    for (size_t i = 0; i < snapshot_count(s); i++) {
        separator = "";
        for (unsigned c = SCHEMA_ENDPOINT + 1; c < schema->ncolumns; c++) {
            if (!column_used(s, c))
                continue;
            strbuf_addstr(out, separator);
            dump_cell(out, &schema->columns[c], &snapshot_row(s, i)->cells[c]);
            separator = "\t";
        }
        strbuf_addch(out, '\n');
    }
}

void collector_run_dump(const struct collector_run *r, struct strbuf *out)
{
    for (size_t i = 0; i < COLLECTOR_RUN_TABLES && r->tables[i]; i++)
        dump_table(r->tables[i], out);
}
