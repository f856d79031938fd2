/* Whatever comes instead of edges and clusters, and instead of the status of a known edge. */
#include "collectors/nsx/nsx.h"
#include "tests/support/fuzz_collector.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char edges[] =
    "{\"results\":[{\"node_id\":\"815b4a41-682c-57d6-9d94-aea3b4cf0dd8\"}]}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char endpoint[] =
        "{name: n, kind: nsx, url: 'https://nsx.example/', user: u, password: {env: P}}";
    const struct canned_reply good[] = {
        {.match = "/transport-nodes?", .body = edges, .len = sizeof(edges) - 1}, {0}};

    fuzz_collector(&collector_nsx_edges, endpoint, data, size);
    return fuzz_collector_after(&collector_nsx_edges, endpoint, good, data, size);
}
