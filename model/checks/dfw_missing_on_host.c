/*
 * dfw-missing-on-host (MISSING_ON_HOST): a rule that applies everywhere is on every network card.
 * One that is on no card at all was never realised, which is one finding; the rest is one for each
 * host. Rules that apply to groups alone are not judged: which cards they belong on is the
 * manager's secret.
 */
#include "model/checks/checks.h"
#include "model/checks/dfw.h"
#include "model/checks/lookup.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"

/* One row of numbers per filter. */
struct cards {
    struct dfw_filter *at;
    int64_t **ids;
    size_t *counts;
    size_t n, cap, cap_ids, cap_counts;
};

static void read_cards(const struct check_input *in, struct cards *c)
{
    struct dfw_filter f = {0};

    while (dfw_next(in, &f)) {
        c->at = mem_grow(c->at, c->n, &c->cap, sizeof(*c->at));
        c->ids = mem_grow(c->ids, c->n, &c->cap_ids, sizeof(*c->ids));
        c->counts = mem_grow(c->counts, c->n, &c->cap_counts, sizeof(*c->counts));
        c->at[c->n] = f;
        c->ids[c->n] = dfw_rule_ids(&f, &c->counts[c->n]);
        c->n++;
    }
}

static void release(struct cards *c)
{
    for (size_t i = 0; i < c->n; i++)
        free(c->ids[i]);
    free(c->ids);
    free(c->counts);
    free(c->at);
}

static bool is_on(const struct cards *c, size_t card, int64_t id)
{
    return dfw_has_id(c->ids[card], c->counts[card], id);
}

static bool is_anywhere(const struct cards *c, int64_t id)
{
    bool found = false;

    for (size_t i = 0; i < c->n && !found; i++)
        found = is_on(c, i, id);
    return found;
}

static struct finding *report(const struct check_input *in, struct finding *f, const char *subject)
{
    return f ? f : finding_add(in, SEV_CRITICAL, CHECK_TRANSIENT, subject);
}

/* Rules that no card has. */
static void judge_everywhere(const struct check_input *in, const struct dfw_intent *d,
                             const struct cards *c)
{
    struct finding *f = NULL;
    int64_t id;

    for (size_t i = 0; i < dfw_intent_count(d); i++) {
        const struct row *r = dfw_intent_at(d, i);
        if (!dfw_is_everywhere(d, r) || !row_int(r, RULES_RULE_ID, &id) || is_anywhere(c, id))
            continue;
        f = report(in, f, "all hosts");
        finding_affected(f, dfw_rule_name(in, id, r));
        if (finding_affected_count(f) <= 5)
            finding_evidence(f, "rule %s of policy %s is on none of %zu network cards (%s)",
                             dfw_rule_name(in, id, r), row_text(r, RULES_POLICY), c->n,
                             check_age(in, c->at[0].source));
    }
    if (f)
        finding_summary(f, "%zu rules of the manager are enforced nowhere (MISSING_ON_HOST).",
                        finding_affected_count(f));
}

static void judge_card(const struct check_input *in, const struct dfw_intent *d,
                       const struct cards *c, size_t card, struct finding **f)
{
    const struct dfw_filter *at = &c->at[card];
    size_t missing = 0;
    const char *first = NULL;
    int64_t id;

    for (size_t i = 0; i < dfw_intent_count(d); i++) {
        const struct row *r = dfw_intent_at(d, i);
        if (!dfw_is_everywhere(d, r) || !row_int(r, RULES_RULE_ID, &id) || is_on(c, card, id) ||
            !is_anywhere(c, id))
            continue;
        first = first ? first : dfw_rule_name(in, id, r);
        missing++;
    }
    if (!missing)
        return;
    *f = report(in, *f, at->host);
    finding_affected(*f, at->filter);
    if (finding_affected_count(*f) <= 5)
        finding_evidence(*f, "%s lacks %zu rules, the first is %s (%s)", at->filter, missing, first,
                         check_age(in, at->source));
}

static void run(const struct check_input *in)
{
    struct dfw_intent *d = dfw_intent_new(in);
    struct cards c = {0};

    if (!d)
        return;
    read_cards(in, &c);
    if (c.n)
        judge_everywhere(in, d, &c);
    for (size_t i = 0; i < c.n;) {
        const char *host = c.at[i].host;
        struct finding *f = NULL;
        for (; i < c.n && strcmp(c.at[i].host, host) == 0; i++)
            judge_card(in, d, &c, i, &f);
        if (f)
            finding_summary(f,
                            "%zu network cards on %s lack rules that others enforce "
                            "(MISSING_ON_HOST).",
                            finding_affected_count(f), host);
    }
    release(&c);
    dfw_intent_free(d);
}

static const struct schema *const tables[] = {&table_rules, &table_policies, NULL};
static const struct schema *const heavy[] = {&table_host_rules, NULL};

const struct check check_dfw_missing_on_host = {
    .name = "dfw-missing-on-host",
    .title = "every firewall rule that applies everywhere is on every network card",
    .remedy = "Look at the host's connection to NSX (finding dfw-control-connection), then publish "
              "the policy again. On the host: vsipioctl getrules -f FILTER.",
    .kinds = KIND_ESXI,
    .tables = tables,
    .heavy = heavy,
    .lenient = true,
    .run = run,
};
