#include "model/view.h"

#include "core/mem.h"

#include <stdlib.h>
#include <string.h>

unsigned view_place(const struct schema *schema)
{
    for (unsigned i = 0; i < tables_count; i++) {
        if (tables_all[i] == schema)
            return i;
    }
    return VIEW_TABLES_MAX;
}

const struct view_set *view_table(const struct view *v, const struct schema *schema)
{
    static const struct view_set none;
    unsigned place = view_place(schema);

    return place < VIEW_TABLES_MAX ? &v->sets[place] : &none;
}

void view_set_add(struct view_set *set, const struct snapshot *s)
{
    set->at = mem_grow(set->at, set->n, &set->cap, sizeof(*set->at));
    set->at[set->n++] = s;
}

void view_release(struct view *v)
{
    for (unsigned i = 0; i < VIEW_TABLES_MAX; i++)
        free(v->sets[i].at);
    memset(v->sets, 0, sizeof(v->sets));
}

bool view_is_good(const struct snapshot *s)
{
    enum freshness f = snapshot_freshness(s);

    return f == FRESH_OK || f == FRESH_PARTIAL;
}

enum view_state view_state(const struct view *v, const struct schema *schema)
{
    const struct view_set *set = view_table(v, schema);
    size_t read = 0, missing = 0;

    for (size_t i = 0; i < set->n; i++) {
        enum freshness f = snapshot_freshness(set->at[i]);
        if (f == FRESH_UNSUPPORTED)
            continue;
        read += f == FRESH_OK || f == FRESH_PARTIAL;
        missing += f != FRESH_OK;
    }
    if (!read)
        return missing ? VIEW_BAD : VIEW_NONE;
    return missing ? VIEW_PART : VIEW_GOOD;
}

bool view_was_read(const struct view *v, const struct schema *schema)
{
    enum view_state state = view_state(v, schema);

    return state == VIEW_GOOD || state == VIEW_PART;
}

const struct row *view_next(const struct view *v, const struct schema *schema,
                            struct view_cursor *at)
{
    const struct view_set *set = at->set ? at->set : view_table(v, schema);

    if (at->row < at->count)
        return snapshot_row(at->snapshot, at->row++);
    at->set = set;
    at->count = 0;
    for (; at->source < set->n; at->source++, at->row = 0) {
        const struct snapshot *s = set->at[at->source];
        if (!view_is_good(s) || at->row >= snapshot_count(s))
            continue;
        at->snapshot = s;
        at->count = snapshot_count(s);
        return snapshot_row(s, at->row++);
    }
    return NULL;
}

const struct row *view_find(const struct view *v, const struct schema *schema, const char *key)
{
    const struct view_set *set = view_table(v, schema);
    const struct row *r = NULL;

    for (size_t i = 0; key && !r && i < set->n; i++) {
        if (view_is_good(set->at[i]))
            r = snapshot_find(set->at[i], key);
    }
    return r;
}

bool view_same_text(const char *a, const char *b)
{
    /* Rows of one page share much of their text. */
    return a && b && *a && (a == b || strcmp(a, b) == 0);
}

bool view_list_has(const struct cell_list *list, const char *item)
{
    for (size_t i = 0; list && item && i < list->n; i++) {
        if (strcmp(list->items[i], item) == 0)
            return true;
    }
    return false;
}
