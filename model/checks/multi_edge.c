/*
 * multi-edge: in prefix list mode the shared list holds the networks of the default traffic group
 * alone. What further groups carry has routes of its own, which custom tables have to get by hand.
 */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

static void run(const struct check_input *in)
{
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_linked_vpcs, &i, &s)) != NULL) {
        const struct cell_list *l = row_list(r, LINKED_VPCS_TRAFFIC_GROUPS);

        if (!row_is(r, LINKED_VPCS_MODE, "prefix_list") || !l || l->n < 2)
            continue;
        struct finding *f = finding_add(in, SEV_OK, CHECK_INFO, row_text(r, LINKED_VPCS_VPC));
        for (size_t k = 0; k < l->n; k++)
            finding_affected(f, l->items[k]);
        finding_evidence(f, "%s: mode prefix_list, %zu traffic groups: %s (%s)",
                         row_text(r, LINKED_VPCS_VPC), l->n, check_join(in, l, 6),
                         check_age(in, s));
        finding_summary(f,
                        "%s has %zu traffic groups, but its prefix list covers the default one "
                        "alone: custom route tables need routes of their own for the others.",
                        row_text(r, LINKED_VPCS_VPC), l->n);
    }
}

static const struct schema *const tables[] = {&table_linked_vpcs, NULL};

const struct check check_multi_edge = {
    .name = "multi-edge",
    .title = N_("the prefix list covers every traffic group"),
    .remedy =
        N_("Add the networks of the further groups to every custom route table that needs them, "
           "and keep them up to date after a failover; acknowledge when that is done."),
    .kinds = KIND_VMC,
    .tables = tables,
    .run = run,
};
