/* A host behind a jump host, both OpenSSH's sshd: which of the two is said to have failed. */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/loop.h"
#include "core/mem.h"
#include "core/ssh.h"
#include "tests/support/sshd.h"

static struct loop *loop;
static struct ssh *ssh;
static struct sshd *bastion, *host;
static char *jump;

static int start_all(void **state)
{
    (void)state;
    bastion = sshd_start(NULL);
    host = sshd_start(NULL);
    jump = mem_printf("root@127.0.0.1:%d", sshd_port(bastion));
    loop = loop_new();
    ssh = ssh_pool_new(loop);
    return 0;
}

static int stop_all(void **state)
{
    (void)state;
    ssh_pool_free(ssh);
    loop_free(loop);
    sshd_stop(bastion);
    sshd_stop(host);
    free(jump);
    return 0;
}

static struct ssh_target good_target(void)
{
    return (struct ssh_target){.host = "127.0.0.1",
                               .port = sshd_port(host),
                               .user = "root",
                               .key_file = sshd_user_key(host, "ed25519"),
                               .known_hosts = sshd_known_hosts(host),
                               .jump = jump,
                               .jump_key_file = sshd_user_key(bastion, "ed25519"),
                               .jump_known_hosts = sshd_known_hosts(bastion)};
}

static void on_done(void *arg, struct ssh_result *r)
{
    *(struct err *)arg = r->err;
    loop_stop(loop);
}

static struct err try_target(const struct ssh_target *t)
{
    struct ssh_host *h = ssh_host_new(ssh, t);
    struct err err = {0};

    ssh_exec(h, &(struct ssh_command){.line = "true", .timeout_ms = 20000}, on_done, &err);
    loop_run(loop);
    ssh_host_free(h);
    return err;
}

static void expect(const struct ssh_target *t, enum err_kind kind, const char *part)
{
    struct err err = try_target(t);

    assert_int_equal(err.kind, kind);
    if (!strstr(err.msg, part))
        fail_msg("'%s' is not in: %s", part, err.msg);
}

static void test_both_are_good(void **state)
{
    struct ssh_target t = good_target();
    struct err err = try_target(&t);

    (void)state;
    assert_string_equal(err.msg, "");
    assert_int_equal(err.kind, ERR_NONE);
}

#define HOSTS 12

struct silent {
    int fd;
    unsigned port, came; /* before the first attempt was given up */
};

/* A server that is connected to and never says a word. */
static void silent_start(struct silent *s)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof(at);

    *s = (struct silent){.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    assert_int_equal(bind(s->fd, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(s->fd, 64), 0);
    assert_int_equal(getsockname(s->fd, (struct sockaddr *)&at, &len), 0);
    s->port = ntohs(at.sin_port);
}

static void silent_stop(struct silent *s)
{
    (void)close(s->fd);
}

static void on_given_up(void *arg, struct ssh_result *r)
{
    struct silent *s = arg;
    int fd;

    assert_int_not_equal(r->err.kind, ERR_NONE);
    if (s->came)
        return;
    for (; (fd = accept(s->fd, NULL, NULL)) >= 0; (void)close(fd))
        s->came++;
    loop_stop(loop);
}

static void expect_five(struct silent *s, const struct ssh_target *t)
{
    struct ssh_host *h[HOSTS];

    s->came = 0;
    for (unsigned i = 0; i < HOSTS; i++) {
        h[i] = ssh_host_new(ssh, t);
        ssh_exec(h[i], &(struct ssh_command){.line = "true", .timeout_ms = 20000}, on_given_up, s);
    }
    loop_run(loop);
    for (unsigned i = 0; i < HOSTS; i++)
        ssh_host_free(h[i]);
    assert_int_equal(s->came, 5);
}

/* A server refuses at random when many log in at once, and a jump host is one for all behind it. */
static void test_five_new_ones_at_once(void **state)
{
    struct ssh_target t = good_target();
    struct silent s;
    char *to;

    (void)state;
    silent_start(&s);
    to = mem_printf("root@127.0.0.1:%u", s.port);
    t.connect_timeout_ms = 3000;
    t.jump = to;
    expect_five(&s, &t);
    silent_stop(&s);
    silent_start(&s);
    t.jump = NULL;
    t.port = (int)s.port;
    t.transport = SSH_LIBSSH2;
    expect_five(&s, &t);
    silent_stop(&s);
    free(to);
}

static void test_key_of_the_jump_host(void **state)
{
    struct ssh_target t = good_target();

    (void)state;
    t.jump_known_hosts = "/dev/null";
    expect(&t, ERR_DENIED, "the host key of jump host 'root@127.0.0.1:");
    expect(&t, ERR_DENIED, "is not known: it shows ssh-ed25519 SHA256:");
    expect(&t, ERR_DENIED, sshd_fingerprint(bastion));
}

/* The pin is the host's; the jump host is not measured by it. */
static void test_key_of_the_host(void **state)
{
    struct ssh_target t = good_target();

    (void)state;
    t.known_hosts = "/dev/null";
    expect(&t, ERR_DENIED, sshd_fingerprint(host));
    t.host_key = sshd_fingerprint(host);
    assert_int_equal(try_target(&t).kind, ERR_NONE);
    t.host_key = sshd_fingerprint(bastion);
    expect(&t, ERR_DENIED, "is not the pinned one");
}

/* One that was accepted replaces known_hosts, and stands for nobody else. */
static void test_accepted_key_of_the_jump_host(void **state)
{
    struct ssh_target t = good_target();

    (void)state;
    t.jump_known_hosts = "/dev/null";
    t.jump_host_key = sshd_fingerprint(bastion);
    assert_int_equal(try_target(&t).kind, ERR_NONE);
    t.known_hosts = "/dev/null";
    expect(&t, ERR_DENIED, sshd_fingerprint(host));
    t = good_target();
    t.jump_host_key = sshd_fingerprint(host);
    expect(&t, ERR_DENIED, "is not the accepted one: it shows ssh-ed25519 SHA256:");
    expect(&t, ERR_DENIED, sshd_fingerprint(bastion));
}

/* No verdict on the credential, which is for the host. */
static void test_login_at_the_jump_host(void **state)
{
    struct ssh_target t = good_target();

    (void)state;
    t.jump_key_file = sshd_user_key(host, "ed25519");
    expect(&t, ERR_DENIED, "jump host 'root@127.0.0.1:");
    expect(&t, ERR_DENIED, "refused the login");
    t = good_target();
    t.key_file = sshd_user_key(bastion, "ed25519");
    expect(&t, ERR_AUTH, "refused 'root'");
}

static void test_who_is_dead(void **state)
{
    struct ssh_target t = good_target();

    (void)state;
    t.port = 1;
    expect(&t, ERR_NET, "was unable to reach '127.0.0.1:1': ");
    expect(&t, ERR_NET, "onnection refused");
    t = good_target();
    t.jump = "root@127.0.0.1:1";
    expect(&t, ERR_NET, "jump host 'root@127.0.0.1:1': ");
    expect(&t, ERR_NET, "onnection refused");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_are_good),
        cmocka_unit_test(test_five_new_ones_at_once),
        cmocka_unit_test(test_key_of_the_jump_host),
        cmocka_unit_test(test_key_of_the_host),
        cmocka_unit_test(test_accepted_key_of_the_jump_host),
        cmocka_unit_test(test_login_at_the_jump_host),
        cmocka_unit_test(test_who_is_dead),
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
