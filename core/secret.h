/*
 * secret: a password, token or key. It has no accessor that yields a string to print by accident:
 * its bytes are reached through secret_reveal() alone (grep for it to audit), wiped on release,
 * kept out of core dumps (MADV_DONTDUMP) and locked in memory where the limit allows.
 */
#ifndef HYCON_CORE_SECRET_H
#define HYCON_CORE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

struct secret;

struct secret *secret_new(const void *data, size_t len); /* copies; the caller wipes its own */
struct secret *secret_new_str(const char *s);
struct secret *secret_ref(struct secret *s);
void secret_unref(struct secret *s);               /* NULL is fine; the last one wipes */
const char *secret_reveal(const struct secret *s); /* NUL-terminated; never store or log it */
size_t secret_len(const struct secret *s);
bool secret_equal(const struct secret *a, const struct secret *b); /* constant time */
void secret_wipe(void *p, size_t len);

/* Process hygiene at start: no core dumps, not dumpable, SIGPIPE ignored. */
void secret_protect_process(void);

/* True for names whose values must never be shown: password, token, secret, psk, peer_code,
 * authorization, cookie, x-xsrf-token, csp-auth-token, api_token, ... (substring, case ignored). */
bool secret_is_sensitive_name(const char *name);

#endif
