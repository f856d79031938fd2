/* Whatever a shell prints instead of the virtual machines of a host. */
#include "tests/support/esxi_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return esxi_text_fuzz("vim-cmd-getallvms-", data, size);
}
