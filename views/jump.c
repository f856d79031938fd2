#include "views/jump.h"

#include <string.h>

#include "views/look.h"

void jump_row(struct view_target *out, const char *view, const struct rows_item *row,
              const char *label)
{
    *out = (struct view_target){.view = view, .label = label};
    out->table = snapshot_schema(row->snapshot)->name;
    out->site = snapshot_site(row->snapshot);
    out->endpoint = snapshot_endpoint(row->snapshot);
    out->key = row->row->key;
}

size_t jump_find(const struct view_input *in, struct view_target *out, const char *view,
                 const struct schema *schema, const char *site, unsigned col, const char *text,
                 const char *label)
{
    struct rows_item row;

    if (!look_find(in, schema, site, col, text, &row))
        return 0;
    jump_row(out, view, &row, label);
    return 1;
}

size_t jump_key(const struct view_input *in, struct view_target *out, const char *view,
                const struct schema *schema, const char *site, const char *endpoint,
                const char *key, const char *label)
{
    struct rows_item row = {.row = NULL};

    if (!key || !endpoint)
        return 0;
    row.snapshot = estate_snapshot(in->estate, schema, site, endpoint);
    if (row.snapshot)
        row.row = snapshot_find(row.snapshot, key);
    if (!row.row)
        return 0;
    jump_row(out, view, &row, label);
    return 1;
}

/* Quotes have no escape in that grammar, so the kind that the text does not hold is taken. */
const char *jump_filter(const struct view_input *in, const struct column *col, const char *text)
{
    char quote = strchr(text, '"') ? '\'' : '"';

    if (strchr(text, quote))
        return "";
    return view_printf(in, "%s = %c%s%c", col->name, quote, text, quote);
}

void jump_rows(const struct view_input *in, struct view_target *out, const char *view,
               const struct schema *schema, unsigned col, const char *text, const char *label)
{
    *out = (struct view_target){.view = view, .table = schema->name, .label = label};
    out->filter = jump_filter(in, &schema->columns[col], text);
}

bool jump_any(const struct view_input *in, const struct schema *schema, const char *site,
              unsigned col, const char *text)
{
    struct rows_item row;

    return look_find(in, schema, site, col, text, &row);
}
