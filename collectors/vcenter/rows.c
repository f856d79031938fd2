#include "collectors/vcenter/rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "collectors/collector.h"
#include "collectors/vcenter/facts.h"
#include "core/hash.h"
#include "core/ip.h"
#include "core/strbuf.h"
#include "core/text.h"

#define BLOCK_ROWS 64
/* The age of a snapshot grows by itself; its row is made anew so often. */
#define AGE_STEP_MS 600000

typedef void (*add_row_fn)(struct run *run, struct table_builder *b, const struct objects *o,
                           const struct object *object);

/* ---- cells -------------------------------------------------------------------------------------
 */

static void number(struct table_builder *b, unsigned col, const char *text, int64_t factor)
{
    int64_t v;

    if (text && text_to_i64(text, INT64_MIN, INT64_MAX, &v) == 0 && v <= INT64_MAX / factor &&
        v >= INT64_MIN / factor)
        builder_int(b, col, v * factor);
    else
        builder_str(b, col, text);
}

static void truth(struct table_builder *b, unsigned col, const char *text)
{
    if (text && (strcmp(text, "true") == 0 || strcmp(text, "1") == 0))
        builder_bool(b, col, true);
    else if (text && (strcmp(text, "false") == 0 || strcmp(text, "0") == 0))
        builder_bool(b, col, false);
    else
        builder_str(b, col, text);
}

static bool to_real(const char *text, double *out)
{
    return text && text_to_double(text, out) == 0;
}

static void percent(struct table_builder *b, unsigned col, double part, double whole)
{
    if (whole > 0)
        builder_real(b, col, 100 * part / whole);
}

static const char *name_of(const struct objects *o, enum object_type type, const char *id)
{
    const struct object *object = id ? objects_find(o, type, id) : NULL;

    return object ? object->slot[OBJECT_NAME] : NULL;
}

#define LIST_ITEMS 16 /* of a usual list */

/* What the item from @p on, @n bytes long, is called, or is; NULL: it is too long to be an id. */
static const char *item_of(const struct objects *o, enum object_type type, const char *p, size_t n,
                           char *text)
{
    const char *name = NULL;

    if (n >= OBJECT_ID_MAX)
        return NULL;
    memcpy(text, p, n);
    text[n] = '\0';
    if (type != OBJECT_TYPES)
        name = name_of(o, type, text);
    return name ? name : text;
}

/* A list of texts, or (type given) of the names behind ids; an id without a name stays an id. */
static void list(struct table_builder *b, unsigned col, const struct objects *o,
                 enum object_type type, const char *joined)
{
    char text[LIST_ITEMS][OBJECT_ID_MAX];
    const char *items[LIST_ITEMS];
    size_t n = 0;
    bool first = true;

    for (const char *p = joined; p && *p; p += *p == '\n') {
        size_t len = (size_t)(strchrnul(p, '\n') - p);

        items[n] = item_of(o, type, p, len, text[n]);
        n += items[n] != NULL;
        p += len;
        if (n < LIST_ITEMS && *p)
            continue;
        if (first && n)
            builder_list(b, col, items, n);
        for (size_t i = 0; !first && i < n; i++)
            builder_list_add(b, col, items[i]);
        first = first && !n;
        n = 0;
    }
}

/* ---- rows --------------------------------------------------------------------------------------
 */

static void host_usage(struct table_builder *b, const struct object *h)
{
    double mhz, cores, cpu, memory, used;

    if (to_real(h->slot[HOST_MHZ], &mhz) && to_real(h->slot[HOST_CORES], &cores) &&
        to_real(h->slot[HOST_CPU_MHZ], &cpu))
        percent(b, HOSTS_CPU_PERCENT, cpu, mhz * cores);
    if (to_real(h->slot[HOST_MEMORY], &memory) && to_real(h->slot[HOST_MEMORY_MB], &used))
        percent(b, HOSTS_MEMORY_PERCENT, used * 1048576.0, memory);
}

/* A host is added to vCenter under a name or an address, and knows a name of its own, unless
 * nobody ever gave it one: all of those are called localhost. */
static void host_names(struct table_builder *b, const struct object *h)
{
    const char *name = h->slot[HOST_NAME], *own = h->slot[HOST_DNS_NAME];
    const char *domain = h->slot[HOST_DNS_DOMAIN];
    struct strbuf fqdn = STRBUF_INIT;
    struct ip ip;
    bool is_address = name && ip_parse(name, &ip) == 0;

    builder_str(b, HOSTS_HOST, name);
    builder_str(b, HOSTS_MANAGEMENT_IP,
                h->slot[HOST_IP] ? h->slot[HOST_IP]
                : is_address     ? name
                                 : NULL);
    if (name && !is_address && strchr(name, '.'))
        strbuf_addstr(&fqdn, name);
    else if (own && *own && strcmp(own, "localhost") != 0 && domain && *domain)
        strbuf_addf(&fqdn, "%s.%s", own, domain);
    if (fqdn.len)
        builder_str(b, HOSTS_FQDN, fqdn.buf);
    strbuf_release(&fqdn);
}

static void add_host(struct run *run, struct table_builder *b, const struct objects *o,
                     const struct object *h)
{
    builder_str(b, HOSTS_HOST_ID, h->id);
    host_names(b, h);
    builder_str(b, HOSTS_CLUSTER, name_of(o, OBJECT_CLUSTER, h->slot[HOST_PARENT]));
    builder_str(b, HOSTS_CONNECTION_STATE, h->slot[HOST_CONNECTION]);
    builder_str(b, HOSTS_POWER_STATE, h->slot[HOST_POWER]);
    truth(b, HOSTS_MAINTENANCE, h->slot[HOST_MAINTENANCE]);
    builder_str(b, HOSTS_HA_STATE, h->slot[HOST_HA]);
    builder_str(b, HOSTS_VERSION, h->slot[HOST_VERSION]);
    builder_str(b, HOSTS_BUILD, h->slot[HOST_BUILD]);
    builder_str(b, HOSTS_MODEL, h->slot[HOST_MODEL]);
    number(b, HOSTS_UPTIME_S, h->slot[HOST_UPTIME], 1000);
    host_usage(b, h);
    builder_int(b, HOSTS_VM_COUNT, h->count);
    builder_str(b, HOSTS_VCENTER_UUID, run->facts->vsphere->instance_uuid);
}

static void add_cluster(struct run *run, struct table_builder *b, const struct objects *o,
                        const struct object *c)
{
    const struct object_list *hosts = &o->lists[OBJECT_HOST];
    int64_t n = 0;

    (void)run;
    for (size_t i = 0; i < hosts->n; i++) {
        const char *parent = hosts->items[i] ? hosts->items[i]->slot[HOST_PARENT] : NULL;

        n += parent && strcmp(parent, c->id) == 0;
    }
    builder_str(b, CLUSTERS_CLUSTER_ID, c->id);
    builder_str(b, CLUSTERS_CLUSTER, c->slot[CLUSTER_NAME]);
    builder_int(b, CLUSTERS_HOST_COUNT, n);
    truth(b, CLUSTERS_DRS, c->slot[CLUSTER_DRS]);
    truth(b, CLUSTERS_HA, c->slot[CLUSTER_HA]);
    truth(b, CLUSTERS_VSAN_ENABLED, c->slot[CLUSTER_VSAN]);
}

static void vm_place(struct table_builder *b, const struct objects *o, const struct object *vm)
{
    const char *id = vm->slot[VM_HOST];
    const struct object *host = id ? objects_find(o, OBJECT_HOST, id) : NULL;

    builder_str(b, VMS_HOST_ID, id);
    if (!host)
        return;
    builder_str(b, VMS_HOST, host->slot[HOST_NAME]);
    builder_str(b, VMS_CLUSTER, name_of(o, OBJECT_CLUSTER, host->slot[HOST_PARENT]));
}

static void vm_snapshots(struct run *run, struct table_builder *b, const struct object *vm)
{
    int64_t at;

    if (!vm->slot[VM_SNAPSHOTS]) {
        builder_int(b, VMS_SNAPSHOTS, 0);
        return;
    }
    number(b, VMS_SNAPSHOTS, vm->slot[VM_SNAPSHOTS], 1);
    if (vm->slot[VM_SNAPSHOT_AT] &&
        text_to_i64(vm->slot[VM_SNAPSHOT_AT], INT64_MIN, INT64_MAX, &at) == 0 && at <= run->now)
        builder_int(b, VMS_SNAPSHOT_AGE_S, (run->now - at) / 1000 * 1000);
}

static void vm_guest(struct table_builder *b, const struct objects *o, const struct object *vm)
{
    const char *const *s = (const char *const *)vm->slot;

    builder_str(b, VMS_GUEST_OS,
                s[VM_GUEST_OS] && *s[VM_GUEST_OS] ? s[VM_GUEST_OS] : s[VM_CONFIG_OS]);
    builder_str(b, VMS_TOOLS, s[VM_TOOLS]);
    list(b, VMS_IPS, o, OBJECT_TYPES, s[VM_IPS] ? s[VM_IPS] : s[VM_IP]);
    list(b, VMS_MACS, o, OBJECT_TYPES, s[VM_MACS]);
}

static void vm_storage(struct table_builder *b, const struct objects *o, const struct object *vm)
{
    list(b, VMS_DATASTORES, o, OBJECT_DATASTORE, vm->slot[VM_DATASTORES]);
    number(b, VMS_STORAGE_BYTES, vm->slot[VM_SPACE], 1);
    builder_str(b, VMS_STORAGE_POLICY, vm->slot[VM_POLICY]);
    number(b, VMS_HA_RESTARTED_AT, vm->slot[VM_RESTARTED_AT], 1);
}

static void add_vm(struct run *run, struct table_builder *b, const struct objects *o,
                   const struct object *vm)
{
    builder_str(b, VMS_VM_ID, vm->id);
    builder_str(b, VMS_VM, vm->slot[VM_NAME]);
    builder_str(b, VMS_UUID, vm->slot[VM_UUID]);
    builder_str(b, VMS_INSTANCE_UUID, vm->slot[VM_INSTANCE_UUID]);
    builder_str(b, VMS_CONNECTION_STATE, vm->slot[VM_CONNECTION]);
    builder_str(b, VMS_QUESTION_PENDING, vm->slot[VM_QUESTION]);
    builder_str(b, VMS_POWER_STATE, vm->slot[VM_POWER]);
    vm_place(b, o, vm);
    vm_guest(b, o, vm);
    vm_storage(b, o, vm);
    list(b, VMS_NETWORKS, o, OBJECT_NETWORK, vm->slot[VM_NETWORKS]);
    vm_snapshots(run, b, vm);
    truth(b, VMS_CONSOLIDATION_NEEDED, vm->slot[VM_CONSOLIDATION]);
    truth(b, VMS_QUIESCE, vm->slot[VM_QUIESCE]);
}

/* Sizes of one that cannot be reached are those of another day. */
static void add_datastore(struct run *run, struct table_builder *b, const struct objects *o,
                          const struct object *d)
{
    const char *accessible = d->slot[DATASTORE_ACCESSIBLE];
    double capacity, left;

    (void)run, (void)o;
    builder_str(b, DATASTORES_DATASTORE_ID, d->id);
    builder_str(b, DATASTORES_DATASTORE, d->slot[DATASTORE_NAME]);
    builder_str(b, DATASTORES_TYPE, d->slot[DATASTORE_TYPE]);
    truth(b, DATASTORES_ACCESSIBLE, accessible);
    if (accessible && (strcmp(accessible, "false") == 0 || strcmp(accessible, "0") == 0))
        return;
    number(b, DATASTORES_CAPACITY_BYTES, d->slot[DATASTORE_CAPACITY], 1);
    number(b, DATASTORES_FREE_BYTES, d->slot[DATASTORE_FREE], 1);
    if (to_real(d->slot[DATASTORE_CAPACITY], &capacity) && to_real(d->slot[DATASTORE_FREE], &left))
        percent(b, DATASTORES_USED_PERCENT, capacity - left, capacity);
}

/* ---- tables ------------------------------------------------------------------------------------
 */

struct block {
    uint64_t salt;
    uint64_t versions[BLOCK_ROWS];
    int64_t age; /* grows when something in it has an age */
};

static bool has_age(const struct object *object)
{
    return object->type == OBJECT_VM && object->slot[VM_SNAPSHOT_AT];
}

static uint64_t identity(const struct objects *o, enum object_type type, size_t from, int64_t now,
                         uint64_t salt)
{
    const struct object_list *l = &o->lists[type];
    struct block block = {.salt = salt};
    uint64_t hash;

    for (size_t i = 0; i < BLOCK_ROWS && from + i < l->n; i++) {
        const struct object *object = l->items[from + i];

        block.versions[i] = object ? object->version : 0;
        if (object && has_age(object))
            block.age = now / AGE_STEP_MS;
    }
    hash = hash_fast(&block, sizeof(block), from);
    return hash + (hash == 0);
}

static void fill(struct run *run, const struct schema *schema, const struct objects *o,
                 enum object_type type, add_row_fn add)
{
    struct table_builder *b = run_table(run, schema);
    const struct object_list *l = &o->lists[type];
    const char *uuid = run->facts->vsphere->instance_uuid;
    uint64_t salt = hash_fast(uuid ? uuid : "", uuid ? strlen(uuid) : 0, o->names);

    for (size_t from = 0; from < l->n; from += BLOCK_ROWS) {
        if (builder_block(b, identity(o, type, from, run->now, salt)))
            continue;
        for (size_t i = from; i < l->n && i < from + BLOCK_ROWS; i++) {
            if (!l->items[i])
                continue;
            builder_row(b);
            add(run, b, o, l->items[i]);
        }
    }
}

void vcenter_rows(struct run *run, struct objects *objects)
{
    objects_count(objects);
    fill(run, &table_vms, objects, OBJECT_VM, add_vm);
    fill(run, &table_hosts, objects, OBJECT_HOST, add_host);
    fill(run, &table_clusters, objects, OBJECT_CLUSTER, add_cluster);
    fill(run, &table_datastores, objects, OBJECT_DATASTORE, add_datastore);
}
