#include "views/findings_target.h"

#include <string.h>

#include "core/arena.h"
#include "core/filter.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "model/tables.h"
#include "views/domains.h"
#include "views/findings.h"
#include "views/look.h"
#include "views/route_tables.h"

/* "rtb-1 (custom-app)" is rtb-1 for machines. */
static const char *bare(const struct view_input *in, const char *label)
{
    const char *people = strstr(label, " (");

    return people ? arena_strndup(in->arena, label, (size_t)(people - label)) : label;
}

/* ---- rows that a text names ---------------------------------------------------------------------
 */

static bool row_names(const struct schema *s, const struct row *r, const char *text)
{
    struct strbuf cell = STRBUF_INIT;
    bool found = false;

    for (unsigned i = 0; !found && i < s->ncolumns; i++) {
        enum cell_type type = r->cells[i].type;
        if (i == SCHEMA_SITE || s->columns[i].flags & (COL_SECRET | COL_RAW))
            continue;
        if (type != CELL_STR && type != CELL_IP && type != CELL_CIDR)
            continue;
        strbuf_reset(&cell);
        cell_plain(&cell, &s->columns[i], &r->cells[i]);
        found = strcmp(cell.buf, text) == 0;
    }
    strbuf_release(&cell);
    return found;
}

static bool find_named(const struct view_input *in, const struct schema *s, const char *site,
                       const char *text, struct rows_item *out)
{
    size_t i = 0;

    while (*text && look_next(in, s, site, &i, out))
        if (row_names(s, out->row, text))
            return true;
    return false;
}

/* The tab with a table of this schema. */
static const struct view *view_of(const struct schema *s)
{
    for (size_t i = 0; views_all[i]; i++)
        for (size_t t = 0; views_all[i]->tables && views_all[i]->tables[t]; t++)
            if (views_all[i]->tables[t]->schema == s)
                return views_all[i];
    return NULL;
}

static void point_at(const struct view_input *in, struct view_target *out, const char *label,
                     const struct rows_item *row)
{
    const struct schema *s = snapshot_schema(row->snapshot);

    *out = (struct view_target){.view = view_of(s)->name, .table = s->name};
    out->label = view_printf(in, "%s %s", s->name, label);
    out->site = snapshot_site(row->snapshot);
    out->endpoint = snapshot_endpoint(row->snapshot);
    out->key = row->row->key;
}

/* Tables that an affected thing may be a row of; what hycon makes itself would name it, too. */
static bool is_estate_table(const struct schema *s)
{
    return s != &table_findings && s != &table_timeline && s != &table_reports && view_of(s);
}

/* A route table is a line of the ENI tab and no row of an estate's table. */
static bool is_route_table(const struct view_input *in, const char *site, const char *text)
{
    struct rows_item row;

    return look_find(in, &table_routes, site, ROUTES_ROUTE_TABLE, text, &row);
}

/* ---- Enter --------------------------------------------------------------------------------------
 */

static void add_escaped(struct strbuf *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("\\^$.[]|()*+?{}", *text))
            strbuf_addch(out, '\\');
        strbuf_addch(out, *text);
    }
}

/* A filter that leaves the affected rows of @s; "" when it would be too long or there is one. */
static const char *filter_for(const struct view_input *in, const struct schema *s, const char *site,
                              const struct cell_list *affected)
{
    struct strbuf text = STRBUF_INIT;
    struct rows_item row;
    const char *filter;
    size_t n = 0;

    for (size_t i = 0; affected && i < affected->n; i++) {
        const char *name = bare(in, affected->items[i]);
        if (!find_named(in, s, site, name, &row))
            continue;
        strbuf_addstr(&text, n++ ? "|" : "");
        add_escaped(&text, name);
    }
    filter =
        n > 1 && text.len < FILTER_TEXT_MAX ? arena_strndup(in->arena, text.buf, text.len) : "";
    strbuf_release(&text);
    return filter;
}

/* The row that the finding is about in table @s: its subject, else the first affected thing. */
static bool find_row(const struct view_input *in, const struct schema *s, const char *site,
                     const struct rows_item *finding, struct rows_item *out)
{
    const struct cell_list *l = row_list(finding->row, FINDINGS_AFFECTED);

    if (find_named(in, s, site, bare(in, look_text(finding->row, FINDINGS_SUBJECT)), out))
        return true;
    for (size_t i = 0; l && i < l->n; i++)
        if (find_named(in, s, site, bare(in, l->items[i]), out))
            return true;
    return false;
}

bool findings_enter(const struct view_input *in, const struct rows_item *row,
                    struct view_target *out)
{
    const struct domain *d = domains_of_check(row_str(row->row, FINDINGS_CHECK));
    const char *site = snapshot_site(row->snapshot);
    const char *subject = bare(in, look_text(row->row, FINDINGS_SUBJECT));
    struct rows_item found;

    if (!d)
        return false;
    if (is_route_table(in, site, subject)) {
        route_tables_target(in, site, subject, out);
        out->filter = "";
        return true;
    }
    *out = (struct view_target){.view = d->view, .table = d->table, .label = _(d->title)};
    for (size_t i = 0; d->tables[i]; i++) {
        if (!view_of(d->tables[i]) || !find_row(in, d->tables[i], site, row, &found))
            continue;
        point_at(in, out, subject, &found);
        out->filter = filter_for(in, d->tables[i], site, row_list(row->row, FINDINGS_AFFECTED));
        return true;
    }
    return true;
}

/* ---- related ------------------------------------------------------------------------------------
 */

static size_t add_named(const struct view_input *in, const char *site, const char *label,
                        struct view_target *out, size_t n)
{
    const char *name = bare(in, label);
    struct rows_item found;

    if (n < VIEW_TARGETS_MAX && is_route_table(in, site, name)) {
        route_tables_target(in, site, name, &out[n]);
        return n + 1;
    }
    for (unsigned t = 0; t < tables_count && n < VIEW_TARGETS_MAX; t++) {
        if (!is_estate_table(tables_all[t]) || !find_named(in, tables_all[t], site, name, &found))
            continue;
        point_at(in, &out[n], label, &found);
        return n + 1;
    }
    return n;
}

static size_t add_finding(const struct view_input *in, const struct snapshot *s,
                          const struct row *r, const char *what, struct view_target *out, size_t n)
{
    if (n == VIEW_TARGETS_MAX)
        return n;
    out[n] = (struct view_target){.view = "overview", .table = table_findings.name};
    out[n].label = view_printf(in, "%s: %s", what, finding_text(r, FINDINGS_SUMMARY));
    out[n].site = snapshot_site(s);
    out[n].endpoint = snapshot_endpoint(s);
    out[n].key = r->key;
    return n + 1;
}

size_t findings_related(const struct view_input *in, const struct rows_item *row,
                        struct view_target *out)
{
    const char *site = snapshot_site(row->snapshot);
    const struct cell_list *l = row_list(row->row, FINDINGS_AFFECTED);
    const struct row *cause = finding_cause(row);
    size_t n = 0;

    if (cause)
        n = add_finding(in, row->snapshot, cause, _("cause"), out, n);
    n = add_named(in, site, look_text(row->row, FINDINGS_SUBJECT), out, n);
    for (size_t i = 0; l && i < l->n; i++)
        if (strcmp(l->items[i], look_text(row->row, FINDINGS_SUBJECT)) != 0)
            n = add_named(in, site, l->items[i], out, n);
    for (size_t i = 0; i < snapshot_count(row->snapshot); i++) {
        const struct row *r = snapshot_row(row->snapshot, i);
        if (look_is(r, FINDINGS_CAUSED_BY, row->row->key) ||
            look_same(row_str(r, FINDINGS_CAUSED_BY), row_str(row->row, FINDINGS_FINDING)))
            n = add_finding(in, row->snapshot, r, _("symptom"), out, n);
    }
    return n;
}

/* ---- details ------------------------------------------------------------------------------------
 */

static void add_list(struct strbuf *out, const char *title, const struct cell_list *l)
{
    if (!l || !l->n)
        return;
    strbuf_addf(out, "\n%s\n", title);
    for (size_t i = 0; i < l->n; i++)
        strbuf_addf(out, "  - %s\n", l->items[i]);
}

static void add_times(struct strbuf *out, const struct view_input *in, const struct row *r)
{
    int64_t at;

    strbuf_addf(out, "%s  %s", view_severity_word(finding_severity(r)),
                look_text(r, FINDINGS_STATE));
    if (row_int(r, FINDINGS_FIRST_SEEN_AT, &at)) {
        strbuf_addstr(out, _(", first seen "));
        view_time(out, in, at);
        strbuf_addstr(out, " (");
        view_ago(out, in, at);
        strbuf_addch(out, ')');
    }
    if (row_int(r, FINDINGS_CLEARED_AT, &at)) {
        strbuf_addstr(out, _(", gone "));
        view_ago(out, in, at);
    }
    strbuf_addch(out, '\n');
}

static void add_answer(struct strbuf *out, const struct view_input *in, const struct row *r)
{
    int64_t at;

    if (row_present(r, FINDINGS_ACKNOWLEDGED_BY))
        strbuf_addf(out, _("acknowledged by %s"), look_text(r, FINDINGS_ACKNOWLEDGED_BY));
    if (row_int(r, FINDINGS_SNOOZED_UNTIL_AT, &at) && at > in->now) {
        strbuf_addstr(out, _(" snoozed until "));
        view_time(out, in, at);
    }
    if (row_present(r, FINDINGS_NOTE))
        strbuf_addf(out, ": %s", look_text(r, FINDINGS_NOTE));
    if (row_present(r, FINDINGS_ACKNOWLEDGED_BY) || row_present(r, FINDINGS_NOTE))
        strbuf_addch(out, '\n');
}

void findings_details(struct strbuf *out, const struct view_input *in, const struct rows_item *row)
{
    const struct row *r = row->row, *cause = finding_cause(row);

    add_times(out, in, r);
    add_answer(out, in, r);
    strbuf_addf(out, "\n%s\n", finding_text(r, FINDINGS_SUMMARY));
    if (row_present(r, FINDINGS_REMEDY))
        strbuf_addf(out, "\n%s\n  %s\n", _("what to do"), finding_text(r, FINDINGS_REMEDY));
    add_list(out, _("affected"), row_list(r, FINDINGS_AFFECTED));
    add_list(out, _("evidence"), finding_texts(r, FINDINGS_EVIDENCE));
    if (cause)
        strbuf_addf(out, "\n%s\n  %s\n", _("cause"), finding_text(cause, FINDINGS_SUMMARY));
}
