/*
 * dfw-publish-lag (GENERATION_LAG): every host has the rules of the last publish and gets the next
 * ones, as NSX-V Manager tells it. What the hosts say themselves is judged by dfw-generation-lag
 * and dfw-control-connection; this needs no login on them. A host that is behind while a publish is
 * under way is given the time to follow.
 *
 * A host whose agent the manager does not reach (firewall_agent DOWN) is told once: with its lag
 * when it has one, and not at all when the host's own connections were read, which say more.
 */
#include "model/checks/checks.h"
#include "model/checks/dfw.h"
#include "model/checks/lookup.h"

#include <inttypes.h>

#include "core/i18n.h"
#include "core/text.h"

/* Did the host itself say what it is connected to? */
static bool is_read_itself(const struct check_input *in, const char *host)
{
    size_t n;
    struct snapshot *const *all = estate_table(in->estate, &table_connections, &n);

    for (size_t i = 0; i < n; i++) {
        if (dfw_is_ok(in, all[i]) && snapshot_count(all[i]) &&
            text_equal_nocase(row_text(snapshot_row(all[i], 0), CONNECTIONS_HOST), host))
            return true;
    }
    return false;
}

static void add(const struct check_input *in, const struct snapshot *s, const struct row *r,
                bool lags, bool down)
{
    const char *host = row_text(r, FIREWALL_HOSTS_HOST);
    struct finding *f = finding_add(in, SEV_CRITICAL, CHECK_TRANSIENT, host);
    int64_t have = 0, want = 0;

    finding_affected(f, host);
    if (lags && row_int(r, FIREWALL_HOSTS_GENERATION, &have) &&
        row_int(r, FIREWALL_HOSTS_WANTED, &want))
        finding_evidence(f,
                         "%s has generation %" PRId64 ", published is %" PRId64 ", state %s (%s)",
                         host, have, want, row_text(r, FIREWALL_HOSTS_STATE), check_age(in, s));
    if (down)
        finding_evidence(f,
                         "%s: the manager's connection to its firewall agent (vsfwd) is DOWN (%s)",
                         host, check_age(in, s));
    if (lags)
        finding_summary(f,
                        "%s has the firewall rules of an older publish, says the manager "
                        "(GENERATION_LAG)%s.",
                        host, down ? check_word(in, ": it does not reach its agent") : "");
    else
        finding_summary(f,
                        "The manager does not reach the firewall agent of %s: it gets no new "
                        "firewall rules (NO_CONTROL_CONNECTION).",
                        host);
}

static void run(const struct check_input *in)
{
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_firewall_hosts, &i, &s)) != NULL) {
        bool down = row_is(r, FIREWALL_HOSTS_FIREWALL_AGENT, "DOWN"), lags = false;

        (void)row_bool(r, FIREWALL_HOSTS_LAGS, &lags);
        if (lags || (down && !is_read_itself(in, row_text(r, FIREWALL_HOSTS_HOST))))
            add(in, s, r, lags, down);
    }
}

static const struct schema *const tables[] = {&table_firewall_hosts, NULL};

const struct check check_dfw_publish_lag = {
    .name = "dfw-publish-lag",
    .title = N_("NSX-V Manager reaches every host and has published the last firewall rules to it"),
    .remedy =
        N_("NSX-V: Networking & Security > Installation > Host Preparation: look at the host's "
           "connection to the manager (vsfwd), then force sync of the cluster's firewall."),
    .kinds = KIND_NSXV,
    .tables = tables,
    .run = run,
};
