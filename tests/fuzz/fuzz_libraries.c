/* Whatever comes instead of content libraries. */
#include "collectors/vcenter/facts.h"
#include "collectors/vcenter/vcenter.h"
#include "tests/support/fuzz_collector.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct vsphere_facts vcenter = {.root_folder = "group-d1", .login = 1};
    static const struct session_facts facts = {.vsphere = &vcenter};

    return fuzz_collector_knowing(
        &collector_vcenter_libraries,
        "{name: v, kind: vcenter, url: 'https://v/', user: u, password: {env: P}}", &facts, data,
        size);
}
