/* The scanner against libxml2: the same verdict and the same events about whatever bytes come, in
 * whatever pieces. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/xml_priv.h"
#include "tests/support/xml_twin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct pieces {
    uint32_t state, most;
};

static size_t piece(void *arg, size_t left)
{
    struct pieces *p = arg;
    size_t n;

    p->state = p->state * 1664525u + 1013904223u;
    n = 1 + (p->state >> 16) % p->most;
    return n < left ? n : left;
}

/* The documents that core/xml.c gives to the scanner. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint32_t most[] = {1, 7, 200};
    const char *doc = (const char *)data;
    struct xml_told oracle, scanned;

    /* libxml2 is fed at once; more than its slice would be two pieces, and it is not the same then.
     */
    if (size > 30000 || xml_scan_takes(doc, size) != XML_TAKES_IT)
        return 0;
    xml_tell(&oracle, &xml_libxml2, doc, size, NULL, NULL);
    for (unsigned i = 0; i < 4; i++) {
        struct pieces p = {.state = (uint32_t)size, .most = i ? most[i - 1] : 0};
        const char *what;

        xml_tell(&scanned, NULL, doc, size, i ? piece : NULL, &p);
        what = xml_twin_check(&scanned, &oracle, doc, size);
        if (what) {
            fprintf(stderr, "pieces of %u: %s\n", p.most, what);
            abort();
        }
        xml_told_release(&scanned);
    }
    xml_told_release(&oracle);
    return 0;
}
