/*
 * How a table is written down: an array of columns, indexed by the enum of model/tables.h, and
 * TABLE(), which checks that none is missing and ties it to its name.
 *
 *   COL   a column that a collector fills       WORD   one whose cells are words of a list
 *   DER   a column that model/derive fills      DERW   both
 *
 * @inputs of a derived column: the tables it is joined from besides its own, comma separated, or
 * NULL. What an input is joined from need not be named: model/inputs.h finds it where it matters.
 */
#ifndef HYCON_MODEL_TABLES_PRIV_H
#define HYCON_MODEL_TABLES_PRIV_H

#include "model/tables.h"

#define COL(id, name_, type_, unit_, flags_, meaning_) \
    [id] = {.name = name_,                             \
            .type = CELL_##type_,                      \
            .unit = UNIT_##unit_,                      \
            .flags = flags_,                           \
            .meaning = meaning_}
#define WORD(id, name_, words, flags_, meaning_) \
    [id] = {                                     \
        .name = name_, .type = CELL_STATE, .flags = flags_, .meaning = meaning_, .states = words}
#define DER(id, name_, type_, unit_, flags_, inputs_, meaning_) \
    [id] = {.name = name_,                                      \
            .type = CELL_##type_,                               \
            .unit = UNIT_##unit_,                               \
            .flags = COL_DERIVED | (flags_),                    \
            .meaning = meaning_,                                \
            .inputs = inputs_}
#define DERW(id, name_, words, flags_, inputs_, meaning_) \
    [id] = {.name = name_,                                \
            .type = CELL_STATE,                           \
            .flags = COL_DERIVED | (flags_),              \
            .meaning = meaning_,                          \
            .states = words,                              \
            .inputs = inputs_}

/* How an edge is; what it is for a gateway or a bridge; what it does when it has recovered: words
 * of NSX Manager (tables_network.c) and of the edges themselves (tables_edges.c). */
extern const struct state_word tables_updown_words[], tables_role_words[], tables_failover_words[];

/* The two that every table begins with. */
#define COMMON(P, endpoint_flags)                                               \
    COL(P##_SITE, "site", STR, NONE, 0, "site, as named in the configuration"), \
        COL(P##_ENDPOINT, "endpoint", STR, NONE, endpoint_flags,                \
            "endpoint that reported the row, as named in the configuration")

/* On tables that two endpoints may both serve. */
#define VIA(P)                                      \
    DER(P##_VIA, "via", LIST, NONE, COL_WIDE, NULL, \
        "every endpoint that reported the row, when more than one can")

#define TABLE(name_, P, meaning_)                                                 \
    _Static_assert(sizeof(name_##_columns) / sizeof(name_##_columns[0]) == P##_N, \
                   "columns of " #name_);                                         \
    const struct schema table_##name_ = {                                         \
        .name = #name_, .meaning = meaning_, .columns = name_##_columns, .ncolumns = P##_N}

#endif
