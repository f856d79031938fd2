/* Whatever bytes are given as hycon.yaml: a configuration or a sentence, never a crash; and what
 * was accepted can be shown. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/strbuf.h"
#include "model/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct strbuf text = STRBUF_INIT;
    struct err err = {0};
    struct config *c = config_parse((const char *)data, size, "/f/hycon.yaml", &err, &text);

    if ((c == NULL) != (err.kind != ERR_NONE))
        abort();
    if (c)
        config_show(c, &text);
    config_free(c);
    strbuf_release(&text);
    return 0;
}
