/*
 * rule-shadowed: an earlier rule of the same firewall takes everything that a later one could
 * match, so the later one never decides. If the two disagree, what somebody meant does not happen.
 *
 * Sources, destinations, services and where it applies are compared as lists of names, not as sets
 * of addresses: a rule covers another where it says ANY, the same list, or a list that has the
 * other's only entry in it. So what is reported is true, and what addresses alone would tell is not
 * found. Left out as the earlier one: rules that are off, negated, bound to an application (L7) or
 * to a schedule, and those of other actions than ALLOW, DROP and REJECT: JUMP_TO_APPLICATION does
 * not decide.
 *
 * To find the earlier rule of 100,000 in time, every rule is put into a table under each way in
 * which a later one could look for it; the earliest stays.
 */
#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "core/i18n.h"
#include "core/map.h"
#include "core/mem.h"
#include "model/checks/checks.h"
#include "model/checks/firewall.h"
#include "model/checks/lookup.h"

enum { DIM_SOURCES, DIM_DESTINATIONS, DIM_SERVICES, DIM_APPLIED, DIM_DIRECTION, DIM_FAMILY, DIMS };

#define ANY      1u
#define WAYS_MAX 8  /* of one list: ANY or itself, and its entries */
#define KEYS_MAX 96 /* of one rule; a rule with more is found by its whole lists alone */

struct rule {
    const struct row *row;
    const struct snapshot *source;
    const char *endpoint, *layer;
    uint64_t major, minor; /* place in the order of evaluation */
    uint64_t whole[DIMS];  /* hash of the list; ANY */
    uint64_t firewall;     /* rules of the same one can meet */
    bool covers;           /* may stand before another */
};

struct slot {
    uint64_t key;
    const struct rule *rule;
};

struct judge {
    const struct check_input *in;
    struct map *policies; /* "endpoint path" to their rows */
    struct rule *rules;
    size_t n, alloc;
    struct slot *slots;
    size_t mask, used;
    bool seen[1u << DIMS]; /* by which dimensions are ANY: is there such a key at all */
    struct rule_findings differ, same;
    const char *last, *last_endpoint; /* the policy of the rule before */
    const struct row *last_policy;
};

/* ---- what a rule is ----------------------------------------------------------------------------
 */

static uint64_t hash_text(const char *s)
{
    return hash_fast(s, strlen(s), 7) | 2;
}

static bool is_any(const struct cell_list *l)
{
    return l->n == 1 && (strcmp(l->items[0], "ANY") == 0 || strcmp(l->items[0], "DFW") == 0);
}

/* 0: not known, then it neither covers nor is covered. The order of a list does not count. */
static uint64_t hash_list(const struct cell_list *l)
{
    uint64_t sum = 0;

    if (!l || l->n == 0)
        return 0;
    if (is_any(l))
        return ANY;
    if (l->n == 1)
        return hash_text(l->items[0]);
    for (size_t i = 0; i < l->n; i++)
        sum += hash_text(l->items[i]) * 0x9e3779b97f4a7c15u;
    return sum | 2;
}

/* Paths tell objects apart, names may not. */
static const struct cell_list *list_of(const struct row *r, unsigned raw, unsigned words)
{
    const struct cell_list *l = row_list(r, raw);

    return l ? l : row_list(r, words);
}

static const struct cell_list *dimension(const struct row *r, unsigned dim)
{
    switch (dim) {
    case DIM_SOURCES:
        return list_of(r, RULES_SOURCE_PATHS, RULES_SOURCES);
    case DIM_DESTINATIONS:
        return list_of(r, RULES_DESTINATION_PATHS, RULES_DESTINATIONS);
    case DIM_SERVICES:
        return list_of(r, RULES_SERVICE_PATHS, RULES_SERVICES);
    default:
        return list_of(r, RULES_APPLIED_TO_PATHS, RULES_APPLIED_TO);
    }
}

static uint64_t hash_word(const char *word, const char *any)
{
    return !word || strcmp(word, any) == 0 ? ANY : hash_text(word);
}

/* Rules of one policy stand together. */
static const struct row *policy_of(struct judge *j, const struct row *r, const char *endpoint)
{
    const char *path = row_str(r, RULES_POLICY_PATH);

    if (!path)
        return NULL;
    if (!j->last || strcmp(j->last, path) != 0 || strcmp(j->last_endpoint, endpoint) != 0) {
        j->last = path;
        j->last_endpoint = endpoint;
        j->last_policy = map_get(j->policies, check_text(j->in, "%s %s", endpoint, path));
    }
    return j->last_policy;
}

/* Where a policy applies overrides where its rules do, unless it is everywhere. It is told in names
 * alone, so it is the same for the rules of this policy only. The same holds for a gateway's rules
 * that do not say which gateway. */
static uint64_t hash_applied(const struct rule *rule, const struct row *policy)
{
    const struct cell_list *l = policy ? row_list(policy, POLICIES_APPLIED_TO) : NULL;
    uint64_t own = hash_text(row_text(rule->row, RULES_POLICY_PATH));
    uint64_t h;

    if (hash_list(l) > ANY)
        return own;
    h = hash_list(dimension(rule->row, DIM_APPLIED));
    if (!h)
        h = strcmp(rule->layer, "dfw") == 0 ? ANY : own;
    return h;
}

static bool has_entries(const struct row *r, unsigned col)
{
    const struct cell_list *l = row_list(r, col);

    return l && l->n > 0;
}

/* Of an action that is new to us nobody knows whether it ends the evaluation. */
static bool decides(const struct row *r)
{
    return row_is(r, RULES_ACTION, "ALLOW") || row_is(r, RULES_ACTION, "DROP") ||
           row_is(r, RULES_ACTION, "REJECT");
}

static bool may_cover(const struct rule *rule, const struct row *policy)
{
    const struct row *r = rule->row;

    return !rule_flag(r, RULES_NEGATE_SOURCES) && !rule_flag(r, RULES_NEGATE_DESTINATIONS) &&
           !has_entries(r, RULES_PROFILES) && !has_entries(r, RULES_SERVICE_ENTRIES) && policy &&
           !row_present(policy, POLICIES_SCHEDULE) && decides(r);
}

/* "4.0000001010.0000000010" as two numbers, because 100,000 of them are sorted. */
static bool read_place(struct rule *rule, const char *place)
{
    uint64_t *to = &rule->major;
    unsigned part = 0;

    for (; place && *place; place++) {
        if (*place == '.')
            part++;
        else if (*place < '0' || *place > '9')
            return false;
        else
            *to = *to * 10 + (uint64_t)(*place - '0');
        to = part < 2 ? &rule->major : &rule->minor;
    }
    return place != NULL;
}

static void add_rule(struct judge *j, const struct row *r, const struct snapshot *source)
{
    const struct row *policy = policy_of(j, r, snapshot_endpoint(source));
    struct rule rule = {.row = r,
                        .source = source,
                        .endpoint = snapshot_endpoint(source),
                        .layer = row_text(r, RULES_LAYER)};

    if (!read_place(&rule, row_str(r, RULES_EVALUATION)) || !rule_is_on(r))
        return;
    for (unsigned i = DIM_SOURCES; i <= DIM_SERVICES; i++) {
        rule.whole[i] = hash_list(dimension(r, i));
        if (!rule.whole[i])
            return;
    }
    /* Rules for frames (Ethernet) and for packets do not meet. */
    rule.firewall =
        hash_fast(rule.layer, strlen(rule.layer), row_is(r, RULES_CATEGORY, "Ethernet")) ^
        hash_text(rule.endpoint);
    rule.whole[DIM_APPLIED] = hash_applied(&rule, policy);
    rule.whole[DIM_DIRECTION] = hash_word(row_str(r, RULES_DIRECTION), "IN_OUT");
    rule.whole[DIM_FAMILY] = hash_word(row_str(r, RULES_IP_PROTOCOL), "IPV4_IPV6");
    rule.covers = may_cover(&rule, policy);
    /* What is negated, or has raw services besides, is other than its list says: only ANY covers
     * it.
     */
    if (has_entries(r, RULES_SERVICE_ENTRIES))
        rule.whole[DIM_SERVICES] ^= hash_text("raw");
    if (rule_flag(r, RULES_NEGATE_SOURCES))
        rule.whole[DIM_SOURCES] ^= hash_text("not");
    if (rule_flag(r, RULES_NEGATE_DESTINATIONS))
        rule.whole[DIM_DESTINATIONS] ^= hash_text("not");
    j->rules = mem_grow(j->rules, j->n, &j->alloc, sizeof(*j->rules));
    j->rules[j->n++] = rule;
}

/* In the order of evaluation, firewall by firewall. */
static int compare(const void *a, const void *b)
{
    const struct rule *x = a, *y = b;

    if (x->firewall != y->firewall)
        return x->firewall < y->firewall ? -1 : 1;
    if (x->major != y->major)
        return x->major < y->major ? -1 : 1;
    if (x->minor != y->minor)
        return x->minor < y->minor ? -1 : 1;
    return strcmp(x->row->key, y->row->key);
}

/* ---- the table ---------------------------------------------------------------------------------
 */

static uint64_t key_of(const struct rule *rule, const uint64_t *part)
{
    uint64_t h = hash_fast(part, DIMS * sizeof(*part), rule->firewall);

    return h ? h : 1;
}

static struct slot *probe(const struct slot *slots, size_t mask, uint64_t key)
{
    size_t i = (size_t)key & mask;

    while (slots[i].key && slots[i].key != key)
        i = (i + 1) & mask;
    return (struct slot *)&slots[i];
}

static void grow(struct judge *j)
{
    size_t mask = j->slots ? 2 * j->mask + 1 : 1023;
    struct slot *slots = mem_alloc((mask + 1) * sizeof(*slots));

    for (size_t i = 0; j->slots && i <= j->mask; i++) {
        if (j->slots[i].key)
            *probe(slots, mask, j->slots[i].key) = j->slots[i];
    }
    free(j->slots);
    j->slots = slots;
    j->mask = mask;
}

static void put(struct judge *j, const struct rule *rule, const uint64_t *part)
{
    uint64_t key = key_of(rule, part);
    struct slot *s;

    if (!j->slots || 2 * j->used > j->mask)
        grow(j);
    s = probe(j->slots, j->mask, key);
    if (s->key)
        return;
    *s = (struct slot){key, rule};
    j->used++;
}

/* ---- ways to look ------------------------------------------------------------------------------
 */

struct ways {
    uint64_t ways[DIMS][WAYS_MAX];
    unsigned n[DIMS];
    size_t all;
};

static void only_whole(struct ways *w, const struct rule *rule)
{
    w->all = 1;
    for (unsigned d = 0; d < DIMS; d++) {
        w->ways[d][0] = rule->whole[d];
        w->n[d] = 1;
    }
}

/* Under which a rule that covers is put: its lists, and each entry of a list of several. */
static void ways_to_put(struct ways *w, const struct rule *rule)
{
    only_whole(w, rule);
    for (unsigned d = 0; d <= DIM_SERVICES; d++) {
        const struct cell_list *l = dimension(rule->row, d);

        if (l->n < 2 || l->n >= WAYS_MAX)
            continue;
        for (size_t i = 0; i < l->n; i++)
            w->ways[d][w->n[d]++] = hash_text(l->items[i]);
        w->all *= w->n[d];
    }
    if (w->all > KEYS_MAX)
        only_whole(w, rule);
}

/* Under which the rule that covers this one may be: its lists, or ANY. */
static void ways_to_look(struct ways *w, const struct rule *rule)
{
    only_whole(w, rule);
    for (unsigned d = 0; d < DIMS; d++) {
        if (rule->whole[d] == ANY)
            continue;
        w->ways[d][w->n[d]++] = ANY;
        w->all *= 2;
    }
}

static void way(const struct ways *w, size_t i, uint64_t *part)
{
    for (unsigned d = 0; d < DIMS; d++) {
        part[d] = w->ways[d][i % w->n[d]];
        i /= w->n[d];
    }
}

static unsigned any_mask(const uint64_t *part)
{
    unsigned mask = 0;

    for (unsigned d = 0; d < DIMS; d++)
        mask |= (unsigned)(part[d] == ANY) << d;
    return mask;
}

static const struct rule *find_cover(const struct judge *j, const struct rule *rule)
{
    const struct rule *found = NULL;
    uint64_t part[DIMS];
    struct ways w;

    if (!j->slots)
        return NULL;
    ways_to_look(&w, rule);
    for (size_t i = 0; i < w.all; i++) {
        const struct slot *s;

        way(&w, i, part);
        if (!j->seen[any_mask(part)])
            continue;
        s = probe(j->slots, j->mask, key_of(rule, part));
        if (s->key && (!found || s->rule < found))
            found = s->rule;
    }
    return found;
}

static void put_rule(struct judge *j, const struct rule *rule)
{
    uint64_t part[DIMS];
    struct ways w;

    ways_to_put(&w, rule);
    for (size_t i = 0; i < w.all; i++) {
        way(&w, i, part);
        j->seen[any_mask(part)] = true;
        put(j, rule, part);
    }
}

/* ---- findings ----------------------------------------------------------------------------------
 */

static void report(struct judge *j, const struct rule *rule, const struct rule *cover)
{
    const struct check_input *in = j->in;
    bool same = row_is(rule->row, RULES_ACTION, row_text(cover->row, RULES_ACTION));
    const char *subject = rule_subject(in, rule->row);
    const char *why = check_text(in, "%s behind %s, %s (%s)", row_text(rule->row, RULES_ACTION),
                                 rule_label(in, cover->row), row_text(cover->row, RULES_ACTION),
                                 check_age(in, rule->source));
    struct finding *f;

    if (same)
        subject = check_text(in, "%s, same action", subject);
    f = rule_findings_add(same ? &j->same : &j->differ, in, same ? SEV_OK : SEV_WARNING,
                          same ? CHECK_INFO : 0, subject, rule_label(in, rule->row), why);
    if (!f)
        return;
    finding_summary(f,
                    "%zu rule%s of %s never decide%s: an earlier rule with %s action takes all "
                    "that could match.",
                    finding_affected_count(f), finding_affected_count(f) == 1 ? "" : "s",
                    rule_subject(in, rule->row), finding_affected_count(f) == 1 ? "s" : "",
                    same ? check_word(in, "the same") : check_word(in, "another"));
}

static void collect(struct judge *j)
{
    const struct snapshot *s;
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(j->in, &table_policies, &i, &s)) != NULL)
        map_put(j->policies,
                check_text(j->in, "%s %s", snapshot_endpoint(s), row_text(r, POLICIES_PATH)),
                (void *)r);
    for (i = 0; (r = check_next(j->in, &table_rules, &i, &s)) != NULL;)
        add_rule(j, r, s);
    if (j->n > 0)
        qsort(j->rules, j->n, sizeof(*j->rules), compare);
}

static void run(const struct check_input *in)
{
    struct judge j = {.in = in, .policies = map_new()};

    collect(&j);
    for (size_t i = 0; i < j.n; i++) {
        const struct rule *rule = &j.rules[i];
        const struct rule *cover =
            rule_flag(rule->row, RULES_IS_DEFAULT) ? NULL : find_cover(&j, rule);

        if (cover)
            report(&j, rule, cover);
        else if (rule->covers)
            put_rule(&j, rule);
    }
    map_free(j.policies, NULL);
    free(j.rules);
    free(j.slots);
}

static const struct schema *const tables[] = {&table_rules, &table_policies, NULL};

const struct check check_rule_shadowed = {
    .name = "rule-shadowed",
    .title = N_("no firewall rule is behind one that takes all its traffic"),
    .remedy =
        N_("Move the rule before the one that is named, or narrow that one; remove it when both "
           "do the same."),
    .kinds = KIND_NSX | KIND_NSXV | KIND_VMC,
    .tables = tables,
    .lenient = true,
    .run = run,
};
