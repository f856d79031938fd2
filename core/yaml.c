/*
 * libyaml resolves an alias to the node it names, so a node that is reached twice was an alias.
 * Refusing the second visit keeps the tree a tree, and its size bounded by the file's.
 */
#include "core/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "core/arena.h"
#include "core/map.h"
#include "core/mem.h"

struct reader {
    struct arena *arena;
    const char *name;
    struct err *err;
    yaml_document_t doc;
    const char *text;
    size_t len;
    bool *seen; /* by libyaml's node number */
    size_t count;
};

static const struct yaml_node *read_node(struct reader *r, int number, unsigned depth);

static int fail_at(struct reader *r, const yaml_mark_t *m, const char *what)
{
    return err_set(r->err, ERR_CONFIG, 0, "%s:%zu:%zu: %s", r->name, m->line + 1, m->column + 1,
                   what);
}

const char *yaml_kind_name(enum yaml_kind kind)
{
    static const char *const names[] = {"text", "a list", "a mapping"};

    return names[kind];
}

bool yaml_is_null(const struct yaml_node *n)
{
    return n->kind == YAML_TEXT && n->plain &&
           (!*n->text || strcmp(n->text, "~") == 0 || strcmp(n->text, "null") == 0);
}

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
    if (!map || map->kind != YAML_MAP)
        return NULL;
    for (size_t i = 0; i < map->n; i++) {
        if (strcmp(map->pairs[i].key->text, key) == 0)
            return map->pairs[i].value;
    }
    return NULL;
}

static bool tag_is_known(const yaml_node_t *n)
{
    static const char *const words[] = {"str", "seq", "map", "int", "bool", "float", "null"};
    static const char prefix[] = "tag:yaml.org,2002:";
    const char *tag = (const char *)n->tag;

    if (!tag)
        return true;
    if (strncmp(tag, prefix, sizeof(prefix) - 1) != 0)
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (strcmp(tag + sizeof(prefix) - 1, words[i]) == 0)
            return true;
    }
    return false;
}

static int read_text(struct reader *r, const yaml_node_t *from, struct yaml_node *to)
{
    const char *s = (const char *)from->data.scalar.value;

    if (strlen(s) != from->data.scalar.length)
        return fail_at(r, &from->start_mark, "a NUL character is not allowed here");
    to->text = arena_strdup(r->arena, s);
    to->plain = from->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    return 0;
}

static int read_list(struct reader *r, const yaml_node_t *from, struct yaml_node *to,
                     unsigned depth)
{
    const yaml_node_item_t *first = from->data.sequence.items.start;

    to->n = (size_t)(from->data.sequence.items.top - first);
    const struct yaml_node **items = arena_alloc(r->arena, (to->n + 1) * sizeof(*items));
    to->items = items;
    for (size_t i = 0; i < to->n; i++) {
        items[i] = read_node(r, first[i], depth + 1);
        if (!items[i])
            return -1;
    }
    return 0;
}

/* The key of a pair; refuses what is not text and what was there before (@keys). */
static const struct yaml_node *read_key(struct reader *r, int number, struct map *keys,
                                        unsigned depth)
{
    const yaml_node_t *raw = yaml_document_get_node(&r->doc, number);
    const struct yaml_node *before;

    if (raw->type != YAML_SCALAR_NODE) {
        fail_at(r, &raw->start_mark, "a key must be text");
        return NULL;
    }
    const struct yaml_node *key = read_node(r, number, depth + 1);
    if (!key)
        return NULL;
    before = map_put(keys, key->text, (void *)key);
    if (before) {
        err_set(r->err, ERR_CONFIG, 0, "%s:%u:%u: duplicate key '%s', first in line %u", r->name,
                key->line, key->column, key->text, before->line);
        return NULL;
    }
    return key;
}

static int read_map(struct reader *r, const yaml_node_t *from, struct yaml_node *to, unsigned depth)
{
    const yaml_node_pair_t *first = from->data.mapping.pairs.start;
    struct map *keys = map_new();
    int rc = 0;

    to->n = (size_t)(from->data.mapping.pairs.top - first);
    struct yaml_pair *pairs = arena_alloc(r->arena, (to->n + 1) * sizeof(*pairs));
    to->pairs = pairs;
    for (size_t i = 0; i < to->n && !rc; i++) {
        pairs[i].key = read_key(r, first[i].key, keys, depth);
        if (pairs[i].key)
            pairs[i].value = read_node(r, first[i].value, depth + 1);
        if (!pairs[i].value)
            rc = -1;
    }
    map_free(keys, NULL);
    return rc;
}

static const char *refusal(const struct reader *r, const yaml_node_t *n, bool seen, unsigned depth)
{
    if (seen)
        return "an alias of this value is used; aliases are not supported";
    if (!tag_is_known(n))
        return "a tag (!name) is not supported";
    if (depth > YAML_DEPTH_MAX)
        return "nested deeper than the limit of 32 levels";
    if (r->count > YAML_NODES_MAX)
        return "more than the limit of 200,000 values";
    return NULL;
}

static const struct yaml_node *read_node(struct reader *r, int number, unsigned depth)
{
    const yaml_node_t *from = yaml_document_get_node(&r->doc, number);
    struct yaml_node *to;
    const char *why;
    int rc;

    r->count++;
    why = refusal(r, from, r->seen[number], depth);
    if (why) {
        fail_at(r, &from->start_mark, why);
        return NULL;
    }
    r->seen[number] = true;
    to = arena_alloc(r->arena, sizeof(*to));
    to->line = (unsigned)from->start_mark.line + 1;
    to->column = (unsigned)from->start_mark.column + 1;
    if (from->type == YAML_SCALAR_NODE) {
        to->kind = YAML_TEXT;
        rc = read_text(r, from, to);
    } else if (from->type == YAML_SEQUENCE_NODE) {
        to->kind = YAML_LIST;
        rc = read_list(r, from, to, depth);
    } else {
        to->kind = YAML_MAP;
        rc = read_map(r, from, to, depth);
    }
    return rc ? NULL : to;
}

static const struct yaml_node *read_document(struct reader *r)
{
    const yaml_node_t *root = yaml_document_get_root_node(&r->doc);
    size_t nodes = (size_t)(r->doc.nodes.top - r->doc.nodes.start);
    const struct yaml_node *tree;

    if (!root) {
        err_set(r->err, ERR_CONFIG, 0, "%s:1:1: the file is empty", r->name);
        return NULL;
    }
    r->seen = mem_array(nodes + 1, sizeof(*r->seen));
    tree = read_node(r, 1, 1);
    free(r->seen);
    return tree;
}

/* Where byte @offset of the text is; columns are characters, as libyaml counts them. The reader's
 * own mark is where its buffer begins. */
static yaml_mark_t mark_of_byte(const struct reader *r, size_t offset)
{
    yaml_mark_t m = {0};

    for (size_t i = 0; i < offset && i < r->len; i++) {
        if (r->text[i] == '\n') {
            m.line++;
            m.column = 0;
        } else if (((unsigned char)r->text[i] & 0xc0) != 0x80) {
            m.column++;
        }
    }
    return m;
}

static void syntax_error(struct reader *r, const yaml_parser_t *p)
{
    const char *why = p->problem ? p->problem : "not readable as YAML";
    yaml_mark_t m = p->problem_mark;

    if (p->error == YAML_READER_ERROR)
        m = mark_of_byte(r, p->problem_offset);
    err_set(r->err, ERR_CONFIG, 0, "%s:%zu:%zu: %s%s%s", r->name, m.line + 1, m.column + 1, why,
            p->context ? " " : "", p->context ? p->context : "");
}

/* There must be nothing behind the first document. */
static int check_end(struct reader *r, yaml_parser_t *p)
{
    yaml_document_t more;
    int rc = 0;

    if (!yaml_parser_load(p, &more)) {
        syntax_error(r, p);
        return -1;
    }
    if (yaml_document_get_root_node(&more))
        rc = fail_at(r, &more.start_mark, "a second document is not supported");
    yaml_document_delete(&more);
    return rc;
}

const struct yaml_node *yaml_read(struct arena *arena, const char *text, size_t len,
                                  const char *name, struct err *err)
{
    struct reader r = {.arena = arena, .name = name, .text = text, .len = len, .err = err};
    const struct yaml_node *tree = NULL;
    yaml_parser_t p;

    if (len > YAML_BYTES_MAX) {
        err_set(err, ERR_LIMIT, 0, "%s:1:1: larger than the limit of 4 MiB", name);
        return NULL;
    }
    if (!yaml_parser_initialize(&p))
        mem_die("out of memory: yaml parser");
    yaml_parser_set_input_string(&p, (const unsigned char *)text, len);
    yaml_parser_set_encoding(&p, YAML_UTF8_ENCODING);
    if (!yaml_parser_load(&p, &r.doc)) {
        syntax_error(&r, &p);
    } else {
        tree = read_document(&r);
        if (tree && check_end(&r, &p))
            tree = NULL;
        yaml_document_delete(&r.doc);
    }
    yaml_parser_delete(&p);
    return tree;
}
