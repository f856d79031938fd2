/*
 * rules: the distributed firewall of NSX-V in the columns of NSX's. One reply has all of it
 * (firewallConfiguration, with layer2Sections and layer3Sections); it is decoded while it is read
 * through, and kept as it is when its bytes did not change (reference: NSX API, NSX-V).
 *
 * What is this hycon's and not the manager's: the paths (an id is unique within the manager), the
 * place in the order of evaluation (frames before packets; sections and rules in the order of the
 * reply), and the categories Ethernet and General. Members that the reference does not list
 * (direction, packetType, sourcePort) are read where they come, as other clients of this API send
 * them; unverified against a live manager.
 */
#include <inttypes.h>
#include <string.h>

#include "collectors/nsxv/nsxv.h"
#include "core/arena.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "core/xml.h"

#define CONFIG_PATH "/api/4.0/firewall/globalroot-0/config"

/* Depths: firewallConfiguration/layer3Sections/section/rule/sources/source/value. */
enum { AT_SECTION = 3, AT_RULE, AT_LIST, AT_ITEM, AT_LEAF };

/* A source, destination, appliedTo or service: what came of it so far. */
struct item {
    struct strbuf name, value, type, protocol, port, source_port;
};

struct decoder {
    struct table_builder *rules, *policies; /* NULL: kept from the last time */
    struct arena *arena;
    bool is_config, frames, in_section, in_rule;
    const char *section, *section_name;
    int64_t generation, rule_count, sections;
    struct item item;
};

/* ---- attributes --------------------------------------------------------------------------------
 */

/* libxml2 gives "&" in an attribute as "&#38;". */
static const char *attribute(struct decoder *d, struct xml_reader *x, const char *name)
{
    static const char amp[] = "&#38;";
    size_t len = 0, kept = 0;
    const char *value = xml_attribute(x, name, &len);
    char *out;

    if (!value)
        return NULL;
    out = arena_strndup(d->arena, value, len);
    for (size_t i = 0; i < len; kept++) {
        out[kept] = out[i];
        i += strncmp(out + i, amp, sizeof(amp) - 1) == 0 ? sizeof(amp) - 1 : 1;
    }
    out[kept] = '\0';
    return out;
}

static bool attribute_is_true(struct decoder *d, struct xml_reader *x, const char *name)
{
    const char *value = attribute(d, x, name);

    return value && text_equal_nocase(value, "true");
}

/* ---- sections and rules ------------------------------------------------------------------------
 */

static void start_section(struct decoder *d, struct xml_reader *x)
{
    const char *number = attribute(d, x, "generationNumber");

    d->frames = strcmp(xml_name_at(x, 2), "layer2Sections") == 0;
    d->section = attribute(d, x, "id");
    d->section_name = attribute(d, x, "name");
    d->in_section = d->section != NULL;
    d->generation = -1;
    d->rule_count = 0;
    d->sections++;
    if (number)
        (void)text_to_i64(number, 0, INT64_MAX, &d->generation);
}

static const char *category(const struct decoder *d)
{
    return d->frames ? "Ethernet" : "General";
}

static const char *section_path(struct decoder *d)
{
    return arena_printf(d->arena, "/globalroot-0/%s/%s",
                        d->frames ? "layer2Sections" : "layer3Sections", d->section);
}

static void end_section(struct decoder *d)
{
    struct table_builder *b = d->policies;

    d->in_section = false;
    if (!b)
        return;
    builder_row(b);
    builder_str(b, POLICIES_PATH, section_path(d));
    builder_state(b, POLICIES_LAYER, "dfw");
    builder_str(b, POLICIES_CATEGORY, category(d));
    builder_str(b, POLICIES_POLICY, d->section_name ? d->section_name : d->section);
    builder_int(b, POLICIES_SEQUENCE, d->sections);
    builder_int(b, POLICIES_RULE_COUNT, d->rule_count);
    if (d->generation >= 0)
        builder_int(b, POLICIES_GENERATION, d->generation);
    builder_str(b, POLICIES_EVALUATION,
                arena_printf(d->arena, "%d.%010" PRId64, !d->frames, d->sections));
}

static void start_rule(struct decoder *d, struct xml_reader *x)
{
    struct table_builder *b = d->rules;
    const char *id = attribute(d, x, "id");
    int64_t number;

    d->rule_count++;
    d->in_rule = b && id;
    if (!d->in_rule)
        return;
    builder_row(b);
    builder_str(b, RULES_PATH, arena_printf(d->arena, "%s/rules/%s", section_path(d), id));
    builder_str(b, RULES_POLICY_PATH, section_path(d));
    builder_state(b, RULES_LAYER, "dfw");
    builder_str(b, RULES_CATEGORY, category(d));
    builder_str(b, RULES_POLICY, d->section_name ? d->section_name : d->section);
    builder_int(b, RULES_SEQUENCE, d->rule_count);
    if (text_to_i64(id, 0, INT64_MAX, &number) == 0)
        builder_int(b, RULES_RULE_ID, number);
    builder_bool(b, RULES_ENABLED, !attribute_is_true(d, x, "disabled"));
    builder_bool(b, RULES_LOGGED, attribute_is_true(d, x, "logged"));
    builder_bool(b, RULES_NEGATE_SOURCES, false);
    builder_bool(b, RULES_NEGATE_DESTINATIONS, false);
    builder_str(b, RULES_EVALUATION,
                arena_printf(d->arena, "%d.%010" PRId64 ".%010" PRId64, !d->frames, d->sections,
                             d->rule_count));
}

static const char *action_word(const char *text)
{
    if (text_equal_nocase(text, "allow"))
        return "ALLOW";
    if (text_equal_nocase(text, "deny") || text_equal_nocase(text, "drop"))
        return "DROP";
    return text_equal_nocase(text, "reject") ? "REJECT" : text;
}

static const char *direction_word(const char *text)
{
    if (text_equal_nocase(text, "inout"))
        return "IN_OUT";
    if (text_equal_nocase(text, "in"))
        return "IN";
    return text_equal_nocase(text, "out") ? "OUT" : text;
}

static const char *family_word(const char *text)
{
    if (text_equal_nocase(text, "any"))
        return "IPV4_IPV6";
    if (text_equal_nocase(text, "ipv4"))
        return "IPV4";
    return text_equal_nocase(text, "ipv6") ? "IPV6" : text;
}

/* A member of a rule that is plain text. */
static void rule_text(struct decoder *d, const char *name, const char *text)
{
    struct table_builder *b = d->rules;

    if (strcmp(name, "name") == 0)
        builder_str(b, RULES_RULE, text);
    else if (strcmp(name, "action") == 0)
        builder_state(b, RULES_ACTION, action_word(text));
    else if (strcmp(name, "direction") == 0)
        builder_str(b, RULES_DIRECTION, direction_word(text));
    else if (strcmp(name, "packetType") == 0)
        builder_str(b, RULES_IP_PROTOCOL, family_word(text));
}

/* What is missing is everything (reference). */
static void end_rule(struct decoder *d)
{
    static const unsigned columns[] = {RULES_SOURCES, RULES_DESTINATIONS, RULES_SERVICES};
    struct table_builder *b = d->rules;

    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
        if (builder_peek(b, columns[i])->type == CELL_ABSENT)
            builder_list_add(b, columns[i], "ANY");
    }
    d->in_rule = false;
}

/* ---- what a rule names -------------------------------------------------------------------------
 */

static void item_reset(struct item *i)
{
    strbuf_reset(&i->name);
    strbuf_reset(&i->value);
    strbuf_reset(&i->type);
    strbuf_reset(&i->protocol);
    strbuf_reset(&i->port);
    strbuf_reset(&i->source_port);
}

static void item_release(struct item *i)
{
    strbuf_release(&i->name);
    strbuf_release(&i->value);
    strbuf_release(&i->type);
    strbuf_release(&i->protocol);
    strbuf_release(&i->port);
    strbuf_release(&i->source_port);
}

static void item_text(struct item *i, const char *name, const char *text)
{
    const struct {
        const char *name;
        struct strbuf *to;
    } members[] = {
        {"name", &i->name},         {"value", &i->value},          {"type", &i->type},
        {"protocol", &i->protocol}, {"destinationPort", &i->port}, {"sourcePort", &i->source_port},
    };

    for (size_t k = 0; k < sizeof(members) / sizeof(members[0]); k++) {
        if (strcmp(members[k].name, name) == 0) {
            strbuf_reset(members[k].to);
            strbuf_addstr(members[k].to, text);
        }
    }
}

/* The raw list is kept from the first entry on that is not its own name. */
static void begin_raw(struct table_builder *b, unsigned col, unsigned raw)
{
    const struct cell *words = builder_peek(b, col);

    if (builder_peek(b, raw)->type == CELL_LIST)
        return;
    builder_list_empty(b, raw);
    for (size_t i = 0; words->type == CELL_LIST && i < words->u.list->n; i++)
        builder_list_add(b, raw, words->u.list->items[i]);
}

/* Sources and destinations: the name, or an address itself; ids stay in the raw list. */
static void add_word(struct decoder *d, unsigned col, unsigned raw)
{
    const struct item *i = &d->item;
    const char *value = i->value.len ? i->value.buf : i->name.buf;
    const char *word = i->name.len ? i->name.buf : value;

    if (!*word)
        return;
    if (strcmp(value, "DISTRIBUTED_FIREWALL") == 0)
        word = value = "DFW";
    if (strcmp(word, value) != 0)
        begin_raw(d->rules, col, raw);
    builder_list_add(d->rules, col, word);
    if (builder_peek(d->rules, raw)->type == CELL_LIST)
        builder_list_add(d->rules, raw, value);
}

static const char *protocol_word(const char *number)
{
    static const struct {
        const char *number, *word;
    } known[] = {{"6", "TCP"}, {"17", "UDP"}, {"1", "ICMPv4"}, {"58", "ICMPv6"}};

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(known[i].number, number) == 0)
            return known[i].word;
    }
    return NULL;
}

/* A service by its name, or a protocol and ports in the words of SERVICES_ENTRIES. */
static void add_service(struct decoder *d)
{
    const struct item *i = &d->item;
    const char *word;
    struct strbuf text = STRBUF_INIT;

    if (!i->protocol.len) {
        add_word(d, RULES_SERVICES, RULES_SERVICE_PATHS);
        return;
    }
    word = protocol_word(i->protocol.buf);
    if (word)
        strbuf_addstr(&text, word);
    else
        strbuf_addf(&text, "%s %s", d->frames ? "other protocol" : "IP", i->protocol.buf);
    if (i->port.len)
        strbuf_addf(&text, " dst=%s", i->port.buf);
    if (i->source_port.len)
        strbuf_addf(&text, " src=%s", i->source_port.buf);
    builder_list_add(d->rules, RULES_SERVICES, text.buf);
    builder_list_add(d->rules, RULES_SERVICE_ENTRIES, text.buf);
    strbuf_release(&text);
}

static void end_item(struct decoder *d, const char *name)
{
    if (strcmp(name, "source") == 0)
        add_word(d, RULES_SOURCES, RULES_SOURCE_PATHS);
    else if (strcmp(name, "destination") == 0)
        add_word(d, RULES_DESTINATIONS, RULES_DESTINATION_PATHS);
    else if (strcmp(name, "appliedTo") == 0)
        add_word(d, RULES_APPLIED_TO, RULES_APPLIED_TO_PATHS);
    else if (strcmp(name, "service") == 0)
        add_service(d);
}

static void start_list(struct decoder *d, struct xml_reader *x)
{
    if (!attribute_is_true(d, x, "excluded"))
        return;
    if (strcmp(xml_name(x), "sources") == 0)
        builder_bool(d->rules, RULES_NEGATE_SOURCES, true);
    else if (strcmp(xml_name(x), "destinations") == 0)
        builder_bool(d->rules, RULES_NEGATE_DESTINATIONS, true);
}

/* ---- the document ------------------------------------------------------------------------------
 */

static void on_start(void *arg, struct xml_reader *x)
{
    struct decoder *d = arg;
    const char *name = xml_name(x);

    switch (xml_depth(x)) {
    case 1:
        d->is_config = strcmp(name, "firewallConfiguration") == 0;
        break;
    case AT_SECTION:
        if (strcmp(name, "section") == 0)
            start_section(d, x);
        break;
    case AT_RULE:
        if (d->in_section && strcmp(name, "rule") == 0)
            start_rule(d, x);
        break;
    case AT_LIST:
        if (d->in_rule)
            start_list(d, x);
        break;
    case AT_ITEM:
        item_reset(&d->item);
        break;
    default:
        break;
    }
}

static void on_end(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct decoder *d = arg;
    const char *name = xml_name(x);
    unsigned depth = xml_depth(x);

    if (depth == AT_SECTION && d->in_section)
        end_section(d);
    if (!d->in_rule)
        return;
    if (depth == AT_RULE)
        end_rule(d);
    else if (depth == AT_LIST && len > 0)
        rule_text(d, name, text);
    else if (depth == AT_ITEM)
        end_item(d, name);
    else if (depth == AT_LEAF && len > 0)
        item_text(&d->item, name, text);
}

static const struct xml_handler handler = {.start = on_start, .end = on_end};

/* Rows are kept as one block as long as the reply is the same. */
static struct table_builder *want(struct table_builder *b, const struct reply *reply)
{
    return builder_block(b, reply->hash) ? NULL : b;
}

static enum step decode(struct run *run, const struct reply *reply)
{
    struct decoder d = {
        .rules = want(run_table(run, &table_rules), reply),
        .policies = want(run_table(run, &table_policies), reply),
        .arena = run->arena,
        .item = {STRBUF_INIT, STRBUF_INIT, STRBUF_INIT, STRBUF_INIT, STRBUF_INIT, STRBUF_INIT}};
    struct err err = {0};
    int rc;

    if (!d.rules && !d.policies)
        return STEP_DONE;
    rc = xml_parse(&handler, &d, reply->body, reply->len, &err);
    item_release(&d.item);
    if (rc < 0) {
        err_prefix(&err, "the reply about firewall rules");
        return run_fail(run, &err);
    }
    if (!d.is_config)
        return run_fail_proto(run, "the reply about firewall rules is something else");
    return STEP_DONE;
}

static enum step step(struct run *run, const struct reply *reply)
{
    if (!reply)
        return run_get(run, SERVICE_MAIN, "firewall rules", CONFIG_PATH);
    return reply->err ? run_fail(run, reply->err) : decode(run, reply);
}

static const struct schema *const tables[] = {&table_rules, &table_policies, NULL};

const struct collector collector_nsxv_rules = {
    .name = "rules",
    .kinds = KIND_NSXV,
    .tables = tables,
    .interval_ms = 300000,
    .timeout_ms = 120000,
    .step = step,
};
