/*
 * rule_stats: what rules were hit by, from the statistics call of their policy. One call for each
 * policy, so a run makes RULE_STATS_MAX of them at most, in turn through all policies; each answer
 * is kept with its time until the next one. One rule may be several inside NSX (on several
 * gateways, on several enforcement points): their counters are added up (reference: NSX API 5.3).
 */
#ifndef HYCON_COLLECTORS_NSX_RULE_STATS_H
#define HYCON_COLLECTORS_NSX_RULE_STATS_H

#include "collectors/nsx/objects.h"

#define RULE_STATS_MAX      64
#define RULE_STATS_FAILURES 4 /* in a row: no more are asked for in this run */

struct nsx_rule_stats; /* in the state of a collector; NULL: nothing known */

struct nsx_hits {
    int64_t hits, packets, bytes, sessions; /* -1: not told */
    int64_t at;
};

void nsx_rule_stats_free(struct nsx_rule_stats *s); /* NULL is fine */
/* Starts to read those of some of @policies; fills run->request. STEP_SEND, or STEP_DONE when there
 * are none. */
enum step nsx_rule_stats_start(struct run *run, struct nsx_rule_stats **s,
                               const struct nsx_objects *policies);
/* Like a collector's step: STEP_SEND, or STEP_DONE. */
enum step nsx_rule_stats_step(struct run *run, struct nsx_rule_stats *s,
                              const struct nsx_objects *policies, const struct reply *reply);
/* Why hits are missing, after a run; nothing is added when none are. */
void nsx_rule_stats_note(const struct nsx_rule_stats *s, struct table_builder *b);
/* Counters of a rule, or of all rules of a policy (@rule NULL). False: not known. */
bool nsx_rule_stats_get(const struct nsx_rule_stats *s, const char *policy, const char *rule,
                        struct nsx_hits *out);
/* Changes when the counters of this policy do; 0: none are known. */
uint64_t nsx_rule_stats_salt(const struct nsx_rule_stats *s, uint64_t policy);
uint64_t nsx_rule_stats_id(const char *policy); /* the @policy of nsx_rule_stats_salt() */

#endif
