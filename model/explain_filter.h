/*
 * explain_filter: the realised rules of one network card, parsed once, and what becomes of a packet
 * there.
 *
 * The first match wins. Rules that may match (they depend on what was not asked, or on data that
 * was not read) stand in the way only when they would do something else than the first certain
 * match: "accept if it is SSL" before "accept any" changes nothing. So the walk goes on to the
 * first certain match, and the verdict is certain when all that may come before it agree.
 *
 * L2 and L3 rules are separate rulesets; a packet must pass both. More than one L3 ruleset on one
 * card was not seen; should it happen, each must let the packet pass.
 */
#ifndef HYCON_MODEL_EXPLAIN_FILTER_H
#define HYCON_MODEL_EXPLAIN_FILTER_H

#include "model/explain_rule.h"

enum explain_verdict {
    EXPLAIN_ALLOW,
    EXPLAIN_DEPENDING,
    EXPLAIN_NOT_KNOWN,
    EXPLAIN_DROPPED,
    EXPLAIN_REJECTED,
};

/* "allow" "depends" "unknown" "drop" "reject" */
const char *explain_verdict_name(enum explain_verdict v);

struct explain_filter;

/* @rules: host_rules, @sets: addrsets of the same host (NULL or not read: what needs a set is
 * unknown). Both are borrowed. */
struct explain_filter *explain_filter_new(const char *host, const char *filter,
                                          const struct snapshot *rules,
                                          const struct snapshot *sets);
void explain_filter_free(struct explain_filter *f); /* NULL is fine */
size_t explain_filter_count(const struct explain_filter *f);
/* Rows of host_rules by (host, filter): the first one and their number. */
size_t explain_filter_rows(const struct snapshot *s, const char *host, const char *filter,
                           size_t *first);

struct explain_skipped {
    const struct explain_rule *rule;
    struct explain_answer answer;
};

struct explain_walk {
    enum explain_verdict verdict;
    const struct explain_rule *rule; /* decides, or is the first that nobody can decide; or NULL */
    struct explain_answer answer;    /* of that rule */
    const struct explain_rule *next; /* the certain match behind it, when @rule is not certain */
    const char *gap;                 /* partial data: the rules that are missing before @rule */
    const char *ruleset;             /* that decided */
};

/* @skipped (may be NULL) gets every rule before the deciding one, in order: at least
 * explain_filter_count() places; *nskipped their number. */
void explain_filter_walk(struct explain_filter *f, const struct explain_packet *p,
                         struct explain_walk *out, struct explain_skipped *skipped,
                         size_t *nskipped);

#endif
