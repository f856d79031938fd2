/* edge-health: every NSX edge node is up. An edge that is down because its host is hangs below it.
 */
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

#include <string.h>

#include "core/i18n.h"
#include "core/text.h"

/* The cluster of the edge's host, the subject of host-health; NULL: not known. Of an edge without a
 * host the last one counts when it is in trouble: the edge may have left it in good health. */
static const char *cluster_of(const struct check_input *in, const struct row *edge)
{
    bool present = row_present(edge, EDGES_HOST);
    const char *host = row_text(edge, present ? EDGES_HOST : EDGES_LAST_HOST);
    const struct row *r;
    size_t i = 0;

    while (*host && (r = check_next(in, &table_hosts, &i, NULL)) != NULL) {
        if (strcmp(row_text(r, HOSTS_HOST), host) == 0)
            return present || check_host_trouble(r) ? row_str(r, HOSTS_CLUSTER) : NULL;
    }
    return NULL;
}

/* What people call it; an edge without a name goes by its id. */
static const char *name_of(const struct row *r)
{
    return row_text(r, row_present(r, EDGES_EDGE) ? EDGES_EDGE : EDGES_EDGE_ID);
}

static struct finding *report(const struct check_input *in, const struct row *r,
                              const struct snapshot *s, enum severity severity)
{
    const char *name = name_of(r), *cluster = cluster_of(in, r);
    struct finding *f = finding_add(in, severity, 0, name);

    finding_affected(f, name);
    finding_evidence(f, "%s: status %s, manager %s, control plane %s, tunnels %s up %s down (%s)",
                     name, check_cell(in, &table_edges, r, EDGES_STATUS),
                     check_cell(in, &table_edges, r, EDGES_MGMT_CONNECTION),
                     check_cell(in, &table_edges, r, EDGES_CONTROL_CONNECTION),
                     check_cell(in, &table_edges, r, EDGES_TUNNELS_UP),
                     check_cell(in, &table_edges, r, EDGES_TUNNELS_DOWN), check_age(in, s));
    finding_evidence(f, "host %s, last seen on %s, roles %s",
                     check_cell(in, &table_edges, r, EDGES_HOST),
                     check_cell(in, &table_edges, r, EDGES_LAST_HOST),
                     check_join(in, row_list(r, EDGES_ROLES), 6));
    if (cluster)
        finding_caused_by(f, "host-health", cluster);
    return f;
}

/* "vmc=down cgw=down": nothing works on it. */
static bool is_down_for_all(const struct row *r)
{
    const struct cell_list *roles = row_list(r, EDGES_ROLES);
    bool down = roles && roles->n;

    for (size_t i = 0; roles && i < roles->n; i++)
        down = down && text_has_suffix(roles->items[i], "=down");
    return down;
}

/* NSX often does not tell the host of an edge that is down. */
static void report_down(const struct check_input *in, const struct row *r, const struct snapshot *s)
{
    const char *name = name_of(r), *host = row_str(r, EDGES_HOST);
    struct finding *f = report(in, r, s, SEV_CRITICAL);

    if (host)
        finding_summary(f, "Edge %s on host %s is down.", name, host);
    else
        finding_summary(f, "Edge %s is down.", name);
}

static void report_degraded(const struct check_input *in, const struct row *r,
                            const struct snapshot *s)
{
    const char *name = name_of(r), *host = row_str(r, EDGES_HOST);
    struct finding *f = report(in, r, s, SEV_WARNING);

    if (host)
        finding_summary(f, "Edge %s on host %s is degraded.", name, host);
    else
        finding_summary(f, "Edge %s is degraded.", name);
}

static void judge(const struct check_input *in, const struct row *r, const struct snapshot *s)
{
    const char *name = name_of(r);

    if (row_is(r, EDGES_MAINTENANCE_MODE, "enabled") ||
        row_is(r, EDGES_MAINTENANCE_MODE, "entering"))
        finding_summary(report(in, r, s, SEV_WARNING),
                        "Edge %s is in maintenance mode: it takes no traffic over.", name);
    else if (row_is(r, EDGES_STATUS, "down"))
        report_down(in, r, s);
    else if (!row_present(r, EDGES_STATUS) && is_down_for_all(r))
        finding_summary(report(in, r, s, SEV_CRITICAL),
                        "Edge %s is down for all its gateways (%s).", name,
                        check_join(in, row_list(r, EDGES_ROLES), 6));
    else if (row_is(r, EDGES_STATUS, "degraded"))
        report_degraded(in, r, s);
    else if (row_is(r, EDGES_STATUS, "unknown"))
        finding_summary(report(in, r, s, SEV_UNKNOWN), "NSX does not know the state of edge %s.",
                        name);
    else if (row_present(r, EDGES_STATUS) && !row_is(r, EDGES_STATUS, "up"))
        finding_summary(report(in, r, s, SEV_UNKNOWN),
                        "NSX says '%s' of edge %s, which is no state that hycon knows.",
                        row_text(r, EDGES_STATUS), name);
}

/* ---- edges without a status --------------------------------------------------------------------
 */

static bool is_vmc(const struct check_input *in, const struct snapshot *s)
{
    for (size_t i = 0; i < in->site->nendpoints; i++) {
        if (strcmp(in->site->endpoints[i]->name, snapshot_endpoint(s)) == 0)
            return in->site->endpoints[i]->kind == KIND_VMC;
    }
    return false;
}

/* The manager API told something of an edge of @s: then it tells their status as well. Where it is
 * not offered there is none to be missed, and how much of it an SDDC offers nobody has written. */
static bool health_is_told(const struct check_input *in, const struct snapshot *s)
{
    bool vmc = is_vmc(in, s);
    const struct snapshot *of;
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_edges, &i, &of)) != NULL) {
        if (of == s &&
            (row_present(r, EDGES_STATUS) || (!vmc && row_present(r, EDGES_MAINTENANCE_MODE))))
            return true;
    }
    return false;
}

/* One cause, one finding: all edges of a manager that have no status. */
static void report_untold(const struct check_input *in, const struct snapshot *s)
{
    struct finding *f = finding_add(in, SEV_UNKNOWN, 0, snapshot_endpoint(s));
    const char *note = snapshot_note(s);
    const struct snapshot *of;
    const struct row *r;
    unsigned n = 0;
    size_t i = 0;

    while ((r = check_next(in, &table_edges, &i, &of)) != NULL) {
        if (of != s || row_present(r, EDGES_STATUS) || is_down_for_all(r))
            continue;
        finding_affected(f, name_of(r));
        n++;
    }
    finding_summary(f, "NSX gave no status of %u edge%s: health unknown.", n, n > 1 ? "s" : "");
    finding_evidence(
        f, "%s (%s)",
        *note ? note : check_word(in, N_("the list of node states does not name these edges")),
        check_age(in, s));
}

static void run(const struct check_input *in)
{
    const struct snapshot *s, *untold = NULL;
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_edges, &i, &s)) != NULL) {
        judge(in, r, s);
        if (row_present(r, EDGES_STATUS) || is_down_for_all(r) || untold == s ||
            !health_is_told(in, s))
            continue;
        report_untold(in, s);
        untold = s;
    }
}

static const struct schema *const tables[] = {&table_edges, NULL};
static const struct schema *const optional[] = {&table_hosts, &table_gateways, NULL};

const struct check check_edge_health = {
    .name = "edge-health",
    .title = N_("every NSX edge node is up"),
    .remedy =
        N_("Look at the edge's host first. Then NSX: System > Fabric > Nodes > Edge Transport "
           "Nodes; on the edge: get services, get tunnels. On VMC: a support request."),
    .kinds = KIND_NSX | KIND_VMC,
    .tables = tables,
    .optional = optional,
    .lenient = true,
    .run = run,
};
