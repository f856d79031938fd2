#include "model/since.h"

#include "core/map.h"
#include "core/mem.h"

#include <stdlib.h>
#include <string.h>

struct record {
    char *site, *kind, *key, *state, *before;
    int64_t at, seen, before_seen;
    bool restored, dirty;
    struct record *next_dirty;
};

struct since {
    struct map *records;
    struct record *dirty; /* a stack */
    unsigned overflow;
};

static void record_free(void *p)
{
    struct record *r = p;

    free(r->site);
    free(r->kind);
    free(r->key);
    free(r->state);
    free(r->before);
    free(r);
}

struct since *since_new(void)
{
    struct since *s = mem_alloc(sizeof(*s));

    s->records = map_new();
    return s;
}

void since_free(struct since *s)
{
    if (!s)
        return;
    map_free(s->records, record_free);
    free(s);
}

static struct record *find(const struct since *s, const char *site, const char *kind,
                           const char *key, char **made)
{
    char *name = mem_printf("%s\n%s\n%s", site, kind, key);
    struct record *r = map_get(s->records, name);

    if (made && !r)
        *made = name;
    else
        free(name);
    return r;
}

static struct since_record show(const struct record *r)
{
    return (struct since_record){r->site, r->kind, r->key,      r->state,
                                 r->at,   r->seen, r->restored, r->before_seen};
}

bool since_find(const struct since *s, const char *site, const char *kind, const char *key,
                struct since_record *out)
{
    const struct record *r = find(s, site, kind, key, NULL);

    if (r)
        *out = show(r);
    return r != NULL;
}

static void mark(struct since *s, struct record *r)
{
    if (r->dirty)
        return;
    r->dirty = true;
    r->next_dirty = s->dirty;
    s->dirty = r;
}

static struct record *make(struct since *s, const char *site, const char *kind, const char *key,
                           char *name)
{
    struct record *r;

    if (map_count(s->records) >= SINCE_MAX) {
        s->overflow++;
        free(name);
        return NULL;
    }
    r = mem_alloc(sizeof(*r));
    r->site = mem_strdup(site);
    r->kind = mem_strdup(kind);
    r->key = mem_strdup(key);
    map_put(s->records, name, r);
    free(name);
    return r;
}

static bool first_sight(struct since *s, const char *site, const char *kind, const char *key,
                        const char *state, int64_t now, char *name)
{
    struct record *r = make(s, site, kind, key, name);

    if (r) {
        r->state = mem_strdup(state);
        r->seen = now;
        mark(s, r);
    }
    return false;
}

bool since_see(struct since *s, const char *site, const char *kind, const char *key,
               const char *state, int64_t now, struct since_record *before)
{
    char *name = NULL;
    struct record *r = find(s, site, kind, key, &name);

    if (!r)
        return first_sight(s, site, kind, key, state, now, name);
    if (strcmp(r->state, state) == 0) {
        r->seen = now;
        r->restored = false;
        return false;
    }
    free(r->before);
    r->before = r->state;
    if (before) {
        *before = show(r);
        before->state = r->before;
    }
    r->state = mem_strdup(state);
    r->before_seen = r->seen;
    r->at = r->seen = now;
    r->restored = false;
    mark(s, r);
    return true;
}

unsigned since_overflow(const struct since *s)
{
    return s->overflow;
}

void since_restore(struct since *s, const struct since_record *from)
{
    char *name = NULL;
    struct record *r = find(s, from->site, from->kind, from->key, &name);

    if (!r)
        r = make(s, from->site, from->kind, from->key, name);
    if (!r)
        return;
    free(r->state);
    r->state = mem_strdup(from->state);
    r->at = from->at;
    r->seen = from->seen;
    r->before_seen = 0;
    r->restored = true;
}

void since_restore_seen(struct since *s, int64_t at)
{
    void *value;

    for (size_t i = 0; map_at(s->records, &i, NULL, &value);) {
        struct record *r = value;
        if (r->restored && r->seen < at)
            r->seen = at;
    }
}

void since_renew(struct since *s)
{
    void *value;

    for (size_t i = 0; map_at(s->records, &i, NULL, &value);)
        mark(s, value);
}

bool since_next_dirty(struct since *s, struct since_record *out)
{
    struct record *r = s->dirty;

    if (!r)
        return false;
    s->dirty = r->next_dirty;
    r->dirty = false;
    r->next_dirty = NULL;
    *out = show(r);
    return true;
}
