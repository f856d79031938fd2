#include "collectors/vcenter/objects.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/map.h"
#include "core/mem.h"
#include "core/strbuf.h"

static const struct {
    const char *name;
    unsigned slots;
    unsigned room; /* for the id and the texts of most of them */
} types[OBJECT_TYPES] = {
    [OBJECT_HOST] = {"HostSystem", HOST_SLOTS, 224},
    [OBJECT_CLUSTER] = {"ClusterComputeResource", CLUSTER_SLOTS, 64},
    [OBJECT_VM] = {"VirtualMachine", VM_SLOTS, 416},
    [OBJECT_DATASTORE] = {"Datastore", DATASTORE_SLOTS, 96},
    [OBJECT_NETWORK] = {"Network", NETWORK_SLOTS, 48},
    [OBJECT_TASK] = {"Task", TASK_SLOTS, 256},
    [OBJECT_TASK_MANAGER] = {"TaskManager", TASK_MANAGER_SLOTS, 64},
};

/* Kinds of networks that the API derives from Network. */
static const char *const networks[] = {"DistributedVirtualPortgroup", "OpaqueNetwork"};

static bool is_name(const char *name, const char *text, size_t len)
{
    return strlen(name) == len && memcmp(name, text, len) == 0;
}

enum object_type object_type_of(const char *name, size_t len)
{
    for (unsigned t = 0; t < OBJECT_TYPES; t++) {
        if (is_name(types[t].name, name, len))
            return (enum object_type)t;
    }
    for (size_t i = 0; i < ARRAY_SIZE(networks); i++) {
        if (is_name(networks[i], name, len))
            return OBJECT_NETWORK;
    }
    return OBJECT_TYPES;
}

const char *object_type_name(enum object_type type)
{
    return types[type].name;
}

bool object_type_is_inventory(enum object_type type)
{
    return type < OBJECT_TASK;
}

/* ---- life --------------------------------------------------------------------------------------
 */

struct objects *objects_new(void)
{
    struct objects *o = mem_alloc(sizeof(*o));

    o->arena = arena_new(0);
    for (unsigned t = 0; t < OBJECT_TYPES; t++)
        o->lists[t].by_id = map_new_borrowed(0);
    return o;
}

static char *own_room(struct object *object)
{
    return (char *)&object->slot[types[object->type].slots];
}

static void release(struct object *object)
{
    if (object->texts != own_room(object))
        free(object->texts);
    if (object->id != own_room(object))
        free(object->id);
}

/* The memory of one that left is for the next that comes. */
static struct object *object_new(struct objects *o, enum object_type type, const char *id)
{
    struct object_list *l = &o->lists[type];
    size_t head = sizeof(struct object) + types[type].slots * sizeof(char *);
    struct object *object = l->spare;

    if (object)
        l->spare = object->next_spare;
    else
        object = arena_alloc(o->arena, head + types[type].room);
    memset(object, 0, head);
    object->type = type;
    object->texts = own_room(object);
    object->room = types[type].room;
    if (strlen(id) >= object->room / 2) {
        object->id = mem_strdup(id);
        return object;
    }
    object->used = strlen(id) + 1;
    object->id = memcpy(object->texts, id, object->used);
    return object;
}

static void object_free(struct objects *o, struct object *object)
{
    struct object_list *l = &o->lists[object->type];

    release(object);
    object->next_spare = l->spare;
    l->spare = object;
}

void objects_free(struct objects *o)
{
    if (!o)
        return;
    for (unsigned t = 0; t < OBJECT_TYPES; t++) {
        struct object_list *l = &o->lists[t];

        for (size_t i = 0; i < l->n; i++) {
            if (l->items[i])
                release(l->items[i]);
        }
        free(l->items);
        map_free(l->by_id, NULL);
    }
    arena_free(o->arena);
    free(o);
}

/* ---- coming and going --------------------------------------------------------------------------
 */

struct object *objects_find(const struct objects *o, enum object_type type, const char *id)
{
    return map_get(o->lists[type].by_id, id);
}

static uint32_t take_place(struct object_list *l)
{
    while (l->free_from < l->n && l->items[l->free_from])
        l->free_from++;
    if (l->free_from == l->n) {
        l->items = mem_grow(l->items, l->n, &l->alloc, sizeof(struct object *));
        l->n++;
    }
    return (uint32_t)l->free_from++;
}

struct object *objects_enter(struct objects *o, enum object_type type, const char *id)
{
    struct object_list *l = &o->lists[type];
    struct object *object = map_get(l->by_id, id);

    if (object)
        return object;
    object = object_new(o, type, id);
    object->version = ++o->clock;
    object->round = o->round;
    object->place = take_place(l);
    l->items[object->place] = object;
    l->count++;
    map_put(l->by_id, object->id, object);
    o->moved |= type == OBJECT_VM || type == OBJECT_HOST;
    return object;
}

static void drop(struct objects *o, struct object *object)
{
    struct object_list *l = &o->lists[object->type];

    map_remove(l->by_id, object->id);
    l->items[object->place] = NULL;
    l->count--;
    if (object->place < l->free_from)
        l->free_from = object->place;
    if (object->type == OBJECT_VM)
        o->moved = true;
    else if (object_type_is_inventory(object->type))
        o->names = ++o->clock;
    /* The block it was in is another one now. */
    o->clock++;
    object_free(o, object);
}

void objects_leave(struct objects *o, enum object_type type, const char *id)
{
    struct object *object = objects_find(o, type, id);

    if (object)
        drop(o, object);
}

void objects_restart(struct objects *o)
{
    o->round++;
}

void objects_settle(struct objects *o)
{
    for (unsigned t = 0; t < OBJECT_TYPES; t++) {
        struct object_list *l = &o->lists[t];

        for (size_t i = 0; i < l->n; i++) {
            if (l->items[i] && l->items[i]->round != o->round)
                drop(o, l->items[i]);
        }
    }
}

/* ---- properties --------------------------------------------------------------------------------
 */

/* vCenter escapes '/', '\' and '%' in names as %2f, %5c and %25, and nothing else. */
static char *unescape(const char *text, size_t len)
{
    static const struct {
        const char *code;
        char c;
    } codes[] = {{"%2f", '/'}, {"%5c", '\\'}, {"%25", '%'}};
    char *out = mem_strndup(text, len), *to = out;

    for (const char *p = out; *p; to++) {
        size_t i = 0;

        while (i < ARRAY_SIZE(codes) && strncasecmp(p, codes[i].code, 3) != 0)
            i++;
        *to = i < ARRAY_SIZE(codes) ? codes[i].c : *p;
        p += i < ARRAY_SIZE(codes) ? 3 : 1;
    }
    *to = '\0';
    return out;
}

static bool is_shown_by_others(const struct object *object, unsigned slot)
{
    if (object->type == OBJECT_HOST && slot == HOST_PARENT)
        return true;
    return slot == OBJECT_NAME && object->type != OBJECT_VM &&
           object_type_is_inventory(object->type);
}

/* Other memory for the texts that are there, without gaps, and for @more bytes. */
static void make_room(struct object *object, size_t more)
{
    char *old = object->texts;
    size_t room = more;

    for (unsigned i = 0; i < types[object->type].slots; i++)
        room += object->slot[i] ? strlen(object->slot[i]) + 1 : 0;
    object->room = room + room / 2;
    object->texts = mem_realloc(NULL, object->room);
    object->used = 0;
    for (unsigned i = 0; i < types[object->type].slots; i++) {
        size_t len = object->slot[i] ? strlen(object->slot[i]) + 1 : 0;

        if (!len)
            continue;
        memcpy(object->texts + object->used, object->slot[i], len);
        object->slot[i] = object->texts + object->used;
        object->used += len;
    }
    if (old != own_room(object))
        free(old);
}

/* Texts of an object stand one behind the other; one that becomes longer moves to the end, and
 * leaves a gap until there is no more room. */
static void put(struct object *object, unsigned slot, const char *text, size_t len)
{
    char *to = object->slot[slot];

    if (!to || strlen(to) < len) {
        object->slot[slot] = NULL;
        if (object->room - object->used < len + 1)
            make_room(object, len + 1);
        to = object->slot[slot] = object->texts + object->used;
        object->used += len + 1;
    }
    memcpy(to, text, len);
    to[len] = '\0';
}

void objects_set(struct objects *o, struct object *object, unsigned slot, const char *text,
                 size_t len)
{
    const char *old = object->slot[slot];
    char *own = NULL;

    if (text && slot == OBJECT_NAME && object_type_is_inventory(object->type) &&
        memchr(text, '%', len)) {
        text = own = unescape(text, len);
        len = strlen(own);
    }
    if (text ? old && strlen(old) == len && memcmp(old, text, len) == 0 : !old) {
        free(own);
        return;
    }
    if (text)
        put(object, slot, text, len);
    else
        object->slot[slot] = NULL;
    free(own);
    object->version = ++o->clock;
    if (is_shown_by_others(object, slot))
        o->names = o->clock;
    o->moved |= object->type == OBJECT_VM && slot == VM_HOST;
}

/* ---- counts ------------------------------------------------------------------------------------
 */

static void count_vms(struct objects *o, uint32_t *counts)
{
    const struct object_list *vms = &o->lists[OBJECT_VM];

    for (size_t i = 0; i < vms->n; i++) {
        const char *host = vms->items[i] ? vms->items[i]->slot[VM_HOST] : NULL;
        const struct object *on = host ? objects_find(o, OBJECT_HOST, host) : NULL;

        if (on)
            counts[on->place]++;
    }
}

void objects_count(struct objects *o)
{
    struct object_list *hosts = &o->lists[OBJECT_HOST];
    uint32_t *counts;

    if (!o->moved)
        return;
    o->moved = false;
    counts = mem_array(hosts->n + 1, sizeof(*counts));
    count_vms(o, counts);
    for (size_t i = 0; i < hosts->n; i++) {
        struct object *host = hosts->items[i];

        if (!host || host->count == counts[i])
            continue;
        host->count = counts[i];
        host->version = ++o->clock;
    }
    free(counts);
}
