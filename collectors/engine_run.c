/*
 * One run of a collector. step() is pure, so it may run anywhere: small replies are decoded on the
 * engine's thread, because a hand-over costs more; large ones, and tables that take long to index,
 * in the pool. While a pool thread has the job, nobody else touches what belongs to the run;
 * requests to end it are noted and done when it comes back.
 */
#include "collectors/engine_priv.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/hash.h"
#include "core/mem.h"

#define ROWS_INLINE  5000   /* larger tables are finished in the pool */
#define WAIT_MOST_MS 600000 /* of STEP_WAIT */

/* ---- open and close ----------------------------------------------------------------------------
 */

static void open_builders(struct job *job)
{
    const struct config_endpoint *c = job->ep->config;

    for (size_t i = 0; i < job->ntables; i++)
        job->builders[i] =
            builder_new(job->collector->tables[i], c->site, c->name, job->current[i]);
}

static void close_builders(struct job *job)
{
    for (size_t i = 0; i < job->ntables; i++) {
        builder_free(job->builders[i]);
        job->builders[i] = NULL;
    }
}

void engine_run_open(struct job *job)
{
    if (!job->memory && job->collector->state_size)
        job->memory = mem_alloc(job->collector->state_size);
    job->run = (struct run){.endpoint = job->ep->config,
                            .facts = &job->facts,
                            .hints = &job->hints,
                            .arena = arena_new(0),
                            .state = job->memory,
                            .freshness = FRESH_OK,
                            .interval_ms = engine_job_interval(job),
                            .once = job->ep->engine->o.once,
                            .builders = job->builders,
                            .collector = job->collector};
    job->run.scope = arena_strdup(job->run.arena, job->scope);
    job->requests = 0;
    job->has_reply = job->streamed = false;
    job->lane = NULL;
    engine_publish_hints(job);
    open_builders(job);
}

static void drop_reply(struct job *job)
{
    if (job->has_reply)
        http_reply_release(&job->http);
    job->has_reply = false;
}

void engine_run_close(struct job *job)
{
    engine_stream_end(job, false);
    close_builders(job);
    drop_reply(job);
    for (size_t i = 0; i < job->ntables; i++) {
        snapshot_unref(job->out[i]);
        job->out[i] = NULL;
    }
    arena_free(job->run.arena);
    memset(&job->run, 0, sizeof(job->run));
}

/* ---- one step ----------------------------------------------------------------------------------
 */

static void finish_tables(struct job *job)
{
    const struct err *err =
        job->run.err.kind == ERR_NONE && !job->run.err.msg[0] ? NULL : &job->run.err;

    for (size_t i = 0; i < job->ntables; i++) {
        job->out[i] = run_finish(&job->run, i, err);
        job->builders[i] = NULL;
    }
    job->run.verdicts = NULL;
}

/* Any thread. */
static void work(void *arg)
{
    struct job *job = arg;

    if (job->has_reply && !job->run.request.stream) {
        job->reply.hash = hash_fast(job->reply.body, job->reply.len, 0);
        job->reply.hash += job->reply.hash == 0;
    }
    job->result = job->collector->step(&job->run, job->has_reply ? &job->reply : NULL);
    if (job->result == STEP_DONE || job->result == STEP_PUBLISH)
        finish_tables(job);
}

static void too_many(struct job *job)
{
    struct err err = {0};

    err_set(&err, ERR_LIMIT, 0, "%s needed more than %d requests", job->collector->name,
            COLLECTOR_REQUESTS_MAX);
    engine_job_finish(job, &err);
}

static void come_back(struct job *job, int64_t wait_ms)
{
    job->state = JOB_WAITING;
    job->wake_at = clock_mono_ms() + (wait_ms < WAIT_MOST_MS ? wait_ms : WAIT_MOST_MS);
}

void engine_run_again(struct job *job, int64_t wait_ms)
{
    engine_run_close(job);
    engine_run_open(job);
    come_back(job, wait_ms);
}

static void fail(struct job *job)
{
    struct err err = job->run.err;

    if (err.kind == ERR_NONE)
        err_set(&err, ERR_PROTO, 0, "%s failed without saying why", job->collector->name);
    engine_job_finish(job, &err);
}

/* The collector knows by other signs than the session does that it is over. */
static void expired(struct job *job)
{
    struct err err = {0};

    if (job->expired) {
        err_set(&err, ERR_AUTH, 0, "refused again after a new login: %s",
                job->run.err.kind == ERR_NONE ? "the session is over" : job->run.err.msg);
        engine_endpoint_stop(job->ep, &err);
        return;
    }
    job->expired = true;
    engine_endpoint_expire(job->ep, job->epoch);
    engine_run_close(job);
    engine_run_open(job);
    job->state = JOB_BLOCKED;
}

/* The run of a live collector goes on for days; what belongs to it must not grow. */
static void begin_anew(struct job *job)
{
    arena_reset(job->run.arena);
    job->run.scratch = NULL;
    job->run.interval_ms = engine_job_interval(job);
    job->run.freshness = FRESH_OK;
    err_clear(&job->run.err);
    engine_publish_hints(job);
    engine_job_progress(job);
}

static void published(struct job *job)
{
    engine_publish_out(job);
    if (job->collector->live)
        begin_anew(job);
    open_builders(job);
    come_back(job, 0);
}

static void go_on(struct job *job)
{
    if (++job->requests > COLLECTOR_REQUESTS_MAX)
        too_many(job);
    else if (job->result == STEP_PUBLISH)
        published(job);
    else if (job->result == STEP_WAIT)
        come_back(job, job->run.wait_ms);
    else if (job->run.request.long_poll && job->forced)
        engine_job_suspend(job);
    else if (engine_job_looks_away(job))
        engine_job_suspend(job);
    else
        engine_request_queue(job);
}

void engine_run_act(struct job *job)
{
    switch (job->result) {
    case STEP_FAIL:
    case STEP_MORE:
        fail(job);
        break;
    case STEP_DONE:
        engine_job_finish(job, NULL);
        break;
    case STEP_EXPIRED:
        expired(job);
        break;
    default:
        go_on(job);
    }
}

/* Rows of another account than the configured one must not be shown, not even for a moment. */
static bool must_hold(const struct job *job)
{
    return job->ep->identify_id && job->ep->session->unverified &&
           (job->result == STEP_DONE || job->result == STEP_PUBLISH);
}

static void done(void *arg)
{
    struct job *job = arg;

    drop_reply(job);
    if (job->aborted)
        engine_job_finish(job, &job->abort_err);
    else if (must_hold(job))
        job->state = JOB_HELD;
    else
        engine_run_act(job);
}

void engine_run_unhold(struct job *job)
{
    if (job->state == JOB_HELD)
        engine_run_act(job);
}

/* On the thread that decoded the pieces. */
static void work_behind_pieces(void *arg)
{
    struct job *job = arg;

    if (job->result == STEP_MORE)
        work(job);
}

static void done_behind_pieces(void *arg)
{
    struct job *job = arg;

    engine_stream_end(job, false);
    done(job);
    engine_endpoint_run(job->ep);
}

static void done_in_pool(void *arg)
{
    struct job *job = arg;

    done(job);
    engine_endpoint_run(job->ep);
}

static bool is_heavy(const struct job *job)
{
    size_t rows = 0;

    if (job->has_reply && job->reply.len > ENGINE_DECODE_INLINE)
        return true;
    /* After the pieces come the rows, of however many objects; others have them in the builder. */
    if (job->has_reply && job->streamed && (job->collector->live || job->run.request.command))
        return true;
    for (size_t i = 0; i < job->ntables; i++)
        rows += builder_count(job->builders[i]);
    return rows > ROWS_INLINE;
}

void engine_run_step(struct job *job)
{
    job->state = JOB_DECODING;
    /* Both may change on this thread while a pool thread decodes. */
    job->facts = job->ep->session->facts;
    job->run.now = clock_now_ms();
    if (job->stream) {
        engine_stream_finish(job, work_behind_pieces, done_behind_pieces);
        return;
    }
    if (is_heavy(job)) {
        loop_work(job->ep->engine->loop, work, done_in_pool, job);
        return;
    }
    work(job);
    done(job);
}
