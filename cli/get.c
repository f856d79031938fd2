/* get: read, print, and say what could not be read. */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/found.h"
#include "cli/headless.h"
#include "cli/pick.h"
#include "cli/scope.h"
#include "collectors/registry.h"
#include "core/clock.h"
#include "core/fmt.h"
#include "core/mem.h"
#include "core/rows.h"
#include "core/strbuf.h"
#include "model/tables.h"

#define WATCH_MS 1000

struct get_table {
    const struct schema *schema;
    struct filter *filter;
    int *columns;
    unsigned ncolumns;
    int sort;
    bool reverse;
};

struct get {
    const struct cli_options *o;
    struct config *config;
    const struct schema *schemas[PICK_TABLES_MAX + 1]; /* NULL-terminated */
    struct get_table tables[PICK_TABLES_MAX];
    size_t n;
    bool several;  /* more than one was asked: that is the shape of the answer, whatever is left */
    bool unserved; /* one was asked that no endpoint can serve; it is none of the tables here */
    enum rows_format format;
};

static enum rows_format format_of(const char *name)
{
    static const char *const names[] = {
        [ROWS_TABLE] = "table", [ROWS_WIDE] = "wide", [ROWS_JSON] = "json",
        [ROWS_JSONL] = "jsonl", [ROWS_CSV] = "csv",
    };

    for (unsigned i = 0; name && i < ARRAY_SIZE(names); i++) {
        if (strcmp(names[i], name) == 0)
            return (enum rows_format)i;
    }
    return ROWS_TABLE;
}

/* ---- the question
 * ---------------------------------------------------------------------------------- */

static int prepare_table(struct get_table *t, const struct cli_options *o)
{
    struct err err = {0};
    int rc = 0;

    t->sort = -1;
    if (o->fields) {
        t->columns = mem_array(t->schema->ncolumns, sizeof(*t->columns));
        rc = pick_columns("get", t->schema, o->fields, t->columns, &t->ncolumns);
    }
    if (!rc && o->sort) {
        t->reverse = o->sort[0] == '-';
        t->sort = pick_column("get", t->schema, o->sort + t->reverse);
        if (t->sort < 0)
            rc = CLI_USAGE;
    }
    if (!rc && o->filter) {
        t->filter = filter_new(t->schema, o->filter, &err);
        if (!t->filter)
            rc = cli_usage("get", "bad filter: %s", err.msg);
    }
    return rc;
}

/* Are hosts read, which a vCenter may have to list first? */
static bool needs_hosts(const struct get *g)
{
    bool any = false;

    for (size_t i = 0; i < g->n; i++) {
        size_t at = 0;

        any = any || g->schemas[i] == &table_endpoints || scope_is_made(g->schemas[i]) ||
              registry_next(KIND_ESXI, g->schemas[i], &at);
    }
    return any;
}

static void release_table(struct get_table *t)
{
    filter_free(t->filter);
    free(t->columns);
}

/* A table that nothing serves is not printed as if it were empty; the others are still read. */
static int drop_unserved(struct get *g)
{
    size_t n = 0;

    for (size_t i = 0; i < g->n; i++) {
        if (pick_is_served(g->o, g->config, g->schemas[i])) {
            g->schemas[n] = g->schemas[i];
            g->tables[n++] = g->tables[i];
            continue;
        }
        cli_say("no configured endpoint can serve table '%s'", g->schemas[i]->name);
        release_table(&g->tables[i]);
    }
    g->unserved = n < g->n;
    g->n = n;
    g->schemas[n] = NULL;
    return n ? CLI_OK : CLI_CONFIG;
}

static int prepare(struct get *g)
{
    int rc = pick_tables("get", g->o->args[0], g->schemas, &g->n);

    g->several = g->n > 1;
    for (size_t i = 0; i < g->n && !rc; i++) {
        g->tables[i].schema = g->schemas[i];
        rc = prepare_table(&g->tables[i], g->o);
    }
    if (rc)
        return rc;
    g->config = cli_load_config(g->o);
    if (!g->config)
        return CLI_CONFIG;
    if (needs_hosts(g))
        g->config = found_expand(g->o, g->config);
    if (!g->config)
        return CLI_INTERRUPTED;
    rc = cli_check_scope("get", g->o, g->config);
    return rc ? rc : drop_unserved(g);
}

static void release(struct get *g)
{
    for (size_t i = 0; i < g->n; i++)
        release_table(&g->tables[i]);
    config_free(g->config);
}

/* ---- the answer
 * ------------------------------------------------------------------------------------ */

static void write_out(void *arg, struct strbuf *out)
{
    int *rc = arg;

    if (!*rc)
        *rc = cli_write(out);
    strbuf_reset(out);
}

/* @rc not NULL: to standard output, as far as @out does not hold it in the end. */
static void print_table(const struct get *g, const struct get_table *t, const struct estate *e,
                        struct strbuf *out, int *rc)
{
    struct rows_output ro = {.format = g->format,
                             .columns = t->columns,
                             .ncolumns = t->ncolumns,
                             .now = estate_now(e),
                             .name_table = g->several,
                             .drain = rc ? write_out : NULL,
                             .drain_arg = rc};
    struct rows rows;

    scope_rows(&rows, e, t->schema, g->o, t->filter, t->sort, t->reverse);
    if (g->format == ROWS_JSON && g->several)
        rows_print_json_table(out, &rows, &ro);
    else
        rows_print(out, &rows, &ro);
    rows_release(&rows);
}

static void print_all(const struct get *g, const struct estate *e, struct strbuf *out, int *rc)
{
    bool one_object = g->format == ROWS_JSON && g->several;
    bool titles = g->several && (g->format == ROWS_TABLE || g->format == ROWS_WIDE);

    if (one_object)
        strbuf_addstr(out, "{\"schema_version\":1,\"tables\":[");
    for (size_t i = 0; i < g->n; i++) {
        if (i && g->format != ROWS_JSONL)
            strbuf_addstr(out, one_object ? "," : g->format == ROWS_CSV ? "\r\n" : "\n");
        if (titles)
            strbuf_addf(out, "%s\n", g->schemas[i]->name);
        print_table(g, &g->tables[i], e, out, rc);
    }
    if (one_object)
        strbuf_addstr(out, "]}\n");
}

/* Findings and timeline are as good as what the endpoints told. */
static unsigned report(const struct get *g, const struct estate *e, const struct schema *s)
{
    if (!scope_is_made(s)) {
        scope_explain_empty(e, s, g->o);
        return scope_report(e, s, g->o);
    }
    for (size_t i = 0; i < g->n && g->schemas[i] != s; i++) {
        if (g->schemas[i] == &table_endpoints || scope_is_made(g->schemas[i]))
            return 0; /* said already */
    }
    return scope_report(e, &table_endpoints, g->o);
}

static int answer(const struct get *g, const struct estate *e)
{
    struct strbuf out = STRBUF_INIT;
    unsigned bad = 0;
    int rc = CLI_OK;

    print_all(g, e, &out, &rc);
    write_out(&rc, &out);
    strbuf_release(&out);
    for (size_t i = 0; i < g->n; i++)
        bad += report(g, e, g->schemas[i]);
    return rc ? rc : g->unserved ? CLI_CONFIG : bad ? CLI_NOT_OK : CLI_OK;
}

/* What --watch compares: rows without ages, and what became of their sources. */
static void add_state(const struct get *g, const struct estate *e, struct strbuf *out)
{
    struct get plain = *g;

    plain.format = ROWS_CSV;
    print_all(&plain, e, out, NULL);
    for (size_t i = 0; i < g->n; i++) {
        size_t n;
        struct snapshot *const *from = estate_table(e, g->schemas[i], &n);
        for (size_t j = 0; j < n; j++) {
            if (scope_has(from[j], g->config, g->o))
                strbuf_addf(out, "%s %s\n", freshness_name(snapshot_freshness(from[j])),
                            snapshot_err(from[j])->msg);
        }
    }
}

/* The next answer of --watch; people see where it begins. */
static int watch_print(const struct get *g, const struct estate *e, bool first)
{
    struct strbuf out = STRBUF_INIT;
    int rc = CLI_OK;

    if (g->format == ROWS_TABLE || g->format == ROWS_WIDE) {
        strbuf_addstr(&out, first ? "" : "\n");
        fmt_time_iso(&out, estate_now(e) / 1000 * 1000);
        strbuf_addch(&out, '\n');
    }
    print_all(g, e, &out, &rc);
    write_out(&rc, &out);
    strbuf_release(&out);
    for (size_t i = 0; i < g->n; i++)
        (void)report(g, e, g->schemas[i]);
    return rc;
}

/* Print at once when everything was read, then whenever rows or their sources differ. */
static int watch(const struct get *g, struct headless *h)
{
    struct strbuf last = STRBUF_INIT, now = STRBUF_INIT;
    int64_t deadline = clock_mono_ms() + g->o->timeout_ms;
    int rc = CLI_OK;
    bool first = true;

    while (!rc && headless_wait_change(h, WATCH_MS)) {
        if (first && headless_is_collecting(h) && clock_mono_ms() < deadline)
            continue;
        const struct estate *e = headless_estate(h);
        strbuf_reset(&now);
        add_state(g, e, &now);
        if (first || strcmp(now.buf, last.buf) != 0) {
            rc = watch_print(g, e, first);
            strbuf_reset(&last);
            strbuf_add(&last, now.buf, now.len);
        }
        first = false;
        if (!rc && cli_reader_is_gone())
            rc = CLI_CREATE;
    }
    strbuf_release(&last);
    strbuf_release(&now);
    return rc ? rc : CLI_INTERRUPTED;
}

static int run(struct get *g)
{
    const struct schema *inputs[PICK_TABLES_MAX + 1];
    bool listed = pick_inputs(g->config, g->schemas, g->n, inputs);
    bool findings = false, joined = !listed;
    int rc;

    for (size_t i = 0; i < g->n; i++)
        findings = findings || g->schemas[i] == &table_findings;
    for (size_t i = 0; listed && inputs[i]; i++)
        joined = joined || i >= g->n;
    /* Joins need what the other endpoints know: then --endpoint restricts what is printed, not what
     * is read. */
    struct headless_options ho = {.config = g->config,
                                  .tables = listed ? inputs : NULL,
                                  .named = listed ? inputs : g->schemas,
                                  .site = g->o->site,
                                  .endpoint = joined ? NULL : g->o->endpoint,
                                  .timeout_ms = g->o->timeout_ms,
                                  .watch = g->o->watch,
                                  .checks = findings};
    struct headless *h = headless_start(&ho);
    if (!h)
        return CLI_CONFIG;
    if (g->o->watch)
        rc = watch(g, h);
    else
        rc = headless_wait(h) ? answer(g, headless_estate(h)) : CLI_INTERRUPTED;
    headless_stop(h);
    return rc;
}

int cli_get(const struct cli_options *o)
{
    struct get g = {.o = o, .format = format_of(o->output)};
    int rc = prepare(&g);

    if (!rc)
        rc = run(&g);
    release(&g);
    return rc;
}
