/*
 * estate: the one in-memory model behind every server of the lab. A data centre's NSX, an SDDC's
 * NSX, its hosts and the AWS account it is linked to refer to the same objects, so that an edge
 * that moves is seen by each product in its own words, and only when the scenario says that this
 * product has noticed.
 *
 * Objects and strings live in the estate's arena until the lab ends; lists only grow. Built once
 * from parameters and a seed (estate.c and estate_*.c), changed by actions.c under the lab's lock.
 */
#ifndef HYCON_TESTS_LAB_ESTATE_H
#define HYCON_TESTS_LAB_ESTATE_H

#include "core/arena.h"
#include "tests/lab/params.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lab_fw;

struct lab_list {
    void **at;
    size_t n, cap;
};

void lab_list_add(struct lab_list *l, void *item);
void lab_list_remove(struct lab_list *l, const void *item); /* the order stays */

struct lab_eni {
    const char *id, *subnet, *mac, *ip, *secondary_ip, *description, *status, *az, *az_id;
    const char *requester, *instance, *interface_type, *owner; /* owner: of the instance */
    const char *group, *group_name;
    bool branch, managed, check; /* check: source/destination check is on */
    unsigned number;             /* from 1: makes attachment ids */
};

struct lab_host {
    const char *id, *name, *fqdn, *ip, *mac, *moref, *state; /* state: VMC's esx_state */
    const char *instance_id, *esx_eni, *trunk_eni, *association;
    struct lab_eni *eni; /* the ENI in the customer's account; NULL outside Cluster-1 */
    unsigned number;
    bool up, dc;
};

struct lab_edge {
    const char *id, *name, *vm_uuid, *vm_bios_uuid, *ip, *path;
    struct lab_host *host;            /* NULL: bare metal */
    const char *banner, *bridge_said; /* over SSH; NULL: none, what the model says */
    bool up, maintenance, crlf, pager, old_cli;
    unsigned index; /* member index in its cluster */
    int64_t changed_at;
};

struct lab_edge_cluster {
    const char *id, *name, *path;
    struct lab_list edges;
};

struct lab_traffic_group {
    const char *id, *name, *prefix_list; /* prefix_list: NULL for the default group */
    struct lab_eni *eni;                 /* what NSX says is active: follows later than the edge */
    struct lab_list edges;
    struct lab_list cidrs; /* const char *: what the group's prefix list holds */
    bool is_default;
};

struct lab_role {
    struct lab_edge *edge;
    struct lab_traffic_group *group; /* NULL outside VMC */
    const char *status, *service_router;
    const char *said; /* what the edge itself says; NULL: the same */
};

struct lab_gateway {
    const char *id, *name, *path, *router_id, *ha_mode, *failover_mode, *tier0_path;
    struct lab_edge_cluster *cluster; /* NULL: distributed only */
    struct lab_list roles;            /* struct lab_role */
    int tier;
    int64_t changed_at;
};

struct lab_segment {
    const char *id, *name, *path, *parent, *type, *network, *gateway, *connectivity,
        *transport_zone;
    const char *vlan, *bridge_profile, *bridge_vlan, *l2vpn, *state, *failure;
    unsigned overlay_id, tunnel_id;
    bool admin_up;
};

struct lab_alarm {
    const char *id, *feature, *event, *title, *summary, *description, *action, *severity, *status;
    const char *node_id, *node_name;
    int64_t at, resolved_at;
};

/* One NSX Manager cluster: on premises or inside an SDDC. */
struct lab_nsx {
    const char *site, *ep_path, *version, *overlay_tz, *vlan_tz, *bridge_profile;
    struct lab_list segments, gateways, clusters, edges, hosts, alarms;
    struct lab_fw *fw; /* fw.h; NULL: without the parameter firewall */
    bool vmc;
    unsigned rules, vms;
};

enum lab_target { TARGET_LOCAL, TARGET_ENI, TARGET_GATEWAY };

struct lab_route {
    const char *destination; /* CIDR or pl-... */
    const char *target;      /* ENI, gateway or "local" */
    const char *state, *origin;
    struct lab_traffic_group *group; /* routes of the SDDC: whose active ENI they follow */
    enum lab_target kind;
};

struct lab_table {
    const char *id, *name;
    struct lab_list subnets; /* struct lab_subnet */
    struct lab_list routes;
    bool main;
    unsigned number;
};

struct lab_subnet {
    const char *id, *cidr, *az, *az_id, *name;
    unsigned free;
};

struct lab_endpoint {
    const char *id, *type, *service, *state, *subnet, *eni, *group;
    bool interface;
};

struct lab_prefix_list {
    const char *id, *name, *owner, *state;
    struct lab_list entries; /* const char * */
    unsigned max, version;   /* 0: AWS's own list */
};

/* The customer's account in one region, with the VPC that is linked to the SDDC. */
struct lab_aws {
    const char *site, *account, *shadow_account, *region, *vpc, *vpc_cidr, *secondary_cidr, *group;
    struct lab_list subnets, tables, enis, endpoints, prefix_lists;
    struct lab_list groups, acls;    /* security.h */
    struct lab_subnet *link;         /* where the SDDC's ENIs are */
    unsigned link_enis;              /* the first so many of enis are the SDDC's */
    struct lab_prefix_list *managed; /* the list VMware shares; NULL: not in that mode */
    const char *zones[3], *zone_ids[3];
};

struct lab_task {
    const char *id, *type, *status, *sub_status, *error, *phase;
    int64_t started_at, ended_at; /* ended_at 0: running */
    int progress;
};

struct lab_sddc {
    const char *site, *label, *id, *name, *org, *cluster_id, *cluster2_id, *mgmt_cidr, *zone_id;
    const char *vcenter_ip, *nsx_ip;
    struct lab_nsx *nsx;
    struct lab_aws *aws;
    struct lab_list hosts;  /* Cluster-1 */
    struct lab_list hosts2; /* Cluster-2, without ENIs */
    struct lab_list groups; /* traffic groups, the default one first */
    struct lab_list tasks;
    const char *connection_state;
    bool tier0_state; /* tier-0s/vmc/state answers */
    bool short_cloud; /* cloud-service answers only without /sks-nsxt-manager */
    bool old_style;   /* active_eni instead of mappings */
};

struct lab_dc {
    const char *site, *label;
    struct lab_nsx *nsx;
};

struct lab_estate {
    struct arena *arena;
    uint64_t seed;
    const char *org, *org_name;
    struct lab_list sddcs, dcs;
    struct lab_list vcenters; /* struct lab_vc (vsphere.h), when the parameter asks for them */
    int64_t built_at;         /* wall clock, ms */
    unsigned serial;          /* of ids made while running */
};

/* @now: wall clock in ms; ages of tasks and alarms are counted from it. */
struct lab_estate *lab_estate_new(const struct lab_params *params, uint64_t seed, int64_t now);
void lab_estate_free(struct lab_estate *e);

struct lab_sddc *lab_find_sddc(const struct lab_estate *e, const char *site);
struct lab_nsx *lab_find_nsx(const struct lab_estate *e, const char *site);
struct lab_host *lab_find_host(const struct lab_estate *e, const char *site, const char *name);
struct lab_edge *lab_find_edge(const struct lab_nsx *nsx, const char *name);
struct lab_gateway *lab_find_gateway(const struct lab_nsx *nsx, int tier, const char *id);
struct lab_segment *lab_find_segment(const struct lab_nsx *nsx, const char *path_or_id);
struct lab_table *lab_find_table(const struct lab_aws *aws, const char *id_or_name);

/* Names that are the same for a seed in every run. */
const char *lab_uuid(struct lab_estate *e, const char *what, const char *name);
/* The same, in a request's arena. */
const char *lab_uuid_in(struct arena *a, const struct lab_estate *e, const char *what,
                        const char *name);
const char *lab_hex_id(struct lab_estate *e, const char *prefix, uint64_t base);

/* Shared by the builders. */
struct lab_segment *lab_segment_add(struct lab_estate *e, struct lab_nsx *nsx, const char *parent,
                                    const char *id, const char *type, const char *network);
struct lab_route *lab_route_add(struct lab_estate *e, struct lab_table *t, const char *destination,
                                enum lab_target kind, const char *target);
struct lab_edge_cluster *lab_cluster_add(struct lab_estate *e, struct lab_nsx *nsx,
                                         const char *name);
struct lab_edge *lab_edge_add(struct lab_estate *e, struct lab_nsx *nsx, struct lab_edge_cluster *c,
                              const char *name, const char *ip, struct lab_host *host);
struct lab_gateway *lab_gateway_add(struct lab_estate *e, struct lab_nsx *nsx, int tier,
                                    const char *id, struct lab_edge_cluster *c);
void lab_role_add(struct lab_estate *e, struct lab_gateway *g, struct lab_edge *edge,
                  struct lab_traffic_group *group, const char *status);
/* "10.0.165.0/26" and 4 -> "10.0.165.4". */
const char *lab_address(struct lab_estate *e, const char *cidr, unsigned offset);

void lab_build_sddc(struct lab_estate *e, const struct lab_params *params, unsigned index);
void lab_build_aws(struct lab_estate *e, const struct lab_params *p, struct lab_sddc *s,
                   unsigned index);
void lab_build_dc(struct lab_estate *e, const struct lab_params *params, unsigned index);
/* Whether Cluster-1's routed segments are in the main table, prefix list and custom tables. */
void lab_build_routes(struct lab_estate *e, const struct lab_params *p, struct lab_sddc *s);

#endif
