/* Whatever bytes are in the state directory: lines are taken or counted, never a crash, and what
 * was taken can be written again. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/strbuf.h"
#include "model/estate.h"

#define NOW 1795165200000 /* 2026-11-20T09:00:00Z */

static const char yaml[] =
    "sites:\n  - name: tokyo\n    endpoints:\n"
    "      - {name: linked, kind: aws, region: ap-northeast-1}\n"
    "  - name: dc1\n    endpoints:\n"
    "      - {name: nsx, kind: nsx, url: \"https://n.example/\", user: u, password: {env: P}}\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {0};
    struct config *c = config_parse(yaml, sizeof(yaml) - 1, "hycon.yaml", &err, NULL);
    const struct model_options o = {.config = c, .checks = true, .user = "u"};
    struct model *m = c ? model_new(&o) : NULL;
    struct strbuf out = STRBUF_INIT;

    if (!m)
        abort();
    model_history_load(m, (const char *)data, size, NOW);
    for (int i = 0; i < 2; i++) {
        estate_unref(model_update(m, NULL, 0, NOW + i * 3600000));
        model_history_take(m, &out);
    }
    model_free(m);
    config_free(c);
    strbuf_release(&out);
    return 0;
}
