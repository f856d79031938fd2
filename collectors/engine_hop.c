/*
 * Endpoints behind a jump host (key `jump`) that speak HTTP. The system's ssh logs in at the jump
 * host once for all endpoints that name it in the same way (core/ssh: strict host keys, one
 * connection, keep-alive); each manager gets a Unix socket that leads to it, which this user alone
 * can open, and libcurl connects there. So URL, server name and certificate stay those of the
 * manager, whose TLS is not ended on the way.
 *
 * A request is given to core/http at once, held, and starts when its way is there. Ways are made
 * when somebody needs them and are gone with the session of ssh: whether that is still the same one
 * is looked at before each request. When ssh cannot connect, whatever waits gets the reason, and
 * nobody tries again before a backoff is over. A key that is not trusted and a login that is
 * refused are not tried again by themselves: every endpoint behind that host is stopped, until the
 * host lets one of them in.
 */
#include "collectors/engine_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/text.h"

#define HOP_FIRST_MS 1000
#define HOP_MOST_MS  30000

struct way {
    struct way *next;
    struct hop *hop;
    char *where;      /* host:port of the manager */
    char *socket;     /* NULL: was never there */
    unsigned session; /* of ssh, that it belongs to */
    uint64_t asked;   /* 0: not now */
};

struct hop_call {
    struct hop_call *next;
    struct hop *hop;
    struct way *way;
    uint64_t http_id;
    bool waiting, doomed; /* doomed: gets hop->err from the loop */
    int64_t sent_at;
    http_done_fn done;
    int (*on_body)(void *arg, const char *data, size_t len);
    void *arg;
};

struct hop {
    struct hop *next;
    struct engine *engine;
    struct config_jump to;
    const char *key_file, *known_hosts; /* of the configuration */
    char *pin, *via;
    struct ssh_host *ssh;
    struct way *ways;
    struct hop_call *calls;
    struct loop_timer *doom;
    unsigned failures;
    int64_t retry_at; /* after a failure; 0: none */
    struct err err;
};

/* ---- hops --------------------------------------------------------------------------------------
 */

static bool is_same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static const char *accepted_key(const struct endpoint *ep, const char *where)
{
    char *name = mem_printf("%s/%s", ep->config->site, ep->config->name);
    const char *pin = ep->engine->trust ? trust_ssh_key(ep->engine->trust, name, where) : NULL;

    free(name);
    return pin;
}

static struct hop *hop_new(struct endpoint *ep, const struct config_jump *to)
{
    struct hop *hop = mem_alloc(sizeof(*hop));
    char *where = mem_printf("%s:%d", to->host, to->port);

    hop->engine = ep->engine;
    hop->to = *to;
    hop->via = mem_printf("jump host '%s'", to->text);
    hop->key_file = config_str(ep->config, "jump_key_file");
    hop->known_hosts = config_str(ep->config, "jump_known_hosts");
    hop->pin = mem_strdup(accepted_key(ep, where));
    free(where);
    return hop;
}

static void hop_free(struct hop *hop)
{
    loop_timer_cancel(hop->doom);
    ssh_host_free(hop->ssh);
    while (hop->ways) {
        struct way *w = hop->ways;

        hop->ways = w->next;
        free(w->where);
        free(w->socket);
        free(w);
    }
    free(hop->pin);
    free(hop->via);
    free(hop);
}

static struct hop *find_hop(struct endpoint *ep, const struct config_jump *to)
{
    struct hop *wanted = hop_new(ep, to);

    for (struct hop *h = ep->engine->hops; h; h = h->next) {
        if (strcmp(h->to.text, to->text) == 0 && is_same_text(h->pin, wanted->pin) &&
            is_same_text(h->key_file, wanted->key_file) &&
            is_same_text(h->known_hosts, wanted->known_hosts)) {
            hop_free(wanted);
            return h;
        }
    }
    wanted->next = ep->engine->hops;
    ep->engine->hops = wanted;
    return wanted;
}

static void open_ssh(struct hop *hop)
{
    struct ssh_target t = {.host = hop->to.host,
                           .port = hop->to.port,
                           .user = hop->to.user,
                           .key_file = hop->key_file,
                           .known_hosts = hop->known_hosts,
                           .host_key = hop->pin,
                           .transport = SSH_OPENSSH};

    if (!hop->ssh)
        hop->ssh = ssh_host_new(engine_ssh_pool(hop->engine), &t);
}

void engine_hops_retry(struct engine *e)
{
    for (struct hop *h = e->hops; h; h = h->next)
        h->retry_at = 0;
}

void engine_hops_drop(struct engine *e)
{
    for (struct hop *h = e->hops; h; h = h->next) {
        h->retry_at = 0;
        if (h->ssh)
            ssh_host_disconnect(h->ssh);
    }
}

void engine_hops_free(struct engine *e)
{
    while (e->hops) {
        struct hop *h = e->hops;

        e->hops = h->next;
        hop_free(h);
    }
}

/* ---- ways --------------------------------------------------------------------------------------
 */

static struct way *find_way(struct hop *hop, const char *where)
{
    struct way *w = hop->ways;

    while (w && strcmp(w->where, where) != 0)
        w = w->next;
    if (w)
        return w;
    w = mem_alloc(sizeof(*w));
    w->hop = hop;
    w->where = mem_strdup(where);
    w->next = hop->ways;
    hop->ways = w;
    return w;
}

static bool is_there(const struct way *w)
{
    const struct ssh_facts *f = w->hop->ssh ? ssh_host_facts(w->hop->ssh) : NULL;

    return w->socket && f && f->connected && f->sessions == w->session;
}

static struct hop_call *find_waiting(const struct way *w)
{
    struct hop_call *c = w->hop->calls;

    while (c && !(c->waiting && c->way == w))
        c = c->next;
    return c;
}

/* The callbacks may send, and find the way closed. */
static void fail_waiting(struct way *w, const struct err *err)
{
    struct hop_call *c;

    while ((c = find_waiting(w))) {
        c->waiting = false;
        http_fail(w->hop->engine->http, c->http_id, err);
    }
}

static void start_waiting(struct way *w)
{
    struct hop_call *c;

    while ((c = find_waiting(w))) {
        c->waiting = false;
        c->sent_at = clock_mono_ms();
        http_go(w->hop->engine->http, c->http_id, w->socket);
    }
}

/* The host does not let us in: nothing behind it is asked until a person acts, or, as with
 * certificates, the key is looked at again after a while. */
static void refuse(struct hop *hop, const struct err *err)
{
    char *where = mem_printf("ssh://%s:%d", hop->to.host, hop->to.port);

    for (size_t i = 0; i < hop->engine->nendpoints; i++) {
        struct endpoint *ep = &hop->engine->endpoints[i];

        if (ep->hop != hop)
            continue;
        if (err->kind == ERR_DENIED)
            engine_endpoint_distrust(ep, err, where);
        else
            engine_endpoint_stop(ep, err);
        ep->hop_refused = true;
    }
    free(where);
}

static void let_in(struct hop *hop)
{
    hop->failures = 0;
    hop->retry_at = 0;
    err_clear(&hop->err);
    for (size_t i = 0; i < hop->engine->nendpoints; i++) {
        struct endpoint *ep = &hop->engine->endpoints[i];

        if (ep->hop == hop && ep->hop_refused && ep->state == ENDPOINT_STOPPED)
            engine_endpoint_restart(ep);
        if (ep->hop == hop)
            ep->hop_refused = false;
    }
}

static void fail(struct way *w, const struct err *why)
{
    struct hop *hop = w->hop;
    struct engine *e = hop->engine;
    bool refused =
        !ssh_host_facts(hop->ssh)->connected && (why->kind == ERR_DENIED || why->kind == ERR_AUTH);

    hop->err = *why;
    if (!refused)
        hop->err.kind = ERR_NET;
    err_prefix(&hop->err, "%s", hop->via);
    if (hop->retry_at <= clock_mono_ms())
        hop->retry_at =
            clock_mono_ms() + engine_backoff(e, HOP_FIRST_MS, hop->failures++, HOP_MOST_MS);
    log_add(LOG_WARN, "%s", hop->err.msg);
    if (refused)
        refuse(hop, &hop->err);
    fail_waiting(w, &hop->err);
}

static void on_way(void *arg, struct ssh_result *r)
{
    struct way *w = arg;

    w->asked = 0;
    if (r->err.kind == ERR_CANCEL) {
        fail_waiting(w, &r->err);
    } else if (r->err.kind != ERR_NONE) {
        fail(w, &r->err);
    } else {
        free(w->socket);
        w->socket = mem_strndup(r->out, r->out_len);
        w->session = ssh_host_facts(w->hop->ssh)->sessions;
        let_in(w->hop);
        start_waiting(w);
    }
}

/* ---- requests ----------------------------------------------------------------------------------
 */

static void unlink_call(struct hop_call *c)
{
    struct hop_call **p = &c->hop->calls;

    while (*p != c)
        p = &(*p)->next;
    *p = c->next;
}

/* Which end is it? ssh says why the jump host did not reach the manager; all that libcurl sees is
 * that the connection ended. */
static void explain(const struct hop_call *c, struct http_reply *reply)
{
    const struct ssh_facts *f = c->hop->ssh ? ssh_host_facts(c->hop->ssh) : NULL;
    const char *said = f && f->said_ms >= c->sent_at ? strstr(f->said, "open failed: ") : NULL;

    if (reply->err.kind == ERR_NET && !reply->connected && said)
        err_set(&reply->err, ERR_NET, 0, "%s was unable to reach '%s': %s", c->hop->via,
                c->way->where, said + strlen("open failed: "));
}

static void on_reply(void *arg, struct http_reply *reply)
{
    struct hop_call call = *(struct hop_call *)arg;

    if (call.sent_at)
        explain(arg, reply);
    unlink_call(arg);
    free(arg);
    call.done(call.arg, reply);
}

static int on_piece(void *arg, const char *data, size_t len)
{
    const struct hop_call *c = arg;

    return c->on_body(c->arg, data, len);
}

static void on_doom(void *arg)
{
    struct hop *hop = arg;
    struct hop_call *c = hop->calls;
    struct err err = hop->err;

    hop->doom = NULL;
    while (c) {
        if (!c->doomed) {
            c = c->next;
            continue;
        }
        c->doomed = false;
        http_fail(hop->engine->http, c->http_id, &err);
        c = hop->calls;
    }
}

static void take_way(struct hop_call *c)
{
    struct hop *hop = c->hop;
    struct way *w = c->way;

    if (is_there(w)) {
        c->sent_at = clock_mono_ms();
        http_go(hop->engine->http, c->http_id, w->socket);
    } else if (hop->retry_at > clock_mono_ms() && !hop->engine->o.once) {
        c->doomed = true;
        if (!hop->doom)
            hop->doom = loop_timer(hop->engine->loop, 0, on_doom, hop);
    } else {
        c->waiting = true;
        open_ssh(hop);
        if (!w->asked)
            w->asked = ssh_forward(hop->ssh, w->where, on_way, w);
    }
}

static uint64_t send_through(struct endpoint *ep, const struct http_request *req, const char *where,
                             http_done_fn done, void *arg)
{
    struct hop_call *c = mem_alloc(sizeof(*c)), **tail = &ep->hop->calls;
    struct http_request held = *req;

    *c = (struct hop_call){.hop = ep->hop,
                           .way = find_way(ep->hop, where),
                           .done = done,
                           .on_body = req->on_body,
                           .arg = arg};
    while (*tail)
        tail = &(*tail)->next;
    *tail = c;
    held.held = true;
    held.via = ep->hop->via;
    held.on_body = req->on_body ? on_piece : NULL;
    c->http_id = http_send(ep->engine->http, &held, on_reply, c);
    take_way(c);
    return c->http_id;
}

void engine_hop_assign(struct endpoint *ep)
{
    struct config_jump to;

    if (!(ep->config->kind & KINDS_SSH) && config_jump(ep->config, &to))
        ep->hop = find_hop(ep, &to);
}

uint64_t engine_send(struct endpoint *ep, const struct http_request *req, http_done_fn done,
                     void *arg)
{
    char where[300];

    /* What is on this machine or its link is not asked from elsewhere. */
    if (!ep->hop || req->allow_link_local || !http_url_where(req->url, where, sizeof(where)))
        return http_send(ep->engine->http, req, done, arg);
    return send_through(ep, req, where, done, arg);
}
