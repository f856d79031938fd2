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
    const char *found[FINDINGS_MAX]; /* "severity check", NULL-terminated: must be open */
    const char *mentions;            /* somewhere in the findings; NULL: nothing */
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

SCENARIO(steady, {"steady", 0, 0, {NULL}, NULL})
SCENARIO(multi_edge, {"multi-edge", 0, 0, {NULL}, NULL})
SCENARIO(throttled, {"throttled", 0, 0, {NULL}, NULL})
SCENARIO(prefix_list, {"prefix-list", 0, 0, {NULL}, NULL},
         {"prefix-list", 30, 2, {"critical host-health", "critical edge-health"}, NULL})
SCENARIO(missing_segment, {"missing-segment", 0, 1, {"warning routes-main"}, "192.168.161.0/24"})
SCENARIO(overlap, {"overlap", 0, 2, {"critical cidr-overlap"}, "10.0.10.0/24"})
SCENARIO(expired_token, {"expired-token", 0, 3, {"unknown endpoint-health"}, "aws-tokyo"})
SCENARIO(failover, {"failover", 0, 0, {NULL}, NULL},
         {"failover",
          16,
          2,
          {"critical host-health", "warning routes-main", "warning routes-follow"},
          NULL},
         {"failover", 40, 2, {"critical host-health", "critical routes-follow"}, "custom-02"})

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steady),          cmocka_unit_test(test_multi_edge),
        cmocka_unit_test(test_throttled),       cmocka_unit_test(test_prefix_list),
        cmocka_unit_test(test_missing_segment), cmocka_unit_test(test_overlap),
        cmocka_unit_test(test_expired_token),   cmocka_unit_test(test_failover),
        cmocka_unit_test(test_flaky),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
