/*
 * main-table: VMC writes the main route table alone (but for prefix list mode), so the subnet of
 * the ENIs should use it, and it should be among those that VMC says it updates.
 */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

#include <string.h>

/* Route tables that VMC updates in @vpc; NULL: it does not say. */
static const struct cell_list *updated_tables(const struct check_input *in, const char *vpc)
{
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_linked_vpcs, &i, NULL)) != NULL) {
        if (strcmp(row_text(r, LINKED_VPCS_VPC), vpc) == 0)
            return row_list(r, LINKED_VPCS_ROUTE_TABLES);
    }
    return NULL;
}

static bool has_our_enis(const struct check_input *in, unsigned col, const char *id)
{
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_enis, &i, NULL)) != NULL) {
        if (row_present(r, ENIS_ROLE) && !row_is(r, ENIS_ROLE, "foreign") &&
            strcmp(row_text(r, col), id) == 0)
            return true;
    }
    return false;
}

static const char *main_of(const struct check_input *in, const char *vpc)
{
    struct route_table t = {0};

    while (route_table_next(in, &t)) {
        if (t.main && strcmp(t.vpc, vpc) == 0)
            return t.id;
    }
    return NULL;
}

static void judge_subnets(const struct check_input *in)
{
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_subnets, &i, &s)) != NULL) {
        const char *id = row_text(r, SUBNETS_SUBNET), *vpc = row_text(r, SUBNETS_VPC);
        const char *table = row_str(r, SUBNETS_ROUTE_TABLE), *main_id = main_of(in, vpc);

        if (!table || !main_id || check_vpc_pending(in, vpc) || strcmp(table, main_id) == 0 ||
            list_has(updated_tables(in, vpc), table) || !has_our_enis(in, ENIS_SUBNET, id))
            continue;
        struct finding *f = finding_add(in, SEV_WARNING, 0, id);
        finding_affected(f, id);
        finding_evidence(f, "%s uses %s; main table %s (%s)", id, table, main_id, check_age(in, s));
        finding_summary(f,
                        "The subnet of the SDDC's ENIs uses route table %s instead of the main "
                        "one, which VMC does not keep up to date.",
                        table);
    }
}

static void judge_vpcs(const struct check_input *in)
{
    struct route_table t = {0};

    while (route_table_next_linked(in, &t)) {
        const struct cell_list *updated = t.main ? updated_tables(in, t.vpc) : NULL;

        if (!updated || !updated->n || list_has(updated, t.id) ||
            !has_our_enis(in, ENIS_VPC, t.vpc))
            continue;
        struct finding *f = finding_add(in, SEV_WARNING, 0, t.subject);
        finding_affected(f, t.subject);
        finding_evidence(f, "main table of %s: %s (%s); VMC updates %s", t.vpc, t.subject,
                         check_age(in, t.source), check_join(in, updated, 5));
        finding_summary(f,
                        "VMC does not update %s, the main route table of %s: it was made the "
                        "main one after the link.",
                        t.subject, t.vpc);
    }
}

static void run(const struct check_input *in)
{
    if (check_link_pending(in))
        return;
    judge_subnets(in);
    judge_vpcs(in);
}

static const struct schema *const tables[] = {&table_routes, &table_subnets, &table_enis, NULL};
static const struct schema *const optional[] = {&table_linked_vpcs, &table_sddcs, NULL};

const struct check check_main_table = {
    .name = "main-table",
    .title = N_("the subnet of the SDDC's ENIs uses the main route table, which VMC updates"),
    .remedy =
        N_("AWS console: VPC > Route tables: associate the subnet with the main table, or make "
           "the table that VMC updates the main one again."),
    .kinds = KIND_AWS,
    .tables = tables,
    .optional = optional,
    .run = run,
};
