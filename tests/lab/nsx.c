#include "tests/lab/nsx.h"

#include "core/mem.h"
#include "core/text.h"
#include "tests/lab/errors.h"
#include "tests/lab/jsonb.h"
#include "tests/lab/lab.h"
#include "tests/lab/user.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

struct lab_nsx_state *lab_nsx_state_new(struct lab_nsx *nsx, struct nsx_user *user)
{
    struct lab_nsx_state *s = mem_alloc(sizeof(*s));

    s->nsx = nsx;
    s->user = user;
    return s;
}

void lab_nsx_state_free(struct lab_nsx_state *s)
{
    if (!s)
        return;
    free(s->sessions.at);
    free(s);
}

static bool alive(const struct lab *lab, const struct nsx_session *s)
{
    return s->open && lab_session_ms(lab) - s->used_at < lab->params.session_timeout * 1000;
}

unsigned lab_nsx_open_sessions(const struct lab *lab, const struct lab_nsx_state *s)
{
    unsigned n = 0;

    for (size_t i = 0; i < s->sessions.n; i++)
        n += alive(lab, s->sessions.at[i]);
    return n;
}

void lab_nsx_expire(struct lab_nsx_state *s)
{
    for (size_t i = 0; i < s->sessions.n; i++)
        ((struct nsx_session *)s->sessions.at[i])->open = false;
}

static bool password_ok(struct lab *lab, struct lab_server *server, const char *name,
                        const char *password)
{
    return lab_user_check(lab, server, ((struct lab_nsx_state *)server->data)->user, name,
                          password);
}

static struct nsx_session *open_session(struct lab *lab, struct lab_nsx_state *s,
                                        struct lab_reply *reply)
{
    struct arena *a = lab->arena;
    struct nsx_session *session = arena_alloc(a, sizeof(*session));

    session->cookie = lab_random_word(lab, 32);
    session->xsrf = lab_uuid_in(a, lab->estate, "xsrf", session->cookie);
    session->user = s->user->name;
    session->used_at = lab_session_ms(lab);
    session->open = true;
    lab_list_add(&s->sessions, session);
    lab_reply_header(
        reply, "Set-Cookie",
        arena_printf(a, "JSESSIONID=%s; Path=/; Secure; HttpOnly; SameSite=Lax", session->cookie));
    lab_reply_header(reply, "X-XSRF-TOKEN", session->xsrf);
    return session;
}

static void refuse_login(struct lab_reply *reply)
{
    lab_error_nsx(reply, 403, "403",
                  "The credentials were incorrect or the account specified has been locked.");
    reply->counted_bad = true;
}

static void create_session(struct lab *lab, struct lab_server *server,
                           const struct lab_request *req, struct lab_reply *reply)
{
    if (!password_ok(lab, server, lab_form(req, "j_username"), lab_form(req, "j_password"))) {
        refuse_login(reply);
        return;
    }
    open_session(lab, server->data, reply);
    reply->content_type = NULL;
}

static struct nsx_session *find_session(struct lab *lab, const struct lab_nsx_state *s,
                                        const struct lab_request *req)
{
    const char *cookie = lab_header(req, "cookie");
    const char *at = cookie ? strstr(cookie, "JSESSIONID=") : NULL;
    size_t len;

    if (!at)
        return NULL;
    at += strlen("JSESSIONID=");
    len = strcspn(at, "; ");
    for (size_t i = 0; i < s->sessions.n; i++) {
        struct nsx_session *session = s->sessions.at[i];

        if (strlen(session->cookie) == len && strncmp(session->cookie, at, len) == 0 &&
            alive(lab, session))
            return session;
    }
    return NULL;
}

/* "Basic" and "Remote" (vIDM): base64 of user:password. The server opens a session each time. */
static bool basic_login(struct lab *lab, struct lab_server *server, const struct lab_request *req,
                        struct lab_reply *reply)
{
    const char *header = lab_header(req, "authorization"), *colon;
    unsigned char *plain;
    size_t len;

    header += text_has_prefix(header, "Basic ") ? strlen("Basic ") : strlen("Remote ");
    len = strlen(header);
    plain = arena_alloc(req->arena, len + 4);
    if (len % 4 != 0 || EVP_DecodeBlock(plain, (const unsigned char *)header, (int)len) < 0) {
        refuse_login(reply);
        return false;
    }
    colon = strchr((char *)plain, ':');
    if (!colon ||
        !password_ok(lab, server,
                     arena_strndup(req->arena, (char *)plain, (size_t)(colon - (char *)plain)),
                     colon + 1)) {
        refuse_login(reply);
        return false;
    }
    open_session(lab, server->data, reply);
    return true;
}

static bool authenticate(struct lab *lab, struct lab_server *server, const struct lab_request *req,
                         struct nsx_session **session, struct lab_reply *reply)
{
    const char *authorization = lab_header(req, "authorization");
    const char *xsrf = lab_header(req, "x-xsrf-token");

    *session = find_session(lab, server->data, req);
    if (!*session && authorization &&
        (text_has_prefix(authorization, "Basic ") || text_has_prefix(authorization, "Remote ")))
        return basic_login(lab, server, req, reply);
    if (!*session) {
        reply->status = 403;
        reply->content_type = "text/html";
        reply->counted_bad = true;
        return false;
    }
    if (!xsrf || strcmp(xsrf, (*session)->xsrf) != 0) {
        lab_error_nsx(reply, 403, "98", "Bad XSRF token");
        reply->counted_bad = true;
        return false;
    }
    (*session)->used_at = lab_session_ms(lab);
    return true;
}

static bool route(struct lab *lab, struct lab_server *server, const struct lab_request *req,
                  struct lab_reply *reply)
{
    static const char policy[] = "/policy/api/v1", manager[] = "/api/v1";
    const struct lab_nsx_state *s = server->data;

    if (strcmp(req->method, "GET") != 0)
        return false;
    if (text_has_prefix(req->path, policy))
        return nsx_policy_answer(lab, s->nsx, NULL, req, req->path + strlen(policy), reply);
    if (text_has_prefix(req->path, manager))
        return nsx_manager_answer(lab, s->nsx, req, req->path + strlen(manager), reply);
    return false;
}

void lab_nsx_handle(struct lab *lab, struct lab_server *server, const struct lab_request *req,
                    struct lab_reply *reply)
{
    bool post = strcmp(req->method, "POST") == 0;
    struct nsx_session *session;

    lab_reply_header(reply, "X-Nsx-Requestid",
                     lab_uuid_in(req->arena, lab->estate, "request",
                                 arena_printf(req->arena, "%u", ++lab->serial)));
    if (post && strcmp(req->path, "/api/session/create") == 0) {
        create_session(lab, server, req, reply);
        return;
    }
    if (!authenticate(lab, server, req, &session, reply))
        return;
    if (post && strcmp(req->path, "/api/session/destroy") == 0) {
        if (session) {
            session->open = false;
            server->counts.logouts++;
        }
        reply->content_type = NULL;
        return;
    }
    if (!route(lab, server, req, reply))
        lab_error_nsx(reply, 404, NULL,
                      arena_printf(req->arena, "The path=[%s] is invalid", req->path));
}
