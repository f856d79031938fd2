/*
 * eni-source-dest-check: the SDDC's ENIs forward packets of others, so AWS's check that an
 * interface is source or destination itself has to be off. Traffic passes through the active one
 * alone, and that VMC switches it off earlier is not documented: of the others it is a note.
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

static size_t count_active(const struct check_input *in)
{
    const struct row *r;
    size_t i = 0, n = 0;

    while ((r = check_next(in, &table_enis, &i, NULL)) != NULL)
        n += is_on(r) && row_is(r, ENIS_ROLE, "active");
    return n;
}

static void run(const struct check_input *in)
{
    struct finding *f = NULL;
    const struct snapshot *s, *seen = NULL;
    const struct row *r;
    size_t i = 0, active = count_active(in);

    while ((r = check_next(in, &table_enis, &i, &s)) != NULL) {
        if (!is_on(r))
            continue;
        if (!f)
            f = finding_add(in, SEV_WARNING, active ? 0 : CHECK_INFO, row_text(r, ENIS_VPC));
        finding_affected(f, row_text(r, ENIS_ENI));
        seen = s;
    }
    if (!f)
        return;
    finding_evidence(f, "source/destination check is on for %zu ENIs, %zu of them active (%s)",
                     finding_affected_count(f), active, check_age(in, seen));
    if (active)
        finding_summary(f,
                        "AWS drops forwarded packets on %zu ENI%s of the SDDC: the "
                        "source/destination check is on%s.",
                        finding_affected_count(f), finding_affected_count(f) == 1 ? "" : "s",
                        check_word(in, ", also on the active one"));
    else
        finding_summary(f,
                        "The source/destination check is on for %zu ENI%s of the SDDC, none of "
                        "them active: none forwards packets now.",
                        finding_affected_count(f), finding_affected_count(f) == 1 ? "" : "s");
}

static const struct schema *const tables[] = {&table_enis, NULL};
static const struct schema *const optional[] = {&table_linked_vpcs, &table_sddcs, NULL};

const struct check check_eni_source_dest_check = {
    .name = "eni-source-dest-check",
    .title = N_("the source/destination check of the SDDC's ENIs is off"),
    .remedy = N_("The ENIs are VMC's: find out who switched it on (CloudTrail, "
                 "ModifyNetworkInterfaceAttribute), and ask VMware support before it is changed by "
                 "hand (aws ec2 modify-network-interface-attribute --no-source-dest-check)."),
    .kinds = KIND_AWS,
    .tables = tables,
    .optional = optional,
    .lenient = true,
    .run = run,
};
