/*
 * group-empty: a rule whose sources or destinations are an empty group matches nothing: what it
 * should let pass is dropped by a later one, what it should drop passes. "Everything but" an empty
 * group is everything. Only groups that rules name, and whose addresses were read.
 */
#include "core/i18n.h"
#include "core/mem.h"
#include "model/checks/checks.h"
#include "model/checks/firewall.h"
#include "model/checks/lookup.h"

#include <stdlib.h>
#include <string.h>

static bool names(const struct row *rule, unsigned raw, unsigned words, const char *path)
{
    return list_has(row_list(rule, raw), path) || list_has(row_list(rule, words), path);
}

/* Rules with a negation are few. */
struct negated {
    const struct row *rule;
    const struct snapshot *source;
    bool sources, destinations;
};

struct negated_list {
    struct negated *items;
    size_t n, alloc;
};

static void collect(const struct check_input *in, struct negated_list *l)
{
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_rules, &i, &s)) != NULL) {
        struct negated n = {r, s, rule_flag(r, RULES_NEGATE_SOURCES),
                            rule_flag(r, RULES_NEGATE_DESTINATIONS)};

        if ((!n.sources && !n.destinations) || !rule_is_on(r))
            continue;
        l->items = mem_grow(l->items, l->n, &l->alloc, sizeof(*l->items));
        l->items[l->n++] = n;
    }
}

/* A rule that means everything but this group; NULL: none. */
static const struct row *negating_rule(const struct negated_list *l, const struct snapshot *from,
                                       const char *path)
{
    for (size_t i = 0; i < l->n; i++) {
        const struct negated *n = &l->items[i];

        if (strcmp(snapshot_endpoint(n->source), snapshot_endpoint(from)) != 0)
            continue;
        if ((n->sources && names(n->rule, RULES_SOURCE_PATHS, RULES_SOURCES, path)) ||
            (n->destinations && names(n->rule, RULES_DESTINATION_PATHS, RULES_DESTINATIONS, path)))
            return n->rule;
    }
    return NULL;
}

static bool is_empty(const struct row *r)
{
    int64_t ips, vms = 0;
    bool used = false;

    row_bool(r, GROUPS_USED, &used);
    row_int(r, GROUPS_VM_COUNT, &vms);
    return used && row_int(r, GROUPS_MEMBER_COUNT, &ips) && ips == 0 && vms == 0;
}

static struct finding *add_plain(const struct check_input *in, struct finding *f,
                                 const struct row *r, const struct snapshot *s)
{
    const char *name = row_text(r, GROUPS_GROUP);

    if (!f)
        f = finding_add(in, SEV_OK, CHECK_INFO, snapshot_endpoint(s));
    finding_affected(f, name);
    if (finding_affected_count(f) <= 5)
        finding_evidence(f, "%s: no addresses at %s (%s)", name,
                         check_cell(in, &table_groups, r, GROUPS_MEMBERS_AT), check_age(in, s));
    finding_summary(f, "%zu group%s that firewall rules of %s name %s empty.",
                    finding_affected_count(f), finding_affected_count(f) == 1 ? "" : "s",
                    snapshot_endpoint(s), finding_affected_count(f) == 1 ? "is" : "are");
    return f;
}

static void add_negated(const struct check_input *in, const struct row *r, const struct snapshot *s,
                        const struct row *rule)
{
    struct finding *f =
        finding_add(in, SEV_WARNING, 0,
                    check_text(in, "%s (%s)", row_text(r, GROUPS_PATH), row_text(r, GROUPS_GROUP)));

    finding_affected(f, row_text(rule, RULES_RULE));
    finding_evidence(f, "%s: no addresses at %s (%s)", row_text(r, GROUPS_GROUP),
                     check_cell(in, &table_groups, r, GROUPS_MEMBERS_AT), check_age(in, s));
    finding_summary(f, "Group %s is empty, and rule %s means everything but it: everything.",
                    row_text(r, GROUPS_GROUP), row_text(rule, RULES_RULE));
}

static void run(const struct check_input *in)
{
    const struct snapshot *s, *last = NULL;
    struct negated_list negated = {0};
    struct finding *f = NULL;
    const struct row *r;
    size_t i = 0;

    collect(in, &negated);
    while ((r = check_next(in, &table_groups, &i, &s)) != NULL) {
        const struct row *rule;

        if (s != last)
            f = NULL;
        last = s;
        if (!is_empty(r))
            continue;
        rule = negating_rule(&negated, s, row_text(r, GROUPS_PATH));
        if (rule)
            add_negated(in, r, s, rule);
        else
            f = add_plain(in, f, r, s);
    }
    free(negated.items);
}

static const struct schema *const tables[] = {&table_groups, &table_rules, NULL};

const struct check check_group_empty = {
    .name = "group-empty",
    .title = N_("groups that firewall rules name have members"),
    .remedy = N_("See why: a tag that is set nowhere, machines that are off or without an address. "
                 "Acknowledge groups that are meant to be empty (quarantine)."),
    .kinds = KIND_NSX | KIND_VMC,
    .tables = tables,
    .lenient = true,
    .run = run,
};
