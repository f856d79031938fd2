/*
 * dfw: what the checks of the distributed firewall share: the realised rules filter by filter, and
 * the rules of the manager by number.
 *
 * Rules are compared by their number, which is the same in the manager, on hosts and in logs. Two
 * managers in one site number their rules alike: then nobody can say which one a host obeys, and
 * nothing is compared.
 */
#ifndef HYCON_MODEL_CHECKS_DFW_H
#define HYCON_MODEL_CHECKS_DFW_H

#include "model/checks/check.h"

#define DFW_AGENT "vmware-sfw"

/* The rows of host_rules of one filter. Walk from {0}. */
struct dfw_filter {
    const char *host, *filter;
    const struct snapshot *source;
    size_t first, n;    /* rows of source, in the order of keys */
    size_t table, next; /* where the walk is */
};

/* The next filter of this site whose rules are ok; false at the end. */
bool dfw_next(const struct check_input *in, struct dfw_filter *f);
/* Numbers of the rules of a filter: sorted, each once. The caller frees. Without internal ones, and
 * without those of layer 2: it is not verified that every manager lists its default one. */
int64_t *dfw_rule_ids(const struct dfw_filter *f, size_t *n);
bool dfw_has_id(const int64_t *ids, size_t n, int64_t id);
/* Is this row of filters one of the distributed firewall? */
bool dfw_is_card(const struct row *filter);
/* "esx-1: web-1.eth0" of a row of filters; lives until the run ends. */
const char *dfw_card(const struct check_input *in, const struct row *filter);
bool dfw_is_ok(const struct check_input *in, const struct snapshot *s); /* of this site, and ok */

struct dfw_intent;

/* The rules of the layer dfw; NULL when there are none or of two managers. The check declares rules
 * and policies. */
struct dfw_intent *dfw_intent_new(const struct check_input *in);
void dfw_intent_free(struct dfw_intent *d); /* NULL is fine */
size_t dfw_intent_count(const struct dfw_intent *d);
const struct row *dfw_intent_at(const struct dfw_intent *d, size_t i); /* by number */
const struct row *dfw_intent_find(const struct dfw_intent *d, int64_t id);
/* Must every filter have it: on, and neither it nor its policy names where it applies. */
bool dfw_is_everywhere(const struct dfw_intent *d, const struct row *rule);
/* Where it applies when not: paths of groups, or their names; NULL: it is off, or not known. */
const struct cell_list *dfw_scope(const struct dfw_intent *d, const struct row *rule);
/* "1006 (ssh to db)" */
const char *dfw_rule_name(const struct check_input *in, int64_t id, const struct row *rule);

#endif
