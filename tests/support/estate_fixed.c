#include "tests/support/estate_fixed.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "model/tables.h"

#define TABLES_MAX 64

struct estate {
    const struct config *config;
    struct estate_text text;
    struct snapshot **by_table[TABLES_MAX];
    size_t counts[TABLES_MAX];
    int64_t now;
    bool collecting;
};

static unsigned place(const struct schema *schema)
{
    unsigned i = 0;

    while (i < tables_count && tables_all[i] != schema)
        i++;
    return i;
}

struct estate *estate_fixed(const struct config *c, const char *text, int64_t now)
{
    struct estate *e = mem_alloc(sizeof(*e));

    e->config = c;
    e->now = now;
    estate_text_add(&e->text, text, now);
    for (size_t i = 0; i < e->text.n; i++) {
        unsigned at = place(snapshot_schema(e->text.snapshots[i]));

        if (!e->by_table[at])
            e->by_table[at] = mem_array(e->text.n, sizeof(struct snapshot *));
        e->by_table[at][e->counts[at]++] = e->text.snapshots[i];
    }
    return e;
}

void estate_fixed_collecting(struct estate *e, bool collecting)
{
    e->collecting = collecting;
}

void estate_unref(const struct estate *e)
{
    struct estate *w = (struct estate *)e;

    if (!w)
        return;
    estate_text_release(&w->text);
    for (size_t i = 0; i < TABLES_MAX; i++)
        free(w->by_table[i]);
    free(w);
}

int64_t estate_now(const struct estate *e)
{
    return e->now;
}

const struct config *estate_config(const struct estate *e)
{
    return e->config;
}

struct snapshot *const *estate_table(const struct estate *e, const struct schema *schema, size_t *n)
{
    unsigned at = place(schema);

    *n = e->counts[at];
    return e->by_table[at];
}

const struct snapshot *estate_snapshot(const struct estate *e, const struct schema *schema,
                                       const char *site, const char *endpoint)
{
    unsigned at = place(schema);

    for (size_t i = 0; i < e->counts[at]; i++) {
        struct snapshot *s = e->by_table[at][i];

        if (strcmp(snapshot_site(s), site) == 0 && strcmp(snapshot_endpoint(s), endpoint) == 0)
            return s;
    }
    return NULL;
}

static int badness(enum freshness f)
{
    static const int order[] = {
        [FRESH_OK] = 1,     [FRESH_PARTIAL] = 2, [FRESH_STALE] = 3,       [FRESH_NEVER] = 4,
        [FRESH_FAILED] = 5, [FRESH_DENIED] = 6,  [FRESH_UNSUPPORTED] = 0,
    };

    return order[f];
}

enum freshness estate_freshness(const struct estate *e, const struct schema *schema,
                                const char *site)
{
    enum freshness worst = FRESH_UNSUPPORTED;
    unsigned at = place(schema);

    for (size_t i = 0; i < e->counts[at]; i++) {
        enum freshness f = snapshot_freshness(e->by_table[at][i]);

        if (strcmp(snapshot_site(e->by_table[at][i]), site) == 0 && badness(f) > badness(worst))
            worst = f;
    }
    return worst;
}

bool estate_collecting(const struct estate *e, unsigned *done, unsigned *total)
{
    *done = 1;
    *total = e->collecting ? 2 : 1;
    return e->collecting;
}
