/*
 * The VM of the active edge moves to another host (vMotion, maintenance of its host): no gateway
 * says anything, and the active ENI follows. What the timeline makes of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/model_case.h"

#define LINK(eni)                                                    \
    "table linked_vpcs tokyo/vmc ok 0s\nvpc mode active_enis sddc\n" \
    "vpc-1 cidr " eni " s\n"                                         \
    "table hosts tokyo/vmc ok 0s\nhost_id host management_ip eni\n"  \
    "h0 esx-0 10.2.32.10 eni-0\nh1 esx-1 10.2.32.11 eni-1\n"
#define EDGES(node)                                                           \
    "table edges tokyo/vmc ok 0s\nedge_id edge vm_uuid status\n"              \
    "e-0 NSX-Edge-0 u-0 up\n"                                                 \
    "table gateways tokyo/vmc ok 0s\ngateway tier edge edge_id ha_status\n"   \
    "vmc 0 NSX-Edge-0 e-0 active\n"                                           \
    "table nsx_vms tokyo/vmc ok 0s\nexternal_id type host_id instance_uuid\n" \
    "u-0 EDGE " node " u-0\n"                                                 \
    "table nsx_nodes tokyo/vmc ok 0s\nnode_id node ip\n"                      \
    "n-0 esx-0 10.2.32.10\nn-1 esx-1 10.2.32.11\n"

static void told(const struct model_case *c, const char *what, const char *want)
{
    model_case_expect(c->estate, what, "timeline", "kind subject from to delay_ms error_bar_ms",
                      want);
}

static void the_eni_follows(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, NULL);
    model_case_feed(&c, LINK("eni-0") EDGES("n-0"));
    c.now += 20000;
    model_case_feed(&c, LINK("eni-0") EDGES("n-0"));
    told(&c, "nothing moved", "");
    c.now += 20000;
    model_case_feed(&c, LINK("eni-0") EDGES("n-1"));
    told(&c, "the edge", "edge_moved NSX-Edge-0 esx-0 esx-1 - 20000\n");
    c.now += 10000;
    model_case_feed(&c, LINK("eni-1") EDGES("n-1"));
    told(&c, "then the ENI",
         "edge_moved NSX-Edge-0 esx-0 esx-1 - 20000\nactive_eni vpc-1 eni-0 eni-1 10000 10000\n");
    model_case_release(&c);
}

/* The host of an edge that is concluded from the active ENI moves with it by definition; and when
 * another manager names the hosts, nothing has moved. */
static void what_is_no_move(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, NULL);
    model_case_feed(&c, LINK("eni-0") EDGES("-"));
    c.now += 20000;
    model_case_feed(&c, LINK("eni-1") EDGES("-"));
    told(&c, "by the ENI alone", "active_eni vpc-1 eni-0 eni-1 - 20000\n");
    model_case_release(&c);

    model_case_init(&c, NULL);
    model_case_feed(&c, LINK("eni-0") EDGES("n-0"));
    c.now += 20000;
    model_case_feed(&c,
                    EDGES("n-0") "table linked_vpcs tokyo/vmc ok 0s\nvpc mode active_enis sddc\n"
                                 "vpc-1 cidr eni-0 s\n"
                                 "table hosts tokyo/vmc ok 0s\nhost_id host management_ip eni\n"
                                 "h0 10.2.32.10 10.2.32.10 eni-0\n"
                                 "h1 10.2.32.11 10.2.32.11 eni-1\n");
    told(&c, "another name", "");
    model_case_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_eni_follows),
        cmocka_unit_test(what_is_no_move),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
