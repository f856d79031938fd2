/*
 * segments: GET infra/segments lists what was made below /infra; segments fixed to a tier-1 are in
 * the list of that tier-1 alone (on VMC: of cgw), so both are read and told apart by path. Up to
 * SEGMENT_LISTS_MAX tier-1 gateways are asked one by one; when there are more, one search for all
 * segments answers instead (the index lags by seconds, so it is the second choice), and if the
 * index is not ready the first SEGMENT_LISTS_MAX gateways are read and the table says what is
 * missing.
 *
 * The realization states come first and are an enrichment: rows are made with them, so pages are
 * decoded again when a state changed.
 */
#include <stdlib.h>
#include <string.h>

#include "collectors/nsx/list.h"
#include "collectors/nsx/nsx.h"
#include "collectors/nsx/words.h"
#include "core/arena.h"
#include "core/ip.h"
#include "core/strbuf.h"
#include "core/text.h"

#define SEGMENT_LISTS_MAX 64

struct segments_state {
    struct nsx_memo *memo; /* of segment lists */
    struct nsx_words *realized;
};

static const struct nsx_words_source states = {"segment_path", "state", "segment states",
                                               NSX_POLICY "/infra/segments/state"};

enum phase { READ_STATES, READ_INFRA, READ_TIER1S, READ_SEARCH, READ_TIER1 };

struct tier1 {
    const char *id;
    struct tier1 *next;
};

struct segments_run {
    enum phase phase;
    struct nsx_list list;
    struct tier1 *tier1s, **tail, *at;
    unsigned ntier1s;
    unsigned failed;  /* lists of tier-1s that could not be read */
    struct err first; /* why the first of them */
    bool read;        /* a list of segments was there */
    struct err none;  /* why that of /infra was not */
};

static void release_state(void *state)
{
    struct segments_state *s = state;

    nsx_memo_free(s->memo);
    nsx_words_free(s->realized);
}

/* ---- a row -------------------------------------------------------------------------------------
 */

/* In the order in which NSX writes them. */
enum {
    M_TYPE,
    M_SUBNETS,
    M_VLAN_IDS,
    M_CONNECTIVITY,
    M_TRANSPORT_ZONE,
    M_ADMIN_STATE,
    M_BRIDGES,
    M_NAME,
    M_PATH,
    M_PARENT,
    M_REALIZATION,
    M_MODIFIED_AT,
    M_MODIFIED_BY,
    M_N
};

static const char *const members[M_N] = {
    [M_TYPE] = "type",
    [M_SUBNETS] = "subnets",
    [M_VLAN_IDS] = "vlan_ids",
    [M_CONNECTIVITY] = "connectivity_path",
    [M_TRANSPORT_ZONE] = "transport_zone_path",
    [M_ADMIN_STATE] = "admin_state",
    [M_BRIDGES] = "bridge_profiles",
    [M_NAME] = "display_name",
    [M_PATH] = "path",
    [M_PARENT] = "parent_path",
    [M_REALIZATION] = "realization_id",
    [M_MODIFIED_AT] = "_last_modified_time",
    [M_MODIFIED_BY] = "_last_modified_user",
};

/* The rule of the table: VLAN ids decide before the type does. */
static const char *type_of(const char *type, struct json_object *vlan_ids)
{
    if (jsonq_count(vlan_ids) > 0)
        return "vlan";
    if (!type)
        return NULL;
    if (text_equal_nocase(type, "EXTENDED") || text_equal_nocase(type, "ROUTED_AND_EXTENDED"))
        return "extended";
    return type;
}

static void add_vlans(struct table_builder *b, struct json_object *vlan_ids)
{
    for (size_t i = 0; i < jsonq_count(vlan_ids); i++)
        builder_list_add(b, SEGMENTS_VLAN, jsonq_text(jsonq_item(vlan_ids, i)));
}

/* NSX computes it of the gateway's address and prefix; where it leaves it out, so is it done here.
 * Into @buf. */
static const char *network_of(struct json_object *subnet, char *buf)
{
    const char *network = jsonq_str(subnet, "network");
    const char *gateway = network ? NULL : jsonq_str(subnet, "gateway_address");
    struct ip ip;

    if (!gateway || !strchr(gateway, '/') || ip_parse(gateway, &ip) < 0)
        return network;
    ip = ip_network(&ip);
    return ip_format_cidr(&ip, buf);
}

static void add_subnets(struct table_builder *b, struct json_object *subnets)
{
    char buf[IP_TEXT_MAX];

    for (size_t i = 0; i < jsonq_count(subnets); i++) {
        struct json_object *subnet = jsonq_item(subnets, i);
        const char *network = network_of(subnet, buf);

        if (network && builder_peek(b, SEGMENTS_CIDR)->type == CELL_ABSENT) {
            builder_ip(b, SEGMENTS_CIDR, network);
            builder_ip(b, SEGMENTS_GATEWAY, jsonq_str(subnet, "gateway_address"));
        }
        builder_list_add(b, SEGMENTS_CIDRS, network);
    }
}

static void add_bridge(struct strbuf *out, struct json_object *profile)
{
    const char *id = nsx_path_id(jsonq_str(profile, "bridge_profile_path"));
    struct json_object *vlan_ids = jsonq_get(profile, "vlan_ids");

    if (!id || !*id)
        return;
    strbuf_addf(out, "%s%s", out->len > 0 ? ", " : "", id);
    for (size_t i = 0, n = 0; i < jsonq_count(vlan_ids); i++) {
        const char *vlan = jsonq_text(jsonq_item(vlan_ids, i));

        if (vlan)
            strbuf_addf(out, "%s%s", n++ > 0 ? "," : " vlan ", vlan);
    }
}

/* "bp-dc-connector vlan 2100": the profiles and the VLANs that the segment is bridged to. */
static void add_bridges(struct table_builder *b, struct json_object *profiles)
{
    struct strbuf text = STRBUF_INIT;

    for (size_t i = 0; i < jsonq_count(profiles); i++)
        add_bridge(&text, jsonq_item(profiles, i));
    if (text.len > 0)
        builder_strn(b, SEGMENTS_BRIDGE, text.buf, text.len);
    strbuf_release(&text);
}

/* A segment below a tier-1 says nothing of its gateway: it is connected to the one it is below,
 * unless its type says that it is not connected. */
static void add_gateway(struct table_builder *b, const char *path, const char *parent,
                        const char *type)
{
    bool fixed = parent && text_has_prefix(parent, "/infra/tier-1s/");

    if (fixed)
        builder_str(b, SEGMENTS_TIER1, nsx_path_id(parent));
    else if (path && strstr(path, "/tier-1s/"))
        builder_str(b, SEGMENTS_TIER1, nsx_path_id(path));
    if (!path && fixed && type &&
        (text_equal_nocase(type, "ROUTED") || text_equal_nocase(type, "ROUTED_AND_EXTENDED")))
        path = parent;
    builder_str(b, SEGMENTS_CONNECTIVITY, path);
}

static void add_segment(void *arg, struct table_builder *b, struct json_object *o)
{
    struct segments_state *s = arg;
    struct json_object *m[M_N];
    const char *path, *name, *type;
    int64_t at;

    jsonq_pick(o, members, M_N, m);
    path = jsonq_text(m[M_PATH]);
    name = jsonq_text(m[M_NAME]);
    type = jsonq_text(m[M_TYPE]);
    if (!path)
        return;
    builder_row(b);
    builder_str(b, SEGMENTS_PATH, path);
    builder_str(b, SEGMENTS_SEGMENT, name ? name : nsx_path_id(path));
    builder_state(b, SEGMENTS_TYPE, type_of(type, m[M_VLAN_IDS]));
    add_subnets(b, m[M_SUBNETS]);
    add_gateway(b, jsonq_text(m[M_CONNECTIVITY]), jsonq_text(m[M_PARENT]), type);
    builder_str(b, SEGMENTS_TRANSPORT_ZONE, nsx_path_id(jsonq_text(m[M_TRANSPORT_ZONE])));
    add_vlans(b, m[M_VLAN_IDS]);
    builder_state(b, SEGMENTS_ADMIN_STATE, jsonq_text(m[M_ADMIN_STATE]));
    builder_state(b, SEGMENTS_REALIZED, nsx_words_get(s->realized, path));
    add_bridges(b, m[M_BRIDGES]);
    /* That the realisation's id is the logical switch's is how NSX-T names things; NOT VERIFIED. */
    builder_str(b, SEGMENTS_SWITCH_ID, jsonq_text(m[M_REALIZATION]));
    builder_str(b, SEGMENTS_MODIFIED_BY, jsonq_text(m[M_MODIFIED_BY]));
    if (jsonq_number(m[M_MODIFIED_AT], &at))
        builder_int(b, SEGMENTS_MODIFIED_AT, at);
}

/* A search finds the segments of /infra too, which were read from their own list. */
static void add_found(void *arg, struct table_builder *b, struct json_object *o)
{
    const char *parent = jsonq_str(o, "parent_path");

    if (nsx_is_type(jsonq_str(o, "resource_type"), "Segment") &&
        (!parent || strcmp(parent, "/infra") != 0))
        add_segment(arg, b, o);
}

/* ---- the run -----------------------------------------------------------------------------------
 */

static enum step read_infra(struct run *run, struct segments_run *r)
{
    r->phase = READ_INFRA;
    return nsx_list_first(run, &r->list, "segments", NSX_POLICY "/infra/segments");
}

static enum step read_tier1s(struct run *run, struct segments_run *r)
{
    r->phase = READ_TIER1S;
    return nsx_list_first(run, &r->list, "tier-1 gateways", NSX_POLICY "/infra/tier-1s");
}

static enum step finish(struct run *run, struct segments_run *r)
{
    if (!r->read)
        return run_fail(run, &r->none);
    nsx_partial_many(run, run_table(run, &table_segments), r->failed, "the segments of",
                     "tier-1 gateway", &r->first);
    return STEP_DONE;
}

/* Ask for the segments of the next tier-1. */
static enum step read_tier1(struct run *run, struct segments_run *r)
{
    const char *id;

    r->at = r->phase == READ_TIER1 ? r->at->next : r->tier1s;
    r->phase = READ_TIER1;
    if (!r->at)
        return finish(run, r);
    id = nsx_escape(run, r->at->id, false);
    return nsx_list_first(run, &r->list, "segments", NSX_POLICY "/infra/tier-1s/%s/segments", id);
}

static enum step read_below(struct run *run, struct segments_run *r)
{
    if (r->ntier1s <= SEGMENT_LISTS_MAX)
        return read_tier1(run, r);
    r->phase = READ_SEARCH;
    return nsx_list_first(run, &r->list, "segments (search)",
                          NSX_POLICY "/search/query?query=resource_type%%3ASegment");
}

static void add_tier1(struct run *run, const char *id)
{
    struct segments_run *r = run->scratch;
    struct tier1 *t = arena_alloc(run->arena, sizeof(*t));

    t->id = arena_strdup(run->arena, id);
    *r->tail = t;
    r->tail = &t->next;
    r->ntier1s++;
}

/* VMC's two gateways are always there; its list of them may not be offered. */
static enum step no_tier1s(struct run *run, struct segments_run *r, const struct reply *reply)
{
    struct err err = *reply->err;

    if (run->facts->on_vmc && (reply_not_offered(reply) || err.kind == ERR_DENIED)) {
        add_tier1(run, "cgw");
        add_tier1(run, "mgw");
        return read_below(run, r);
    }
    err_prefix(&err, "segments below tier-1 gateways are missing");
    nsx_partial(run, &err);
    return finish(run, r);
}

static void add_tier1_item(void *arg, struct json_object *o)
{
    const char *id = nsx_path_id(jsonq_str(o, "path"));

    if (id && *id)
        add_tier1(arg, id);
}

static enum step on_tier1s(struct run *run, struct segments_run *r, const struct reply *reply)
{
    struct err err = {0};
    enum nsx_more more;

    if (reply->err)
        return no_tier1s(run, r, reply);
    more = nsx_list_read(run, &r->list, reply, add_tier1_item, run, &err);
    if (more == NSX_LIST_MORE)
        return STEP_SEND;
    if (more == NSX_LIST_BROKEN)
        nsx_partial(run, &err);
    return read_below(run, r);
}

/* States cannot be told from rows that are not there, so nothing depends on them. */
static enum step on_states(struct run *run, struct segments_run *r, const struct reply *reply)
{
    struct segments_state *s = run->state;
    struct err err = {0};

    if (nsx_words_step(run, s->realized, &r->list, reply, &err) == STEP_SEND)
        return STEP_SEND;
    if (err.kind != ERR_NONE)
        builder_note(run_table(run, &table_segments), "realized is not known: %s", err.msg);
    return read_infra(run, r);
}

/* One page of segments, of whichever list. */
static enum nsx_more on_page(struct run *run, struct segments_run *r, const struct reply *reply,
                             struct err *err)
{
    struct segments_state *s = run->state;
    nsx_row_fn row = r->phase == READ_SEARCH ? add_found : add_segment;
    /* A page found by search and one of a list may be equal, but not the rows made of them. */
    uint64_t salt = nsx_mix(nsx_words_salt(s->realized), r->phase == READ_SEARCH);
    const char *cursor = NULL;

    if (reply->err) {
        *err = *reply->err;
        return nsx_list_cut(&r->list, err);
    }
    if (nsx_page_read(run, &s->memo, run_table(run, &table_segments), salt, reply, r->list.label,
                      row, s, &cursor, err) < 0)
        return nsx_list_cut(&r->list, err);
    r->read = true;
    return nsx_list_more(run, &r->list, cursor, err);
}

static enum step on_infra(struct run *run, struct segments_run *r, const struct reply *reply)
{
    struct err err = {0};
    enum nsx_more more = on_page(run, r, reply, &err);

    if (more == NSX_LIST_MORE)
        return STEP_SEND;
    /* An SDDC need not offer it: what is there is below its gateways. */
    if (more == NSX_LIST_BROKEN && r->list.pages == 1 &&
        !(run->facts->on_vmc && reply_not_offered(reply)))
        return run_fail(run, &err);
    if (more == NSX_LIST_BROKEN && r->list.pages == 1)
        r->none = err;
    else if (more == NSX_LIST_BROKEN)
        nsx_partial(run, &err);
    return read_tier1s(run, r);
}

static enum step on_search(struct run *run, struct segments_run *r, const struct reply *reply)
{
    struct err err = {0};
    enum nsx_more more = on_page(run, r, reply, &err);
    struct tier1 *t = r->tier1s;

    if (more == NSX_LIST_MORE)
        return STEP_SEND;
    if (more == NSX_LIST_END)
        return finish(run, r);
    err_prefix(&err, "segments of %u tier-1 gateways are missing", r->ntier1s - SEGMENT_LISTS_MAX);
    nsx_partial(run, &err);
    /* Pages that were found already and the lists read now would say the same twice. */
    if (r->list.pages > 1)
        return finish(run, r);
    for (unsigned i = 1; t && i < SEGMENT_LISTS_MAX; i++)
        t = t->next;
    if (t)
        t->next = NULL;
    return read_tier1(run, r);
}

static enum step on_tier1(struct run *run, struct segments_run *r, const struct reply *reply)
{
    struct err err = {0};
    enum nsx_more more = on_page(run, r, reply, &err);

    if (more == NSX_LIST_MORE)
        return STEP_SEND;
    /* A gateway that was removed meanwhile has no segments. */
    if (more == NSX_LIST_BROKEN && !reply_not_offered(reply)) {
        if (r->failed++ == 0)
            r->first = err;
    }
    return read_tier1(run, r);
}

static enum step start(struct run *run)
{
    struct segments_run *r = arena_alloc(run->arena, sizeof(*r));
    struct segments_state *s = run->state;

    r->tail = &r->tier1s;
    run->scratch = r;
    nsx_words_start(run, &s->realized, &states, &r->list);
    return STEP_SEND;
}

static enum step step(struct run *run, const struct reply *reply)
{
    struct segments_run *r = run->scratch;

    if (!r || !reply)
        return start(run);
    switch (r->phase) {
    case READ_STATES:
        return on_states(run, r, reply);
    case READ_INFRA:
        return on_infra(run, r, reply);
    case READ_TIER1S:
        return on_tier1s(run, r, reply);
    case READ_SEARCH:
        return on_search(run, r, reply);
    case READ_TIER1:
        break;
    }
    return on_tier1(run, r, reply);
}

static const struct schema *const tables[] = {&table_segments, NULL};

const struct collector collector_nsx_segments = {
    .name = "segments",
    .kinds = KIND_NSX | KIND_VMC,
    .tables = tables,
    .interval_ms = 60000,
    .timeout_ms = 300000,
    .state_size = sizeof(struct segments_state),
    .state_release = release_state,
    .step = step,
};
