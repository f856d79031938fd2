#include "cli/pick.h"

#include <string.h>

#include "collectors/registry.h"
#include "core/arena.h"
#include "core/suggest.h"
#include "model/inputs.h"
#include "model/tables.h"

const struct schema *pick_table(const char *verb, const char *name)
{
    const struct schema *s = tables_find(name);
    struct suggest near;

    if (s)
        return s;
    suggest_init(&near, name);
    for (unsigned i = 0; i < tables_count; i++)
        suggest_try(&near, tables_all[i]->name);
    if (near.best)
        cli_usage(verb, "no table '%s'; did you mean '%s'?", name, near.best);
    else
        cli_usage(verb, "no table '%s'; 'hycon tables' lists them", name);
    return NULL;
}

/* The next comma-separated word, in @arena; NULL at the end. */
static const char *next_word(struct arena *arena, const char **list)
{
    size_t n = strcspn(*list, ",");
    const char *word;

    if (!**list)
        return NULL;
    word = arena_strndup(arena, *list, n);
    *list += n + ((*list)[n] == ',');
    return word;
}

static bool contains(const struct schema *const *list, size_t n, const struct schema *s)
{
    for (size_t i = 0; i < n; i++) {
        if (list[i] == s)
            return true;
    }
    return false;
}

int pick_tables(const char *verb, const char *names, const struct schema **out, size_t *n)
{
    struct arena *arena = arena_new(0);
    const char *word;
    int rc = 0;

    *n = 0;
    while (!rc && (word = next_word(arena, &names))) {
        const struct schema *s = pick_table(verb, word);
        if (!s)
            rc = CLI_USAGE;
        else if (!contains(out, *n, s) && *n < PICK_TABLES_MAX)
            out[(*n)++] = s;
    }
    if (!rc && *n == 0)
        rc = cli_usage(verb, "no table is named");
    arena_free(arena);
    return rc;
}

static void unknown_column(const char *verb, const struct schema *s, const char *name)
{
    struct suggest near;

    suggest_init(&near, name);
    for (unsigned i = 0; i < schema_public(s); i++)
        suggest_try(&near, s->columns[i].name);
    if (near.best)
        cli_usage(verb, "no column '%s' in table '%s'; did you mean '%s'?", name, s->name,
                  near.best);
    else
        cli_usage(verb, "no column '%s' in table '%s'; 'hycon tables %s' lists them", name, s->name,
                  s->name);
}

int pick_column(const char *verb, const struct schema *s, const char *name)
{
    int col = schema_column(s, name);

    if (col >= 0 && !(s->columns[col].flags & COL_SECRET))
        return col;
    unknown_column(verb, s, name);
    return -1;
}

int pick_columns(const char *verb, const struct schema *s, const char *names, int *out, unsigned *n)
{
    struct arena *arena = arena_new(0);
    const char *word;
    int rc = 0;

    *n = 0;
    while (!rc && (word = next_word(arena, &names))) {
        int col = pick_column(verb, s, word);
        if (col < 0)
            rc = CLI_USAGE;
        else if (*n == schema_public(s))
            rc = cli_usage(verb, "more fields than table '%s' has columns", s->name);
        else
            out[(*n)++] = col;
    }
    if (!rc && *n == 0)
        rc = cli_usage(verb, "no field is named");
    arena_free(arena);
    return rc;
}

/* Tables that hycon makes itself from whatever it reads. */
static bool is_own_table(const struct schema *s)
{
    return s == &table_endpoints || s == &table_findings || s == &table_timeline ||
           s == &table_lost_flows;
}

bool pick_is_served(const struct cli_options *o, const struct config *c, const struct schema *s)
{
    for (size_t i = 0; i < config_endpoint_count(c); i++) {
        const struct config_endpoint *e = config_endpoint(c, i);
        size_t at = 0;
        if (!cli_endpoint_matches(o, e))
            continue;
        if (is_own_table(s) ||
            (registry_next(e->kind, s, &at) && !config_table_disabled(e, s->name)))
            return true;
    }
    return false;
}

bool pick_inputs(const struct config *c, const struct schema *const *wanted, size_t n,
                 const struct schema **out)
{
    for (size_t i = 0; i < n; i++) {
        if (is_own_table(wanted[i]))
            return false;
    }
    inputs_list(c, wanted, n, out);
    return true;
}
