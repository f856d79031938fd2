/* Endpoints behind a jump host, which is OpenSSH's sshd: one login for all, certificates of the
 * managers, which end is said to have failed, and what happens after a session was lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/mem.h"
#include "core/ssh.h"
#include "core/trust.h"
#include "model/tables.h"
#include "tests/support/fakeapi.h"
#include "tests/support/sshd.h"

#define CLOSED_PORT 1

static struct fakeapi server;
static struct testca *ca;
static struct testca_leaf leaf;
static struct sshd *bastion;
static char *ca_file, *runtime;

static int start_all(void **state)
{
    (void)state;
    setenv("FAKE_PASSWORD", "correct-horse", 1);
    runtime = mem_strdup("/tmp/hycon-hop-XXXXXX");
    assert_non_null(mkdtemp(runtime));
    setenv("XDG_RUNTIME_DIR", runtime, 1);
    ca = testca_new("Test CA");
    leaf = testca_issue(ca, "IP:127.0.0.1", -60, 86400);
    ca_file = testca_write(testca_pem(ca));
    return 0;
}

static int stop_all(void **state)
{
    (void)state;
    testca_leaf_release(&leaf);
    testca_free(ca);
    unlink(ca_file);
    free(ca_file);
    assert_int_equal(rmdir(runtime), 0); /* nothing was left in it */
    free(runtime);
    return 0;
}

static int start(void **state)
{
    (void)state;
    fakeapi_start(&server, &leaf);
    server.password = "correct-horse";
    bastion = sshd_start(NULL);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    sshd_stop(bastion);
    fakeapi_stop(&server);
    return 0;
}

struct way {
    int port; /* 0: the bastion's */
    const char *known_hosts, *key, *trust;
    int node; /* a first node of "a" that is not there; 0: none */
};

/* "a" and "b" are the same manager, which is another host as far as hycon knows. */
static void open_run(struct fakeapi_run *r, const struct way *way)
{
    char *node = way->node ? mem_printf("\"https://127.0.0.1:%d/\", ", way->node) : mem_strdup("");
    char *text =
        mem_printf("jump: root@127.0.0.1:%d\njump_key_file: %s\njump_known_hosts: %s\nsites:\n"
                   "  - name: s\n    endpoints:\n"
                   "      - {name: a, kind: nsx, urls: [%s\"https://127.0.0.1:%d/\"], user: u, "
                   "password: {env: FAKE_PASSWORD}, tls: {ca_file: %s}}\n"
                   "      - {name: b, kind: nsx, url: \"https://127.0.0.1:%d/\", user: u, "
                   "password: {env: FAKE_PASSWORD}, tls: {ca_file: %s}}\n",
                   way->port ? way->port : sshd_port(bastion),
                   way->key ? way->key : sshd_user_key(bastion, "ed25519"),
                   way->known_hosts ? way->known_hosts : sshd_known_hosts(bastion), node,
                   server.port, ca_file, server.port, ca_file);

    fakeapi_run_init(r, text);
    r->o.trust_file = way->trust;
    free(node);
    free(text);
    fakeapi_run_start(r);
}

static void expect_message(struct fakeapi_run *r, const char *endpoint, enum freshness f,
                           const char *kind, const char *part)
{
    struct snapshot *owner;
    const struct row *row = fakeapi_wait_endpoint(r, endpoint, f, &owner);

    assert_string_equal(row_str(row, ENDPOINTS_ERROR_KIND), kind);
    if (!strstr(row_str(row, ENDPOINTS_MESSAGE), part))
        fail_msg("'%s' is not in: %s", part, row_str(row, ENDPOINTS_MESSAGE));
    assert_non_null(row_str(row, ENDPOINTS_VIA));
    snapshot_unref(owner);
}

static unsigned count_sockets(void)
{
    DIR *top = opendir(runtime);
    unsigned n = 0;

    for (struct dirent *d = readdir(top); d; d = readdir(top)) {
        char *path = mem_printf("%s/%s/f1", runtime, d->d_name);
        struct stat st;

        if (strncmp(d->d_name, "hycon-ssh-", 10) == 0) {
            assert_int_equal(fstatat(dirfd(top), d->d_name, &st, 0), 0);
            assert_int_equal(st.st_mode & 0777, 0700);
            assert_int_equal(stat(path, &st), 0);
            assert_true(S_ISSOCK(st.st_mode));
            assert_int_equal(st.st_mode & 0077, 0);
            n++;
        }
        free(path);
    }
    closedir(top);
    return n;
}

/* Both are read by one login at the jump host; their certificates are checked as ever. */
static void test_one_login_for_all(void **state)
{
    struct fakeapi_run r;
    struct snapshot *owner;
    const struct row *row;
    char *via = mem_printf("root@127.0.0.1:%d", sshd_port(bastion));

    (void)state;
    open_run(&r, &(struct way){0});
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "b", FRESH_OK));
    row = fakeapi_wait_endpoint(&r, "a", FRESH_OK, &owner);
    assert_string_equal(row_str(row, ENDPOINTS_VIA), via);
    assert_string_equal(row_str(row, ENDPOINTS_TRANSPORT), "https");
    assert_string_equal(row_str(row, ENDPOINTS_CERT_SHA256), leaf.sha256);
    snapshot_unref(owner);
    assert_int_equal(sshd_connections(bastion), 1);
    assert_int_equal(count_sockets(), 1);
    fakeapi_run_stop(&r);
    assert_int_equal(fakeapi_count(&server.logouts), 2); /* by the same way */
    free(via);
}

static void test_unknown_key_is_denied(void **state)
{
    struct fakeapi_run r;

    (void)state;
    open_run(&r, &(struct way){.known_hosts = "/dev/null"});
    expect_message(&r, "a", FRESH_DENIED, "denied", sshd_fingerprint(bastion));
    expect_message(&r, "a", FRESH_DENIED, "denied", "jump host 'root@127.0.0.1:");
    expect_message(&r, "b", FRESH_DENIED, "denied", "is not known");
    fakeapi_run_stop(&r);
    assert_int_equal(fakeapi_count(&server.requests), 0);
    assert_int_equal(fakeapi_count(&server.logins), 0);
}

/* A key that was accepted with `hycon trust` is as good as one in known_hosts. */
static void test_accepted_key(void **state)
{
    char *path = mem_printf("%s/trust", runtime), *lock = mem_printf("%s.lock", path);
    char *where = mem_printf("127.0.0.1:%d", sshd_port(bastion));
    struct fakeapi_run r;
    struct err err = {0};

    (void)state;
    assert_int_equal(trust_accept(path, "s/a", where, sshd_fingerprint(bastion), &err), 0);
    open_run(&r, &(struct way){.known_hosts = "/dev/null", .trust = path});
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    expect_message(&r, "b", FRESH_DENIED, "denied", "is not known");
    fakeapi_run_stop(&r);
    unlink(path);
    unlink(lock);
    free(path);
    free(lock);
    free(where);
}

static bool is_idle(void *arg)
{
    return sshd_connections(bastion) >= *(unsigned *)arg;
}

/* A login that is refused is not tried again by itself, nor for each endpoint. */
static void test_refused_login(void **state)
{
    struct sshd *other = sshd_start(NULL);
    struct fakeapi_run r;
    unsigned two = 2;

    (void)state;
    open_run(&r, &(struct way){.key = sshd_user_key(other, "ed25519")});
    expect_message(&r, "a", FRESH_DENIED, "auth", "refused 'root'");
    expect_message(&r, "b", FRESH_DENIED, "auth", "jump host");
    engine_refresh(r.engine, NULL);
    expect_message(&r, "b", FRESH_DENIED, "auth", "jump host");
    assert_int_equal(sshd_connections(bastion), 1);
    engine_login_again(r.engine, NULL);
    fakeapi_wait(is_idle, &two);
    fakeapi_run_stop(&r);
    sshd_stop(other);
    assert_int_equal(fakeapi_count(&server.logins), 0);
}

static void test_which_end_is_dead(void **state)
{
    struct fakeapi_run r;
    struct snapshot *owner;
    const struct row *row;

    (void)state;
    open_run(&r, &(struct way){.port = CLOSED_PORT});
    expect_message(&r, "a", FRESH_FAILED, "net", "jump host 'root@127.0.0.1:1': no SSH session");
    row = fakeapi_wait_endpoint(&r, "b", FRESH_FAILED, &owner);
    assert_true(row_present(row, ENDPOINTS_NEXT_RETRY_AT));
    snapshot_unref(owner);
    fakeapi_run_stop(&r);

    fakeapi_stop(&server);
    open_run(&r, &(struct way){0});
    expect_message(&r, "a", FRESH_FAILED, "net", "' was unable to reach '127.0.0.1:");
    expect_message(&r, "a", FRESH_FAILED, "net", "onnection refused");
    fakeapi_run_stop(&r);
    fakeapi_start(&server, &leaf);
}

static void test_next_node(void **state)
{
    struct fakeapi_run r;

    (void)state;
    open_run(&r, &(struct way){.node = CLOSED_PORT});
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "b", FRESH_OK));
    assert_int_equal(sshd_connections(bastion), 1);
    fakeapi_run_stop(&r);
}

/* The session of ssh is killed: the next request makes a new one. */
static void test_lost_session(void **state)
{
    struct fakeapi_run r;
    unsigned before;

    (void)state;
    open_run(&r, &(struct way){0});
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "a", FRESH_OK));
    snapshot_unref(fakeapi_wait_fresh(&r, &table_segments, "b", FRESH_OK));
    sshd_drop_sessions(bastion);
    before = fakeapi_count(&server.requests);
    engine_refresh(r.engine, NULL);
    fakeapi_wait_count(&server.requests, before + 2);
    snapshot_unref(fakeapi_wait_fresh(&r, &table_endpoints, "a", FRESH_OK));
    snapshot_unref(fakeapi_wait_fresh(&r, &table_endpoints, "b", FRESH_OK));
    assert_int_equal(sshd_connections(bastion), 2);
    fakeapi_run_stop(&r);
}

#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        T(test_one_login_for_all), T(test_unknown_key_is_denied), T(test_accepted_key),
        T(test_refused_login),     T(test_which_end_is_dead),     T(test_next_node),
        T(test_lost_session),
    };
    int rc = ssh_helper_main(argc, argv);

    if (rc >= 0)
        return rc;
    if (!sshd_is_there()) {
        print_message("OpenSSH's server is not there, or we are not root: skipped\n");
        return 0;
    }
    return cmocka_run_group_tests(tests, start_all, stop_all);
}
