/* The engine over SSH: passwords by keyboard-interactive, credentials that are tried once, hosts
 * that fail alone, tables that wait until somebody looks at them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "collectors/engine.h"
#include "collectors/esxi/commands.h"
#include "core/arena.h"
#include "core/mem.h"
#include "core/snapshot.h"
#include "core/strbuf.h"
#include "model/tables.h"
#include "tests/support/fds.h"
#include "tests/support/sshlogin.h"

#define PASSWORD  "correct horse"
#define HOSTS_MAX 8

static const char output[] =
    "Filters:\nworld 145244 vmm0:web vcUuid:'50 26 c7 cd b6 f3 f4 bc-e5 33 3d 4b 25 5c 62 77'\n"
    " port 50331662 web.eth0\n  vNic slot 2\n   name: nic-145244-eth0-vmware-sfw.2\n"
    "   agentName: vmware-sfw\n";

struct scene {
    struct sshlogin *servers[HOSTS_MAX];
    size_t n;
    struct config *config;
    struct store *store;
    struct engine *engine;
    int changed;
};

/* One endpoint per server, each with its own pin, all with one credential. */
static void add_endpoints(const struct scene *s, struct strbuf *yaml)
{
    strbuf_addstr(yaml, "credentials: {ops: {user: root, password: {env: HYCON_TEST_SSH}}}\n"
                        "sites: [{name: dc1, endpoints: [");
    for (size_t i = 0; i < s->n; i++)
        strbuf_addf(yaml,
                    "{name: esx%zu, kind: esxi, hosts: [\"127.0.0.1:%d\"], credential: ops, "
                    "transport: libssh2, host_key: \"%s\"},",
                    i, sshlogin_port(s->servers[i]), sshlogin_fingerprint(s->servers[i]));
    strbuf_addstr(yaml, "]}]\n");
}

static void on_change(void *arg)
{
    uint64_t one = 1;

    (void)!write(((struct scene *)arg)->changed, &one, sizeof(one));
}

static void open_scene(struct scene *s, size_t n, unsigned prompts, const char *password,
                       const struct schema *const *tables, bool once)
{
    struct sshlogin_options lo = {.prompts = prompts, .password = PASSWORD, .output = output};
    struct strbuf yaml = STRBUF_INIT;
    struct err err = {0};

    memset(s, 0, sizeof(*s));
    for (; s->n < n; s->n++)
        s->servers[s->n] = sshlogin_start(&lo);
    setenv("HYCON_TEST_SSH", password, 1);
    add_endpoints(s, &yaml);
    s->config = config_parse(yaml.buf, yaml.len, "test.yaml", &err, NULL);
    if (!s->config)
        fail_msg("%s", err.msg);
    s->store = store_new();
    s->changed = eventfd(0, EFD_CLOEXEC);
    struct engine_options o = {.config = s->config,
                               .store = s->store,
                               .once = once,
                               .tables = tables,
                               .timeout_ms = 90000,
                               .on_change = on_change,
                               .arg = s};
    s->engine = engine_start(&o, &err);
    if (!s->engine)
        fail_msg("%s", err.msg);
    strbuf_release(&yaml);
}

static void close_scene(struct scene *s)
{
    engine_stop(s->engine, 1000);
    for (size_t i = 0; i < s->n; i++)
        sshlogin_stop(s->servers[i]);
    store_free(s->store);
    config_free(s->config);
    close(s->changed);
}

static struct snapshot *snapshot_of(const struct scene *s, const struct schema *schema, size_t i)
{
    const struct config_endpoint *e = config_endpoint(s->config, i);

    return store_get(s->store, schema, e->site, e->name);
}

static enum freshness freshness_of(const struct scene *s, const struct schema *schema, size_t i)
{
    struct snapshot *snap = snapshot_of(s, schema, i);
    enum freshness f = snap ? snapshot_freshness(snap) : FRESH_NEVER;

    snapshot_unref(snap);
    return f;
}

static const struct schema *const filters_only[] = {&table_filters, NULL};

/* ---- logging in --------------------------------------------------------------------------------
 */

static void test_any_number_of_prompts(void **state)
{
    (void)state;
    for (unsigned prompts = 0; prompts <= 2; prompts++) {
        struct scene s;
        struct snapshot *snap;

        open_scene(&s, 1, prompts, PASSWORD, filters_only, true);
        assert_true(engine_wait(s.engine, -1));
        snap = snapshot_of(&s, &table_filters, 0);
        assert_int_equal(snapshot_count(snap), 1);
        assert_int_equal(freshness_of(&s, &table_filters, 0), FRESH_OK);
        assert_int_equal(sshlogin_good(s.servers[0]), 1);
        assert_int_equal(sshlogin_wrong(s.servers[0]), 0);
        snapshot_unref(snap);
        close_scene(&s);
    }
}

static void test_a_wrong_password_is_tried_once(void **state)
{
    struct scene s;
    unsigned tried = 0;

    (void)state;
    open_scene(&s, HOSTS_MAX, 1, "wrong", filters_only, true);
    assert_true(engine_wait(s.engine, -1));
    for (size_t i = 0; i < s.n; i++) {
        tried += sshlogin_wrong(s.servers[i]);
        assert_int_equal(freshness_of(&s, &table_filters, i), FRESH_DENIED);
    }
    assert_int_equal(tried, 1);
    close_scene(&s);
}

static void test_all_hosts_are_read_with_one_password(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, HOSTS_MAX, 1, PASSWORD, filters_only, true);
    assert_true(engine_wait(s.engine, -1));
    for (size_t i = 0; i < s.n; i++) {
        assert_int_equal(freshness_of(&s, &table_filters, i), FRESH_OK);
        assert_int_equal(sshlogin_good(s.servers[i]), 1);
    }
    close_scene(&s);
}

static unsigned fds_after(const char *password)
{
    struct scene s;

    open_scene(&s, 2, 1, password, filters_only, true);
    assert_true(engine_wait(s.engine, -1));
    close_scene(&s);
    return fds_count();
}

static void test_sessions_are_closed(void **state)
{
    static const char *const passwords[] = {PASSWORD, "wrong"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(passwords); i++) {
        unsigned before = fds_after(passwords[i]);

        assert_int_equal(fds_after(passwords[i]), before);
    }
}

/* ---- on demand ---------------------------------------------------------------------------------
 */

static void wait_for(const struct scene *s, const struct schema *schema, enum freshness want)
{
    for (int i = 0; i < 3000 && freshness_of(s, schema, 0) != want; i++) {
        struct pollfd fd = {.fd = s->changed, .events = POLLIN};
        uint64_t n;

        if (poll(&fd, 1, 20) == 1)
            (void)!read(s->changed, &n, sizeof(n));
    }
    assert_int_equal(freshness_of(s, schema, 0), want);
}

static void test_heavy_tables_wait_for_somebody(void **state)
{
    static const char *const seen[] = {"host_rules"};
    struct scene s;
    unsigned done, total;

    (void)state;
    open_scene(&s, 1, 1, PASSWORD, NULL, false);
    wait_for(&s, &table_filters, FRESH_OK);
    assert_int_equal(freshness_of(&s, &table_host_rules, 0), FRESH_NEVER);
    engine_progress(s.engine, &done, &total);
    assert_int_equal(total, 2); /* filters and connections */
    engine_focus(s.engine, seen, 1);
    /* The server says the same to every command, which is no ruleset. */
    wait_for(&s, &table_host_rules, FRESH_FAILED);
    assert_int_equal(freshness_of(&s, &table_flows, 0), FRESH_NEVER);
    close_scene(&s);
}

/* The other endpoint sleeps, and so do the other filters. */
static void test_somebody_looks_at_one_filter(void **state)
{
    static const char *const seen[] = {"flows"};
    static const char *const filters[] = {"nic-9-eth0-vmware-sfw.2"};
    struct scene s;
    struct snapshot *snap;

    (void)state;
    open_scene(&s, 2, 1, PASSWORD, NULL, false);
    wait_for(&s, &table_filters, FRESH_OK);
    char *name = mem_printf("esx0/127.0.0.1:%d", sshlogin_port(s.servers[0]));
    engine_look(s.engine, &(struct engine_look){.endpoints = (const char *const[]){name},
                                                .nendpoints = 1,
                                                .filters = filters,
                                                .nfilters = 1});
    engine_focus(s.engine, seen, 1);
    wait_for(&s, &table_flows, FRESH_PARTIAL);
    snap = snapshot_of(&s, &table_flows, 0);
    assert_string_equal(snapshot_err(snap)->msg, "only nic-9-eth0-vmware-sfw.2 was read, as asked");
    snapshot_unref(snap);
    assert_int_equal(freshness_of(&s, &table_flows, 1), FRESH_NEVER);
    free(name);
    close_scene(&s);
}

/* Several at once; and who looks elsewhere has what is looked at then read at once. */
static void test_somebody_looks_at_two_filters(void **state)
{
    static const char *const seen[] = {"flows"};
    static const char *const filters[] = {"nic-8-eth0-vmware-sfw.2", "nic-9-eth0-vmware-sfw.2"};
    struct engine_look look = {.filters = filters, .nfilters = 2};
    struct scene s;
    struct snapshot *snap;
    bool one = false;

    (void)state;
    open_scene(&s, 1, 1, PASSWORD, NULL, false);
    wait_for(&s, &table_filters, FRESH_OK);
    engine_look(s.engine, &look);
    engine_focus(s.engine, seen, 1);
    wait_for(&s, &table_flows, FRESH_PARTIAL);
    snap = snapshot_of(&s, &table_flows, 0);
    assert_string_equal(snapshot_err(snap)->msg, "only nic-8-eth0-vmware-sfw.2 "
                                                 "nic-9-eth0-vmware-sfw.2 was read, as asked");
    snapshot_unref(snap);
    look.nfilters = 1;
    engine_look(s.engine, &look);
    for (int i = 0; i < 1000 && !one; i++) {
        struct pollfd fd = {.fd = s.changed, .events = POLLIN};
        uint64_t n;

        snap = snapshot_of(&s, &table_flows, 0);
        one =
            strcmp(snapshot_err(snap)->msg, "only nic-8-eth0-vmware-sfw.2 was read, as asked") == 0;
        snapshot_unref(snap);
        if (!one && poll(&fd, 1, 20) == 1)
            (void)!read(s.changed, &n, sizeof(n));
    }
    assert_true(one);
    close_scene(&s);
}

/* ---- command lines -----------------------------------------------------------------------------
 */

static void test_names_are_checked(void **state)
{
    static const char *const good[] = {"nic-1000012-eth0-vmware-sfw.2", "nic-0-eth4294967295-a.0",
                                       "nic-1-eth10-dvfilter-generic-vmware-swsec.1"};
    static const char *const bad[] = {
        "",
        "nic-1-eth0-vmware-sfw.2; reboot",
        "nic-1-eth0-vmware-sfw.2\nreboot",
        "nic-1-eth0-$(reboot).2",
        "nic-1-eth0-`reboot`.2",
        "nic-1-eth0-a'b.2",
        "nic-1-eth0-.2",
        "nic--eth0-a.2",
        "nic-1-eth-a.2",
        "nic-1-eth0-a",
        "nic-1-eth0-a.",
        "nic-1-eth0-a.2x",
        "-f",
        "8-sw10 8d 19 50 cc.dvfilter-generic-vmware.0",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(good); i++)
        assert_true(esxi_command_takes(ESXI_GETRULES, good[i]));
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        assert_false(esxi_command_takes(ESXI_GETRULES, bad[i]));
    assert_false(esxi_command_takes(ESXI_GETRULES, NULL));
    assert_true(esxi_command_takes(ESXI_HBR_STATE, "12"));
    assert_false(esxi_command_takes(ESXI_HBR_STATE, "12 13"));
    assert_false(esxi_command_takes(ESXI_HBR_STATE, "-1"));
    assert_true(esxi_command_takes(ESXI_DVFILTER, NULL));
}

static void test_names_are_quoted(void **state)
{
    struct run run = {.arena = arena_new(0)};

    (void)state;
    assert_int_equal(esxi_command_send(&run, ESXI_RULE_COUNTS, "nic-1-eth0-vmware-sfw.2"),
                     STEP_SEND);
    assert_string_equal(run.request.path, "vsipioctl getrules -f 'nic-1-eth0-vmware-sfw.2' -s");
    assert_true(run.request.command && run.request.stream);
    assert_int_equal(esxi_command_send(&run, ESXI_FLOWS, "x; reboot"), STEP_FAIL);
    arena_free(run.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_number_of_prompts),
        cmocka_unit_test(test_a_wrong_password_is_tried_once),
        cmocka_unit_test(test_all_hosts_are_read_with_one_password),
        cmocka_unit_test(test_sessions_are_closed),
        cmocka_unit_test(test_heavy_tables_wait_for_somebody),
        cmocka_unit_test(test_somebody_looks_at_one_filter),
        cmocka_unit_test(test_somebody_looks_at_two_filters),
        cmocka_unit_test(test_names_are_checked),
        cmocka_unit_test(test_names_are_quoted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
