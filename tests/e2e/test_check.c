/* check against every scenario of the lab: the findings that must be there, those that must not,
 * and the exit status. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "tests/support/e2e.h"

#define FINDINGS_MAX 6

struct expectation {
    const char *scenario;
    int advance_s; /* of the scenario, before the check */
    int status;
    const char *found[FINDINGS_MAX];  /* "severity check", NULL-terminated: must be open */
    const char *absent[FINDINGS_MAX]; /* checks that must find nothing */
    const char *mentions;             /* somewhere in the findings; NULL: nothing */
};

static void describe(struct json_object *rows, struct strbuf *out)
{
    for (size_t i = 0; i < jsonq_count(rows); i++) {
        struct json_object *f = jsonq_item(rows, i);
        const char *severity = jsonq_str(f, "severity"), *state = jsonq_str(f, "state");
        if (severity && strcmp(severity, "ok") != 0 && (!state || strcmp(state, "open") == 0))
            strbuf_addf(out, "%s %s [%s]: %s\n", severity, jsonq_str(f, "check"),
                        jsonq_str(f, "subject"), jsonq_str(f, "summary"));
    }
}

static void judge(const struct expectation *x, const struct child_result *r)
{
    struct json_object *doc = e2e_json(r);
    struct strbuf found = STRBUF_INIT;

    strbuf_addch(&found, '\n');
    describe(e2e_rows(doc, "findings"), &found);
    if (r->status != x->status)
        fail_msg("'%s' after %d s: exit status %d, not %d:%s%s", x->scenario, x->advance_s,
                 r->status, x->status, found.buf, r->err.buf);
    for (size_t i = 0; i < FINDINGS_MAX && x->found[i]; i++) {
        char *line = mem_printf("\n%s ", x->found[i]);
        if (!strstr(found.buf, line))
            fail_msg("'%s' after %d s: no '%s' in:%s", x->scenario, x->advance_s, x->found[i],
                     found.buf);
        free(line);
    }
    for (size_t i = 0; i < FINDINGS_MAX && x->absent[i]; i++) {
        char *check = mem_printf(" %s [", x->absent[i]);
        if (strstr(found.buf, check))
            fail_msg("'%s' after %d s: '%s' should be silent:%s", x->scenario, x->advance_s,
                     x->absent[i], found.buf);
        free(check);
    }
    if (x->mentions && !strstr(r->out.buf, x->mentions))
        fail_msg("'%s': '%s' is not mentioned in:%s", x->scenario, x->mentions, found.buf);
    strbuf_release(&found);
    json_object_put(doc);
}

static void expect(const struct expectation *x)
{
    struct child_result r;
    struct e2e e;

    e2e_start(&e, x->scenario, NULL);
    if (x->advance_s)
        e2e_advance(&e, x->advance_s);
    e2e_hycon(&e, &r, "check", "-o", "json", "--timeout", "40", NULL);
    judge(x, &r);
    child_release(&r);
    e2e_stop(&e);
}

#define SCENARIO(name, ...)                                  \
    static void test_##name(void **state)                    \
    {                                                        \
        static const struct expectation x[] = {__VA_ARGS__}; \
        (void)state;                                         \
        for (size_t i = 0; i < ARRAY_SIZE(x); i++)           \
            expect(&x[i]);                                   \
    }

SCENARIO(steady, {"steady", .status = 0})
SCENARIO(multi_edge, {"multi-edge", .status = 0})
/* Too many requests: asked again later, and nothing is missing. */
SCENARIO(throttled, {"throttled", .status = 0})
SCENARIO(missing_segment, {"missing-segment", .status = 2, .found = {"critical routes-main"},
                           .mentions = "192.168.161.0/24"})
SCENARIO(overlap,
         {"overlap", .status = 2, .found = {"critical cidr-overlap"}, .mentions = "10.0.10.0/24"})

/* In managed prefix list mode AWS follows by itself: only the host is to be replaced. */
SCENARIO(prefix_list, {"prefix-list", .status = 0},
         {"prefix-list", .advance_s = 30, .status = 2,
          .found = {"critical host-health", "critical edge-health"},
          .absent = {"routes-follow", "one-active-eni", "routes-main", "routes-blackhole"},
          .mentions = "esx-1"})

/* Before; while the routes follow, which is no fault yet; and when one table never did. */
SCENARIO(failover, {"failover", .status = 0},
         {"failover", .advance_s = 16, .status = 2,
          .found = {"critical host-health", "warning routes-main", "warning routes-follow",
                    "warning one-active-eni"},
          .mentions = "eni-0f38bb6ddacab0004"},
         {"failover", .advance_s = 40, .status = 2,
          .found = {"critical host-health", "critical routes-follow"},
          .absent = {"one-active-eni", "routes-blackhole"}, .mentions = "custom-02"})

/* What cannot be read is not judged, and the one cause is named. */
SCENARIO(expired_token, {"expired-token", .status = 3,
                         .found = {"unknown endpoint-health", "unknown routes-follow"},
                         .mentions = "ended the session"})

/* A reply that was cut says nothing about the estate: nothing or unknown, never an alarm. */
static void test_flaky(void **state)
{
    struct strbuf found = STRBUF_INIT;
    struct child_result r;
    struct e2e e;
    (void)state;

    e2e_start(&e, "flaky", NULL);
    e2e_hycon(&e, &r, "check", "-o", "json", "--timeout", "40", NULL);
    struct json_object *doc = e2e_json(&r);
    strbuf_addch(&found, '\n');
    describe(e2e_rows(doc, "findings"), &found);
    if ((r.status != 0 && r.status != 3) || strstr(found.buf, "\nwarning ") ||
        strstr(found.buf, "\ncritical "))
        fail_msg("exit status %d:%s%s", r.status, found.buf, r.err.buf);
    json_object_put(doc);
    strbuf_release(&found);
    child_release(&r);
    e2e_stop(&e);
}

/* 20 checks that could not look hang below the endpoint that is the cause. */
static void test_one_cause(void **state)
{
    struct child_result r;
    struct e2e e;
    (void)state;

    e2e_start(&e, "expired-token", NULL);
    e2e_expect(&e, &r, 3, "check", NULL);
    size_t causes = 0, symptoms = 0;
    for (const char *line = r.out.buf; line; line = strchr(line + 1, '\n')) {
        causes += strncmp(line + (*line == '\n'), "UNKNOWN ", 8) == 0;
        symptoms += strncmp(line, "\n  unknown:", 11) == 0 && strstr(line, "routes-follow");
    }
    if (causes != 1 || symptoms != 1)
        fail_msg("%zu causes, %zu lines of symptoms in:\n%s", causes, symptoms, r.out.buf);
    assert_non_null(strstr(r.out.buf, "\n1 unknown, "));
    assert_non_null(strstr(r.err.buf, "aws-tokyo"));
    child_release(&r);
    e2e_stop(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steady),          cmocka_unit_test(test_multi_edge),
        cmocka_unit_test(test_throttled),       cmocka_unit_test(test_prefix_list),
        cmocka_unit_test(test_missing_segment), cmocka_unit_test(test_overlap),
        cmocka_unit_test(test_expired_token),   cmocka_unit_test(test_failover),
        cmocka_unit_test(test_flaky),           cmocka_unit_test(test_one_cause),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
