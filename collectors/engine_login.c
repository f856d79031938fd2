/*
 * A session says what to send next; this sends it. A login under way is known by its id, so that
 * what comes back after it was cancelled is dropped. Logins of all endpoints together are limited:
 * a burst of them looks like an attack and costs handshakes.
 */
#include "collectors/engine_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/hash.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/text.h"

#define LOGIN_TIMEOUT_MS   20000
#define LOGOUT_TIMEOUT_MS  5000
#define COMMAND_TIMEOUT_MS 60000
#define ONCE_TRIES         3
#define ONCE_FIRST_MS      250
#define ONCE_MOST_MS       5000

/* One request or process of a login. It outlives a cancelled login, so it is not in the endpoint.
 */
struct login_call {
    struct endpoint *ep;
    uint64_t id;
    char *url;
};

static void handle(struct endpoint *ep, enum session_step step);
static void identify(struct endpoint *ep, const struct reply *reply);

void engine_prepare_http(struct endpoint *ep, struct http_request *req)
{
    struct arena *scratch;
    const char *url = req->url, *end = strstr(url, "://");
    size_t base = end ? (size_t)(end - url) + 3 : 0;

    base += strcspn(url + base, "/?#");
    if (strncmp(ep->url, url, base) != 0 || ep->url[base]) {
        (void)snprintf(ep->url, sizeof(ep->url), "%.*s", (int)base, url);
        ep->changed = true;
    }
    if (req->tls.sha256 || !ep->engine->trust || strncmp(url, "https:", 6) != 0)
        return;
    scratch = arena_new(0);
    /* The text belongs to the trust file as it is in memory, which is not replaced before the
     * request has been copied. */
    req->tls.sha256 = trust_sha256(
        ep->engine->trust, arena_printf(scratch, "%s/%s", ep->config->site, ep->config->name),
        engine_where(scratch, url));
    arena_free(scratch);
}

/* ---- sending -----------------------------------------------------------------------------------
 */

uint64_t engine_login_begin(struct endpoint *ep)
{
    return ep->login_id = ++ep->engine->login_ids;
}

bool engine_login_take(struct endpoint *ep, uint64_t id)
{
    bool current =
        ep->login_id == id && (ep->state == ENDPOINT_LOGIN || ep->state == ENDPOINT_LOGOUT);

    if (current)
        ep->login_id = 0;
    return current;
}

static struct login_call *call_new(struct endpoint *ep, const char *url, uint64_t *id)
{
    struct login_call *c = mem_alloc(sizeof(*c));

    c->ep = ep;
    c->id = *id = ++ep->engine->login_ids;
    c->url = mem_strdup(url);
    return c;
}

/* Is this what the endpoint waits for? Frees the call. */
static bool call_take(struct login_call *c, char **url)
{
    bool current = engine_login_take(c->ep, c->id);

    *url = c->url;
    free(c);
    return current;
}

static enum session_step step_session(struct endpoint *ep, const struct reply *reply)
{
    struct session *s = ep->session;

    s->now = clock_now_ms();
    err_clear(&s->err);
    if (ep->state == ENDPOINT_LOGOUT)
        return s->ops->logout ? s->ops->logout(s, reply) : SESSION_READY;
    return s->ops->login ? s->ops->login(s, reply) : SESSION_READY;
}

static int64_t asked_to_wait(const struct http_reply *http)
{
    if (http->err.kind != ERR_NONE || (http->status != 429 && http->status != 503))
        return 0;
    return engine_retry_after(http, clock_now_ms());
}

static void on_http(void *arg, struct http_reply *http)
{
    struct login_call *c = arg;
    struct endpoint *ep = c->ep;
    struct reply reply;
    char *url;

    if (!call_take(c, &url)) {
        free(url);
        return;
    }
    engine_observe(ep, http);
    engine_reply_fill(&reply, http, clock_now_ms());
    ep->login_after = asked_to_wait(http);
    if (http->err.kind == ERR_CANCEL) {
        /* The connections were dropped, not the login. */
        if (ep->state == ENDPOINT_LOGIN && !ep->engine->stopping)
            engine_login_start(ep);
    } else if (http->err.kind == ERR_TLS && ep->state == ENDPOINT_LOGIN) {
        engine_credential_undecided(ep);
        engine_endpoint_distrust(ep, &http->err, url);
    } else if (http->err.kind == ERR_AUTH && ep->state == ENDPOINT_LOGIN) {
        engine_credential_undecided(ep);
        engine_endpoint_stop(ep, &http->err); /* the proxy's login: not again by itself */
    } else {
        handle(ep, step_session(ep, &reply));
    }
    free(url);
    engine_endpoint_run(ep);
}

static void on_process(void *arg, struct loop_process_result *r)
{
    struct login_call *c = arg;
    struct endpoint *ep = c->ep;
    struct reply reply = {.status = 200, .body = r->out, .len = r->out_len};
    struct err err = r->err;
    const char *words;
    size_t len;
    char *url;

    if (!call_take(c, &url)) {
        free(url);
        return;
    }
    words = text_first_line(r->errout, &len);
    if (err.kind == ERR_NONE && r->exit_status != 0)
        err_set(&err, ERR_IO, r->exit_status, "'%s' ended with status %d%s%.*s", url,
                r->exit_status, len ? ": " : "", (int)len, words);
    reply.taken_at = clock_now_ms();
    if (err.kind != ERR_NONE) {
        reply.err = &err;
        reply.status = 0;
    }
    reply.hash = hash_fast(r->out, r->out_len, 0);
    handle(ep, step_session(ep, &reply));
    free(url);
    engine_endpoint_run(ep);
}

static void send_http(struct endpoint *ep)
{
    struct http_request req = ep->session->call.http;
    int64_t most = ep->state == ENDPOINT_LOGOUT ? LOGOUT_TIMEOUT_MS : LOGIN_TIMEOUT_MS;

    engine_prepare_http(ep, &req);
    if (!req.timeout_ms || req.timeout_ms > most)
        req.timeout_ms = most;
    engine_rate_count(ep, clock_mono_ms());
    engine_send(ep, &req, on_http, call_new(ep, req.url, &ep->login_id));
}

static void spawn(struct endpoint *ep)
{
    const char *const *argv = ep->session->call.argv;

    loop_process(ep->engine->loop, argv, NULL, COMMAND_TIMEOUT_MS, on_process,
                 call_new(ep, argv[0], &ep->login_id));
}

/* ---- who we are -------------------------------------------------------------------------------
 */

static void on_identity(void *arg, struct http_reply *http)
{
    struct login_call *c = arg;
    struct endpoint *ep = c->ep;
    struct reply reply;
    bool current = ep->identify_id == c->id && !ep->engine->stopping;
    char *url = c->url;

    free(c);
    if (current) {
        engine_observe(ep, http);
        engine_reply_fill(&reply, http, clock_now_ms());
        if (http->err.kind == ERR_TLS)
            engine_endpoint_distrust(ep, &http->err, url);
        else
            identify(ep, http->err.kind == ERR_CANCEL ? NULL : &reply);
        engine_endpoint_run(ep);
    }
    free(url);
}

static void identified(struct endpoint *ep, enum session_step step)
{
    struct err err = ep->session->err;

    ep->identify_id = 0;
    ep->changed = true;
    if (step == SESSION_REJECTED)
        engine_credential_reject(ep, &err);
    else if (step == SESSION_FAIL && err.kind == ERR_CONFIG)
        engine_endpoint_stop(ep, &err);
    for (size_t k = 0; k < ep->njobs; k++)
        engine_run_unhold(&ep->jobs[k]);
}

/* Who we are is asked beside the tables: it must not make a run longer than it may be. */
static int64_t identify_timeout(const struct endpoint *ep, int64_t wanted, int64_t now)
{
    int64_t left = ep->once_deadline == ENGINE_NEVER ? LOGIN_TIMEOUT_MS : ep->once_deadline - now;

    if (!wanted || wanted > LOGIN_TIMEOUT_MS)
        wanted = LOGIN_TIMEOUT_MS;
    if (left < 1)
        left = 1;
    return wanted < left ? wanted : left;
}

/* NULL asks anew. */
static void identify(struct endpoint *ep, const struct reply *reply)
{
    struct session *s = ep->session;
    struct http_request req;
    enum session_step step;

    s->now = clock_now_ms();
    err_clear(&s->err);
    step = s->ops->identify(s, reply);
    if (step != SESSION_SEND) {
        identified(ep, step);
        return;
    }
    req = s->call.http;
    engine_prepare_http(ep, &req);
    req.timeout_ms = identify_timeout(ep, req.timeout_ms, clock_mono_ms());
    engine_rate_count(ep, clock_mono_ms());
    engine_send(ep, &req, on_identity, call_new(ep, req.url, &ep->identify_id));
}

/* ---- what came of it ---------------------------------------------------------------------------
 */

static void release_slot(struct endpoint *ep)
{
    if (!ep->login_held)
        return;
    ep->login_held = false;
    if (ep->engine->logins-- >= ENGINE_LOGINS_MAX)
        engine_poke(ep->engine, NULL);
}

static bool names_endpoints(const struct engine *e)
{
    const struct schema *const *s = e->o.named ? e->o.named : e->o.tables;

    while (*s && *s != &table_endpoints)
        s++;
    return *s != NULL;
}

/* Who we are is told by the endpoints table. A run that reads others once does not ask, unless
 * their rows wait for the answer. */
static bool wants_identity(const struct endpoint *ep)
{
    const struct engine *e = ep->engine;

    return ep->session->ops->identify &&
           (!e->o.once || !e->o.tables || ep->session->unverified || names_endpoints(e));
}

static void ready(struct endpoint *ep)
{
    ep->state = ENDPOINT_READY;
    ep->logged_in = true;
    ep->epoch++;
    ep->failures = ep->login_tries = ep->nodes_tried = 0;
    ep->retry_at = 0;
    ep->changed = true;
    if (ep->err.kind != ERR_NONE)
        ep->changed_much = true;
    err_clear(&ep->err);
    engine_credential_good(ep);
    if (wants_identity(ep))
        identify(ep, NULL);
}

static bool is_passing(const struct err *err)
{
    /* AWS throttles with status 400. */
    return err->kind == ERR_NET || (err->kind == ERR_LIMIT && err->code >= 400) ||
           err->code == 429 || (err->code >= 500 && err->code <= 504);
}

/* A manager that said when it may be asked again is not asked before. */
static void wait_as_asked(struct endpoint *ep, const struct err *err)
{
    int64_t after = ep->login_after < RETRY_AFTER_MOST_MS ? ep->login_after : RETRY_AFTER_MOST_MS;
    int64_t at = clock_mono_ms() + after;

    if (ep->login_after == 0)
        return;
    ep->throttled++;
    if (ep->retry_at < at)
        ep->retry_at = at;
    ep->hold_until = ep->retry_at;
    ep->hold_err = engine_say_throttled(err, ep->login_after);
}

/* The other nodes of the cluster first; then, once, a second and a third time. */
static bool try_again(struct endpoint *ep, const struct err *err)
{
    size_t nodes = engine_endpoint_nodes(ep);

    if (err->kind == ERR_NET && ++ep->nodes_tried < nodes) {
        ep->session->node = (ep->session->node + 1) % (unsigned)nodes;
        return true;
    }
    ep->nodes_tried = 0;
    if (!ep->engine->o.once || !is_passing(err) || ++ep->login_tries >= ONCE_TRIES)
        return false;
    ep->retry_at = clock_mono_ms() +
                   engine_backoff(ep->engine, ONCE_FIRST_MS, ep->login_tries - 1, ONCE_MOST_MS);
    wait_as_asked(ep, err);
    return true;
}

static void failed(struct endpoint *ep)
{
    struct err err = ep->session->err;

    if (err.kind == ERR_NONE)
        err_set(&err, ERR_PROTO, 0, "the login failed");
    ep->state = ENDPOINT_OUT;
    engine_credential_undecided(ep);
    if (try_again(ep, &err))
        return;
    engine_endpoint_down(ep, &err);
    wait_as_asked(ep, &err);
}

static void handle(struct endpoint *ep, enum session_step step)
{
    switch (step) {
    case SESSION_SEND:
        send_http(ep);
        return;
    case SESSION_SPAWN:
        spawn(ep);
        return;
    case SESSION_COMMAND:
        engine_ssh_login(ep);
        return;
    default:
        break;
    }
    if (ep->state == ENDPOINT_LOGOUT) {
        ep->state = ENDPOINT_GONE;
        ep->logged_in = false;
        engine_logout_check(ep->engine);
        return;
    }
    release_slot(ep);
    if (step == SESSION_READY)
        ready(ep);
    else if (step == SESSION_REJECTED)
        engine_credential_reject(ep, &ep->session->err);
    else
        failed(ep);
}

void engine_login_reply(struct endpoint *ep, const struct reply *reply)
{
    handle(ep, step_session(ep, reply));
}

void engine_login_start(struct endpoint *ep)
{
    struct session *s = ep->session;

    if (!ep->login_held) {
        ep->login_held = true;
        ep->engine->logins++;
    }
    ep->state = ENDPOINT_LOGIN;
    ep->identify_id = 0;
    ep->login_after = 0;
    s->unverified = false;
    arena_reset(s->arena);
    if (s->secret != ep->credential->secret) {
        secret_unref(s->secret);
        s->secret = secret_ref(ep->credential->secret);
    }
    handle(ep, step_session(ep, NULL));
}

void engine_login_cancel(struct endpoint *ep)
{
    if (ep->state != ENDPOINT_LOGIN)
        return;
    ep->login_id = 0;
    ep->state = ENDPOINT_OUT;
    release_slot(ep);
    engine_credential_undecided(ep);
}

/* ---- logout ------------------------------------------------------------------------------------
 */

void engine_logout_start(struct endpoint *ep)
{
    engine_login_cancel(ep);
    if (!ep->logged_in || ep->state == ENDPOINT_LOGOUT)
        return;
    ep->state = ENDPOINT_LOGOUT;
    handle(ep, step_session(ep, NULL));
}

void engine_logout_check(struct engine *e)
{
    for (size_t i = 0; i < e->nendpoints; i++) {
        if (e->endpoints[i].logged_in)
            return;
    }
    loop_stop(e->loop);
}
