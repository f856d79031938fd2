/*
 * fakeapi: a manager that exists in tests alone, for tests of the engine: an HTTP(S) server on
 * loopback that counts and misbehaves as told, the session and the collectors that speak to it, and
 * a running engine on them.
 *
 * The session logs in with POST /login (X-Password) and gets a token (X-Token) that every request
 * carries. The collectors read lines of text, each a row: `one` GET /one to segments, `two` GET
 * /two to gateways (its second page is /two?page=2), `big` to groups. `live` reads GET /live in
 * pieces, then waits with GET /wait, which answers once news was raised; both to segments. A line
 * "expired" says that the session is over, "bad" ends the run.
 */
#ifndef HYCON_TESTS_SUPPORT_FAKEAPI_H
#define HYCON_TESTS_SUPPORT_FAKEAPI_H

#include "collectors/collector.h"
#include "collectors/engine.h"
#include "collectors/session.h"
#include "core/snapshot.h"
#include "tests/support/testca.h"

#include <stdbool.h>

#define FAKEAPI_GRACE_MS 20000 /* of fakeapi_run_stop() */

struct MHD_Daemon;

/* Everything is under the lock of the server: fakeapi_lock(), or fakeapi_count() for a counter. */
struct fakeapi {
    struct MHD_Daemon *daemon;
    int port;
    const char *password; /* the right one */
    unsigned token;       /* the last one given */
    unsigned void_to;     /* this and all before are void */
    bool expire_always;   /* every token is refused */
    unsigned throttle;    /* so many requests get 429 */
    unsigned again;       /* so many requests get 409: a question of the session's own */
    const char *retry_after;
    unsigned fail;    /* so many requests get 500 */
    int login_status; /* 0: by the password */
    bool hold;        /* requests of data wait until this is false again */
    unsigned let_go;  /* so many of them do not wait any longer */
    int void_status;  /* what a void token gets; 0: 401 */
    bool hold_login, hold_identity;
    const char *identity; /* what /whoami says; NULL: "me" */
    int status;           /* of data; 0: 200 */
    const char *body;     /* of data; NULL: two lines */
    unsigned cut;         /* so many replies of /live and /wait end in their middle */
    unsigned news, told;
    unsigned polls, waiting; /* GET /wait: asked, and not answered yet */
    bool over;
    unsigned whoami; /* asked */
    unsigned logins, logouts, requests, held, most_at_once, at_once;
    char last_path[128];
};

void fakeapi_start(struct fakeapi *s, const struct testca_leaf *leaf); /* NULL: plain http */
/* Plain http, and the configurations of fakeapi_config() have its password. */
void fakeapi_start_plain(struct fakeapi *s);
void fakeapi_stop(struct fakeapi *s);
/* As it was, on the port it had before fakeapi_stop(); plain http. */
void fakeapi_restart(struct fakeapi *s);
void fakeapi_lock(void);
void fakeapi_unlock(void);                       /* wakes requests that are held */
unsigned fakeapi_count(const unsigned *counter); /* under the lock */

extern const struct session_ops fakeapi_session_ops;
/* A list of it, but it asks GET /whoami after the login; "nobody" is not whom the configuration
 * says.
 */
extern const struct session_ops *const fakeapi_identity_sessions[];
/* The same, but anybody is right, and no rows wait for the answer. */
extern const struct session_ops *const fakeapi_curious_sessions[];
extern const struct collector fakeapi_one, fakeapi_two, fakeapi_live;
extern const struct collector *const fakeapi_all[], *const fakeapi_only_live[];

/* ---- an engine on it ------------------------------------------------------------------------- */

struct fakeapi_run {
    struct config *config;
    struct store *store;
    struct engine *engine;
    struct engine_options o; /* may be changed before fakeapi_run_start() */
    unsigned prompts;        /* asked; under fakeapi_lock() */
};

/* @text is the configuration. Collectors: fakeapi_one alone unless changed. */
void fakeapi_run_init(struct fakeapi_run *r, const char *text);
/* The same with fakeapi_config("http", @port, @more). */
void fakeapi_run_init_at(struct fakeapi_run *r, int port, const char *more);
void fakeapi_run_start(struct fakeapi_run *r);
void fakeapi_run_stop(struct fakeapi_run *r);
/* One endpoint "a" of site "s" (kind nsx, user u, password {env: FAKE_PASSWORD}) at @port, with
 * @more YAML behind. The caller frees the text. */
char *fakeapi_config(const char *scheme, int port, const char *more);

/* Waits (60 s at most, then the test fails) until @is(@arg) holds. */
void fakeapi_wait(bool (*is)(void *arg), void *arg);
/* ... until the table of "s"/@endpoint is @f. The caller owns the snapshot. */
struct snapshot *fakeapi_wait_fresh(struct fakeapi_run *r, const struct schema *schema,
                                    const char *endpoint, enum freshness f);
/* ... until the counter of a server is at least @n. */
void fakeapi_wait_count(const unsigned *counter, unsigned n);
/* The row of an endpoint once its column freshness is @f; owned by *@owner. */
const struct row *fakeapi_wait_endpoint(struct fakeapi_run *r, const char *endpoint,
                                        enum freshness f, struct snapshot **owner);

#endif
