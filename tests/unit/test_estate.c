/* What an estate says about itself, and that an update which brings nothing new costs nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "model/tables.h"
#include "tests/support/estate_fixed.h"
#include "tests/support/model_case.h"

#define ENIS "table enis tokyo/linked ok 0s\neni status description\n"

static const struct row *find(const struct estate *e, const char *eni, const struct snapshot **s)
{
    *s = estate_snapshot(e, &table_enis, "tokyo", "linked");
    assert_non_null(*s);
    return snapshot_find(*s, eni);
}

/* At the reading before; NULL: not there. */
static const struct row *row_before(const struct estate *e, const struct snapshot *s,
                                    const struct row *r)
{
    const struct snapshot *before = estate_previous_snapshot(e, s);

    return before ? snapshot_find(before, r->key) : NULL;
}

/* News of another table make a new estate; what this table was before stays the same. */
static void test_previous_reading(void **state)
{
    const struct snapshot *s;
    const struct row *r;
    struct model_case c;

    (void)state;
    model_case_init(&c, NULL);
    model_case_feed(&c, ENIS "eni-1 in-use a\n");
    r = find(c.estate, "eni-1", &s);
    assert_null(estate_previous_snapshot(c.estate, s));
    c.now += 5000;
    model_case_feed(&c, ENIS "eni-1 available a\n");
    model_case_feed(&c, ENIS "eni-1 available a\n"
                             "table vpcs tokyo/linked\nvpc cidr\nvpc-1 10.0.0.0/16\n");
    r = find(c.estate, "eni-1", &s);
    assert_int_equal(
        snapshot_taken_at(s) - snapshot_taken_at(estate_previous_snapshot(c.estate, s)), 5000);
    assert_string_equal(row_str(row_before(c.estate, s, r), ENIS_STATUS), "in-use");
    model_case_release(&c);
}

static void test_changes(void **state)
{
    const struct snapshot *s;
    const struct row *r;
    struct model_case c;
    int64_t first;

    (void)state;
    model_case_init(&c, NULL);
    model_case_feed(&c, ENIS "eni-1 in-use a\neni-2 in-use b\n");
    r = find(c.estate, "eni-1", &s);
    assert_null(row_before(c.estate, s, r));
    assert_int_equal(estate_changed_at(c.estate, s, r, ENIS_STATUS), 0);
    first = c.now += 5000;
    model_case_feed(&c, ENIS "eni-1 available a\neni-2 in-use b\neni-3 in-use c\n");
    r = find(c.estate, "eni-1", &s);
    assert_string_equal(row_str(row_before(c.estate, s, r), ENIS_STATUS), "in-use");
    assert_int_equal(estate_changed_at(c.estate, s, r, ENIS_STATUS), first);
    assert_int_equal(estate_changed_at(c.estate, s, r, ENIS_DESCRIPTION), 0);
    r = find(c.estate, "eni-3", &s);
    assert_null(row_before(c.estate, s, r));
    assert_int_equal(estate_changed_at(c.estate, s, r, ENIS_ENI), first);
    c.now += 5000;
    model_case_feed(&c, ENIS "eni-1 available z\neni-2 in-use b\neni-3 in-use c\n");
    r = find(c.estate, "eni-1", &s);
    assert_int_equal(estate_changed_at(c.estate, s, r, ENIS_STATUS), first);
    assert_int_equal(estate_changed_at(c.estate, s, r, ENIS_DESCRIPTION), c.now);
    assert_int_equal(estate_changed_at(c.estate, s, find(c.estate, "eni-2", &s), ENIS_STATUS), 0);
    c.now += 2 * 60 * 60 * 1000;
    model_case_feed(&c, ENIS "eni-1 available z\neni-2 available b\neni-3 in-use c\n");
    r = find(c.estate, "eni-1", &s);
    assert_int_equal(estate_changed_at(c.estate, s, r, ENIS_STATUS), 0);
    model_case_release(&c);
}

/* A failed poll is no change; the rows are there and so are their marks. */
static void test_failed_poll_marks_nothing(void **state)
{
    const struct snapshot *s;
    const struct row *r;
    struct model_case c;

    (void)state;
    model_case_init(&c, NULL);
    model_case_feed(&c, ENIS "eni-1 in-use a\n");
    c.now += 5000;
    model_case_feed(&c, "table enis tokyo/linked failed 5s \"503\"\neni status description\n"
                        "eni-1 in-use a\n");
    r = find(c.estate, "eni-1", &s);
    assert_int_equal(estate_changed_at(c.estate, s, r, ENIS_STATUS), 0);
    assert_int_equal(snapshot_freshness(s), FRESH_FAILED);
    assert_string_equal(snapshot_err(s)->msg, "503");
    model_case_release(&c);
}

static void test_freshness(void **state)
{
    struct config *config;
    struct model_case c;
    struct estate *e;
    unsigned done, total;

    (void)state;
    model_case_init(&c, NULL);
    config = c.config;
    e = estate_fixed(config,
                     "table enis tokyo/linked ok\neni\n"
                     "table enis tokyo/linked2 unsupported\neni\n"
                     "table enis osaka/far stale 10m\neni\n"
                     "table routes tokyo/linked never\nvpc\n"
                     "table routes tokyo/linked2 partial\nvpc\n"
                     "table segments tokyo/vmc unsupported\npath\n"
                     "table edges tokyo/vmc never\nedge\ntable edges tokyo/nsx denied\nedge\n",
                     c.now, false);
    assert_int_equal(estate_freshness(e, &table_enis, "tokyo"), FRESH_OK);
    assert_int_equal(estate_freshness(e, &table_enis, NULL), FRESH_STALE);
    assert_int_equal(estate_freshness(e, &table_routes, NULL), FRESH_NEVER);
    assert_int_equal(estate_freshness(e, &table_segments, NULL), FRESH_UNSUPPORTED);
    assert_int_equal(estate_freshness(e, &table_vpcs, NULL), FRESH_UNSUPPORTED);
    assert_int_equal(estate_freshness(e, &table_edges, "tokyo"), FRESH_DENIED);
    estate_unref(e);
    model_case_feed(&c, "table enis tokyo/linked\neni\ntable routes tokyo/linked never\nvpc\n"
                        "table edges tokyo/nsx never 0s \"no answer\"\nedge\n"
                        "table segments tokyo/vmc unsupported\npath\n");
    assert_true(estate_collecting(c.estate, &done, &total));
    assert_int_equal(done, 2);
    assert_int_equal(total, 3);
    model_progress(c.model, 2, 2); /* the third waits until somebody looks at it */
    model_case_feed(&c, "table enis tokyo/linked\neni\ntable routes tokyo/linked never\nvpc\n");
    assert_false(estate_collecting(c.estate, &done, &total));
    assert_int_equal(total, 2);
    model_case_release(&c);
}

/* ---- nothing new, nothing done --------------------------------------------------------------- */

/* As collectors do: pages with an identity, so that an unchanged reply shares its rows. */
static struct snapshot *page(const struct snapshot *prev, const char *status, int64_t taken_at)
{
    struct table_builder *b = builder_new(&table_enis, "tokyo", "linked", prev);

    if (!builder_block(b, strcmp(status, "in-use") == 0 ? 1 : 2)) {
        builder_row(b);
        builder_str(b, ENIS_ENI, "eni-1");
        builder_state(b, ENIS_STATUS, status);
    }
    return builder_finish(b, taken_at, FRESH_OK, NULL);
}

static const struct row *only_row(const struct estate *e, const struct snapshot **s)
{
    size_t n;

    *s = estate_table(e, &table_enis, &n)[0];
    return snapshot_row(*s, 0);
}

static void update(struct model_case *c, struct snapshot *raw)
{
    estate_unref(c->estate);
    c->estate = model_update(c->model, &raw, 1, c->now);
}

static void test_idle(void **state)
{
    const struct snapshot *s, *before;
    struct snapshot *first, *again, *other;
    const struct row *r;
    struct model_case c;

    (void)state;
    model_case_init(&c, NULL);
    first = page(NULL, "in-use", c.now);
    update(&c, first);
    r = only_row(c.estate, &before);
    update(&c, first); /* the very same snapshot */
    only_row(c.estate, &s);
    assert_ptr_equal(s, before);
    c.now += 5000;
    again = page(first, "in-use", c.now); /* read again, says the same */
    update(&c, again);
    assert_ptr_equal(only_row(c.estate, &s)->cells, r->cells);
    assert_int_equal(snapshot_taken_at(s), c.now);
    c.now += 5000;
    other = page(again, "available", c.now);
    update(&c, other);
    assert_ptr_not_equal(only_row(c.estate, &s)->cells, r->cells);
    assert_string_equal(row_str(only_row(c.estate, &s), ENIS_STATUS), "available");
    snapshot_unref(first);
    snapshot_unref(again);
    snapshot_unref(other);
    model_case_release(&c);
}

/* An estate outlives the model and the snapshots it was made from. */
static void test_lifetime(void **state)
{
    const struct snapshot *s;
    struct model_case c;
    struct estate *e;

    (void)state;
    model_case_init(&c, NULL);
    model_case_feed(&c, ENIS "eni-1 in-use \"VMware VMC Interface\"\n");
    e = estate_ref(c.estate);
    c.now += 1000;
    model_case_feed(&c, ENIS "eni-2 in-use b\n");
    estate_unref(c.estate);
    c.estate = NULL;
    model_free(c.model);
    c.model = NULL;
    assert_string_equal(row_str(find(e, "eni-1", &s), ENIS_DESCRIPTION), "VMware VMC Interface");
    estate_unref(e);
    config_free(c.config);
}

/* Sites that are not configured, tables that nobody knows: not ours, and no harm. */
static void test_strangers(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, NULL);
    model_case_feed(&c, "table enis nowhere/linked\neni\neni-1\n"
                        "table enis tokyo/nobody\neni status\neni-2 in-use\n");
    model_case_expect(c.estate, "strangers", "enis", "site endpoint eni", "tokyo nobody eni-2\n");
    model_case_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_previous_reading),
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_failed_poll_marks_nothing),
        cmocka_unit_test(test_freshness),
        cmocka_unit_test(test_idle),
        cmocka_unit_test(test_lifetime),
        cmocka_unit_test(test_strangers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
