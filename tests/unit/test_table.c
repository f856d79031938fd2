/* Cells: order, severity, and the three ways they are printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "core/table.h"

static const struct state_word words[] = {
    {"up", SEV_OK},
    {"down", SEV_CRITICAL},
    {"poweredOn", SEV_NONE},
    {NULL, SEV_NONE},
};

static const struct column text = {.name = "text", .type = CELL_STR};
static const struct column number = {.name = "n", .type = CELL_INT};
static const struct column count = {.name = "n", .type = CELL_INT, .unit = UNIT_COUNT};
static const struct column percent = {.name = "p", .type = CELL_REAL, .unit = UNIT_PERCENT};
static const struct column seconds = {.name = "t_s", .type = CELL_DURATION, .unit = UNIT_S};
static const struct column millis = {.name = "t_ms", .type = CELL_DURATION, .unit = UNIT_MS};
static const struct column bytes = {.name = "b", .type = CELL_BYTES, .unit = UNIT_BYTES};
static const struct column stamp = {.name = "x_at", .type = CELL_TIME};
static const struct column yes_no = {.name = "yes", .type = CELL_BOOL};
static const struct column status = {.name = "status", .type = CELL_STATE, .states = words};
static const struct column address = {.name = "ip", .type = CELL_IP};
static const struct column list = {.name = "list", .type = CELL_LIST};

#define STR(v)   ((struct cell){.type = CELL_STR, .u.s = v})
#define INT(v)   ((struct cell){.type = CELL_INT, .u.i = v})
#define REAL(v)  ((struct cell){.type = CELL_REAL, .u.d = v})
#define MS(v)    ((struct cell){.type = CELL_DURATION, .u.i = v})
#define TIME(v)  ((struct cell){.type = CELL_TIME, .u.i = v})
#define BOOL(v)  ((struct cell){.type = CELL_BOOL, .u.b = v})
#define STATE(v) ((struct cell){.type = CELL_STATE, .u.s = v})
#define LIST(v)  ((struct cell){.type = CELL_LIST, .u.list = &(v)})

/* The cell as people, files and programs get it. */
static void assert_prints(const struct column *col, struct cell c, const char *people,
                          const char *plain, const char *json)
{
    struct strbuf out = STRBUF_INIT;

    cell_format(&out, col, &c);
    assert_string_equal(out.buf, people);
    strbuf_reset(&out);
    cell_plain(&out, col, &c);
    assert_string_equal(out.buf, plain);
    strbuf_reset(&out);
    cell_json(&out, col, &c);
    assert_string_equal(out.buf, json);
    strbuf_release(&out);
}

static void test_absent(void **state)
{
    (void)state;
    assert_prints(&text, cell_absent(), "-", "", "null");
    assert_prints(&count, cell_absent(), "-", "", "null");
    assert_prints(&list, cell_absent(), "-", "", "null");
}

static void test_numbers(void **state)
{
    (void)state;
    assert_prints(&number, INT(-5), "-5", "-5", "-5");
    assert_prints(&number, INT(65535), "65535", "65535", "65535");
    assert_prints(&number, INT(INT64_MIN), "-9223372036854775808", "-9223372036854775808",
                  "-9223372036854775808");
    assert_prints(&count, INT(1234567), "1,234,567", "1234567", "1234567");
    assert_prints(&percent, REAL(12.345), "12.3%", "12.345", "12.345");
    assert_prints(&percent, REAL(0), "0%", "0", "0");
    assert_prints(&bytes, ((struct cell){.type = CELL_BYTES, .u.i = 1610612736}), "1.5 GiB",
                  "1610612736", "1610612736");
    assert_prints(&yes_no, BOOL(true), "yes", "true", "true");
    assert_prints(&yes_no, BOOL(false), "no", "false", "false");
}

static void test_durations(void **state)
{
    (void)state;
    assert_prints(&millis, MS(1500), "1s", "1500", "1500");
    assert_prints(&seconds, MS(185000), "3m05s", "185", "185");
    assert_prints(&seconds, MS(1500), "1s", "1.5", "1.5");
    assert_prints(&seconds, MS(1), "1ms", "0.001", "0.001");
    assert_prints(&seconds, MS(-1050), "-1s", "-1.05", "-1.05");
    assert_prints(&seconds, MS(0), "0ms", "0", "0");
    assert_prints(&seconds, MS(INT64_MIN), "-106751991167d07h", "-9223372036854775.808",
                  "-9223372036854775.808");
}

static void test_times(void **state)
{
    (void)state;
    assert_prints(&stamp, TIME(1795165200000), "2026-11-20T09:00:00Z", "2026-11-20T09:00:00Z",
                  "\"2026-11-20T09:00:00Z\"");
    assert_prints(&stamp, TIME(250), "1970-01-01T00:00:00.250Z", "1970-01-01T00:00:00.250Z",
                  "\"1970-01-01T00:00:00.250Z\"");
}

static void test_text(void **state)
{
    (void)state;
    assert_prints(&text, STR(""), "", "", "\"\"");
    assert_prints(&text, STR("a\"b\\c"), "a\"b\\c", "a\"b\\c", "\"a\\\"b\\\\c\"");
    assert_prints(&text, STR("\xe6\x9d\xb1\xe4\xba\xac"), "\xe6\x9d\xb1\xe4\xba\xac",
                  "\xe6\x9d\xb1\xe4\xba\xac", "\"\xe6\x9d\xb1\xe4\xba\xac\"");
}

/* What acts on a terminal is visible in text and escaped in JSON. */
static void test_hostile_text(void **state)
{
    (void)state;
    assert_prints(&text, STR("a\x1b[31mb\n"), "a\\x1b[31mb\\x0a", "a\\x1b[31mb\\x0a",
                  "\"a\\u001b[31mb\\u000a\"");
    assert_prints(&text, STR("x\x7f"), "x\\x7f", "x\\x7f", "\"x\\u007f\"");
    /* U+009B begins an escape sequence of its own. */
    assert_prints(&text, STR("x\xc2\x9b"), "x\\x9b", "x\\x9b", "\"x\\u009b\"");
    assert_prints(&text, STR("x\xe2\x80\xaey"), "x\\u{202e}y", "x\\u{202e}y", "\"x\\u202ey\"");
    /* Outside the 16-bit range JSON takes two units. */
    assert_prints(&text, STR("x\xf3\xa0\x81\x81"), "x\\u{e0041}", "x\\u{e0041}",
                  "\"x\\udb40\\udc41\"");
    assert_prints(&text, STR("x\xff\xfe"), "x\xef\xbf\xbd\xef\xbf\xbd", "x\xef\xbf\xbd\xef\xbf\xbd",
                  "\"x\xef\xbf\xbd\xef\xbf\xbd\"");
}

static void test_addresses(void **state)
{
    struct ip v4, v6;

    (void)state;
    assert_int_equal(ip_parse("10.2.0.1/16", &v4), 0);
    assert_int_equal(ip_parse("2001:DB8::1", &v6), 0);
    assert_prints(&address, ((struct cell){.type = CELL_CIDR, .u.ip = &v4}), "10.2.0.1/16",
                  "10.2.0.1/16", "\"10.2.0.1/16\"");
    assert_prints(&address, ((struct cell){.type = CELL_IP, .u.ip = &v6}), "2001:db8::1",
                  "2001:db8::1", "\"2001:db8::1\"");
}

static void test_lists(void **state)
{
    static const char *const items[] = {"a", "b\n", "c\"d"};
    const struct cell_list three = {3, items}, none = {0, NULL};

    (void)state;
    assert_prints(&list, LIST(three), "a b\\x0a c\"d", "a b\\x0a c\"d",
                  "[\"a\",\"b\\u000a\",\"c\\\"d\"]");
    /* Empty is known to be empty, absent is not known. */
    assert_prints(&list, LIST(none), "", "", "[]");
}

static void test_severity(void **state)
{
    struct cell c = STATE("down");

    (void)state;
    assert_int_equal(cell_severity(&status, &c), SEV_CRITICAL);
    c = STR("frobnicating");
    assert_int_equal(cell_severity(&status, &c), SEV_UNKNOWN);
    c = STATE("poweredOn");
    assert_int_equal(cell_severity(&status, &c), SEV_NONE);
    c = cell_absent();
    assert_int_equal(cell_severity(&status, &c), SEV_NONE);
    c = STR("down");
    assert_int_equal(cell_severity(&text, &c), SEV_NONE);
    assert_string_equal(severity_name(SEV_WARNING), "warning");
    assert_string_equal(severity_name(SEV_NONE), "");
}

static void test_words_ignore_case(void **state)
{
    (void)state;
    assert_string_equal(column_state(&status, "DOWN")->word, "down");
    assert_string_equal(column_state(&status, "poweredon")->word, "poweredOn");
    assert_null(column_state(&status, "downs"));
    assert_null(column_state(&status, NULL));
    assert_null(column_state(&text, "down"));
}

/* ---- order -------------------------------------------------------------------------------- */

static int sign(int v)
{
    return (v > 0) - (v < 0);
}

/* @cells ascend strictly; every pair is compared in both directions. */
static void assert_ascending(const struct cell *cells, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            assert_int_equal(sign(cell_compare(&cells[i], &cells[j])), (i > j) - (i < j));
            assert_int_equal(cell_equal(&cells[i], &cells[j]), i == j);
        }
    }
}

static void test_order(void **state)
{
    static const char *const a[] = {"a"}, *const ab[] = {"a", "b"}, *const b[] = {"b"};
    const struct cell_list none = {0, NULL}, la = {1, a}, lab = {2, ab}, lb = {1, b};
    const struct cell texts[] = {STR(""),  STR("B"),        STR("a"),
                                 STR("b"), STR("\xc3\xa9"), cell_absent()};
    const struct cell ints[] = {INT(INT64_MIN), INT(-1),        INT(0),       INT(9),
                                INT(10),        INT(INT64_MAX), cell_absent()};
    const struct cell reals[] = {REAL(-0.5), REAL(0), REAL(9.5), REAL(10), cell_absent()};
    const struct cell bools[] = {BOOL(false), BOOL(true), cell_absent()};
    const struct cell lists[] = {LIST(none), LIST(la), LIST(lab), LIST(lb), cell_absent()};
    const struct cell mixed[] = {STR("zzz"), INT(1), BOOL(false), cell_absent()};

    (void)state;
    assert_ascending(texts, ARRAY_SIZE(texts));
    assert_ascending(ints, ARRAY_SIZE(ints));
    assert_ascending(reals, ARRAY_SIZE(reals));
    assert_ascending(bools, ARRAY_SIZE(bools));
    assert_ascending(lists, ARRAY_SIZE(lists));
    assert_ascending(mixed, ARRAY_SIZE(mixed));
}

static void test_addresses_sort_as_numbers(void **state)
{
    static const char *const ascending[] = {"9.0.0.1",     "10.0.0.0/8", "10.0.0.0/16",
                                            "10.0.0.9/32", "10.0.0.10",  "2001:db8::"};
    struct cell cells[ARRAY_SIZE(ascending) + 1];
    struct ip ips[ARRAY_SIZE(ascending)];

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(ascending); i++) {
        assert_int_equal(ip_parse(ascending[i], &ips[i]), 0);
        cells[i] = (struct cell){.type = CELL_CIDR, .u.ip = &ips[i]};
    }
    cells[ARRAY_SIZE(ascending)] = cell_absent();
    assert_ascending(cells, ARRAY_SIZE(cells));
}

static void test_size(void **state)
{
    (void)state;
    assert_int_equal(sizeof(struct cell), 16);
}

/* Wherever a character stands, it is written as it is alone. */
static void test_json_text_everywhere(void **state)
{
    static const char plain[] = "abcdefghijklmnopqrst";
    struct strbuf alone = STRBUF_INIT, got = STRBUF_INIT, want = STRBUF_INIT;

    (void)state;
    for (unsigned c = 1; c < 0x80; c++) {
        char one[] = {(char)c, '\0'};

        strbuf_reset(&alone);
        json_text(&alone, one);
        for (size_t at = 0; at < sizeof(plain) - 1; at++) {
            char all[sizeof(plain)];

            memcpy(all, plain, sizeof(plain));
            all[at] = (char)c;
            strbuf_reset(&got);
            json_text(&got, all);
            strbuf_reset(&want);
            strbuf_addf(&want, "\"%.*s%.*s%s\"", (int)at, plain, (int)alone.len - 2, alone.buf + 1,
                        plain + at + 1);
            assert_string_equal(got.buf, want.buf);
        }
    }
    strbuf_release(&alone);
    strbuf_release(&got);
    strbuf_release(&want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_absent),    cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_durations), cmocka_unit_test(test_times),
        cmocka_unit_test(test_text),      cmocka_unit_test(test_hostile_text),
        cmocka_unit_test(test_addresses), cmocka_unit_test(test_lists),
        cmocka_unit_test(test_severity),  cmocka_unit_test(test_words_ignore_case),
        cmocka_unit_test(test_order),     cmocka_unit_test(test_addresses_sort_as_numbers),
        cmocka_unit_test(test_size),      cmocka_unit_test(test_json_text_everywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
