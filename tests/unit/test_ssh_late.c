/* Bytes that come between two questions of the same wake-up: who was told "nothing" first must be
 * asked again, for the socket is empty now. The moment is made by this program's own recv(): the
 * answer comes after the kernel has said that there is none, and before the next question. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/loop.h"
#include "core/mem.h"
#include "core/ssh.h"
#include "tests/support/sshd.h"

#define PATIENCE_MS 20000

static struct loop *loop;
static unsigned waiting;
static char *gates[4]; /* named pipes: a command waits for each */
static bool armed;
static unsigned more; /* "nothing"s that pass before the answer comes */

/* Let go on who waits at the gate. */
static void open_gate(unsigned i, const char *text)
{
    int fd = open(gates[i], O_WRONLY);

    assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
}

ssize_t recv(int fd, void *buffer, size_t length, int flags)
{
    struct pollfd pfd = {.fd = fd, .events = POLLIN};
    ssize_t n = syscall(SYS_recvfrom, fd, buffer, length, flags, NULL, NULL);

    if (n >= 0 || errno != EAGAIN || !armed || more-- > 0)
        return n;
    armed = false;
    open_gate(0, "late\n");
    assert_int_equal(poll(&pfd, 1, PATIENCE_MS), 1);
    errno = EAGAIN;
    return -1;
}

static int on_output(void *arg, const char *data, size_t len)
{
    (void)arg;
    if (len == 5 && memcmp(data, "here\n", 5) == 0)
        loop_stop(loop);
    if (len == 6 && memcmp(data, "ready\n", 6) == 0)
        armed = true;
    if (len == 5 && memcmp(data, "late\n", 5) == 0)
        open_gate(1, "end\n");
    if (len == 4 && memcmp(data, "end\n", 4) == 0 && waiting > 1)
        open_gate(3, "");
    return 0;
}

static void on_done(void *arg, struct ssh_result *r)
{
    (void)arg;
    assert_int_equal(r->err.kind, ERR_NONE);
    assert_int_equal(r->exit_status, 0);
    if (--waiting == 0)
        loop_stop(loop);
}

static int on_here(void *arg, const char *data, size_t len)
{
    (void)arg;
    (void)data;
    (void)len;
    loop_stop(loop);
    return 0;
}

static struct ssh_target target_of(struct sshd *s)
{
    return (struct ssh_target){.host = "127.0.0.1",
                               .port = sshd_port(s),
                               .user = "root",
                               .key_file = sshd_user_key(s, "ed25519"),
                               .known_hosts = sshd_known_hosts(s),
                               .transport = SSH_LIBSSH2};
}

/* It is here, waits for gate 2, says that it is ready, and is answered at the moment in question.
 */
static void start_listener(struct ssh_host *h)
{
    char *line = mem_printf("echo here; cat %s; cat %s; cat %s", gates[2], gates[0], gates[1]);
    struct ssh_command c = {.line = line, .timeout_ms = PATIENCE_MS, .on_output = on_output};

    waiting++;
    ssh_exec(h, &c, on_done, NULL);
    loop_run(loop); /* until it is here */
    free(line);
}

/* A command that has nothing to say any more, until it is over. */
static void start_silent(struct ssh_host *h)
{
    char *line = mem_printf("echo here; cat %s", gates[3]);
    struct ssh_command c = {.line = line, .timeout_ms = PATIENCE_MS, .on_output = on_here};

    waiting++;
    ssh_exec(h, &c, on_done, NULL);
    loop_run(loop);
    free(line);
}

enum place { ALONE, FIRST, SECOND };

/* The answer comes after so many "nothing"s that follow upon "ready". */
static void hear(struct ssh_host *h, enum place place, unsigned nothings)
{
    armed = false;
    more = nothings;
    if (place != SECOND)
        start_listener(h);
    if (place != ALONE)
        start_silent(h);
    if (place == SECOND)
        start_listener(h);
    open_gate(2, "ready\n");
    loop_run(loop);
    assert_int_equal(waiting, 0);
}

static void hear_at(enum place place, unsigned moments)
{
    struct sshd *s = sshd_start(NULL);
    struct ssh *ssh = ssh_pool_new(loop);
    struct ssh_target t = target_of(s);
    struct ssh_host *h = ssh_host_new(ssh, &t);

    for (unsigned i = 0; i < moments; i++)
        hear(h, place, i);
    ssh_host_free(h);
    ssh_pool_free(ssh);
    sshd_stop(s);
}

/* Errors after "ready"; then output and errors. */
static void test_streams_of_a_channel(void **state)
{
    (void)state;
    hear_at(ALONE, 3);
}

static void test_channel_before_another(void **state)
{
    (void)state;
    hear_at(FIRST, 7);
}

static void test_channel_after_another(void **state)
{
    (void)state;
    hear_at(SECOND, 5);
}

/* ---- the gates ---------------------------------------------------------------------------------
 */

static char *folder;

static int make_gates(void **state)
{
    char template[] = "/tmp/hycon-late-XXXXXX";

    (void)state;
    folder = mem_strdup(mkdtemp(template));
    loop = loop_new();
    for (unsigned i = 0; i < ARRAY_SIZE(gates); i++) {
        gates[i] = mem_printf("%s/%u", folder, i);
        assert_int_equal(mkfifo(gates[i], 0600), 0);
    }
    return 0;
}

static int remove_gates(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ARRAY_SIZE(gates); i++) {
        unlink(gates[i]);
        free(gates[i]);
    }
    rmdir(folder);
    free(folder);
    loop_free(loop);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_streams_of_a_channel),
        cmocka_unit_test(test_channel_before_another),
        cmocka_unit_test(test_channel_after_another),
    };

    if (!sshd_is_there()) {
        print_message("OpenSSH's server is not there, or we are not root: skipped\n");
        return 77;
    }
    alarm(100); /* a gate that nobody comes to */
    return cmocka_run_group_tests(tests, make_gates, remove_gates);
}
