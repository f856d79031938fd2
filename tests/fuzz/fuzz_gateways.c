/* Whatever comes instead of gateways, and instead of the state of a known one. */
#include "collectors/nsx/nsx.h"
#include "tests/support/fuzz_collector.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char tier0s[] = "{\"results\":[{\"path\":\"/infra/tier-0s/a\"}]}";
static const char tier1s[] = "{\"results\":[{\"path\":\"/infra/tier-1s/b\"}]}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char endpoint[] =
        "{name: n, kind: nsx, url: 'https://nsx.example/', user: u, password: {env: P}}";
    const struct canned_reply good[] = {
        {.match = "/infra/tier-0s?", .body = tier0s, .len = sizeof(tier0s) - 1},
        {.match = "/infra/tier-1s?", .body = tier1s, .len = sizeof(tier1s) - 1},
        {0}};

    fuzz_collector(&collector_nsx_gateways, endpoint, data, size);
    return fuzz_collector_after(&collector_nsx_gateways, endpoint, good, data, size);
}
