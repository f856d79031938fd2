#include "core/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/snapshot_priv.h"

const char *freshness_name(enum freshness f)
{
    static const char *const names[] = {
        [FRESH_NEVER] = "never",
        [FRESH_OK] = "ok",
        [FRESH_PARTIAL] = "partial",
        [FRESH_STALE] = "stale",
        [FRESH_FAILED] = "failed",
        [FRESH_DENIED] = "denied",
        [FRESH_UNSUPPORTED] = "unsupported",
    };

    return (unsigned)f < ARRAY_SIZE(names) ? names[f] : "";
}

struct snapshot *snapshot_new(const struct schema *schema, const char *site, const char *endpoint,
                              struct body *body)
{
    struct snapshot *s = mem_alloc(sizeof(*s));

    atomic_init(&s->refs, 1);
    s->schema = schema;
    s->site = mem_strdup(site ? site : "");
    s->endpoint = mem_strdup(endpoint ? endpoint : "");
    s->body = body;
    return s;
}

struct snapshot *snapshot_with_freshness(const struct snapshot *old, const struct schema *schema,
                                         const char *site, const char *endpoint, enum freshness f,
                                         const struct err *err)
{
    struct body *body = old ? body_ref(old->body) : body_new(NULL, NULL, 0, NULL, NULL);
    struct snapshot *s = snapshot_new(schema, site, endpoint, body);

    s->freshness = f;
    if (err)
        s->err = *err;
    if (old) {
        s->taken_at = old->taken_at;
        s->note = mem_strdup(old->note);
    }
    return s;
}

struct snapshot *snapshot_ref(const struct snapshot *s)
{
    struct snapshot *mine = (struct snapshot *)s;

    if (mine)
        atomic_fetch_add_explicit(&mine->refs, 1, memory_order_relaxed);
    return mine;
}

void snapshot_unref(const struct snapshot *s)
{
    struct snapshot *mine = (struct snapshot *)s;

    if (!mine || atomic_fetch_sub_explicit(&mine->refs, 1, memory_order_acq_rel) != 1)
        return;
    body_unref(mine->body);
    free(mine->site);
    free(mine->endpoint);
    free(mine->note);
    free(mine);
}

const struct schema *snapshot_schema(const struct snapshot *s)
{
    return s->schema;
}

const char *snapshot_site(const struct snapshot *s)
{
    return s->site;
}

const char *snapshot_endpoint(const struct snapshot *s)
{
    return s->endpoint;
}

uint64_t snapshot_generation(const struct snapshot *s)
{
    return s->generation;
}

void snapshot_set_generation(struct snapshot *s, uint64_t generation)
{
    s->generation = generation;
}

int64_t snapshot_taken_at(const struct snapshot *s)
{
    return s->taken_at;
}

enum freshness snapshot_freshness(const struct snapshot *s)
{
    return s->freshness;
}

const struct err *snapshot_err(const struct snapshot *s)
{
    return &s->err;
}

const char *snapshot_note(const struct snapshot *s)
{
    return s->note ? s->note : "";
}

unsigned snapshot_duplicates(const struct snapshot *s)
{
    return s->body->duplicates;
}

size_t snapshot_count(const struct snapshot *s)
{
    return s->body->n;
}

const struct row *snapshot_row(const struct snapshot *s, size_t i)
{
    return i < s->body->n ? s->body->entries[i].row : NULL;
}

const struct row *snapshot_find(const struct snapshot *s, const char *key)
{
    const struct entry *e = s->body->entries;
    size_t low = 0, high = s->body->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(e[middle].row->key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < s->body->n && strcmp(e[low].row->key, key) == 0 ? e[low].row : NULL;
}

size_t snapshot_memory(const struct snapshot *s)
{
    return sizeof(*s) + s->body->memory;
}

size_t snapshot_blocks(const struct snapshot *s)
{
    return s->body->nblocks;
}

uint64_t snapshot_block_hash(const struct snapshot *s, size_t i)
{
    return i < s->body->nblocks ? s->body->blocks[i]->hash : 0;
}

/* ---- cells of a row ----------------------------------------------------------------------- */

bool row_bool(const struct row *r, unsigned col, bool *out)
{
    const struct cell *c = &r->cells[col];

    if (c->type != CELL_BOOL)
        return false;
    *out = c->u.b;
    return true;
}

const struct ip *row_ip(const struct row *r, unsigned col)
{
    const struct cell *c = &r->cells[col];

    return c->type == CELL_IP || c->type == CELL_CIDR ? c->u.ip : NULL;
}

const struct cell_list *row_list(const struct row *r, unsigned col)
{
    const struct cell *c = &r->cells[col];

    return c->type == CELL_LIST ? c->u.list : NULL;
}

const struct cell *row_shown(const struct schema *s, const struct row *r, unsigned col)
{
    int local = schema_local(s, col);

    return &r->cells[local >= 0 && row_present(r, (unsigned)local) ? (unsigned)local : col];
}

const char *row_str_shown(const struct schema *s, const struct row *r, unsigned col)
{
    const struct cell *c = row_shown(s, r, col);

    return c->type == CELL_STR || c->type == CELL_STATE ? c->u.s : NULL;
}
