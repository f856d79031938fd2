/* The checks of network interfaces, subnets, zones and VPCs, as tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/mem.h"
#include "tests/support/check_case.h"

#define LINK                                               \
    "table linked_vpcs tokyo/vmc\n"                        \
    "vpc   mode active_enis traffic_groups route_tables\n" \
    "vpc-1 cidr eni-2       Default=eni-2  rtb-main\n"
#define TWO_GROUPS                                                      \
    "table linked_vpcs tokyo/vmc\n"                                     \
    "vpc   mode active_enis traffic_groups              route_tables\n" \
    "vpc-1 cidr eni-1,eni-2 Default=eni-2,tg-2=eni-1    rtb-main\n"
#define MAIN_TABLE                                                                       \
    "table routes tokyo/linked\n"                                                        \
    "vpc route_table route_table_name main destination target expected_target verdict\n" \
    "vpc-1 rtb-main main yes 10.2.0.0/16 eni-2 eni-2 ok\n"
#define LATE_TABLE                                                                       \
    "table routes tokyo/linked\n"                                                        \
    "vpc route_table route_table_name main destination target expected_target verdict\n" \
    "vpc-1 rtb-main main yes 10.2.0.0/16 eni-1 eni-2 converging\n"
#define ENIS                    \
    "table enis tokyo/linked\n" \
    "eni vpc subnet az_id status role active_by_routes active_by_nsx host source_dest_check\n"
#define ENI(id, status, role, routes, nsx, host) \
    "eni-" id " vpc-1 subnet-1 apne1-az4 " status " " role " " routes " " nsx " " host " no\n"
#define SPARE(id) ENI(id, "available", "spare", "no", "no", "-")
#define STEADY                                           \
    ENIS ENI("1", "in-use", "host", "no", "no", "esx-0") \
        ENI("2", "in-use", "active", "yes", "yes", "esx-1") SPARE("3") SPARE("4")

static const struct check_case active[] = {
    {"one", "one-active-eni", LINK MAIN_TABLE STEADY, NULL, "", NULL},
    {"spares are no orphans", "one-active-eni",
     LINK MAIN_TABLE STEADY SPARE("5") SPARE("6") SPARE("7") SPARE("8"), NULL, "", NULL},
    {"none", "one-active-eni",
     "table linked_vpcs tokyo/vmc\nvpc mode active_enis\nvpc-1 cidr []\n" MAIN_TABLE ENIS ENI(
         "1", "in-use", "host", "no", "no", "-"),
     NULL, "warning vpc-1|0\n", "No ENI of vpc-1 is active"},
    {"no SDDC interface at all", "one-active-eni",
     LINK MAIN_TABLE ENIS ENI("9", "in-use", "foreign", "no", "no", "-"), NULL,
     "unknown linked|0\n", "No ENI of an SDDC is in what linked shows"},
    {"no interface at all", "one-active-eni", MAIN_TABLE ENIS, NULL, "unknown linked|0\n",
     "No ENI of an SDDC"},
    {"whose it is was not read", "one-active-eni",
     MAIN_TABLE ENIS ENI("9", "in-use", "-", "-", "-", "-"), NULL, "", NULL},
    {"NSX moved, the main table did not: below routes-main", "one-active-eni",
     LINK LATE_TABLE ENIS ENI("1", "in-use", "changing", "yes", "no", "-")
         ENI("2", "in-use", "changing", "no", "yes", "-"),
     NULL, "warning vpc-1|2|<- tokyo/routes-main/rtb-main\n", "disagree"},
    {"they disagree and no route is off", "one-active-eni",
     LINK MAIN_TABLE ENIS ENI("1", "in-use", "active", "yes", "no", "-")
         ENI("2", "in-use", "active", "no", "yes", "-"),
     NULL, "warning vpc-1|2\n", "disagree"},
    {"two by routes, without NSX", "one-active-eni",
     "table enis osaka/far\neni vpc status role active_by_routes\n"
     "eni-1 vpc-1 in-use active yes\neni-2 vpc-1 in-use active yes\n"
     "table routes osaka/far\nvpc route_table\n",
     NULL, "warning vpc-1|2\n", "2 ENIs of vpc-1 are active, but there is 1 traffic group"},
    {"two by routes in two subnets, without NSX: two SDDCs", "one-active-eni",
     "table enis osaka/far\neni vpc subnet status role active_by_routes\n"
     "eni-1 vpc-1 s1 in-use active yes\neni-2 vpc-1 s1 in-use host no\n"
     "eni-3 vpc-1 s2 in-use active yes\n"
     "table routes osaka/far\nvpc route_table\n",
     NULL, "", NULL},
    {"three by routes in two subnets, without NSX", "one-active-eni",
     "table enis osaka/far\neni vpc subnet status role active_by_routes\n"
     "eni-1 vpc-1 s1 in-use active yes\neni-2 vpc-1 s1 in-use active yes\n"
     "eni-3 vpc-1 s2 in-use active yes\n"
     "table routes osaka/far\nvpc route_table\n",
     NULL, "warning vpc-1|3\n", "3 ENIs of vpc-1 are active, but there are 2 traffic groups"},
    {"NSX names one that AWS does not show", "one-active-eni",
     "table linked_vpcs tokyo/vmc\nvpc mode active_enis\nvpc-1 cidr eni-0\n" MAIN_TABLE ENIS ENI(
         "1", "in-use", "host", "no", "no", "-"),
     NULL, "warning vpc-1|1\n", "NSX names eni-0 as the active ENI of vpc-1, but AWS shows no"},
    {"one per traffic group", "one-active-eni",
     TWO_GROUPS MAIN_TABLE ENIS ENI("1", "in-use", "active", "yes", "yes", "-")
         ENI("2", "in-use", "active", "yes", "yes", "-"),
     NULL, "", NULL},
    {"one per SDDC that is linked to the VPC", "one-active-eni",
     LINK "table linked_vpcs tokyo/vmc2\nvpc mode active_enis traffic_groups route_tables\n"
          "vpc-1 cidr eni-1 Default=eni-1 rtb-main\n" MAIN_TABLE ENIS ENI("1", "in-use", "active",
                                                                          "yes", "yes", "-")
              ENI("2", "in-use", "active", "yes", "yes", "-"),
     NULL, "", NULL},
    {"a traffic group that carries nothing yet", "one-active-eni",
     TWO_GROUPS MAIN_TABLE ENIS ENI("1", "in-use", "active", "no", "yes", "-")
         ENI("2", "in-use", "active", "yes", "yes", "-"),
     NULL, "", NULL},
    {"the link of another VPC is being changed", "one-active-eni",
     "table linked_vpcs tokyo/vmc\nvpc mode active_enis\nvpc-1 cidr eni-2\nvpc-2 pending eni-7\n"
     "table enis tokyo/linked\neni vpc status role active_by_routes active_by_nsx\n"
     "eni-2 vpc-1 available active yes yes\neni-7 vpc-2 available active yes yes\n" MAIN_TABLE,
     NULL, "warning vpc-1|1\n", "is available instead of in-use"},
    {"active and attached to nothing", "one-active-eni",
     LINK MAIN_TABLE ENIS ENI("2", "available", "active", "yes", "yes", "-"), NULL,
     "warning vpc-1|1\n", "is available instead of in-use"},
    {"the interfaces were not read", "one-active-eni",
     LINK MAIN_TABLE "table enis tokyo/linked failed 1m \"timed out\"\neni\n", NULL,
     "unknown linked|0|<- tokyo/endpoint-health/linked\n", NULL},
    {"some of the interfaces were not read", "one-active-eni",
     LINK MAIN_TABLE "table enis tokyo/linked partial 1m \"page 2 is missing\"\neni\n", NULL,
     "unknown linked|0|<- tokyo/endpoint-health/linked\n", NULL},

    {"source/destination check off", "eni-source-dest-check", LINK STEADY, NULL, "", NULL},
    {"source/destination check on", "eni-source-dest-check",
     LINK "table enis tokyo/linked\neni vpc role source_dest_check\n"
          "eni-1 vpc-1 host yes\neni-2 vpc-1 active yes\neni-9 vpc-1 foreign yes\n",
     NULL, "warning vpc-1|2\n", "also on the active one"},
    {"source/destination check on where nothing is forwarded", "eni-source-dest-check",
     LINK "table enis tokyo/linked\neni vpc role source_dest_check\n"
          "eni-1 vpc-1 host yes\neni-2 vpc-1 active no\neni-3 vpc-1 spare yes\n",
     NULL, "ok vpc-1|2\n", "none of them active"},
    {"source/destination check not told", "eni-source-dest-check",
     LINK "table enis tokyo/linked\neni vpc role source_dest_check\neni-1 vpc-1 host -\n", NULL, "",
     NULL},
};

/* ---- hosts --------------------------------------------------------------------------------------
 */

#define SDDC                                             \
    "table sddcs tokyo/vmc\n"                            \
    "sddc name       cluster_1 az        account_link\n" \
    "s    sddc-tokyo Cluster-1 apne1-az4 linked\n"
#define HOSTS "table hosts tokyo/vmc\nhost_id host cluster state\n"
#define EDGES(join)                 \
    "table edges tokyo/vmc\n"       \
    "edge_id edge host host_join\n" \
    "e-0 NSX-Edge-0 esx-0 " join "\ne-1 NSX-Edge-1 esx-1 " join "\n"
#define GATEWAYS(zero, one)                 \
    "table gateways tokyo/vmc\n"            \
    "gateway edge_id edge tier ha_status\n" \
    "vmc e-0 NSX-Edge-0 0 " zero "\nvmc e-1 NSX-Edge-1 0 " one "\n"

static const struct check_case hosts[] = {
    {"two hosts, two in use", "eni-count",
     LINK SDDC STEADY HOSTS "h0 esx-0 Cluster-1 ready\nh1 esx-1 Cluster-1 ready\n", NULL, "", NULL},
    {"other clusters have no ENIs", "eni-count",
     LINK SDDC STEADY HOSTS "h0 esx-0 Cluster-1 ready\nh1 esx-1 Cluster-1 ready\n"
                            "h2 esx-2 Cluster-2 ready\n",
     NULL, "", NULL},
    {"a host is being added", "eni-count",
     LINK SDDC STEADY HOSTS "h0 esx-0 Cluster-1 ready\nh1 esx-1 Cluster-1 ready\n"
                            "h2 esx-2 Cluster-1 deploying\n",
     NULL, "", NULL},
    {"a ready host without an ENI", "eni-count",
     LINK SDDC STEADY HOSTS "h0 esx-0 Cluster-1 ready\nh1 esx-1 Cluster-1 ready\n"
                            "h2 esx-2 Cluster-1 ready\n",
     NULL, "warning sddc-tokyo|0\n",
     "3 hosts in the first cluster, 3 of them ready (vmc, 12s ago)"},
    {"hosts that have their home at vCenter count, its others do not", "eni-count",
     LINK SDDC STEADY "table hosts tokyo/vc\nhost_id host cluster state via\n"
                      "h0 esx-0 Cluster-1 ready vc,vmc\nh1 esx-1 Cluster-1 ready vc,vmc\n"
                      "h2 esx-2 Cluster-1 ready vc,vmc\nh3 esx-3 Cluster-1 - -\n",
     NULL, "warning sddc-tokyo|0\n", "2 ENIs in use, but 3 hosts"},
    {"an ENI in use without a host", "eni-count",
     LINK SDDC STEADY HOSTS "h0 esx-0 Cluster-1 ready\n", NULL, "warning sddc-tokyo|0\n",
     "2 ENIs in use, but 1 hosts"},
    {"hosts that were not read", "eni-count",
     LINK SDDC STEADY "table hosts tokyo/vmc failed 1m \"timed out\"\nhost_id\n", NULL,
     "unknown vmc|0|<- tokyo/endpoint-health/vmc\n", NULL},

    {"on the host of the active edge", "eni-on-active-host",
     LINK STEADY EDGES("vm") GATEWAYS("standby", "active"), NULL, "", NULL},
    {"the edge has moved, the ENI has not", "eni-on-active-host",
     LINK STEADY EDGES("vm") GATEWAYS("active", "standby"), NULL, "warning eni-2|1\n",
     "Converging: The active ENI eni-2 belongs to host esx-1, but no active edge runs there"},
    {"tier-1 gateways stand in for a tier-0 that tells nothing", "eni-on-active-host",
     LINK STEADY EDGES("vm") "table gateways tokyo/vmc\ngateway edge_id tier ha_status\n"
                             "vmc - 0 -\ncgw e-0 1 active\ncgw e-1 1 standby\n",
     NULL, "warning eni-2|1\n", "active edge of cgw: e-0 on host esx-0"},
    {"a host that follows from the ENI proves nothing", "eni-on-active-host",
     LINK STEADY EDGES("\"active ENI of the traffic group (no VM)\"") GATEWAYS("active", "standby"),
     NULL, "", NULL},
    {"one host is not known", "eni-on-active-host",
     LINK STEADY "table edges tokyo/vmc\nedge_id edge host\ne-0 NSX-Edge-0 -\n"
                 "e-1 NSX-Edge-1 esx-7\n" GATEWAYS("active", "standby"),
     NULL, "unknown eni-2|1\n", "not known"},
    {"each group on its host", "eni-on-active-host",
     TWO_GROUPS ENIS ENI("1", "in-use", "active", "yes", "yes", "esx-0") ENI(
         "2", "in-use", "active", "yes", "yes", "esx-1") EDGES("vm") GATEWAYS("active", "active"),
     NULL, "", NULL},

    {"hosts are well", "host-health", HOSTS "h0 esx-0 Cluster-1 ready\n", NULL, "", NULL},
    {"hosts come and go", "host-health",
     HOSTS "h0 esx-0 Cluster-1 deploying\nh1 esx-1 Cluster-1 deleting\n", NULL, "", NULL},
    {"a host has failed", "host-health",
     HOSTS "h0 esx-0 Cluster-1 ready\nh1 esx-1 Cluster-1 failed\n", NULL, "critical Cluster-1|1\n",
     "Host esx-1 of Cluster-1: failed"},
    {"a cluster has failed: one line", "host-health",
     HOSTS "h0 esx-0 Cluster-1 failed\nh1 esx-1 Cluster-1 failed\nh2 esx-2 Cluster-2 ready\n", NULL,
     "critical Cluster-1|2\n", "2 of 2 hosts"},
};

/* ---- subnets, zones, VPCs -----------------------------------------------------------------------
 */

#define SUBNET(cidr, free_ips, table)                  \
    "table subnets tokyo/linked\n"                     \
    "subnet vpc cidr available_ips route_table\n"      \
    "subnet-1 vpc-1 " cidr " " free_ips " " table "\n" \
    "subnet-2 vpc-1 10.0.9.0/28 2 rtb-app\n"
#define VPC_ENDPOINT(type, state, zones)           \
    "table vpc_endpoints tokyo/linked\n"           \
    "vpc_endpoint vpc service type state az_ids\n" \
    "vpce-1 vpc-1 s3 " type " " state " " zones "\n"

static const struct check_case places[] = {
    {"a /26 of its own", "subnet-size", LINK STEADY SUBNET("10.0.1.0/26", "40", "rtb-main"), NULL,
     "", NULL},
    {"too small", "subnet-size", LINK STEADY SUBNET("10.0.1.0/27", "10", "rtb-main"), NULL,
     "warning subnet-1 (10.0.1.0/27)|0\n", "a /26 of its own"},
    {"nearly full", "subnet-size", LINK STEADY SUBNET("10.0.1.0/26", "4", "rtb-main"), NULL,
     "warning subnet-1 (10.0.1.0/26)|0\n", "4 free addresses left"},
    {"too small and nearly full", "subnet-size", LINK STEADY SUBNET("10.0.1.0/27", "3", "rtb-main"),
     NULL, "warning subnet-1 (10.0.1.0/27)|0\n", "is 10.0.1.0/27 and has 3 free addresses left"},
    {"shared", "subnet-size",
     LINK STEADY ENI("9", "in-use", "foreign", "no", "no", "-")
         SUBNET("10.0.1.0/26", "40", "rtb-main"),
     NULL, "warning subnet-1 (10.0.1.0/26)|1\n", "shared with 1 other interface;"},

    {"the main table", "main-table", LINK MAIN_TABLE STEADY SUBNET("10.0.1.0/26", "40", "rtb-main"),
     NULL, "", NULL},
    {"a table of its own", "main-table",
     LINK MAIN_TABLE STEADY SUBNET("10.0.1.0/26", "40", "rtb-app"), NULL, "warning subnet-1|1\n",
     "uses route table rtb-app instead of the main one"},
    {"VMC updates another table", "main-table",
     "table linked_vpcs tokyo/vmc\nvpc route_tables\nvpc-1 rtb-old\n" MAIN_TABLE STEADY SUBNET(
         "10.0.1.0/26", "40", "rtb-main"),
     NULL, "warning rtb-main (main)|1\n", "VMC does not update"},

    {"the same zone", "az-cost",
     LINK SDDC STEADY VPC_ENDPOINT("Interface", "available", "apne1-az4,apne1-az1"), NULL, "",
     NULL},
    {"no leg in the zone", "az-cost",
     LINK SDDC STEADY VPC_ENDPOINT("Interface", "available", "apne1-az1,apne1-az2"), NULL,
     "warning VPC endpoints|1\n", "charged"},
    {"no leg in the zone, and not accepted yet", "az-cost",
     LINK SDDC STEADY VPC_ENDPOINT("Interface", "pending", "apne1-az1"), NULL,
     "warning VPC endpoints|1\n", "charged"},
    {"no leg in the zone, and on its way out", "az-cost",
     LINK SDDC STEADY VPC_ENDPOINT("Interface", "Deleting", "apne1-az1"), NULL, "", NULL},
    {"the zone of an interface is that of its subnet", "az-cost",
     LINK SDDC
     "table enis tokyo/linked\neni vpc subnet role\neni-1 vpc-1 subnet-1 active\n"
     "table subnets tokyo/linked\nsubnet vpc az_id\nsubnet-1 vpc-1 apne1-az4\n" VPC_ENDPOINT(
         "Interface", "available", "apne1-az1"),
     NULL, "warning VPC endpoints|1\n", "charged"},
    {"gateway endpoints have no zone", "az-cost",
     LINK SDDC STEADY VPC_ENDPOINT("Gateway", "available", "-"), NULL, "", NULL},
    {"zones that are not known are not far", "az-cost",
     LINK SDDC STEADY VPC_ENDPOINT("Interface", "available", "-"), NULL, "", NULL},
    {"SDDC and ENIs in different zones", "az-cost",
     LINK "table sddcs tokyo/vmc\nsddc name az\ns sddc-tokyo apne1-az1\n" STEADY, NULL,
     "warning sddc-tokyo|1\n", "different availability zones"},
    {"names of zones are not compared", "az-cost",
     LINK "table sddcs tokyo/vmc\nsddc name az\ns sddc-tokyo ap-northeast-1a\n" STEADY, NULL, "",
     NULL},

    {"one block", "vpc-secondary-cidr",
     LINK STEADY "table vpcs tokyo/linked\nvpc cidr secondary_cidrs\nvpc-1 10.0.0.0/16 []\n", NULL,
     "", NULL},
    {"a further block is a fact, not a fault", "vpc-secondary-cidr",
     LINK STEADY
     "table vpcs tokyo/linked\nvpc cidr secondary_cidrs\nvpc-1 10.0.0.0/16 100.64.0.0/20\n"
     "vpc-2 10.9.0.0/16 100.65.0.0/20\n",
     NULL, "ok vpc-1|1\n", "not reachable from the SDDC"},

    {"a link that works", "account-link",
     "table linked_vpcs tokyo/vmc\nvpc account link_state\nvpc-1 111122223333 ACTIVE\n", NULL, "",
     NULL},
    {"a broken link", "account-link",
     "table linked_vpcs tokyo/vmc\nvpc account link_state\nvpc-1 111122223333 BROKEN\n", NULL,
     "critical vpc-1|1\n", "AWS account 111122223333 is broken"},
    {"a link whose mode is being changed: silence is not ok", "account-link",
     "table linked_vpcs tokyo/vmc\nvpc mode link_state\nvpc-1 pending ACTIVE\n", NULL,
     "unknown vpc-1|1\n", "are not judged until that is done"},
    {"a link that nobody speaks of", "account-link",
     "table linked_vpcs tokyo/vmc\nvpc link_state\nvpc-1 -\n", NULL, "", NULL},

    {"two groups by routes", "multi-edge", TWO_GROUPS, NULL, "", NULL},
    {"two groups and one list", "multi-edge",
     "table linked_vpcs tokyo/vmc\nvpc mode traffic_groups\n"
     "vpc-1 prefix_list Default=eni-1,tg-2=eni-2\n",
     NULL, "ok vpc-1|2\n", "covers the default one alone"},
    {"one group and one list", "multi-edge",
     "table linked_vpcs tokyo/vmc\nvpc mode traffic_groups\nvpc-1 prefix_list Default=eni-1\n",
     NULL, "", NULL},
};

static void run_all(const struct check_case *c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        check_case_run(&c[i]);
}

static void which_is_active(void **state)
{
    (void)state;
    run_all(active, ARRAY_SIZE(active));
}

static void hosts_and_edges(void **state)
{
    (void)state;
    run_all(hosts, ARRAY_SIZE(hosts));
}

static void subnets_and_zones(void **state)
{
    (void)state;
    run_all(places, ARRAY_SIZE(places));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(which_is_active),
        cmocka_unit_test(hosts_and_edges),
        cmocka_unit_test(subnets_and_zones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
