/*
 * rpo: the newest instance of every replicated VM is younger than its RPO. Late is a warning in the
 * first cycle, and critical when a whole further cycle was missed or by rpo_late_critical. One
 * link, one finding: many late VMs have one cause.
 */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"
#include "model/checks/replications.h"

#include <stdlib.h>

#define SHOWN 5

static int64_t late_by(const struct row *r)
{
    int64_t late = 0;

    (void)row_int(r, REPLICATIONS_LATE_S, &late);
    return late;
}

static bool is_late(const struct row *r)
{
    return row_is(r, REPLICATIONS_VERDICT, "late") ||
           (row_is(r, REPLICATIONS_VERDICT, "full_sync") && late_by(r) > 0);
}

static enum severity severity_of(const struct check_input *in, const struct row *r)
{
    int64_t rpo = 0, late = late_by(r);

    (void)row_int(r, REPLICATIONS_RPO_S, &rpo);
    if ((double)late > check_threshold(in, "rpo_late_critical") || (rpo > 0 && late >= rpo))
        return SEV_CRITICAL;
    return SEV_WARNING;
}

static int worst_first(const void *a, const void *b)
{
    int64_t x = late_by(*(const struct row *const *)a), y = late_by(*(const struct row *const *)b);

    return (x < y) - (x > y);
}

static void say(const struct check_input *in, struct finding *f, const struct link_group *g)
{
    const struct row *worst = g->rows[0];
    const char *vm = replication_vm(worst);
    int64_t late = late_by(worst);
    const char *rpo = check_cell(in, &table_replications, worst, REPLICATIONS_RPO_S);

    if (g->n > 1)
        finding_summary(f, "%zu of %zu replications over %s are late; the worst, %s, by %s.", g->n,
                        g->all, g->link, vm,
                        late ? check_duration(in, late) : check_word(in, "an unknown time"));
    else if (late)
        finding_summary(f, "The newest recovery point of %s is %s older than its RPO of %s.", vm,
                        check_duration(in, late), rpo);
    else
        finding_summary(f, "%s misses its RPO of %s, says its manager.", vm, rpo);
}

/* Twice the estimate is what would hold; when that is no longer than the RPO, it is not the size
 * of the transfers. */
static void advise(const struct check_input *in, struct finding *f, const struct link_group *g)
{
    int64_t rpo, smallest;

    if (g->n > 1) {
        finding_remedy(f,
                       "One link, so look for one cause: bandwidth and loss to the other site, the "
                       "replication server, the hosts in front of it. Replication goes on while it "
                       "is late; nothing is lost but time.");
        return;
    }
    if (row_int(g->rows[0], REPLICATIONS_RPO_S, &rpo) &&
        row_int(g->rows[0], REPLICATIONS_SMALLEST_RPO_S, &smallest) && smallest > rpo)
        finding_remedy(f,
                       "Its transfers take more than half of the RPO: the smallest RPO that holds "
                       "is %s (at most 1,440 min can be set). Or give it bandwidth, or fewer "
                       "changes.",
                       check_duration(in, smallest));
}

static void report(const struct check_input *in, struct link_group *g)
{
    enum severity worst = SEV_WARNING;
    size_t full = 0;
    struct finding *f;

    qsort(g->rows, g->n, sizeof(struct row *), worst_first);
    for (size_t i = 0; i < g->n; i++) {
        enum severity s = severity_of(in, g->rows[i]);

        worst = s > worst ? s : worst;
        full += row_is(g->rows[i], REPLICATIONS_VERDICT, "full_sync");
    }
    f = finding_add(in, worst, 0, g->link);
    for (size_t i = 0; i < g->n; i++) {
        finding_affected(f, replication_vm(g->rows[i]));
        if (i < SHOWN)
            finding_evidence(f, "%s (%s)", replication_facts(in, g->rows[i]),
                             check_age(in, g->source));
    }
    say(in, f, g);
    advise(in, f, g);
    if (full == g->n)
        finding_caused_by(f, "replication-state", check_text(in, "%s: full sync", g->link));
}

static void run(const struct check_input *in)
{
    struct link_groups groups;

    link_groups_init(&groups, in, is_late);
    for (size_t i = 0; i < groups.n; i++)
        report(in, groups.at[i]);
    link_groups_release(&groups);
}

static const struct schema *const tables[] = {&table_replications, NULL};

const struct check check_rpo = {
    .name = "rpo",
    .title = N_("the newest instance of every replicated VM is younger than its RPO"),
    .remedy = N_("Look at what the transfers wait for: the state of the replication, the host, the "
                 "replication server, bandwidth to the other site. Replication goes on while it is "
                 "late."),
    .kinds = KIND_VCENTER | KIND_REPLICATION,
    .tables = tables,
    .lenient = true,
    .run = run,
};
