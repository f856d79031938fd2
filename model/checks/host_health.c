/* host-health: no host has failed or lost its connection; one finding per cluster. */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

#include <string.h>

static const char *cluster_of(const struct row *r)
{
    const char *cluster = row_str(r, HOSTS_CLUSTER);

    return cluster ? cluster : row_text(r, SCHEMA_ENDPOINT);
}

static void report(const struct check_input *in, const char *cluster)
{
    struct finding *f = finding_add(in, SEV_CRITICAL, 0, cluster);
    const struct snapshot *s;
    const struct row *r, *first = NULL;
    size_t i = 0, all = 0;

    while ((r = check_next(in, &table_hosts, &i, &s)) != NULL) {
        if (strcmp(cluster_of(r), cluster) != 0)
            continue;
        all++;
        if (!check_host_trouble(r))
            continue;
        first = first ? first : r;
        finding_affected(f, row_text(r, HOSTS_HOST));
        if (finding_affected_count(f) <= 5)
            finding_evidence(f, "%s: %s, ENI %s (%s)", row_text(r, HOSTS_HOST),
                             check_host_trouble(r), check_cell(in, &table_hosts, r, HOSTS_ENI),
                             check_age(in, s));
    }
    if (finding_affected_count(f) == 1)
        finding_summary(f, "Host %s of %s: %s.", row_text(first, HOSTS_HOST), cluster,
                        check_host_trouble(first));
    else
        finding_summary(f, "%zu of %zu hosts of %s have failed or are not connected.",
                        finding_affected_count(f), all, cluster);
}

static void run(const struct check_input *in)
{
    const struct row *r, *before;
    size_t i = 0;

    while ((r = check_next(in, &table_hosts, &i, NULL)) != NULL) {
        size_t k = 0;
        bool done = false;

        if (!check_host_trouble(r))
            continue;
        while (!done && k < i - 1 && (before = check_next(in, &table_hosts, &k, NULL)) != NULL)
            done = check_host_trouble(before) && strcmp(cluster_of(before), cluster_of(r)) == 0;
        if (!done)
            report(in, cluster_of(r));
    }
}

static const struct schema *const tables[] = {&table_hosts, NULL};

const struct check check_host_health = {
    .name = "host-health",
    .title = N_("no host has failed or lost its connection"),
    .remedy =
        N_("On VMC a failed host is replaced by itself: watch the task (:changes 60m) and what "
           "ran on it. On premises: look at the host's management card, then reconnect it in "
           "vCenter."),
    .kinds = KIND_VMC | KIND_VCENTER,
    .tables = tables,
    .run = run,
};
