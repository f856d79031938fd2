/* dfw-extra-on-host (EXTRA_ON_HOST): hosts enforce no rule that the manager does not have, or has
 * switched off. One finding for each host. */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/dfw.h"
#include "model/checks/lookup.h"

#include <stdlib.h>
#include <string.h>

static bool is_off(const struct row *rule)
{
    bool enabled;

    return row_bool(rule, RULES_ENABLED, &enabled) && !enabled;
}

static void judge_filter(const struct check_input *in, const struct dfw_intent *d,
                         const struct dfw_filter *at, struct finding **f)
{
    size_t n, extra = 0;
    int64_t *ids = dfw_rule_ids(at, &n);
    const char *first = NULL;

    for (size_t i = 0; i < n; i++) {
        const struct row *r = dfw_intent_find(d, ids[i]);
        if (r && !is_off(r))
            continue;
        if (!first)
            first = check_text(in, "%s, which is %s", dfw_rule_name(in, ids[i], r),
                               r ? check_word(in, "switched off")
                                 : check_word(in, "not in the manager"));
        extra++;
    }
    free(ids);
    if (!extra)
        return;
    if (!*f)
        *f = finding_add(in, SEV_WARNING, 0, at->host);
    finding_affected(*f, at->filter);
    if (finding_affected_count(*f) <= 5)
        finding_evidence(*f, "%s has %zu such rules, the first is %s (%s)", at->filter, extra,
                         first, check_age(in, at->source));
}

static void run(const struct check_input *in)
{
    struct dfw_intent *d = dfw_intent_new(in);
    struct dfw_filter at = {0};
    struct finding *f = NULL;
    const char *host = NULL;

    while (d && dfw_next(in, &at)) {
        if (!host || strcmp(host, at.host) != 0)
            f = NULL;
        host = at.host;
        judge_filter(in, d, &at, &f);
        if (f)
            finding_summary(f,
                            "%zu network cards on %s enforce rules that the manager does not have "
                            "(EXTRA_ON_HOST).",
                            finding_affected_count(f), host);
    }
    dfw_intent_free(d);
}

static const struct schema *const tables[] = {&table_rules, &table_policies, NULL};
static const struct schema *const heavy[] = {&table_host_rules, NULL};

const struct check check_dfw_extra_on_host = {
    .name = "dfw-extra-on-host",
    .title = N_("hosts enforce no firewall rule that the manager does not have"),
    .remedy = N_("The host did not get the last change: look at its connection to NSX (finding "
                 "dfw-control-connection), then publish the policy again."),
    .kinds = KIND_ESXI,
    .tables = tables,
    .heavy = heavy,
    .lenient = true,
    .run = run,
};
