/* The lab's SSH servers, read by OpenSSH's client: whoever implemented the other end did not
 * implement this one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/err.h"
#include "core/loop.h"
#include "core/mem.h"
#include "core/ssh.h"
#include "tests/lab/actions.h"
#include "tests/lab/fault.h"
#include "tests/lab/fw.h"
#include "tests/lab/lab.h"
#include "tests/lab/script.h"
#include "tests/lab/ssh.h"
#include "tests/lab/topology.h"
#include "tests/support/child.h"

static struct lab lab;
static struct lab_script script;
static struct lab_scenario *scenario;
static struct lab_server *server;
static char dir[] = "/tmp/hycon-test-lab-ssh-XXXXXX";

static int begin(void **state)
{
    struct err err;

    (void)state;
    assert_non_null(mkdtemp(dir));
    scenario = lab_scenario_load("fail-open", &err);
    assert_non_null(scenario);
    lab_init(&lab, 1);
    lab.dir = dir;
    lab.scenario = "fail-open";
    lab.script = &script;
    script.scenario = scenario;
    pthread_mutex_init(&script.lock, NULL);
    lab.params.esxi = 1;
    assert_int_equal(lab_params_check(&lab.params, &err), 0);
    lab.estate = lab_estate_new(&lab.params, 1, lab_wall_ms());
    lab.ca = lab_ca_new();
    assert_int_equal(lab_topology_start(&lab, 0, &err), 0);
    assert_int_equal(lab_files_write(&lab, scenario, &err), 0);
    server = lab_server_find(&lab, "esxi-dc1-esx01");
    assert_non_null(server);
    return 0;
}

static int end(void **state)
{
    const char *argv[] = {"rm", "-r", dir, NULL};
    struct child_result r;
    int rc;

    (void)state;
    lab_topology_stop(&lab);
    lab_release(&lab);
    lab_scenario_free(scenario);
    child_run(&r, &(struct child_options){.argv = argv, .timeout_ms = 20000});
    rc = r.status;
    child_release(&r);
    return rc;
}

/* @askpass: a password for keyboard-interactive; NULL: the key. */
static void run_ssh(struct child_result *r, const char *command, const char *askpass)
{
    struct arena *a = lab.arena;
    const char *env[] = {"SSH_ASKPASS_REQUIRE=force", NULL, "DISPLAY=", NULL};
    const char *argv[] = {"ssh",
                          "-F",
                          "none",
                          "-p",
                          arena_printf(a, "%d", server->port),
                          "-o",
                          arena_printf(a, "UserKnownHostsFile=%s/known_hosts", dir),
                          "-o",
                          "StrictHostKeyChecking=yes",
                          "-o",
                          "IdentitiesOnly=yes",
                          "-o",
                          "NumberOfPasswordPrompts=1",
                          "-o",
                          askpass ? "PreferredAuthentications=keyboard-interactive"
                                  : "PreferredAuthentications=publickey",
                          "-i",
                          arena_printf(a, "%s/id_ecdsa", dir),
                          "root@127.0.0.1",
                          command,
                          NULL};

    env[1] = arena_printf(a, "SSH_ASKPASS=%s", askpass ? askpass : "/bin/false");
    child_run(r, &(struct child_options){.argv = argv, .env = env, .timeout_ms = 20000});
}

static void write_askpass(const char *path, const char *file)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    fprintf(f, "#!/bin/sh\ncat '%s'\n", file);
    fclose(f);
    assert_int_equal(chmod(path, 0700), 0);
}

static void test_key_and_exit_status(void **state)
{
    struct child_result r;

    (void)state;
    run_ssh(&r, "hostname", NULL);
    assert_int_equal(r.status, 0);
    assert_string_equal(r.out.buf, "esx01.dc1.example.jp\n");
    child_release(&r);
    run_ssh(&r, "nonsense", NULL);
    assert_int_equal(r.status, 127);
    assert_non_null(strstr(r.err.buf, "not found"));
    child_release(&r);
}

static void test_password(void **state)
{
    const char *good = arena_printf(lab.arena, "%s/good", dir);
    const char *bad = arena_printf(lab.arena, "%s/bad", dir);
    struct child_result r;

    (void)state;
    write_askpass(good, arena_printf(lab.arena, "%s/password-esxi-dc1.txt", dir));
    write_askpass(bad, arena_printf(lab.arena, "%s/password-dc1.txt", dir));
    run_ssh(&r, "hostname", good);
    assert_int_equal(r.status, 0);
    child_release(&r);
    run_ssh(&r, "hostname", bad);
    assert_int_equal(r.status, 255);
    child_release(&r);
    pthread_mutex_lock(&lab.lock);
    assert_int_equal(server->counts.failed_logins, 1);
    pthread_mutex_unlock(&lab.lock);
}

static void test_much_output_is_whole(void **state)
{
    struct child_result r;

    (void)state;
    pthread_mutex_lock(&lab.lock);
    lab_find_nsx(lab.estate, "dc1")->fw->flows = 20000;
    pthread_mutex_unlock(&lab.lock);
    run_ssh(&r, "vsipioctl getflows -f nic-1000192-eth0-vmware-sfw.2", NULL);
    assert_int_equal(r.status, 0);
    assert_true(r.out.len > 2000000);
    assert_int_equal(r.out.buf[r.out.len - 1], '\n');
    child_release(&r);
}

static void test_faults(void **state)
{
    struct lab_pair words[] = {{"fault", "truncated"}, {"action", "esxcli vsan*"}, {"count", "1"}};
    struct lab_pairs spec = {words, ARRAY_SIZE(words)};
    struct child_result r;
    struct err err;
    unsigned id;

    (void)state;
    pthread_mutex_lock(&lab.lock);
    assert_int_equal(lab_fault_add(server, &spec, &id, &err), 0);
    pthread_mutex_unlock(&lab.lock);
    run_ssh(&r, "hostname", NULL);
    assert_int_equal(r.status, 0);
    child_release(&r);
    run_ssh(&r, "esxcli vsan cluster get", NULL);
    assert_int_equal(r.status, 255); /* the end came without an exit status */
    assert_true(r.out.len > 0 && r.out.buf[r.out.len - 1] != '\n');
    child_release(&r);
}

/* ---- our own client ---------------------------------------------------------------------------
 */

#define AT_ONCE 3

struct ended {
    struct loop *loop;
    unsigned *waiting;
    int exit_status;
    enum err_kind kind;
    size_t len;
};

static void on_done(void *arg, struct ssh_result *r)
{
    struct ended *e = arg;

    e->exit_status = r->exit_status;
    e->kind = r->err.kind;
    e->len = r->out_len;
    if (--*e->waiting == 0)
        loop_stop(e->loop);
}

static void add_cut(const char *action)
{
    struct lab_pair words[] = {{"fault", "truncated"}, {"action", action}, {"count", "1"}};
    struct lab_pairs spec = {words, ARRAY_SIZE(words)};
    struct err err;
    unsigned id;

    pthread_mutex_lock(&lab.lock);
    assert_int_equal(lab_fault_add(server, &spec, &id, &err), 0);
    pthread_mutex_unlock(&lab.lock);
}

/* A channel that is closed in the middle of a reply, without a word of how the command ended, is no
 * command that ended well; those beside it on the same session are. */
static void test_closed_in_mid_reply(void **state)
{
    static const char *const lines[AT_ONCE] = {"hostname", "esxcli vsan cluster get", "hostname"};
    struct loop *loop = loop_new();
    struct ssh *pool = ssh_pool_new(loop);
    char *key = mem_printf("%s/id_ecdsa", dir), *known = mem_printf("%s/known_hosts", dir);
    struct ssh_host *h = ssh_host_new(pool, &(struct ssh_target){.host = "127.0.0.1",
                                                                 .port = server->port,
                                                                 .user = "root",
                                                                 .key_file = key,
                                                                 .known_hosts = known,
                                                                 .transport = SSH_LIBSSH2});
    struct ended got[AT_ONCE];
    unsigned waiting = 0;

    (void)state;
    for (int round = 0; round < 2; round++) { /* cut at first, then whole */
        if (round == 0)
            add_cut("esxcli vsan*");
        for (int i = 0; i < AT_ONCE; i++) {
            got[i] = (struct ended){.loop = loop, .waiting = &waiting};
            waiting++;
            ssh_exec(h, &(struct ssh_command){.line = lines[i], .timeout_ms = 20000}, on_done,
                     &got[i]);
        }
        loop_run(loop);
        for (int i = 0; i < AT_ONCE; i++) {
            assert_int_equal(got[i].kind, ERR_NONE);
            assert_true(got[i].len > 0);
            assert_int_equal(got[i].exit_status, i == 1 && round == 0 ? -1 : 0);
        }
    }
    ssh_host_free(h);
    ssh_pool_free(pool);
    loop_free(loop);
    free(key);
    free(known);
}

static void test_a_changed_key_is_refused(void **state)
{
    struct lab_pair words[] = {{"do", "host-key"}, {"endpoint", "esxi-dc1-esx01"}};
    struct lab_pairs action = {words, ARRAY_SIZE(words)};
    struct child_result r;
    struct err err;

    (void)state;
    assert_int_equal(lab_action_run(&lab, &action, &err), 0);
    run_ssh(&r, "hostname", NULL);
    assert_int_equal(r.status, 255);
    assert_non_null(strstr(r.err.buf, "HOST IDENTIFICATION HAS CHANGED"));
    child_release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_closed_in_mid_reply),
        cmocka_unit_test(test_key_and_exit_status),
        cmocka_unit_test(test_password),
        cmocka_unit_test(test_much_output_is_whole),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_a_changed_key_is_refused),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
