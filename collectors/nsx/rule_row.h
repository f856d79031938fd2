/*
 * rule_row: rows of the tables rules and policies from NSX's Rule, SecurityPolicy and
 * GatewayPolicy.
 *
 * What a rule names by a path is shown by its name where the path resolves, else as the path; the
 * manager's own list is kept beside it (source_paths ...) when it has a path in it, because names
 * are not unique. Order of evaluation: category, then the policy's number, then the rule's
 * (reference: NSX API 5.1).
 */
#ifndef HYCON_COLLECTORS_NSX_RULE_ROW_H
#define HYCON_COLLECTORS_NSX_RULE_ROW_H

#include "collectors/nsx/objects.h"
#include "collectors/nsx/rule_stats.h"

/* What is kept of a policy: nsx_object.more. */
struct nsx_policy {
    const char *category, *modified_by, *schedule;
    const char **scope; /* NULL-terminated; NULL: none */
    const char *layer;  /* what its rules say, when its path does not; constant text or NULL */
    int64_t sequence, internal_sequence, rule_count, modified_at; /* -1: not told */
    int stateful;                                                 /* -1: not told */
};

/* What rows are made with. */
struct nsx_rule_names {
    const struct nsx_objects *policies, *names; /* names: of groups and services */
    const struct nsx_rule_stats *stats;
    /* The policies of the page that is being made, or NULL. */
    void (*seen)(void *arg, const char *policy);
    void *seen_arg;
    const struct nsx_object *last; /* policy of the rule before: mostly the same */
};

/* The nsx_object.more of a policy: a struct nsx_policy in @a; what is not told is -1 or NULL. */
void *nsx_policy_more(struct arena *a, struct json_object *o);
/* An nsx_row_fn; @arg is a struct nsx_rule_names. */
void nsx_rule_row(void *arg, struct table_builder *b, struct json_object *o);
void nsx_policy_row(const struct nsx_rule_names *n, struct table_builder *b,
                    const struct nsx_object *policy);

#endif
