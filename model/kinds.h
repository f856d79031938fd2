/*
 * kinds: every kind of endpoint and its configuration keys, once. Parsing, error messages,
 * `hycon config show`, `config init` and hycon.conf(5) follow from these tables (design.md section
 * 6).
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
    KIND_REPLICATION = 32,
    KIND_NSXV = 64,
    KIND_EDGE = 128,
};

/* Reached over SSH: 'hosts' makes one endpoint of each, there is no URL. */
#define KINDS_SSH ((unsigned)(KIND_ESXI | KIND_EDGE))

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
    KEY_MAP,       /* mapping described by its own key table (tls, assume_role, hosts_from) */
    KEY_DURATIONS, /* mapping TABLE: duration (intervals) */
    KEY_NUMBERS,   /* mapping NAME: number, percent or duration (thresholds) */
    KEY_URLS,      /* list of KEY_URL */
    KEY_JUMP,      /* user@host or user@host:port; "none" */
    KEY_PROXY,     /* http://, https:// or socks5h:// and host:port; "none" */
    KEY_SHA256,    /* 64 hex digits; colons and case ignored */
    KEY_TABLES,    /* list of names of tables */
    KEY_ZONE,      /* time zone: Asia/Tokyo, or as in TZ */
    KEY_SITES,     /* list of sites, endpoints: see the tables below */
    KEY_ENDPOINTS,
    KEY_CREDENTIALS, /* mapping NAME: credential */
};

struct key_spec {
    const char *name;
    enum key_type type;
    bool required, secret;
    const char *fallback;        /* default as text; NULL: none */
    const char *values;          /* KEY_ENUM: words separated by blanks */
    const char *meaning;         /* one line */
    const struct key_spec *keys; /* KEY_MAP, KEY_NUMBERS: the names it may have */
    const char *stands_for;      /* shorthand: the list this is one entry of ("url" of "urls") */
};

struct kind_spec {
    enum endpoint_kind kind;
    const char *name;    /* "nsx" */
    const char *product; /* "NSX Manager" */
    const char *meaning;
    const struct key_spec *keys; /* ends with name NULL */
};

extern const struct kind_spec *const kinds_all[]; /* NULL-terminated */
extern const struct key_spec kinds_common_keys[]; /* keys every endpoint takes */
extern const struct key_spec kinds_site_keys[], kinds_global_keys[];
/* Keys that hold for the whole file, a site or an endpoint; the innermost wins. */
extern const struct key_spec kinds_scope_keys[];
extern const struct key_spec kinds_credential_keys[]; /* below credentials.NAME */
/* Every threshold of a check, with its default. KEY_DURATION, or KEY_INT for counts and percents.
 */
extern const struct key_spec kinds_threshold_keys[];

const struct kind_spec *kinds_find(const char *name); /* NULL: no such kind */
const char *kinds_name(enum endpoint_kind kind);
/* The key @name in a table that ends with name NULL, or NULL. */
const struct key_spec *kinds_key(const struct key_spec *keys, const char *name);
/* A key an endpoint of @k takes: its own, a common or a scope key; NULL: none. */
const struct key_spec *kinds_endpoint_key(const struct kind_spec *k, const char *name);
/* "text", "a duration (30s, 10m)": what a value of this type looks like. */
const char *kinds_type_name(enum key_type type);

#endif
