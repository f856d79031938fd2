/* sddc-state: the VMC service holds every SDDC for ready. One that is being built is not a fault.
 */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

static bool is_well(const struct row *r)
{
    return row_is(r, SDDCS_STATE, "ready") || row_is(r, SDDCS_STATE, "deploying") ||
           row_is(r, SDDCS_STATE, "ready_for_glcm_bringup");
}

static struct finding *report(const struct check_input *in, const struct row *r,
                              const struct snapshot *s, enum severity severity, const char *name)
{
    struct finding *f = finding_add(in, severity, 0, name);

    finding_affected(f, name);
    finding_evidence(f, "%s (%s): %s (%s)", name, row_text(r, SDDCS_SDDC), row_text(r, SDDCS_STATE),
                     check_age(in, s));
    return f;
}

static void judge(const struct check_input *in, const struct row *r, const struct snapshot *s)
{
    const char *name = row_text(r, row_present(r, SDDCS_NAME) ? SDDCS_NAME : SDDCS_SDDC);

    if (row_is(r, SDDCS_STATE, "failed"))
        finding_summary(report(in, r, s, SEV_CRITICAL, name),
                        "The VMC service says that SDDC %s has failed.", name);
    else if (row_is(r, SDDCS_STATE, "deleted"))
        finding_summary(report(in, r, s, SEV_CRITICAL, name), "SDDC %s has been deleted.", name);
    else if (row_is(r, SDDCS_STATE, "deleting"))
        finding_summary(report(in, r, s, SEV_WARNING, name),
                        "SDDC %s is being deleted, with all that runs in it.", name);
    else if (row_is(r, SDDCS_STATE, "canceled"))
        finding_summary(report(in, r, s, SEV_WARNING, name),
                        "The deployment of SDDC %s was cancelled.", name);
    else
        finding_summary(report(in, r, s, SEV_UNKNOWN, name),
                        "The VMC service says '%s' of SDDC %s, which is no state that hycon knows.",
                        row_text(r, SDDCS_STATE), name);
}

static void run(const struct check_input *in)
{
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_sddcs, &i, &s)) != NULL) {
        if (row_present(r, SDDCS_STATE) && !is_well(r))
            judge(in, r, s);
    }
}

static const struct schema *const tables[] = {&table_sddcs, NULL};

const struct check check_sddc_state = {
    .name = "sddc-state",
    .title = N_("the VMC service holds the SDDC for ready"),
    .remedy = N_("VMC console: SDDC > Summary and Activity Log say what failed and who began it "
                 "(:changes 60m shows the tasks). A failed SDDC needs a support request."),
    .kinds = KIND_VMC,
    .tables = tables,
    .run = run,
};
