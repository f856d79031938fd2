/* The role of every network interface, as tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/mem.h"
#include "tests/support/model_case.h"

#define LINK(active, groups)                                       \
    "table linked_vpcs tokyo/vmc\n"                                \
    "vpc mode active_enis traffic_groups route_tables enis sddc\n" \
    "vpc-1 cidr " active " " groups " rtb-1 eni-4 sddc-1\n"
#define ENIS                                                     \
    "table enis tokyo/linked\n"                                  \
    "eni vpc subnet status description\n"                        \
    "eni-1 vpc-1 s in-use \"VMware VMC Interface\"\n"            \
    "eni-2 vpc-1 s in-use \"vmware vmc interface DO NOT USE\"\n" \
    "eni-3 vpc-1 s available \"VMware VMC Interface\"\n"         \
    "eni-4 vpc-1 s available -\n"                                \
    "eni-9 vpc-1 s in-use \"VPC Endpoint Interface\"\n"
#define HOSTS                 \
    "table hosts tokyo/vmc\n" \
    "host_id host eni\n"      \
    "h1 esx-1 eni-1\n"        \
    "h2 esx-2 eni-2\n"
#define ROUTES       "table routes tokyo/linked\nvpc route_table main destination target state\n"
#define MAIN(target) "vpc-1 rtb-1 yes 192.168.1.0/24 " target " active\n"
#define REST                             \
    "table segments tokyo/vmc\n"         \
    "path segment type cidr\n"           \
    "/s/web web routed 192.168.1.0/24\n" \
    "table sddcs tokyo/vmc\nsddc name management_cidr\nsddc-1 tokyo 10.2.0.0/16\n"
#define MGMT(target) "vpc-1 rtb-1 yes 10.2.0.0/16 " target " active\n"
#define ROLES        "eni role active_by_routes active_by_nsx"

struct eni_case {
    const char *name, *text, *want;
};

static const struct eni_case cases[] = {
    {"all is well",
     LINK("eni-1", "Default=eni-1") ENIS HOSTS REST ROUTES MAIN("eni-1") MGMT("eni-1"),
     "eni-1 active true true\neni-2 host false false\neni-3 spare false false\n"
     "eni-4 spare false false\neni-9 foreign false false\n"},
    {"the edge has moved, the routes have not",
     LINK("eni-2", "Default=eni-2") ENIS HOSTS REST ROUTES MAIN("eni-1") MGMT("eni-1"),
     "eni-1 changing true false\neni-2 changing false true\neni-3 spare false false\n"
     "eni-4 spare false false\neni-9 foreign false false\n"},
    {"active whatever its status is, even when its host is gone",
     LINK("eni-3", "Default=eni-3") ENIS HOSTS REST ROUTES MAIN("eni-3") MGMT("eni-3"),
     "eni-1 host false false\neni-2 host false false\neni-3 active true true\n"
     "eni-4 spare false false\neni-9 foreign false false\n"},
    {"one active ENI for each traffic group",
     LINK("eni-1,eni-2", "Default=eni-1,tg=eni-2") ENIS HOSTS REST ROUTES MAIN("eni-1")
         MGMT("eni-1"),
     "eni-1 active true true\neni-2 active false true\neni-3 spare false false\n"
     "eni-4 spare false false\neni-9 foreign false false\n"},
    {"routes were not read",
     LINK("eni-1", "Default=eni-1") ENIS HOSTS REST
     "table routes tokyo/linked failed 0s \"503\"\nvpc\n",
     "eni-1 active - true\neni-2 host - false\neni-3 spare - false\n"
     "eni-4 spare - false\neni-9 foreign - false\n"},
    {"NSX was not read: what nobody names may be anybody's",
     "table linked_vpcs tokyo/vmc denied 0s \"401\"\nvpc\n" ENIS HOSTS REST ROUTES MAIN("eni-1")
         MGMT("eni-1"),
     "eni-1 active true -\neni-2 host false -\neni-3 spare false -\neni-4 - - -\neni-9 - - -\n"},
    {"nothing but AWS was read yet", ENIS ROUTES MAIN("eni-1"),
     "eni-1 active true -\neni-2 host false -\neni-3 spare false -\neni-4 - - -\neni-9 - - -\n"},
    {"NSX names no ENI", LINK("-", "-") ENIS HOSTS REST ROUTES MAIN("eni-1") MGMT("eni-1"),
     "eni-1 active true -\neni-2 host false -\neni-3 spare false -\n"
     "eni-4 spare false -\neni-9 foreign false -\n"},
};

static void test_roles(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct model_case c;
        model_case_init(&c, NULL);
        model_case_feed(&c, cases[i].text);
        model_case_expect(c.estate, cases[i].name, "enis", ROLES, cases[i].want);
        model_case_release(&c);
    }
}

/* In use is what AWS says; what it is moving is neither in use nor a spare. */
static void test_status_decides(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, NULL);
    model_case_feed(&c, LINK("eni-1", "Default=eni-1") HOSTS REST
                    "table enis tokyo/linked\neni vpc subnet status description\n"
                    "eni-1 vpc-1 s attaching \"VMware VMC Interface\"\n"
                    "eni-2 vpc-1 s available \"VMware VMC Interface\"\n"
                    "eni-3 vpc-1 s attaching \"VMware VMC Interface\"\n"
                    "eni-5 vpc-1 s detaching \"VMware VMC Interface\"\n"
                    "eni-6 vpc-1 s pending \"VMware VMC Interface\"\n" ROUTES MAIN("eni-1")
                        MGMT("eni-1"));
    model_case_expect(c.estate, "statuses", "enis", "eni role host",
                      "eni-1 active esx-1\neni-2 spare esx-2\neni-3 changing -\n"
                      "eni-5 changing -\neni-6 spare -\n");
    model_case_release(&c);
}

/* A disagreement that lasts is no failover any more: both ends are active, and a check says so. */
static void test_disagreement_lasts(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, NULL);
    model_case_feed(&c, cases[1].text);
    c.now += 180000;
    model_case_feed(&c, cases[1].text);
    model_case_expect(c.estate, "three minutes later", "enis", "eni role",
                      "eni-1 active\neni-2 active\neni-3 spare\neni-4 spare\neni-9 foreign\n");
    model_case_release(&c);
}

static void test_joined_columns(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, NULL);
    model_case_feed(
        &c, LINK("eni-1", "Default=eni-1") ENIS HOSTS REST ROUTES MAIN(
                "eni-1") "vpc-1 rtb-2 no 192.168.1.0/24 eni-2 blackhole\n"
                         "table gateways tokyo/vmc\n"
                         "gateway tier edge edge_id ha_status traffic_group path\n"
                         "vmc 0 NSX-Edge-0 e0 active Default /infra/tier-0s/vmc\n"
                         "vmc 0 NSX-Edge-1 e1 standby Default /infra/tier-0s/vmc\n"
                         "table edges tokyo/vmc\n"
                         "edge_id edge node_kind vm_uuid status\n"
                         "e0 NSX-Edge-0 vm vm-0 up\n"
                         "e1 NSX-Edge-1 vm vm-1 up\n"
                         "table nsx_vms tokyo/vmc\nexternal_id vm host_id\nvm-1 NSX-Edge-1 n2\n"
                         "table nsx_nodes tokyo/vmc\nnode_id node fqdn\nn2 esx-2 ESX-2.example\n");
    /* NSX does not list the VM of the active edge: its host follows from the link alone. */
    model_case_expect(c.estate, "joined", "enis",
                      "eni host edge traffic_group sddc route_count blackhole_count",
                      "eni-1 esx-1 NSX-Edge-0 Default sddc-1 1 0\n"
                      "eni-2 esx-2 NSX-Edge-1 - sddc-1 1 1\n"
                      "eni-3 - - - sddc-1 0 0\n"
                      "eni-4 - - - sddc-1 0 0\n"
                      "eni-9 - - - - 0 0\n");
    model_case_release(&c);
}

/* Two SDDCs share a VPC: each has its own active ENI, and nothing is in disagreement. */
static void test_two_sddcs(void **state)
{
    static const char yaml[] =
        "sites:\n"
        "  - name: tokyo\n"
        "    endpoints:\n"
        "      - {name: a, kind: vmc, url: \"https://a/\", org: o, sddc: s1, token: {env: T}}\n"
        "      - {name: b, kind: vmc, url: \"https://b/\", org: o, sddc: s2, token: {env: T}}\n"
        "      - {name: linked, kind: aws, region: ap-northeast-1}\n";
    struct model_case c;

    (void)state;
    model_case_init(&c, yaml);
    model_case_feed(
        &c, ENIS ROUTES MAIN(
                "eni-1") "vpc-1 rtb-1 yes 192.168.2.0/24 eni-2 active\n"
                         "table linked_vpcs tokyo/a\nvpc mode active_enis route_tables sddc\n"
                         "vpc-1 cidr eni-1 rtb-1 s1\n"
                         "table linked_vpcs tokyo/b\nvpc mode active_enis route_tables sddc\n"
                         "vpc-1 cidr eni-2 rtb-1 s2\n"
                         "table segments tokyo/a\npath segment type cidr\n"
                         "/infra/tier-1s/cgw/segments/web web routed 192.168.1.0/24\n"
                         "table segments tokyo/b\npath segment type cidr\n"
                         "/infra/tier-1s/cgw/segments/web web routed 192.168.2.0/24\n"
                         "table sddcs tokyo/a\nsddc\ns1\ntable sddcs tokyo/b\nsddc\ns2\n");
    model_case_expect(c.estate, "two SDDCs", "enis", "eni role sddc",
                      "eni-1 active s1\neni-2 active s2\neni-3 spare -\neni-4 foreign -\n"
                      "eni-9 foreign -\n");
    model_case_expect(c.estate, "two SDDCs", "routes", "destination expected_target verdict",
                      "192.168.1.0/24 eni-1 ok\n192.168.2.0/24 eni-2 ok\n");
    model_case_expect(c.estate, "two SDDCs", "segments", "cidr in_main_table",
                      "192.168.1.0/24 true\n192.168.2.0/24 true\n");
    model_case_release(&c);
}

static void test_subnets_and_endpoints(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, NULL);
    model_case_feed(&c,
                    "table routes tokyo/linked\nvpc route_table main subnets destination target\n"
                    "vpc-1 rtb-1 yes - 10.0.0.0/16 local\n"
                    "vpc-1 rtb-2 no sub-a,sub-b 10.0.0.0/16 local\n"
                    "table subnets tokyo/linked\nsubnet vpc az_id\n"
                    "sub-a vpc-1 az1\nsub-b vpc-1 az2\nsub-c vpc-1 az2\nsub-d vpc-2 az1\n"
                    "table vpc_endpoints tokyo/linked\nvpc_endpoint subnets\n"
                    "vpce-1 sub-b,sub-c\nvpce-2 -\n");
    model_case_expect(c.estate, "subnets", "subnets", "subnet route_table",
                      "sub-a rtb-2\nsub-b rtb-2\nsub-c rtb-1\nsub-d -\n");
    model_case_expect(c.estate, "endpoints", "vpc_endpoints", "vpc_endpoint az_ids",
                      "vpce-1 az2\nvpce-2 -\n");
    model_case_release(&c);
}

static void test_segments(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, NULL);
    model_case_feed(&c, "table linked_vpcs tokyo/vmc\nvpc mode active_enis prefix_lists sddc\n"
                        "vpc-1 prefix_list eni-1 pl-1 sddc-1\n" ENIS HOSTS
                        "table sddcs tokyo/vmc\nsddc\nsddc-1\n"
                        "table prefix_lists tokyo/linked\nprefix_list entries\n"
                        "pl-1 192.168.0.0/23,10.2.0.0/16\npl-2 192.168.8.0/24\n"
                        "table segments tokyo/vmc\npath segment type cidr cidrs\n"
                        "/s/a in-the-list routed 192.168.1.0/24 -\n"
                        "/s/b by-itself routed 192.168.4.0/24 -\n"
                        "/s/c half routed 192.168.0.0/24 192.168.0.0/24,192.168.5.0/24\n"
                        "/s/d nowhere routed 192.168.8.0/24 -\n"
                        "/s/e far-away extended 192.168.9.0/24 -\n"
                        "table segments dc1/nsx\npath segment type cidr\n/s/a a routed "
                        "192.168.1.0/24\n" ROUTES "vpc-1 rtb-1 yes pl-1 eni-1 active\n"
                        "vpc-1 rtb-1 yes pl-2 eni-9 active\n"
                        "vpc-1 rtb-1 yes 192.168.4.0/24 eni-1 active\n");
    model_case_expect(c.estate, "segments", "segments", "segment in_main_table",
                      "in-the-list true\nby-itself true\nhalf false\nnowhere false\n"
                      "far-away -\na -\n");
    model_case_release(&c);
}

/* VMC routes neither IPv6 nor what hangs below a further tier-1 gateway: "no" would be an alarm.
 * And where the entries of the list are not known, nobody knows what is in it. */
static void test_segments_that_are_not_expected(void **state)
{
#define SEGMENTS_OF_ALL_KINDS                                                                  \
    "table linked_vpcs tokyo/vmc\nvpc mode active_enis prefix_lists sddc\n"                    \
    "vpc-1 prefix_list eni-1 pl-1 sddc-1\n" ENIS HOSTS "table sddcs tokyo/vmc\nsddc\nsddc-1\n" \
    "table segments tokyo/vmc\npath segment type cidr cidrs tier1\n"                           \
    "/s/a dual routed 192.168.1.0/24 192.168.1.0/24,fd00:1::/64 cgw\n"                         \
    "/s/b dev routed 192.168.9.0/24 192.168.9.0/24 dev\n"                                      \
    "/s/c dev-listed routed 192.168.0.0/24 192.168.0.0/24 dev\n"                               \
    "/s/d six routed fd00:2::/64 fd00:2::/64 cgw\n"                                            \
    "table segments dc1/nsx\npath\n" ROUTES "vpc-1 rtb-1 yes pl-1 eni-1 active\n"
    struct model_case c;

    (void)state;
    model_case_init(&c, NULL);
    model_case_feed(&c, SEGMENTS_OF_ALL_KINDS
                    "table prefix_lists tokyo/linked\nprefix_list entries\npl-1 192.168.0.0/23\n");
    model_case_expect(c.estate, "listed", "segments", "segment in_main_table",
                      "dual true\ndev -\ndev-listed true\nsix -\n");
    model_case_feed(&c, SEGMENTS_OF_ALL_KINDS
                    "table prefix_lists tokyo/linked\nprefix_list entries\npl-1 -\n");
    model_case_expect(c.estate, "entries are not known", "segments", "segment in_main_table",
                      "dual -\ndev -\ndev-listed -\nsix -\n");
    model_case_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_roles),
        cmocka_unit_test(test_status_decides),
        cmocka_unit_test(test_disagreement_lasts),
        cmocka_unit_test(test_joined_columns),
        cmocka_unit_test(test_two_sddcs),
        cmocka_unit_test(test_subnets_and_endpoints),
        cmocka_unit_test(test_segments),
        cmocka_unit_test(test_segments_that_are_not_expected),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
