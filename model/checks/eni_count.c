/*
 * eni-count: as many ENIs in use as Cluster-1 has hosts, and as many in all as were seen first. How
 * many there are in all is not known in advance (16, 17 or more), and idle ones are the spares of
 * hosts to come: only a change is worth a word.
 */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

#include <string.h>

struct tally {
    const char *sddc, *name;
    int64_t total, in_use, hosts, ready;
    const struct snapshot *enis, *told;
};

/* An ENI without a known SDDC belongs to the one there is. */
static void count_enis(const struct check_input *in, struct tally *t)
{
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_enis, &i, &t->enis)) != NULL) {
        const char *sddc = row_str(r, ENIS_SDDC);

        if (!row_present(r, ENIS_ROLE) || row_is(r, ENIS_ROLE, "foreign"))
            continue;
        if (sddc && t->sddc && strcmp(sddc, t->sddc) != 0 && strcmp(sddc, t->name) != 0)
            continue;
        t->total++;
        t->in_use += row_is(r, ENIS_STATUS, "in-use");
    }
}

static bool told_by(const struct row *r, const struct snapshot *s, const char *endpoint)
{
    return strcmp(snapshot_endpoint(s), endpoint) == 0 ||
           list_has(row_list(r, HOSTS_VIA), endpoint);
}

/* Hosts as VMC lists them: what its vCenter alone knows is not among them. */
static void count_hosts(const struct check_input *in, const struct row *sddc,
                        const struct snapshot *source, struct tally *t)
{
    const char *cluster = row_str(sddc, SDDCS_CLUSTER_1);
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0;

    while (cluster && (r = check_next(in, &table_hosts, &i, &s)) != NULL) {
        if (!told_by(r, s, snapshot_endpoint(source)) ||
            strcmp(row_text(r, HOSTS_CLUSTER), cluster) != 0)
            continue;
        t->told = s;
        t->hosts++;
        t->ready += row_is(r, HOSTS_STATE, "ready");
    }
}

static const char *total_subject(const struct check_input *in, const struct tally *t)
{
    return check_text(in, "%s: total", t->name);
}

/* The VPC whose active ENI, by NSX, is among those that are gone; NULL: none. */
static const char *lost_active(const struct check_input *in)
{
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_linked_vpcs, &i, NULL)) != NULL) {
        const struct cell_list *active = row_list(r, LINKED_VPCS_ACTIVE_ENIS);

        for (size_t k = 0; active && k < active->n; k++) {
            if (!check_eni(in, active->items[k]))
                return row_text(r, LINKED_VPCS_VPC);
        }
    }
    return NULL;
}

/* While a host is replaced its ENI is in use or not: both are fine. */
static void judge_hosts(const struct check_input *in, const struct tally *t)
{
    if (!t->hosts || (t->in_use >= t->ready && t->in_use <= t->hosts))
        return;
    struct finding *f = finding_add(in, SEV_WARNING, 0, t->name);
    finding_evidence(f, "%lld ENIs in use of %lld (%s)", (long long)t->in_use, (long long)t->total,
                     check_age(in, t->enis));
    finding_evidence(f, "%lld hosts in the first cluster, %lld of them ready (%s)",
                     (long long)t->hosts, (long long)t->ready, check_age(in, t->told));
    finding_summary(f, "%s has %lld ENIs in use, but %lld hosts in its first cluster.", t->name,
                    (long long)t->in_use, (long long)t->hosts);
    if (t->in_use < t->ready && t->total < check_first_seen(in, t->name, t->total))
        finding_caused_by(f, "eni-count", total_subject(in, t));
}

static void judge_total(const struct check_input *in, const struct tally *t)
{
    int64_t first = check_first_seen(in, t->name, t->total);

    if (t->total == first)
        return;
    bool fewer = t->total < first;
    struct finding *f = finding_add(in, SEV_WARNING, fewer ? 0 : CHECK_INFO, total_subject(in, t));
    finding_evidence(f, "%lld ENIs now (%s), %lld when first seen", (long long)t->total,
                     check_age(in, t->enis), (long long)first);
    finding_summary(f, "%s had %lld ENIs when it was first seen and has %lld now.", t->name,
                    (long long)first, (long long)t->total);
    if (fewer && lost_active(in))
        finding_caused_by(f, "one-active-eni", lost_active(in));
    if (fewer)
        finding_remedy(f, "Somebody may have deleted ENIs of the SDDC: CloudTrail, "
                          "DeleteNetworkInterface. A host that needs one cannot join. Open a "
                          "support request; acknowledge when the change was wanted.");
}

static void run(const struct check_input *in)
{
    const struct snapshot *source;
    const struct row *r;
    size_t i = 0, nsddcs = 0;

    if (check_link_pending(in))
        return;
    while ((r = check_next(in, &table_sddcs, &i, &source)) != NULL) {
        struct tally t = {.sddc = row_text(r, SDDCS_SDDC), .name = row_text(r, SDDCS_NAME)};

        if (!*t.name)
            t.name = t.sddc;
        count_enis(in, &t);
        count_hosts(in, r, source, &t);
        nsddcs++;
        if (!t.total)
            continue;
        judge_hosts(in, &t);
        judge_total(in, &t);
    }
    if (nsddcs)
        return;
    struct tally t = {.name = in->site->name};
    count_enis(in, &t);
    if (t.total)
        judge_total(in, &t);
}

static const struct schema *const tables[] = {&table_enis, NULL};
static const struct schema *const optional[] = {&table_sddcs, &table_hosts, &table_linked_vpcs,
                                                NULL};

const struct check check_eni_count = {
    .name = "eni-count",
    .title = N_("as many ENIs in use as the first cluster has hosts, and none were lost"),
    .remedy =
        N_("Compare the hosts of the first cluster (Hosts tab, VMC console) with the ENI tab. A "
           "host without its ENI cannot carry the active edge: open a support request if a host "
           "has been ready for long."),
    .kinds = KIND_AWS,
    .tables = tables,
    .optional = optional,
    .run = run,
};
