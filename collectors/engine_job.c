/*
 * A job is one collector of one endpoint: when it runs, and what becomes of a run that ended. A job
 * that is still running when it is due again is not started twice.
 */
#include "collectors/engine_priv.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/fmt.h"
#include "core/mem.h"
#include "core/strbuf.h"

#define FOCUS_DIVISOR     3
#define FOCUS_LEAST_MS    5000
#define FAILING_MOST_MS   300000 /* a source that fails is asked at least so often */
#define UNSUPPORTED_MS    600000 /* so is one that is not offered: it may be upgraded */
#define NET_FIRST_MS      1000
#define NET_MOST_MS       60000
#define SAMPLE_GAP_MS     10000
#define INTERVAL_LEAST_MS 10

/* ---- life --------------------------------------------------------------------------------------
 */

bool engine_leaves(const struct engine *e, const struct collector *c, size_t table)
{
    return e->o.once && c->told && c->tables[table] == c->told;
}

/* The shortest one that is configured for any of its tables. */
static int64_t configured_interval(const struct job *job)
{
    int64_t best = job->collector->interval_ms;
    bool found = false;

    for (size_t i = 0; i < job->ntables; i++) {
        const struct schema *table = job->collector->tables[i];
        int64_t v = config_interval(job->ep->config, table->name, -1);

        if (table != job->collector->told && v > 0 && (!found || v < best)) {
            best = v;
            found = true;
        }
    }
    return best > INTERVAL_LEAST_MS ? best : INTERVAL_LEAST_MS;
}

void engine_job_init(struct job *job, struct endpoint *ep, const struct collector *c)
{
    struct arena *a = ep->engine->arena;

    job->ep = ep;
    job->collector = c;
    strbuf_init(&job->pieces, 0);
    while (c->tables[job->ntables])
        job->ntables++;
    job->current = arena_alloc(a, job->ntables * sizeof(struct snapshot *));
    job->out = arena_alloc(a, job->ntables * sizeof(struct snapshot *));
    job->builders = arena_alloc(a, job->ntables * sizeof(struct table_builder *));
    job->disabled = arena_alloc(a, job->ntables * sizeof(*job->disabled));
    for (size_t i = 0; i < job->ntables; i++)
        job->disabled[i] = config_table_disabled(ep->config, c->tables[i]->name) ||
                           engine_leaves(ep->engine, c, i);
    job->interval = configured_interval(job);
    job->deadline = job->once_deadline = ENGINE_NEVER;
}

void engine_job_release(struct job *job)
{
    engine_run_close(job);
    engine_raw_release(job);
    strbuf_release(&job->pieces);
    for (size_t i = 0; i < job->ntables; i++)
        snapshot_unref(job->current[i]);
    if (job->memory && job->collector->state_release)
        job->collector->state_release(job->memory);
    free(job->memory);
    free(job->errout);
    free(job->scope);
}

bool engine_job_is_active(const struct job *job)
{
    return job->state != JOB_IDLE && job->state != JOB_OVER;
}

bool engine_job_is_polling(const struct job *job)
{
    return job->state == JOB_SENT && job->run.request.long_poll;
}

bool engine_job_sleeps(const struct job *job)
{
    bool seen = job->named || (job->focused && !job->aside);

    return job->collector->on_demand && !seen && !job->ep->engine->o.once;
}

bool engine_job_looks_away(const struct job *job)
{
    if (!job->collector->on_demand || !engine_job_is_active(job))
        return false;
    return job->aside || !job->run.scope != !job->scope ||
           (job->scope && strcmp(job->run.scope, job->scope) != 0);
}

void engine_job_suspend(struct job *job)
{
    engine_request_cancel(job);
    engine_run_close(job);
    job->state = JOB_IDLE;
    job->due_at = clock_mono_ms();
}

/* ---- when --------------------------------------------------------------------------------------
 */

int64_t engine_job_interval(const struct job *job)
{
    int64_t fast = job->interval / FOCUS_DIVISOR;

    /* Everything is read for those who look alone, as often as its host can bear; a few filters
     * are no more to bear than any other command. */
    if (job->collector->on_demand && !job->scope)
        return job->interval;
    if (fast < FOCUS_LEAST_MS)
        fast = job->interval < FOCUS_LEAST_MS ? job->interval : FOCUS_LEAST_MS;
    return job->focused ? fast : job->interval;
}

/* From then on what it read last is too old. */
static int64_t stale_at(const struct job *job)
{
    return job->ok_at + ENGINE_STALE_INTERVALS * job->interval + 1;
}

int64_t engine_job_waits_until(const struct job *job)
{
    const struct job *other = job->after;

    while (other && other->first_done)
        other = other->also;
    return other ? job->patience_ends : 0;
}

/* When its next run begins, as far as the clock decides it. */
static int64_t run_at(const struct job *job)
{
    int64_t wait = engine_job_waits_until(job);

    if (job->standby)
        return engine_fallback_wake_at(job);
    if (job->ep->state == ENDPOINT_STOPPED || (!job->forced && engine_job_sleeps(job)))
        return ENGINE_NEVER;
    return job->due_at > wait ? job->due_at : wait;
}

int64_t engine_job_wake_at(const struct job *job)
{
    int64_t at = ENGINE_NEVER;

    if (job->state == JOB_IDLE)
        at = run_at(job);
    if (job->state == JOB_WAITING)
        at = job->wake_at;
    if (engine_job_is_active(job) && job->deadline < at)
        at = job->deadline;
    if (job->state != JOB_OVER && job->once_deadline < at)
        at = job->once_deadline;
    if (job->ok_at && !job->ep->engine->o.once && stale_at(job) < at)
        at = stale_at(job);
    return at;
}

static int64_t wait_after_failure(struct job *job, const struct err *err, int64_t now)
{
    struct engine *e = job->ep->engine;
    int64_t most = job->interval > FAILING_MOST_MS ? job->interval : FAILING_MOST_MS;

    if (err->kind == ERR_UNSUPPORTED)
        return job->interval > UNSUPPORTED_MS ? job->interval : UNSUPPORTED_MS;
    if (job->ep->retry_at > now)
        return job->ep->retry_at - now;
    if (err->kind == ERR_NET)
        return engine_backoff(e, NET_FIRST_MS, job->failures, NET_MOST_MS);
    return engine_backoff(e, job->interval * 2, job->failures, most);
}

static void schedule(struct job *job, const struct err *err, int64_t now)
{
    int64_t interval = engine_job_interval(job);

    if (err) {
        job->due_at = now + wait_after_failure(job, err, now);
        job->failures++;
        return;
    }
    job->failures = 0;
    if (job->outdated) {
        job->due_at = now;
        return;
    }
    job->due_at = job->started_at + engine_jitter(job->ep->engine, interval);
    /* A run that takes as long as its interval leaves the manager some rest. */
    if (job->due_at < now + interval / 10)
        job->due_at = now + interval / 10;
}

static void schedule_round(struct job *job, int64_t now)
{
    const struct engine_options *o = &job->ep->engine->o;
    int64_t gap = job->interval < SAMPLE_GAP_MS ? job->interval : SAMPLE_GAP_MS;

    if (!job->rounds || job->ep->state == ENDPOINT_STOPPED) {
        for (; job->rounds; job->rounds--)
            engine_count_done(job->ep->engine);
        job->state = JOB_OVER;
        return;
    }
    job->rounds--;
    job->due_at = job->started_at + gap > now ? job->started_at + gap : now;
    job->once_deadline = o->timeout_ms > 0 ? job->due_at + o->timeout_ms : ENGINE_NEVER;
}

/* ---- runs --------------------------------------------------------------------------------------
 */

void engine_job_start(struct job *job, int64_t now)
{
    job->state = JOB_BLOCKED;
    job->started_at = now;
    job->forced = job->aborted = job->timed_out = job->expired = job->outdated = false;
    job->deadline = ENGINE_NEVER;
    job->cuts = 0;
    engine_run_open(job);
}

static void count_first(struct job *job)
{
    struct engine *e = job->ep->engine;

    if (!job->first_done || e->o.once)
        engine_count_done(e);
    if (!job->first_done) {
        job->first_done = true;
        /* Somebody may have waited for what it found. */
        engine_poke(e, NULL);
    }
}

/* A table that has a verdict of its own (run_keep) says nothing about the others. */
static bool is_ok(const struct job *job)
{
    size_t wanted = 0;

    for (size_t i = 0; i < job->ntables; i++) {
        enum freshness f = snapshot_freshness(job->current[i]);

        if (!job->disabled[i] && (f == FRESH_OK || f == FRESH_PARTIAL))
            return true;
        wanted += !job->disabled[i];
    }
    return wanted == 0;
}

void engine_job_progress(struct job *job)
{
    int64_t now = clock_mono_ms();

    if (is_ok(job)) {
        job->ok_at = now;
        job->ep->failures = job->failures = 0;
    }
    if (!job->first_done)
        job->ep->changed_much = true;
    job->deadline = now + job->collector->timeout_ms;
    job->requests = 0;
    job->expired = false;
    count_first(job);
}

void engine_job_finish(struct job *job, const struct err *err)
{
    struct err why = {0};
    int64_t now = clock_mono_ms();

    if (err) {
        why = *err;
        engine_publish_failure(job, &why);
    } else {
        engine_publish_out(job);
    }
    engine_run_close(job);
    job->state = JOB_IDLE;
    if (!err && is_ok(job)) {
        job->ok_at = now;
        job->ep->failures = 0;
    }
    job->ep->changed = true;
    if (err || !job->first_done)
        job->ep->changed_much = true;
    if (job->ep->engine->o.once)
        schedule_round(job, now);
    else
        schedule(job, err ? &why : NULL, now);
    count_first(job);
}

void engine_job_abort(struct job *job, const struct err *err)
{
    if (job->state == JOB_OVER)
        return;
    if (job->standby && !job->ep->session && job->ep->engine->o.once)
        engine_fallback_end(job);
    if (job->standby)
        return; /* what is wrong here is of no account before it is needed */
    if (job->state == JOB_IDLE) {
        job->started_at = clock_mono_ms();
        engine_job_finish(job, err);
        return;
    }
    if (job->state == JOB_DECODING) {
        /* The pool has it; what comes back is dropped. */
        job->aborted = true;
        job->abort_err = *err;
        return;
    }
    engine_request_cancel(job);
    engine_job_finish(job, err);
}

/* What its manager said when it was asked to wait, or what it waits for; NULL: its own requests. */
static const char *why_late(const struct job *job, int64_t now)
{
    if (job->again_err.kind != ERR_NONE)
        return job->again_err.msg;
    if (job->ep->hold_until > now && job->ep->hold_err.kind != ERR_NONE)
        return job->ep->hold_err.msg;
    if (job->ep->credential && job->ep->credential->asked == SECRET_ASKED)
        return "its secret was not given in time";
    return job->ep->state == ENDPOINT_LOGIN ? "the login did not finish" : NULL;
}

void engine_job_expire(struct job *job, int64_t now)
{
    struct strbuf limit = STRBUF_INIT;
    const char *why = why_late(job, now);
    struct err err = {0};
    bool whole = now >= job->once_deadline;

    if (job->state == JOB_OVER || job->aborted ||
        (!whole && (!engine_job_is_active(job) || now < job->deadline)))
        return;
    fmt_duration(&limit, whole ? job->ep->engine->o.timeout_ms : job->collector->timeout_ms);
    err_set(&err, ERR_LIMIT, 0, "not read within %s%s%s", limit.buf, why ? ": " : "",
            why ? why : "");
    strbuf_release(&limit);
    job->timed_out = true;
    engine_job_abort(job, &err);
}

void engine_job_mark_stale(struct job *job, int64_t now)
{
    if (!job->ok_at || now < stale_at(job) || job->ep->engine->o.once)
        return;
    for (size_t i = 0; i < job->ntables; i++) {
        enum freshness f = snapshot_freshness(job->current[i]);

        if (f == FRESH_OK || f == FRESH_PARTIAL)
            engine_publish_freshness(job, i, FRESH_STALE, NULL);
    }
    job->ok_at = 0;
    job->ep->changed = job->ep->changed_much = true;
}
