#include "cli/scope.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "model/config.h"
#include "model/tables.h"

bool scope_is_made(const struct schema *s)
{
    return s == &table_findings || s == &table_timeline || s == &table_lost_flows;
}

static bool endpoint_is_left(const struct config *c, const struct cli_options *o, const char *site,
                             const char *endpoint)
{
    for (size_t i = 0; i < config_endpoint_count(c); i++) {
        const struct config_endpoint *e = config_endpoint(c, i);
        if (strcmp(e->site, site) == 0 && strcmp(e->name, endpoint) == 0)
            return cli_endpoint_matches(o, e);
    }
    return !o->endpoint && (!o->site || strcmp(o->site, site) == 0);
}

bool scope_has(const struct snapshot *s, const struct config *c, const struct cli_options *o)
{
    return endpoint_is_left(c, o, snapshot_site(s), snapshot_endpoint(s));
}

/* ---- rows --------------------------------------------------------------------------------------
 */

static bool row_is_left(const struct rows_item *item, int via, const struct config *c,
                        const struct cli_options *o)
{
    const struct cell_list *list = via >= 0 ? row_list(item->row, (unsigned)via) : NULL;

    if (scope_has(item->snapshot, c, o))
        return true;
    for (size_t i = 0; list && i < list->n; i++) {
        if (endpoint_is_left(c, o, snapshot_site(item->snapshot), list->items[i]))
            return true;
    }
    return false;
}

/* The estate keeps the snapshots of rows whose source is not left. */
static void drop_others(struct rows *rows, const struct config *c, const struct cli_options *o)
{
    int via = schema_column(rows->schema, "via");
    size_t n = 0;

    for (size_t i = 0; i < rows->n; i++) {
        if (row_is_left(&rows->items[i], via, c, o))
            rows->items[n++] = rows->items[i];
    }
    rows->n = n;
    n = 0;
    for (size_t i = 0; i < rows->nsources; i++) {
        if (scope_has(rows->sources[i], c, o))
            rows->sources[n++] = rows->sources[i];
        else
            snapshot_unref((struct snapshot *)(uintptr_t)rows->sources[i]);
    }
    rows->nsources = n;
}

static void add_endpoints(struct rows *rows, const struct estate *e, const struct cli_options *o)
{
    size_t n;
    struct snapshot *const *from = estate_table(e, &table_endpoints, &n);
    const struct snapshot **all = mem_array(rows->nsources + n + 1, sizeof(*all));

    memcpy(all, rows->sources, rows->nsources * sizeof(*all));
    free(rows->sources);
    rows->sources = all;
    for (size_t i = 0; i < n; i++) {
        if (scope_has(from[i], estate_config(e), o))
            all[rows->nsources++] = snapshot_ref(from[i]);
    }
}

void scope_rows(struct rows *rows, const struct estate *e, const struct schema *s,
                const struct cli_options *o, struct filter *filter, int sort_col, bool reverse)
{
    size_t n;
    struct snapshot *const *from = estate_table(e, s, &n);

    rows_init(rows, s, from, n, filter, sort_col, reverse);
    if (o->site || o->endpoint)
        drop_others(rows, estate_config(e), o);
    if (scope_is_made(s))
        add_endpoints(rows, e, o);
}

/* ---- sources that are not ok -------------------------------------------------------------------
 */

unsigned scope_report(const struct estate *e, const struct schema *s, const struct cli_options *o)
{
    size_t n;
    struct snapshot *const *all = estate_table(e, s, &n);
    unsigned bad = 0;

    for (size_t i = 0; i < n; i++) {
        enum freshness f = snapshot_freshness(all[i]);
        const struct err *err = snapshot_err(all[i]);
        if (f == FRESH_OK || f == FRESH_UNSUPPORTED || !scope_has(all[i], estate_config(e), o))
            continue;
        bad++;
        cli_say("%s of '%s/%s' is %s%s%s", s->name, snapshot_site(all[i]),
                snapshot_endpoint(all[i]), freshness_name(f), err->msg[0] ? ": " : "", err->msg);
    }
    return bad;
}

void scope_explain_empty(const struct estate *e, const struct schema *s,
                         const struct cli_options *o)
{
    size_t n;
    struct snapshot *const *all = estate_table(e, s, &n);

    for (size_t i = 0; i < n; i++) {
        if (snapshot_count(all[i]) && scope_has(all[i], estate_config(e), o))
            return;
    }
    for (size_t i = 0; i < n; i++) {
        const struct err *err = snapshot_err(all[i]);
        if (snapshot_freshness(all[i]) == FRESH_UNSUPPORTED && err->msg[0] &&
            scope_has(all[i], estate_config(e), o))
            cli_say("%s of '%s/%s' is not available: %s", s->name, snapshot_site(all[i]),
                    snapshot_endpoint(all[i]), err->msg);
    }
}
