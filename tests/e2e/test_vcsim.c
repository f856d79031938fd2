/* The simulator of govmomi as an independent peer of the vCenter collectors: it was written by
 * others from the real thing. The engine reads it as the console does; changes are made by the
 * simulator's own client. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/mem.h"
#include "core/text.h"
#include "model/tables.h"
#include "tests/support/fakeapi.h"

#define PROGRAM  "build/vcsim"
#define PASSWORD "s<e>cret&" /* as tests/vcsim/main.go has it */
#define LINE     512

static struct {
    pid_t pid;
    FILE *to, *from;
    char url[128], sha256[80];
} sim;
static struct fakeapi_run run;

/* ---- the simulator -----------------------------------------------------------------------------
 */

static void child(int in, int out, const char *const *argv)
{
    (void)dup2(in, 0);
    (void)dup2(out, 1);
    if (!freopen("/dev/null", "w", stderr))
        _exit(126);
    (void)execv(argv[0], (char *const *)(uintptr_t)argv);
    _exit(127);
}

static void start_sim(const char *const *argv)
{
    int in[2], out[2];
    char line[LINE], *space;

    assert_int_equal(pipe2(in, O_CLOEXEC), 0);
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    sim.pid = fork();
    assert_true(sim.pid >= 0);
    if (sim.pid == 0)
        child(in[0], out[1], argv);
    close(in[0]);
    close(out[1]);
    sim.to = fdopen(in[1], "w");
    sim.from = fdopen(out[0], "r");
    assert_non_null(fgets(line, sizeof(line), sim.from));
    line[strcspn(line, "\n")] = '\0';
    space = strchr(line, ' ');
    assert_non_null(space);
    (void)snprintf(sim.url, sizeof(sim.url), "%.*s", (int)(space - line), line);
    (void)snprintf(sim.sha256, sizeof(sim.sha256), "%.*s", (int)sizeof(sim.sha256) - 1, space + 1);
}

/* Its input ends, so it does, and takes its files along. */
static void stop_sim(void)
{
    if (!sim.pid)
        return;
    (void)fclose(sim.to);
    (void)fclose(sim.from);
    (void)waitpid(sim.pid, NULL, 0);
    memset(&sim, 0, sizeof(sim));
}

/* What the simulator answers, without the newline. */
static const char *ask(const char *command)
{
    static char line[LINE];

    (void)fprintf(sim.to, "%s\n", command);
    (void)fflush(sim.to);
    assert_non_null(fgets(line, sizeof(line), sim.from));
    line[strcspn(line, "\n")] = '\0';
    if (text_has_prefix(line, "error"))
        fail_msg("%s: %s", command, line);
    return line;
}

static unsigned ask_number(const char *command)
{
    const char *text = ask(command);
    int64_t n;

    if (text_to_i64(text, 0, 1000000, &n) < 0)
        fail_msg("%s: '%s' is no number", command, text);
    return (unsigned)n;
}

/* ---- the engine --------------------------------------------------------------------------------
 */

static void open_engine_with(const char *password, const char *interval)
{
    char *text = mem_printf("sites:\n"
                            "  - name: s\n"
                            "    endpoints:\n"
                            "      - {name: a, kind: vcenter, url: \"%s\", user: tester, "
                            "password: {env: VCSIM_PASSWORD}, tls: {sha256: \"%s\"}, "
                            "intervals: {vms: %s}}\n",
                            sim.url, sim.sha256, interval);

    setenv("VCSIM_PASSWORD", password, 1);
    fakeapi_run_init(&run, text);
    free(text);
    run.o.collectors = NULL;
    run.o.sessions = NULL;
    fakeapi_run_start(&run);
}

static void open_engine(const char *password)
{
    open_engine_with(password, "2s");
}

static void close_engine(void)
{
    fakeapi_run_stop(&run);
    run.engine = NULL;
}

static size_t count(const struct schema *schema)
{
    struct snapshot *s = fakeapi_wait_fresh(&run, schema, "a", FRESH_OK);
    size_t n = snapshot_count(s);

    snapshot_unref(s);
    return n;
}

struct wanted {
    const char *vm, *value;
    unsigned col;
    bool found;
};

static bool vm_is(void *arg)
{
    struct wanted *w = arg;
    struct snapshot *s = store_get(run.store, &table_vms, "s", "a");
    bool good = s && snapshot_freshness(s) == FRESH_OK, there = false;

    w->found = false;
    for (size_t i = 0; s && i < snapshot_count(s); i++) {
        const struct row *r = snapshot_row(s, i);
        const char *text = row_str(r, w->col);

        if (strcmp(row_str(r, VMS_VM), w->vm) != 0)
            continue;
        there = true;
        w->found = text && w->value && strcmp(text, w->value) == 0;
    }
    snapshot_unref(s);
    return good && (w->value ? w->found : !there);
}

/* Until the VM of that name has this text; @value NULL: until there is no such VM. */
static void wait_vm(const char *vm, unsigned col, const char *value)
{
    struct wanted w = {.vm = vm, .value = value, .col = col};

    fakeapi_wait(vm_is, &w);
}

static int close_all(void **state)
{
    (void)state;
    if (run.engine)
        close_engine();
    stop_sim();
    return 0;
}

static void open_sim(const char *const *argv)
{
    if (access(PROGRAM, X_OK) != 0)
        skip();
    start_sim(argv);
}

static const char *const vcenter[] = {PROGRAM, "-clusters", "2",           "-hosts", "3",
                                      "-vms",  "4",         "-datastores", "2",      NULL};

/* ---- the tests ---------------------------------------------------------------------------------
 */

static void inventory_is_what_was_asked_for(void **state)
{
    (void)state;
    open_sim(vcenter);
    open_engine(PASSWORD);
    assert_int_equal(count(&table_hosts), 2 * 3 + 1); /* and one outside of the clusters */
    assert_int_equal(count(&table_hosts), ask_number("hosts"));
    assert_int_equal(count(&table_clusters), 2);
    assert_int_equal(count(&table_vms), 3 * 4); /* in each cluster, and on that host */
    assert_int_equal(count(&table_vms), ask_number("vms"));
    assert_int_equal(count(&table_datastores), 2);
    assert_int_equal(count(&table_datastores), ask_number("datastores"));
    wait_vm("DC0_C1_RP0_VM0", VMS_POWER_STATE, "poweredOn");
    wait_vm("DC0_C1_RP0_VM0", VMS_CLUSTER, "DC0_C1");
}

static void move(const char *vm, const char *host)
{
    char *command = mem_printf("move %s DC0_C0/%s", vm, host);

    assert_string_equal(ask(command), "ok");
    free(command);
    wait_vm(vm, VMS_HOST, host);
}

static void changes_arrive(void **state)
{
    (void)state;
    open_sim(vcenter);
    open_engine(PASSWORD);
    wait_vm("DC0_H0_VM0", VMS_POWER_STATE, "poweredOn");
    assert_string_equal(ask("poweroff DC0_H0_VM0"), "ok");
    wait_vm("DC0_H0_VM0", VMS_POWER_STATE, "poweredOff");
    assert_string_equal(ask("rename DC0_H0_VM0 db%2f01"), "ok");
    wait_vm("db/01", VMS_POWER_STATE, "poweredOff");
    wait_vm("DC0_H0_VM0", VMS_VM, NULL);
    move("DC0_C0_RP0_VM1", "DC0_C0_H0");
    move("DC0_C0_RP0_VM1", "DC0_C0_H2");
    /* One after the other: the simulator panics over a change of what is not there any more. */
    assert_string_equal(ask("poweroff DC0_C1_RP0_VM3"), "ok");
    wait_vm("DC0_C1_RP0_VM3", VMS_POWER_STATE, "poweredOff");
    assert_string_equal(ask("destroy DC0_C1_RP0_VM3"), "ok");
    wait_vm("DC0_C1_RP0_VM3", VMS_VM, NULL);
    assert_int_equal(count(&table_vms), 11);
}

static size_t count_like(const struct schema *schema, unsigned col, const char *text)
{
    struct snapshot *s = store_get(run.store, schema, "s", "a");
    size_t n = 0;

    for (size_t i = 0; s && i < snapshot_count(s); i++) {
        const char *have = row_str(snapshot_row(s, i), col);

        n += have && strcmp(have, text) == 0;
    }
    snapshot_unref(s);
    return n;
}

static void find_id(const char *vm, char *id, size_t size)
{
    struct snapshot *s = store_get(run.store, &table_vms, "s", "a");

    for (size_t i = 0; i < snapshot_count(s); i++) {
        const struct row *r = snapshot_row(s, i);

        if (strcmp(row_str(r, VMS_VM), vm) == 0)
            (void)snprintf(id, size, "%s", row_str(r, VMS_VM_ID));
    }
    snapshot_unref(s);
}

struct told {
    char id[64];
    size_t before;
};

static bool off_is_told(void *arg)
{
    const struct told *t = arg;

    return count_like(&table_tasks, TASKS_ENTITY_ID, t->id) > t->before;
}

static void tasks_and_events_are_read(void **state)
{
    struct told t = {.id = ""};

    (void)state;
    open_sim(vcenter);
    open_engine(PASSWORD);
    wait_vm("DC0_H0_VM0", VMS_POWER_STATE, "poweredOn");
    assert_int_equal(count(&table_alarms), 0);
    (void)count(&table_tasks);
    find_id("DC0_H0_VM0", t.id, sizeof(t.id));
    t.before = count_like(&table_tasks, TASKS_ENTITY_ID, t.id);
    /* Its history collector knows the first few and its own login; later ones it mixes up. */
    assert_true(count(&table_events) > 0);
    assert_true(count_like(&table_events, EVENTS_TYPE, "VmCreatedEvent") > 0);
    assert_true(count_like(&table_events, EVENTS_ENTITY, "DC0_H0_VM0") > 0);
    assert_true(count_like(&table_events, EVENTS_TYPE, "UserLoginSessionEvent") > 0);
    assert_string_equal(ask("poweroff DC0_H0_VM0"), "ok");
    fakeapi_wait(off_is_told, &t);
}

/* Nothing is polled before a minute and a half have passed: the list of tasks and what each is come
 * by the long poll, into a list view. */
static void tasks_are_told(void **state)
{
    static const char *const vms[] = {"DC0_H0_VM0", "DC0_C0_RP0_VM0", "DC0_C1_RP0_VM1"};

    (void)state;
    open_sim(vcenter);
    open_engine_with(PASSWORD, "10m");
    wait_vm(vms[0], VMS_POWER_STATE, "poweredOn");
    (void)count(&table_tasks);
    for (size_t i = 0; i < ARRAY_SIZE(vms); i++) {
        struct told t = {.id = ""};
        char *command = mem_printf("poweroff %s", vms[i]);

        find_id(vms[i], t.id, sizeof(t.id));
        t.before = count_like(&table_tasks, TASKS_ENTITY_ID, t.id);
        assert_string_equal(ask(command), "ok");
        fakeapi_wait(off_is_told, &t);
        wait_vm(vms[i], VMS_POWER_STATE, "poweredOff");
        free(command);
    }
    assert_true(count_like(&table_tasks, TASKS_STATE, "success") >= ARRAY_SIZE(vms));
}

static bool is_logged_in(void *arg)
{
    (void)arg;
    return ask_number("sessions") == 1;
}

static bool is_read_since(void *arg)
{
    struct snapshot *s = store_get(run.store, &table_vms, "s", "a");
    bool is = s && snapshot_freshness(s) == FRESH_OK && snapshot_taken_at(s) > *(int64_t *)arg;

    snapshot_unref(s);
    return is;
}

/* Until everything was read in a new session, and no reading is left that a refresh asked for: the
 * simulator, unlike the real thing, loses what changes between the first answer of a collector and
 * the moment when it begins to listen. What is published after the login was read later than that,
 * and a reading that was still wanted then is done with the second publish. */
static void wait_new_session(void)
{
    fakeapi_wait(is_logged_in, NULL);
    for (int i = 0; i < 2; i++) {
        int64_t now = clock_now_ms();

        fakeapi_wait(is_read_since, &now);
    }
}

/* The simulator lets a wait that is under way end well; the next request is refused. */
static void killed_session_is_established_anew(void **state)
{
    (void)state;
    open_sim(vcenter);
    open_engine(PASSWORD);
    wait_vm("DC0_H0_VM1", VMS_POWER_STATE, "poweredOn");
    assert_int_equal(ask_number("sessions"), 1);
    assert_int_equal(ask_number("kill"), 1);
    engine_refresh(run.engine, "vms");
    wait_new_session();
    for (unsigned i = 0; i < 3; i++) {
        char *to = mem_printf("n%u", i), *command;

        command =
            i ? mem_printf("rename n%u %s", i - 1, to) : mem_printf("rename DC0_H0_VM1 %s", to);
        assert_string_equal(ask(command), "ok");
        wait_vm(to, VMS_POWER_STATE, "poweredOn");
        free(command);
        free(to);
    }
    assert_int_equal(ask_number("sessions"), 1);
    assert_int_equal(count(&table_vms), 12);
}

static void logout_leaves_no_session(void **state)
{
    (void)state;
    open_sim(vcenter);
    open_engine(PASSWORD);
    wait_vm("DC0_H0_VM1", VMS_POWER_STATE, "poweredOn");
    assert_int_equal(ask_number("sessions"), 1);
    close_engine();
    assert_int_equal(ask_number("sessions"), 0);
}

static void wrong_password_stops(void **state)
{
    struct snapshot *s;

    (void)state;
    open_sim(vcenter);
    open_engine("wrong");
    s = fakeapi_wait_fresh(&run, &table_vms, "a", FRESH_DENIED);
    assert_int_equal(snapshot_err(s)->kind, ERR_AUTH);
    assert_non_null(strstr(snapshot_err(s)->msg, "InvalidLogin"));
    snapshot_unref(s);
    assert_int_equal(ask_number("sessions"), 0);
}

static void single_host(void **state)
{
    static const char *const esx[] = {PROGRAM, "-esx", "-vms", "3", NULL};
    struct snapshot *owner;
    const struct row *row;

    (void)state;
    open_sim(esx);
    open_engine(PASSWORD);
    assert_int_equal(count(&table_hosts), 1);
    assert_int_equal(count(&table_vms), 3);
    assert_int_equal(count(&table_clusters), 0);
    (void)count(&table_tasks);
    row = fakeapi_wait_endpoint(&run, "a", FRESH_OK, &owner);
    assert_string_equal(row_str(row, ENDPOINTS_ROLE), "ESXi host");
    snapshot_unref(owner);
}

#define T(name) cmocka_unit_test_teardown(name, close_all)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(inventory_is_what_was_asked_for),
        T(changes_arrive),
        T(tasks_and_events_are_read),
        T(tasks_are_told),
        T(killed_session_is_established_anew),
        T(logout_leaves_no_session),
        T(wrong_password_stops),
        T(single_host),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
