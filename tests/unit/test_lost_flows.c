/* Flows that did not survive a vMotion. */
#include "tests/support/model_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "model/lost_flows.h"
#include "model/tables.h"

#define SECOND 1000

static const char config[] =
    "sites:\n"
    "  - name: dc1\n"
    "    endpoints:\n"
    "      - {name: esx, kind: esxi, hosts: [esx-1, esx-2], user: root, key_file: key}\n";

#define FILTERS(n)     "table filters dc1/esx/esx-" n " ok 0s\nhost filter vm vm_uuid vnic agent\n"
#define CARD(n, world) "esx-" n " nic-" world "-eth0-vmware-sfw.2 web-1 50aa eth0 vmware-sfw\n"
#define FLOWS(n, freshness)                                                   \
    "table flows dc1/esx/esx-" n " " freshness                                \
    " 0s\nhost filter vm flow protocol source_ip source_port destination_ip " \
    "destination_port tcp_state\n"
#define FLOW(n, world, id, port, state)                                         \
    "esx-" n " nic-" world "-eth0-vmware-sfw.2 web-1 " id " tcp 10.0.0.1 " port \
    " 10.0.0.2 443 " state "\n"
#define BEFORE                          \
    FLOWS("1", "ok")                    \
    FLOW("1", "7", "f1", "1001", "EST") \
    FLOW("1", "7", "f2", "1002", "EST") FLOW("1", "7", "f3", "1003", "FINW")
#define ON_1 FILTERS("1") CARD("1", "7") FILTERS("2")
#define ON_2 FILTERS("1") FILTERS("2") CARD("2", "9")

static const char columns[] = "flow vm from_host to_host tcp_state moved_at seen_at";

static void feed(struct model_case *c, int64_t after_s, const char *text)
{
    c->now += after_s * SECOND;
    (void)model_case_feed(c, text);
}

static void expect(struct model_case *c, const char *what, const char *want)
{
    model_case_expect(c->estate, what, "lost_flows", columns, want);
}

#define LOST_F2                                                                     \
    "tcp 10.0.0.1:1002 -> 10.0.0.2:443 web-1 esx-1 esx-2 EST 2026-11-20T09:00:30Z " \
    "2026-11-20T09:00:00Z\n"

/* One survives, one is lost, one was closing by itself. */
static void test_a_move(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, config);
    feed(&c, 0, ON_1 BEFORE FLOWS("2", "ok"));
    expect(&c, "before", "");
    feed(&c, 15, FLOWS("1", "ok"));
    expect(&c, "it has left", "");
    feed(&c, 15, ON_2);
    expect(&c, "it has arrived, and nobody has read its flows there", "");
    feed(&c, 15, FLOWS("2", "ok") FLOW("2", "9", "f8", "1001", "EST"));
    expect(&c, "read", LOST_F2);
    /* It is still told when a newer reading has other flows; one that comes back is not lost. */
    feed(&c, 15, FLOWS("2", "ok") FLOW("2", "9", "f9", "2000", "EST"));
    expect(&c, "later", LOST_F2);
    feed(&c, 15, FLOWS("2", "ok") FLOW("2", "9", "fa", "1002", "EST"));
    expect(&c, "it is back", "");
    model_case_release(&c);
}

/* Whoever looks at one machine looks at it on its new host: the old one is not read again. */
static void test_nobody_reads_the_old_host_again(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, config);
    feed(&c, 0, ON_1 BEFORE FLOWS("2", "ok"));
    feed(&c, 30, ON_2);
    feed(&c, 5, FLOWS("2", "partial"));
    expect(&c, "this card was not among what was read", "");
    feed(&c, 5, FLOWS("2", "partial") FLOW("2", "9", "f8", "1001", "EST"));
    expect(&c, "read", LOST_F2);
    model_case_release(&c);
}

static void test_what_is_no_move(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, config);
    feed(&c, 0, ON_1 BEFORE FLOWS("2", "ok"));
    feed(&c, 15, FLOWS("1", "partial")); /* somebody looks at another filter of the host */
    feed(&c, 15, FLOWS("1", "ok") FLOW("1", "7", "f1", "1001", "EST"));
    expect(&c, "flows that end are no news", "");
    feed(&c, 15, FILTERS("1") CARD("1", "7") FILTERS("2") CARD("2", "9"));
    feed(&c, 15, FLOWS("2", "ok"));
    expect(&c, "two hosts have it: the move is under way", "");
    model_case_release(&c);
}

/* A last sight of long ago says nothing about the move. */
static void test_an_old_sight(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, config);
    feed(&c, 0, ON_1 BEFORE FLOWS("2", "ok"));
    feed(&c, LOST_FLOWS_SIGHT_MS / SECOND + 1, ON_2);
    feed(&c, 5, FLOWS("1", "ok") FLOWS("2", "ok"));
    expect(&c, "too long ago", "");
    model_case_release(&c);
}

static void test_it_is_told_for_a_while(void **state)
{
    struct model_case c;

    (void)state;
    model_case_init(&c, config);
    feed(&c, 0, ON_1 BEFORE FLOWS("2", "ok"));
    feed(&c, 30, ON_2);
    feed(&c, 5, FLOWS("2", "ok") FLOW("2", "9", "f8", "1001", "EST"));
    feed(&c, LOST_FLOWS_KEEP_MS / SECOND - 6, "");
    expect(&c, "still told", LOST_F2);
    feed(&c, 2, "");
    expect(&c, "told long enough", "");
    model_case_release(&c);
}

static const struct snapshot *told(const struct model_case *c)
{
    size_t n;
    struct snapshot *const *list = estate_table(c->estate, &table_lost_flows, &n);

    assert_int_equal(n, 1);
    return list[0];
}

/* More than there is room for: what is missing is said for as long as it would have been told. */
static void test_too_many(void **state)
{
    struct strbuf many = STRBUF_INIT;
    struct model_case c;

    (void)state;
    model_case_init(&c, config);
    strbuf_addstr(&many, ON_1 FLOWS("1", "ok"));
    for (int i = 0; i <= LOST_FLOWS_MAX; i++)
        strbuf_addf(
            &many, "esx-1 nic-7-eth0-vmware-sfw.2 web-1 f%d tcp 10.0.%d.%d 1001 10.0.0.2 443 EST\n",
            i, i / 250, i % 250);
    strbuf_addstr(&many, FLOWS("2", "ok"));
    feed(&c, 0, many.buf);
    assert_int_equal(snapshot_freshness(told(&c)), FRESH_OK);
    feed(&c, 30, ON_2 FLOWS("1", "ok"));
    assert_int_equal(snapshot_freshness(told(&c)), FRESH_PARTIAL);
    assert_int_equal(snapshot_err(told(&c))->kind, ERR_LIMIT);
    assert_string_equal(snapshot_err(told(&c))->msg,
                        "20001 connections of cards that moved are missing: no more than 20000 are "
                        "kept");
    feed(&c, LOST_FLOWS_KEEP_MS / SECOND, "");
    assert_int_equal(snapshot_freshness(told(&c)), FRESH_PARTIAL);
    feed(&c, 1, "");
    assert_int_equal(snapshot_freshness(told(&c)), FRESH_OK);
    model_case_release(&c);
    strbuf_release(&many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_move),
        cmocka_unit_test(test_nobody_reads_the_old_host_again),
        cmocka_unit_test(test_what_is_no_move),
        cmocka_unit_test(test_an_old_sight),
        cmocka_unit_test(test_it_is_told_for_a_while),
        cmocka_unit_test(test_too_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
