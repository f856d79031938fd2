#include "cli/found.h"

#include <stdlib.h>
#include <string.h>

#include "cli/headless.h"
#include "core/mem.h"
#include "core/text.h"
#include "model/tables.h"

#define ASK_MS 15000

struct finding {
    const struct config_endpoint *e;
    char **hosts;
    size_t n, cap;
};

static bool needs_hosts(const struct config_endpoint *e)
{
    return (e->kind & KINDS_SSH) && !config_str(e, "host") && config_str(e, "hosts_from.vcenter");
}

/* What a host is called in the inventory is how it is reached. */
static void take_hosts(struct finding *f, const struct snapshot *s)
{
    const char *cluster = config_str(f->e, "hosts_from.cluster");

    for (size_t i = 0; i < snapshot_count(s); i++) {
        const struct row *r = snapshot_row(s, i);
        const char *host = row_str(r, HOSTS_HOST), *in = row_str(r, HOSTS_CLUSTER);

        if (!host || (cluster && !text_glob(cluster, in ? in : "")))
            continue;
        f->hosts = mem_grow(f->hosts, f->n, &f->cap, sizeof(*f->hosts));
        f->hosts[f->n++] = mem_strdup(host);
    }
}

/* False: interrupted. */
static bool ask(struct finding *f, const struct config *c)
{
    static const struct schema *const tables[] = {&table_hosts, NULL};
    const char *vcenter = config_str(f->e, "hosts_from.vcenter");
    struct headless_options ho = {.config = c,
                                  .tables = tables,
                                  .site = f->e->site,
                                  .endpoint = vcenter,
                                  .timeout_ms = ASK_MS};
    struct headless *h = headless_start(&ho);
    const struct snapshot *s;
    bool whole;

    if (!h)
        return false;
    whole = headless_wait(h);
    s = whole ? estate_snapshot(headless_estate(h), &table_hosts, f->e->site, vcenter) : NULL;
    if (s)
        take_hosts(f, s);
    if (whole && !f->n)
        cli_say("no host for '%s/%s': '%s' has listed none%s%s", f->e->site, f->e->name, vcenter,
                s && snapshot_err(s)->msg[0] ? ": " : "", s ? snapshot_err(s)->msg : "");
    headless_stop(h);
    return whole;
}

static struct config *load_again(struct config *c, const struct finding *all, size_t n)
{
    struct config_found *found = mem_array(n + 1, sizeof(*found));
    struct config *again;
    struct err err = {0};

    for (size_t i = 0; i < n; i++)
        found[i] = (struct config_found){all[i].e->site, all[i].e->group,
                                         (const char *const *)all[i].hosts, all[i].n};
    again = config_load_found(config_path(c), found, n, &err, NULL);
    if (!again)
        cli_say("%s", err.msg); /* it was changed meanwhile */
    free(found);
    return again;
}

struct config *found_expand(const struct cli_options *o, struct config *c)
{
    size_t count = config_endpoint_count(c), n = 0;
    struct finding *all = mem_array(count + 1, sizeof(*all));
    struct config *again = c;
    bool whole = true;

    for (size_t i = 0; i < count && whole; i++) {
        const struct config_endpoint *e = config_endpoint(c, i);

        if (!needs_hosts(e) || (o->site && strcmp(o->site, e->site) != 0))
            continue;
        all[n].e = e;
        whole = ask(&all[n++], c);
    }
    if (n)
        again = whole ? load_again(c, all, n) : NULL;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < all[i].n; k++)
            free(all[i].hosts[k]);
        free(all[i].hosts);
    }
    free(all);
    if (again != c)
        config_free(c);
    return again;
}

struct config *found_load(const struct cli_options *o)
{
    struct config *c = cli_load_config(o);

    return c ? found_expand(o, c) : NULL;
}
