/*
 * dfw-order (ORDER): rules stand on a network card in the order in which the manager evaluates
 * them. The first match wins, so another order is another firewall. Only rules with a known place
 * are compared; one rule is many lines, of which the first counts.
 */
#include "model/checks/checks.h"
#include "model/checks/dfw.h"
#include "model/checks/lookup.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/i18n.h"
#include "core/mem.h"

struct line {
    int64_t position, id;
    const char *ruleset;
};

static int compare_lines(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    int c = strcmp(x->ruleset, y->ruleset);

    return c ? c : (x->position > y->position) - (x->position < y->position);
}

static size_t read_lines(const struct dfw_filter *at, struct line *out)
{
    size_t n = 0;

    for (size_t i = 0; i < at->n; i++) {
        const struct row *r = snapshot_row(at->source, at->first + i);
        struct line l = {.ruleset = row_text(r, HOST_RULES_RULESET)};
        bool internal;
        if (row_int(r, HOST_RULES_POSITION, &l.position) && row_int(r, HOST_RULES_RULE_ID, &l.id) &&
            !(row_bool(r, HOST_RULES_INTERNAL, &internal) && internal))
            out[n++] = l;
    }
    qsort(out, n, sizeof(*out), compare_lines);
    return n;
}

/* The first line that stands behind one that the manager evaluates later; NULL: none. */
static const struct line *find_inversion(const struct dfw_intent *d, const struct line *lines,
                                         size_t n, const struct line **before)
{
    const char *last = NULL;
    const struct line *at = NULL;

    for (size_t i = 0; i < n; i++) {
        const struct row *r = dfw_intent_find(d, lines[i].id);
        const char *place = r ? row_str(r, RULES_EVALUATION) : NULL;
        if (!at || strcmp(at->ruleset, lines[i].ruleset) != 0)
            last = NULL;
        if (!place)
            continue;
        if (last && strcmp(place, last) < 0) {
            *before = at;
            return &lines[i];
        }
        last = place;
        at = &lines[i];
    }
    return NULL;
}

static void judge_filter(const struct check_input *in, const struct dfw_intent *d,
                         const struct dfw_filter *at, struct finding **f)
{
    struct line *lines = mem_array(at->n + 1, sizeof(*lines));
    size_t n = read_lines(at, lines);
    const struct line *before = NULL, *l = find_inversion(d, lines, n, &before);

    if (l) {
        if (!*f)
            *f = finding_add(in, SEV_CRITICAL, CHECK_TRANSIENT, at->host);
        finding_affected(*f, at->filter);
        if (finding_affected_count(*f) <= 5)
            finding_evidence(
                *f, "%s: rule %s at %" PRId64 " stands behind rule %s at %" PRId64 " (%s)",
                at->filter, dfw_rule_name(in, l->id, dfw_intent_find(d, l->id)), l->position,
                dfw_rule_name(in, before->id, dfw_intent_find(d, before->id)), before->position,
                check_age(in, at->source));
    }
    free(lines);
}

static void run(const struct check_input *in)
{
    struct dfw_intent *d = dfw_intent_new(in);
    struct dfw_filter at = {0};
    struct finding *f = NULL;
    const char *host = NULL;

    while (d && dfw_next(in, &at)) {
        if (!host || strcmp(host, at.host) != 0)
            f = NULL;
        host = at.host;
        judge_filter(in, d, &at, &f);
        if (f)
            finding_summary(f, "Rules of %zu network cards on %s stand in another order (ORDER).",
                            finding_affected_count(f), host);
    }
    dfw_intent_free(d);
}

static const struct schema *const tables[] = {&table_rules, &table_policies, NULL};
static const struct schema *const heavy[] = {&table_host_rules, NULL};

const struct check check_dfw_order = {
    .name = "dfw-order",
    .title = N_("rules stand on network cards in the order of the manager"),
    .remedy =
        N_("Publish the policy again; if the order stays, compare vsipioctl getrules -f FILTER "
           "with the manager and open a support request."),
    .kinds = KIND_ESXI,
    .tables = tables,
    .heavy = heavy,
    .lenient = true,
    .run = run,
};
