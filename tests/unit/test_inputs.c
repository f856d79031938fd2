/* Which tables are read for others: enough for the same cells, and no more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/strbuf.h"
#include "model/derive/derive.h"
#include "model/inputs.h"
#include "model/tables.h"
#include "tests/support/model_case.h"
#include "tests/support/view_estate.h"
#include "tests/support/view_estate_vsphere.h"

struct list {
    const struct schema *tables[VIEW_TABLES_MAX + 1];
};

static struct list inputs(const struct config *c, const struct schema *of)
{
    struct list l;

    inputs_list(c, &of, 1, l.tables);
    return l;
}

static bool has(const struct list *l, const struct schema *s)
{
    size_t i = 0;

    while (l->tables[i] && l->tables[i] != s)
        i++;
    return l->tables[i] != NULL;
}

/* ---- no more than needed ----------------------------------------------------------------------
 */

struct needs_case {
    const struct schema *of, *input;
    bool want;
};

static const struct needs_case needs[] = {
    {&table_enis, &table_enis, true},
    {&table_enis, &table_routes, true},
    {&table_enis, &table_segments, true},
    {&table_enis, &table_nsx_vms, true}, /* an edge's host is derived, too */
    {&table_enis, &table_prefix_lists, false},
    {&table_routes, &table_linked_vpcs, true},
    {&table_routes, &table_prefix_lists, false},
    {&table_routes, &table_edges, false},
    {&table_segments, &table_prefix_lists, true},
    {&table_segments, &table_hosts, true}, /* of the routes */
    {&table_vpc_endpoints, &table_subnets, true},
    {&table_vpcs, &table_routes, false},
    {&table_vms, &table_hosts, false},
};

static void test_needs(void **state)
{
    struct config *c = config_parse(view_config, strlen(view_config), "hycon.yaml", NULL, NULL);

    (void)state;
    for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
        struct list l = inputs(c, needs[i].of);

        assert_ptr_equal(l.tables[0], needs[i].of);
        if (has(&l, needs[i].input) != needs[i].want)
            fail_msg("%s: %s", needs[i].of->name, needs[i].input->name);
    }
    config_free(c);
}

/* Only two endpoints that may be one NSX must be told apart. */
static void test_managers(void **state)
{
    struct model_case two;
    struct config *one = config_parse(view_config, strlen(view_config), "hycon.yaml", NULL, NULL);
    struct list l = inputs(one, &table_linked_vpcs);

    (void)state;
    assert_ptr_equal(l.tables[0], &table_linked_vpcs);
    assert_null(l.tables[1]);
    model_case_init(&two, NULL);
    l = inputs(two.config, &table_linked_vpcs);
    for (size_t i = 0; identity_manager_tables[i]; i++)
        assert_true(has(&l, identity_manager_tables[i]));
    l = inputs(two.config, &table_vpcs);
    assert_null(l.tables[1]);
    model_case_release(&two);
    config_free(one);
}

/* What the update looks at must be named by a column. */
static void test_every_join(void **state)
{
    struct config *c = config_parse(view_config, strlen(view_config), "hycon.yaml", NULL, NULL);

    (void)state;
    for (size_t i = 0; derive_tables[i]; i++) {
        struct list l = inputs(c, derive_tables[i]->schema);

        for (const struct schema *const *in = derive_tables[i]->inputs; *in; in++) {
            if (!has(&l, *in))
                fail_msg("no column of %s is said to be joined from %s",
                         derive_tables[i]->schema->name, (*in)->name);
        }
    }
    config_free(c);
}

/* ---- and enough --------------------------------------------------------------------------------
 */

static char *all_columns(const struct schema *s)
{
    struct strbuf names = STRBUF_INIT;

    for (unsigned i = 0; i < schema_public(s) && i < 32; i++)
        strbuf_addf(&names, "%s ", s->columns[i].name);
    return strbuf_detach(&names);
}

/* The rows of @s when only the tables of @l (NULL: all) were read. */
static char *rows_of(const char *config, const char *text, const struct schema *s,
                     const struct list *l, const char *columns)
{
    struct estate_text t = {0};
    struct snapshot *read[256];
    struct model_case c;
    size_t n = 0;
    char *rows;

    model_case_init(&c, config);
    estate_text_add(&t, text, c.now);
    for (size_t i = 0; i < t.n; i++) {
        if (!l || has(l, snapshot_schema(t.snapshots[i])))
            read[n++] = t.snapshots[i];
    }
    c.estate = model_update(c.model, read, n, c.now);
    rows = model_case_dump(c.estate, s->name, NULL, columns);
    estate_text_release(&t);
    model_case_release(&c);
    return rows;
}

static void check_enough(const char *config, const char *text, const struct schema *s)
{
    struct config *c = config_parse(config, strlen(config), "hycon.yaml", NULL, NULL);
    struct list l = inputs(c, s);
    char *columns = all_columns(s), *all = rows_of(config, text, s, NULL, columns),
         *some = rows_of(config, text, s, &l, columns);

    if (strcmp(all, some) != 0)
        fail_msg("%s\n--- with everything\n%s--- with its inputs\n%s", s->name, all, some);
    free(all);
    free(some);
    free(columns);
    config_free(c);
}

/* Two endpoints of one NSX: the second one sees what the first one sees. */
static const char twice_config[] =
    "sites:\n"
    "  - name: tokyo\n"
    "    endpoints:\n"
    "      - {name: vmc, kind: vmc, org: o, sddc: s, token: {env: T}}\n"
    "      - {name: nsx, kind: nsx, url: \"https://b.example/\", user: a, password: {env: P}}\n"
    "      - {name: linked, kind: aws, region: ap-northeast-1}\n";
#define EDGE_ID "11111111-2222-3333-4444-555555555555"
static const char twice[] =
    "table edges tokyo/nsx\nedge_id edge\n" EDGE_ID " NSX-Edge-0\n"
    "table edges tokyo/vmc\nedge_id edge\n" EDGE_ID " NSX-Edge-0\n"
    "table gateways tokyo/nsx\n"
    "gateway tier ha_mode edge edge_id ha_status\n"
    "vmc 0 active_standby NSX-Edge-0 " EDGE_ID " active\n"
    "table segments tokyo/nsx\npath segment type cidr connectivity\n"
    "/infra/segments/a web routed 192.168.1.0/24 /infra/tier-1s/cgw\n"
    "table linked_vpcs tokyo/vmc\n"
    "vpc mode active_enis traffic_groups route_tables subnets sddc\n"
    "vpc-1 cidr eni-1 Default=eni-1 rtb-main subnet-1 s\n"
    "table sddcs tokyo/vmc\nsddc name state management_cidr\n"
    "s sddc-tokyo ready 10.2.0.0/16\n"
    "table hosts tokyo/vmc\nhost_id host state eni\nh0 esx-0 ready eni-1\n"
    "table enis tokyo/linked\neni vpc subnet status description\n"
    "eni-1 vpc-1 subnet-1 in-use \"VMware VMC Interface\"\n"
    "table routes tokyo/linked\nvpc route_table main destination target target_type state\n"
    "vpc-1 rtb-main yes 10.2.0.0/16 eni-1 eni active\n";

static const char over_ssh[] =
    "table edges tokyo/nsx\nedge_id edge status\n" EDGE_ID " NSX-Edge-0 up\n"
    "table gateways tokyo/nsx\n"
    "gateway tier ha_mode edge edge_id ha_status path\n"
    "vmc 0 active_standby NSX-Edge-0 " EDGE_ID " active /infra/tier-0s/vmc\n"
    "table segments tokyo/nsx\npath segment type\n/infra/segments/a web bridged\n"
    "table edge_status tokyo/edge-0\nhost edge_id status\nh " EDGE_ID " down\n"
    "table edge_gateways tokyo/edge-0\nhost service_router ha_state\nh vmc standby\n";

static void test_enough(void **state)
{
    char *outage = view_estate(&view_outage);

    (void)state;
    for (size_t i = 0; derive_tables[i]; i++) {
        const struct schema *s = derive_tables[i]->schema;

        check_enough(view_config, outage, s);
        check_enough(view_config, view_osaka, s);
        check_enough(view_config, view_dc1, s);
        check_enough(view_config, view_multi_edge, s);
        check_enough(view_config_dc, view_vcenter, s);
        check_enough(view_config_dc, view_replication_tables, s);
        check_enough(twice_config, twice, s);
        check_enough(twice_config, over_ssh, s);
    }
    free(outage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_needs),
        cmocka_unit_test(test_managers),
        cmocka_unit_test(test_every_join),
        cmocka_unit_test(test_enough),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
