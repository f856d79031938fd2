/*
 * What the files of the engine share.
 *
 * Everything here lives on the engine's thread, but for the counters, the raw replies (under the
 * lock) and a job that a pool thread decodes, which nobody else touches until it comes back.
 *
 * The engine is level-triggered. Whatever happens (a reply, a tick of the clock, a request of the
 * console) changes a few fields and then calls engine_endpoint_run(), which looks at the whole
 * endpoint and starts all that can start now. So there is one place that decides, and no event can
 * be lost between two states. Times are clock_mono_ms() unless they say otherwise; one timer wakes
 * the engine at the earliest of them.
 *
 *   engine.c             start, stop, thread, clock
 *   engine_api.c         requests of the console, progress
 *   engine_endpoint.c    what an endpoint does next; stopping and failing it
 *   engine_login.c       driving a session through login and logout
 *   engine_credential.c  secrets, and who may try them
 *   engine_job.c         one collector of one endpoint: when it runs
 *   engine_run.c         one run of it: steps, on this thread or in the pool
 *   engine_request.c     its requests and what their replies mean
 *   engine_ssh.c         the same over SSH, and the connection of a host
 *   engine_budget.c      requests per minute, backoff, Retry-After
 *   engine_publish.c     snapshots; the table of endpoints
 *   engine_raw.c         last raw replies, masked
 */
#ifndef HYCON_COLLECTORS_ENGINE_PRIV_H
#define HYCON_COLLECTORS_ENGINE_PRIV_H

#include "collectors/engine.h"
#include "collectors/session.h"
#include "core/http.h"
#include "core/loop.h"
#include "core/ssh.h"
#include "core/strbuf.h"
#include "core/trust.h"

#include <pthread.h>
#include <stdatomic.h>

#define ENGINE_CONCURRENCY     4  /* requests in flight per endpoint */
#define ENGINE_LOGINS_MAX      32 /* logins in flight, all endpoints */
#define ENGINE_SSH_LOGINS_MAX  SSH_HANDSHAKES_MAX
#define ENGINE_REQUESTS_MIN    600 /* per minute and manager, when the configuration says nothing */
#define ENGINE_TRIES           4   /* of one request that meets a passing fault */
#define ENGINE_NET_TRIES       3   /* of one request that was refused quickly */
#define ENGINE_TICK_MS         1000
#define ENGINE_RESUME_MS       10000 /* a tick that comes so late: the machine was suspended */
#define ENGINE_DECODE_INLINE   (64u << 10) /* larger replies are decoded in the pool */
#define ENGINE_STALE_INTERVALS 3
#define ENGINE_TLS_RECHECK_MS  300000 /* is the certificate good again? */
#define ENGINE_NEVER           INT64_MAX

struct endpoint;
struct strbuf;

/* ---- credentials ----------------------------------------------------------------------------- */

enum credential_state {
    CREDENTIAL_UNTRIED,
    CREDENTIAL_TRYING,   /* by one endpoint; the others wait */
    CREDENTIAL_GOOD,     /* a login succeeded */
    CREDENTIAL_REJECTED, /* or its secret cannot be had: until a person acts */
};

enum secret_state { SECRET_UNKNOWN, SECRET_ASKED, SECRET_KNOWN };

struct credential {
    struct engine *engine;
    const char *name; /* as in config_endpoint.credential */
    const char *key;  /* of the secret: "password"; NULL: the kind has its own chain */
    const char *user;
    struct secret_spec spec;
    enum credential_state state;
    enum secret_state asked;
    const struct endpoint *trying;
    int64_t good_at;       /* when a login succeeded last */
    struct secret *secret; /* written under the engine's lock */
    struct err err;
    unsigned asking; /* counts questions: a late answer to an old one is dropped */
};

/* ---- budgets --------------------------------------------------------------------------------- */

/* Requests to one manager, by all endpoints and consoles of this user. */
struct budget {
    int fd; /* counter file shared with other consoles; -1: none */
    int64_t per_min;
    int64_t tokens, at; /* in 60,000ths of a request; when they were counted */
    int64_t owed;       /* taken while another console had the file; in the same unit */
};

/* ---- jobs ------------------------------------------------------------------------------------ */

enum job_state {
    JOB_IDLE,     /* until due_at */
    JOB_BLOCKED,  /* due, but there is no session yet */
    JOB_QUEUED,   /* has a request, not to be sent before wake_at */
    JOB_SENT,     /* its request is under way */
    JOB_DECODING, /* in step(), perhaps on a pool thread */
    JOB_WAITING,  /* asked to be called again at wake_at */
    JOB_HELD,     /* has a result, but whose account it is from is not known yet */
    JOB_OVER,     /* once: finished for good */
};

/* The last reply of a job; under the engine's lock. */
struct raw {
    char *request, *body;
    size_t len, total;
    int64_t at; /* wall clock */
};

struct job {
    struct endpoint *ep;
    const struct collector *collector;
    size_t ntables;
    bool *disabled;            /* by table */
    struct snapshot **current; /* by table: what was published last; NULL: it stands by */
    const struct job *after;   /* its first run waits for that one's, and ... */
    const struct job *also;    /* ... for those of this list, which goes on from there, ... */
    int64_t patience_ends;     /* ... but not longer than until then */
    enum job_state state;
    int64_t interval; /* configured; focus shortens it */
    int64_t due_at, started_at, wake_at, deadline, once_deadline;
    int64_t ok_at; /* last good publish; 0: none */
    bool named;    /* somebody asks for it by name */
    bool aside;    /* on demand: somebody looks at another endpoint */
    bool fallback; /* another endpoint of the site may know better (engine_fallback.c) */
    bool standby;  /* and does now, or may yet: not run, nobody's source */
    char *scope;   /* on demand: see run.scope; what the next run reads */
    bool outdated; /* the run under way began with another scope */
    bool focused, forced, first_done;
    unsigned failures; /* runs in a row */
    unsigned rounds;   /* once: still to do after this one */
    uint64_t turn;     /* order of queueing */
    void *memory;      /* run.state, kept from run to run */

    /* of the run under way */
    struct run run;
    struct session_facts facts;
    struct run_hints hints;
    struct table_builder **builders;
    struct snapshot **out; /* finished tables to publish */
    unsigned requests, tries, net_tries;
    unsigned cuts;        /* of this run's replies, in their middle */
    bool relogged;        /* for this request */
    bool streamed;        /* a piece of its reply was decoded already */
    struct strbuf pieces; /* the beginning of it, to be shown raw */
    size_t piece_bytes;
    struct stream *stream; /* NULL: pieces are decoded where they arrive */
    size_t stream_bytes;
    bool expired; /* the collector said so, and there was no publish since */
    bool aborted; /* what comes back is dropped */
    bool timed_out;
    struct err abort_err;
    uint64_t epoch; /* of the session the request was sent with */
    uint64_t http_id;
    const char *lane; /* requests of one lane go one after the other; NULL: none */
    bool has_reply;
    struct reply reply;
    struct http_reply http; /* what reply points into */
    uint64_t ssh_id;
    int exit_status; /* of the command that was run last */
    char *errout;    /* what it said; NULL: none was run */
    struct err reply_err;
    struct err again_err; /* why its request is asked again; NONE: it is not */
    enum step result;
    struct raw raw;
};

/* ---- endpoints ------------------------------------------------------------------------------- */

enum endpoint_state {
    ENDPOINT_OUT,   /* not logged in */
    ENDPOINT_LOGIN, /* logging in */
    ENDPOINT_READY,
    ENDPOINT_STOPPED, /* until a person acts; err says why */
    ENDPOINT_LOGOUT,
    ENDPOINT_GONE, /* logged out, at the end */
};

#define ENGINE_RATE_SECONDS 60

struct endpoint {
    struct engine *engine;
    const struct config_endpoint *config;
    struct session *session; /* NULL: this kind cannot be read */
    struct credential *credential;
    struct budget *budget;
    enum endpoint_state state;
    struct err err; /* why it is stopped, or what its last login said; NONE: fine */
    bool tls_denied;
    bool probe; /* once: log in although there is nothing to read */
    bool probed;
    bool logged_in; /* the session holds something to log out from */
    int64_t once_deadline;
    uint64_t epoch; /* counts logins */
    uint64_t login_id;
    uint64_t identify_id; /* of the question who we are; 0: none is open */
    bool login_held;      /* counted in engine.logins */
    unsigned login_tries, nodes_tried, failures;
    int64_t login_after; /* how long the reply that refused the login told to wait; 0: it did not */
    int64_t retry_at;    /* after a failure of the endpoint itself; 0: none */
    int64_t hold_until;  /* it said that there were too many requests */
    struct err hold_err; /* in these words */
    int64_t wake_at;     /* when something here is due */
    unsigned in_flight;
    char tls_where[300]; /* address whose certificate was refused */
    struct job *jobs;
    size_t njobs;
    struct ssh_host *ssh;            /* kind esxi, once somebody wanted to log in */
    const struct secret *ssh_secret; /* what it was made with */
    char ssh_pin[128];               /* of the host and of its jump host */
    struct hop *hop;                 /* the jump host of HTTP; NULL: none */
    bool hop_refused;                /* that is why it is stopped */
    /* for the table of endpoints */
    char url[300];
    bool changed, changed_much;
    int64_t published_at;
    int64_t latency_ms, last_ok_at, clock_offset_ms, cert_expires_at;
    bool has_latency, has_offset;
    char cert_sha256[SHA256_HEX]; /* what was shown last */
    char good_cert[SHA256_HEX];   /* what was accepted last */
    uint64_t throttled;
    uint16_t rate[ENGINE_RATE_SECONDS]; /* requests by second, a ring */
    int64_t rate_second;
    uint64_t told; /* what fallbacks were told of it last */
};

struct engine {
    struct engine_options o;
    struct arena *arena; /* text and arrays that live as long as the engine */
    const struct collector *const *collectors;
    struct loop *loop;
    struct http *http;
    struct ssh *ssh;           /* NULL: nobody needs it */
    struct ssh_host **retired; /* to be freed from the loop */
    size_t nretired, retired_cap;
    struct hop *hops; /* jump hosts of HTTP */
    pthread_t thread;
    bool running; /* there is a thread to join */
    int over_fd;  /* readable once everything is over */
    struct endpoint *endpoints;
    size_t nendpoints;
    struct credential **credentials;
    size_t ncredentials;
    struct map *budgets;
    struct trust *trust;
    struct loop_timer *timer;
    int64_t timer_at, last_tick, grace_ms;
    bool leaving; /* the caller said so; stopping: the loop heard it */
    bool stopping, over;
    unsigned logins;  /* in flight */
    atomic_bool gone; /* the loop has ended: everybody is logged out, or the time for it is over */
    uint64_t turns, login_ids, random;
    atomic_uint done, total;
    pthread_mutex_t lock; /* guards raw replies and credential.secret */
    size_t raw_bytes;
};

/* ---- engine.c */
/* Look at @ep (NULL: all) soon, not from inside this call. */
void engine_poke(struct engine *e, struct endpoint *ep);
void engine_arm(struct engine *e, int64_t at);
void engine_changed(struct engine *e);
/* One more of the wanted first results is there. */
void engine_count_done(struct engine *e);
const char *engine_where(struct arena *a, const char *url); /* "host:port" */

/* ---- engine_endpoint.c */
void engine_endpoint_run(struct endpoint *ep);
/* Nothing is asked any more until a person acts: every job gets @err. */
void engine_endpoint_stop(struct endpoint *ep, const struct err *err);
/* The certificate of the address that was asked is not trusted. */
void engine_endpoint_distrust(struct endpoint *ep, const struct err *err, const char *url);
/* It cannot be reached or logged in to: what waits gets @err; tried again after a while. */
void engine_endpoint_down(struct endpoint *ep, const struct err *err);
/* Start anew after a person acted. */
void engine_endpoint_restart(struct endpoint *ep);
/* The session of @epoch is of no use any more: log in again before the next request. */
void engine_endpoint_expire(struct endpoint *ep, uint64_t epoch);
/* Go on with the next node of the cluster. false: there is no other. */
bool engine_endpoint_next_node(struct endpoint *ep, uint64_t epoch);
size_t engine_endpoint_nodes(const struct endpoint *ep);
bool engine_endpoint_is_over(const struct endpoint *ep); /* once */

/* ---- engine_login.c */
void engine_login_start(struct endpoint *ep);
void engine_login_cancel(struct endpoint *ep);
void engine_logout_start(struct endpoint *ep);
/* Ends the loop once nobody is logged in any more. */
void engine_logout_check(struct engine *e);
/* Pins from the trust file, and what every request of an endpoint needs. */
void engine_prepare_http(struct endpoint *ep, struct http_request *req);

/* Ways of a session that are not HTTP come back through these. */
bool engine_login_take(struct endpoint *ep, uint64_t id);
uint64_t engine_login_begin(struct endpoint *ep);
void engine_login_reply(struct endpoint *ep, const struct reply *reply);

/* ---- engine_ssh.c */
void engine_ssh_login(struct endpoint *ep); /* runs ep->session->call.command */
void engine_ssh_send(struct job *job, int64_t timeout_ms);
void engine_ssh_cancel(struct job *job);
/* Sessions did not survive (a suspend); what was under way starts anew. */
void engine_ssh_drop(struct endpoint *ep);
void engine_ssh_free(struct endpoint *ep); /* after the loop has ended */
/* "libssh2", "openssh: why"; "" before the first attempt. */
void engine_ssh_transport(const struct endpoint *ep, struct strbuf *out);

struct ssh *engine_ssh_pool(struct engine *e);

/* ---- engine_hop.c */
void engine_hop_assign(struct endpoint *ep);
/* http_send() by the way that the configuration names; http_cancel() ends it. */
uint64_t engine_send(struct endpoint *ep, const struct http_request *req, http_done_fn done,
                     void *arg);
/* A person asks: no backoff. */
void engine_hops_retry(struct engine *e);
/* Connections did not survive. After http_free() of the old requests. */
void engine_hops_drop(struct engine *e);
void engine_hops_free(struct engine *e); /* after http_free() */

/* ---- engine_credential.c */
struct credential *engine_credential_for(struct engine *e, const struct endpoint *ep);
void engine_credential_free(struct credential *c);
/* May @ep log in now? false: wait (the endpoint is poked), or it was stopped. */
bool engine_credential_take(struct endpoint *ep);
/* What came of it. */
void engine_credential_good(struct endpoint *ep);
void engine_credential_undecided(struct endpoint *ep);
void engine_credential_reject(struct endpoint *ep, const struct err *err);
void engine_credential_reset(struct credential *c);
void engine_credential_answer(struct credential *c, struct secret *answer);

/* ---- engine_job.c */
void engine_job_init(struct job *job, struct endpoint *ep, const struct collector *c);
void engine_job_release(struct job *job);
/* Until when its first run waits for what others find; 0: it does not, or no longer. */
int64_t engine_job_waits_until(const struct job *job);
bool engine_job_is_active(const struct job *job);
/* Is it waiting for the manager to say that something happened? */
bool engine_job_is_polling(const struct job *job);
/* Is it one that nobody looks at now? */
bool engine_job_sleeps(const struct job *job);
/* Does the run under way read what nobody looks at any more (engine_look)? */
bool engine_job_looks_away(const struct job *job);
/* End its run without a verdict; it is due at once. */
void engine_job_suspend(struct job *job);
/* A live one has published. */
void engine_job_progress(struct job *job);
void engine_job_start(struct job *job, int64_t now);
void engine_job_finish(struct job *job, const struct err *err); /* NULL: well */
/* End it from outside, whatever it is doing; idle ones get @err on their tables, too. */
void engine_job_abort(struct job *job, const struct err *err);
void engine_job_expire(struct job *job, int64_t now); /* limits of time */
int64_t engine_job_interval(const struct job *job);
/* Does a run of it leave that table to another collector? */
bool engine_leaves(const struct engine *e, const struct collector *c, size_t table);
/* When the job must be looked at again. */
int64_t engine_job_wake_at(const struct job *job);
void engine_job_mark_stale(struct job *job, int64_t now);

/* ---- engine_fallback.c */
/* Once all endpoints have their jobs. */
void engine_fallback_init(struct job *job);
/* Begin or end to stand by, as the others answer. */
void engine_fallback_advance(struct job *job, int64_t now);
/* When a job that stands by must be looked at because of the time alone. */
int64_t engine_fallback_wake_at(const struct job *job);
/* once: nothing is asked of it any more. */
void engine_fallback_end(struct job *job);
/* Those that @better matters to look again if it answers otherwise than it did. */
void engine_fallback_tell(struct endpoint *better);

/* ---- engine_run.c */
void engine_run_open(struct job *job);
void engine_run_close(struct job *job);
void engine_run_step(struct job *job); /* with job->reply when has_reply */
/* What its last step wants. */
void engine_run_act(struct job *job);
/* The run under way is dropped and begins anew after @wait_ms. */
void engine_run_again(struct job *job, int64_t wait_ms);
/* Publish what was held back. */
void engine_run_unhold(struct job *job);

/* ---- engine_request.c */
void engine_request_queue(struct job *job);
/* Send what may be sent now. Returns when to look again. */
int64_t engine_request_pump(struct endpoint *ep, int64_t now);
void engine_request_cancel(struct job *job);
/* One piece of a reply, and its end; what goes by other ways than HTTP is told as if it had. */
int engine_request_piece(void *job, const char *data, size_t len);
const char *engine_no_header(const struct reply *r, const char *name);
void engine_request_reply(void *job, struct http_reply *http);

/* A piece for the collector, here or beside the loop (engine_stream.c). What is not STEP_MORE ends
 * the transfer. */
enum step engine_stream_piece(struct job *job, const char *data, size_t len);
/* All came; what waits is decoded meanwhile. One of the others still has to follow. */
void engine_stream_close(struct job *job);
/* When all is decoded, with job->result as it was: @finish, by the thread that decodes; then @done,
 * by the loop, which calls engine_stream_end(). Only with job->stream. */
void engine_stream_finish(struct job *job, void (*finish)(void *job), void (*done)(void *job));
/* Any thread. The run is the caller's again; @wanted: all that came is decoded, and job->result
 * says how it went.
 */
void engine_stream_end(struct job *job, bool wanted);

/* Reply of @http for sessions and collectors; the strings stay those of @http. */
void engine_reply_fill(struct reply *out, const struct http_reply *http, int64_t now);
/* Latency, certificate, clock of the endpoint. */
void engine_observe(struct endpoint *ep, struct http_reply *http);

/* ---- engine_budget.c */
struct budget *engine_budget_for(struct engine *e, const struct endpoint *ep);
void engine_budget_free(void *budget);
/* Take one request. Returns 0, or how many ms to wait first. */
int64_t engine_budget_take(struct budget *b, int64_t now);
uint64_t engine_random(struct engine *e, uint64_t below);
/* @first_ms doubled @n times, at most @max_ms, somewhere in its second half. */
int64_t engine_backoff(struct engine *e, int64_t first_ms, unsigned n, int64_t max_ms);
/* @ms give or take a tenth. */
int64_t engine_jitter(struct engine *e, int64_t ms);
/* Wait that a reply asks for; 0: none. */
int64_t engine_retry_after(const struct http_reply *http, int64_t now);
#define RETRY_AFTER_MOST_MS 600000 /* longer than this nobody is waited for */
/* "throttled, Retry-After 30s: the manager's own words"; @asked 0: it did not say how long. */
struct err engine_say_throttled(const struct err *err, int64_t asked);
void engine_rate_count(struct endpoint *ep, int64_t now);
unsigned engine_rate(const struct endpoint *ep, int64_t now);
/* The lane of a request (in @arena) or NULL. */
const char *engine_lane(struct arena *arena, const struct endpoint *ep, const struct request *req);

/* ---- engine_publish.c */
void engine_publish_never(struct job *job);
void engine_publish_out(struct job *job);
void engine_publish_failure(struct job *job, const struct err *err);
/* No rows here, and no failure: @why. */
void engine_publish_idle(struct job *job, const char *why);
void engine_publish_freshness(struct job *job, size_t table, enum freshness f,
                              const struct err *err);
void engine_publish_endpoint(struct endpoint *ep);
void engine_publish_hints(struct job *job);

/* ---- engine_raw.c */
void engine_raw_keep(struct job *job, const struct http_reply *http);
/* A piece of a reply that nobody keeps; at the end of it engine_raw_keep(). */
void engine_raw_piece(struct job *job, const char *data, size_t len);
void engine_raw_release(struct job *job);

#endif
