/* estate_dc: a data centre: NSX Manager, hosts, edges on hosts and on bare metal, gateways,
 * segments. */
#include "tests/lab/estate.h"

#include "core/mem.h"

#include <string.h>

#define DC_EP "/infra/sites/default/enforcement-points/default"

static void add_hosts(struct lab_estate *e, const struct lab_params *p, struct lab_nsx *nsx)
{
    const char *vcenter = lab_uuid(e, "vcenter", nsx->site);

    for (unsigned i = 1; i <= p->hosts; i++) {
        struct lab_host *h = arena_alloc(e->arena, sizeof(*h));

        h->number = i;
        h->name = arena_printf(e->arena, "esx%02u", i);
        h->fqdn = arena_printf(e->arena, "%s.%s.example.jp", h->name, nsx->site);
        h->id = lab_uuid(e, "host", h->fqdn);
        h->ip = lab_address(e, "10.20.0.0/16", 100 + i);
        h->moref = arena_printf(e->arena, "%s:host-%u", vcenter, 19 + i);
        h->state = "READY";
        h->up = h->dc = true;
        lab_list_add(&nsx->hosts, h);
    }
}

static struct lab_edge *vm_edge(struct lab_estate *e, struct lab_nsx *nsx,
                                struct lab_edge_cluster *c, unsigned number)
{
    struct lab_host *host = nsx->hosts.at[number % nsx->hosts.n];

    return lab_edge_add(e, nsx, c, arena_printf(e->arena, "edge-%02u", number),
                        lab_address(e, "10.20.4.0/22", number), host);
}

static void serve(struct lab_estate *e, struct lab_gateway *g, struct lab_edge *active,
                  struct lab_edge *standby)
{
    lab_role_add(e, g, active, NULL, "ACTIVE");
    lab_role_add(e, g, standby, NULL, "STANDBY");
}

static void add_bare_metal(struct lab_estate *e, struct lab_nsx *nsx)
{
    struct lab_edge_cluster *c = lab_cluster_add(e, nsx, "ec-bm");
    struct lab_edge *a = lab_edge_add(e, nsx, c, "edge-bm-01", "10.20.0.41", NULL);
    struct lab_edge *b = lab_edge_add(e, nsx, c, "edge-bm-02", "10.20.0.42", NULL);
    struct lab_gateway *g = lab_gateway_add(e, nsx, 1, "t1-storage", c);

    g->tier0_path = "/infra/tier-0s/t0-dc";
    serve(e, g, a, b);
}

static void add_edges(struct lab_estate *e, const struct lab_params *p, struct lab_nsx *nsx)
{
    struct lab_edge_cluster *c = lab_cluster_add(e, nsx, "ec-01");
    struct lab_edge *a = vm_edge(e, nsx, c, 1), *b = vm_edge(e, nsx, c, 2);
    struct lab_gateway *g;

    serve(e, lab_gateway_add(e, nsx, 0, "t0-dc", c), a, b);
    g = lab_gateway_add(e, nsx, 1, "t1-tenant-a", c);
    g->tier0_path = "/infra/tier-0s/t0-dc";
    serve(e, g, a, b);
    g = lab_gateway_add(e, nsx, 1, "t1-distributed", NULL);
    g->tier0_path = "/infra/tier-0s/t0-dc";
    add_bare_metal(e, nsx);
    for (unsigned i = 3; i + 2 <= p->edges; i += 2) {
        const char *name = arena_printf(e->arena, "ec-%02u", i / 2 + 1);

        c = lab_cluster_add(e, nsx, name);
        a = vm_edge(e, nsx, c, i);
        b = vm_edge(e, nsx, c, i + 1);
        g = lab_gateway_add(e, nsx, 1, arena_printf(e->arena, "t1-%02u", i / 2 + 1), c);
        g->tier0_path = "/infra/tier-0s/t0-dc";
        serve(e, g, a, b);
    }
}

static const char *dc_network(struct lab_estate *e, const struct lab_params *p, unsigned i)
{
    bool many = p->segments > 4000;

    return arena_printf(e->arena, "%s/%s",
                        lab_address(e, "172.16.0.0/12", (i + 1) * (many ? 64 : 256)),
                        many ? "26" : "24");
}

static void connect(struct lab_segment *s)
{
    s->connectivity = "/infra/tier-1s/t1-tenant-a";
}

static void add_segments(struct lab_estate *e, const struct lab_params *p, struct lab_nsx *nsx)
{
    static const char *const routed[] = {"seg-web", "seg-app",  "seg-db",
                                         "seg-dmz", "seg-mgmt", "seg-backup"};
    struct lab_segment *s;

    for (unsigned i = 0; i < p->segments; i++) {
        switch (i) {
        case 6:
            s = lab_segment_add(e, nsx, "/infra", "seg-dc-l2", "DISCONNECTED", NULL);
            s->bridge_profile = nsx->bridge_profile;
            s->bridge_vlan = "2100";
            break;
        case 7:
            s = lab_segment_add(e, nsx, "/infra", "seg-l2e", "ROUTED_AND_EXTENDED",
                                dc_network(e, p, i));
            connect(s);
            s->tunnel_id = 100;
            s->l2vpn = "/infra/tier-0s/t0-dc/l2vpn-services/default/sessions/l2vpn-vmc";
            break;
        case 8:
            s = lab_segment_add(e, nsx, "/infra", "seg-vlan-310", "DISCONNECTED", NULL);
            s->vlan = "310";
            s->transport_zone = nsx->vlan_tz;
            break;
        case 9:
            lab_segment_add(e, nsx, "/infra", "seg-old", "DISCONNECTED", dc_network(e, p, i));
            break;
        default:
            s = lab_segment_add(e, nsx, "/infra",
                                i < 6 ? routed[i] : arena_printf(e->arena, "seg-%05u", i), "ROUTED",
                                dc_network(e, p, i));
            connect(s);
        }
    }
}

static void add_alarm(struct lab_estate *e, struct lab_nsx *nsx)
{
    struct lab_alarm *a = arena_alloc(e->arena, sizeof(*a));
    struct lab_edge *edge = nsx->edges.at[0];

    a->id = lab_uuid(e, "alarm", arena_printf(e->arena, "%s/0", nsx->site));
    a->feature = "edge_health";
    a->event = "edge_datapath_cpu_high";
    a->title = "Edge Datapath CPU High";
    a->summary = "Edge node datapath CPU usage is high.";
    a->description = arena_printf(e->arena,
                                  "The datapath CPU usage on Edge node %s is above the threshold "
                                  "for at least two minutes.",
                                  edge->name);
    a->action = "Check the CPU usage of the node and rebalance its services.";
    a->severity = "MEDIUM";
    a->status = "RESOLVED";
    a->node_id = edge->id;
    a->node_name = edge->name;
    a->at = e->built_at - 7200000;
    a->resolved_at = e->built_at - 6600000;
    lab_list_add(&nsx->alarms, a);
}

void lab_build_dc(struct lab_estate *e, const struct lab_params *p, unsigned index)
{
    struct lab_dc *dc = arena_alloc(e->arena, sizeof(*dc));
    struct lab_nsx *nsx = arena_alloc(e->arena, sizeof(*nsx));

    dc->site = nsx->site = arena_printf(e->arena, "dc%u", index + 1);
    dc->label = index == 0 ? "千葉データセンター" : arena_printf(e->arena, "DC %u", index + 1);
    dc->nsx = nsx;
    nsx->ep_path = DC_EP;
    nsx->version = "4.2.1.0.0.24304122";
    nsx->overlay_tz =
        arena_printf(e->arena, DC_EP "/transport-zones/%s", lab_uuid(e, "overlay-tz", dc->site));
    nsx->vlan_tz =
        arena_printf(e->arena, DC_EP "/transport-zones/%s", lab_uuid(e, "vlan-tz", dc->site));
    nsx->bridge_profile = DC_EP "/edge-bridge-profiles/bp-dc-connector";
    nsx->rules = (unsigned)p->rules;
    nsx->vms = (unsigned)p->vms;
    add_hosts(e, p, nsx);
    add_edges(e, p, nsx);
    add_segments(e, p, nsx);
    add_alarm(e, nsx);
    lab_list_add(&e->dcs, dc);
}
