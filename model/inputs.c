#include "model/inputs.h"

#include <string.h>

#include "model/derive/derive.h"
#include "model/tables.h"

#define NAME_MAX_LENGTH 32

/* A list that grows while it is walked. */
struct inputs {
    const struct schema **tables;
    bool joined[VIEW_TABLES_MAX]; /* its derived cells are needed, not only what was collected */
    size_t n;
};

/* Returns true when that is more than was known. */
static bool add(struct inputs *in, const struct schema *table, bool joined)
{
    size_t i = 0;

    while (i < in->n && in->tables[i] != table)
        i++;
    if (i == VIEW_TABLES_MAX || (i < in->n && (in->joined[i] || !joined)))
        return false;
    in->tables[i] = table;
    in->joined[i] = joined;
    in->n += i == in->n;
    return true;
}

static const struct schema *find(const char *name, size_t len)
{
    char text[NAME_MAX_LENGTH];

    if (len >= sizeof(text))
        return NULL;
    memcpy(text, name, len);
    text[len] = '\0';
    return tables_find(text);
}

static bool add_column(struct inputs *in, const struct schema *s, const char *names)
{
    bool more = false;

    while (*names) {
        size_t len = strcspn(names, ",");
        const struct schema *table = find(names, len);
        if (table && add(in, table, derive_sees_joined(s, table)))
            more = true;
        names += len + (names[len] == ',');
    }
    return more;
}

static bool add_columns(struct inputs *in, const struct schema *s)
{
    bool more = false;

    for (unsigned i = 0; i < s->ncolumns; i++) {
        if (s->columns[i].inputs && add_column(in, s, s->columns[i].inputs))
            more = true;
    }
    return more;
}

/* Rows of one manager come once, and joins stay within a manager: with two endpoints that may be
 * the same one, that must be found out. */
static void add_managers(struct inputs *in, const struct config *c)
{
    bool by_manager = false;

    for (size_t i = 0; i < in->n; i++)
        by_manager = by_manager || derive_is_by_manager(in->tables[i]);
    if (!by_manager || !identity_managers_differ(c))
        return;
    for (size_t i = 0; identity_manager_tables[i]; i++)
        (void)add(in, identity_manager_tables[i], false);
}

void inputs_list(const struct config *c, const struct schema *const *wanted, size_t n,
                 const struct schema **out)
{
    struct inputs in = {.tables = out};
    bool more = true;

    for (size_t i = 0; i < n; i++)
        (void)add(&in, wanted[i], true);
    while (more) {
        more = false;
        for (size_t i = 0; i < in.n; i++)
            more = (in.joined[i] && add_columns(&in, out[i])) || more;
    }
    add_managers(&in, c);
    out[in.n] = NULL;
}
