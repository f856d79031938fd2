#include "tests/lab/user.h"

#include "tests/lab/lab.h"

#include <string.h>

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
