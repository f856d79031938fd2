/* Whatever comes instead of prefix lists, and instead of their entries. */
#include "collectors/aws/collectors.h"
#include "tests/support/fuzz_collector.h"

#define ENDPOINT "{name: linked, kind: aws, region: eu-west-1}"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char lists[] =
        "<DescribeManagedPrefixListsResponse><prefixListSet>"
        "<item><prefixListId>pl-1</prefixListId><ownerId>444455556666</ownerId></item>"
        "<item><prefixListId>pl-2</prefixListId></item>"
        "</prefixListSet></DescribeManagedPrefixListsResponse>";
    static const struct canned_reply good[] = {
        {.match = "Action=Describe", .body = lists, .len = sizeof(lists) - 1}, {0}};

    fuzz_collector(&collector_prefix_lists, ENDPOINT, data, size);
    return fuzz_collector_after(&collector_prefix_lists, ENDPOINT, good, data, size);
}
