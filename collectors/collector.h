/*
 * collector: one source of rows as a pure function (sans-I/O). Bytes in, rows out: no sockets, no
 * clock, no globals, no log. The engine owns time, sessions, retries, paging of time and
 * cancellation; a collector only says what to ask next and what the replies mean. So every
 * collector is tested and fuzzed from files.
 *
 * step(run, NULL) starts a run; it fills run->request and returns STEP_SEND. Each reply calls step
 * again. Pages, cursors and continuation tokens are further STEP_SENDs. A reply that is not 2xx
 * arrives too (reply->err says why, in words of the product): the primary call returns STEP_FAIL
 * with it (run_fail), an enrichment leaves its cells ABSENT (builder_note) and goes on.
 *
 * Large replies need not be held whole: with request.stream the body of a 2xx reply comes in pieces
 * (reply->more) as it arrives; each is answered with STEP_MORE. The reply proper follows with an
 * empty body. Is the transfer cut off after a piece, the run ends by itself and what it did not
 * publish is dropped: the next run finds the same state as a run of its own would.
 *
 * A live collector never ends: it reads everything, publishes, asks the manager for what changes
 * (request.long_poll), publishes again. Each publish is a complete table. It starts anew, with its
 * state, after a failure, a pause or a refresh.
 *
 * Adding a source: one file, one line in collectors/registry.c, its fixtures.
 */
#ifndef HYCON_COLLECTORS_COLLECTOR_H
#define HYCON_COLLECTORS_COLLECTOR_H

#include "core/err.h"
#include "core/snapshot.h"
#include "model/config.h"
#include "model/tables.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vsphere_facts;

enum step {
    STEP_SEND,    /* run->request is filled */
    STEP_WAIT,    /* call again after run->wait_ms with a NULL reply */
    STEP_PUBLISH, /* publish the tables filled so far and call again with a NULL reply */
    STEP_DONE,    /* all tables complete */
    STEP_FAIL,    /* run->err says why; old rows stay */
    STEP_MORE,    /* to a piece of a reply (reply->more): go on */
    /* The reply says, in its own way, that the session is over: log in again and start the run
     * anew. A second time without a publish between is the end, as for any request. */
    STEP_EXPIRED,
};

/* Which base address and signing a request uses; the session maps it to a URL. */
enum service {
    SERVICE_MAIN, /* nsx: the manager (on VMC: the reverse proxy); vmc: the VMC service; aws: EC2 */
    SERVICE_NSX,  /* NSX policy/manager API: kinds nsx and vmc */
    SERVICE_CLOUD, /* vmc: {proxy}/cloud-service */
    /* vmc: the same without /sks-nsxt-manager before it: SDDCs differ in which of the two they
     * have. */
    SERVICE_CLOUD_SHORT,
    SERVICE_VMC, /* vmc: https://vmc.vmware.com */
    SERVICE_EC2,
    SERVICE_STS,
    SERVICE_REST, /* vcenter: its REST API, which has a session of its own */
    /* vcenter: storage policies (SPBM): SOAP, with the session's cookie in the envelope, too. What
     * it refuses says nothing about the session. */
    SERVICE_POLICY,
};

struct request {
    enum service service;
    const char *method; /* "GET" or "POST" */
    const char *path; /* below the service's base: "/policy/api/v1/infra/segments?page_size=1000" */
    const char *body; /* NULL: none. In the run's arena */
    size_t body_len;
    const char *content_type;
    const char
        *action;     /* vcenter: SOAPAction of another service ("urn:vsan/8.0.0.4"); NULL: vim25 */
    size_t max_body; /* 0: COLLECTOR_BODY_MAX */
    const char *label; /* what is read, for messages: "segments" */
    bool stream;       /* the body comes in pieces */
    /* kind esxi: path is a command line that is run over SSH, method is "SSH". Made by
     * collectors/esxi/commands.c alone. Standard output is the body. */
    bool command;
    /* The manager answers when something has happened: takes none of the endpoint's places and
     * nothing of its budget, and the run's time stands still meanwhile. A pause or a refresh ends
     * it, and the run with it. */
    bool long_poll;
    int64_t timeout_ms; /* 0: that of the engine; of a long poll: COLLECTOR_POLL_MS */
};

#define COLLECTOR_BODY_MAX     (64u << 20)
#define COLLECTOR_PAGES_MAX    1000
#define COLLECTOR_REQUESTS_MAX 20000 /* per run; of a live one: per publish */
#define COLLECTOR_POLL_MS      180000

struct reply {
    int status;
    const char *body; /* NUL-terminated, but for pieces */
    size_t len;
    bool more;              /* a piece of a 2xx reply: STEP_MORE, STEP_FAIL or STEP_EXPIRED */
    uint64_t hash;          /* hash_fast(body, len, 0), never 0; of pieces: 0 */
    int64_t taken_at;       /* when it arrived, wall clock ms */
    const struct err *err;  /* NULL for 2xx; else the session's sentence */
    const char *request_id; /* the manager's id of this request, or NULL */
    /* Of a command that was run, whose status is 200 then. */
    int exit_status;    /* -1: ended by a signal */
    const char *errout; /* standard error, sanitised, bounded; NULL: no command */
    const char *(*header)(const struct reply *r, const char *name); /* NULL: not there */
    /* All of a name (Set-Cookie): *i from 0; NULL at the end. NULL: header() has the only one. */
    const char *(*next_header)(const struct reply *r, const char *name, size_t *i);
    const void *impl;
};

/* What other tables of the same site already know; lists may be empty. */
struct run_hints {
    const char *const *vpcs;
    size_t nvpcs;
    const char *const *subnets;
    size_t nsubnets;
};

struct run {
    const struct config_endpoint *endpoint;
    const struct session_facts *facts;
    const struct run_hints *hints;
    int64_t now;         /* wall clock at the start of this step */
    struct arena *arena; /* freed when the run ends; of a live collector: at each publish, too */
    struct request request;
    int64_t wait_ms;
    int64_t interval_ms; /* how often is wanted now: the configured period, or a faster one */
    const char *scope;   /* on_demand: filters that are looked at, with blanks between; NULL: all */
    bool once;           /* a live collector ends (STEP_DONE) with its first complete table */
    void *state;         /* collector->state_size bytes, zeroed once, kept across runs */
    void *scratch;       /* for the collector: zero at the start of a run, in run->arena if it needs
                            memory */
    struct err err;
    enum freshness freshness; /* of what is published: FRESH_OK unless the step says PARTIAL */
    struct table_builder **builders; /* one per collector->tables; use run_table() */
    struct run_verdict *verdicts;    /* the same, or NULL: all are published as read; run_keep() */
    const struct collector *collector;
};

struct collector {
    const char *name;
    unsigned kinds;                     /* mask of enum endpoint_kind */
    const struct schema *const *tables; /* NULL-terminated; the first is the primary */
    int64_t interval_ms;                /* default poll period */
    int64_t timeout_ms;                 /* of a whole run */
    bool live;
    /* Of a live one: a run that is wanted `once` leaves this of its tables to another collector of
     * the kind (once_only), and its configured interval is not that of the run. */
    const struct schema *told;
    bool once_only;
    /* Heavy: read while somebody looks at its tables (engine_focus), when a person asks for it, and
     * by verbs that name one of its tables; not on a timer. */
    bool on_demand;
    /* Endpoints of these kinds (a mask) in its site know better: it is run while one of each kind
     * does not answer for the first table, or none is asked. */
    unsigned fallback_for;
    size_t state_size;
    void (*state_release)(void *state); /* NULL: nothing to free */
    enum step (*step)(struct run *run, const struct reply *reply);
};

/* What a session has learned about its endpoint; strings live as long as the session. */
struct session_facts {
    const char *product, *version, *role; /* for the endpoints table; NULL: not known */
    const char *account, *region;         /* aws */
    const char *org, *sddc, *sddc_name;   /* vmc */
    const char *site_path;                /* nsx: "/infra/sites/default" */
    const char *enforcement_point; /* nsx: "/infra/sites/default/enforcement-points/default" */
    bool on_vmc;
    const struct vsphere_facts *vsphere; /* vcenter: collectors/vcenter/facts.h */
};

/* The builder of one of the collector's tables. */
struct table_builder *run_table(struct run *run, const struct schema *schema);
/* This table was not read, unlike others that are published next: its rows stay as they are, under
 * a verdict of its own. @err may be NULL. */
void run_keep(struct run *run, const struct schema *schema, enum freshness f,
              const struct err *err);
/* For those who drive a run: the snapshot of table @i, which takes its builder. Afterwards
 * run->verdicts are to be forgotten. */
struct snapshot *run_finish(const struct run *run, size_t i, const struct err *err);
/* run->err = @err (or a sentence) and STEP_FAIL. */
enum step run_fail(struct run *run, const struct err *err);
enum step run_fail_proto(struct run *run, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Fill run->request with a GET of @path (printf, in the run's arena). Returns STEP_SEND. */
enum step run_get(struct run *run, enum service service, const char *label, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* A POST with a form body. Returns STEP_SEND. */
enum step run_post_form(struct run *run, enum service service, const char *label, const char *path,
                        const char *body);
/* Is this endpoint missing the call (404, 405, 501 or a product's word for it), not failing it? */
bool reply_not_offered(const struct reply *reply);

#endif
