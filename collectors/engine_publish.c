/*
 * What the rest of hycon sees: the snapshots of every source, and one row per endpoint that says
 * how it is. The snapshot of an endpoint's row carries the endpoint's own freshness and error, so
 * that the list of sources of the table `endpoints` is as true as that of any other.
 */
#include "collectors/engine_priv.h"

#include <string.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/fmt.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "model/tables.h"

/* ---- sources -----------------------------------------------------------------------------------
 */

/* Takes the reference. */
static void publish(struct job *job, size_t table, struct snapshot *s)
{
    snapshot_unref(job->current[table]);
    job->current[table] = s;
    if (!job->disabled[table] && !job->ep->engine->stopping)
        store_publish(job->ep->engine->o.store, snapshot_ref(s));
}

void engine_publish_freshness(struct job *job, size_t table, enum freshness f,
                              const struct err *err)
{
    const struct config_endpoint *c = job->ep->config;

    publish(job, table,
            snapshot_with_freshness(job->current[table], job->collector->tables[table], c->site,
                                    c->name, f, err));
}

void engine_publish_never(struct job *job)
{
    for (size_t i = 0; i < job->ntables; i++)
        engine_publish_freshness(job, i, FRESH_NEVER, NULL);
}

void engine_publish_idle(struct job *job, const char *why)
{
    const struct config_endpoint *c = job->ep->config;
    struct err err = {0};

    err_set(&err, ERR_UNSUPPORTED, 0, "%s", why);
    for (size_t i = 0; i < job->ntables; i++) {
        struct table_builder *b =
            builder_new(job->collector->tables[i], c->site, c->name, job->current[i]);

        publish(job, i, builder_finish(b, clock_now_ms(), FRESH_UNSUPPORTED, &err));
    }
}

void engine_publish_out(struct job *job)
{
    for (size_t i = 0; i < job->ntables; i++) {
        if (job->out[i])
            publish(job, i, job->out[i]);
        job->out[i] = NULL;
    }
    job->ep->changed = true;
}

static enum freshness freshness_of(const struct err *err)
{
    switch (err->kind) {
    case ERR_NONE:
        return FRESH_OK;
    case ERR_AUTH:
    case ERR_DENIED:
    case ERR_TLS:
        return FRESH_DENIED;
    case ERR_UNSUPPORTED:
        return FRESH_UNSUPPORTED;
    default:
        return FRESH_FAILED;
    }
}

static bool is_same(const struct snapshot *s, enum freshness f, const struct err *err)
{
    return snapshot_freshness(s) == f && snapshot_err(s)->kind == err->kind &&
           strcmp(snapshot_err(s)->msg, err->msg) == 0;
}

void engine_publish_failure(struct job *job, const struct err *err)
{
    enum freshness verdict = freshness_of(err);

    for (size_t i = 0; i < job->ntables; i++) {
        enum freshness f = verdict;

        /* Nothing is wrong with a source that one had no time for. */
        if (job->timed_out && job->ep->engine->o.once &&
            snapshot_freshness(job->current[i]) == FRESH_NEVER)
            f = FRESH_NEVER;
        if (!is_same(job->current[i], f, err))
            engine_publish_freshness(job, i, f, err);
    }
}

/* ---- hints -------------------------------------------------------------------------------------
 */

struct names {
    struct arena *arena;
    const char **items;
    size_t n, cap;
};

static void add_name(struct names *names, const char *text)
{
    for (size_t i = 0; text && i < names->n; i++) {
        if (strcmp(names->items[i], text) == 0)
            return;
    }
    if (!text)
        return;
    if (names->n == names->cap) {
        size_t cap = names->cap ? 2 * names->cap : 8;
        const char **items = arena_alloc(names->arena, cap * sizeof(*items));

        if (names->n)
            memcpy(items, names->items, names->n * sizeof(*items));
        names->items = items;
        names->cap = cap;
    }
    names->items[names->n++] = arena_strdup(names->arena, text);
}

static void add_links(const struct snapshot *s, struct names *vpcs, struct names *subnets)
{
    for (size_t i = 0; i < snapshot_count(s); i++) {
        const struct row *r = snapshot_row(s, i);
        const struct cell_list *list = row_list(r, LINKED_VPCS_SUBNETS);

        add_name(vpcs, row_str(r, LINKED_VPCS_VPC));
        for (size_t k = 0; list && k < list->n; k++)
            add_name(subnets, list->items[k]);
    }
}

/* Nobody knows yet what the SDDC is linked to. */
static bool is_unread(const struct job *job, size_t table)
{
    const struct snapshot *s = job->current[table];

    return !job->standby && !job->disabled[table] && !snapshot_taken_at(s) &&
           snapshot_freshness(s) != FRESH_UNSUPPORTED;
}

/* False: not all have told what they are linked to, so the names are no limit. */
static bool add_site(const struct engine *e, const char *site, struct names *vpcs,
                     struct names *subnets)
{
    for (size_t i = 0; i < e->nendpoints; i++) {
        const struct endpoint *ep = &e->endpoints[i];

        if (strcmp(ep->config->site, site) != 0)
            continue;
        for (size_t k = 0; k < ep->njobs; k++) {
            for (size_t t = 0; t < ep->jobs[k].ntables; t++) {
                if (ep->jobs[k].collector->tables[t] != &table_linked_vpcs)
                    continue;
                if (is_unread(&ep->jobs[k], t))
                    return false;
                add_links(ep->jobs[k].current[t], vpcs, subnets);
            }
        }
    }
    return true;
}

void engine_publish_hints(struct job *job)
{
    const struct config_endpoint *c = job->ep->config;
    struct names vpcs = {.arena = job->run.arena}, subnets = {.arena = job->run.arena};
    const char *const *configured;

    memset(&job->hints, 0, sizeof(job->hints));
    if (config_list(c, "vpcs", &configured) || config_list(c, "subnets", &configured))
        return;
    if (add_site(job->ep->engine, c->site, &vpcs, &subnets))
        job->hints = (struct run_hints){vpcs.items, vpcs.n, subnets.items, subnets.n};
}

/* ---- the table of endpoints --------------------------------------------------------------------
 */

struct summary {
    enum freshness worst;
    struct err err;
    struct strbuf notes;
    int64_t oldest;
    size_t tables;
};

static int badness(enum freshness f)
{
    static const int order[] = {
        [FRESH_UNSUPPORTED] = 0, [FRESH_OK] = 1,     [FRESH_NEVER] = 2,  [FRESH_PARTIAL] = 3,
        [FRESH_STALE] = 4,       [FRESH_FAILED] = 5, [FRESH_DENIED] = 6,
    };

    return order[f];
}

static void add_table(struct summary *sum, const struct snapshot *s)
{
    enum freshness f = snapshot_freshness(s);
    int64_t at = snapshot_taken_at(s);

    if (snapshot_note(s)[0])
        strbuf_addf(&sum->notes, "%s%s: %s", sum->notes.len ? "; " : "", snapshot_schema(s)->name,
                    snapshot_note(s));
    if (f == FRESH_UNSUPPORTED)
        return;
    if (at && (!sum->oldest || at < sum->oldest))
        sum->oldest = at;
    if (sum->tables++ && badness(f) <= badness(sum->worst))
        return;
    sum->worst = f;
    sum->err = *snapshot_err(s);
    if (sum->err.kind != ERR_NONE && sum->err.msg[0])
        err_prefix(&sum->err, "%s", snapshot_schema(s)->name);
    else if (f == FRESH_STALE)
        err_set(&sum->err, ERR_NONE, 0, "%s: not read for more than %d intervals",
                snapshot_schema(s)->name, ENGINE_STALE_INTERVALS);
}

/* Nobody misses what another endpoint tells, what nobody has looked at, or looks at no more; and of
 * what is looked at, nobody misses what was not asked for. */
static bool is_missed(const struct job *job, const struct snapshot *s)
{
    enum freshness f;

    if (job->standby || !job->collector->on_demand)
        return !job->standby;
    f = snapshot_freshness(s);
    if ((f == FRESH_PARTIAL || f == FRESH_NEVER) && snapshot_err(s)->kind == ERR_NONE)
        return false;
    return !engine_job_sleeps(job) || (job->started_at && f != FRESH_STALE);
}

static void summarize(const struct endpoint *ep, struct summary *sum)
{
    memset(sum, 0, sizeof(*sum));
    strbuf_init(&sum->notes, 0);
    for (size_t k = 0; k < ep->njobs; k++) {
        for (size_t t = 0; t < ep->jobs[k].ntables; t++) {
            if (!ep->jobs[k].disabled[t] && is_missed(&ep->jobs[k], ep->jobs[k].current[t]))
                add_table(sum, ep->jobs[k].current[t]);
        }
    }
    if (!sum->tables)
        sum->worst = ep->epoch ? FRESH_OK : ep->njobs ? FRESH_UNSUPPORTED : FRESH_NEVER;
    if (ep->err.kind == ERR_NONE)
        return;
    /* Its own error is the cause of those of its tables. */
    if (badness(freshness_of(&ep->err)) >= badness(sum->worst) || !ep->session)
        sum->worst = freshness_of(&ep->err);
    if (ep->probe && ep->err.kind == ERR_LIMIT)
        sum->worst = FRESH_NEVER;
    sum->err = ep->err;
}

/* "https://nsx.example:8443" to "nsx.example:8443". */
static const char *without_scheme(const char *url)
{
    const char *rest = url ? strstr(url, "://") : NULL;

    return rest ? rest + 3 : url;
}

static const char *target_of(const struct endpoint *ep)
{
    const struct session_facts none = {0}, *f = ep->session ? &ep->session->facts : &none;
    const struct config_endpoint *c = ep->config;
    const char *host = config_str(c, "host");

    switch (c->kind) {
    case KIND_AWS:
        return f->region ? f->region : config_str(c, "region");
    case KIND_VMC:
        return f->sddc_name ? f->sddc_name : config_str(c, "sddc");
    case KIND_ESXI:
    case KIND_EDGE:
        return host ? host : c->name;
    default:
        return NULL;
    }
}

static void fill_ssh(struct table_builder *b, const struct endpoint *ep)
{
    struct strbuf transport = STRBUF_INIT;

    engine_ssh_transport(ep, &transport);
    if (transport.len)
        builder_str(b, ENDPOINTS_TRANSPORT, transport.buf);
    strbuf_release(&transport);
}

static void fill_identity(struct table_builder *b, const struct endpoint *ep)
{
    const struct session_facts none = {0}, *f = ep->session ? &ep->session->facts : &none;
    const struct config_endpoint *c = ep->config;
    const char *const *urls = NULL, *url = ep->url, *target = target_of(ep);
    const char *proxy = config_str(c, "proxy"), *jump = config_str(c, "jump");
    size_t n = config_list(c, "urls", &urls);

    if (!*url)
        url = n ? urls[ep->session ? ep->session->node % n : 0] : config_str(c, "endpoint_url");
    builder_str(b, ENDPOINTS_KIND, kinds_name(c->kind));
    builder_str(b, ENDPOINTS_TARGET, target ? target : without_scheme(url));
    builder_str(b, ENDPOINTS_PRODUCT, f->product);
    builder_str(b, ENDPOINTS_VERSION, f->version);
    builder_str(b, ENDPOINTS_ROLE, f->role);
    builder_str(b, ENDPOINTS_URL, url);
    if (c->kind & KINDS_SSH)
        fill_ssh(b, ep);
    else if (url && *url)
        builder_strn(b, ENDPOINTS_TRANSPORT, url, strcspn(url, ":"));
    if (jump && *jump)
        builder_str(b, ENDPOINTS_VIA, jump);
    else if (proxy && *proxy)
        builder_str(b, ENDPOINTS_VIA, without_scheme(proxy));
    builder_str(b, ENDPOINTS_CREDENTIAL, c->credential);
}

static void time_if(struct table_builder *b, unsigned col, int64_t at)
{
    if (at)
        builder_int(b, col, at);
}

/* Nothing is tried by itself at a stopped endpoint but a certificate that was refused. */
static int64_t next_retry(const struct endpoint *ep, int64_t now)
{
    int64_t at = ep->retry_at > ep->hold_until ? ep->retry_at : ep->hold_until;

    if (ep->state == ENDPOINT_STOPPED && !ep->tls_denied)
        return 0;
    return at > now && !ep->engine->o.once ? clock_now_ms() + at - now : 0;
}

static void fill_traffic(struct table_builder *b, const struct endpoint *ep)
{
    int64_t now = clock_mono_ms();

    if (ep->has_latency)
        builder_int(b, ENDPOINTS_LATENCY_MS, ep->latency_ms);
    builder_int(b, ENDPOINTS_REQUESTS_PER_MIN, engine_rate(ep, now));
    builder_int(b, ENDPOINTS_THROTTLED, (int64_t)ep->throttled);
    time_if(b, ENDPOINTS_NEXT_RETRY_AT, next_retry(ep, now));
    time_if(b, ENDPOINTS_LAST_OK_AT, ep->last_ok_at);
    if (ep->has_offset)
        builder_int(b, ENDPOINTS_CLOCK_OFFSET_MS, ep->clock_offset_ms);
    time_if(b, ENDPOINTS_CERT_EXPIRES_AT, ep->cert_expires_at);
    if (ep->cert_sha256[0])
        builder_str(b, ENDPOINTS_CERT_SHA256, ep->cert_sha256);
}

static void fill_state(struct table_builder *b, const struct summary *sum)
{
    builder_state(b, ENDPOINTS_FRESHNESS, freshness_name(sum->worst));
    if (err_kind_name(sum->err.kind))
        builder_state(b, ENDPOINTS_ERROR_KIND, err_kind_name(sum->err.kind));
    if (sum->err.msg[0])
        builder_str(b, ENDPOINTS_MESSAGE, sum->err.msg);
    else if (sum->notes.len)
        builder_str(b, ENDPOINTS_MESSAGE, sum->notes.buf);
    time_if(b, ENDPOINTS_TAKEN_AT, sum->oldest);
}

void engine_publish_endpoint(struct endpoint *ep)
{
    struct engine *e = ep->engine;
    struct table_builder *b;
    struct summary sum;

    if (e->stopping)
        return;
    summarize(ep, &sum);
    b = builder_new(&table_endpoints, ep->config->site, ep->config->name, NULL);
    builder_block(b, 0);
    builder_row(b);
    fill_identity(b, ep);
    fill_state(b, &sum);
    fill_traffic(b, ep);
    store_publish(e->o.store, builder_finish(b, clock_now_ms(), sum.worst,
                                             sum.err.kind == ERR_NONE ? NULL : &sum.err));
    strbuf_release(&sum.notes);
    ep->changed = ep->changed_much = false;
    ep->published_at = clock_mono_ms();
    engine_changed(e);
}
