/* What edges say of themselves, on golden screens: the Edge CLI tab, and their word on Edges. */
#include "tests/support/screen_case.h"

static const char config[] =
    "sites:\n"
    "  - name: dc1\n"
    "    endpoints:\n"
    "      - {name: nsx, kind: nsx, url: \"https://nsx.example/\", user: a, password: {env: P}}\n"
    "      - {name: edge, kind: edge, hosts: [e-1.example, e-2.example], user: admin, password: "
    "{env: P}}\n";

#define ENDPOINTS                                                                 \
    "table endpoints dc1/nsx\nendpoint kind freshness taken_at\nnsx nsx ok -3s\n" \
    "table endpoints dc1/edge/e-1.example\nendpoint kind freshness taken_at\n"    \
    "edge/e-1.example edge ok -3s\n"                                              \
    "table endpoints dc1/edge/e-2.example\nendpoint kind freshness taken_at\n"    \
    "edge/e-2.example edge ok -3s\n"
#define MANAGER                                                                 \
    "table edges dc1/nsx ok 40s\nedge_id edge status tunnels_up tunnels_down\n" \
    "u-1 edge-1 up 5 0\nu-2 edge-2 up 5 0\n"                                    \
    "table gateways dc1/nsx ok 40s\n"                                           \
    "gateway tier ha_mode edge edge_id ha_status service_router path\n"         \
    "t0 0 active_standby edge-1 u-1 active sr-1 /infra/tier-0s/t0\n"            \
    "t0 0 active_standby edge-2 u-2 standby sr-2 /infra/tier-0s/t0\n"           \
    "table segments dc1/nsx\npath segment type switch_id\n/s/l2 業務L2 disconnected s-1\n"
#define EDGE(n, state, forwards, peer, peer_state)                                             \
    "table edge_status dc1/edge/e-" n ".example ok 5s\n"                                       \
    "host edge_id ha_state status status_text routing_status vtep_state\n"                     \
    "e-" n ".example u-" n " active up \"Up (Routing Down)\" down up\n"                        \
    "table edge_gateways dc1/edge/e-" n ".example ok 5s\n"                                     \
    "host service_router router tier mode ha_state peers\n"                                    \
    "e-" n ".example sr-" n " SR-t0 0 A/S " state " u-" peer "=" peer_state "\n"               \
    "table bridges dc1/edge/e-" n ".example ok 5s\n"                                           \
    "host bridge_port switch switch_id vlan state ha_state peer_id peer_state\n"               \
    "e-" n ".example p-" n " 22-switch s-1 2100 " forwards " " state " u-" peer " " peer_state \
    "\n"
/* Edge 2 has taken over, and NSX Manager has not noticed. */
#define MOVED                                       \
    EDGE("1", "standby", "blocking", "2", "active") \
    EDGE("2", "active", "forwarding", "1", "standby")

static void test_edge_cli(void **state)
{
    struct screen *s = screen_begin(config, "edge-cli", false, 0, 0, NULL);

    (void)state;
    screen_join(s, ENDPOINTS, MANAGER, MOVED, NULL);
    SCREEN(s, "edge-cli",
           " hycon  dc1                                          09:00:00 UTC  18:00:00 JST\n"
           " ok: no finding is open                                             nsx+ edge+2\n"
           " 1 Overview  3 Edges  4 Segments [Edge CLI] Endpoints\n"
           " Edge nodes as they see themselves 2   +1 columns > ────────────────────────────\n"
           "       edge       host         edge says       NSX says verdict HA       routing\n"
           "> ok   edge-1     e-1.example  Up (Routing Do… up       agrees  active   down\n"
           "  ok   edge-2     e-2.example  Up (Routing Do… up       agrees  active   down\n"
           " What they say they are for gateways 2 ─────────────────────────────────────────\n"
           "       gateway  tier edge       edge says NSX says verdict mode router\n"
           "  WARN t0          0 edge-1     standby   active   differs A/S  SR-t0\n"
           "  WARN t0          0 edge-2     active    standby  differs A/S  SR-t0\n"
           " Bridges to VLANs 2 ────────────────────────────────────────────────────────────\n"
           "  ^switch   vlan  edge       state      HA      peer     peer is\n"
           "  22-switch 2100  edge-1     blocking   standby edge-2   active\n"
           "  22-switch 2100  edge-2     forwarding active  edge-1   standby\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q quit\n");
    screen_free(s);
}

/* Columns that exist where edges are read, and the two words with their ages. */
static void test_edges(void **state)
{
    struct screen *s = screen_begin(config, "edges", false, 110, 24, NULL);

    (void)state;
    screen_join(s, ENDPOINTS, MANAGER, MOVED, NULL);
    SCREEN_HAS(s, "edge says");
    SCREEN_HAS(s, "WARN t0");
    screen_keys(s, "d");
    SCREEN_HAS(s,
               "status: the edge says Up (Routing Down) (5s ago), NSX Manager says up (40s ago)");
    SCREEN_HAS(s, "t0: the edge says standby (5s ago), NSX Manager says active (40s ago)");
    screen_free(s);
}

static void test_without_edges(void **state)
{
    struct screen *s = screen_begin(config, "edges", false, 110, 24, NULL);

    (void)state;
    screen_join(s, "table endpoints dc1/nsx\nendpoint kind freshness taken_at\nnsx nsx ok -3s\n",
                MANAGER, NULL);
    SCREEN_LACKS(s, "edge says");
    screen_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edge_cli),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_without_edges),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
