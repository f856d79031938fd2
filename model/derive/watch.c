#include "model/derive/watch.h"

#include "core/map.h"
#include "core/mem.h"

#include <stdlib.h>
#include <string.h>

struct watch {
    struct map *entries;
};

static void entry_free(void *p)
{
    struct watch_entry *e = p;

    if (!e)
        return;
    free(e->text);
    free(e);
}

struct watch *watch_new(void)
{
    struct watch *w = mem_alloc(sizeof(*w));

    w->entries = map_new();
    return w;
}

void watch_free(struct watch *w)
{
    if (!w)
        return;
    map_free(w->entries, entry_free);
    free(w);
}

struct watch_entry *watch_get(const struct watch *w, const char *key)
{
    return map_get(w->entries, key);
}

struct watch_entry *watch_keep(struct watch *w, const char *key, int64_t since, int64_t now)
{
    struct watch_entry *e = map_get(w->entries, key);

    if (!e) {
        e = mem_alloc(sizeof(*e));
        e->since = since;
        map_put(w->entries, key, e);
    }
    e->touched = now;
    return e;
}

void watch_set_text(struct watch_entry *e, const char *text)
{
    if (e->text && text && strcmp(e->text, text) == 0)
        return;
    free(e->text);
    e->text = mem_strdup(text);
}

void watch_drop(struct watch *w, const char *key)
{
    if (map_has(w->entries, key))
        entry_free(map_remove(w->entries, key));
}

void watch_forget_old(struct watch *w, int64_t now)
{
    const char *key;
    void *value;
    size_t i = 0;

    while (map_at(w->entries, &i, &key, &value)) {
        const struct watch_entry *e = value;
        if (now - e->touched > WATCH_FORGET_MS)
            watch_drop(w, key);
    }
}
