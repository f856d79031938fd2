/* pbm: the calls of /pbm/sdk, storage policies; the request has a session. */
#ifndef HYCON_TESTS_LAB_PBM_H
#define HYCON_TESTS_LAB_PBM_H

#include "tests/lab/vim.h"

/* Does the envelope carry the session's cookie, as this service wants it? */
bool lab_pbm_authentic(const struct vim_call *c);
/* False: there is no such method. */
bool lab_pbm_run(struct vim_call *c);

#endif
