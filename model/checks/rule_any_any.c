/*
 * rule-any-any: a rule that lets everything pass makes every rule behind it pointless. On a gateway
 * that faces the Internet it is a hole; elsewhere it is how many estates run on purpose (the
 * distributed firewall's own default rule is one), so it is told and not complained about.
 */
#include <string.h>

#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/firewall.h"
#include "model/checks/lookup.h"

static bool passes_all(const struct row *r)
{
    const struct cell_list *entries = row_list(r, RULES_SERVICE_ENTRIES);

    return rule_is_on(r) && row_is(r, RULES_ACTION, "ALLOW") && row_list(r, RULES_SOURCES) &&
           row_list(r, RULES_DESTINATIONS) && row_list(r, RULES_SERVICES) &&
           rule_list_is_any(r, RULES_SOURCES) && rule_list_is_any(r, RULES_DESTINATIONS) &&
           rule_list_is_any(r, RULES_SERVICES) && (!entries || entries->n == 0) &&
           !row_present(r, RULES_PROFILES);
}

/* All uplinks include the Internet's. */
static bool faces_internet(const struct row *r)
{
    const struct cell_list *to = row_list(r, RULES_APPLIED_TO);

    return row_is(r, RULES_LAYER, "cgw") &&
           (list_has(to, "All Uplinks") || list_has(to, "Internet Interface"));
}

/* Where the rule is enforced: in the distributed firewall what its policy says takes precedence
 * over what it says itself, unless the policy is everywhere. */
static const struct cell_list *applied_to(const struct check_input *in, const struct row *rule)
{
    const char *path = row_str(rule, RULES_POLICY_PATH);
    const struct row *r;
    size_t i = 0;

    while (path && row_is(rule, RULES_LAYER, "dfw") &&
           (r = check_next(in, &table_policies, &i, NULL)) != NULL) {
        if (strcmp(row_text(r, POLICIES_PATH), path) != 0 ||
            strcmp(row_text(r, SCHEMA_ENDPOINT), row_text(rule, SCHEMA_ENDPOINT)) != 0)
            continue;
        return rule_list_is_any(r, POLICIES_APPLIED_TO) ? row_list(rule, RULES_APPLIED_TO)
                                                        : row_list(r, POLICIES_APPLIED_TO);
    }
    return row_list(rule, RULES_APPLIED_TO);
}

static void run(const struct check_input *in)
{
    struct rule_findings open = {0}, plain = {0};
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_rules, &i, &s)) != NULL) {
        const char *subject, *why;
        struct finding *f;

        if (!passes_all(r))
            continue;
        subject = rule_subject(in, r);
        why = check_text(in, "ANY -> ANY, all services, ALLOW, applied to %s (%s)",
                         check_join(in, applied_to(in, r), 4), check_age(in, s));
        if (faces_internet(r)) {
            subject = check_text(in, "%s Internet", subject);
            f = rule_findings_add(&open, in, SEV_WARNING, 0, subject, rule_label(in, r), why);
        } else {
            f = rule_findings_add(&plain, in, SEV_OK, CHECK_INFO, subject, rule_label(in, r), why);
        }
        if (f)
            finding_summary(f, "%zu rule%s of %s let everything pass.", finding_affected_count(f),
                            finding_affected_count(f) == 1 ? "" : "s", subject);
    }
}

static const struct schema *const tables[] = {&table_rules, NULL};
static const struct schema *const optional[] = {&table_policies, NULL};

const struct check check_rule_any_any = {
    .name = "rule-any-any",
    .title = N_("no firewall rule lets everything pass"),
    .remedy =
        N_("Name the sources, destinations or services that are meant; on a gateway that faces "
           "the Internet at once. Acknowledge where it is meant so."),
    .kinds = KIND_NSX | KIND_NSXV | KIND_VMC,
    .tables = tables,
    .optional = optional,
    .lenient = true,
    .run = run,
};
