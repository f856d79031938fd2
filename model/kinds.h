/*
 * kinds: every kind of endpoint and its configuration keys, once. Parsing, error messages,
 * `hycon config show`, `config init` and hycon.conf(5) follow from these tables (design.md section 6).
 */
#ifndef HYCON_MODEL_KINDS_H
#define HYCON_MODEL_KINDS_H

#include <stdbool.h>
#include <stdint.h>

enum endpoint_kind {
    KIND_VCENTER = 1,
    KIND_NSX = 2,
    KIND_VMC = 4,
    KIND_AWS = 8,
    KIND_ESXI = 16,
};

enum key_type {
    KEY_STR,
    KEY_INT,
    KEY_BOOL,
    KEY_DURATION, /* text with unit, or seconds */
    KEY_URL,      /* https://, or http:// to loopback */
    KEY_PATH,     /* relative to the configuration file; ~ expanded */
    KEY_LIST,     /* list of strings; one string is a list of one */
    KEY_CIDRS,    /* list of CIDR blocks */
    KEY_SECRET,   /* {command|env|file|prompt} */
    KEY_ENUM,
    KEY_MAP,      /* mapping described by its own key table (tls, assume_role, hosts_from) */
    KEY_DURATIONS, /* mapping NAME: duration (intervals) */
    KEY_NUMBERS,  /* mapping NAME: number, percent or duration (thresholds) */
};

struct key_spec {
    const char *name;
    enum key_type type;
    bool required, secret;
    const char *fallback; /* default as text; NULL: none */
    const char *values;   /* KEY_ENUM: words separated by blanks */
    const char *meaning;  /* one line */
    const struct key_spec *keys; /* KEY_MAP */
};

struct kind_spec {
    enum endpoint_kind kind;
    const char *name;    /* "nsx" */
    const char *product; /* "NSX Manager" */
    const char *meaning;
    const struct key_spec *keys; /* ends with name NULL */
};

extern const struct kind_spec *const kinds_all[]; /* NULL-terminated */
extern const struct key_spec kinds_common_keys[];  /* keys every endpoint takes */
extern const struct key_spec kinds_site_keys[], kinds_global_keys[];

const struct kind_spec *kinds_find(const char *name);
const char *kinds_name(enum endpoint_kind kind);

#endif
