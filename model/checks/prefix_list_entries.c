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

static const struct row *find_list(const struct check_input *in, const char *id,
                                   const struct snapshot **s)
{
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_prefix_lists, &i, s)) != NULL) {
        if (strcmp(row_text(r, PREFIX_LISTS_PREFIX_LIST), id) == 0)
            return r;
    }
    return NULL;
}

/* Nothing is missing in a list that nobody could read. */
static bool report_hidden(const struct check_input *in, const char *vpc, const char *id)
{
    const struct snapshot *s = NULL;
    const struct row *r = find_list(in, id, &s);
    struct finding *f;

    if (r && row_present(r, PREFIX_LISTS_ENTRIES))
        return false;
    f = finding_add(in, SEV_UNKNOWN, 0, vpc);
    finding_affected(f, id);
    if (r) {
        finding_evidence(f, "%s: no entries told (%s)", id, check_age(in, s));
        finding_summary(f,
                        "The entries of prefix list %s of %s could not be read: whether it holds "
                        "every SDDC network is not known.",
                        id, vpc);
        finding_remedy(f, "Allow ec2:GetManagedPrefixListEntries to the account of the aws "
                          "endpoint.");
        return true;
    }
    finding_evidence(f, "%s is named by NSX, and none of the prefix lists of the AWS account", id);
    finding_summary(f,
                    "Prefix list %s of %s is not among those that the AWS account shows: whether "
                    "it holds every SDDC network is not known.",
                    id, vpc);
    finding_remedy(f, "AWS console: Resource Access Manager > Shared with me: accept VMC's share. "
                      "See that the aws endpoint has the account and region of the linked VPC.");
    return true;
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

/* How full each list is: one that is full takes no further network. */
static void add_lists(const struct check_input *in, const struct cell_list *lists,
                      struct finding *f)
{
    for (size_t i = 0; lists && i < lists->n; i++) {
        const struct snapshot *s = NULL;
        const struct row *r = find_list(in, lists->items[i], &s);
        const struct cell_list *entries = r ? row_list(r, PREFIX_LISTS_ENTRIES) : NULL;

        if (entries)
            finding_evidence(f, "%s: %zu entries of at most %s (%s)", lists->items[i], entries->n,
                             check_cell(in, &table_prefix_lists, r, PREFIX_LISTS_MAX_ENTRIES),
                             check_age(in, s));
    }
}

static void judge(const struct check_input *in, const struct row *link, const struct snapshot *s)
{
    const struct cell_list *lists = row_list(link, LINKED_VPCS_PREFIX_LISTS);
    const struct cell_list *expected = row_list(link, LINKED_VPCS_EXPECTED_ENTRIES);
    const char *subject = row_text(link, LINKED_VPCS_VPC);
    struct finding *f = NULL;

    for (size_t i = 0; lists && i < lists->n; i++) {
        if (report_hidden(in, subject, lists->items[i]))
            return;
    }
    for (size_t i = 0; lists && expected && i < expected->n; i++) {
        if (!is_listed(in, lists, expected->items[i]))
            miss(&f, in, subject, expected->items[i]);
    }
    /* Without its route in the main table nothing is reached: that is what routes-main says. */
    if (!f && route_main_followed(in, subject))
        miss_segments(&f, in, subject);
    if (!f)
        return;
    finding_evidence(f, "prefix lists %s; NSX expects %zu entries (%s)", check_join(in, lists, 4),
                     expected ? expected->n : 0, check_age(in, s));
    add_lists(in, lists, f);
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
