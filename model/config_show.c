/*
 * One line per effective value: "SUBJECT.KEY = VALUE  (ORIGIN)". What holds for the whole file or a
 * site is shown there once, and again at each endpoint it reaches, because that is where it takes
 * effect.
 */
#include <string.h>

#include "core/strbuf.h"
#include "model/config_impl.h"

static void show_secret(const struct secret_spec *s, struct strbuf *out)
{
    static const char *const words[] = {"", "command", "env", "file", "prompt"};

    strbuf_addf(out, "{%s: %s}", words[s->source], s->source == SECRET_PROMPT ? "true" : s->arg);
}

static void show_value(const struct config_value *v, struct strbuf *out)
{
    bool list =
        v->spec->type == KEY_LIST || v->spec->type == KEY_CIDRS || v->spec->type == KEY_TABLES;

    if (v->secret.source != SECRET_NONE) {
        show_secret(&v->secret, out);
        return;
    }
    if (list || v->nitems > 1)
        strbuf_addch(out, '[');
    for (size_t i = 0; i < v->nitems; i++) {
        if (i)
            strbuf_addstr(out, ", ");
        strbuf_addstr(out, v->items[i]);
    }
    if (list || v->nitems > 1)
        strbuf_addch(out, ']');
    if ((v->spec->type == KEY_PROXY || v->spec->type == KEY_JUMP) && v->nitems && !*v->items[0])
        strbuf_addstr(out, "none");
}

static void show_line(const struct config_values *in, const char *subject,
                      const struct config_value *v, struct strbuf *out)
{
    strbuf_addf(out, "%s%s%s = ", subject, *subject ? "." : "", v->key);
    show_value(v, out);
    if (v->line)
        strbuf_addf(out, "  (%s:%u:%u)\n", in->config->path, v->line, v->column);
    else
        strbuf_addstr(out, "  (default)\n");
}

static void show_values(const struct config_values *in, const char *subject, struct strbuf *out)
{
    for (size_t i = 0; i < in->n; i++) {
        if (strcmp(in->v[i].key, "name") != 0)
            show_line(in, subject, &in->v[i], out);
    }
}

/* Is @v of an outer list what the endpoint sees? Only keys for any scope reach inwards. */
static bool reaches(const struct config_values *inner, const struct config_values *outer,
                    const struct config_value *v)
{
    size_t top = strcspn(v->key, ".");
    bool scope = false;

    for (const struct key_spec *k = kinds_scope_keys; k->name && !scope; k++)
        scope = strlen(k->name) == top && strncmp(k->name, v->key, top) == 0;
    if (!outer->kind && !scope)
        return false;
    for (; inner != outer; inner = inner->outer) {
        /* Lists of disabled tables add up; of anything else the innermost wins. */
        if (strcmp(v->key, "disable") != 0 && config_values_own(inner, v->key))
            return false;
    }
    return true;
}

static void show_endpoint(const struct config_endpoint *e, struct strbuf *out)
{
    const struct config_values *own = e->values;
    struct strbuf subject = STRBUF_INIT;

    strbuf_addf(&subject, "%s/%s", e->site, e->name);
    strbuf_addch(out, '\n');
    show_values(own, subject.buf, out);
    for (const struct config_values *outer = own->outer; outer; outer = outer->outer) {
        for (size_t i = 0; i < outer->n; i++) {
            if (strcmp(outer->v[i].key, "name") != 0 && reaches(own, outer, &outer->v[i]))
                show_line(outer, subject.buf, &outer->v[i], out);
        }
    }
    strbuf_addf(out, "%s uses the credential '%s'\n", subject.buf, e->credential);
    strbuf_release(&subject);
}

/* Thresholds that nobody set, as the checks use them. */
static void show_thresholds(const struct config *c, struct strbuf *out)
{
    for (const struct key_spec *k = kinds_threshold_keys; k->name; k++) {
        struct strbuf key = STRBUF_INIT;
        strbuf_addf(&key, "thresholds.%s", k->name);
        if (!config_values_own(&c->global, key.buf) && k->fallback)
            strbuf_addf(out, "%s = %s  (default)\n", key.buf, k->fallback);
        strbuf_release(&key);
    }
}

void config_show(const struct config *c, struct strbuf *out)
{
    show_values(&c->global, "", out);
    show_thresholds(c, out);
    for (size_t i = 0; i < c->nsites; i++) {
        const struct config_site *site = c->sites[i];
        strbuf_addf(out, "\n%s.name = %s\n", site->name, site->name);
        show_values(c->site_values[i], site->name, out);
        for (size_t j = 0; j < site->nendpoints; j++)
            show_endpoint(site->endpoints[j], out);
    }
}
