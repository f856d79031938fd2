/*
 * replications: what checks of replications share. Many late VMs behind one link have one cause, so
 * findings are made per link; a replication whose link is not known is told by its target site.
 */
#ifndef HYCON_MODEL_CHECKS_REPLICATIONS_H
#define HYCON_MODEL_CHECKS_REPLICATIONS_H

#include "model/checks/check.h"

struct link_group {
    const char *link;
    const struct row **rows; /* the wanted ones */
    size_t n, cap, all;      /* all: of the link, wanted or not */
    const struct snapshot *source;
};

struct link_groups {
    struct link_group **at; /* those with wanted rows, in the order of their first one */
    size_t n, cap;
};

/* Is it disaster recovery at all? Those that HCX runs for a migration are not. */
bool replication_counts(const struct row *r);
const char *replication_vm(const struct row *r);
/* Replications that @wanted picks, by link. Then link_groups_release(). */
void link_groups_init(struct link_groups *g, const struct check_input *in,
                      bool (*wanted)(const struct row *r));
void link_groups_release(struct link_groups *g);
/* How it was measured: "db: RPO 30m, newest instance 45m old, a transfer is estimated to
 * take 24m (n=15)". */
const char *replication_facts(const struct check_input *in, const struct row *r);

#endif
