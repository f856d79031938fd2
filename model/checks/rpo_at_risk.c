/* rpo-at-risk: transfers take less than half of the RPO, so that it holds at every moment. */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"
#include "model/checks/replications.h"

#define SHOWN 5

static bool is_at_risk(const struct row *r)
{
    return row_is(r, REPLICATIONS_VERDICT, "at_risk") && row_present(r, REPLICATIONS_ESTIMATE_S);
}

/* @longest gets the smallest RPO that would hold for all of them. */
static void add_rows(const struct check_input *in, struct finding *f, const struct link_group *g,
                     int64_t *longest)
{
    int64_t ms;

    for (size_t i = 0; i < g->n; i++) {
        finding_affected(f, replication_vm(g->rows[i]));
        if (row_int(g->rows[i], REPLICATIONS_SMALLEST_RPO_S, &ms) && ms > *longest)
            *longest = ms;
        if (i < SHOWN)
            finding_evidence(
                f, "%s, smallest RPO that holds %s (%s)", replication_facts(in, g->rows[i]),
                check_cell(in, &table_replications, g->rows[i], REPLICATIONS_SMALLEST_RPO_S),
                check_age(in, g->source));
    }
}

static void report(const struct check_input *in, const struct link_group *g)
{
    struct finding *f = finding_add(in, SEV_WARNING, 0, g->link);
    const struct row *r = g->rows[0];
    int64_t longest = 0;

    add_rows(in, f, g, &longest);
    if (g->n > 1)
        finding_summary(f,
                        "%zu of %zu replications over %s need more than half of their RPO for a "
                        "transfer: they will be late.",
                        g->n, g->all, g->link);
    else
        finding_summary(f, "A transfer of %s takes %s, more than half of its RPO of %s.",
                        replication_vm(r),
                        check_cell(in, &table_replications, r, REPLICATIONS_ESTIMATE_S),
                        check_cell(in, &table_replications, r, REPLICATIONS_RPO_S));
    finding_remedy(f,
                   "Set an RPO of %s%s, or give the link bandwidth, or the VM%s fewer changes. At "
                   "most 1,440 min can be set.",
                   check_duration(in, longest),
                   g->n > 1 ? check_word(in, " (that holds for all of them)") : "",
                   g->n > 1 ? "s" : "");
}

static void run(const struct check_input *in)
{
    struct link_groups groups;

    link_groups_init(&groups, in, is_at_risk);
    for (size_t i = 0; i < groups.n; i++)
        report(in, groups.at[i]);
    link_groups_release(&groups);
}

static const struct schema *const tables[] = {&table_replications, NULL};

const struct check check_rpo_at_risk = {
    .name = "rpo-at-risk",
    .title = N_("transfers of replications take less than half of the RPO"),
    .remedy = N_("Set an RPO of twice the estimate, or give the link bandwidth."),
    .kinds = KIND_VCENTER | KIND_REPLICATION,
    .tables = tables,
    .lenient = true,
    .run = run,
};
