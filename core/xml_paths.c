#include "core/xml_paths.h"

#include <stdint.h>
#include <stdlib.h>

#include "core/mem.h"
#include "core/xml_priv.h"

/* A document with more different paths than that is compared letter by letter from there on. */
#define NODES_MAX 4096

/* What an element is of which only children ended so far. */
#define UNKNOWN (-2)

/* The children of a node are a ring; @last is the one that was asked for last. 0: none. */
struct node {
    const char *name;
    int32_t what;
    uint32_t last, next;
};

struct xml_paths {
    const char *const *paths;
    size_t n;
    unsigned depth;
    struct node *nodes; /* the first one is the root */
    size_t count, alloc;
};

struct xml_paths *xml_paths_new(const char *const *paths, size_t n, unsigned depth)
{
    struct xml_paths *p = mem_alloc(sizeof(*p));

    p->paths = paths;
    p->n = n;
    p->depth = depth;
    p->nodes = mem_grow(NULL, 0, &p->alloc, sizeof(*p->nodes));
    p->count = 1;
    return p;
}

void xml_paths_free(struct xml_paths *p)
{
    if (!p)
        return;
    free(p->nodes);
    free(p);
}

/* Of an element between @depth and that of the reader: what xml_path_is() says of it. */
static int compare(const struct xml_paths *p, const struct xml_reader *x)
{
    for (size_t i = 0; i < p->n; i++) {
        if (xml_path_is(x, p->depth, p->paths[i]))
            return (int)i;
    }
    return -1;
}

/* A new child behind the last one. */
static uint32_t add(struct xml_paths *p, uint32_t parent, const char *name, int what)
{
    uint32_t at = (uint32_t)p->count, last = p->nodes[parent].last;

    p->nodes = mem_grow(p->nodes, p->count, &p->alloc, sizeof(*p->nodes));
    p->nodes[p->count++] = (struct node){.name = name, .what = what};
    p->nodes[at].next = last ? p->nodes[last].next : at;
    if (last)
        p->nodes[last].next = at;
    p->nodes[parent].last = at;
    return at;
}

/* The child of that name, or 0. */
static uint32_t child(struct xml_paths *p, uint32_t parent, const char *name)
{
    uint32_t last = p->nodes[parent].last, at = last;

    if (!last)
        return 0;
    do {
        at = p->nodes[at].next;
        if (p->nodes[at].name == name) {
            p->nodes[parent].last = at;
            return at;
        }
    } while (at != last);
    return 0;
}

int xml_paths_at(struct xml_paths *p, const struct xml_reader *x)
{
    uint32_t at = 0;

    if (x->at.depth < p->depth)
        return -1;
    for (unsigned depth = p->depth; depth <= x->at.depth; depth++) {
        const char *name = x->at.names[depth - 1];
        uint32_t parent = at;

        /* Elements on the way are mostly those of the call before. */
        at = p->nodes[parent].last;
        if (at && p->nodes[at].name == name)
            continue;
        at = child(p, parent, name);
        if (at)
            continue;
        if (p->count == NODES_MAX)
            return compare(p, x);
        at = add(p, parent, name, depth == x->at.depth ? compare(p, x) : UNKNOWN);
    }
    if (p->nodes[at].what == UNKNOWN)
        p->nodes[at].what = compare(p, x);
    return p->nodes[at].what;
}
