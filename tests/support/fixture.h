/* fixture: files below tests/fixtures as text. The caller frees. */
#ifndef HYCON_TESTS_SUPPORT_FIXTURE_H
#define HYCON_TESTS_SUPPORT_FIXTURE_H

#include <stddef.h>

/* The whole file; @len may be NULL. NULL: it is not there. */
char *fixture_file(const char *path, size_t *len);
/* tests/fixtures/@folder/@name; the test fails when it is not there. */
char *fixture_text(const char *folder, const char *name, size_t *len);

#endif
