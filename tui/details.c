#include "tui/details.h"

#include <stdlib.h>
#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "model/tables.h"
#include "tui/app.h"
#include "tui/pager.h"

#define INDENT 2

struct subject {
    const struct view_table *table;
    struct row_id id;
};

static void release_subject(void *arg)
{
    struct subject *s = arg;

    row_id_release(&s->id);
    free(s);
}

/* ---- bodies ------------------------------------------------------------------------------------
 */

static void break_line(struct strbuf *out, int depth)
{
    strbuf_addch(out, '\n');
    strbuf_addchars(out, ' ', (size_t)(depth > 0 ? depth : 0) * INDENT);
}

/* A bracket or a comma outside of quotes. Returns the bytes of @s that were written. */
static size_t json_mark(struct strbuf *out, const char *s, int *depth)
{
    bool empty = (s[0] == '{' && s[1] == '}') || (s[0] == '[' && s[1] == ']');

    if (*s == '}' || *s == ']')
        break_line(out, --*depth);
    strbuf_add(out, s, empty ? 2 : 1);
    if (empty)
        return 2;
    if (*s == '{' || *s == '[')
        break_line(out, ++*depth);
    else if (*s == ',')
        break_line(out, *depth);
    return 1;
}

static void pretty_json(struct strbuf *out, const char *s)
{
    bool quoted = false;
    int depth = 0;

    while (*s) {
        if (!quoted && strchr("{}[],", *s)) {
            s += json_mark(out, s, &depth);
            continue;
        }
        quoted = quoted != (*s == '"');
        strbuf_addch(out, *s);
        if (quoted && *s == '\\' && s[1])
            strbuf_addch(out, *++s);
        s++;
    }
}

static void pretty_xml(struct strbuf *out, const char *s)
{
    int depth = 0;

    for (; *s; s++) {
        strbuf_addch(out, *s);
        if (*s == '<' && s[1] != '/' && s[1] != '?' && s[1] != '!')
            depth++;
        else if (*s == '<' && s[1] == '/')
            depth--;
        else if (*s == '/' && s[1] == '>')
            depth--;
        if (*s == '>' && s[1] == '<')
            break_line(out, depth - (s[2] == '/'));
    }
}

void details_pretty(struct strbuf *out, const char *body)
{
    size_t blank = strspn(body, " \t\r\n");

    if (strchr(body + blank, '\n'))
        strbuf_addstr(out, body); /* whoever wrote it has broken it already */
    else if (body[blank] == '{' || body[blank] == '[')
        pretty_json(out, body + blank);
    else if (body[blank] == '<')
        pretty_xml(out, body + blank);
    else
        strbuf_addstr(out, body);
}

/* ---- values ------------------------------------------------------------------------------------
 */

static const char *unit_name(enum unit u)
{
    static const char *const names[] = {
        [UNIT_NONE] = "",    [UNIT_MS] = "",         [UNIT_S] = "",
        [UNIT_PERCENT] = "", [UNIT_BYTES] = "bytes", [UNIT_PER_MIN] = "per minute",
        [UNIT_COUNT] = "",
    };

    return names[u];
}

static void add_value(struct strbuf *out, const struct view_input *in, const struct column *col,
                      const struct cell *c)
{
    if (col->flags & COL_SECRET) {
        strbuf_addstr(out, _("(not shown)"));
        return;
    }
    view_cell(out, in, col, c, 0);
    if (c->type == CELL_TIME) {
        strbuf_addstr(out, " (");
        view_ago(out, in, c->u.i);
        strbuf_addch(out, ')');
    } else if (c->type == CELL_BYTES) {
        strbuf_addf(out, " (%lld bytes)", (long long)c->u.i);
    } else if (c->type != CELL_ABSENT && *unit_name(col->unit)) {
        strbuf_addf(out, " %s", unit_name(col->unit));
    }
}

static void add_column(struct pager *p, const struct view_input *in, const struct schema *s,
                       const struct rows_item *row, unsigned i)
{
    const struct column *col = &s->columns[i];
    const struct cell *c = row_shown(s, row->row, i);
    struct strbuf text = STRBUF_INIT;
    enum severity severity = cell_severity(col, c);
    int64_t changed = estate_changed_at(in->estate, row->snapshot, row->row, i);

    add_value(&text, in, col, c);
    if (col->flags & COL_DERIVED && col->inputs)
        strbuf_addf(&text, _("   [derived from %s]"), col->inputs);
    if (changed > 0) {
        strbuf_addstr(&text, _("   [changed "));
        view_ago(&text, in, changed);
        strbuf_addch(&text, ']');
    }
    pager_pair(p, col->name,
               c->type == CELL_ABSENT ? STYLE_DIM
               : severity != SEV_NONE ? view_severity_style(severity)
                                      : STYLE_NORMAL,
               text.buf);
    strbuf_release(&text);
}

/* ---- sources -----------------------------------------------------------------------------------
 */

static void add_source(struct pager *p, const struct view_input *in, const char *name,
                       const struct snapshot *s)
{
    struct strbuf text = STRBUF_INIT;
    const struct err *err = snapshot_err(s);
    enum freshness f = snapshot_freshness(s);

    strbuf_addf(&text, "%s/%s  %s  ", snapshot_site(s), snapshot_endpoint(s),
                view_freshness_word(f));
    view_ago(&text, in, snapshot_taken_at(s));
    if (err->msg[0])
        strbuf_addf(&text, "  %s", err->msg);
    if (*snapshot_note(s))
        strbuf_addf(&text, "  %s", snapshot_note(s));
    if (snapshot_duplicates(s))
        strbuf_addf(&text,
                    Q_(snapshot_duplicates(s), "  %u row came twice", "  %u rows came twice"),
                    snapshot_duplicates(s));
    pager_pair(p, name,
               view_freshness_style(f) == STYLE_OK ? STYLE_NORMAL : view_freshness_style(f),
               text.buf);
    strbuf_release(&text);
}

static bool names_table(const char *inputs, const char *name)
{
    size_t n = strlen(name);

    for (const char *p = inputs; (p = strstr(p, name)); p += n)
        if ((p == inputs || p[-1] == ',' || p[-1] == ' ') && (!p[n] || p[n] == ',' || p[n] == ' '))
            return true;
    return false;
}

static bool is_input(const struct schema *s, const struct schema *table)
{
    for (unsigned i = 0; i < s->ncolumns; i++)
        if (s->columns[i].flags & COL_DERIVED && s->columns[i].inputs &&
            names_table(s->columns[i].inputs, table->name))
            return true;
    return false;
}

/* The tables that the derived values were joined from, with their own ages. */
static void add_inputs(struct pager *p, const struct view_input *in, const struct schema *s,
                       const char *site)
{
    for (unsigned t = 0; t < tables_count; t++) {
        size_t n;
        struct snapshot *const *all = estate_table(in->estate, tables_all[t], &n);
        for (size_t i = 0; is_input(s, tables_all[t]) && i < n; i++)
            if (strcmp(snapshot_site(all[i]), site) == 0)
                add_source(p, in, tables_all[t]->name, all[i]);
    }
}

static void add_raw(struct pager *p, struct app *a, const struct view_input *in,
                    const struct rows_item *row, const struct schema *s)
{
    const struct tui_host *h = a->o->host;
    char *request = NULL, *body = NULL;
    struct strbuf pretty = STRBUF_INIT;
    int64_t at = 0;

    pager_add(p, STYLE_NORMAL, "");
    if (!h->raw_reply ||
        !h->raw_reply(h->arg, snapshot_site(row->snapshot), snapshot_endpoint(row->snapshot),
                      s->name, &request, &body, &at)) {
        pager_add(p, STYLE_TITLE, _("raw reply"));
        pager_add(p, STYLE_DIM, _("none is kept for this table"));
        return;
    }
    view_ago(&pretty, in, at);
    pager_addf(p, STYLE_TITLE, _("raw reply, %s: %s"), pretty.buf, request ? request : "");
    strbuf_reset(&pretty);
    details_pretty(&pretty, body ? body : "");
    pager_add(p, STYLE_NORMAL, pretty.buf);
    strbuf_release(&pretty);
    free(request);
    free(body);
}

/* ---- the pane ----------------------------------------------------------------------------------
 */

static bool find_row(const struct subject *s, const struct view_input *in, struct rows_item *out,
                     struct snapshot **built)
{
    *built = s->table->build ? s->table->build(in) : NULL;
    out->snapshot =
        *built ? *built : estate_snapshot(in->estate, s->table->schema, s->id.site, s->id.endpoint);
    out->row = out->snapshot ? snapshot_find(out->snapshot, s->id.key) : NULL;
    return out->row != NULL;
}

static void fill_row(struct pager *p, struct app *a, const struct view_input *in,
                     const struct subject *s, const struct rows_item *row)
{
    const struct schema *schema = s->table->schema;
    struct strbuf text = STRBUF_INIT;

    if (s->table->details) {
        s->table->details(&text, in, row);
        pager_add(p, STYLE_NORMAL, text.buf);
        pager_add(p, STYLE_NORMAL, "");
    }
    for (unsigned i = 0; i < schema_public(schema); i++)
        if (!(schema->columns[i].flags & COL_RAW))
            add_column(p, in, schema, row, i);
    for (unsigned i = 0; i < schema_public(schema); i++)
        if (schema->columns[i].flags & COL_RAW)
            add_column(p, in, schema, row, i);
    strbuf_release(&text);
    if (s->table->build)
        return;
    pager_add(p, STYLE_NORMAL, "");
    pager_add(p, STYLE_TITLE, _("sources"));
    add_source(p, in, schema->name, row->snapshot);
    add_inputs(p, in, schema, s->id.site);
    add_raw(p, a, in, row, schema);
}

static void fill(struct pager *p, struct app *a, void *arg)
{
    const struct subject *s = arg;
    struct view_input in = app_input(a);
    struct rows_item row = {0};
    struct snapshot *built;

    if (!in.estate)
        return;
    if (find_row(s, &in, &row, &built))
        fill_row(p, a, &in, s, &row);
    else
        pager_add(p, STYLE_WARNING, _("This row is not there any more."));
    snapshot_unref(built);
}

void details_open(struct app *a)
{
    struct grid *g = app_grid(a);
    const struct rows_item *row = g ? grid_current(g) : NULL;
    struct strbuf title = STRBUF_INIT;
    struct subject *s;
    struct pager *p;

    if (!row) {
        app_say(a, STYLE_NORMAL, _("There is no row to show."));
        return;
    }
    grid_touch(g);
    s = mem_alloc(sizeof(*s));
    s->table = g->table;
    row_id_set(&s->id, snapshot_site(row->snapshot), snapshot_endpoint(row->snapshot),
               row->row->key);
    strbuf_addf(&title, "%s  ", g->table->schema->name);
    for (const char *k = row->row->key; *k; k++)
        strbuf_addch(&title, *k == ROW_KEY_SEPARATOR ? ' ' : *k);
    p = pager_new(title.buf);
    pager_on_refresh(p, fill, release_subject, s);
    pager_open(a, p);
    strbuf_release(&title);
}
