/*
 * vsphere: what a vCenter Server of the estate knows. One vCenter belongs to one site and shows the
 * site's hosts, edges and segments, so a host that fails and an edge that moves are the same host
 * and edge that NSX, VMC and AWS talk about.
 *
 * Every managed object begins with struct lab_mo, so that the property collector can follow any of
 * them without knowing which it is. A change raises the vCenter's serial and stamps the object with
 * it; a collector that remembers the serial it has seen finds what is new without comparing
 * everything.
 */
#ifndef HYCON_TESTS_LAB_VSPHERE_H
#define HYCON_TESTS_LAB_VSPHERE_H

#include "tests/lab/estate.h"

struct lab_replication;
struct map;

enum mo_type {
    MO_FOLDER,
    MO_DATACENTER,
    MO_CLUSTER,
    MO_POOL,
    MO_HOST,
    MO_VM,
    MO_DATASTORE,
    MO_PORTGROUP, /* a segment on a distributed switch */
    MO_OPAQUE,    /* a segment on NSX's own switch */
    MO_TASK,
    MO_ALARM,
    MO_SERVICE,        /* SessionManager, TaskManager ...: id names it */
    MO_CONTAINER_VIEW, /* these four belong to a session */
    MO_LIST_VIEW,
    MO_COLLECTOR,
    MO_EVENT_COLLECTOR,
    MO_TYPES,
};

struct lab_mo {
    enum mo_type type;
    const char *id, *name;
    struct lab_mo *parent;
    uint64_t stamp; /* serial of the last change */
};

struct lab_vcluster {
    struct lab_mo mo;
    struct lab_list hosts; /* struct lab_vhost */
    struct lab_mo *pool;
    const char *data_health; /* of vSAN's objects; NULL: as the resynchronisation says */
    int64_t resync_bytes, resync_eta_s;
    bool vsan, encrypted;
};

struct lab_vhost {
    struct lab_mo mo;
    struct lab_host *host;
    struct lab_vcluster *cluster;
    const char *connection; /* connected notResponding disconnected */
    const char *banner;     /* what its shell prints first; NULL: nothing */
    int64_t booted_at;
    int64_t stale_at; /* the rules it has are those published then; 0: the newest */
    int64_t slow_ms;  /* before each answer of its shell */
    int64_t cut;      /* output ends after so many bytes, in mid-line; 0: not */
    bool maintenance, control_down, no_timeout, crlf;
};

struct lab_vnet {
    struct lab_mo mo;
    struct lab_segment *segment;
    unsigned vms;
};

struct lab_vstore {
    struct lab_mo mo;
    const char *kind, *url; /* kind: vsan, VMFS */
    int64_t capacity, free;
    struct lab_vcluster *cluster;
    bool accessible;
};

struct lab_vm {
    struct lab_mo mo;
    const char *instance_uuid, *uuid, *ip, *mac, *guest, *power;
    struct lab_edge *edge;  /* an edge's VM is where the edge is */
    struct lab_vhost *host; /* of other VMs */
    struct lab_vnet *net;
    struct lab_vstore *store;
    struct lab_replication *replication; /* replication.h; NULL: not replicated */
    const char *snapshot;                /* name; NULL: none */
    int64_t booted_at, snapshot_at;
    unsigned number, moves, lost_flows; /* lost_flows: by a vMotion */
    bool consolidate, fail_open, no_filter;
};

struct lab_vtask {
    struct lab_mo mo; /* name: descriptionId */
    const char *method, *state, *user, *error, *fault;
    struct lab_mo *entity;
    int64_t queued_at, started_at, ended_at; /* 0: not yet */
    int progress;
    struct lab_vhost *to;     /* where a vMotion goes */
    struct lab_vstore *store; /* where a relocation goes */
};

struct lab_valarm {
    struct lab_mo mo; /* name: what is shown; id: alarm-N */
    const char *system_name, *description;
};

/* An alarm that is red or yellow on an entity. */
struct lab_valarm_state {
    struct lab_valarm *alarm;
    struct lab_mo *entity;
    const char *status;
    int64_t at;
    bool on, acknowledged;
};

struct lab_vevent {
    int64_t key, chain, at;
    const char *type;                      /* class, EventEx for those with an id */
    const char *id;                        /* eventTypeId or NULL */
    const char *severity, *user, *message; /* user "": the system */
    struct lab_vhost *host;
    struct lab_vm *vm;
    struct lab_vstore *store;
    /* Of a move: where to, before it; where from, after it. */
    const struct lab_mo *dest_host, *dest_store, *source_host, *source_store;
};

struct lab_library {
    const char *id, *name, *type, *publisher; /* LOCAL, SUBSCRIBED */
    int64_t created_at, synced_at;
    struct lab_list items; /* const char *: names */
};

struct lab_vc {
    const char *site, *name, *instance_uuid, *version, *build, *api, *user;
    struct lab_nsx *nsx;
    struct lab_sddc *sddc; /* NULL in a data centre */
    struct arena *arena;   /* the estate's */
    struct lab_estate *estate;
    struct lab_mo *root, *dc, *host_folder, *vm_folder, *store_folder, *net_folder;
    struct lab_list inventory; /* struct lab_mo, every managed entity */
    struct lab_list clusters, hosts, vms, stores, nets, tasks, alarms, states, events, libraries;
    struct lab_list replications; /* struct lab_replication */
    struct map *by_id;            /* moid -> struct lab_mo */
    uint64_t serial;              /* of changes */
    uint64_t structure, evented;  /* serial when an entity came or went, when an event came */
    unsigned next_moid, next_task;
};

/* The vCenter of @nsx's site; it stands in e->vcenters. */
void lab_build_vcenter(struct lab_estate *e, const struct lab_params *p, struct lab_nsx *nsx,
                       struct lab_sddc *sddc);
void lab_vcenter_free(struct lab_vc *vc);
struct lab_vc *lab_find_vcenter(const struct lab_estate *e, const char *site);

struct lab_mo *lab_vc_object(const struct lab_vc *vc, const char *moid);
struct lab_vm *lab_vc_vm(const struct lab_vc *vc, const char *name);
struct lab_vhost *lab_vc_host(const struct lab_vc *vc, const struct lab_host *host);
struct lab_vhost *lab_vm_host(const struct lab_vc *vc, const struct lab_vm *vm);

/* What vSAN calls the cluster, in vCenter and on its hosts. */
const char *lab_vsan_uuid(struct arena *a, const struct lab_vc *vc, const struct lab_vcluster *c);

/* What the types are called; also for base types, as a specification may name them. */
const char *lab_mo_type_name(enum mo_type type);
bool lab_mo_is(const struct lab_mo *mo, const char *type);

void lab_vc_touch(struct lab_vc *vc, struct lab_mo *mo);
struct lab_vevent *lab_vc_event(struct lab_vc *vc, int64_t at, const char *type,
                                const char *severity, const char *user, const char *message);
/* "alarm.HostConnectivityAlarm": it turns @status ("red"; "green": it is over) on @entity. */
void lab_vc_alarm(struct lab_vc *vc, const char *system_name, struct lab_mo *entity,
                  const char *status, int64_t at);
struct lab_vtask *lab_vc_task(struct lab_vc *vc, const char *description, const char *method,
                              struct lab_mo *entity, const char *user, int64_t at);

#endif
