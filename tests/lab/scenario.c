#include "tests/lab/scenario.h"

#include "core/err.h"
#include "core/fmt.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <yaml.h>

#define FILE_MAX (1 << 20)

struct reader {
    yaml_document_t doc;
    struct lab_scenario *s;
    const char *file;
    struct err *err;
};

static int bad(struct reader *r, const yaml_node_t *n, const char *what, const char *word)
{
    return err_set(r->err, ERR_CONFIG, 0, "%s:%zu:%zu: %s '%s'", r->file, n->start_mark.line + 1,
                   n->start_mark.column + 1, what, word);
}

static const char *scalar(const yaml_node_t *n)
{
    return n && n->type == YAML_SCALAR_NODE ? (const char *)n->data.scalar.value : NULL;
}

/* Calls @each for every key of a mapping. */
static int walk_map(struct reader *r, yaml_node_t *n, void *out,
                    int (*each)(struct reader *, yaml_node_t *, const char *, yaml_node_t *,
                                void *))
{
    if (n->type != YAML_MAPPING_NODE)
        return bad(r, n, "expected a mapping, not", scalar(n) ? scalar(n) : "a list");
    for (yaml_node_pair_t *p = n->data.mapping.pairs.start; p < n->data.mapping.pairs.top; p++) {
        yaml_node_t *key = yaml_document_get_node(&r->doc, p->key);
        yaml_node_t *value = yaml_document_get_node(&r->doc, p->value);

        if (!scalar(key))
            return bad(r, key, "expected a word as", "key");
        if (each(r, key, scalar(key), value, out) < 0)
            return -1;
    }
    return 0;
}

static int walk_list(struct reader *r, yaml_node_t *n, void *out,
                     int (*each)(struct reader *, yaml_node_t *, void *))
{
    if (n->type != YAML_SEQUENCE_NODE)
        return bad(r, n, "expected a list, not", scalar(n) ? scalar(n) : "a mapping");
    for (yaml_node_item_t *i = n->data.sequence.items.start; i < n->data.sequence.items.top; i++)
        if (each(r, yaml_document_get_node(&r->doc, *i), out) < 0)
            return -1;
    return 0;
}

static int add_pair(struct reader *r, yaml_node_t *at, const char *key, yaml_node_t *value,
                    void *out)
{
    struct lab_pairs *p = out;

    (void)at;
    if (!scalar(value))
        return bad(r, value, "expected a word or number as", key);
    if (!p->at)
        p->at = arena_alloc(r->s->arena, LAB_PAIRS_MAX * sizeof(*p->at));
    if (p->n == LAB_PAIRS_MAX)
        return bad(r, value, "too many keys at", key);
    p->at[p->n++] =
        (struct lab_pair){arena_strdup(r->s->arena, key), arena_strdup(r->s->arena, scalar(value))};
    return 0;
}

static int add_action(struct reader *r, yaml_node_t *n, void *out)
{
    struct lab_pairs *p = arena_alloc(r->s->arena, sizeof(*p));

    if (walk_map(r, n, p, add_pair) < 0)
        return -1;
    if (!lab_pairs_get(p, "do"))
        return bad(r, n, "an action needs the key", "do");
    lab_list_add(out, p);
    return 0;
}

static int take_time(struct reader *r, yaml_node_t *value, int64_t *ms)
{
    const char *text = scalar(value);

    if (!text || fmt_parse_duration(text, ms) < 0)
        return bad(r, value, "expected a duration, not", text ? text : "this");
    return 0;
}

static int caption_key(struct reader *r, yaml_node_t *at, const char *key, yaml_node_t *value,
                       void *out)
{
    struct lab_step *step = out;
    const char **where = strcmp(key, "en") == 0   ? &step->caption_en
                         : strcmp(key, "ja") == 0 ? &step->caption_ja
                                                  : NULL;

    if (!where || !scalar(value))
        return bad(r, at, "unknown key", key);
    *where = arena_strdup(r->s->arena, scalar(value));
    return 0;
}

static int step_key(struct reader *r, yaml_node_t *at, const char *key, yaml_node_t *value,
                    void *out)
{
    struct lab_step *step = out;

    if (strcmp(key, "at") == 0)
        return take_time(r, value, &step->at_ms);
    if (strcmp(key, "caption") == 0)
        return walk_map(r, value, step, caption_key);
    if (strcmp(key, "do") == 0)
        return walk_list(r, value, &step->actions, add_action);
    return bad(r, at, "unknown key", key);
}

static int add_step(struct reader *r, yaml_node_t *n, void *out)
{
    struct lab_list *steps = out;
    struct lab_step *step = arena_alloc(r->s->arena, sizeof(*step));

    step->at_ms = -1;
    lab_list_add(steps, step);
    if (walk_map(r, n, step, step_key) < 0)
        return -1;
    if (step->at_ms < 0)
        return bad(r, n, "a step needs the key", "at");
    if (steps->n > 1 && ((struct lab_step *)steps->at[steps->n - 2])->at_ms > step->at_ms)
        return bad(r, n, "steps must be in order of time:", "at");
    if (step->at_ms > r->s->length_ms)
        r->s->length_ms = step->at_ms;
    return 0;
}

static int config_key(struct reader *r, yaml_node_t *at, const char *key, yaml_node_t *value,
                      void *out)
{
    struct lab_scenario *s = out;

    if (strcmp(key, "intervals") == 0)
        return walk_map(r, value, &s->intervals, add_pair);
    if (strcmp(key, "thresholds") == 0)
        return walk_map(r, value, &s->thresholds, add_pair);
    return bad(r, at, "unknown key", key);
}

static int top_key(struct reader *r, yaml_node_t *at, const char *key, yaml_node_t *value,
                   void *out)
{
    struct lab_scenario *s = out;
    int64_t length;

    if (strcmp(key, "name") == 0 && scalar(value)) {
        s->name = arena_strdup(s->arena, scalar(value));
        return 0;
    }
    if (strcmp(key, "about") == 0 && scalar(value)) {
        s->about = arena_strdup(s->arena, scalar(value));
        return 0;
    }
    if (strcmp(key, "estate") == 0)
        return walk_map(r, value, &s->estate, add_pair);
    if (strcmp(key, "config") == 0)
        return walk_map(r, value, s, config_key);
    if (strcmp(key, "start") == 0)
        return walk_list(r, value, &s->start, add_action);
    if (strcmp(key, "steps") == 0)
        return walk_list(r, value, &s->steps, add_step);
    if (strcmp(key, "length") == 0) {
        if (take_time(r, value, &length) < 0)
            return -1;
        s->length_ms = length > s->length_ms ? length : s->length_ms;
        return 0;
    }
    return bad(r, at, "unknown key", key);
}

static int read_document(struct reader *r, yaml_parser_t *parser)
{
    yaml_node_t *root;
    int rc;

    if (!yaml_parser_load(parser, &r->doc))
        return err_set(r->err, ERR_CONFIG, 0, "%s:%zu:%zu: %s", r->file,
                       parser->problem_mark.line + 1, parser->problem_mark.column + 1,
                       parser->problem ? parser->problem : "not YAML");
    root = yaml_document_get_root_node(&r->doc);
    rc = root ? walk_map(r, root, r->s, top_key)
              : err_set(r->err, ERR_CONFIG, 0, "%s:1:1: the file is empty", r->file);
    if (rc == 0 && !r->s->name)
        rc = err_set(r->err, ERR_CONFIG, 0, "%s:1:1: a scenario needs a name", r->file);
    yaml_document_delete(&r->doc);
    return rc;
}

struct lab_scenario *lab_scenario_parse(const char *text, size_t len, const char *file,
                                        struct err *err)
{
    struct lab_scenario *s = mem_alloc(sizeof(*s));
    struct reader r = {.s = s, .file = file, .err = err};
    yaml_parser_t parser;
    int rc;

    s->arena = arena_new(0);
    if (!yaml_parser_initialize(&parser))
        mem_die("lab: no memory for YAML");
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
    rc = read_document(&r, &parser);
    yaml_parser_delete(&parser);
    if (rc == 0)
        return s;
    lab_scenario_free(s);
    return NULL;
}

void lab_scenario_free(struct lab_scenario *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->steps.n; i++)
        free(((struct lab_step *)s->steps.at[i])->actions.at);
    free(s->steps.at);
    free(s->start.at);
    arena_free(s->arena);
    free(s);
}

static struct lab_scenario *load_path(const char *path, struct err *err)
{
    struct strbuf text = STRBUF_INIT;
    struct lab_scenario *s = NULL;
    FILE *f = fopen(path, "re");
    char buf[4096];
    size_t n;

    if (!f) {
        err_set(err, ERR_IO, errno, "unable to open '%s'", path);
        return NULL;
    }
    strbuf_init(&text, FILE_MAX);
    while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
        strbuf_add(&text, buf, n);
    fclose(f);
    if (strbuf_ok(&text))
        s = lab_scenario_parse(text.buf, text.len, path, err);
    else
        err_set(err, ERR_LIMIT, 0, "'%s' is larger than %d bytes", path, FILE_MAX);
    strbuf_release(&text);
    return s;
}

static bool readable(struct strbuf *path, const char *base, size_t len, const char *below,
                     const char *name)
{
    strbuf_reset(path);
    strbuf_addf(path, "%.*s/%s/%s.yaml", (int)len, base, below, name);
    return access(path->buf, R_OK) == 0;
}

/* In a folder above this program (its sources, or where it was installed), or below the prefix. */
static bool find_file(const char *name, struct strbuf *path)
{
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

    while (n > 0) {
        while (--n > 0 && self[n] != '/')
            ;
        if (readable(path, self, (size_t)n, "tests/lab/scenarios", name) ||
            readable(path, self, (size_t)n, "share/hycon/scenarios", name))
            return true;
    }
    return readable(path, HYCON_PREFIX, strlen(HYCON_PREFIX), "share/hycon/scenarios", name);
}

struct lab_scenario *lab_scenario_load(const char *name, struct err *err)
{
    struct strbuf path = STRBUF_INIT;
    struct lab_scenario *s = NULL;

    if (strchr(name, '/') || text_has_suffix(name, ".yaml"))
        return load_path(name, err);
    if (find_file(name, &path))
        s = load_path(path.buf, err);
    else
        err_set(err, ERR_CONFIG, 0, "there is no scenario '%s'", name);
    strbuf_release(&path);
    return s;
}
