/* Findings: the header's verdict, acknowledging, snoozing, and symptoms below their cause. */
#include "tests/support/screen.h"
#include "tests/support/screen_estate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* linked is stale and dc1's nsx is refused: the checks of endpoints find both. */
static struct screen *open_findings(void)
{
    struct screen *s = screen_new(
        &(struct screen_options){.config = screen_config, .view = "findings", .checks = true});

    screen_tables(s, screen_endpoints);
    screen_pass(s, 60000);
    screen_tables(s, screen_endpoints);
    (void)screen_requests(s);
    return s;
}

static void test_verdict(void **state)
{
    struct screen *s = open_findings();

    (void)state;
    SCREEN_HAS(s, "nsx");
    SCREEN_LACKS(s, "ok: no finding is open");
    screen_free(s);
}

static void test_acknowledge(void **state)
{
    struct screen *s = open_findings();
    const char *asked;

    (void)state;
    screen_keys(s, "ａ");
    SCREEN_HAS(s, "Acknowledge");
    screen_keys(s, "交換待ち<Enter>");
    asked = screen_requests(s);
    assert_int_equal(strncmp(asked, "acknowledge finding=", 20), 0);
    assert_non_null(strstr(asked, " text=交換待ち\n"));
    screen_keys(s, "anote<Tab>soon<Enter>");
    SCREEN_HAS(s, "not a duration");
    assert_string_equal(screen_requests(s), "");
    screen_keys(s, "^U30m<Enter>");
    asked = screen_requests(s);
    assert_int_equal(strncmp(asked, "snooze finding=", 15), 0);
    assert_non_null(strstr(asked, " text=note for=1800s\n"));
    screen_keys(s, "a<Esc>");
    assert_string_equal(screen_requests(s), "");
    screen_free(s);
}

static void test_not_a_finding(void **state)
{
    struct screen *s = open_findings();

    (void)state;
    screen_keys(s, ":endpoints<Enter>a");
    SCREEN_HAS(s, "This row is no finding");
    screen_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdict),
        cmocka_unit_test(test_acknowledge),
        cmocka_unit_test(test_not_a_finding),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
