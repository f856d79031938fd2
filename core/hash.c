/*
 * The fast hash reads 32 bytes per round into four independent lanes (add the word times a
 * constant, rotate, multiply), so that a modern core keeps its multiplier busy; the lanes, the
 * length and the tail are then folded and avalanched. Words are read in little-endian order on
 * every machine.
 */
#include "core/hash.h"

#include <endian.h>
#include <limits.h>
#include <string.h>

#include "core/mem.h"
#include "core/openssl.h"
#include "core/strbuf.h"

/* Odd constants with about half of their bits set: fractional parts of the square roots of primes.
 */
#define K1 UINT64_C(0x6a09e667f3bcc909)
#define K2 UINT64_C(0xbb67ae8584caa73b)
#define K3 UINT64_C(0x3c6ef372fe94f82b)
#define K4 UINT64_C(0xa54ff53a5f1d36f1)

void hash_sha256(const void *data, size_t len, uint8_t out[SHA256_BYTES])
{
    openssl_load();
    if (!EVP_Digest(len ? data : "", len, out, NULL, EVP_sha256(), NULL))
        mem_die("the crypto library cannot compute SHA-256");
}

void hash_hmac_sha256(const void *key, size_t keylen, const void *data, size_t len,
                      uint8_t out[SHA256_BYTES])
{
    uint8_t digest[SHA256_BYTES];

    openssl_load();
    /* HMAC defines a long key to stand for its digest; this also keeps the length an int. */
    if (keylen > 64) {
        hash_sha256(key, keylen, digest);
        key = digest;
        keylen = sizeof(digest);
    }
    if (!HMAC(EVP_sha256(), keylen ? key : "", (int)keylen, len ? data : (const uint8_t *)"", len,
              out, NULL))
        mem_die("the crypto library cannot compute HMAC-SHA-256");
    explicit_bzero(digest, sizeof(digest));
}

void hash_prepare(void)
{
    uint8_t digest[SHA256_BYTES];

    hash_hmac_sha256("", 0, "", 0, digest);
}

void hash_hmac_sha1(const uint8_t *key, const char *text, uint8_t out[SHA1_BYTES])
{
    openssl_load();
    if (!HMAC(EVP_sha1(), key, SHA1_BYTES, (const uint8_t *)text, strlen(text), out, NULL))
        mem_die("the crypto library cannot compute HMAC-SHA-1");
}

void hash_sha1_hex(const void *data, size_t len, char out[41])
{
    uint8_t digest[SHA1_BYTES];

    openssl_load();
    if (!EVP_Digest(len ? data : "", len, digest, NULL, EVP_sha1(), NULL))
        mem_die("the crypto library cannot compute SHA-1");
    hash_hex(digest, sizeof(digest), out);
}

void hash_base64(struct strbuf *out, const void *data, size_t len)
{
    size_t before = out->len, room = (len + 2) / 3 * 4;

    if (len > INT_MAX / 2)
        mem_die("too much text for base64");
    strbuf_grow(out, room + 1);
    strbuf_addchars(out, '=', room);
    if (!strbuf_ok(out))
        return;
    openssl_load();
    EVP_EncodeBlock((unsigned char *)out->buf + before, data, (int)len);
}

int hash_base64_decode(const char *text, size_t len, uint8_t *out)
{
    size_t pad = 0;
    int n;

    if (!len || len % 4 || len > INT_MAX)
        return -1;
    while (pad < 2 && text[len - 1 - pad] == '=')
        pad++;
    openssl_load();
    n = EVP_DecodeBlock(out, (const uint8_t *)text, (int)len);
    return n < (int)pad ? -1 : n - (int)pad;
}

void hash_hex(const uint8_t *bytes, size_t len, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < len; i++) {
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 15];
    }
    *out = '\0';
}

static inline uint64_t load(const uint8_t *p)
{
    uint64_t w;

    memcpy(&w, p, sizeof(w));
    return le64toh(w);
}

static inline uint64_t rotate(uint64_t v, unsigned n)
{
    return v << n | v >> (64 - n);
}

static inline uint64_t mix(uint64_t lane, uint64_t word)
{
    return rotate(lane + word * K2, 29) * K1;
}

static uint64_t avalanche(uint64_t h)
{
    h ^= h >> 32;
    h *= K3;
    h ^= h >> 29;
    h *= K4;
    return h ^ h >> 32;
}

uint64_t hash_fast(const void *data, size_t len, uint64_t seed)
{
    const uint8_t *p = data, *end = p + len;
    uint64_t h = seed + K4, last = 0;

    if (len >= 32) {
        uint64_t a = seed ^ K1, b = seed ^ K2, c = seed ^ K3, d = seed ^ K4;

        for (; end - p >= 32; p += 32) {
            a = mix(a, load(p));
            b = mix(b, load(p + 8));
            c = mix(c, load(p + 16));
            d = mix(d, load(p + 24));
        }
        h = rotate(a, 1) + rotate(b, 11) + rotate(c, 23) + rotate(d, 41);
        h = avalanche(h ^ rotate(a ^ c, 7) ^ rotate(b ^ d, 53));
    }
    h += len * K3;
    for (; end - p >= 8; p += 8)
        h = rotate(h ^ mix(K3, load(p)), 27) * K1 + K4;
    if (p < end) {
        memcpy(&last, p, (size_t)(end - p));
        h = rotate(h ^ mix(K4, le64toh(last)), 23) * K2 + K3;
    }
    return avalanche(h);
}
