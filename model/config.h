/*
 * config: the parsed and checked configuration (design.md section 6): sites, endpoints and every
 * effective value with where it came from. Immutable after config_load(); shared by all threads.
 */
#ifndef HYCON_MODEL_CONFIG_H
#define HYCON_MODEL_CONFIG_H

#include "core/err.h"
#include "core/ip.h"
#include "model/kinds.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct config;
struct strbuf;

/* Where a secret comes from; the value itself is read by the engine, once per credential. */
enum secret_source { SECRET_NONE, SECRET_COMMAND, SECRET_ENV, SECRET_FILE, SECRET_PROMPT };

struct secret_spec {
    enum secret_source source;
    const char *arg; /* command line, variable name or absolute path */
};

struct config_endpoint {
    const char *site;
    const char *name;  /* as in the column endpoint: NAME, or NAME/HOST[:PORT] of a host range */
    const char *group; /* NAME as configured: what --endpoint selects */
    enum endpoint_kind kind;
    const char
        *credential;    /* identity of the credential: endpoints with the same one stop together */
    unsigned index;     /* position in the configuration: order on screen */
    const void *values; /* use the getters */
};

struct config_site {
    const char *name, *label; /* label falls back to the name */
    bool production;
    const struct ip *networks; /* on-premises ranges */
    size_t nnetworks;
    const struct config_endpoint *const *endpoints;
    size_t nendpoints;
};

/* Parse and check; every error names file, line and column ("hycon.yaml:12:7: unknown key 'urll'
 * ..."). At most CONFIG_ERRORS_MAX problems are put into @err's message and @all (may be NULL; one
 * per line). Relative paths are relative to the file. */
#define CONFIG_ERRORS_MAX 50
struct config *config_load(const char *path, struct err *err, struct strbuf *all);
/* The same from memory; @name stands for the file in messages. */
/* Hosts that the vCenter of `hosts_from` lists for an endpoint. */
struct config_found {
    const char *site, *endpoint;
    const char *const *hosts;
    size_t n;
};
/* config_load() with one endpoint per host that was found; `exclude` holds for them, too. */
struct config *config_load_found(const char *path, const struct config_found *found, size_t nfound,
                                 struct err *err, struct strbuf *all);
struct config *config_parse(const char *text, size_t len, const char *name, struct err *err,
                            struct strbuf *all);
void config_free(struct config *c);

const char *config_path(const struct config *c);
/* Of local times: what stands at the top of the file, else at its sites (who must agree); NULL: as
 * TZ says. */
const char *config_time_zone(const struct config *c);
size_t config_site_count(const struct config *c);
const struct config_site *config_site(const struct config *c, size_t i);
const struct config_site *config_find_site(const struct config *c, const char *name);
/* Every endpoint of every site, in order. */
size_t config_endpoint_count(const struct config *c);
const struct config_endpoint *config_endpoint(const struct config *c, size_t i);
/* Is @name ("NAME" or "SITE/NAME") this endpoint's? */
bool config_endpoint_has_name(const struct config_endpoint *e, const char *name);
/* Is it within the scope of --site and --endpoint (NULL: any)? A host is named by its group, too.
 */
bool config_endpoint_in_scope(const struct config_endpoint *e, const char *site, const char *name);
const char *config_contact(const struct config *c,
                           const char *field); /* company, name, ...; NULL */

/* Getters by key name; dotted for maps ("tls.ca_file", "assume_role.role_arn"). NULL / false: not
 * set and no default. Shorthands are resolved (url -> urls, vpc -> vpcs, subnet -> subnets), so
 * both names work for both getters. Paths are absolute, tls.sha256 is 64 lower-case digits, `proxy:
 * none` is "". A host of a range has "host" and "port" besides the keys of its endpoint. */
const char *config_str(const struct config_endpoint *e, const char *key);
int64_t config_int(const struct config_endpoint *e, const char *key, int64_t fallback);
size_t config_list(const struct config_endpoint *e, const char *key, const char *const **items);
struct secret_spec config_secret(const struct config_endpoint *e, const char *key);

/* The jump host of @e ("user@host:port"), in parts. false: there is none. */
struct config_jump {
    const char *text; /* as configured */
    char user[128], host[256];
    int port;
};
bool config_jump(const struct config_endpoint *e, struct config_jump *out);

/* Append where the effective value of @key comes from: "FILE:LINE:COLUMN", or "default". */
void config_origin(const struct config_endpoint *e, const char *key, struct strbuf *out);

/* Interval of a table in ms: endpoint, then site, then global, then @fallback. */
int64_t config_interval(const struct config_endpoint *e, const char *table, int64_t fallback);
bool config_table_disabled(const struct config_endpoint *e, const char *table);
/* A threshold of a check: site, then global, then @fallback. Durations in ms, percents as numbers.
 */
double config_threshold(const struct config *c, const char *site, const char *name,
                        double fallback);
/* The same for a check that judges one endpoint: endpoint, then site, then global. */
double config_endpoint_threshold(const struct config_endpoint *e, const char *name,
                                 double fallback);

/* Append every effective value and where it came from (file:line:column or default). Secrets appear
 * as their source, never as a value. */
void config_show(const struct config *c, struct strbuf *out);

#endif
