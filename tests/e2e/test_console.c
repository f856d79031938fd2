/* The console as it is run, on a real terminal against the lab. */
#include "tests/support/e2e.h"
#include "tests/support/terminal.h"

#include <glob.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/mem.h"

#define INTERRUPTED 130

struct start {
    const struct e2e *e;
    const char *argument[3];
};

static int run_hycon(void *arg)
{
    const struct start *s = arg;
    char *path = mem_printf("%s/hycon", s->e->bin);
    const char *const argv[] = {path, s->argument[0], s->argument[1], s->argument[2], NULL};

    (void)setenv("LC_ALL", "C.UTF-8", 1);
    (void)setenv("TZ", "Asia/Tokyo", 1);
    (void)setenv("HOME", s->e->home, 1);
    (void)setenv("XDG_STATE_HOME", s->e->home, 1);
    (void)setenv("XDG_CONFIG_HOME", s->e->home, 1);
    (void)setenv("XDG_RUNTIME_DIR", s->e->home, 1);
    if (s->e->config)
        (void)setenv("HYCON_CONFIG", s->e->config, 1);
    (void)execv(path, (char *const *)(uintptr_t)argv);
    return 127;
}

static struct terminal *open_console(const struct start *s)
{
    return terminal_start(&(struct terminal_options){
        .w = 140, .h = 45, .run = run_hycon, .arg = (void *)(uintptr_t)s});
}

static void check_end(struct terminal *t, const struct e2e *e, int status)
{
    int got = terminal_end(t);

    assert_true(WIFEXITED(got));
    assert_int_equal(WEXITSTATUS(got), status);
    assert_false(terminal_in_alternate(t));
    assert_true(terminal_cursor_visible(t));
    assert_true(terminal_modes_restored(t));
    assert_int_equal(e2e_counter(e, "nsx-dc1", "open_sessions"), 0);
    assert_true(e2e_counter(e, "nsx-dc1", "logins") > 0);
    terminal_free(t);
}

/* "never": a session left behind. Every way to end logs out. */
static void test_ends(void **state)
{
    static const int signals[] = {0, SIGTERM, SIGHUP};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
        struct e2e e;
        struct start s = {.e = &e};
        struct terminal *t;
        e2e_start(&e, "steady", NULL);
        t = open_console(&s);
        terminal_wait(t, "No finding is open.");
        if (signals[i])
            (void)kill(terminal_pid(t), signals[i]);
        else
            terminal_keys(t, "q");
        check_end(t, &e, signals[i] ? INTERRUPTED : 0);
        e2e_stop(&e);
    }
}

/* A crash of the console puts the terminal back and logs out, too. */
static void test_crash(void **state)
{
    struct e2e e;
    struct start s = {.e = &e};
    struct terminal *t;

    (void)state;
    e2e_start(&e, "steady", NULL);
    t = open_console(&s);
    terminal_wait(t, "No finding is open.");
    (void)kill(terminal_pid(t), SIGSEGV);
    (void)terminal_end(t);
    assert_false(terminal_in_alternate(t));
    assert_true(terminal_cursor_visible(t));
    assert_true(terminal_modes_restored(t));
    assert_true(e2e_counter(&e, "nsx-dc1", "logins") > 0);
    assert_int_equal(e2e_counter(&e, "nsx-dc1", "open_sessions"), 0);
    terminal_free(t);
    e2e_stop(&e);
}

/* The main job: the ENI follows the edge, the main table follows the ENI, one table never does. */
static void test_failover(void **state)
{
    struct e2e e;
    struct start s = {.e = &e};
    struct terminal *t;

    (void)state;
    e2e_start(&e, "failover", NULL);
    t = open_console(&s);
    terminal_wait(t, "No finding is open.");
    terminal_keys(t, "2");
    terminal_wait(t, "[2 ENI]");
    terminal_wait(t, "ACTIVE");
    for (int i = 0; i < 30 && !terminal_has(t, "table followed"); i++) {
        e2e_advance(&e, 5);
        terminal_keys(t, "R");
        (void)terminal_listen(t, 500);
    }
    /* One custom table has not followed; the main one has; the timeline says in which order. */
    terminal_wait(t, "converging 4/4");
    terminal_wait(t, "table followed");
    terminal_wait(t, "NSX-Edge-1 ACTIVE");
    terminal_keys(t, "dG");
    terminal_wait(t, "</DescribeNetworkInterfacesResponse>"); /* the raw reply, to its end */
    terminal_keys(t, "qq");
    check_end(t, &e, 0);
    e2e_stop(&e);
}

/* A machine whose flows are looked at moves: those that did not move with it are told. */
static void test_vmotion(void **state)
{
    struct e2e e;
    struct start s = {.e = &e};
    struct terminal *t;

    (void)state;
    e2e_start(&e, "vmotion-drops-flows", NULL);
    t = open_console(&s);
    terminal_wait(t, "6 Flows");
    terminal_keys(t, "6/vm=vm-00002\r");
    terminal_wait(t, "most moved: vm-00002");
    terminal_wait(t, "1 filter: read ");
    e2e_advance(&e, 20);
    for (int i = 0; i < 60 && !terminal_has(t, "did not survive"); i++) {
        terminal_keys(t, "R");
        (void)terminal_listen(t, 500);
    }
    terminal_wait(t, "13 flows of vm-00002 did not survive its vMotion");
    terminal_keys(t, ":lost_flows\r");
    terminal_wait(t, "Lost flows 13");
    terminal_wait(t, "10.20.12.10:30000");
    terminal_keys(t, "qq");
    check_end(t, &e, 0);
    e2e_stop(&e);
}

/* No account, no server, no question: a caption, then the failover and the table that is late. */
static void test_demo(void **state)
{
    struct e2e e;
    struct start s = {.e = &e, .argument = {"demo", "--speed", "4"}};
    struct terminal *t;
    int status;

    (void)state;
    e2e_start(&e, NULL, NULL);
    t = open_console(&s);
    terminal_wait(t, "hycon demo");
    terminal_wait(t, "osaka");
    terminal_wait(t, "custom-app still points to the dead host");
    terminal_wait(t, "CRIT");
    terminal_keys(t, "q");
    status = terminal_end(t);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    terminal_free(t);
    e2e_stop(&e);
}

static size_t demo_folders(const struct e2e *e)
{
    char *pattern = mem_printf("%s/hycon-demo-*", e->home);
    glob_t found;
    size_t n = glob(pattern, 0, NULL, &found) == 0 ? found.gl_pathc : 0;

    if (n)
        globfree(&found);
    free(pattern);
    return n;
}

/* Nobody is there to clean up but the lab. */
static void test_killed_demo(void **state)
{
    struct e2e e;
    struct start s = {.e = &e, .argument = {"demo"}};
    struct terminal *t;

    (void)state;
    e2e_start(&e, NULL, NULL);
    t = open_console(&s);
    terminal_wait(t, "hycon demo");
    assert_int_equal(demo_folders(&e), 1);
    (void)kill(terminal_pid(t), SIGKILL);
    assert_true(WIFSIGNALED(terminal_end(t)));
    terminal_free(t);
    for (int i = 0; i < 500 && demo_folders(&e); i++)
        (void)poll(NULL, 0, 20);
    assert_int_equal(demo_folders(&e), 0);
    e2e_stop(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ends),     cmocka_unit_test(test_crash),
        cmocka_unit_test(test_failover), cmocka_unit_test(test_vmotion),
        cmocka_unit_test(test_demo),     cmocka_unit_test(test_killed_demo),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
