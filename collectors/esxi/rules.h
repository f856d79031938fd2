/*
 * rules: `vsipioctl getrules -f FILTER`, the rules that a host enforces for one network card, as
 * rows of host_rules; and `vsipioctl getrules -f FILTER -s`, their counters.
 *
 *   ruleset domain-c25 {
 *     # Filter rules
 *     rule 1006 at 1 inout protocol tcp from addrset ip-vm-33 to addrset ip-vm-36 port 22 accept
 *         with log;
 *   }
 *
 * (one line). What stands between "protocol" and the action has fixed places; the rest is optional,
 * in any order, and words that are not known are passed over: the line as printed is in `raw`. A
 * rule that breaks the fixed part keeps its number, place and raw text, and counts as not
 * understood. One rule of the manager is many lines, so ids repeat; a line "# internal # rule ..."
 * belongs to an application gateway. Older hosts print no indent, nsxcli prints no "at N": then the
 * place in the ruleset counts.
 *
 * Counters come as lines of their own, in the order of the rules over all rulesets, without the
 * place: they are read first, and are taken while the ids agree. Where they do not, counters are
 * ABSENT from there on: the rules changed in between.
 */
#ifndef HYCON_COLLECTORS_ESXI_RULES_H
#define HYCON_COLLECTORS_ESXI_RULES_H

#include "collectors/esxi/lines.h"
#include "collectors/esxi/words.h"

struct table_builder;

#define RULES_COLUMNS 32

struct rule_count {
    int64_t rule_id, evals, packets, bytes;
};

struct rule_counts {
    struct lines lines;
    struct rule_count *items;
    size_t n, cap;
};

void rule_counts_init(struct rule_counts *c);
void rule_counts_feed(struct rule_counts *c, const char *data, size_t len);
void rule_counts_end(struct rule_counts *c, bool whole);
void rule_counts_release(struct rule_counts *c);

struct rules {
    struct lines lines;
    struct table_builder *b;
    const char *host, *filter; /* in the block's arena */
    const struct rule_counts *counts;
    size_t next_count;
    bool counts_differ;  /* from some rule on */
    const char *ruleset; /* in the block's arena; NULL: outside of one */
    bool open;           /* between { and } */
    int64_t ordinal;     /* of the last rule in the ruleset */
    int64_t generation;  /* of the present ruleset; -1: none was printed */
    unsigned rulesets;
    struct interns *names;
    struct slice last[RULES_COLUMNS]; /* what each column said last */
};

/* Rows go to @b's present block (rows of other things may not be put there in between). @counts may
 * be NULL. */
void rules_init(struct rules *r, struct table_builder *b, const char *host, const char *filter,
                const struct rule_counts *counts);
void rules_feed(struct rules *r, const char *data, size_t len);
/* false: the output ends inside of a ruleset or a line, so rules are missing. */
bool rules_end(struct rules *r, bool whole);
void rules_release(struct rules *r);

#endif
