/*
 * Overview: what is wrong, and where to press. The head says the worst finding in full with its
 * remedy; below it one line per domain and site, the worst first; then the findings. A domain is
 * "ok" only when its findings say so and its data is of now: what was not read is "?".
 */
#include "views/findings.h"
#include "views/views.h"

#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "model/tables.h"
#include "views/domains.h"
#include "views/look.h"

#define WORD_CELLS 6 /* "CRIT ", in Japanese "対処: " */

/* ---- the table of domains -----------------------------------------------------------------------
 */

enum {
    OV_SITE,
    OV_ENDPOINT,
    OV_DOMAIN,
    OV_ORDER,
    OV_IS,
    OV_TITLE,
    OV_OPEN,
    OV_ACKNOWLEDGED,
    OV_STATE,
    OV_READ_AT,
    OV_DATA,
    OV_N
};

static const struct state_word is_words[] = {
    {"critical", SEV_CRITICAL}, {"warning", SEV_WARNING}, {"unknown", SEV_UNKNOWN}, {"ok", SEV_OK},
    {"acknowledged", SEV_NONE}, {"reading", SEV_NONE},    {NULL, SEV_NONE},
};

static const struct column schema_columns[OV_N] = {
    [OV_SITE] = {"site", CELL_STR, UNIT_NONE, COL_KEY, "site", NULL, NULL},
    [OV_ENDPOINT] = {"endpoint", CELL_STR, UNIT_NONE, 0, "made by hycon", NULL, NULL},
    [OV_DOMAIN] = {"domain", CELL_STR, UNIT_NONE, COL_KEY, "part of the site", NULL, NULL},
    [OV_ORDER] = {"order", CELL_INT, UNIT_COUNT, 0, "place when nothing is wrong", NULL, NULL},
    [OV_IS] = {"is", CELL_STATE, UNIT_NONE, 0, "worst of its open findings", is_words, NULL},
    [OV_TITLE] = {"title", CELL_STR, UNIT_NONE, 0, "its name for people", NULL, NULL},
    [OV_OPEN] = {"open", CELL_INT, UNIT_COUNT, 0, "open findings, + those that were answered", NULL,
                 NULL},
    [OV_ACKNOWLEDGED] = {"acknowledged", CELL_INT, UNIT_COUNT, 0, "findings that were answered",
                         NULL, NULL},
    [OV_STATE] = {"state", CELL_STR, UNIT_NONE, 0, "what it is like", NULL, NULL},
    [OV_READ_AT] = {"read_at", CELL_TIME, UNIT_NONE, 0, "when its oldest table was read", NULL,
                    NULL},
    [OV_DATA] = {"data", CELL_INT, UNIT_NONE, 0, "state of its sources", NULL, NULL},
};

static const struct schema schema = {
    .name = "overview",
    .meaning = "one line per domain and site",
    .columns = schema_columns,
    .ncolumns = OV_N,
};

struct verdict {
    enum severity worst;
    int64_t open, quiet;
    bool judged; /* the checks have run here */
};

static struct verdict judge_domain(const struct view_input *in, const struct domain *d,
                                   const char *site)
{
    struct verdict v = {.worst = SEV_NONE};
    struct rows_item row;
    size_t i = 0, n;
    struct snapshot *const *all = estate_table(in->estate, &table_findings, &n);

    for (size_t s = 0; s < n; s++)
        v.judged = v.judged || strcmp(snapshot_site(all[s]), site) == 0;
    while (look_next(in, &table_findings, site, &i, &row)) {
        enum finding_class class = finding_class(&row);
        enum severity s = finding_severity(row.row);
        if (class == FINDING_CLEARED || s <= SEV_OK ||
            domains_of_check(row_str(row.row, FINDINGS_CHECK)) != d)
            continue;
        v.quiet += class == FINDING_QUIET;
        v.open += class == FINDING_OPEN;
        if (class == FINDING_OPEN && s > v.worst)
            v.worst = s;
    }
    return v;
}

static const char *word_of(const struct view_input *in, const struct verdict *v,
                           const struct look_source *data)
{
    unsigned done, total;

    if (v->worst == SEV_CRITICAL || v->worst == SEV_WARNING)
        return severity_name(v->worst);
    if (data->worst == FRESH_NEVER && estate_collecting(in->estate, &done, &total))
        return "reading";
    if (v->worst == SEV_UNKNOWN || data->worst != FRESH_OK || !v->judged)
        return "unknown";
    return v->quiet ? "acknowledged" : "ok";
}

/* Of what was never read nothing is said. */
static enum severity say_domain(struct strbuf *out, const struct view_input *in,
                                const struct domain *d, const char *site,
                                const struct look_source *data)
{
    struct rows_item row;
    size_t i = 0, before;
    enum severity own;
    bool any = look_next(in, d->tables[0], site, &i, &row);

    if (data->worst == FRESH_NEVER)
        strbuf_addf(out, _("%s: not read yet"), data->endpoint);
    else if (!any && data->worst != FRESH_OK)
        strbuf_addf(out, _("%s is %s, nothing was read"), data->endpoint,
                    view_freshness_word(data->worst));
    if (!any && data->worst != FRESH_OK)
        return SEV_OK;
    if (out->len)
        strbuf_addstr(out, "; ");
    before = out->len;
    own = d->say(out, in, site);
    if (!any && out->len == before)
        strbuf_addstr(out, _("none"));
    return own;
}

static void add_domain(const struct view_input *in, struct table_builder *b, const struct domain *d,
                       const char *site, int64_t order)
{
    struct look_source data = domains_source(in, d, site);
    struct verdict v;
    enum severity own;
    struct strbuf text = STRBUF_INIT;

    if (data.worst == FRESH_UNSUPPORTED)
        return; /* nobody here offers it */
    v = judge_domain(in, d, site);
    own = say_domain(&text, in, d, site, &data);
    /* Of old data nothing new is said, and what was answered is answered. */
    if (data.worst == FRESH_OK && !v.quiet && own > v.worst)
        v.worst = own;
    builder_row(b);
    builder_str(b, OV_SITE, site);
    builder_str(b, OV_DOMAIN, d->name);
    builder_int(b, OV_ORDER, order);
    builder_state(b, OV_IS, word_of(in, &v, &data));
    builder_str(b, OV_TITLE, _(d->title));
    builder_int(b, OV_OPEN, v.open);
    builder_int(b, OV_ACKNOWLEDGED, v.quiet);
    builder_str(b, OV_STATE, text.buf);
    if (data.taken_at > 0)
        builder_int(b, OV_READ_AT, data.taken_at);
    builder_int(b, OV_DATA, data.worst);
    strbuf_release(&text);
}

static struct snapshot *build(const struct view_input *in)
{
    struct table_builder *b =
        builder_new(&schema, in->site ? in->site : "", ESTATE_OWN_ENDPOINT, NULL);
    const char *site;
    int64_t order = 0;
    size_t i = 0;

    builder_block(b, 0);
    while ((site = look_site_next(in, &i)))
        for (const struct domain *d = domains_all; d->name; d++)
            add_domain(in, b, d, site, order++);
    return builder_finish(b, in->now, FRESH_OK, NULL);
}

/* ---- looks of a domain --------------------------------------------------------------------------
 */

static enum severity severity_of(const struct rows_item *row)
{
    return cell_severity(&schema_columns[OV_IS], &row->row->cells[OV_IS]);
}

static enum freshness data_of(const struct rows_item *row)
{
    int64_t f = FRESH_NEVER;

    (void)row_int(row->row, OV_DATA, &f);
    return (enum freshness)f;
}

static int worst_first(const struct rows_item *a, const struct rows_item *b)
{
    int c = (int)severity_of(b) - (int)severity_of(a);
    int64_t x = 0, y = 0;

    (void)row_int(a->row, OV_ORDER, &x);
    (void)row_int(b->row, OV_ORDER, &y);
    return c ? c : x < y ? -1 : x > y;
}

static void format_is(struct strbuf *out, const struct view_input *in, const struct rows_item *row,
                      const char *arg)
{
    (void)in;
    (void)arg;
    if (look_is(row->row, OV_IS, "acknowledged"))
        strbuf_addstr(out, "ack");
    else if (look_is(row->row, OV_IS, "reading"))
        strbuf_addstr(out, "...");
    else
        strbuf_addstr(out, view_severity_word(severity_of(row)));
}

static enum style is_style(const struct view_input *in, const struct rows_item *row,
                           const char *arg)
{
    (void)in;
    (void)arg;
    return severity_of(row) == SEV_NONE ? STYLE_DIM : view_severity_style(severity_of(row));
}

static enum style plain(const struct view_input *in, const struct rows_item *row, const char *arg)
{
    (void)in;
    (void)arg;
    return view_is_dim(data_of(row)) ? STYLE_DIM : STYLE_NORMAL;
}

static void format_data(struct strbuf *out, const struct view_input *in,
                        const struct rows_item *row, const char *arg)
{
    int64_t at = 0;

    (void)arg;
    (void)row_int(row->row, OV_READ_AT, &at);
    look_data(out, in, data_of(row), at);
}

static enum style data_style(const struct view_input *in, const struct rows_item *row,
                             const char *arg)
{
    (void)in;
    (void)arg;
    return look_data_style(data_of(row));
}

/* "2", "2+1" when one more was answered: the findings themselves are below. */
static void format_open(struct strbuf *out, const struct view_input *in,
                        const struct rows_item *row, const char *arg)
{
    int64_t open = 0, quiet = 0;

    (void)in;
    (void)arg;
    (void)row_int(row->row, OV_OPEN, &open);
    (void)row_int(row->row, OV_ACKNOWLEDGED, &quiet);
    strbuf_addi(out, open);
    if (quiet)
        strbuf_addf(out, "+%lld", (long long)quiet);
}

static bool enter(const struct view_input *in, const struct rows_item *row, struct view_target *out)
{
    const char *site = look_text(row->row, OV_SITE);

    for (const struct domain *d = domains_all; d->name; d++) {
        struct rows_item first;
        size_t i = 0;
        if (!look_is(row->row, OV_DOMAIN, d->name))
            continue;
        *out = (struct view_target){.view = d->view, .table = d->table, .label = _(d->title)};
        /* The first row of the site, so that the cursor is in the right place. */
        if (!d->table && look_next(in, d->tables[0], site, &i, &first)) {
            out->site = snapshot_site(first.snapshot);
            out->endpoint = snapshot_endpoint(first.snapshot);
            out->key = first.row->key;
        }
        return true;
    }
    return false;
}

static const struct view_column columns[] = {
    {.column = OV_IS, .min = 4, .max = 4, .weight = 100, .format = format_is, .style = is_style},
    {.column = OV_SITE, .min = 5, .max = 12, .weight = 95, .style = plain},
    {.column = OV_TITLE, .title = "domain", .min = 6, .max = 12, .weight = 95, .style = plain},
    {.column = OV_STATE, .min = 30, .max = 0, .weight = 90, .style = plain},
    {.column = OV_OPEN,
     .title = "open",
     .min = 4,
     .max = 8,
     .weight = 60,
     .flags = VIEW_RIGHT,
     .format = format_open,
     .style = plain},
    {.column = OV_READ_AT,
     .title = "data",
     .min = 5,
     .max = 12,
     .weight = 97,
     .flags = VIEW_RIGHT,
     .format = format_data,
     .style = data_style},
};

static const struct view_table domains_table = {
    .schema = &schema,
    .title = N_("Domains"),
    .columns = columns,
    .ncolumns = ARRAY_SIZE(columns),
    .sort = -1,
    .order = worst_first,
    .build = build,
    .enter = enter,
    .empty = N_("No endpoint is configured."),
    .share = 3,
};

/* ---- the head -----------------------------------------------------------------------------------
 */

#define LOW_SCREEN 30 /* lines; below, the head is short */
#define FEW_LINES  2  /* of one text */
#define MOST_LINES 4

/* Lines of one text of the head, and where it goes. */
static int put_text(struct canvas *c, struct rect r, int y, int most, uint8_t style,
                    const char *text)
{
    int left = r.h - y;

    most = most < left ? most : left;
    return look_wrap(c, (struct rect){r.x + WORD_CELLS + 1, r.y + y, r.w - WORD_CELLS - 2, most},
                     style, text);
}

static void put_word(struct canvas *c, struct rect r, int y, uint8_t style, const char *word)
{
    if (c && y < r.h)
        canvas_text(c, r.x + 1, r.y + y, WORD_CELLS, style, word);
}

/* Draw the worst finding in at most @r, or measure it with a NULL canvas. */
static int put_finding(const struct view_input *in, struct canvas *c, struct rect r,
                       const struct rows_item *row, int most)
{
    enum severity s = finding_severity(row->row);
    const char *remedy = finding_text(row->row, FINDINGS_REMEDY);
    char *what = view_printf(in, "%s: %s", snapshot_site(row->snapshot),
                             finding_text(row->row, FINDINGS_SUMMARY));
    int y = 0;

    put_word(c, r, y, (uint8_t)view_severity_style(s), view_severity_word(s));
    y += put_text(c, r, y, most, STYLE_STRONG, what);
    if (*remedy) {
        put_word(c, r, y, STYLE_KEY, _("do:"));
        y += put_text(c, r, y, most, STYLE_NORMAL, remedy);
    }
    return y;
}

/* What is said when no finding is open: never more than was read. */
static const char *calm_words(const struct view_input *in, enum style *style)
{
    unsigned done = 0, total = 0;
    size_t n;

    *style = STYLE_NORMAL;
    if (estate_collecting(in->estate, &done, &total))
        return view_printf(in,
                           _("Reading for the first time: %u of %u done. Nothing is judged "
                             "before it was read."),
                           done, total);
    (void)estate_table(in->estate, &table_findings, &n);
    if (!n)
        return _("Nothing has been judged yet.");
    *style = STYLE_OK;
    return _("No finding is open. The data column says how old this is.");
}

static int head_height(const struct view_input *in, int w, int h)
{
    struct rows_item row;

    if (!view_worst_finding(in, &row))
        return 1;
    return put_finding(in, NULL, (struct rect){0, 0, w, h}, &row,
                       h < LOW_SCREEN ? FEW_LINES : MOST_LINES);
}

static void head(const struct view_input *in, struct canvas *c, struct rect r)
{
    struct rows_item row;
    enum style style;
    const char *text;

    if (view_worst_finding(in, &row)) {
        const struct rect tall = {0, 0, r.w, 2 * MOST_LINES};
        bool fits = put_finding(in, NULL, tall, &row, MOST_LINES) <= r.h;
        put_finding(in, c, r, &row, fits ? MOST_LINES : FEW_LINES);
        return;
    }
    text = calm_words(in, &style);
    canvas_fit(c, r.x + 1, r.y, r.w - 1, (uint8_t)style, text, false);
}

static const struct view_table *const tables[] = {&domains_table, &view_table_findings, NULL};
static const char *const aliases[] = {"ov", "home", NULL};

const struct view view_overview = {
    .name = "overview",
    .aliases = aliases,
    .title = N_("Overview"),
    .digit = '1',
    .always = true,
    .about = N_("what is wrong, the worst first, and where to look closer"),
    .head_height = head_height,
    .head = head,
    .tables = tables,
};
