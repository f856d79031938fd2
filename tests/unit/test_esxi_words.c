/* Words of a line by windows of 64 bytes, and addresses in slices, against the plain ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/esxi/words.h"
#include "core/arena.h"
#include "core/mem.h"

#define LINES 20000
#define LONG  300
#define WORDS 24

static uint64_t seed = 0x2545f4914f6cdd1d;

static unsigned dice(unsigned below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)((seed >> 11) % below);
}

/* In memory that ends where the line does: a byte too many is seen. */
static void judge_words(const char *text, size_t len)
{
    struct slice words[WORDS];
    char *line = malloc(len ? len : 1);
    size_t max = 1 + dice(WORDS), n;

    assert_non_null(line);
    memcpy(line, text, len);
    struct scan s = {line, line + len};
    n = slice_words((struct slice){line, len}, words, max);
    for (size_t i = 0; i < n; i++) {
        struct slice want = scan_word(&s);
        assert_ptr_equal(words[i].p, want.p);
        assert_int_equal(words[i].len, want.len);
    }
    if (n < max)
        assert_int_equal(scan_word(&s).len, 0);
    free(line);
}

static void test_words(void **state)
{
    static const char letters[] = "ab1(:\xc3\xa9\n\r\v";
    char text[LONG];

    (void)state;
    for (int i = 0; i < LINES; i++) {
        size_t len = dice(dice(2) ? 70 : LONG);
        unsigned blanks = 2 + dice(30);

        for (size_t k = 0; k < len; k++)
            text[k] = dice(blanks) == 0 ? " \t"[dice(2)] : letters[dice(sizeof(letters))];
        judge_words(text, len);
    }
    judge_words("", 0);
}

static const char *const addresses[] = {
    "10.0.0.1",     "255.255.255.255", "0.0.0.0",     "10.0.0.256", "10.0.0.01",
    "10.0.0",       "10.0.0.",         "10..0.1",     ".0.0.1",     "10.0.0.1:",
    "10.0.0.1234",  "1000.0.0.1",      "x",           "",           "10.0.0.1.5",
    "10.0.0.1:ssh", "2001:db8::1",     "10.0.0.1/24", "10.0.0.12 ",
};

static void test_quads(void **state)
{
    struct arena *a = arena_new(0);
    struct interns *t = interns_new(a);

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
        size_t len = strlen(addresses[i]);
        const char *text;
        struct ip want;
        uint32_t quad;
        bool is = ip_parse(addresses[i], &want) == 0;
        char *exact = mem_strndup(addresses[i], len);
        const struct ip *got = interns_ip(t, (struct slice){exact, len}, &text);

        assert_int_equal(got != NULL, is);
        if (is)
            assert_true(ip_equal(got, &want));
        else
            assert_string_equal(text, addresses[i]);
        assert_int_equal(slice_quad((struct slice){exact, len}, &quad) == len && len,
                         is && want.family == 4 && !strchr(addresses[i], '/'));
        free(exact);
    }
    interns_free(t);
    arena_free(a);
}

static void test_beginnings(void **state)
{
    static const struct {
        const char *text;
        size_t len;
    } begins[] = {{"10.0.0.1:ssh(22)", 8}, {"10.0.0.1.5", 8},   {"10.0.0.1/24", 8},
                  {"10.0.0.1234", 0},      {"10.0.0.255x", 10}, {"10.0.0.2555", 0}};
    uint32_t quad;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(begins); i++)
        assert_int_equal(slice_quad((struct slice){begins[i].text, strlen(begins[i].text)}, &quad),
                         begins[i].len);
}

/* More addresses than are remembered: each is what it was. */
static void test_many_quads(void **state)
{
    struct arena *a = arena_new(0);
    struct interns *t = interns_new(a);

    (void)state;
    assert_ptr_equal(interns_quad(t, 0), interns_quad(t, 0));
    for (uint32_t i = 0; i < 20000; i++) {
        uint32_t quad = i * 2654435761u;
        const uint8_t *b = interns_quad(t, quad)->bytes;

        assert_int_equal((uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3],
                         quad);
    }
    interns_free(t);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_quads),
        cmocka_unit_test(test_beginnings),
        cmocka_unit_test(test_many_quads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
