/*
 * Endpoints that are reached over SSH (kind esxi). core/ssh owns connections and their limits; this
 * makes one of its hosts per endpoint, runs commands on it, and tells the rest of the engine about
 * them as if they were HTTP requests: a command that ended is a reply of status 200, whatever its
 * exit status, which the session judges.
 *
 * A host is made with a password and a pin and keeps them; when either changes the next login makes
 * a new one. The old one may be in the middle of a callback, so it is freed from the loop.
 */
#include "collectors/engine_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/mem.h"
#include "core/strbuf.h"

#define SSH_PORT         22
#define LOGIN_TIMEOUT_MS 30000
#define LOGIN_OUTPUT_MAX 4096

/* ---- the host ----------------------------------------------------------------------------------
 */

static const char *host_of(const struct endpoint *ep)
{
    return config_str(ep->config, "host");
}

static int port_of(const struct endpoint *ep)
{
    return (int)config_int(ep->config, "port", SSH_PORT);
}

static void sweep(void *arg)
{
    struct engine *e = arg;

    for (size_t i = 0; i < e->nretired; i++)
        ssh_host_free(e->retired[i]);
    e->nretired = 0;
}

static void retire(struct endpoint *ep)
{
    struct engine *e = ep->engine;

    if (!ep->ssh)
        return;
    e->retired = mem_grow(e->retired, e->nretired, &e->retired_cap, sizeof(struct ssh_host *));
    e->retired[e->nretired++] = ep->ssh;
    ep->ssh = NULL;
    loop_post(e->loop, sweep, e);
}

static enum ssh_transport transport_of(const struct endpoint *ep)
{
    const char *word = config_str(ep->config, "transport");

    if (word && strcmp(word, "libssh2") == 0)
        return SSH_LIBSSH2;
    return word && strcmp(word, "openssh") == 0 ? SSH_OPENSSH : SSH_AUTO;
}

/* The configuration's pin wins over what a person accepted. */
static const char *find_pin(const struct endpoint *ep)
{
    const char *pin = config_str(ep->config, "host_key");
    char *name, *where;

    if (pin || !ep->engine->trust)
        return pin;
    name = mem_printf("%s/%s", ep->config->site, ep->config->name);
    where = mem_printf("%s:%d", host_of(ep), port_of(ep));
    pin = trust_ssh_key(ep->engine->trust, name, where);
    free(name);
    free(where);
    return pin;
}

/* What a person accepted of the jump host. */
static const char *find_jump_pin(const struct endpoint *ep)
{
    const struct config_endpoint *c = ep->config;
    char *name, *group, *where;
    struct config_jump jump;
    const char *pin;

    if (!ep->engine->trust || !config_jump(c, &jump))
        return NULL;
    name = mem_printf("%s/%s", c->site, c->name);
    group = mem_printf("%s/%s", c->site, c->group);
    where = mem_printf("%s:%d", jump.host, jump.port);
    pin = trust_jump_key(ep->engine->trust, name, group, where);
    free(name);
    free(group);
    free(where);
    return pin;
}

struct ssh *engine_ssh_pool(struct engine *e)
{
    if (!e->ssh)
        e->ssh = ssh_pool_new(e->loop);
    return e->ssh;
}

static void open_host(struct endpoint *ep)
{
    const char *pin = find_pin(ep), *jump = config_str(ep->config, "jump");
    const char *jump_pin = find_jump_pin(ep);
    char pins[sizeof(ep->ssh_pin)];
    struct ssh_target t = {
        .host = host_of(ep),
        .port = port_of(ep),
        .user = config_str(ep->config, "user"),
        .password = ep->credential->secret,
        .key_file = config_str(ep->config, "key_file"),
        .known_hosts = config_str(ep->config, "known_hosts"),
        .host_key = pin,
        .jump = jump && *jump ? jump : NULL,
        .jump_key_file = config_str(ep->config, "jump_key_file"),
        .jump_known_hosts = config_str(ep->config, "jump_known_hosts"),
        .jump_host_key = jump_pin,
        .transport = transport_of(ep),
    };

    (void)snprintf(pins, sizeof(pins), "%s %s", pin ? pin : "", jump_pin ? jump_pin : "");
    if (ep->ssh && ep->ssh_secret == t.password && strcmp(ep->ssh_pin, pins) == 0)
        return;
    retire(ep);
    ep->ssh = ssh_host_new(engine_ssh_pool(ep->engine), &t);
    ep->ssh_secret = t.password;
    memcpy(ep->ssh_pin, pins, sizeof(pins));
    (void)snprintf(ep->url, sizeof(ep->url), "ssh://%s:%d", t.host, t.port);
    ep->changed = true;
}

void engine_ssh_drop(struct endpoint *ep)
{
    if (ep->ssh)
        ssh_host_disconnect(ep->ssh);
}

void engine_ssh_free(struct endpoint *ep)
{
    ssh_host_free(ep->ssh);
    ep->ssh = NULL;
    sweep(ep->engine);
}

void engine_ssh_transport(const struct endpoint *ep, struct strbuf *out)
{
    const struct ssh_facts *f = ep->ssh ? ssh_host_facts(ep->ssh) : NULL;

    if (!f)
        return;
    strbuf_addstr(out, f->transport);
    if (strcmp(f->transport, "openssh") == 0 && f->why && *f->why)
        strbuf_addf(out, ": %s", f->why);
}

/* ---- what came ---------------------------------------------------------------------------------
 */

/* A key that is not trusted is denied before anybody is connected; a command, only after. */
static bool is_distrust(const struct endpoint *ep, const struct err *err)
{
    return err->kind == ERR_DENIED && !ssh_host_facts(ep->ssh)->connected;
}

static void observe(struct endpoint *ep, const struct ssh_result *r)
{
    (void)snprintf(ep->cert_sha256, sizeof(ep->cert_sha256), "%s",
                   ssh_host_facts(ep->ssh)->fingerprint);
    ep->changed = true;
    if (r->err.kind != ERR_NONE)
        return;
    ep->latency_ms = r->elapsed_ms;
    ep->has_latency = true;
    ep->last_ok_at = clock_now_ms();
}

/* ---- logging in --------------------------------------------------------------------------------
 */

struct ssh_login {
    struct endpoint *ep;
    uint64_t id;
};

static void on_login(void *arg, struct ssh_result *r)
{
    struct ssh_login login = *(struct ssh_login *)arg;
    struct endpoint *ep = login.ep;
    struct reply reply = {.status = r->err.kind == ERR_NONE ? 200 : 0,
                          .body = r->out,
                          .len = r->out_len,
                          .hash = 1,
                          .taken_at = clock_now_ms(),
                          .err = r->err.kind == ERR_NONE ? NULL : &r->err,
                          .exit_status = r->exit_status,
                          .errout = r->errout};

    free(arg);
    if (!engine_login_take(ep, login.id))
        return;
    observe(ep, r);
    if (r->err.kind == ERR_CANCEL) {
        /* The sessions were dropped, not the login. */
        if (ep->state == ENDPOINT_LOGIN && !ep->engine->stopping)
            engine_login_start(ep);
    } else if (ep->state == ENDPOINT_LOGIN && is_distrust(ep, &r->err)) {
        engine_credential_undecided(ep);
        engine_endpoint_distrust(ep, &r->err, ep->url);
    } else {
        engine_login_reply(ep, &reply);
    }
    engine_endpoint_run(ep);
}

void engine_ssh_login(struct endpoint *ep)
{
    struct ssh_command c = {.line = ep->session->call.command,
                            .timeout_ms = LOGIN_TIMEOUT_MS,
                            .max_output = LOGIN_OUTPUT_MAX};
    struct ssh_login *login = mem_alloc(sizeof(*login));

    open_host(ep);
    login->ep = ep;
    login->id = engine_login_begin(ep);
    engine_rate_count(ep, clock_mono_ms());
    ssh_exec(ep->ssh, &c, on_login, login);
}

/* ---- commands ----------------------------------------------------------------------------------
 */

static void keep_end(struct job *job, const struct ssh_result *r)
{
    free(job->errout);
    job->errout = mem_strdup(r->errout);
    job->exit_status = r->exit_status;
}

static void on_done(void *arg, struct ssh_result *r)
{
    struct job *job = arg;
    struct http_reply http = {.err = r->err, .elapsed_ms = r->elapsed_ms};

    /* It never outlives its endpoint, but may come when that is being taken apart. */
    if (job->ep->engine->stopping) {
        job->ep->in_flight--;
        return;
    }
    keep_end(job, r);
    http.status = r->err.kind == ERR_NONE ? 200 : 0;
    http.body = mem_strndup(r->out, r->out_len);
    http.len = r->out_len;
    /* Its time is the command's own, not that of the way there. */
    if (http.status)
        job->ep->last_ok_at = clock_now_ms();
    if (is_distrust(job->ep, &r->err))
        http.err.kind = ERR_TLS;
    engine_request_reply(job, &http);
    http_reply_release(&http);
}

void engine_ssh_send(struct job *job, int64_t timeout_ms)
{
    struct endpoint *ep = job->ep;
    const struct request *req = &job->run.request;
    struct ssh_command c = {.line = req->path,
                            .timeout_ms = timeout_ms,
                            .max_output = req->max_body ? req->max_body : COLLECTOR_BODY_MAX,
                            .on_output = req->stream ? engine_request_piece : NULL};

    job->ssh_id = ssh_exec(ep->ssh, &c, on_done, job);
}

void engine_ssh_cancel(struct job *job)
{
    ssh_cancel(job->ep->ssh, job->ssh_id);
}
