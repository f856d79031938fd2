/* vim_spec: PropertyFilterSpec: which objects, by which ways, and which of their properties. */
#include "tests/lab/vim.h"

#include "core/map.h"
#include "core/mem.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 32

static void bad_property(struct vim_call *c, const char *path)
{
    struct strbuf field = STRBUF_INIT;

    vim_element(&field, "name", path);
    vim_fault(c, "InvalidProperty", "", arena_strdup(c->a, field.buf));
    strbuf_release(&field);
}

static bool parse_propset(struct vim_call *c, struct arena *a, struct vim_spec *s, xmlNode *node)
{
    struct vim_propset *p = arena_alloc(a, sizeof(*p));
    const char *type = vim_text(c->a, node, "type");

    lab_list_add(&s->propsets, p);
    p->type = arena_strdup(a, type ? type : "");
    p->all = vim_true(c->a, node, "all");
    for (xmlNode *n = vim_child(node, "pathSet"); n; n = vim_next(n, "pathSet")) {
        const char *path = arena_strdup(a, vim_node_text(c->a, n));

        if (!vim_path_known(p->type, path)) {
            bad_property(c, path);
            return false;
        }
        lab_list_add(&p->paths, (void *)(uintptr_t)path);
    }
    return true;
}

static void parse_select(struct vim_call *c, struct arena *a, struct vim_spec *s, xmlNode *node,
                         struct lab_list *out, unsigned depth)
{
    for (xmlNode *n = vim_child(node, "selectSet"); n && depth; n = vim_next(n, "selectSet")) {
        struct vim_traversal *t = arena_alloc(a, sizeof(*t));

        t->name = arena_strdup(a, vim_text(c->a, n, "name"));
        t->type = arena_strdup(a, vim_text(c->a, n, "type"));
        t->path = arena_strdup(a, vim_text(c->a, n, "path"));
        t->skip = vim_true(c->a, n, "skip");
        lab_list_add(out, t);
        lab_list_add(&s->traversals, t);
        parse_select(c, a, s, n, &t->next, depth - 1);
    }
}

static bool parse_objectset(struct vim_call *c, struct arena *a, struct vim_spec *s, xmlNode *node)
{
    struct vim_objectset *o = arena_alloc(a, sizeof(*o));
    const char *id = vim_text(c->a, node, "obj");

    o->start = vim_object(c, id ? id : "");
    if (!o->start)
        return false;
    o->skip = vim_true(c->a, node, "skip");
    lab_list_add(&s->objectsets, o);
    parse_select(c, a, s, node, &o->select, DEPTH_MAX);
    return true;
}

struct vim_spec *vim_spec_parse(struct vim_call *c, struct arena *a, xmlNode *node)
{
    struct vim_spec *s = arena_alloc(a, sizeof(*s));
    bool ok = true;

    for (xmlNode *n = vim_child(node, "propSet"); n && ok; n = vim_next(n, "propSet"))
        ok = parse_propset(c, a, s, n);
    for (xmlNode *n = vim_child(node, "objectSet"); n && ok; n = vim_next(n, "objectSet"))
        ok = parse_objectset(c, a, s, n);
    if (ok && s->propsets.n && s->objectsets.n)
        return s;
    if (ok)
        vim_fault(c, "InvalidArgument", "A specified parameter was not correct: specSet",
                  "<invalidProperty>specSet</invalidProperty>");
    vim_spec_release(s);
    return NULL;
}

static void free_list(struct lab_list *l)
{
    free(l->at);
    *l = (struct lab_list){NULL, 0, 0};
}

void vim_spec_release(struct vim_spec *s)
{
    for (size_t i = 0; i < s->propsets.n; i++)
        free_list(&((struct vim_propset *)s->propsets.at[i])->paths);
    for (size_t i = 0; i < s->objectsets.n; i++)
        free_list(&((struct vim_objectset *)s->objectsets.at[i])->select);
    for (size_t i = 0; i < s->traversals.n; i++)
        free_list(&((struct vim_traversal *)s->traversals.at[i])->next);
    free_list(&s->propsets);
    free_list(&s->objectsets);
    free_list(&s->traversals);
    for (size_t i = 0; i < MO_TYPES; i++)
        free_list(&s->picked[i]);
}

/* ---- selecting ------------------------------------------------------------------------------ */

struct walk {
    const struct vim_spec *spec;
    const struct lab_vc *vc;
    const struct vim_session *session;
    struct map *seen;
    struct lab_list *out;
};

static bool has_propset(const struct vim_spec *s, const struct lab_mo *mo)
{
    for (size_t i = 0; i < s->propsets.n; i++)
        if (lab_mo_is(mo, ((struct vim_propset *)s->propsets.at[i])->type))
            return true;
    return false;
}

static void take(struct walk *w, struct lab_mo *mo)
{
    if (!has_propset(w->spec, mo) || map_has(w->seen, mo->id))
        return;
    map_put(w->seen, mo->id, mo);
    lab_list_add(w->out, mo);
}

static const struct vim_traversal *resolve(const struct walk *w, const struct vim_traversal *t)
{
    if (t->type)
        return t;
    for (size_t i = 0; t->name && i < w->spec->traversals.n; i++) {
        const struct vim_traversal *other = w->spec->traversals.at[i];

        if (other->type && other->name && strcmp(other->name, t->name) == 0)
            return other;
    }
    return NULL;
}

static void follow(struct walk *w, const struct lab_mo *mo, const struct lab_list *select,
                   unsigned depth)
{
    for (size_t i = 0; i < select->n && depth; i++) {
        const struct vim_traversal *t = resolve(w, select->at[i]);
        struct lab_list next = {NULL, 0, 0};

        if (!t || !t->path || !lab_mo_is(mo, t->type) ||
            !vim_refs(w->vc, w->session, mo, t->path, &next))
            continue;
        for (size_t k = 0; k < next.n; k++) {
            if (!t->skip)
                take(w, next.at[k]);
            follow(w, next.at[k], &t->next, depth - 1);
        }
        free(next.at);
    }
}

void vim_spec_select(const struct vim_spec *s, const struct lab_vc *vc,
                     const struct vim_session *session, struct lab_list *out)
{
    struct walk w = {s, vc, session, map_new(), out};

    for (size_t i = 0; i < s->objectsets.n; i++) {
        const struct vim_objectset *o = s->objectsets.at[i];

        if (!o->skip)
            take(&w, o->start);
        follow(&w, o->start, &o->select, DEPTH_MAX);
    }
    map_free(w.seen, NULL);
}

static void pick_into(struct lab_list *out, struct arena *a, const struct lab_mo *mo,
                      const char *path)
{
    struct vim_picked *p = arena_alloc(a, sizeof(*p));

    for (size_t i = 0; i < out->n; i++)
        if (strcmp(((struct vim_picked *)out->at[i])->path, path) == 0)
            return;
    if (vim_pick(mo, path, p))
        lab_list_add(out, p);
}

static void pick_set(struct lab_list *out, struct arena *a, const struct lab_mo *mo,
                     const struct vim_propset *p)
{
    struct lab_list all = {NULL, 0, 0};

    if (p->all)
        vim_all_paths(mo, &all);
    for (size_t i = 0; i < all.n; i++)
        pick_into(out, a, mo, all.at[i]);
    for (size_t i = 0; i < p->paths.n; i++)
        pick_into(out, a, mo, p->paths.at[i]);
    free(all.at);
}

const struct lab_list *vim_spec_wanted(struct vim_spec *s, struct arena *a, const struct lab_mo *mo)
{
    struct lab_list *out = &s->picked[mo->type];

    /* Services share a type but not their properties. */
    if (s->ready[mo->type] && mo->type != MO_SERVICE)
        return out;
    out->n = 0;
    for (size_t i = 0; i < s->propsets.n; i++)
        if (lab_mo_is(mo, ((struct vim_propset *)s->propsets.at[i])->type))
            pick_set(out, a, mo, s->propsets.at[i]);
    s->ready[mo->type] = true;
    return out;
}
