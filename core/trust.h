/*
 * trust: what a person has accepted after it was shown: one line per server in a file of mode 0600,
 *
 *     SITE/ENDPOINT sha256:HEX            the leaf certificate of the endpoint
 *     SITE/ENDPOINT sha256:HEX HOST:PORT  ... of one of its addresses
 *     SITE/ENDPOINT ssh:SHA256:BASE64 HOST:PORT
 *
 * Lines that begin with '#' and lines of a kind not known here are kept as they are. A pin in the
 * configuration wins over this file.
 */
#ifndef HYCON_CORE_TRUST_H
#define HYCON_CORE_TRUST_H

#include "core/err.h"

struct trust;

/* A file that is not there is an empty one. NULL when it cannot be read or others may write it
 * (ERR_IO). */
struct trust *trust_load(const char *path, struct err *err);
void trust_free(struct trust *t); /* NULL is fine */
/* The accepted SHA-256 (64 lower-case hex digits) of @name ("SITE/ENDPOINT") at @where ("host:port"
 * in lower case; NULL: any), or NULL. A line for the address wins over one for the whole endpoint.
 */
const char *trust_sha256(const struct trust *t, const char *name, const char *where);
/* The same of SSH host keys: "SHA256:...". */
const char *trust_ssh_key(const struct trust *t, const char *name, const char *where);
/* The same of a jump host: only a line for its very address counts, of the endpoint @name or of the
 * range @group ("SITE/NAME") that it belongs to. */
const char *trust_jump_key(const struct trust *t, const char *name, const char *group,
                           const char *where);
/* Accept (@sha256 is hex digits, or "SHA256:..." of a host key): replaces the line of the same name
 * and address (@where NULL: the whole endpoint), creates the file and its directories. The file is
 * replaced atomically, under a lock. */
int trust_accept(const char *path, const char *name, const char *where, const char *sha256,
                 struct err *err);

#endif
