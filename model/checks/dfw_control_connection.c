/*
 * dfw-control-connection (NO_CONTROL_CONNECTION): a host that filters has a connection to its
 * managers: NSX-V's vsfwd to port 5671, NSX-T's nsx-proxy to 1234 or 1235. Without it the host goes
 * on with the rules it has and gets no new ones.
 *
 * The ports of NSX-T are from memory, so their absence is a warning; a vsfwd that is there and not
 * connected is certain.
 */
#include "model/checks/checks.h"
#include "model/checks/dfw.h"
#include "model/checks/lookup.h"

#include <string.h>

#include "core/i18n.h"
#include "core/map.h"

struct host {
    const struct snapshot *source;
    bool connected, tried; /* tried: a connection to such a port that is not established */
    const char *state, *remote;
};

/* Hosts with a filter of the distributed firewall. */
static struct map *hosts_that_filter(const struct check_input *in)
{
    struct map *m = map_new();
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_filters, &i, NULL)) != NULL) {
        if (dfw_is_card(r))
            map_put(m, row_text(r, FILTERS_HOST), (void *)r);
    }
    return m;
}

static struct host look(const struct snapshot *s)
{
    struct host h = {.source = s};

    for (size_t i = 0; i < snapshot_count(s); i++) {
        const struct row *r = snapshot_row(s, i);
        if (!row_present(r, CONNECTIONS_PURPOSE))
            continue;
        if (row_is(r, CONNECTIONS_STATE, "ESTABLISHED")) {
            h.connected = true;
        } else if (!row_is(r, CONNECTIONS_STATE, "LISTEN")) {
            h.tried = true;
            h.state = row_text(r, CONNECTIONS_STATE);
            h.remote = row_text(r, CONNECTIONS_FOREIGN);
        }
    }
    return h;
}

static void add(const struct check_input *in, struct finding *f, const char *name,
                const struct host *h)
{
    finding_affected(f, name);
    if (finding_affected_count(f) > 5)
        return;
    if (h->tried)
        finding_evidence(f, "%s: %s is %s (%s)", name, h->remote, h->state,
                         check_age(in, h->source));
    else
        finding_evidence(f, "%s: no connection to port 5671, 1234 or 1235 among %zu (%s)", name,
                         snapshot_count(h->source), check_age(in, h->source));
}

static void run(const struct check_input *in)
{
    struct map *filter = hosts_that_filter(in);
    struct snapshot *const *all;
    struct finding *f = NULL;
    size_t n;

    all = estate_table(in->estate, &table_connections, &n);
    for (size_t i = 0; i < n; i++) {
        struct host h;
        if (!dfw_is_ok(in, all[i]) || !snapshot_count(all[i]))
            continue;
        const char *name = row_text(snapshot_row(all[i], 0), CONNECTIONS_HOST);
        h = look(all[i]);
        if (h.connected || !map_has(filter, name))
            continue;
        f = f ? f
              : finding_add(in, h.tried ? SEV_CRITICAL : SEV_WARNING, h.tried ? CHECK_TRANSIENT : 0,
                            "hosts");
        add(in, f, name, &h);
    }
    if (f)
        finding_summary(f,
                        "%zu hosts have no control connection to NSX: they get no new firewall "
                        "rules (NO_CONTROL_CONNECTION).",
                        finding_affected_count(f));
    map_free(filter, NULL);
}

static const struct schema *const tables[] = {&table_filters, &table_connections, NULL};

const struct check check_dfw_control_connection = {
    .name = "dfw-control-connection",
    .title = N_("hosts that filter are connected to NSX"),
    .remedy =
        N_("On the host: esxcli network ip connection list; NSX-V: "
           "/etc/init.d/vShield-Stateful-Firewall status; NSX-T: /etc/init.d/nsx-proxy status. "
           "Look at firewalls between the host and the managers."),
    .kinds = KIND_ESXI,
    .tables = tables,
    .lenient = true,
    .run = run,
};
