/* explain_party: who an end of the flow is: a machine and its network cards, an interface of AWS,
 * or an address of which nothing is known. */
#include "model/explain_priv.h"

#include <string.h>

#include "core/text.h"

#define FIREWALL_AGENT "vmware-sfw"

static bool is_link_local(const struct ip *ip)
{
    return ip->family == 6 ? ip->bytes[0] == 0xfe && (ip->bytes[1] & 0xc0) == 0x80
                           : ip->bytes[0] == 169 && ip->bytes[1] == 254;
}

static void add_address(struct explain_party *p, const struct ip *ip)
{
    for (size_t i = 0; i < p->naddresses; i++) {
        if (ip_equal(&p->addresses[i], ip))
            return;
    }
    if (p->naddresses < EXPLAIN_ADDRESSES_MAX)
        p->addresses[p->naddresses++] = *ip;
}

/* Addresses of the link come last, for a machine that has no others. */
static void add_addresses(struct explain_party *p, const struct cell_list *list)
{
    struct ip ip;

    for (int link_local = 0; link_local < 2; link_local++) {
        for (size_t i = 0; list && i < list->n; i++) {
            if (ip_parse(list->items[i], &ip) == 0 && is_link_local(&ip) == (link_local == 1) &&
                (!link_local || !p->naddresses))
                add_address(p, &ip);
        }
    }
}

static bool has_address(const struct cell_list *list, const struct ip *ip, const char *text)
{
    struct ip other;

    for (size_t i = 0; list && i < list->n; i++) {
        if (strcmp(list->items[i], text) == 0)
            return true;
        if (ip->family == 6 && strchr(list->items[i], ':') &&
            ip_parse(list->items[i], &other) == 0 && ip_equal(&other, ip))
            return true;
    }
    return false;
}

/* ---- machines -----------------------------------------------------------------------------------
 */

static void set_vm(struct explain_party *p, struct explain_at at)
{
    const struct cell_list *macs = row_list(at.row, VMS_MACS);

    p->vm = at;
    p->name = row_str(at.row, VMS_VM);
    p->uuid = row_str(at.row, VMS_INSTANCE_UUID);
    p->host = row_str(at.row, VMS_HOST);
    p->power = row_str(at.row, VMS_POWER_STATE);
    p->site = snapshot_site(at.source);
    p->mac = macs && macs->n == 1 ? macs->items[0] : NULL;
}

/* Machines of two sites are told apart by asking about one of them. */
static const char *site_hint(const struct explain_party *p, struct explain_at other)
{
    return strcmp(p->site, snapshot_site(other.source)) == 0 ? "" : "; name the site that is meant";
}

/* The machine called @p->text, or the one with the address. False: two of them. */
static bool find_vm(struct explain_ask *a, struct explain_party *p, const struct ip *ip)
{
    struct explain_cursor at = {0};
    char text[IP_TEXT_MAX] = "";

    if (ip)
        ip_format_address(ip, text);
    while (explain_next(a->x, &table_vms, a->q->site, &at)) {
        const char *name = row_str(at.found.row, VMS_VM);
        bool is = ip ? has_address(row_list(at.found.row, VMS_IPS), ip, text)
                     : name && strcmp(name, p->text) == 0;
        if (!is)
            continue;
        if (p->vm.row) {
            p->lost =
                ip ? arena_printf(a->arena, "two machines have the address %s: %s and %s%s",
                                  p->text, p->name, name, site_hint(p, at.found))
                   : arena_printf(a->arena, "two machines are called %s, in %s and in %s%s",
                                  p->text, explain_endpoint(a, p->vm.source),
                                  explain_endpoint(a, at.found.source), site_hint(p, at.found));
            return false;
        }
        set_vm(p, at.found);
    }
    return true;
}

/* Without a vCenter the hosts themselves know names. */
static bool find_by_filter(struct explain_ask *a, struct explain_party *p)
{
    struct explain_cursor at = {0};

    while (explain_next(a->x, &table_filters, a->q->site, &at)) {
        const char *name = row_str(at.found.row, FILTERS_VM);
        const char *uuid = row_str(at.found.row, FILTERS_VM_UUID);
        if (!name || strcmp(name, p->text) != 0)
            continue;
        if (p->name && uuid && p->uuid && !text_equal_nocase(uuid, p->uuid)) {
            p->lost = arena_printf(a->arena, "two machines are called %s on the hosts%s", p->text,
                                   site_hint(p, at.found));
            return false;
        }
        p->name = name;
        p->uuid = uuid;
        p->host = row_str(at.found.row, FILTERS_HOST);
        p->site = snapshot_site(at.found.source);
    }
    return true;
}

static void find_by_nsx(struct explain_ask *a, struct explain_party *p)
{
    struct explain_cursor at = {0};

    while (!p->name && explain_next(a->x, &table_nsx_vms, a->q->site, &at)) {
        const char *name = row_str(at.found.row, NSX_VMS_VM);
        if (!name || strcmp(name, p->text) != 0)
            continue;
        p->name = name;
        p->uuid = row_str(at.found.row, NSX_VMS_INSTANCE_UUID);
        if (!p->uuid)
            p->uuid = row_str(at.found.row, NSX_VMS_EXTERNAL_ID);
        p->site = snapshot_site(at.found.source);
    }
}

/* ---- network cards ------------------------------------------------------------------------------
 */

static bool is_card_of(const struct row *r, const struct explain_party *p)
{
    const char *agent = row_str(r, FILTERS_AGENT), *filter = row_str(r, FILTERS_FILTER);
    const char *vm = row_str(r, FILTERS_VM), *uuid = row_str(r, FILTERS_VM_UUID);

    if (agent ? strcmp(agent, FIREWALL_AGENT) != 0 : !filter || !strstr(filter, FIREWALL_AGENT))
        return false;
    if (uuid && p->uuid)
        return text_equal_nocase(uuid, p->uuid);
    return vm && p->name && strcmp(vm, p->name) == 0;
}

static void find_cards(struct explain_ask *a, struct explain_party *p)
{
    struct explain_cursor at = {0};

    while (p->name && explain_next(a->x, &table_filters, p->site, &at)) {
        if (!is_card_of(at.found.row, p))
            continue;
        if (p->ncards == EXPLAIN_CARDS_MAX)
            p->more_cards = true;
        else
            p->cards[p->ncards++] = at.found;
    }
}

/* ---- addresses ----------------------------------------------------------------------------------
 */

static unsigned eni_column(struct explain_at eni, enum explain_eni_column c)
{
    static const unsigned columns[][2] = {
        [EXPLAIN_ENI_ID] = {ENIS_ENI, INTERFACES_ENI},
        [EXPLAIN_ENI_VPC] = {ENIS_VPC, INTERFACES_VPC},
        [EXPLAIN_ENI_SUBNET] = {ENIS_SUBNET, INTERFACES_SUBNET},
        [EXPLAIN_ENI_GROUPS] = {ENIS_SECURITY_GROUPS, INTERFACES_SECURITY_GROUPS},
    };

    return columns[c][snapshot_schema(eni.source) == &table_interfaces];
}

const char *explain_eni_text(struct explain_at eni, enum explain_eni_column c)
{
    return eni.row ? row_str(eni.row, eni_column(eni, c)) : NULL;
}

const struct cell_list *explain_eni_groups(struct explain_at eni)
{
    return eni.row ? row_list(eni.row, eni_column(eni, EXPLAIN_ENI_GROUPS)) : NULL;
}

/* The interface with this address, or the one that is called so, among @schema. */
static void find_eni_in(struct explain_ask *a, struct explain_party *p, const struct ip *ip,
                        const struct schema *schema, unsigned first_col, unsigned rest_col)
{
    struct explain_cursor at = {0};
    char text[IP_TEXT_MAX] = "";

    if (ip)
        ip_format_address(ip, text);
    while (!p->eni.row && explain_next(a->x, schema, a->q->site, &at)) {
        const char *id = explain_eni_text(at.found, EXPLAIN_ENI_ID);
        const struct ip *first = row_ip(at.found.row, first_col);
        bool is = ip ? (first && ip_equal(first, ip)) ||
                           has_address(row_list(at.found.row, rest_col), ip, text)
                     : id && strcmp(id, p->text) == 0;
        if (!is)
            continue;
        p->eni = at.found;
        p->site = p->site ? p->site : snapshot_site(at.found.source);
        if (!ip && first)
            add_address(p, first);
    }
}

static void find_eni(struct explain_ask *a, struct explain_party *p, const struct ip *ip)
{
    find_eni_in(a, p, ip, &table_enis, ENIS_PRIVATE_IP, ENIS_SECONDARY_IPS);
    find_eni_in(a, p, ip, &table_interfaces, INTERFACES_PRIVATE_IP, INTERFACES_IPS);
}

static void find_segment(struct explain_ask *a, struct explain_party *p, const struct ip *ip)
{
    struct explain_cursor at = {0};
    const char *site = p->site ? p->site : a->q->site;
    unsigned best = 0;
    struct ip net;

    while (explain_next(a->x, &table_segments, site, &at)) {
        const struct cell_list *l = row_list(at.found.row, SEGMENTS_CIDRS);
        const struct ip *one = row_ip(at.found.row, SEGMENTS_CIDR);
        if (one && ip_contains(one, ip) && one->prefix >= best) {
            p->segment = at.found;
            best = one->prefix;
        }
        for (size_t i = 0; l && i < l->n; i++) {
            if (ip_parse(l->items[i], &net) == 0 && ip_contains(&net, ip) && net.prefix >= best) {
                p->segment = at.found;
                best = net.prefix;
            }
        }
    }
}

/* Nothing has this name. The tables that were not read may know it. */
static void lose_name(struct explain_ask *a, struct explain_party *p)
{
    const struct schema *const tables[] = {&table_vms, &table_filters, NULL};
    const char *why = NULL;
    size_t n;

    for (size_t i = 0; !why && tables[i]; i++) {
        (void)estate_table(a->x->e, tables[i], &n);
        why = n ? explain_unread(a, tables[i], a->q->site) : NULL;
    }
    if (why)
        p->lost = arena_printf(a->arena, "no machine called %s is known (%s)", p->text, why);
    else
        p->lost = arena_printf(a->arena, "no machine is called %s", p->text);
}

/* By name: vCenter, then the hosts, then NSX, then interfaces of AWS. */
static void find_named(struct explain_ask *a, struct explain_party *p)
{
    if (!find_vm(a, p, NULL))
        return;
    if (!p->name && !find_by_filter(a, p))
        return;
    if (!p->name)
        find_by_nsx(a, p);
    if (p->vm.row)
        add_addresses(p, row_list(p->vm.row, VMS_IPS));
    if (!p->name)
        find_eni(a, p, NULL);
    if (!p->name && !p->eni.row)
        lose_name(a, p);
}

static void find_addressed(struct explain_ask *a, struct explain_party *p, struct ip *ip)
{
    ip->prefix = ip->family == 6 ? 128 : 32;
    add_address(p, ip);
    if (find_vm(a, p, ip) && !p->vm.row)
        find_eni(a, p, ip);
}

/* The smallest subnet of a VPC that holds the address; in several VPCs: none, nobody knows which.
 */
static void find_subnet(struct explain_ask *a, struct explain_party *p, const struct ip *ip)
{
    struct explain_cursor at = {0};
    int best = -1;

    while (explain_next(a->x, &table_subnets, NULL, &at)) {
        const struct ip *block = row_ip(at.found.row, SUBNETS_CIDR);
        const char *vpc = row_str(at.found.row, SUBNETS_VPC);
        const char *before = p->subnet.row ? row_str(p->subnet.row, SUBNETS_VPC) : vpc;

        if (!block || !vpc || !ip_contains(block, ip) || block->prefix < best)
            continue;
        p->subnet = strcmp(vpc, before) == 0 ? at.found : (struct explain_at){0};
        best = block->prefix;
        if (!p->subnet.row)
            return;
    }
}

void explain_find_party(struct explain_ask *a, struct explain_party *p, const char *text)
{
    struct ip ip;

    p->text = text;
    if (ip_parse(text, &ip) == 0)
        find_addressed(a, p, &ip);
    else
        find_named(a, p);
    if (p->lost)
        return;
    if (p->naddresses)
        find_segment(a, p, &p->addresses[0]);
    if (p->naddresses && !p->name && !p->eni.row && !p->segment.row)
        find_subnet(a, p, &p->addresses[0]);
    if (!p->site && p->segment.row)
        p->site = snapshot_site(p->segment.source);
    find_cards(a, p);
}
