/*
 * libraries: the content libraries of a vCenter, whose subscribed ones are what Content Sync
 * became. The list has ids alone, so each library is asked for by itself, and then for the ids of
 * its items, which are only counted. That is two requests per library: their number is limited and
 * the period long. The API came with vCenter 7.0; an ESXi host has none.
 */
#include "collectors/vcenter/facts.h"
#include "collectors/vcenter/vcenter.h"

#include <ctype.h>
#include <string.h>

#include "core/arena.h"
#include "core/fmt.h"
#include "core/jsonq.h"
#include "core/strbuf.h"
#include "core/text.h"

#define LIST_PATH     "/api/content/library"
#define LIBRARIES_MAX 500

struct reading {
    const char **ids; /* in the run's arena */
    size_t n, at;
    bool listed, counting; /* what the next reply is about: the list, a library or its items */
};

static struct table_builder *rows(struct run *run)
{
    return run_table(run, &table_libraries);
}

/* Rows are missing, or cells that each library has. The first reason is the one to show. */
static void lose(struct run *run, const struct err *err)
{
    if (run->freshness != FRESH_PARTIAL)
        run->err = *err;
    run->freshness = FRESH_PARTIAL;
}

static enum step ask(struct run *run, const char *label, const char *path, const char *id)
{
    struct strbuf text = STRBUF_INIT;
    enum step step;

    strbuf_addstr(&text, path);
    text_percent_encode(&text, id, strlen(id), NULL);
    step = run_get(run, SERVICE_REST, label, "%s", text.buf);
    strbuf_release(&text);
    return step;
}

static enum step ask_next(struct run *run, struct reading *r)
{
    if (r->counting)
        return ask(run, "items of a content library", LIST_PATH "/item?library_id=", r->ids[r->at]);
    if (r->at < r->n)
        return ask(run, "content library", LIST_PATH "/", r->ids[r->at]);
    return STEP_DONE;
}

/* ---- the list ----------------------------------------------------------------------------------
 */

static void take_ids(struct run *run, struct reading *r, struct json_object *list)
{
    size_t total = jsonq_count(list), broken = 0;
    struct err err = {0};

    r->ids = arena_alloc(run->arena, (LIBRARIES_MAX + 1) * sizeof(*r->ids));
    for (size_t i = 0; i < total && r->n < LIBRARIES_MAX; i++) {
        struct json_object *item = jsonq_item(list, i);
        const char *id =
            json_object_is_type(item, json_type_string) ? json_object_get_string(item) : "";

        if (*id)
            r->ids[r->n++] = arena_strdup(run->arena, id);
        else
            broken++;
    }
    if (broken)
        err_set(&err, ERR_PROTO, 0, "%zu content libraries have no id", broken);
    if (total > r->n + broken)
        err_set(&err, ERR_LIMIT, 0, "%zu content libraries beyond %d are missing",
                total - r->n - broken, LIBRARIES_MAX);
    if (err.kind != ERR_NONE)
        lose(run, &err);
}

static enum step on_list(struct run *run, struct reading *r, const struct reply *reply)
{
    struct json_object *o;
    struct err err;

    if (reply_not_offered(reply)) {
        err_set(&run->err, ERR_UNSUPPORTED, reply->status,
                "this vCenter has no REST API for content libraries (%d)", reply->status);
        return STEP_FAIL;
    }
    if (reply->err)
        return run_fail(run, reply->err);
    o = jsonq_parse(reply->body, reply->len, &err);
    if (!o) {
        err_prefix(&err, "reply about the content libraries");
        return run_fail(run, &err);
    }
    if (!json_object_is_type(o, json_type_array)) {
        json_object_put(o);
        return run_fail_proto(run, "the reply about the content libraries is not a list");
    }
    take_ids(run, r, o);
    json_object_put(o);
    r->listed = true;
    return ask_next(run, r);
}

/* ---- a library ---------------------------------------------------------------------------------
 */

static void add_kind(struct run *run, const char *type)
{
    char *word = arena_strdup(run->arena, type ? type : "");

    for (char *p = word; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    if (*word)
        builder_state(rows(run), LIBRARIES_KIND, word);
}

static void add_library(struct run *run, struct json_object *o)
{
    struct json_object *source = jsonq_get(o, "subscription_info");
    const char *synced = jsonq_str(o, "last_sync_time");
    struct table_builder *b = rows(run);
    int64_t ms;

    builder_str(b, LIBRARIES_LIBRARY, jsonq_str(o, "name"));
    add_kind(run, jsonq_str(o, "type"));
    if (synced && fmt_parse_time(synced, &ms) == 0)
        builder_int(b, LIBRARIES_LAST_SYNC_AT, ms);
    builder_str(b, LIBRARIES_PUBLISHER, jsonq_str(source, "subscription_url"));
}

/* A library that cannot be read is a row with its id alone; one that is gone since the list is
 * none. */
static enum step on_library(struct run *run, struct reading *r, const struct reply *reply)
{
    struct json_object *o = NULL;
    struct err err = {0};

    if (reply->status == 404) {
        r->at++;
        return ask_next(run, r);
    }
    builder_row(rows(run));
    builder_str(rows(run), LIBRARIES_LIBRARY_ID, r->ids[r->at]);
    if (reply->err)
        err = *reply->err;
    else
        o = jsonq_parse(reply->body, reply->len, &err);
    if (o && !jsonq_str(o, "name"))
        err_set(&err, ERR_PROTO, 0, "the reply is not about a content library");
    if (err.kind == ERR_NONE) {
        add_library(run, o);
        r->counting = true;
    } else {
        lose(run, &err);
        r->at++;
    }
    json_object_put(o);
    return ask_next(run, r);
}

static enum step on_items(struct run *run, struct reading *r, const struct reply *reply)
{
    struct err err = {0};
    struct json_object *o = reply->err ? NULL : jsonq_parse(reply->body, reply->len, &err);

    if (json_object_is_type(o, json_type_array))
        builder_int(rows(run), LIBRARIES_ITEMS, (int64_t)jsonq_count(o));
    else
        builder_note(rows(run), "items are not counted in all of the libraries: %s",
                     reply->err ? reply->err->msg : "a reply is not a list");
    json_object_put(o);
    r->counting = false;
    r->at++;
    return ask_next(run, r);
}

static enum step step(struct run *run, const struct reply *reply)
{
    const struct vsphere_facts *v = run->facts->vsphere;
    struct reading *r = run->scratch;

    if (r && reply) {
        if (!r->listed)
            return on_list(run, r, reply);
        return r->counting ? on_items(run, r, reply) : on_library(run, r, reply);
    }
    if (v && v->is_host) {
        err_set(&run->err, ERR_UNSUPPORTED, 0, "an ESXi host alone has no content libraries");
        return STEP_FAIL;
    }
    r = run->scratch = arena_alloc(run->arena, sizeof(*r));
    *r = (struct reading){0};
    return run_get(run, SERVICE_REST, "content libraries", LIST_PATH);
}

static const struct schema *const tables[] = {&table_libraries, NULL};

const struct collector collector_vcenter_libraries = {
    .name = "libraries",
    .kinds = KIND_VCENTER,
    .tables = tables,
    .interval_ms = 600000,
    .timeout_ms = 300000,
    .step = step,
};
