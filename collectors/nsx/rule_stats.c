#include "collectors/nsx/rule_stats.h"

#include <stdlib.h>
#include <string.h>

#include "core/hash.h"
#include "core/mem.h"

/* More than NSX allows in one policy (1,000), because a policy of another version may hold more. */
#define RULES_IN_POLICY_MAX 20000

struct entry {
    uint64_t rule; /* hash of its path */
    struct nsx_hits hits;
};

struct policy {
    uint64_t id, salt;
    struct entry *entries; /* sorted by rule */
    size_t n, alloc;
    struct nsx_hits total;
};

struct nsx_rule_stats {
    struct policy *policies; /* sorted by id */
    size_t n, alloc;
    size_t next;     /* the policy to ask for next, by its place in the list */
    size_t at, left; /* which is asked for now; how many more may be in this run */
    size_t all;
    unsigned failed, in_a_row;
    struct err first; /* why the first of them failed */
};

uint64_t nsx_rule_stats_id(const char *policy)
{
    return hash_fast(policy, strlen(policy), 0);
}

void nsx_rule_stats_free(struct nsx_rule_stats *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->n; i++)
        free(s->policies[i].entries);
    free(s->policies);
    free(s);
}

/* Both structs begin with the 64 bits that they are sorted by. */
static int compare(const void *a, const void *b)
{
    uint64_t x, y;

    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    return x < y ? -1 : x > y;
}

static struct policy *find_policy(const struct nsx_rule_stats *s, uint64_t id)
{
    return s && s->n > 0 ? bsearch(&id, s->policies, s->n, sizeof(struct policy), compare) : NULL;
}

bool nsx_rule_stats_get(const struct nsx_rule_stats *s, const char *policy, const char *rule,
                        struct nsx_hits *out)
{
    const struct policy *p = find_policy(s, nsx_rule_stats_id(policy));
    const struct entry *e;
    uint64_t id;

    if (!p)
        return false;
    if (!rule) {
        *out = p->total;
        return true;
    }
    id = nsx_rule_stats_id(rule);
    e = p->n > 0 ? bsearch(&id, p->entries, p->n, sizeof(*e), compare) : NULL;
    if (e)
        *out = e->hits;
    return e != NULL;
}

uint64_t nsx_rule_stats_salt(const struct nsx_rule_stats *s, uint64_t policy)
{
    const struct policy *p = find_policy(s, policy);

    return p ? p->salt : 0;
}

/* ---- one answer --------------------------------------------------------------------------------
 */

static void add_up(int64_t *sum, int64_t v)
{
    if (v < 0)
        return;
    *sum = *sum < 0 ? v : v > INT64_MAX - *sum ? INT64_MAX : *sum + v;
}

static void add_hits(struct nsx_hits *sum, const struct nsx_hits *h)
{
    add_up(&sum->hits, h->hits);
    add_up(&sum->packets, h->packets);
    add_up(&sum->bytes, h->bytes);
    add_up(&sum->sessions, h->sessions);
    sum->at = h->at;
}

static const struct nsx_hits no_hits = {-1, -1, -1, -1, 0};

static void add_entry(struct policy *p, struct json_object *o, int64_t at)
{
    const char *rule = jsonq_str(o, "rule");
    struct entry *e;

    if (!rule || p->n >= RULES_IN_POLICY_MAX)
        return;
    p->entries = mem_grow(p->entries, p->n, &p->alloc, sizeof(*p->entries));
    e = &p->entries[p->n++];
    *e = (struct entry){nsx_rule_stats_id(rule), no_hits};
    e->hits.at = at;
    jsonq_int(o, "hit_count", &e->hits.hits);
    jsonq_int(o, "packet_count", &e->hits.packets);
    jsonq_int(o, "byte_count", &e->hits.bytes);
    jsonq_int(o, "session_count", &e->hits.sessions);
}

struct item_arg {
    struct policy *policy;
    int64_t at;
};

/* results[] has one for each enforcement point. */
static void add_point(void *arg, struct json_object *item)
{
    const struct item_arg *a = arg;
    struct json_object *rules = jsonq_path(item, "statistics.results");

    for (size_t i = 0; i < jsonq_count(rules); i++)
        add_entry(a->policy, jsonq_item(rules, i), a->at);
}

/* Entries of the same rule become one; then totals and salt. */
static void sum_up(struct policy *p, int64_t at)
{
    size_t kept = 0;

    if (p->n > 0)
        qsort(p->entries, p->n, sizeof(*p->entries), compare);
    p->total = no_hits;
    p->total.at = at;
    for (size_t i = 0; i < p->n; i++) {
        const struct entry e = p->entries[i];

        add_hits(&p->total, &e.hits);
        if (kept > 0 && p->entries[kept - 1].rule == e.rule)
            add_hits(&p->entries[kept - 1].hits, &e.hits);
        else
            p->entries[kept++] = e;
    }
    p->n = kept;
    p->salt = kept > 0 ? hash_fast(p->entries, kept * sizeof(*p->entries), at) : 0;
}

static void keep_policy(struct nsx_rule_stats *s, const struct policy *found)
{
    struct policy *p = find_policy(s, found->id);

    if (p) {
        free(p->entries);
        *p = *found;
        return;
    }
    s->policies = mem_grow(s->policies, s->n, &s->alloc, sizeof(*s->policies));
    s->policies[s->n++] = *found;
    qsort(s->policies, s->n, sizeof(*s->policies), compare);
}

/* ---- which are asked for -----------------------------------------------------------------------
 */

/* Policies that are no more take their counters along. */
static void drop_gone(struct nsx_rule_stats *s, const struct nsx_objects *policies)
{
    size_t n = nsx_objects_count(policies), kept = 0;
    uint64_t *ids;

    if (s->n <= n)
        return;
    ids = mem_alloc((n + 1) * sizeof(*ids));
    for (size_t i = 0; i < n; i++)
        ids[i] = nsx_rule_stats_id(nsx_objects_at(policies, i)->path);
    qsort(ids, n, sizeof(*ids), compare);
    for (size_t i = 0; i < s->n; i++) {
        if (bsearch(&s->policies[i].id, ids, n, sizeof(*ids), compare))
            s->policies[kept++] = s->policies[i];
        else
            free(s->policies[i].entries);
    }
    s->n = kept;
    free(ids);
}

static enum step ask(struct run *run, struct nsx_rule_stats *s, const struct nsx_objects *policies)
{
    if (s->left == 0 || s->in_a_row >= RULE_STATS_FAILURES)
        return STEP_DONE;
    s->left--;
    s->at = s->next % s->all;
    s->next = s->at + 1;
    return run_get(run, SERVICE_NSX, "rule statistics", NSX_POLICY "%s/statistics",
                   nsx_escape(run, nsx_objects_at(policies, s->at)->path, true));
}

enum step nsx_rule_stats_start(struct run *run, struct nsx_rule_stats **s,
                               const struct nsx_objects *policies)
{
    if (!*s)
        *s = mem_alloc(sizeof(**s));
    drop_gone(*s, policies);
    (*s)->all = nsx_objects_count(policies);
    (*s)->left = (*s)->all < RULE_STATS_MAX ? (*s)->all : RULE_STATS_MAX;
    (*s)->failed = (*s)->in_a_row = 0;
    err_clear(&(*s)->first);
    return ask(run, *s, policies);
}

static int read_answer(struct run *run, const struct reply *reply, struct policy *p,
                       struct err *err)
{
    struct item_arg arg = {p, reply->taken_at};
    const char *cursor;

    if (reply->err) {
        *err = *reply->err;
        return -1;
    }
    return nsx_page_walk(run, reply, "rule statistics", add_point, &arg, NULL, &cursor, err);
}

enum step nsx_rule_stats_step(struct run *run, struct nsx_rule_stats *s,
                              const struct nsx_objects *policies, const struct reply *reply)
{
    struct policy p = {.id = nsx_rule_stats_id(nsx_objects_at(policies, s->at)->path)};
    struct err err = {0};

    if (read_answer(run, reply, &p, &err) < 0) {
        free(p.entries);
        if (s->failed++ == 0)
            s->first = err;
        s->in_a_row++;
        return ask(run, s, policies);
    }
    s->in_a_row = 0;
    sum_up(&p, reply->taken_at);
    keep_policy(s, &p);
    return ask(run, s, policies);
}

void nsx_rule_stats_note(const struct nsx_rule_stats *s, struct table_builder *b)
{
    if (!s)
        return;
    if (s->failed > 0)
        builder_note(b, "hits of %u of %zu policies are not known: %s", s->failed, s->all,
                     s->first.msg);
    if (s->all > RULE_STATS_MAX)
        builder_note(b, "hits are read for %d of %zu policies in a run; hits_at says when",
                     RULE_STATS_MAX, s->all);
}
