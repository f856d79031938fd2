/*
 * dfw-publish-lag (GENERATION_LAG): every host has the rules of the last publish, as NSX-V Manager
 * tells it. What the hosts say themselves is judged by dfw-generation-lag; this needs no login on
 * them. A host that is behind while a publish is under way is given the time to follow.
 */
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

#include <inttypes.h>

static void run(const struct check_input *in)
{
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_firewall_hosts, &i, &s)) != NULL) {
        const char *host = row_text(r, FIREWALL_HOSTS_HOST);
        int64_t have = 0, want = 0;
        bool lags;

        if (!row_bool(r, FIREWALL_HOSTS_LAGS, &lags) || !lags)
            continue;
        row_int(r, FIREWALL_HOSTS_GENERATION, &have);
        row_int(r, FIREWALL_HOSTS_WANTED, &want);
        struct finding *f = finding_add(in, SEV_CRITICAL, CHECK_TRANSIENT, host);
        finding_affected(f, host);
        finding_evidence(f,
                         "%s has generation %" PRId64 ", published is %" PRId64 ", state %s (%s)",
                         host, have, want, row_text(r, FIREWALL_HOSTS_STATE), check_age(in, s));
        finding_summary(f,
                        "%s has the firewall rules of an older publish, says the manager "
                        "(GENERATION_LAG).",
                        host);
    }
}

static const struct schema *const tables[] = {&table_firewall_hosts, NULL};

const struct check check_dfw_publish_lag = {
    .name = "dfw-publish-lag",
    .title = "NSX-V Manager has published the last firewall rules to every host",
    .remedy = "NSX-V: Networking & Security > Installation > Host Preparation: look at the host's "
              "connection to the manager (vsfwd), then force sync of the cluster's firewall.",
    .kinds = KIND_NSXV,
    .tables = tables,
    .run = run,
};
