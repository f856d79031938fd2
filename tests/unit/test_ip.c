#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include <arpa/inet.h>

#include "core/ip.h"
#include "core/mem.h"

static struct ip parse(const char *s)
{
    struct ip ip;

    if (ip_parse(s, &ip))
        fail_msg("'%s' was refused", s);
    return ip;
}

static void test_round_trip(void **state)
{
    (void)state;
    static const struct {
        const char *in, *address, *cidr;
    } cases[] = {
        {"10.0.0.1", "10.0.0.1", "10.0.0.1/32"},
        {"0.0.0.0/0", "0.0.0.0", "0.0.0.0/0"},
        {"255.255.255.255", "255.255.255.255", "255.255.255.255/32"},
        {"10.1.2.3/16", "10.1.2.3", "10.1.2.3/16"},
        {"::", "::", "::/128"},
        {"::/0", "::", "::/0"},
        {"2001:DB8:0:0:0:0:0:1", "2001:db8::1", "2001:db8::1/128"},
        {"2001:db8::/32", "2001:db8::", "2001:db8::/32"},
        {"::ffff:10.0.0.1", "::ffff:10.0.0.1", "::ffff:10.0.0.1/128"},
        {"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255/128",
         "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128"},
    };
    char buf[IP_TEXT_MAX];

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct ip ip = parse(cases[i].in);
        assert_string_equal(ip_format_address(&ip, buf), cases[i].address);
        assert_string_equal(ip_format_cidr(&ip, buf), cases[i].cidr);
        struct ip again = parse(buf);
        assert_true(ip_equal(&ip, &again));
    }
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        " 10.0.0.1",
        "10.0.0.1 ",
        "10.0.0",
        "10.0.0.1.2",
        "010.0.0.1",
        "10.0.0.256",
        "10.0.0.-1",
        "0x0a.0.0.1",
        "10.0.0.1/33",
        "10.0.0.1/",
        "10.0.0.1/-1",
        "10.0.0.1/08",
        "10.0.0.1/00",
        "10.0.0.1/8x",
        "10.0.0.1/ 8",
        "10.0.0.1//8",
        "10.0.0.1/-0",
        "10.0.0.0/+8",
        "10.0.0.1/4294967304",
        "fe80::1%eth0",
        "::1%1",
        "2001:db8::/129",
        "2001:db8:::1",
        "1::2::3",
        "12345::",
        "2001:db8",
        "g::1",
        "[::1]",
        "/8",
        "local",
        "1:2:3:4:5:6:7:8:9",
        "::ffff:10.0.0.999",
        "10.0.0.1\n",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:",
    };
    struct ip ip = {9, 9, {9}};

    assert_int_equal(ip_parse(NULL, &ip), -1);
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        if (ip_parse(bad[i], &ip) != -1)
            fail_msg("'%s' was taken", bad[i]);
    }
    assert_int_equal(ip.family, 9); /* a refusal leaves the output alone */
}

/* Texts that are nearly addresses, against inet_pton(). */
static void test_quads(void **state)
{
    static const char *const pieces[] = {"0",        "1",  "10", "255", "256", "01",   "00",
                                         ".",        ".",  ".",  "..",  " ",   "1000", "9",
                                         "192.168.", "-1", "",   "/",   "x"};
    unsigned seed = 9, taken = 0;

    (void)state;
    for (int i = 0; i < 200000; i++) {
        char text[64] = "";
        uint8_t want[4];
        struct ip ip;
        size_t len = 0;

        for (int n = i % 2 ? 7 : rand_r(&seed) % 8; n; n--) {
            const char *p =
                i % 2 && n % 2 == 0 ? "." : pieces[(size_t)rand_r(&seed) % ARRAY_SIZE(pieces)];

            len += (size_t)snprintf(text + len, sizeof(text) - len, "%s", p);
        }
        if (strchr(text, '/'))
            continue;
        bool is = inet_pton(AF_INET, text, want) == 1;
        assert_int_equal(ip_parse(text, &ip) == 0, is);
        if (is) {
            assert_memory_equal(ip.bytes, want, 4);
            assert_int_equal(ip.prefix, 32);
            assert_int_equal(ip.family, 4);
        }
        taken += is;
    }
    assert_true(taken > 100);
}

static void test_contains(void **state)
{
    (void)state;
    static const struct {
        const char *outer, *inner;
        bool contains, overlaps;
    } cases[] = {
        {"10.0.0.0/16", "10.0.255.1", true, true},
        {"10.0.0.0/16", "10.1.0.0", false, false},
        {"10.0.0.0/16", "10.0.0.0/16", true, true},
        {"10.0.0.0/17", "10.0.0.0/16", false, true},
        {"10.0.5.6/16", "10.0.0.0/24", true, true}, /* host bits do not count */
        {"0.0.0.0/0", "255.1.2.3", true, true},
        {"0.0.0.0/0", "::1", false, false},
        {"::/0", "0.0.0.0", false, false},
        {"10.0.0.0/31", "10.0.0.2", false, false},
        {"10.0.0.0/23", "10.0.1.0/24", true, true},
        {"2001:db8::/33", "2001:db8:7fff::", true, true},
        {"2001:db8::/33", "2001:db8:8000::", false, false},
        {"2001:db8::1", "2001:db8::1", true, true},
        {"2001:db8::1", "2001:db8::", false, false},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct ip a = parse(cases[i].outer), b = parse(cases[i].inner);

        assert_int_equal(ip_contains(&a, &b), cases[i].contains);
        assert_int_equal(ip_overlaps(&a, &b), cases[i].overlaps);
        assert_int_equal(ip_overlaps(&b, &a), cases[i].overlaps);
    }
}

static void test_compare_is_numeric(void **state)
{
    (void)state;
    static const char *const ordered[] = {"0.0.0.0/0", "9.0.0.0/8", "10.0.0.0/8", "10.0.0.0/16",
                                          "10.0.0.0",  "10.0.0.9",  "10.0.0.10",  "192.168.0.1",
                                          "::/0",      "::1",       "2001:db8::", "fe80::1"};

    for (size_t i = 0; i < ARRAY_SIZE(ordered); i++) {
        for (size_t j = 0; j < ARRAY_SIZE(ordered); j++) {
            struct ip a = parse(ordered[i]), b = parse(ordered[j]);
            int c = ip_compare(&a, &b);

            assert_int_equal((c > 0) - (c < 0), (i > j) - (i < j));
            assert_int_equal(ip_equal(&a, &b), i == j);
        }
    }
}

static void test_network(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"10.1.2.3/16", "10.1.0.0/16"},
        {"10.1.2.255/31", "10.1.2.254/31"},
        {"10.1.2.3/0", "0.0.0.0/0"},
        {"10.1.2.3/32", "10.1.2.3/32"},
        {"10.1.2.3/13", "10.0.0.0/13"},
        {"2001:db8:ffff::1/33", "2001:db8:8000::/33"},
        {"2001:db8::1/128", "2001:db8::1/128"},
    };
    char buf[IP_TEXT_MAX];

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct ip ip = parse(cases[i][0]), net = ip_network(&ip);
        assert_string_equal(ip_format_cidr(&net, buf), cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),         cmocka_unit_test(test_refused),
        cmocka_unit_test(test_contains),           cmocka_unit_test(test_quads),
        cmocka_unit_test(test_compare_is_numeric), cmocka_unit_test(test_network),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
