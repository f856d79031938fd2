#include "collectors/nsx/rule_row.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "collectors/nsx/service_text.h"
#include "core/arena.h"
#include "core/mem.h"
#include "core/text.h"

/* ---- which firewall, and where in it -----------------------------------------------------------
 */

static const char *layer_of_scope(const char *scope)
{
    if (!scope)
        return NULL;
    if (text_has_prefix(scope, "/infra/labels/mgw"))
        return "mgw";
    if (text_has_prefix(scope, "/infra/labels/cgw"))
        return "cgw";
    if (strstr(scope, "/tier-0s/"))
        return "t0";
    return strstr(scope, "/tier-1s/") ? "t1" : NULL;
}

/* NULL: a gateway's, and only the scope says which. */
static const char *layer_of_path(const char *path)
{
    if (strstr(path, "/security-policies/"))
        return "dfw";
    if (text_has_prefix(path, "/infra/domains/mgw/"))
        return "mgw";
    return text_has_prefix(path, "/infra/domains/cgw/") ? "cgw" : NULL;
}

static unsigned rank_in(const char *const *order, const char *category)
{
    unsigned i = 0;

    while (order[i] && strcmp(order[i], category) != 0)
        i++;
    return i;
}

static unsigned rank_of(bool gateway, const char *category)
{
    static const char *const dfw[] = {"Ethernet",    "Emergency",   "Infrastructure",
                                      "Environment", "Application", NULL};
    static const char *const gateways[] = {
        "Emergency", "SystemRules", "SharedPreRules", "LocalGatewayRules", "AutoServiceRules",
        "Default",   NULL};

    return rank_in(gateway ? gateways : dfw, category);
}

static const struct nsx_policy *more_of(const struct nsx_object *policy)
{
    return policy ? policy->more : NULL;
}

/* Digits of the same width, so that it sorts as text. */
static void put_number(char *out, int64_t v)
{
    uint64_t n = v > 0 ? (uint64_t)v : 0;

    for (int i = 9; i >= 0; i--, n /= 10)
        out[i] = (char)('0' + n % 10);
}

#define EVALUATION_MAX 24

/* "4.0000001010.0000000010": rank of the category, number of the policy, number of the rule. Absent
 * when the policy is not known: without it a rule has no place. */
static size_t evaluation(char *out, const struct nsx_object *policy, bool with_rule, int64_t rule)
{
    const struct nsx_policy *p = more_of(policy);

    if (!p || !p->category)
        return 0;
    out[0] = (char)('0' + rank_of(strstr(policy->path, "/gateway-policies/") != NULL, p->category));
    out[1] = '.';
    put_number(out + 2, p->internal_sequence >= 0 ? p->internal_sequence : p->sequence);
    if (!with_rule)
        return 12;
    out[12] = '.';
    put_number(out + 13, rule);
    return 23;
}

/* ---- words -------------------------------------------------------------------------------------
 */

/* The interfaces of VMC's compute gateway, as its console names them in "Applied To" (the ids are
 * those of the reference; the words could not be compared with a live console, so the path stays
 * beside them). */
static const char *label_word(const char *path)
{
    static const struct {
        const char *id, *word;
    } labels[] = {
        {"cgw-all", "All Uplinks"},
        {"cgw-public", "Internet Interface"},
        {"cgw-direct-connect", "Intranet Interface"},
        {"cgw-cross-vpc", "VPC Interface"},
        {"cgw-vpn", "VPN Tunnel Interface"},
        {"mgw", "Management Gateway"},
    };
    static const char prefix[] = "/infra/labels/";

    if (!text_has_prefix(path, prefix))
        return NULL;
    for (size_t i = 0; i < ARRAY_SIZE(labels); i++) {
        if (strcmp(path + sizeof(prefix) - 1, labels[i].id) == 0)
            return labels[i].word;
    }
    return NULL;
}

static const char *word_of(const struct nsx_rule_names *n, const char *item)
{
    const struct nsx_object *o;
    const char *word;

    if (item[0] != '/')
        return item;
    o = nsx_objects_get(n->names, item);
    if (o)
        return o->name;
    word = label_word(item);
    return word ? word : item;
}

/* The words, and beside them the list as it came, when there is a path in it. */
static void add_words(const struct nsx_rule_names *n, struct table_builder *b, unsigned col,
                      unsigned raw, struct json_object *items, const char *any)
{
    bool path = false;

    for (size_t i = 0; i < jsonq_count(items); i++) {
        const char *item = jsonq_text(jsonq_item(items, i));

        if (!item)
            continue;
        path |= item[0] == '/';
        builder_list_add(b, col, any && strcmp(item, "ANY") == 0 ? any : word_of(n, item));
    }
    for (size_t i = 0; path && i < jsonq_count(items); i++)
        builder_list_add(b, raw, jsonq_text(jsonq_item(items, i)));
}

static void add_bool(struct table_builder *b, unsigned col, struct json_object *v, bool invert)
{
    if (json_object_is_type(v, json_type_boolean))
        builder_bool(b, col, (bool)json_object_get_boolean(v) != invert);
}

static void add_int(struct table_builder *b, unsigned col, struct json_object *v)
{
    int64_t number;

    if (jsonq_number(v, &number))
        builder_int(b, col, number);
}

static void add_count(struct table_builder *b, unsigned col, int64_t v)
{
    if (v >= 0)
        builder_int(b, col, v);
}

/* ---- rules -------------------------------------------------------------------------------------
 */

/* In the order in which NSX writes them. */
enum {
    M_ACTION,
    M_SOURCES,
    M_DESTINATIONS,
    M_SERVICES,
    M_PROFILES,
    M_SCOPE,
    M_DIRECTION,
    M_IP_PROTOCOL,
    M_DISABLED,
    M_LOGGED,
    M_NOT_SOURCES,
    M_NOT_DESTINATIONS,
    M_SEQUENCE,
    M_RULE_ID,
    M_IS_DEFAULT,
    M_TAG,
    M_ENTRIES,
    M_TYPE,
    M_ID,
    M_NAME,
    M_PATH,
    M_PARENT,
    M_MODIFIED_AT,
    M_MODIFIED_BY,
    M_N
};

static const char *const members[M_N] = {
    [M_ACTION] = "action",
    [M_SOURCES] = "source_groups",
    [M_DESTINATIONS] = "destination_groups",
    [M_SERVICES] = "services",
    [M_PROFILES] = "profiles",
    [M_SCOPE] = "scope",
    [M_DIRECTION] = "direction",
    [M_IP_PROTOCOL] = "ip_protocol",
    [M_DISABLED] = "disabled",
    [M_LOGGED] = "logged",
    [M_NOT_SOURCES] = "sources_excluded",
    [M_NOT_DESTINATIONS] = "destinations_excluded",
    [M_SEQUENCE] = "sequence_number",
    [M_RULE_ID] = "rule_id",
    [M_IS_DEFAULT] = "is_default",
    [M_TAG] = "tag",
    [M_ENTRIES] = "service_entries",
    [M_ID] = "id",
    [M_TYPE] = "resource_type",
    [M_NAME] = "display_name",
    [M_PATH] = "path",
    [M_PARENT] = "parent_path",
    [M_MODIFIED_AT] = "_last_modified_time",
    [M_MODIFIED_BY] = "_last_modified_user",
};

/* Profiles say that more than addresses and ports decides; ANY says nothing. */
static void add_profiles(struct table_builder *b, struct json_object *profiles)
{
    for (size_t i = 0; i < jsonq_count(profiles); i++) {
        const char *item = jsonq_text(jsonq_item(profiles, i));

        if (item && strcmp(item, "ANY") != 0)
            builder_list_add(b, RULES_PROFILES, item[0] == '/' ? nsx_path_id(item) : item);
    }
}

static void add_what(const struct nsx_rule_names *n, struct table_builder *b,
                     struct json_object *const *m, bool dfw)
{
    add_words(n, b, RULES_SOURCES, RULES_SOURCE_PATHS, m[M_SOURCES], NULL);
    add_words(n, b, RULES_DESTINATIONS, RULES_DESTINATION_PATHS, m[M_DESTINATIONS], NULL);
    add_words(n, b, RULES_SERVICES, RULES_SERVICE_PATHS, m[M_SERVICES], NULL);
    add_words(n, b, RULES_APPLIED_TO, RULES_APPLIED_TO_PATHS, m[M_SCOPE], dfw ? "DFW" : NULL);
    /* Beside the word ANY as well: which of the two then counts could not be verified. */
    if (m[M_ENTRIES]) {
        nsx_service_entries_add(b, RULES_SERVICES, m[M_ENTRIES]);
        nsx_service_entries_add(b, RULES_SERVICE_ENTRIES, m[M_ENTRIES]);
    }
    add_profiles(b, m[M_PROFILES]);
    builder_state(b, RULES_ACTION, jsonq_text(m[M_ACTION]));
    builder_str(b, RULES_DIRECTION, jsonq_text(m[M_DIRECTION]));
    builder_str(b, RULES_IP_PROTOCOL, jsonq_text(m[M_IP_PROTOCOL]));
    add_bool(b, RULES_ENABLED, m[M_DISABLED], true);
    add_bool(b, RULES_LOGGED, m[M_LOGGED], false);
    add_bool(b, RULES_NEGATE_SOURCES, m[M_NOT_SOURCES], false);
    add_bool(b, RULES_NEGATE_DESTINATIONS, m[M_NOT_DESTINATIONS], false);
    add_bool(b, RULES_IS_DEFAULT, m[M_IS_DEFAULT], false);
    add_int(b, RULES_SEQUENCE, m[M_SEQUENCE]);
    add_int(b, RULES_RULE_ID, m[M_RULE_ID]);
    add_int(b, RULES_MODIFIED_AT, m[M_MODIFIED_AT]);
    builder_str(b, RULES_TAG, jsonq_text(m[M_TAG]));
    builder_str(b, RULES_MODIFIED_BY, jsonq_text(m[M_MODIFIED_BY]));
}

static const char *rule_layer(const char *path, struct json_object *scope,
                              const struct nsx_object *policy)
{
    const struct nsx_policy *p = more_of(policy);
    const char *layer = layer_of_path(path);

    if (!layer)
        layer = layer_of_scope(jsonq_text(jsonq_item(scope, 0)));
    if (!layer && p && p->scope)
        layer = layer_of_scope(p->scope[0]);
    if (p && !p->layer)
        ((struct nsx_policy *)policy->more)->layer = layer;
    return layer;
}

static void add_hits(const struct nsx_rule_names *n, struct table_builder *b, const char *policy,
                     const char *path)
{
    struct nsx_hits h;

    if (!n->stats || !nsx_rule_stats_get(n->stats, policy, path, &h))
        return;
    add_count(b, RULES_HITS, h.hits);
    add_count(b, RULES_PACKETS, h.packets);
    add_count(b, RULES_BYTES, h.bytes);
    add_count(b, RULES_SESSIONS, h.sessions);
    builder_int(b, RULES_HITS_AT, h.at);
}

/* ".../POLICY/rules/RULE" without the last two, for replies that do not say it. */
static const char *parent_of(struct table_builder *b, const char *path)
{
    const char *end = strstr(path, "/rules/");

    return end ? arena_strndup(builder_arena(b), path, (size_t)(end - path)) : NULL;
}

static const struct nsx_object *find_policy(struct nsx_rule_names *n, const char *path)
{
    if (!n->last || strcmp(n->last->path, path) != 0)
        n->last = nsx_objects_get(n->policies, path);
    return n->last;
}

static void add_policy(struct nsx_rule_names *n, struct table_builder *b, const char *parent,
                       struct json_object *const *m, const char *path)
{
    const struct nsx_object *policy = find_policy(n, parent);
    const struct nsx_policy *p = more_of(policy);
    char place[EVALUATION_MAX];
    int64_t sequence = 0;
    size_t len;

    builder_str(b, RULES_POLICY_PATH, parent);
    builder_str(b, RULES_POLICY, policy ? policy->name : nsx_path_id(parent));
    builder_str(b, RULES_CATEGORY, p ? p->category : NULL);
    builder_state(b, RULES_LAYER, rule_layer(path, m[M_SCOPE], policy));
    if (jsonq_number(m[M_SEQUENCE], &sequence) &&
        (len = evaluation(place, policy, true, sequence)) > 0)
        builder_strn(b, RULES_EVALUATION, place, len);
    add_hits(n, b, parent, path);
    if (n->seen)
        n->seen(n->seen_arg, parent);
}

void nsx_rule_row(void *arg, struct table_builder *b, struct json_object *o)
{
    struct nsx_rule_names *n = arg;
    struct json_object *m[M_N];
    const char *path, *parent, *name;

    jsonq_pick(o, members, M_N, m);
    path = jsonq_text(m[M_PATH]);
    if (!path || !nsx_is_type(jsonq_text(m[M_TYPE]), "Rule"))
        return;
    builder_row(b);
    builder_str(b, RULES_PATH, path);
    name = jsonq_text(m[M_NAME]);
    builder_str(b, RULES_RULE, name ? name : nsx_path_id(path));
    add_what(n, b, m, strstr(path, "/security-policies/") != NULL);
    parent = jsonq_text(m[M_PARENT]);
    if (!parent)
        parent = parent_of(b, path);
    if (parent)
        add_policy(n, b, parent, m, path);
    else
        builder_state(b, RULES_LAYER, layer_of_path(path));
}

/* ---- policies ----------------------------------------------------------------------------------
 */

static const char **copy_list(struct arena *a, struct json_object *items)
{
    size_t n = jsonq_count(items), kept = 0;
    const char **out;

    if (n == 0)
        return NULL;
    out = arena_alloc(a, (n + 1) * sizeof(*out));
    for (size_t i = 0; i < n; i++) {
        const char *item = jsonq_text(jsonq_item(items, i));

        if (item)
            out[kept++] = arena_strdup(a, item);
    }
    return kept > 0 ? out : NULL;
}

void *nsx_policy_more(struct arena *a, struct json_object *o)
{
    struct nsx_policy *p = arena_alloc(a, sizeof(*p));
    bool stateful;

    *p = (struct nsx_policy){.sequence = -1,
                             .internal_sequence = -1,
                             .rule_count = -1,
                             .modified_at = -1,
                             .stateful = -1,
                             .category = arena_strdup(a, jsonq_str(o, "category")),
                             .schedule = arena_strdup(a, jsonq_str(o, "scheduler_path")),
                             .modified_by = arena_strdup(a, jsonq_str(o, "_last_modified_user")),
                             .scope = copy_list(a, jsonq_get(o, "scope"))};
    jsonq_int(o, "sequence_number", &p->sequence);
    jsonq_int(o, "internal_sequence_number", &p->internal_sequence);
    jsonq_int(o, "rule_count", &p->rule_count);
    jsonq_int(o, "_last_modified_time", &p->modified_at);
    if (jsonq_bool(o, "stateful", &stateful))
        p->stateful = stateful;
    return p;
}

static void add_scope(const struct nsx_rule_names *n, struct table_builder *b,
                      const char *const *scope, bool dfw)
{
    for (; scope && *scope; scope++)
        builder_list_add(b, POLICIES_APPLIED_TO,
                         dfw && strcmp(*scope, "ANY") == 0 ? "DFW" : word_of(n, *scope));
}

static const char *policy_layer(const struct nsx_object *policy)
{
    const struct nsx_policy *p = policy->more;
    const char *layer = layer_of_path(policy->path);

    if (!layer && p->scope)
        layer = layer_of_scope(p->scope[0]);
    return layer ? layer : p->layer;
}

static void add_policy_hits(const struct nsx_rule_names *n, struct table_builder *b,
                            const char *path)
{
    struct nsx_hits h;

    if (!n->stats || !nsx_rule_stats_get(n->stats, path, NULL, &h))
        return;
    add_count(b, POLICIES_HITS, h.hits);
    add_count(b, POLICIES_PACKETS, h.packets);
    add_count(b, POLICIES_BYTES, h.bytes);
    add_count(b, POLICIES_SESSIONS, h.sessions);
    builder_int(b, POLICIES_HITS_AT, h.at);
}

void nsx_policy_row(const struct nsx_rule_names *n, struct table_builder *b,
                    const struct nsx_object *policy)
{
    const struct nsx_policy *p = policy->more;
    char place[EVALUATION_MAX];
    size_t len = evaluation(place, policy, false, 0);

    builder_row(b);
    builder_str(b, POLICIES_PATH, policy->path);
    builder_str(b, POLICIES_POLICY, policy->name);
    builder_state(b, POLICIES_LAYER, policy_layer(policy));
    builder_str(b, POLICIES_CATEGORY, p->category);
    if (len > 0)
        builder_strn(b, POLICIES_EVALUATION, place, len);
    add_count(b, POLICIES_SEQUENCE, p->sequence);
    add_scope(n, b, p->scope, strstr(policy->path, "/security-policies/") != NULL);
    builder_str(b, POLICIES_SCHEDULE, p->schedule);
    builder_str(b, POLICIES_MODIFIED_BY, p->modified_by);
    add_count(b, POLICIES_MODIFIED_AT, p->modified_at);
    add_count(b, POLICIES_RULE_COUNT, p->rule_count);
    if (p->stateful >= 0)
        builder_bool(b, POLICIES_STATEFUL, p->stateful);
    add_policy_hits(n, b, policy->path);
}
