#include "model/checks/replications.h"

#include <stdlib.h>
#include <string.h>

#include "core/map.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "model/checks/lookup.h"

bool replication_counts(const struct row *r)
{
    return !row_is(r, REPLICATIONS_KIND, "hcx");
}

const char *replication_vm(const struct row *r)
{
    const char *vm = row_str(r, REPLICATIONS_VM);

    return vm ? vm : row_text(r, REPLICATIONS_REPLICATION_ID);
}

static const char *link_of(const struct row *r)
{
    static const unsigned columns[] = {REPLICATIONS_LINK, REPLICATIONS_TARGET_SITE};

    for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
        const char *text = row_str(r, columns[i]);

        if (text && *text)
            return text;
    }
    return replication_vm(r);
}

static struct link_group *group_of(struct map *all, const char *link)
{
    struct link_group *g = map_get(all, link);

    if (g)
        return g;
    g = mem_alloc(sizeof(*g));
    g->link = link;
    map_put(all, link, g);
    return g;
}

void link_groups_init(struct link_groups *groups, const struct check_input *in,
                      bool (*wanted)(const struct row *r))
{
    struct map *all = map_new();
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0;
    void *value;

    *groups = (struct link_groups){0};
    while ((r = check_next(in, &table_replications, &i, &s)) != NULL) {
        struct link_group *g = group_of(all, link_of(r));

        g->all++;
        g->source = g->source ? g->source : s;
        if (!replication_counts(r) || !wanted(r))
            continue;
        g->rows = mem_grow(g->rows, g->n, &g->cap, sizeof(*g->rows));
        g->rows[g->n++] = r;
    }
    for (size_t k = 0; map_at(all, &k, NULL, &value);) {
        struct link_group *g = value;

        groups->at = mem_grow(groups->at, groups->n, &groups->cap, sizeof(*groups->at));
        if (g->n)
            groups->at[groups->n++] = g;
        else
            free(g);
    }
    map_free(all, NULL);
}

void link_groups_release(struct link_groups *g)
{
    for (size_t i = 0; i < g->n; i++) {
        free(g->at[i]->rows);
        free(g->at[i]);
    }
    free(g->at);
    *g = (struct link_groups){0};
}

/* A cell as people read it, or NULL. */
static const char *value(const struct check_input *in, const struct row *r, unsigned col)
{
    return row_present(r, col) ? check_cell(in, &table_replications, r, col) : NULL;
}

struct facts {
    const struct check_input *in;
    const char *text;
    size_t n;
};

static void add(struct facts *f, const char *fact)
{
    f->text = f->n++ ? check_text(f->in, "%s, %s", f->text, fact)
                     : check_text(f->in, "%s: %s", f->text, fact);
}

static void add_transfer(struct facts *f, const struct row *r)
{
    const char *takes = value(f->in, r, REPLICATIONS_ESTIMATE_S);
    const char *samples = value(f->in, r, REPLICATIONS_SAMPLES);

    if (takes && samples)
        add(f, check_text(f->in, "a transfer is estimated to take %s (n=%s)", takes, samples));
    else if (takes)
        add(f, check_text(f->in, "a transfer is estimated to take %s", takes));
}

const char *replication_facts(const struct check_input *in, const struct row *r)
{
    struct facts f = {in, replication_vm(r), 0};
    const char *v;

    if ((v = value(in, r, REPLICATIONS_STATE)))
        add(&f, v);
    if ((v = value(in, r, REPLICATIONS_RPO_S)))
        add(&f, check_text(in, "RPO %s", v));
    if ((v = value(in, r, REPLICATIONS_LAG_S)))
        add(&f, check_text(in, "newest instance %s old", v));
    if ((v = value(in, r, REPLICATIONS_LATE_S)))
        add(&f, check_text(in, "late by %s", v));
    add_transfer(&f, r);
    if ((v = value(in, r, REPLICATIONS_SYNC_PROGRESS_PERCENT)))
        add(&f, check_text(in, "synchronised %s", v));
    if ((v = value(in, r, REPLICATIONS_SYNC_CAUSE)))
        add(&f, check_text(in, "before it: %s", v));
    return f.text;
}
