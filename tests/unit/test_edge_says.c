/* What edges say of themselves, joined with NSX Manager's word and judged, as tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/mem.h"
#include "tests/support/check_case.h"
#include "tests/support/model_case.h"

/* ---- joins -------------------------------------------------------------------------------------
 */

static const char config[] =
    "sites:\n"
    "  - name: dc1\n"
    "    endpoints:\n"
    "      - {name: nsx, kind: nsx, url: \"https://nsx.example/\", user: a, password: {env: P}}\n"
    "      - {name: e, kind: edge, hosts: [edge-a.example, \"10.0.0.2:22\", 10.0.0.9], user: "
    "admin, "
    "password: {env: P}}\n";

#define A "dc1/e/edge-a.example"
#define B "dc1/e/10.0.0.2:22"
#define C "dc1/e/10.0.0.9"

#define EDGES                                                                   \
    "table edges dc1/nsx\nedge_id edge status management_ip maintenance_mode\n" \
    "AAAA-1 edge-1 up 10.0.0.1 disabled\nbbbb-2 edge-2 up 10.0.0.2 disabled\n"
#define GATEWAYS                                                                        \
    "table gateways dc1/nsx\ngateway edge_id edge tier ha_status service_router path\n" \
    "t0 AAAA-1 edge-1 0 active SR-1 /infra/tier-0s/t0\n"                                \
    "t0 bbbb-2 edge-2 0 standby sr-2 /infra/tier-0s/t0\n"
#define STATUS(where, id, status) \
    "table edge_status " where "\nhost edge_id status\nh " id " " status "\n"
#define SAID(where, router, state) \
    "table edge_gateways " where "\nhost service_router ha_state\nh " router " " state "\n"

static const struct {
    const char *name, *text, *table, *columns, *want;
} joins[] = {
    {"by the UUID, whatever its case", EDGES STATUS(A, "aaaa-1", "up"), "edge_status",
     "edge nsx_status verdict join", "edge-1 up agrees edge_id\n"},
    {"a UUID that NSX does not know is nobody, though the address is known",
     EDGES "table edge_status " B "\nhost edge_id status\n10.0.0.2:22 cccc-3 up\n", "edge_status",
     "edge nsx_status verdict join",
     "- - unknown unknown: NSX Manager has no edge with the UUID that this one says\n"},
    {"no edges of NSX", STATUS(A, "aaaa-1", "up"), "edge_status", "edge verdict join",
     "- unknown unknown: the edges of NSX Manager were not read\n"},
    {"they differ", EDGES STATUS(A, "aaaa-1", "down"), "edge_status", "edge nsx_status verdict",
     "edge-1 up differs\n"},
    {"a degraded edge is up",
     "table edges dc1/nsx\nedge_id edge status\naaaa-1 edge-1 degraded\n" STATUS(A, "aaaa-1", "up"),
     "edge_status", "verdict", "agrees\n"},
    {"switched off for maintenance",
     "table edges dc1/nsx\nedge_id edge status maintenance_mode\naaaa-1 edge-1 up enabled\n" STATUS(
         A, "aaaa-1", "admin_down"),
     "edge_status", "verdict", "agrees\n"},
    {"switched off, and NSX does not know", EDGES STATUS(A, "aaaa-1", "admin_down"), "edge_status",
     "verdict", "differs\n"},
    {"the edge's word stands beside NSX's", EDGES STATUS(A, "aaaa-1", "down"), "edges",
     "edge status edge_says", "edge-1 up down\nedge-2 up -\n"},

    {"by the service router on this edge",
     EDGES GATEWAYS STATUS(A, "aaaa-1", "up") SAID(A, "sr-1", "standby"), "edge_gateways",
     "gateway edge nsx_state verdict join", "t0 edge-1 active differs service_router, edge_id\n"},
    {"by the management address, when the edge did not say its UUID",
     EDGES GATEWAYS "table edge_gateways " B
                    "\nhost service_router ha_state\n10.0.0.2:22 sr-2 standby\n",
     "edge_gateways", "gateway edge verdict join",
     "t0 edge-2 agrees service_router, management_ip\n"},
    {"a name is no address", EDGES GATEWAYS SAID(A, "sr-1", "active"), "edge_gateways",
     "gateway edge verdict join",
     "- - unknown unknown: the edge's own UUID was not read, and no edge of NSX Manager has its "
     "management address\n"},
    {"the router is another edge's",
     EDGES GATEWAYS STATUS(A, "aaaa-1", "up") SAID(A, "sr-2", "active"), "edge_gateways",
     "gateway edge verdict join",
     "- edge-1 unknown unknown: NSX Manager has this service router on another edge\n"},
    {"a router that NSX does not list",
     EDGES GATEWAYS STATUS(A, "aaaa-1", "up") SAID(A, "sr-9", "active"), "edge_gateways",
     "verdict join", "unknown unknown: NSX Manager lists no service router with this UUID\n"},
    {"the edge's word stands beside NSX's, of this edge alone",
     EDGES GATEWAYS STATUS(A, "aaaa-1", "up") SAID(A, "sr-1", "standby") STATUS(B, "bbbb-2", "up")
         SAID(B, "sr-1", "active"),
     "gateways", "edge ha_status edge_says", "edge-1 active standby\nedge-2 standby -\n"},

    {"a bridge by the UUIDs of its switch and its edges",
     EDGES "table segments dc1/nsx\npath segment switch_id\n/s/l2 l2 FEED-1\n" STATUS(
         A, "aaaa-1", "up") "table bridges " A
                            "\nhost bridge_port switch switch_id vlan ha_state peer_id\n"
                            "h p-1 22-switch feed-1 10 active bbbb-2\n",
     "bridges", "edge segment switch peer join",
     "edge-1 l2 22-switch edge-2 edge: edge_id; segment: switch_id\n"},
    {"a bridge of a switch that is no segment",
     EDGES "table segments dc1/nsx\npath segment switch_id\n/s/l2 l2 FEED-1\n" STATUS(
         A, "aaaa-1", "up") "table bridges " A
                            "\nhost bridge_port switch switch_id\nh p-1 l2 feed-2\n",
     "bridges", "edge segment join",
     "edge-1 - edge: edge_id; segment: unknown: NSX Manager has no segment with the switch's "
     "UUID\n"},
    {"a segment that NSX names no bridge of",
     EDGES "table segments dc1/nsx\npath segment switch_id bridge\n/s/a a s-1 -\n/s/b b s-2 bp\n"
           "/s/c c s-3 -\n" STATUS(A, "aaaa-1", "up") "table bridges " A
                                                      "\nhost bridge_port switch_id vlan ha_state\n"
                                                      "h p-1 s-1 10 active\nh p-2 s-2 20 standby\n",
     "segments", "segment bridge bridge_edges",
     "a vlan 10 (as its edge says) edge-1=active\nb bp edge-1=standby\nc - -\n"},
};

static void words_are_joined(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(joins); i++) {
        struct model_case c;
        const struct estate *e;

        model_case_init(&c, config);
        e = model_case_feed(&c, joins[i].text);
        model_case_expect(e, joins[i].name, joins[i].table, joins[i].columns, joins[i].want);
        model_case_release(&c);
    }
}

/* ---- checks ------------------------------------------------------------------------------------
 */

#define NODE(host, status, text, nsx, verdict)                                              \
    "table edge_status dc1/edge/" host "\nhost edge_id edge status status_text nsx_status " \
    "verdict\n" host " u-" host " edge-" host " " status " " text " " nsx " " verdict "\n"
#define OK(host) NODE(host, "up", "Up", "up", "agrees")
#define ROLE                                                                                  \
    "host service_router router gateway edge edge_id mode ha_state peers nsx_state nsx path " \
    "verdict\n"
#define HERE(host) "table edge_gateways dc1/edge/" host "\n" ROLE
#define ROW(host, state, peer, nsx, verdict)                                          \
    host " sr-" host " SR-t0 t0 edge-" host " u-" host " A/S " state " " peer " " nsx \
         " nsx /infra/tier-0s/t0 " verdict "\n"
/* NSX Manager was not read. */
#define ALONE(host, mode, state, peer) \
    host " sr-" host " SR-t0 - - u-" host " " mode " " state " " peer " - - - unknown\n"
#define NSX "table gateways dc1/nsx ok 40s\ngateway edge_id ha_status\nt0 u-e-1 active\n"

static const struct check_case checks[] = {
    {"they agree", "edge-says",
     OK("e-1") OK("e-2") HERE("e-1") ROW("e-1", "active", "u-e-2=standby", "active", "agrees")
         HERE("e-2") ROW("e-2", "standby", "u-e-1=active", "standby", "agrees"),
     NSX, "", NULL},
    {"the edge has moved and NSX has not noticed", "edge-says",
     OK("e-1") OK("e-2") HERE("e-1") ROW("e-1", "standby", "u-e-2=active", "active", "differs")
         HERE("e-2") ROW("e-2", "active", "u-e-1=standby", "standby", "differs"),
     NSX, "warning t0 on edge-e-1|1\nwarning t0 on edge-e-2|1\n",
     "Edge edge-e-1 says it is standby for gateway t0; NSX Manager says active"},
    {"two say that they are active", "edge-says",
     OK("e-1") OK("e-2") HERE("e-1") ROW("e-1", "active", "u-e-2=active", "active", "agrees")
         HERE("e-2") ROW("e-2", "active", "u-e-1=active", "standby", "differs"),
     NSX, "warning t0|2\nwarning t0 on edge-e-2|1|<- dc1/edge-says/t0\n",
     "Split brain: 2 edges say they are active for gateway t0"},
    {"two are active, and NSX was not read: they name each other", "edge-says",
     OK("e-1") OK("e-2") HERE("e-1") ALONE("e-1", "A/S", "active", "u-e-2=standby") HERE("e-2")
         ALONE("e-2", "A/S", "active", "U-E-1=down"),
     NULL, "warning SR-t0|2\n", NULL},
    {"two of the same name that are no peers are two gateways", "edge-says",
     OK("e-1") OK("e-2") HERE("e-1") ALONE("e-1", "A/S", "active", "u-e-7=standby") HERE("e-2")
         ALONE("e-2", "A/S", "active", "u-e-8=standby"),
     NULL, "", NULL},
    {"active-active", "edge-says",
     OK("e-1") OK("e-2") HERE("e-1") ALONE("e-1", "\"Stateful A/A\"", "active", "u-e-2=active")
         HERE("e-2") ALONE("e-2", "\"Stateful A/A\"", "active", "u-e-1=active"),
     NULL, "", NULL},
    {"an edge that NSX has for well", "edge-says",
     NODE("e-1", "down", "\"Down (Routing Down)\"", "up", "differs") HERE("e-1"),
     "table edges dc1/nsx\nedge_id edge status\nu-e-1 edge-e-1 up\n", "warning edge-e-1|1\n",
     "says of itself 'Down (Routing Down)'; NSX Manager says up"},
    {"what was not read is not judged", "edge-says",
     OK("e-1") OK("e-2") HERE("e-1")
         ROW("e-1", "active", "u-e-2=active", "active",
             "agrees") "table edge_gateways dc1/edge/e-2 failed 5m \"timed out\"\n" ROLE
             ROW("e-2", "active", "u-e-1=active", "standby", "differs"),
     NULL, "unknown edge|0|<- dc1/endpoint-health/edge\n", NULL},
};

#define BRIDGES(host)                                                                              \
    "table bridges dc1/edge/" host "\nhost bridge_port edge switch switch_id vlan state ha_state " \
    "peer_state\n"
#define BRIDGE(host, state, ha, peer) \
    host " p-" host " edge-" host " l2 s-1 10 " state " " ha " " peer "\n"

static const struct check_case bridges[] = {
    {"one forwards", "bridge-active",
     BRIDGES("e-1") BRIDGE("e-1", "forwarding", "active", "standby") BRIDGES("e-2")
         BRIDGE("e-2", "blocking", "standby", "active"),
     NULL, "", NULL},
    {"two forward", "bridge-active",
     BRIDGES("e-1") BRIDGE("e-1", "forwarding", "active", "active") BRIDGES("e-2")
         BRIDGE("e-2", "forwarding", "active", "active"),
     NULL, "warning l2, vlan 10|2\n", "2 edges forward the bridge of l2 to VLAN 10"},
    {"none forwards", "bridge-active",
     BRIDGES("e-1") BRIDGE("e-1", "blocking", "standby", "standby") BRIDGES("e-2")
         BRIDGE("e-2", "blocking", "standby", "down"),
     NULL, "warning l2, vlan 10|2\n", "No edge forwards"},
    {"the one that forwards is not read", "bridge-active",
     BRIDGES("e-1") BRIDGE("e-1", "blocking", "standby", "active"), NULL, "", NULL},
    {"of two VLANs each is a bridge", "bridge-active",
     BRIDGES("e-1")
         BRIDGE("e-1", "forwarding", "active",
                "standby") "e-1 q-1 edge-1 l2 s-1 20 forwarding active standby\n" BRIDGES("e-2")
             BRIDGE("e-2", "blocking", "standby",
                    "active") "e-2 q-2 edge-2 l2 s-1 20 forwarding active active\n",
     NULL, "warning l2, vlan 20|2\n", NULL},
};

static void words_are_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(checks); i++)
        check_case_run(&checks[i]);
}

static void bridges_are_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(bridges); i++)
        check_case_run(&bridges[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_joined),
        cmocka_unit_test(words_are_judged),
        cmocka_unit_test(bridges_are_judged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
