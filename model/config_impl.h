/*
 * config_impl: what the parts of config share. Every mapping of the file becomes a flat list of
 * values with dotted keys ("tls.ca_file") in the order they were read, each with its place; a value
 * that was not written is added from the key tables with line 0. Lists of values are chained from
 * the inside out (host of a range -> endpoint -> site -> file), so "the innermost wins" is a walk
 * along the chain.
 */
#ifndef HYCON_MODEL_CONFIG_IMPL_H
#define HYCON_MODEL_CONFIG_IMPL_H

#include "core/arena.h"
#include "core/yaml.h"
#include "model/config.h"

/* Hosts one endpoint's ranges may expand to. */
#define CONFIG_HOSTS_MAX 4096

struct map;

struct config_value {
    const char *key; /* canonical: "urls", never "url" */
    const struct key_spec *spec;
    unsigned line, column;    /* 0: the default of the key table */
    const char *const *items; /* text as the getters return it; one item but for lists */
    size_t nitems;
    int64_t number; /* KEY_INT; durations in ms */
    double real;    /* KEY_NUMBERS */
    bool flag;
    struct secret_spec secret;
};

struct config_values {
    struct config_value *v;
    size_t n, cap;
    const struct config_values *outer;
    const struct kind_spec *kind; /* of an endpoint's values; NULL elsewhere */
    const struct config *config;
    struct config_values *next; /* config->all, to free v */
};

struct config {
    struct arena *arena;
    const char *path, *dir; /* dir is absolute */
    struct config_values global;
    struct config_values *all; /* every list but global */
    struct config_site **sites;
    struct config_values **site_values; /* by index of the site */
    size_t nsites;
    const struct config_endpoint **endpoints;
    size_t nendpoints;
};

struct config_problem {
    unsigned line, column;
    const char *text;
};

struct config_parse {
    struct config *c;
    struct arena *arena; /* = c->arena */
    struct config_problem *problems;
    size_t nproblems, problems_cap;
    struct map *credentials; /* name -> struct config_values */
    const struct config_found *found;
    size_t nfound;
};

/* config_parse.c */
void config_problem(struct config_parse *p, const struct yaml_node *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void config_read_file(struct config_parse *p, const struct yaml_node *root);

/* config_values.c */
/* The value of @key in @v itself, without the chain; NULL: none. */
struct config_value *config_values_own(const struct config_values *v, const char *key);
/* ... along the chain. */
const struct config_value *config_values_find(const struct config_values *v, const char *key);
/* A new value at @at's place (NULL: a default). */
struct config_value *config_values_add(struct config_parse *p, struct config_values *v,
                                       const char *key, const struct key_spec *spec,
                                       const struct yaml_node *at);
/* Read every pair of mapping @map into @to by the @tables (NULL-terminated list of key tables).
 * @what names the mapping in messages ("endpoint 'vc'"). */
void config_read_map(struct config_parse *p, struct config_values *to,
                     const struct key_spec *const *tables, const struct yaml_node *map,
                     const char *what);
/* Complain about required keys that are not there; then add the defaults of the others. */
void config_complete_map(struct config_parse *p, struct config_values *to,
                         const struct key_spec *const *tables, const struct yaml_node *map,
                         const char *what);
/* A name of a site, endpoint or credential: what is wrong with it, or NULL. */
const char *config_name_problem(const char *name);

/* config_url.c: what is wrong with a URL, or NULL. */
const char *config_url_problem(const char *url);
const char *config_proxy_problem(const char *url);
const char *config_jump_problem(const char *jump);

/* config_hosts.c: expand "esx-[01-16].example:22" and append the hosts to @out ("HOST" or
 * "HOST:PORT" as written). NULL, or what is wrong. */
struct config_hosts {
    const char **names;
    size_t n, cap; /* names is malloced by config_hosts_expand; the caller frees it */
};
const char *config_hosts_expand(struct arena *arena, const char *pattern, struct config_hosts *out);
/* Split "HOST[:PORT]" or "[V6]:PORT". NULL, or what is wrong. *port is 22 when not given. */
const char *config_host_split(struct arena *arena, const char *text, const char **host,
                              int64_t *port);

/* config_credential.c: the identity of an endpoint's credential (see config.h). */
const char *config_credential_identity(struct config_parse *p, const struct config_values *v,
                                       const char *site, const char *name);

#endif
