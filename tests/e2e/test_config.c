/* Configurations that are tried: what config init asks and writes, what config check --connect
 * names, and keys that change what is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/wait.h>
#include <unistd.h>

#include "core/file.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "tests/support/e2e.h"
#include "tests/support/terminal.h"

static struct e2e e;

static int start(void **state)
{
    (void)state;
    e2e_start(&e, "steady", "vcenter=1,esxi=2");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    e2e_stop(&e);
    return 0;
}

static char *read_text(const char *path)
{
    struct strbuf text = STRBUF_INIT;
    struct err err = {0};

    if (file_read(path, 1 << 20, &text, &err))
        fail_msg("%s", err.msg);
    return strbuf_detach(&text);
}

static void write_text(const char *path, const char *text)
{
    struct err err = {0};

    if (file_write_atomic(path, text, strlen(text), 0600, &err))
        fail_msg("%s", err.msg);
}

/* The text between @before and the next quote in the lab's configuration. */
static char *part_of_config(const char *before)
{
    char *all = read_text(e.config), *at = strstr(all, before), *out;

    assert_non_null(at);
    at += strlen(before);
    out = mem_strndup(at, strcspn(at, "\""));
    free(all);
    return out;
}

/* ---- config check --connect --------------------------------------------------------------------
 */

static void test_connect(void **state)
{
    struct child_result r;

    (void)state;
    e2e_expect(&e, &r, 0, "config", "check", "--connect", NULL);
    child_says(&r.out, "dc1/nsx-dc1 (credential 'nsx audit file:");
    child_says(&r.out, "): ok, NSX Manager");
    child_says(&r.out, "as arn:aws:iam::111122223333:user/hycon");
    child_release(&r);
    assert_int_equal(e2e_counter(&e, "nsx-dc1", "logins"), 1);
    assert_int_equal(e2e_counter(&e, "nsx-dc1", "open_sessions"), 0);
}

/* A missing privilege is named, by the name that a policy gives it. */
static void test_missing_privileges(void **state)
{
    struct child_result r;

    (void)state;
    e2e_fault(&e, "\"endpoint\":\"aws-tokyo\",\"fault\":\"status\",\"status\":403,\"code\":"
                  "\"UnauthorizedOperation\",\"action\":\"DescribeRouteTables\"");
    e2e_expect(&e, &r, 3, "config", "check", "--connect", "--endpoint", "aws-tokyo", NULL);
    child_says(&r.out, "    routes: denied: not allowed: ec2:DescribeRouteTables");
    child_lacks(&r.out, "nsx-dc1");
    child_release(&r);
    e2e_expect(&e, &r, 64, "config", "check", "--connect", "--endpoint", "nobody", NULL);
    child_release(&r);
}

/* One wrong password of two hosts is sent once. */
static void test_wrong_password_of_many(void **state)
{
    char *path = mem_printf("%.*s/password-esxi-dc1.txt", (int)(strrchr(e.config, '/') - e.config),
                            e.config);
    struct child_result r;

    (void)state;
    write_text(path, "wrong\n");
    e2e_expect(&e, &r, 3, "config", "check", "--connect", "--endpoint", "esxi-dc1", NULL);
    child_says(&r.out, "denied");
    child_lacks(&r.out, "    filters: "); /* one cause, one line */
    child_release(&r);
    assert_int_equal(e2e_counter(&e, "esxi-dc1-esx01", "failed_logins") +
                         e2e_counter(&e, "esxi-dc1-esx02", "failed_logins"),
                     1);
    free(path);
}

/* ---- config init -------------------------------------------------------------------------------
 */

static int run_init(void *arg)
{
    char *path = mem_printf("%s/hycon", e.bin);
    const char *const argv[] = {path, "--config", arg, "config", "init", NULL};

    (void)setenv("LC_ALL", "C.UTF-8", 1);
    (void)setenv("HOME", e.home, 1);
    (void)execv(path, (char *const *)(uintptr_t)argv);
    return 127;
}

static void answer(struct terminal *t, const char *question, const char *line)
{
    terminal_wait(t, question);
    terminal_keys(t, line);
    terminal_keys(t, "\r");
}

/* What is asked and found out (the certificate) becomes a file that works. */
static void test_init(void **state)
{
    char *path = mem_printf("%s/new/hycon.yaml", e.home), *url = part_of_config("nsx, urls: [\"");
    char *password =
        mem_printf("%.*s/password-dc1.txt", (int)(strrchr(e.config, '/') - e.config), e.config);
    struct terminal *t =
        terminal_start(&(struct terminal_options){.w = 120, .h = 45, .run = run_init, .arg = path});
    struct child_result r;
    int status;

    (void)state;
    answer(t, "name of the site", "dc1");
    answer(t, "production site?", "y");
    answer(t, "kind of the next endpoint", "nsx");
    answer(t, "name of the endpoint", "mgr");
    answer(t, "url (", url);
    answer(t, "shall it be trusted?", "y");
    answer(t, "user (", "audit");
    answer(t, "prompt, env, file or command?", "file");
    answer(t, "variable, path or command:", password);
    answer(t, "no more):", "");
    status = terminal_end(t);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("it ended with %d:\n%s", status, terminal_text(t));
    terminal_free(t);
    free(e.config);
    e.config = path;
    e2e_expect(&e, &r, 0, "config", "check", "--connect", NULL);
    child_says(&r.out, "dc1/mgr (credential 'nsx audit file:");
    child_release(&r);
    free(url);
    free(password);
}

/* Without a terminal: a sample of every key, which is all comments. */
static void test_sample(void **state)
{
    struct child_result r;

    (void)state;
    e2e_expect(&e, &r, 0, "config", "init", NULL);
    child_says(&r.out, "#requests_per_min: ");
    child_says(&r.out, "#jump: ");
    child_says(&r.out, "kind: esxi");
    for (const char *line = r.out.buf; *line; line += strcspn(line, "\n") + 1)
        assert_int_equal(*line, '#');
    child_release(&r);
}

/* ---- keys --------------------------------------------------------------------------------------
 */

static void add_to_config(const char *lines)
{
    char *all = read_text(e.config), *more = mem_printf("%s%s", all, lines);

    write_text(e.config, more);
    free(all);
    free(more);
}

/* Not read, not asked for, and not called a failure. */
static void test_disable(void **state)
{
    struct child_result r;

    (void)state;
    add_to_config("disable: [prefix_lists]\n");
    e2e_expect(&e, &r, 0, "get", "vpcs", NULL);
    child_release(&r);
    e2e_expect(&e, &r, 78, "get", "prefix_lists", NULL);
    child_release(&r);
}

static void test_intervals_and_budget(void **state)
{
    struct child_result r;

    (void)state;
    add_to_config("intervals: {enis: 90s}\nrequests_per_min: 120\ntime_zone: Asia/Tokyo\n");
    e2e_expect(&e, &r, 0, "config", "show", NULL);
    child_says(&r.out, "tokyo/aws-tokyo.intervals.enis = 90s  (");
    child_says(&r.out, "tokyo/aws-tokyo.requests_per_min = 120  (");
    child_says(&r.out, "time_zone = Asia/Tokyo");
    child_release(&r);
    e2e_expect(&e, &r, 0, "get", "enis", NULL);
    child_release(&r);
}

/* A host that is left out is no endpoint. */
static void test_exclude(void **state)
{
    char *all = read_text(e.config), *hosts = strstr(all, "hosts: [\""), *text, *first;
    struct child_result r;

    (void)state;
    assert_non_null(hosts);
    hosts += strlen("hosts: [\"");
    first = mem_strndup(hosts, strcspn(hosts, "\""));
    text = mem_printf("%.*s, exclude: [\"%s\"]%s", (int)(strchr(hosts, ']') + 1 - all), all, first,
                      strchr(hosts, ']') + 1);
    write_text(e.config, text);
    e2e_expect(&e, &r, 0, "get", "endpoints", "-o", "csv", "--fields", "endpoint", NULL);
    child_says(&r.out, "esxi-dc1/127.0.0.1:");
    child_lacks(&r.out, first);
    child_release(&r);
    free(first);
    free(text);
    free(all);
}

/* The hosts are those that a vCenter lists, less what is excluded. (They have names that this
 * machine does not know.) */
static void test_hosts_from(void **state)
{
    char *all = read_text(e.config), *at = strstr(all, "hosts: [\""), *text, *names[2];
    struct json_object *doc, *rows;
    struct child_result r;

    (void)state;
    assert_non_null(at);
    e2e_expect(&e, &r, 0, "get", "hosts", "--site", "dc1", "-o", "json", NULL);
    doc = e2e_json(&r);
    rows = e2e_rows(doc, "hosts");
    for (size_t i = 0; i < 2; i++)
        names[i] = mem_strdup(jsonq_str(jsonq_item(rows, i), "host"));
    json_object_put(doc);
    child_release(&r);
    text = mem_printf("%.*shosts_from: {vcenter: vcenter-dc1}, exclude: [\"%s\"]%s",
                      (int)(at - all), all, names[0], strchr(at, ']') + 1);
    write_text(e.config, text);
    e2e_hycon(&e, &r, "get", "endpoints", "-o", "csv", "--fields", "endpoint,kind", NULL);
    free(text);
    text = mem_printf("esxi-dc1/%s,esxi", names[1]);
    child_says(&r.out, text);
    child_lacks(&r.out, names[0]);
    child_release(&r);
    /* Nobody lists anything: said by name, and nothing is connected to. */
    e2e_fault(&e, "\"endpoint\":\"vcenter-dc1\",\"fault\":\"close\"");
    e2e_expect(&e, &r, 3, "get", "filters", "--endpoint", "esxi-dc1", NULL);
    child_says(&r.err, "'vcenter-dc1' has listed none");
    child_release(&r);
    free(names[0]);
    free(names[1]);
    free(text);
    free(all);
}

/* What a later version will do is said to be of a later version. */
static void test_not_yet(void **state)
{
    static const char *const verbs[] = {"brief", "bundle", "request"};
    struct child_result r;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
        e2e_expect(&e, &r, 64, verbs[i], "x", NULL);
        child_says(&r.err, "is not in this version");
        child_release(&r);
    }
}

#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_connect),
        T(test_missing_privileges),
        T(test_wrong_password_of_many),
        T(test_init),
        T(test_sample),
        T(test_disable),
        T(test_intervals_and_budget),
        T(test_exclude),
        T(test_hosts_from),
        T(test_not_yet),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
