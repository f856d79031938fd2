/* The trend of a vSAN datastore: what a line says, and when it must not speak. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "model/derive/vsan_trend.h"
#include "tests/support/model_case.h"

#define HOUR 3600000LL
#define DAY  (24 * HOUR)
#define TB   (1LL << 40)
#define NOW  MODEL_CASE_NOW

static const char config[] = "sites:\n"
                             "  - name: dc1\n"
                             "    endpoints:\n"
                             "      - {name: vc, kind: vcenter, url: \"https://vc.example/\", "
                             "user: u, password: {env: P}}\n";

static struct sample line[400];

/* @n samples, @step apart up to now, from @first growing by @grow each; @noise up and down. */
static struct sample_series make(size_t n, int64_t step, int64_t first, int64_t grow, int64_t noise)
{
    for (size_t i = 0; i < n; i++) {
        line[i].at = NOW - (int64_t)(n - 1 - i) * step;
        line[i].value = first + (int64_t)i * grow + (i % 2 ? noise : -noise);
    }
    return (struct sample_series){line, n};
}

static void test_too_few(void **state)
{
    struct sample_series s = make(VSAN_TREND_MIN - 1, HOUR, TB, TB / 100, 0);
    struct vsan_trend t = vsan_trend(&s, TB, 10 * TB, NOW);

    (void)state;
    assert_int_equal(t.kind, VSAN_TREND_TOO_FEW);
    assert_int_equal(t.full_at, 0);
    assert_int_equal(t.n, VSAN_TREND_MIN - 1);
    s.n = 0;
    assert_int_equal(vsan_trend(&s, TB, 10 * TB, NOW).kind, VSAN_TREND_TOO_FEW);
}

/* 1 % of 10 TiB a day, 50 % used: full in 50 days, seen from a week. */
static void test_date(void **state)
{
    struct sample_series s = make(168, HOUR, 5 * TB - 7 * TB / 10, TB / 240, 0);
    struct vsan_trend t = vsan_trend(&s, 5 * TB, 10 * TB, NOW);

    (void)state;
    assert_int_equal(t.kind, VSAN_TREND_GROWING);
    assert_true(fabs(t.per_day / (double)TB - 0.1) < 0.001);
    assert_true(llabs(t.full_at - (NOW + 50 * DAY)) < DAY / 10);
}

static void test_noise_does_not_move_it(void **state)
{
    struct sample_series s = make(168, HOUR, 5 * TB - 7 * TB / 10, TB / 240, TB / 50);
    struct vsan_trend t = vsan_trend(&s, 5 * TB, 10 * TB, NOW);

    (void)state;
    assert_true(llabs(t.full_at - (NOW + 50 * DAY)) < 3 * DAY);
}

/* 50 days ahead are not told from one hour. */
static void test_not_too_far_ahead(void **state)
{
    struct sample_series s = make(60, HOUR / 60, 5 * TB, TB / 5760, 0);
    struct vsan_trend t = vsan_trend(&s, 5 * TB, 10 * TB, NOW);

    (void)state;
    assert_int_equal(t.kind, VSAN_TREND_GROWING);
    assert_int_equal(t.full_at, 0);
    t = vsan_trend(&s, 10 * TB - TB / 10, 10 * TB, NOW);
    assert_true(t.full_at > NOW && t.full_at < NOW + 20 * HOUR);
    assert_int_equal(vsan_trend(&s, 10 * TB, 10 * TB, NOW).full_at, NOW);
    assert_int_equal(vsan_trend(&s, 5 * TB, 0, NOW).full_at, 0);
}

static void test_steady(void **state)
{
    struct sample_series s = make(168, HOUR, 5 * TB, 0, TB / 100);

    (void)state;
    assert_int_equal(vsan_trend(&s, 5 * TB, 10 * TB, NOW).kind, VSAN_TREND_STEADY);
    s = make(168, HOUR, 5 * TB, -TB / 240, 0);
    assert_int_equal(vsan_trend(&s, 5 * TB, 10 * TB, NOW).kind, VSAN_TREND_STEADY);
    for (size_t i = 0; i < 20; i++)
        line[i] = (struct sample){NOW, TB};
    s.n = 20;
    assert_int_equal(vsan_trend(&s, TB, 10 * TB, NOW).kind, VSAN_TREND_TOO_FEW);
}

/* ---- through the model --------------------------------------------------------------------------
 */

static void feed(struct model_case *c, int64_t used)
{
    struct strbuf text = STRBUF_INIT;

    strbuf_addf(&text,
                "table vsan dc1/vc ok 0s\ncluster_id cluster capacity_bytes used_bytes\n"
                "domain-c8 Cluster-1 1000000 %lld\n",
                (long long)used);
    model_case_feed(c, text.buf);
    strbuf_release(&text);
}

static void test_said_plainly(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, config);
    feed(&c, 500000);
    model_case_expect(c.estate, "one", "vsan", "full_at trend_samples used_history trend",
                      "- 1 50.0 too few samples: 1 of 12\n");
    model_case_release(&c);
}

static void test_trend_survives(void **state)
{
    struct strbuf history = STRBUF_INIT;
    struct model_case a, b;

    (void)state;
    model_case_init(&a, config);
    for (int i = 0; i < 11; i++, a.now += HOUR)
        feed(&a, 500000 + i * 10000);
    model_history_take(a.model, &history);
    model_case_init(&b, config);
    assert_int_equal(model_history_load(b.model, history.buf, history.len, a.now), 0);
    b.now = a.now;
    feed(&b, 610000);
    model_case_expect(b.estate, "twelve", "vsan", "full_at trend_samples",
                      "2026-11-22T11:00:00Z 12\n");
    model_case_release(&a);
    model_case_release(&b);
    strbuf_release(&history);
}

/* A week of polls every five minutes fits, looks back a week, and stays even. */
static void test_series_is_bounded(void **state)
{
    struct samples *s = samples_new();
    struct sample_series r;

    (void)state;
    for (int64_t t = 0; t < 10 * DAY; t += 5 * 60000)
        samples_add(s, "dc1", SAMPLE_VSAN_USED, "k", 1000 + t, t);
    r = samples_find(s, "dc1", SAMPLE_VSAN_USED, "k");
    assert_in_range(r.n, SAMPLES_VSAN_MAX / 4, SAMPLES_VSAN_MAX);
    assert_true(r.at[r.n - 1].at - r.at[0].at > 5 * DAY);
    assert_true(r.at[r.n - 1].at - r.at[0].at <= SAMPLES_VSAN_BACK_MS);
    for (size_t i = 1; i < r.n; i++)
        assert_true(r.at[i].at > r.at[i - 1].at);
    assert_false(samples_add(s, "dc1", SAMPLE_VSAN_USED, "k", 5, 1));
    assert_int_equal(samples_find(s, "dc2", SAMPLE_VSAN_USED, "k").n, 0);
    samples_free(s);
}

/* ---- space by policy, and who tells -------------------------------------------------------------
 */

#define CLUSTERS                                                              \
    "table vsan dc1/vc ok 0s\ncluster_id cluster capacity_bytes used_bytes\n" \
    "c1 Cluster-1 1000 500\nc2 Cluster-2 1000 500\nc3 Cluster-3 1000 500\n"   \
    "c4 Twice 1000 500\nc5 Twice 1000 500\n"
#define POLICY_VMS                                                                   \
    "table vms dc1/vc ok 0s\nvm_id cluster storage_policy storage_bytes\n"           \
    "vm-1 Cluster-1 Gold 300\nvm-2 Cluster-1 Default 500\nvm-3 Cluster-1 Gold 400\n" \
    "vm-4 Cluster-1 - 7\nvm-5 Cluster-2 Gold 9\nvm-6 Cluster-1 Gold -\n"             \
    "vm-7 Cluster-3 - 5\nvm-8 Twice Gold 5\n"

static void test_space_by_policy(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, config);
    model_case_feed(&c, CLUSTERS);
    model_case_expect(c.estate, "no VMs yet", "vsan", "cluster_id policies",
                      "c1 -\nc2 -\nc3 -\nc4 -\nc5 -\n");
    model_case_feed(&c, CLUSTERS POLICY_VMS);
    model_case_expect(c.estate, "sums", "vsan", "cluster_id policies",
                      "c1 Gold=700 Default=500 none=7\nc2 Gold=9\nc3 -\nc4 -\nc5 -\n");
    model_case_release(&c);
}

static const char with_hosts[] =
    "sites:\n"
    "  - name: dc1\n"
    "    endpoints:\n"
    "      - {name: vc, kind: vcenter, url: \"https://vc.example/\", user: u, "
    "password: {env: P}}\n"
    "      - {name: esx, kind: esxi, hosts: [h1, h2, h3], user: root, password: {env: P}}\n";

/* What a host and vCenter say of cluster 52aa-01. */
#define HOST(name, freshness, health)                \
    "table vsan dc1/esx/" name " " freshness " 0s\n" \
    "cluster_id vsan_uuid health\n52aa-01 52aa-01 " health "\n"
#define VCENTER(freshness)                                                      \
    "table vsan dc1/vc " freshness " 0s\ncluster_id cluster vsan_uuid health\n" \
    "domain-c8 Cluster-1 52AA01 green\n"

/* Hosts that agree are one row; one that sees other health is a row of its own. */
static void test_hosts_are_one_row(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, with_hosts);
    model_case_feed(&c,
                    HOST("h1", "ok", "green") HOST("h2", "ok", "green") HOST("h3", "ok", "yellow"));
    model_case_expect(c.estate, "by hosts", "vsan", "endpoint health via",
                      "esx/h1 green esx/h1 esx/h2\nesx/h3 yellow -\n");
    model_case_feed(&c, HOST("h1", "failed", "green") HOST("h2", "ok", "green")
                            HOST("h3", "ok", "yellow"));
    model_case_expect(c.estate, "the one that answers", "vsan", "endpoint health via",
                      "esx/h2 green esx/h2 esx/h1\nesx/h3 yellow -\n");
    model_case_release(&c);
}

/* vCenter's row stands for those of its hosts, whatever they see, for as long as it is read. */
static void test_hosts_and_vcenter(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, with_hosts);
    model_case_feed(&c, VCENTER("ok") HOST("h1", "ok", "yellow"));
    model_case_expect(c.estate, "one", "vsan", "endpoint cluster via", "vc Cluster-1 vc esx/h1\n");
    model_case_feed(&c, VCENTER("failed") HOST("h1", "ok", "yellow"));
    model_case_expect(c.estate, "read hides remembered", "vsan", "endpoint cluster health via",
                      "esx/h1 Cluster-1 yellow esx/h1 vc\n");
    model_case_feed(&c, VCENTER("failed") HOST("h1", "failed", "yellow"));
    model_case_expect(c.estate, "nobody answers", "vsan", "endpoint health via", "vc green -\n");
    model_case_feed(&c, VCENTER("ok") HOST("h1", "ok", "yellow"));
    model_case_expect(c.estate, "it is back", "vsan", "endpoint cluster health via",
                      "vc Cluster-1 green vc esx/h1\n");
    model_case_release(&c);
}

#define SPACE(freshness)                                                                      \
    "table vsan dc1/vc " freshness " 0s\ncluster_id cluster vsan_uuid health capacity_bytes " \
    "used_bytes free_bytes used_percent resync_bytes kms\n"                                   \
    "domain-c8 Cluster-1 52AA01 green 1000 950 50 95 7 red\n"

/* Space is carried with its age and trend; what changes is not. */
static void test_space_is_carried_with_its_age(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, with_hosts);
    model_case_feed(&c, SPACE("ok"));
    model_case_expect(c.estate, "read", "vsan", "endpoint used_percent space_at trend_samples",
                      "vc 95 - 1\n");
    c.now += HOUR;
    model_case_feed(&c, SPACE("failed") HOST("h1", "ok", "green") HOST("h2", "ok", "yellow"));
    model_case_expect(c.estate, "carried", "vsan",
                      "endpoint cluster health used_percent free_bytes resync_bytes kms "
                      "trend_samples via",
                      "esx/h1 Cluster-1 green 95 50 - - 1 esx/h1 vc\n"
                      "esx/h2 Cluster-1 yellow 95 50 - - 1 -\n");
    model_case_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_too_few),
        cmocka_unit_test(test_date),
        cmocka_unit_test(test_noise_does_not_move_it),
        cmocka_unit_test(test_not_too_far_ahead),
        cmocka_unit_test(test_steady),
        cmocka_unit_test(test_said_plainly),
        cmocka_unit_test(test_trend_survives),
        cmocka_unit_test(test_series_is_bounded),
        cmocka_unit_test(test_space_by_policy),
        cmocka_unit_test(test_hosts_are_one_row),
        cmocka_unit_test(test_hosts_and_vcenter),
        cmocka_unit_test(test_space_is_carried_with_its_age),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
