/* user: an account with a password: five wrong ones in a row lock it for a quarter of an hour, and
 * then the right one is refused as well. */
#ifndef HYCON_TESTS_LAB_USER_H
#define HYCON_TESTS_LAB_USER_H

#include "tests/lab/nsx.h"
#include "tests/lab/server.h"

/* Counts a login, a failed one and a lockout on @server. */
bool lab_user_check(struct lab *lab, struct lab_server *server, struct nsx_user *u,
                    const char *name, const char *password);
/* The same with what the header Authorization: Basic says. */
bool lab_user_basic(struct lab *lab, struct lab_server *server, struct nsx_user *u,
                    const struct lab_request *req);

#endif
