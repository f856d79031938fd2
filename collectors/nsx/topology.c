#include "collectors/nsx/topology.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/hash.h"
#include "core/map.h"
#include "core/mem.h"

/* What one reading gave. */
struct set {
    struct arena *arena;
    struct nsx_edge *edges;
    size_t n, alloc;
    struct map *by_id, *by_path; /* to indexes plus one, because the array moves while it grows */
    uint64_t salt;
};

struct nsx_topology {
    struct set *now, *making; /* making: of a reading that is under way, or was abandoned */
    int64_t tried_at;
    struct err err;
    unsigned odd; /* items that were no objects */
};

struct cluster {
    const char *path, *name;
    struct cluster *next;
};

enum stage { READ_CLUSTERS, READ_MEMBERS, READ_NODES };

struct nsx_topology_reader {
    struct nsx_topology *topology;
    enum stage stage;
    struct nsx_list list;
    struct cluster *clusters, **tail, *at; /* at: whose nodes are read */
    unsigned n;
};

static struct set *set_new(void)
{
    struct set *s = mem_alloc(sizeof(*s));

    s->arena = arena_new(0);
    s->by_id = map_new();
    s->by_path = map_new();
    s->salt = 1;
    return s;
}

static void set_free(struct set *s)
{
    if (!s)
        return;
    map_free(s->by_id, NULL);
    map_free(s->by_path, NULL);
    free(s->edges);
    arena_free(s->arena);
    free(s);
}

void nsx_topology_free(struct nsx_topology *t)
{
    if (!t)
        return;
    set_free(t->now);
    set_free(t->making);
    free(t);
}

static const struct nsx_edge *find(const struct set *s, const struct map *m, const char *key)
{
    uintptr_t i = key ? (uintptr_t)map_get(m, key) : 0;

    return i > 0 ? &s->edges[i - 1] : NULL;
}

const struct nsx_edge *nsx_topology_by_id(const struct nsx_topology *t, const char *id)
{
    return t && t->now ? find(t->now, t->now->by_id, id) : NULL;
}

const struct nsx_edge *nsx_topology_by_path(const struct nsx_topology *t, const char *path)
{
    return t && t->now ? find(t->now, t->now->by_path, path) : NULL;
}

size_t nsx_topology_count(const struct nsx_topology *t)
{
    return t && t->now ? t->now->n : 0;
}

const struct nsx_edge *nsx_topology_at(const struct nsx_topology *t, size_t i)
{
    return &t->now->edges[i];
}

bool nsx_topology_is_due(const struct nsx_topology *t, int64_t now, bool wanted)
{
    int64_t age = t ? now - t->tried_at : 0;

    if (!t || age < 0)
        return true;
    return age >= (t->err.kind != ERR_NONE || wanted ? TOPOLOGY_RETRY_MS : TOPOLOGY_AGE_MS);
}

const struct err *nsx_topology_err(const struct nsx_topology *t)
{
    static const struct err none;

    return t ? &t->err : &none;
}

unsigned nsx_topology_odd(const struct nsx_topology *t)
{
    return t ? t->odd : 0;
}

uint64_t nsx_topology_salt(const struct nsx_topology *t)
{
    return t && t->now ? t->now->salt : 1;
}

/* ---- reading -----------------------------------------------------------------------------------
 */

static void mix_text(struct set *t, const char *s)
{
    t->salt = nsx_mix(t->salt, s ? hash_fast(s, strlen(s), 0) : 0);
}

static void add_edge(struct set *t, struct nsx_edge found)
{
    struct nsx_edge *e;

    if (!found.id || map_has(t->by_id, found.id))
        return;
    t->edges = mem_grow(t->edges, t->n, &t->alloc, sizeof(*t->edges));
    e = &t->edges[t->n++];
    *e = (struct nsx_edge){.id = arena_strdup(t->arena, found.id),
                           .name = arena_strdup(t->arena, found.name),
                           .cluster = arena_strdup(t->arena, found.cluster),
                           .path = arena_strdup(t->arena, found.path)};
    map_put(t->by_id, e->id, (void *)(uintptr_t)t->n);
    if (e->path)
        map_put(t->by_path, e->path, (void *)(uintptr_t)t->n);
    mix_text(t, e->id);
    mix_text(t, e->name);
    mix_text(t, e->cluster);
    mix_text(t, e->path);
}

/* A cluster of the manager API has its members in it. */
static void add_members(struct set *t, struct json_object *o)
{
    struct json_object *members = jsonq_get(o, "members");

    for (size_t i = 0; i < jsonq_count(members); i++) {
        struct json_object *m = jsonq_item(members, i);

        add_edge(t, (struct nsx_edge){.id = jsonq_str(m, "transport_node_id"),
                                      .name = jsonq_str(m, "display_name"),
                                      .cluster = jsonq_str(o, "display_name")});
    }
}

static void add_node(struct set *t, const struct cluster *c, struct json_object *o)
{
    add_edge(t, (struct nsx_edge){.id = jsonq_str(o, "nsx_id"),
                                  .name = jsonq_str(o, "display_name"),
                                  .cluster = c->name,
                                  .path = jsonq_str(o, "path")});
}

static void add_cluster(struct run *run, struct nsx_topology_reader *r, struct json_object *o)
{
    const char *path = jsonq_str(o, "path"), *name = jsonq_str(o, "display_name");
    struct cluster *c;

    if (!path || path[0] != '/')
        return;
    r->n++;
    c = arena_alloc(run->arena, sizeof(*c));
    c->path = arena_strdup(run->arena, path);
    c->name = arena_strdup(run->arena, name ? name : nsx_path_id(path));
    *r->tail = c;
    r->tail = &c->next;
}

struct nsx_topology_reader *nsx_topology_start(struct run *run, struct nsx_topology **t)
{
    struct nsx_topology_reader *r = arena_alloc(run->arena, sizeof(*r));

    if (!*t)
        *t = mem_alloc(sizeof(**t));
    set_free((*t)->making);
    (*t)->making = set_new();
    (*t)->tried_at = run->now;
    (*t)->odd = 0;
    err_clear(&(*t)->err);
    r->topology = *t;
    r->tail = &r->clusters;
    nsx_list_first(run, &r->list, "edge clusters", NSX_POLICY "%s/edge-clusters",
                   nsx_escape(run, nsx_enforcement_point(run), true));
    return r;
}

static enum step finish(struct nsx_topology *t)
{
    set_free(t->now);
    t->now = t->making;
    t->making = NULL;
    return STEP_DONE;
}

static void limit_clusters(struct nsx_topology_reader *r)
{
    struct cluster *c = r->clusters;

    if (r->n <= TOPOLOGY_CLUSTERS_MAX)
        return;
    err_set(&r->topology->err, ERR_LIMIT, 0,
            "more than %d edge clusters, so some edges have no name", TOPOLOGY_CLUSTERS_MAX);
    for (unsigned i = 1; i < TOPOLOGY_CLUSTERS_MAX; i++)
        c = c->next;
    c->next = NULL;
}

static enum step next_cluster(struct run *run, struct nsx_topology_reader *r)
{
    if (r->stage != READ_NODES)
        limit_clusters(r);
    r->at = r->stage == READ_NODES ? r->at->next : r->clusters;
    r->stage = READ_NODES;
    if (!r->at)
        return finish(r->topology);
    return nsx_list_first(run, &r->list, "edge nodes", NSX_POLICY "%s/edge-nodes",
                          nsx_escape(run, r->at->path, true));
}

static enum step after_clusters(struct run *run, struct nsx_topology_reader *r)
{
    if (r->n <= TOPOLOGY_ONE_BY_ONE || run->facts->on_vmc)
        return next_cluster(run, r);
    r->stage = READ_MEMBERS;
    return nsx_list_first(run, &r->list, "members of edge clusters", NSX_MANAGER "/edge-clusters");
}

struct item_arg {
    struct run *run;
    struct nsx_topology_reader *r;
};

static void add_item(void *arg, struct json_object *o)
{
    const struct item_arg *a = arg;

    if (a->r->stage == READ_CLUSTERS)
        add_cluster(a->run, a->r, o);
    else if (a->r->stage == READ_MEMBERS)
        add_members(a->r->topology->making, o);
    else
        add_node(a->r->topology->making, a->r->at, o);
}

/* A list that could not be read to its end leaves a reason; what was read counts. */
static enum nsx_more read_page(struct run *run, struct nsx_topology_reader *r,
                               const struct reply *reply)
{
    struct item_arg arg = {run, r};
    struct err err = {0};
    enum nsx_more more;

    r->list.odd = &r->topology->odd; /* said by each run that uses it, not by the one that reads */
    more = nsx_list_read(run, &r->list, reply, add_item, &arg, &err);
    if (more == NSX_LIST_BROKEN && r->stage != READ_MEMBERS && r->topology->err.kind == ERR_NONE)
        r->topology->err = err;
    return more;
}

enum step nsx_topology_step(struct run *run, struct nsx_topology_reader *r,
                            const struct reply *reply)
{
    enum nsx_more more = read_page(run, r, reply);

    if (more == NSX_LIST_MORE)
        return STEP_SEND;
    switch (r->stage) {
    case READ_CLUSTERS:
        return more == NSX_LIST_BROKEN && r->n == 0 ? STEP_DONE : after_clusters(run, r);
    case READ_MEMBERS:
        return more == NSX_LIST_BROKEN ? next_cluster(run, r) : finish(r->topology);
    case READ_NODES:
        break;
    }
    return next_cluster(run, r);
}
