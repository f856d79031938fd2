/*
 * routes-follow: the classic outage. VMC rewrites the main route table when the active ENI changes;
 * a custom table that holds SDDC networks, or the managed prefix list, has to follow by other
 * means, and often nobody does it.
 */
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

#include <string.h>

/* The command that mends one route, to be copied. */
static void add_command(struct finding *f, const struct check_input *in,
                        const struct route_table *t, const struct row *r)
{
    const char *list = row_text(r, ROUTES_PREFIX_LIST);

    finding_remedy(
        f,
        "Point the table's SDDC routes to the active ENI. AWS console: VPC > Route tables > %s > "
        "Routes > Edit. Or for each destination: aws ec2 replace-route --route-table-id %s %s %s "
        "--network-interface-id %s. Lasting: use the main table, or managed prefix list mode.",
        t->id, t->id, *list ? "--destination-prefix-list-id" : "--destination-cidr-block",
        *list ? list : check_cell(in, &table_routes, r, ROUTES_DESTINATION),
        row_text(r, ROUTES_EXPECTED_TARGET));
}

static void add_routes(const struct check_input *in, const struct route_table *t, struct finding *f)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct row *r = route_table_row(t, i);

        if (!route_is_off(r))
            continue;
        finding_affected(f, route_label(in, r));
        if (finding_affected_count(f) <= 3)
            finding_evidence(f, "%s: %s -> %s, %s (%s)", t->id,
                             check_cell(in, &table_routes, r, ROUTES_DESTINATION),
                             check_cell(in, &table_routes, r, ROUTES_TARGET),
                             check_cell(in, &table_routes, r, ROUTES_VERDICT),
                             check_age(in, t->source));
    }
    finding_evidence(f, "the main table %s; subnets of %s: %s",
                     route_main_followed(in, t->vpc) ? "points to the active ENI"
                                                     : "does not point to the active ENI either",
                     t->id, check_join(in, t->subnets, 5));
}

static void report(const struct check_input *in, const struct route_table *t, size_t off,
                   const struct row *first)
{
    unsigned flags;
    enum severity severity = route_table_severity(in, t, &flags);
    struct finding *f = finding_add(in, severity, flags, t->subject);
    const char *expected = check_cell(in, &table_routes, first, ROUTES_EXPECTED_TARGET);

    add_routes(in, t, f);
    if (route_is_missing(first))
        finding_summary(f, "Route table %s lacks %zu SDDC network%s; the active ENI is %s.",
                        t->subject, off, off == 1 ? "" : "s", expected);
    else
        finding_summary(f,
                        "Route table %s sends %zu SDDC network%s to %s, but the active ENI is "
                        "%s: its subnets cannot reach the SDDC.",
                        t->subject, off, off == 1 ? "" : "s", row_text(first, ROUTES_TARGET),
                        expected);
    add_command(f, in, t, first);
}

static void run(const struct check_input *in)
{
    struct route_table t = {0};

    if (check_link_pending(in))
        return;
    while (route_table_next(in, &t)) {
        const struct row *first = NULL;
        size_t off = 0;

        for (size_t i = 0; !t.main && i < t.n; i++) {
            if (!route_is_off(route_table_row(&t, i)))
                continue;
            first = first ? first : route_table_row(&t, i);
            off++;
        }
        if (off)
            report(in, &t, off, first);
    }
}

static const struct schema *const tables[] = {&table_routes, &table_enis, NULL};

const struct check check_routes_follow = {
    .name = "routes-follow",
    .title = "custom route tables that hold SDDC networks point to the active ENI",
    .remedy = "Point the table's SDDC routes to the active ENI.",
    .kinds = KIND_AWS,
    .tables = tables,
    .optional = checks_route_inputs,
    .run = run,
};
