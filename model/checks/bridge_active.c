/*
 * bridge-active: of the edges that bridge a switch to a VLAN one forwards. Two make a loop between
 * the segment and the VLAN, none cuts them apart.
 *
 * Edges are read at different times, so a switch-over looks like either for a moment: it must
 * persist before it is critical. That none forwards is only said when every edge that the others
 * name as their peer was read, or is seen as not active.
 */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

#include <string.h>

struct bridge {
    const char *switch_id, *vlan, *name;
    size_t edges, forwarding;
    bool elsewhere; /* a peer is seen as active */
};

static bool in_bridge(const struct bridge *b, const struct row *r)
{
    return strcmp(row_text(r, BRIDGES_SWITCH_ID), b->switch_id) == 0 &&
           strcmp(row_text(r, BRIDGES_VLAN), b->vlan) == 0;
}

static bool forwards(const struct row *r)
{
    return row_is(r, BRIDGES_STATE, "forwarding");
}

/* The rows of the bridge in all edges; with @f they become its evidence. */
static void look(const struct check_input *in, struct bridge *b, struct finding *f)
{
    const struct snapshot *source;
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_bridges, &i, &source)) != NULL) {
        const char *edge =
            row_present(r, BRIDGES_EDGE) ? row_text(r, BRIDGES_EDGE) : row_text(r, BRIDGES_HOST);

        if (!in_bridge(b, r))
            continue;
        if (!f) {
            b->edges++;
            b->forwarding += forwards(r);
            b->elsewhere |= row_is(r, BRIDGES_PEER_STATE, "active");
            continue;
        }
        finding_affected(f, edge);
        finding_evidence(f, "edge %s: %s, %s; its peer as it sees it: %s (%s)", edge,
                         check_cell(in, &table_bridges, r, BRIDGES_STATE),
                         check_cell(in, &table_bridges, r, BRIDGES_HA_STATE),
                         check_cell(in, &table_bridges, r, BRIDGES_PEER_STATE),
                         check_age(in, source));
    }
}

static void judge(const struct check_input *in, struct bridge *b)
{
    struct finding *f;

    look(in, b, NULL);
    if (b->forwarding == 1 || (!b->forwarding && b->elsewhere))
        return;
    f = finding_add(in, SEV_CRITICAL, CHECK_TRANSIENT,
                    check_text(in, "%s, vlan %s", b->name, b->vlan));
    look(in, b, f);
    if (b->forwarding)
        finding_summary(
            f, "%zu edges forward the bridge of %s to VLAN %s: packets go round in a loop.",
            b->forwarding, b->name, b->vlan);
    else
        finding_summary(f, "No edge forwards the bridge of %s to VLAN %s: the two are cut apart.",
                        b->name, b->vlan);
}

/* Is @row the first of its bridge? */
static bool is_first(const struct check_input *in, const struct bridge *b, const struct row *row)
{
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_bridges, &i, NULL)) != NULL && !in_bridge(b, r))
        continue;
    return r == row;
}

static void run(const struct check_input *in)
{
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_bridges, &i, NULL)) != NULL) {
        struct bridge b = {.switch_id = row_text(r, BRIDGES_SWITCH_ID),
                           .vlan = row_text(r, BRIDGES_VLAN)};

        b.name = row_present(r, BRIDGES_SEGMENT)  ? row_text(r, BRIDGES_SEGMENT)
                 : row_present(r, BRIDGES_SWITCH) ? row_text(r, BRIDGES_SWITCH)
                                                  : b.switch_id;
        if (*b.switch_id && is_first(in, &b, r))
            judge(in, &b);
    }
}

static const struct schema *const tables[] = {&table_bridges, NULL};

const struct check check_bridge_active = {
    .name = "bridge-active",
    .title = N_("of the edges that bridge a switch to a VLAN one forwards"),
    .remedy =
        N_("On the edges: get bridge, get edge-cluster status (do they see each other?). With two "
           "that forward, disconnect one of them from the VLAN first."),
    .kinds = KIND_EDGE,
    .tables = tables,
    .lenient = true,
    .run = run,
};
