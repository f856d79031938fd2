/* plain: a view over one table that is no tab: opened by name, by Enter or by `r`. Its columns are
 * written beside it as NAME_columns. */
#ifndef HYCON_VIEWS_PLAIN_H
#define HYCON_VIEWS_PLAIN_H

#include "core/mem.h"
#include "views/view.h"

/* What a table has besides its columns is given as further initialisers of struct view_table. */
#define PLAIN_VIEW_WITH(NAME, WORD, TITLE, ABOUT, SCHEMA, ...)                     \
    static const struct view_table NAME##_table = {                                \
        .schema = &SCHEMA,                                                         \
        .columns = NAME##_columns,                                                 \
        .ncolumns = ARRAY_SIZE(NAME##_columns),                                    \
        __VA_ARGS__,                                                               \
    };                                                                             \
    static const struct view_table *const NAME##_tables[] = {&NAME##_table, NULL}; \
    static const struct schema *const NAME##_focus[] = {&SCHEMA, NULL};            \
    const struct view view_##NAME = {.name = WORD,                                 \
                                     .title = TITLE,                               \
                                     .hidden = true,                               \
                                     .about = ABOUT,                               \
                                     .focus = NAME##_focus,                        \
                                     .tables = NAME##_tables}

#define PLAIN_VIEW(NAME, WORD, TITLE, ABOUT, SCHEMA) \
    PLAIN_VIEW_WITH(NAME, WORD, TITLE, ABOUT, SCHEMA, .sort = -1)

#endif
