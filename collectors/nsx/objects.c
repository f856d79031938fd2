/*
 * A page is what one reply gave, and belongs to every set that has read it. A set is what one whole
 * reading gave; its map is made when it is complete, from the pages.
 */
#include "collectors/nsx/objects.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/hash.h"
#include "core/map.h"
#include "core/mem.h"

struct page {
    unsigned refs;
    uint64_t hash;
    char *cursor;
    struct arena *arena;
    struct nsx_object *objects;
    size_t n, alloc;
    unsigned odd; /* items that are no objects */
};

struct set {
    struct page **pages;
    size_t n, alloc;
    struct map *by_path;
    const struct nsx_object **all;
    size_t nall, all_alloc;
    uint64_t salt;
};

struct nsx_objects {
    struct set *now, *making; /* making: of a reading that is under way, or was abandoned */
};

static void page_unref(struct page *p)
{
    if (--p->refs > 0)
        return;
    free(p->cursor);
    free(p->objects);
    arena_free(p->arena);
    free(p);
}

static void drop_pages(struct set *s, size_t keep)
{
    while (s->n > keep)
        page_unref(s->pages[--s->n]);
}

static void set_free(struct set *s)
{
    if (!s)
        return;
    drop_pages(s, 0);
    free(s->pages);
    free(s->all);
    map_free(s->by_path, NULL);
    free(s);
}

void nsx_objects_free(struct nsx_objects *o)
{
    if (!o)
        return;
    set_free(o->now);
    set_free(o->making);
    free(o);
}

const struct nsx_object *nsx_objects_get(const struct nsx_objects *o, const char *path)
{
    return o && o->now && path ? map_get(o->now->by_path, path) : NULL;
}

size_t nsx_objects_count(const struct nsx_objects *o)
{
    return o && o->now ? o->now->nall : 0;
}

const struct nsx_object *nsx_objects_at(const struct nsx_objects *o, size_t i)
{
    return o->now->all[i];
}

uint64_t nsx_objects_salt(const struct nsx_objects *o)
{
    return o && o->now ? o->now->salt : 1;
}

bool nsx_search_failed(const struct err *err)
{
    return err->kind == ERR_HTTP || err->kind == ERR_DENIED || err->kind == ERR_UNSUPPORTED;
}

/* ---- pages -------------------------------------------------------------------------------------
 */

struct decoder {
    struct page *page;
    const struct nsx_objects_source *source;
};

static void add_object(void *arg, struct json_object *item)
{
    struct decoder *d = arg;
    struct page *p = d->page;
    const char *path = jsonq_str(item, "path"), *name = jsonq_str(item, "display_name");
    struct nsx_object *o;

    if (!path || path[0] != '/' || !nsx_is_type(jsonq_str(item, "resource_type"), d->source->type))
        return;
    p->objects = mem_grow(p->objects, p->n, &p->alloc, sizeof(*p->objects));
    o = &p->objects[p->n++];
    o->path = arena_strdup(p->arena, path);
    o->name = arena_strdup(p->arena, name && *name ? name : nsx_path_id(path));
    o->more = d->source->more ? d->source->more(p->arena, item) : NULL;
}

static void add_page(struct set *s, struct page *p)
{
    s->pages = mem_grow(s->pages, s->n, &s->alloc, sizeof(struct page *));
    s->pages[s->n++] = p;
}

static struct page *find_page(const struct set *s, uint64_t hash)
{
    for (size_t i = 0; s && i < s->n; i++) {
        if (s->pages[i]->hash == hash)
            return s->pages[i];
    }
    return NULL;
}

static int take_page(struct run *run, struct nsx_objects_reader *r, const struct reply *reply,
                     const char **cursor, struct err *err)
{
    const struct nsx_objects_source *source = &r->sources[r->source];
    /* Equal pages of two types would be made into the same objects only by the same source. */
    uint64_t hash = nsx_mix(reply->hash, r->source);
    struct page *p = find_page(r->objects->now, hash);
    struct decoder d;

    if (p) {
        p->refs++;
    } else {
        p = mem_alloc(sizeof(*p));
        p->refs = 1;
        p->hash = hash;
        p->arena = arena_new(0);
        d = (struct decoder){p, source};
        if (nsx_page_walk(run, reply, source->label, add_object, &d, &p->odd, cursor, err) < 0) {
            page_unref(p);
            return -1;
        }
        p->cursor = mem_strdup(*cursor);
    }
    builder_malformed_apart(run_table(run, run->collector->tables[0]), p->odd);
    add_page(r->objects->making, p);
    r->pages_read++;
    *cursor = p->cursor;
    return 0;
}

/* ---- reading -----------------------------------------------------------------------------------
 */

static void index_set(struct set *s)
{
    s->by_path = map_new();
    s->salt = 1;
    for (size_t i = 0; i < s->n; i++) {
        struct page *p = s->pages[i];

        s->salt = nsx_mix(s->salt, p->hash);
        for (size_t k = 0; k < p->n; k++) {
            if (map_has(s->by_path, p->objects[k].path))
                continue;
            map_put(s->by_path, p->objects[k].path, &p->objects[k]);
            s->all = mem_grow(s->all, s->nall, &s->all_alloc, sizeof(*s->all));
            s->all[s->nall++] = &p->objects[k];
        }
    }
}

static enum step finish(struct nsx_objects_reader *r)
{
    struct nsx_objects *o = r->objects;

    if (r->err.kind == ERR_NONE && r->pages_read == 0)
        r->err = r->not_here;

    if (r->err.kind == ERR_NONE || !o->now) {
        index_set(o->making);
        set_free(o->now);
        o->now = o->making;
        o->making = NULL;
    }
    return STEP_DONE;
}

static const char *list_path(const struct run *run, const struct nsx_objects_reader *r)
{
    const struct nsx_objects_source *s = &r->sources[r->source];
    const char *const *lists = run->facts->on_vmc ? s->vmc_lists : s->lists;

    for (size_t i = 1; i < r->list; i++) {
        if (!lists[i - 1])
            return NULL;
    }
    return lists[r->list - 1];
}

static enum step search(struct run *run, struct nsx_objects_reader *r)
{
    const struct nsx_objects_source *s = &r->sources[r->source];

    r->list = 0;
    r->first_page = r->objects->making->n;
    return nsx_list_first(run, &r->pages, s->label, NSX_POLICY "/search/query?query=%s", s->search);
}

static enum step next_list(struct run *run, struct nsx_objects_reader *r)
{
    const char *path;

    r->list++;
    path = list_path(run, r);
    if (path)
        return nsx_list_first(run, &r->pages, r->sources[r->source].label, NSX_POLICY "%s", path);
    return ++r->source < r->nsources ? search(run, r) : finish(r);
}

enum step nsx_objects_start(struct run *run, struct nsx_objects **o,
                            const struct nsx_objects_source *sources, size_t n,
                            struct nsx_objects_reader *r)
{
    if (!*o)
        *o = mem_alloc(sizeof(**o));
    set_free((*o)->making);
    (*o)->making = mem_alloc(sizeof(struct set));
    *r = (struct nsx_objects_reader){.objects = *o, .sources = sources, .nsources = n};
    return search(run, r);
}

static enum step broken(struct run *run, struct nsx_objects_reader *r, const struct err *err,
                        bool not_here)
{
    if (r->list == 0 && nsx_search_failed(err)) {
        drop_pages(r->objects->making, r->first_page);
        return next_list(run, r);
    }
    if (r->list > 0 && not_here && run->facts->on_vmc) {
        if (r->not_here.kind == ERR_NONE)
            r->not_here = *err;
    } else if (r->err.kind == ERR_NONE) {
        r->err = *err;
    }
    if (r->list > 0)
        return next_list(run, r);
    return ++r->source < r->nsources ? search(run, r) : finish(r);
}

enum step nsx_objects_step(struct run *run, struct nsx_objects_reader *r, const struct reply *reply)
{
    const char *cursor = NULL;
    struct err err = {0};
    enum nsx_more more;

    if (reply->err)
        return broken(run, r, reply->err, reply_not_offered(reply));
    if (take_page(run, r, reply, &cursor, &err) < 0)
        return broken(run, r, &err, false);
    more = nsx_list_more(run, &r->pages, cursor, &err);
    if (more == NSX_LIST_MORE)
        return STEP_SEND;
    if (more == NSX_LIST_BROKEN)
        return broken(run, r, &err, false);
    if (r->list > 0)
        return next_list(run, r);
    return ++r->source < r->nsources ? search(run, r) : finish(r);
}
