#include "collectors/engine_priv.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "collectors/registry.h"
#include "core/arena.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/map.h"
#include "core/mem.h"
#include "model/tables.h"

/* From so many endpoints on, the first polls are spread: a burst of logins looks like an attack. */
#define SPREAD_FROM      8
#define SPREAD_EACH_MS   50
#define SPREAD_MOST_MS   5000
#define PROBES_OF_A_KIND 1

/* ---- the clock ---------------------------------------------------------------------------------
 */

static void on_timer(void *arg);

void engine_arm(struct engine *e, int64_t at)
{
    int64_t now;

    if (e->stopping || (e->timer && e->timer_at <= at))
        return;
    loop_timer_cancel(e->timer);
    now = clock_mono_ms();
    e->timer_at = at;
    e->timer = loop_timer(e->loop, at > now ? at - now : 0, on_timer, e);
}

void engine_poke(struct engine *e, struct endpoint *ep)
{
    for (size_t i = 0; !ep && i < e->nendpoints; i++)
        e->endpoints[i].wake_at = 0;
    if (ep)
        ep->wake_at = 0;
    engine_arm(e, 0);
}

/* Connections did not survive; what was under way on them starts again on new ones. */
static void resume(struct engine *e)
{
    struct http *old = e->http;

    log_add(LOG_INFO, "the machine was suspended or stood still: reading everything again");
    e->http = http_new(e->loop);
    http_free(old);
    engine_hops_drop(e);
    for (size_t i = 0; i < e->nendpoints; i++) {
        struct endpoint *ep = &e->endpoints[i];

        engine_ssh_drop(ep);
        ep->wake_at = ep->retry_at = ep->hold_until = 0;
        for (size_t k = 0; k < ep->njobs; k++) {
            engine_job_mark_stale(&ep->jobs[k], clock_mono_ms());
            if (ep->jobs[k].state == JOB_IDLE)
                ep->jobs[k].due_at = 0;
        }
    }
}

static void finish_once(struct engine *e)
{
    uint64_t one = 1;

    for (size_t i = 0; i < e->nendpoints; i++) {
        if (!engine_endpoint_is_over(&e->endpoints[i]))
            return;
    }
    e->over = true;
    for (size_t i = 0; i < e->nendpoints; i++)
        engine_publish_endpoint(&e->endpoints[i]);
    engine_changed(e);
    (void)!write(e->over_fd, &one, sizeof(one));
}

static void tick(struct engine *e)
{
    int64_t now = clock_mono_ms(), next;

    if (e->stopping)
        return;
    if (e->last_tick && now - e->last_tick > ENGINE_RESUME_MS && !e->o.once)
        resume(e);
    e->last_tick = now;
    next = now + ENGINE_TICK_MS;
    for (size_t i = 0; i < e->nendpoints; i++) {
        if (e->endpoints[i].wake_at <= now)
            engine_endpoint_run(&e->endpoints[i]);
    }
    for (size_t i = 0; i < e->nendpoints; i++) {
        if (e->endpoints[i].wake_at < next)
            next = e->endpoints[i].wake_at;
    }
    engine_arm(e, next);
    if (e->o.once && !e->over)
        finish_once(e);
}

static void on_timer(void *arg)
{
    struct engine *e = arg;

    e->timer = NULL;
    tick(e);
}

static void on_wake(void *arg)
{
    struct engine *e = arg;

    for (size_t i = 0; i < e->nendpoints; i++)
        e->endpoints[i].wake_at = 0;
    tick(e);
}

void engine_wake(struct engine *e)
{
    loop_post(e->loop, on_wake, e);
}

void engine_changed(struct engine *e)
{
    if (e->o.on_change)
        e->o.on_change(e->o.arg);
}

void engine_count_done(struct engine *e)
{
    atomic_fetch_add(&e->done, 1);
    engine_changed(e);
}

const char *engine_where(struct arena *a, const char *url)
{
    const char *rest = strstr(url, "://"), *bracket, *from;
    const char *port = strncmp(url, "http:", 5) == 0 ? ":80" : ":443";
    size_t n;
    char *where;

    rest = rest ? rest + 3 : url;
    n = strcspn(rest, "/?#");
    bracket = memchr(rest, ']', n);
    from = bracket ? bracket : rest;
    if (memchr(from, ':', n - (size_t)(from - rest)))
        port = "";
    where = arena_printf(a, "%.*s%s", (int)n, rest, port);
    for (char *c = where; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return where;
}

/* ---- what is wanted ----------------------------------------------------------------------------
 */

/* Does @collector serve one of @tables? */
static bool serves(const struct engine *e, const struct collector *collector,
                   const struct schema *const *tables)
{
    for (size_t i = 0; tables && collector->tables[i]; i++) {
        for (size_t k = 0; tables[k]; k++) {
            if (tables[k] == collector->tables[i] && !engine_leaves(e, collector, i))
                return true;
        }
    }
    return false;
}

static bool is_disabled(const struct engine *e, const struct config_endpoint *c,
                        const struct collector *collector)
{
    for (size_t i = 0; collector->tables[i]; i++) {
        if (!config_table_disabled(c, collector->tables[i]->name) &&
            !engine_leaves(e, collector, i))
            return false;
    }
    return true;
}

static bool is_wanted(const struct engine *e, const struct config_endpoint *c,
                      const struct collector *collector)
{
    if (!(collector->kinds & (unsigned)c->kind) || is_disabled(e, c, collector) ||
        (collector->once_only && !e->o.once))
        return false;
    if (serves(e, collector, e->o.named) || serves(e, collector, e->o.tables))
        return true;
    /* What is heavy is read by those that name it. */
    return !e->o.tables && !(collector->on_demand && e->o.once);
}

static const struct session_ops *find_ops(const struct engine *e, enum endpoint_kind kind)
{
    if (!e->o.sessions)
        return session_ops_for(kind);
    for (size_t i = 0; e->o.sessions[i]; i++) {
        if (e->o.sessions[i]->kind == kind)
            return e->o.sessions[i];
    }
    return NULL;
}

static void open_session(struct endpoint *ep)
{
    const struct session_ops *ops = find_ops(ep->engine, ep->config->kind);

    if ((ep->config->kind & KINDS_SSH) && !config_str(ep->config, "host")) {
        err_set(&ep->err, ERR_CONFIG, 0, "its hosts are those of '%s', which has listed none",
                config_str(ep->config, "hosts_from.vcenter"));
        ep->state = ENDPOINT_STOPPED;
        return;
    }
    ep->session = session_new_with(ep->config, ops, &ep->err);
    if (!ep->session)
        ep->state = ENDPOINT_STOPPED;
}

static void add_jobs(struct endpoint *ep)
{
    struct engine *e = ep->engine;
    size_t n = 0;

    for (size_t i = 0; e->collectors[i]; i++)
        n += is_wanted(e, ep->config, e->collectors[i]);
    if (n)
        ep->jobs = arena_alloc(e->arena, n * sizeof(*ep->jobs));
    for (size_t i = 0; e->collectors[i]; i++) {
        if (!is_wanted(e, ep->config, e->collectors[i]))
            continue;
        engine_job_init(&ep->jobs[ep->njobs], ep, e->collectors[i]);
        ep->jobs[ep->njobs++].named = serves(e, e->collectors[i], e->o.named);
    }
    ep->probe = e->o.once && !e->o.tables && n == 0 && ep->session;
}

static void add_endpoint(struct engine *e, const struct config_endpoint *c)
{
    struct endpoint *ep = &e->endpoints[e->nendpoints++];

    ep->engine = e;
    ep->config = c;
    ep->once_deadline = ENGINE_NEVER;
    if (e->o.once && e->o.timeout_ms > 0)
        ep->once_deadline = clock_mono_ms() + e->o.timeout_ms;
    open_session(ep);
    engine_hop_assign(ep);
    ep->credential = engine_credential_for(e, ep);
    ep->budget = engine_budget_for(e, ep);
    add_jobs(ep);
    ep->changed = ep->changed_much = true;
}

static bool tells_links(const struct job *job)
{
    for (size_t t = 0; t < job->ntables; t++) {
        if (job->collector->tables[t] == &table_linked_vpcs)
            return true;
    }
    return false;
}

/* aws endpoints that name no VPC read those that the SDDCs of their site are linked to; so their
 * first run waits until that is known of all of them. An SDDC that does not answer must not hide
 * AWS for longer than this: then everything is read (engine_publish_hints()). */
#define LINKS_PATIENCE_MS   3000
#define LINKS_PATIENCE_PART 3 /* of the time of a run that reads once, at most */

static int64_t links_patience(const struct engine *e)
{
    int64_t most = e->o.once && e->o.timeout_ms ? e->o.timeout_ms / LINKS_PATIENCE_PART : INT64_MAX;

    return most < LINKS_PATIENCE_MS ? most : LINKS_PATIENCE_MS;
}

static const struct job *find_linked(const struct engine *e, const struct config_endpoint *c)
{
    const struct job *found = NULL;
    const char *const *vpcs;

    if (c->kind != KIND_AWS || config_list(c, "vpcs", &vpcs) || config_list(c, "subnets", &vpcs))
        return NULL;
    for (size_t i = 0; i < e->nendpoints; i++) {
        const struct endpoint *other = &e->endpoints[i];

        if (strcmp(other->config->site, c->site) != 0)
            continue;
        for (size_t k = 0; k < other->njobs; k++) {
            if (!tells_links(&other->jobs[k]))
                continue;
            other->jobs[k].also = found;
            found = &other->jobs[k];
        }
    }
    return found;
}

static int64_t first_delay(struct engine *e)
{
    int64_t most = (int64_t)e->nendpoints * SPREAD_EACH_MS;

    if (e->o.once || e->nendpoints <= SPREAD_FROM)
        return 0;
    return (int64_t)engine_random(e, (uint64_t)(most < SPREAD_MOST_MS ? most : SPREAD_MOST_MS));
}

static void start_jobs(struct engine *e)
{
    int64_t now = clock_mono_ms();
    unsigned total = 0;

    for (size_t i = 0; i < e->nendpoints; i++) {
        struct endpoint *ep = &e->endpoints[i];
        const struct job *linked = find_linked(e, ep->config);
        int64_t delay = first_delay(e);

        total += ep->probe * PROBES_OF_A_KIND;
        for (size_t k = 0; k < ep->njobs; k++) {
            struct job *job = &ep->jobs[k];

            job->due_at = now + delay;
            job->once_deadline = ep->once_deadline;
            job->after = linked;
            job->patience_ends = now + links_patience(e);
            job->rounds = e->o.once ? e->o.samples : 0;
            engine_fallback_init(job);
            /* Nobody waits for the first result of what is read on demand, or perhaps never. */
            job->first_done = engine_job_sleeps(job) || (job->standby && !e->o.once);
            total += job->first_done ? 0 : 1 + job->rounds;
            if (!job->standby)
                engine_publish_never(job);
        }
        if (!ep->session)
            engine_endpoint_stop(ep, &ep->err);
        engine_publish_endpoint(ep);
    }
    atomic_store(&e->total, total);
}

/* ---- life --------------------------------------------------------------------------------------
 */

static const struct schema *const *copy_tables(struct engine *e, const struct schema *const *tables)
{
    const struct schema **copy;
    size_t n = 0;

    if (!tables)
        return NULL;
    while (tables[n])
        n++;
    copy = arena_alloc(e->arena, (n + 1) * sizeof(*copy));
    memcpy(copy, tables, n * sizeof(*copy));
    return copy;
}

static void copy_options(struct engine *e, const struct engine_options *o)
{
    e->o = *o;
    e->o.site = arena_strdup(e->arena, o->site);
    e->o.endpoint = arena_strdup(e->arena, o->endpoint);
    e->o.trust_file = arena_strdup(e->arena, o->trust_file);
    e->o.runtime_dir = arena_strdup(e->arena, o->runtime_dir);
    e->o.tables = copy_tables(e, o->tables);
    e->o.named = copy_tables(e, o->named);
    e->collectors = o->collectors ? o->collectors : registry_collectors;
}

static void engine_free(struct engine *e)
{
    for (size_t i = 0; i < e->nendpoints; i++) {
        struct endpoint *ep = &e->endpoints[i];

        for (size_t k = 0; k < ep->njobs; k++)
            engine_job_release(&ep->jobs[k]);
        session_free(ep->session);
    }
    for (size_t i = 0; i < e->ncredentials; i++)
        engine_credential_free(e->credentials[i]);
    free(e->credentials);
    free(e->retired);
    map_free(e->budgets, engine_budget_free);
    trust_free(e->trust);
    if (e->over_fd >= 0)
        close(e->over_fd);
    pthread_mutex_destroy(&e->lock);
    arena_free(e->arena);
    free(e);
}

static void *run_thread(void *arg)
{
    struct engine *e = arg;

    loop_run(e->loop);
    atomic_store(&e->gone, true);
    http_free(e->http); /* here, because whoever made it leave may have other things to do */
    return NULL;
}

static void add_endpoints(struct engine *e)
{
    size_t n = config_endpoint_count(e->o.config);

    e->endpoints = arena_alloc(e->arena, (n + 1) * sizeof(*e->endpoints));
    for (size_t i = 0; i < n; i++) {
        const struct config_endpoint *c = config_endpoint(e->o.config, i);

        if (config_endpoint_in_scope(c, e->o.site, e->o.endpoint))
            add_endpoint(e, c);
    }
}

static void free_stopped(struct engine *e)
{
    if (!e->running)
        http_free(e->http);
    for (size_t i = 0; i < e->nendpoints; i++) {
        for (size_t k = 0; k < e->endpoints[i].njobs; k++)
            engine_stream_end(&e->endpoints[i].jobs[k], false);
        engine_ssh_free(&e->endpoints[i]);
    }
    engine_hops_free(e);
    ssh_pool_free(e->ssh);
    loop_free(e->loop);
    engine_free(e);
}

static void on_crash(void *arg);

struct engine *engine_new(const struct engine_options *o, struct err *err)
{
    struct engine *e = mem_alloc(sizeof(*e));

    e->arena = arena_new(0);
    e->budgets = map_new();
    e->random = (uint64_t)clock_now_ms() * 2654435761u + (uint64_t)getpid();
    pthread_mutex_init(&e->lock, NULL);
    copy_options(e, o);
    e->over_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    e->trust = o->trust_file ? trust_load(o->trust_file, err) : NULL;
    if (o->trust_file && !e->trust) {
        engine_free(e);
        return NULL;
    }
    e->loop = loop_new();
    e->http = http_new(e->loop);
    add_endpoints(e);
    /* The caller knows no engine yet that could have changed. */
    e->o.on_change = NULL;
    start_jobs(e);
    e->o.on_change = o->on_change;
    loop_post(e->loop, on_wake, e);
    loop_on_alarm(e->loop, on_crash, e);
    return e;
}

int engine_run(struct engine *e, struct err *err)
{
    e->running = e->over_fd >= 0 && pthread_create(&e->thread, NULL, run_thread, e) == 0;
    return e->running ? 0 : err_set(err, ERR_IO, errno, "unable to start a thread");
}

struct engine *engine_start(const struct engine_options *o, struct err *err)
{
    struct engine *e = engine_new(o, err);

    if (e && engine_run(e, err)) {
        free_stopped(e);
        return NULL;
    }
    return e;
}

/* ---- the end -----------------------------------------------------------------------------------
 */

static void on_grace_over(void *arg)
{
    loop_stop(((struct engine *)arg)->loop);
}

static void on_stop(void *arg)
{
    struct engine *e = arg;

    e->stopping = true;
    loop_timer_cancel(e->timer);
    e->timer = NULL;
    loop_timer(e->loop, e->grace_ms, on_grace_over, e);
    for (size_t i = 0; i < e->nendpoints; i++) {
        struct endpoint *ep = &e->endpoints[i];

        for (size_t k = 0; k < ep->njobs; k++)
            engine_request_cancel(&ep->jobs[k]);
        engine_logout_start(ep);
    }
    engine_logout_check(e);
}

static void on_crash(void *arg)
{
    struct engine *e = arg;

    if (e->stopping)
        return;
    e->grace_ms = ENGINE_CRASH_GRACE_MS;
    on_stop(e);
}

void engine_crash(struct engine *e)
{
    const struct timespec moment = {.tv_nsec = 10 * 1000 * 1000};

    if (!e || !e->running || pthread_equal(pthread_self(), e->thread))
        return;
    loop_alarm(e->loop);
    for (int ms = 0; ms < ENGINE_CRASH_GRACE_MS + 500 && !atomic_load(&e->gone); ms += 10)
        (void)nanosleep(&moment, NULL);
}

void engine_leave(struct engine *e, int64_t grace_ms)
{
    e->grace_ms = grace_ms;
    e->leaving = true;
    if (e->running)
        loop_post(e->loop, on_stop, e);
}

void engine_stop(struct engine *e, int64_t grace_ms)
{
    if (!e)
        return;
    if (!e->leaving)
        engine_leave(e, grace_ms);
    if (e->running)
        pthread_join(e->thread, NULL);
    free_stopped(e);
}
