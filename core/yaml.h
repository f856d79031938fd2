/*
 * yaml: a YAML file as a tree of nodes, each with the line and column it stands at, so that whoever
 * reads the tree can say where a mistake is. Built on libyaml's document API.
 *
 * Only what a configuration needs is accepted: one document of text, lists and mappings. Refused,
 * with the place: aliases (a bomb is an alias of aliases), tags other than the plain ones, keys
 * that are not text, duplicate keys, NUL characters, and anything beyond the limits below.
 */
#ifndef HYCON_CORE_YAML_H
#define HYCON_CORE_YAML_H

#include "core/err.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;

#define YAML_BYTES_MAX (4u << 20)
#define YAML_DEPTH_MAX 32
#define YAML_NODES_MAX 200000

enum yaml_kind { YAML_TEXT, YAML_LIST, YAML_MAP };

struct yaml_pair {
    const struct yaml_node *key; /* always YAML_TEXT */
    const struct yaml_node *value;
};

struct yaml_node {
    enum yaml_kind kind;
    unsigned line, column; /* from 1; columns count characters */
    const char *text;      /* YAML_TEXT, else NULL */
    bool plain; /* YAML_TEXT: written without quotes, so `true` is a bool and `~` is null */
    const struct yaml_node *const *items; /* YAML_LIST */
    const struct yaml_pair *pairs;        /* YAML_MAP, in the order of the file */
    size_t n;                             /* items or pairs */
};

/* Parse @len bytes of UTF-8. The tree lives in @arena. NULL and ERR_CONFIG with "NAME:LINE:COLUMN:
 * ..." when it is not acceptable; an empty document is an error too. */
const struct yaml_node *yaml_read(struct arena *arena, const char *text, size_t len,
                                  const char *name, struct err *err);

/* The value of @key in mapping @map, or NULL (also when @map is no mapping). */
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);
bool yaml_is_null(const struct yaml_node *n);    /* nothing, `~` or `null`, without quotes */
const char *yaml_kind_name(enum yaml_kind kind); /* "text", "a list", "a mapping" */

#endif
