/* A host that two managers list is one row, as tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/mem.h"
#include "model/findings.h"
#include "tests/support/check_case.h"
#include "tests/support/model_case.h"

static const char config[] =
    "sites:\n"
    "  - name: tokyo\n"
    "    endpoints:\n"
    "      - {name: vc, kind: vcenter, url: \"https://vc.example/\", user: a, password: {env: P}}\n"
    "      - {name: vmc, kind: vmc, url: \"https://vmc.example/\", org: o, sddc: s, token: {env: "
    "T}}\n"
    "  - name: dc1\n"
    "    endpoints:\n"
    "      - {name: vc, kind: vcenter, url: \"https://vc.dc1/\", user: a, password: {env: P}}\n";

#define VMC(freshness)                      \
    "table hosts tokyo/vmc " freshness "\n" \
    "host_id host fqdn cluster state eni vcenter_uuid\n"
#define VC(where, freshness)                   \
    "table hosts " where "/vc " freshness "\n" \
    "host_id host fqdn cluster connection_state version vcenter_uuid\n"
#define COLUMNS "endpoint host_id host connection_state version state eni via"
#define VMC_0   "u-0 esx-0 esx-0.example Cluster-1 ready eni-1 -\n"
#define VC_0    "host-1 esx-0.example ESX-0.example Cluster-1 connected 8.0 v\n"

#define TWO_ROWS                                    \
    "vc host-1 esx-0.example connected 8.0 - - -\n" \
    "vmc u-0 esx-0 - - ready eni-1 -\n"
#define ONE_ROW "vc host-1 esx-0.example connected 8.0 ready eni-1 vc vmc\n"

static const struct {
    const char *name, *text, *want;
} cases[] = {
    {"joined by the full name", VMC("ok 0s") VMC_0 VC("tokyo", "ok 0s") VC_0, ONE_ROW},
    {"the name at one side is a full one",
     VMC("ok 0s") VMC_0 VC("tokyo", "ok 0s") "host-1 esx-0.example - Cluster-1 connected 8.0 v\n",
     ONE_ROW},
    {"joined by the vCenter and its id",
     VMC("ok 0s") "host-1 esx-0 - Cluster-1 ready eni-1 v\n" VC(
         "tokyo", "ok 0s") "host-1 a - Cluster-1 connected 8.0 v\n",
     "vc host-1 a connected 8.0 ready eni-1 vc vmc\n"},
    {"the same id at another vCenter is another host",
     VMC("ok 0s") "host-1 esx-0 - Cluster-1 ready eni-1 w\n" VC(
         "tokyo", "ok 0s") "host-1 esx-0 - Cluster-1 connected 8.0 v\n",
     "vc host-1 esx-0 connected 8.0 - - -\nvmc host-1 esx-0 - - ready eni-1 -\n"},
    {"a short name joins nothing",
     VMC("ok 0s") "u-0 esx-0 - Cluster-1 ready eni-1 -\n" VC(
         "tokyo", "ok 0s") "host-1 esx-0 esx-0.example Cluster-1 connected 8.0 v\n",
     "vc host-1 esx-0 connected 8.0 - - -\nvmc u-0 esx-0 - - ready eni-1 -\n"},
    {"nor does a short name that both call the full one",
     VMC("ok 0s") "u-0 esx-0 esx-0 Cluster-1 ready eni-1 -\n" VC(
         "tokyo", "ok 0s") "host-1 esx-0 esx-0 Cluster-1 connected 8.0 v\n",
     "vc host-1 esx-0 connected 8.0 - - -\nvmc u-0 esx-0 - - ready eni-1 -\n"},
    {"nor does an address",
     VMC("ok 0s") "u-0 10.2.32.4 - Cluster-1 ready eni-1 -\n" VC(
         "tokyo", "ok 0s") "host-1 10.2.32.4 - Cluster-1 connected 8.0 v\n",
     "vc host-1 10.2.32.4 connected 8.0 - - -\nvmc u-0 10.2.32.4 - - ready eni-1 -\n"},
    {"two of VMC have the name",
     VMC("ok 0s") VMC_0 "u-1 esx-0 esx-0.example Cluster-1 deleting eni-2 -\n" VC("tokyo", "ok 0s")
         VC_0,
     TWO_ROWS "vmc u-1 esx-0 - - deleting eni-2 -\n"},
    {"two of vCenter have the name",
     VMC("ok 0s") VMC_0 VC("tokyo", "ok 0s") VC_0
     "host-2 esx-0.example esx-0.example Cluster-1 disconnected 8.0 v\n",
     "vc host-1 esx-0.example connected 8.0 - - -\n"
     "vc host-2 esx-0.example disconnected 8.0 - - -\nvmc u-0 esx-0 - - ready eni-1 -\n"},
    {"vCenter does not answer: old and new are not mixed",
     VMC("ok 0s") VMC_0 VC("tokyo", "failed 60s \"503\"") VC_0, TWO_ROWS},
    {"VMC does not answer", VMC("failed 60s \"503\"") VMC_0 VC("tokyo", "ok 0s") VC_0, TWO_ROWS},
    {"neither answers: what was one host still is",
     VMC("failed 60s \"503\"") VMC_0 VC("tokyo", "failed 60s \"503\"") VC_0, ONE_ROW},
    {"vCenter tells a part, VMC all: checks need the whole one",
     VMC("ok 0s") VMC_0 VC("tokyo", "partial 0s \"x\"") VC_0,
     "vmc u-0 esx-0 connected 8.0 ready eni-1 vmc vc\n"},
    {"VMC tells a part", VMC("partial 0s \"x\"") VMC_0 VC("tokyo", "ok 0s") VC_0, ONE_ROW},
    {"vCenter lacks the host", VMC("ok 0s") VMC_0 VC("tokyo", "ok 0s"),
     "vmc u-0 esx-0 - - ready eni-1 -\n"},
    {"only VMC is there", VMC("ok 0s") VMC_0, "vmc u-0 esx-0 - - ready eni-1 -\n"},
    {"only vCenter is there", VC("tokyo", "ok 0s") VC_0,
     "vc host-1 esx-0.example connected 8.0 - - -\n"},
    {"sites are apart", VMC("ok 0s") VMC_0 VC("dc1", "ok 0s") VC_0,
     "vmc u-0 esx-0 - - ready eni-1 -\nvc host-1 esx-0.example connected 8.0 - - -\n"},
};

static void test_joins(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct model_case c;
        model_case_init(&c, config);
        model_case_feed(&c, cases[i].text);
        model_case_expect(c.estate, cases[i].name, "hosts", COLUMNS, cases[i].want);
        model_case_release(&c);
    }
}

/* One manager falls silent, comes back, tells less: nothing of before sticks to the rows. */
static void test_in_turn(void **state)
{
    static const size_t order[] = {0, 9, 0, 12, 0, 11, 10, 11, 0, 7, 0};
    struct model_case c;

    (void)state;
    model_case_init(&c, config);
    for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
        c.now += 10000;
        model_case_feed(&c, cases[order[i]].text);
        model_case_expect(c.estate, cases[order[i]].name, "hosts", COLUMNS, cases[order[i]].want);
    }
    model_case_release(&c);
}

/* A dead host is one row, and what names it uses the name of the row that is shown. */
static void test_one_name(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, config);
    model_case_feed(
        &c,
        VMC("ok 0s") "u-0 esx-0 esx-0.example Cluster-1 failed eni-1 -\n"
                     "u-1 esx-1 esx-1.example Cluster-1 ready eni-2 -\n" VC(
                         "tokyo",
                         "ok 0s") "host-1 esx-0.example esx-0.example Cluster-1 notResponding 8.0 "
                                  "v\n"
                                  "host-2 esx-1.example esx-1.example Cluster-1 connected 8.0 v\n"
                                  "table edges tokyo/vmc\nedge_id edge node_kind vm_uuid status\n"
                                  "e0 NSX-Edge-0 vm vm-0 down\n"
                                  "table nsx_vms tokyo/vmc\nexternal_id vm host_id\nvm-0 "
                                  "NSX-Edge-0 n0\n"
                                  "table nsx_nodes tokyo/vmc\nnode_id node fqdn\nn0 esx-0 "
                                  "esx-0.example\n");
    model_case_expect(c.estate, "edge", "edges", "edge host", "NSX-Edge-0 esx-0.example\n");
    model_case_expect(c.estate, "dead", "hosts", "host state connection_state",
                      "esx-0.example failed notResponding\nesx-1.example ready connected\n");
    model_case_release(&c);
}

/* A dead host that both tell of is one dead host. */
static void test_dies_once(void **state)
{
    struct model_case c;
    struct snapshot *out[2] = {NULL};
    struct findings *findings;
    char *got;

    (void)state;
    model_case_init(&c, config);
    model_case_feed(
        &c,
        VMC("ok 0s") "u-0 esx-0 esx-0.example Cluster-1 failed eni-1 -\n"
                     "u-1 esx-1 esx-1.example Cluster-1 ready eni-2 -\n" VC(
                         "tokyo",
                         "ok 0s") "host-1 esx-0.example esx-0.example Cluster-1 notResponding 8.0 "
                                  "v\n"
                                  "host-2 esx-1.example esx-1.example Cluster-1 connected 8.0 v\n");
    findings = findings_new(&(struct findings_options){.config = c.config});
    findings_update(findings, c.estate, out);
    got = check_case_dump(out[0], "host-health");
    assert_string_equal(got, "critical Cluster-1|1\n");
    free(got);
    for (size_t i = 0; i < ARRAY_SIZE(out); i++)
        snapshot_unref(out[i]);
    findings_free(findings);
    model_case_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_joins),
        cmocka_unit_test(test_in_turn),
        cmocka_unit_test(test_one_name),
        cmocka_unit_test(test_dies_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
