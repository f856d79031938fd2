#include "tests/support/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/strbuf.h"

char *fixture_file(const char *path, size_t *len)
{
    FILE *f = fopen(path, "rb");
    struct strbuf text = STRBUF_INIT;
    char buf[4096];
    size_t n;

    if (!f)
        return NULL;
    while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
        strbuf_add(&text, buf, n);
    (void)fclose(f);
    if (len)
        *len = text.len;
    return strbuf_detach(&text);
}

char *fixture_text(const char *folder, const char *name, size_t *len)
{
    char *path = mem_printf("tests/fixtures/%s/%s", folder, name);
    char *text = fixture_file(path, len);

    if (!text)
        fail_msg("unable to read '%s'", path);
    free(path);
    return text;
}
