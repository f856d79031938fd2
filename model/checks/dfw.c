#include "model/checks/dfw.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/map.h"
#include "core/mem.h"
#include "core/text.h"
#include "model/checks/lookup.h"

/* ---- filters ------------------------------------------------------------------------------------
 */

bool dfw_is_ok(const struct check_input *in, const struct snapshot *s)
{
    return strcmp(snapshot_site(s), in->site->name) == 0 && snapshot_freshness(s) == FRESH_OK;
}

static bool same_filter(const struct row *r, const struct dfw_filter *f)
{
    return strcmp(row_text(r, HOST_RULES_FILTER), f->filter) == 0 &&
           strcmp(row_text(r, HOST_RULES_HOST), f->host) == 0;
}

bool dfw_next(const struct check_input *in, struct dfw_filter *f)
{
    size_t n;
    struct snapshot *const *all = estate_table(in->estate, &table_host_rules, &n);

    for (; f->table < n; f->table++, f->next = 0) {
        const struct snapshot *s = all[f->table];
        size_t count = snapshot_count(s);
        if (!dfw_is_ok(in, s) || f->next >= count)
            continue;
        f->source = s;
        f->first = f->next;
        f->host = row_text(snapshot_row(s, f->first), HOST_RULES_HOST);
        f->filter = row_text(snapshot_row(s, f->first), HOST_RULES_FILTER);
        while (f->next < count && same_filter(snapshot_row(s, f->next), f))
            f->next++;
        f->n = f->next - f->first;
        return true;
    }
    return false;
}

static int compare_ids(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static bool is_compared(const struct row *rule)
{
    bool internal;

    if (row_bool(rule, HOST_RULES_INTERNAL, &internal) && internal)
        return false;
    return !text_has_prefix(row_text(rule, HOST_RULES_PROTOCOL), "ethertype");
}

int64_t *dfw_rule_ids(const struct dfw_filter *f, size_t *n)
{
    int64_t *ids = mem_array(f->n + 1, sizeof(*ids));
    size_t kept = 0;

    *n = 0;
    for (size_t i = 0; i < f->n; i++) {
        const struct row *r = snapshot_row(f->source, f->first + i);
        if (is_compared(r) && row_int(r, HOST_RULES_RULE_ID, &ids[*n]))
            ++*n;
    }
    qsort(ids, *n, sizeof(*ids), compare_ids);
    for (size_t i = 0; i < *n; i++) {
        if (!kept || ids[kept - 1] != ids[i])
            ids[kept++] = ids[i];
    }
    *n = kept;
    return ids;
}

bool dfw_has_id(const int64_t *ids, size_t n, int64_t id)
{
    return n && bsearch(&id, ids, n, sizeof(*ids), compare_ids);
}

bool dfw_is_card(const struct row *filter)
{
    const char *agent = row_str(filter, FILTERS_AGENT);

    return agent ? strcmp(agent, DFW_AGENT) == 0
                 : strstr(row_text(filter, FILTERS_FILTER), DFW_AGENT) != NULL;
}

const char *dfw_card(const struct check_input *in, const struct row *filter)
{
    const char *vm = row_str(filter, FILTERS_VM), *vnic = row_str(filter, FILTERS_VNIC);

    return check_text(in, "%s: %s%s%s", row_text(filter, FILTERS_HOST),
                      vm ? vm : row_text(filter, FILTERS_FILTER), vnic ? "." : "",
                      vnic ? vnic : "");
}

/* ---- rules of the manager -----------------------------------------------------------------------
 */

struct dfw_intent {
    const struct row **rules; /* by number */
    size_t n, cap;
    struct map *scoped; /* policies that say where they apply, by path */
};

static int compare_rows(const void *a, const void *b)
{
    int64_t x = -1, y = -1;

    (void)row_int(*(const struct row *const *)a, RULES_RULE_ID, &x);
    (void)row_int(*(const struct row *const *)b, RULES_RULE_ID, &y);
    return (x > y) - (x < y);
}

static bool is_scoped(const struct cell_list *applied_to)
{
    return applied_to && applied_to->n && !list_has(applied_to, "DFW") &&
           !list_has(applied_to, "ANY");
}

static void add_policies(const struct check_input *in, struct dfw_intent *d)
{
    const struct row *r;
    size_t i = 0;

    while ((r = check_next(in, &table_policies, &i, NULL)) != NULL) {
        if (row_is(r, POLICIES_LAYER, "dfw") && is_scoped(row_list(r, POLICIES_APPLIED_TO)))
            map_put(d->scoped, row_text(r, POLICIES_PATH), (void *)r);
    }
}

struct dfw_intent *dfw_intent_new(const struct check_input *in)
{
    struct dfw_intent *d = mem_alloc(sizeof(*d));
    const struct snapshot *source = NULL, *s;
    const struct row *r;
    bool two = false;
    int64_t id;
    size_t i = 0;

    d->scoped = map_new();
    while ((r = check_next(in, &table_rules, &i, &s)) != NULL) {
        if (!row_is(r, RULES_LAYER, "dfw") || !row_int(r, RULES_RULE_ID, &id))
            continue;
        two = two || (source && s != source);
        source = s;
        d->rules = mem_grow(d->rules, d->n, &d->cap, sizeof(struct row *));
        d->rules[d->n++] = r;
    }
    if (two || !d->n) {
        dfw_intent_free(d);
        return NULL;
    }
    qsort(d->rules, d->n, sizeof(struct row *), compare_rows);
    add_policies(in, d);
    return d;
}

void dfw_intent_free(struct dfw_intent *d)
{
    if (!d)
        return;
    map_free(d->scoped, NULL);
    free(d->rules);
    free(d);
}

size_t dfw_intent_count(const struct dfw_intent *d)
{
    return d->n;
}

const struct row *dfw_intent_at(const struct dfw_intent *d, size_t i)
{
    return d->rules[i];
}

const struct row *dfw_intent_find(const struct dfw_intent *d, int64_t id)
{
    size_t lo = 0, hi = d->n;
    int64_t v = 0;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        (void)row_int(d->rules[mid], RULES_RULE_ID, &v);
        if (v == id)
            return d->rules[mid];
        if (v < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

bool dfw_is_everywhere(const struct dfw_intent *d, const struct row *rule)
{
    const char *policy = row_str(rule, RULES_POLICY_PATH);
    bool enabled = true;

    if (row_bool(rule, RULES_ENABLED, &enabled) && !enabled)
        return false;
    if (is_scoped(row_list(rule, RULES_APPLIED_TO)))
        return false;
    return !policy || !map_has(d->scoped, policy);
}

/* What a policy says takes precedence over what its rules say, unless it is everywhere. */
const struct cell_list *dfw_scope(const struct dfw_intent *d, const struct row *rule)
{
    const char *path = row_str(rule, RULES_POLICY_PATH);
    const struct row *policy = path ? map_get(d->scoped, path) : NULL;
    const struct cell_list *l = row_list(rule, RULES_APPLIED_TO);
    bool enabled = true;

    if (row_bool(rule, RULES_ENABLED, &enabled) && !enabled)
        return NULL;
    if (policy)
        return row_list(policy, POLICIES_APPLIED_TO);
    if (!is_scoped(l))
        return NULL;
    return row_list(rule, RULES_APPLIED_TO_PATHS) ? row_list(rule, RULES_APPLIED_TO_PATHS) : l;
}

const char *dfw_rule_name(const struct check_input *in, int64_t id, const struct row *rule)
{
    const char *name = rule ? row_str(rule, RULES_RULE) : NULL;

    return name ? check_text(in, "%" PRId64 " (%s)", id, name) : check_text(in, "%" PRId64, id);
}
