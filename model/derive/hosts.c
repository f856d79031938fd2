/*
 * hosts: a host of an SDDC is known to the VMC service and to its vCenter; it is one row, via both.
 *
 * The two have no key in common (a UUID here, a MoRef there), so they are joined by the vCenter's
 * UUID with the MoRef, or by the full name in lower case; never by the short name, which two hosts
 * of one site may share. A join with two answers, seen from either side, is none: then the rows
 * stay apart.
 *
 * vCenter's row is the home, and what only VMC knows (state, ENI, instance type) fills its empty
 * cells; when vCenter told only a part and VMC all, it is the other way round. Rows of different
 * age are not mixed: while one manager does not answer, what it said last stays a row of its own,
 * marked as old, beside the row of the one that does. So nothing old passes for new, and nothing
 * that was known is lost.
 */
#include "model/derive/hosts.h"

#include "model/derive/derive.h"

#include "core/arena.h"
#include "core/map.h"
#include "core/text.h"

#include <ctype.h>
#include <string.h>

enum side { SIDE_VCENTER, SIDE_VMC, SIDES };
enum { KEYS = 2 };

struct host {
    const struct row *row;
    const struct snapshot *from;
    enum side side;
    bool two; /* more than one row has the key: it decides nothing */
};

struct hosts_join {
    const struct derive *d;
    struct map *by_key[SIDES]; /* -> struct host */
};

static enum side side_of(const struct derive *d, const char *endpoint)
{
    const struct config_site *s = d->view->site;

    for (size_t i = 0; i < s->nendpoints; i++) {
        if (strcmp(s->endpoints[i]->name, endpoint) == 0)
            return s->endpoints[i]->kind == KIND_VCENTER ? SIDE_VCENTER : SIDE_VMC;
    }
    return SIDE_VMC;
}

static const char *lower(struct arena *a, const char *s)
{
    char *copy = arena_strdup(a, s);

    for (char *c = copy; c && *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return copy;
}

/* The full name; else the name, when it is a full one. */
static const char *full_name(const struct row *r)
{
    const char *fqdn = row_str(r, HOSTS_FQDN), *name = row_str(r, HOSTS_HOST);
    struct ip ip;

    if (fqdn && strchr(fqdn, '.'))
        return fqdn;
    return name && strchr(name, '.') && ip_parse(name, &ip) != 0 ? name : NULL;
}

/* The strongest first; NULL: the row has no such key. */
static void keys_of(const struct hosts_join *j, const struct row *r, const char *keys[KEYS])
{
    const char *id = row_str(r, HOSTS_HOST_ID), *uuid = row_str(r, HOSTS_VCENTER_UUID);
    const char *name = full_name(r);

    keys[0] = id && uuid ? lower(j->d->arena, arena_printf(j->d->arena, "%s:%s", uuid, id)) : NULL;
    keys[1] = name ? lower(j->d->arena, name) : NULL;
}

static void put(struct hosts_join *j, struct host *h)
{
    const char *keys[KEYS];

    keys_of(j, h->row, keys);
    for (size_t i = 0; i < KEYS; i++) {
        struct host *had = keys[i] ? map_get(j->by_key[h->side], keys[i]) : NULL;
        struct host *copy;
        if (!keys[i])
            continue;
        if (had) {
            had->two = true;
            continue;
        }
        copy = arena_alloc(j->d->arena, sizeof(*copy));
        *copy = *h;
        map_put(j->by_key[h->side], keys[i], copy);
    }
}

struct hosts_join *hosts_join_new(const struct derive *d)
{
    struct hosts_join *j = arena_alloc(d->arena, sizeof(*j));
    const struct view_set *set = view_table(d->view, &table_hosts);

    j->d = d;
    for (size_t i = 0; i < SIDES; i++)
        j->by_key[i] = map_new();
    for (size_t i = 0; i < set->n; i++) {
        struct host h = {NULL, set->at[i], side_of(d, snapshot_endpoint(set->at[i])), false};
        for (size_t k = 0; k < snapshot_count(set->at[i]); k++) {
            h.row = snapshot_row(set->at[i], k);
            put(j, &h);
        }
    }
    return j;
}

void hosts_join_release(struct hosts_join *j)
{
    for (size_t i = 0; i < SIDES; i++)
        map_free(j->by_key[i], NULL);
}

/* What the other side calls @row; NULL: nothing, or two hosts. */
static const struct host *candidate(const struct hosts_join *j, enum side side,
                                    const struct row *row)
{
    const struct map *others = j->by_key[side == SIDE_VMC ? SIDE_VCENTER : SIDE_VMC];
    const char *keys[KEYS];

    if (map_count(others) == 0)
        return NULL;
    keys_of(j, row, keys);
    for (size_t i = 0; i < KEYS; i++) {
        const struct host *h = keys[i] ? map_get(others, keys[i]) : NULL;
        if (h)
            return h->two ? NULL : h;
    }
    return NULL;
}

/* The same host at the other manager, read as well as this row was. */
static const struct host *twin(const struct hosts_join *j, const struct snapshot *from,
                               const struct row *row)
{
    enum side side = side_of(j->d, snapshot_endpoint(from));
    const struct host *h = candidate(j, side, row);
    const struct host *back = h ? candidate(j, h->side, h->row) : NULL;

    if (!back || back->row != row || view_is_good(h->from) != view_is_good(from))
        return NULL;
    return h;
}

const struct row *hosts_join_twin(const struct hosts_join *j, const struct snapshot *from,
                                  const struct row *row)
{
    const struct host *h = twin(j, from, row);

    return h ? h->row : NULL;
}

const char *hosts_full_name(struct arena *a, const struct row *r)
{
    const char *name = full_name(r);

    return name ? lower(a, name) : NULL;
}

static void *prepare(struct derive *d)
{
    return hosts_join_new(d);
}

static void release(void *facts)
{
    hosts_join_release(facts);
}

/* vCenter is the home, unless VMC's hosts were read whole and vCenter's were not: a check may judge
 * only what was read whole. */
static bool hidden(void *facts, const struct snapshot *from, const struct row *raw)
{
    const struct host *h = twin(facts, from, raw);
    bool whole = snapshot_freshness(from) == FRESH_OK;

    if (!h)
        return false;
    if (whole != (snapshot_freshness(h->from) == FRESH_OK))
        return !whole;
    return h->side == SIDE_VCENTER;
}

static void fill(const struct hosts_join *j, struct table_builder *b, const struct row *raw,
                 const struct snapshot *from)
{
    const struct host *h = twin(j, from, raw);
    const char *via[2] = {snapshot_endpoint(from), h ? snapshot_endpoint(h->from) : NULL};

    if (!h)
        return;
    for (unsigned i = SCHEMA_ENDPOINT + 1; i < table_hosts.ncolumns; i++) {
        bool empty = !row_present(raw, i) && !(table_hosts.columns[i].flags & COL_DERIVED);
        if (empty && row_present(h->row, i))
            builder_cell(b, i, &h->row->cells[i]);
    }
    builder_list(b, HOSTS_VIA, via, 2);
}

static const struct snapshot *source_of(const struct derive *d, const struct row *raw)
{
    const struct view_set *set = view_table(d->view, &table_hosts);
    const char *endpoint = row_str(raw, SCHEMA_ENDPOINT);

    for (size_t i = 0; i < set->n; i++) {
        if (view_same_text(snapshot_endpoint(set->at[i]), endpoint))
            return set->at[i];
    }
    return NULL;
}

static void row(struct derive *d, void *facts, struct table_builder *b, const struct row *raw)
{
    const struct snapshot *from = source_of(d, raw);

    if (from)
        fill(facts, b, raw, from);
}

static void remembered(struct derive *d, void *facts, struct table_builder *b,
                       const struct row *raw, const struct snapshot *from)
{
    (void)d;
    struct cell *cells = builder_cells(b);

    if (cells) /* of the last update, when the other row may have been joined */
        cells[HOSTS_VIA] = (struct cell){.type = CELL_ABSENT};
    fill(facts, b, raw, from);
}

static const struct schema *const inputs[] = {NULL};

const struct derive_table derive_hosts_table = {.schema = &table_hosts,
                                                .inputs = inputs,
                                                .prepare = prepare,
                                                .hidden = hidden,
                                                .row = row,
                                                .remembered = remembered,
                                                .release = release};
