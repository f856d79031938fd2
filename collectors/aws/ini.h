/*
 * ini: the dialect of the shared AWS files (~/.aws/config, ~/.aws/credentials). Sections, keys
 * without regard to case, comments on lines of their own, and one nested level: indented lines
 * below a key without a value. An indented line below a value continues that value, line break
 * included, as botocore reads it; whoever uses such a value sees the break and refuses it. What
 * stands behind a value belongs to the value, '#' too.
 */
#ifndef HYCON_COLLECTORS_AWS_INI_H
#define HYCON_COLLECTORS_AWS_INI_H

#include "core/err.h"

#include <stdbool.h>
#include <stddef.h>

struct ini;

#define INI_BYTES_MAX   (1u << 20)
#define INI_ENTRIES_MAX 20000

/* NULL and ERR_CONFIG with the line. The text is copied; the copy is wiped by ini_free(), because
 * these files hold secrets. */
struct ini *ini_parse(const char *text, size_t len, struct err *err);
void ini_free(struct ini *ini); /* NULL is fine */

/* Section [@kind @name], [@kind "@name"], or [@name], which may have a blank in it, when @kind is
 * "". A section that is there
 * twice is one; of a key that is there twice the last one counts. @ini may be NULL: nothing is
 * there. */
bool ini_has(const struct ini *ini, const char *kind, const char *name);
/* The value, or NULL when it is not there or empty. */
const char *ini_get(const struct ini *ini, const char *kind, const char *name, const char *key);
/* The value of @key nested below @parent. */
const char *ini_get_nested(const struct ini *ini, const char *kind, const char *name,
                           const char *parent, const char *key);

#endif
