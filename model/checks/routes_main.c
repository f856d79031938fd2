/*
 * routes-main: every routed segment and the management network are in the main route table and lead
 * to the active ENI. VMC writes this table itself, so what lasts here is a broken link.
 */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

#include <string.h>

struct tally {
    size_t stale, missing, good;
    const struct row *first;
};

static struct tally count(const struct route_table *t)
{
    struct tally n = {0};

    for (size_t i = 0; i < t->n; i++) {
        const struct row *r = route_table_row(t, i);

        n.good += row_is(r, ROUTES_VERDICT, "ok");
        if (!route_is_off(r))
            continue;
        n.missing += route_is_missing(r);
        n.stale += !route_is_missing(r);
        if (!n.first)
            n.first = r;
    }
    return n;
}

static void add_routes(const struct check_input *in, const struct route_table *t, struct finding *f)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct row *r = route_table_row(t, i);

        if (!route_is_off(r))
            continue;
        finding_affected(f, route_label(in, r));
        if (finding_affected_count(f) > 4)
            continue;
        if (route_is_missing(r))
            finding_evidence(f, "%s has no route for %s (%s)", t->id, route_label(in, r),
                             check_age(in, t->source));
        else
            finding_evidence(f, "%s: %s -> %s, %s; expected %s (%s)", t->id, route_label(in, r),
                             row_text(r, ROUTES_TARGET), row_text(r, ROUTES_STATE),
                             check_cell(in, &table_routes, r, ROUTES_EXPECTED_TARGET),
                             check_age(in, t->source));
    }
}

static bool is_local(const struct row *r)
{
    return row_is(r, ROUTES_TARGET, "local") && row_ip(r, ROUTES_DESTINATION);
}

/* AWS takes no route for what is the VPC's own: then the missing ones are the overlap's. NULL when
 * one is off for another reason. */
static const char *own_block(const struct check_input *in, const struct route_table *t)
{
    const char *block = NULL;

    for (size_t i = 0; i < t->n; i++) {
        const struct row *r = route_table_row(t, i), *local = NULL;

        if (!route_is_off(r))
            continue;
        for (size_t k = 0; k < t->n && route_is_missing(r) && !local; k++) {
            const struct row *other = route_table_row(t, k);
            if (is_local(other) && row_ip(r, ROUTES_DESTINATION) &&
                ip_overlaps(row_ip(other, ROUTES_DESTINATION), row_ip(r, ROUTES_DESTINATION)))
                local = other;
        }
        if (!local)
            return NULL;
        block = check_cell(in, &table_routes, local, ROUTES_DESTINATION);
    }
    return block;
}

static void report(const struct check_input *in, const struct route_table *t, const struct tally *n)
{
    unsigned flags;
    enum severity severity = route_table_severity(t, false, &flags);
    struct finding *f = finding_add(in, severity, flags, t->subject);
    size_t all = n->stale + n->missing + n->good;
    const char *eni = row_str(n->first, ROUTES_EXPECTED_TARGET);

    if (eni)
        finding_summary(f,
                        "Main route table %s: %zu of %zu SDDC networks do not lead to the active "
                        "ENI %s (%zu missing, %zu to another target); the VPC cannot reach them.",
                        t->subject, n->stale + n->missing, all, eni, n->missing, n->stale);
    else if (n->good)
        finding_summary(f, "Main route table %s: %zu of %zu SDDC networks lead to no active ENI.",
                        t->subject, n->stale + n->missing, all);
    else
        finding_summary(f,
                        "Main route table %s: its %zu SDDC networks lead to more than one ENI; "
                        "which is active is not known yet.",
                        t->subject, all);
    add_routes(in, t, f);
    finding_evidence(f, "in place: %zu of %zu", n->good, all);
    if (eni && !check_eni(in, eni))
        finding_caused_by(f, "one-active-eni", t->vpc);
    else if (own_block(in, t))
        finding_caused_by(f, "cidr-overlap", own_block(in, t));
}

static void run(const struct check_input *in)
{
    struct route_table t = {0};

    if (check_link_pending(in))
        return;
    while (route_table_next_linked(in, &t)) {
        struct tally n = count(&t);

        if (t.main && n.first)
            report(in, &t, &n);
    }
}

static const struct schema *const tables[] = {&table_routes, &table_enis, NULL};

const struct check check_routes_main = {
    .name = "routes-main",
    .title = N_("the main route table leads every SDDC network to the active ENI"),
    .remedy =
        N_("VMC keeps this table. Check the account link (VMC console: Networking & Security > "
           "Connected VPC) and its IAM role, the route quota and overlapping routes; then open "
           "a support request with these ids. Until then: aws ec2 create-route or "
           "replace-route by hand."),
    .kinds = KIND_AWS,
    .tables = tables,
    .optional = checks_route_inputs,
    .run = run,
};
