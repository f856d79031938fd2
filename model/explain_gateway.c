/*
 * explain_gateway: which gateway firewalls lie between two ends.
 *
 *   VMC          the compute gateway between a segment and what is outside of the SDDC, on one of
 *                its interfaces; the management gateway before the management network, whoever
 * asks. Between segments and the management network the compute gateway is passed, too, but not one
 * of its interfaces: its rules are not looked at there. on premises  the tier-1 gateway of each
 * end, when the ends are behind different ones, and the tier-0 gateway when one end is outside.
 * Segments behind one tier-1 gateway reach each other without its firewall.
 *
 * A gateway without rules has no firewall and is no hop.
 */
#include "model/explain_priv.h"

#include <string.h>

#include "core/text.h"

enum zone { ZONE_OUTSIDE, ZONE_COMPUTE, ZONE_MANAGEMENT };

static bool is_management(const struct explain_ask *a, const struct explain_party *p,
                          const char *site)
{
    struct explain_cursor at = {0};

    while (p->address && explain_next(a->x, &table_sddcs, site, &at)) {
        const struct ip *net = row_ip(at.found.row, SDDCS_MANAGEMENT_CIDR);
        if (net && ip_contains(net, p->address))
            return true;
    }
    return false;
}

static enum zone zone_of(const struct explain_ask *a, const struct explain_party *p,
                         const char *site)
{
    if (is_management(a, p, site))
        return ZONE_MANAGEMENT;
    return p->segment.row && !p->eni.row ? ZONE_COMPUTE : ZONE_OUTSIDE;
}

/* Is the address in a VPC that the SDDC of @site is linked to? */
static bool is_in_vpc(const struct explain_ask *a, const struct explain_party *p)
{
    struct explain_cursor at = {0};
    struct ip net;

    if (p->eni.row || p->subnet.row)
        return true;
    while (p->address && explain_next(a->x, &table_vpcs, NULL, &at)) {
        const struct ip *first = row_ip(at.found.row, VPCS_CIDR);
        const struct cell_list *l = row_list(at.found.row, VPCS_SECONDARY_CIDRS);
        if (first && ip_contains(first, p->address))
            return true;
        for (size_t i = 0; l && i < l->n; i++) {
            if (ip_parse(l->items[i], &net) == 0 && ip_contains(&net, p->address))
                return true;
        }
    }
    return false;
}

/* ---- VMC ----------------------------------------------------------------------------------------
 */

/* Interfaces of the compute gateway. Whether an end outside of the VPC is reached by the internet,
 * Direct Connect or a VPN is not known here. */
static enum explain_match on_interface(struct explain_ask *a, const struct explain_gateway *g,
                                       const struct row *rule)
{
    const struct explain_party *far = g->out ? &a->destination : &a->source;
    const struct cell_list *l = row_list(rule, RULES_APPLIED_TO_PATHS);
    bool vpc = is_in_vpc(a, far);
    enum explain_match m = EXPLAIN_NO, one;

    if (!l || !l->n)
        return EXPLAIN_YES;
    for (size_t i = 0; i < l->n; i++) {
        if (text_has_suffix(l->items[i], "/cgw-all") || strcmp(l->items[i], "ANY") == 0)
            return EXPLAIN_YES;
        if (text_has_suffix(l->items[i], "/cgw-cross-vpc"))
            one = vpc ? EXPLAIN_YES : EXPLAIN_NO;
        else
            one = vpc ? EXPLAIN_NO : EXPLAIN_DEPENDS;
        m = one < m ? one : m;
    }
    return m;
}

/* One hop at @g; when its rules were not read it says so. */
static void judge_gateway(struct explain_ask *a, const struct explain_gateway *g, bool must)
{
    const char *unread = explain_unread(a, &table_rules, g->site);
    size_t first = a->out->nhops;
    struct explain_hop *h = explain_add_hop(a, "gateway");
    bool any;

    h->filter = g->name;
    any = explain_policy_walk(a, g, h);
    if (!any && !unread && !must) {
        a->out->nhops--;
        return;
    }
    if (unread) {
        h->verdict = EXPLAIN_NOT_KNOWN;
        h->reason = unread;
    } else if (!any) {
        h->reason = "no rules of this gateway are known";
    }
    explain_join_hops(a, first);
}

static void judge_vmc(struct explain_ask *a, const char *site)
{
    enum zone from = zone_of(a, &a->source, site), to = zone_of(a, &a->destination, site);
    struct explain_gateway g = {.site = site};

    if (from == to)
        return;
    if (from == ZONE_MANAGEMENT || to == ZONE_MANAGEMENT) {
        g.layer = g.name = "mgw";
        g.out = from == ZONE_MANAGEMENT;
    } else {
        g.layer = g.name = "cgw";
        g.out = from == ZONE_COMPUTE;
        g.applies = on_interface;
    }
    judge_gateway(a, &g, true);
}

/* ---- on premises --------------------------------------------------------------------------------
 */

/* Gateway rules name the gateways that they are for. */
static enum explain_match on_gateway(struct explain_ask *a, const struct explain_gateway *g,
                                     const struct row *rule)
{
    const struct cell_list *paths = row_list(rule, RULES_APPLIED_TO_PATHS);
    const struct cell_list *names = row_list(rule, RULES_APPLIED_TO);
    const char *end = arena_printf(a->arena, "/%s", g->name);

    for (size_t i = 0; paths && i < paths->n; i++) {
        if (text_has_suffix(paths->items[i], end))
            return EXPLAIN_YES;
    }
    for (size_t i = 0; names && i < names->n; i++) {
        if (strcmp(names->items[i], g->name) == 0)
            return EXPLAIN_YES;
    }
    return EXPLAIN_NO;
}

static const char *tier1_of(const struct explain_party *p)
{
    return p->segment.row ? row_str(p->segment.row, SEGMENTS_TIER1) : NULL;
}

/* The tier-0 gateway above a tier-1 one; NULL: not known. */
static const char *tier0_of(const struct explain_ask *a, const char *site, const char *tier1)
{
    struct explain_cursor at = {0};

    while (explain_next(a->x, &table_gateways, site, &at)) {
        const char *path = row_str(at.found.row, GATEWAYS_PATH);
        const char *tier0 = row_str(at.found.row, GATEWAYS_TIER0);
        const char *last = path ? strrchr(path, '/') : NULL;
        if (tier0 && last && strcmp(last + 1, tier1) == 0)
            return strrchr(tier0, '/') ? strrchr(tier0, '/') + 1 : tier0;
    }
    return NULL;
}

static void judge_tier(struct explain_ask *a, const char *site, const char *layer, const char *name,
                       bool out)
{
    struct explain_gateway g = {
        .site = site, .layer = layer, .name = name, .out = out, .applies = on_gateway};

    judge_gateway(a, &g, false);
}

static void judge_tiers(struct explain_ask *a, const char *site)
{
    const char *from = tier1_of(&a->source), *to = tier1_of(&a->destination), *tier0;

    if (from && to && strcmp(from, to) == 0)
        return;
    if (from)
        judge_tier(a, site, "t1", from, true);
    if (!from != !to) {
        tier0 = tier0_of(a, site, from ? from : to);
        if (tier0)
            judge_tier(a, site, "t0", tier0, from != NULL);
    }
    if (to)
        judge_tier(a, site, "t1", to, false);
}

static bool serves(const struct explain_ask *a, const struct schema *schema, const char *site)
{
    size_t n;
    struct snapshot *const *all = estate_table(a->x->e, schema, &n);

    for (size_t i = 0; i < n; i++) {
        if (strcmp(snapshot_site(all[i]), site) == 0 &&
            snapshot_freshness(all[i]) != FRESH_UNSUPPORTED)
            return true;
    }
    return false;
}

void explain_gateway_hops(struct explain_ask *a)
{
    const char *site = a->source.site ? a->source.site : a->destination.site;
    const char *other = a->destination.site, *unread;

    /* An interface of AWS may be read in another site than the machine is. */
    if (a->source.eni.row && other)
        site = other;
    if (!site || !serves(a, &table_segments, site))
        return;
    unread = explain_unread(a, &table_segments, site);
    if (unread) {
        size_t first = a->out->nhops;
        explain_add_hop(a, "gateway")->reason =
            arena_printf(a->arena, "which gateways are on the way is not known: %s", unread);
        explain_join_hops(a, first);
        return;
    }
    if (!a->source.address || !a->destination.address)
        explain_note(a, "gateways are not looked at: an address is not known");
    else if (serves(a, &table_sddcs, site))
        judge_vmc(a, site);
    else
        judge_tiers(a, site);
}
