/* Whatever comes instead of interfaces of the VPC. */
#include "collectors/aws/collectors.h"
#include "tests/support/fuzz_collector.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_collector(&collector_interfaces, "{name: linked, kind: aws, region: eu-west-1}",
                          data, size);
}
