#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <locale.h>
#include <math.h>
#include <time.h>

#include "core/fmt.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"

static struct strbuf sb = STRBUF_INIT;

static const char *with_i64(void (*fn)(struct strbuf *, int64_t), int64_t v)
{
    strbuf_reset(&sb);
    fn(&sb, v);
    return sb.buf;
}

static int release(void **state)
{
    (void)state;
    strbuf_release(&sb);
    return 0;
}

static void test_bytes(void **state)
{
    (void)state;
    static const struct {
        int64_t v;
        const char *want;
    } cases[] = {
        {0, "0 B"},
        {1023, "1023 B"},
        {1024, "1.0 KiB"},
        {1536, "1.5 KiB"},
        {1048575, "1.0 MiB"}, /* not "1024.0 KiB" */
        {1610612736, "1.5 GiB"},
        {-1536, "-1.5 KiB"},
        {INT64_MAX, "8.0 EiB"},
        {INT64_MIN, "-8.0 EiB"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        assert_string_equal(with_i64(fmt_bytes, cases[i].v), cases[i].want);
}

static void test_duration(void **state)
{
    (void)state;
    static const struct {
        int64_t v;
        const char *want;
    } cases[] = {
        {0, "0ms"},
        {350, "350ms"},
        {999, "999ms"},
        {1000, "1s"},
        {12999, "12s"},
        {59999, "59s"},
        {60000, "1m00s"},
        {185000, "3m05s"},
        {3600000, "1h00m"},
        {7800000, "2h10m"},
        {86400000, "1d00h"},
        {4 * 86400000LL + 3 * 3600000, "4d03h"},
        {-185000, "-3m05s"},
        {INT64_MAX, "106751991167d07h"},
        {INT64_MIN, "-106751991167d07h"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        assert_string_equal(with_i64(fmt_duration, cases[i].v), cases[i].want);
}

static void test_count(void **state)
{
    (void)state;

    assert_string_equal(with_i64(fmt_count, 0), "0");
    assert_string_equal(with_i64(fmt_count, 999), "999");
    assert_string_equal(with_i64(fmt_count, 1000), "1,000");
    assert_string_equal(with_i64(fmt_count, 1234567), "1,234,567");
    assert_string_equal(with_i64(fmt_count, -123456), "-123,456");
    assert_string_equal(with_i64(fmt_count, INT64_MIN), "-9,223,372,036,854,775,808");
}

static const char *real(double d)
{
    strbuf_reset(&sb);
    fmt_real(&sb, d);
    return sb.buf;
}

static void test_real(void **state)
{
    (void)state;
    static const double odd[] = {0.1 + 0.2, 1.0 / 3,  5e-324,  1.7976931348623157e308,
                                 2e-308,    123456.7, 1e21,    9007199254740993.0,
                                 -1.0 / 7,  1e-7,     0x1p-52, 99.9};

    assert_string_equal(real(0), "0");
    assert_string_equal(real(0.1), "0.1");
    assert_string_equal(real(-2.5), "-2.5");
    assert_string_equal(real(100), "100");
    assert_string_equal(real(0.1 + 0.2), "0.30000000000000004");
    assert_string_equal(real(1e300), "1e+300");
    assert_string_equal(real((double)NAN), "null");
    assert_string_equal(real((double)-INFINITY), "null");
    for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
        double back;
        assert_int_equal(text_to_double(real(odd[i]), &back), 0);
        assert_true(back == odd[i]);
    }
}

/* A locale with a decimal comma must not change what machines read. */
static void test_round(void **state)
{
    static const double large = 9007199254740993.0 * 1024;

    (void)state;
    assert_true(fmt_round(0.4) == 0 && fmt_round(0.5) == 1 && fmt_round(1.5) == 2);
    assert_true(fmt_round(-0.4) == 0 && fmt_round(-0.5) == -1 && fmt_round(-2.5) == -3);
    assert_true(fmt_round(large) == large && fmt_round(-large) == -large);
    assert_true(isnan(fmt_round(NAN)) && isinf(fmt_round(INFINITY)));
}

static void test_real_ignores_the_locale(void **state)
{
    (void)state;
    locale_t comma = newlocale(LC_ALL_MASK, "de_DE.UTF-8", (locale_t)0);

    if (!comma)
        skip();
    locale_t before = uselocale(comma);
    const char *s = real(1.5);
    double d = 0;
    int rc = text_to_double("2.5", &d);
    uselocale(before);
    freelocale(comma);
    assert_string_equal(s, "1.5");
    assert_int_equal(rc, 0);
    assert_true(d == 2.5);
}

static void test_age(void **state)
{
    (void)state;
    static const struct {
        int64_t then, now;
        const char *want;
    } cases[] = {
        {0, 0, "0s"},        {0, 12999, "12s"},   {0, 59999, "59s"},
        {0, 60000, "1m"},    {0, 3599999, "59m"}, {0, 3600000, "1h"},
        {0, 86400000, "1d"}, {5000, 0, "0s"},     {INT64_MIN, INT64_MAX, "213503982334d"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        strbuf_reset(&sb);
        fmt_age(&sb, cases[i].then, cases[i].now);
        assert_string_equal(sb.buf, cases[i].want);
    }
}

#define NOV_20_0900 1795165200000 /* 2026-11-20T09:00:00Z */

static void test_time(void **state)
{
    (void)state;

    assert_string_equal(with_i64(fmt_time_iso, NOV_20_0900), "2026-11-20T09:00:00Z");
    assert_string_equal(with_i64(fmt_time_iso, NOV_20_0900 + 7), "2026-11-20T09:00:00.007Z");
    assert_string_equal(with_i64(fmt_time_iso, 0), "1970-01-01T00:00:00Z");
    assert_string_equal(with_i64(fmt_time_iso, -1), "1969-12-31T23:59:59.999Z");
    assert_string_equal(with_i64(fmt_time_iso, 951782400000), "2000-02-29T00:00:00Z");
    assert_true(strlen(with_i64(fmt_time_iso, INT64_MAX)) > 20);
    assert_true(strlen(with_i64(fmt_time_iso, INT64_MIN)) > 20);
}

static void test_time_zones(void **state)
{
    (void)state;

    setenv("TZ", "JST-9", 1);
    tzset();
    strbuf_reset(&sb);
    fmt_time_clock(&sb, NOV_20_0900, true);
    strbuf_addch(&sb, '|');
    fmt_time_clock(&sb, NOV_20_0900, false);
    strbuf_addch(&sb, '|');
    fmt_time_full(&sb, NOV_20_0900, true);
    strbuf_addch(&sb, '|');
    fmt_time_full(&sb, NOV_20_0900, false);
    assert_string_equal(sb.buf,
                        "18:00:00|09:00:00|2026-11-20 18:00:00 JST|2026-11-20 09:00:00 UTC");
    unsetenv("TZ");
    tzset();
}

static void test_parse_duration(void **state)
{
    (void)state;
    static const struct {
        const char *s;
        int64_t want;
    } good[] = {
        {"10m", 600000},
        {"1h30m", 5400000},
        {"250ms", 250},
        {"45", 45000},
        {"0", 0},
        {"3m05s", 185000},
        {"4d03h", 356400000},
        {"1.5s", 1500},
        {"0.5", 500},
        {"1d2h3m4s5ms", 93784005},
        {"9223372036854775807ms", INT64_MAX},
    };
    static const char *const bad[] = {"",
                                      "m",
                                      "-5m",
                                      "5 m",
                                      "30m1h",
                                      "1h30",
                                      "1m1m",
                                      "5min",
                                      "1.s",
                                      ".5s",
                                      "5M",
                                      "1h ",
                                      "5x",
                                      "1..5s",
                                      "9223372036854775808ms",
                                      "106751991168d",
                                      "99999999999999999999"};
    int64_t v;

    for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
        if (fmt_parse_duration(good[i].s, &v) || v != good[i].want)
            fail_msg("'%s'", good[i].s);
    }
    v = 3;
    assert_int_equal(fmt_parse_duration(NULL, &v), -1);
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        if (!fmt_parse_duration(bad[i], &v))
            fail_msg("'%s' was taken", bad[i]);
    }
    assert_int_equal(v, 3);
}

/* What is printed can be read back, and is then less by no more than the part that is not shown. */
static void test_duration_round_trip(void **state)
{
    (void)state;

    for (int64_t ms = 1; ms < INT64_MAX / 3; ms = ms * 2 + 17) {
        int64_t back, lost = ms < 1000 ? 0 : ms < 3600000 ? 999 : ms < 86400000 ? 59999 : 3599999;

        assert_int_equal(fmt_parse_duration(with_i64(fmt_duration, ms), &back), 0);
        assert_true(back <= ms && ms - back <= lost);
    }
}

static void test_parse_bytes(void **state)
{
    (void)state;
    static const struct {
        const char *s;
        int64_t want;
    } good[] = {
        {"4096", 4096},
        {"0", 0},
        {"2GiB", 2147483648},
        {"1.5TB", 1500000000000},
        {"1.5 GiB", 1610612736},
        {"10KB", 10000},
        {"10K", 10240},
        {"64M", 67108864},
        {"7B", 7},
        {"1gib", 1073741824},
        {"0.1KiB", 102},
        {"7EiB", 8070450532247928832},
    };
    static const char *const bad[] = {"",     "GiB",    "-1",  "1 ",    "1  GiB",
                                      "8EiB", "1GiBs",  "1iB", "1..5",  "0x10",
                                      "1e3",  "1.5.5G", "+1",  "1,000", "9223372036854775808"};
    int64_t v;

    for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
        if (fmt_parse_bytes(good[i].s, &v) || v != good[i].want)
            fail_msg("'%s'", good[i].s);
    }
    assert_int_equal(fmt_parse_bytes(NULL, &v), -1);
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        if (!fmt_parse_bytes(bad[i], &v))
            fail_msg("'%s' was taken", bad[i]);
    }
}

static void test_bytes_round_trip(void **state)
{
    (void)state;

    for (int64_t v = 1; v < INT64_MAX / 4; v = v * 3 + 7) {
        int64_t back;

        assert_int_equal(fmt_parse_bytes(with_i64(fmt_bytes, v), &back), 0);
        assert_true(llabs(back - v) <= v / 19 + 1); /* one decimal */
    }
}

static void test_parse_time(void **state)
{
    (void)state;
    static const struct {
        const char *s;
        int64_t want;
    } good[] = {
        {"2026-11-20T09:00:00Z", NOV_20_0900},
        {"2026-11-20T18:00:00+09:00", NOV_20_0900},
        {"2026-11-20T18:00:00+0900", NOV_20_0900},
        {"2026-11-20T18:00:00+09", NOV_20_0900},
        {"2026-11-20T03:30:00-05:30", NOV_20_0900},
        {"2026-11-20 09:00:00Z", NOV_20_0900},
        {"2026-11-20t09:00:00z", NOV_20_0900},
        {"2026-11-20T09:00:00.5Z", NOV_20_0900 + 500},
        {"2026-11-20T09:00:00.123456789Z", NOV_20_0900 + 123},
        {"2026-11-20T09:00:00,007+00:00", NOV_20_0900 + 7},
        {"1969-12-31T23:59:59.999Z", -1},
        {"2000-02-29T00:00:00Z", 951782400000},
        {"2016-12-31T23:59:60Z", 1483228800000},
        {"0001-01-01T00:00:00Z", -62135596800000},
        {"9999-12-31T23:59:59Z", 253402300799000},
    };
    static const char *const bad[] = {
        "",
        "2026-11-20",
        "2026-11-20T09:00:00",
        "2026-11-20T09:00Z",
        "2026-13-20T09:00:00Z",
        "2026-00-20T09:00:00Z",
        "2026-11-31T09:00:00Z",
        "2026-11-00T09:00:00Z",
        "2025-02-29T09:00:00Z",
        "1900-02-29T09:00:00Z",
        "2026-11-20T24:00:00Z",
        "2026-11-20T09:60:00Z",
        "2026-11-20T09:00:61Z",
        "2026-11-20T09:00:00.Z",
        "2026-11-20T09:00:00Zx",
        "2026-11-20T09:00:00+",
        "2026-11-20T09:00:00+9",
        "2026-11-20T09:00:00+24:00",
        "2026-11-20T09:00:00+09:60",
        "2026-11-20T09:00:00+09:00x",
        " 2026-11-20T09:00:00Z",
        "26-11-20T09:00:00Z",
    };
    int64_t v = 5;

    for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
        if (fmt_parse_time(good[i].s, &v) || v != good[i].want)
            fail_msg("'%s'", good[i].s);
    }
    assert_int_equal(fmt_parse_time(NULL, &v), -1);
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        if (!fmt_parse_time(bad[i], &v))
            fail_msg("'%s' was taken", bad[i]);
    }
}

/* Every day of 800 years against the C library, and back again. */
static void test_time_round_trip(void **state)
{
    (void)state;

    for (int64_t ms = -12219292800000; ms < 13000000000000; ms += 86400000 - 1) {
        int64_t back;

        assert_int_equal(fmt_parse_time(with_i64(fmt_time_iso, ms), &back), 0);
        assert_true(back == ms);
    }
}

static void test_parse_http_date(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 GMT ",
        "Xxx, 06 Nov 1994 08:49:37 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nox 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun",
        "Sun, 06 N",
    };
    int64_t v;

    assert_int_equal(fmt_parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT", &v), 0);
    assert_true(v == 784111777000);
    assert_int_equal(fmt_parse_http_date("Fri, 20 Nov 2026 09:00:00 GMT", &v), 0);
    assert_true(v == NOV_20_0900);
    assert_int_equal(fmt_parse_http_date(NULL, &v), -1);
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        if (!fmt_parse_http_date(bad[i], &v))
            fail_msg("'%s' was taken", bad[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_duration),
        cmocka_unit_test(test_count),
        cmocka_unit_test(test_real),
        cmocka_unit_test(test_round),
        cmocka_unit_test(test_real_ignores_the_locale),
        cmocka_unit_test(test_age),
        cmocka_unit_test(test_time),
        cmocka_unit_test(test_time_zones),
        cmocka_unit_test(test_parse_duration),
        cmocka_unit_test(test_duration_round_trip),
        cmocka_unit_test(test_parse_bytes),
        cmocka_unit_test(test_bytes_round_trip),
        cmocka_unit_test(test_parse_time),
        cmocka_unit_test(test_time_round_trip),
        cmocka_unit_test(test_parse_http_date),
    };

    return cmocka_run_group_tests(tests, NULL, release);
}
