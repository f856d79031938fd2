/* Whatever comes instead of pairings and of pages of replications; both are lists, so one document
 * can be both. */
#include "collectors/replication/replication.h"
#include "tests/support/fuzz_collector.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_collector(&collector_replications,
                          "{name: r, kind: replication, url: 'https://r/', user: u, password: "
                          "{env: P}}",
                          data, size);
}
