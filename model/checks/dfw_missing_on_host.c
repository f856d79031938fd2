/*
 * dfw-missing-on-host (MISSING_ON_HOST): a rule that applies everywhere is on every network card.
 * One that is on no card at all was never realised, which is one finding; the rest is one for each
 * host. A rule that applies to groups is on a card of every machine in them, as far as the manager
 * has told who is in them: on which of a machine's cards is its secret. Machines are joined by
 * name, which the manager's lists of members have alone; a name of two machines is not judged.
 */
#include "model/checks/checks.h"
#include "model/checks/dfw.h"
#include "model/checks/dfw_groups.h"
#include "model/checks/lookup.h"

#include <stdlib.h>
#include <string.h>

#include "core/i18n.h"
#include "core/map.h"
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

/* ---- rules that apply to groups -----------------------------------------------------------------
 */

/* A machine, and its cards whose rules were read. */
struct machine {
    const char *uuid; /* NULL: two machines have its name */
    size_t first;     /* of its cards; the others follow in @next */
};

struct applied {
    const struct check_input *in;
    const struct cards *cards;
    struct map *machines; /* by name */
    size_t *next;         /* by card: the next card of the same machine; cards->n: none */
    const struct row *rule;
    int64_t id;
    struct finding *f;
};

static const struct row *filter_of(struct map *filters, const struct dfw_filter *card)
{
    char *key = mem_printf("%s %s", card->host, card->filter);
    const struct row *r = map_get(filters, key);

    free(key);
    return r;
}

static struct map *read_filters(const struct check_input *in)
{
    struct map *m = map_new();
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_filters, &i, NULL)) != NULL) {
        char *key = mem_printf("%s %s", row_text(r, FILTERS_HOST), row_text(r, FILTERS_FILTER));
        map_put(m, key, (void *)r);
        free(key);
    }
    return m;
}

static void add_card(struct applied *a, size_t card, const struct row *filter)
{
    const char *name = row_str(filter, FILTERS_VM), *uuid = row_str(filter, FILTERS_VM_UUID);
    struct machine *m = name ? map_get(a->machines, name) : NULL;

    a->next[card] = a->cards->n;
    if (!name || !uuid)
        return;
    if (!m) {
        m = mem_alloc(sizeof(*m));
        *m = (struct machine){uuid, card};
        map_put(a->machines, name, m);
    } else if (!m->uuid || strcmp(m->uuid, uuid) != 0) {
        m->uuid = NULL;
    } else {
        a->next[card] = m->first;
        m->first = card;
    }
}

static void read_machines(struct applied *a)
{
    struct map *filters = read_filters(a->in);

    a->machines = map_new();
    a->next = mem_array(a->cards->n + 1, sizeof(*a->next));
    for (size_t i = 0; i < a->cards->n; i++) {
        const struct row *r = filter_of(filters, &a->cards->at[i]);
        a->next[i] = a->cards->n;
        if (r)
            add_card(a, i, r);
    }
    map_free(filters, NULL);
}

/* A machine whose cards were not read is on a host that nobody looked at. */
static void judge_machine(void *arg, const char *vm)
{
    struct applied *a = arg;
    const struct machine *m = map_get(a->machines, vm);
    const struct dfw_filter *card;

    if (!m || !m->uuid)
        return;
    for (size_t i = m->first; i < a->cards->n; i = a->next[i])
        if (is_on(a->cards, i, a->id))
            return;
    card = &a->cards->at[m->first];
    a->f = report(a->in, a->f, "groups");
    finding_affected(a->f, check_text(a->in, "%s: %s", vm, dfw_rule_name(a->in, a->id, a->rule)));
    if (finding_affected_count(a->f) <= 5)
        finding_evidence(a->f, "%s is in a group that rule %s applies to; %s on %s lacks it (%s)",
                         vm, dfw_rule_name(a->in, a->id, a->rule), card->filter, card->host,
                         check_age(a->in, card->source));
}

static void tell_unknown(const struct check_input *in, size_t n, const char *first)
{
    struct finding *f;

    if (!n)
        return;
    f = finding_add(in, SEV_UNKNOWN, CHECK_TRANSIENT, "members of groups");
    finding_summary(f,
                    "%zu rules apply to groups whose machines are not known: whether cards lack "
                    "them is not judged (MISSING_ON_HOST).",
                    n);
    finding_evidence(f, "the first of them is rule %s", first);
}

static void judge_applied(const struct check_input *in, const struct dfw_intent *d,
                          const struct cards *c)
{
    struct applied a = {.in = in, .cards = c};
    struct dfw_groups *groups = dfw_groups_new(in);
    const char *first = NULL;
    size_t unknown = 0;

    read_machines(&a);
    for (size_t i = 0; i < dfw_intent_count(d); i++) {
        const struct cell_list *scope = dfw_scope(d, dfw_intent_at(d, i));
        a.rule = dfw_intent_at(d, i);
        if (!scope || !row_int(a.rule, RULES_RULE_ID, &a.id) ||
            dfw_groups_members(groups, scope, judge_machine, &a))
            continue;
        unknown++;
        first = first ? first : dfw_rule_name(in, a.id, a.rule);
    }
    if (a.f)
        finding_summary(a.f,
                        "%zu times a rule that applies to a group is on no card of a machine in it "
                        "(MISSING_ON_HOST).",
                        finding_affected_count(a.f));
    tell_unknown(in, unknown, first);
    map_free(a.machines, free);
    free(a.next);
    dfw_groups_free(groups);
}

static void run(const struct check_input *in)
{
    struct dfw_intent *d = dfw_intent_new(in);
    struct cards c = {0};

    if (!d)
        return;
    read_cards(in, &c);
    if (c.n) {
        judge_everywhere(in, d, &c);
        judge_applied(in, d, &c);
    }
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
static const struct schema *const optional[] = {&table_groups, &table_filters, NULL};
static const struct schema *const heavy[] = {&table_host_rules, NULL};

const struct check check_dfw_missing_on_host = {
    .name = "dfw-missing-on-host",
    .title = N_("every firewall rule is on the network cards that it applies to"),
    .remedy =
        N_("Look at the host's connection to NSX (finding dfw-control-connection), then publish "
           "the policy again. On the host: vsipioctl getrules -f FILTER."),
    .kinds = KIND_ESXI,
    .tables = tables,
    .optional = optional,
    .heavy = heavy,
    .lenient = true,
    .run = run,
};
