/*
 * subnet-size: the subnet of the SDDC's ENIs is a /26 or larger, has free addresses, and is used by
 * nothing else.
 */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

#include <string.h>

#define RECOMMENDED_PREFIX 26

static bool is_ours(const struct row *eni)
{
    return row_present(eni, ENIS_ROLE) && !row_is(eni, ENIS_ROLE, "foreign");
}

/* How many ENIs of the SDDC the subnet has; the others go to @f when it is given. */
static size_t count_ours(const struct check_input *in, const char *subnet, size_t *others,
                         struct finding *f)
{
    const struct row *r;
    size_t i = 0, ours = 0;

    *others = 0;
    while ((r = check_next(in, &table_enis, &i, NULL)) != NULL) {
        if (strcmp(row_text(r, ENIS_SUBNET), subnet) != 0)
            continue;
        ours += is_ours(r);
        *others += row_is(r, ENIS_ROLE, "foreign");
        if (f && row_is(r, ENIS_ROLE, "foreign"))
            finding_affected(f,
                             check_named(in, row_text(r, ENIS_ENI), row_text(r, ENIS_DESCRIPTION)));
    }
    return ours;
}

static void report(const struct check_input *in, const struct row *r, const struct snapshot *s,
                   bool small, bool full, size_t others)
{
    const char *id = row_text(r, SUBNETS_SUBNET);
    const char *cidr = check_cell(in, &table_subnets, r, SUBNETS_CIDR);
    const char *free_ips = check_cell(in, &table_subnets, r, SUBNETS_AVAILABLE_IPS);
    struct finding *f = finding_add(in, SEV_WARNING, 0, check_named(in, id, cidr));

    count_ours(in, id, &others, f);
    if (small)
        finding_evidence(f, "%s is smaller than a /%d", cidr, RECOMMENDED_PREFIX);
    finding_evidence(f, "%s: %s, %s free addresses, %zu other interfaces (%s)", id, cidr, free_ips,
                     others, check_age(in, s));
    if (full && small)
        finding_summary(f,
                        "Subnet %s of the SDDC's ENIs is %s and has %s free addresses left: hosts "
                        "may not get theirs; a /26 of its own is recommended.",
                        id, cidr, free_ips);
    else if (full)
        finding_summary(f,
                        "Subnet %s of the SDDC's ENIs has %s free addresses left: hosts may not "
                        "get theirs.",
                        id, free_ips);
    else if (small)
        finding_summary(f, "Subnet %s of the SDDC's ENIs is %s; a /26 of its own is recommended.",
                        id, cidr);
    else
        finding_summary(f,
                        "Subnet %s of the SDDC's ENIs is shared with %zu other interface%s; it "
                        "should be its own.",
                        id, others, others == 1 ? "" : "s");
}

static void run(const struct check_input *in)
{
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0, others;
    int64_t free_ips;

    while ((r = check_next(in, &table_subnets, &i, &s)) != NULL) {
        const struct ip *ip = row_ip(r, SUBNETS_CIDR);

        if (!count_ours(in, row_text(r, SUBNETS_SUBNET), &others, NULL))
            continue;
        bool small = ip && ip->family == 4 && ip->prefix > RECOMMENDED_PREFIX;
        bool full = row_int(r, SUBNETS_AVAILABLE_IPS, &free_ips) &&
                    (double)free_ips < check_threshold(in, "subnet_free_ips");
        if (small || full || others)
            report(in, r, s, small, full, others);
    }
}

static const struct schema *const tables[] = {&table_subnets, &table_enis, NULL};
static const struct schema *const optional[] = {&table_linked_vpcs, &table_sddcs, NULL};

const struct check check_subnet_size = {
    .name = "subnet-size",
    .title = N_("the subnet of the SDDC's ENIs is a /26 of its own with free addresses"),
    .remedy =
        N_("The subnet cannot be changed later: move what does not belong to the SDDC out of it "
           "(AWS console: EC2 > Network Interfaces, filter by subnet)."),
    .kinds = KIND_AWS,
    .tables = tables,
    .optional = optional,
    .run = run,
};
