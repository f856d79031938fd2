/* Whatever comes instead of groups, rules and members. */
#include "collectors/nsx/nsx.h"
#include "tests/support/fuzz_collector.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_collector(
        &collector_nsx_groups,
        "{name: n, kind: nsx, url: 'https://nsx.example/', user: u, password: {env: P}}", data,
        size);
}
