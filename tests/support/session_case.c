#include "tests/support/session_case.h"

#include <string.h>

const char *session_header(const struct session *s, const char *name)
{
    size_t len = strlen(name);

    for (size_t i = 0; i < s->call.http.nheaders; i++) {
        const char *h = s->call.http.headers[i];

        if (strncmp(h, name, len) == 0 && h[len] == ':')
            return h + len + 2;
    }
    return NULL;
}
