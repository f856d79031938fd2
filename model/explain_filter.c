#include "model/explain_filter.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/map.h"
#include "core/mem.h"
#include "core/text.h"
#include "model/explain_set.h"
#include "model/tables.h"

struct ruleset {
    const char *name;
    size_t first, n;
    bool l2;
};

struct explain_filter {
    const char *host, *filter;
    const struct snapshot *sets;
    struct arena *arena;
    struct explain_maker maker;
    struct map *known;          /* sets by name, as struct known_set */
    struct explain_rule *rules; /* by ruleset, then by position */
    size_t n;
    struct ruleset *sets_of_rules;
    size_t nrulesets, cap;
    bool partial;
};

#define AHEAD           12   /* rows that are fetched before they are needed */
#define EVERYTHING_ELSE 2048 /* bytes of its arena, at first */

const char *explain_verdict_name(enum explain_verdict v)
{
    static const char *const names[] = {"allow", "depends", "unknown", "drop", "reject"};

    return names[v];
}

/* ---- building -----------------------------------------------------------------------------------
 */

static const char *key_of(struct arena *a, const char *host, const char *filter, const char *rest)
{
    return arena_printf(a, "%s%c%s%c%s", host, ROW_KEY_SEPARATOR, filter, ROW_KEY_SEPARATOR, rest);
}

/* The first row from @lo on whose key is behind all that begin with @prefix; or at them. */
static size_t find_bound(const struct snapshot *s, size_t lo, const char *prefix, bool behind)
{
    size_t hi = s ? snapshot_count(s) : 0, len = strlen(prefix);

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = strncmp(snapshot_row(s, mid)->key, prefix, len);

        if (c < 0 || (behind && c == 0))
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

size_t explain_filter_rows(const struct snapshot *s, const char *host, const char *filter,
                           size_t *first)
{
    struct arena *a = arena_new(512);
    const char *prefix = key_of(a, host, filter, "");
    size_t n;

    *first = find_bound(s, 0, prefix, false);
    n = find_bound(s, *first, prefix, true) - *first;
    arena_free(a);
    return n;
}

static const char *why_missing(struct explain_filter *f, const char *name)
{
    const char *word = f->sets ? freshness_name(snapshot_freshness(f->sets)) : "not configured";

    if (f->sets && snapshot_freshness(f->sets) == FRESH_OK)
        return arena_printf(f->arena, "address set %s is not among those of the filter", name);
    return arena_printf(f->arena, "address set %s of %s was not read (%s)", name, f->host, word);
}

static bool is_read(const struct snapshot *s)
{
    return s && (snapshot_freshness(s) == FRESH_OK || snapshot_freshness(s) == FRESH_PARTIAL);
}

/* "{1.1.2.10}": the members stand in the name itself. */
static const struct cell_list *literal(struct explain_filter *f, const char *name)
{
    struct cell_list *l = arena_alloc(f->arena, sizeof(*l));
    const char **items = arena_alloc(f->arena, (strlen(name) + 1) * sizeof(*items));

    for (const char *p = name; *p;) {
        p += strspn(p, "{}, ");
        size_t n = strcspn(p, "{}, ");
        if (n)
            items[l->n++] = arena_strndup(f->arena, p, n);
        p += n;
    }
    l->items = items;
    return l;
}

static void fill_named(struct explain_filter *f, struct explain_named *n)
{
    if (n->name[0] == '{')
        n->members = literal(f, n->name);
    else
        n->missing = why_missing(f, n->name);
}

/* A set of the filter: most are never asked. */
struct known_set {
    const struct row *row;       /* NULL: rules name it, it was not read */
    struct explain_named *named; /* NULL: not asked yet */
};

/* Rows lie in the order in which they were printed, the index is by key: each would be a wait. */
static void fetch_row(const struct snapshot *s, size_t i, size_t end, unsigned column)
{
    if (i + 2 * AHEAD < end)
        __builtin_prefetch(snapshot_row(s, i + 2 * AHEAD));
    if (i + AHEAD < end)
        __builtin_prefetch(&snapshot_row(s, i + AHEAD)->cells[column]);
}

/* The sets of the filter stand one after the other, so all of them are taken in one walk; looking
 * each up when a rule names it takes several times as long. Of two of one name the first one
 * counts. */
static void take_sets(struct explain_filter *f, size_t first, size_t n)
{
    struct known_set *all = arena_alloc(f->arena, (n + 1) * sizeof(*all));

    f->known = map_new_borrowed(n);
    for (size_t i = 0; i < n; i++) {
        const struct row *row = snapshot_row(f->sets, first + i);
        const char *name = row_str(row, ADDRSETS_SET);
        struct known_set *before;

        fetch_row(f->sets, first + i, first + n, ADDRSETS_SET);
        if (!name || !row_list(row, ADDRSETS_MEMBERS))
            continue;
        all[i].row = row;
        before = map_put(f->known, name, &all[i]);
        if (before)
            all[i].row = before->row;
    }
}

static struct known_set *know_set(struct explain_filter *f, const char *name)
{
    struct known_set *known = map_get(f->known, name);

    if (!known) {
        known = arena_alloc(f->arena, sizeof(*known));
        map_put(f->known, name, known);
    }
    return known;
}

static const struct explain_named *find_set(void *arg, const char *name)
{
    struct explain_filter *f = arg;
    struct known_set *known = know_set(f, name);

    if (!known->named) {
        known->named = arena_alloc(f->arena, sizeof(*known->named));
        known->named->name = name;
        if (known->row)
            known->named->members = row_list(known->row, ADDRSETS_MEMBERS);
        else
            fill_named(f, known->named);
    }
    return known->named;
}

static int64_t position_of(const struct row *row)
{
    int64_t at = -1;

    (void)row_int(row, HOST_RULES_POSITION, &at);
    return at;
}

static int compare_rows(const void *a, const void *b)
{
    const struct row *x = *(const struct row *const *)a, *y = *(const struct row *const *)b;
    int64_t at = position_of(x), other = position_of(y);

    if (at != other)
        return at < other ? -1 : 1;
    return strcmp(x->key, y->key);
}

static const char *ruleset_of(const struct row *row)
{
    const char *name = row_str(row, HOST_RULES_RULESET);

    return name ? name : "";
}

/* What a rule is compiled from. */
static void fetch_cells(const struct row *row)
{
    __builtin_prefetch(&row->cells[HOST_RULES_DIRECTION]);
    __builtin_prefetch(&row->cells[HOST_RULES_DESTINATION]);
    __builtin_prefetch(&row->cells[HOST_RULES_ACTION]);
    __builtin_prefetch(&row->cells[HOST_RULES_ATTRIBUTE]);
}

/* @rows are in order. */
static void add_ruleset(struct explain_filter *f, const struct row *const *rows, size_t n)
{
    struct ruleset *rs;

    f->sets_of_rules = mem_grow(f->sets_of_rules, f->nrulesets, &f->cap, sizeof(*rs));
    rs = &f->sets_of_rules[f->nrulesets++];
    *rs = (struct ruleset){.name = ruleset_of(rows[0]), .first = f->n, .n = n};
    rs->l2 = text_has_suffix(rs->name, "_L2");
    for (size_t i = 0; i < n; i++) {
        struct explain_rule *r = &f->rules[f->n++];
        if (i + AHEAD < n)
            fetch_cells(rows[i + AHEAD]);
        explain_rule_compile(r, rows[i], &f->maker);
        rs->l2 = rs->l2 || r->l2;
    }
}

static bool same_ruleset(const struct row *a, const struct row *b)
{
    const char *x = ruleset_of(a), *y = ruleset_of(b);

    return x == y || strcmp(x, y) == 0;
}

/* What was put at a position already is taken back. */
static void sort_ruleset(const struct snapshot *s, size_t first, size_t n, size_t end,
                         const struct row **rows)
{
    for (size_t i = 0; i < n; i++) {
        int64_t at = position_of(snapshot_row(s, first + i));
        if (at >= 1 && at <= (int64_t)(end - first))
            rows[at - 1] = NULL;
    }
    for (size_t i = 0; i < n; i++)
        rows[i] = snapshot_row(s, first + i);
    qsort(rows, n, sizeof(struct row *), compare_rows);
}

/* The rows of one ruleset, from @first on, go to @rows (which is empty) by their positions, which
 * in the index are text. They run from 1 on, each once, or else the rows are sorted. Returns their
 * number. */
static size_t order_ruleset(const struct snapshot *s, size_t first, size_t end,
                            const struct row **rows)
{
    const struct row *head = snapshot_row(s, first);
    size_t n = 0;
    bool good = true;

    for (; first + n < end; n++) {
        const struct row *row = snapshot_row(s, first + n);
        int64_t at = position_of(row);

        fetch_row(s, first + n, end, HOST_RULES_RULESET);
        if (!same_ruleset(row, head))
            break;
        good = good && at >= 1 && at <= (int64_t)(end - first) && !rows[at - 1];
        if (good)
            rows[at - 1] = row;
    }
    for (size_t i = 0; i < n && good; i++)
        good = rows[i] != NULL;
    if (!good)
        sort_ruleset(s, first, n, end, rows);
    return n;
}

static void add_rows(struct explain_filter *f, const struct snapshot *rules, size_t first, size_t n)
{
    const struct row **rows = mem_array(n + 1, sizeof(struct row *));
    size_t end = first + n;

    while (first < end) {
        size_t count = order_ruleset(rules, first, end, rows);
        add_ruleset(f, rows, count);
        memset(rows, 0, count * sizeof(struct row *));
        first += count;
    }
    free(rows);
}

struct explain_filter *explain_filter_new(const char *host, const char *filter,
                                          const struct snapshot *rules, const struct snapshot *sets)
{
    struct explain_filter *f = mem_alloc(sizeof(*f));
    size_t first, n = explain_filter_rows(rules, host, filter, &first), first_set = 0, nsets = 0;

    if (is_read(sets))
        nsets = explain_filter_rows(sets, host, filter, &first_set);
    f->arena = arena_new(EVERYTHING_ELSE + n * sizeof(*f->rules) +
                         nsets * sizeof(struct known_set) + explain_maker_size(n));
    f->host = arena_strdup(f->arena, host);
    f->filter = arena_strdup(f->arena, filter);
    f->sets = sets;
    f->partial = rules && snapshot_freshness(rules) != FRESH_OK;
    explain_maker_init(&f->maker, f->arena, n, find_set, f);
    take_sets(f, first_set, nsets);
    f->rules = arena_alloc(f->arena, (n + 1) * sizeof(*f->rules));
    add_rows(f, rules, first, n);
    return f;
}

void explain_filter_free(struct explain_filter *f)
{
    size_t i = 0;
    void *value;

    if (!f)
        return;
    while (map_at(f->known, &i, NULL, &value)) {
        const struct known_set *known = value;
        if (known->named)
            explain_set_free(known->named->set);
    }
    map_free(f->known, NULL);
    free(f->sets_of_rules);
    arena_free(f->arena);
    free(f);
}

size_t explain_filter_count(const struct explain_filter *f)
{
    return f->n;
}

/* ---- walking ------------------------------------------------------------------------------------
 */

static enum explain_verdict verdict_of(const struct explain_rule *r)
{
    switch (r->action) {
    case EXPLAIN_ACCEPT:
        return EXPLAIN_ALLOW;
    case EXPLAIN_DROP:
        return EXPLAIN_DROPPED;
    case EXPLAIN_REJECT:
        return EXPLAIN_REJECTED;
    case EXPLAIN_PUNT: /* a service of a partner decides */
        return EXPLAIN_DEPENDING;
    case EXPLAIN_OTHER:
        break;
    }
    return EXPLAIN_NOT_KNOWN;
}

/* The first of the rules that may match and would do something else than @end (NULL: whatever). */
struct maybe {
    const struct explain_rule *rule;
    struct explain_answer answer;
};

struct maybes {
    struct maybe *at;
    size_t n, cap;
};

/* Would this rule do something else than the certain match behind it? */
static bool is_in_the_way(const struct maybe *m, const struct explain_rule *certain)
{
    return !certain || m->rule->odd || verdict_of(m->rule) != verdict_of(certain);
}

/* The first rule in the way; among several, one that nobody can answer says more than one that only
 * was not asked about. */
static const struct maybe *find_in_the_way(const struct maybes *m,
                                           const struct explain_rule *certain)
{
    const struct maybe *first = NULL;

    for (size_t i = 0; i < m->n; i++) {
        if (!is_in_the_way(&m->at[i], certain))
            continue;
        if (m->at[i].answer.match == EXPLAIN_UNKNOWN)
            return &m->at[i];
        first = first ? first : &m->at[i];
    }
    return first;
}

/* The verdict is certain when all that may come before the certain match agrees with it. */
static void judge(struct explain_walk *out, const struct maybes *m,
                  const struct explain_rule *certain)
{
    const struct maybe *first = find_in_the_way(m, certain);

    out->rule = certain;
    out->verdict = certain ? verdict_of(certain) : EXPLAIN_NOT_KNOWN;
    if (!first)
        return;
    out->next = certain;
    out->rule = first->rule;
    out->answer = first->answer;
    out->verdict =
        first->answer.match == EXPLAIN_UNKNOWN || !certain ? EXPLAIN_NOT_KNOWN : EXPLAIN_DEPENDING;
}

/* With partial data a rule may be missing before the one that decides: positions run 1..n. */
static void look_for_gap(struct explain_filter *f, const struct ruleset *rs,
                         const struct explain_rule *last, struct explain_walk *out)
{
    int64_t expect = 1;

    for (size_t i = 0; f->partial && i < rs->n; i++) {
        const struct explain_rule *r = &f->rules[rs->first + i];
        if (r->position > expect) {
            out->gap =
                arena_printf(f->arena, "rules %" PRId64 " to %" PRId64 " of %s were not read",
                             expect, r->position - 1, rs->name);
            out->verdict = EXPLAIN_NOT_KNOWN;
            return;
        }
        expect = r->position + 1;
        if (r == last)
            return;
    }
}

static void walk_ruleset(struct explain_filter *f, const struct ruleset *rs,
                         const struct explain_packet *p, struct explain_walk *out,
                         struct explain_skipped *skipped, size_t *nskipped)
{
    const struct explain_rule *certain = NULL;
    struct maybes m = {0};

    for (size_t i = 0; i < rs->n && !certain; i++) {
        const struct explain_rule *r = &f->rules[rs->first + i];
        struct explain_answer a = explain_rule_match(r, p);
        if (a.match == EXPLAIN_YES) {
            certain = r;
        } else if (a.match != EXPLAIN_NO) {
            m.at = mem_grow(m.at, m.n, &m.cap, sizeof(*m.at));
            m.at[m.n++] = (struct maybe){r, a};
        }
        if (!certain && skipped)
            skipped[(*nskipped)++] = (struct explain_skipped){r, a};
    }
    out->answer = (struct explain_answer){EXPLAIN_YES, EXPLAIN_PART_NONE};
    out->ruleset = rs->name;
    judge(out, &m, certain);
    look_for_gap(f, rs, certain, out);
    free(m.at);
}

/* Walk the L2 or the L3 rulesets; the worst of them speaks. False: none of them is there. */
static bool walk_layer(struct explain_filter *f, bool l2, const struct explain_packet *p,
                       struct explain_walk *out, struct explain_skipped *skipped, size_t *nskipped)
{
    struct explain_walk w;
    bool any = false;

    for (size_t i = 0; i < f->nrulesets; i++) {
        if (f->sets_of_rules[i].l2 != l2)
            continue;
        memset(&w, 0, sizeof(w));
        walk_ruleset(f, &f->sets_of_rules[i], p, &w, skipped, nskipped);
        if (!any || w.verdict > out->verdict)
            *out = w;
        any = true;
    }
    return any;
}

void explain_filter_walk(struct explain_filter *f, const struct explain_packet *p,
                         struct explain_walk *out, struct explain_skipped *skipped,
                         size_t *nskipped)
{
    struct explain_walk l2 = {0};
    bool has_l2;

    memset(out, 0, sizeof(*out));
    if (nskipped)
        *nskipped = 0;
    has_l2 = walk_layer(f, true, p, &l2, skipped, nskipped);
    if (has_l2 && l2.verdict >= EXPLAIN_DROPPED) {
        *out = l2;
        return;
    }
    if (!walk_layer(f, false, p, out, skipped, nskipped))
        out->verdict = EXPLAIN_NOT_KNOWN; /* every card has L3 rules, at least the default one */
    else if (has_l2 && l2.verdict > out->verdict)
        *out = l2;
}
