/*
 * groups: groups, and the effective members of those that firewall rules name. Which these are is
 * asked of the search index (the three lists of every rule); where it does not answer, members are
 * read for all groups in turn and `used` stays unknown.
 */
#include "collectors/nsx/group_members.h"
#include "collectors/nsx/nsx.h"
#include "collectors/nsx/objects.h"
#include "core/arena.h"
#include "core/map.h"
#include "core/mem.h"

#include <string.h>

struct groups_state {
    struct nsx_objects *groups;
    struct nsx_members *members;
};

enum phase { READ_GROUPS, READ_USE, READ_MEMBERS };

struct groups_run {
    enum phase phase;
    struct nsx_objects_reader objects;
    struct nsx_list list;
    bool *used; /* beside the objects; NULL: not known */
    struct groups_state *state;
};

static const char *const group_lists[] = {"/infra/domains/default/groups", NULL};
static const char *const group_lists_vmc[] = {"/infra/domains/mgw/groups",
                                              "/infra/domains/cgw/groups", NULL};

struct group {
    const char *state;
    size_t place; /* of this object among all, in the run that reads members */
};

static void *group_more(struct arena *a, struct json_object *o)
{
    struct group *g = arena_alloc(a, sizeof(*g));

    g->state = arena_strdup(a, jsonq_str(o, "state"));
    return g;
}

static const struct nsx_objects_source source = {
    "groups",
    "Group",
    "resource_type%3AGroup&included_fields=path%2Cdisplay_name%2Cstate",
    group_lists,
    group_lists_vmc,
    group_more};

static void release_state(void *state)
{
    struct groups_state *s = state;

    nsx_objects_free(s->groups);
    nsx_members_free(s->members);
}

/* ---- which groups are used ---------------------------------------------------------------------
 */

static void mark(struct groups_run *r, struct json_object *paths)
{
    for (size_t i = 0; i < jsonq_count(paths); i++) {
        const char *path = jsonq_text(jsonq_item(paths, i));
        const struct nsx_object *o = path ? nsx_objects_get(r->state->groups, path) : NULL;

        if (o)
            r->used[((const struct group *)o->more)->place] = true;
    }
}

static void on_rule(void *arg, struct json_object *rule)
{
    mark(arg, jsonq_get(rule, "source_groups"));
    mark(arg, jsonq_get(rule, "destination_groups"));
    mark(arg, jsonq_get(rule, "scope"));
}

static enum step read_use(struct run *run, struct groups_run *r)
{
    size_t n = nsx_objects_count(r->state->groups);

    r->phase = READ_USE;
    r->used = arena_alloc(run->arena, (n + 1) * sizeof(*r->used));
    for (size_t i = 0; i < n; i++)
        ((struct group *)nsx_objects_at(r->state->groups, i)->more)->place = i;
    return nsx_list_first(run, &r->list, "groups of rules",
                          NSX_POLICY "/search/query?query=resource_type%%3ARule&included_fields="
                                     "source_groups%%2Cdestination_groups%%2Cscope");
}

/* ---- rows --------------------------------------------------------------------------------------
 */

static void add_members(struct table_builder *b, const struct nsx_group_members *m)
{
    builder_list(b, GROUPS_IP_MEMBERS, m->ips.items, m->ips.n);
    builder_int(b, GROUPS_MEMBER_COUNT, m->ips.count);
    builder_int(b, GROUPS_MEMBERS_AT, m->at);
    if (m->vms.count < 0)
        return;
    builder_list(b, GROUPS_VM_MEMBERS, m->vms.items, m->vms.n);
    builder_int(b, GROUPS_VM_COUNT, m->vms.count);
}

static enum step finish(struct run *run, struct groups_run *r)
{
    struct groups_state *s = r->state;
    struct table_builder *b = run_table(run, &table_groups);

    for (size_t i = 0; i < nsx_objects_count(s->groups); i++) {
        const struct nsx_object *o = nsx_objects_at(s->groups, i);
        const struct nsx_group_members *m = nsx_members_get(s->members, o->path);

        builder_row(b);
        builder_str(b, GROUPS_PATH, o->path);
        builder_str(b, GROUPS_GROUP, o->name);
        builder_str(b, GROUPS_STATE, ((const struct group *)o->more)->state);
        if (r->used)
            builder_bool(b, GROUPS_USED, r->used[i]);
        if (m)
            add_members(b, m);
    }
    nsx_members_note(s->members, b);
    return STEP_DONE;
}

/* ---- the run -----------------------------------------------------------------------------------
 */

static enum step read_members(struct run *run, struct groups_run *r)
{
    size_t all = nsx_objects_count(r->state->groups), n = 0;
    const char **paths = arena_alloc(run->arena, (all + 1) * sizeof(*paths));

    r->phase = READ_MEMBERS;
    for (size_t i = 0; i < all; i++) {
        if (!r->used || r->used[i])
            paths[n++] = nsx_objects_at(r->state->groups, i)->path;
    }
    if (nsx_members_start(run, &r->state->members, paths, n) == STEP_SEND)
        return STEP_SEND;
    return finish(run, r);
}

static enum step on_groups(struct run *run, struct groups_run *r, const struct reply *reply)
{
    struct err err;

    if (nsx_objects_step(run, &r->objects, reply) == STEP_SEND)
        return STEP_SEND;
    err = r->objects.err;
    if (err.kind != ERR_NONE && r->objects.pages_read == 0)
        return reply->err ? nsx_fail(run, reply) : run_fail(run, &err);
    if (err.kind != ERR_NONE)
        nsx_partial(run, &err);
    return read_use(run, r);
}

static enum step on_use(struct run *run, struct groups_run *r, const struct reply *reply)
{
    struct err err = {0};
    enum nsx_more more = nsx_list_read(run, &r->list, reply, on_rule, r, &err);

    if (more == NSX_LIST_MORE)
        return STEP_SEND;
    if (more == NSX_LIST_BROKEN) {
        builder_note(run_table(run, &table_groups), "which groups rules name is not known: %s",
                     err.msg);
        r->used = NULL;
    }
    return read_members(run, r);
}

static enum step on_members(struct run *run, struct groups_run *r, const struct reply *reply)
{
    if (nsx_members_step(run, r->state->members, reply) == STEP_SEND)
        return STEP_SEND;
    return finish(run, r);
}

static enum step step(struct run *run, const struct reply *reply)
{
    struct groups_run *r = run->scratch;

    if (!r || !reply) {
        r = run->scratch = arena_alloc(run->arena, sizeof(*r));
        r->state = run->state;
        return nsx_objects_start(run, &r->state->groups, &source, 1, &r->objects);
    }
    switch (r->phase) {
    case READ_GROUPS:
        return on_groups(run, r, reply);
    case READ_USE:
        return on_use(run, r, reply);
    case READ_MEMBERS:
        break;
    }
    return on_members(run, r, reply);
}

static const struct schema *const tables[] = {&table_groups, NULL};

const struct collector collector_nsx_groups = {
    .name = "groups",
    .kinds = KIND_NSX | KIND_VMC,
    .tables = tables,
    .interval_ms = 300000,
    .timeout_ms = 300000,
    .state_size = sizeof(struct groups_state),
    .state_release = release_state,
    .step = step,
};
