/*
 * rule-never-hit: a rule that nothing has met since it was last changed is either not needed or
 * behind another one that takes its traffic. Counters can be reset and start at zero with it, and
 * not every policy's counters have been read, so this is a hint and never a complaint.
 */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/firewall.h"
#include "model/checks/lookup.h"

static bool is_old(const struct check_input *in, const struct row *r)
{
    int64_t modified;

    return row_int(r, RULES_MODIFIED_AT, &modified) &&
           in->now - modified > (int64_t)check_threshold(in, "never_hit");
}

static void run(const struct check_input *in)
{
    struct rule_findings found = {0};
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_rules, &i, &s)) != NULL) {
        struct finding *f;
        int64_t hits;

        if (!rule_is_on(r) || rule_flag(r, RULES_IS_DEFAULT) || !row_int(r, RULES_HITS, &hits) ||
            hits != 0 || !is_old(in, r))
            continue;
        f = rule_findings_add(
            &found, in, SEV_OK, CHECK_INFO, rule_subject(in, r), rule_label(in, r),
            check_text(in, "0 hits at %s, last changed %s (%s)",
                       check_cell(in, &table_rules, r, RULES_HITS_AT),
                       check_cell(in, &table_rules, r, RULES_MODIFIED_AT), check_age(in, s)));
        if (f)
            finding_summary(f, "%zu rule%s of %s %s never hit since the counters began.",
                            finding_affected_count(f), finding_affected_count(f) == 1 ? "" : "s",
                            rule_subject(in, r), finding_affected_count(f) == 1 ? "was" : "were");
    }
}

static const struct schema *const tables[] = {&table_rules, NULL};

const struct check check_rule_never_hit = {
    .name = "rule-never-hit",
    .title = N_("every firewall rule that is on is met by traffic"),
    .remedy = N_("See whether rule-shadowed names it, and when the counters were reset; switch off "
                 "what nobody needs before it is removed."),
    .kinds = KIND_NSX | KIND_NSXV | KIND_VMC,
    .tables = tables,
    .lenient = true,
    .run = run,
};
