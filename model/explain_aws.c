/*
 * explain_aws: between a machine of the SDDC and an interface of the linked VPC: the SDDC's active
 * ENI, the route table of the other end's subnet, and at both ends security groups and network
 * ACLs. Of an address that no known interface has, its subnet tells all but the groups.
 */
#include "model/explain_cloud.h"

#include <string.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"

static bool is_word(const struct row *r, unsigned col, const char *word)
{
    const char *s = row_str(r, col);

    return s && strcmp(s, word) == 0;
}

static bool is_in_aws(const struct explain_party *p)
{
    return p->eni.row || p->subnet.row;
}

static const char *vpc_of(const struct explain_party *p)
{
    return p->subnet.row ? row_str(p->subnet.row, SUBNETS_VPC)
                         : explain_eni_text(p->eni, EXPLAIN_ENI_VPC);
}

static const char *subnet_of(const struct explain_party *p)
{
    return p->subnet.row ? row_str(p->subnet.row, SUBNETS_SUBNET)
                         : explain_eni_text(p->eni, EXPLAIN_ENI_SUBNET);
}

/* The active ENI of @vpc. */
static struct explain_at active_eni(const struct explain_ask *a, const char *vpc)
{
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
static bool find_table(const struct explain_ask *a, const struct explain_party *p,
                       const char **table)
{
    const char *subnet = subnet_of(p);
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

static struct explain_at find_route(const struct explain_ask *a, const char *vpc, const char *table,
                                    const struct ip *ip)
{
    struct explain_cursor at = {0};
    struct explain_at best = {0};
    int longest = -1;

    while (explain_next(a->x, &table_routes, NULL, &at)) {
        int n;
        /* A row for a route that should be there and is not says so in its verdict. */
        if (!is_in_table(at.found.row, table, vpc) ||
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
    if (!find_table(a, ec2, &table)) {
        h->reason = "the subnet of the other end is not among those that were read";
        return;
    }
    route = find_route(a, vpc_of(ec2), table, vm->address);
    if (route.row) {
        judge_found(a, h, route, active);
        return;
    }
    h->filter = table ? table : "main";
    h->verdict = EXPLAIN_DROPPED;
    h->reason = arena_printf(a->arena, "no route of the other end's subnet leads to the machine");
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

/* The two interfaces and the direction in between. */
struct way {
    const struct explain_party *ec2, *vm;
    struct explain_at active;
    bool to_aws;
};

static void judge_group(struct explain_ask *a, const struct way *w, bool ec2)
{
    const struct explain_interface i = {
        .eni = ec2 ? w->ec2->eni : w->active,
        .peer = ec2 ? w->active : w->ec2->eni,
        .other = ec2 ? w->vm->address : w->ec2->address,
        .out = ec2 != w->to_aws,
        .sddc = ec2,
    };

    if (ec2 && !w->ec2->eni.row) {
        explain_add_hop(a, "security-group")->reason = arena_printf(
            a->arena,
            "no interface that was read has the address %s of subnet %s: which security groups it "
            "has is not known",
            w->ec2->text, subnet_of(w->ec2));
        return;
    }
    explain_group_hop(a, &i);
}

static void judge_acl(struct explain_ask *a, const struct way *w, bool ec2)
{
    const char *sddc = explain_eni_text(w->active, EXPLAIN_ENI_SUBNET), *end = subnet_of(w->ec2);
    const char *own = ec2 ? end : sddc, *other = ec2 ? sddc : end;

    if (own && other && strcmp(own, other) == 0)
        explain_note(a, "both interfaces are in subnet %s: its network ACL is not passed", own);
    else
        explain_acl_hop(a, own, ec2 != w->to_aws);
}

/* In the order in which the packet meets them; the route is that of what the VPC sends back. */
static void judge_way(struct explain_ask *a, const struct way *w)
{
    if (w->to_aws) {
        judge_eni(a, w->active);
        judge_group(a, w, false);
        judge_acl(a, w, false);
        judge_route(a, w->ec2, w->vm, w->active);
        judge_acl(a, w, true);
        judge_group(a, w, true);
    } else {
        judge_group(a, w, true);
        judge_acl(a, w, true);
        judge_route(a, w->ec2, w->vm, w->active);
        judge_acl(a, w, false);
        judge_group(a, w, false);
        judge_eni(a, w->active);
    }
}

void explain_aws_hops(struct explain_ask *a)
{
    bool to_aws = is_in_aws(&a->destination);
    struct way w = {.ec2 = to_aws ? &a->destination : &a->source,
                    .vm = to_aws ? &a->source : &a->destination,
                    .to_aws = to_aws};
    size_t first = a->out->nhops;

    if (!is_in_aws(w.ec2) || is_in_aws(w.vm) || (!w.vm->name && !w.vm->segment.row))
        return;
    w.active = active_eni(a, vpc_of(w.ec2));
    judge_way(a, &w);
    join_one(a, first);
}
