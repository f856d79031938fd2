/* routes-blackhole: no route to the SDDC leads to an ENI that is gone or detached. */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

#include <string.h>

/* Verdicts are given to routes about the SDDC alone: other blackholes are the owner's business. */
static bool is_blackhole(const struct row *r)
{
    return row_is(r, ROUTES_VERDICT, "blackhole") ||
           (row_is(r, ROUTES_STATE, "blackhole") && row_present(r, ROUTES_EXPECTED_TARGET));
}

/* It leads where it should, and there is nothing: what is wrong is the active ENI itself. */
static bool leads_to_active(const struct row *r)
{
    const char *want = row_str(r, ROUTES_EXPECTED_TARGET);

    return want && strcmp(want, row_text(r, ROUTES_TARGET)) == 0;
}

static void report(const struct check_input *in, const struct route_table *t, size_t n)
{
    size_t active = 0;
    struct finding *f = finding_add(in, SEV_CRITICAL, CHECK_TRANSIENT, t->subject);

    for (size_t i = 0; i < t->n; i++) {
        const struct row *r = route_table_row(t, i);

        if (!is_blackhole(r))
            continue;
        active += leads_to_active(r);
        finding_affected(f, route_label(in, r));
        if (finding_affected_count(f) <= 3)
            finding_evidence(f, "%s: %s -> %s, blackhole (%s)", t->id,
                             check_cell(in, &table_routes, r, ROUTES_DESTINATION),
                             row_text(r, ROUTES_TARGET), check_age(in, t->source));
    }
    finding_summary(f,
                    "Route table %s drops the traffic to %zu SDDC network%s: the target is "
                    "gone or detached.",
                    t->subject, n, n == 1 ? "" : "s");
    if (active == n)
        finding_caused_by(f, "one-active-eni", t->vpc);
    else
        finding_caused_by(f, t->main ? "routes-main" : "routes-follow", t->subject);
}

static void run(const struct check_input *in)
{
    struct route_table t = {0};

    if (check_link_pending(in))
        return;
    while (route_table_next_linked(in, &t)) {
        size_t n = 0;

        for (size_t i = 0; i < t.n; i++)
            n += is_blackhole(route_table_row(&t, i));
        if (n)
            report(in, &t, n);
    }
}

static const struct schema *const tables[] = {&table_routes, &table_enis, NULL};

const struct check check_routes_blackhole = {
    .name = "routes-blackhole",
    .title = N_("no SDDC route is a blackhole"),
    .remedy =
        N_("Point the routes to the active ENI (aws ec2 replace-route), or find out why the ENI "
           "lost its host: VMC console, host and connected VPC state."),
    .kinds = KIND_AWS,
    .tables = tables,
    .optional = checks_route_inputs,
    .run = run,
};
