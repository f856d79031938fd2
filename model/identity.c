/* identity: hosts and edges. The essay is in identity.h. */
#include "model/identity.h"

#include "core/arena.h"
#include "core/map.h"
#include "core/text.h"

#include <ctype.h>
#include <string.h>

struct identity_hosts {
    struct arena *arena;
    const struct view *view;
    struct map *by_eni, *by_ip, *by_fqdn, *by_id; /* -> row of hosts, or &two */
    struct map *nodes;                            /* node id -> row of nsx_nodes */
    struct map *vms;                              /* uuid -> row of nsx_vms, or &two */
    struct map *by_vcenter;                       /* "endpoint host_id" -> row of hosts, or &two */
    struct map *vc_vms;                           /* instance UUID -> row of vms, or &two */
    bool vms_read;
};

/* Stands for more than one row: such a key decides nothing. */
static const struct row two;

/* Two endpoints may both list a host: then its full name is the same. */
static bool same_host(const struct row *a, const struct row *b)
{
    const char *x = row_str(a, HOSTS_FQDN), *y = row_str(b, HOSTS_FQDN);

    return x && *x && text_equal_nocase(x, y);
}

static void put(struct map *m, const char *key, const struct row *r)
{
    const struct row *had = key && *key ? map_get(m, key) : NULL;

    if (!key || !*key || had == &two)
        return;
    if (!had)
        map_put(m, key, (void *)r);
    else if (!same_host(had, r))
        map_put(m, key, (void *)&two);
}

static const char *lower(struct arena *a, const char *s)
{
    char *copy = arena_strdup(a, s);

    for (char *c = copy; c && *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return copy;
}

static const char *address(const struct row *r, unsigned col, char *buf)
{
    const struct ip *ip = row_ip(r, col);

    return ip ? ip_format_address(ip, buf) : row_str(r, col);
}

/* "UUID of the vCenter:host-21", as NSX names what it discovered there. */
static const char *qualified_id(const struct identity_hosts *h, const struct row *r)
{
    const char *id = row_str(r, HOSTS_HOST_ID), *uuid = row_str(r, HOSTS_VCENTER_UUID);

    return id && uuid ? arena_printf(h->arena, "%s:%s", uuid, id) : NULL;
}

/* Ids like host-21 exist in every vCenter. */
static const char *within(const struct identity_hosts *h, const struct row *r, unsigned col)
{
    const char *id = row_str(r, col);

    return id ? arena_printf(h->arena, "%s %s", row_str(r, SCHEMA_ENDPOINT), id) : NULL;
}

static void index_hosts(struct identity_hosts *h)
{
    struct view_cursor at = {0};
    const struct row *r;
    char buf[IP_TEXT_MAX];

    while ((r = view_next(h->view, &table_hosts, &at))) {
        put(h->by_eni, row_str(r, HOSTS_ENI), r);
        put(h->by_id, row_str(r, HOSTS_HOST_ID), r);
        put(h->by_id, qualified_id(h, r), r);
        put(h->by_vcenter, within(h, r, HOSTS_HOST_ID), r);
        put(h->by_ip, address(r, HOSTS_MANAGEMENT_IP, buf), r);
        put(h->by_fqdn, lower(h->arena, row_str(r, HOSTS_FQDN)), r);
    }
}

static void index_nodes(struct identity_hosts *h)
{
    struct view_cursor at = {0};
    const struct row *r;

    while ((r = view_next(h->view, &table_nsx_nodes, &at))) {
        const char *id = row_str(r, NSX_NODES_NODE_ID);
        if (id && !map_has(h->nodes, id))
            map_put(h->nodes, id, (void *)r);
    }
}

/* Only the VMs that are edges' are worth a place: an estate has tens of thousands of others. */
static void want_edge_vms(struct identity_hosts *h)
{
    struct view_cursor at = {0};
    const struct row *r;

    while ((r = view_next(h->view, &table_edges, &at))) {
        const char *uuid = row_str(r, EDGES_VM_UUID);
        if (uuid && *uuid)
            map_put(h->vms, uuid, NULL);
    }
}

/* The same VM seen through two endpoints is one answer when both say the same host. */
static void put_vm(struct identity_hosts *h, const char *uuid, const struct row *r)
{
    const struct row *had;

    if (!uuid || !map_has(h->vms, uuid))
        return;
    had = map_get(h->vms, uuid);
    if (had && had != &two &&
        !view_same_text(row_str(had, NSX_VMS_HOST_ID), row_str(r, NSX_VMS_HOST_ID)))
        r = &two;
    map_put(h->vms, uuid, (void *)(had == &two ? had : r));
}

static void index_vms(struct identity_hosts *h)
{
    struct view_cursor at = {0};
    const struct row *r;

    want_edge_vms(h);
    if (map_count(h->vms) == 0)
        return;
    while ((r = view_next(h->view, &table_nsx_vms, &at))) {
        put_vm(h, row_str(r, NSX_VMS_EXTERNAL_ID), r);
        if (!view_same_text(row_str(r, NSX_VMS_EXTERNAL_ID), row_str(r, NSX_VMS_INSTANCE_UUID)))
            put_vm(h, row_str(r, NSX_VMS_INSTANCE_UUID), r);
    }
}

/* vCenter's own list; two vCenters with one instance UUID (a VM on its way) decide nothing. */
static void index_vcenter_vms(struct identity_hosts *h)
{
    struct view_cursor at = {0};
    const struct row *r;

    while (map_count(h->vms) && (r = view_next(h->view, &table_vms, &at))) {
        const char *uuid = row_str(r, VMS_INSTANCE_UUID);
        if (uuid && map_has(h->vms, uuid))
            map_put(h->vc_vms, uuid, (void *)(map_has(h->vc_vms, uuid) ? &two : r));
    }
}

struct identity_hosts *identity_hosts_new(const struct view *v, struct arena *arena)
{
    struct identity_hosts *h = arena_alloc(arena, sizeof(*h));

    h->arena = arena;
    h->view = v;
    h->by_eni = map_new();
    h->by_ip = map_new();
    h->by_fqdn = map_new();
    h->by_id = map_new();
    h->nodes = map_new();
    h->vms = map_new();
    h->by_vcenter = map_new();
    h->vc_vms = map_new();
    h->vms_read = view_was_read(v, &table_nsx_vms);
    index_hosts(h);
    index_nodes(h);
    index_vms(h);
    index_vcenter_vms(h);
    return h;
}

void identity_hosts_release(struct identity_hosts *h)
{
    if (!h)
        return;
    map_free(h->by_eni, NULL);
    map_free(h->by_ip, NULL);
    map_free(h->by_fqdn, NULL);
    map_free(h->by_id, NULL);
    map_free(h->nodes, NULL);
    map_free(h->vms, NULL);
    map_free(h->by_vcenter, NULL);
    map_free(h->vc_vms, NULL);
}

static struct identity_match unknown(const char *why)
{
    return (struct identity_match){NULL, NULL, why};
}

/* A row of hosts for an NSX node: the strongest join that answers; two answers are none. */
static const struct row *node_host(const struct identity_hosts *h, const struct row *node,
                                   const char **how)
{
    char buf[IP_TEXT_MAX];
    const char *ip = address(node, NSX_NODES_IP, buf);
    const char *fqdn = lower(h->arena, row_str(node, NSX_NODES_FQDN));
    const char *discovered = row_str(node, NSX_NODES_DISCOVERED_NODE_ID);
    const struct {
        const struct map *map;
        const char *key, *how;
    } joins[] = {
        {h->by_id, discovered, "vm_uuid, nsx_vms.host_id, discovered_node_id"},
        {h->by_ip, ip, "vm_uuid, nsx_vms.host_id, management_ip"},
        {h->by_fqdn, fqdn, "vm_uuid, nsx_vms.host_id, fqdn"},
    };

    for (size_t i = 0; i < sizeof(joins) / sizeof(joins[0]); i++) {
        const struct row *r = joins[i].key ? map_get(joins[i].map, joins[i].key) : NULL;
        if (r == &two)
            return NULL;
        if (r) {
            *how = joins[i].how;
            return r;
        }
    }
    return NULL;
}

static struct identity_match host_of_node(const struct identity_hosts *h, const char *node_id)
{
    const struct row *node = node_id ? map_get(h->nodes, node_id) : NULL;
    struct identity_match m = {0};

    if (!node)
        return unknown("unknown: NSX names no node for the edge's VM");
    m.join = "vm_uuid, nsx_vms.host_id (node of NSX)";
    m.row = node_host(h, node, &m.join);
    m.host = m.row ? row_str(m.row, HOSTS_HOST) : NULL;
    if (!m.host)
        m.host = row_str(node, NSX_NODES_NODE);
    return m;
}

/* vCenter says itself where a VM runs, at once. */
static struct identity_match host_of_vm(const struct identity_hosts *h, const struct row *vm)
{
    const char *key = within(h, vm, VMS_HOST_ID);
    const struct row *host = key ? map_get(h->by_vcenter, key) : NULL;

    host = host == &two ? NULL : host;
    return (struct identity_match){host ? row_str(host, HOSTS_HOST) : row_str(vm, VMS_HOST), host,
                                   "vm_uuid, vms.instance_uuid, vms.host_id"};
}

struct identity_match identity_edge_host(const struct identity_hosts *h, const struct row *edge)
{
    const char *uuid = row_str(edge, EDGES_VM_UUID);
    const struct row *vm = uuid ? map_get(h->vms, uuid) : NULL;
    const struct row *own = uuid ? map_get(h->vc_vms, uuid) : NULL;
    const char *kind = row_str(edge, EDGES_NODE_KIND);
    struct identity_match m = {0};

    if (kind && strcmp(kind, "bare_metal") == 0)
        return unknown("bare metal: no host");
    if (!uuid)
        return unknown("unknown: NSX names no VM of the edge");
    if (own && own != &two)
        m = host_of_vm(h, own);
    if (m.host)
        return m;
    if (vm == &two)
        return unknown("unknown: two VMs have the edge's vm_uuid");
    if (!vm)
        return unknown(h->vms_read ? "unknown: NSX does not list the edge's VM"
                                   : "unknown: the VMs of NSX were not read");
    return host_of_node(h, row_str(vm, NSX_VMS_HOST_ID));
}

struct identity_match identity_eni_host(const struct identity_hosts *h, const char *eni)
{
    const struct row *r = eni ? map_get(h->by_eni, eni) : NULL;

    if (!r)
        return unknown("unknown: no host has this ENI");
    if (r == &two)
        return unknown("unknown: two hosts have this ENI");
    return (struct identity_match){row_str(r, HOSTS_HOST), r, "xeni_info.x_eni_id"};
}
