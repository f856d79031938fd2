/*
 * routes-follow: the classic outage. VMC rewrites the main route table when the active ENI changes;
 * a custom table that holds SDDC networks, or the managed prefix list, has to follow by other
 * means, and often nobody does it.
 */
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

#include <string.h>

/* Does the main table of @vpc lead where it should? Then the change is over for everybody else. */
static bool main_has_followed(const struct check_input *in, const char *vpc)
{
    struct route_table t = {0};
    bool any = false;

    while (route_table_next(in, &t)) {
        if (!t.main || strcmp(t.vpc, vpc) != 0)
            continue;
        for (size_t i = 0; i < t.n; i++) {
            const struct row *r = route_table_row(&t, i);

            if (route_is_stale(r))
                return false;
            any |= row_is(r, ROUTES_VERDICT, "ok");
        }
    }
    return any;
}

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

static void report(const struct check_input *in, const struct route_table *t, size_t nstale)
{
    bool over = main_has_followed(in, t->vpc);
    struct finding *f = finding_add(
        in, SEV_CRITICAL, CHECK_TRANSIENT | (over ? (unsigned)CHECK_SETTLED : 0), t->subject);
    const struct row *first = NULL;

    for (size_t i = 0; i < t->n; i++) {
        const struct row *r = route_table_row(t, i);

        if (!route_is_stale(r))
            continue;
        first = first ? first : r;
        finding_affected(f, route_label(in, r));
        if (finding_affected_count(f) <= 3)
            finding_evidence(f, "%s: %s -> %s, %s (%s)", t->id,
                             check_cell(in, &table_routes, r, ROUTES_DESTINATION),
                             row_text(r, ROUTES_TARGET), row_text(r, ROUTES_STATE),
                             check_age(in, t->source));
    }
    finding_evidence(f, "active ENI: %s; the main table %s",
                     row_text(first, ROUTES_EXPECTED_TARGET),
                     over ? "points to it" : "does not point to it everywhere yet");
    finding_evidence(f, "used by subnets: %s", check_join(in, t->subnets, 5));
    finding_summary(f,
                    "Route table %s sends %zu SDDC network%s to %s, but the active ENI is %s: its "
                    "subnets cannot reach the SDDC.",
                    t->subject, nstale, nstale == 1 ? "" : "s", row_text(first, ROUTES_TARGET),
                    row_text(first, ROUTES_EXPECTED_TARGET));
    add_command(f, in, t, first);
}

static void run(const struct check_input *in)
{
    struct route_table t = {0};

    if (check_link_pending(in))
        return;
    while (route_table_next(in, &t)) {
        size_t nstale = 0;

        for (size_t i = 0; !t.main && i < t.n; i++)
            nstale += route_is_stale(route_table_row(&t, i));
        if (nstale)
            report(in, &t, nstale);
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
