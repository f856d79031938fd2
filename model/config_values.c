/*
 * One reader per type of key: a node of the file in, a value out, or a problem with its place. The
 * table at the end says which is which. Messages name keys and places; they never repeat what
 * stands where a secret belongs.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/file.h"
#include "core/fmt.h"
#include "core/hash.h"
#include "core/mem.h"
#include "core/suggest.h"
#include "core/text.h"
#include "model/config_impl.h"
#include "model/tables.h"

#define ZONES           "/usr/share/zoneinfo"
#define INTERVAL_MIN_MS 100
#define INTERVAL_MAX_MS (INT64_C(24) * 3600 * 1000)
#define NAME_MAX_BYTES  64

struct reading {
    struct config_parse *p;
    struct config_values *to;
    const char *key;     /* canonical, dotted */
    const char *written; /* as written, for messages */
    const struct key_spec *spec;
    const struct yaml_node *node;
};

typedef void read_fn(const struct reading *r);

/* ---- lists of values
 * ----------------------------------------------------------------------------- */

struct config_value *config_values_own(const struct config_values *v, const char *key)
{
    for (size_t i = 0; i < v->n; i++) {
        if (strcmp(v->v[i].key, key) == 0)
            return &v->v[i];
    }
    return NULL;
}

const struct config_value *config_values_find(const struct config_values *v, const char *key)
{
    for (; v; v = v->outer) {
        const struct config_value *found = config_values_own(v, key);
        if (found)
            return found;
    }
    return NULL;
}

struct config_value *config_values_add(struct config_parse *p, struct config_values *v,
                                       const char *key, const struct key_spec *spec,
                                       const struct yaml_node *at)
{
    struct config_value *value;

    v->v = mem_grow(v->v, v->n, &v->cap, sizeof(*v->v));
    value = &v->v[v->n++];
    value->key = arena_strdup(p->arena, key);
    value->spec = spec;
    value->line = at ? at->line : 0;
    value->column = at ? at->column : 0;
    return value;
}

static struct config_value *add(const struct reading *r)
{
    return config_values_add(r->p, r->to, r->key, r->spec, r->node);
}

static void set_items(const struct reading *r, struct config_value *v, const char *const *items,
                      size_t n)
{
    const char **copy = arena_alloc(r->p->arena, (n + 1) * sizeof(*copy));

    for (size_t i = 0; i < n; i++)
        copy[i] = arena_strdup(r->p->arena, items[i]);
    v->items = copy;
    v->nitems = n;
}

static struct config_value *add_text(const struct reading *r, const char *text)
{
    struct config_value *v = add(r);

    set_items(r, v, &text, 1);
    return v;
}

/* ---- text
 * ---------------------------------------------------------------------------------------- */

/* Text that is neither empty nor dirty, or NULL and a problem. */
static const char *clean_text(const struct reading *r, const struct yaml_node *n)
{
    if (n->kind != YAML_TEXT)
        config_problem(r->p, n, "'%s' must be %s, not %s", r->written,
                       kinds_type_name(r->spec->type), yaml_kind_name(n->kind));
    else if (yaml_is_null(n) || !*n->text)
        config_problem(r->p, n, "'%s' must not be empty", r->written);
    else if (!text_is_clean(n->text))
        config_problem(r->p, n, "'%s' has control characters in it", r->written);
    else
        return n->text;
    return NULL;
}

static void read_str(const struct reading *r)
{
    const char *s = clean_text(r, r->node);

    if (s)
        add_text(r, s);
}

static void read_enum(const struct reading *r)
{
    const char *s = clean_text(r, r->node);
    size_t len = s ? strlen(s) : 0;

    if (!s)
        return;
    for (const char *w = r->spec->values; *w; w += strspn(w, " ")) {
        size_t n = strcspn(w, " ");
        if (n == len && strncmp(w, s, n) == 0) {
            add_text(r, s);
            return;
        }
        w += n;
    }
    config_problem(r->p, r->node, "'%s' is '%s', which is none of: %s", r->written, s,
                   r->spec->values);
}

static void read_url(const struct reading *r)
{
    const char *s = clean_text(r, r->node);
    const char *why = s ? config_url_problem(s) : NULL;

    if (why)
        config_problem(r->p, r->node, "'%s' %s", r->written, why);
    else if (s)
        add_text(r, s);
}

static void read_way(const struct reading *r, const char *(*problem)(const char *))
{
    const char *s = clean_text(r, r->node);
    const char *why;

    if (!s)
        return;
    if (strcmp(s, "none") == 0) {
        add_text(r, "");
        return;
    }
    why = problem(s);
    if (why)
        config_problem(r->p, r->node, "'%s' %s", r->written, why);
    else
        add_text(r, s);
}

static void read_proxy(const struct reading *r)
{
    read_way(r, config_proxy_problem);
}

static void read_jump(const struct reading *r)
{
    read_way(r, config_jump_problem);
}

static const char *absolute_path(struct config_parse *p, const char *s)
{
    char *home = s[0] == '~' && s[1] == '/' ? file_home() : NULL;

    if (home) {
        s = arena_printf(p->arena, "%s%s", home, s + 1);
        free(home);
    }
    if (s[0] == '/')
        return s;
    return arena_printf(p->arena, "%s/%s", strcmp(p->c->dir, "/") == 0 ? "" : p->c->dir, s);
}

static void read_path(const struct reading *r)
{
    const char *s = clean_text(r, r->node);

    if (s)
        add_text(r, absolute_path(r->p, s));
}

static void read_sha256(const struct reading *r)
{
    const char *s = clean_text(r, r->node);
    char hex[SHA256_HEX] = "";
    size_t n = 0;

    if (!s)
        return;
    for (; *s && n < SHA256_HEX; s++) {
        if (*s == ':')
            continue;
        if (!isxdigit((unsigned char)*s) || n == SHA256_HEX - 1)
            n = SHA256_HEX;
        else
            hex[n++] = (char)tolower((unsigned char)*s);
    }
    if (n != SHA256_HEX - 1)
        config_problem(r->p, r->node, "'%s' must be the 64 hex digits of a SHA-256", r->written);
    else
        add_text(r, hex);
}

/* ---- numbers
 * --------------------------------------------------------------------------------------- */

static void read_int(const struct reading *r)
{
    const char *s = clean_text(r, r->node);
    int64_t n;

    if (!s)
        return;
    if (text_to_i64(s, 1, 1000000, &n)) {
        config_problem(r->p, r->node, "'%s' must be a number from 1 to 1,000,000, not '%s'",
                       r->written, s);
        return;
    }
    add_text(r, s)->number = n;
}

static int parse_bool(const struct yaml_node *n, bool *out)
{
    static const char *const words[] = {"false", "true", "no", "yes", "off", "on"};

    for (size_t i = 0; i < ARRAY_SIZE(words) && n->plain; i++) {
        if (text_equal_nocase(n->text, words[i])) {
            *out = i % 2 == 1;
            return 0;
        }
    }
    return -1;
}

static void read_bool(const struct reading *r)
{
    const char *s = clean_text(r, r->node);
    bool flag;

    if (!s)
        return;
    if (parse_bool(r->node, &flag))
        config_problem(r->p, r->node, "'%s' must be true or false, not '%s'", r->written, s);
    else
        add_text(r, flag ? "true" : "false")->flag = flag;
}

static void read_duration(const struct reading *r)
{
    const char *s = clean_text(r, r->node);
    int64_t ms;

    if (!s)
        return;
    if (fmt_parse_duration(s, &ms) || ms < INTERVAL_MIN_MS || ms > INTERVAL_MAX_MS) {
        config_problem(r->p, r->node,
                       "'%s' must be a duration from 100ms to 24h such as 30s or 5m, not '%s'",
                       r->written, s);
        return;
    }
    struct config_value *v = add_text(r, s);
    v->number = ms;
    v->real = (double)ms;
}

/* What the C library would take for UTC without a word. TZ's own notation has digits in it. */
static bool is_time_zone(const char *s)
{
    char *path;
    bool known;

    if (strcmp(s, "UTC") == 0 || strcspn(s, "0123456789") < strlen(s))
        return true;
    if (s[0] == '/' || strstr(s, "..") || access(ZONES, R_OK))
        return s[0] != '/' && !strstr(s, "..");
    path = mem_printf("%s/%s", ZONES, s);
    known = access(path, R_OK) == 0;
    free(path);
    return known;
}

static void read_zone(const struct reading *r)
{
    const char *s = clean_text(r, r->node);

    if (s && !is_time_zone(s))
        config_problem(r->p, r->node, "'%s': no time zone '%s' in %s", r->written, s, ZONES);
    else if (s)
        add_text(r, s);
}

/* A threshold: a number, or a percentage with or without its sign. */
static void read_number(const struct reading *r)
{
    const char *s = clean_text(r, r->node);
    double d;

    if (!s)
        return;
    size_t n = strlen(s);
    const char *bare = n > 1 && s[n - 1] == '%' ? arena_strndup(r->p->arena, s, n - 1) : s;
    if (text_to_double(bare, &d) || d < 0) {
        config_problem(r->p, r->node, "'%s' must be a number such as 80 or 80%%, not '%s'",
                       r->written, s);
        return;
    }
    add_text(r, s)->real = d;
}

/* ---- lists
 * ----------------------------------------------------------------------------------------- */

/* What is wrong with an item, or NULL. */
typedef const char *item_fn(const char *item);

static const char *any_item(const char *item)
{
    (void)item;
    return NULL;
}

static const char *cidr_item(const char *item)
{
    struct ip ip;

    return ip_parse(item, &ip) ? "is not a network such as 10.0.0.0/8" : NULL;
}

/* A list of texts, or one text that stands for a list of one. */
static void read_items(const struct reading *r, item_fn *check)
{
    const struct yaml_node *n = r->node, *one = n;
    const struct yaml_node *const *nodes = n->kind == YAML_LIST ? n->items : &one;
    size_t count = n->kind == YAML_LIST ? n->n : 1;
    const char **items = arena_alloc(r->p->arena, (count + 1) * sizeof(*items));

    if (count == 0) {
        config_problem(r->p, n, "'%s' must not be empty", r->written);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const char *s = clean_text(r, nodes[i]);
        const char *why = s ? check(s) : NULL;
        if (why)
            config_problem(r->p, nodes[i], "'%s': '%s' %s", r->written, s, why);
        if (!s || why)
            return;
        items[i] = s;
    }
    set_items(r, add(r), items, count);
}

static void read_list(const struct reading *r)
{
    read_items(r, any_item);
}

static const char *table_item(const char *item)
{
    return tables_find(item) ? NULL : "is no table; 'hycon tables' lists them";
}

static void read_tables(const struct reading *r)
{
    read_items(r, table_item);
}

static void read_cidrs(const struct reading *r)
{
    read_items(r, cidr_item);
}

static void read_urls(const struct reading *r)
{
    read_items(r, config_url_problem);
}

/* ---- secrets
 * --------------------------------------------------------------------------------------- */

static bool is_variable_name(const char *s)
{
    if (isdigit((unsigned char)*s))
        return false;
    for (; *s; s++) {
        if (!isalnum((unsigned char)*s) && *s != '_')
            return false;
    }
    return true;
}

/* The argument of a source. */
static const char *read_source(const struct reading *r, enum secret_source source,
                               const struct yaml_node *n)
{
    bool flag;

    if (n->kind != YAML_TEXT || yaml_is_null(n) || !*n->text || !text_is_clean(n->text)) {
        config_problem(r->p, n, "'%s': the source of a secret must be text", r->written);
        return NULL;
    }
    if (source == SECRET_PROMPT && (parse_bool(n, &flag) || !flag)) {
        config_problem(r->p, n, "'%s': prompt takes true and nothing else", r->written);
        return NULL;
    }
    if (source == SECRET_ENV && !is_variable_name(n->text)) {
        config_problem(r->p, n, "'%s': env takes the name of an environment variable", r->written);
        return NULL;
    }
    return source == SECRET_FILE ? absolute_path(r->p, n->text) : n->text;
}

static void read_secret(const struct reading *r)
{
    static const char *const words[] = {NULL, "command", "env", "file", "prompt"};
    const struct yaml_node *n = r->node;
    unsigned source = 0;

    if (n->kind != YAML_MAP) {
        config_problem(r->p, n,
                       "'%s': a secret is never written here; use {command}, {env}, {file} or "
                       "{prompt: true}",
                       r->written);
        return;
    }
    for (unsigned i = 1; n->n == 1 && i < ARRAY_SIZE(words); i++) {
        if (strcmp(n->pairs[0].key->text, words[i]) == 0)
            source = i;
    }
    if (!source) {
        config_problem(r->p, n,
                       "'%s' must be exactly one of {command: ...}, {env: ...}, {file: ...}, "
                       "{prompt: true}",
                       r->written);
        return;
    }
    const char *arg = read_source(r, (enum secret_source)source, n->pairs[0].value);
    if (arg)
        add(r)->secret =
            (struct secret_spec){(enum secret_source)source, arena_strdup(r->p->arena, arg)};
}

/* ---- mappings
 * -------------------------------------------------------------------------------------- */

static void read_submap(const struct reading *r)
{
    const struct key_spec *tables[] = {r->spec->keys, NULL};
    struct config_values own = {0};

    if (r->node->kind != YAML_MAP) {
        config_problem(r->p, r->node, "'%s' must be a mapping, not %s", r->written,
                       yaml_kind_name(r->node->kind));
        return;
    }
    const char *what = arena_printf(r->p->arena, "'%s'", r->written);
    config_read_map(r->p, &own, tables, r->node, what);
    config_complete_map(r->p, &own, tables, r->node, what);
    for (size_t i = 0; i < own.n; i++) {
        r->to->v = mem_grow(r->to->v, r->to->n, &r->to->cap, sizeof(*r->to->v));
        struct config_value *v = &r->to->v[r->to->n++];
        *v = own.v[i];
        v->key = arena_printf(r->p->arena, "%s.%s", r->key, own.v[i].key);
    }
    free(own.v);
}

static void unknown_table(const struct reading *r, const struct yaml_node *at)
{
    struct suggest s;

    suggest_init(&s, at->text);
    for (unsigned i = 0; i < tables_count; i++)
        suggest_try(&s, tables_all[i]->name);
    if (s.best)
        config_problem(r->p, at, "'%s': no table '%s'; did you mean '%s'?", r->written, at->text,
                       s.best);
    else
        config_problem(r->p, at, "'%s': no table '%s'; 'hycon tables' lists them", r->written,
                       at->text);
}

/* A mapping of tables to durations. */
static void read_durations(const struct reading *r)
{
    static const struct key_spec any = {.name = "interval", .type = KEY_DURATION};

    if (r->node->kind != YAML_MAP) {
        config_problem(r->p, r->node, "'%s' must be a mapping, not %s", r->written,
                       yaml_kind_name(r->node->kind));
        return;
    }
    for (size_t i = 0; i < r->node->n; i++) {
        const struct yaml_pair *pair = &r->node->pairs[i];
        struct reading inner = *r;
        if (!tables_find(pair->key->text)) {
            unknown_table(r, pair->key);
            continue;
        }
        inner.key = inner.written = arena_printf(r->p->arena, "%s.%s", r->key, pair->key->text);
        inner.node = pair->value;
        inner.spec = &any;
        read_duration(&inner);
    }
}

static void read_nothing(const struct reading *r)
{
    (void)r; /* sites, endpoints, credentials: read by config_parse.c */
}

static void read_threshold(const struct reading *r)
{
    if (r->spec->type == KEY_DURATION)
        read_duration(r);
    else
        read_number(r);
}

static void read_value(const struct reading *r)
{
    static read_fn *const readers[] = {
        [KEY_STR] = read_str,           [KEY_INT] = read_int,
        [KEY_BOOL] = read_bool,         [KEY_DURATION] = read_duration,
        [KEY_URL] = read_url,           [KEY_PATH] = read_path,
        [KEY_LIST] = read_list,         [KEY_CIDRS] = read_cidrs,
        [KEY_SECRET] = read_secret,     [KEY_ENUM] = read_enum,
        [KEY_MAP] = read_submap,        [KEY_DURATIONS] = read_durations,
        [KEY_NUMBERS] = NULL,           [KEY_URLS] = read_urls,
        [KEY_JUMP] = read_jump,         [KEY_PROXY] = read_proxy,
        [KEY_SHA256] = read_sha256,     [KEY_TABLES] = read_tables,
        [KEY_ZONE] = read_zone,         [KEY_SITES] = read_nothing,
        [KEY_ENDPOINTS] = read_nothing, [KEY_CREDENTIALS] = read_nothing,
    };

    readers[r->spec->type](r);
}

/* Thresholds: a mapping like any other, but percents are numbers and there are no defaults to add.
 */
static void read_numbers(const struct reading *r)
{
    if (r->node->kind != YAML_MAP) {
        config_problem(r->p, r->node, "'%s' must be a mapping, not %s", r->written,
                       yaml_kind_name(r->node->kind));
        return;
    }
    for (size_t i = 0; i < r->node->n; i++) {
        const struct yaml_pair *pair = &r->node->pairs[i];
        struct reading inner = *r;
        inner.spec = kinds_key(r->spec->keys, pair->key->text);
        if (!inner.spec) {
            struct suggest s;
            suggest_init(&s, pair->key->text);
            for (const struct key_spec *k = r->spec->keys; k->name; k++)
                suggest_try(&s, k->name);
            config_problem(r->p, pair->key, "unknown threshold '%s'%s%s%s", pair->key->text,
                           s.best ? "; did you mean '" : "", s.best ? s.best : "",
                           s.best ? "'?" : "");
            continue;
        }
        inner.key = inner.written = arena_printf(r->p->arena, "%s.%s", r->key, inner.spec->name);
        inner.node = pair->value;
        read_threshold(&inner);
    }
}

/* ---- reading and completing a mapping
 * ---------------------------------------------------------------- */

static const struct key_spec *find_key(const struct key_spec *const *tables, const char *name)
{
    const struct key_spec *found = NULL;

    for (; *tables && !found; tables++)
        found = kinds_key(*tables, name);
    return found;
}

/* Kinds of endpoints that do have the key, for a key that stands in the wrong one. */
static const char *owner_of(const struct config_values *to, const char *name)
{
    for (size_t i = 0; to->kind && kinds_all[i]; i++) {
        if (kinds_key(kinds_all[i]->keys, name))
            return kinds_all[i]->name;
    }
    return NULL;
}

static void unknown_key(struct config_parse *p, const struct config_values *to,
                        const struct key_spec *const *tables, const struct yaml_node *key,
                        const char *what)
{
    const char *owner = owner_of(to, key->text);
    struct suggest s;

    suggest_init(&s, key->text);
    for (; *tables; tables++) {
        for (const struct key_spec *k = *tables; k->name; k++)
            suggest_try(&s, k->name);
    }
    if (owner)
        config_problem(p, key, "unknown key '%s' in %s; it belongs to kind %s", key->text, what,
                       owner);
    else if (s.best)
        config_problem(p, key, "unknown key '%s' in %s; did you mean '%s'?", key->text, what,
                       s.best);
    else
        config_problem(p, key, "unknown key '%s' in %s", key->text, what);
}

/* The shorthand of a list, for messages. */
static const char *shorthand_of(const struct key_spec *const *tables, const char *name)
{
    for (; *tables; tables++) {
        for (const struct key_spec *k = *tables; k->name; k++) {
            if (k->stands_for && strcmp(k->stands_for, name) == 0)
                return k->name;
        }
    }
    return name;
}

void config_read_map(struct config_parse *p, struct config_values *to,
                     const struct key_spec *const *tables, const struct yaml_node *map,
                     const char *what)
{
    for (size_t i = 0; i < map->n; i++) {
        const struct yaml_pair *pair = &map->pairs[i];
        const struct key_spec *spec = find_key(tables, pair->key->text);
        if (!spec) {
            unknown_key(p, to, tables, pair->key, what);
            continue;
        }
        struct reading r = {.p = p,
                            .to = to,
                            .key = spec->stands_for ? spec->stands_for : spec->name,
                            .written = spec->name,
                            .spec = spec,
                            .node = pair->value};
        if (config_values_own(to, r.key))
            config_problem(p, pair->key, "'%s' is one entry of '%s', which is given too; keep one",
                           shorthand_of(tables, r.key), r.key);
        else if (spec->type == KEY_NUMBERS)
            read_numbers(&r);
        else
            read_value(&r);
    }
}

/* Was the key written, even if its value was refused? Then one problem is enough. */
static bool was_written(const struct yaml_node *map, const char *name, const char *shorthand)
{
    return yaml_get(map, name) || yaml_get(map, shorthand);
}

void config_complete_map(struct config_parse *p, struct config_values *to,
                         const struct key_spec *const *tables, const struct yaml_node *map,
                         const char *what)
{
    for (const struct key_spec *const *t = tables; *t; t++) {
        for (const struct key_spec *k = *t; k->name; k++) {
            const char *key = k->stands_for ? k->stands_for : k->name;
            const char *shorthand = shorthand_of(tables, key);
            if (config_values_own(to, key) || was_written(map, key, shorthand))
                continue;
            if (k->required)
                config_problem(p, map, "missing key '%s' in %s", shorthand, what);
            if (!k->fallback)
                continue;
            struct yaml_node text = {.kind = YAML_TEXT, .text = k->fallback, .plain = true};
            struct reading r = {
                .p = p, .to = to, .key = key, .written = k->name, .spec = k, .node = &text};
            read_value(&r);
        }
    }
}

const char *config_name_problem(const char *name)
{
    if (strlen(name) > NAME_MAX_BYTES)
        return "is longer than 64 bytes";
    if (strpbrk(name, " \t/@,:*?'\""))
        return "has one of blank / @ , : * ? ' \" in it";
    return name[0] == '-' || name[0] == '!' ? "must not begin with - or !" : NULL;
}
