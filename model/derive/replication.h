/*
 * replication: does a replication hold its recovery point objective?
 *
 * A cycle must end within half the RPO: an instance shows the VM as it was when its transfer began,
 * and while the next one is on its way the last one must still be young enough. The scheduler of
 * the product expects a transfer to take as long as the last 15 did on average, and a fifth more;
 * so does this. That gives the warning before the first violation.
 *
 *   late       the newest instance is older than the RPO, or the manager says so
 *   at_risk    the estimate is above half the RPO, or the replication has failed and is not late
 * yet full_sync  everything is compared again; the lag is shown beside it paused     by a person
 *   unknown    nothing to judge by, or nothing was heard for longer than the RPO
 *
 * Replications that HCX runs to migrate a VM are no disaster recovery: they have no verdict.
 */
#ifndef HYCON_MODEL_DERIVE_REPLICATION_H
#define HYCON_MODEL_DERIVE_REPLICATION_H

#include "model/samples.h"

#include <stdbool.h>
#include <stdint.h>

#define REPLICATION_SAMPLES 15
#define REPLICATION_RPO_MAX (1440 * 60000LL) /* the largest RPO that can be set */

/* What a manager's word for the state says. */
struct replication_state {
    bool known, violated, full_sync, initial, paused, failed, over; /* over: recovered elsewhere */
};

struct replication_seen {
    int64_t now;
    int64_t rpo_ms;           /* 0: not known */
    int64_t last_instance_at; /* 0: not known */
    int64_t violation_ms;     /* what the manager says; -1: nothing */
    int64_t estimate_ms;      /* -1: no transfer was seen */
    bool holds;               /* the manager said that it holds its RPO again */
    struct replication_state state;
};

struct replication_verdict {
    const char *verdict;     /* NULL: none is due */
    int64_t lag_ms;          /* -1: not known */
    int64_t late_ms;         /* -1: not late, or not known by how much */
    int64_t smallest_rpo_ms; /* -1: not known */
    int64_t due_at;          /* when time alone changes the verdict; 0: never */
};

struct replication_state replication_state(const char *word); /* NULL: not known */
/* 1.2 times the mean, in ms; -1 without samples. */
int64_t replication_estimate(const struct sample_series *transfers);
struct replication_verdict replication_judge(const struct replication_seen *s);

#endif
