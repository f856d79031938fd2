/* Credentials: one try for all who share it, one rejection for all, secrets from every source. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/file.h"
#include "core/mem.h"
#include "core/secret.h"
#include "core/strbuf.h"
#include "model/tables.h"
#include "tests/support/fakeapi.h"
#include "tests/support/rawserver.h"

#define NOW 1795165200000

static struct fakeapi server;

static int start(void **state)
{
    (void)state;
    fakeapi_start_plain(&server);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fakeapi_stop(&server);
    return 0;
}

/* @n endpoints e0, e1, ... of one credential on @ports (the last port holds for the rest). */
static char *many(size_t n, const int *ports, size_t nports, const char *password)
{
    struct strbuf text = STRBUF_INIT;

    strbuf_addf(&text,
                "credentials: {shared: {user: u, password: %s}}\nsites:\n  - name: s\n"
                "    endpoints:\n",
                password);
    for (size_t i = 0; i < n; i++)
        strbuf_addf(&text,
                    "      - {name: e%zu, kind: nsx, url: \"http://127.0.0.1:%d/\", "
                    "credential: shared}\n",
                    i, ports[i < nports ? i : nports - 1]);
    return strbuf_detach(&text);
}

static void open_many(struct fakeapi_run *r, size_t n, const int *ports, size_t nports,
                      const char *password)
{
    char *text = many(n, ports, nports, password);

    fakeapi_run_init(r, text);
    free(text);
}

static void expect_all(struct fakeapi_run *r, size_t n, enum freshness f)
{
    for (size_t i = 0; i < n; i++) {
        char *name = mem_printf("e%zu", i);

        snapshot_unref(fakeapi_wait_fresh(r, &table_segments, name, f));
        free(name);
    }
}

/* The account survives: one wrong password is sent once, however many endpoints there are. */
static void wrong_password_is_sent_once(void **state)
{
    struct fakeapi_run r;
    struct snapshot *s, *owner;
    const struct row *row;

    (void)state;
    setenv("FAKE_PASSWORD", "wrong", 1);
    open_many(&r, 40, &server.port, 1, "{env: FAKE_PASSWORD}");
    fakeapi_run_start(&r);
    expect_all(&r, 40, FRESH_DENIED);
    s = fakeapi_wait_fresh(&r, &table_segments, "e39", FRESH_DENIED);
    assert_int_equal(snapshot_err(s)->kind, ERR_AUTH);
    assert_non_null(strstr(snapshot_err(s)->msg, "refused credential 'shared'"));
    assert_null(strstr(snapshot_err(s)->msg, "wrong"));
    snapshot_unref(s);
    row = fakeapi_wait_endpoint(&r, "e7", FRESH_DENIED, &owner);
    assert_string_equal(row_str(row, ENDPOINTS_ERROR_KIND), "auth");
    assert_string_equal(row_str(row, ENDPOINTS_CREDENTIAL), "shared");
    assert_false(row_present(row, ENDPOINTS_NEXT_RETRY_AT));
    snapshot_unref(owner);
    engine_refresh(r.engine, NULL); /* is no permission to try again */
    engine_wake(r.engine);
    assert_int_equal(fakeapi_count(&server.logins), 1);
    setenv("FAKE_PASSWORD", "correct", 1);
    engine_login_again(r.engine, "shared");
    expect_all(&r, 40, FRESH_OK);
    assert_int_equal(fakeapi_count(&server.logins), 41);
    fakeapi_run_stop(&r);
}

/* While the first one tries, nobody else does. */
static void others_wait_for_the_first_try(void **state)
{
    struct fakeapi_run r;

    (void)state;
    server.hold_login = true;
    open_many(&r, 5, &server.port, 1, "{env: FAKE_PASSWORD}");
    fakeapi_run_start(&r);
    fakeapi_wait_count(&server.logins, 1);
    engine_wake(r.engine);
    engine_refresh(r.engine, NULL);
    engine_wake(r.engine);
    assert_int_equal(fakeapi_count(&server.logins), 1);
    fakeapi_lock();
    server.hold_login = false;
    fakeapi_unlock();
    expect_all(&r, 5, FRESH_OK);
    fakeapi_run_stop(&r);
}

/* The first in line is down: that says nothing about the password. */
static void dead_host_hands_the_try_on(void **state)
{
    int ports[] = {rawserver_unused_port(), server.port};
    struct fakeapi_run r;

    (void)state;
    open_many(&r, 3, ports, 2, "{env: FAKE_PASSWORD}");
    fakeapi_run_start(&r);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "e1", FRESH_OK));
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "e2", FRESH_OK));
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "e0", FRESH_FAILED));
    fakeapi_run_stop(&r);
}

/* The password was changed while we had sessions: again one endpoint finds out for all. */
static void changed_password_is_tried_once(void **state)
{
    struct fakeapi_run r;

    (void)state;
    clock_freeze(NOW);
    open_many(&r, 3, &server.port, 1, "{env: FAKE_PASSWORD}");
    fakeapi_run_start(&r);
    expect_all(&r, 3, FRESH_OK);
    assert_int_equal(fakeapi_count(&server.logins), 3);
    fakeapi_lock();
    server.expire_always = true;
    server.login_status = 401;
    fakeapi_unlock();
    clock_freeze(NOW + 3600000);
    engine_wake(r.engine);
    expect_all(&r, 3, FRESH_DENIED);
    assert_int_equal(fakeapi_count(&server.logins), 4);
    clock_freeze(-1);
    fakeapi_run_stop(&r);
}

static void variable_that_is_not_set(void **state)
{
    struct fakeapi_run r;
    struct snapshot *s;

    (void)state;
    unsetenv("FAKE_PASSWORD");
    open_many(&r, 2, &server.port, 1, "{env: FAKE_PASSWORD}");
    fakeapi_run_start(&r);
    s = fakeapi_wait_fresh(&r, &table_segments, "e1", FRESH_FAILED);
    assert_string_equal(snapshot_err(s)->msg,
                        "the environment variable 'FAKE_PASSWORD' with the password is not set");
    snapshot_unref(s);
    assert_int_equal(fakeapi_count(&server.logins), 0);
    fakeapi_run_stop(&r);
}

static char *secret_file(const char *text, mode_t mode)
{
    char *path = mem_printf("/tmp/hycon-test-secret-%d", (int)getpid());
    struct err err = {0};

    unlink(path);
    assert_int_equal(file_write_new(path, text, strlen(text), mode, &err), 0);
    return path;
}

static void file_with_a_line_end(void **state)
{
    char *path = secret_file("correct\n", 0600), *source = mem_printf("{file: %s}", path);
    struct fakeapi_run r;

    (void)state;
    open_many(&r, 2, &server.port, 1, source);
    fakeapi_run_start(&r);
    expect_all(&r, 2, FRESH_OK);
    fakeapi_run_stop(&r);
    unlink(path);
    free(path);
    free(source);
}

static void file_that_others_can_read(void **state)
{
    char *path = secret_file("correct\n", 0640), *source = mem_printf("{file: %s}", path);
    struct fakeapi_run r;
    struct snapshot *s;

    (void)state;
    open_many(&r, 1, &server.port, 1, source);
    fakeapi_run_start(&r);
    s = fakeapi_wait_fresh(&r, &table_segments, "e0", FRESH_FAILED);
    assert_int_equal(snapshot_err(s)->kind, ERR_CONFIG);
    assert_non_null(strstr(snapshot_err(s)->msg, "can be read by others (mode 640); run: chmod"));
    snapshot_unref(s);
    assert_int_equal(fakeapi_count(&server.logins), 0);
    fakeapi_run_stop(&r);
    unlink(path);
    free(path);
    free(source);
}

static void command_runs_once(void **state)
{
    char *path = mem_printf("/tmp/hycon-test-count-%d", (int)getpid());
    char *source = mem_printf("{command: \"echo x >> %s; echo correct\"}", path);
    struct strbuf text = STRBUF_INIT;
    struct fakeapi_run r;

    (void)state;
    unlink(path);
    open_many(&r, 4, &server.port, 1, source);
    fakeapi_run_start(&r);
    expect_all(&r, 4, FRESH_OK);
    fakeapi_run_stop(&r);
    assert_int_equal(file_read(path, 100, &text, NULL), 0);
    assert_string_equal(text.buf, "x\n");
    strbuf_release(&text);
    unlink(path);
    free(path);
    free(source);
}

/* What it said last is part of the sentence, up to the end of the line; silence is no colon. */
static void command_that_fails(void **state)
{
    static const struct {
        const char *source, *want;
    } cases[] = {
        {"{command: \"echo locked >&2; echo more >&2; exit 3\"}", "ended with status 3: locked"},
        {"{command: \"exit 4\"}", "ended with status 4"},
        {"{command: \"(echo; echo no agent) >&2; exit 5\"}", "ended with status 5: no agent"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct fakeapi_run r;
        struct snapshot *s;

        open_many(&r, 2, &server.port, 1, cases[i].source);
        fakeapi_run_start(&r);
        s = fakeapi_wait_fresh(&r, &table_segments, "e1", FRESH_FAILED);
        char *want =
            mem_printf("the command for the password of credential 'shared': %s", cases[i].want);
        assert_string_equal(snapshot_err(s)->msg, want);
        free(want);
        snapshot_unref(s);
        assert_int_equal(fakeapi_count(&server.logins), 0);
        fakeapi_run_stop(&r);
    }
}

static void on_prompt(void *arg, const char *credential, const char *question)
{
    struct fakeapi_run *r = arg;

    fakeapi_lock();
    r->prompts++;
    assert_string_equal(credential, "shared");
    assert_string_equal(question, "password of 'u' for shared: ");
    fakeapi_unlock();
}

static void prompt_is_asked_once_and_answered(void **state)
{
    struct fakeapi_run r;

    (void)state;
    open_many(&r, 3, &server.port, 1, "{prompt: true}");
    r.o.on_prompt = on_prompt;
    fakeapi_run_start(&r);
    fakeapi_wait_count(&r.prompts, 1);
    engine_wake(r.engine);
    engine_answer_prompt(r.engine, "shared", secret_new_str("correct"));
    expect_all(&r, 3, FRESH_OK);
    assert_int_equal(fakeapi_count(&r.prompts), 1);
    fakeapi_run_stop(&r);
}

static void prompt_is_cancelled_then_asked_again(void **state)
{
    struct fakeapi_run r;
    struct snapshot *s;

    (void)state;
    open_many(&r, 2, &server.port, 1, "{prompt: true}");
    r.o.on_prompt = on_prompt;
    fakeapi_run_start(&r);
    fakeapi_wait_count(&r.prompts, 1);
    engine_answer_prompt(r.engine, "shared", NULL);
    s = fakeapi_wait_fresh(&r, &table_segments, "e1", FRESH_DENIED);
    assert_non_null(strstr(snapshot_err(s)->msg, "was cancelled"));
    snapshot_unref(s);
    engine_login_again(r.engine, NULL);
    fakeapi_wait_count(&r.prompts, 2);
    engine_answer_prompt(r.engine, "shared", secret_new_str("correct"));
    expect_all(&r, 2, FRESH_OK);
    fakeapi_run_stop(&r);
}

static void prompt_without_a_terminal(void **state)
{
    struct fakeapi_run r;
    struct snapshot *s;

    (void)state;
    open_many(&r, 1, &server.port, 1, "{prompt: true}");
    r.o.once = true;
    fakeapi_run_start(&r);
    assert_true(engine_wait(r.engine, -1));
    s = store_get(r.store, &table_segments, "s", "e0");
    assert_int_equal(snapshot_freshness(s), FRESH_DENIED);
    assert_non_null(strstr(snapshot_err(s)->msg, "needs a terminal"));
    snapshot_unref(s);
    fakeapi_run_stop(&r);
}

/* Managers tell the end of a session as they tell a wrong password. What belonged to a session that
 * is being replaced says nothing of the credential: the login under way does. */
static void refusals_of_an_old_session_condemn_nobody(void **state)
{
    struct fakeapi_run r;

    (void)state;
    server.hold = true;
    fakeapi_run_init_at(&r, server.port, "");
    r.o.collectors = fakeapi_all;
    fakeapi_run_start(&r);
    fakeapi_wait_count(&server.held, 3);
    fakeapi_lock();
    server.void_to = 1;
    server.hold_login = true;
    server.let_go = 1;
    fakeapi_unlock();
    fakeapi_wait_count(&server.logins, 2);
    fakeapi_lock();
    server.void_status = 407;
    server.hold = server.hold_login = false;
    fakeapi_unlock();
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    snapshot_unref(fakeapi_wait_fresh(&r, &table_gateways, "a", FRESH_OK));
    snapshot_unref(fakeapi_wait_fresh(&r, &table_sddcs, "a", FRESH_OK));
    assert_int_equal(fakeapi_count(&server.logins), 2);
    fakeapi_run_stop(&r);
}

/* The proxy's user name belongs to an account, too, and each request would try it again. */
static void login_of_the_proxy_is_not_repeated(void **state)
{
    static const char refusal[] =
        "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
    static const char text[] =
        "sites:\n  - name: s\n    endpoints:\n      - {name: a, kind: nsx, url: "
        "\"https://nsx.example/\", user: u, password: {env: FAKE_PASSWORD}}\n";
    struct rawserver *proxy = rawserver_start(refusal, sizeof(refusal) - 1, false);
    char *url = mem_printf("http://u:hush@127.0.0.1:%d", rawserver_port(proxy));
    const struct row *row;
    struct snapshot *owner;
    struct fakeapi_run r;

    (void)state;
    setenv("https_proxy", url, 1);
    fakeapi_run_init(&r, text);
    fakeapi_run_start(&r);
    row = fakeapi_wait_endpoint(&r, "a", FRESH_DENIED, &owner);
    assert_int_equal(row->cells[ENDPOINTS_NEXT_RETRY_AT].type, CELL_ABSENT);
    assert_non_null(strstr(row->cells[ENDPOINTS_MESSAGE].u.s, "407 it did not accept the user"));
    assert_null(strstr(row->cells[ENDPOINTS_MESSAGE].u.s, "hush"));
    snapshot_unref(owner);
    fakeapi_run_stop(&r);
    unsetenv("https_proxy");
    free(rawserver_stop(proxy));
    free(url);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(wrong_password_is_sent_once),
        TEST(others_wait_for_the_first_try),
        TEST(dead_host_hands_the_try_on),
        TEST(changed_password_is_tried_once),
        TEST(variable_that_is_not_set),
        TEST(file_with_a_line_end),
        TEST(file_that_others_can_read),
        TEST(command_runs_once),
        TEST(command_that_fails),
        TEST(prompt_is_asked_once_and_answered),
        TEST(prompt_is_cancelled_then_asked_again),
        TEST(prompt_without_a_terminal),
        TEST(login_of_the_proxy_is_not_repeated),
        TEST(refusals_of_an_old_session_condemn_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
