/*
 * replications: what a vSphere Replication appliance knows of its replications (ReplicationInfo of
 * its REST API), pairing by pairing, page by page. The appliance says where the next page is; only
 * the part below /pairings/ of that is followed, so a reply leads to no other host.
 *
 * What the API does not tell, and what is done about it:
 *   - last_sync_time is text in v1 and a number in v2; whether a number counts milliseconds or
 *     seconds is not documented. Numbers that would be before 2001 as milliseconds are seconds.
 *   - The unit of last_sync_duration is not documented: the key `transfer_unit` decides.
 *   - Whether last_sync_time is the start or the end of the synchronisation is not documented. It
 *     is taken as the moment that the instance shows; what the appliance says about violations
 *     counts besides.
 *
 * Blocks have no identity: the age of an instance changes while the reply stays the same.
 */
#include "collectors/replication/replication.h"

#include <string.h>

#include "core/arena.h"
#include "core/fmt.h"
#include "core/jsonq.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"

#define PAIRINGS_MAX 256
#define MS_MIN       978307200000LL /* 2001, as milliseconds; as seconds far in the future */
#define MINUTE_MS    60000
#define VALUE_MAX    (1LL << 50) /* a petabyte, or 35,000 years: beyond it something is wrong */

struct pairing {
    const char *id, *local_vc;
    const char *local, *remote; /* names of the vCenters */
};

struct reading {
    struct pairing *pairings;
    size_t n, at;
    unsigned pages;
    const char *page; /* that was asked for; NULL: the first of a pairing */
};

/* ---- values -------------------------------------------------------------------------------------
 */

static bool read_time(struct json_object *o, const char *name, int64_t *ms)
{
    const char *text = jsonq_str(o, name);

    if (jsonq_int(o, name, ms)) {
        if (*ms <= 0 || *ms > INT64_MAX / 1000)
            return false;
        *ms = *ms < MS_MIN / 10 ? *ms * 1000 : *ms;
        return true;
    }
    return text && fmt_parse_time(text, ms) == 0 && *ms > 0;
}

static void set_scaled(struct table_builder *b, unsigned col, struct json_object *o,
                       const char *name, int64_t scale)
{
    int64_t v;

    if (jsonq_int(o, name, &v) && v >= 0 && v <= VALUE_MAX / scale)
        builder_int(b, col, v * scale);
}

static int64_t transfer_scale(const struct run *run)
{
    const char *unit = config_str(run->endpoint, "transfer_unit");

    return unit && strcmp(unit, "s") == 0 ? 1000 : 1;
}

/* ---- rows ---------------------------------------------------------------------------------------
 */

/* The state as the appliance calls it; a violation that it only flags is added in its words for
 * that. */
static const char *state_of(struct run *run, struct json_object *o)
{
    struct json_object *status = jsonq_get(o, "status");
    const char *word = jsonq_str(status, "status");
    bool violation = false;

    (void)jsonq_bool(status, "rpo_violation", &violation);
    if (!word || !violation || text_has_suffix(word, "RPO_VIOLATION"))
        return word ? word : violation ? "RPO_VIOLATION" : NULL;
    if (strcmp(word, "OK") == 0)
        return "RPO_VIOLATION";
    return arena_printf(run->arena, "%s_RPO_VIOLATION", word);
}

static void set_progress(struct table_builder *b, struct json_object *o, const char *state)
{
    struct json_object *p = jsonq_get(o, "sync_progress");
    int64_t now, total;
    double percent;

    if (!state || !strstr(state, "SYNC"))
        return; /* left over from the last one */
    if (jsonq_double(p, "progress", &percent) && percent >= 0 && percent <= 100)
        builder_real(b, REPLICATIONS_SYNC_PROGRESS_PERCENT, percent);
    if (jsonq_int(p, "transferred_current", &now) && jsonq_int(p, "transferred_total", &total) &&
        now >= 0 && total >= now && total > 0)
        builder_int(b, REPLICATIONS_SYNC_REMAINING_BYTES, total - now);
}

/* Replications that HCX runs to move a VM name it as their solution, if they are told here at all
 * (not documented): then they are no disaster recovery. */
static const char *kind_of(struct json_object *o)
{
    const char *solution = jsonq_str(o, "recovery_solution");

    return solution && strcasestr(solution, "hcx") ? "hcx" : "vr";
}

static void set_sites(struct run *run, struct table_builder *b, struct json_object *o,
                      const struct pairing *p)
{
    const char *source = jsonq_str(o, "source_site_name"),
               *target = jsonq_str(o, "target_site_name");
    const char *vc = jsonq_str(o, "source_vc_id"),
               *server = jsonq_str(o, "replication_server_name");
    bool known = vc && p->local_vc, outgoing = known && strcmp(vc, p->local_vc) == 0;

    if (known)
        builder_state(b, REPLICATIONS_DIRECTION, outgoing ? "outgoing" : "incoming");
    if (!source && known)
        source = outgoing ? p->local : p->remote;
    if (!target && known)
        target = outgoing ? p->remote : p->local;
    builder_str(b, REPLICATIONS_SOURCE_SITE, source);
    builder_str(b, REPLICATIONS_TARGET_SITE, target);
    if (source && target)
        builder_str(b, REPLICATIONS_LINK,
                    arena_printf(run->arena, "%s to %s%s%s", source, target, server ? " by " : "",
                                 server ? server : ""));
}

static void add_row(struct run *run, struct table_builder *b, struct json_object *o,
                    const struct pairing *p)
{
    const char *state = state_of(run, o);
    int64_t at;
    bool quiesce;

    if (!json_object_is_type(o, json_type_object))
        return;
    builder_row(b);
    builder_str(b, REPLICATIONS_REPLICATION_ID, jsonq_str(o, "id"));
    builder_str(b, REPLICATIONS_VM, jsonq_str(o, "name"));
    builder_str(b, REPLICATIONS_VM_ID, jsonq_str(o, "vm_id"));
    builder_str(b, REPLICATIONS_SOURCE_VC, jsonq_str(o, "source_vc_id"));
    builder_str(b, REPLICATIONS_STATE, state);
    builder_state(b, REPLICATIONS_KIND, kind_of(o));
    set_scaled(b, REPLICATIONS_RPO_S, o, "rpo", MINUTE_MS);
    set_scaled(b, REPLICATIONS_VIOLATION_S, o, "current_rpo_violation", MINUTE_MS);
    set_scaled(b, REPLICATIONS_LAST_TRANSFER_S, o, "last_sync_duration", transfer_scale(run));
    set_scaled(b, REPLICATIONS_LAST_TRANSFER_BYTES, o, "last_sync_size", 1);
    if (read_time(o, "last_sync_time", &at))
        builder_int(b, REPLICATIONS_LAST_INSTANCE_AT, at);
    if (jsonq_bool(o, "quiescing_enabled", &quiesce))
        builder_bool(b, REPLICATIONS_QUIESCE, quiesce);
    set_progress(b, o, state);
    set_sites(run, b, o, p);
}

/* ---- pairings -----------------------------------------------------------------------------------
 */

static struct json_object *parse(struct run *run, const struct reply *reply, const char *what)
{
    struct json_object *o = jsonq_parse(reply->body, reply->len, &run->err);

    if (o && json_object_is_type(jsonq_get(o, "list"), json_type_array))
        return o;
    if (o)
        err_set(&run->err, ERR_PROTO, 0, "it has no list");
    json_object_put(o);
    err_prefix(&run->err, "reply about the %s", what);
    return NULL;
}

static void add_pairing(struct run *run, struct reading *r, struct json_object *o)
{
    struct json_object *local = jsonq_get(o, "local_vc_server");
    const char *id = jsonq_str(o, "pairing_id");
    struct pairing *p;

    if (!id || !*id || r->n >= PAIRINGS_MAX)
        return;
    p = &r->pairings[r->n++];
    p->id = arena_strdup(run->arena, id);
    p->local_vc = arena_strdup(run->arena, jsonq_str(local, "id"));
    p->local = arena_strdup(run->arena, jsonq_str(local, "name"));
    p->remote = arena_strdup(run->arena, jsonq_str(jsonq_get(o, "remote_vc_server"), "name"));
}

static enum step get_page(struct run *run, const struct reading *r)
{
    struct strbuf id = STRBUF_INIT;
    enum step step;

    text_percent_encode(&id, r->pairings[r->at].id, strlen(r->pairings[r->at].id), NULL);
    step = run_get(run, SERVICE_MAIN, "replications",
                   "/pairings/%s/replications?extended_info=true&limit=100&start=0", id.buf);
    strbuf_release(&id);
    return step;
}

static enum step next_pairing(struct run *run, struct reading *r)
{
    return r->at < r->n ? get_page(run, r) : STEP_DONE;
}

static enum step read_pairings(struct run *run, const struct reply *reply, struct reading *r)
{
    struct json_object *o = parse(run, reply, "pairings");
    size_t n = jsonq_len(o, "list");

    if (!o)
        return STEP_FAIL;
    r->pairings = arena_alloc(run->arena, PAIRINGS_MAX * sizeof(*r->pairings));
    for (size_t i = 0; i < n; i++)
        add_pairing(run, r, jsonq_at(o, "list", i));
    json_object_put(o);
    builder_block(run_table(run, &table_replications), 0);
    if (n > PAIRINGS_MAX) {
        err_set(&run->err, ERR_LIMIT, 0, "%zu pairings, of which %d are read", n, PAIRINGS_MAX);
        run->freshness = FRESH_PARTIAL;
    }
    return next_pairing(run, r);
}

/* ---- pages --------------------------------------------------------------------------------------
 */

/* The path below the API of what `_meta.links.next` names; NULL: this was the last page. */
static const char *next_page(struct run *run, struct json_object *o)
{
    const char *href = jsonq_str(jsonq_path(o, "_meta.links.next"), "href");
    const char *path = href ? strstr(href, "/pairings/") : NULL;

    if (!path || !strstr(path, "/replications") || strpbrk(path, " \r\n"))
        return NULL;
    return arena_strdup(run->arena, path);
}

static enum step read_page(struct run *run, const struct reply *reply, struct reading *r)
{
    struct json_object *o = parse(run, reply, "replications");
    struct table_builder *b = run_table(run, &table_replications);
    const char *next;
    size_t n;

    if (!o)
        return STEP_FAIL;
    n = jsonq_len(o, "list");
    for (size_t i = 0; i < n; i++)
        add_row(run, b, jsonq_at(o, "list", i), &r->pairings[r->at]);
    next = n ? next_page(run, o) : NULL;
    json_object_put(o);
    if (next && ++r->pages >= COLLECTOR_PAGES_MAX) {
        err_set(&run->err, ERR_LIMIT, 0, "more than %d pages of replications", COLLECTOR_PAGES_MAX);
        return STEP_FAIL;
    }
    if (next && r->page && strcmp(next, r->page) == 0)
        return run_fail_proto(run, "the list of replications repeats a page");
    r->page = next;
    if (next)
        return run_get(run, SERVICE_MAIN, "replications", "%s", next);
    r->at++;
    return next_pairing(run, r);
}

/* A pairing whose other side is not connected must not hide the rest. */
static enum step skip_pairing(struct run *run, const struct reply *reply, struct reading *r)
{
    const struct pairing *p = &r->pairings[r->at];

    if (r->n == 1)
        return run_fail(run, reply->err);
    run->err = *reply->err;
    err_prefix(&run->err, "pairing with %s", p->remote ? p->remote : p->id);
    run->freshness = FRESH_PARTIAL;
    r->page = NULL;
    r->at++;
    return next_pairing(run, r);
}

static enum step replications_step(struct run *run, const struct reply *reply)
{
    struct reading *r = run->scratch;

    if (!reply) {
        run->scratch = arena_alloc(run->arena, sizeof(struct reading));
        return run_get(run, SERVICE_MAIN, "pairings", "/pairings");
    }
    if (reply->err)
        return r->pairings ? skip_pairing(run, reply, r) : run_fail(run, reply->err);
    return r->pairings ? read_page(run, reply, r) : read_pairings(run, reply, r);
}

static const struct schema *const tables[] = {&table_replications, NULL};

const struct collector collector_replications = {
    .name = "replications",
    .kinds = KIND_REPLICATION,
    .tables = tables,
    .interval_ms = 60 * 1000,
    .timeout_ms = 120 * 1000,
    .step = replications_step,
};
