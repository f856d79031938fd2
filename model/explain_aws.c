/*
 * explain_aws: between a machine of the SDDC and an interface of the linked VPC: the SDDC's active
 * ENI, the route table of the other end's subnet, and its security groups, whose rules this version
 * does not read: they are named, and unknown.
 */
#include "model/explain_priv.h"

#include <string.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"

static bool is_word(const struct row *r, unsigned col, const char *word)
{
    const char *s = row_str(r, col);

    return s && strcmp(s, word) == 0;
}

/* The active ENI of the VPC that @eni is in. */
static struct explain_at active_eni(const struct explain_ask *a, const struct row *eni)
{
    const char *vpc = row_str(eni, ENIS_VPC);
    struct explain_cursor at = {0};

    while (vpc && explain_next(a->x, &table_enis, NULL, &at)) {
        if (is_word(at.found.row, ENIS_ROLE, "active") && is_word(at.found.row, ENIS_VPC, vpc))
            return at.found;
    }
    return (struct explain_at){0};
}

static void judge_eni(struct explain_ask *a, struct explain_at active)
{
    struct explain_hop *h = explain_add_hop(a, "eni");
    bool check = false;

    if (!active.row) {
        const char *unread = explain_unread(a, &table_enis, NULL);
        h->reason = unread ? unread : "which ENI of the SDDC is active is not known";
        return;
    }
    explain_decided_by(a, h, active.source, active.row);
    h->endpoint = explain_endpoint(a, active.source);
    h->filter = row_str(active.row, ENIS_ENI);
    if (row_bool(active.row, ENIS_SOURCE_DEST_CHECK, &check) && check) {
        h->verdict = EXPLAIN_DROPPED;
        h->reason =
            "the active ENI has source/destination checking on: what it forwards is dropped";
        return;
    }
    h->verdict = EXPLAIN_ALLOW;
    h->reason = arena_printf(a->arena, "the active ENI of the SDDC, on host %s",
                             row_str(active.row, ENIS_HOST) ? row_str(active.row, ENIS_HOST)
                                                            : "(not known)");
}

/* ---- routes -------------------------------------------------------------------------------------
 */

/* The route table of the end's subnet: its own, or the main one of the VPC (NULL). */
static bool find_table(const struct explain_ask *a, const struct row *eni, const char **table)
{
    const char *subnet = row_str(eni, ENIS_SUBNET);
    struct explain_cursor at = {0};

    while (subnet && explain_next(a->x, &table_subnets, NULL, &at)) {
        if (!is_word(at.found.row, SUBNETS_SUBNET, subnet))
            continue;
        *table = row_str(at.found.row, SUBNETS_ROUTE_TABLE);
        return true;
    }
    return false;
}

static bool is_in_table(const struct row *r, const char *table, const char *vpc)
{
    bool main = false;

    if (table)
        return is_word(r, ROUTES_ROUTE_TABLE, table);
    return row_bool(r, ROUTES_MAIN, &main) && main && vpc && is_word(r, ROUTES_VPC, vpc);
}

/* A route to a prefix list holds every network of the list. */
static int reaches(const struct explain_ask *a, const struct row *r, const struct ip *ip)
{
    const struct ip *to = row_ip(r, ROUTES_DESTINATION);
    const char *list = row_str(r, ROUTES_PREFIX_LIST);
    struct explain_cursor at = {0};
    int best = -1;
    struct ip net;

    if (to)
        return ip_contains(to, ip) ? to->prefix : -1;
    while (list && explain_next(a->x, &table_prefix_lists, NULL, &at)) {
        const struct cell_list *l = row_list(at.found.row, PREFIX_LISTS_ENTRIES);
        if (!is_word(at.found.row, PREFIX_LISTS_PREFIX_LIST, list))
            continue;
        for (size_t i = 0; l && i < l->n; i++) {
            if (ip_parse(l->items[i], &net) == 0 && ip_contains(&net, ip) && net.prefix > best)
                best = net.prefix;
        }
    }
    return best;
}

static struct explain_at find_route(const struct explain_ask *a, const struct row *eni,
                                    const char *table, const struct ip *ip)
{
    struct explain_cursor at = {0};
    struct explain_at best = {0};
    int longest = -1;

    while (explain_next(a->x, &table_routes, NULL, &at)) {
        int n;
        /* A row for a route that should be there and is not says so in its verdict. */
        if (!is_in_table(at.found.row, table, row_str(eni, ENIS_VPC)) ||
            is_word(at.found.row, ROUTES_VERDICT, "missing"))
            continue;
        n = reaches(a, at.found.row, ip);
        if (n > longest) {
            longest = n;
            best = at.found;
        }
    }
    return best;
}

static void judge_found(struct explain_ask *a, struct explain_hop *h, struct explain_at route,
                        struct explain_at active)
{
    const char *target = row_str(route.row, ROUTES_TARGET);
    struct strbuf to = STRBUF_INIT;

    explain_decided_by(a, h, route.source, route.row);
    h->endpoint = explain_endpoint(a, route.source);
    h->filter = row_str(route.row, ROUTES_ROUTE_TABLE);
    cell_format(&to, &table_routes.columns[ROUTES_DESTINATION],
                &route.row->cells[ROUTES_DESTINATION]);
    h->rule = arena_printf(a->arena, "%s -> %s", to.buf, target ? target : "-");
    strbuf_release(&to);
    if (is_word(route.row, ROUTES_STATE, "blackhole")) {
        h->verdict = EXPLAIN_DROPPED;
        h->reason = "the route leads to a target that is gone (blackhole)";
    } else if (active.row && target && is_word(active.row, ENIS_ENI, target)) {
        h->verdict = EXPLAIN_ALLOW;
        h->reason = "the route leads to the active ENI of the SDDC";
    } else {
        h->reason = arena_printf(a->arena,
                                 "the route leads to %s, which is not known to be the "
                                 "active ENI of the SDDC",
                                 target ? target : "(nothing)");
    }
}

static void judge_route(struct explain_ask *a, const struct explain_party *ec2,
                        const struct explain_party *vm, struct explain_at active)
{
    struct explain_hop *h = explain_add_hop(a, "route-table");
    const char *table = NULL, *unread = explain_unread(a, &table_routes, NULL);
    struct explain_at route;

    if (!unread)
        unread = explain_unread(a, &table_subnets, NULL);
    if (unread || !vm->address) {
        h->reason = unread ? unread : "the machine's address is not known";
        return;
    }
    if (!find_table(a, ec2->eni.row, &table)) {
        h->reason = "the subnet of the other end is not among those that were read";
        return;
    }
    route = find_route(a, ec2->eni.row, table, vm->address);
    if (route.row) {
        judge_found(a, h, route, active);
        return;
    }
    h->filter = table ? table : "main";
    h->verdict = EXPLAIN_DROPPED;
    h->reason = arena_printf(a->arena, "no route of the other end's subnet leads to the machine");
}

static void judge_security_groups(struct explain_ask *a, const struct explain_party *ec2)
{
    const struct cell_list *l = row_list(ec2->eni.row, ENIS_SECURITY_GROUPS);
    struct explain_hop *h = explain_add_hop(a, "security-group");
    struct strbuf sb = STRBUF_INIT;

    for (size_t i = 0; l && i < l->n; i++)
        strbuf_addf(&sb, "%s%s", i ? " " : "", l->items[i]);
    explain_decided_by(a, h, ec2->eni.source, ec2->eni.row);
    h->endpoint = explain_endpoint(a, ec2->eni.source);
    h->filter = sb.len ? explain_text(a, &sb) : NULL;
    h->reason = "rules of security groups and network ACLs are not read by this version";
    strbuf_release(&sb);
}

static void join_one(struct explain_ask *a, size_t first)
{
    size_t all = a->out->nhops;

    for (size_t i = first; i < all; i++) {
        a->out->nhops = i + 1;
        explain_join_hops(a, i);
    }
    a->out->nhops = all;
}

void explain_aws_hops(struct explain_ask *a)
{
    bool to_aws = a->destination.eni.row != NULL;
    const struct explain_party *ec2 = to_aws ? &a->destination : &a->source;
    const struct explain_party *vm = to_aws ? &a->source : &a->destination;
    size_t first = a->out->nhops;
    struct explain_at active;

    if (!ec2->eni.row || vm->eni.row || (!vm->name && !vm->segment.row))
        return;
    active = active_eni(a, ec2->eni.row);
    if (to_aws) {
        judge_eni(a, active);
        judge_route(a, ec2, vm, active);
        judge_security_groups(a, ec2);
    } else {
        judge_security_groups(a, ec2);
        judge_route(a, ec2, vm, active);
        judge_eni(a, active);
    }
    join_one(a, first);
}
