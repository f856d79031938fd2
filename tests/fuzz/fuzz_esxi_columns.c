/* Whatever a shell prints instead of tables of esxcli. */
#include "tests/support/esxi_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return esxi_text_fuzz("esxcli-", data, size);
}
