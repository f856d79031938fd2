#include "collectors/vcenter/policies.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/collector.h"
#include "collectors/vcenter/objects.h"
#include "core/arena.h"
#include "core/fmt.h"
#include "core/map.h"
#include "core/mem.h"
#include "core/soap.h"
#include "core/text.h"
#include "core/xml.h"

#define BODY_DEPTH   3 /* Envelope/Body/XResponse */
#define RETURN_DEPTH 4 /* .../returnval */
#define ID_MAX       256
#define NAME_MAX_LEN 400

/* What stands in the returnval at hand. */
struct item {
    char id[ID_MAX];     /* of the policy */
    char entity[ID_MAX]; /* of the VM */
    char type[128];      /* of the entity, or of the event */
    char name[NAME_MAX_LEN];
    int64_t at;
};

struct reading {
    struct item item;
    bool answered; /* there is an XResponse */
    const char *method;
    void (*take)(struct reading *r, const struct item *item); /* at the end of a returnval */
    struct arena *arena;
    const char *manager;
    struct policy_ids *ids;
    struct map *names; /* PbmRetrieveContent */
    const struct map *known;
    struct objects *objects;
    int64_t newest;
    size_t n;
};

static void keep(char *out, size_t size, const char *text, size_t len)
{
    if (!*out && len < size)
        memcpy(out, text, len + 1);
}

static void on_start(void *arg, struct xml_reader *x)
{
    struct reading *r = arg;
    const char *type;
    size_t len;

    if (xml_depth(x) == BODY_DEPTH && strcmp(xml_name(x), r->method) == 0)
        r->answered = true;
    if (xml_depth(x) != RETURN_DEPTH)
        return;
    memset(&r->item, 0, sizeof(r->item));
    type = soap_type(x, &len);
    if (type && len < sizeof(r->item.type))
        memcpy(r->item.type, type, len);
}

static void on_end(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    static const struct {
        const char *path;
        size_t offset, size;
    } fields[] = {
#define FIELD(path_, field) \
    {"returnval/" path_, offsetof(struct item, field), sizeof(((struct item *)NULL)->field)}
        FIELD("uniqueId", id),
        FIELD("profileId/uniqueId", id),
        FIELD("object/key", entity),
        FIELD("object/objectType", type),
        FIELD("name", name),
        FIELD("vm/vm", entity),
        FIELD("profileManager", entity),
#undef FIELD
    };
    struct reading *r = arg;

    if (!r->answered || xml_depth(x) < RETURN_DEPTH)
        return;
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        if (xml_path_is(x, RETURN_DEPTH, fields[i].path))
            keep((char *)&r->item + fields[i].offset, fields[i].size, text, len);
    }
    /* Of an EventEx the type that counts is the one it names. */
    if (xml_path_is(x, RETURN_DEPTH, "returnval/eventTypeId") && len < sizeof(r->item.type))
        memcpy(r->item.type, text, len + 1);
    if (xml_path_is(x, RETURN_DEPTH, "returnval/createdTime"))
        (void)fmt_parse_time(text, &r->item.at);
    if (xml_depth(x) == RETURN_DEPTH)
        r->take(r, &r->item);
}

static int read_reply(struct reading *r, const struct reply *reply, struct err *err)
{
    static const struct xml_handler handler = {.start = on_start, .end = on_end};

    if (xml_parse(&handler, r, reply->body ? reply->body : "", reply->len, err) < 0)
        return -1;
    if (!r->answered)
        return err_set(err, ERR_PROTO, 0, "it is no %s", r->method);
    return 0;
}

/* ---- policies ----------------------------------------------------------------------------------
 */

static void take_manager(struct reading *r, const struct item *item)
{
    if (!r->manager && *item->entity)
        r->manager = arena_strdup(r->arena, item->entity);
}

int policies_read_manager(struct arena *arena, const struct reply *reply, const char **id,
                          struct err *err)
{
    struct reading r = {
        .method = "PbmRetrieveServiceContentResponse", .take = take_manager, .arena = arena};

    if (read_reply(&r, reply, err) < 0)
        return -1;
    *id = r.manager;
    return r.manager ? 0 : err_set(err, ERR_PROTO, 0, "it names no profile manager");
}

static void take_id(struct reading *r, const struct item *item)
{
    if (!*item->id)
        return;
    if (r->ids->n == POLICIES_MAX)
        r->ids->lost++;
    else
        r->ids->at[r->ids->n++] = arena_strdup(r->arena, item->id);
}

int policies_read_ids(struct arena *arena, const struct reply *reply, struct policy_ids *out,
                      struct err *err)
{
    struct reading r = {
        .method = "PbmQueryProfileResponse", .take = take_id, .arena = arena, .ids = out};

    out->n = out->lost = 0;
    out->at = arena_alloc(arena, POLICIES_MAX * sizeof(*out->at));
    return read_reply(&r, reply, err);
}

static void take_name(struct reading *r, const struct item *item)
{
    if (*item->id && *item->name)
        free(map_put(r->names, item->id, mem_strdup(item->name)));
}

int policies_read_names(struct map *names, const struct reply *reply, struct err *err)
{
    struct reading r = {.method = "PbmRetrieveContentResponse", .take = take_name, .names = names};

    return read_reply(&r, reply, err);
}

static void take_profile(struct reading *r, const struct item *item)
{
    struct object *vm = objects_find(r->objects, OBJECT_VM, item->entity);
    const char *name = map_get(r->known, item->id);

    if (!vm || strcmp(item->type, "virtualMachine") != 0)
        return;
    if (!name && *item->id)
        name = item->id;
    objects_set(r->objects, vm, VM_POLICY, name, name ? strlen(name) : 0);
}

int policies_read_profiles(struct objects *objects, const struct map *names,
                           const struct reply *reply, struct err *err)
{
    struct reading r = {.method = "PbmQueryAssociatedProfilesResponse",
                        .take = take_profile,
                        .objects = objects,
                        .known = names};

    return read_reply(&r, reply, err);
}

/* ---- restarts ----------------------------------------------------------------------------------
 */

static void take_restart(struct reading *r, const struct item *item)
{
    struct object *vm = objects_find(r->objects, OBJECT_VM, item->entity);
    char text[24];
    int64_t had;
    int n;

    r->n++;
    if (item->at <= 0 ||
        (strcmp(item->type, RESTARTED_BY_HA) != 0 && strcmp(item->type, RESTARTED_OLD) != 0))
        return;
    if (item->at > r->newest)
        r->newest = item->at;
    if (!vm || (vm->slot[VM_RESTARTED_AT] &&
                text_to_i64(vm->slot[VM_RESTARTED_AT], 0, INT64_MAX, &had) == 0 && had >= item->at))
        return;
    n = snprintf(text, sizeof(text), "%" PRId64, item->at);
    objects_set(r->objects, vm, VM_RESTARTED_AT, text, (size_t)n);
}

int policies_read_restarts(struct objects *objects, const struct reply *reply, int64_t *newest,
                           size_t *n, struct err *err)
{
    struct reading r = {.method = "QueryEventsResponse",
                        .take = take_restart,
                        .objects = objects,
                        .newest = *newest};

    if (read_reply(&r, reply, err) < 0)
        return -1;
    *newest = r.newest;
    *n = r.n;
    return 0;
}
