/* estate_sddc: an SDDC of VMware Cloud on AWS: hosts, edges, gateways, traffic groups, segments,
 * tasks. */
#include "tests/lab/estate.h"

#include "core/ip.h"
#include "core/mem.h"

#include <string.h>

#define VMC_EP "/infra/sites/default/enforcement-points/vmc-enforcementpoint"
#define DAY_MS 86400000LL

static const char *const site_names[] = {"tokyo", "osaka"};
static const char *const site_labels[] = {"東京 SDDC (本番)", "大阪 SDDC (DR)"};

static struct lab_host *add_host(struct lab_estate *e, struct lab_sddc *s, struct lab_list *list,
                                 unsigned number, struct lab_eni *eni, unsigned sddc)
{
    struct lab_host *h = arena_alloc(e->arena, sizeof(*h));
    struct arena *a = e->arena;
    uint64_t base = 0x0e5c000000000000ULL + ((uint64_t)sddc << 44) + ((uint64_t)number << 32);

    h->number = number;
    h->name = arena_printf(a, "esx-%u", number - 1);
    h->id = lab_uuid(e, "host", arena_printf(a, "%s/%s", s->site, h->name));
    h->fqdn = arena_printf(a, "%s.sddc-%s.vmwarevmc.com", h->name, s->site);
    h->ip = lab_address(e, s->mgmt_cidr, 0x2000 + 10 + number);
    h->mac = arena_printf(a, "06:5d:dd:%02x:%02x:%02x", sddc, number >> 8, number & 0xff);
    h->state = "READY";
    h->instance_id = lab_hex_id(e, "i-", 0x0e5c1a57ed000000ULL + (sddc << 12) + number);
    h->esx_eni = lab_hex_id(e, "eni-", base);
    h->trunk_eni = lab_hex_id(e, "eni-", base + 1);
    h->association = lab_hex_id(e, "trunk-assoc-", base);
    h->eni = eni;
    h->up = true;
    if (eni) {
        eni->instance = h->instance_id;
        eni->status = "in-use";
        eni->secondary_ip = lab_address(e, s->aws->link->cidr, 13 + s->aws->link_enis + number);
    }
    lab_list_add(list, h);
    return h;
}

static void add_hosts(struct lab_estate *e, const struct lab_params *p, struct lab_sddc *s,
                      unsigned sddc)
{
    for (unsigned i = 0; i < p->hosts; i++)
        add_host(e, s, &s->hosts, i + 1, s->aws->enis.at[i], sddc);
    for (unsigned i = 0; i < p->hosts2; i++)
        add_host(e, s, &s->hosts2, (unsigned)p->hosts + i + 1, NULL, sddc);
}

static struct lab_traffic_group *add_group(struct lab_estate *e, struct lab_sddc *s,
                                           const char *name)
{
    struct lab_traffic_group *g = arena_alloc(e->arena, sizeof(*g));

    g->name = name;
    g->id = lab_uuid(e, "traffic-group", arena_printf(e->arena, "%s/%s", s->site, name));
    g->is_default = s->groups.n == 0;
    lab_list_add(&s->groups, g);
    return g;
}

static void pair_of_edges(struct lab_estate *e, struct lab_sddc *s, struct lab_edge_cluster *c,
                          struct lab_traffic_group *g, const char *prefix, unsigned first)
{
    for (unsigned i = 0; i < 2; i++) {
        unsigned at = (first + 2 * i) % (unsigned)s->hosts.n;
        struct lab_host *host = s->hosts.at[at];
        struct lab_edge *edge =
            lab_edge_add(e, s->nsx, c, arena_printf(e->arena, "%s-%u", prefix, i),
                         lab_address(e, s->mgmt_cidr, 0x4000 + 16 * first + i + 11), host);

        lab_list_add(&g->edges, edge);
        if (i == 0)
            g->eni = host->eni;
    }
}

/* The edges of every traffic group serve tier-0 and the compute gateway; mgw only the default
 * group. */
static void add_roles(struct lab_estate *e, struct lab_sddc *s, struct lab_gateway *g,
                      bool all_groups)
{
    for (size_t i = 0; i < s->groups.n; i++) {
        struct lab_traffic_group *tg = s->groups.at[i];

        if (!tg->is_default && !all_groups)
            continue;
        for (size_t k = 0; k < tg->edges.n; k++)
            lab_role_add(e, g, tg->edges.at[k], tg, k == 0 ? "ACTIVE" : "STANDBY");
    }
}

static void add_gateways(struct lab_estate *e, const struct lab_params *p, struct lab_sddc *s)
{
    struct lab_edge_cluster *c = lab_cluster_add(e, s->nsx, "Edge-Cluster-1");
    struct lab_gateway *g;

    pair_of_edges(e, s, c, add_group(e, s, "Default"), "NSX-Edge", 1);
    if (p->multi_edge)
        pair_of_edges(e, s, c, add_group(e, s, "tg-backup"), "NSX-Edge-tg-backup", 0);
    add_roles(e, s, lab_gateway_add(e, s->nsx, 0, "vmc", c), true);
    g = lab_gateway_add(e, s->nsx, 1, "cgw", c);
    g->tier0_path = "/infra/tier-0s/vmc";
    add_roles(e, s, g, true);
    g = lab_gateway_add(e, s->nsx, 1, "mgw", c);
    g->tier0_path = "/infra/tier-0s/vmc";
    add_roles(e, s, g, false);
    if (!p->custom_tier1)
        return;
    g = lab_gateway_add(e, s->nsx, 1, "t1-dev", NULL);
    g->tier0_path = "/infra/tier-0s/vmc";
}

static const char *network(struct lab_estate *e, const struct lab_params *p, unsigned sddc,
                           unsigned number, unsigned third)
{
    if (sddc < 2 && third)
        return arena_printf(e->arena, "192.168.%u.0/24", third + 32 * sddc);
    return arena_printf(
        e->arena, "%s/24",
        lab_address(e, "10.64.0.0/10", (sddc * (unsigned)p->segments + number) * 256));
}

static void add_segments(struct lab_estate *e, const struct lab_params *p, struct lab_sddc *s,
                         unsigned sddc)
{
    static const struct {
        const char *id, *type;
        unsigned third, tunnel;
    } first[] = {
        {"sddc-cgw-network-1", "ROUTED", 160, 0}, {"workload-2", "ROUTED", 161, 0},
        {"backup-gw", "ROUTED", 170, 0},          {"ext-vlan-100", "EXTENDED", 0, 100},
        {"ext-vlan-101", "EXTENDED", 0, 101},     {"ext-vlan-102", "EXTENDED", 0, 102},
        {"disc-1", "DISCONNECTED", 180, 0},       {"disc-2", "DISCONNECTED", 181, 0},
        {"disc-3", "DISCONNECTED", 182, 0},       {"disc-4", "DISCONNECTED", 183, 0},
    };

    for (unsigned i = 0; i < p->segments; i++) {
        bool known = i < ARRAY_SIZE(first);
        const char *id = known ? first[i].id : arena_printf(e->arena, "seg-%05u", i);
        bool extended = known && first[i].tunnel;
        struct lab_segment *seg =
            lab_segment_add(e, s->nsx, "/infra/tier-1s/cgw", id, known ? first[i].type : "ROUTED",
                            extended ? NULL : network(e, p, sddc, i, known ? first[i].third : 0));

        if (extended) {
            seg->tunnel_id = first[i].tunnel;
            seg->l2vpn = "/infra/tier-0s/vmc/l2vpn-services/default/sessions/l2vpn-onprem";
        }
    }
    if (p->custom_tier1)
        lab_segment_add(e, s->nsx, "/infra", "dev-net", "ROUTED",
                        arena_printf(e->arena, "192.168.%u.0/24", 175 + 32 * (sddc % 2)))
            ->connectivity = "/infra/tier-1s/t1-dev";
}

static void add_task(struct lab_estate *e, struct lab_sddc *s, const char *type, const char *status,
                     int64_t ago_days, const char *error)
{
    struct lab_task *t = arena_alloc(e->arena, sizeof(*t));

    t->id = lab_uuid(e, "task", arena_printf(e->arena, "%s/%zu", s->site, s->tasks.n));
    t->type = type;
    t->status = t->sub_status = status;
    t->error = error;
    t->started_at = e->built_at - ago_days * DAY_MS;
    t->ended_at = t->started_at + 3600000;
    t->progress = error ? 30 : 100;
    lab_list_add(&s->tasks, t);
}

void lab_build_sddc(struct lab_estate *e, const struct lab_params *p, unsigned index)
{
    struct lab_sddc *s = arena_alloc(e->arena, sizeof(*s));
    struct arena *a = e->arena;
    unsigned net = index == 0 ? 2 : index == 1 ? 3 : 9 + 2 * index;

    s->site = index < 2 ? site_names[index] : arena_printf(a, "site%02u", index + 1);
    s->label = index < 2 ? site_labels[index] : arena_printf(a, "SDDC %02u", index + 1);
    s->name = arena_printf(a, "sddc-%s", s->site);
    s->org = e->org;
    s->id = lab_uuid(e, "sddc", s->site);
    s->cluster_id = lab_uuid(e, "cluster", s->site);
    s->cluster2_id = lab_uuid(e, "cluster2", s->site);
    s->mgmt_cidr = arena_printf(a, "10.%u.0.0/16", net);
    s->vcenter_ip = lab_address(e, s->mgmt_cidr, 0xc004);
    s->nsx_ip = lab_address(e, s->mgmt_cidr, 0xc064);
    s->connection_state = "ACTIVE";
    s->tier0_state = p->tier0_state;
    s->short_cloud = p->short_cloud;
    s->old_style = p->old_linked_vpcs;
    s->nsx = arena_alloc(a, sizeof(*s->nsx));
    s->nsx->site = s->site;
    s->nsx->vmc = true;
    s->nsx->ep_path = VMC_EP;
    s->nsx->version = "4.1.2.0.1.22667794";
    s->nsx->overlay_tz = VMC_EP "/transport-zones/vmc-overlay-tz";
    s->nsx->rules = (unsigned)p->rules;
    lab_build_aws(e, p, s, index);
    s->zone_id = s->aws->link->az_id;
    add_hosts(e, p, s, index);
    add_gateways(e, p, s);
    add_segments(e, p, s, index);
    lab_build_routes(e, p, s);
    add_task(e, s, "SDDC-MAINTENANCE", "FINISHED", 5, NULL);
    add_task(e, s, "SDDC-EDIT-CLUSTER-HOST", "FAILED", 9, "Insufficient capacity");
    lab_list_add(&e->sddcs, s);
}
