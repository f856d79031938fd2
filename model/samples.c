#include "model/samples.h"

#include "core/jsonq.h"
#include "core/map.h"
#include "core/mem.h"
#include "model/history.h"

#include <stdlib.h>
#include <string.h>

#define AT_MAX 253402300800000 /* the year 10000 */

struct series {
    char *site, *key;
    enum sample_kind kind;
    struct sample *at;
    size_t n, cap;
    int64_t spacing; /* between two samples, at least */
};

struct fresh {
    const struct series *series;
    struct sample sample;
};

struct samples {
    struct map *series;
    struct fresh *fresh; /* not in the history yet */
    size_t nfresh, fresh_cap;
    unsigned overflow;
};

static const struct {
    const char *name;
    size_t max;
    int64_t spacing, back; /* back 0: the oldest makes room for the newest */
} kinds[SAMPLE_KINDS] = {
    [SAMPLE_TRANSFER] = {"transfer", SAMPLES_TRANSFER_MAX, 1, 0},
    [SAMPLE_VSAN_USED] = {"vsan_used", SAMPLES_VSAN_MAX, SAMPLES_VSAN_MS, SAMPLES_VSAN_BACK_MS},
};

static void series_free(void *p)
{
    struct series *s = p;

    free(s->site);
    free(s->key);
    free(s->at);
    free(s);
}

struct samples *samples_new(void)
{
    struct samples *s = mem_alloc(sizeof(*s));

    s->series = map_new();
    return s;
}

void samples_free(struct samples *s)
{
    if (!s)
        return;
    map_free(s->series, series_free);
    free(s->fresh);
    free(s);
}

static struct series *find(const struct samples *s, const char *site, enum sample_kind kind,
                           const char *key)
{
    char *name = mem_printf("%s\n%s\n%s", site, kinds[kind].name, key);
    struct series *found = map_get(s->series, name);

    free(name);
    return found;
}

static struct series *make(struct samples *s, const char *site, enum sample_kind kind,
                           const char *key)
{
    struct series *made;
    char *name;

    if (map_count(s->series) >= SAMPLES_SERIES_MAX) {
        s->overflow++;
        return NULL;
    }
    made = mem_alloc(sizeof(*made));
    made->site = mem_strdup(site);
    made->key = mem_strdup(key);
    made->kind = kind;
    made->spacing = kinds[kind].spacing;
    name = mem_printf("%s\n%s\n%s", site, kinds[kind].name, key);
    map_put(s->series, name, made);
    free(name);
    return made;
}

static void drop_first(struct series *r, size_t n)
{
    r->n -= n;
    memmove(r->at, r->at + n, r->n * sizeof(*r->at));
}

/* Keep every second one, and the newest; what comes is spaced like what is left. */
static void thin(struct series *r)
{
    int64_t span = r->at[r->n - 1].at - r->at[0].at;
    size_t n = 0;

    for (size_t i = (r->n + 1) % 2; i < r->n; i += 2)
        r->at[n++] = r->at[i];
    r->n = n;
    if (span / (int64_t)n > r->spacing)
        r->spacing = span / (int64_t)n;
}

static void make_room(struct series *r, int64_t now)
{
    int64_t back = kinds[r->kind].back;
    size_t old = 0;

    while (back && old < r->n && now - r->at[old].at > back)
        old++;
    if (old)
        drop_first(r, old);
    if (r->n < kinds[r->kind].max)
        return;
    if (back)
        thin(r);
    else
        drop_first(r, 1);
}

static bool is_sane(struct sample s)
{
    return s.at > 0 && s.at < AT_MAX && s.value >= 0;
}

static bool put(struct series *r, struct sample sample)
{
    if (!is_sane(sample))
        return false;
    if (r->n && sample.at < r->at[r->n - 1].at + r->spacing)
        return false;
    make_room(r, sample.at);
    r->at = mem_grow(r->at, r->n, &r->cap, sizeof(*r->at));
    r->at[r->n++] = sample;
    return true;
}

static void mark(struct samples *s, const struct series *r, struct sample sample)
{
    s->fresh = mem_grow(s->fresh, s->nfresh, &s->fresh_cap, sizeof(*s->fresh));
    s->fresh[s->nfresh++] = (struct fresh){r, sample};
}

bool samples_add(struct samples *s, const char *site, enum sample_kind kind, const char *key,
                 int64_t at, int64_t value)
{
    struct series *r = find(s, site, kind, key);
    struct sample sample = {at, value};

    if (!r)
        r = make(s, site, kind, key);
    if (!r || !put(r, sample))
        return false;
    mark(s, r, sample);
    return true;
}

struct sample_series samples_find(const struct samples *s, const char *site, enum sample_kind kind,
                                  const char *key)
{
    const struct series *r = find(s, site, kind, key);

    return r ? (struct sample_series){r->at, r->n} : (struct sample_series){NULL, 0};
}

unsigned samples_overflow(const struct samples *s)
{
    return s->overflow;
}

/* ---- history ------------------------------------------------------------------------------------
 */

void samples_history_take(struct samples *s, struct strbuf *out)
{
    for (size_t i = 0; i < s->nfresh; i++) {
        const struct fresh *f = &s->fresh[i];
        history_line(out, SAMPLES_LINE, f->series->site);
        history_add_str(out, "kind", kinds[f->series->kind].name);
        history_add_str(out, "key", f->series->key);
        history_add_int(out, "at", f->sample.at);
        history_add_int(out, "value", f->sample.value);
        history_end_line(out);
    }
    s->nfresh = 0;
}

void samples_history_renew(struct samples *s)
{
    void *value;

    s->nfresh = 0;
    for (size_t i = 0; map_at(s->series, &i, NULL, &value);) {
        const struct series *r = value;
        for (size_t k = 0; k < r->n; k++)
            mark(s, r, r->at[k]);
    }
}

bool samples_history_load(struct samples *s, struct json_object *line)
{
    const char *site = jsonq_str(line, "site"), *key = jsonq_str(line, "key");
    const char *name = jsonq_str(line, "kind");
    struct sample sample;
    struct series *r;
    size_t kind = 0;

    while (name && kind < SAMPLE_KINDS && strcmp(kinds[kind].name, name) != 0)
        kind++;
    if (!site || !key || !name || kind == SAMPLE_KINDS || !jsonq_int(line, "at", &sample.at) ||
        !jsonq_int(line, "value", &sample.value) || !is_sane(sample))
        return false;
    r = find(s, site, (enum sample_kind)kind, key);
    if (!r)
        r = make(s, site, (enum sample_kind)kind, key);
    if (r)
        (void)put(r, sample);
    return true;
}
