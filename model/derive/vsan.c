/*
 * vsan: a vSAN cluster is told of by its vCenter, and by each of its hosts that is asked; it is one
 * row, via all of them. They are joined by vSAN's own UUID of the cluster.
 *
 * vCenter's row is the home, because only it knows the capacity; without it that of the first host
 * in the configuration. A host that sees other health than the home sees (a partition, a host that
 * lags behind) keeps its row: that difference is the news. A row that was read now hides one that
 * is only remembered, never the other way round.
 *
 * A host does not know its cluster's name and space. While the vCenter that does is only
 * remembered, the host's row carries what it told last, with when that was (space_at): what
 * somebody reads off the screen, and no check judges. What may have changed since (health,
 * synchronisation) is not carried.
 *
 * Space by policy is not told by vSAN: it is what the VMs of the cluster take, summed by their
 * policy. A cluster whose name another one of its vCenter has, too, gets none.
 */
#include "model/derive/derive.h"
#include "model/derive/vsan_trend.h"

#include "core/arena.h"
#include "core/map.h"
#include "core/mem.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define POLICY_NONE "none"

struct vsan_row {
    const struct row *row;
    const struct snapshot *from;
    const char *uuid; /* lower case, without dashes */
    bool good, by_host;
};

struct vsan_facts {
    struct vsan_row *rows;
    size_t n;
};

/* ---- who is who --------------------------------------------------------------------------------
 */

static const char *plain_uuid(struct arena *a, const char *uuid)
{
    char *copy = uuid ? arena_strdup(a, uuid) : NULL, *to = copy;

    for (const char *p = copy; p && *p; p++) {
        if (*p != '-')
            *to++ = (char)tolower((unsigned char)*p);
    }
    if (to)
        *to = '\0';
    return copy && *copy ? copy : NULL;
}

static bool is_host(const struct derive *d, const char *endpoint)
{
    const struct config_site *s = d->view->site;

    for (size_t i = 0; i < s->nendpoints; i++) {
        if (strcmp(s->endpoints[i]->name, endpoint) == 0)
            return s->endpoints[i]->kind == KIND_ESXI;
    }
    return false;
}

static void *prepare(struct derive *d)
{
    const struct view_set *set = view_table(d->view, &table_vsan);
    struct vsan_facts *f = arena_alloc(d->arena, sizeof(*f));
    size_t total = 0;

    for (size_t i = 0; i < set->n; i++)
        total += snapshot_count(set->at[i]);
    f->rows = arena_alloc(d->arena, (total + 1) * sizeof(*f->rows));
    for (size_t i = 0; i < set->n; i++) {
        const struct snapshot *s = set->at[i];
        bool good = view_is_good(s), by_host = is_host(d, snapshot_endpoint(s));

        for (size_t k = 0; k < snapshot_count(s); k++) {
            const struct row *r = snapshot_row(s, k);
            const char *uuid = plain_uuid(d->arena, row_str(r, VSAN_VSAN_UUID));

            f->rows[f->n++] = (struct vsan_row){r, s, uuid, good, by_host};
        }
    }
    return f;
}

static bool same_list(const struct cell_list *a, const struct cell_list *b)
{
    if (!a || !b || a->n != b->n)
        return !a && !b;
    for (size_t i = 0; i < a->n; i++) {
        if (strcmp(a->items[i], b->items[i]) != 0)
            return false;
    }
    return true;
}

static bool same_health(const struct row *a, const struct row *b)
{
    const char *x = row_str(a, VSAN_HEALTH), *y = row_str(b, VSAN_HEALTH);

    return (view_same_text(x, y) || (!x && !y)) &&
           same_list(row_list(a, VSAN_HEALTH_GROUPS), row_list(b, VSAN_HEALTH_GROUPS));
}

/* Does @home stand for @r? @before: it comes first in the configuration. */
static bool stands_for(const struct vsan_row *home, const struct vsan_row *r, bool before)
{
    if (!view_same_text(home->uuid, r->uuid) || (r->good && !home->good))
        return false;
    if (!r->by_host)
        return home->by_host && home->good && !r->good;
    if (!home->by_host)
        return true;
    if (home->good == r->good && !before)
        return false;
    return same_health(home->row, r->row);
}

/* The row that is shown for rows[@i]: itself, or another one. */
static size_t home_of(const struct vsan_facts *f, size_t i)
{
    size_t found = i;

    for (size_t k = 0; k < f->n; k++) {
        bool better = found == i || (f->rows[found].by_host && !f->rows[k].by_host) ||
                      (!f->rows[found].good && f->rows[k].good);
        if (k != i && better && stands_for(&f->rows[k], &f->rows[i], k < i))
            found = k;
    }
    return found;
}

static size_t find(const struct vsan_facts *f, const char *endpoint, const char *key)
{
    size_t i = 0;

    while (i < f->n && (strcmp(snapshot_endpoint(f->rows[i].from), endpoint) != 0 ||
                        strcmp(f->rows[i].row->key, key) != 0))
        i++;
    return i;
}

static bool hidden(void *facts, const struct snapshot *from, const struct row *raw)
{
    const struct vsan_facts *f = facts;
    size_t i = find(f, snapshot_endpoint(from), raw->key);

    return i < f->n && home_of(f, i) != i;
}

static void set_via(const struct vsan_facts *f, struct table_builder *b, const char *endpoint,
                    const struct row *raw)
{
    size_t i = find(f, endpoint, raw->key);
    const char *via[MERGE_VIA_MAX] = {endpoint};
    size_t n = 1;

    for (size_t k = 0; i < f->n && k < f->n && n < MERGE_VIA_MAX; k++) {
        if (k != i && home_of(f, k) == i)
            via[n++] = snapshot_endpoint(f->rows[k].from);
    }
    if (n > 1)
        builder_list(b, VSAN_VIA, via, n);
}

/* ---- what vCenter told last --------------------------------------------------------------------
 */

static const unsigned carried[] = {VSAN_CLUSTER,     VSAN_CAPACITY_BYTES, VSAN_USED_BYTES,
                                   VSAN_FREE_BYTES,  VSAN_USED_PERCENT,   VSAN_SLACK_BYTES,
                                   VSAN_DEDUP_RATIO, VSAN_ENCRYPTION};

/* Of the cluster of rows[@i], which a host tells; NULL: nothing is remembered. */
static const struct vsan_row *find_remembered(const struct vsan_facts *f, size_t i)
{
    for (size_t k = 0; i < f->n && f->rows[i].by_host && k < f->n; k++) {
        const struct vsan_row *r = &f->rows[k];

        if (!r->by_host && !r->good && view_same_text(r->uuid, f->rows[i].uuid))
            return r;
    }
    return NULL;
}

static void carry(struct derive *d, const struct vsan_facts *f, struct table_builder *b,
                  const struct row *raw)
{
    const struct vsan_row *from =
        find_remembered(f, find(f, row_str(raw, SCHEMA_ENDPOINT), raw->key));

    if (!from)
        return;
    for (size_t i = 0; i < ARRAY_SIZE(carried); i++) {
        if (!row_present(raw, carried[i]) && row_present(from->row, carried[i]))
            builder_cell(b, carried[i], &from->row->cells[carried[i]]);
    }
    if (!row_present(from->row, VSAN_USED_BYTES))
        return;
    builder_int(b, VSAN_SPACE_AT, snapshot_taken_at(from->from));
    vsan_trend_row(d, b, from->row);
}

/* ---- space by policy ---------------------------------------------------------------------------
 */

struct share {
    const char *policy;
    int64_t bytes;
};

static int larger_first(const void *a, const void *b)
{
    const struct share *x = a, *y = b;

    if (x->bytes != y->bytes)
        return x->bytes < y->bytes ? 1 : -1;
    return strcmp(x->policy, y->policy);
}

static bool is_ambiguous(const struct vsan_facts *f, const char *endpoint, const char *cluster)
{
    size_t n = 0;

    for (size_t i = 0; i < f->n; i++)
        n += strcmp(snapshot_endpoint(f->rows[i].from), endpoint) == 0 &&
             view_same_text(row_str(f->rows[i].row, VSAN_CLUSTER), cluster);
    return n != 1;
}

/* Bytes by policy of the cluster's VMs, in @by; false: no VM has a policy that is known. */
static bool sum(struct derive *d, struct map *by, const char *endpoint, const char *cluster)
{
    struct view_cursor at = {0};
    const struct row *vm;
    bool any = false;

    while ((vm = view_next(d->view, &table_vms, &at))) {
        const char *policy = row_str(vm, VMS_STORAGE_POLICY);
        struct share *share;
        int64_t bytes;

        if (!view_same_text(row_str(vm, VMS_CLUSTER), cluster) ||
            !view_same_text(row_str(vm, SCHEMA_ENDPOINT), endpoint) ||
            !row_int(vm, VMS_STORAGE_BYTES, &bytes) || bytes < 0)
            continue;
        any |= policy != NULL;
        policy = policy ? policy : POLICY_NONE;
        share = map_get(by, policy);
        if (!share) {
            share = arena_alloc(d->arena, sizeof(*share));
            *share = (struct share){policy, 0};
            map_put(by, policy, share);
        }
        share->bytes += bytes <= INT64_MAX - share->bytes ? bytes : 0;
    }
    return any;
}

static void set_policies(struct derive *d, const struct vsan_facts *f, struct table_builder *b,
                         const struct row *raw)
{
    const char *endpoint = row_str(raw, SCHEMA_ENDPOINT), *cluster = row_str(raw, VSAN_CLUSTER);
    struct map *by;
    struct share *shares;
    size_t n = 0;
    void *value;

    if (!cluster || is_ambiguous(f, endpoint, cluster))
        return;
    by = map_new();
    if (sum(d, by, endpoint, cluster)) {
        shares = arena_alloc(d->arena, map_count(by) * sizeof(*shares));
        for (size_t i = 0; map_at(by, &i, NULL, &value);)
            shares[n++] = *(struct share *)value;
        qsort(shares, n, sizeof(*shares), larger_first);
        for (size_t i = 0; i < n; i++)
            builder_list_add(
                b, VSAN_POLICIES,
                arena_printf(d->arena, "%s=%" PRId64, shares[i].policy, shares[i].bytes));
    }
    map_free(by, NULL);
}

static void row(struct derive *d, void *facts, struct table_builder *b, const struct row *raw)
{
    vsan_trend_row(d, b, raw);
    carry(d, facts, b, raw);
    set_policies(d, facts, b, raw);
    set_via(facts, b, row_str(raw, SCHEMA_ENDPOINT), raw);
}

/* It may have been hidden until now: the figures behind its trend are kept, so it is made anew. */
static void remembered(struct derive *d, void *facts, struct table_builder *b,
                       const struct row *raw, const struct snapshot *from)
{
    (void)facts;
    (void)from;
    builder_list_empty(b, VSAN_USED_HISTORY);
    vsan_trend_row(d, b, raw);
}

static const struct schema *const inputs[] = {&table_vms, NULL};

const struct derive_table derive_vsan_table = {.schema = &table_vsan,
                                               .inputs = inputs,
                                               .prepare = prepare,
                                               .hidden = hidden,
                                               .row = row,
                                               .remembered = remembered};
