#include "collectors/esxi/getfilters.h"

#include <stdlib.h>

#include "collectors/esxi/dvfilter.h"
#include "core/arena.h"
#include "core/mem.h"

static const char *keep(struct getfilters *g, struct slice s)
{
    return s.len ? arena_strndup(g->arena, s.p, s.len) : NULL;
}

static void on_key(struct getfilters *g, struct getfilters_entry *e, struct slice key,
                   struct slice value)
{
    char uuid[DVFILTER_UUID];

    if (SLICE_IS(key, "VM UUID"))
        e->vm_uuid = dvfilter_uuid(value, uuid) ? arena_strdup(g->arena, uuid) : keep(g, value);
    else if (SLICE_IS(key, "VIF ID"))
        e->vif = keep(g, value);
    else if (SLICE_IS(key, "Filter Hash"))
        e->hash = keep(g, value);
    else if (SLICE_IS(key, "Filter Rule Config"))
        e->config = keep(g, value);
    else if (SLICE_IS(key, "VNIC Index") && !slice_int(value, &e->vnic))
        e->vnic = -1;
}

static void on_line(void *arg, const char *s, size_t len)
{
    struct getfilters *g = arg;
    struct slice line = slice_trim((struct slice){s, len}), key, value;

    if (!line.len)
        return;
    if (!slice_pair(line, &key, &value)) {
        parse_health_skip(&g->lines.health, s, len);
        return;
    }
    if (SLICE_IS(key, "Filter Name")) {
        g->items = mem_grow(g->items, g->n, &g->cap, sizeof(*g->items));
        g->items[g->n++] = (struct getfilters_entry){.name = keep(g, value), .vnic = -1};
    } else if (!g->n) {
        parse_health_skip(&g->lines.health, s, len);
        return;
    } else {
        on_key(g, &g->items[g->n - 1], key, value);
    }
    g->lines.health.parsed++;
}

void getfilters_init(struct getfilters *g, struct arena *arena)
{
    memset(g, 0, sizeof(*g));
    lines_init(&g->lines, on_line, g);
    g->arena = arena;
}

void getfilters_feed(struct getfilters *g, const char *data, size_t len)
{
    lines_feed(&g->lines, data, len);
}

void getfilters_end(struct getfilters *g, bool whole)
{
    lines_end(&g->lines, whole);
}

void getfilters_release(struct getfilters *g)
{
    lines_release(&g->lines);
    free(g->items);
}

const struct getfilters_entry *getfilters_find(const struct getfilters *g, const char *name)
{
    for (size_t i = 0; i < g->n; i++) {
        if (g->items[i].name && strcmp(g->items[i].name, name) == 0)
            return &g->items[i];
    }
    return NULL;
}
