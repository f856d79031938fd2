/* "never" of the issue: a bare "HTTP 403". Every kind that speaks HTTP has a sentence for every
 * refusal, with a body and without: who or what was refused, not the number alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collectors/session.h"
#include "core/mem.h"

static const char config_text[] =
    "sites: [{name: s, endpoints: [\n"
    "{name: nsx, kind: nsx, url: \"https://m/\", user: op, password: {env: P}},\n"
    "{name: nsxv, kind: nsxv, url: \"https://m/\", user: op, password: {env: P}},\n"
    "{name: vmc, kind: vmc, url: \"https://m/\", csp_url: \"https://c/\", org: o, sddc: d, "
    "token: {env: P}},\n"
    "{name: aws, kind: aws, region: r},\n"
    "{name: vcenter, kind: vcenter, url: \"https://m/\", user: op, password: {env: P}},\n"
    "{name: replication, kind: replication, url: \"https://m/\", user: op, password: {env: "
    "P}}]}]\n";

static const int statuses[] = {301, 400, 401, 403, 404, 405, 409, 429, 500, 502, 503, 504, 599};
static const char *const bodies[] = {
    "",
    "<html><h1>Forbidden</h1></html>",
    "{}",
    "{\"error_message\":\"\"}",
    "<Response><Errors><Error><Code></Code></Error></Errors></Response>",
    "not a document",
};

static const char *no_header(const struct reply *r, const char *name)
{
    (void)r;
    (void)name;
    return NULL;
}

/* A sentence has words besides the status: three of three letters or more. */
static bool is_sentence(const char *msg)
{
    unsigned words = 0;

    while (*msg) {
        size_t n = strcspn(msg, " ");
        size_t letters = 0;

        for (size_t i = 0; i < n; i++)
            letters += (msg[i] >= 'a' && msg[i] <= 'z') || (msg[i] >= 'A' && msg[i] <= 'Z');
        words += letters >= 3 && strncmp(msg, "HTTP", 4) != 0 && strncmp(msg, "status", 6) != 0;
        msg += n;
        msg += strspn(msg, " ");
    }
    return words >= 3;
}

static void judge(struct session *s, const char *kind, int status, const char *body)
{
    const struct request asked = {.method = "GET", .path = "/x", .label = "segments"};
    const struct reply reply = {.status = status,
                                .body = body,
                                .len = strlen(body),
                                .hash = 1,
                                .taken_at = 1795165200000,
                                .header = no_header};
    struct err err = {0};

    s->now = reply.taken_at;
    if (s->ops->judge(s, &asked, &reply, &err) == VERDICT_OK)
        fail_msg("%s: status %d is taken for good with '%s'", kind, status, body);
    if (!is_sentence(err.msg))
        fail_msg("%s: '%s' is all that is said of status %d with '%s'", kind, err.msg, status,
                 body);
}

static void every_refusal_is_a_sentence(void **state)
{
    struct err err = {0};
    struct config *c = config_parse(config_text, sizeof(config_text) - 1, "t.yaml", &err, NULL);

    (void)state;
    if (!c)
        fail_msg("%s", err.msg);
    for (size_t i = 0; i < config_endpoint_count(c); i++) {
        const struct config_endpoint *e = config_endpoint(c, i);
        struct session *s = session_new_with(e, session_ops_for(e->kind), &err);

        if (!s)
            fail_msg("%s: %s", e->name, err.msg);
        for (size_t k = 0; k < ARRAY_SIZE(statuses); k++) {
            for (size_t b = 0; b < ARRAY_SIZE(bodies); b++)
                judge(s, e->name, statuses[k], bodies[b]);
        }
        session_free(s);
    }
    config_free(c);
}

/* The rule itself can fail. */
static void a_number_is_no_sentence(void **state)
{
    (void)state;
    assert_false(is_sentence("HTTP 403"));
    assert_false(is_sentence("HTTP status 403"));
    assert_false(is_sentence(""));
    assert_true(is_sentence("the role of the login does not allow to read segments (403)"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_refusal_is_a_sentence),
        cmocka_unit_test(a_number_is_no_sentence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
