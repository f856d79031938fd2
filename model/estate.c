#include "model/estate_priv.h"

#include "core/mem.h"
#include "model/tables.h"

#include <stdlib.h>
#include <string.h>

struct estate *estate_new(const struct config *c, uint64_t generation, int64_t now)
{
    struct estate *e = mem_alloc(sizeof(*e));

    atomic_init(&e->refs, 1);
    e->config = c;
    e->generation = generation;
    e->now = now;
    return e;
}

struct estate *estate_ref(const struct estate *e)
{
    struct estate *mine = (struct estate *)e;

    if (mine)
        atomic_fetch_add_explicit(&mine->refs, 1, memory_order_relaxed);
    return mine;
}

static void release_table(struct estate_table *t)
{
    for (size_t i = 0; i < t->n; i++) {
        snapshot_unref(t->at[i]);
        snapshot_unref(t->slots[i].before);
        changes_unref(t->slots[i].changes);
    }
    free(t->at);
    free(t->slots);
}

void estate_unref(const struct estate *e)
{
    struct estate *mine = (struct estate *)e;

    if (!mine || atomic_fetch_sub_explicit(&mine->refs, 1, memory_order_acq_rel) != 1)
        return;
    for (unsigned i = 0; i < VIEW_TABLES_MAX; i++)
        release_table(&mine->tables[i]);
    free(mine);
}

static bool same_source(const struct snapshot *a, const struct snapshot *b)
{
    return strcmp(snapshot_endpoint(a), snapshot_endpoint(b)) == 0 &&
           strcmp(snapshot_site(a), snapshot_site(b)) == 0;
}

/* Estates list their snapshots in the same order unless an endpoint came, so the place of last time
 * is nearly always right. */
static size_t find_source(const struct estate_table *t, const struct snapshot *s, size_t hint)
{
    if (hint < t->n && same_source(t->at[hint], s))
        return hint;
    for (size_t i = 0; i < t->n; i++) {
        if (same_source(t->at[i], s))
            return i;
    }
    return t->n;
}

/* Rows that were never read did not change when they are read first. */
static struct changes *changes_of(const struct estate_slot *last, const struct snapshot *before,
                                  const struct snapshot *s, int64_t now)
{
    if (!snapshot_taken_at(before) || !view_is_good(s))
        return changes_ref(last->changes);
    return changes_next(last->changes, before, s, now);
}

/* Another table's news make a new estate, too: what this one was before stays the same then, or no
 * two readings could be compared. */
static struct snapshot *before_of(const struct estate_slot *last, const struct snapshot *was,
                                  const struct snapshot *s)
{
    bool same_reading = snapshot_taken_at(was) == snapshot_taken_at(s);

    return snapshot_ref(same_reading && last->before ? last->before : was);
}

void estate_add(struct estate *e, unsigned place, struct snapshot *s, const struct estate *last)
{
    struct estate_table *t = &e->tables[place];
    const struct estate_table *was = last ? &last->tables[place] : NULL;
    size_t i = was ? find_source(was, s, t->n) : 0;

    t->at = mem_grow(t->at, t->n, &t->cap, sizeof(struct snapshot *));
    t->slots = mem_grow(t->slots, t->n, &t->slots_cap, sizeof(*t->slots));
    t->at[t->n] = s;
    t->slots[t->n] = (struct estate_slot){NULL, NULL};
    if (was && i < was->n) {
        t->slots[t->n].before = before_of(&was->slots[i], was->at[i], s);
        t->slots[t->n].changes = changes_of(&was->slots[i], was->at[i], s, e->now);
    }
    t->n++;
}

int64_t estate_now(const struct estate *e)
{
    return e->now;
}

uint64_t estate_generation(const struct estate *e)
{
    return e->generation;
}

const struct config *estate_config(const struct estate *e)
{
    return e->config;
}

static const struct estate_table *table_of(const struct estate *e, const struct schema *schema)
{
    static const struct estate_table none;
    unsigned place = view_place(schema);

    return place < VIEW_TABLES_MAX ? &e->tables[place] : &none;
}

struct snapshot *const *estate_table(const struct estate *e, const struct schema *schema, size_t *n)
{
    const struct estate_table *t = table_of(e, schema);

    *n = t->n;
    return t->at;
}

const struct snapshot *estate_snapshot(const struct estate *e, const struct schema *schema,
                                       const char *site, const char *endpoint)
{
    const struct estate_table *t = table_of(e, schema);

    for (size_t i = 0; i < t->n; i++) {
        if (strcmp(snapshot_endpoint(t->at[i]), endpoint) == 0 &&
            strcmp(snapshot_site(t->at[i]), site) == 0)
            return t->at[i];
    }
    return NULL;
}

enum freshness estate_freshness(const struct estate *e, const struct schema *schema,
                                const char *site)
{
    static const int badness[] = {
        [FRESH_UNSUPPORTED] = 0, [FRESH_OK] = 1,     [FRESH_PARTIAL] = 2, [FRESH_STALE] = 3,
        [FRESH_NEVER] = 4,       [FRESH_FAILED] = 5, [FRESH_DENIED] = 6};
    const struct estate_table *t = table_of(e, schema);
    enum freshness worst = FRESH_UNSUPPORTED;

    for (size_t i = 0; i < t->n; i++) {
        enum freshness f = snapshot_freshness(t->at[i]);
        if (site && strcmp(snapshot_site(t->at[i]), site) != 0)
            continue;
        if (badness[f] > badness[worst])
            worst = f;
    }
    return worst;
}

static const struct estate_slot *slot_of(const struct estate *e, const struct snapshot *s)
{
    const struct estate_table *t = table_of(e, snapshot_schema(s));

    for (size_t i = 0; i < t->n; i++) {
        if (t->at[i] == s)
            return &t->slots[i];
    }
    return NULL;
}

const struct snapshot *estate_previous_snapshot(const struct estate *e, const struct snapshot *s)
{
    const struct estate_slot *slot = slot_of(e, s);

    return slot && slot->before && snapshot_taken_at(slot->before) ? slot->before : NULL;
}

int64_t estate_changed_at(const struct estate *e, const struct snapshot *s, const struct row *r,
                          unsigned col)
{
    const struct estate_slot *slot = slot_of(e, s);

    return slot ? changes_at(slot->changes, r->key, col) : 0;
}

bool estate_collecting(const struct estate *e, unsigned *done, unsigned *total)
{
    *done = e->done;
    *total = e->total;
    return e->done < e->total;
}
