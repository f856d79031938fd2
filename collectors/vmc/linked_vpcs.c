/*
 * linked_vpcs: the link between the SDDC and the customer's VPC as NSX knows it (cloud-service,
 * LinkedVpcInfo), with what the VMC service adds about it (sddc-connections: is the account link
 * whole, which interfaces were made).
 *
 * Which interface is active stands in one of three places: traffic_group_eni_mappings (one per
 * traffic group), active_eni of older SDDCs, or the programming_info of a prefix list. SDDCs also
 * differ in the address of cloud-service; what worked is remembered.
 *
 * The link is read often because a switch of the active interface shows here first; the VMC
 * service's part changes rarely and is kept for a while. It is an enrichment: without it the rows
 * are there, and a note says why its cells are ABSENT.
 */
#include "collectors/vmc/vmc.h"

#include <string.h>

#include "core/arena.h"
#include "core/hash.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"

#define CONNECTIONS_AGE_MS   120000
#define CONNECTIONS_RETRY_MS 30000

struct links_state {
    bool short_base;                 /* cloud-service answers without the suffix of NSX */
    bool answered;                   /* the call is there: it was read once */
    struct json_object *connections; /* NULL: not read */
    uint64_t hash;                   /* of them; 0: none */
    int64_t due_at;                  /* when they are read again */
    struct err err;                  /* why they could not be read */
};

enum stage { STAGE_CONNECTIONS, STAGE_LINKS };

struct reading {
    enum stage stage;
    bool tried_other;   /* the other base was tried in this run */
    unsigned pages;     /* that came */
    const char *cursor; /* of the page that is asked for, escaped; NULL: the first */
};

static void state_release(void *state)
{
    json_object_put(((struct links_state *)state)->connections);
}

/* ---- rows --------------------------------------------------------------------------------- */

/* Append @text unless the list has it. */
static void add_once(struct table_builder *b, unsigned column, const char *text)
{
    const struct cell *c = builder_peek(b, column);

    for (size_t i = 0; text && c->type == CELL_LIST && i < c->u.list->n; i++) {
        if (strcmp(c->u.list->items[i], text) == 0)
            return;
    }
    builder_list_add(b, column, text);
}

static void add_all_once(struct table_builder *b, unsigned column, struct json_object *o,
                         const char *name)
{
    for (size_t i = 0; i < jsonq_len(o, name); i++) {
        struct json_object *item = jsonq_at(o, name, i);

        if (json_object_is_type(item, json_type_string))
            add_once(b, column, json_object_get_string(item));
    }
}

static void set_active(struct run *run, struct table_builder *b, struct json_object *link)
{
    size_t n = jsonq_len(link, "traffic_group_eni_mappings");

    for (size_t i = 0; i < n; i++) {
        struct json_object *m = jsonq_at(link, "traffic_group_eni_mappings", i);
        const char *eni = jsonq_str(m, "eni"), *group = jsonq_str(m, "traffic_group_name");

        const char *id = jsonq_str(m, "traffic_group_id");

        group = group ? group : id;
        add_once(b, LINKED_VPCS_ACTIVE_ENIS, eni);
        if (group)
            builder_list_add(b, LINKED_VPCS_TRAFFIC_GROUPS,
                             arena_printf(run->arena, "%s=%s", group, eni ? eni : ""));
        if (group && id)
            builder_list_add(b, LINKED_VPCS_TRAFFIC_GROUP_IDS,
                             arena_printf(run->arena, "%s=%s", id, group));
    }
    if (builder_peek(b, LINKED_VPCS_ACTIVE_ENIS)->type == CELL_ABSENT)
        add_once(b, LINKED_VPCS_ACTIVE_ENIS, jsonq_str(link, "active_eni"));
}

static void set_subnets(struct table_builder *b, struct json_object *link)
{
    for (size_t i = 0; i < jsonq_len(link, "linked_vpc_subnets"); i++) {
        struct json_object *subnet = jsonq_at(link, "linked_vpc_subnets", i);

        add_once(b, LINKED_VPCS_SUBNETS, jsonq_str(subnet, "id"));
        add_once(b, LINKED_VPCS_AZ_IDS, jsonq_str(subnet, "availability_zone_id"));
    }
}

static void set_mode(struct run *run, struct table_builder *b, const char *mode)
{
    static const struct {
        const char *theirs, *ours;
    } words[] = {{"ENABLED", "prefix_list"}, {"DISABLED", "cidr"}, {"PENDING", "pending"}};

    for (size_t i = 0; mode && i < ARRAY_SIZE(words); i++) {
        if (strcmp(mode, words[i].theirs) == 0) {
            builder_state(b, LINKED_VPCS_MODE, words[i].ours);
            return;
        }
    }
    vmc_state(run, b, LINKED_VPCS_MODE, mode);
}

/* What must be in AWS, by the manager's own word. A list that is not in use is not expected. */
static void set_prefix_lists(struct run *run, struct table_builder *b, struct json_object *link)
{
    struct json_object *info = jsonq_get(link, "linked_vpc_managed_prefix_list_info");
    bool no_active = builder_peek(b, LINKED_VPCS_ACTIVE_ENIS)->type == CELL_ABSENT;

    set_mode(run, b, jsonq_str(info, "managed_prefix_list_mode"));
    for (size_t i = 0; i < jsonq_len(info, "managed_prefix_lists"); i++) {
        struct json_object *list = jsonq_at(info, "managed_prefix_lists", i);
        struct json_object *programming = jsonq_get(list, "programming_info");
        bool in_use = true;

        jsonq_bool(list, "in_use", &in_use);
        if (!in_use)
            continue;
        add_once(b, LINKED_VPCS_PREFIX_LISTS, jsonq_str(list, "id"));
        add_all_once(b, LINKED_VPCS_EXPECTED_ENTRIES, programming, "expected_entries");
        add_all_once(b, LINKED_VPCS_ROUTE_TABLES, programming, "route_table_ids");
        if (no_active)
            add_once(b, LINKED_VPCS_ACTIVE_ENIS, jsonq_str(programming, "active_eni"));
    }
}

/* ---- what the VMC service adds ------------------------------------------------------------ */

/* The worst of several: a stretched SDDC has a connection for each zone. */
static void set_link_state(struct run *run, struct table_builder *b, const char *state)
{
    const struct cell *now = builder_peek(b, LINKED_VPCS_LINK_STATE);
    const char *word = vmc_lower(run, state);

    if (!word || (now->type == CELL_STR && strcmp(now->u.s, "broken") == 0))
        return;
    if (now->type == CELL_ABSENT || strcmp(word, "active") != 0)
        builder_str(b, LINKED_VPCS_LINK_STATE, word);
}

static void set_connections(struct run *run, struct table_builder *b, const char *vpc)
{
    const struct links_state *state = run->state;

    for (size_t i = 0; vpc && i < jsonq_count(state->connections); i++) {
        struct json_object *c = jsonq_item(state->connections, i);
        const char *of = jsonq_str(c, "vpc_id"), *word = jsonq_str(c, "state");

        if (!of || strcmp(of, vpc) != 0 || (word && strcmp(word, "DELETED") == 0))
            continue;
        set_link_state(run, b, word);
        if (jsonq_get(c, "customer_eni_infos") &&
            builder_peek(b, LINKED_VPCS_ENIS)->type == CELL_ABSENT)
            builder_list_empty(b, LINKED_VPCS_ENIS);
        for (size_t k = 0; k < jsonq_len(c, "customer_eni_infos"); k++)
            add_once(b, LINKED_VPCS_ENIS,
                     jsonq_str(jsonq_at(c, "customer_eni_infos", k), "eni_id"));
        add_once(b, LINKED_VPCS_SUBNETS, jsonq_str(c, "subnet_id"));
    }
}

static void add_link(struct run *run, struct json_object *link)
{
    struct table_builder *b = run_table(run, &table_linked_vpcs);
    const char *vpc = jsonq_str(link, "linked_vpc_id");

    if (!json_object_is_type(link, json_type_object)) {
        builder_malformed(b);
        return;
    }
    vpc = vpc ? vpc : jsonq_str(link, "id");
    builder_row(b);
    builder_str(b, LINKED_VPCS_VPC, vpc);
    builder_str(b, LINKED_VPCS_ACCOUNT, jsonq_str(link, "linked_account"));
    builder_str(b, LINKED_VPCS_SDDC, vmc_sddc_id(run));
    vmc_list(b, LINKED_VPCS_CIDRS, link, "linked_vpc_addresses");
    vmc_list(b, LINKED_VPCS_ROUTE_TABLES, link, "route_table_ids");
    set_subnets(b, link);
    set_active(run, b, link);
    set_prefix_lists(run, b, link);
    set_connections(run, b, vpc);
}

/* ---- the run ------------------------------------------------------------------------------ */

static enum step ask_links(struct run *run)
{
    const struct links_state *state = run->state;
    struct reading *r = run->scratch;
    enum step step;

    r->stage = STAGE_LINKS;
    step = run_get(run, SERVICE_CLOUD, "linked VPCs", "/api/v1/infra/linked-vpcs%s%s",
                   r->cursor ? "?cursor=" : "", r->cursor ? r->cursor : "");
    if (state->short_base)
        run->request.service = SERVICE_CLOUD_SHORT;
    return step;
}

static void take_connections(struct run *run, const struct reply *reply)
{
    struct links_state *state = run->state;
    struct json_object *o = NULL;
    struct err err = {0};

    if (reply->err)
        err = *reply->err;
    else
        o = vmc_parse(reply, "account links", &err);
    if (o && !json_object_is_type(o, json_type_array)) {
        json_object_put(o);
        o = NULL;
        err_set(&err, ERR_PROTO, 0, "the reply about the account links is not a list");
    }
    json_object_put(state->connections);
    state->connections = o;
    state->hash = o ? reply->hash : 0;
    state->err = err;
    state->due_at = run->now + (o ? CONNECTIONS_AGE_MS : CONNECTIONS_RETRY_MS);
}

static uint64_t block_name(struct run *run, const struct reply *reply)
{
    const struct links_state *state = run->state;
    const char *sddc = vmc_sddc_id(run);
    uint64_t parts[2] = {reply->hash, state->hash};
    uint64_t hash = hash_fast(parts, sizeof(parts), 0);

    return (sddc ? hash_fast(sddc, strlen(sddc), hash) : hash) | 1;
}

/* Ask for what follows, or STEP_DONE. A cursor that begins with zeros is NSX's other way to end. */
static enum step after_page(struct run *run, struct json_object *o)
{
    struct reading *r = run->scratch;
    const char *cursor = jsonq_str(o, "cursor");
    struct strbuf text = STRBUF_INIT;
    enum step step;

    r->pages++;
    if (!cursor || !*cursor || text_has_prefix(cursor, "0000"))
        return STEP_DONE;
    text_percent_encode(&text, cursor, strlen(cursor), NULL);
    if ((r->cursor && strcmp(r->cursor, text.buf) == 0) || r->pages >= COLLECTOR_PAGES_MAX) {
        step = run_fail_proto(run, "the list of linked VPCs has no end");
    } else {
        r->cursor = arena_strdup(run->arena, text.buf);
        step = ask_links(run);
    }
    strbuf_release(&text);
    return step;
}

static enum step take_links(struct run *run, const struct reply *reply)
{
    struct json_object *o;
    int64_t count = -1;
    enum step step;
    struct err err;

    o = vmc_parse(reply, "linked VPCs", &err);
    if (!o)
        return run_fail(run, &err);
    if (!json_object_is_type(jsonq_get(o, "results"), json_type_array) &&
        !(jsonq_int(o, "result_count", &count) && count == 0)) {
        json_object_put(o);
        return run_fail_proto(run, "the reply about the linked VPCs has no results");
    }
    if (!builder_block(run_table(run, &table_linked_vpcs), block_name(run, reply))) {
        for (size_t i = 0; i < jsonq_len(o, "results"); i++)
            add_link(run, jsonq_at(o, "results", i));
    }
    step = after_page(run, o);
    json_object_put(o);
    return step;
}

static enum step links_refused(struct run *run, const struct reply *reply)
{
    struct links_state *state = run->state;
    struct reading *r = run->scratch;

    if (!reply_not_offered(reply) || r->pages > 0 || r->tried_other) {
        state->short_base ^= r->tried_other; /* neither worked: begin as before the next time */
        run->err = *reply->err;
        if (reply_not_offered(reply) && !state->answered)
            run->err.kind = ERR_UNSUPPORTED;
        return STEP_FAIL;
    }
    r->tried_other = true;
    state->short_base = !state->short_base;
    return ask_links(run);
}

static enum step step(struct run *run, const struct reply *reply)
{
    struct links_state *state = run->state;
    struct reading *r = run->scratch;
    const char *sddc = vmc_sddc_id(run);

    if (!reply) {
        run->scratch = arena_alloc(run->arena, sizeof(*r));
        if (sddc && run->now >= state->due_at)
            return vmc_get(run, "account links", "/account-link/sddc-connections?sddc=", sddc);
        return ask_links(run);
    }
    if (r->stage == STAGE_CONNECTIONS) {
        take_connections(run, reply);
        return ask_links(run);
    }
    if (reply->err)
        return links_refused(run, reply);
    state->answered = true;
    if (state->err.kind != ERR_NONE && r->pages == 0)
        builder_note(run_table(run, &table_linked_vpcs), "%s", state->err.msg);
    return take_links(run, reply);
}

static const struct schema *const tables[] = {&table_linked_vpcs, NULL};

const struct collector collector_linked_vpcs = {
    .name = "linked_vpcs",
    .kinds = KIND_VMC,
    .tables = tables,
    .interval_ms = 10000,
    .timeout_ms = 60000,
    .state_size = sizeof(struct links_state),
    .state_release = state_release,
    .step = step,
};
