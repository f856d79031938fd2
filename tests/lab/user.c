#include "tests/lab/user.h"

#include <openssl/evp.h>
#include <string.h>

#include "core/arena.h"
#include "core/text.h"
#include "tests/lab/lab.h"

#define LOCK_AFTER 5
#define LOCK_MS    (15 * 60 * 1000)

bool lab_user_check(struct lab *lab, struct lab_server *server, struct nsx_user *u,
                    const char *name, const char *password)
{
    bool known = name && strcmp(name, u->name) == 0;
    bool right = known && password && strcmp(password, u->password) == 0;

    if (right && lab_session_ms(lab) >= u->locked_until) {
        u->failures = 0;
        server->counts.logins++;
        return true;
    }
    server->counts.failed_logins++;
    if (known && lab_session_ms(lab) >= u->locked_until && ++u->failures >= LOCK_AFTER) {
        u->locked_until = lab_session_ms(lab) + LOCK_MS;
        u->failures = 0;
        server->counts.lockouts++;
    }
    return false;
}

bool lab_user_basic(struct lab *lab, struct lab_server *server, struct nsx_user *u,
                    const struct lab_request *req)
{
    const char *header = lab_header(req, "authorization");
    char *plain, *colon;
    size_t len;

    if (!header || !text_has_prefix(header, "Basic "))
        return false;
    header += strlen("Basic ");
    len = strlen(header);
    plain = arena_alloc(req->arena, len + 4);
    if (len % 4 != 0 ||
        EVP_DecodeBlock((unsigned char *)plain, (const unsigned char *)header, (int)len) < 0)
        return false;
    colon = strchr(plain, ':');
    if (!colon)
        return false;
    *colon = '\0';
    return lab_user_check(lab, server, u, plain, colon + 1);
}
