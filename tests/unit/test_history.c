/* What survives a restart, and what damaged files do: be counted, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/jsonq.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "model/history.h"
#include "model/since.h"
#include "tests/support/model_case.h"

#define EDGES(status) "table edges dc1/nsx ok 0s\nedge_id edge status\ne1 edge-01 " status "\n"

static void test_since_survives(void **state)
{
    struct strbuf history = STRBUF_INIT;
    struct model_case a, b;

    (void)state;
    model_case_init(&a, NULL);
    model_case_feed(&a, EDGES("up"));
    model_case_expect(a.estate, "nobody saw it begin", "edges", "since_at", "-\n");
    a.now += 5000;
    model_case_feed(&a, EDGES("down"));
    model_case_expect(a.estate, "seen", "edges", "since_at", "2026-11-20T09:00:05Z\n");
    model_history_take(a.model, &history);
    model_case_init(&b, NULL);
    assert_int_equal(model_history_load(b.model, history.buf, history.len, a.now), 0);
    b.now = a.now + 86400000;
    model_case_feed(&b, EDGES("down"));
    model_case_expect(b.estate, "a day later", "edges", "since_at", "2026-11-20T09:00:05Z\n");
    model_case_expect(b.estate, "a day later", "timeline", "kind from to", "edge_status up down\n");
    model_case_release(&a);
    model_case_release(&b);
    strbuf_release(&history);
}

/* Every line is an object of the stated version, and taking twice takes once. */
static void test_lines(void **state)
{
    struct strbuf history = STRBUF_INIT;
    struct model_case c;
    unsigned lines = 0;

    (void)state;
    model_case_init(&c, NULL);
    model_case_feed(&c, "table edges dc1/nsx ok 0s\nedge_id edge status\ne1 エッジ up\n");
    c.now += 1000;
    model_case_feed(&c, "table edges dc1/nsx ok 0s\nedge_id edge status\ne1 エッジ down\n");
    model_history_take(c.model, &history);
    for (char *save = NULL, *l = strtok_r(history.buf, "\n", &save); l;
         l = strtok_r(NULL, "\n", &save)) {
        struct json_object *o = jsonq_parse(l, strlen(l), NULL);
        int64_t version = 0;
        assert_non_null(o);
        assert_true(jsonq_int(o, "v", &version));
        assert_int_equal(version, HISTORY_VERSION);
        assert_non_null(jsonq_str(o, "type"));
        json_object_put(o);
        lines++;
    }
    assert_int_equal(lines, 4); /* since up, seen, since down, timeline */
    strbuf_reset(&history);
    model_history_take(c.model, &history);
    assert_int_equal(history.len, 0);
    strbuf_release(&history);
    model_case_release(&c);
}

static const struct {
    const char *line;
    unsigned bad;
} damaged[] = {
    {"", 0},
    {"\n\n\n", 0},
    {"{\"v\":1,\"type\":\"seen\",\"at\":1795165200000}\n", 0},
    {"{\"v\":1,\"type\":\"seen\",\"at\":1795165200000}", 0}, /* the last line has no end */
    {"{\"v\":1,\"type\":\"seen\",\"at\":17951", 1},
    {"{\"v\":2,\"type\":\"seen\",\"at\":1795165200000}\n", 1},
    {"{\"type\":\"seen\",\"at\":1795165200000}\n", 1},
    {"{\"v\":1,\"type\":\"weather\"}\n", 1},
    {"{\"v\":1,\"type\":\"seen\"}\n", 1},
    {"{\"v\":1,\"type\":\"seen\",\"at\":-5}\n", 1},
    {"null\n[]\n7\n\"x\"\n{}\n", 5},
    {"{\"v\":1,\"type\":\"since\",\"site\":\"dc1\",\"kind\":\"edge\"}\n", 1},
    {"{\"v\":1,\"type\":\"since\",\"site\":\"gone\",\"kind\":\"edge\"}\n", 0},
    {"{\"v\":1,\"type\":\"since\",\"kind\":\"edge\"}\n", 1},
    {"{\"v\":1,\"type\":\"since\",\"site\":\"dc1\",\"kind\":{},\"key\":[],\"state\":null}\n", 1},
    {"{\"v\":1,\"type\":\"timeline\",\"site\":\"dc1\",\"id\":\"x\"}\n", 1},
    {"{\"v\":1,\"type\":\"timeline\",\"site\":\"dc1\",\"id\":\"x\",\"kind\":\"k\",\"at\":0}\n", 1},
    {"\xff\xfe\x00garbage\n", 1},
};

static void test_damaged(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(damaged); i++) {
        struct model_case c;
        model_case_init(&c, NULL);
        unsigned bad = model_history_load(c.model, damaged[i].line, strlen(damaged[i].line), c.now);
        if (bad != damaged[i].bad)
            fail_msg("'%s': %u bad lines, not %u", damaged[i].line, bad, damaged[i].bad);
        model_case_feed(&c, EDGES("up"));
        model_case_release(&c);
    }
}

/* Cut anywhere: whole lines count, the rest is one bad line at most. */
static void test_truncated(void **state)
{
    struct strbuf history = STRBUF_INIT;
    struct model_case a, b;

    (void)state;
    model_case_init(&a, NULL);
    model_case_feed(&a, EDGES("up"));
    a.now += 5000;
    model_case_feed(&a, EDGES("down"));
    model_history_take(a.model, &history);
    for (size_t len = 0; len <= history.len; len++) {
        model_case_init(&b, NULL);
        assert_true(model_history_load(b.model, history.buf, len, a.now) <= 1);
        model_case_release(&b);
    }
    model_case_release(&a);
    strbuf_release(&history);
}

static void test_long_line(void **state)
{
    struct strbuf line = STRBUF_INIT;
    struct model_case c;

    (void)state;
    strbuf_addstr(&line, "{\"v\":1,\"type\":\"seen\",\"at\":1,\"x\":\"");
    strbuf_addchars(&line, 'x', HISTORY_LINE_MAX);
    strbuf_addstr(&line, "\"}\n");
    model_case_init(&c, NULL);
    assert_int_equal(model_history_load(c.model, line.buf, line.len, c.now), 1);
    model_case_release(&c);
    strbuf_release(&line);
}

/* ---- since --------------------------------------------------------------------------------------
 */

static void test_since(void **state)
{
    struct since *s = since_new();
    struct since_record r = {0};

    (void)state;
    assert_false(since_find(s, "a", "edge", "k", &r));
    assert_false(since_see(s, "a", "edge", "k", "up", 100, NULL));
    assert_true(since_find(s, "a", "edge", "k", &r));
    assert_int_equal(r.at, 0);
    assert_false(since_see(s, "a", "edge", "k", "up", 200, NULL));
    assert_true(since_see(s, "a", "edge", "k", "down", 300, &r));
    assert_string_equal(r.state, "up");
    assert_int_equal(r.seen, 200);
    assert_true(since_find(s, "a", "edge", "k", &r));
    assert_int_equal(r.at, 300);
    assert_false(since_find(s, "a", "edge", "other", &r));
    assert_false(since_find(s, "b", "edge", "k", &r));
    assert_true(since_next_dirty(s, &r));
    assert_string_equal(r.state, "down");
    assert_false(since_next_dirty(s, &r));
    since_free(s);
}

static void test_since_limit(void **state)
{
    struct since *s = since_new();
    struct since_record r;
    char key[32];

    (void)state;
    for (unsigned i = 0; i < SINCE_MAX + 3; i++) {
        (void)snprintf(key, sizeof(key), "%u", i);
        since_see(s, "a", "edge", key, "up", 1, NULL);
    }
    assert_int_equal(since_overflow(s), 3);
    assert_false(since_find(s, "a", "edge", "50002", &r));
    since_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_since_survives), cmocka_unit_test(test_lines),
        cmocka_unit_test(test_damaged),        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_long_line),      cmocka_unit_test(test_since),
        cmocka_unit_test(test_since_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
