/*
 * What is unusual but no fault, through the whole model: not one open finding above ok. A console
 * that cries wolf is switched off.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "model/estate.h"
#include "model/tables.h"
#include "tests/support/check_case.h"

#define READ                                                  \
    "table endpoints tokyo/vmc\nendpoint freshness\nvmc ok\n" \
    "table endpoints tokyo/linked\nendpoint freshness\nlinked ok\n"
#define SDDC(link)                                                                 \
    "table sddcs tokyo/vmc\nsddc name az management_cidr cluster_1 account_link\n" \
    "s sddc-tokyo apne1-az4 10.2.0.0/16 Cluster-1 " link "\n"
#define SEGMENTS                                                   \
    "table segments tokyo/vmc\npath segment type cidr\n"           \
    "/infra/tier-1s/cgw/segments/a web routed 192.168.1.0/24\n"    \
    "/infra/tier-1s/cgw/segments/b backup routed 192.168.2.0/24\n" \
    "/infra/tier-1s/cgw/segments/c ext extended -\n"               \
    "/infra/tier-1s/cgw/segments/d off disconnected 192.168.80.0/24\n"
#define HOSTS                                                                                \
    "table hosts tokyo/vmc\nhost_id host cluster state management_ip eni\n"                  \
    "h0 esx-0 Cluster-1 ready 10.2.32.10 eni-0\nh1 esx-1 Cluster-1 ready 10.2.32.11 eni-1\n" \
    "h9 esx-9 Cluster-2 ready 10.2.32.19 -\n"
#define ENI(n, status) "eni-" n " vpc-1 subnet-1 apne1-az4 " status " \"VMware VMC Interface\"\n"
#define ENIS                                                                                \
    "table enis tokyo/linked\neni vpc subnet az_id status description\n" ENI("0", "in-use") \
        ENI("1", "in-use") ENI("2", "available")                                            \
            ENI("3", "available") "eni-web vpc-1 subnet-2 apne1-az4 in-use web-01\n"
#define PLACES                                                          \
    "table vpcs tokyo/linked\nvpc cidr\nvpc-1 10.0.0.0/16\n"            \
    "table subnets tokyo/linked\nsubnet vpc cidr az_id available_ips\n" \
    "subnet-1 vpc-1 10.0.165.0/26 apne1-az4 38\nsubnet-2 vpc-1 10.0.10.0/24 apne1-az4 240\n"
#define ROUTES                                                                        \
    "table routes tokyo/linked\n"                                                     \
    "vpc route_table main subnets destination prefix_list target target_type state\n" \
    "vpc-1 rtb-main yes [] 10.0.0.0/16 - local local active\n"
#define NO_LISTS "table prefix_lists tokyo/linked\nprefix_list\n"
#define TWO_PAIRS                                                                       \
    "table edges tokyo/vmc\nedge_id edge status vm_uuid\n"                              \
    "e-0 Edge-0 up u-0\ne-1 Edge-1 up u-1\ne-2 Edge-2 up u-2\ne-3 Edge-3 up u-3\n"      \
    "table gateways tokyo/vmc\ngateway tier ha_mode edge edge_id ha_status\n"           \
    "vmc 0 active_standby Edge-0 e-0 active\nvmc 0 active_standby Edge-1 e-1 standby\n" \
    "vmc 0 active_standby Edge-2 e-2 active\nvmc 0 active_standby Edge-3 e-3 standby\n"

struct quiet {
    const char *name, *text;
};

static const struct quiet cases[] = {
    {"prefix list mode: one route, and the list has the rest",
     READ SDDC("linked") SEGMENTS HOSTS ENIS PLACES
     "table linked_vpcs tokyo/vmc\n"
     "vpc mode active_enis traffic_groups route_tables subnets sddc prefix_lists "
     "expected_entries\n"
     "vpc-1 prefix_list eni-1 Default=eni-1 rtb-main subnet-1 s pl-1 10.2.0.0/16,192.168.0.0/20\n"
     "table prefix_lists tokyo/linked\nprefix_list owner entries max_entries\n"
     "pl-1 444455556666 10.2.0.0/16,192.168.0.0/20 20\npl-s3 AWS 52.219.0.0/20 -\n" ROUTES
     "vpc-1 rtb-main yes [] pl-1 pl-1 eni-1 eni active\n"
     "vpc-1 rtb-main yes [] pl-s3 pl-s3 vpce-1 endpoint active\n"
     "vpc-1 rtb-app no subnet-2 pl-1 pl-1 eni-1 eni active\n"},
    {"several edges: one active interface per traffic group",
     READ SDDC("linked") SEGMENTS HOSTS ENIS PLACES NO_LISTS TWO_PAIRS
     "table linked_vpcs tokyo/vmc\n"
     "vpc mode active_enis traffic_groups route_tables subnets sddc\n"
     "vpc-1 cidr eni-0,eni-1 Default=eni-1,tg-backup=eni-0 rtb-main subnet-1 s\n" ROUTES
     "vpc-1 rtb-main yes [] 10.2.0.0/16 - eni-1 eni active\n"
     "vpc-1 rtb-main yes [] 192.168.1.0/24 - eni-1 eni active\n"
     "vpc-1 rtb-main yes [] 192.168.2.0/24 - eni-0 eni active\n"
     "vpc-1 rtb-app no subnet-2 192.168.2.0/24 - eni-0 eni active\n"},
    {"an SDDC whose account is linked later", READ SDDC("delayed") SEGMENTS HOSTS
     "table linked_vpcs tokyo/vmc\nvpc\n"
     "table enis tokyo/linked\neni vpc subnet description\neni-web vpc-1 subnet-2 web-01\n" PLACES
         NO_LISTS ROUTES},
    {"aggregates in a custom table", READ SDDC("linked") SEGMENTS HOSTS ENIS PLACES NO_LISTS
     "table linked_vpcs tokyo/vmc\n"
     "vpc mode active_enis traffic_groups route_tables subnets sddc\n"
     "vpc-1 cidr eni-1 Default=eni-1 rtb-main subnet-1 s\n" ROUTES
     "vpc-1 rtb-main yes [] 10.2.0.0/16 - eni-1 eni active\n"
     "vpc-1 rtb-main yes [] 192.168.1.0/24 - eni-1 eni active\n"
     "vpc-1 rtb-main yes [] 192.168.2.0/24 - eni-1 eni active\n"
     "vpc-1 rtb-app no subnet-2 192.168.0.0/16 - eni-1 eni active\n"
     "vpc-1 rtb-app no subnet-2 172.16.0.0/12 - eni-1 eni active\n"
     "vpc-1 rtb-app no subnet-2 0.0.0.0/0 - nat-1 nat blackhole\n"},
    {"an AWS account alone",
     "table endpoints osaka/far\nendpoint freshness\nfar ok\n"
     "table enis osaka/far\neni vpc subnet az_id status description\n" ENI("1", "in-use")
         ENI("2", "available") "table subnets osaka/far\nsubnet vpc cidr available_ips\nsubnet-1 "
                               "vpc-1 10.0.1.0/26 40\n"
                               "table vpcs osaka/far\nvpc cidr\nvpc-1 10.0.0.0/16\n"
                               "table prefix_lists osaka/far\nprefix_list\n"
                               "table routes osaka/far\n"
                               "vpc route_table main subnets destination prefix_list target "
                               "target_type state\n"
                               "vpc-1 rtb-main yes [] 10.3.0.0/16 - eni-1 eni active\n"
                               "vpc-1 rtb-app no subnet-2 10.3.0.0/16 - eni-1 eni active\n"},
    {"a data centre with a gateway that has no edges",
     "table endpoints dc1/nsx\nendpoint freshness\nnsx ok\n"
     "table segments dc1/nsx\npath segment type cidr admin_state\n"
     "/a web routed 172.16.1.0/24 up\n/b old vlan - down\n"
     "table edges dc1/nsx\nedge_id edge node_kind status\ne-0 edge-0 bare_metal up\n"
     "e-1 edge-1 bare_metal up\n"
     "table gateways dc1/nsx\ngateway tier ha_mode edge edge_id ha_status\n"
     "t0 0 active_active edge-0 e-0 active\nt0 0 active_active edge-1 e-1 active\n"
     "t1-dev 1 - - - -\n"},
};

static void says_nothing(const struct quiet *q, const struct config *c, bool one_sample)
{
    const struct model_options o = {.config = c, .checks = true, .one_sample = one_sample};
    struct model *m = model_new(&o);
    struct estate_text raw = {0};
    size_t n;

    estate_text_add(&raw, q->text, ESTATE_TEXT_NOW);
    struct estate *e = model_update(m, raw.snapshots, raw.n, ESTATE_TEXT_NOW);
    struct snapshot *const *s = estate_table(e, &table_findings, &n);
    assert_int_equal(n, config_site_count(c));
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < snapshot_count(s[i]); k++) {
            const struct row *r = snapshot_row(s[i], k);

            if (strcmp(row_str(r, FINDINGS_SEVERITY), "ok") != 0)
                fail_msg("%s: %s %s", q->name, row_str(r, FINDINGS_FINDING),
                         row_str(r, FINDINGS_SUMMARY));
        }
    }
    estate_unref(e);
    estate_text_release(&raw);
    model_free(m);
}

static void no_false_alarm(void **state)
{
    struct config *c = check_case_load(check_case_config);
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        says_nothing(&cases[i], c, true);
        says_nothing(&cases[i], c, false);
    }
    config_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_false_alarm)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
