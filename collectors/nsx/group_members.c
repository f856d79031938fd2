#include "collectors/nsx/group_members.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/map.h"
#include "core/mem.h"

struct group {
    struct nsx_group_members members;
    struct arena *arena;
    unsigned seen; /* the reading that knew it last */
};

struct nsx_members {
    struct map *groups;
    unsigned reading;
    size_t next; /* the group to read next, by its place in the list */
    /* of the reading that is under way */
    const char *const *paths;
    size_t n, left;
    const char *path;     /* of the group that is read */
    struct group *making; /* NULL: none */
    bool machines;        /* addresses are read already */
    struct nsx_list list;
    unsigned failed, in_a_row, cut, malformed;
    struct err first; /* why the first of them failed */
};

static void group_free(void *group)
{
    struct group *g = group;

    if (!g)
        return;
    free(g->members.ips.items);
    free(g->members.vms.items);
    arena_free(g->arena);
    free(g);
}

void nsx_members_free(struct nsx_members *m)
{
    if (!m)
        return;
    map_free(m->groups, group_free);
    group_free(m->making);
    free(m);
}

const struct nsx_group_members *nsx_members_get(const struct nsx_members *m, const char *path)
{
    const struct group *g = m ? map_get(m->groups, path) : NULL;

    return g ? &g->members : NULL;
}

/* ---- a page ------------------------------------------------------------------------------------
 */

/* Addresses are strings, machines are objects. */
static void add_item(void *arg, struct json_object *item)
{
    struct nsx_members *m = arg;
    struct group *g = m->making;
    struct nsx_member_list *l = m->machines ? &g->members.vms : &g->members.ips;
    const char *text = m->machines ? jsonq_str(item, "display_name") : jsonq_text(item);

    if (!json_object_is_type(item, m->machines ? json_type_object : json_type_string))
        m->malformed++;
    if (!text || !*text)
        return;
    if (l->count++ >= GROUP_LIST_MAX)
        return;
    l->items = mem_grow(l->items, l->n, &l->alloc, sizeof(*l->items));
    l->items[l->n++] = arena_strdup(g->arena, text);
}

static int read_page(struct nsx_members *m, struct run *run, const struct reply *reply,
                     const char **cursor, struct err *err)
{
    struct json_object *page;
    int64_t count = -1;
    int rc = 0;

    if (reply->err) {
        *err = *reply->err;
        return -1;
    }
    page = jsonq_parse_list(reply->body, reply->len, "results", add_item, m, err);
    if (!page)
        return err_prefix(err, "the reply about %s", m->list.label);
    jsonq_int(page, "result_count", &count);
    if (!json_object_is_type(jsonq_get(page, "results"), json_type_array) && count != 0)
        rc = err_set(err, ERR_PROTO, 0, "the reply about %s has no list of results", m->list.label);
    *cursor = arena_strdup(run->arena, jsonq_str(page, "cursor"));
    json_object_put(page);
    return rc;
}

/* ---- the reading -------------------------------------------------------------------------------
 */

static enum step ask(struct run *run, struct nsx_members *m, bool machines)
{
    struct nsx_member_list *l = machines ? &m->making->members.vms : &m->making->members.ips;

    m->machines = machines;
    l->count = 0;
    return nsx_list_first(run, &m->list,
                          machines ? "virtual machines of a group" : "addresses of a group",
                          NSX_POLICY "%s/members/%s", nsx_escape(run, m->path, true),
                          machines ? "virtual-machines" : "ip-addresses");
}

static enum step next_group(struct run *run, struct nsx_members *m)
{
    if (m->left == 0 || m->in_a_row >= GROUP_FAILURES)
        return STEP_DONE;
    m->left--;
    m->path = m->paths[m->next++ % m->n];
    m->making = mem_alloc(sizeof(*m->making));
    m->making->arena = arena_new(0);
    m->making->seen = m->reading;
    m->making->members.vms.count = -1;
    return ask(run, m, false);
}

/* Groups that are no more, or are not asked for any more, take their members along. */
static void forget_others(struct nsx_members *m)
{
    struct map *kept = map_new();

    for (size_t i = 0; i < m->n; i++) {
        struct group *g = map_remove(m->groups, m->paths[i]);

        if (g)
            group_free(map_put(kept, m->paths[i], g));
    }
    map_free(m->groups, group_free);
    m->groups = kept;
}

enum step nsx_members_start(struct run *run, struct nsx_members **m, const char *const *paths,
                            size_t n)
{
    struct nsx_members *s = *m;

    if (!s) {
        s = *m = mem_alloc(sizeof(*s));
        s->groups = map_new();
    }
    group_free(s->making);
    s->making = NULL;
    s->paths = paths;
    s->n = n;
    s->left = n < GROUP_MEMBERS_MAX ? n : GROUP_MEMBERS_MAX;
    s->failed = s->in_a_row = s->cut = s->malformed = 0;
    err_clear(&s->first);
    forget_others(s);
    if (n > 0)
        s->next %= n;
    return next_group(run, s);
}

static enum step failed(struct run *run, struct nsx_members *m, const struct err *err)
{
    if (m->failed++ == 0)
        m->first = *err;
    m->in_a_row++;
    group_free(m->making);
    m->making = NULL;
    return next_group(run, m);
}

static enum step keep(struct run *run, struct nsx_members *m, const struct reply *reply)
{
    m->in_a_row = 0;
    m->making->members.at = reply->taken_at;
    m->cut += m->making->members.ips.count > GROUP_LIST_MAX ||
              m->making->members.vms.count > GROUP_LIST_MAX;
    group_free(map_put(m->groups, m->path, m->making));
    m->making = NULL;
    return next_group(run, m);
}

enum step nsx_members_step(struct run *run, struct nsx_members *m, const struct reply *reply)
{
    const char *cursor = NULL;
    struct err err = {0};
    enum nsx_more more;

    if (m->machines && reply->err) {
        /* Addresses are what rules match by; a manager may not tell the machines. */
        m->making->members.vms.count = -1;
        if (!reply_not_offered(reply) && m->failed++ == 0)
            m->first = *reply->err;
        return keep(run, m, reply);
    }
    if (read_page(m, run, reply, &cursor, &err) < 0)
        return failed(run, m, &err);
    if (m->list.pages >= GROUP_PAGES_MAX && cursor) {
        err_set(&err, ERR_LIMIT, 0, "the list of %s has more than %d pages", m->list.label,
                GROUP_PAGES_MAX);
        return failed(run, m, &err);
    }
    more = nsx_list_more(run, &m->list, cursor, &err);
    if (more == NSX_LIST_MORE)
        return STEP_SEND;
    if (more == NSX_LIST_BROKEN)
        return failed(run, m, &err);
    return m->machines ? keep(run, m, reply) : ask(run, m, true);
}

void nsx_members_note(const struct nsx_members *m, struct table_builder *b)
{
    if (!m)
        return;
    if (m->failed > 0)
        builder_note(b, "members of %u groups could not be read: %s", m->failed, m->first.msg);
    if (m->cut > 0)
        builder_note(b, "of %u groups the first %d members are shown, all are counted", m->cut,
                     GROUP_LIST_MAX);
    if (m->malformed > 0)
        builder_note(b, "of the members of groups %u are not readable", m->malformed);
    if (m->n > GROUP_MEMBERS_MAX)
        builder_note(b, "members are read for %d of %zu groups in a run; members_at says when",
                     GROUP_MEMBERS_MAX, m->n);
}
