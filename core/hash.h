/* hash: SHA-256 and HMAC by OpenSSL, and a fast 64-bit hash (XXH64-like quality is enough: it is
 * used with the length to see whether a page changed, never for trust). */
#ifndef HYCON_CORE_HASH_H
#define HYCON_CORE_HASH_H

#include <stddef.h>
#include <stdint.h>

struct strbuf;

#define SHA256_BYTES 32
#define SHA256_HEX   65

/* OpenSSL reads its configuration and sets itself up when it is first used: do that now, perhaps on
 * a thread that has nothing to do while another one loads libcurl. */
void hash_prepare(void);

void hash_sha256(const void *data, size_t len, uint8_t out[SHA256_BYTES]);
void hash_hmac_sha256(const void *key, size_t keylen, const void *data, size_t len,
                      uint8_t out[SHA256_BYTES]);
#define SHA1_BYTES 20

/* known_hosts only. @key has SHA1_BYTES. */
void hash_hmac_sha1(const uint8_t *key, const char *text, uint8_t out[SHA1_BYTES]);
void hash_sha1_hex(const void *data, size_t len, char out[41]); /* AWS SSO cache names only */
/* Append @data in base64 (with padding). The text may be a secret: nothing of it is left elsewhere.
 */
void hash_base64(struct strbuf *out, const void *data, size_t len);
/* The bytes of @len characters of base64, a multiple of 4, into @out, which has room for 3 of each
 * 4: their number, or -1. */
int hash_base64_decode(const char *text, size_t len, uint8_t *out);
void hash_hex(const uint8_t *bytes, size_t len, char *out); /* lower case, NUL; out holds 2*len+1 */
uint64_t hash_fast(const void *data, size_t len, uint64_t seed);

#endif
