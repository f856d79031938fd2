#include "model/site.h"

#include "core/arena.h"
#include "core/hash.h"
#include "core/mem.h"

#include <stdlib.h>
#include <string.h>

#define CONVERGE_MS 180000 /* when the configuration does not say (model/kinds.c does) */

/* Snapshots, each with a reference. */
struct held {
    struct snapshot **at;
    size_t n;
};

struct site_table {
    struct held inputs; /* what the final ones were made of, in order */
    struct held final, before;
    uint64_t version; /* of what is not a snapshot: see site.version */
};

struct site {
    const struct config *config;
    const struct config_site *site;
    struct identity_managers *managers;
    struct watch *watch, *late;
    struct site_table tables[VIEW_TABLES_MAX];
    struct view view; /* of the update under way */
    struct derive d;
    uint64_t version; /* counts: managers turned out the same, time alone changed a cell */
    int64_t due_at;
};

static void drop(struct held *h)
{
    for (size_t i = 0; i < h->n; i++)
        snapshot_unref(h->at[i]);
    free(h->at);
    *h = (struct held){NULL, 0};
}

struct site *site_new(const struct config *c, const struct config_site *config)
{
    struct site *s = mem_alloc(sizeof(*s));

    s->config = c;
    s->site = config;
    s->managers = identity_managers_new(config);
    s->watch = watch_new();
    s->late = watch_new();
    s->version = 1;
    return s;
}

void site_free(struct site *s)
{
    if (!s)
        return;
    for (unsigned i = 0; i < VIEW_TABLES_MAX; i++) {
        drop(&s->tables[i].inputs);
        drop(&s->tables[i].final);
        drop(&s->tables[i].before);
    }
    identity_managers_free(s->managers);
    watch_free(s->watch);
    watch_free(s->late);
    free(s);
}

const struct config_site *site_config(const struct site *s)
{
    return s->site;
}

struct derive *site_join(struct site *s)
{
    return &s->d;
}

struct snapshot *const *site_table(const struct site *s, unsigned place, size_t *n)
{
    *n = s->tables[place].final.n;
    return s->tables[place].final.at;
}

const struct snapshot *site_before(const struct site *s, unsigned place, size_t i)
{
    const struct snapshot *now = s->tables[place].final.at[i];
    const struct held *before = &s->tables[place].before;

    for (size_t k = 0; k < before->n; k++) {
        if (strcmp(snapshot_endpoint(before->at[k]), snapshot_endpoint(now)) == 0)
            return before->at[k];
    }
    return NULL;
}

bool site_read_anew(const struct site *s, const struct schema *schema)
{
    unsigned place = view_place(schema);
    const struct view_set *set = &s->view.sets[place];
    const struct held *last = &s->tables[place].inputs;

    return set->n > last->n ||
           (set->n && memcmp(set->at, last->at, set->n * sizeof(struct snapshot *)) != 0);
}

bool site_rows_changed(const struct site *s, unsigned place, size_t i)
{
    const struct snapshot *now = s->tables[place].final.at[i], *before = site_before(s, place, i);
    size_t n = snapshot_count(now);

    if (now == before)
        return false;
    return !before || n != snapshot_count(before) ||
           (n && snapshot_row(now, 0) != snapshot_row(before, 0));
}

/* ---- begin --------------------------------------------------------------------------------------
 */

static void copy_sets(struct site *s, const struct view *raw)
{
    for (unsigned i = 0; i < VIEW_TABLES_MAX; i++) {
        for (size_t k = 0; k < raw->sets[i].n; k++)
            view_set_add(&s->view.sets[i], raw->sets[i].at[k]);
    }
}

void site_begin(struct site *s, const struct view *raw, const struct since *since,
                const struct samples *samples, int64_t now)
{
    s->view.site = s->site;
    s->view.now = now;
    copy_sets(s, raw);
    if (identity_managers_learn(s->managers, &s->view))
        s->version++;
    if (s->due_at && now >= s->due_at) {
        s->version++;
        s->due_at = 0;
    }
    s->d = (struct derive){.view = &s->view,
                           .managers = s->managers,
                           .watch = s->watch,
                           .late = s->late,
                           .since = since,
                           .samples = samples,
                           .arena = arena_new(0)};
    s->d.converge_ms = (int64_t)config_threshold(s->config, s->site->name, "converge", CONVERGE_MS);
    derive_init(&s->d);
}

/* ---- what a table depends on ------------------------------------------------------------------
 */

static const struct schema *const none[] = {NULL};

static const struct schema *const *inputs_of(const struct derive_table *t)
{
    return t ? t->inputs : none;
}

/* The table's own snapshots, then those of its inputs; references. */
static struct held gather(const struct site *s, unsigned place)
{
    const struct derive_table *t = derive_find(tables_all[place]);
    const struct view_set *set = &s->view.sets[place];
    struct held h = {NULL, set->n};
    const struct schema *const *in;
    size_t n = 0;

    for (in = inputs_of(t); *in; in++)
        h.n += view_table(&s->view, *in)->n;
    h.at = mem_array(h.n + 1, sizeof(struct snapshot *));
    for (size_t i = 0; i < set->n; i++)
        h.at[n++] = snapshot_ref(set->at[i]);
    for (in = inputs_of(t); *in; in++) {
        const struct view_set *from = view_table(&s->view, *in);
        for (size_t i = 0; i < from->n; i++)
            h.at[n++] = snapshot_ref(from->at[i]);
    }
    return h;
}

static bool same(const struct held *a, const struct held *b)
{
    return a->n == b->n && (!a->n || memcmp(a->at, b->at, a->n * sizeof(struct snapshot *)) == 0);
}

static uint64_t mix(uint64_t seed, uint64_t value)
{
    return hash_fast(&value, sizeof(value), seed);
}

/* Two snapshots with the same value have the same rows. Blocks without an identity are told apart
 * by the snapshot itself: while both are held, their addresses differ. */
static uint64_t content(uint64_t seed, const struct snapshot *s)
{
    size_t n = snapshot_blocks(s);

    seed = mix(seed, n);
    for (size_t i = 0; i < n; i++) {
        uint64_t hash = snapshot_block_hash(s, i);
        seed = mix(seed, hash ? hash : (uintptr_t)s);
    }
    return mix(seed, (uint64_t)snapshot_freshness(s));
}

/* Which of the merged snapshots is the freshest is part of it. */
static uint64_t identity(const struct site *s, unsigned place, const struct held *inputs, size_t i)
{
    const struct view_set *set = &s->view.sets[place];
    uint64_t h = mix(mix(s->version, place), i);

    if (!view_is_good(set->at[i]))
        return 0;
    for (size_t k = 0; k < inputs->n; k++)
        h = content(h, inputs->at[k]);
    for (size_t k = 0; s->d.merged[place] && k < set->n; k++) {
        for (size_t l = 0; l < k; l++)
            h = mix(h, snapshot_taken_at(set->at[k]) > snapshot_taken_at(set->at[l]));
    }
    return h ? h : 1;
}

/* ---- derive -----------------------------------------------------------------------------------
 */

/* What the last update made of the source that is now at @i. */
static struct snapshot **align(const struct site *s, unsigned place)
{
    const struct view_set *set = &s->view.sets[place];
    const struct held *last = &s->tables[place].before;
    struct snapshot **prevs = arena_alloc(s->d.arena, (set->n + 1) * sizeof(*prevs));

    for (size_t i = 0; i < set->n; i++) {
        for (size_t k = 0; k < last->n && !prevs[i]; k++) {
            if (strcmp(snapshot_endpoint(set->at[i]), snapshot_endpoint(last->at[k])) == 0)
                prevs[i] = last->at[k];
        }
    }
    return prevs;
}

static void make(struct site *s, unsigned place, const struct held *inputs)
{
    const struct schema *schema = tables_all[place];
    struct derive_work work = {.t = derive_find(schema)};
    struct site_table *table = &s->tables[place];
    const struct view_set *set = &s->view.sets[place];
    bool plain = !work.t && !s->d.merged[place];
    struct snapshot **prevs = plain ? NULL : align(s, place);

    table->final.n = set->n;
    table->final.at = mem_array(set->n + 1, sizeof(struct snapshot *));
    for (size_t i = 0; i < set->n; i++)
        table->final.at[i] =
            plain ? snapshot_ref(set->at[i])
                  : derive_source(&s->d, &work, schema, i, prevs, identity(s, place, inputs, i));
    derive_end(&s->d, &work);
}

static void update_table(struct site *s, unsigned place)
{
    struct site_table *table = &s->tables[place];
    struct view_set *set = &s->view.sets[place];
    struct held inputs = gather(s, place);

    table->before.n = table->final.n;
    table->before.at = mem_array(table->final.n + 1, sizeof(struct snapshot *));
    for (size_t i = 0; i < table->final.n; i++)
        table->before.at[i] = snapshot_ref(table->final.at[i]);
    if (table->version == s->version && same(&inputs, &table->inputs)) {
        drop(&inputs);
    } else {
        drop(&table->final);
        make(s, place, &inputs);
        drop(&table->inputs);
        table->inputs = inputs;
        table->version = s->version;
    }
    for (size_t i = 0; i < set->n; i++)
        set->at[i] = table->final.at[i];
}

void site_derive(struct site *s)
{
    for (unsigned i = 0; i < tables_count; i++) {
        if (!derive_find(tables_all[i]))
            update_table(s, i);
    }
    for (size_t i = 0; derive_tables[i]; i++)
        update_table(s, view_place(derive_tables[i]->schema));
    if (s->d.due_at && (!s->due_at || s->d.due_at < s->due_at))
        s->due_at = s->d.due_at;
}

void site_end(struct site *s)
{
    derive_release(&s->d);
    arena_free(s->d.arena);
    s->d = (struct derive){0};
    view_release(&s->view);
    for (unsigned i = 0; i < VIEW_TABLES_MAX; i++)
        drop(&s->tables[i].before);
}
