/*
 * az-cost: traffic between the SDDC and what it talks to is free within one availability zone.
 * Interface endpoints without a leg in the zone of the SDDC's ENIs cost money per gigabyte. Zones
 * are compared by id alone: names mean different zones in different accounts.
 */
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"

static bool is_ours(const struct row *eni, const char *vpc)
{
    return row_present(eni, ENIS_ROLE) && !row_is(eni, ENIS_ROLE, "foreign") &&
           (!vpc || strcmp(row_text(eni, ENIS_VPC), vpc) == 0);
}

/* EC2 began to name the zone of an interface by its id late; that of its subnet is the same. */
static const char *zone_of(const struct check_input *in, const struct row *eni)
{
    const char *zone = row_str(eni, ENIS_AZ_ID);
    const struct row *r;
    size_t i = 0;

    while (!zone && (r = check_next(in, &table_subnets, &i, NULL)) != NULL) {
        if (strcmp(row_text(r, SUBNETS_SUBNET), row_text(eni, ENIS_SUBNET)) == 0)
            zone = row_str(r, SUBNETS_AZ_ID);
    }
    return zone;
}

static bool eni_in_zone(const struct check_input *in, const char *vpc, const char *zone_id)
{
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_enis, &i, NULL)) != NULL) {
        const char *zone = is_ours(r, vpc) ? zone_of(in, r) : NULL;
        if (zone && strcmp(zone, zone_id) == 0)
            return true;
    }
    return false;
}

/* The zone id of the first ENI of the SDDC in @vpc (NULL: anywhere); NULL: none is known. */
static const char *eni_zone(const struct check_input *in, const char *vpc)
{
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_enis, &i, NULL)) != NULL) {
        const char *zone = is_ours(r, vpc) ? zone_of(in, r) : NULL;
        if (zone)
            return zone;
    }
    return NULL;
}

/* One that waits for somebody will carry traffic; one that is on its way out will not. */
static bool is_going(const struct row *endpoint)
{
    static const char *const states[] = {"deleting", "deleted", "rejected", "failed", "expired"};

    for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
        if (row_is(endpoint, VPC_ENDPOINTS_STATE, states[i]))
            return true;
    }
    return false;
}

static bool is_far(const struct check_input *in, const struct row *endpoint)
{
    const struct cell_list *zones = row_list(endpoint, VPC_ENDPOINTS_AZ_IDS);
    const char *vpc = row_text(endpoint, VPC_ENDPOINTS_VPC);

    if (!row_is(endpoint, VPC_ENDPOINTS_TYPE, "interface") || is_going(endpoint) || !zones ||
        !zones->n || !eni_zone(in, vpc))
        return false;
    for (size_t i = 0; i < zones->n; i++) {
        if (eni_in_zone(in, vpc, zones->items[i]))
            return false;
    }
    return true;
}

static void judge_endpoints(const struct check_input *in)
{
    struct finding *f = NULL;
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_vpc_endpoints, &i, &s)) != NULL) {
        const char *vpc = row_text(r, VPC_ENDPOINTS_VPC);

        if (!is_far(in, r))
            continue;
        if (!f)
            f = finding_add(in, SEV_WARNING, 0, "VPC endpoints");
        finding_affected(f, check_named(in, row_text(r, VPC_ENDPOINTS_VPC_ENDPOINT),
                                        row_text(r, VPC_ENDPOINTS_SERVICE)));
        if (finding_affected_count(f) <= 5)
            finding_evidence(f, "%s (%s): zones %s; ENIs of the SDDC: %s (%s)",
                             row_text(r, VPC_ENDPOINTS_VPC_ENDPOINT),
                             row_text(r, VPC_ENDPOINTS_SERVICE),
                             check_join(in, row_list(r, VPC_ENDPOINTS_AZ_IDS), 4),
                             eni_zone(in, vpc), check_age(in, s));
    }
    if (f)
        finding_summary(f,
                        "%zu VPC endpoint%s no interface in the SDDC's availability zone: "
                        "traffic between zones is charged.",
                        finding_affected_count(f),
                        finding_affected_count(f) == 1 ? " has" : "s have");
}

/* A name like ap-northeast-1a says nothing about another account's zones; an id has "-az". */
static bool is_zone_id(const char *s)
{
    return strstr(s, "-az") != NULL;
}

static void judge_sddcs(const struct check_input *in)
{
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_sddcs, &i, &s)) != NULL) {
        const struct cell_list *zones = row_list(r, SDDCS_AZ);
        bool known = false, same = false;

        for (size_t k = 0; zones && k < zones->n; k++) {
            known |= is_zone_id(zones->items[k]);
            same |= eni_in_zone(in, NULL, zones->items[k]);
        }
        if (!known || same || !eni_zone(in, NULL))
            continue;
        struct finding *f = finding_add(in, SEV_WARNING, 0, row_text(r, SDDCS_NAME));
        finding_affected(f, row_text(r, SDDCS_NAME));
        finding_evidence(f, "SDDC in %s (%s); its ENIs in %s", check_join(in, zones, 4),
                         check_age(in, s), eni_zone(in, NULL));
        finding_summary(f,
                        "%s and the subnet of its ENIs are in different availability zones: "
                        "all traffic to the VPC is charged.",
                        row_text(r, SDDCS_NAME));
    }
}

static void run(const struct check_input *in)
{
    if (check_link_pending(in))
        return;
    judge_endpoints(in);
    judge_sddcs(in);
}

static const struct schema *const tables[] = {&table_enis, NULL};
static const struct schema *const optional[] = {&table_vpc_endpoints, &table_subnets, &table_sddcs,
                                                &table_linked_vpcs, NULL};

const struct check check_az_cost = {
    .name = "az-cost",
    .title = N_("VPC endpoints and ENIs are in the SDDC's availability zone"),
    .remedy = N_("Add a subnet of the SDDC's zone to the endpoint (AWS console: VPC > Endpoints > "
                 "Manage subnets) and use its zonal name; acknowledge when the cost is accepted."),
    .kinds = KIND_AWS,
    .tables = tables,
    .optional = optional,
    .run = run,
};
