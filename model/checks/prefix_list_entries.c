/*
 * prefix-list-entries: in prefix list mode the main table has one route, so what counts is what the
 * list holds: all that NSX says must be in it, and every routed segment by it or by a route.
 */
#include "core/i18n.h"
#include "model/checks/checks.h"
#include "model/checks/lookup.h"

#include <string.h>

/* @cidr is an entry of one of the link's prefix lists, or inside of one. */
static bool is_listed(const struct check_input *in, const struct cell_list *lists, const char *cidr)
{
    const struct row *r;
    struct ip want, have;
    size_t i = 0;

    if (ip_parse(cidr, &want) != 0)
        return true;
    while ((r = check_next(in, &table_prefix_lists, &i, NULL)) != NULL) {
        const struct cell_list *l = row_list(r, PREFIX_LISTS_ENTRIES);

        if (!list_has(lists, row_text(r, PREFIX_LISTS_PREFIX_LIST)))
            continue;
        for (size_t k = 0; l && k < l->n; k++) {
            if (ip_parse(l->items[k], &have) == 0 && ip_contains(&have, &want))
                return true;
        }
    }
    return false;
}

static void miss(struct finding **f, const struct check_input *in, const char *subject,
                 const char *what)
{
    if (!*f)
        *f = finding_add(in, SEV_CRITICAL, CHECK_TRANSIENT, subject);
    finding_affected(*f, what);
}

static void miss_segments(struct finding **f, const struct check_input *in, const char *subject)
{
    const struct row *r;
    size_t i = 0;
    bool reached;

    while ((r = check_next(in, &table_segments, &i, NULL)) != NULL) {
        if (row_is(r, SEGMENTS_TYPE, "routed") && row_bool(r, SEGMENTS_IN_MAIN_TABLE, &reached) &&
            !reached)
            miss(f, in, subject,
                 check_named(in, check_cell(in, &table_segments, r, SEGMENTS_CIDR),
                             row_text(r, SEGMENTS_SEGMENT)));
    }
}

static void judge(const struct check_input *in, const struct row *link, const struct snapshot *s)
{
    const struct cell_list *lists = row_list(link, LINKED_VPCS_PREFIX_LISTS);
    const struct cell_list *expected = row_list(link, LINKED_VPCS_EXPECTED_ENTRIES);
    const char *subject = row_text(link, LINKED_VPCS_VPC);
    struct finding *f = NULL;

    for (size_t i = 0; lists && expected && i < expected->n; i++) {
        if (!is_listed(in, lists, expected->items[i]))
            miss(&f, in, subject, expected->items[i]);
    }
    if (!f)
        miss_segments(&f, in, subject);
    if (!f)
        return;
    finding_evidence(f, "prefix lists %s; NSX expects %zu entries (%s)", check_join(in, lists, 4),
                     expected ? expected->n : 0, check_age(in, s));
    finding_summary(f, "%zu SDDC network%s not in the prefix list of %s: the VPC cannot reach %s.",
                    finding_affected_count(f), finding_affected_count(f) == 1 ? " is" : "s are",
                    subject, finding_affected_count(f) == 1 ? "it" : "them");
}

static void run(const struct check_input *in)
{
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_linked_vpcs, &i, &s)) != NULL) {
        if (row_is(r, LINKED_VPCS_MODE, "prefix_list"))
            judge(in, r, s);
    }
}

static const struct schema *const tables[] = {&table_linked_vpcs, &table_prefix_lists, NULL};
static const struct schema *const optional[] = {&table_segments, &table_routes, NULL};

const struct check check_prefix_list_entries = {
    .name = "prefix-list-entries",
    .title = N_("the managed prefix list holds every SDDC network"),
    .remedy =
        N_("VMC keeps the list (VMC console: Networking & Security > Connected VPC). Check that "
           "it is not full (max_entries) and that the account link works; then open a support "
           "request."),
    .kinds = KIND_AWS,
    .tables = tables,
    .optional = optional,
    .run = run,
};
