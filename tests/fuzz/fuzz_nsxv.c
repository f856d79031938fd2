/* Whatever comes instead of the rules of NSX-V, of its groups, or of the state of its hosts. */
#include "collectors/nsxv/nsxv.h"
#include "tests/support/fuzz_collector.h"

#define NSXV "{name: n, kind: nsxv, url: 'https://nsxv.example/', user: u, password: {env: P}}"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_collector(&collector_nsxv_groups, NSXV, data, size);
    fuzz_collector(&collector_nsxv_hosts, NSXV, data, size);
    return fuzz_collector(&collector_nsxv_rules, NSXV, data, size);
}
