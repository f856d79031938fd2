/*
 * routes-follow: the classic outage. VMC rewrites the main route table when the active ENI changes;
 * a custom table that holds SDDC networks, or the managed prefix list, has to follow by other
 * means, and often nobody does it.
 */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

#include <string.h>

/* More tables than this are one finding with the others below it. */
#define MANY         3
#define MANY_SUBJECT "custom route tables"

/* Each traffic group, and each SDDC of the VPC, has its active ENI: one command would be wrong. */
static bool want_several(const struct route_table *t, const char *eni)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct row *r = route_table_row(t, i);
        const char *other = row_str(r, ROUTES_EXPECTED_TARGET);

        if (route_is_off(r) && other && strcmp(other, eni) != 0)
            return true;
    }
    return false;
}

/* A list in a custom table is rewritten by VMC itself. */
static const char *lasting_for(const struct check_input *in, const char *list)
{
    return *list ? check_word(in, "VMC rewrites a route to its prefix list itself: see that the "
                                  "account link works (VMC console: Networking & Security > "
                                  "Connected VPC).")
                 : check_word(in, "Lasting: use the main table, or managed prefix list mode.");
}

/* The command that mends one route, to be copied. */
static void add_command(struct finding *f, const struct check_input *in,
                        const struct route_table *t, const struct row *r)
{
    const char *list = row_text(r, ROUTES_PREFIX_LIST), *eni = row_str(r, ROUTES_EXPECTED_TARGET);
    const char *to = *list ? list : check_cell(in, &table_routes, r, ROUTES_DESTINATION);
    const char *lasting = lasting_for(in, list);

    if (eni && want_several(t, eni)) {
        finding_remedy(f,
                       "Point each SDDC route of the table to its own active ENI: the column "
                       "expected_target of the Routes table (hycon get routes). %s",
                       lasting);
        return;
    }
    if (!eni) {
        finding_remedy(f, "Point the table's SDDC routes to the active ENI (ENI tab). %s", lasting);
        return;
    }
    finding_remedy(f,
                   "Point the table's SDDC routes to the active ENI. AWS console: VPC > Route "
                   "tables > %s > Routes > Edit. Or for each destination: aws ec2 %s "
                   "--route-table-id %s %s %s --network-interface-id %s. %s",
                   t->id, route_is_missing(r) ? "create-route" : "replace-route",
                   check_shell_word(in, t->id), route_option(r), check_shell_word(in, to),
                   check_shell_word(in, eni), lasting);
}

/* The main table of the VPC that is being looked at: asked once, not for every table. */
struct main_table {
    const char *vpc;
    bool followed;
};

static void add_routes(const struct check_input *in, const struct route_table *t,
                       const struct main_table *m, struct finding *f)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct row *r = route_table_row(t, i);

        if (!route_is_off(r))
            continue;
        finding_affected(f, route_label(in, r));
        if (finding_affected_count(f) <= 3)
            finding_evidence(f, "%s: %s -> %s, %s; expected %s (%s)", t->id,
                             check_cell(in, &table_routes, r, ROUTES_DESTINATION),
                             check_cell(in, &table_routes, r, ROUTES_TARGET),
                             check_cell(in, &table_routes, r, ROUTES_VERDICT),
                             check_cell(in, &table_routes, r, ROUTES_EXPECTED_TARGET),
                             check_age(in, t->source));
    }
    finding_evidence(f, "%s; subnets of %s: %s",
                     m->followed
                         ? check_word(in, "the main table points to the active ENI")
                         : check_word(in, "the main table does not lead every network to the "
                                          "active ENI either"),
                     t->id, check_join(in, t->subnets, 5));
}

/* Routes of a custom table that are off. */
struct late_table {
    size_t off;
    const struct row *first; /* that is late; when none is, the first that converges */
    enum severity severity;
    unsigned flags;
};

/* None is associated: nothing is cut off, until somebody associates one. */
static bool is_unused(const struct route_table *t)
{
    return t->subnets && !t->subnets->n;
}

/* While the main table leads to several ENIs nobody says which is the active one. */
static void summarize(const struct check_input *in, struct finding *f, const struct route_table *t,
                      const struct late_table *late)
{
    const char *target = row_text(late->first, ROUTES_TARGET), *s = late->off == 1 ? "" : "s";
    const char *eni = row_str(late->first, ROUTES_EXPECTED_TARGET);

    if (is_unused(t))
        finding_summary(f,
                        "Route table %s does not lead %zu SDDC network%s to the active ENI; no "
                        "subnet uses it now.",
                        t->subject, late->off, s);
    else if (route_is_missing(late->first))
        finding_summary(f, "Route table %s lacks %zu SDDC network%s; the active ENI is %s.",
                        t->subject, late->off, s, eni ? eni : check_word(in, "not known yet"));
    else if (!eni && !(late->flags & CHECK_TRANSIENT))
        finding_summary(f,
                        "Route table %s sends %zu SDDC network%s to %s, which is no active ENI: "
                        "its subnets cannot reach the SDDC.",
                        t->subject, late->off, s, target);
    else if (!eni)
        finding_summary(f,
                        "Route table %s sends %zu SDDC network%s to %s while the main table leads "
                        "to more than one ENI: which is active is not known yet.",
                        t->subject, late->off, s, target);
    else
        finding_summary(f,
                        "Route table %s sends %zu SDDC network%s to %s, but the active ENI is "
                        "%s: its subnets cannot reach the SDDC.",
                        t->subject, late->off, s, target, eni);
}

static struct finding *report(const struct check_input *in, const struct route_table *t,
                              const struct main_table *m, const struct late_table *late)
{
    struct finding *f = finding_add(in, late->severity, late->flags, t->subject);

    add_routes(in, t, m, f);
    summarize(in, f, t, late);
    add_command(f, in, t, late->first);
    /* One failover: the main table is not done either. */
    if (!m->followed && late->flags & CHECK_TRANSIENT)
        finding_caused_by(f, "routes-main", check_main_table_subject(in, t->vpc));
    return f;
}

static bool find_late(const struct check_input *in, const struct route_table *t,
                      struct main_table *m, struct late_table *late)
{
    *late = (struct late_table){0};
    for (size_t i = 0; !t->main && i < t->n; i++) {
        const struct row *r = route_table_row(t, i);

        if (!route_is_off(r))
            continue;
        if (!late->first || (row_is(late->first, ROUTES_VERDICT, "converging") &&
                             !row_is(r, ROUTES_VERDICT, "converging")))
            late->first = r;
        late->off++;
    }
    if (!late->off)
        return false;
    if (!m->vpc || strcmp(m->vpc, t->vpc) != 0)
        *m = (struct main_table){t->vpc, route_main_followed(in, t->vpc)};
    late->severity = route_table_severity(t, m->followed, &late->flags);
    if (is_unused(t) && late->severity > SEV_WARNING) {
        late->severity = SEV_WARNING;
        late->flags = 0;
    }
    return true;
}

/* Many tables that nobody keeps are one mistake: one line, with the tables below it. */
static void report_all(const struct check_input *in, size_t n, const struct late_table *worst)
{
    struct finding *f = finding_add(in, worst->severity, worst->flags, MANY_SUBJECT);
    struct route_table t = {0};
    struct main_table m = {0};
    struct late_table late;

    while (route_table_next_linked(in, &t)) {
        if (!find_late(in, &t, &m, &late))
            continue;
        finding_affected(f, t.subject);
        if (finding_affected_count(f) <= 5)
            finding_evidence(f, "%s: %zu routes to %s; active ENI %s (%s)", t.subject, late.off,
                             check_cell(in, &table_routes, late.first, ROUTES_TARGET),
                             check_cell(in, &table_routes, late.first, ROUTES_EXPECTED_TARGET),
                             check_age(in, t.source));
        finding_caused_by(report(in, &t, &m, &late), "routes-follow", MANY_SUBJECT);
    }
    finding_summary(f,
                    "%zu custom route tables do not lead to the active ENI: their subnets "
                    "cannot reach the SDDC.",
                    n);
    finding_remedy(f, "Nobody keeps these tables after a failover. Point their SDDC routes to the "
                      "active ENI (the findings below have the commands). Lasting: use the main "
                      "table, or managed prefix list mode.");
}

static void run(const struct check_input *in)
{
    struct route_table t = {0};
    struct main_table m = {0};
    struct late_table late, worst = {0};
    size_t n = 0;

    if (check_link_pending(in))
        return;
    while (route_table_next_linked(in, &t)) {
        if (!find_late(in, &t, &m, &late))
            continue;
        n++;
        if (late.severity > worst.severity)
            worst = late;
    }
    if (n > MANY) {
        report_all(in, n, &worst);
        return;
    }
    for (t = (struct route_table){0}; n && route_table_next_linked(in, &t);) {
        if (find_late(in, &t, &m, &late))
            report(in, &t, &m, &late);
    }
}

static const struct schema *const tables[] = {&table_routes, &table_enis, NULL};

const struct check check_routes_follow = {
    .name = "routes-follow",
    .title = N_("custom route tables that hold SDDC networks point to the active ENI"),
    .remedy = N_("Point the table's SDDC routes to the active ENI."),
    .kinds = KIND_AWS,
    .tables = tables,
    .optional = checks_route_inputs,
    .run = run,
};
