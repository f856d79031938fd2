/*
 * edge-says: what edges say of themselves over SSH agrees with what NSX Manager says of them, and
 * no two edges say that they are active for one active-standby gateway (split brain: both answer
 * for the same addresses).
 *
 * The edge and the manager are read at different times, so in the middle of a failover they differ
 * for a moment: that is a warning, and a split brain must persist before it is more. Two edges have
 * the same gateway when NSX Manager says so; where it was not read, when they name each other as
 * peers and call the router the same.
 */
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

#include <stdlib.h>
#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"

/* A gateway that its edge says it is active for. */
struct claim {
    const struct row *row; /* of edge_gateways */
    const struct snapshot *source;
    bool split; /* another edge says so, too */
};

struct claims {
    struct claim *at;
    size_t n, cap;
};

/* The name NSX Manager has for the edge, else the one it is configured by. */
static const char *edge_name(const struct row *r, unsigned edge, unsigned host)
{
    return row_present(r, edge) ? row_text(r, edge) : row_text(r, host);
}

static const char *name_of(const struct row *r)
{
    return edge_name(r, EDGE_GATEWAYS_EDGE, EDGE_GATEWAYS_HOST);
}

static const char *gateway_of(const struct row *r)
{
    if (row_present(r, EDGE_GATEWAYS_GATEWAY))
        return row_text(r, EDGE_GATEWAYS_GATEWAY);
    return row_present(r, EDGE_GATEWAYS_ROUTER) ? row_text(r, EDGE_GATEWAYS_ROUTER)
                                                : row_text(r, EDGE_GATEWAYS_SERVICE_ROUTER);
}

/* The age of the table of NSX Manager that @nsx served. */
static const char *manager_age(const struct check_input *in, const struct schema *schema,
                               const char *nsx)
{
    size_t n;
    struct snapshot *const *s = estate_table(in->estate, schema, &n);

    for (size_t i = 0; i < n; i++) {
        if (strcmp(snapshot_site(s[i]), in->site->name) == 0 &&
            strcmp(snapshot_endpoint(s[i]), nsx) == 0)
            return check_age(in, s[i]);
    }
    return check_word(in, "age not known");
}

/* ---- differs -----------------------------------------------------------------------------------
 */

static void report_gateway(const struct check_input *in, const struct row *r,
                           const struct snapshot *source, bool split)
{
    const char *edge = name_of(r), *gateway = gateway_of(r);
    const char *says = check_cell(in, &table_edge_gateways, r, EDGE_GATEWAYS_HA_STATE);
    const char *nsx = check_cell(in, &table_edge_gateways, r, EDGE_GATEWAYS_NSX_STATE);
    struct finding *f = finding_add(in, SEV_WARNING, 0, check_text(in, "%s on %s", gateway, edge));

    finding_affected(f, edge);
    finding_summary(f, "Edge %s says it is %s for gateway %s; NSX Manager says %s.", edge, says,
                    gateway, nsx);
    finding_evidence(f, "edge %s: %s (%s)", edge, says, check_age(in, source));
    finding_evidence(f, "NSX Manager: %s (%s)", nsx,
                     manager_age(in, &table_gateways, row_text(r, EDGE_GATEWAYS_NSX)));
    if (row_present(r, EDGE_GATEWAYS_PEERS))
        finding_evidence(f, "the other edges as %s sees them: %s", edge,
                         check_join(in, row_list(r, EDGE_GATEWAYS_PEERS), 6));
    if (split)
        finding_caused_by(f, "edge-says", gateway);
}

static void report_node(const struct check_input *in, const struct row *r,
                        const struct snapshot *source)
{
    const char *edge = edge_name(r, EDGE_STATUS_EDGE, EDGE_STATUS_HOST);
    const char *says = row_text(r, EDGE_STATUS_STATUS_TEXT);
    const char *nsx = check_cell(in, &table_edge_status, r, EDGE_STATUS_NSX_STATUS);
    struct finding *f = finding_add(in, SEV_WARNING, 0, edge);
    const struct snapshot *manager = NULL;
    const struct row *e;
    size_t i = 0;

    while ((e = check_next(in, &table_edges, &i, &manager)) != NULL &&
           !text_equal_nocase(row_text(e, EDGES_EDGE_ID), row_text(r, EDGE_STATUS_EDGE_ID)))
        continue;
    finding_affected(f, edge);
    finding_summary(f, "Edge %s says of itself '%s'; NSX Manager says %s.", edge, says, nsx);
    finding_evidence(f, "edge %s: %s (%s)", edge, says, check_age(in, source));
    finding_evidence(f, "NSX Manager: %s (%s)", nsx,
                     e ? check_age(in, manager) : check_word(in, "age not known"));
}

/* ---- split brain -------------------------------------------------------------------------------
 */

static void add_claim(struct claims *c, const struct row *r, const struct snapshot *source)
{
    /* "A/A", "Stateful A/A": more than one may be active. */
    if (!row_is(r, EDGE_GATEWAYS_HA_STATE, "active") ||
        strstr(row_text(r, EDGE_GATEWAYS_MODE), "A/A"))
        return;
    c->at = mem_grow(c->at, c->n, &c->cap, sizeof(*c->at));
    c->at[c->n++] = (struct claim){r, source, false};
}

/* "UUID=state" of @edge_id among the peers of @r, or NULL. */
static const char *peer_entry(const struct row *r, const char *edge_id)
{
    const struct cell_list *peers = row_list(r, EDGE_GATEWAYS_PEERS);
    size_t n = strlen(edge_id);

    for (size_t i = 0; n && peers && i < peers->n; i++) {
        if (text_has_prefix_nocase(peers->items[i], edge_id) && peers->items[i][n] == '=')
            return peers->items[i] + n + 1;
    }
    return NULL;
}

static bool same_text(const struct row *a, const struct row *b, unsigned col)
{
    return row_present(a, col) && strcmp(row_text(a, col), row_text(b, col)) == 0;
}

static bool same_gateway(const struct row *a, const struct row *b)
{
    if (same_text(a, b, EDGE_GATEWAYS_HOST))
        return false;
    if (row_present(a, EDGE_GATEWAYS_PATH) && row_present(b, EDGE_GATEWAYS_PATH))
        return same_text(a, b, EDGE_GATEWAYS_PATH) && same_text(a, b, EDGE_GATEWAYS_NSX);
    return same_text(a, b, EDGE_GATEWAYS_ROUTER) &&
           peer_entry(a, row_text(b, EDGE_GATEWAYS_EDGE_ID)) &&
           peer_entry(b, row_text(a, EDGE_GATEWAYS_EDGE_ID));
}

static void add_side(const struct check_input *in, struct finding *f, const struct claim *c)
{
    const struct row *r = c->row;

    finding_affected(f, name_of(r));
    finding_evidence(
        f, "edge %s: active (%s), peers as it sees them: %s", name_of(r), check_age(in, c->source),
        row_present(r, EDGE_GATEWAYS_PEERS) ? check_join(in, row_list(r, EDGE_GATEWAYS_PEERS), 6)
                                            : check_word(in, "none"));
    if (row_present(r, EDGE_GATEWAYS_NSX_STATE))
        finding_evidence(f, "NSX Manager of %s: %s (%s)", name_of(r),
                         check_cell(in, &table_edge_gateways, r, EDGE_GATEWAYS_NSX_STATE),
                         manager_age(in, &table_gateways, row_text(r, EDGE_GATEWAYS_NSX)));
}

static void report_split(const struct check_input *in, struct claims *c, size_t first)
{
    struct finding *f = NULL;

    for (size_t i = first + 1; i < c->n; i++) {
        if (!same_gateway(c->at[first].row, c->at[i].row))
            continue;
        if (!f) {
            f = finding_add(in, SEV_CRITICAL, CHECK_TRANSIENT,
                            check_text(in, "%s", gateway_of(c->at[first].row)));
            add_side(in, f, &c->at[first]);
        }
        c->at[first].split = c->at[i].split = true;
        add_side(in, f, &c->at[i]);
    }
    if (!f)
        return;
    finding_summary(f,
                    "Split brain: %zu edges say they are active for gateway %s: they both answer "
                    "for its addresses.",
                    finding_affected_count(f), gateway_of(c->at[first].row));
    finding_remedy(f, "Look at what the edges see of each other (get edge-cluster status: the "
                      "health check sessions of management and tunnel network) before anything is "
                      "restarted; then put one of them into maintenance mode.");
}

static bool is_split(const struct claims *c, const struct row *r)
{
    for (size_t i = 0; i < c->n; i++) {
        if (c->at[i].row == r)
            return c->at[i].split;
    }
    return false;
}

static void judge_gateways(const struct check_input *in)
{
    const struct snapshot *source;
    struct claims claims = {0};
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_edge_gateways, &i, &source)) != NULL)
        add_claim(&claims, r, source);
    for (size_t k = 0; k < claims.n; k++) {
        if (!claims.at[k].split)
            report_split(in, &claims, k);
    }
    i = 0;
    while ((r = check_next(in, &table_edge_gateways, &i, &source)) != NULL) {
        if (row_is(r, EDGE_GATEWAYS_VERDICT, "differs"))
            report_gateway(in, r, source, is_split(&claims, r));
    }
    free(claims.at);
}

static void run(const struct check_input *in)
{
    const struct snapshot *source;
    const struct row *r;
    size_t i = 0;

    judge_gateways(in);
    while ((r = check_next(in, &table_edge_status, &i, &source)) != NULL) {
        if (row_is(r, EDGE_STATUS_VERDICT, "differs"))
            report_node(in, r, source);
    }
}

static const struct schema *const tables[] = {&table_edge_gateways, &table_edge_status, NULL};
static const struct schema *const optional[] = {&table_gateways, &table_edges, NULL};

const struct check check_edge_says = {
    .name = "edge-says",
    .title = N_("edges say of themselves what NSX Manager says of them, and one is active"),
    .remedy =
        N_("Read both once more (R). When it stays: on the edge get edge-cluster status and get "
           "managers; at NSX Manager the connection of the edge (System > Fabric > Nodes > Edge "
           "Transport Nodes)."),
    .kinds = KIND_EDGE,
    .tables = tables,
    .optional = optional,
    .lenient = true,
    .run = run,
};
