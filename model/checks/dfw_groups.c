#include "model/checks/dfw_groups.h"

#include <stdlib.h>

#include "core/map.h"
#include "core/mem.h"
#include "model/checks/lookup.h"

struct dfw_groups {
    struct map *by_path, *by_name; /* rows; a name of two groups has NULL */
};

struct dfw_groups *dfw_groups_new(const struct check_input *in)
{
    struct dfw_groups *g = mem_alloc(sizeof(*g));
    const struct row *r;
    size_t i = 0;

    g->by_path = map_new();
    g->by_name = map_new();
    while ((r = check_next(in, &table_groups, &i, NULL)) != NULL) {
        const char *name = row_text(r, GROUPS_GROUP);
        map_put(g->by_path, row_text(r, GROUPS_PATH), (void *)r);
        map_put(g->by_name, name, map_has(g->by_name, name) ? NULL : (void *)r);
    }
    return g;
}

void dfw_groups_free(struct dfw_groups *g)
{
    if (!g)
        return;
    map_free(g->by_path, NULL);
    map_free(g->by_name, NULL);
    free(g);
}

/* All machines of a group that was read; NULL: not known. */
static const struct cell_list *machines(const struct dfw_groups *g, const char *group)
{
    const struct row *r = map_get(g->by_path, group); /* of NSX-V an id */
    const struct cell_list *vms;
    int64_t count;

    if (!r && group[0] != '/')
        r = map_get(g->by_name, group);
    vms = r ? row_list(r, GROUPS_VM_MEMBERS) : NULL;
    if (!vms || !row_int(r, GROUPS_VM_COUNT, &count) || count != (int64_t)vms->n)
        return NULL;
    return vms;
}

bool dfw_groups_members(const struct dfw_groups *g, const struct cell_list *scope,
                        void (*each)(void *arg, const char *vm), void *arg)
{
    for (size_t i = 0; i < scope->n; i++) {
        if (!machines(g, scope->items[i]))
            return false;
    }
    for (size_t i = 0; i < scope->n; i++) {
        const struct cell_list *vms = machines(g, scope->items[i]);
        for (size_t k = 0; k < vms->n; k++)
            each(arg, vms->items[k]);
    }
    return true;
}
