/*
 * What an endpoint does next. engine_endpoint_run() may be called at any time; it starts what is
 * due, logs in when something needs a session, sends what may be sent, and notes when to look
 * again.
 */
#include "collectors/engine_priv.h"

#include <stdio.h>
#include <string.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/log.h"

#define DOWN_FIRST_MS   1000
#define DOWN_MOST_MS    60000
#define PUBLISH_SOON_MS 100

size_t engine_endpoint_nodes(const struct endpoint *ep)
{
    const char *const *urls;
    size_t n = config_list(ep->config, "urls", &urls);

    return n ? n : 1;
}

/* ---- what it has to do ------------------------------------------------------------------------
 */

static bool may_start(const struct job *job, int64_t now)
{
    const struct endpoint *ep = job->ep;

    if (job->standby || job->state != JOB_IDLE || ep->state == ENDPOINT_STOPPED)
        return false;
    if (engine_job_waits_until(job) > now)
        return false;
    if (!job->forced && engine_job_sleeps(job))
        return false;
    return job->forced || (job->due_at <= now && ep->retry_at <= now);
}

static bool wants_session(const struct endpoint *ep)
{
    if (ep->probe && !ep->probed)
        return true;
    for (size_t k = 0; k < ep->njobs; k++) {
        enum job_state state = ep->jobs[k].state;

        if (state == JOB_BLOCKED || state == JOB_QUEUED)
            return true;
    }
    return false;
}

static bool is_expired(const struct endpoint *ep)
{
    int64_t at = ep->session->expires_at;

    return ep->state == ENDPOINT_READY && at && clock_now_ms() >= at;
}

static unsigned logins_max(const struct endpoint *ep)
{
    return ep->config->kind & KINDS_SSH ? ENGINE_SSH_LOGINS_MAX : ENGINE_LOGINS_MAX;
}

static void advance_session(struct endpoint *ep, int64_t now)
{
    if (is_expired(ep))
        ep->state = ENDPOINT_OUT;
    if (ep->state != ENDPOINT_OUT || ep->retry_at > now || !wants_session(ep))
        return;
    if (ep->engine->logins < logins_max(ep) && engine_credential_take(ep))
        engine_login_start(ep);
}

static void advance_probe(struct endpoint *ep)
{
    if (!ep->probe || ep->probed || ep->state != ENDPOINT_READY)
        return;
    ep->probed = true;
    engine_count_done(ep->engine);
}

static void advance_job(struct job *job, int64_t now)
{
    if (job->ep->state == ENDPOINT_READY && job->state == JOB_BLOCKED) {
        job->deadline = now + job->collector->timeout_ms;
        engine_run_step(job);
    } else if (job->state == JOB_WAITING && job->wake_at <= now) {
        engine_run_step(job);
    }
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* What a person waits for is shown at once, counters once a second. */
static int64_t publish_gap(const struct endpoint *ep)
{
    return ep->changed_much ? PUBLISH_SOON_MS : ENGINE_TICK_MS;
}

/* When something is due, as far as the clock decides it. */
static int64_t next_look(const struct endpoint *ep, int64_t pump, int64_t now)
{
    int64_t at = pump;

    for (size_t k = 0; k < ep->njobs; k++) {
        int64_t job = engine_job_wake_at(&ep->jobs[k]);

        if (ep->jobs[k].state == JOB_IDLE && job < ep->retry_at)
            job = ep->retry_at;
        at = earlier(at, job);
    }
    if (ep->retry_at > now)
        at = earlier(at, ep->retry_at);
    if (ep->probe && !ep->probed)
        at = earlier(at, ep->once_deadline);
    if (ep->changed || ep->changed_much)
        at = earlier(at, ep->published_at + publish_gap(ep));
    return at > now ? at : now + 1;
}

static void expire_probe(struct endpoint *ep, int64_t now)
{
    struct err err = {0};

    if (!ep->probe || ep->probed || now < ep->once_deadline)
        return;
    err_set(&err, ERR_LIMIT, 0, "the login did not finish in time");
    engine_login_cancel(ep);
    ep->err = err;
    ep->probed = ep->changed = true;
    engine_count_done(ep->engine);
}

/* A refused certificate is looked at again now and then: it may have been repaired. */
static void recheck(struct endpoint *ep, int64_t now)
{
    if (ep->state == ENDPOINT_STOPPED && ep->tls_denied && ep->retry_at <= now &&
        !ep->engine->o.once)
        engine_endpoint_restart(ep);
}

void engine_endpoint_run(struct endpoint *ep)
{
    int64_t now = clock_mono_ms(), pump = ENGINE_NEVER;

    if (ep->engine->stopping || !ep->session) {
        ep->wake_at = ENGINE_NEVER;
        return;
    }
    recheck(ep, now);
    for (size_t k = 0; k < ep->njobs; k++) {
        engine_job_expire(&ep->jobs[k], now);
        engine_job_mark_stale(&ep->jobs[k], now);
        engine_fallback_advance(&ep->jobs[k], now);
        if (may_start(&ep->jobs[k], now))
            engine_job_start(&ep->jobs[k], now);
    }
    expire_probe(ep, now);
    advance_session(ep, now);
    advance_probe(ep);
    for (size_t k = 0; k < ep->njobs; k++)
        advance_job(&ep->jobs[k], now);
    if (ep->state == ENDPOINT_READY)
        pump = engine_request_pump(ep, now);
    /* The pump may have found that the session is over. */
    advance_session(ep, now);
    if (!ep->engine->o.once && (ep->changed || ep->changed_much) &&
        now - ep->published_at >= publish_gap(ep))
        engine_publish_endpoint(ep);
    engine_fallback_tell(ep);
    ep->wake_at = next_look(ep, pump, now);
    engine_arm(ep->engine, ep->wake_at);
    if (ep->engine->o.once && engine_endpoint_is_over(ep))
        engine_arm(ep->engine, 0);
}

bool engine_endpoint_is_over(const struct endpoint *ep)
{
    for (size_t k = 0; k < ep->njobs; k++) {
        if (ep->jobs[k].state != JOB_OVER)
            return false;
    }
    /* Who we are is asked for its own sake when everything is. */
    if (ep->identify_id && !ep->engine->o.tables)
        return false;
    return !ep->probe || ep->probed;
}

/* ---- what stops it -----------------------------------------------------------------------------
 */

static void end_probe(struct endpoint *ep)
{
    if (!ep->probe || ep->probed)
        return;
    ep->probed = true;
    engine_count_done(ep->engine);
}

void engine_endpoint_stop(struct endpoint *ep, const struct err *err)
{
    struct err why = *err; /* may be ep->err or that of a job */

    if (ep->session)
        engine_login_cancel(ep);
    ep->state = ENDPOINT_STOPPED;
    ep->identify_id = 0;
    ep->err = why;
    ep->tls_denied = ep->hop_refused = false;
    ep->retry_at = 0;
    ep->changed = ep->changed_much = true;
    log_add(LOG_WARN, "%s/%s: stopped: %s", ep->config->site, ep->config->name, why.msg);
    for (size_t k = 0; k < ep->njobs; k++)
        engine_job_abort(&ep->jobs[k], &why);
    end_probe(ep);
    engine_poke(ep->engine, ep);
}

void engine_endpoint_distrust(struct endpoint *ep, const struct err *err, const char *url)
{
    struct arena *scratch = arena_new(0);

    (void)snprintf(ep->tls_where, sizeof(ep->tls_where), "%s", engine_where(scratch, url));
    arena_free(scratch);
    engine_endpoint_stop(ep, err);
    ep->tls_denied = true;
    ep->retry_at = clock_mono_ms() + engine_jitter(ep->engine, ENGINE_TLS_RECHECK_MS);
}

void engine_endpoint_down(struct endpoint *ep, const struct err *err)
{
    struct err why = *err;
    int64_t now = clock_mono_ms();

    ep->err = why;
    /* Several requests of one outage are one failure. */
    if (ep->retry_at <= now)
        ep->retry_at =
            now + engine_backoff(ep->engine, DOWN_FIRST_MS, ep->failures++, DOWN_MOST_MS);
    ep->changed = ep->changed_much = true;
    log_add(LOG_WARN, "%s/%s: %s", ep->config->site, ep->config->name, why.msg);
    for (size_t k = 0; k < ep->njobs; k++) {
        enum job_state state = ep->jobs[k].state;

        if (state == JOB_BLOCKED || state == JOB_QUEUED)
            engine_job_abort(&ep->jobs[k], &why);
    }
    end_probe(ep);
    engine_poke(ep->engine, ep);
}

void engine_endpoint_restart(struct endpoint *ep)
{
    ep->tls_denied = false;
    ep->state = ENDPOINT_OUT;
    err_clear(&ep->err);
    ep->retry_at = ep->hold_until = 0;
    err_clear(&ep->hold_err);
    ep->failures = ep->login_tries = ep->nodes_tried = 0;
    ep->changed = true;
    for (size_t k = 0; k < ep->njobs; k++) {
        if (ep->jobs[k].state == JOB_IDLE)
            ep->jobs[k].due_at = 0;
    }
    engine_poke(ep->engine, ep);
}

void engine_endpoint_expire(struct endpoint *ep, uint64_t epoch)
{
    if (ep->epoch == epoch && ep->state == ENDPOINT_READY)
        ep->state = ENDPOINT_OUT;
}

bool engine_endpoint_next_node(struct endpoint *ep, uint64_t epoch)
{
    size_t n = engine_endpoint_nodes(ep);

    if (n < 2)
        return false;
    if (epoch != ep->epoch || ep->state != ENDPOINT_READY)
        return true; /* someone else found out before */
    ep->session->node = (ep->session->node + 1) % (unsigned)n;
    ep->state = ENDPOINT_OUT;
    ep->nodes_tried = 1;
    ep->changed = true;
    return true;
}
