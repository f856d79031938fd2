/*
 * collector_harness: the test of a collector from its fixtures. One table row per case; the rest is
 * the same for every collector:
 *
 *   - the replies are fed in order and the tables, with the requests that were asked, are compared
 * with tests/fixtures/<collector>/<case>.tsv. GENERATE=1 writes that file: look at it before it is
 * committed.
 *   - a second poll with the same replies gives the same tables (kept blocks, remembered cursors);
 * it may ask less.
 *   - bad twins of every reply (tests/support/mutate.h), every failing status, and the same reply
 * for ever (a cursor that repeats) end in rows or in one clean sentence: no crash, no endless run,
 * and never a fresh table where a reply that is needed was cut off or was something else.
 *
 *   static const struct harness_reply attached[] = {{.file = "attached.xml"}, {0}};
 *   static const struct harness_case cases[] = {
 *       {.name = "attached", .collector = &collector_enis,
 *        .endpoint = "{name: linked, kind: aws, region: ap-northeast-1, vpc: vpc-1}",
 *        .replies = attached}};
 *   ... harness_check(&cases[i]) in a cmocka test; harness_check_twins(&cases[i]) in another.
 */
#ifndef HYCON_TESTS_SUPPORT_COLLECTOR_HARNESS_H
#define HYCON_TESTS_SUPPORT_COLLECTOR_HARNESS_H

#include "tests/support/collector_run.h"

struct harness_reply {
    const char *file;  /* below tests/fixtures/<collector>/; or ... */
    const char *body;  /* ... the text itself; both NULL ends the list unless there is a status */
    const char *match; /* answers only requests whose "METHOD path body" contains this; NULL: any */
    int status;        /* 0: 200 */
    enum err_kind kind; /* what the session made of it; ERR_NONE: from the status */
    const char *sentence;
    /* An enrichment: without it the table is still fresh. */
    bool optional;
};

struct harness_case {
    const char *name;
    const struct collector *collector;
    const char *endpoint; /* YAML of the endpoint, on one line */
    const struct session_facts *facts;
    const struct run_hints *hints;
    const struct harness_reply *replies; /* ends with {0} */
};

/* Compare with the expected tables; poll again. */
void harness_check(const struct harness_case *c);
/* Every bad twin. */
void harness_check_twins(const struct harness_case *c);

/* For tests of their own: a run ready to go, and its end. */
struct harness;
struct harness *harness_new(const struct harness_case *c);
struct collector_run *harness_run(struct harness *h);
void harness_free(struct harness *h);

#endif
