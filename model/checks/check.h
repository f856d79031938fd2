/*
 * check: one invariant as a pure function: an estate's tables in, findings out. One file per check
 * in this folder, one line in model/checks/registry.c; names, titles and remedies are declared
 * once, here, and the manual page hycon-checks(7) follows from them.
 *
 * A check sees one site at a time. It reports each violation with what was seen (evidence: values
 * and their ages) and what to do (remedy). When a table it needs is not ok it reports nothing
 * itself: the runner makes one `unknown` finding for it, hung below the endpoint that is the cause.
 * A check reads the tables it declares and the table endpoints, nothing else: while they are the
 * same and nothing was wrong it is not run again. One that also depends on the time declares none.
 * A violation that is normal for a moment (a failover converging) is reported with CHECK_TRANSIENT:
 * it stays a warning until it has persisted for the configured time.
 */
#ifndef HYCON_MODEL_CHECKS_CHECK_H
#define HYCON_MODEL_CHECKS_CHECK_H

#include "model/estate.h"
#include "model/tables.h"

#include <stdbool.h>

struct check_run; /* where findings go; also memory for text */
struct config_site;

struct check_input {
    const struct estate *estate;
    const struct config *config;
    const struct config_site *site;
    int64_t now;
    struct check_run *run;
};

enum check_flags {
    CHECK_TRANSIENT = 1, /* warning until it persists (threshold "converge") */
    CHECK_INFO = 2,      /* never worse than ok: a fact worth knowing, severity ok */
    /* With CHECK_TRANSIENT: the sample itself shows that the change is over (all else has
     * followed), so what was already there at the first look need not persist. */
    CHECK_SETTLED = 4,
};

struct check {
    const char *name;   /* "routes-follow"; stable, part of the finding's id */
    const char *title;  /* one line: what must hold */
    const char *remedy; /* default remedy, one or two sentences */
    unsigned
        kinds; /* the site needs endpoints of any of these kinds (mask); else it does not run */
    const struct schema *const *tables; /* inputs: must be served and ok; NULL-terminated or NULL */
    /* More inputs: a site without an endpoint that serves one is judged without it, but where one
     * is served it must be ok, too. NULL-terminated or NULL. */
    const struct schema *const *optional;
    /* More inputs that are read only for what is being looked at: what was never read of them is
     * not missing, it is not judged. Where some was read it must be ok. NULL-terminated or NULL. */
    const struct schema *const *heavy;
    /* What is missing can only hide violations, never make one up: the check runs on what is ok,
     * besides the `unknown` finding about the rest. */
    bool lenient;
    void (*run)(const struct check_input *in);
};

extern const struct check *const checks_all[]; /* NULL-terminated, alphabetical */

/* Report a violation. @subject: what it is about ("rtb-0c05 (custom-a)"); what follows the first
 * " (" is for people and no part of the finding's id, so that renaming does not make it a new one.
 * The returned handle takes the rest; it is valid until the run ends. */
struct finding;
struct finding *finding_add(const struct check_input *in, enum severity severity, unsigned flags,
                            const char *subject);
void finding_summary(struct finding *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* One evidence item ("main table rtb-1: 10.2.0.0/16 -> eni-2 (12 s ago)"); call repeatedly. */
void finding_evidence(struct finding *f, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void finding_affected(struct finding *f, const char *what);
size_t finding_affected_count(const struct finding *f);
void finding_remedy(struct finding *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* This finding is a symptom of another one: its check name and subject. */
void finding_caused_by(struct finding *f, const char *check, const char *subject);

/* ---- helpers for checks
 * -------------------------------------------------------------------------- */

/* Iterate rows of @schema in this site over all its endpoints: *i from 0; NULL at the end. Rows of
 * snapshots that are not ok are left out (but for the table endpoints, which is about them). */
const struct row *check_next(const struct check_input *in, const struct schema *schema, size_t *i,
                             const struct snapshot **source);
/* A threshold of kinds_threshold_keys as configured, else its default; durations in ms. */
double check_threshold(const struct check_input *in, const char *name);
double check_endpoint_threshold(const struct check_input *in, const char *endpoint,
                                const char *name);
/* Where a value came from and how old it is: "aws-tokyo, 12s ago". Valid until the run ends. */
const char *check_age(const struct check_input *in, const struct snapshot *s);
/* "3m00s". Valid until the run ends. */
const char *check_duration(const struct check_input *in, int64_t ms);
/* First polls are still running: what was never read is not missing yet. */
bool check_collecting(const struct check_input *in);
/* The value @what had when it was first seen in this site; remembered across restarts. */
int64_t check_first_seen(const struct check_input *in, const char *what, int64_t now_value);
/* Text that lives until the run ends. */
const char *check_text(const struct check_input *in, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* A word or sentence of the console as an argument of the above: shown in the reader's language.
 * One that is not written here is marked N_() where it is. NULL stays NULL. */
const char *check_word(const struct check_input *in, const char *word);

#endif
