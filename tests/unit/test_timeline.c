/* The failover, step by step, on snapshots: what the timeline says, and when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "model/since.h"
#include "model/tables.h"
#include "model/timeline.h"
#include "tests/support/model_case.h"

#define LINK(eni)                                                        \
    "table linked_vpcs tokyo/vmc ok 0s\n"                                \
    "vpc mode active_enis traffic_groups route_tables sddc\n"            \
    "vpc-1 cidr " eni " Default=" eni " rtb-1 s\n"                       \
    "table sddcs tokyo/vmc ok 0s\nsddc management_cidr\ns 10.2.0.0/16\n" \
    "table segments tokyo/vmc ok 0s\npath segment type cidr\n"           \
    "/s/web web routed 192.168.1.0/24\n"                                 \
    "table enis tokyo/linked ok 0s\neni vpc status description\n"        \
    "eni-1 vpc-1 in-use \"VMware VMC Interface\"\n"                      \
    "eni-3 vpc-1 in-use \"VMware VMC Interface\"\n"
#define HOSTS(one)                                          \
    "table hosts tokyo/vmc ok 0s\nhost_id host state eni\n" \
    "h1 esx-1 " one " eni-1\nh3 esx-3 ready eni-3\n"
#define EDGES(a, b)                                            \
    "table gateways tokyo/vmc ok 0s\n"                         \
    "gateway tier edge edge_id ha_status traffic_group path\n" \
    "vmc 0 NSX-Edge-0 e0 " a " Default /infra/tier-0s/vmc\n"   \
    "vmc 0 NSX-Edge-1 e1 " b " Default /infra/tier-0s/vmc\n"   \
    "cgw 1 NSX-Edge-0 e0 " a " Default /infra/tier-1s/cgw\n"   \
    "cgw 1 NSX-Edge-1 e1 " b " Default /infra/tier-1s/cgw\n"
#define ROUTES(mgmt, web, app, other)                                  \
    "table routes tokyo/linked ok 0s\n"                                \
    "vpc route_table route_table_name main destination target state\n" \
    "vpc-1 rtb-1 main yes 10.2.0.0/16 " mgmt " active\n"               \
    "vpc-1 rtb-1 main yes 192.168.1.0/24 " web " active\n"             \
    "vpc-1 rtb-2 custom-app no 192.168.1.0/24 " app " active\n"        \
    "vpc-1 rtb-3 custom-02 no 192.168.1.0/24 " other " active\n"

#define STEADY     \
    HOSTS("ready") \
    EDGES("active", "standby") LINK("eni-1") ROUTES("eni-1", "eni-1", "eni-1", "eni-1")
#define FAILED HOSTS("failed")
#define MOVED  FAILED EDGES("down", "active")

#define COLUMNS "origin kind subject from to delay_ms error_bar_ms"

struct step {
    int64_t wait_ms;
    const char *text;
};

static const struct step story[] = {
    {0, STEADY},
    {5000, STEADY},
    {5000,
     FAILED EDGES("active", "standby") LINK("eni-1") ROUTES("eni-1", "eni-1", "eni-1", "eni-1")},
    {5000, MOVED LINK("eni-1") ROUTES("eni-1", "eni-1", "eni-1", "eni-1")},
    {5000, MOVED LINK("eni-3") ROUTES("eni-1", "eni-1", "eni-1", "eni-1")},
    {5000, MOVED LINK("eni-3") ROUTES("eni-3", "eni-1", "eni-1", "eni-1")},
    {5000, MOVED LINK("eni-3") ROUTES("eni-3", "eni-3", "eni-1", "eni-1")},
    {5000, MOVED LINK("eni-3") ROUTES("eni-3", "eni-3", "eni-3", "eni-1")},
    {5000, MOVED LINK("eni-3") ROUTES("eni-3", "eni-3", "eni-3", "eni-1")},
    {180000, MOVED LINK("eni-3") ROUTES("eni-3", "eni-3", "eni-3", "eni-1")},
    {5000, MOVED LINK("eni-3") ROUTES("eni-3", "eni-3", "eni-3", "eni-1")},
};

static const char told[] =
    "observed host_state esx-1 ready failed - 5000\n"
    "observed active_edge cgw NSX-Edge-0 NSX-Edge-1 5000 5000\n"
    "observed active_edge vmc NSX-Edge-0 NSX-Edge-1 5000 5000\n"
    "observed active_eni vpc-1, traffic group Default eni-1 eni-3 10000 5000\n"
    "observed route_table_partial rtb-1 (main) eni-1 eni-1 eni-3 15000 5000\n"
    "observed route_table rtb-1 (main) eni-1 eni-3 20000 5000\n"
    "observed route_table rtb-2 (custom-app) eni-1 eni-3 25000 5000\n"
    "observed route_table_late rtb-3 (custom-02) eni-1 eni-3 210000 -\n";

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Ids sort by the second; entries of one second by their hash: compare in order of text. */
static char *sorted(const char *text)
{
    struct strbuf out = STRBUF_INIT;
    char *copy = mem_strdup(text), *save = NULL, *lines[64];
    size_t n = 0;

    for (char *l = strtok_r(copy, "\n", &save); l && n < 64; l = strtok_r(NULL, "\n", &save))
        lines[n++] = l;
    qsort(lines, n, sizeof(*lines), by_text);
    for (size_t i = 0; i < n; i++)
        strbuf_addf(&out, "%s\n", lines[i]);
    free(copy);
    return strbuf_detach(&out);
}

static void expect_timeline(const struct estate *e, const char *columns, const char *want)
{
    char *got = model_case_dump(e, "timeline", "tokyo", columns);
    char *a = sorted(got), *b = sorted(want);

    if (strcmp(a, b) != 0)
        fail_msg("--- want\n%s--- got\n%s", b, a);
    free(got);
    free(a);
    free(b);
}

static void play(struct model_case *c, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        c->now += story[i].wait_ms;
        model_case_feed(c, story[i].text);
    }
}

static void test_story(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, NULL);
    play(&c, 0, 2);
    expect_timeline(c.estate, COLUMNS, "");
    play(&c, 2, ARRAY_SIZE(story));
    expect_timeline(c.estate, COLUMNS, told);
    model_case_expect(c.estate, "since", "gateways", "gateway edge since_at",
                      "cgw NSX-Edge-0 2026-11-20T09:00:15Z\ncgw NSX-Edge-1 2026-11-20T09:00:15Z\n"
                      "vmc NSX-Edge-0 2026-11-20T09:00:15Z\nvmc NSX-Edge-1 2026-11-20T09:00:15Z\n");
    model_case_release(&c);
}

/* Every entry but the first names the first as its cause. */
static void test_cause(void **state)
{
    struct snapshot *const *list;
    struct model_case c;
    const char *first;
    size_t n;

    (void)state;
    model_case_init(&c, NULL);
    play(&c, 0, ARRAY_SIZE(story));
    list = estate_table(c.estate, &table_timeline, &n);
    first = row_str(snapshot_row(list[0], 0), TIMELINE_TIMELINE_ID);
    assert_string_equal(row_str(snapshot_row(list[0], 0), TIMELINE_KIND), "host_state");
    assert_null(row_str(snapshot_row(list[0], 0), TIMELINE_CAUSE));
    for (size_t i = 1; i < snapshot_count(list[0]); i++)
        assert_string_equal(row_str(snapshot_row(list[0], i), TIMELINE_CAUSE), first);
    model_case_release(&c);
}

/* The console is closed in the middle and opened again: nothing is told twice, nothing is lost. */
static void test_restart(void **state)
{
    struct strbuf history = STRBUF_INIT;
    struct model_case a, b;

    (void)state;
    for (size_t stop = 1; stop < ARRAY_SIZE(story); stop++) {
        strbuf_reset(&history);
        model_case_init(&a, NULL);
        play(&a, 0, stop);
        model_history_take(a.model, &history);
        model_case_init(&b, NULL);
        assert_int_equal(model_history_load(b.model, history.buf, history.len, a.now), 0);
        b.now = a.now;
        model_case_release(&a);
        model_case_feed(&b, story[stop - 1].text);
        play(&b, stop, 9);
        char *got = model_case_dump(b.estate, "timeline", "tokyo", "kind subject from to delay_ms");
        if (!strstr(got, "active_eni vpc-1, traffic group Default eni-1 eni-3 10000\n"))
            fail_msg("stopped after step %zu:\n%s", stop, got);
        assert_ptr_equal(strstr(strstr(got, "active_eni") + 1, "active_eni"), NULL);
        free(got);
        model_case_release(&b);
    }
    strbuf_release(&history);
}

/* @a stops after two steps; @b goes on an hour later with its history. */
static void an_hour_unseen(struct model_case *a, struct model_case *b)
{
    struct strbuf history = STRBUF_INIT;

    model_case_init(a, NULL);
    play(a, 0, 2);
    model_history_take(a->model, &history);
    model_case_init(b, NULL);
    model_history_load(b->model, history.buf, history.len, a->now);
    b->now = a->now + 3600000;
    strbuf_release(&history);
}

/* It happened while nobody watched: the error bar is the time since hycon last looked. */
static void test_happened_unseen(void **state)
{
    struct model_case a, b;

    (void)state;
    an_hour_unseen(&a, &b);
    model_case_feed(&b, MOVED LINK("eni-3") ROUTES("eni-3", "eni-3", "eni-3", "eni-1"));
    char *got = model_case_dump(b.estate, "timeline", "tokyo", "kind from to error_bar_ms");
    assert_non_null(strstr(got, "active_eni eni-1 eni-3 3605000\n"));
    free(got);
    model_case_release(&a);
    model_case_release(&b);
}

/* AWS answers before VMC does: the routes are judged when the link is there, and the bar is still
 * the time since hycon last looked, not since the same poll. */
static void test_unseen_routes(void **state)
{
    static const char aws[] = ROUTES("eni-3", "eni-3", "eni-3", "eni-1");
    struct model_case a, b;

    (void)state;
    an_hour_unseen(&a, &b);
    model_case_feed(&b, aws);
    model_case_feed(&b, MOVED LINK("eni-3") ROUTES("eni-3", "eni-3", "eni-3", "eni-1"));
    char *got = model_case_dump(b.estate, "timeline", "tokyo", "kind subject error_bar_ms");
    if (!strstr(got, "route_table rtb-2 (custom-app) 3605000\n"))
        fail_msg("%s", got);
    free(got);
    model_case_release(&a);
    model_case_release(&b);
}

/* ---- reports ------------------------------------------------------------------------------------
 */

#define REPORTS "table reports tokyo/vmc\nreport at kind subject status user message\n"

static void test_reports(void **state)
{
    struct strbuf history = STRBUF_INIT;
    struct model_case c;

    (void)state;
    model_case_init(&c, NULL);
    model_case_feed(&c, REPORTS "t1 -2h ADD-HOST sddc STARTED ops@example \"adding a host\"\n"
                                "t2 -30h OLD sddc FINISHED - -\n"
                                "t3 - NO-TIME sddc FINISHED - -\n");
    expect_timeline(c.estate, "timeline_id origin at kind to user error_bar_ms",
                    "vmc/t1 reported 2026-11-20T07:00:00Z ADD-HOST STARTED ops@example -\n");
    c.now += 60000;
    model_case_feed(&c, REPORTS "t1 -121m ADD-HOST sddc FINISHED ops@example \"host added\"\n");
    expect_timeline(c.estate, "timeline_id kind to detail",
                    "vmc/t1 ADD-HOST FINISHED host added\n");
    model_history_take(c.model, &history);
    assert_non_null(strstr(history.buf, "\"to\":\"FINISHED\""));
    strbuf_reset(&history);
    c.now += 60000;
    model_case_feed(&c, REPORTS "t1 -122m ADD-HOST sddc FINISHED ops@example \"host added\"\n");
    model_history_take(c.model, &history);
    assert_null(strstr(history.buf, "timeline")); /* nothing new, nothing written */
    strbuf_release(&history);
    model_case_release(&c);
}

/* ---- segments -----------------------------------------------------------------------------------
 */

#define SEGMENTS                     \
    "table segments dc1/nsx ok 0s\n" \
    "path segment type cidr admin_state modified_by modified_at\n"

static void test_segments(void **state)
{
    struct model_case c;
    char *got;

    (void)state;
    model_case_init(&c, NULL);
    model_case_feed(&c, SEGMENTS "/s/a a routed 10.1.0.0/24 up saito -9h\n"
                                 "/s/b b routed 10.2.0.0/24 up saito -9h\n"
                                 "/s/c c routed 10.3.0.0/24 up saito -9h\n");
    c.now += 10000;
    model_case_feed(&c, SEGMENTS "/s/a a routed 10.1.0.0/24 down tanaka -4s\n"
                                 "/s/b b routed 10.2.0.0/24 up saito -9h\n"
                                 "/s/d d routed 10.4.0.0/24 up suzuki -3s\n");
    got = model_case_dump(c.estate, "timeline", "dc1", "at kind subject from to user error_bar_ms");
    char *want = sorted(
        "2026-11-20T09:00:06Z segment_changed a routed 10.1.0.0/24 routed 10.1.0.0/24 (down) "
        "tanaka -\n"
        "2026-11-20T09:00:07Z segment_added d - routed 10.4.0.0/24 suzuki -\n"
        "2026-11-20T09:00:10Z segment_removed c routed 10.3.0.0/24 - - 10000\n");
    char *lines = sorted(got);
    assert_string_equal(lines, want);
    free(lines);
    free(want);
    free(got);
    model_case_release(&c);
}

/* A reading that is not whole removes nothing. */
static void test_half_reading(void **state)
{
    struct model_case c;
    char *got;

    (void)state;
    model_case_init(&c, NULL);
    model_case_feed(&c, SEGMENTS "/s/a a routed 10.1.0.0/24 up - -\n");
    c.now += 10000;
    model_case_feed(&c, "table segments dc1/nsx partial 0s\npath segment\n/s/b b\n");
    got = model_case_dump(c.estate, "timeline", "dc1", "kind subject");
    assert_string_equal(got, "");
    free(got);
    model_case_release(&c);
}

/* ---- the limit ----------------------------------------------------------------------------------
 */

static void test_limit(void **state)
{
    struct timeline *t = timeline_new("tokyo");
    struct snapshot *s;
    int64_t at = 0;

    (void)state;
    for (int64_t i = 0; i < TIMELINE_MAX + 10; i++) {
        struct timeline_entry e = {.kind = "edge_status",
                                   .subject = "e",
                                   .to = "up",
                                   .at = MODEL_CASE_NOW + i * 1000,
                                   .delay_ms = -1,
                                   .error_bar_ms = -1};
        timeline_observe(t, &e);
        timeline_observe(t, &e); /* the same entry is one entry */
    }
    s = timeline_snapshot(t, MODEL_CASE_NOW, NULL);
    assert_int_equal(snapshot_count(s), TIMELINE_MAX);
    assert_true(row_int(snapshot_row(s, 0), TIMELINE_AT, &at));
    assert_int_equal(at, MODEL_CASE_NOW + 10 * 1000);
    snapshot_unref(s);
    timeline_free(t);
}

static const struct snapshot *timeline_of(const struct model_case *c, const char *site)
{
    size_t n;
    struct snapshot *const *list = estate_table(c->estate, &table_timeline, &n);

    for (size_t i = 0; i < n; i++) {
        if (strcmp(snapshot_site(list[i]), site) == 0)
            return list[i];
    }
    fail_msg("no timeline of %s", site);
    return NULL;
}

/* States that nobody remembers are not followed, and that is said. */
static void test_more_things_than_are_remembered(void **state)
{
    struct strbuf many = STRBUF_INIT;
    struct model_case c;

    (void)state;
    model_case_init(&c, NULL);
    strbuf_addstr(&many, "table edges dc1/nsx ok 0s\nedge_id edge status\n");
    for (int i = 0; i < SINCE_MAX; i++)
        strbuf_addf(&many, "e%d e%d up\n", i, i);
    (void)model_case_feed(&c, many.buf);
    assert_int_equal(snapshot_freshness(timeline_of(&c, "dc1")), FRESH_OK);
    strbuf_addstr(&many, "one more up\n");
    (void)model_case_feed(&c, many.buf);
    assert_int_equal(snapshot_freshness(timeline_of(&c, "dc1")), FRESH_PARTIAL);
    assert_int_equal(snapshot_err(timeline_of(&c, "dc1"))->kind, ERR_LIMIT);
    assert_non_null(strstr(snapshot_err(timeline_of(&c, "dc1"))->msg, "more than 50,000 things"));
    model_case_release(&c);
    strbuf_release(&many);
}

/* Without NSX the main route table tells which ENI is active. */
static void test_aws_alone(void **state)
{
    static const char enis[] = "table enis osaka/far ok 0s\neni vpc description\n"
                               "eni-1 vpc-1 \"VMware VMC Interface\"\n"
                               "eni-2 vpc-1 \"VMware VMC Interface\"\n";
    static const char routes[] = "table routes osaka/far ok 0s\n"
                                 "vpc route_table main destination target state\n"
                                 "vpc-1 rtb-1 yes 192.168.1.0/24 %s active\n";
    struct model_case c;
    char text[1024], *got;

    (void)state;
    model_case_init(&c, NULL);
    for (unsigned i = 1; i <= 2; i++) {
        char *route = mem_printf(routes, i == 1 ? "eni-1" : "eni-2");
        (void)snprintf(text, sizeof(text), "%s%s", enis, route);
        free(route);
        model_case_feed(&c, text);
        c.now += 4000;
    }
    got = model_case_dump(c.estate, "timeline", "osaka", "kind subject from to error_bar_ms");
    assert_non_null(strstr(got, "active_eni vpc-1 eni-1 eni-2 4000\n"));
    assert_non_null(strstr(got, "route_table rtb-1 eni-1 eni-2 4000\n"));
    free(got);
    model_case_release(&c);
}

/* Each traffic group keeps its own ENI: a table that leads to several is done when it is right. */
static void test_several_groups(void **state)
{
#define GROUPS(eni)                                                      \
    "table linked_vpcs tokyo/vmc ok 0s\n"                                \
    "vpc mode active_enis traffic_groups route_tables sddc\n"            \
    "vpc-1 cidr " eni ",eni-5 Default=" eni ",tg-2=eni-5 rtb-1 s\n"      \
    "table sddcs tokyo/vmc ok 0s\nsddc management_cidr\ns 10.2.0.0/16\n" \
    "table segments tokyo/vmc ok 0s\npath segment type cidr\n"           \
    "/s/web web routed 192.168.1.0/24\n/s/db db routed 192.168.2.0/24\n" \
    "table enis tokyo/linked ok 0s\neni vpc status description\n"        \
    "eni-1 vpc-1 in-use \"VMware VMC Interface\"\n"                      \
    "eni-3 vpc-1 in-use \"VMware VMC Interface\"\n"                      \
    "eni-5 vpc-1 in-use \"VMware VMC Interface\"\n"
#define MAIN_ROUTES(mgmt, web)                        \
    "table routes tokyo/linked ok 0s\n"               \
    "vpc route_table main destination target state\n" \
    "vpc-1 rtb-1 yes 10.2.0.0/16 " mgmt " active\n"   \
    "vpc-1 rtb-1 yes 192.168.1.0/24 " web " active\n" \
    "vpc-1 rtb-1 yes 192.168.2.0/24 eni-5 active\n"   \
    "vpc-1 rtb-2 no 192.168.1.0/24 eni-1 active\n"    \
    "vpc-1 rtb-2 no 192.168.2.0/24 eni-5 active\n"
    static const char *const texts[] = {
        GROUPS("eni-1") MAIN_ROUTES("eni-1", "eni-1"),
        GROUPS("eni-3") MAIN_ROUTES("eni-3", "eni-1"),
        GROUPS("eni-3") MAIN_ROUTES("eni-3", "eni-3"),
        /* later */
        GROUPS("eni-3") MAIN_ROUTES("eni-3", "eni-3"),
        /* and back, and AWS was asked first */
        GROUPS("eni-3") MAIN_ROUTES("eni-1", "eni-1"),
        GROUPS("eni-1") MAIN_ROUTES("eni-1", "eni-1"),
        GROUPS("eni-1") MAIN_ROUTES("eni-1", "eni-1"),
    };
    struct model_case c;

    (void)state;
    model_case_init(&c, NULL);
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        model_case_feed(&c, texts[i]);
        c.now += i == 2 ? 200000 : 5000;
    }
    expect_timeline(c.estate, "kind subject from to",
                    "active_eni vpc-1, traffic group Default eni-1 eni-3\n"
                    "route_table_partial rtb-1 eni-1 eni-5 eni-1 eni-3 eni-5\n"
                    "route_table rtb-1 eni-1 eni-3 eni-5\n"
                    "route_table_late rtb-2 eni-1 eni-3\n"
                    "route_table_partial rtb-1 eni-3 eni-5 eni-1 eni-5\n"
                    "active_eni vpc-1, traffic group Default eni-3 eni-1\n"
                    "route_table rtb-1 - eni-1 eni-5\n");
    model_case_release(&c);
}

/* VMC and vCenter tell of one host, each in its own words and time: one entry, via both. */
static void test_one_host_two_managers(void **state)
{
    static const char yaml[] =
        "sites:\n  - name: tokyo\n    endpoints:\n"
        "      - {name: vmc, kind: vmc, org: o, sddc: s, token: {env: T}}\n"
        "      - {name: vc, kind: vcenter, url: \"https://vc.example/\", user: u, "
        "password: {env: P}}\n";
#define BOTH(vmc, vc)                                                     \
    "table hosts tokyo/vmc ok 0s\nhost_id host state fqdn\nu1 esx-1 " vmc \
    " esx-1.example.jp\ntable hosts tokyo/vc ok 0s\n"                     \
    "host_id host connection_state fqdn\nhost-1 esx-1 " vc " ESX-1.example.jp\n"
#define ALONE(vc)                                                   \
    "table hosts tokyo/vmc failed 5m\ntable hosts tokyo/vc ok 0s\n" \
    "host_id host connection_state fqdn\nhost-1 esx-1 " vc " ESX-1.example.jp\n"
    static const char *const texts[] = {
        BOTH("ready", "connected"),      BOTH("ready", "notResponding"),
        BOTH("failed", "notResponding"), BOTH("failed", "connected"),
        BOTH("ready", "connected"),      ALONE("connected"),
        ALONE("notResponding"),
    };
    struct model_case c;

    (void)state;
    model_case_init(&c, yaml);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        model_case_feed(&c, texts[i]);
        c.now += 5000;
    }
    expect_timeline(c.estate, "kind subject from to detail",
                    "host_state esx-1 ready notResponding via vmc and vc\n"
                    "host_state esx-1 notResponding ready via vmc and vc\n"
                    "host_state esx-1 ready notResponding -\n");
    model_case_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_host_two_managers),
        cmocka_unit_test(test_several_groups),
        cmocka_unit_test(test_story),
        cmocka_unit_test(test_cause),
        cmocka_unit_test(test_restart),
        cmocka_unit_test(test_happened_unseen),
        cmocka_unit_test(test_unseen_routes),
        cmocka_unit_test(test_reports),
        cmocka_unit_test(test_segments),
        cmocka_unit_test(test_half_reading),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_more_things_than_are_remembered),
        cmocka_unit_test(test_aws_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
