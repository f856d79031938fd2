/*
 * nets: the SDDC's networks, sorted by address, for look-ups by number. A route's destination is
 * mostly equal to one; whether it lies inside of one is found by masking it to each prefix length
 * that occurs (there are few), and whether it contains one by looking at its successor.
 */
#include "model/derive/facts.h"

#include "core/arena.h"
#include "core/text.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
    const struct sddc_net *x = a, *y = b;
    int c = ip_compare(&x->net, &y->net);

    if (c)
        return c;
    return (x->manager > y->manager) - (x->manager < y->manager);
}

static void note_prefix(struct sddc_nets *nets, const struct ip *ip)
{
    uint8_t *list = nets->prefixes[ip->family == 6];
    size_t i = 0;

    if (ip->prefix == 0)
        return;
    while (list[i] > ip->prefix)
        i++;
    if (list[i] == ip->prefix)
        return;
    memmove(list + i + 1, list + i, 128 - i);
    list[i] = ip->prefix;
}

static void add(struct sddc_nets *nets, const struct sddc_net *net, const struct ip *ip)
{
    struct sddc_net *n = &nets->nets[nets->n++];

    *n = *net;
    n->net = ip_network(ip);
    note_prefix(nets, &n->net);
}

/* The tier-1 gateway of a segment: its column, else what its path says; NULL: not known. */
static const char *tier1_of(const struct row *r, size_t *len)
{
    static const char below[] = "/tier-1s/";
    const char *name = row_str(r, SEGMENTS_TIER1), *path = row_str(r, SEGMENTS_PATH), *slash;

    if (!name) {
        name = path ? strstr(path, below) : NULL;
        name = name ? name + strlen(below) : NULL;
    } else if ((slash = strrchr(name, '/'))) {
        name = slash + 1;
    }
    *len = name ? strcspn(name, "/") : 0;
    return name;
}

/* VMC routes what hangs below the compute gateway itself. Networks below further tier-1 gateways
 * reach the VPC only by route aggregation, so a missing route of theirs is no fault. */
static bool is_routed(const struct row *r)
{
    const char *type = row_str(r, SEGMENTS_TYPE);
    size_t len;
    const char *tier1 = tier1_of(r, &len);

    return type && strcmp(type, "routed") == 0 &&
           (!tier1 || (len == 3 && strncmp(tier1, "cgw", len) == 0));
}

static void add_segment(struct sddc_nets *nets, const struct row *r, unsigned manager)
{
    struct sddc_net net = {.segment = row_str(r, SEGMENTS_SEGMENT),
                           .path = row_str(r, SEGMENTS_PATH),
                           .manager = manager,
                           .routed = is_routed(r)};
    const struct cell_list *all = row_list(r, SEGMENTS_CIDRS);
    const struct ip *first = row_ip(r, SEGMENTS_CIDR);
    struct ip ip;

    if (!all || !all->n) {
        if (first)
            add(nets, &net, first);
        return;
    }
    for (size_t i = 0; i < all->n; i++) {
        if (ip_parse(all->items[i], &ip) == 0)
            add(nets, &net, &ip);
    }
}

static size_t count(struct derive *d)
{
    struct view_cursor at = {0};
    const struct row *r;
    size_t n = 0;

    while ((r = derive_next(d, &table_segments, &at))) {
        const struct cell_list *all = row_list(r, SEGMENTS_CIDRS);
        n += all && all->n ? all->n : 1;
    }
    at = (struct view_cursor){0};
    while (derive_next(d, &table_sddcs, &at))
        n++;
    return n;
}

static bool was_read(struct derive *d, const struct schema *schema)
{
    return view_state(d->view, schema) == VIEW_GOOD;
}

const struct sddc_nets *derive_nets(struct derive *d)
{
    struct view_cursor at = {0};
    struct sddc_nets *nets = d->nets;
    const struct row *r;

    if (nets)
        return nets;
    nets = d->nets = arena_alloc(d->arena, sizeof(*nets));
    nets->nets = arena_alloc(d->arena, (count(d) + 1) * sizeof(*nets->nets));
    nets->complete = was_read(d, &table_segments) && was_read(d, &table_sddcs);
    while ((r = derive_next(d, &table_segments, &at)))
        add_segment(nets, r, identity_manager(d->managers, snapshot_endpoint(at.snapshot)));
    at = (struct view_cursor){0};
    while ((r = derive_next(d, &table_sddcs, &at))) {
        struct sddc_net net = {.manager =
                                   identity_manager(d->managers, snapshot_endpoint(at.snapshot)),
                               .routed = true};
        if (row_ip(r, SDDCS_MANAGEMENT_CIDR))
            add(nets, &net, row_ip(r, SDDCS_MANAGEMENT_CIDR));
    }
    qsort(nets->nets, nets->n, sizeof(*nets->nets), compare);
    return nets;
}

/* The first net that is not before @ip. */
static size_t lower_bound(const struct sddc_nets *nets, const struct ip *ip)
{
    size_t low = 0, high = nets->n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (ip_compare(&nets->nets[mid].net, ip) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static bool find_exact(const struct sddc_nets *nets, const struct ip *ip, unsigned manager,
                       size_t *index)
{
    for (size_t i = lower_bound(nets, ip); i < nets->n && ip_equal(&nets->nets[i].net, ip); i++) {
        if (manager == UINT_MAX || nets->nets[i].manager == manager) {
            *index = i;
            return true;
        }
    }
    return false;
}

static bool find_around(const struct sddc_nets *nets, const struct ip *ip, unsigned manager,
                        size_t *index)
{
    const uint8_t *prefix = nets->prefixes[ip->family == 6];

    for (; *prefix; prefix++) {
        struct ip outer = *ip;
        if (*prefix >= ip->prefix)
            continue;
        outer.prefix = *prefix;
        outer = ip_network(&outer);
        if (find_exact(nets, &outer, manager, index))
            return true;
    }
    return false;
}

static bool find_inside(const struct sddc_nets *nets, const struct ip *ip, unsigned manager,
                        size_t *index)
{
    for (size_t i = lower_bound(nets, ip); i < nets->n && ip_contains(ip, &nets->nets[i].net);
         i++) {
        if (manager == UINT_MAX || nets->nets[i].manager == manager) {
            *index = i;
            return true;
        }
    }
    return false;
}

enum net_match nets_match(const struct sddc_nets *nets, const struct ip *dest, unsigned manager,
                          size_t *index)
{
    struct ip ip;

    if (!nets->n)
        return NET_NONE;
    ip = ip_network(dest);
    if (find_exact(nets, &ip, manager, index))
        return NET_EXACT;
    if (find_around(nets, &ip, manager, index))
        return NET_INSIDE;
    if (find_inside(nets, &ip, manager, index))
        return NET_AROUND;
    return NET_NONE;
}
