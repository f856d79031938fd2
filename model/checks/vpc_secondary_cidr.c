/* vpc-secondary-cidr: only the first block of the linked VPC is reachable over the ENI. */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

#include <string.h>

static bool is_linked(const struct check_input *in, const char *vpc)
{
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_enis, &i, NULL)) != NULL) {
        if (strcmp(row_text(r, ENIS_VPC), vpc) == 0 && row_present(r, ENIS_ROLE) &&
            !row_is(r, ENIS_ROLE, "foreign"))
            return true;
    }
    return false;
}

static void run(const struct check_input *in)
{
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_vpcs, &i, &s)) != NULL) {
        const struct cell_list *l = row_list(r, VPCS_SECONDARY_CIDRS);
        const char *vpc = row_text(r, VPCS_VPC);

        if (!l || !l->n || !is_linked(in, vpc))
            continue;
        struct finding *f = finding_add(in, SEV_OK, CHECK_INFO, vpc);
        for (size_t k = 0; k < l->n; k++)
            finding_affected(f, l->items[k]);
        finding_evidence(f, "%s: first block %s, further blocks %s (%s)", vpc,
                         check_cell(in, &table_vpcs, r, VPCS_CIDR), check_join(in, l, 8),
                         check_age(in, s));
        finding_summary(f, "%s of %s %s not reachable from the SDDC over the ENI.",
                        check_join(in, l, 3), vpc, l->n == 1 ? "is" : "are");
    }
}

static const struct schema *const tables[] = {&table_vpcs, &table_enis, NULL};

const struct check check_vpc_secondary_cidr = {
    .name = "vpc-secondary-cidr",
    .title = N_("further blocks of the linked VPC are not reachable over the ENI"),
    .remedy =
        N_("Put what the SDDC has to reach into the VPC's first block, or connect by a transit "
           "gateway. Acknowledge when it is known."),
    .kinds = KIND_AWS,
    .tables = tables,
    .run = run,
};
