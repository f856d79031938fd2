/*
 * estate_fixed: an estate that holds given tables as they are, derived columns and all, instead of
 * one that a model made. Tests of findings and checks state what was derived and do not depend on
 * how.
 */
#ifndef HYCON_TESTS_SUPPORT_ESTATE_FIXED_H
#define HYCON_TESTS_SUPPORT_ESTATE_FIXED_H

#include "model/estate.h"
#include "tests/support/estate_text.h"

/* Tables of @text at @now; first polls are done unless @collecting. estate_unref() frees it. */
struct estate *estate_fixed(const struct config *c, const char *text, int64_t now, bool collecting);

#endif
