/* firewall: what the checks of firewall rules share. Text lives until the run ends. */
#ifndef HYCON_MODEL_CHECKS_FIREWALL_H
#define HYCON_MODEL_CHECKS_FIREWALL_H

#include "model/checks/check.h"

/* The list is the word ANY (of applied_to: DFW), or was not told. */
bool rule_list_is_any(const struct row *r, unsigned col);
/* The rule is on; a manager that does not say so means yes. */
bool rule_is_on(const struct row *r);
bool rule_flag(const struct row *r, unsigned col);
/* "three-tier / web-in (1017)". */
const char *rule_label(const struct check_input *in, const struct row *r);
/* "nsx dfw": endpoint and layer, what findings about rules are grouped by. */
const char *rule_subject(const struct check_input *in, const struct row *r);

/* One finding for each firewall of each manager, made when its first rule is found. */
#define RULE_FINDINGS_MAX 64
struct rule_findings {
    struct {
        const char *subject;
        struct finding *finding;
        unsigned long n;
    } items[RULE_FINDINGS_MAX];
    unsigned n;
};

/* Count a rule; the finding of its firewall, or NULL when there are too many. The first rules are
 * evidence (@why: what was seen of it), all are affected. */
struct finding *rule_findings_add(struct rule_findings *f, const struct check_input *in,
                                  enum severity severity, unsigned flags, const char *subject,
                                  const char *label, const char *why);

#endif
