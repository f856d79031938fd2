/* The checks of NSX, of address plans and of the endpoints themselves, as tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/mem.h"
#include "model/checks/check.h"
#include "tests/support/check_case.h"

#include <string.h>

#define EDGES "table edges dc1/nsx\nedge_id edge host status maintenance_mode tunnels_down\n"
#define GATEWAYS \
    "table gateways dc1/nsx\ngateway edge_id edge tier ha_mode ha_status traffic_group\n"
#define T0(id, status) "t0 e-" id " edge-" id " 0 active_standby " status " -\n"

static const struct check_case nsx[] = {
    {"edges are up", "edge-health", EDGES "e-1 edge-1 esx-1 up disabled 0\n", NULL, "", NULL},
    {"an edge is down", "edge-health",
     EDGES "e-1 edge-1 esx-1 down disabled 3\ne-2 edge-2 esx-2 up disabled 0\n", NULL,
     "critical edge-1|1\n", "Edge edge-1 on host esx-1 is down"},
    {"down on a host that nobody tells", "edge-health", EDGES "e-1 edge-1 - down disabled 3\n",
     NULL, "critical edge-1|1\n", "Edge edge-1 is down."},
    {"degraded", "edge-health", EDGES "e-1 edge-1 - degraded - 1\n", NULL, "warning edge-1|1\n",
     "degraded"},
    {"down for maintenance", "edge-health", EDGES "e-1 edge-1 - down enabled -\n", NULL,
     "warning edge-1|1\n", "maintenance mode"},
    {"NSX does not know", "edge-health", EDGES "e-1 edge-1 - unknown - -\n", NULL,
     "unknown edge-1|1\n", NULL},
    {"a state of a later NSX", "edge-health", EDGES "e-1 edge-1 - LIMPING - -\n", NULL,
     "unknown edge-1|1\n", "NSX says 'LIMPING' of edge edge-1"},
    {"a state of an edge without a name", "edge-health", EDGES "e-1 - - unknown - -\n", NULL,
     "unknown e-1|1\n", "of edge e-1"},
    {"one edge has no status", "edge-health",
     EDGES "e-1 edge-1 - up disabled 0\ne-2 edge-2 - - - -\n", NULL, "unknown nsx|1\n",
     "NSX gave no status of 1 edge: health unknown"},
    {"no edge has a status", "edge-health",
     EDGES "e-1 edge-1 - - disabled -\ne-2 edge-2 - - disabled -\n", NULL, "unknown nsx|2\n",
     "NSX gave no status of 2 edges"},
    {"states are not offered here", "edge-health",
     "table edges tokyo/vmc\nedge_id edge\ne-0 Edge-0\ne-1 Edge-1\n", NULL, "", NULL},
    {"an SDDC that lists its edges and no states", "edge-health",
     "table edges tokyo/vmc\nedge_id edge maintenance_mode\ne-0 Edge-0 disabled\n", NULL, "", NULL},
    {"status not told, down for all gateways", "edge-health",
     "table edges tokyo/vmc\nedge_id edge roles\ne-0 Edge-0 vmc=down,cgw=down\n"
     "e-1 Edge-1 vmc=active,cgw=active\n",
     NULL, "critical Edge-0|1\n", "down for all its gateways (vmc=down, cgw=down)"},
    {"status not told, down for one gateway", "edge-health",
     "table edges tokyo/vmc\nedge_id edge roles\ne-0 Edge-0 vmc=down,cgw=standby\n", NULL, "",
     NULL},
    {"down because the host is", "edge-health",
     "table edges tokyo/vmc\nedge_id edge host status\ne-1 NSX-Edge-1 esx-1 down\n"
     "table hosts tokyo/vmc\nhost_id host cluster state\nh1 esx-1 Cluster-1 failed\n",
     NULL, "critical NSX-Edge-1|1|<- tokyo/host-health/Cluster-1\n", NULL},
    {"down, and no longer on the host that failed", "edge-health",
     "table edges tokyo/vmc\nedge_id edge last_host status\ne-1 NSX-Edge-1 esx-1 down\n"
     "e-2 NSX-Edge-2 esx-2 down\n"
     "table hosts tokyo/vmc\nhost_id host cluster state\nh1 esx-1 Cluster-1 failed\n"
     "h2 esx-2 Cluster-1 ready\n",
     NULL, "critical NSX-Edge-1|1|<- tokyo/host-health/Cluster-1\ncritical NSX-Edge-2|1\n", NULL},
    {"down, and the hosts were not read", "edge-health",
     "table edges tokyo/vmc\nedge_id edge host status\ne-1 NSX-Edge-1 esx-1 down\n"
     "table hosts tokyo/vmc failed 1m \"timed out\"\nhost_id\n",
     NULL, "critical NSX-Edge-1|1\nunknown vmc|0|<- tokyo/endpoint-health/vmc\n", NULL},

    {"an SDDC that is ready, and one that is built", "sddc-state",
     "table sddcs tokyo/vmc\nsddc name state\ns tokyo ready\nt osaka deploying\n", NULL, "", NULL},
    {"an SDDC that failed", "sddc-state",
     "table sddcs tokyo/vmc\nsddc name state\ns tokyo failed\n", NULL, "critical tokyo|1\n",
     "says that SDDC tokyo has failed"},
    {"an SDDC that goes", "sddc-state",
     "table sddcs tokyo/vmc\nsddc name state\ns tokyo deleting\nt - deleted\n", NULL,
     "critical t|1\nwarning tokyo|1\n", NULL},
    {"an SDDC that was never made", "sddc-state",
     "table sddcs tokyo/vmc\nsddc name state\ns tokyo canceled\n", NULL, "warning tokyo|1\n", NULL},
    {"an SDDC in a state of later days", "sddc-state",
     "table sddcs tokyo/vmc\nsddc name state\ns tokyo resting\nt osaka -\n", NULL,
     "unknown tokyo|1\n", "says 'resting' of SDDC tokyo"},
    {"the SDDC was not read", "sddc-state",
     "table sddcs tokyo/vmc failed 1m \"timed out\"\nsddc name state\ns tokyo failed\n", NULL,
     "unknown vmc|0|<- tokyo/endpoint-health/vmc\n", NULL},

    {"one active, one standby", "gateway-active", GATEWAYS T0("1", "active") T0("2", "standby"),
     NULL, "", NULL},
    {"none active", "gateway-active", GATEWAYS T0("1", "standby") T0("2", "standby"), NULL,
     "warning t0|2\n", "Converging: Gateway t0 has no active edge"},
    {"two active", "gateway-active", GATEWAYS T0("1", "active") T0("2", "active"), NULL,
     "warning t0|2\n", "2 active edges instead of 1"},
    {"active-active", "gateway-active",
     GATEWAYS "t0 e-1 edge-1 0 active_active active -\nt0 e-2 edge-2 0 active_active active -\n",
     NULL, "", NULL},
    {"no standby, for a known reason", "gateway-active",
     GATEWAYS T0("1", "active") T0("2", "down") EDGES "e-2 edge-2 - down - -\n", NULL,
     "warning t0|2|<- dc1/edge-health/edge-2\n", "no standby edge"},
    {"NSX does not know which", "gateway-active", GATEWAYS T0("1", "unknown") T0("2", "standby"),
     NULL, "unknown t0|2\n", NULL},
    {"a word that NSX did not have before", "gateway-active",
     GATEWAYS T0("1", "promoted") T0("2", "standby"), NULL, "unknown t0|2\n", NULL},
    {"a standby that is about to be one", "gateway-active",
     GATEWAYS T0("1", "active") T0("2", "sync"), NULL, "warning t0|2\n",
     "Converging: Gateway t0 has no standby edge"},
    {"edges without names", "gateway-active",
     "table gateways dc1/nsx\ngateway edge_id tier ha_status\ncgw e-1 1 down\ncgw e-2 1 down\n",
     NULL, "warning cgw|2\n", "edge e-1: down"},
    {"one edge by design", "gateway-active", GATEWAYS T0("1", "active"), NULL, "", NULL},
    {"no edge at all", "gateway-active", GATEWAYS "t1-dev - - 1 - - -\n", NULL, "", NULL},
    {"one active per traffic group", "gateway-active",
     GATEWAYS "t0 e-1 edge-1 0 active_standby active Default\n"
              "t0 e-2 edge-2 0 active_standby standby Default\n"
              "t0 e-3 edge-3 0 active_standby active tg-2\n"
              "t0 e-4 edge-4 0 active_standby standby tg-2\n",
     NULL, "", NULL},
    {"the only traffic group has the gateway's name", "gateway-active",
     GATEWAYS "t0 e-1 edge-1 0 active_standby active Default\n"
              "t0 e-2 edge-2 0 active_standby down Default\n",
     NULL, "warning t0|2\n", NULL},
    {"a traffic group without a standby", "gateway-active",
     GATEWAYS "t0 e-1 edge-1 0 active_standby active Default\n"
              "t0 e-2 edge-2 0 active_standby standby Default\n"
              "t0 e-3 edge-3 0 active_standby active tg-2\n"
              "t0 e-4 edge-4 0 active_standby down tg-2\n",
     NULL, "warning t0, group tg-2|2\n", NULL},
    {"groups that the gateway does not tell", "gateway-active",
     "table linked_vpcs tokyo/vmc\nvpc traffic_groups\nvpc-1 Default=eni-1,tg-2=eni-2\n"
     "table gateways tokyo/vmc\ngateway edge_id tier ha_status\n"
     "vmc e-1 0 active\nvmc e-2 0 standby\nvmc e-3 0 active\nvmc e-4 0 standby\n",
     NULL, "", NULL},
    {"gateways that were not read", "gateway-active",
     "table gateways dc1/nsx failed 1m \"timed out\"\ngateway\n", NULL,
     "unknown nsx|0|<- dc1/endpoint-health/nsx\n", NULL},
    {"a product without gateways", "gateway-active",
     "table gateways dc1/nsx unsupported\ngateway\n", NULL, "", NULL},

    {"segments are in place", "segment-realized",
     "table segments dc1/nsx\npath segment realized\n/a web success\n/b db in_progress\n", NULL, "",
     NULL},
    {"segments are not in place: one line", "segment-realized",
     "table segments dc1/nsx\npath segment realized\n/a web failed\n/b db partial_success\n", NULL,
     "critical segments|2\n", "2 segments are not realised"},
};

#define SEGMENTS "table segments tokyo/vmc\npath segment type cidr cidrs\n"
#define VPC      "table vpcs tokyo/linked\nvpc cidr secondary_cidrs\nvpc-1 10.0.0.0/16 100.64.0.0/20\n"
#define MGMT     "table sddcs tokyo/vmc\nsddc management_cidr\ns 10.2.0.0/16\n"

static const struct check_case plans[] = {
    {"apart", "cidr-overlap", VPC MGMT SEGMENTS "/a web routed 192.168.1.0/24 -\n", NULL, "", NULL},
    {"inside the VPC", "cidr-overlap", VPC MGMT SEGMENTS "/a web routed 10.0.10.0/24 -\n", NULL,
     "critical 10.0.0.0/16 (vpc-1)|1\n", "overlaps 10.0.0.0/16 (vpc-1)"},
    {"inside a further block of the VPC", "cidr-overlap",
     VPC MGMT SEGMENTS "/a web routed 100.64.1.0/24 -\n", NULL,
     "critical 100.64.0.0/20 (vpc-1)|1\n", NULL},
    {"inside a VPC that is not linked", "cidr-overlap",
     "table linked_vpcs tokyo/vmc\nvpc mode\nvpc-2 cidr\n" VPC SEGMENTS
     "/a web routed 10.0.10.0/24 -\n",
     NULL, "warning 10.0.0.0/16 (vpc-1)|1\n", "this VPC is not linked"},
    {"the ages of both", "cidr-overlap", VPC SEGMENTS "/a web routed 10.0.10.0/24 -\n", NULL,
     "critical 10.0.0.0/16 (vpc-1)|1\n", "vpc-1 (vmc, 12s ago; linked, 12s ago)"},
    {"the copy of production in a recovery test, behind a gateway of its own", "cidr-overlap",
     VPC MGMT "table segments tokyo/vmc\npath segment type cidr tier1\n"
              "/a web routed 192.168.1.0/24 cgw\n/b copy routed 192.168.1.0/24 bubble\n"
              "/c old routed 10.0.10.0/24 /infra/tier-1s/bubble\n",
     NULL,
     "ok 10.0.0.0/16, further tier-1 (vpc-1)|1\n"
     "ok segments of further tier-1 gateways|1\n",
     "fine while these gateways are isolated"},
    {"many inside the VPC: one line", "cidr-overlap",
     VPC SEGMENTS
     "/a a routed 10.0.1.0/24 -\n/b b routed 10.0.2.0/24 -\n/c c routed 10.0.3.0/24 -\n",
     NULL, "critical 10.0.0.0/16 (vpc-1)|3\n", "3 networks of the SDDC overlap"},
    {"a second network of a segment", "cidr-overlap",
     VPC SEGMENTS "/a web routed 192.168.1.0/24 192.168.1.0/24,10.0.7.0/24\n", NULL,
     "critical 10.0.0.0/16 (vpc-1)|1\n", NULL},
    {"on premises", "cidr-overlap", VPC MGMT SEGMENTS "/a web routed 172.16.1.0/24 -\n", NULL,
     "warning 172.16.0.0/12 (on premises)|1\n", NULL},
    {"the management network inside the VPC", "cidr-overlap",
     VPC "table sddcs tokyo/vmc\nsddc management_cidr\ns 10.0.128.0/17\n", NULL,
     "critical 10.0.0.0/16 (vpc-1)|1\n", NULL},
    {"the VPC on premises", "cidr-overlap",
     "table vpcs tokyo/linked\nvpc cidr\nvpc-1 172.20.0.0/16\n", NULL,
     "warning 172.16.0.0/12 (on premises)|1\n", NULL},
    {"segments among themselves", "cidr-overlap",
     MGMT SEGMENTS "/a big routed 192.168.0.0/16 -\n/b in routed 192.168.5.0/24 -\n"
                   "/c mgmt routed 10.2.9.0/24 -\n",
     NULL, "warning segments|2\n", "the management network among them"},
    {"two SDDCs of an organisation", "cidr-overlap",
     "table sddcs tokyo/vmc\nsddc management_cidr\ns 10.2.0.0/16\nt 10.2.0.0/16\n", NULL, "", NULL},
    {"extended and disconnected segments may", "cidr-overlap",
     VPC SEGMENTS "/a ext extended 10.0.1.0/24 -\n/b off disconnected 10.0.2.0/24 -\n", NULL, "",
     NULL},
    {"overlap is certain though the segments of the VPC were not read", "cidr-overlap",
     "table vpcs tokyo/linked failed 5m \"timed out\"\nvpc cidr\nvpc-1 10.0.0.0/16\n" SEGMENTS
     "/a web routed 172.16.1.0/24 -\n/b db routed 10.0.1.0/24 -\n",
     NULL,
     "warning 172.16.0.0/12 (on premises)|1\nunknown linked|0|<- "
     "tokyo/endpoint-health/linked\n",
     NULL},
    {"a data centre is on premises itself", "cidr-overlap",
     "table segments dc1/nsx\npath segment type cidr\n/a web routed 172.16.1.0/24\n", NULL, "",
     NULL},
};

#define ENDPOINTS                                                                 \
    "table endpoints tokyo/linked\nendpoint target freshness error_kind message " \
    "clock_offset_ms cert_expires_at\n"

static const struct check_case endpoints[] = {
    {"read", "endpoint-health", ENDPOINTS "linked ec2 ok - - - -\n", NULL, "", NULL},
    {"refused", "endpoint-health", ENDPOINTS "linked ec2 denied auth \"token expired\" - -\n", NULL,
     "unknown linked|1\n", "linked is denied; what it serves is not judged: token expired"},
    {"refused, because its certificate is over", "endpoint-health",
     ENDPOINTS "linked ec2 denied tls \"certificate expired\" - -1h\n", NULL,
     "unknown linked|1|<- tokyo/certificate-expiry/linked\n", NULL},
    {"one of its tables is missing", "endpoint-health",
     ENDPOINTS "linked ec2 ok - - - -\n"
               "table vpcs tokyo/linked\nvpc\n"
               "table vpc_endpoints tokyo/linked denied 1m \"not authorized\"\nvpc_endpoint\n",
     NULL, "unknown linked|1\n",
     "1 of 2 tables of linked cannot be read; what needs them is not judged: not authorized"},
    {"of heavy tables nothing is missed but what fails", "endpoint-health",
     ENDPOINTS "linked ec2 ok - - - -\n"
               "table flows tokyo/linked partial 1m\nhost\n"
               "table host_rules tokyo/linked stale 9m\nhost\n"
               "table vibs tokyo/linked never\nhost\n"
               "table addrsets tokyo/linked failed 1m \"timed out\"\nhost\n",
     NULL, "unknown linked|1\n", "1 of 4 tables of linked cannot be read"},
    {"not available there is no fault", "endpoint-health",
     ENDPOINTS "linked ec2 ok - - - -\ntable hosts tokyo/linked unsupported\nhost_id\n", NULL, "",
     NULL},

    {"clocks agree", "clock-offset", ENDPOINTS "linked ec2 ok - - 2s -\n", NULL, "", NULL},
    {"a clock is behind", "clock-offset",
     "table endpoints tokyo/linked\nendpoint target freshness clock_offset_ms\n"
     "linked ec2 ok 45s\n",
     NULL, "warning linked|1\n", "45s ahead of this machine's"},
    {"a clock is far off", "clock-offset", ENDPOINTS "linked ec2 ok - - 6m -\n", NULL,
     "critical linked|1\n", "logins and signatures may fail"},

    {"valid for long", "certificate-expiry", ENDPOINTS "linked ec2 ok - - - +2880h\n", NULL, "",
     NULL},
    {"expires soon", "certificate-expiry", ENDPOINTS "linked ec2 ok - - - +240h\n", NULL,
     "warning linked|1\n", "expires in 10d"},
    {"expires very soon", "certificate-expiry", ENDPOINTS "linked ec2 ok - - - +24h\n", NULL,
     "critical linked|1\n", NULL},
    {"expired", "certificate-expiry", ENDPOINTS "linked ec2 ok - - - -2h\n", NULL,
     "critical linked|1\n", "expired 2h"},
};

static void run_all(const struct check_case *c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        check_case_run(&c[i]);
}

static void edges_and_gateways(void **state)
{
    (void)state;
    run_all(nsx, ARRAY_SIZE(nsx));
}

static void address_plans(void **state)
{
    (void)state;
    run_all(plans, ARRAY_SIZE(plans));
}

static void managers(void **state)
{
    (void)state;
    run_all(endpoints, ARRAY_SIZE(endpoints));
}

/* What help, man page and finding ids rely on. */
static void every_check_is_declared_well(void **state)
{
    (void)state;
    for (size_t i = 0; checks_all[i]; i++) {
        const struct check *c = checks_all[i];

        assert_true(i == 0 || strcmp(checks_all[i - 1]->name, c->name) < 0);
        assert_non_null(c->run);
        assert_true(c->kinds != 0);
        assert_true(c->title && *c->title && c->title[strlen(c->title) - 1] != '.');
        assert_true(c->remedy && c->remedy[strlen(c->remedy) - 1] == '.');
        assert_null(strchr(c->name, '/'));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edges_and_gateways),
        cmocka_unit_test(address_plans),
        cmocka_unit_test(managers),
        cmocka_unit_test(every_check_is_declared_well),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
