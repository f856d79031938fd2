/* check: the findings, worst first, one block each. */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/found.h"
#include "cli/headless.h"
#include "cli/pick.h"
#include "cli/scope.h"
#include "core/map.h"
#include "core/mem.h"
#include "core/rows.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "model/checks/check.h"
#include "model/tables.h"

#define INDENT 12

static enum severity severity_of(const struct row *r)
{
    return cell_severity(&table_findings.columns[FINDINGS_SEVERITY], &r->cells[FINDINGS_SEVERITY]);
}

static bool is_open(const struct row *r, int64_t now)
{
    const char *state = row_str(r, FINDINGS_STATE);
    int64_t until = 0;

    if (state && strcmp(state, "open") != 0)
        return false;
    return !row_int(r, FINDINGS_SNOOZED_UNTIL_AT, &until) || until <= now;
}

/* Worst first; by site and key within a severity. */
static int compare_items(const void *a, const void *b)
{
    const struct rows_item *x = a, *y = b;
    int sx = (int)severity_of(x->row), sy = (int)severity_of(y->row);

    if (sx != sy)
        return sy - sx;
    int c = cell_compare(&x->row->cells[FINDINGS_SITE], &y->row->cells[FINDINGS_SITE]);
    return c ? c : strcmp(x->row->key, y->row->key);
}

static void add_line(struct strbuf *out, const char *label, const char *text, size_t len)
{
    struct strbuf clean = STRBUF_INIT;
    size_t width = strlen(label);

    text_sanitize(&clean, text, len, 0);
    strbuf_addf(out, "  %s%s", label, *label ? ":" : " ");
    strbuf_addchars(out, ' ', width + 3 < INDENT ? INDENT - width - 3 : 1);
    strbuf_addf(out, "%s\n", clean.buf);
    strbuf_release(&clean);
}

/* A cell as lines below a label: items of a list, or lines of a text. */
static void add_cell(struct strbuf *out, const char *label, const struct row *r, unsigned col)
{
    const struct cell_list *list = row_list(r, col);
    const char *text = row_str(r, col);

    for (size_t i = 0; list && i < list->n; i++)
        add_line(out, i ? "" : label, list->items[i], strlen(list->items[i]));
    while (text && *text) {
        size_t n = strcspn(text, "\n");
        add_line(out, label, text, n);
        label = "";
        text += n + (text[n] == '\n');
    }
}

static void add_finding(struct strbuf *out, const struct row *r)
{
    static const char *const words[] = {
        [SEV_NONE] = "OK",           [SEV_OK] = "OK",
        [SEV_UNKNOWN] = "UNKNOWN",   [SEV_WARNING] = "WARNING",
        [SEV_CRITICAL] = "CRITICAL",
    };
    const struct cell *site = &r->cells[FINDINGS_SITE];

    strbuf_addf(out, "%-9s", words[severity_of(r)]);
    cell_format(out, &table_findings.columns[FINDINGS_SUBJECT], &r->cells[FINDINGS_SUBJECT]);
    strbuf_addstr(out, "  [");
    cell_format(out, &table_findings.columns[FINDINGS_SITE], site);
    strbuf_addstr(out, ", ");
    cell_format(out, &table_findings.columns[FINDINGS_CHECK], &r->cells[FINDINGS_CHECK]);
    strbuf_addstr(out, "]\n");
    add_cell(out, "summary", r, FINDINGS_SUMMARY);
    add_cell(out, "evidence", r, FINDINGS_EVIDENCE);
    add_cell(out, "affected", r, FINDINGS_AFFECTED);
    add_cell(out, "cause", r, FINDINGS_CAUSED_BY);
    add_cell(out, "remedy", r, FINDINGS_REMEDY);
}

/* ---- causes and symptoms -----------------------------------------------------------------------
 *
 * One cause is one block; what follows from it hangs below in a line each. */

#define CAUSES_MAX 16 /* a chain of causes that is longer goes in circles */

struct listing {
    const struct rows *rows;
    int64_t now;
    struct map *by_id;        /* open findings: "SITE finding" to their rows */
    const struct row **roots; /* of each row; NULL: it is not open */
};

static char *make_id(const struct row *r, unsigned col)
{
    const char *site = row_str(r, FINDINGS_SITE), *id = row_str(r, col);

    return id && *id ? mem_printf("%s %s", site ? site : "", id) : NULL;
}

/* The open finding at the beginning of the chain; @r itself when it is a symptom of none. */
static const struct row *root_of(const struct listing *l, const struct row *r)
{
    const struct row *at = r;

    for (int steps = 0; steps < CAUSES_MAX; steps++) {
        char *id = make_id(at, FINDINGS_CAUSED_BY);
        const struct row *cause = id ? map_get(l->by_id, id) : NULL;
        free(id);
        if (!cause || cause == at)
            return at;
        at = cause;
    }
    return r;
}

static struct listing make_listing(const struct rows *rows, int64_t now)
{
    struct listing l = {rows, now, map_new(), mem_array(rows->n + 1, sizeof(*l.roots))};

    for (size_t i = 0; i < rows->n; i++) {
        const struct row *r = rows->items[i].row;
        char *id = is_open(r, now) ? make_id(r, FINDINGS_FINDING) : NULL;
        if (id)
            map_put(l.by_id, id, (void *)(uintptr_t)r);
        free(id);
    }
    for (size_t i = 0; i < rows->n; i++) {
        const struct row *r = rows->items[i].row;
        l.roots[i] = is_open(r, now) ? root_of(&l, r) : NULL;
    }
    return l;
}

static void add_symptom(struct strbuf *out, const struct row *r)
{
    struct strbuf line = STRBUF_INIT;

    strbuf_addf(&line, "%s: ", severity_name(severity_of(r)));
    cell_plain(&line, &table_findings.columns[FINDINGS_SUBJECT], &r->cells[FINDINGS_SUBJECT]);
    strbuf_addstr(&line, ": ");
    cell_plain(&line, &table_findings.columns[FINDINGS_SUMMARY], &r->cells[FINDINGS_SUMMARY]);
    add_line(out, "symptom", line.buf, line.len);
    strbuf_release(&line);
}

/* Checks that could not be judged have one reason, and it stands above them: their names do. */
static void add_symptoms(struct strbuf *out, const struct listing *l, const struct row *cause)
{
    struct strbuf names = STRBUF_INIT;

    for (size_t i = 0; i < l->rows->n; i++) {
        const struct row *r = l->rows->items[i].row;
        if (r == cause || l->roots[i] != cause)
            continue;
        if (severity_of(r) != SEV_UNKNOWN)
            add_symptom(out, r);
        else
            strbuf_addf(&names, "%s%s", names.len ? ", " : "", row_str(r, FINDINGS_CHECK));
    }
    if (names.len)
        add_line(out, "unknown", names.buf, names.len);
    strbuf_release(&names);
}

static void add_count(struct strbuf *out, unsigned n, const char *word)
{
    if (n)
        strbuf_addf(out, "%s%u %s", out->len && out->buf[out->len - 1] != '\n' ? ", " : "", n,
                    word);
}

static void add_totals(struct strbuf *out, const unsigned counts[SEV_CRITICAL + 1],
                       unsigned symptoms, unsigned silent)
{
    struct strbuf line = STRBUF_INIT;

    add_count(&line, counts[SEV_CRITICAL], "critical");
    add_count(&line, counts[SEV_WARNING], "warning");
    add_count(&line, counts[SEV_UNKNOWN], "unknown");
    if (!line.len)
        strbuf_addstr(&line, silent ? "ok: nothing else is wrong" : "ok: nothing is wrong");
    add_count(&line, symptoms, symptoms == 1 ? "symptom of them" : "symptoms of them");
    add_count(&line, silent, "acknowledged or snoozed");
    strbuf_addf(out, "%s\n", line.buf);
    strbuf_release(&line);
}

static bool is_silent(const struct row *r, int64_t now)
{
    const char *state = row_str(r, FINDINGS_STATE);

    return severity_of(r) > SEV_OK && !is_open(r, now) && (!state || strcmp(state, "cleared") != 0);
}

static void add_text(struct strbuf *out, struct rows *rows, int64_t now)
{
    unsigned counts[SEV_CRITICAL + 1] = {0}, symptoms = 0, silent = 0;

    if (rows->n > 1)
        qsort(rows->items, rows->n, sizeof(*rows->items), compare_items);
    struct listing l = make_listing(rows, now);
    for (size_t i = 0; i < rows->n; i++) {
        const struct row *r = rows->items[i].row;
        silent += is_silent(r, now);
        symptoms += l.roots[i] && l.roots[i] != r;
        if (l.roots[i] != r)
            continue;
        counts[severity_of(r)]++;
        add_finding(out, r);
        add_symptoms(out, &l, r);
        strbuf_addch(out, '\n');
    }
    add_totals(out, counts, symptoms, silent);
    map_free(l.by_id, NULL);
    free(l.roots);
}

static int status_of(const struct rows *rows, int64_t now)
{
    static const int status[] = {
        [SEV_NONE] = CLI_OK,           [SEV_OK] = CLI_OK,
        [SEV_UNKNOWN] = CLI_NOT_OK,    [SEV_WARNING] = CLI_WARNING,
        [SEV_CRITICAL] = CLI_CRITICAL,
    };
    enum severity worst = SEV_NONE;

    for (size_t i = 0; i < rows->n; i++) {
        enum severity s = severity_of(rows->items[i].row);
        if (is_open(rows->items[i].row, now) && s > worst)
            worst = s;
    }
    return status[worst];
}

/* What an endpoint does not offer is no fault and no finding, but nothing was judged of it either:
 * the tables that the main job rests on say why. */
static void say_not_judged(const struct cli_options *o, const struct estate *e)
{
    static const struct schema *const tables[] = {&table_linked_vpcs, &table_segments,
                                                  &table_gateways, &table_enis, &table_routes};

    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
        scope_explain_empty(e, tables[i], o);
}

static int answer(const struct cli_options *o, const struct estate *e)
{
    bool json = o->output && strcmp(o->output, "json") == 0;
    struct rows_output ro = {.format = ROWS_JSON, .now = estate_now(e)};
    struct strbuf out = STRBUF_INIT;
    struct rows rows;
    int rc, status;

    scope_rows(&rows, e, &table_findings, o, NULL, -1, false);
    status = status_of(&rows, estate_now(e));
    if (json)
        rows_print(&out, &rows, &ro);
    else
        add_text(&out, &rows, estate_now(e));
    rc = cli_write(&out);
    rows_release(&rows);
    strbuf_release(&out);
    return rc ? rc : status;
}

static size_t add_tables(const struct schema **out, size_t n, const struct schema *const *tables)
{
    for (; tables && *tables; tables++) {
        size_t i = 0;

        while (i < n && out[i] != *tables)
            i++;
        if (i == n && n < PICK_TABLES_MAX)
            out[n++] = *tables;
    }
    return n;
}

/* Heavy tables that checks judge are asked for by name: whether hosts enforce what the manager
 * means cannot be said without their rules. @out: PICK_TABLES_MAX + 1. */
static void name_heavy_inputs(const struct schema **out)
{
    size_t n = 0;

    for (size_t i = 0; checks_all[i]; i++)
        n = add_tables(out, n, checks_all[i]->heavy);
    out[n] = NULL;
}

int cli_check(const struct cli_options *o)
{
    const struct schema *named[PICK_TABLES_MAX + 1];
    struct config *c = found_load(o);
    int rc = CLI_INTERRUPTED;

    if (!c)
        return CLI_CONFIG;
    if (o->site && !config_find_site(c, o->site)) {
        config_free(c);
        return cli_usage("check", "no site '%s' in the configuration", o->site);
    }
    struct headless_options ho = {.config = c,
                                  .site = o->site,
                                  .timeout_ms = o->timeout_ms,
                                  .named = named,
                                  .samples = (unsigned)o->samples,
                                  .checks = true};
    struct headless *h;

    name_heavy_inputs(named);
    h = headless_start(&ho);
    if (!h)
        rc = CLI_CONFIG;
    else if (headless_wait(h)) {
        rc = answer(o, headless_estate(h));
        scope_report(headless_estate(h), &table_endpoints, o);
        say_not_judged(o, headless_estate(h));
    }
    headless_stop(h);
    config_free(c);
    return rc;
}
