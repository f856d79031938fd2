#include "views/findings.h"

#include <limits.h>
#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "model/findings.h"
#include "model/tables.h"
#include "views/domains.h"
#include "views/findings_target.h"
#include "views/look.h"
#include "views/views.h"

#define CHAIN_MAX 8 /* causes of causes */

enum severity finding_severity(const struct row *row)
{
    return cell_severity(&table_findings.columns[FINDINGS_SEVERITY],
                         &row->cells[FINDINGS_SEVERITY]);
}

const char *finding_text(const struct row *row, unsigned col)
{
    const char *text = row_str_shown(&table_findings, row, col);

    return text ? text : "";
}

const struct cell_list *finding_texts(const struct row *row, unsigned col)
{
    const struct cell *c = row_shown(&table_findings, row, col);

    return c->type == CELL_LIST ? c->u.list : NULL;
}

/* A row alone knows no clock; the snapshot was made at this moment or nothing changed since. */
enum finding_class finding_class(const struct rows_item *row)
{
    int64_t until = 0;

    if (look_is(row->row, FINDINGS_STATE, "cleared"))
        return FINDING_CLEARED;
    if (look_is(row->row, FINDINGS_STATE, "acknowledged"))
        return FINDING_QUIET;
    if (row_int(row->row, FINDINGS_SNOOZED_UNTIL_AT, &until) &&
        until > snapshot_taken_at(row->snapshot))
        return FINDING_QUIET;
    return FINDING_OPEN;
}

const struct row *finding_cause(const struct rows_item *row)
{
    const char *id = row_str(row->row, FINDINGS_CAUSED_BY);
    const struct row *cause = id ? snapshot_find(row->snapshot, id) : NULL;

    if (!cause || cause == row->row || look_is(cause, FINDINGS_STATE, "cleared"))
        return NULL;
    return cause;
}

static struct rows_item root_of(const struct rows_item *row)
{
    struct rows_item root = *row;

    for (unsigned i = 0; i < CHAIN_MAX; i++) {
        const struct row *cause = finding_cause(&root);
        if (!cause)
            break;
        root.row = cause;
    }
    return root;
}

static int by_age(const struct rows_item *a, const struct rows_item *b)
{
    int64_t x = 0, y = 0;

    (void)row_int(a->row, FINDINGS_FIRST_SEEN_AT, &x);
    (void)row_int(b->row, FINDINGS_FIRST_SEEN_AT, &y);
    return x > y ? -1 : x < y;
}

/* Of two that are equally bad, the one that is nearer to what users feel comes first. */
static int rank_of(const struct row *r)
{
    const struct domain *d = domains_of_check(row_str(r, FINDINGS_CHECK));

    return d ? (int)(d - domains_all) : INT_MAX;
}

static int by_weight(const struct rows_item *a, const struct rows_item *b)
{
    int c = (int)finding_class(a) - (int)finding_class(b);

    if (!c)
        c = (int)finding_severity(b->row) - (int)finding_severity(a->row);
    if (!c)
        c = rank_of(a->row) - rank_of(b->row);
    if (!c)
        c = by_age(a, b);
    if (!c)
        c = strcmp(snapshot_site(a->snapshot), snapshot_site(b->snapshot));
    return c ? c : strcmp(a->row->key, b->row->key);
}

/* Worst first, what is answered or over last, symptoms behind their cause. */
static int order_findings(const struct rows_item *a, const struct rows_item *b)
{
    const struct rows_item ra = root_of(a), rb = root_of(b);

    if (ra.row != rb.row)
        return by_weight(&ra, &rb);
    if (a->row == ra.row || b->row == rb.row)
        return (a->row != ra.row) - (b->row != rb.row);
    return by_weight(a, b);
}

static bool stands_alone(const struct rows_item *row)
{
    return finding_class(row) == FINDING_OPEN && !finding_cause(row);
}

bool view_worst_finding(const struct view_input *in, struct rows_item *out)
{
    struct rows_item row;
    bool found = false;
    size_t i = 0;

    while (view_walk(in, &table_findings, &i, &row)) {
        if (!stands_alone(&row) || finding_severity(row.row) <= SEV_OK)
            continue;
        if (!found || by_weight(&row, out) < 0)
            *out = row;
        found = true;
    }
    return found;
}

void view_count_findings(const struct view_input *in, unsigned counts[SEV_CRITICAL + 1])
{
    struct rows_item row;
    size_t i = 0;

    memset(counts, 0, (SEV_CRITICAL + 1) * sizeof(*counts));
    while (view_walk(in, &table_findings, &i, &row))
        if (stands_alone(&row))
            counts[finding_severity(row.row)]++;
}

/* ---- cells --------------------------------------------------------------------------------------
 */

static void format_word(struct strbuf *out, const struct view_input *in,
                        const struct rows_item *row, const char *arg)
{
    (void)in;
    (void)arg;
    switch (finding_class(row)) {
    case FINDING_CLEARED:
        strbuf_addstr(out, "gone");
        return;
    case FINDING_QUIET:
        strbuf_addstr(out, look_is(row->row, FINDINGS_STATE, "acknowledged") ? "ack" : "snzd");
        return;
    case FINDING_OPEN: /* a fact worth knowing is no fault, and "ok" would be a strange word */
        strbuf_addstr(out, finding_severity(row->row) <= SEV_OK
                               ? "info"
                               : view_severity_word(finding_severity(row->row)));
    }
}

/* One cause is one red line: what hangs below it is not red. */
static bool is_quiet(const struct rows_item *row)
{
    return finding_class(row) != FINDING_OPEN || finding_cause(row) ||
           finding_severity(row->row) <= SEV_OK;
}

static enum style word_style(const struct view_input *in, const struct rows_item *row,
                             const char *arg)
{
    (void)in;
    (void)arg;
    return is_quiet(row) ? STYLE_DIM : view_severity_style(finding_severity(row->row));
}

static enum style plain(const struct view_input *in, const struct rows_item *row, const char *arg)
{
    (void)in;
    (void)arg;
    return is_quiet(row) ? STYLE_DIM : STYLE_NORMAL;
}

static bool is_endpoint(const struct row *r)
{
    return look_is(r, FINDINGS_CHECK, "endpoint-health");
}

/* "This was not judged, because of that endpoint": one line would be said by every check. */
static bool is_not_judged(const struct rows_item *row)
{
    const struct row *cause = finding_cause(row);

    return cause && is_endpoint(cause) && finding_severity(row->row) == SEV_UNKNOWN;
}

static void add_not_judged(struct strbuf *out, const struct rows_item *cause)
{
    size_t n = 0;

    for (size_t i = 0; i < snapshot_count(cause->snapshot); i++) {
        const struct rows_item other = {snapshot_row(cause->snapshot, i), cause->snapshot};
        n += is_not_judged(&other) && finding_cause(&other) == cause->row;
    }
    if (n)
        strbuf_addf(out, Q_(n, "[%zu check waits] ", "[%zu checks wait] "), n);
}

static void format_summary(struct strbuf *out, const struct view_input *in,
                           const struct rows_item *row, const char *arg)
{
    (void)arg;
    if (finding_cause(row))
        strbuf_addstr(out, in->ascii ? "`- " : "└ ");
    if (is_endpoint(row->row))
        add_not_judged(out, row);
    strbuf_addstr(out, finding_text(row->row, FINDINGS_SUMMARY));
}

/* Since when; of what is over, since when it is. */
static void format_age(struct strbuf *out, const struct view_input *in, const struct rows_item *row,
                       const char *arg)
{
    unsigned col = FINDINGS_FIRST_SEEN_AT;

    (void)arg;
    if (finding_class(row) == FINDING_CLEARED && row_present(row->row, FINDINGS_CLEARED_AT))
        col = FINDINGS_CLEARED_AT;
    view_cell(out, in, &table_findings.columns[col], &row->row->cells[col], VIEW_AGE);
}

static bool keep(const struct view_input *in, const struct rows_item *row)
{
    int64_t at = 0;

    if (finding_class(row) != FINDING_CLEARED || !row_int(row->row, FINDINGS_CLEARED_AT, &at))
        return true;
    return in->now - at < FINDINGS_CLEARED_MS;
}

/* On the first screen what only waits for an endpoint is counted there; :findings has it all. */
static bool keep_short(const struct view_input *in, const struct rows_item *row)
{
    return keep(in, row) && (!is_not_judged(row) || finding_class(row) != FINDING_OPEN);
}

/* At 80 cells the summary, which names the subject, has the room. */
static const struct view_column columns[] = {
    {.column = FINDINGS_SEVERITY,
     .title = "is",
     .min = 4,
     .max = 4,
     .weight = 100,
     .format = format_word,
     .style = word_style},
    {.column = FINDINGS_SITE, .min = 5, .max = 12, .weight = 80, .style = plain},
    {.column = FINDINGS_FIRST_SEEN_AT,
     .title = "age",
     .min = 4,
     .max = 6,
     .weight = 90,
     .flags = VIEW_RIGHT,
     .format = format_age,
     .style = plain},
    {.column = FINDINGS_SUBJECT, .min = 20, .max = 34, .weight = 40, .style = plain},
    {.column = FINDINGS_SUMMARY,
     .min = 54,
     .max = 0,
     .weight = 95,
     .format = format_summary,
     .style = plain},
    {.column = FINDINGS_AFFECTED_COUNT,
     .title = "affects",
     .min = 7,
     .max = 7,
     .weight = 70,
     .style = plain},
    {.column = FINDINGS_ACKNOWLEDGED_BY,
     .title = "ack by",
     .min = 8,
     .max = 16,
     .weight = 20,
     .style = plain},
    {.column = FINDINGS_NOTE, .max = 40, .flags = VIEW_WIDE, .style = plain},
    {.column = FINDINGS_CHECK, .max = 24, .flags = VIEW_WIDE, .style = plain},
};

#define TABLE(KEEP)                                                                         \
    {                                                                                       \
        .schema = &table_findings, .title = N_("Findings"), .columns = columns,             \
        .ncolumns = ARRAY_SIZE(columns), .sort = -1, .order = order_findings, .keep = KEEP, \
        .enter = findings_enter, .related = findings_related, .details = findings_details,  \
        .share = 3, .empty = N_("No finding."),                                             \
    }

const struct view_table view_table_findings = TABLE(keep_short);

static const struct view_table all_findings = TABLE(keep);
static const struct view_table *const tables[] = {&all_findings, NULL};

const struct view view_findings = {
    .name = "findings",
    .title = N_("Findings"),
    .hidden = true,
    .about = N_("everything the checks found, with what was answered and what is over"),
    .tables = tables,
};
