/*
 * merge: two endpoints may report the same object: a direct nsx endpoint and the vmc proxy of one
 * SDDC, or two aws endpoints on one VPC. Every row is shown once:
 *
 *  - a row that was read now hides one that is only remembered: among the endpoints that have the
 *    key, those whose snapshot is good count; only when none is, the others do;
 *  - of these, the first in the configuration is the row's home, so that its identity (site,
 *    endpoint, key) does not move with every poll;
 *  - its cells are those of the snapshot that was taken last;
 *  - `via` names all of them.
 *
 * Which endpoints speak of the same objects is said by `group`: ids of AWS are unique, paths of
 * NSX only within one manager (model/identity.h).
 */
#ifndef HYCON_MODEL_DERIVE_MERGE_H
#define HYCON_MODEL_DERIVE_MERGE_H

#include "core/snapshot.h"

#include <stdbool.h>
#include <stddef.h>

#define MERGE_VIA_MAX 16 /* more endpoints on one object are merged, but not named */

struct merge {
    const struct snapshot *const *sources; /* in the order of the configuration */
    const unsigned *groups;                /* of each source */
    size_t n;
};

struct merge_row {
    const struct row *row; /* where the cells come from */
    const struct snapshot *from;
    bool hidden; /* another endpoint is the row's home */
    const char *via[MERGE_VIA_MAX];
    size_t nvia;
};

/* What becomes of @row of source @i. */
void merge_row(const struct merge *m, size_t i, const struct row *row, struct merge_row *out);

#endif
