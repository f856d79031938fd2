#include "tests/support/estate_fixed.h"

#include "model/estate_priv.h"

struct estate *estate_fixed(const struct config *c, const char *text, int64_t now, bool collecting)
{
    struct estate *e = estate_new(c, 1, now);
    struct estate_text tables = {0};

    estate_text_add(&tables, text, now);
    for (size_t i = 0; i < tables.n; i++)
        estate_add(e, view_place(snapshot_schema(tables.snapshots[i])),
                   snapshot_ref(tables.snapshots[i]), NULL);
    e->total = (unsigned)tables.n;
    e->done = e->total - (collecting && e->total);
    estate_text_release(&tables);
    return e;
}
