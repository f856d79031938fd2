/* Whatever an edge node prints instead of its bridges. */
#include "collectors/edge/edge.h"
#include "tests/support/fuzz_collector.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_collector(
        &collector_edge_bridges,
        "{name: e, kind: edge, hosts: [edge-01.example], user: admin, password: {env: P}}", data,
        size);
}
