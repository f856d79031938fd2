/*
 * identity: who is who across managers, decided here and nowhere else.
 *
 * Managers: two endpoints of a site are the same NSX when both know the same transport node (their
 * ids are UUIDs, so a second manager cannot have them), when they are configured for the same
 * SDDC, or when one is the address that VMC names for the other. Paths (/infra/tier-1s/cgw/...) say
 * nothing: every SDDC has the same ones. What was seen once holds while the process lives.
 *
 * Host of an edge: the edge's VM -> the host that vCenter says it runs on, by the instance UUID;
 * or, without a vCenter, -> the NSX node it runs on -> the host, by discovered node id, management
 * address or FQDN in lower case; never by the short name. A join with two answers is no
 * answer: the cell stays ABSENT and host_join says why.
 *
 * Edge over SSH: the transport node UUID that the edge says of itself, else its management address;
 * its gateways by the UUID of the service router, which NSX Manager lists for each node.
 */
#ifndef HYCON_MODEL_IDENTITY_H
#define HYCON_MODEL_IDENTITY_H

#include "model/view.h"

struct arena;

/* How edges.host_join begins when only the link says which host the active edge is on. Whoever
 * compares that host with the active ENI compares a thing with itself. */
#define EDGES_JOIN_BY_ENI "active ENI of the traffic group"

struct identity_managers;

struct identity_managers *identity_managers_new(const struct config_site *site);
void identity_managers_free(struct identity_managers *m); /* NULL is fine */
/* Is there a site where it must be learned whether two endpoints speak for one NSX? */
bool identity_managers_differ(const struct config *c);
extern const struct schema *const identity_manager_tables[]; /* that tell; NULL-terminated */
/* Look at the raw tables of an update. True when two endpoints turned out to be the same. */
bool identity_managers_learn(struct identity_managers *m, const struct view *raw);
/* Endpoints with the same number are the same manager. Unknown names have numbers of nobody. */
unsigned identity_manager(const struct identity_managers *m, const char *endpoint);

/* ---- hosts --------------------------------------------------------------------------------------
 */

struct identity_hosts;

/* Index the good rows of hosts, vms, nsx_nodes and nsx_vms; lives in @arena with borrowed rows. The
 * maps are freed by _release. */
struct identity_hosts *identity_hosts_new(const struct view *v, struct arena *arena);
void identity_hosts_release(struct identity_hosts *h);

struct identity_match {
    const char *host;      /* name as shown; NULL: unknown */
    const struct row *row; /* of hosts; NULL: no such row, or not unambiguous */
    const char *join;      /* which join decided, or why none did; never NULL */
};

/* The host that the edge of @edge (a row of edges) runs on, by its VM. */
struct identity_match identity_edge_host(const struct identity_hosts *h, const struct row *edge);
/* The host that has this ENI in the customer's account (VMC xeni_info); row NULL: none or two. */
struct identity_match identity_eni_host(const struct identity_hosts *h, const char *eni);

/* ---- edges --------------------------------------------------------------------------------------
 */

struct identity_edges;

/* Index the good rows of edges, and of edge_status by endpoint; as for hosts. */
struct identity_edges *identity_edges_new(const struct view *v, struct arena *arena);
void identity_edges_release(struct identity_edges *e); /* NULL is fine */

struct identity_edge {
    const char *id, *name; /* as NSX Manager has them; NULL: unknown */
    const char *said;      /* the UUID that the edge says it has; NULL: not read */
    const struct row *row; /* of edges; NULL: none, or two */
    const char *join;      /* how, or why not; never NULL */
};

/* The edge that is reached through @endpoint (of kind edge) as @host: by the UUID that it says of
 * itself; where that was not read, by the management address, when it is configured by address.
 * A UUID that NSX Manager does not know is nobody, whatever the address. */
struct identity_edge identity_edge_at(const struct identity_edges *e, const char *endpoint,
                                      const char *host);
/* The edge with this transport node UUID. */
struct identity_edge identity_edge_named(const struct identity_edges *e, const char *id);

#endif
