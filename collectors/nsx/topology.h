/*
 * topology: edge clusters and their nodes: the name, cluster and policy path of the transport node
 * that a gateway's state names by its UUID. The id in a path is an index, not the UUID; nsx_id is
 * (reference: NSX API 4.2). Read again when it is old or when somebody met a node that is not in
 * it, and kept between runs, because it changes rarely.
 *
 * The policy tree has the nodes in one list for each cluster. Beyond TOPOLOGY_ONE_BY_ONE clusters
 * the manager API's one list of all clusters and members is asked instead (it knows no paths, and
 * is not offered everywhere); failing that, at most TOPOLOGY_CLUSTERS_MAX lists are read.
 */
#ifndef HYCON_COLLECTORS_NSX_TOPOLOGY_H
#define HYCON_COLLECTORS_NSX_TOPOLOGY_H

#include "collectors/nsx/list.h"

#define TOPOLOGY_ONE_BY_ONE   4
#define TOPOLOGY_CLUSTERS_MAX 200
#define TOPOLOGY_AGE_MS       (10 * 60 * 1000)
#define TOPOLOGY_RETRY_MS     (60 * 1000)

struct nsx_edge {
    const char *id, *name, *cluster, *path; /* all but id may be NULL */
};

struct nsx_topology; /* in the state of a collector; NULL: nothing known */

void nsx_topology_free(struct nsx_topology *t); /* NULL is fine */
/* NULL: not known. */
const struct nsx_edge *nsx_topology_by_id(const struct nsx_topology *t, const char *id);
const struct nsx_edge *nsx_topology_by_path(const struct nsx_topology *t, const char *path);
size_t nsx_topology_count(const struct nsx_topology *t);
const struct nsx_edge *nsx_topology_at(const struct nsx_topology *t, size_t i);
/* Time to read it (again)? @wanted: somebody met a node that is not in it. */
bool nsx_topology_is_due(const struct nsx_topology *t, int64_t now, bool wanted);
/* Why names are missing; ERR_NONE: the last reading was complete. */
const struct err *nsx_topology_err(const struct nsx_topology *t);
/* Items of its lists that were no objects. */
unsigned nsx_topology_odd(const struct nsx_topology *t);
/* A hash of all of it: rows made with it change when this does. */
uint64_t nsx_topology_salt(const struct nsx_topology *t);

/* ---- reading it, as a part of a run ------------------------------------------------------------
 */

struct nsx_topology_reader; /* in the run's arena */

/* Fills run->request. *t is made when it is NULL; what is known stays until the end. */
struct nsx_topology_reader *nsx_topology_start(struct run *run, struct nsx_topology **t);
/* Like a collector's step: STEP_SEND, or STEP_DONE. If the cluster list could not be read, what was
 * known stays; clusters whose nodes could not be read are left out; nsx_topology_err() says why. */
enum step nsx_topology_step(struct run *run, struct nsx_topology_reader *r,
                            const struct reply *reply);

#endif
