/*
 * check: one invariant as a pure function: an estate's tables in, findings out. One file per check
 * in this folder, one line in model/checks/registry.c; names, titles and remedies are declared
 * once, here, and the manual page hycon-checks(7) follows from them.
 *
 * A check sees one site at a time. It reports each violation with what was seen (evidence: values
 * and their ages) and what to do (remedy). When a table it needs is not ok it reports nothing
 * itself: the runner makes one `unknown` finding for it, hung below the endpoint that is the cause.
 * A violation that is normal for a moment (a failover converging) is reported with CHECK_TRANSIENT:
 * it stays a warning until it has persisted for the configured time.
 */
#ifndef HYCON_MODEL_CHECKS_CHECK_H
#define HYCON_MODEL_CHECKS_CHECK_H

#include "model/estate.h"
#include "model/tables.h"

struct check_run; /* where findings go; also memory for text */

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
};

struct check {
    const char *name;   /* "routes-follow"; stable, part of the finding's id */
    const char *title;  /* one line: what must hold */
    const char *remedy; /* default remedy, one or two sentences */
    unsigned
        kinds; /* the site needs endpoints of any of these kinds (mask); else it does not run */
    const struct schema *const *tables;   /* inputs that must be ok, NULL-terminated */
    const struct schema *const *optional; /* used when there, NULL-terminated or NULL */
    void (*run)(const struct check_input *in);
};

extern const struct check *const checks_all[]; /* NULL-terminated, alphabetical */

/* Report a violation. @subject: what it is about ("rtb-0c05 (custom-a)"). The returned handle takes
 * the rest; it is valid until the next call. */
struct finding;
struct finding *finding_add(const struct check_input *in, enum severity severity, unsigned flags,
                            const char *subject);
void finding_summary(struct finding *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* One evidence item ("main table rtb-1: 10.2.0.0/16 -> eni-2 (12 s ago)"); call repeatedly. */
void finding_evidence(struct finding *f, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void finding_affected(struct finding *f, const char *what);
void finding_remedy(struct finding *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* This finding is a symptom of another one: its check name and subject. */
void finding_caused_by(struct finding *f, const char *check, const char *subject);

/* ---- helpers for checks
 * -------------------------------------------------------------------------- */

/* Iterate rows of @schema in this site over all its endpoints: *i from 0; NULL at the end. */
const struct row *check_next(const struct check_input *in, const struct schema *schema, size_t *i,
                             const struct snapshot **source);
double check_threshold(const struct check_input *in, const char *name, double fallback);
/* "12s ago" of the snapshot a value came from. Valid until the run ends. */
const char *check_age(const struct check_input *in, const struct snapshot *s);

#endif
