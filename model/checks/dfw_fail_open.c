/* dfw-fail-open (FAIL_OPEN): filters of the distributed firewall are attached, and let nothing pass
 * when the firewall fails. */
#include "model/checks/checks.h"
#include "model/checks/dfw.h"
#include "model/checks/lookup.h"

#include "core/i18n.h"
#include "core/text.h"

static const char *trouble(const struct check_input *in, const struct row *r)
{
    const char *state = row_str(r, FILTERS_STATE);

    if (row_is(r, FILTERS_FAIL_POLICY, "failOpen"))
        return check_word(in, "lets everything pass when the firewall fails (failOpen)");
    if (state && !text_has_suffix(state, "Attached"))
        return check_text(in, "is not attached (%s)", state);
    return NULL;
}

static void run(const struct check_input *in)
{
    struct finding *f = NULL;
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_filters, &i, &s)) != NULL) {
        const char *why = dfw_is_card(r) ? trouble(in, r) : NULL;
        if (!why)
            continue;
        f = f ? f : finding_add(in, SEV_WARNING, 0, "filters");
        finding_affected(f, dfw_card(in, r));
        if (finding_affected_count(f) <= 5)
            finding_evidence(f, "%s %s (%s)", dfw_card(in, r), why, check_age(in, s));
    }
    if (f)
        finding_summary(f,
                        "%zu filters of the distributed firewall do not hold when it fails, or are "
                        "not attached (FAIL_OPEN).",
                        finding_affected_count(f));
}

static const struct schema *const tables[] = {&table_filters, NULL};

const struct check check_dfw_fail_open = {
    .name = "dfw-fail-open",
    .title = N_("filters of the distributed firewall are attached and fail closed"),
    .remedy =
        N_("Is failOpen configured for this host or machine? Then acknowledge this. Else look "
           "at the firewall's agent on the host (finding dfw-control-connection)."),
    .kinds = KIND_ESXI,
    .tables = tables,
    .lenient = true,
    .run = run,
};
