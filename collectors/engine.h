/*
 * engine: polls every endpoint on its own thread and publishes snapshots into the store. It owns
 * sessions, credentials, concurrency, request budgets, drop-if-in-flight, jitter, backoff,
 * Retry-After, cancellation and the table `endpoints`. What comes back from the console are typed
 * requests.
 */
#ifndef HYCON_COLLECTORS_ENGINE_H
#define HYCON_COLLECTORS_ENGINE_H

#include "core/err.h"
#include "core/store.h"
#include "model/config.h"

#include <stdbool.h>
#include <stdint.h>

struct collector;
struct engine;
struct secret;
struct session_ops;

struct engine_options {
    const struct config *config;
    struct store *store;
    /* Once: run each wanted collector to its first complete table, then idle (headless verbs). */
    bool once;
    const struct schema *const *tables; /* once: tables wanted, NULL-terminated; NULL: all */
    /* Tables that somebody asks for by name, whatever @tables says: also heavy ones of these are
     * read, which otherwise wait until they are looked at. NULL-terminated; NULL: none. */
    const struct schema *const *named;
    const char *site, *endpoint; /* restrict; NULL: all. endpoint matches a name or its group */
    int64_t timeout_ms;          /* once: of each round; unfinished sources: never + limit */
    unsigned samples;            /* once: extra rounds after the first (check --samples) */
    const char *trust_file;      /* accepted fingerprints; NULL: none */
    const char *runtime_dir;     /* shared request counts; NULL: none */
    /* Called on the engine's thread when a credential needs a person ({prompt: true}, L): the
     * console answers with engine_answer_prompt(). NULL: prompts fail ("needs a terminal"). */
    void (*on_prompt)(void *arg, const char *credential, const char *question);
    /* Called on the engine's thread after something changed; must only set a flag or wake a loop.
     */
    void (*on_change)(void *arg);
    void *arg;
    /* Tests put their own in; NULL: the registry. Both end with NULL. */
    const struct collector *const *collectors;
    const struct session_ops *const *sessions;
};

/* An engine that asks nobody yet; its endpoints are in the store already, as not read. */
struct engine *engine_new(const struct engine_options *o, struct err *err);
/* From now on it polls, on a thread of its own. Once. */
int engine_run(struct engine *e, struct err *err);
/* Both. */
struct engine *engine_start(const struct engine_options *o, struct err *err);
/* Stops polling, and begins to log every session out (bounded by @grace_ms); what was read stays as
 * it is. Once. */
void engine_leave(struct engine *e, int64_t grace_ms);
/* That, unless it was done, waits for it, and frees. NULL is fine. */
void engine_stop(struct engine *e, int64_t grace_ms);

#define ENGINE_CRASH_GRACE_MS 1500
/* The last word of a program that crashes, from the signal handler of another thread: waits a
 * moment for the engine's thread to log everybody out. Takes no lock and no memory. When it is the
 * engine's thread that crashes, nobody is left to do it. */
void engine_crash(struct engine *e);

/* once: wait until every wanted source finished or the time-out passed. Returns false on
 * interrupt_fd readable. */
bool engine_wait(struct engine *e, int interrupt_fd);
/* once: collectors finished / wanted so far ("collecting 4/9"); continuous: first polls done / all.
 */
void engine_progress(const struct engine *e, unsigned *done, unsigned *total);

/* ---- requests from the console; any thread, never block
 * -------------------------------------------- */
void engine_refresh(struct engine *e, const char *table); /* NULL: everything, now */
void engine_focus(struct engine *e, const char *const *tables,
                  size_t n); /* visible tables poll faster */
/* What somebody looks at of the heavy tables (host_rules, addrsets, flows ...): of these endpoints
 * alone ("SITE/ENDPOINT" or its name; none: of all), and of these filters alone (none: of all).
 * Filters are read faster than everything is, and now when they were not looked at before. What is
 * read then is partial, and says so. */
struct engine_look {
    const char *const *endpoints, *const *filters;
    size_t nendpoints, nfilters;
};
void engine_look(struct engine *e, const struct engine_look *l);
void engine_login_again(struct engine *e,
                        const char *credential); /* NULL: all that were rejected */
void engine_answer_prompt(struct engine *e, const char *credential,
                          struct secret *answer); /* takes the ref; NULL: cancelled */
void engine_trust(struct engine *e, const char *endpoint,
                  const char *sha256); /* accepted by a person; "SITE/ENDPOINT" or its name */
/* Look at the clock now. The engine does so by itself every second; for tests, which freeze it. */
void engine_wake(struct engine *e);

/* Last raw reply of a source ("SITE/ENDPOINT" or a name) for the details pane: masked (secrets),
 * bounded to 256 KiB, with its time and request line. The caller frees both strings. false: none is
 * kept (once keeps none; the total is bounded too, and the oldest go first). */
bool engine_raw_reply(const struct engine *e, const char *endpoint, const char *table,
                      char **request, char **body, int64_t *at);

#endif
