/*
 * groups: IP sets and security groups of NSX-V, by which its rules name their sources,
 * destinations and where they apply. An IP set has its members in the list itself; the addresses
 * and machines of a security group are asked one group at a time, as the manager translates it.
 *
 * Calls and elements as the API guide of NSX for vSphere 6.2 and 6.3 and clients of it have them:
 * list/ipset/{objectId,name,value} and list/securitygroup/{objectId,name} (govnsx), value being
 * addresses, blocks and ranges with commas between; ipNodes/ipNode/ipAddresses and
 * vmnodes/vmnode/vmName (PowerNSX, scripts on the API). No live manager was seen to answer: the
 * text of ipAddresses counts whether it stands in it or in a child of it. The path is the id, which
 * is what rules have in their raw lists.
 */
#include "collectors/nsxv/nsxv.h"
#include "core/arena.h"
#include "core/map.h"
#include "core/xml.h"

#include <string.h>

#define SETS_PATH   "/api/2.0/services/ipset/scope/globalroot-0"
#define LIST_PATH   "/api/2.0/services/securitygroup/scope/globalroot-0"
#define GROUP_PATH  "/api/2.0/services/securitygroup/"
#define READ_MAX    500 /* security groups of a run: two calls each */
#define MEMBERS_MAX 20000

struct member {
    const char *text;
    struct member *next;
};

struct members {
    struct member *first, **tail;
    size_t n;
    bool known, over;
};

struct object {
    const char *id, *name;
    struct members ips, vms;
    bool group; /* a security group */
    struct object *next;
};

struct reading {
    struct arena *arena;
    struct object *objects, **tail, *at;
    bool is_list; /* the reply is one */
    enum { READ_SETS, READ_GROUPS, READ_IPS, READ_VMS } phase;
    size_t asked, failed, beyond;
    const char *why; /* the first failure */
    /* Of a translation. */
    struct members *into;
    struct map *seen;
    bool is_translation;
};

/* ---- lists --------------------------------------------------------------------------------------
 */

static void begin_members(struct members *m)
{
    *m = (struct members){.known = true};
    m->tail = &m->first;
}

static void add_member(struct reading *r, struct members *m, const char *s, size_t len)
{
    struct member *one;

    if (m->n == MEMBERS_MAX) {
        m->over = true;
        return;
    }
    one = arena_alloc(r->arena, sizeof(*one));
    one->text = arena_strndup(r->arena, s, len);
    *m->tail = one;
    m->tail = &one->next;
    m->n++;
}

/* "10.0.0.0/8, 192.0.2.1-192.0.2.9" */
static void add_value(struct reading *r, struct members *m, const char *s)
{
    while (*s) {
        size_t n;

        s += strspn(s, ", \t\r\n");
        n = strcspn(s, ", \t\r\n");
        if (n)
            add_member(r, m, s, n);
        s += n;
    }
}

static const char *element_of(const struct reading *r)
{
    return r->phase == READ_SETS ? "ipset" : "securitygroup";
}

static void on_list_start(void *arg, struct xml_reader *x)
{
    struct reading *r = arg;

    if (xml_depth(x) == 1)
        r->is_list = strcmp(xml_name(x), "list") == 0;
    if (xml_depth(x) != 2)
        return;
    r->at = NULL;
    if (strcmp(xml_name(x), element_of(r)) == 0) {
        r->at = arena_alloc(r->arena, sizeof(*r->at));
        r->at->group = r->phase == READ_GROUPS;
        if (!r->at->group)
            begin_members(&r->at->ips);
    }
}

static void keep_object(struct reading *r)
{
    if (r->at && r->at->id) {
        *r->tail = r->at;
        r->tail = &r->at->next;
    }
    r->at = NULL;
}

static void on_list_end(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct reading *r = arg;
    const char *name = xml_name(x);

    if (xml_depth(x) == 2)
        keep_object(r);
    else if (xml_depth(x) != 3 || !r->at || !len)
        return;
    else if (strcmp(name, "objectId") == 0)
        r->at->id = arena_strdup(r->arena, text);
    else if (strcmp(name, "name") == 0)
        r->at->name = arena_strdup(r->arena, text);
    else if (strcmp(name, "value") == 0 && !r->at->group)
        add_value(r, &r->at->ips, text);
}

static const struct xml_handler list_handler = {.start = on_list_start, .end = on_list_end};

/* ---- translations -------------------------------------------------------------------------------
 */

static bool is_address(struct xml_reader *x)
{
    unsigned depth = xml_depth(x);

    return strcmp(xml_name(x), "ipAddresses") == 0 ||
           (depth > 1 && strcmp(xml_name_at(x, depth - 1), "ipAddresses") == 0);
}

static void on_member_start(void *arg, struct xml_reader *x)
{
    struct reading *r = arg;

    if (xml_depth(x) == 1)
        r->is_translation = strcmp(xml_name(x), r->phase == READ_IPS ? "ipNodes" : "vmnodes") == 0;
}

/* What several machines or sets bring into the group is in it once. */
static void on_member_end(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct reading *r = arg;
    bool wanted = r->phase == READ_IPS ? is_address(x) : strcmp(xml_name(x), "vmName") == 0;

    while (len && strchr(" \t\r\n", text[len - 1]))
        len--;
    if (!wanted || !len || !r->is_translation || map_has(r->seen, text))
        return;
    map_put(r->seen, text, r);
    add_member(r, r->into, text, len);
}

static const struct xml_handler member_handler = {.start = on_member_start, .end = on_member_end};

/* ---- rows ---------------------------------------------------------------------------------------
 */

static void put_members(struct table_builder *b, unsigned col, unsigned count,
                        const struct members *m)
{
    if (!m->known || m->over)
        return;
    builder_list_empty(b, col);
    for (const struct member *one = m->first; one; one = one->next)
        builder_list_add(b, col, one->text);
    builder_int(b, count, (int64_t)m->n);
}

static enum step finish(struct run *run, const struct reading *r)
{
    struct table_builder *b = run_table(run, &table_groups);

    for (const struct object *o = r->objects; o; o = o->next) {
        builder_row(b);
        builder_str(b, GROUPS_PATH, o->id);
        builder_str(b, GROUPS_GROUP, o->name);
        put_members(b, GROUPS_IP_MEMBERS, GROUPS_MEMBER_COUNT, &o->ips);
        put_members(b, GROUPS_VM_MEMBERS, GROUPS_VM_COUNT, &o->vms);
        builder_int(b, GROUPS_MEMBERS_AT, run->now);
    }
    if (r->failed)
        builder_note(b, "members of %zu security groups are not known: %s", r->failed, r->why);
    if (r->beyond)
        builder_note(b, "members of %zu security groups are not read: no more than %d are",
                     r->beyond, READ_MAX);
    return STEP_DONE;
}

/* What is put into an address is an id and nothing else. */
static bool is_id(const char *id)
{
    return *id && !id[strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "0123456789-")];
}

static enum step ask_group(struct run *run, struct reading *r)
{
    for (; r->at; r->at = r->at->next) {
        if (!r->at->group || !is_id(r->at->id))
            continue;
        if (r->asked == READ_MAX) {
            r->beyond++;
            continue;
        }
        r->asked++;
        r->phase = READ_IPS;
        return run_get(run, SERVICE_MAIN, "addresses of a security group",
                       "%s%s/translation/ipaddresses", GROUP_PATH, r->at->id);
    }
    return finish(run, r);
}

static bool read_members(struct reading *r, const struct reply *reply, struct err *err)
{
    bool good;

    begin_members(r->into);
    r->seen = map_new();
    r->is_translation = false;
    good = xml_parse(&member_handler, r, reply->body, reply->len, err) == 0;
    map_free(r->seen, NULL);
    if (good && !r->is_translation)
        err_set(err, ERR_PROTO, 0, "the reply about members is something else");
    return good && r->is_translation;
}

static void fail_group(struct reading *r, const char *why)
{
    r->failed++;
    r->why = r->why ? r->why : arena_strdup(r->arena, why);
}

static enum step take_members(struct run *run, struct reading *r, const struct reply *reply)
{
    struct err err = {0};

    r->into = r->phase == READ_IPS ? &r->at->ips : &r->at->vms;
    if (reply->err || !read_members(r, reply, &err)) {
        *r->into = (struct members){0};
        fail_group(r, reply->err ? reply->err->msg : err.msg);
    } else if (r->phase == READ_IPS) {
        r->phase = READ_VMS;
        return run_get(run, SERVICE_MAIN, "machines of a security group",
                       "%s%s/translation/virtualmachines", GROUP_PATH, r->at->id);
    }
    r->at = r->at->next;
    return ask_group(run, r);
}

static enum step take_list(struct run *run, struct reading *r, const struct reply *reply)
{
    struct err err = {0};

    if (reply->err)
        return run_fail(run, reply->err);
    r->is_list = false;
    if (xml_parse(&list_handler, r, reply->body, reply->len, &err) < 0) {
        err_prefix(&err, "the reply about %ss", element_of(r));
        return run_fail(run, &err);
    }
    if (!r->is_list)
        return run_fail_proto(run, "the reply about groups is something else");
    if (r->phase == READ_SETS) {
        r->phase = READ_GROUPS;
        return run_get(run, SERVICE_MAIN, "security groups", LIST_PATH);
    }
    r->at = r->objects;
    return ask_group(run, r);
}

static enum step step(struct run *run, const struct reply *reply)
{
    struct reading *r = run->scratch;

    if (!reply) {
        run->scratch = r = arena_alloc(run->arena, sizeof(*r));
        r->arena = run->arena;
        r->tail = &r->objects;
        return run_get(run, SERVICE_MAIN, "IP sets", SETS_PATH);
    }
    return r->phase < READ_IPS ? take_list(run, r, reply) : take_members(run, r, reply);
}

static const struct schema *const tables[] = {&table_groups, NULL};

const struct collector collector_nsxv_groups = {
    .name = "groups",
    .kinds = KIND_NSXV,
    .tables = tables,
    .interval_ms = 600000,
    .timeout_ms = 300000,
    .step = step,
};
