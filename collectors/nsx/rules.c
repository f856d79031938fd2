/*
 * rules: firewall rules and policies as the manager means them: the distributed firewall and the
 * gateways', which one search finds all. Policies, and the names of groups and services, come
 * first, because rows are made with them; then the statistics of some policies; then the rules.
 * Where the search index is not ready or not offered, the rules are read policy by policy, at most
 * RULE_LISTS_MAX, and the table says what is missing.
 *
 * A page of rules that did not change is not decoded again unless something its rows are made with
 * did: a policy or a name, or counters of a policy that has rules on this page (which policies
 * those are is remembered with the hash of the page). A page that is new is therefore decoded a
 * second time by the next run if its policies have counters.
 */
#include <stdlib.h>
#include <string.h>

#include "collectors/nsx/list.h"
#include "collectors/nsx/nsx.h"
#include "collectors/nsx/rule_row.h"
#include "core/arena.h"
#include "core/mem.h"

#define RULE_LISTS_MAX 500

/* Pages that changed leave a note behind; when there are too many, all are forgotten. */
#define NOTES_MAX (4 * COLLECTOR_PAGES_MAX)

/* Which policies have rules on a page. */
struct note {
    uint64_t hash;
    uint64_t *policies;
    size_t n, alloc;
};

struct rules_state {
    struct nsx_objects *policies, *names;
    struct nsx_rule_stats *stats;
    struct nsx_memo *memo;
    struct note *notes;
    size_t n, alloc;
};

enum phase { READ_POLICIES, READ_NAMES, READ_STATS, READ_SEARCH, READ_LISTS };

struct rules_run {
    enum phase phase;
    struct nsx_objects_reader objects;
    struct nsx_list list;
    struct nsx_rule_names names;
    struct note note;    /* of the page that is being made */
    size_t policy, last; /* whose rules are read; how many are */
    size_t known;        /* of known_policies */
    bool listed;         /* a list of rules was there */
    struct err no_index; /* why the search was not */
    unsigned failed;     /* lists of policies that could not be read */
    struct err first;    /* why the first of them */
};

static const char *const security_lists[] = {
    "/infra/domains/default/security-policies?include_rule_count=true", NULL};
static const char *const security_lists_vmc[] = {
    "/infra/domains/cgw/security-policies?include_rule_count=true", NULL};
static const char *const gateway_lists[] = {
    "/infra/domains/default/gateway-policies?include_rule_count=true", NULL};
static const char *const gateway_lists_vmc[] = {
    "/infra/domains/mgw/gateway-policies?include_rule_count=true",
    "/infra/domains/cgw/gateway-policies?include_rule_count=true", NULL};
static const char *const group_lists[] = {"/infra/domains/default/groups", NULL};
static const char *const group_lists_vmc[] = {"/infra/domains/mgw/groups",
                                              "/infra/domains/cgw/groups", NULL};
static const char *const service_lists[] = {"/infra/services", NULL};

#define NAME_FIELDS "&included_fields=path%2Cdisplay_name"

static const struct nsx_objects_source policy_sources[] = {
    {"security policies", "SecurityPolicy", "resource_type%3ASecurityPolicy", security_lists,
     security_lists_vmc, nsx_policy_more},
    {"gateway policies", "GatewayPolicy", "resource_type%3AGatewayPolicy", gateway_lists,
     gateway_lists_vmc, nsx_policy_more},
};
static const struct nsx_objects_source name_sources[] = {
    {"names of groups", "Group", "resource_type%3AGroup" NAME_FIELDS, group_lists, group_lists_vmc,
     NULL},
    {"names of services", "Service", "resource_type%3AService" NAME_FIELDS, service_lists,
     service_lists, NULL},
};

static void clear_notes(struct rules_state *s)
{
    while (s->n > 0)
        free(s->notes[--s->n].policies);
}

static void release_state(void *state)
{
    struct rules_state *s = state;

    nsx_objects_free(s->policies);
    nsx_objects_free(s->names);
    nsx_rule_stats_free(s->stats);
    nsx_memo_free(s->memo);
    clear_notes(s);
    free(s->notes);
}

/* ---- a page of rules ---------------------------------------------------------------------------
 */

static const struct note *find_note(const struct rules_state *s, uint64_t hash)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->notes[i].hash == hash)
            return &s->notes[i];
    }
    return NULL;
}

/* Rules of one policy mostly stand together; one that comes again costs 8 bytes. */
static void see_policy(void *arg, const char *policy)
{
    struct note *n = arg;
    uint64_t id = nsx_rule_stats_id(policy);

    if (n->n > 0 && n->policies[n->n - 1] == id)
        return;
    n->policies = mem_grow(n->policies, n->n, &n->alloc, sizeof(*n->policies));
    n->policies[n->n++] = id;
}

static void keep_note(struct rules_state *s, struct note *found, uint64_t hash)
{
    if (found->n == 0 || find_note(s, hash)) {
        free(found->policies);
    } else {
        if (s->n >= NOTES_MAX)
            clear_notes(s);
        s->notes = mem_grow(s->notes, s->n, &s->alloc, sizeof(*s->notes));
        found->hash = hash;
        s->notes[s->n++] = *found;
    }
    memset(found, 0, sizeof(*found));
}

static uint64_t page_salt(const struct rules_state *s, uint64_t hash)
{
    const struct note *n = find_note(s, hash);
    uint64_t salt = nsx_mix(nsx_objects_salt(s->policies), nsx_objects_salt(s->names));

    for (size_t i = 0; n && i < n->n; i++)
        salt ^= nsx_rule_stats_salt(s->stats, n->policies[i]) * (2 * i + 1);
    return salt;
}

static enum nsx_more on_page(struct run *run, struct rules_run *r, const struct reply *reply,
                             struct err *err)
{
    struct rules_state *s = run->state;
    const char *cursor = NULL;
    int rc;

    if (reply->err) {
        *err = *reply->err;
        return nsx_list_cut(&r->list, err);
    }
    rc = nsx_page_read(run, &s->memo, run_table(run, &table_rules), page_salt(s, reply->hash),
                       reply, r->list.label, nsx_rule_row, &r->names, &cursor, err);
    keep_note(s, &r->note, reply->hash);
    return rc < 0 ? nsx_list_cut(&r->list, err) : nsx_list_more(run, &r->list, cursor, err);
}

/* ---- the run -----------------------------------------------------------------------------------
 */

static enum step finish(struct run *run, struct rules_run *r)
{
    struct rules_state *s = run->state;
    struct table_builder *b = run_table(run, &table_policies);

    /* Neither searched nor listed: this manager has no rules to give. */
    if (r->phase == READ_LISTS && !r->listed && !r->failed && r->last == 0) {
        run->err = r->no_index;
        run->err.kind = ERR_UNSUPPORTED;
        return STEP_FAIL;
    }
    for (size_t i = 0; i < nsx_objects_count(s->policies); i++)
        nsx_policy_row(&r->names, b, nsx_objects_at(s->policies, i));
    nsx_rule_stats_note(s->stats, run_table(run, &table_rules));
    nsx_partial_many(run, run_table(run, &table_rules), r->failed, "the rules of", "policy list",
                     &r->first);
    return STEP_DONE;
}

static enum step read_rules(struct run *run, struct rules_run *r)
{
    struct rules_state *s = run->state;

    r->phase = READ_SEARCH;
    r->names = (struct nsx_rule_names){.policies = s->policies,
                                       .names = s->names,
                                       .stats = s->stats,
                                       .seen = see_policy,
                                       .seen_arg = &r->note};
    return nsx_list_first(run, &r->list, "rules",
                          NSX_POLICY "/search/query?query=resource_type%%3ARule");
}

static enum step read_stats(struct run *run, struct rules_run *r)
{
    struct rules_state *s = run->state;

    r->phase = READ_STATS;
    if (nsx_rule_stats_start(run, &s->stats, s->policies) == STEP_SEND)
        return STEP_SEND;
    return read_rules(run, r);
}

static enum step on_policies(struct run *run, struct rules_run *r, const struct reply *reply)
{
    struct rules_state *s = run->state;

    if (nsx_objects_step(run, &r->objects, reply) == STEP_SEND)
        return STEP_SEND;
    if (r->objects.err.kind != ERR_NONE) {
        err_prefix(&r->objects.err, "policies are missing");
        nsx_partial(run, &r->objects.err);
    } else if (r->objects.not_here.kind != ERR_NONE) {
        builder_note(run_table(run, &table_policies), "some are not available here: %s",
                     r->objects.not_here.msg);
    }
    r->phase = READ_NAMES;
    return nsx_objects_start(run, &s->names, name_sources, ARRAY_SIZE(name_sources), &r->objects);
}

/* Without names there are paths. */
static enum step on_names(struct run *run, struct rules_run *r, const struct reply *reply)
{
    if (nsx_objects_step(run, &r->objects, reply) == STEP_SEND)
        return STEP_SEND;
    if (r->objects.err.kind != ERR_NONE)
        builder_note(run_table(run, &table_rules), "names are not known: %s", r->objects.err.msg);
    return read_stats(run, r);
}

static enum step on_stats(struct run *run, struct rules_run *r, const struct reply *reply)
{
    struct rules_state *s = run->state;

    if (nsx_rule_stats_step(run, s->stats, s->policies, reply) == STEP_SEND)
        return STEP_SEND;
    return read_rules(run, r);
}

/* The gateway policies that every SDDC has, whether it lists them or not. */
static const char *next_known(const struct run *run, struct rules_run *r)
{
    static const char *const known_policies[] = {"/infra/domains/mgw/gateway-policies/default",
                                                 "/infra/domains/cgw/gateway-policies/default"};
    const struct rules_state *s = run->state;

    while (run->facts->on_vmc && r->known < ARRAY_SIZE(known_policies)) {
        const char *path = known_policies[r->known++];
        if (!nsx_objects_get(s->policies, path))
            return path;
    }
    return NULL;
}

static enum step read_list(struct run *run, struct rules_run *r)
{
    const struct rules_state *s = run->state;
    const char *known = r->policy >= r->last ? next_known(run, r) : NULL;

    if (known)
        return nsx_list_first(run, &r->list, "rules", NSX_POLICY "%s/rules", known);
    if (r->policy >= r->last)
        return finish(run, r);
    return nsx_list_first(run, &r->list, "rules", NSX_POLICY "%s/rules",
                          nsx_escape(run, nsx_objects_at(s->policies, r->policy)->path, true));
}

/* The index did not answer: policy by policy. */
static enum step read_lists(struct run *run, struct rules_run *r, const struct err *why)
{
    const struct rules_state *s = run->state;
    size_t n = nsx_objects_count(s->policies);
    struct err err = *why;

    r->phase = READ_LISTS;
    r->no_index = *why;
    r->last = n < RULE_LISTS_MAX ? n : RULE_LISTS_MAX;
    if (r->last < n) {
        err_prefix(&err, "the rules of %zu policies are missing", n - r->last);
        nsx_partial(run, &err);
    }
    return read_list(run, r);
}

static enum step on_search(struct run *run, struct rules_run *r, const struct reply *reply)
{
    const struct rules_state *s = run->state;
    struct err err = {0};
    enum nsx_more more = on_page(run, r, reply, &err);

    if (more == NSX_LIST_MORE)
        return STEP_SEND;
    if (more == NSX_LIST_BROKEN && r->list.pages == 1) {
        if (reply->err && nsx_search_failed(&err) &&
            (nsx_objects_count(s->policies) > 0 || run->facts->on_vmc))
            return read_lists(run, r, &err);
        return reply->err ? nsx_fail(run, reply) : run_fail(run, &err);
    }
    /* Lists read now would say again what was found already. */
    if (more == NSX_LIST_BROKEN)
        nsx_partial(run, &err);
    return finish(run, r);
}

static enum step on_list(struct run *run, struct rules_run *r, const struct reply *reply)
{
    struct err err = {0};
    enum nsx_more more = on_page(run, r, reply, &err);

    if (more == NSX_LIST_MORE)
        return STEP_SEND;
    r->listed = r->listed || !reply->err;
    /* A policy that was removed meanwhile has no rules. */
    if (more == NSX_LIST_BROKEN && !reply_not_offered(reply)) {
        if (r->failed++ == 0)
            r->first = err;
    }
    if (r->policy < r->last)
        r->policy++;
    return read_list(run, r);
}

static enum step start(struct run *run)
{
    struct rules_run *r = arena_alloc(run->arena, sizeof(*r));
    struct rules_state *s = run->state;

    run->scratch = r;
    return nsx_objects_start(run, &s->policies, policy_sources, ARRAY_SIZE(policy_sources),
                             &r->objects);
}

static enum step step(struct run *run, const struct reply *reply)
{
    struct rules_run *r = run->scratch;

    if (!r || !reply)
        return start(run);
    switch (r->phase) {
    case READ_POLICIES:
        return on_policies(run, r, reply);
    case READ_NAMES:
        return on_names(run, r, reply);
    case READ_STATS:
        return on_stats(run, r, reply);
    case READ_SEARCH:
        return on_search(run, r, reply);
    case READ_LISTS:
        break;
    }
    return on_list(run, r, reply);
}

static const struct schema *const tables[] = {&table_rules, &table_policies, NULL};

const struct collector collector_nsx_rules = {
    .name = "rules",
    .kinds = KIND_NSX | KIND_VMC,
    .tables = tables,
    .interval_ms = 300000,
    .timeout_ms = 300000,
    .state_size = sizeof(struct rules_state),
    .state_release = release_state,
    .step = step,
};
