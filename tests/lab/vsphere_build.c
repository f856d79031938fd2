/* vsphere_build: the inventory of a vCenter, made from the hosts, edges and segments of its site.
 */
#include "tests/lab/vsphere.h"

#include "tests/lab/replication.h"

#include "core/map.h"
#include "core/mem.h"

#include <string.h>

#define TB     (1000LL * 1000 * 1000 * 1000)
#define DAY_MS 86400000LL

/* Workload VMs of a site when the parameter vms says nothing. */
#define VMS_USUAL 12

static void enter(struct lab_vc *vc, struct lab_mo *mo, enum mo_type type, const char *id,
                  const char *name, struct lab_mo *parent)
{
    *mo = (struct lab_mo){.type = type, .id = id, .name = name, .parent = parent};
    lab_list_add(&vc->inventory, mo);
    map_put(vc->by_id, id, mo);
    vc->structure = mo->stamp = ++vc->serial;
}

static const char *moid(struct lab_vc *vc, const char *prefix)
{
    return arena_printf(vc->arena, "%s%u", prefix, ++vc->next_moid);
}

static struct lab_mo *folder(struct lab_vc *vc, const char *prefix, const char *name,
                             struct lab_mo *parent)
{
    struct lab_mo *mo = arena_alloc(vc->arena, sizeof(*mo));

    enter(vc, mo, MO_FOLDER, moid(vc, prefix), name, parent);
    return mo;
}

static void add_folders(struct lab_vc *vc)
{
    vc->root = folder(vc, "group-d", "Datacenters", NULL);
    vc->dc = arena_alloc(vc->arena, sizeof(*vc->dc));
    enter(vc, vc->dc, MO_DATACENTER, moid(vc, "datacenter-"),
          vc->sddc ? "SDDC-Datacenter" : arena_printf(vc->arena, "DC-%s", vc->site), vc->root);
    vc->vm_folder = folder(vc, "group-v", "vm", vc->dc);
    vc->host_folder = folder(vc, "group-h", "host", vc->dc);
    vc->store_folder = folder(vc, "group-s", "datastore", vc->dc);
    vc->net_folder = folder(vc, "group-n", "network", vc->dc);
}

static struct lab_vstore *add_store(struct lab_vc *vc, const char *name, const char *kind,
                                    struct lab_vcluster *cluster, int64_t capacity)
{
    struct lab_vstore *s = arena_alloc(vc->arena, sizeof(*s));
    const char *uuid =
        lab_uuid(vc->estate, "datastore", arena_printf(vc->arena, "%s/%s", vc->site, name));

    enter(vc, &s->mo, MO_DATASTORE, moid(vc, "datastore-"), name, vc->store_folder);
    s->kind = kind;
    s->url = arena_printf(vc->arena, "ds:///vmfs/volumes/%s%s/",
                          strcmp(kind, "vsan") == 0 ? "vsan:" : "", uuid);
    s->cluster = cluster;
    s->capacity = capacity;
    s->free = capacity - capacity * 2 / 5;
    s->accessible = true;
    lab_list_add(&vc->stores, s);
    return s;
}

static struct lab_vcluster *add_cluster(struct lab_vc *vc, const char *name)
{
    struct lab_vcluster *c = arena_alloc(vc->arena, sizeof(*c));

    enter(vc, &c->mo, MO_CLUSTER, moid(vc, "domain-c"), name, vc->host_folder);
    c->pool = arena_alloc(vc->arena, sizeof(*c->pool));
    enter(vc, c->pool, MO_POOL, moid(vc, "resgroup-"), "Resources", &c->mo);
    c->vsan = true;
    lab_list_add(&vc->clusters, c);
    return c;
}

/* In a data centre NSX has already named the host by its reference: UUID:host-N. */
static const char *host_moid(struct lab_vc *vc, const struct lab_host *h)
{
    const char *colon = h->moref ? strchr(h->moref, ':') : NULL;

    return colon ? colon + 1 : arena_printf(vc->arena, "host-%u", 19 + h->number);
}

static void add_hosts(struct lab_vc *vc, struct lab_vcluster *c, const struct lab_list *hosts)
{
    for (size_t i = 0; i < hosts->n; i++) {
        struct lab_vhost *h = arena_alloc(vc->arena, sizeof(*h));
        struct lab_host *host = hosts->at[i];

        enter(vc, &h->mo, MO_HOST, host_moid(vc, host), host->fqdn, &c->mo);
        h->host = host;
        h->cluster = c;
        h->connection = host->up ? "connected" : "notResponding";
        h->booted_at = vc->estate->built_at - (20 + (int64_t)(i % 9)) * DAY_MS;
        lab_list_add(&vc->hosts, h);
        lab_list_add(&c->hosts, h);
    }
}

static void add_clusters(struct lab_vc *vc)
{
    struct lab_vcluster *c = add_cluster(vc, vc->sddc ? "Cluster-1" : "CL-01");

    add_hosts(vc, c, vc->sddc ? &vc->sddc->hosts : &vc->nsx->hosts);
    add_store(vc, vc->sddc ? "WorkloadDatastore" : "vsanDatastore", "vsan", c,
              (int64_t)c->hosts.n * 10 * TB);
    if (!vc->sddc || vc->sddc->hosts2.n == 0)
        return;
    c = add_cluster(vc, "Cluster-2");
    add_hosts(vc, c, &vc->sddc->hosts2);
    add_store(vc, "WorkloadDatastore (1)", "vsan", c, (int64_t)c->hosts.n * 10 * TB);
}

static void add_nets(struct lab_vc *vc)
{
    for (size_t i = 0; i < vc->nsx->segments.n; i++) {
        struct lab_vnet *n = arena_alloc(vc->arena, sizeof(*n));
        struct lab_segment *s = vc->nsx->segments.at[i];

        enter(vc, &n->mo, vc->sddc ? MO_OPAQUE : MO_PORTGROUP,
              moid(vc, vc->sddc ? "network-o" : "dvportgroup-"), s->name, vc->net_folder);
        n->segment = s;
        lab_list_add(&vc->nets, n);
    }
}

static struct lab_vm *add_vm(struct lab_vc *vc, const char *name, const char *key)
{
    struct lab_vm *vm = arena_alloc(vc->arena, sizeof(*vm));

    vm->number = (unsigned)vc->vms.n + 1;
    enter(vc, &vm->mo, MO_VM, moid(vc, "vm-"), name, vc->vm_folder);
    vm->instance_uuid = lab_uuid(vc->estate, "vm", key);
    vm->uuid = lab_uuid(vc->estate, "vm-bios", key);
    vm->mac = arena_printf(vc->arena, "00:50:56:%02x:%02x:%02x", 0x80 | (vm->number >> 16),
                           (vm->number >> 8) & 0xff, vm->number & 0xff);
    vm->guest = "rhel8_64Guest";
    vm->power = "poweredOn";
    vm->store = vc->stores.at[0];
    vm->booted_at = vc->estate->built_at - 12 * DAY_MS - (int64_t)vm->number * 60000;
    lab_list_add(&vc->vms, vm);
    return vm;
}

static void add_edge_vms(struct lab_vc *vc)
{
    for (size_t i = 0; i < vc->nsx->edges.n; i++) {
        struct lab_edge *e = vc->nsx->edges.at[i];
        struct lab_vm *vm;

        if (!e->host)
            continue;
        vm = add_vm(vc, e->name, arena_printf(vc->arena, "%s/%s", vc->site, e->name));
        vm->edge = e;
        vm->instance_uuid = e->vm_uuid;
        vm->uuid = e->vm_bios_uuid;
        vm->ip = e->ip;
        vm->guest = "ubuntu64Guest";
    }
}

/* The segments VMs are on: those with a network of their own. */
static struct lab_vnet *net_for(const struct lab_vc *vc, unsigned n)
{
    for (size_t i = 0; i < vc->nets.n; i++) {
        struct lab_vnet *net = vc->nets.at[(n + i) % vc->nets.n];

        if (net->segment->network && net->segment->gateway)
            return net;
    }
    return NULL;
}

/* Addresses repeat when a segment has more VMs than its network holds. */
static const char *address_in(struct lab_vc *vc, struct lab_vnet *net)
{
    const char *slash = strchr(net->segment->network, '/');
    unsigned room = slash && strcmp(slash, "/26") == 0 ? 50 : 240;

    return lab_address(vc->estate, net->segment->network, 10 + net->vms++ % room);
}

static void add_workload(struct lab_vc *vc, const struct lab_params *p)
{
    unsigned count = p->vms ? (unsigned)p->vms : VMS_USUAL;

    for (unsigned i = 0; i < count; i++) {
        const char *name = arena_printf(vc->arena, "vm-%05u", i + 1);
        /* The same identifier as in NSX's realized state. */
        struct lab_vm *vm = add_vm(vc, name, arena_printf(vc->arena, "%s/%s", vc->site, name));

        vm->host = vc->hosts.at[i % vc->hosts.n];
        vm->net = net_for(vc, i);
        if (vm->net)
            vm->ip = address_in(vc, vm->net);
        if (vm->host->cluster != vc->clusters.at[0])
            vm->store = vc->stores.at[1];
    }
}

static void add_alarms(struct lab_vc *vc)
{
    static const struct {
        const char *system, *name, *text;
    } known[] = {
        {"alarm.HostConnectivityAlarm", "Host connection failure",
         "Default alarm to monitor host connection state"},
        {"alarm.DatastoreDiskUsageAlarm", "Datastore usage on disk",
         "Default alarm to monitor datastore disk usage"},
        {"alarm.VmFailoverFailedAlarm", "vSphere HA virtual machine failover failed",
         "Default alarm to alert when vSphere HA failed to failover a virtual machine"},
        {"alarm.VmCPUUsageAlarm", "Virtual machine CPU usage",
         "Default alarm to monitor virtual machine CPU usage"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        struct lab_valarm *a = arena_alloc(vc->arena, sizeof(*a));

        a->mo = (struct lab_mo){.type = MO_ALARM, .name = known[i].name, .stamp = ++vc->serial};
        a->mo.id = arena_printf(vc->arena, "alarm-%zu", i + 1);
        a->system_name = known[i].system;
        a->description = known[i].text;
        lab_list_add(&vc->alarms, a);
        map_put(vc->by_id, a->mo.id, &a->mo);
    }
}

/* Objects that are there once: the id, and its type as the name. */
static void add_services(struct lab_vc *vc)
{
    static const char *const known[][2] = {
        {"ServiceInstance", "ServiceInstance"},
        {"SessionManager", "SessionManager"},
        {"propertyCollector", "PropertyCollector"},
        {"ViewManager", "ViewManager"},
        {"TaskManager", "TaskManager"},
        {"EventManager", "EventManager"},
        {"AlarmManager", "AlarmManager"},
        {"SearchIndex", "SearchIndex"},
        {"PerfMgr", "PerformanceManager"},
        {"DiagMgr", "DiagnosticManager"},
        {"VpxSettings", "OptionManager"},
        {"LicenseManager", "LicenseManager"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        struct lab_mo *mo = arena_alloc(vc->arena, sizeof(*mo));

        *mo = (struct lab_mo){.type = MO_SERVICE, .id = known[i][0], .name = known[i][1]};
        map_put(vc->by_id, mo->id, mo);
    }
}

/* What has happened before anybody looked. */
static void add_events(struct lab_vc *vc)
{
    int64_t at = vc->estate->built_at - DAY_MS;
    struct arena *a = vc->arena;

    for (size_t i = 0; i < vc->vms.n && i < 40; i++) {
        struct lab_vm *vm = vc->vms.at[i];
        struct lab_vevent *ev = lab_vc_event(
            vc, at + (int64_t)i * 60000, "VmPoweredOnEvent", "info", i % 3 ? vc->user : "",
            arena_printf(a, "%s on %s in %s is powered on", vm->mo.name,
                         lab_vm_host(vc, vm)->mo.name, vc->dc->name));

        ev->vm = vm;
        ev->host = lab_vm_host(vc, vm);
    }
    lab_vc_event(vc, at + 50 * 60000, "UserLoginSessionEvent", "info", vc->user,
                 arena_printf(a, "User %s@127.0.0.1 logged in as hycon", vc->user));
}

static void add_library(struct lab_vc *vc, const char *name, const char *publisher)
{
    struct lab_library *l = arena_alloc(vc->arena, sizeof(*l));

    l->name = name;
    l->id = lab_uuid(vc->estate, "library", arena_printf(vc->arena, "%s/%s", vc->site, name));
    l->type = publisher ? "SUBSCRIBED" : "LOCAL";
    l->publisher = publisher;
    l->created_at = vc->estate->built_at - 90 * DAY_MS;
    l->synced_at = publisher ? vc->estate->built_at - 3600000 : 0;
    lab_list_add(&l->items, arena_strdup(vc->arena, "rhel-8-template"));
    lab_list_add(&l->items, arena_strdup(vc->arena, "windows-2022-template"));
    lab_list_add(&vc->libraries, l);
}

void lab_build_vcenter(struct lab_estate *e, const struct lab_params *p, struct lab_nsx *nsx,
                       struct lab_sddc *sddc)
{
    struct lab_vc *vc = arena_alloc(e->arena, sizeof(*vc));

    vc->estate = e;
    vc->arena = e->arena;
    vc->site = nsx->site;
    vc->nsx = nsx;
    vc->sddc = sddc;
    vc->name = sddc ? arena_printf(e->arena, "vcenter.sddc-%s.vmwarevmc.com", nsx->site)
                    : arena_printf(e->arena, "vcenter.%s.example.jp", nsx->site);
    vc->instance_uuid = lab_uuid(e, "vcenter", nsx->site);
    vc->version = "8.0.3";
    vc->build = "24322831";
    vc->api = "8.0.3.0";
    vc->user = sddc ? "cloudadmin@vmc.local" : "hycon@vsphere.local";
    vc->by_id = map_new();
    add_services(vc);
    add_folders(vc);
    add_clusters(vc);
    vc->next_moid = 19 + (unsigned)vc->hosts.n + 1000;
    add_nets(vc);
    add_edge_vms(vc);
    add_workload(vc, p);
    lab_build_replications(vc, sddc ? 0 : (unsigned)p->replication);
    add_alarms(vc);
    add_events(vc);
    add_library(vc, "templates", NULL);
    if (!sddc)
        add_library(vc, "from-tokyo", "https://vcenter.sddc-tokyo.vmwarevmc.com/cls/vcsp/lib");
    lab_list_add(&e->vcenters, vc);
}
