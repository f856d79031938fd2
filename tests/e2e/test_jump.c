/* The program against the lab with OpenSSH's sshd as the jump host in between. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <json-c/json.h>

#include "core/file.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "tests/support/e2e.h"
#include "tests/support/sshd.h"

static struct e2e e;
static struct sshd *sshd;
static char *original;

static int start(void **state)
{
    struct strbuf text = STRBUF_INIT;
    struct err err = {0};

    (void)state;
    if (!sshd_is_there())
        return 0;
    e2e_start(&e, "steady", NULL);
    if (file_read(e.config, 1 << 20, &text, &err))
        fail_msg("%s", err.msg);
    original = strbuf_detach(&text);
    sshd = sshd_start(NULL);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    if (!sshd)
        return 0;
    sshd_stop(sshd);
    e2e_stop(&e);
    free(original);
    return 0;
}

static void configure(int port, const char *known_hosts)
{
    char *text = mem_printf("%sjump: root@127.0.0.1:%d\njump_key_file: %s\njump_known_hosts: %s\n",
                            original, port, sshd_user_key(sshd, "ed25519"), known_hosts);
    struct err err = {0};

    if (file_write_atomic(e.config, text, strlen(text), 0600, &err))
        fail_msg("%s", err.msg);
    free(text);
}

static void expect_source(const struct child_result *r, const char *endpoint, const char *kind,
                          const char *part)
{
    struct json_object *doc = e2e_json(r), *sources = jsonq_get(doc, "sources");
    struct json_object *source = e2e_row(sources, "endpoint", endpoint);

    assert_non_null(source);
    assert_string_equal(jsonq_str(source, "error_kind"), kind);
    if (!strstr(jsonq_str(source, "message"), part))
        fail_msg("'%s' is not in: %s", part, jsonq_str(source, "message"));
    json_object_put(doc);
}

/* VMC with its CSP and AWS with its endpoint, all by one login. */
static void test_everything_is_read(void **state)
{
    unsigned before = sshd_connections(sshd);
    struct child_result r;

    (void)state;
    configure(sshd_port(sshd), sshd_known_hosts(sshd));
    e2e_expect(&e, &r, 0, "config", "check", NULL);
    child_release(&r);
    e2e_expect(&e, &r, 0, "get", "enis,segments,linked_vpcs,edges", "-o", "json", NULL);
    struct json_object *doc = e2e_json(&r);
    assert_int_equal(jsonq_count(e2e_rows(doc, "enis")), 17);
    assert_true(jsonq_count(e2e_rows(doc, "segments")) > 0);
    json_object_put(doc);
    child_release(&r);
    assert_int_equal(sshd_connections(sshd), before + 1);
    e2e_expect(&e, &r, 0, "get", "endpoints", "-o", "csv", "--fields", "endpoint,via", NULL);
    char *via = mem_printf("nsx-dc1,root@127.0.0.1:%d", sshd_port(sshd));
    child_says(&r.out, via);
    free(via);
    child_release(&r);
}

static void test_unknown_key(void **state)
{
    struct child_result r;

    (void)state;
    configure(sshd_port(sshd), "/dev/null");
    e2e_expect(&e, &r, 3, "get", "segments", "--endpoint", "nsx-dc1", "-o", "json", NULL);
    expect_source(&r, "nsx-dc1", "denied", sshd_fingerprint(sshd));
    child_release(&r);
    /* Shown, and refused without a person. */
    e2e_expect(&e, &r, 3, "trust", "nsx-dc1", NULL);
    child_says(&r.out, sshd_fingerprint(sshd));
    child_says(&r.err, "not accepted");
    child_release(&r);
    e2e_expect(&e, &r, 0, "trust", "nsx-dc1", "--sha256", sshd_fingerprint(sshd), NULL);
    child_release(&r);
    e2e_expect(&e, &r, 0, "get", "segments", "--endpoint", "nsx-dc1", "-o", "json", NULL);
    child_release(&r);
    /* Now the certificate behind it is what is asked about. */
    e2e_expect(&e, &r, 0, "trust", "nsx-dc1", NULL);
    child_says(&r.err, "is trusted already");
    child_release(&r);
}

static void test_dead_jump_host(void **state)
{
    struct child_result r;

    (void)state;
    configure(1, sshd_known_hosts(sshd));
    e2e_expect(&e, &r, 3, "get", "segments", "--endpoint", "nsx-dc1", "-o", "json", NULL);
    expect_source(&r, "nsx-dc1", "net", "jump host 'root@127.0.0.1:1'");
    child_release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_is_read),
        cmocka_unit_test(test_unknown_key),
        cmocka_unit_test(test_dead_jump_host),
    };

    if (!sshd_is_there()) {
        print_message("OpenSSH's server is not there, or we are not root: skipped\n");
        return 0;
    }
    return cmocka_run_group_tests(tests, start, stop);
}
