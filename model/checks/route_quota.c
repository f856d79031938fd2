/*
 * route-quota: a full route table silently misses the next segment. A managed prefix list counts
 * with the number of entries it may hold, not with those it has. The account's real quota cannot be
 * read by EC2, so the number is a threshold; a table beyond it shows that the number is wrong.
 */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

#include <string.h>

/* A list of AWS's own (gateway endpoints) names no maximum; counted as one route: not verified. */
static int64_t weight(const struct check_input *in, const struct row *route)
{
    const char *list = row_text(route, ROUTES_PREFIX_LIST);
    const struct row *r;
    int64_t max;
    size_t i = 0;

    while (*list && (r = check_next(in, &table_prefix_lists, &i, NULL)) != NULL) {
        if (strcmp(row_text(r, PREFIX_LISTS_PREFIX_LIST), list) == 0 &&
            row_int(r, PREFIX_LISTS_MAX_ENTRIES, &max) && max > 0)
            return max;
    }
    return 1;
}

/* Propagated routes have a quota of their own. */
static bool counts(const struct row *r)
{
    return !route_is_missing(r) && !row_is(r, ROUTES_ORIGIN, "EnableVgwRoutePropagation");
}

struct tally {
    int64_t used, by_lists;
    double quota, percent;
    struct finding *beyond; /* the number is wrong: once, for all tables */
};

static void count(const struct check_input *in, const struct route_table *t, struct tally *n)
{
    n->used = n->by_lists = 0;
    for (size_t i = 0; i < t->n; i++) {
        const struct row *r = route_table_row(t, i);
        int64_t w = counts(r) ? weight(in, r) : 0;

        n->used += w;
        n->by_lists += w > 1 ? w : 0;
    }
}

static void add_table(const struct check_input *in, const struct route_table *t,
                      const struct tally *n, struct finding *f)
{
    finding_affected(f, t->subject);
    if (finding_affected_count(f) <= 5)
        finding_evidence(f, "%s: %lld routes, %lld of them by prefix lists; quota %.0f (%s)", t->id,
                         (long long)n->used, (long long)n->by_lists, n->quota,
                         check_age(in, t->source));
}

static void judge(const struct check_input *in, const struct route_table *t, struct tally *n)
{
    double used = (double)n->used;
    struct finding *f;

    if (used > n->quota) {
        if (!n->beyond)
            n->beyond = finding_add(in, SEV_OK, CHECK_INFO, "route_quota");
        add_table(in, t, n, n->beyond);
    } else if (used >= n->quota * n->percent / 100) {
        f = finding_add(in, used >= n->quota ? SEV_CRITICAL : SEV_WARNING, 0, t->subject);
        add_table(in, t, n, f);
        finding_summary(f,
                        "Route table %s uses %lld of %.0f routes: new segments will soon find "
                        "no place.",
                        t->subject, (long long)n->used, n->quota);
    }
}

static void run(const struct check_input *in)
{
    struct route_table t = {0};
    struct tally n = {.quota = check_threshold(in, "route_quota"),
                      .percent = check_threshold(in, "route_quota_percent")};

    while (n.quota > 0 && route_table_next(in, &t)) {
        count(in, &t, &n);
        judge(in, &t, &n);
    }
    if (n.beyond)
        finding_summary(n.beyond,
                        "%zu route table%s more routes than route_quota (%.0f): set the "
                        "account's real quota.",
                        finding_affected_count(n.beyond),
                        finding_affected_count(n.beyond) == 1 ? " has" : "s have", n.quota);
}

static const struct schema *const tables[] = {&table_routes, NULL};
static const struct schema *const optional[] = {&table_prefix_lists, NULL};

const struct check check_route_quota = {
    .name = "route-quota",
    .title = N_("route tables have room for more routes"),
    .remedy =
        N_("AWS console: Service Quotas > Amazon VPC > Routes per route table shows and raises "
           "it; then set thresholds.route_quota. Or aggregate segments in prefix list mode."),
    .kinds = KIND_AWS,
    .tables = tables,
    .optional = optional,
    .run = run,
};
