#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/hash.h"
#include "core/mem.h"

static void expect_hex(const uint8_t *bytes, const char *want)
{
    char hex[SHA256_HEX];

    hash_hex(bytes, SHA256_BYTES, hex);
    assert_string_equal(hex, want);
}

/* FIPS 180-2 appendix B. */
static void test_sha256(void **state)
{
    (void)state;
    uint8_t out[SHA256_BYTES];

    hash_sha256("abc", 3, out);
    expect_hex(out, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    hash_sha256(NULL, 0, out);
    expect_hex(out, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    hash_sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, out);
    expect_hex(out, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

/* RFC 4231 test cases 1, 2 and 6 (a key longer than a block). */
static void test_hmac_sha256(void **state)
{
    (void)state;
    uint8_t out[SHA256_BYTES], key[131];

    memset(key, 0x0b, 20);
    hash_hmac_sha256(key, 20, "Hi There", 8, out);
    expect_hex(out, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    hash_hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, out);
    expect_hex(out, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, 131);
    hash_hmac_sha256(key, 131, "Test Using Larger Than Block-Size Key - Hash Key First", 54, out);
    expect_hex(out, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    hash_hmac_sha256(NULL, 0, NULL, 0, out);
    expect_hex(out, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

static void test_sha1_hex(void **state)
{
    (void)state;
    char hex[41];

    hash_sha1_hex("abc", 3, hex);
    assert_string_equal(hex, "a9993e364706816aba3e25717850c26c9cd0d89d");
}

static void test_hex(void **state)
{
    (void)state;
    char hex[9];

    hash_hex((const uint8_t *)"\x00\x0f\xa5\xff", 4, hex);
    assert_string_equal(hex, "000fa5ff");
    hash_hex(NULL, 0, hex);
    assert_string_equal(hex, "");
}

/* Lengths and seeds count; nothing else does. */
static void test_fast_depends_on_length_and_seed(void **state)
{
    (void)state;
    static const char text[] = "The active ENI moved and every route table followed, but one.";
    char copy[sizeof(text)];

    memcpy(copy, text, sizeof(text));

    assert_true(hash_fast(text, 61, 5) == hash_fast(copy, 61, 5));
    assert_true(hash_fast(text, 10, 0) != hash_fast(text, 10, 1));
    assert_true(hash_fast("", 0, 0) == hash_fast(NULL, 0, 0));
    assert_true(hash_fast("", 0, 0) != hash_fast("\0", 1, 0));
    assert_true(hash_fast("\0", 1, 0) != hash_fast("\0\0", 2, 0));
}

/* An odd address must give the same value as an even one. */
static void test_fast_ignores_alignment(void **state)
{
    (void)state;
    char buf[200], copy[208];

    for (size_t i = 0; i < sizeof(buf); i++)
        buf[i] = (char)(i * 37);
    for (size_t len = 0; len <= sizeof(buf); len++) {
        uint64_t want = hash_fast(buf, len, 7);
        for (size_t shift = 0; shift < 8; shift++) {
            memcpy(copy + shift, buf, len);
            assert_true(hash_fast(copy + shift, len, 7) == want);
        }
    }
}

static int compare_u64(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* Every single changed bit of every length changes the value, and no two of them collide. */
static void test_fast_sees_every_bit(void **state)
{
    (void)state;
    static uint64_t seen[100 * 101 / 2 * 8 + 101];
    unsigned char buf[100];
    size_t n = 0;

    memset(buf, 0x5a, sizeof(buf));
    for (size_t len = 0; len <= sizeof(buf); len++) {
        seen[n++] = hash_fast(buf, len, 0);
        for (size_t bit = 0; bit < len * 8; bit++) {
            buf[bit / 8] ^= (unsigned char)(1u << bit % 8);
            seen[n++] = hash_fast(buf, len, 0);
            buf[bit / 8] ^= (unsigned char)(1u << bit % 8);
        }
    }
    assert_int_equal(n, ARRAY_SIZE(seen));
    qsort(seen, n, sizeof(seen[0]), compare_u64);
    for (size_t i = 1; i < n; i++)
        assert_true(seen[i] != seen[i - 1]);
}

/* A flipped input bit flips each output bit in about half of the cases. */
static void test_fast_avalanches(void **state)
{
    (void)state;
    static const size_t lengths[] = {4, 8, 13, 31, 32, 40, 100};
    int flips[64];

    for (size_t l = 0; l < ARRAY_SIZE(lengths); l++) {
        unsigned char buf[100];
        int trials = 0;

        memset(flips, 0, sizeof(flips));
        for (uint64_t round = 0; round < 100; round++) {
            for (size_t i = 0; i < lengths[l]; i++)
                buf[i] = (unsigned char)(hash_fast(&round, sizeof(round), i) >> 9);
            uint64_t base = hash_fast(buf, lengths[l], 0);
            for (size_t bit = 0; bit < lengths[l] * 8; bit++, trials++) {
                buf[bit / 8] ^= (unsigned char)(1u << bit % 8);
                uint64_t diff = base ^ hash_fast(buf, lengths[l], 0);
                buf[bit / 8] ^= (unsigned char)(1u << bit % 8);
                for (int i = 0; i < 64; i++)
                    flips[i] += (int)(diff >> i & 1);
            }
        }
        for (int i = 0; i < 64; i++)
            assert_in_range(flips[i], trials * 45 / 100, trials * 55 / 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sha256),
        cmocka_unit_test(test_hmac_sha256),
        cmocka_unit_test(test_sha1_hex),
        cmocka_unit_test(test_hex),
        cmocka_unit_test(test_fast_depends_on_length_and_seed),
        cmocka_unit_test(test_fast_ignores_alignment),
        cmocka_unit_test(test_fast_sees_every_bit),
        cmocka_unit_test(test_fast_avalanches),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
