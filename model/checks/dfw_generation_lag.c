/*
 * dfw-generation-lag (GENERATION_LAG): all hosts have the rules of the last publish. NSX-V prints
 * the generation of a ruleset, which is the time of the publish in ms; NSX-T prints 0, which says
 * nothing. All cards of one cluster share the name of their ruleset, so one that is behind the
 * newest of them has old rules; where the manager tells its own generation it counts, too.
 */
#include "model/checks/checks.h"
#include "model/checks/dfw.h"
#include "model/checks/lookup.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/i18n.h"
#include "core/map.h"
#include "core/mem.h"

/* The newest generation of a ruleset. */
static void read_newest(const struct check_input *in, struct map *newest)
{
    const struct row *r;
    int64_t v, *at;
    size_t i = 0;

    while ((r = check_next(in, &table_host_rules, &i, NULL)) != NULL) {
        if (!row_int(r, HOST_RULES_GENERATION, &v) || v <= 0)
            continue;
        at = map_get(newest, row_text(r, HOST_RULES_RULESET));
        if (!at) {
            at = mem_alloc(sizeof(*at));
            map_put(newest, row_text(r, HOST_RULES_RULESET), at);
        }
        *at = v > *at ? v : *at;
    }
}

static int64_t of_manager(const struct check_input *in)
{
    const struct row *r;
    int64_t newest = 0, v;
    size_t i = 0;

    while ((r = check_next(in, &table_policies, &i, NULL)) != NULL) {
        if (row_is(r, POLICIES_LAYER, "dfw") && row_int(r, POLICIES_GENERATION, &v) && v > newest)
            newest = v;
    }
    return newest;
}

static void judge(const struct check_input *in, const struct dfw_filter *at,
                  const struct map *newest, int64_t manager, struct finding **f)
{
    int64_t v = 0, want = manager;

    for (size_t i = 0; i < at->n; i++) {
        const struct row *r = snapshot_row(at->source, at->first + i);
        const int64_t *here = map_get(newest, row_text(r, HOST_RULES_RULESET));
        if (here && row_int(r, HOST_RULES_GENERATION, &v) && v > 0) {
            want = *here > want ? *here : want;
            break;
        }
        v = 0;
    }
    if (!v || v >= want)
        return;
    if (!*f)
        *f = finding_add(in, SEV_CRITICAL, CHECK_TRANSIENT, at->host);
    finding_affected(*f, at->filter);
    if (finding_affected_count(*f) <= 5)
        finding_evidence(*f, "%s has generation %" PRId64 ", the newest is %" PRId64 " (%s)",
                         at->filter, v, want, check_age(in, at->source));
}

static void run(const struct check_input *in)
{
    struct map *newest = map_new();
    int64_t manager = of_manager(in);
    struct dfw_filter at = {0};
    struct finding *f = NULL;
    const char *host = NULL;

    read_newest(in, newest);
    while (map_count(newest) && dfw_next(in, &at)) {
        if (!host || strcmp(host, at.host) != 0)
            f = NULL;
        host = at.host;
        judge(in, &at, newest, manager, &f);
        if (f)
            finding_summary(f,
                            "%zu network cards on %s have rules of an older publish "
                            "(GENERATION_LAG).",
                            finding_affected_count(f), host);
    }
    map_free(newest, free);
}

static const struct schema *const optional[] = {&table_policies, NULL};
static const struct schema *const heavy[] = {&table_host_rules, NULL};

const struct check check_dfw_generation_lag = {
    .name = "dfw-generation-lag",
    .title = N_("all hosts have the firewall rules of the last publish"),
    .remedy = N_("Look at the host's connection to NSX (finding dfw-control-connection), then "
                 "synchronise the host (NSX-V: force sync of the cluster's firewall)."),
    .kinds = KIND_ESXI,
    .optional = optional,
    .heavy = heavy,
    .lenient = true,
    .run = run,
};
