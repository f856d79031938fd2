/*
 * collector_run: drives one collector as the engine does, but from replies in memory: no session,
 * no network, no clock. Shared by the fixture harness and the fuzz targets, so it asserts nothing;
 * what happened is in the struct.
 */
#ifndef HYCON_TESTS_SUPPORT_COLLECTOR_RUN_H
#define HYCON_TESTS_SUPPORT_COLLECTOR_RUN_H

#include "collectors/collector.h"
#include "core/strbuf.h"

#define COLLECTOR_RUN_TABLES 8
#define COLLECTOR_RUN_PIECE  1000
#define COLLECTOR_RUN_NOW    1795165200000 /* 2026-11-20T09:00:00Z */

struct canned_reply {
    const char *match; /* answers a request whose "METHOD path body" contains this; NULL: any */
    int status;        /* 0: 200; -1: no answer at all. What is not 2xx arrives with a sentence in
                          reply->err */
    const char *body;  /* NUL-terminated */
    size_t len;
    const char *const *headers; /* "Name: value", NULL-terminated; NULL: none */
    const struct err *err;      /* what the session made of it; NULL: made from the status */
};

struct collector_run {
    /* given */
    const struct collector *collector;
    const struct config_endpoint *endpoint;
    const struct session_facts *facts; /* NULL: nothing known */
    const struct run_hints *hints;     /* NULL: none */
    const struct canned_reply *replies;
    size_t nreplies;
    bool repeat;      /* every reply may be used again and again */
    int64_t later_ms; /* how long after COLLECTOR_RUN_NOW the run is */
    size_t piece;     /* bytes of a piece of a streamed reply; 0: COLLECTOR_RUN_PIECE */
    /* A live collector goes on after its first table, until nothing answers its long poll. */
    bool live;
    bool polls; /* others: the run is one of many, not the only one (run->once) */
    /* kept from run to run */
    void *state;
    struct snapshot *tables[COLLECTOR_RUN_TABLES]; /* as published, by collector->tables */
    /* results of the last run */
    enum step last;             /* STEP_DONE or STEP_FAIL; live: STEP_SEND when it waits for news */
    unsigned publishes, logins; /* logins: how often it said that the session is over */
    struct err err;
    struct strbuf requests;           /* one line each: METHOD path body */
    size_t nrequests, nwaits, unused; /* unused: replies that nobody asked for */
    bool streamed;                    /* a body was asked for in pieces */
    bool endless;                     /* more than COLLECTOR_REQUESTS_MAX requests: stopped */
};

/* Run once: from step(NULL) to DONE or FAIL. Call it again for the next poll. */
void collector_run(struct collector_run *r);
/* Forget tables and state, as a new console would. */
void collector_run_reset(struct collector_run *r);
void collector_run_release(struct collector_run *r);

/* Append all tables as text: a head line per table (freshness, error, note), the columns that have
 * a value in some row, the rows; tabs between cells, "-" for ABSENT. */
void collector_run_dump(const struct collector_run *r, struct strbuf *out);

#endif
