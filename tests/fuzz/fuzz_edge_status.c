/* Whatever an edge node prints instead of its status. */
#include "collectors/edge/edge.h"
#include "tests/support/fuzz_collector.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_collector(
        &collector_edge_status,
        "{name: e, kind: edge, hosts: [edge-01.example], user: admin, password: {env: P}}", data,
        size);
}
