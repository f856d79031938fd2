#include "collectors/vsan/answers.h"

#include <string.h>

#include "collectors/collector.h"
#include "core/arena.h"
#include "core/mem.h"
#include "core/soap.h"
#include "core/text.h"
#include "core/xml.h"

#define BODY_DEPTH   3 /* Envelope/Body/XResponse */
#define RETURN_DEPTH 4
#define OBJECT_DEPTH 5

#define FIGURE_MAX (1LL << 60) /* an exabyte: beyond it something is wrong */

/* Is the document an answer of @method? Faults have another status, proxies other documents. */
struct answer {
    struct arena *arena;
    const char *method; /* "VsanQuerySpaceUsageResponse" */
    void *out;
    bool seen;
};

static int parse(const struct xml_handler *handler, struct answer *a, const struct reply *reply,
                 struct err *err)
{
    if (xml_parse(handler, a, reply->body ? reply->body : "", reply->len, err) < 0)
        return -1;
    if (!a->seen)
        return err_set(err, ERR_PROTO, 0, "it is no %s", a->method);
    return 0;
}

static void on_start(void *arg, struct xml_reader *x)
{
    struct answer *a = arg;

    if (xml_depth(x) == BODY_DEPTH && xml_path_is(x, BODY_DEPTH, a->method))
        a->seen = true;
}

static bool is_field(const struct answer *a, const struct xml_reader *x, const char *path)
{
    return a->seen && xml_path_is(x, RETURN_DEPTH, path);
}

/* Whole numbers that are not negative; everything else leaves *out alone. */
static void take_number(const char *text, int64_t *out)
{
    int64_t v;

    if (text_to_i64(text, 0, FIGURE_MAX, &v) == 0)
        *out = v;
}

/* ---- clusters -----------------------------------------------------------------------------------
 */

struct clusters_reading {
    struct answer a;
    struct vsan_clusters *out;
    struct vsan_cluster now;
    char property[64];
};

static void clusters_start(void *arg, struct xml_reader *x)
{
    struct clusters_reading *r = arg;
    size_t len = 0;
    const char *type;

    on_start(&r->a, x);
    if (xml_path_is(x, BODY_DEPTH, "ContinueRetrievePropertiesExResponse"))
        r->a.seen = true;
    if (xml_depth(x) == OBJECT_DEPTH && strcmp(xml_name(x), "objects") == 0)
        memset(&r->now, 0, sizeof(r->now));
    if (strcmp(xml_name(x), "fault") != 0)
        return;
    type = soap_type(x, &len);
    if (type && len == strlen("NotAuthenticated") && memcmp(type, "NotAuthenticated", len) == 0)
        r->out->expired = true;
}

static void add_cluster(struct clusters_reading *r)
{
    struct vsan_clusters *out = r->out;

    if (!r->now.id)
        return;
    if (out->n == VSAN_CLUSTERS_MAX)
        out->lost++;
    else
        out->at[out->n++] = r->now;
}

static void clusters_end(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct clusters_reading *r = arg;

    if (is_field(&r->a, x, "returnval/token") && len)
        r->out->token = arena_strndup(r->a.arena, text, len);
    else if (is_field(&r->a, x, "returnval/objects/obj") && len)
        r->now.id = arena_strndup(r->a.arena, text, len);
    else if (is_field(&r->a, x, "returnval/objects/propSet/name"))
        (void)memcpy(r->property, text, len < sizeof(r->property) ? len + 1 : 1);
    else if (is_field(&r->a, x, "returnval/objects/propSet/val") &&
             strcmp(r->property, "name") == 0)
        r->now.name = arena_strndup(r->a.arena, text, len);
    else if (is_field(&r->a, x, "returnval/objects/propSet/val/vsanConfigInfo/enabled"))
        r->now.enabled = strcmp(text, "true") == 0 || strcmp(text, "1") == 0;
    else if (is_field(&r->a, x, "returnval/objects/propSet/val/vsanConfigInfo/defaultConfig/uuid"))
        r->now.uuid = arena_strndup(r->a.arena, text, len);
    else if (is_field(&r->a, x, "returnval/objects"))
        add_cluster(r);
}

int vsan_read_clusters(struct arena *arena, const struct reply *reply, struct vsan_clusters *out,
                       struct err *err)
{
    static const struct xml_handler handler = {.start = clusters_start, .end = clusters_end};
    struct clusters_reading r = {.a = {.arena = arena, .method = "RetrievePropertiesExResponse"},
                                 .out = out};

    out->token = NULL;
    if (xml_parse(&handler, &r, reply->body ? reply->body : "", reply->len, err) < 0)
        return -1;
    return r.a.seen ? 0 : err_set(err, ERR_PROTO, 0, "it is no %s", r.a.method);
}

/* ---- space --------------------------------------------------------------------------------------
 */

struct space_reading {
    struct answer a;
    struct vsan_space *out;
    const char *type; /* of the object type that is open */
    int64_t used;
};

static void space_start(void *arg, struct xml_reader *x)
{
    struct space_reading *r = arg;

    on_start(&r->a, x);
    if (is_field(&r->a, x, "returnval/spaceDetail/spaceUsageByObjectType")) {
        r->type = NULL;
        r->used = -1;
    }
}

static void add_type(struct space_reading *r)
{
    struct vsan_space *s = r->out;
    size_t i;

    if (!r->type || r->used <= 0 || s->ntypes == VSAN_TYPES_MAX)
        return;
    for (i = s->ntypes++; i > 0 && s->types[i - 1].used < r->used; i--)
        s->types[i] = s->types[i - 1];
    s->types[i].type = r->type;
    s->types[i].used = r->used;
}

static void space_end(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct space_reading *r = arg;
    const struct {
        const char *path;
        int64_t *out;
    } figures[] = {
        {"returnval/totalCapacityB", &r->out->capacity},
        {"returnval/freeCapacityB", &r->out->free},
        {"returnval/efficientCapacity/logicalCapacityUsed", &r->out->logical_used},
        {"returnval/efficientCapacity/physicalCapacityUsed", &r->out->physical_used},
        {"returnval/capacityHealthThreshold/yellowValue", &r->out->yellow_percent},
        {"returnval/spaceDetail/spaceUsageByObjectType/usedB", &r->used},
    };

    for (size_t i = 0; len && i < ARRAY_SIZE(figures); i++) {
        if (is_field(&r->a, x, figures[i].path))
            take_number(text, figures[i].out);
    }
    if (len && is_field(&r->a, x, "returnval/spaceDetail/spaceUsageByObjectType/objType"))
        r->type = arena_strndup(r->a.arena, text, len);
    if (is_field(&r->a, x, "returnval/spaceDetail/spaceUsageByObjectType"))
        add_type(r);
}

int vsan_read_space(struct arena *arena, const struct reply *reply, struct vsan_space *out,
                    struct err *err)
{
    static const struct xml_handler handler = {.start = space_start, .end = space_end};
    struct space_reading r = {
        .a = {.arena = arena, .method = "VsanQuerySpaceUsageResponse"}, .out = out, .used = -1};

    *out = (struct vsan_space){
        .capacity = -1, .free = -1, .logical_used = -1, .physical_used = -1, .yellow_percent = -1};
    if (parse(&handler, &r.a, reply, err) < 0)
        return -1;
    if (out->capacity < 0 || out->free < 0 || out->free > out->capacity)
        return err_set(err, ERR_PROTO, 0, "it tells no capacity");
    return 0;
}

/* ---- health -------------------------------------------------------------------------------------
 */

struct health_reading {
    struct answer a;
    struct vsan_health *out;
    const char *group_id, *group, *group_health, *test, *test_health;
    size_t first_test; /* of the open group: its name may come after them */
};

static bool is_quiet(const char *health)
{
    return strcmp(health, "green") == 0 || strcmp(health, "skipped") == 0 ||
           strcmp(health, "info") == 0;
}

static void health_start(void *arg, struct xml_reader *x)
{
    struct health_reading *r = arg;

    on_start(&r->a, x);
    if (is_field(&r->a, x, "returnval/groups")) {
        r->group_id = r->group = r->group_health = NULL;
        r->first_test = r->out->ntests;
    }
    if (is_field(&r->a, x, "returnval/groups/groupTests"))
        r->test = r->test_health = NULL;
}

static void end_test(struct health_reading *r)
{
    if (r->test && r->test_health && !is_quiet(r->test_health) && r->out->ntests < VSAN_GROUPS_MAX)
        r->out->tests[r->out->ntests++] =
            arena_printf(r->a.arena, "%s:%s", r->test, r->test_health);
}

static void end_group(struct health_reading *r)
{
    struct vsan_health *h = r->out;
    const char *name = r->group ? r->group : r->group_id;

    for (size_t i = r->first_test; name && i < h->ntests; i++)
        h->tests[i] = arena_printf(r->a.arena, "%s/%s", name, h->tests[i]);
    if (!name || !r->group_health)
        return;
    /* The id of the group about encryption and its key providers is not documented; all that were
     * seen in public have this word in them. */
    if (r->group_id && strcasestr(r->group_id, "encryption"))
        h->kms = r->group_health;
    if (!is_quiet(r->group_health) && h->ngroups < VSAN_GROUPS_MAX)
        h->groups[h->ngroups++] = arena_printf(r->a.arena, "%s:%s", name, r->group_health);
}

static void health_end(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct health_reading *r = arg;
    const struct {
        const char *path;
        const char **out;
    } words[] = {
        {"returnval/overallHealth", &r->out->overall},
        {"returnval/groups/groupId", &r->group_id},
        {"returnval/groups/groupName", &r->group},
        {"returnval/groups/groupHealth", &r->group_health},
        {"returnval/groups/groupTests/testName", &r->test},
        {"returnval/groups/groupTests/testHealth", &r->test_health},
    };

    for (size_t i = 0; len && i < ARRAY_SIZE(words); i++) {
        if (is_field(&r->a, x, words[i].path))
            *words[i].out = arena_strndup(r->a.arena, text, len);
    }
    if (is_field(&r->a, x, "returnval/groups/groupTests"))
        end_test(r);
    if (is_field(&r->a, x, "returnval/groups"))
        end_group(r);
}

int vsan_read_health(struct arena *arena, const struct reply *reply, struct vsan_health *out,
                     struct err *err)
{
    static const struct xml_handler handler = {.start = health_start, .end = health_end};
    struct health_reading r = {
        .a = {.arena = arena, .method = "VsanQueryVcClusterHealthSummaryResponse"}, .out = out};

    memset(out, 0, sizeof(*out));
    return parse(&handler, &r.a, reply, err);
}

/* ---- resynchronisation, configuration -----------------------------------------------------------
 */

static void resync_end(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct answer *a = arg;
    struct vsan_resync *out = a->out;

    if (len && is_field(a, x, "returnval/totalBytesToSync"))
        take_number(text, &out->bytes);
    else if (len && is_field(a, x, "returnval/totalRecoveryETA"))
        take_number(text, &out->eta_s);
}

int vsan_read_resync(const struct reply *reply, struct vsan_resync *out, struct err *err)
{
    static const struct xml_handler handler = {.start = on_start, .end = resync_end};
    struct answer a = {.method = "QuerySyncingVsanObjectsSummaryResponse", .out = out};

    *out = (struct vsan_resync){-1, -1};
    return parse(&handler, &a, reply, err);
}

static void config_end(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct answer *a = arg;

    if (len && is_field(a, x, "returnval/dataEncryptionConfig/encryptionEnabled"))
        *(int *)a->out = strcmp(text, "true") == 0 || strcmp(text, "1") == 0;
}

int vsan_read_config(const struct reply *reply, int *encrypted, struct err *err)
{
    static const struct xml_handler handler = {.start = on_start, .end = config_end};
    struct answer a = {.method = "VsanClusterGetConfigResponse", .out = encrypted};

    *encrypted = -1;
    return parse(&handler, &a, reply, err);
}

/* ---- versions -----------------------------------------------------------------------------------
 */

struct versions {
    struct arena *arena;
    bool is_vsan;
    const char *version;
};

static void version_end(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct versions *v = arg;

    if (xml_path_is(x, 1, "namespaces/namespace/name"))
        v->is_vsan = strcmp(text, "urn:vsan") == 0;
    if (v->is_vsan && !v->version && len && len < 32 &&
        xml_path_is(x, 1, "namespaces/namespace/version") && strspn(text, "0123456789.") == len)
        v->version = arena_strndup(v->arena, text, len);
}

const char *vsan_read_version(struct arena *arena, const struct reply *reply)
{
    static const struct xml_handler handler = {.end = version_end};
    struct versions v = {.arena = arena};

    return xml_parse(&handler, &v, reply->body ? reply->body : "", reply->len, NULL) == 0
               ? v.version
               : NULL;
}
