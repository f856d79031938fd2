/*
 * eni-on-active-host: the active ENI is that of the host on which the active tier-0 edge runs. NSX
 * moves the ENI a moment after the edge, so a difference is normal for seconds.
 */
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

#include <string.h>

#include "core/i18n.h"
#include "core/text.h"
#include "model/identity.h"

/* The host of an edge, unless it was concluded from the active ENI: that would prove itself. */
static const char *host_of(const struct row *edge)
{
    return text_has_prefix(row_text(edge, EDGES_HOST_JOIN), EDGES_JOIN_BY_ENI)
               ? NULL
               : row_str(edge, EDGES_HOST);
}

static const char *edge_host(const struct check_input *in, const char *edge_id)
{
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_edges, &i, NULL)) != NULL) {
        if (strcmp(row_text(r, EDGES_EDGE_ID), edge_id) == 0)
            return host_of(r);
    }
    return NULL;
}

/* The gateways that tell which edge is active: tier-1 where NSX tells no state of the tier-0 ones
 * (the reverse proxy of an SDDC need not); the same edges carry both. */
static int64_t edge_tier(const struct check_input *in)
{
    const struct row *r;
    bool below = false;
    size_t i = 0;
    int64_t tier;

    while ((r = check_next(in, &table_gateways, &i, NULL)) != NULL) {
        if (!row_int(r, GATEWAYS_TIER, &tier) || !row_present(r, GATEWAYS_HA_STATUS))
            continue;
        if (tier == 0)
            return 0;
        below = true;
    }
    return below;
}

/* The next edge that is active for those gateways, or NULL. */
static const struct row *next_active(const struct check_input *in, size_t *i,
                                     const struct snapshot **s)
{
    const struct row *r;
    int64_t wanted = edge_tier(in), tier;

    while ((r = check_next(in, &table_gateways, i, s)) != NULL) {
        if (row_int(r, GATEWAYS_TIER, &tier) && tier == wanted &&
            row_is(r, GATEWAYS_HA_STATUS, "active"))
            return r;
    }
    return NULL;
}

enum match { MATCH_NONE, MATCH_YES, MATCH_UNKNOWN };

static enum match match_host(const struct check_input *in, const char *host)
{
    enum match m = MATCH_NONE;
    const struct row *r;
    size_t i = 0;

    while ((r = next_active(in, &i, NULL)) != NULL) {
        const char *other = edge_host(in, row_text(r, GATEWAYS_EDGE_ID));

        if (other && strcmp(other, host) == 0)
            return MATCH_YES;
        if (!other)
            m = MATCH_UNKNOWN;
    }
    return m;
}

static void add_evidence(const struct check_input *in, struct finding *f, const struct row *eni,
                         const struct snapshot *s)
{
    const struct snapshot *gs;
    const struct row *r;
    size_t i = 0;

    finding_affected(f, row_text(eni, ENIS_ENI));
    finding_evidence(f, "active ENI %s: host %s (%s)", row_text(eni, ENIS_ENI),
                     check_cell(in, &table_enis, eni, ENIS_HOST), check_age(in, s));
    while ((r = next_active(in, &i, &gs)) != NULL) {
        const char *host = edge_host(in, row_text(r, GATEWAYS_EDGE_ID));

        finding_evidence(
            f, "active edge of %s: %s on host %s (%s)", row_text(r, GATEWAYS_GATEWAY),
            row_text(r, row_present(r, GATEWAYS_EDGE) ? GATEWAYS_EDGE : GATEWAYS_EDGE_ID),
            host ? host : check_word(in, "not known"), check_age(in, gs));
    }
}

static bool is_active(const struct row *r)
{
    bool nsx = false, routes = false;

    if (row_bool(r, ENIS_ACTIVE_BY_NSX, &nsx))
        return nsx;
    return row_bool(r, ENIS_ACTIVE_BY_ROUTES, &routes) && routes;
}

static void judge(const struct check_input *in, const struct row *eni, const struct snapshot *s)
{
    const char *host = row_str(eni, ENIS_HOST);
    enum match m = host ? match_host(in, host) : MATCH_UNKNOWN;
    struct finding *f;

    if (m == MATCH_YES)
        return;
    if (m == MATCH_UNKNOWN) {
        f = finding_add(in, SEV_UNKNOWN, 0, row_text(eni, ENIS_ENI));
        finding_summary(f,
                        "Whether the active ENI %s is on the host of the active edge is not "
                        "known: a host could not be identified.",
                        row_text(eni, ENIS_ENI));
    } else {
        f = finding_add(in, SEV_CRITICAL, CHECK_TRANSIENT, row_text(eni, ENIS_ENI));
        finding_summary(f,
                        "The active ENI %s belongs to host %s, but no active edge runs there: "
                        "traffic takes a wrong way or none.",
                        row_text(eni, ENIS_ENI), host);
    }
    add_evidence(in, f, eni, s);
}

/* Some managers never say on which host an edge runs, or which ENI is a host's: then this question
 * has no answer here, which is no fault. */
static bool can_be_asked(const struct check_input *in)
{
    const struct row *r;
    bool edge = false, eni = false, any = false;
    size_t i = 0, k = 0, g = 0;

    while ((r = check_next(in, &table_edges, &i, NULL)) != NULL)
        edge |= host_of(r) != NULL;
    while ((r = check_next(in, &table_enis, &k, NULL)) != NULL)
        eni |= row_present(r, ENIS_HOST);
    any = next_active(in, &g, NULL) != NULL;
    return edge && eni && any;
}

static void run(const struct check_input *in)
{
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0;

    if (check_link_pending(in) || !can_be_asked(in))
        return;
    while ((r = check_next(in, &table_enis, &i, &s)) != NULL) {
        if (!row_is(r, ENIS_ROLE, "foreign") && is_active(r) &&
            !check_vpc_pending(in, row_text(r, ENIS_VPC)))
            judge(in, r, s);
    }
}

static const struct schema *const tables[] = {&table_enis, &table_edges, &table_gateways, NULL};
static const struct schema *const optional[] = {
    &table_hosts,     &table_linked_vpcs, &table_sddcs, &table_nsx_vms,
    &table_nsx_nodes, &table_routes,      NULL};

const struct check check_eni_on_active_host = {
    .name = "eni-on-active-host",
    .title = N_("the active ENI belongs to the host on which the active edge runs"),
    .remedy = N_("Wait for the failover to end. If it lasts, ask VMware support to move the active "
                 "ENI or edge, with these ids and the timeline of the ENI tab."),
    .kinds = KIND_AWS,
    .tables = tables,
    .optional = optional,
    .run = run,
};
