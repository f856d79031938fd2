/*
 * The REST API of vSphere Replication (8.6 and later): POST /session with the user and password of
 * SSO as Basic gives an id, which goes with every request in x-dr-session. It is over after minutes
 * that are not told; then the appliance answers 401, and one login tells whether the password is
 * still right.
 *
 * Version 2 of the API is tried first; an appliance that does not have it is asked for version 1.
 * Collectors ask for paths below either.
 */
#include "collectors/replication/session.h"

#include <stdlib.h>
#include <string.h>

#include "collectors/replication/fault.h"
#include "collectors/wire.h"
#include "core/arena.h"
#include "core/jsonq.h"
#include "core/mem.h"

#define BODY_MAX (1u << 20)

static const char *const bases[] = {"/api/rest/vr/v2", "/api/rest/vr/v1"};

struct replication_session {
    struct wire wire;
    struct secret *id; /* NULL: not logged in */
    unsigned version;  /* index of bases */
};

static int replication_init(struct session *s)
{
    struct replication_session *r = mem_alloc(sizeof(*r));

    wire_init(&r->wire);
    s->priv = r;
    s->facts.product = "vSphere Replication";
    return 0;
}

static void forget(struct replication_session *r)
{
    secret_unref(r->id);
    r->id = NULL;
}

static void replication_release(struct session *s)
{
    struct replication_session *r = s->priv;

    if (!r)
        return;
    forget(r);
    wire_release(&r->wire);
    free(r);
    s->priv = NULL;
}

/* ---- requests ----------------------------------------------------------------------------------
 */

static void fill(struct session *s, const char *method, const char *path, const char *label)
{
    struct replication_session *r = s->priv;

    wire_url(&r->wire, session_url(s), arena_printf(s->arena, "%s%s", bases[r->version], path));
    session_fill(s, &r->wire, method, label);
    s->call.http.max_body = BODY_MAX;
}

static enum session_step send_login(struct session *s)
{
    struct replication_session *r = s->priv;

    wire_reset(&r->wire);
    wire_header(&r->wire, "Accept", "application/json");
    wire_header(&r->wire, "Content-Type", "application/json");
    wire_authorization(&r->wire, "Basic", s->user, s->secret);
    fill(s, "POST", "/session", "login");
    return SESSION_SEND;
}

static enum session_step take_id(struct session *s, const struct reply *reply)
{
    struct replication_session *r = s->priv;
    struct json_object *o = jsonq_parse(reply->body, reply->len, NULL);
    const char *id = jsonq_str(o, "session_id");

    forget(r);
    if (id && wire_is_plain(id, strlen(id)))
        r->id = secret_new_str(id);
    json_object_put(o);
    if (!r->id) {
        err_set(&s->err, ERR_PROTO, reply->status,
                "the reply to the login has no session_id: is 'url' a vSphere Replication "
                "appliance?");
        return SESSION_FAIL;
    }
    s->facts.role = r->version ? "REST API v1" : "REST API v2";
    return SESSION_READY;
}

static enum session_step refused(struct session *s, const struct reply *reply)
{
    struct replication_session *r = s->priv;

    if ((reply->status == 404 || reply->status == 405) && r->version + 1 < ARRAY_SIZE(bases)) {
        r->version++;
        return send_login(s);
    }
    r->version = 0; /* it may be updated before the next login */
    if (reply->status == 401) {
        err_set(&s->err, ERR_AUTH, 401, "user '%s' was not accepted (401)", s->user ? s->user : "");
        return SESSION_REJECTED;
    }
    if (reply->status == 404 || reply->status == 405)
        err_set(&s->err, ERR_CONFIG, reply->status,
                "no REST API of vSphere Replication (8.6 or later) answers at 'url' (%d)",
                reply->status);
    else
        replication_fault_describe(reply, "login", &s->err);
    return SESSION_FAIL;
}

static enum session_step replication_login(struct session *s, const struct reply *reply)
{
    struct replication_session *r = s->priv;

    if (!reply) {
        forget(r);
        if (!s->secret) {
            err_set(&s->err, ERR_CONFIG, 0, "no password");
            return SESSION_FAIL;
        }
        return send_login(s);
    }
    wire_reset(&r->wire); /* the password is not needed any more */
    if (reply->status == 0) {
        session_no_answer(reply, &s->err);
        return SESSION_FAIL;
    }
    return reply->status >= 200 && reply->status < 300 ? take_id(s, reply) : refused(s, reply);
}

static void add_session(struct replication_session *r)
{
    wire_reset(&r->wire);
    wire_header(&r->wire, "Accept", "application/json");
    wire_header(&r->wire, "x-dr-session", secret_reveal(r->id));
}

static enum session_step replication_logout(struct session *s, const struct reply *reply)
{
    struct replication_session *r = s->priv;

    if (reply || !r->id) {
        forget(r);
        wire_reset(&r->wire);
        return SESSION_READY;
    }
    add_session(r);
    fill(s, "DELETE", "/session", "logout");
    return SESSION_SEND;
}

/* ---- requests of collectors --------------------------------------------------------------------
 */

static int replication_authorize(struct session *s, const struct request *req)
{
    struct replication_session *r = s->priv;

    if (!r->id)
        return err_set(&s->err, ERR_AUTH, 0, "not logged in");
    if (req->service != SERVICE_MAIN)
        return err_set(&s->err, ERR_CONFIG, 0, "a replication endpoint has no such service");
    arena_reset(s->arena);
    add_session(r);
    fill(s, req->method, req->path, req->label);
    s->call.http.max_body = req->max_body ? req->max_body : COLLECTOR_BODY_MAX;
    return 0;
}

static enum session_verdict replication_judge(struct session *s, const struct request *req,
                                              const struct reply *reply, struct err *err)
{
    (void)s;
    if (reply->status >= 200 && reply->status < 300)
        return VERDICT_OK;
    replication_fault_describe(reply, req->label ? req->label : "request", err);
    if (reply->status == 401)
        return VERDICT_EXPIRED;
    if (reply->status == 429)
        return VERDICT_THROTTLED;
    return reply->status >= 502 && reply->status <= 504 ? VERDICT_RETRY : VERDICT_ERROR;
}

const struct session_ops session_replication_ops = {
    .kind = KIND_REPLICATION,
    .secret_key = "password",
    .init = replication_init,
    .release = replication_release,
    .login = replication_login,
    .logout = replication_logout,
    .authorize = replication_authorize,
    .judge = replication_judge,
};
