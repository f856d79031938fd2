/* vsan: the calls of /vsanHealth; the request has a session. */
#ifndef HYCON_TESTS_LAB_VSAN_H
#define HYCON_TESTS_LAB_VSAN_H

#include "tests/lab/vim.h"

/* False: there is no such method. */
bool lab_vsan_run(struct vim_call *c);

#endif
