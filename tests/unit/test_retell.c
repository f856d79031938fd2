/* A sentence told again: its arguments in another order, as other words, and nothing but those. */
#include "core/retell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/strbuf.h"

static const char *twin(void *arg, const char *text)
{
    return text == arg ? "二" : text;
}

/* NULL: refused. The second argument of @again is told as another text. */
static char *tell(const char *again, void *second, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static char *tell(const char *again, void *second, const char *fmt, ...)
{
    struct strbuf sb = STRBUF_INIT;
    struct retell r;
    bool told;
    va_list ap;

    va_start(ap, fmt);
    told = retell_take(&r, fmt, ap) && retell_print(&sb, &r, again, twin, second);
    va_end(ap);
    if (told)
        return strbuf_detach(&sb);
    strbuf_release(&sb);
    return NULL;
}

#define TELLS(WANTED, ...)                 \
    do {                                   \
        char *told = tell(__VA_ARGS__);    \
        assert_non_null(told);             \
        assert_string_equal(told, WANTED); \
        free(told);                        \
    } while (0)

static void test_order(void **state)
{
    (void)state;
    TELLS("b の 3 個中 a", "%3$s の %2$zu 個中 %1$s", NULL, "%s of %zu of %s", "a", (size_t)3, "b");
    TELLS("a 3 b", "%s %zu %s", NULL, "%s/%zu/%s", "a", (size_t)3, "b");
    TELLS("b", "%2$s%1$.0s", NULL, "%s, %s", "a", "b");
    TELLS("100 % of x", "100 %% of %s", NULL, "%s: 100 %%", "x");
    TELLS("no argument", "no argument", NULL, "nothing");
}

static void test_types(void **state)
{
    (void)state;
    TELLS("-1 -2 -3 -4", "%d %ld %lld %i", NULL, "%d %ld %lld %i", -1, -2L, -3LL, -4);
    TELLS("1 2 3 4", "%u %lu %llu %zu", NULL, "%u %lu %llu %zu", 1U, 2UL, 3ULL, (size_t)4);
    TELLS("-9223372036854775808 18446744073709551615", "%1$jd %2$ju", NULL, "%jd %ju", INTMAX_MIN,
          UINTMAX_MAX);
    TELLS("50 0.3 c", "%.0f %.1f %c", NULL, "%.0f %.1f %c", 50.0, 0.25 + 0.01, 'c');
    TELLS("abc", "%2$.*1$s", NULL, "%.*s", 3, "abcdef");
    TELLS("abc", "%.*s", NULL, "%.*s", 3, "abcdef");
}

/* Another text for the same address, not for the same letters. */
static void test_twin(void **state)
{
    char two[] = "two", also[] = "two";

    (void)state;
    TELLS("two/二", "%s/%s", two, "%s/%s", also, two);
    TELLS("tw", "%.2s", two, "%.2s", two);
}

/* Formats of a catalogue that does not fit the program. */
static void test_refused(void **state)
{
    static const char *const bad[] = {
        "%3$s",  "%s %s %s", "%d",   "%1$d %2$s", "%2$zu",  "%n",      "%1$n",
        "%",     "%1$",      "%0$s", "%9999$s",   "%*s",    "%.9999s", "%s %x",
        "%1$hn", "%-5s",     "%.*s", "%2$.*1$s",  "%ls %m",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        char *told = tell(bad[i], NULL, "%s %s", "a", "b");
        if (told)
            fail_msg("'%s' told '%s'", bad[i], told);
        free(told);
    }
    assert_null(tell("x", NULL, "%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s", "", "", "", "", "", "", "",
                     "", "", "", "", "", "", "", "", "", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_twin),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
