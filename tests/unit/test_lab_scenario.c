#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/err.h"
#include "tests/lab/scenario.h"

static struct lab_scenario *parse(const char *text, struct err *err)
{
    return lab_scenario_parse(text, strlen(text), "s.yaml", err);
}

static void test_whole(void **state)
{
    struct err err;
    struct lab_scenario *s = parse("name: x\n"
                                   "about: one line\n"
                                   "estate: {hosts: 4, tables: 3}\n"
                                   "config: {intervals: {enis: 2s}, thresholds: {converge: 9s}}\n"
                                   "start:\n"
                                   "  - {do: fail-host, site: tokyo, host: esx-1}\n"
                                   "steps:\n"
                                   "  - at: 1s\n"
                                   "    caption: {en: Hello, ja: 東京}\n"
                                   "  - at: 2500ms\n"
                                   "    do: [{do: move-edge, site: tokyo}, {do: clear-faults}]\n"
                                   "length: 10s\n",
                                   &err);
    const struct lab_step *step;

    (void)state;
    assert_non_null(s);
    assert_string_equal(s->name, "x");
    assert_string_equal(lab_pairs_get(&s->estate, "tables"), "3");
    assert_string_equal(lab_pairs_get(&s->intervals, "enis"), "2s");
    assert_string_equal(lab_pairs_get(&s->thresholds, "converge"), "9s");
    assert_int_equal(s->start.n, 1);
    assert_string_equal(lab_pairs_get(s->start.at[0], "host"), "esx-1");
    assert_int_equal(s->steps.n, 2);
    step = s->steps.at[0];
    assert_int_equal(step->at_ms, 1000);
    assert_string_equal(step->caption_ja, "東京");
    step = s->steps.at[1];
    assert_int_equal(step->at_ms, 2500);
    assert_null(step->caption_en);
    assert_int_equal(step->actions.n, 2);
    assert_string_equal(lab_pairs_get(step->actions.at[1], "do"), "clear-faults");
    assert_int_equal(s->length_ms, 10000);
    lab_scenario_free(s);
}

static void test_shortest(void **state)
{
    struct err err;
    struct lab_scenario *s = parse("name: x\nsteps: [{at: 7s}]\n", &err);

    (void)state;
    assert_non_null(s);
    assert_int_equal(s->length_ms, 7000);
    lab_scenario_free(s);
}

static void test_errors_name_the_place(void **state)
{
    static const struct {
        const char *text, *message;
    } bad[] = {
        {"", "s.yaml:1:1: the file is empty"},
        {"about: x\n", "s.yaml:1:1: a scenario needs a name"},
        {"name: x\nsetps: []\n", "s.yaml:2:1: unknown key 'setps'"},
        {"name: x\nsteps:\n  - at: soon\n", "s.yaml:3:9: expected a duration, not 'soon'"},
        {"name: x\nsteps:\n  - do: []\n", "s.yaml:3:5: a step needs the key 'at'"},
        {"name: x\nsteps: [{at: 2s}, {at: 1s}]\n",
         "s.yaml:2:19: steps must be in order of time: 'at'"},
        {"name: x\nstart: [{site: tokyo}]\n", "s.yaml:2:9: an action needs the key 'do'"},
        {"name: x\nestate: 5\n", "s.yaml:2:9: expected a mapping, not '5'"},
        {"name: x\nstart: {do: x}\n", "s.yaml:2:8: expected a list, not 'a mapping'"},
        {"name: x\nsteps: [{at: 1s, caption: {fr: x}}]\n", "s.yaml:2:28: unknown key 'fr'"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct err err = {ERR_NONE, 0, ""};

        assert_null(parse(bad[i].text, &err));
        assert_string_equal(err.msg, bad[i].message);
        assert_int_equal(err.kind, ERR_CONFIG);
    }
}

static void test_broken_yaml(void **state)
{
    struct err err;

    (void)state;
    assert_null(parse("name: [x\n", &err));
    assert_memory_equal(err.msg, "s.yaml:", 7);
}

static void test_every_name_is_found(void **state)
{
    struct err err;
    struct lab_scenario *s = lab_scenario_load("demo", &err);

    (void)state;
    assert_non_null(s);
    assert_string_equal(s->name, "demo");
    lab_scenario_free(s);
    assert_null(lab_scenario_load("no-such-scenario", &err));
    assert_string_equal(err.msg, "there is no scenario 'no-such-scenario'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_shortest),
        cmocka_unit_test(test_errors_name_the_place),
        cmocka_unit_test(test_broken_yaml),
        cmocka_unit_test(test_every_name_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
