/* session_case: what tests of sessions ask of what a session would send. */
#ifndef HYCON_TESTS_SUPPORT_SESSION_CASE_H
#define HYCON_TESTS_SUPPORT_SESSION_CASE_H

#include "collectors/session.h"

/* The value of header @name of s->call; NULL: it has none. */
const char *session_header(const struct session *s, const char *name);

#endif
