#include "views/view.h"

#include <stdarg.h>
#include <string.h>

#include "core/arena.h"
#include "core/fmt.h"
#include "core/i18n.h"
#include "core/strbuf.h"
#include "core/text.h"

#define DAY_MS    INT64_C(86400000)
#define SECOND_MS 1000

const struct view *views_find(const char *name)
{
    for (size_t i = 0; views_all[i]; i++) {
        const struct view *v = views_all[i];
        if (text_equal_nocase(v->name, name))
            return v;
        for (size_t a = 0; v->aliases && v->aliases[a]; a++)
            if (text_equal_nocase(v->aliases[a], name))
                return v;
    }
    return NULL;
}

bool view_exists(const struct view *v, const struct view_input *in)
{
    return !v->exists || (in->estate && v->exists(in));
}

bool view_is_ordered(const struct view_table *t)
{
    return t->order || t->nlevels;
}

bool view_in_scope(const struct view_input *in, const struct rows_item *row)
{
    return !in->site || strcmp(snapshot_site(row->snapshot), in->site) == 0;
}

bool view_has_rows(const struct view_input *in, const struct schema *schema)
{
    struct rows_item item;
    size_t i = 0;

    return view_walk(in, schema, &i, &item);
}

/* *i counts rows over all snapshots, so the walk needs no state of its own. */
bool view_walk(const struct view_input *in, const struct schema *schema, size_t *i,
               struct rows_item *out)
{
    size_t n, before = 0;
    struct snapshot *const *all = estate_table(in->estate, schema, &n);

    for (size_t s = 0; s < n; s++) {
        size_t count = snapshot_count(all[s]);
        out->snapshot = all[s];
        if (*i < before + count) {
            if (view_in_scope(in, out)) {
                out->row = snapshot_row(all[s], *i - before);
                (*i)++;
                return true;
            }
            *i = before + count;
        }
        before += count;
    }
    return false;
}

void view_time(struct strbuf *out, const struct view_input *in, int64_t at)
{
    int64_t gap = in->now > at ? in->now - at : at - in->now;

    if (gap < DAY_MS / 2)
        fmt_time_clock(out, at, in->local);
    else
        fmt_time_full(out, at, in->local);
}

void view_ago(struct strbuf *out, const struct view_input *in, int64_t then)
{
    struct strbuf age = STRBUF_INIT;

    if (then <= 0) {
        strbuf_addstr(out, _("never"));
        return;
    }
    if (then > in->now + SECOND_MS) {
        fmt_age(&age, in->now, then);
        strbuf_addf(out, _("in %s"), age.buf);
    } else {
        fmt_age(&age, then, in->now);
        strbuf_addf(out, _("%s ago"), age.buf);
    }
    strbuf_release(&age);
}

void view_cell(struct strbuf *out, const struct view_input *in, const struct column *col,
               const struct cell *c, unsigned flags)
{
    if (c->type != CELL_TIME)
        cell_format(out, col, c);
    else if (flags & VIEW_AGE && c->u.i <= in->now + SECOND_MS)
        fmt_age(out, c->u.i, in->now);
    else
        view_time(out, in, c->u.i);
}

const char *view_severity_word(enum severity s)
{
    static const char *const words[] = {
        [SEV_NONE] = "",        [SEV_OK] = "ok",         [SEV_UNKNOWN] = "?",
        [SEV_WARNING] = "WARN", [SEV_CRITICAL] = "CRIT",
    };

    return words[s];
}

enum style view_severity_style(enum severity s)
{
    static const enum style styles[] = {
        [SEV_NONE] = STYLE_NORMAL,       [SEV_OK] = STYLE_OK,
        [SEV_UNKNOWN] = STYLE_UNKNOWN,   [SEV_WARNING] = STYLE_WARNING,
        [SEV_CRITICAL] = STYLE_CRITICAL,
    };

    return styles[s];
}

const char *view_freshness_word(enum freshness f)
{
    return f == FRESH_UNSUPPORTED ? "n/a" : freshness_name(f);
}

enum style view_freshness_style(enum freshness f)
{
    switch (f) {
    case FRESH_OK:
        return STYLE_OK;
    case FRESH_FAILED:
    case FRESH_DENIED:
        return STYLE_CRITICAL;
    case FRESH_PARTIAL:
    case FRESH_STALE:
        return STYLE_WARNING;
    case FRESH_NEVER:
    case FRESH_UNSUPPORTED:
        break;
    }
    return STYLE_DIM;
}

bool view_is_dim(enum freshness f)
{
    return f != FRESH_OK && f != FRESH_PARTIAL;
}

char *view_printf(const struct view_input *in, const char *fmt, ...)
{
    struct strbuf sb = STRBUF_INIT;
    char *copy;
    va_list ap;

    va_start(ap, fmt);
    strbuf_vaddf(&sb, fmt, ap);
    va_end(ap);
    copy = arena_strndup(in->arena, sb.buf, sb.len);
    strbuf_release(&sb);
    return copy;
}
