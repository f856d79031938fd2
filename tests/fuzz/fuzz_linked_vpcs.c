/* Whatever comes instead of the linked VPCs and of the SDDC's connections. */
#include "collectors/vmc/vmc.h"
#include "tests/support/fuzz_collector.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_collector(&collector_linked_vpcs,
                          "{name: v, kind: vmc, org: o, sddc: s, token: {env: T}}", data, size);
}
