/*
 * session: how one kind of endpoint logs in, authorises each request, tells an expired session from
 * refused credentials, and logs out. The only code that sees secrets. Sans-I/O like collectors: a
 * session says what to send next; the engine sends. One implementation per kind, in
 * collectors/<kind>/session.c.
 *
 * Rules the engine keeps: one re-login per request; a request refused again after it stops the
 * endpoint; a login that is itself refused (SESSION_REJECTED) is never repeated until a person
 * acts, and stops every endpoint that uses the same credential. Logout runs on exit, within a
 * bound.
 */
#ifndef HYCON_COLLECTORS_SESSION_H
#define HYCON_COLLECTORS_SESSION_H

#include "collectors/collector.h"
#include "core/http.h"
#include "core/secret.h"

enum session_step {
    SESSION_SEND,  /* s->call.http is filled: send it, then call again with the reply */
    SESSION_SPAWN, /* s->call.argv is filled: run it, then call again with its output as reply->body
                    */
    /* s->call.command is filled: connect over SSH and run it, then call again with its output. */
    SESSION_COMMAND,
    SESSION_READY,    /* logged in (or logged out) */
    SESSION_FAIL,     /* s->err: may be tried again later (network, 5xx) */
    SESSION_REJECTED, /* s->err: the credential was refused; never retried by itself */
};

/* What a reply to an authorised request means for the session. */
enum session_verdict {
    VERDICT_OK,        /* 2xx */
    VERDICT_EXPIRED,   /* log in again once and repeat */
    VERDICT_REJECTED,  /* credentials refused: stop */
    VERDICT_THROTTLED, /* 429, 503, RequestLimitExceeded: wait (Retry-After) and repeat, bounded */
    VERDICT_RETRY,     /* a passing fault (500/607, InternalError): repeat, bounded */
    /* The reply was to a question of the session's own, which it sent in the place of the request
     * (a second token): nothing for the collector; authorise the request anew, bounded. */
    VERDICT_AGAIN,
    VERDICT_ERROR, /* anything else: hand to the collector with the sentence in *err */
};

struct session_call {
    struct http_request http; /* absolute URL; memory in s->arena until the next step */
    const char *const *argv;
    const char *command;
    const char *label;
};

struct session {
    const struct session_ops *ops;
    const struct config_endpoint *endpoint;
    struct session_facts facts;
    struct session_call call;
    struct err err;
    struct arena *arena;       /* of the present login; reset when a login starts */
    struct arena *facts_arena; /* lives as long as the session */
    int64_t now;               /* wall clock, set by the engine before each call */
    int64_t clock_offset_ms;   /* server minus us, measured from Date; signers use it */
    int64_t expires_at;        /* when to renew ahead of time; 0: not known */
    struct secret
        *secret; /* resolved by the engine from config_secret(); NULL when the kind has none */
    const char *user;
    struct http_tls tls; /* filled by the engine from the configuration and the trust file */
    const char *proxy;
    bool unverified; /* set by login: publish nothing before identify() has ended */
    unsigned node; /* nsx: which of urls this session belongs to; the engine advances it when a node
                      is dead */
    void *priv;
};

struct session_ops {
    enum endpoint_kind kind;
    const char
        *secret_key; /* configuration key of the secret: "password", "token"; NULL: own chain */
    int (*init)(struct session *s);     /* set up priv; -1 and s->err */
    void (*release)(struct session *s); /* wipe and free priv */
    /* NULL reply starts. */
    enum session_step (*login)(struct session *s, const struct reply *reply);
    enum session_step (*logout)(struct session *s, const struct reply *reply);
    /* NULL: none. Asks who we are, in the manner of login, after it and beside the first requests.
     * FAIL with ERR_CONFIG (this is not whom the configuration says) and REJECTED stop the
     * endpoint; other failures leave unknown what is only nice to know. */
    enum session_step (*identify)(struct session *s, const struct reply *reply);
    /* Make the absolute, authorised (signed) request in s->call.http; 0 or -1 and s->err. */
    int (*authorize)(struct session *s, const struct request *req);
    /* Judge a reply (of one that came in pieces nothing but its beginning's status is left: those
     * are not judged); for everything but VERDICT_OK fill *err with one sentence of what the
     * product said. */
    enum session_verdict (*judge)(struct session *s, const struct request *req,
                                  const struct reply *reply, struct err *err);
};

/* The implementation for a kind; NULL: none yet ("not built"). In collectors/registry.c. */
const struct session_ops *session_ops_for(enum endpoint_kind kind);

/* NULL when there are no ops for its kind (@ops NULL), or @err (may be NULL) says what init
 * refused. */
struct session *session_new_with(const struct config_endpoint *e, const struct session_ops *ops,
                                 struct err *err);
void session_free(struct session *s); /* NULL is fine */

/* ---- what sessions over HTTP share --------------------------------------------------------------
 */

struct wire;

/* The one of `urls` that the session belongs to; "": none is configured. */
const char *session_url(const struct session *s);
/* s->call: the request that @w holds, with the endpoint's TLS and proxy. Sizes and times are the
 * caller's to add. */
void session_fill(struct session *s, struct wire *w, const char *method, const char *label);
/* Why a reply of status 0 says nothing. */
void session_no_answer(const struct reply *reply, struct err *err);

#endif
