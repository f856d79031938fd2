/*
 * routes-leftover: a route into the SDDC for a network that is no longer there swallows traffic,
 * and the network may be in use elsewhere tomorrow.
 */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

#include <string.h>

/* Into one of the SDDC's own ENIs, for a network that NSX does not have: what the verdict says,
 * unless the ENI is gone as well. */
static bool leads_to_sddc(const struct check_input *in, const struct row *r)
{
    const struct row *eni;

    if (!row_ip(r, ROUTES_DESTINATION))
        return false;
    if (row_is(r, ROUTES_VERDICT, "unmanaged"))
        return true;
    if (!row_is(r, ROUTES_VERDICT, "blackhole") || row_present(r, ROUTES_SEGMENT) ||
        route_is_missing(r))
        return false;
    eni = check_eni(in, row_text(r, ROUTES_TARGET));
    return eni && row_present(eni, ENIS_ROLE) && !row_is(eni, ENIS_ROLE, "foreign");
}

static bool list_overlaps(const struct cell_list *l, const struct ip *ip)
{
    struct ip other;

    for (size_t i = 0; l && i < l->n; i++) {
        if (ip_parse(l->items[i], &other) == 0 && ip_overlaps(&other, ip))
            return true;
    }
    return false;
}

static bool in_column(const struct check_input *in, const struct schema *schema, int one, int many,
                      const struct ip *ip)
{
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, schema, &i, NULL)) != NULL) {
        const struct ip *other = one >= 0 ? row_ip(r, (unsigned)one) : NULL;

        if ((other && ip_overlaps(other, ip)) ||
            (many >= 0 && list_overlaps(row_list(r, (unsigned)many), ip)))
            return true;
    }
    return false;
}

/* Any part of it is a network of the SDDC, or lies behind it (on premises, by its VPN). */
static bool is_wanted(const struct check_input *in, const struct ip *ip)
{
    for (size_t i = 0; i < in->site->nnetworks; i++) {
        if (ip_overlaps(&in->site->networks[i], ip))
            return true;
    }
    return in_column(in, &table_segments, SEGMENTS_CIDR, SEGMENTS_CIDRS, ip) ||
           in_column(in, &table_sddcs, SDDCS_MANAGEMENT_CIDR, -1, ip) ||
           in_column(in, &table_linked_vpcs, -1, LINKED_VPCS_EXPECTED_ENTRIES, ip);
}

static void judge(const struct check_input *in, const struct route_table *t)
{
    struct finding *f = NULL;
    const struct row *first = NULL;

    for (size_t i = 0; i < t->n; i++) {
        const struct row *r = route_table_row(t, i);

        if (!leads_to_sddc(in, r) || is_wanted(in, row_ip(r, ROUTES_DESTINATION)))
            continue;
        if (!f)
            f = finding_add(in, SEV_WARNING, 0, t->subject);
        finding_affected(f, route_label(in, r));
        first = first ? first : r;
        if (finding_affected_count(f) <= 5)
            finding_evidence(f, "%s: %s -> %s (%s)", t->id, route_label(in, r),
                             row_text(r, ROUTES_TARGET), check_age(in, t->source));
    }
    if (!f)
        return;
    finding_remedy(f,
                   "If the segment is really gone: aws ec2 delete-route --route-table-id %s "
                   "%s %s. Networks behind the SDDC (VPN, Direct Connect) "
                   "belong into the site's networks in hycon.yaml.",
                   check_shell_word(in, t->id), route_option(first),
                   check_shell_word(in, check_cell(in, &table_routes, first, ROUTES_DESTINATION)));
    finding_summary(f, "Route table %s sends %zu network%s into the SDDC that no segment has.",
                    t->subject, finding_affected_count(f),
                    finding_affected_count(f) == 1 ? "" : "s");
}

static void run(const struct check_input *in)
{
    struct route_table t = {0};

    if (check_link_pending(in))
        return;
    while (route_table_next_linked(in, &t))
        judge(in, &t);
}

static const struct schema *const tables[] = {&table_routes, &table_enis, &table_segments, NULL};
static const struct schema *const optional[] = {&table_linked_vpcs, &table_sddcs,
                                                &table_prefix_lists, NULL};

const struct check check_routes_leftover = {
    .name = "routes-leftover",
    .title = N_("no route leads into the SDDC for a network that is not there"),
    .remedy = N_("If the segment is really gone: aws ec2 delete-route --route-table-id TABLE "
                 "--destination-cidr-block NETWORK. Networks behind the SDDC (VPN, Direct Connect) "
                 "belong into the site's networks in hycon.yaml."),
    .kinds = KIND_AWS,
    .tables = tables,
    .optional = optional,
    .run = run,
};
