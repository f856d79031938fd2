/* How an estate is put together (model.c) before anybody else sees it. */
#ifndef HYCON_MODEL_ESTATE_PRIV_H
#define HYCON_MODEL_ESTATE_PRIV_H

#include "model/changes.h"
#include "model/estate.h"
#include "model/view.h"

#include <stdatomic.h>

struct estate_slot {
    struct snapshot *before; /* at the reading before; NULL: not there */
    struct changes *changes;
};

struct estate_table {
    struct snapshot **at;
    struct estate_slot *slots; /* beside at */
    size_t n, cap, slots_cap;
};

struct estate {
    atomic_uint refs;
    uint64_t generation;
    int64_t now;
    const struct config *config;
    struct estate_table tables[VIEW_TABLES_MAX];
    unsigned done, total; /* first polls */
};

struct estate *estate_new(const struct config *c, uint64_t generation, int64_t now);
/* Takes over the reference to @s. @last: the previous estate, for what the rows were. */
void estate_add(struct estate *e, unsigned place, struct snapshot *s, const struct estate *last);

#endif
