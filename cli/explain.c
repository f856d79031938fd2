/* explain: which rules a flow meets: reads what it needs once, and prints the way. */
#include <string.h>

#include "cli/cli.h"
#include "cli/found.h"
#include "cli/headless.h"
#include "cli/pick.h"
#include "cli/scope.h"
#include "core/arena.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "model/explain.h"
#include "model/explain_text.h"
#include "model/tables.h"

/* Tables that somebody here serves, and what their joins need, into @out. */
static bool choose_tables(const struct cli_options *o, const struct config *c,
                          const struct schema **out)
{
    const struct schema *wanted[PICK_TABLES_MAX];
    size_t n = 0;

    for (size_t i = 0; explain_tables[i]; i++) {
        if (pick_is_served(o, c, explain_tables[i]))
            wanted[n++] = explain_tables[i];
    }
    return n && pick_inputs(c, wanted, n, out);
}

static int answer(const struct cli_options *o, const struct explain_query *q,
                  const struct estate *e)
{
    struct explain *x = explain_new(e);
    struct explain_result r;
    struct strbuf out = STRBUF_INIT;
    int rc;

    explain_run(x, q, &r);
    if (o->output && strcmp(o->output, "json") == 0)
        explain_print_json(&out, &r);
    else
        explain_print_text(&out, &r);
    rc = cli_write(&out);
    if (r.incomplete) {
        (void)scope_report(e, &table_endpoints, o);
        rc = rc ? rc : CLI_NOT_OK;
    }
    strbuf_release(&out);
    explain_result_release(&r);
    explain_free(x);
    return rc;
}

static int run(const struct cli_options *o, const struct explain_query *q, const struct config *c)
{
    const struct schema *tables[PICK_TABLES_MAX + 1];
    struct headless *h;
    int rc;

    if (o->site && !config_find_site(c, o->site))
        return cli_usage("explain", "no site '%s' in the configuration", o->site);
    if (!choose_tables(o, c, tables)) {
        cli_say("no configured endpoint knows machines or firewalls");
        return CLI_CONFIG;
    }
    struct headless_options ho = {.config = c,
                                  .tables = tables,
                                  .named = tables,
                                  .site = o->site,
                                  .timeout_ms = o->timeout_ms};
    h = headless_start(&ho);
    if (!h)
        return CLI_CONFIG;
    rc = headless_wait(h) ? answer(o, q, headless_estate(h)) : CLI_INTERRUPTED;
    headless_stop(h);
    return rc;
}

int cli_explain(const struct cli_options *o)
{
    struct arena *arena = arena_new(0);
    struct explain_query q = {.site = o->site, .skipped = o->skipped};
    struct config *c;
    struct err err = {0};
    int rc;

    if (explain_parse(&q, arena, o->args[0], o->args[1], &err)) {
        arena_free(arena);
        return cli_usage("explain", "%s", err.msg);
    }
    c = found_load(o);
    rc = c ? run(o, &q, c) : CLI_CONFIG;
    config_free(c);
    arena_free(arena);
    return rc;
}
