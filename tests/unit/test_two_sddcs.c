/*
 * Two SDDCs in one site, linked to one VPC, each by a subnet of its own: both have a gateway "vmc",
 * edges "NSX-Edge-0" and "NSX-Edge-1" and a traffic group "Default", and both fill one main table.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/model_case.h"

static const char both[] = "thresholds: {converge: 3m}\n"
                           "sites:\n"
                           "  - name: tokyo\n"
                           "    endpoints:\n"
                           "      - {name: vmc, kind: vmc, org: o, sddc: s, token: {env: T}}\n"
                           "      - {name: vmc2, kind: vmc, org: o, sddc: s2, token: {env: T}}\n"
                           "      - {name: linked, kind: aws, region: ap-northeast-1}\n";

#define SDDC(endpoint, id, mode, net, active, subnet)                                         \
    "table sddcs tokyo/" endpoint "\nsddc name management_cidr account_link\n" id " sddc-" id \
    " 10." net ".0.0/16 linked\n"                                                             \
    "table linked_vpcs tokyo/" endpoint                                                       \
    "\nvpc mode active_enis traffic_groups route_tables subnets sddc\n"                       \
    "vpc-1 " mode " " active " Default=" active " rtb-main " subnet " " id "\n"               \
    "table segments tokyo/" endpoint "\npath segment type cidr tier1\n"                       \
    "/infra/tier-1s/cgw/segments/web web routed 192.168." net ".0/24 cgw\n"
#define EDGES(endpoint, freshness, id, first, second)                                         \
    "table gateways tokyo/" endpoint freshness "\npath gateway edge_id edge tier ha_status\n" \
    "/infra/tier-0s/vmc vmc " id "-0 NSX-Edge-0 0 " first "\n"                                \
    "/infra/tier-0s/vmc vmc " id "-1 NSX-Edge-1 0 " second "\n"
#define FIRST  SDDC("vmc", "s", "cidr", "2", "eni-1", "subnet-1")
#define SECOND SDDC("vmc2", "s2", "cidr", "3", "eni-3", "subnet-2")
#define AWS                                                                      \
    "table enis tokyo/linked\neni vpc subnet status description\n"               \
    "eni-1 vpc-1 subnet-1 in-use \"VMware VMC Interface\"\n"                     \
    "eni-3 vpc-1 subnet-2 in-use \"VMware VMC Interface\"\n"                     \
    "eni-4 vpc-1 subnet-2 in-use \"VMware VMC Interface\"\n"                     \
    "table routes tokyo/linked\nvpc route_table main destination target state\n" \
    "vpc-1 rtb-main yes 10.2.0.0/16 eni-1 active\n"                              \
    "vpc-1 rtb-main yes 192.168.2.0/24 eni-1 active\n"                           \
    "vpc-1 rtb-main yes 10.3.0.0/16 eni-3 active\n"
#define WEB_2 "vpc-1 rtb-main yes 192.168.3.0/24 eni-3 active\n"
#define STEADY_EDGES                           \
    EDGES("vmc", "", "e", "active", "standby") \
    EDGES("vmc2", "", "f", "active", "standby")
#define STEADY FIRST SECOND STEADY_EDGES AWS WEB_2

/* The order of entries of one second is that of their ids. */
static void expect(const struct model_case *c, const char *what, const char *want)
{
    model_case_expect(c->estate, what, "timeline", "kind subject from to detail", want);
}

static void each_has_its_eni(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, both);
    model_case_feed(&c, STEADY);
    model_case_expect(c.estate, "each its own", "routes", "destination expected_target verdict",
                      "10.2.0.0/16 eni-1 ok\n10.3.0.0/16 eni-3 ok\n192.168.2.0/24 eni-1 ok\n"
                      "192.168.3.0/24 eni-3 ok\n");
    model_case_feed(&c, FIRST SECOND STEADY_EDGES AWS);
    c.now += 180000;
    model_case_feed(&c, FIRST SECOND STEADY_EDGES AWS);
    model_case_expect(c.estate, "a network of the second is missing", "routes",
                      "destination expected_target verdict",
                      "10.2.0.0/16 eni-1 ok\n10.3.0.0/16 eni-3 ok\n192.168.2.0/24 eni-1 ok\n"
                      "192.168.3.0/24 eni-3 missing\n");
    model_case_release(&c);
}

/* What has one name in both is not one thing. */
static void no_news_of_two_steady_ones(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, both);
    for (int i = 0; i < 3; i++) {
        model_case_feed(&c, STEADY);
        c.now += 20000;
    }
    expect(&c, "steady", "");
    model_case_feed(&c, FIRST SECOND EDGES("vmc", "", "e", "active", "standby")
                            EDGES("vmc2", " failed 30s", "f", "active", "standby") AWS WEB_2);
    c.now += 20000;
    model_case_feed(&c, STEADY);
    expect(&c, "one was not read for a while", "");
    model_case_release(&c);
}

static void a_failover_of_one(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, both);
    model_case_feed(&c, STEADY);
    c.now += 20000;
    model_case_feed(&c, FIRST SECOND EDGES("vmc", "", "e", "active", "standby")
                            EDGES("vmc2", "", "f", "standby", "active") AWS WEB_2);
    expect(&c, "its edge", "active_edge vmc NSX-Edge-0 NSX-Edge-1 tier-0 of vmc2\n");
    c.now += 20000;
    model_case_feed(&c, FIRST SDDC("vmc2", "s2", "cidr", "3", "eni-4", "subnet-2")
                            EDGES("vmc", "", "e", "active", "standby")
                                EDGES("vmc2", "", "f", "standby", "active") AWS WEB_2);
    expect(&c, "and its ENI",
           "active_edge vmc NSX-Edge-0 NSX-Edge-1 tier-0 of vmc2\n"
           "active_eni vpc-1, traffic group Default eni-3 eni-4 eni-3 -> eni-4 of vmc2\n");
    model_case_release(&c);
}

/* Who polls seldom sees all of it at once: the order is still that of cause and effect. */
static void seen_at_once(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, both);
    model_case_feed(&c, STEADY);
    c.now += 60000;
    model_case_feed(&c, FIRST SDDC("vmc2", "s2", "cidr", "3", "eni-4", "subnet-2")
                            EDGES("vmc", "", "e", "active", "standby")
                                EDGES("vmc2", "", "f", "standby", "active") AWS WEB_2);
    c.now += 60000;
    model_case_feed(&c, FIRST SECOND STEADY_EDGES AWS
                    "vpc-1 rtb-app no 10.3.0.0/16 eni-3 active\n" WEB_2);
    model_case_expect(c.estate, "there and back", "timeline", "kind subject to",
                      "active_edge vmc NSX-Edge-1\n"
                      "active_eni vpc-1, traffic group Default eni-4\n"
                      "active_edge vmc NSX-Edge-0\n"
                      "active_eni vpc-1, traffic group Default eni-3\n");
    model_case_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_has_its_eni),
        cmocka_unit_test(no_news_of_two_steady_ones),
        cmocka_unit_test(a_failover_of_one),
        cmocka_unit_test(seen_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
