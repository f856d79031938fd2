/*
 * A session of an NSX Manager belongs to one node of its cluster: it is a cookie (JSESSIONID) and a
 * token that goes with every request in X-XSRF-TOKEN; other cookies, such as a load balancer's, are
 * kept too, because they lead back to that node. It is over after an idle time that the manager
 * does not tell, and then NSX answers 403, not 401: without a document, with the code 98 (bad XSRF
 * token) or with the very sentence of a wrong password (code 403). So a request that carried a
 * session and gets one of these means "log in again": whether the password is still right is what
 * that one login finds out, and a login that is refused is never repeated, because repeating it
 * would lock the account. Every other 403 is a call that the role does not allow.
 *
 * How to log in (`auth`): local users and LDAP by form; VMware Identity Manager by one request with
 * the scheme Remote, whose session is then used; a principal identity by its client certificate,
 * which authorises each request, with or without a session. Basic is not used: NSX opens a session
 * for every such request.
 */
#include "collectors/nsx/session.h"

#include <stdlib.h>
#include <string.h>

#include "collectors/nsx/facts.h"
#include "collectors/nsx/fault.h"
#include "collectors/wire.h"
#include "core/arena.h"
#include "core/mem.h"
#include "core/text.h"

/* Giving a session back is a courtesy; nobody waits long for it. */
#define LEAVE_CONNECT_MS 2000
#define LEAVE_TOTAL_MS   4000

#define FORM "application/x-www-form-urlencoded"

enum auth { AUTH_LOCAL, AUTH_VIDM, AUTH_CERTIFICATE };
enum stage { STAGE_LEAVE, STAGE_LOGIN, STAGE_FACTS };

struct nsx_session {
    enum auth auth;
    enum stage stage;
    struct wire wire;
    struct secret *cookies, *xsrf; /* of the session; NULL: none */
    unsigned node;                 /* the node it belongs to */
    bool logged_in;
    bool facts_known;
    struct nsx_facts facts;
    const char *who; /* "user 'audit'", for messages; in facts_arena */
};

static enum auth auth_of(const struct config_endpoint *e)
{
    const char *word = config_str(e, "auth");

    if (word && strcmp(word, "vidm") == 0)
        return AUTH_VIDM;
    return word && strcmp(word, "certificate") == 0 ? AUTH_CERTIFICATE : AUTH_LOCAL;
}

static int nsx_init(struct session *s)
{
    struct nsx_session *n = mem_alloc(sizeof(*n));

    n->auth = auth_of(s->endpoint);
    wire_init(&n->wire);
    s->priv = n;
    s->facts.product = "NSX Manager";
    return 0;
}

static void forget(struct nsx_session *n)
{
    secret_unref(n->cookies);
    secret_unref(n->xsrf);
    n->cookies = n->xsrf = NULL;
    n->logged_in = false;
}

static void nsx_release(struct session *s)
{
    struct nsx_session *n = s->priv;

    if (!n)
        return;
    forget(n);
    wire_release(&n->wire);
    free(n);
    s->priv = NULL;
}

/* ---- requests ----------------------------------------------------------------------------------
 */

static void fill(struct session *s, const char *method, const char *path, const char *label)
{
    struct nsx_session *n = s->priv;

    wire_url(&n->wire, session_url(s), path);
    session_fill(s, &n->wire, method, label);
    if (n->auth == AUTH_CERTIFICATE) {
        s->call.http.tls.client_cert = config_str(s->endpoint, "client_cert");
        s->call.http.tls.client_key = config_str(s->endpoint, "client_key");
    }
}

/* A cookie without its token is refused, so the two go together or not at all. */
static void add_authorization(struct session *s)
{
    struct nsx_session *n = s->priv;

    if (n->cookies && (n->xsrf || n->auth == AUTH_LOCAL)) {
        wire_header(&n->wire, "Cookie", secret_reveal(n->cookies));
        if (n->xsrf)
            wire_header(&n->wire, "X-XSRF-TOKEN", secret_reveal(n->xsrf));
    } else if (n->auth == AUTH_VIDM) {
        wire_authorization(&n->wire, "Remote", s->user, s->secret);
    }
}

static enum session_step ask(struct session *s, const char *path, const char *label)
{
    struct nsx_session *n = s->priv;

    wire_reset(&n->wire);
    wire_header(&n->wire, "Accept", "application/json");
    add_authorization(s);
    fill(s, "GET", path, label);
    s->call.http.max_body = NSX_FACTS_BODY_MAX;
    return SESSION_SEND;
}

static enum session_step send_form(struct session *s)
{
    struct nsx_session *n = s->priv;
    size_t user = strlen(s->user), password = secret_len(s->secret);

    wire_reset(&n->wire);
    wire_header(&n->wire, "Content-Type", FORM);
    strbuf_grow(&n->wire.body, 3 * (user + password) + 32);
    strbuf_addstr(&n->wire.body, "j_username=");
    text_percent_encode(&n->wire.body, s->user, user, NULL);
    strbuf_addstr(&n->wire.body, "&j_password=");
    text_percent_encode(&n->wire.body, secret_reveal(s->secret), password, NULL);
    fill(s, "POST", "/api/session/create", "login");
    s->call.http.max_body = NSX_FACTS_BODY_MAX;
    return SESSION_SEND;
}

/* ---- what a login gives ------------------------------------------------------------------------
 */

static const char *next_header(const struct reply *reply, const char *name, size_t *i)
{
    if (reply->next_header)
        return reply->next_header(reply, name, i);
    if (!reply->header || (*i)++ > 0)
        return NULL;
    return reply->header(reply, name);
}

/* "name=value" of a Set-Cookie line. */
struct cookie {
    const char *text;
    size_t name, len; /* of the name with its "=", of all */
};

/* A later cookie of a name takes the place of an earlier one. */
static void place_cookie(struct cookie *cookies, unsigned *n, const struct cookie *c)
{
    unsigned i = 0;

    while (i < *n && (cookies[i].name != c->name || memcmp(cookies[i].text, c->text, c->name) != 0))
        i++;
    if (i == NSX_COOKIES_MAX)
        return;
    cookies[i] = *c;
    *n += i == *n;
}

static unsigned read_cookies(const struct reply *reply, struct cookie *cookies)
{
    unsigned n = 0;
    const char *line;
    size_t i = 0;

    while ((line = next_header(reply, "Set-Cookie", &i))) {
        size_t len = strcspn(line, ";");
        const char *equals = memchr(line, '=', len);

        if (equals && wire_is_plain(line, len) && len < NSX_COOKIE_BYTES_MAX)
            place_cookie(cookies, &n, &(struct cookie){line, (size_t)(equals - line) + 1, len});
    }
    return n;
}

/* One that is empty was taken back. */
static void keep_cookies(struct nsx_session *n, const struct reply *reply)
{
    struct cookie cookies[NSX_COOKIES_MAX];
    unsigned count = read_cookies(reply, cookies);
    struct strbuf all = STRBUF_INIT;
    bool session = false;

    strbuf_grow(&all, NSX_COOKIE_BYTES_MAX);
    for (unsigned i = 0; i < count; i++) {
        const struct cookie *c = &cookies[i];

        if (c->len == c->name || all.len + c->len + 2 > NSX_COOKIE_BYTES_MAX)
            continue;
        session |= text_has_prefix(c->text, "JSESSIONID=");
        strbuf_addf(&all, "%s%.*s", all.len > 0 ? "; " : "", (int)c->len, c->text);
    }
    if (session)
        n->cookies = secret_new(all.buf, all.len);
    secret_wipe(all.buf, all.len);
    strbuf_release(&all);
}

static void keep_session(struct session *s, const struct reply *reply)
{
    struct nsx_session *n = s->priv;
    const char *token = reply->header ? reply->header(reply, "X-XSRF-TOKEN") : NULL;

    forget(n);
    n->node = s->node;
    keep_cookies(n, reply);
    if (token && wire_is_plain(token, strlen(token)))
        n->xsrf = secret_new_str(token);
    n->logged_in = n->cookies || n->auth != AUTH_LOCAL;
}

/* ---- login -------------------------------------------------------------------------------------
 */

static void name_login(struct session *s)
{
    struct nsx_session *n = s->priv;

    if (n->who)
        return;
    if (n->auth == AUTH_CERTIFICATE)
        n->who = arena_printf(s->facts_arena, "certificate '%s'",
                              config_str(s->endpoint, "client_cert"));
    else
        n->who = arena_printf(s->facts_arena, "user '%s'", s->user);
}

static int check_configuration(struct session *s)
{
    struct nsx_session *n = s->priv;

    if (n->auth == AUTH_CERTIFICATE)
        return 0;
    if (!s->user)
        return err_set(&s->err, ERR_CONFIG, 0, "auth %s needs 'user'",
                       n->auth == AUTH_VIDM ? "vidm" : "local");
    if (!s->secret)
        return err_set(&s->err, ERR_CONFIG, 0, "no password for user '%s'", s->user);
    return 0;
}

static enum session_step leave(struct session *s)
{
    struct nsx_session *n = s->priv;

    wire_reset(&n->wire);
    add_authorization(s);
    fill(s, "POST", "/api/session/destroy", "logout");
    s->call.http.max_body = NSX_FACTS_BODY_MAX;
    s->call.http.connect_timeout_ms = LEAVE_CONNECT_MS;
    s->call.http.timeout_ms = LEAVE_TOTAL_MS;
    return SESSION_SEND;
}

static enum session_step start_login(struct session *s)
{
    struct nsx_session *n = s->priv;

    forget(n);
    s->expires_at = 0;
    if (check_configuration(s) < 0)
        return SESSION_FAIL;
    name_login(s);
    n->stage = STAGE_LOGIN;
    n->node = s->node;
    /* Any cheap call opens the session; this one is read anyway. */
    return n->auth == AUTH_LOCAL ? send_form(s) : ask(s, NSX_VERSION_PATH, "login");
}

/* What looked like the end of a session may have been the end of its token alone: a session that
 * is replaced is not left behind. */
static enum session_step replace_session(struct session *s)
{
    struct nsx_session *n = s->priv;

    if (!n->cookies || n->node != s->node)
        return start_login(s);
    n->stage = STAGE_LEAVE;
    return leave(s);
}

/* The facts are read once; a session that is opened again goes on at once. */
static enum session_step next_fact(struct session *s, const struct reply *reply)
{
    struct nsx_session *n = s->priv;
    const char *path;

    if (n->facts_known)
        return SESSION_READY;
    path = nsx_facts_step(&n->facts, s, reply);
    if (path)
        return ask(s, path, "version and role");
    n->facts_known = nsx_facts_complete(&n->facts);
    return SESSION_READY;
}

static enum session_step logged_in(struct session *s, const struct reply *reply)
{
    struct nsx_session *n = s->priv;

    keep_session(s, reply);
    if (!n->logged_in) {
        err_set(&s->err, ERR_PROTO, reply->status,
                "the reply to the login has no session cookie: is this an NSX Manager?");
        return SESSION_FAIL;
    }
    n->stage = STAGE_FACTS;
    if (!n->facts_known)
        nsx_facts_start(&n->facts);
    return next_fact(s, n->auth == AUTH_LOCAL ? NULL : reply);
}

static enum session_step login_refused(struct session *s, const struct reply *reply)
{
    struct nsx_session *n = s->priv;
    struct nsx_fault f;
    bool refused;

    nsx_fault_read(reply, &f);
    /* Roles that may not read the version are logged in all the same. */
    if (f.class == NSX_FAULT_DENIED && n->auth != AUTH_LOCAL)
        return logged_in(s, reply);
    refused = f.class == NSX_FAULT_CREDENTIALS || f.class == NSX_FAULT_SESSION ||
              f.class == NSX_FAULT_DENIED;
    if (refused)
        f.class = NSX_FAULT_CREDENTIALS;
    nsx_fault_describe(&f, reply->status, n->who, "the login", &s->err);
    return refused ? SESSION_REJECTED : SESSION_FAIL;
}

static enum session_step nsx_login(struct session *s, const struct reply *reply)
{
    struct nsx_session *n = s->priv;

    if (!reply)
        return replace_session(s);
    if (n->stage == STAGE_LEAVE)
        return start_login(s);
    if (n->stage == STAGE_FACTS)
        return next_fact(s, reply);
    wire_reset(&n->wire); /* the password is not needed any more */
    if (reply->status == 0) {
        session_no_answer(reply, &s->err);
        return SESSION_FAIL;
    }
    if (reply->status >= 200 && reply->status < 300)
        return logged_in(s, reply);
    return login_refused(s, reply);
}

/* ---- logout ------------------------------------------------------------------------------------
 */

/* Whatever the reply: the manager ends a session by itself after its idle time. */
static enum session_step nsx_logout(struct session *s, const struct reply *reply)
{
    struct nsx_session *n = s->priv;

    if (reply || !n->cookies || n->node != s->node) {
        forget(n);
        wire_reset(&n->wire);
        return SESSION_READY;
    }
    return leave(s);
}

/* ---- requests of collectors --------------------------------------------------------------------
 */

static int nsx_authorize(struct session *s, const struct request *req)
{
    struct nsx_session *n = s->priv;

    if (!n->logged_in)
        return err_set(&s->err, ERR_AUTH, 0, "not logged in");
    if (n->node != s->node)
        return err_set(&s->err, ERR_AUTH, 0, "the session belongs to another node of the cluster");
    if (req->service != SERVICE_MAIN && req->service != SERVICE_NSX)
        return err_set(&s->err, ERR_CONFIG, 0, "an nsx endpoint has no such service");
    wire_reset(&n->wire);
    wire_header(&n->wire, "Accept", "application/json");
    if (req->content_type)
        wire_header(&n->wire, "Content-Type", req->content_type);
    add_authorization(s);
    strbuf_add(&n->wire.body, req->body ? req->body : "", req->body ? req->body_len : 0);
    fill(s, req->method, req->path, req->label);
    s->call.http.max_body = req->max_body ? req->max_body : COLLECTOR_BODY_MAX;
    return 0;
}

/* With a session, "wrong password" may be its end: the login that follows tells. */
static enum session_verdict verdict_of(const struct nsx_session *n, const struct nsx_fault *f)
{
    switch (f->class) {
    case NSX_FAULT_CREDENTIALS:
        return n->cookies && f->code != 99 ? VERDICT_EXPIRED : VERDICT_REJECTED;
    case NSX_FAULT_SESSION:
        return VERDICT_EXPIRED;
    case NSX_FAULT_THROTTLED:
        return VERDICT_THROTTLED;
    case NSX_FAULT_PASSING:
        return VERDICT_RETRY;
    default:
        return VERDICT_ERROR;
    }
}

static enum session_verdict nsx_judge(struct session *s, const struct request *req,
                                      const struct reply *reply, struct err *err)
{
    struct nsx_session *n = s->priv;
    enum session_verdict verdict;
    struct nsx_fault f;

    if (reply->status >= 200 && reply->status < 300)
        return VERDICT_OK;
    if (reply->status == 0) {
        session_no_answer(reply, err);
        return VERDICT_RETRY;
    }
    nsx_fault_read(reply, &f);
    verdict = verdict_of(n, &f);
    if (verdict == VERDICT_EXPIRED)
        f.class = NSX_FAULT_SESSION;
    nsx_fault_describe(&f, reply->status, n->who ? n->who : "the login",
                       req->label ? req->label : "this", err);
    return verdict;
}

const struct session_ops session_nsx_ops = {
    .kind = KIND_NSX,
    .secret_key = "password",
    .init = nsx_init,
    .release = nsx_release,
    .login = nsx_login,
    .logout = nsx_logout,
    .authorize = nsx_authorize,
    .judge = nsx_judge,
};
