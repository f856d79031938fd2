/*
 * A session of an NSX-V Manager is the user and the password in every request (Basic); the API has
 * no login (reference: NSX API, NSX-V). So that a wrong password is found out by one request and
 * not by four at once, which would lock the account, the state of the firewall is asked first. The
 * product is retired; old appliances speak TLS versions that hycon does not, and then say so.
 */
#include <stdlib.h>
#include <string.h>

#include "collectors/nsxv/nsxv.h"
#include "collectors/wire.h"
#include "core/arena.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/xml.h"

#define PROBE_BODY_MAX (8u << 20)
#define DETAILS_MAX    200

struct nsxv_session {
    struct wire wire;
};

static int nsxv_init(struct session *s)
{
    struct nsxv_session *n = mem_alloc(sizeof(*n));

    wire_init(&n->wire);
    s->priv = n;
    s->facts.product = "NSX-V Manager";
    return 0;
}

static void nsxv_release(struct session *s)
{
    struct nsxv_session *n = s->priv;

    if (!n)
        return;
    wire_release(&n->wire);
    free(n);
    s->priv = NULL;
}

static void fill(struct session *s, const char *path, const char *label, size_t max_body)
{
    struct nsxv_session *n = s->priv;

    wire_reset(&n->wire);
    wire_header(&n->wire, "Accept", "application/xml");
    wire_authorization(&n->wire, "Basic", s->user, s->secret);
    wire_url(&n->wire, session_url(s), path);
    session_fill(s, &n->wire, "GET", label);
    s->call.http.max_body = max_body;
}

/* ---- what it says when it says no --------------------------------------------------------------
 */

struct fault {
    char details[DETAILS_MAX];
};

static void on_fault_end(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct fault *f = arg;

    if (!xml_path_is(x, 1, "error/details") || len == 0)
        return;
    if (len >= sizeof(f->details))
        len = sizeof(f->details) - 1;
    memcpy(f->details, text, len);
    f->details[len] = '\0';
}

static const struct xml_handler fault_handler = {.end = on_fault_end};

static enum err_kind kind_of(int status)
{
    switch (status) {
    case 401:
        return ERR_AUTH;
    case 403:
        return ERR_DENIED;
    case 404:
    case 405:
    case 501:
        return ERR_UNSUPPORTED;
    default:
        return ERR_HTTP;
    }
}

static void describe(const struct session *s, const struct reply *reply, const char *what,
                     struct err *err)
{
    struct fault f = {""};
    struct err ignored = {0};

    if (reply->status == 0) {
        session_no_answer(reply, err);
        return;
    }
    if (reply->status == 401) {
        err_set(err, ERR_AUTH, 401, "NSX-V refused user '%s'", s->user ? s->user : "");
        return;
    }
    (void)xml_parse(&fault_handler, &f, reply->body, reply->len, &ignored);
    err_set(err, kind_of(reply->status), reply->status, "NSX-V answered %d to %s%s%s",
            reply->status, what, f.details[0] ? ": " : "", f.details);
}

/* ---- the session -------------------------------------------------------------------------------
 */

static enum session_step nsxv_login(struct session *s, const struct reply *reply)
{
    struct nsxv_session *n = s->priv;

    if (!reply) {
        if (!s->user || !s->secret) {
            err_set(&s->err, ERR_CONFIG, 0, "an nsxv endpoint needs 'user' and 'password'");
            return SESSION_FAIL;
        }
        fill(s, NSXV_STATUS_PATH, "login", PROBE_BODY_MAX);
        return SESSION_SEND;
    }
    wire_reset(&n->wire);
    /* A user who may not read this one is logged in all the same. */
    if ((reply->status >= 200 && reply->status < 300) || reply->status == 403)
        return SESSION_READY;
    describe(s, reply, "the login", &s->err);
    return reply->status == 401 ? SESSION_REJECTED : SESSION_FAIL;
}

static enum session_step nsxv_logout(struct session *s, const struct reply *reply)
{
    struct nsxv_session *n = s->priv;

    (void)reply;
    wire_reset(&n->wire);
    return SESSION_READY;
}

static int nsxv_authorize(struct session *s, const struct request *req)
{
    if (req->service != SERVICE_MAIN)
        return err_set(&s->err, ERR_CONFIG, 0, "an nsxv endpoint has no such service");
    if (strcmp(req->method, "GET") != 0)
        return err_set(&s->err, ERR_CONFIG, 0, "an nsxv endpoint is only read");
    fill(s, req->path, req->label, req->max_body ? req->max_body : COLLECTOR_BODY_MAX);
    return 0;
}

static enum session_verdict nsxv_judge(struct session *s, const struct request *req,
                                       const struct reply *reply, struct err *err)
{
    if (reply->status >= 200 && reply->status < 300)
        return VERDICT_OK;
    describe(s, reply, req->label ? req->label : "this", err);
    switch (reply->status) {
    case 0:
    case 502:
    case 504:
        return VERDICT_RETRY;
    case 401:
        return VERDICT_REJECTED;
    case 429:
    case 503:
        return VERDICT_THROTTLED;
    default:
        return VERDICT_ERROR;
    }
}

const struct session_ops session_nsxv_ops = {
    .kind = KIND_NSXV,
    .secret_key = "password",
    .init = nsxv_init,
    .release = nsxv_release,
    .login = nsxv_login,
    .logout = nsxv_logout,
    .authorize = nsxv_authorize,
    .judge = nsxv_judge,
};
