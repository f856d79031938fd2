/*
 * objects: the managed objects of one vCenter as the PropertyCollector tells about them, between
 * the updates and the rows. An object is an id and a text per property that is shown; rows are made
 * of them when something changed.
 *
 * An object keeps its place among those of its type as long as it lives, and a newcomer takes the
 * first place that is free. So rows can be made in blocks of neighbours, and one changed object
 * costs one block. Every change gives the object a new version; the versions of a block's objects
 * are its identity.
 *
 * The memory of an object has room for the texts that most of its type have, so a reading of 10,000
 * VMs does not allocate memory for each of 200,000 texts.
 *
 * Some properties are shown in the rows of others (names, the cluster of a host): they have a
 * version of their own, `names`, because nobody keeps track of who shows whom.
 */
#ifndef HYCON_COLLECTORS_VCENTER_OBJECTS_H
#define HYCON_COLLECTORS_VCENTER_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct map;

enum object_type {
    OBJECT_HOST,
    OBJECT_CLUSTER,
    OBJECT_VM,
    OBJECT_DATASTORE,
    OBJECT_NETWORK,
    OBJECT_TASK, /* this and the next are in no inventory, and nobody shows their names */
    OBJECT_TASK_MANAGER,
    OBJECT_TYPES
};

/* Texts of an object. Lists are joined by newlines, times are ms since the epoch. */
enum {
    HOST_NAME,
    HOST_PARENT,
    HOST_CONNECTION,
    HOST_POWER,
    HOST_MAINTENANCE,
    HOST_HA,
    HOST_VERSION,
    HOST_BUILD,
    HOST_MODEL,
    HOST_MHZ,
    HOST_CORES,
    HOST_MEMORY,
    HOST_IP,
    HOST_DNS_NAME,
    HOST_DNS_DOMAIN,
    HOST_CPU_MHZ,
    HOST_MEMORY_MB,
    HOST_UPTIME,
    HOST_SLOTS
};
enum { CLUSTER_NAME, CLUSTER_DRS, CLUSTER_HA, CLUSTER_VSAN, CLUSTER_SLOTS };
enum {
    VM_NAME,
    VM_UUID,
    VM_INSTANCE_UUID,
    VM_CONNECTION,
    VM_QUESTION,
    VM_POWER,
    VM_HOST,
    VM_GUEST_OS,
    VM_CONFIG_OS,
    VM_TOOLS,
    VM_IP,
    VM_IPS,
    VM_MACS,
    VM_DATASTORES,
    VM_NETWORKS,
    VM_SNAPSHOTS,
    VM_SNAPSHOT_AT,
    VM_CONSOLIDATION,
    VM_QUIESCE,
    VM_SPACE,
    VM_POLICY,
    VM_RESTARTED_AT,
    VM_SLOTS
};
enum {
    DATASTORE_NAME,
    DATASTORE_TYPE,
    DATASTORE_CAPACITY,
    DATASTORE_FREE,
    DATASTORE_ACCESSIBLE,
    DATASTORE_SLOTS
};
enum { NETWORK_NAME, NETWORK_SLOTS };
enum {
    TASK_NAME,
    TASK_DESCRIPTION,
    TASK_ENTITY_ID,
    TASK_ENTITY,
    TASK_STATE,
    TASK_PROGRESS,
    TASK_USER,
    TASK_REASON, /* xsi:type */
    TASK_QUEUED, /* these three as they came */
    TASK_STARTED,
    TASK_ENDED,
    TASK_ERROR,
    TASK_SLOTS
};
enum { TASK_MANAGER_RECENT, TASK_MANAGER_SLOTS };

#define OBJECT_NAME      0 /* of every type of the inventory */
#define OBJECT_SLOTS_MAX VM_SLOTS
#define OBJECT_ID_MAX    256

struct object {
    enum object_type type;
    uint64_t version;
    unsigned round; /* of the full reading that named it last */
    uint32_t place;
    uint32_t count;            /* of a host: VMs on it */
    struct object *next_spare; /* of one that left */
    char *id;
    char *texts; /* what slots point to; behind them, as long as there is room */
    size_t used, room;
    char *slot[]; /* NULL: unset */
};

struct object_list {
    struct object **items; /* NULL: a free place */
    size_t n, alloc;
    size_t free_from; /* no place before it is free */
    size_t count;
    struct object *spare; /* memory of objects that left */
    struct map *by_id;
};

struct objects {
    struct arena *arena; /* objects; their number at its highest, not now */
    struct object_list lists[OBJECT_TYPES];
    uint64_t clock; /* the last version given */
    uint64_t names;
    unsigned round;
    bool moved; /* VMs came, went or changed their host: counts are old */
};

struct objects *objects_new(void);
void objects_free(struct objects *o); /* NULL is fine */

/* The type of that name in the API; OBJECT_TYPES: not one that is kept. */
enum object_type object_type_of(const char *name, size_t len);
const char *object_type_name(enum object_type type);
/* Is it one that a view of the inventory selects? */
bool object_type_is_inventory(enum object_type type);

struct object *objects_find(const struct objects *o, enum object_type type, const char *id);
/* Finds or makes it. */
struct object *objects_enter(struct objects *o, enum object_type type, const char *id);
void objects_leave(struct objects *o, enum object_type type, const char *id);
/* @text NULL: unset. */
void objects_set(struct objects *o, struct object *object, unsigned slot, const char *text,
                 size_t len);
/* A full reading begins; it names every object there is, and objects_settle() drops the others. */
void objects_restart(struct objects *o);
void objects_settle(struct objects *o);
/* Bring the counts of VMs up to date. */
void objects_count(struct objects *o);

#endif
