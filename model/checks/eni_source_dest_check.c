/*
 * eni-source-dest-check: the SDDC's ENIs forward packets of others, so AWS's check that an
 * interface is source or destination itself has to be off. That VMC always switches it off is not
 * documented, hence a warning and not more.
 */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

static bool is_on(const struct row *r)
{
    bool on = false;

    return row_present(r, ENIS_ROLE) && !row_is(r, ENIS_ROLE, "foreign") &&
           row_bool(r, ENIS_SOURCE_DEST_CHECK, &on) && on;
}

static void run(const struct check_input *in)
{
    struct finding *f = NULL;
    const struct snapshot *s, *seen = NULL;
    const struct row *r;
    size_t i = 0, active = 0;

    while ((r = check_next(in, &table_enis, &i, &s)) != NULL) {
        if (!is_on(r))
            continue;
        if (!f)
            f = finding_add(in, SEV_WARNING, 0, row_text(r, ENIS_VPC));
        finding_affected(f, row_text(r, ENIS_ENI));
        active += row_is(r, ENIS_ROLE, "active");
        seen = s;
    }
    if (!f)
        return;
    finding_evidence(f, "source/destination check is on for %zu ENIs, %zu of them active (%s)",
                     finding_affected_count(f), active, check_age(in, seen));
    finding_summary(f,
                    "AWS drops forwarded packets on %zu ENI%s of the SDDC: the "
                    "source/destination check is on%s.",
                    finding_affected_count(f), finding_affected_count(f) == 1 ? "" : "s",
                    active ? check_word(in, ", also on the active one") : "");
}

static const struct schema *const tables[] = {&table_enis, NULL};
static const struct schema *const optional[] = {&table_linked_vpcs, &table_sddcs, NULL};

const struct check check_eni_source_dest_check = {
    .name = "eni-source-dest-check",
    .title = N_("the source/destination check of the SDDC's ENIs is off"),
    .remedy =
        N_("AWS console: EC2 > Network Interfaces > Actions > Change source/dest. check; or aws "
           "ec2 modify-network-interface-attribute --no-source-dest-check. Find out who "
           "switched it on (CloudTrail)."),
    .kinds = KIND_AWS,
    .tables = tables,
    .optional = optional,
    .lenient = true,
    .run = run,
};
