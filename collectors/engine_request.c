/*
 * A request of a job: when it may be sent, and what its reply means for the job, the session, the
 * credential and the endpoint. The session judges; what follows from its verdict is here alone.
 */
#include "collectors/engine_priv.h"

#include <string.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/fmt.h"
#include "core/hash.h"
#include "core/strbuf.h"

#define REQUEST_TIMEOUT_MS 60000
#define PASSING_FIRST_MS   500
#define PASSING_MOST_MS    8000
#define THROTTLE_FIRST_MS  1000
#define THROTTLE_MOST_MS   60000
#define NET_FIRST_MS       250
#define NET_MOST_MS        2000
#define QUICK_MS           5000 /* a failure that took longer is not worth repeating at once */
#define OFFSET_LEAST_MS    2000 /* Date has whole seconds, and the way takes time */

/* ---- replies -----------------------------------------------------------------------------------
 */

static const char *find_header(const struct reply *r, const char *name)
{
    return http_reply_header(r->impl, name);
}

static const char *find_next(const struct reply *r, const char *name, size_t *i)
{
    return http_reply_next(r->impl, name, i);
}

static const char *request_id(const struct http_reply *http)
{
    static const char *const names[] = {"x-nsx-requestid", "x-amzn-requestid", "x-request-id",
                                        "request-id", NULL};
    const char *id = NULL;

    for (size_t i = 0; names[i] && !id; i++)
        id = http_reply_header(http, names[i]);
    return id;
}

void engine_reply_fill(struct reply *out, const struct http_reply *http, int64_t now)
{
    *out = (struct reply){.status = http->err.kind == ERR_NONE ? http->status : 0,
                          .body = http->body,
                          .len = http->len,
                          .taken_at = now,
                          .err = http->err.kind == ERR_NONE ? NULL : &http->err,
                          .request_id = request_id(http),
                          .header = find_header,
                          .next_header = find_next,
                          .impl = http};
}

static void observe_clock(struct endpoint *ep, const struct http_reply *http)
{
    int64_t offset;

    if (!http->date_ms)
        return;
    /* Date was cut to the second, somewhere in the middle of the exchange. */
    offset = http->date_ms + 500 - (clock_now_ms() - http->elapsed_ms / 2);
    if (offset < OFFSET_LEAST_MS && offset > -OFFSET_LEAST_MS)
        offset = 0;
    ep->has_offset = true;
    ep->clock_offset_ms = ep->session->clock_offset_ms = offset;
}

/* Where a certificate is refused and another one was good until now, both are named: was it
 * renewed, or is somebody in between? */
static void observe_good_cert(struct endpoint *ep, struct http_reply *http)
{
    struct err was = http->err;

    if (!http->cert_sha256[0])
        return;
    if (was.kind == ERR_NONE)
        memcpy(ep->good_cert, http->cert_sha256, sizeof(ep->good_cert));
    else if (was.kind == ERR_TLS && ep->good_cert[0] && !strstr(was.msg, ep->good_cert) &&
             strcmp(ep->good_cert, http->cert_sha256) != 0)
        err_set(&http->err, was.kind, was.code, "%s; it changed: until now it was sha256 %s",
                was.msg, ep->good_cert);
}

/* What a reply shows of its endpoint when the time that it took says nothing. */
static void observe_poll(struct endpoint *ep, struct http_reply *http)
{
    observe_good_cert(ep, http);
    if (http->cert_sha256[0]) {
        if (strcmp(ep->cert_sha256, http->cert_sha256) != 0)
            ep->changed = true;
        memcpy(ep->cert_sha256, http->cert_sha256, sizeof(ep->cert_sha256));
        ep->cert_expires_at = http->cert_expires_at;
    }
    if (!http->status)
        return;
    ep->changed = true;
    if (http->status < 400)
        ep->last_ok_at = clock_now_ms();
}

void engine_observe(struct endpoint *ep, struct http_reply *http)
{
    observe_poll(ep, http);
    if (!http->status)
        return;
    ep->latency_ms = http->elapsed_ms;
    ep->has_latency = true;
    observe_clock(ep, http);
}

/* ---- queueing and sending ----------------------------------------------------------------------
 */

void engine_request_queue(struct job *job)
{
    job->state = JOB_QUEUED;
    job->turn = ++job->ep->engine->turns;
    job->wake_at = 0;
    job->tries = job->net_tries = 0;
    err_clear(&job->again_err);
    job->relogged = false;
    job->lane = engine_lane(job->run.arena, job->ep, &job->run.request);
}

/* Again, in its old place. */
static void requeue(struct job *job, int64_t wait_ms)
{
    job->state = JOB_QUEUED;
    job->wake_at = wait_ms ? clock_mono_ms() + wait_ms : 0;
}

static bool lane_is_free(const struct endpoint *ep, const char *lane)
{
    for (size_t k = 0; lane && k < ep->njobs; k++) {
        const struct job *job = &ep->jobs[k];

        if (job->state == JOB_SENT && job->lane && strcmp(job->lane, lane) == 0)
            return false;
    }
    return true;
}

static struct job *next_in_queue(struct endpoint *ep, int64_t now, int64_t *wake_at)
{
    struct job *best = NULL;

    for (size_t k = 0; k < ep->njobs; k++) {
        struct job *job = &ep->jobs[k];

        if (job->state != JOB_QUEUED)
            continue;
        if (job->wake_at > now)
            *wake_at = job->wake_at < *wake_at ? job->wake_at : *wake_at;
        else if ((!best || job->turn < best->turn) && lane_is_free(ep, job->lane))
            best = job;
    }
    return best;
}

/* The time of the run, which stood still during a long poll, goes on. */
static void resume_time(struct job *job)
{
    if (job->run.request.long_poll && job->deadline == ENGINE_NEVER)
        job->deadline = clock_mono_ms() + job->collector->timeout_ms;
}

const char *engine_no_header(const struct reply *r, const char *name)
{
    (void)r, (void)name;
    return NULL;
}

int engine_request_piece(void *arg, const char *data, size_t len)
{
    struct job *job = arg;

    resume_time(job);
    job->streamed = true;
    engine_raw_piece(job, data, len);
    job->result = engine_stream_piece(job, data, len);
    return job->result == STEP_MORE ? 0 : -1;
}

/* How long the request may take; @wanted 0: as usual. */
static int64_t limit_time(struct job *job, int64_t wanted, int64_t now)
{
    int64_t left = job->deadline < job->once_deadline ? job->deadline : job->once_deadline;

    if (job->run.request.long_poll) {
        job->deadline = ENGINE_NEVER;
        return job->run.request.timeout_ms ? job->run.request.timeout_ms : COLLECTOR_POLL_MS;
    }
    left = left == ENGINE_NEVER ? REQUEST_TIMEOUT_MS : left - now;
    if (job->run.request.timeout_ms)
        wanted = job->run.request.timeout_ms;
    if (!wanted)
        wanted = REQUEST_TIMEOUT_MS;
    /* The run's own limit says so better, so it comes first. */
    return left > 0 && wanted > left + ENGINE_TICK_MS ? left + ENGINE_TICK_MS : wanted;
}

static void send_http(struct job *job, int64_t now)
{
    struct endpoint *ep = job->ep;
    struct http_request req = ep->session->call.http;

    engine_prepare_http(ep, &req);
    req.timeout_ms = limit_time(job, req.timeout_ms, now);
    if (job->run.request.stream)
        req.on_body = engine_request_piece;
    job->http_id = engine_send(ep, &req, engine_request_reply, job);
}

static void send(struct job *job, int64_t now)
{
    struct endpoint *ep = job->ep;

    job->state = JOB_SENT;
    job->streamed = false;
    job->piece_bytes = 0;
    strbuf_reset(&job->pieces);
    job->epoch = ep->epoch;
    ep->in_flight += !job->run.request.long_poll;
    ep->changed = true;
    engine_rate_count(ep, now);
    if (job->run.request.command)
        engine_ssh_send(job, limit_time(job, 0, now));
    else
        send_http(job, now);
}

/* A request that cannot be authorised: the session is over, or it makes no sense. */
static void refuse(struct job *job)
{
    struct endpoint *ep = job->ep;
    struct err err = ep->session->err;

    if (err.kind == ERR_AUTH && !job->relogged) {
        job->relogged = true;
        engine_endpoint_expire(ep, ep->epoch);
        return;
    }
    engine_job_finish(job, &err);
}

int64_t engine_request_pump(struct endpoint *ep, int64_t now)
{
    int64_t wake_at = ENGINE_NEVER, wait;
    struct job *job;

    while (ep->state == ENDPOINT_READY && ep->in_flight < ENGINE_CONCURRENCY &&
           (job = next_in_queue(ep, now, &wake_at))) {
        if (ep->hold_until > now)
            return ep->hold_until;
        /* Commands are limited by core/ssh, not by a manager's budget. */
        wait = job->run.request.long_poll || job->run.request.command
                   ? 0
                   : engine_budget_take(ep->budget, now);
        if (wait)
            return now + wait;
        ep->session->now = clock_now_ms();
        err_clear(&ep->session->err);
        if (ep->session->ops->authorize(ep->session, &job->run.request) < 0)
            refuse(job);
        else
            send(job, now);
    }
    return wake_at;
}

void engine_request_cancel(struct job *job)
{
    if (job->state != JOB_SENT)
        return;
    engine_stream_end(job, false);
    job->aborted = true;
    if (job->run.request.command)
        engine_ssh_cancel(job);
    else
        http_cancel(job->ep->engine->http, job->http_id);
}

/* ---- what a reply means ------------------------------------------------------------------------
 */

static void note_command(const struct job *job, struct reply *reply)
{
    if (!job->run.request.command)
        return;
    reply->exit_status = job->exit_status;
    reply->errout = job->errout;
}

/* To the collector. @err is NULL for 2xx. */
static void deliver(struct job *job, struct http_reply *http, const struct err *err)
{
    engine_raw_keep(job, http);
    http_reply_take(&job->http, http);
    engine_reply_fill(&job->reply, &job->http, clock_now_ms());
    job->has_reply = true;
    note_command(job, &job->reply);
    job->reply.err = NULL;
    if (err) {
        job->reply_err = *err;
        job->reply.err = &job->reply_err;
    }
    engine_run_step(job);
}

/* No reply came. A server that refuses at once is asked again soon, and so are its other nodes; one
 * that kept us waiting is not. */
static void on_silence(struct job *job, struct http_reply *http)
{
    struct endpoint *ep = job->ep;
    struct err err = http->err;
    bool quick = http->elapsed_ms < QUICK_MS && ++job->net_tries < ENGINE_NET_TRIES;
    bool other =
        job->net_tries <= engine_endpoint_nodes(ep) && engine_endpoint_next_node(ep, job->epoch);

    if (!quick && other)
        job->net_tries++;
    if (quick || other)
        requeue(job,
                other ? 0
                      : engine_backoff(ep->engine, NET_FIRST_MS, job->net_tries - 1, NET_MOST_MS));
    else if (http->connected)
        deliver(job, http, &err);
    else {
        requeue(job, 0);
        engine_endpoint_down(ep, &err);
    }
}

static void on_broken(struct job *job, struct http_reply *http)
{
    struct err err = http->err;

    switch (err.kind) {
    case ERR_NET:
        on_silence(job, http);
        break;
    case ERR_TLS: {
        struct endpoint *ep = job->ep;

        requeue(job, 0);
        engine_endpoint_distrust(ep, &err, ep->url);
        break;
    }
    case ERR_CONFIG:
        engine_job_finish(job, &err);
        break;
    case ERR_AUTH:
        requeue(job, 0);
        /* Over SSH the connection logs in, and may have to do so again. Else it is the proxy that
         * refused its login, which is not tried again by itself either. */
        if (job->run.request.command)
            engine_credential_reject(job->ep, &err);
        else
            engine_endpoint_stop(job->ep, &err);
        break;
    default:
        deliver(job, http, &err);
    }
}

static void on_throttled(struct job *job, struct http_reply *http, const struct err *err)
{
    struct endpoint *ep = job->ep;
    int64_t asked = engine_retry_after(http, clock_now_ms());
    struct err why = engine_say_throttled(err, asked);
    int64_t wait = engine_backoff(ep->engine, THROTTLE_FIRST_MS, job->tries, THROTTLE_MOST_MS);

    if (asked > RETRY_AFTER_MOST_MS)
        asked = RETRY_AFTER_MOST_MS;
    wait = asked ? asked + engine_backoff(ep->engine, 50, 0, 50) : wait;
    ep->throttled++;
    ep->changed = true;
    if (ep->hold_until < clock_mono_ms() + wait)
        ep->hold_until = clock_mono_ms() + wait;
    ep->hold_err = job->again_err = why;
    if (++job->tries < ENGINE_TRIES) {
        requeue(job, wait);
        return;
    }
    why.kind = ERR_LIMIT;
    deliver(job, http, &why);
}

static void on_expired(struct job *job, const struct err *err)
{
    struct err why = *err;

    requeue(job, 0);
    if (!job->relogged) {
        job->relogged = true;
        engine_endpoint_expire(job->ep, job->epoch);
        return;
    }
    why.kind = ERR_AUTH;
    err_prefix(&why, "refused again after a new login");
    engine_endpoint_stop(job->ep, &why);
}

/* A refusal of what went with a session that has been given up since. Managers tell the end of a
 * session as they tell a wrong password, so this condemns nobody: the login that replaces the
 * session tells which it was. */
static bool is_of_old_session(const struct job *job)
{
    return job->epoch != job->ep->epoch || job->ep->state == ENDPOINT_OUT ||
           job->ep->state == ENDPOINT_LOGIN;
}

static void on_rejected(struct job *job, const struct err *err)
{
    requeue(job, 0);
    if (!is_of_old_session(job))
        engine_credential_reject(job->ep, err);
}

static void on_verdict(struct job *job, struct http_reply *http, enum session_verdict verdict,
                       const struct err *err)
{
    switch (verdict) {
    case VERDICT_OK:
        deliver(job, http, NULL);
        break;
    case VERDICT_EXPIRED:
        on_expired(job, err);
        break;
    case VERDICT_REJECTED:
        on_rejected(job, err);
        break;
    case VERDICT_THROTTLED:
        on_throttled(job, http, err);
        break;
    case VERDICT_AGAIN:
        if (++job->tries < ENGINE_TRIES)
            requeue(job, 0);
        else
            engine_job_finish(job, err);
        break;
    case VERDICT_RETRY:
        if (++job->tries < ENGINE_TRIES) {
            job->again_err = *err;
            requeue(job, engine_backoff(job->ep->engine, PASSING_FIRST_MS, job->tries - 1,
                                        PASSING_MOST_MS));
            break;
        }
        /* fall through */
    default:
        deliver(job, http, err);
    }
}

static void judge(struct job *job, struct http_reply *http)
{
    struct session *s = job->ep->session;
    enum session_verdict verdict;
    struct err err = {0};
    struct reply reply;

    /* A command says at its end how it went. */
    if (job->streamed && !job->run.request.command) {
        on_verdict(job, http, VERDICT_OK, &err);
        return;
    }
    engine_reply_fill(&reply, http, clock_now_ms());
    note_command(job, &reply);
    reply.hash = 1; /* made where it is decoded */
    s->now = reply.taken_at;
    verdict = s->ops->judge(s, &job->run.request, &reply, &err);
    if (verdict != VERDICT_OK && err.kind == ERR_NONE)
        err_set(&err, ERR_HTTP, http->status, "HTTP status %d", http->status);
    on_verdict(job, http, verdict, &err);
}

/* It answers, so whatever was wrong with the way to it is over. */
static void note_alive(struct endpoint *ep)
{
    ep->failures = 0;
    if (ep->err.kind == ERR_NONE || ep->state == ENDPOINT_STOPPED)
        return;
    err_clear(&ep->err);
    ep->retry_at = 0;
    ep->changed = ep->changed_much = true;
}

/* The reply ended in its middle: it cannot be asked for again, because half of it was decoded. Who
 * reads only once begins the run anew, as often as a reply would be asked for again. */
static void on_cut(struct job *job, struct http_reply *http)
{
    struct err err = http->err;

    if (job->result != STEP_MORE)
        engine_run_act(job);
    else if (err.kind == ERR_CANCEL)
        engine_job_suspend(job);
    else if (err.kind == ERR_NET && job->run.once && http->elapsed_ms < QUICK_MS &&
             ++job->cuts < ENGINE_NET_TRIES)
        engine_run_again(job,
                         engine_backoff(job->ep->engine, NET_FIRST_MS, job->cuts - 1, NET_MOST_MS));
    else
        engine_job_finish(job, &err);
}

/* Also by the collector, which did not want the end of it: that may turn out when all has come. */
static bool is_cut(const struct job *job, const struct http_reply *http)
{
    if (!job->streamed)
        return false;
    return http->err.kind != ERR_NONE || (!job->run.request.command && job->result != STEP_MORE);
}

void engine_request_reply(void *arg, struct http_reply *http)
{
    struct job *job = arg;
    struct endpoint *ep = job->ep;
    bool poll = job->run.request.long_poll;

    if (http->err.kind == ERR_NONE)
        engine_stream_close(job);
    else
        engine_stream_end(job, true);
    ep->in_flight -= !poll;
    if (ep->engine->stopping || (http->err.kind == ERR_CANCEL && job->aborted))
        return;
    resume_time(job);
    if (poll)
        observe_poll(ep, http);
    else
        engine_observe(ep, http);
    if (is_cut(job, http))
        on_cut(job, http);
    else if (http->err.kind == ERR_CANCEL)
        requeue(job, 0); /* the connections were dropped, not the job */
    else if (http->err.kind != ERR_NONE)
        on_broken(job, http);
    else {
        note_alive(ep);
        judge(job, http);
    }
    engine_endpoint_run(ep);
}
