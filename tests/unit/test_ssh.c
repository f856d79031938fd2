/* core/ssh against OpenSSH's server, by both transports. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/loop.h"
#include "core/mem.h"
#include "core/ssh.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "tests/support/child.h"
#include "tests/support/rawserver.h"
#include "tests/support/sshd.h"

#define HOSTS_MAX 70 /* more than may shake hands at once */

struct got {
    struct err err;
    int exit_status;
    char *out, *errout;
    size_t len, streamed;
    bool done;
};

static struct loop *loop;
static struct ssh *ssh;
static unsigned waiting;

static void on_done(void *arg, struct ssh_result *r)
{
    struct got *g = arg;

    assert_false(g->done);
    g->done = true;
    g->err = r->err;
    g->exit_status = r->exit_status;
    g->out = mem_strndup(r->out, r->out_len);
    g->len = r->out_len;
    g->errout = mem_strdup(r->errout);
    if (--waiting == 0)
        loop_stop(loop);
}

static int on_output(void *arg, const char *data, size_t len)
{
    struct got *g = arg;

    for (size_t i = 0; i < len; i++)
        assert_int_equal(data[i], "0123456789\n"[(g->streamed + i) % 11]);
    g->streamed += len;
    return 0;
}

static uint64_t ask(struct ssh_host *h, const char *line, struct ssh_command c, struct got *g)
{
    memset(g, 0, sizeof(*g));
    c.line = line;
    if (!c.timeout_ms)
        c.timeout_ms = 60000;
    waiting++;
    return ssh_exec(h, &c, on_done, g);
}

static void run_all(void)
{
    loop_run(loop);
    assert_int_equal(waiting, 0);
}

static void got_release(struct got *g)
{
    free(g->out);
    free(g->errout);
}

/* A test that fails leaves its hosts here. */
static struct ssh_host *hosts[HOSTS_MAX];

static struct ssh_host *open_host(const struct ssh_target *t)
{
    size_t i = 0;

    while (hosts[i])
        i++;
    hosts[i] = ssh_host_new(ssh, t);
    return hosts[i];
}

static void close_host(struct ssh_host *h)
{
    for (size_t i = 0; i < HOSTS_MAX; i++) {
        if (hosts[i] == h)
            hosts[i] = NULL;
    }
    ssh_host_free(h);
}

static int set_up(void **state)
{
    (void)state;
    waiting = 0;
    loop = loop_new();
    ssh = ssh_pool_new(loop);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < HOSTS_MAX; i++) {
        ssh_host_free(hosts[i]);
        hosts[i] = NULL;
    }
    ssh_pool_free(ssh);
    loop_free(loop);
    return 0;
}

static struct ssh_target target_of(struct sshd *s, enum ssh_transport transport)
{
    return (struct ssh_target){.host = "127.0.0.1",
                               .port = sshd_port(s),
                               .user = "root",
                               .key_file = sshd_user_key(s, "ed25519"),
                               .known_hosts = sshd_known_hosts(s),
                               .transport = transport};
}

/* One command on a host of its own; what the facts were at its end goes to @facts. */
static struct got once(const struct ssh_target *t, const char *line, struct ssh_facts *facts)
{
    struct ssh_host *h = open_host(t);
    struct got g;

    ask(h, line, (struct ssh_command){0}, &g);
    run_all();
    if (facts) {
        static char why[256];

        *facts = *ssh_host_facts(h);
        (void)snprintf(why, sizeof(why), "%s", facts->why);
        facts->why = why;
    }
    close_host(h);
    return g;
}

static const enum ssh_transport both[] = {SSH_LIBSSH2, SSH_OPENSSH};

static void test_commands(void **state)
{
    struct sshd *s = sshd_start(NULL);

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(both); i++) {
        struct ssh_target t = target_of(s, both[i]);
        struct ssh_host *h = open_host(&t);
        struct got a, b, c, d;

        ask(h, "echo out; echo err >&2; exit 3", (struct ssh_command){0}, &a);
        ask(h, "printf '%s|' 'it'\\''s' \"$((6*7))\"", (struct ssh_command){0}, &b);
        ask(h, "no-such-command-here", (struct ssh_command){0}, &c);
        ask(h, "kill -9 $$", (struct ssh_command){0}, &d);
        run_all();
        assert_string_equal(a.err.msg, "");
        assert_string_equal(a.out, "out\n");
        assert_string_equal(a.errout, "err\n");
        assert_int_equal(a.exit_status, 3);
        assert_string_equal(b.out, "it's|42|");
        assert_int_equal(c.exit_status, 127);
        assert_string_equal(d.err.msg, "");
        assert_int_not_equal(d.exit_status, 0);
        assert_true(ssh_host_facts(h)->connected);
        assert_string_equal(ssh_host_facts(h)->transport, i ? "openssh" : "libssh2");
        got_release(&a);
        got_release(&b);
        got_release(&c);
        got_release(&d);
        close_host(h);
    }
    assert_int_equal(sshd_connections(s), 2); /* one session each, kept */
    sshd_stop(s);
}

#define ROUNDS  30
#define AT_ONCE 4

/* Commands that start together get their own answers, also when one is given up meanwhile. */
static void test_at_once(void **state)
{
    struct sshd *s = sshd_start(NULL);
    struct ssh_target t = target_of(s, SSH_LIBSSH2);
    struct ssh_host *h = open_host(&t);
    struct got g[AT_ONCE];

    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        for (int k = 0; k < AT_ONCE; k++) {
            char line[32];
            (void)snprintf(line, sizeof(line), "exit %d", k);
            ask(h, line, (struct ssh_command){.timeout_ms = k == 1 && i % 2 ? 1 : 0}, &g[k]);
        }
        run_all();
        for (int k = 0; k < AT_ONCE; k++) {
            if (k != 1 || i % 2 == 0) {
                assert_string_equal(g[k].err.msg, "");
                assert_int_equal(g[k].exit_status, k);
            }
            got_release(&g[k]);
        }
    }
    close_host(h);
    sshd_stop(s);
}

/* Each command says how many there are while it runs. */
static void test_no_more_than_the_limit(void **state)
{
    char dir[] = "/tmp/hycon-at-once-XXXXXX", line[256];
    struct sshd *s = sshd_start(NULL);

    (void)state;
    assert_non_null(mkdtemp(dir));
    (void)snprintf(line, sizeof(line), "f=$(mktemp %s/XXXXXX); ls %s | wc -l; sleep 0.2; rm $f",
                   dir, dir);
    for (size_t i = 0; i < ARRAY_SIZE(both); i++) {
        struct ssh_target t = target_of(s, both[i]);
        struct ssh_host *h = open_host(&t);
        struct got g[12];
        int64_t most = 0;

        for (size_t k = 0; k < ARRAY_SIZE(g); k++)
            ask(h, line, (struct ssh_command){0}, &g[k]);
        run_all();
        for (size_t k = 0; k < ARRAY_SIZE(g); k++) {
            int64_t n = 0;
            assert_string_equal(g[k].err.msg, "");
            g[k].out[strcspn(g[k].out, "\n")] = '\0';
            assert_int_equal(text_to_i64(g[k].out, 1, 100, &n), 0);
            most = n > most ? n : most;
            got_release(&g[k]);
        }
        assert_in_range(most, 2, 4);
        close_host(h);
    }
    assert_int_equal(rmdir(dir), 0);
    sshd_stop(s);
}

/* In bursts, as of a host that thinks between them; not so many that starting them takes long. */
#define BIG "i=0; while [ $i -lt 30 ]; do i=$((i+1)); yes 0123456789 | head -n 10000; done"

static void test_large_output(void **state)
{
    struct sshd *s = sshd_start(NULL);

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(both); i++) {
        struct ssh_target t = target_of(s, both[i]);
        struct ssh_host *h = open_host(&t);
        struct got kept, streamed[3], limited, after;

        ask(h, BIG, (struct ssh_command){0}, &kept);
        for (size_t k = 0; k < ARRAY_SIZE(streamed); k++)
            ask(h, BIG, (struct ssh_command){.on_output = on_output}, &streamed[k]);
        ask(h, BIG, (struct ssh_command){.max_output = 1000000}, &limited);
        ask(h, "echo alive", (struct ssh_command){0}, &after);
        run_all();
        assert_string_equal(kept.err.msg, "");
        assert_int_equal(kept.len, 3300000);
        for (size_t k = 0; k < ARRAY_SIZE(streamed); k++) {
            assert_string_equal(streamed[k].err.msg, "");
            assert_int_equal(streamed[k].streamed, 3300000);
            got_release(&streamed[k]);
        }
        assert_int_equal(limited.err.kind, ERR_LIMIT);
        assert_string_equal(after.out, "alive\n");
        got_release(&kept);
        got_release(&limited);
        got_release(&after);
        close_host(h);
    }
    sshd_stop(s);
}

static void test_time_and_cancel(void **state)
{
    struct sshd *s = sshd_start(NULL);

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(both); i++) {
        struct ssh_target t = target_of(s, both[i]);
        struct ssh_host *h = open_host(&t);
        struct got slow, cancelled, queued[6], after;
        uint64_t id;

        ask(h, "sleep 60", (struct ssh_command){.timeout_ms = 300}, &slow);
        id = ask(h, "sleep 60", (struct ssh_command){0}, &cancelled);
        ssh_cancel(h, id);
        assert_true(cancelled.done);
        for (size_t k = 0; k < ARRAY_SIZE(queued); k++)
            ask(h, "echo queued", (struct ssh_command){0}, &queued[k]);
        run_all();
        assert_int_equal(slow.err.kind, ERR_LIMIT);
        assert_int_equal(cancelled.err.kind, ERR_CANCEL);
        for (size_t k = 0; k < ARRAY_SIZE(queued); k++) {
            assert_string_equal(queued[k].out, "queued\n");
            got_release(&queued[k]);
        }
        ask(h, "echo after", (struct ssh_command){0}, &after);
        run_all();
        assert_string_equal(after.out, "after\n");
        got_release(&slow);
        got_release(&cancelled);
        got_release(&after);
        /* Freed while a command runs: it is told. */
        ask(h, "sleep 60", (struct ssh_command){0}, &slow);
        close_host(h);
        run_all();
        assert_int_equal(slow.err.kind, ERR_CANCEL);
        got_release(&slow);
    }
    assert_int_equal(sshd_connections(s), 2);
    sshd_stop(s);
}

static void test_trust(void **state)
{
    struct sshd *s = sshd_start(NULL), *other = sshd_start(NULL);
    struct ssh_facts f;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(both); i++) {
        struct ssh_target t = target_of(s, both[i]);
        struct got g;

        t.known_hosts = "/dev/null";
        g = once(&t, "true", &f);
        assert_int_equal(g.err.kind, ERR_DENIED);
        assert_non_null(strstr(g.err.msg, "is not known"));
        assert_non_null(strstr(g.err.msg, sshd_fingerprint(s)));
        assert_string_equal(f.fingerprint, sshd_fingerprint(s));
        got_release(&g);
        t.host_key = sshd_fingerprint(s);
        g = once(&t, "echo pinned", NULL);
        assert_string_equal(g.out, "pinned\n");
        got_release(&g);
        t.host_key = sshd_fingerprint(other);
        g = once(&t, "true", NULL);
        assert_int_equal(g.err.kind, ERR_DENIED);
        assert_non_null(strstr(g.err.msg, sshd_fingerprint(s)));
        assert_non_null(strstr(g.err.msg, sshd_fingerprint(other)));
        got_release(&g);
    }
    sshd_stop(s);
    sshd_stop(other);
}

static void test_changed_key(void **state)
{
    struct sshd *s = sshd_start(NULL), *other = sshd_start(NULL);
    char *path = mem_strdup("/tmp/hycon-known-XXXXXX"), line[1024];
    FILE *in = fopen(sshd_known_hosts(other), "r");
    int fd = mkstemp(path);
    FILE *out = fdopen(fd, "w");

    (void)state;
    assert_non_null(in);
    /* The other server's key under this one's name. */
    while (fgets(line, (int)sizeof(line), in)) {
        if (line[0] == '[')
            (void)fprintf(out, "[127.0.0.1]:%d%s", sshd_port(s), strchr(line, ' '));
    }
    (void)fclose(in);
    (void)fclose(out);
    for (size_t i = 0; i < ARRAY_SIZE(both); i++) {
        struct ssh_target t = target_of(s, both[i]);
        struct got g;

        t.known_hosts = path;
        g = once(&t, "true", NULL);
        assert_int_equal(g.err.kind, ERR_DENIED);
        assert_non_null(strstr(g.err.msg, "has changed"));
        assert_non_null(strstr(g.err.msg, sshd_fingerprint(s)));
        got_release(&g);
    }
    (void)remove(path);
    free(path);
    sshd_stop(s);
    sshd_stop(other);
}

/* What libssh2 1.10 cannot do: its error is plain, and SSH_AUTO gets there. */
static void test_fallback(void **state)
{
    static const struct sshd_options servers[] = {
        {.host_key = "rsa"},
        {.config = "Ciphers aes128-gcm@openssh.com,aes256-gcm@openssh.com"},
        {.config = "MACs hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com\n"
                   "Ciphers aes128-ctr,aes256-ctr"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(servers); i++) {
        struct sshd *s = sshd_start(&servers[i]);
        struct ssh_target t = target_of(s, SSH_LIBSSH2);
        struct ssh_facts f;
        struct got g = once(&t, "true", NULL);

        assert_int_equal(g.err.kind, ERR_PROTO);
        got_release(&g);
        t.transport = SSH_AUTO;
        g = once(&t, "echo $((1+1))", &f);
        assert_string_equal(g.err.msg, "");
        assert_string_equal(g.out, "2\n");
        assert_string_equal(f.transport, "openssh");
        assert_non_null(strstr(f.why, "no algorithm in common"));
        got_release(&g);
        sshd_stop(s);
    }
}

static void test_rsa_user_key(void **state)
{
    struct sshd *s = sshd_start(NULL);
    struct ssh_target t = target_of(s, SSH_AUTO);
    struct ssh_facts f;
    struct got g;

    (void)state;
    t.key_file = sshd_user_key(s, "rsa");
    g = once(&t, "echo rsa", &f);
    assert_string_equal(g.err.msg, "");
    assert_string_equal(g.out, "rsa\n");
    assert_string_equal(f.transport, "openssh");
    assert_int_equal(sshd_connections(s), 1); /* nothing was tried in vain */
    got_release(&g);
    sshd_stop(s);
}

/* Run @line, which is freed. */
static void shell(char *line)
{
    const char *const argv[] = {"/bin/sh", "-c", line, NULL};
    struct child_result r;

    child_run(&r, &(struct child_options){.argv = argv, .timeout_ms = 20000});
    assert_int_equal(r.status, 0);
    child_release(&r);
    free(line);
}

/* Without a password and a key file the agent has the key; one that has none lets nobody in. */
static void test_agent(void **state)
{
    char dir[] = "/tmp/hycon-agent-XXXXXX", *sock, *was = mem_strdup(getenv("SSH_AUTH_SOCK"));
    struct sshd *s = sshd_start(NULL);
    struct ssh_target t = target_of(s, SSH_AUTO);
    struct ssh_facts f;
    struct got g;

    (void)state;
    assert_non_null(mkdtemp(dir));
    sock = mem_printf("%s/sock", dir);
    shell(mem_printf("ssh-agent -a %s | sed -n 's/^SSH_AGENT_PID=\\([0-9]*\\).*/\\1/p' >%s/pid",
                     sock, dir));
    assert_int_equal(setenv("SSH_AUTH_SOCK", sock, 1), 0);
    shell(mem_printf("ssh-add -q %s 2>/dev/null", t.key_file));
    t.key_file = NULL;
    g = once(&t, "echo agent", &f);
    assert_string_equal(g.err.msg, "");
    assert_string_equal(g.out, "agent\n");
    assert_string_equal(f.transport, "openssh");
    got_release(&g);
    shell(mem_strdup("ssh-add -q -D 2>/dev/null"));
    g = once(&t, "echo agent", NULL);
    assert_int_equal(g.err.kind, ERR_AUTH);
    got_release(&g);
    shell(mem_printf("kill $(cat %s/pid); rm -rf %s", dir, dir));
    assert_int_equal(was ? setenv("SSH_AUTH_SOCK", was, 1) : unsetenv("SSH_AUTH_SOCK"), 0);
    free(was);
    free(sock);
    sshd_stop(s);
}

static void test_refusals(void **state)
{
    struct sshd *s = sshd_start(NULL), *other = sshd_start(NULL);
    static const char not_ssh[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
    struct rawserver *raw = rawserver_start(not_ssh, sizeof(not_ssh) - 1, false);

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(both); i++) {
        struct ssh_target t = target_of(s, both[i]);
        struct got g;

        t.key_file = sshd_user_key(other, "ed25519");
        g = once(&t, "true", NULL);
        assert_int_equal(g.err.kind, ERR_AUTH);
        assert_non_null(strstr(g.err.msg, "root"));
        got_release(&g);
        t.port = 1;
        g = once(&t, "true", NULL);
        assert_int_equal(g.err.kind, ERR_NET);
        if (!strstr(g.err.msg, "refused"))
            fail_msg("%s", g.err.msg);
        got_release(&g);
        t.host = "host.invalid";
        g = once(&t, "true", NULL);
        assert_int_equal(g.err.kind, ERR_NET);
        got_release(&g);
        t.host = "127.0.0.1";
        t.port = rawserver_port(raw);
        t.connect_timeout_ms = 500;
        g = once(&t, "true", NULL);
        assert_true(g.err.kind == ERR_NET || g.err.kind == ERR_PROTO);
        got_release(&g);
    }
    free(rawserver_stop(raw));
    sshd_stop(s);
    sshd_stop(other);
}

static void test_lost_sessions(void **state)
{
    struct sshd *s = sshd_start(NULL);

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(both); i++) {
        struct ssh_target t = target_of(s, both[i]);
        struct ssh_host *h = open_host(&t);
        struct got g;

        ask(h, "echo first", (struct ssh_command){0}, &g);
        run_all();
        assert_string_equal(g.out, "first\n");
        got_release(&g);
        sshd_drop_sessions(s);
        /* Either the loss was seen first, or this command was the one to see it. */
        ask(h, "echo second", (struct ssh_command){0}, &g);
        run_all();
        assert_true(g.err.kind == ERR_NONE || g.err.kind == ERR_NET);
        got_release(&g);
        ask(h, "echo third", (struct ssh_command){0}, &g);
        run_all();
        assert_string_equal(g.err.msg, "");
        assert_string_equal(g.out, "third\n");
        got_release(&g);
        close_host(h);
    }
    sshd_stop(s);
}

static void stop_loop(void *arg)
{
    loop_stop(arg);
}

static int64_t worked_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Nothing is asked for @ms; how long the processor worked meanwhile. */
static int64_t idle_for(int64_t ms)
{
    int64_t before = worked_ms();

    loop_timer(loop, ms, stop_loop, loop);
    loop_run(loop);
    return worked_ms() - before;
}

/* Between commands, too, the peer is read: it asks whether we are there, and it may go. That takes
 * no processor time. */
static void test_idle_session(void **state)
{
    const struct sshd_options o = {.config = "ClientAliveInterval 1\nClientAliveCountMax 1\n"};
    struct sshd *s = sshd_start(&o);
    struct ssh_target t = target_of(s, SSH_LIBSSH2);
    struct ssh_host *h = open_host(&t);
    struct got g;

    (void)state;
    ask(h, "head -c 6000000 /dev/zero", (struct ssh_command){0}, &g);
    run_all();
    got_release(&g);
    assert_true(idle_for(4000) < 250);
    ask(h, "echo still", (struct ssh_command){0}, &g);
    run_all();
    assert_string_equal(g.err.msg, "");
    assert_string_equal(g.out, "still\n");
    got_release(&g);
    assert_int_equal(ssh_host_facts(h)->sessions, 1);
    sshd_drop_sessions(s);
    assert_true(idle_for(500) < 100);
    assert_false(ssh_host_facts(h)->connected);
    close_host(h);
    sshd_stop(s);
}

static void test_many_hosts(void **state)
{
    struct sshd *s = sshd_start(NULL);
    static struct got got[HOSTS_MAX];

    (void)state;
    for (size_t i = 0; i < HOSTS_MAX; i++) {
        struct ssh_target t = target_of(s, SSH_AUTO);

        t.connect_timeout_ms = 60000;
        ask(open_host(&t), "echo many", (struct ssh_command){0}, &got[i]);
    }
    run_all();
    for (size_t i = 0; i < HOSTS_MAX; i++) {
        assert_string_equal(got[i].err.msg, "");
        assert_string_equal(got[i].out, "many\n");
        assert_string_equal(ssh_host_facts(hosts[i])->transport, "libssh2");
        got_release(&got[i]);
        close_host(hosts[i]);
    }
    sshd_stop(s);
}

static void test_quoting(void **state)
{
    struct strbuf out = STRBUF_INIT;

    (void)state;
    ssh_quote(&out, "nic-1'; rm -rf / #$(x)`y`\"");
    assert_string_equal(out.buf, "'nic-1'\\''; rm -rf / #$(x)`y`\"'");
    strbuf_release(&out);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        T(test_commands),        T(test_large_output),
        T(test_time_and_cancel), T(test_trust),
        T(test_changed_key),     T(test_fallback),
        T(test_rsa_user_key),    T(test_refusals),
        T(test_lost_sessions),   T(test_idle_session),
        T(test_many_hosts),      T(test_quoting),
        T(test_at_once),         T(test_no_more_than_the_limit),
        T(test_agent),
    };
    int rc = ssh_helper_main(argc, argv);

    if (rc >= 0)
        return rc;
    if (!sshd_is_there()) {
        print_message("OpenSSH's server is not there, or we are not root: skipped\n");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
