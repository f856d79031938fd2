/* Whatever an edge node prints instead of its routers, and instead of the state of known ones. */
#include "collectors/edge/edge.h"
#include "tests/support/fuzz_collector.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char routers[] =
    "f08525af-e5b5-4bce-9d8f-144ffcee1b7a 1 2 SR-a SERVICE_ROUTER_TIER0 6 1/50000\n"
    "83061617-17e6-4d89-ba5f-9fcf435f3eb4 4 6 SR-b SERVICE_ROUTER_TIER1 5 2/50000\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char endpoint[] =
        "{name: e, kind: edge, hosts: [edge-01.example], user: admin, password: {env: P}}";
    const struct canned_reply good[] = {
        {.match = "logical-routers", .body = routers, .len = sizeof(routers) - 1}, {0}};

    fuzz_collector(&collector_edge_gateways, endpoint, data, size);
    return fuzz_collector_after(&collector_edge_gateways, endpoint, good, data, size);
}
