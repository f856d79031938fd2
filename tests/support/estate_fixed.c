#include "tests/support/estate_fixed.h"

#include "model/estate_priv.h"

struct estate *estate_fixed(const struct config *c, const char *text, int64_t now)
{
    struct estate *e = estate_new(c, 1, now);
    struct estate_text t = {0};

    estate_text_add(&t, text, now);
    for (size_t i = 0; i < t.n; i++)
        estate_add(e, view_place(snapshot_schema(t.snapshots[i])), snapshot_ref(t.snapshots[i]),
                   NULL);
    estate_text_release(&t);
    e->done = e->total = 1;
    return e;
}

void estate_fixed_collecting(struct estate *e, bool collecting)
{
    e->total = collecting ? 2 : 1;
}
