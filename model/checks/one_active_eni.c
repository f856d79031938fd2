/*
 * one-active-eni: one ENI is active (one per traffic group), NSX and the main route table agree on
 * which, and it is attached. Idle ENIs are spares: how many there are does not matter here.
 */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

#include <string.h>

/* What is known of one VPC. */
struct picture {
    const char *vpc;
    size_t enis, by_routes, by_nsx, routes_only, groups;
    bool nsx_known, routes_known;
    const struct row *detached; /* active, but not in use */
    const char *gone;           /* active by NSX, but AWS shows no such interface */
};

static bool is_ours(const struct row *r)
{
    return row_present(r, ENIS_ROLE) && !row_is(r, ENIS_ROLE, "foreign");
}

static void add_eni(struct picture *p, const struct row *r)
{
    bool routes = false, nsx = false;

    p->routes_known |= row_bool(r, ENIS_ACTIVE_BY_ROUTES, &routes);
    p->nsx_known |= row_bool(r, ENIS_ACTIVE_BY_NSX, &nsx);
    p->enis++;
    p->by_routes += routes;
    p->by_nsx += nsx;
    p->routes_only += routes && !nsx;
    if ((nsx || routes) && !row_is(r, ENIS_STATUS, "in-use") &&
        !row_is(r, ENIS_STATUS, "attaching"))
        p->detached = r;
}

static bool is_target(const struct row *r, const char *vpc)
{
    bool routes = false;

    return is_ours(r) && strcmp(row_text(r, ENIS_VPC), vpc) == 0 &&
           row_bool(r, ENIS_ACTIVE_BY_ROUTES, &routes) && routes;
}

/* Subnets of the ENIs that the main table leads to: without NSX's word each is another SDDC's, for
 * two do not share one. */
static size_t count_subnets(const struct check_input *in, const char *vpc)
{
    const struct row *r, *other;
    size_t i = 0, n = 0;

    while ((r = check_next(in, &table_enis, &i, NULL)) != NULL) {
        bool seen = false;

        if (!is_target(r, vpc) || !row_present(r, ENIS_SUBNET))
            continue;
        for (size_t k = 0; !seen && k < i - 1;) {
            other = check_next(in, &table_enis, &k, NULL);
            seen = is_target(other, vpc) &&
                   strcmp(row_text(other, ENIS_SUBNET), row_text(r, ENIS_SUBNET)) == 0;
        }
        n += !seen;
    }
    return n;
}

static void find_gone(const struct check_input *in, struct picture *p, const struct row *link)
{
    const struct cell_list *active = row_list(link, LINKED_VPCS_ACTIVE_ENIS);

    for (size_t i = 0; active && i < active->n; i++) {
        if (!check_eni(in, active->items[i]))
            p->gone = active->items[i];
    }
}

/* Each SDDC that is linked to the VPC has an active ENI of its own, or one per traffic group. */
static void add_groups(const struct check_input *in, struct picture *p)
{
    const struct row *r;
    size_t i = 0, n = 0;

    while ((r = check_next(in, &table_linked_vpcs, &i, NULL)) != NULL) {
        const struct cell_list *l = row_list(r, LINKED_VPCS_TRAFFIC_GROUPS);

        if (strcmp(row_text(r, LINKED_VPCS_VPC), p->vpc) != 0)
            continue;
        n += l && l->n ? l->n : 1;
        find_gone(in, p, r);
    }
    if (!n)
        n = count_subnets(in, p->vpc);
    p->groups = n ? n : 1;
}

static struct picture look(const struct check_input *in, const char *vpc)
{
    struct picture p = {.vpc = vpc, .groups = 1};
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_enis, &i, NULL)) != NULL) {
        if (is_ours(r) && strcmp(row_text(r, ENIS_VPC), vpc) == 0)
            add_eni(&p, r);
    }
    add_groups(in, &p);
    return p;
}

static void add_evidence(const struct check_input *in, const struct picture *p, struct finding *f)
{
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_enis, &i, &s)) != NULL) {
        bool routes = false, nsx = false;

        row_bool(r, ENIS_ACTIVE_BY_ROUTES, &routes);
        row_bool(r, ENIS_ACTIVE_BY_NSX, &nsx);
        if (!is_ours(r) || strcmp(row_text(r, ENIS_VPC), p->vpc) != 0 || (!routes && !nsx))
            continue;
        finding_affected(f, row_text(r, ENIS_ENI));
        finding_evidence(f, "%s: %s%s%s, %s, host %s (%s)", row_text(r, ENIS_ENI),
                         routes ? check_word(in, "target of the main table") : "",
                         routes && nsx ? ", " : "", nsx ? check_word(in, "active by NSX") : "",
                         row_text(r, ENIS_STATUS), check_cell(in, &table_enis, r, ENIS_HOST),
                         check_age(in, s));
    }
    finding_evidence(f, "%zu ENIs of the SDDC, %zu traffic group%s", p->enis, p->groups,
                     p->groups == 1 ? "" : "s");
}

static struct finding *violation(const struct check_input *in, const struct picture *p)
{
    struct finding *f = finding_add(in, SEV_CRITICAL, CHECK_TRANSIENT, p->vpc);

    add_evidence(in, p, f);
    return f;
}

static bool disagree(const struct picture *p)
{
    return p->nsx_known && p->by_nsx && (p->routes_only || !p->by_routes);
}

static void too_many(const struct check_input *in, const struct picture *p, size_t active)
{
    struct finding *f = violation(in, p);

    finding_summary(f, "%zu ENIs of %s are active, but there %s %zu traffic group%s.", active,
                    p->vpc, p->groups == 1 ? "is" : "are", p->groups, p->groups == 1 ? "" : "s");
    finding_caused_by(f, "routes-main", check_main_table_subject(in, p->vpc));
}

/* Deleted by somebody, or in another account, region or subnet than the endpoint reads. */
static void gone(const struct check_input *in, const struct picture *p)
{
    struct finding *f = violation(in, p);

    finding_affected(f, p->gone);
    finding_summary(f, "NSX names %s as the active ENI of %s, but AWS shows no such interface.",
                    p->gone, p->vpc);
    finding_remedy(f,
                   "CloudTrail (DeleteNetworkInterface) tells who deleted it; only VMC can make a "
                   "new one: open a support request with this id. If it is there in the AWS "
                   "console, correct region, vpcs and subnets of the aws endpoint.");
}

static void judge(const struct check_input *in, const struct picture *p)
{
    size_t active = p->by_routes ? p->by_routes : p->by_nsx;
    struct finding *f;

    if (p->gone) {
        gone(in, p);
    } else if (!active && (p->routes_known || p->nsx_known)) {
        f = violation(in, p);
        finding_summary(f,
                        "No ENI of %s is active: neither the main route table nor NSX names "
                        "one; nothing passes between the VPC and the SDDC.",
                        p->vpc);
    } else if (disagree(p)) {
        f = violation(in, p);
        finding_summary(f,
                        "NSX and the main route table of %s disagree on the active ENI: a "
                        "failover has not been followed, or the link is broken.",
                        p->vpc);
        finding_caused_by(f, "routes-main", check_main_table_subject(in, p->vpc));
    } else if (active > p->groups) {
        too_many(in, p, active);
    } else if (p->detached) {
        f = violation(in, p);
        finding_summary(f, "The active ENI %s of %s is %s instead of in-use: no host carries it.",
                        row_text(p->detached, ENIS_ENI), p->vpc,
                        row_text(p->detached, ENIS_STATUS));
    }
}

/* Has a row before @end spoken of @vpc? */
static bool looked_at(const struct check_input *in, const char *vpc, size_t end)
{
    const struct row *r;
    size_t i = 0;

    while (i < end && (r = check_next(in, &table_enis, &i, NULL)) != NULL) {
        if (is_ours(r) && strcmp(row_text(r, ENIS_VPC), vpc) == 0)
            return true;
    }
    return false;
}

/* A mistyped VPC, another region: an account that shows no ENI of an SDDC is not an account where
 * all is well. */
static void find_none(const struct check_input *in)
{
    const char *endpoint = in->site->name;
    const struct snapshot *s = NULL;
    size_t n = 0, i = 0;

    while (check_next(in, &table_enis, &i, &s) != NULL)
        n++;
    for (size_t k = 0; k < in->site->nendpoints; k++) {
        if (in->site->endpoints[k]->kind == KIND_AWS)
            endpoint = in->site->endpoints[k]->name;
    }
    struct finding *f = finding_add(in, SEV_UNKNOWN, 0, endpoint);
    if (s)
        finding_evidence(f, "%zu interfaces, none of them of an SDDC (%s)", n, check_age(in, s));
    else
        finding_evidence(f, "no interface at all");
    finding_summary(f,
                    "No ENI of an SDDC is in what %s shows: nothing can be said of its link and "
                    "routes.",
                    endpoint);
    finding_remedy(f, "Compare region, vpcs, subnets and eni_description of the endpoint ('hycon "
                      "config show') with the connected VPC (VMC console: Networking & Security > "
                      "Connected VPC).");
}

static bool none_is_ours(const struct check_input *in)
{
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_enis, &i, NULL)) != NULL) {
        if (is_ours(r) || !row_present(r, ENIS_ROLE))
            return false;
    }
    return true;
}

static void run(const struct check_input *in)
{
    const char *last = NULL;
    const struct row *r;
    size_t i = 0;

    if (check_link_pending(in))
        return;
    if (none_is_ours(in)) {
        find_none(in);
        return;
    }
    while ((r = check_next(in, &table_enis, &i, NULL)) != NULL) {
        const char *vpc = row_text(r, ENIS_VPC);

        if (!is_ours(r) || (last && strcmp(last, vpc) == 0))
            continue;
        last = vpc;
        if (looked_at(in, vpc, i - 1) || check_vpc_pending(in, vpc))
            continue;
        struct picture p = look(in, vpc);
        judge(in, &p);
    }
}

static const struct schema *const tables[] = {&table_enis, &table_routes, NULL};

const struct check check_one_active_eni = {
    .name = "one-active-eni",
    .title = N_("exactly one ENI per traffic group is active, and NSX and the main table agree"),
    .remedy = N_("See the ENI tab for the path. If it lasts: VMC console, Networking & Security > "
                 "Connected VPC; then a support request with the ids below."),
    .kinds = KIND_AWS,
    .tables = tables,
    .optional = checks_route_inputs,
    .run = run,
};
