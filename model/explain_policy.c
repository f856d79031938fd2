/* explain_policy: rules as the manager means them. */
#include "model/explain_priv.h"

#include <string.h>

void explain_policy_of(struct explain_ask *a, struct explain_hop *h, const char *site, int64_t id)
{
    struct explain_cursor at = {0};
    const struct row *found = NULL;
    const char *path, *policy, *rule;
    int64_t v;

    while (id >= 0 && explain_next(a->x, &table_rules, site, &at)) {
        if (!row_int(at.found.row, RULES_RULE_ID, &v) || v != id)
            continue;
        path = row_str(at.found.row, RULES_PATH);
        if (found && path && strcmp(path, row_str(found, RULES_PATH)) != 0) {
            explain_note(a,
                         "two managers have a rule %lld: which one host rules come from is not "
                         "known",
                         (long long)id);
            return;
        }
        found = at.found.row;
    }
    if (!found)
        return;
    policy = row_str(found, RULES_POLICY);
    rule = row_str(found, RULES_RULE);
    h->policy_rule = row_str(found, RULES_PATH);
    h->policy_name = arena_printf(a->arena, "%s / %s", policy ? policy : "-", rule ? rule : "-");
}
