/* The vocabulary: what must hold for every table and every column. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "model/tables.h"

/* design.md section 4: the columns behind site and endpoint that may never be renamed, and the
 * keys. */
static const struct contract {
    const char *table, *key, *columns;
} contracts[] = {
    {"endpoints", "endpoint",
     "kind target product version role url freshness error_kind message taken_at latency_ms "
     "requests_per_min throttled next_retry_at transport via credential last_ok_at "
     "clock_offset_ms cert_expires_at cert_sha256"},
    {"enis", "eni",
     "account region sddc vpc subnet az az_id status interface_type private_ip secondary_ips mac "
     "description source_dest_check security_groups role active_by_routes active_by_nsx host edge "
     "traffic_group route_count blackhole_count"},
    {"routes", "route_table destination",
     "vpc route_table route_table_name main subnets managed destination prefix_list target "
     "target_type expected_target state origin segment verdict"},
    {"vpcs", "vpc", "cidr secondary_cidrs state"},
    {"subnets", "subnet", "vpc cidr az az_id available_ips route_table"},
    {"vpc_endpoints", "vpc_endpoint", "vpc service type state subnets az_ids dns_names"},
    {"prefix_lists", "prefix_list", "name owner entries max_entries version"},
    {"linked_vpcs", "vpc", "mode active_enis traffic_groups route_tables subnets"},
    {"sddcs", "sddc", "name state version region az host_count nsx_url vcenter_url"},
    {"segments", "path",
     "segment type cidr gateway connectivity transport_zone vlan admin_state realized "
     "in_main_table bridge"},
    {"edges", "edge_id",
     "edge edge_cluster node_kind vm_uuid management_ip host status datapath_cpu_percent "
     "service_cpu_percent memory_percent mgmt_connection control_connection tunnels_up "
     "tunnels_down pnics_down maintenance_mode version uptime_s since_at"},
    {"gateways", "gateway edge_id",
     "gateway tier ha_mode edge edge_id ha_status failover_mode traffic_group since_at"},
    {"timeline", "timeline_id", "at origin kind subject from to cause delay_ms error_bar_ms"},
    {"hosts", "host_id",
     "host cluster connection_state power_state maintenance ha_state instance_type az tep_ips "
     "version build model uptime_s management_ip eni cpu_percent memory_percent vm_count"},
    {"findings", "finding",
     "finding check state severity subject affected_count affected summary evidence remedy "
     "caused_by first_seen_at last_seen_at cleared_at acknowledged_by note snoozed_until_at"},
};

/* Words of @list in order; a column may be passed over, an order may not be broken. */
static void assert_order(const struct schema *s, const char *list)
{
    int at = SCHEMA_ENDPOINT;
    size_t len;

    for (; *list; list += len + (list[len] == ' ')) {
        char name[64] = {0};

        len = strcspn(list, " ");
        memcpy(name, list, len);
        int col = schema_column(s, name);
        if (col <= at)
            fail_msg("%s.%s is missing or out of order", s->name, name);
        at = col;
    }
}

static void test_contract(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(contracts); i++) {
        const struct schema *s = tables_find(contracts[i].table);

        if (!s)
            fail_msg("no table %s", contracts[i].table);
        assert_order(s, contracts[i].columns);
    }
}

static bool has_word(const char *list, const char *word)
{
    size_t n = strlen(word);

    for (const char *at = list; (at = strstr(at, word)); at += n) {
        if ((at == list || at[-1] == ' ') && (!at[n] || at[n] == ' '))
            return true;
    }
    return false;
}

static void test_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(contracts); i++) {
        const struct schema *s = tables_find(contracts[i].table);

        assert_in_range(s->ncolumns, 1, 64); /* core/builder.c has a bit for each */
        for (unsigned c = 0; c < s->ncolumns; c++) {
            bool key = s->columns[c].flags & COL_KEY;
            if (key != has_word(contracts[i].key, s->columns[c].name))
                fail_msg("%s.%s: wrong key flag", s->name, s->columns[c].name);
        }
    }
}

static void check_words(const struct schema *s, const struct column *c)
{
    if ((c->type == CELL_STATE) != (c->states != NULL))
        fail_msg("%s.%s: words and type do not agree", s->name, c->name);
    for (const struct state_word *w = c->states; w && w->word; w++) {
        for (const struct state_word *v = c->states; v != w; v++) {
            if (strcasecmp(v->word, w->word) == 0)
                fail_msg("%s.%s: %s comes twice", s->name, c->name, w->word);
        }
    }
}

static bool ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);

    return n >= m && strcmp(s + n - m, end) == 0;
}

/* The name says the unit, in every output. */
static void check_unit(const struct schema *s, const struct column *c)
{
    bool good = true;

    if (ends_with(c->name, "_at"))
        good = c->type == CELL_TIME;
    else if (ends_with(c->name, "_ms"))
        good = c->type == CELL_DURATION && c->unit == UNIT_MS;
    else if (ends_with(c->name, "_s"))
        good = c->type == CELL_DURATION && c->unit == UNIT_S;
    else if (ends_with(c->name, "_percent"))
        good = c->type == CELL_REAL && c->unit == UNIT_PERCENT;
    else if (ends_with(c->name, "_bytes"))
        good = c->type == CELL_BYTES;
    else
        good = c->type != CELL_DURATION;
    if (!good)
        fail_msg("%s.%s: its name promises another unit", s->name, c->name);
}

static void check_inputs(const struct schema *s, const struct column *c)
{
    const char *list = c->inputs ? c->inputs : "";
    size_t len;

    if (c->inputs && !(c->flags & COL_DERIVED))
        fail_msg("%s.%s has inputs but is not derived", s->name, c->name);
    for (; *list; list += len + (list[len] == ',')) {
        char name[64] = {0};

        len = strcspn(list, ",");
        memcpy(name, list, len);
        if (!tables_find(name))
            fail_msg("%s.%s: no input table '%s'", s->name, c->name, name);
    }
}

static void check_column(const struct schema *s, unsigned i)
{
    const struct column *c = &s->columns[i];

    assert_non_null(c->name);
    if (schema_column(s, c->name) != (int)i)
        fail_msg("%s.%s comes twice", s->name, c->name);
    if (!c->meaning || !*c->meaning || strchr(c->meaning, '\n'))
        fail_msg("%s.%s has no meaning of one line", s->name, c->name);
    if (c->type == CELL_ABSENT)
        fail_msg("%s.%s has no type", s->name, c->name);
    check_words(s, c);
    check_unit(s, c);
    check_inputs(s, c);
}

/* It stands for a column of its type, has its name, and nobody can ask for it. */
static void check_local(const struct schema *s, unsigned i)
{
    const struct column *c = &s->columns[i];
    int of = schema_column(s, c->name);

    assert_int_equal(c->flags, COL_LOCAL);
    assert_in_range(of, 0, (int)schema_public(s) - 1);
    assert_int_equal(c->type, s->columns[of].type);
    assert_int_equal(schema_local(s, (unsigned)of), i);
}

static void test_every_table(void **state)
{
    (void)state;
    for (unsigned t = 0; t < tables_count; t++) {
        const struct schema *s = tables_all[t];

        assert_ptr_equal(tables_find(s->name), s);
        assert_true(s->meaning && *s->meaning);
        assert_string_equal(s->columns[SCHEMA_SITE].name, "site");
        assert_string_equal(s->columns[SCHEMA_ENDPOINT].name, "endpoint");
        for (unsigned i = 0; i < schema_public(s); i++)
            check_column(s, i);
        for (unsigned i = schema_public(s); i < s->ncolumns; i++)
            check_local(s, i);
    }
    assert_null(tables_find("no_such_table"));
    assert_null(tables_find(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contract),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_every_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
