#include "model/derive/merge.h"

#include "model/view.h"

static const struct row *find(const struct merge *m, size_t i, size_t k, const struct row *row)
{
    if (k == i)
        return row;
    return m->groups[k] == m->groups[i] ? snapshot_find(m->sources[k], row->key) : NULL;
}

/* One more endpoint that has the row, of the quality that counts. */
static void add(struct merge_row *out, const struct snapshot *s, const struct row *row,
                int64_t *taken_at)
{
    if (out->nvia < MERGE_VIA_MAX)
        out->via[out->nvia++] = snapshot_endpoint(s);
    if (out->row && snapshot_taken_at(s) <= *taken_at)
        return;
    out->row = row;
    out->from = s;
    *taken_at = snapshot_taken_at(s);
}

void merge_row(const struct merge *m, size_t i, const struct row *row, struct merge_row *out)
{
    bool any_good = view_is_good(m->sources[i]);
    int64_t taken_at = 0;
    size_t home = m->n;

    out->row = NULL;
    out->from = NULL;
    out->nvia = 0;
    out->hidden = false;
    if (m->n == 1) {
        add(out, m->sources[0], row, &taken_at);
        return;
    }
    for (size_t k = 0; !any_good && k < m->n; k++)
        any_good = view_is_good(m->sources[k]) && find(m, i, k, row);
    for (size_t k = 0; k < m->n; k++) {
        const struct row *r = find(m, i, k, row);
        if (!r || view_is_good(m->sources[k]) != any_good)
            continue;
        add(out, m->sources[k], r, &taken_at);
        if (home == m->n)
            home = k;
    }
    out->hidden = home != i;
}
