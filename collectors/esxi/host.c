#include "collectors/esxi/host.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/mem.h"
#include "core/strbuf.h"

const char *host_name(const struct config_endpoint *e)
{
    const char *slash = strchr(e->name, '/');

    return slash ? slash + 1 : e->name;
}

void host_note_health(struct run *run, const struct schema *schema, const char *label,
                      const struct parse_health *h)
{
    struct strbuf text = STRBUF_INIT;

    parse_health_tell(h, &text);
    if (text.len)
        builder_note(run_table(run, schema), "%s: %s", label, text.buf);
    strbuf_release(&text);
}

bool host_is_garbage(const struct parse_health *h)
{
    return h->skipped && !h->parsed;
}

enum step host_fail_garbage(struct run *run, const char *label, const struct parse_health *h)
{
    struct strbuf text = STRBUF_INIT;
    enum step step;

    parse_health_tell(h, &text);
    step = run_fail_proto(run, "%s: %s", label, text.buf);
    strbuf_release(&text);
    return step;
}

bool host_fail_listing(struct run *run, const struct parse_health *h, enum step *step)
{
    if (h->parsed)
        return false;
    *step = h->skipped ? host_fail_garbage(run, "summarize-dvfilter", h)
                       : run_fail_proto(run, "summarize-dvfilter printed nothing");
    return true;
}

/* ---- the walk: list the filters ----------------------------------------------------------------
 */

static bool is_wanted(const struct walk *w, const char *filter)
{
    size_t n = strlen(filter);

    for (const char *s = w->scope; s; s = strchr(s, ' ')) {
        s += *s == ' ';
        if (strncmp(s, filter, n) == 0 && (!s[n] || s[n] == ' '))
            return true;
    }
    return !w->scope;
}

static void on_filter(void *arg, const struct dvfilter_entry *e)
{
    struct walk *w = arg;

    if (!e->agent || strcmp(e->agent, FIREWALL_AGENT) != 0 || !is_wanted(w, e->name))
        return;
    w->filters = mem_grow(w->filters, w->n, &w->cap, sizeof(*w->filters));
    w->filters[w->n++] = (struct walk_filter){.filter = arena_strdup(w->arena, e->name),
                                              .vm = arena_strdup(w->arena, e->vm)};
}

void walk_release(void *state)
{
    struct walk *w = state;

    if (w->open)
        w->ops->release(w);
    if (w->listing)
        dvfilter_release(&w->dvfilter);
    arena_free(w->arena);
    free(w->filters);
    memset(w, 0, sizeof(*w));
}

static enum step start(struct run *run, struct walk *w, const struct walk_ops *ops)
{
    walk_release(w);
    w->ops = ops;
    w->arena = arena_new(0);
    w->scope = arena_strdup(w->arena, run->scope);
    w->listing = true;
    dvfilter_init(&w->dvfilter, on_filter, w);
    return esxi_command_send(run, ESXI_DVFILTER, NULL);
}

void walk_count(struct walk *w, const struct parse_health *h)
{
    w->health.lines += h->lines;
    w->health.parsed += h->parsed;
    w->health.skipped += h->skipped;
    w->health.cut += h->cut;
    for (unsigned i = 0; i < h->nfirst && w->health.nfirst < HEALTH_FIRST; i++)
        memcpy(w->health.first[w->health.nfirst++], h->first[i], HEALTH_TEXT);
}

/* ---- the walk: each of them --------------------------------------------------------------------
 */

static enum step finish(struct run *run, struct walk *w)
{
    const struct schema *schema = w->ops->schema;

    if (w->failed && w->failed == w->n)
        return run_fail(run, &w->first);
    if (host_is_garbage(&w->health))
        return host_fail_garbage(run, schema->name, &w->health);
    host_note_health(run, schema, "output", &w->health);
    if (w->scope) {
        run->freshness = FRESH_PARTIAL;
        /* No error: it is what was asked for. */
        err_set(&run->err, ERR_NONE, 0, "only %s was read, as asked", w->scope);
    }
    if (w->failed) {
        run->freshness = FRESH_PARTIAL;
        run->err = w->first;
        err_prefix(&run->err, "%zu of %zu filters were not read", w->failed, w->n);
    } else if (w->incomplete) {
        run->freshness = FRESH_PARTIAL;
        err_set(&run->err, ERR_PROTO, 0, "the output of %zu of %zu filters ends in its middle",
                w->incomplete, w->n);
    } else if (w->list_cut) {
        run->freshness = FRESH_PARTIAL;
        err_set(&run->err, ERR_PROTO, 0, HOST_LIST_CUT);
    }
    return STEP_DONE;
}

static void fail_filter(struct walk *w, const struct err *err)
{
    if (!w->failed++)
        w->first = *err;
}

/* No rules at all would be a fact about the filter; that nothing was said is none. */
static void fail_silent(struct walk *w)
{
    struct err err = {0};

    err_set(&err, ERR_PROTO, 0, "nothing was printed about '%s'", w->filters[w->next].filter);
    fail_filter(w, &err);
}

/* Its output begins with a line that is always understood, unless it is a refusal. */
static void fail_foreign(struct walk *w)
{
    struct err err = {0};

    err_set(&err, ERR_PROTO, 0, "nothing that was printed about '%s' was understood",
            w->filters[w->next].filter);
    fail_filter(w, &err);
}

static bool is_foreign(const struct walk *w, const struct parse_health *before)
{
    return w->ops->headed && w->health.skipped > before->skipped &&
           w->health.parsed == before->parsed;
}

static void close_filter(struct walk *w)
{
    if (w->open)
        w->ops->release(w);
    w->open = false;
    w->next++;
    w->part = 0;
}

/* The next filter, or the end. */
static enum step next(struct run *run, struct walk *w)
{
    for (; w->next < w->n; w->next++) {
        const struct walk_filter *f = &w->filters[w->next];
        struct err err = {0};

        if (esxi_command_takes(w->ops->commands[0], f->filter)) {
            w->open = true;
            w->ops->begin(run, w, f, 0);
            return esxi_command_send(run, w->ops->commands[0], f->filter);
        }
        err_set(&err, ERR_PROTO, 0, "'%s' is no name of a filter: it is not put into a command",
                f->filter);
        fail_filter(w, &err);
    }
    return finish(run, w);
}

static enum step listed(struct run *run, struct walk *w, const struct reply *reply)
{
    struct parse_health h;
    enum step step;

    if (reply->err)
        return run_fail(run, reply->err);
    w->list_cut = !dvfilter_end(&w->dvfilter, true);
    h = w->dvfilter.lines.health;
    dvfilter_release(&w->dvfilter);
    w->listing = false;
    return host_fail_listing(run, &h, &step) ? step : next(run, w);
}

static enum step part_over(struct run *run, struct walk *w, const struct reply *reply)
{
    bool needed = w->part + 1 == w->ops->ncommands, closed;
    struct parse_health before = w->health;

    /* A hanging host would hang for every filter. */
    if (reply->err && (reply->err->kind == ERR_LIMIT || reply->err->kind == ERR_NET))
        return run_fail(run, reply->err);
    closed = w->ops->end(run, w, w->part, !reply->err);
    if (needed && reply->err)
        fail_filter(w, reply->err);
    else if (needed && w->ops->never_silent && w->health.lines == before.lines)
        fail_silent(w);
    else if (needed && is_foreign(w, &before))
        fail_foreign(w);
    else if (needed && !closed)
        w->incomplete++;
    if (!needed) {
        const struct walk_filter *f = &w->filters[w->next];

        w->part++;
        w->ops->begin(run, w, f, w->part);
        return esxi_command_send(run, w->ops->commands[w->part], f->filter);
    }
    close_filter(w);
    return next(run, w);
}

enum step walk_step(struct run *run, struct walk *w, const struct walk_ops *ops,
                    const struct reply *reply)
{
    if (!reply)
        return start(run, w, ops);
    if (reply->more) {
        if (w->listing)
            dvfilter_feed(&w->dvfilter, reply->body, reply->len);
        else
            ops->feed(w, w->part, reply->body, reply->len);
        return STEP_MORE;
    }
    return w->listing ? listed(run, w, reply) : part_over(run, w, reply);
}
