/*
 * gateway-active: every gateway that runs on edges has an active one, and only one (one per traffic
 * group; active-active gateways may have more), and a standby to fail over to.
 */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

#include <string.h>

/* The rows of one gateway and traffic group. */
struct group {
    const struct snapshot *source;
    size_t first, end; /* rows of the gateway in @source */
    const char *gateway, *traffic_group;
    bool only; /* the gateway serves no other traffic group */
    size_t edges, active, standby, changing, unknown;
    bool active_active;
    const char *down; /* an edge that is neither */
};

/* Where NSX does not tell names, the id is there. */
static const char *edge_name(const struct row *r)
{
    return row_text(r, row_present(r, GATEWAYS_EDGE) ? GATEWAYS_EDGE : GATEWAYS_EDGE_ID);
}

static bool in_group(const struct group *g, const struct row *r)
{
    return row_present(r, GATEWAYS_EDGE_ID) &&
           strcmp(row_text(r, GATEWAYS_TRAFFIC_GROUP), g->traffic_group) == 0;
}

static bool is_down(const struct row *r)
{
    return row_is(r, GATEWAYS_HA_STATUS, "down") || row_is(r, GATEWAYS_HA_STATUS, "admin_down");
}

static void count(struct group *g)
{
    for (size_t i = g->first; i < g->end; i++) {
        const struct row *r = snapshot_row(g->source, i);

        if (!in_group(g, r))
            continue;
        g->edges++;
        g->active_active |= row_is(r, GATEWAYS_HA_MODE, "active_active");
        if (row_is(r, GATEWAYS_HA_STATUS, "active"))
            g->active++;
        else if (row_is(r, GATEWAYS_HA_STATUS, "standby"))
            g->standby++;
        else if (row_is(r, GATEWAYS_HA_STATUS, "sync"))
            g->changing++;
        else if (is_down(r))
            g->down = edge_name(r);
        else
            g->unknown++; /* "unknown", nothing, or a word of a later NSX */
    }
}

/* When the gateway does not say which edges serve which group, it may have one active per group. */
static size_t actives_allowed(const struct check_input *in, const struct group *g)
{
    const struct row *r;
    size_t i = 0, most = 1;

    if (*g->traffic_group)
        return 1;
    while ((r = check_next(in, &table_linked_vpcs, &i, NULL)) != NULL) {
        const struct cell_list *l = row_list(r, LINKED_VPCS_TRAFFIC_GROUPS);

        if (l && l->n > most)
            most = l->n;
    }
    return most;
}

static struct finding *report(const struct check_input *in, const struct group *g,
                              enum severity severity, unsigned flags)
{
    const char *subject =
        g->only ? g->gateway : check_text(in, "%s, group %s", g->gateway, g->traffic_group);
    struct finding *f = finding_add(in, severity, flags, subject);

    for (size_t i = g->first; i < g->end; i++) {
        const struct row *r = snapshot_row(g->source, i);

        if (!in_group(g, r))
            continue;
        finding_affected(f, edge_name(r));
        finding_evidence(f, "edge %s: %s (%s)", edge_name(r),
                         check_cell(in, &table_gateways, r, GATEWAYS_HA_STATUS),
                         check_age(in, g->source));
    }
    if (g->down)
        finding_caused_by(f, "edge-health", g->down);
    return f;
}

static void judge(const struct check_input *in, const struct group *g)
{
    size_t allowed = actives_allowed(in, g);
    struct finding *f;

    if (!g->edges)
        return;
    if (!g->active && g->unknown) {
        f = report(in, g, SEV_UNKNOWN, 0);
        finding_summary(f,
                        "Gateway %s: no edge is known to be active; NSX does not know the state "
                        "of %zu of %zu edges.",
                        g->gateway, g->unknown, g->edges);
    } else if (!g->active) {
        f = report(in, g, SEV_CRITICAL, CHECK_TRANSIENT);
        finding_summary(f, "Gateway %s has no active edge: nothing passes through it.", g->gateway);
    } else if (g->active > allowed && !g->active_active) {
        f = report(in, g, SEV_CRITICAL, CHECK_TRANSIENT);
        finding_summary(f,
                        "Gateway %s has %zu active edges instead of %zu: they may both answer "
                        "for the same addresses.",
                        g->gateway, g->active, allowed);
    } else if (!g->active_active && g->edges > 1 && !g->standby && !g->unknown) {
        f = report(in, g, SEV_WARNING, g->changing ? CHECK_TRANSIENT : 0);
        finding_summary(f, "Gateway %s has no standby edge: the next failure stops it.",
                        g->gateway);
    }
}

static const char *group_at(const struct group *g, size_t i)
{
    return row_text(snapshot_row(g->source, i), GATEWAYS_TRAFFIC_GROUP);
}

/* Each traffic group of the gateway once, at its first row. */
static void judge_groups(const struct check_input *in, const struct group *g)
{
    bool only = true;

    for (size_t i = g->first; i < g->end; i++)
        only = only && strcmp(group_at(g, i), group_at(g, g->first)) == 0;
    for (size_t i = g->first; i < g->end; i++) {
        bool done = false;

        for (size_t k = g->first; k < i; k++)
            done |= strcmp(group_at(g, k), group_at(g, i)) == 0;
        if (done)
            continue;
        struct group part = *g;
        part.traffic_group = group_at(g, i);
        part.only = only;
        count(&part);
        judge(in, &part);
    }
}

static void judge_source(const struct check_input *in, const struct snapshot *s)
{
    size_t n = snapshot_count(s);

    for (size_t i = 0; i < n;) {
        struct group g = {.source = s, .first = i};

        g.gateway = row_text(snapshot_row(s, i), GATEWAYS_GATEWAY);
        while (i < n && strcmp(row_text(snapshot_row(s, i), GATEWAYS_GATEWAY), g.gateway) == 0)
            i++;
        g.end = i;
        judge_groups(in, &g);
    }
}

static void run(const struct check_input *in)
{
    size_t n;
    struct snapshot *const *s = estate_table(in->estate, &table_gateways, &n);

    for (size_t i = 0; i < n; i++) {
        if (strcmp(snapshot_site(s[i]), in->site->name) == 0 &&
            snapshot_freshness(s[i]) == FRESH_OK)
            judge_source(in, s[i]);
    }
}

static const struct schema *const tables[] = {&table_gateways, NULL};
static const struct schema *const optional[] = {&table_linked_vpcs, NULL};

const struct check check_gateway_active = {
    .name = "gateway-active",
    .title = N_("every gateway on edges has one active edge and a standby"),
    .remedy = N_("Look at the edges of the gateway (Edges tab; NSX: System > Fabric > Nodes > Edge "
                 "Transport Nodes, or get high-availability status on the edge)."),
    .kinds = KIND_NSX | KIND_VMC,
    .tables = tables,
    .optional = optional,
    .run = run,
};
