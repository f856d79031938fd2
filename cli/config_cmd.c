/* config check and config show. */
#include <string.h>

#include "cli/cli.h"
#include "cli/found.h"
#include "cli/headless.h"
#include "collectors/registry.h"
#include "core/fmt.h"
#include "core/strbuf.h"
#include "model/tables.h"

/* ---- show
 * ------------------------------------------------------------------------------------------ */

/* Intervals that nobody set: the defaults are the collectors'. */
static void add_default_intervals(const struct config_endpoint *e, struct strbuf *out)
{
    const struct collector *col;
    size_t i = 0;

    while ((col = registry_next(e->kind, NULL, &i))) {
        const char *table = col->tables[0]->name;
        if (config_interval(e, table, -1) >= 0)
            continue;
        strbuf_addf(out, "%s/%s.intervals.%s = ", e->site, e->name, table);
        fmt_duration(out, col->interval_ms);
        strbuf_addstr(out, "  (default)\n");
    }
}

int cli_config_show(const struct cli_options *o)
{
    struct config *c = cli_load_config(o);
    struct strbuf out = STRBUF_INIT;
    int rc;

    if (!c)
        return CLI_CONFIG;
    config_show(c, &out);
    strbuf_addch(&out, '\n');
    for (size_t i = 0; i < config_endpoint_count(c); i++)
        add_default_intervals(config_endpoint(c, i), &out);
    rc = cli_write(&out);
    strbuf_release(&out);
    config_free(c);
    return rc;
}

/* ---- check
 * ----------------------------------------------------------------------------------------- */

static const char *why_unsupported(const struct estate *e, const struct config_endpoint *ep,
                                   unsigned table)
{
    const struct snapshot *s = estate_snapshot(e, tables_all[table], ep->site, ep->name);

    if (!s || tables_all[table] == &table_endpoints || snapshot_freshness(s) != FRESH_UNSUPPORTED)
        return "";
    return snapshot_err(s)->msg;
}

/* What this endpoint does not offer is no fault, but may not be what was meant: a line for each
 * reason, with all its tables. */
static void add_unsupported(const struct estate *e, const struct config_endpoint *ep,
                            struct strbuf *out)
{
    for (unsigned t = 0; t < tables_count; t++) {
        const char *why = why_unsupported(e, ep, t);
        unsigned first = 0;

        while (strcmp(why_unsupported(e, ep, first), why) != 0)
            first++;
        if (!*why || first < t)
            continue;
        for (unsigned u = t; u < tables_count; u++) {
            if (strcmp(why_unsupported(e, ep, u), why) == 0)
                strbuf_addf(out, "%s%s", u == t ? "    not available: " : ", ",
                            tables_all[u]->name);
        }
        strbuf_addf(out, ": %s\n", why);
    }
}

/* What this endpoint was refused, table by table: each is a privilege that is missing. What its own
 * line says already (@told) is not said again. */
static unsigned add_denied(const struct estate *e, const struct config_endpoint *ep,
                           const char *told, struct strbuf *out)
{
    unsigned bad = 0;

    for (unsigned t = 0; t < tables_count; t++) {
        const struct snapshot *s;
        if (tables_all[t] == &table_endpoints)
            continue;
        s = estate_snapshot(e, tables_all[t], ep->site, ep->name);
        enum freshness f = s ? snapshot_freshness(s) : FRESH_OK;
        if (f == FRESH_OK || f == FRESH_UNSUPPORTED)
            continue;
        bad++;
        if (strcmp(snapshot_err(s)->msg, told) != 0)
            strbuf_addf(out, "    %s: %s: %s\n", tables_all[t]->name, freshness_name(f),
                        snapshot_err(s)->msg);
    }
    return bad;
}

static const char *text_of(const struct row *r, unsigned col)
{
    const char *s = r ? row_str(r, col) : NULL;

    return s ? s : "";
}

/* "tokyo/nsx (credential 'x'): ok, NSX Manager 4.1.2" or what is wrong. Returns how much is. */
static unsigned add_endpoint(const struct estate *e, const struct config_endpoint *ep,
                             struct strbuf *out)
{
    const struct snapshot *s = estate_snapshot(e, &table_endpoints, ep->site, ep->name);
    const struct row *r = s && snapshot_count(s) ? snapshot_row(s, 0) : NULL;
    const char *fresh = r ? text_of(r, ENDPOINTS_FRESHNESS) : "not read";
    const char *product = text_of(r, ENDPOINTS_PRODUCT), *role = text_of(r, ENDPOINTS_ROLE);
    const char *version = text_of(r, ENDPOINTS_VERSION);
    const char *message = text_of(r, ENDPOINTS_MESSAGE);
    bool ok = strcmp(fresh, "ok") == 0 || strcmp(fresh, "unsupported") == 0;

    strbuf_addf(out, "%s/%s (credential '%s'): %s", ep->site, ep->name, ep->credential, fresh);
    if (*product)
        strbuf_addf(out, ", %s%s%s", product, *version ? " " : "", version);
    if (*role)
        strbuf_addf(out, ", as %s", role);
    if (*message)
        strbuf_addf(out, ": %s", message);
    strbuf_addch(out, '\n');
    add_unsupported(e, ep, out);
    return add_denied(e, ep, message, out) + !ok;
}

static int connect_all(const struct cli_options *o, const struct config *c)
{
    struct headless_options ho = {
        .config = c, .site = o->site, .endpoint = o->endpoint, .timeout_ms = o->timeout_ms};
    struct headless *h = headless_start(&ho);
    struct strbuf out = STRBUF_INIT;
    unsigned bad = 0;
    int rc = CLI_INTERRUPTED;

    if (!h)
        return CLI_CONFIG;
    if (headless_wait(h)) {
        const struct estate *e = headless_estate(h);
        for (size_t i = 0; i < config_endpoint_count(c); i++) {
            if (cli_endpoint_matches(o, config_endpoint(c, i)))
                bad += add_endpoint(e, config_endpoint(c, i), &out);
        }
        rc = cli_write(&out);
        rc = rc ? rc : bad ? CLI_NOT_OK : CLI_OK;
    }
    headless_stop(h);
    strbuf_release(&out);
    return rc;
}

int cli_config_check(const struct cli_options *o)
{
    struct config *c = cli_load_config(o);
    struct strbuf out = STRBUF_INIT;
    int rc;

    if (!c)
        return CLI_CONFIG;
    if (o->connect)
        c = found_expand(o, c);
    if (!c)
        return CLI_INTERRUPTED;
    rc = cli_check_scope("config check", o, c);
    if (rc) {
        config_free(c);
        return rc;
    }
    strbuf_addf(&out, "%s: ok, %zu site%s, %zu endpoint%s\n", config_path(c), config_site_count(c),
                config_site_count(c) == 1 ? "" : "s", config_endpoint_count(c),
                config_endpoint_count(c) == 1 ? "" : "s");
    rc = cli_write(&out);
    if (!rc && o->connect)
        rc = connect_all(o, c);
    strbuf_release(&out);
    config_free(c);
    return rc;
}
