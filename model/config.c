#include "model/config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/map.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "model/config_impl.h"

/* ---- loading
 * --------------------------------------------------------------------------------------- */

static const char *directory_of(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    char cwd[PATH_MAX];

    if (slash == path)
        return "/";
    if (path[0] == '/')
        return arena_strndup(arena, path, (size_t)(slash - path));
    if (!getcwd(cwd, sizeof(cwd)))
        return ".";
    if (!slash)
        return arena_strdup(arena, cwd);
    return arena_printf(arena, "%s/%.*s", cwd, (int)(slash - path), path);
}

static int compare_problems(const void *a, const void *b)
{
    const struct config_problem *x = a, *y = b;

    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return (x->column > y->column) - (x->column < y->column);
}

/* All problems to @all, the first one and their number to @err. */
static void report(struct config_parse *p, struct err *err, struct strbuf *all)
{
    const struct config_problem *first = p->problems;
    size_t n = p->nproblems;

    qsort(p->problems, n, sizeof(*p->problems), compare_problems);
    for (size_t i = 0; all && i < n && i < CONFIG_ERRORS_MAX; i++)
        strbuf_addf(all, "%s:%u:%u: %s\n", p->c->path, p->problems[i].line, p->problems[i].column,
                    p->problems[i].text);
    if (all && n > CONFIG_ERRORS_MAX)
        strbuf_addf(all, "%s: %zu more problems are not shown\n", p->c->path,
                    n - CONFIG_ERRORS_MAX);
    if (n == 1)
        err_set(err, ERR_CONFIG, 0, "%s:%u:%u: %s", p->c->path, first->line, first->column,
                first->text);
    else
        err_set(err, ERR_CONFIG, 0, "%s:%u:%u: %s (and %zu more problem%s)", p->c->path,
                first->line, first->column, first->text, n - 1, n == 2 ? "" : "s");
}

static struct config *config_new(const char *name)
{
    struct arena *arena = arena_new(0);
    struct config *c = arena_alloc(arena, sizeof(*c));

    c->arena = arena;
    c->path = arena_strdup(arena, name);
    c->dir = directory_of(arena, name);
    c->global.config = c;
    return c;
}

static struct config *parse(const char *text, size_t len, const char *name,
                            const struct config_found *found, size_t nfound, struct err *err,
                            struct strbuf *all)
{
    struct config *c = config_new(name);
    struct config_parse p = {
        .c = c, .arena = c->arena, .credentials = map_new(), .found = found, .nfound = nfound};
    struct err why = {0};
    const struct yaml_node *root = yaml_read(c->arena, text, len, name, &why);

    if (root)
        config_read_file(&p, root);
    if (p.nproblems)
        report(&p, err, all);
    if (!root) {
        if (all)
            strbuf_addf(all, "%s\n", why.msg);
        if (err)
            *err = why;
    }
    if (!root || p.nproblems) {
        config_free(c);
        c = NULL;
    }
    map_free(p.credentials, NULL);
    free(p.problems);
    return c;
}

struct config *config_parse(const char *text, size_t len, const char *name, struct err *err,
                            struct strbuf *all)
{
    return parse(text, len, name, NULL, 0, err, all);
}

static int read_file(int fd, struct strbuf *text)
{
    char buf[65536];
    ssize_t n;

    while ((n = read(fd, buf, sizeof(buf))) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        strbuf_add(text, buf, (size_t)n);
        if (text->len > YAML_BYTES_MAX)
            break; /* yaml_read() says so */
    }
    return 0;
}

struct config *config_load(const char *path, struct err *err, struct strbuf *all)
{
    return config_load_found(path, NULL, 0, err, all);
}

struct config *config_load_found(const char *path, const struct config_found *found, size_t nfound,
                                 struct err *err, struct strbuf *all)
{
    struct strbuf text = STRBUF_INIT;
    struct config *c = NULL;
    char why[128];
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || read_file(fd, &text)) {
        int code = errno;
        err_set(err, ERR_CONFIG, code, "unable to read configuration '%s': %s", path,
                strerror_r(code, why, sizeof(why)));
        if (all && err)
            strbuf_addf(all, "%s\n", err->msg);
    } else {
        c = parse(text.buf, text.len, path, found, nfound, err, all);
    }
    if (fd >= 0)
        close(fd);
    strbuf_release(&text);
    return c;
}

void config_free(struct config *c)
{
    if (!c)
        return;
    for (struct config_values *v = c->all; v; v = v->next)
        free(v->v);
    free(c->global.v);
    arena_free(c->arena);
}

/* ---- what there is
 * --------------------------------------------------------------------------------- */

const char *config_path(const struct config *c)
{
    return c->path;
}

size_t config_site_count(const struct config *c)
{
    return c->nsites;
}

const struct config_site *config_site(const struct config *c, size_t i)
{
    return i < c->nsites ? c->sites[i] : NULL;
}

static size_t site_index(const struct config *c, const char *name)
{
    size_t i = 0;

    while (i < c->nsites && (!name || strcmp(c->sites[i]->name, name) != 0))
        i++;
    return i;
}

const struct config_site *config_find_site(const struct config *c, const char *name)
{
    return config_site(c, site_index(c, name));
}

size_t config_endpoint_count(const struct config *c)
{
    return c->nendpoints;
}

const struct config_endpoint *config_endpoint(const struct config *c, size_t i)
{
    return i < c->nendpoints ? c->endpoints[i] : NULL;
}

/* What follows "SITE/" in @name; NULL: it does not begin so. */
static const char *behind_site(const struct config_endpoint *e, const char *name)
{
    size_t n = strlen(e->site);

    return strncmp(name, e->site, n) == 0 && name[n] == '/' ? name + n + 1 : NULL;
}

bool config_endpoint_has_name(const struct config_endpoint *e, const char *name)
{
    const char *rest = behind_site(e, name);

    return strcmp(name, e->name) == 0 || (rest && strcmp(rest, e->name) == 0);
}

bool config_endpoint_in_scope(const struct config_endpoint *e, const char *site, const char *name)
{
    const char *rest = name ? behind_site(e, name) : NULL;

    if (site && strcmp(site, e->site) != 0)
        return false;
    if (!name || config_endpoint_has_name(e, name))
        return true;
    return strcmp(name, e->group) == 0 || (rest && strcmp(rest, e->group) == 0);
}

const char *config_contact(const struct config *c, const char *field)
{
    const struct config_value *v = NULL;

    for (size_t i = 0; i < c->global.n && !v; i++) {
        const char *key = c->global.v[i].key;
        if (strncmp(key, "contact.", 8) == 0 && strcmp(key + 8, field) == 0)
            v = &c->global.v[i];
    }
    return v ? v->items[0] : NULL;
}

/* ---- getters
 * --------------------------------------------------------------------------------------- */

/* The canonical form of a getter's key ("url" -> "urls"). */
static const char *canonical_key(const struct config_values *v, const char *key)
{
    const struct key_spec *spec = v->kind ? kinds_endpoint_key(v->kind, key) : NULL;

    return spec && spec->stands_for ? spec->stands_for : key;
}

static const struct config_value *find(const struct config_endpoint *e, const char *key)
{
    const struct config_values *v = e->values;

    return config_values_find(v, canonical_key(v, key));
}

const char *config_str(const struct config_endpoint *e, const char *key)
{
    const struct config_value *v = find(e, key);

    return v && v->nitems ? v->items[0] : NULL;
}

int64_t config_int(const struct config_endpoint *e, const char *key, int64_t fallback)
{
    const struct config_value *v = find(e, key);

    return v ? v->number : fallback;
}

size_t config_list(const struct config_endpoint *e, const char *key, const char *const **items)
{
    const struct config_value *v = find(e, key);

    *items = v ? v->items : NULL;
    return v ? v->nitems : 0;
}

struct secret_spec config_secret(const struct config_endpoint *e, const char *key)
{
    const struct config_value *v = find(e, key);

    return v ? v->secret : (struct secret_spec){SECRET_NONE, NULL};
}

void config_origin(const struct config_endpoint *e, const char *key, struct strbuf *out)
{
    const struct config_values *values = e->values;
    const struct config_value *v = find(e, key);

    if (v && v->line)
        strbuf_addf(out, "%s:%u:%u", values->config->path, v->line, v->column);
    else
        strbuf_addstr(out, "default");
}

/* "PREFIX.NAME" along a chain. */
static const struct config_value *find_named(const struct config_values *v, const char *prefix,
                                             const char *name)
{
    size_t n = strlen(prefix);

    for (; v; v = v->outer) {
        for (size_t i = 0; i < v->n; i++) {
            const char *key = v->v[i].key;
            if (strncmp(key, prefix, n) == 0 && strcmp(key + n, name) == 0)
                return &v->v[i];
        }
    }
    return NULL;
}

const char *config_time_zone(const struct config *c)
{
    const struct config_value *v = config_values_own(&c->global, "time_zone");

    if (!v && c->nsites) /* all sites say the same, or it was refused */
        v = config_values_own(c->site_values[0], "time_zone");
    return v && v->nitems ? v->items[0] : NULL;
}

int64_t config_interval(const struct config_endpoint *e, const char *table, int64_t fallback)
{
    const struct config_value *v = find_named(e->values, "intervals.", table);

    return v ? v->number : fallback;
}

bool config_table_disabled(const struct config_endpoint *e, const char *table)
{
    for (const struct config_values *v = e->values; v; v = v->outer) {
        const struct config_value *list = config_values_own(v, "disable");
        for (size_t i = 0; list && i < list->nitems; i++) {
            if (strcmp(list->items[i], table) == 0)
                return true;
        }
    }
    return false;
}

double config_threshold(const struct config *c, const char *site, const char *name, double fallback)
{
    size_t i = site_index(c, site);
    const struct config_values *from = i < c->nsites ? c->site_values[i] : &c->global;
    const struct config_value *v = find_named(from, "thresholds.", name);

    return v ? v->real : fallback;
}

double config_endpoint_threshold(const struct config_endpoint *e, const char *name, double fallback)
{
    const struct config_value *v = find_named(e->values, "thresholds.", name);

    return v ? v->real : fallback;
}
