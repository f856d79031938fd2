/* Panes above a tab: details, help, dialogs; held screens, secrets, trust. */
#include "core/log.h"
#include "tests/support/screen.h"
#include "tests/support/screen_estate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/strbuf.h"
#include "tui/details.h"
#include "tui/help.h"
#include "tui/palette.h"

static struct screen *open_endpoints(void)
{
    struct screen *s =
        screen_new(&(struct screen_options){.config = screen_config, .view = "endpoints"});

    screen_tables(s, screen_endpoints);
    (void)screen_requests(s);
    return s;
}

static void test_details(void **state)
{
    struct screen *s = open_endpoints();

    (void)state;
    screen_set_raw(s, "GET /api/v1/cluster",
                   "{\"status\":\"up\",\"nodes\":[{\"ip\":\"10.0.0.1\"},{}]}");
    screen_keys(s, "jd");
    SCREEN(s, "details",
           " hycon  tokyo PRODUCTION dc1                         09:00:00 UTC  18:00:00 JST\n"
           " ok: no finding is open                 tokyo: linked~stale dc1: nsx!denied 1 ok\n"
           " 1 Overview [Endpoints]\n"
           " endpoints  linked ──────────────────────────────────────────────────── 1-18/42\n"
           "linked: stale  no answer from ec2.example\n"
           "\n"
           "tables\n"
           "\n"
           "site                    tokyo\n"
           "endpoint                linked\n"
           "kind                    aws\n"
           "target                  -\n"
           "product                 -\n"
           "version                 -\n"
           "role                    -\n"
           "url                     https://ec2.example/\n"
           "freshness               stale\n"
           "error_kind              net\n"
           "message                 no answer from ec2.example\n"
           "taken_at                08:56:00 (4m ago)\n"
           "latency_ms              -\n"
           "requests_per_min        -\n"
           "\n"
           " / filter  : command  w wide  y copy  ? help  q close\n");
    screen_keys(s, "G");
    SCREEN_HAS(s, "raw reply, 12s ago: GET /api/v1/cluster");
    SCREEN_HAS(s, "  \"nodes\":[");
    /* A new estate fills it anew, and the place stays. */
    screen_change(s, "no answer", "still no answer");
    SCREEN_HAS(s, "\"nodes\":[");
    screen_keys(s, "g");
    SCREEN_HAS(s, "still no answer");
    screen_keys(s, "q");
    SCREEN_HAS(s, "Endpoints 3");
    assert_false(screen_app(s)->quit);
    screen_free(s);
}

/* Keys typed faster than the screen is painted are not lost. */
static void test_typed_ahead(void **state)
{
    struct screen *s = open_endpoints();

    (void)state;
    (void)screen_text(s);
    app_key(screen_app(s), 'd');
    app_key(screen_app(s), 'G');
    SCREEN_HAS(s, "none is kept for this table");
    screen_free(s);
}

static void test_details_of_a_lost_row(void **state)
{
    struct screen *s = open_endpoints();

    (void)state;
    screen_keys(s, "jjd");
    SCREEN_HAS(s, "4.1.2");
    screen_change(s, "  nsx      nsx  ok        -12s     35ms       24               4.1.2\n", "");
    SCREEN_HAS(s, "This row is not there any more");
    screen_free(s);
}

static void test_pager_search(void **state)
{
    struct screen *s = open_endpoints();

    (void)state;
    screen_keys(s, "?/acknowledge");
    SCREEN_HAS(s, "/acknowledge");
    screen_keys(s, "<Enter>");
    SCREEN_HAS(s, "acknowledge or snooze the finding");
    screen_keys(s, "n/(<Enter>");
    SCREEN_HAS(s, "/(");
    screen_keys(s, "<Esc>/xyzzy");
    SCREEN_HAS(s, "no match");
    screen_keys(s, "<Esc><Esc>");
    SCREEN_HAS(s, "Endpoints 3");
    screen_free(s);
}

/* Help comes from the key table: every key and every command is in it. */
static void test_help_is_complete(void **state)
{
    struct screen *s = screen_new(
        &(struct screen_options){.config = screen_config, .view = "endpoints", .w = 160, .h = 200});

    (void)state;
    screen_keys(s, "?");
    for (const struct key_binding *b = keys_all; b->name; b++)
        if (b->contexts & (CONTEXT_TABLE | CONTEXT_TEXT))
            SCREEN_HAS(s, b->meaning);
    for (size_t i = 0; palette_commands[i].name; i++)
        SCREEN_HAS(s, palette_commands[i].meaning);
    screen_free(s);
}

/* At 80 columns: no word is cut, meanings are aligned though a name is long. */
static void test_help_is_folded(void **state)
{
    struct screen *s = open_endpoints();

    (void)state;
    screen_keys(s, "?/:explain<Enter>");
    SCREEN_HAS(s, "\n  :explain SRC DST[:PORT][/PROTO]\n"
                  "                        why a packet passes, or does not: rules, gateways and\n"
                  "                        routes on its way\n");
    screen_keys(s, "/repl<Enter>");
    SCREEN_HAS(s, "every value with unit, age and source, then the raw\n"
                  "                        reply\n");
    screen_free(s);
}

/* A command that leads somewhere shows it: nothing of what it was typed above stays in front. */
static void test_commands_above_a_pane(void **state)
{
    struct screen *s = open_endpoints();

    (void)state;
    screen_keys(s, "?");
    SCREEN_HAS(s, "q close");
    screen_keys(s, ":overview<Enter>");
    SCREEN_HAS(s, "[1 Overview]");
    SCREEN_HAS(s, "Findings 0");
    SCREEN_HAS(s, "q quit");
    screen_keys(s, ":endpoints<Enter>d:filter nsx<Enter>");
    SCREEN_HAS(s, "Endpoints 2/3 /nsx");
    screen_keys(s, "d:sort kind<Enter>");
    SCREEN_HAS(s, "sorted by kind");
    screen_keys(s, "d:changes 5m<Enter>");
    SCREEN_HAS(s, "[Changes]");
    SCREEN_HAS(s, "/at >= ");
    SCREEN_HAS(s, "q close");
    screen_keys(s, "d:sort nonsense<Enter>");
    SCREEN_HAS(s, "There is no column 'nonsense'.");
    screen_free(s);
}

/* No key means two things in one context, and every key of the table can be parsed. */
static void test_key_table(void **state)
{
    (void)state;
    for (const struct key_binding *b = keys_all; b->name; b++)
        for (const char *p = b->keys; *p;) {
            size_t n = strcspn(p, " ");
            uint32_t key = keys_parse(p, n);
            assert_int_not_equal(key, 0);
            for (unsigned context = 1; context <= CONTEXT_ITEMS; context *= 2)
                if (b->contexts & context)
                    assert_int_equal(keys_lookup(context, key, NULL), b->command);
            p += n + (p[n] == ' ');
        }
}

static void test_hold(void **state)
{
    struct screen *s = open_endpoints();

    (void)state;
    screen_keys(s, "z");
    screen_pass(s, 65000);
    screen_change(s, "35ms", "77ms");
    SCREEN_HAS(s, "HELD 09:00:00");
    SCREEN_HAS(s, "09:01:05 UTC");
    SCREEN_HAS(s, "35ms");
    SCREEN_HAS(s, " 12s "); /* ages stand still, too */
    screen_keys(s, "z");
    SCREEN_HAS(s, "77ms");
    SCREEN_LACKS(s, "HELD");
    screen_free(s);
}

static void test_secret(void **state)
{
    struct screen *s = open_endpoints();

    (void)state;
    screen_ask(s, "tokyo/vc", "password of cloudadmin@vmc.local");
    SCREEN(s, "secret",
           " hycon  tokyo PRODUCTION dc1                         09:00:00 UTC  18:00:00 JST\n"
           " ok: no finding is open                 tokyo: linked~stale dc1: nsx!denied 1 ok\n"
           " 1 Overview [Endpoints]\n"
           " Endpoints 3   +5 columns > ────────────────────────────────────────────────────\n"
           "       site  endpoint kind  state    age latency retry message\n"
           "> CRIT dc1   nsx      nsx   denied     -       -     L 403 the credentials were…\n"
           "  WARN tokyo linked   aws   stale     4m       -     - no answer from ec2.examp…\n"
           "  ok   tokyo nsx      nsx   ok       12s    35ms     - -\n"
           "\n"
           "  ┌─ A secret is needed ─────────────────────────────────────────────────────┐\n"
           "  │ password of cloudadmin@vmc.local                                         │\n"
           "  │ What is typed is not shown and not kept on disk.                         │\n"
           "  │ secret:                                                                  │\n"
           "  │ Enter: ok   Tab: next field   Esc: cancel                                │\n"
           "  └──────────────────────────────────────────────────────────────────────────┘\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           " Enter ok  Esc cancel  Tab complete, next field  Up history\n");
    screen_keys(s, "hunter2");
    SCREEN_LACKS(s, "hunter2");
    screen_keys(s, "<Enter>");
    assert_string_equal(screen_requests(s), "answer credential=tokyo/vc hunter2\n");
    screen_ask(s, "tokyo/nsx", "password of admin");
    /* Keys were just typed: the question does not take what is typed next as a password. */
    SCREEN_HAS(s, "'tokyo/nsx' needs a secret: press L");
    screen_keys(s, "j<Enter><Esc>");
    assert_string_equal(screen_requests(s), "");
    screen_keys(s, "Labc<Esc>");
    assert_string_equal(screen_requests(s), "answer credential=tokyo/nsx cancelled\n");
    screen_keys(s, "L");
    assert_string_equal(screen_requests(s), "login\n");
    /* Who has just asked to log in is asked at once. */
    screen_ask(s, "tokyo/nsx", "password of admin");
    screen_keys(s, "again<Enter>");
    assert_string_equal(screen_requests(s), "answer credential=tokyo/nsx again\n");
    screen_free(s);
}

/* An error of the console itself is seen until somebody has read it. */
static void test_errors_of_the_log(void **state)
{
    struct screen *s = open_endpoints();

    (void)state;
    SCREEN_LACKS(s, ":log");
    log_add(LOG_ERROR, "unable to write '/state/history.jsonl': No space left on device");
    screen_keys(s, "j");
    SCREEN_HAS(s, " 1 error, :log ");
    log_add(LOG_ERROR, "unable to write '/state/history.jsonl': No space left on device");
    screen_keys(s, "z");
    SCREEN_HAS(s, " hycon  tokyo PRODUCTION dc1  !:log   HELD 09:00:00  09:00:00 UTC");
    screen_keys(s, "z:log<Enter>");
    SCREEN_HAS(s, "error unable to write '/state/history.jsonl': No space left on device");
    screen_keys(s, "<Esc>");
    SCREEN_LACKS(s, ":log");
    screen_free(s);
}

static void test_trust(void **state)
{
    struct screen *s = open_endpoints();

    (void)state;
    screen_set_accepted(s, SCREEN_SHA_BEFORE);
    screen_keys(s, ":trust linked<Enter>");
    SCREEN(s, "trust",
           " hycon  tokyo PRODUCTION dc1                         09:00:00 UTC  18:00:00 JST\n"
           " ok: no finding is open                 tokyo: linked~stale dc1: nsx!denied 1 ok\n"
           " 1 Overview [Endpoints]\n"
           " Endpoints 3   +5 columns > ────────────────────────────────────────────────────\n"
           "       site  endpoint kind  state    age latency retry message\n"
           "> ┌─ Trust this certificate? ────────────────────────────────────────────────┐e…\n"
           "  │ tokyo/linked  https://ec2.example/                                       │p…\n"
           "  │ no answer from ec2.example                                               │\n"
           "  │ SHA-256 of the certificate it shows now:                                 │\n"
           "  │     aaaa bbbb cccc dddd eeee ffff 0000 1111                              │\n"
           "  │     2222 3333 4444 5555 6666 7777 8888 999a                              │\n"
           "  │ SHA-256 that was accepted before:                                        │\n"
           "  │     1111 bbbb cccc dddd eeee ffff 0000 1111                              │\n"
           "  │     2222 3333 4444 5555 6666 7777 8888 999a                              │\n"
           "  │ Compare it with what the manager's own console says. Accepting a wrong   │\n"
           "  │ one gives the password to whoever stands between.                        │\n"
           "  │ type yes:                                                                │\n"
           "  │ Enter: ok   Tab: next field   Esc: cancel                                │\n"
           "  └──────────────────────────────────────────────────────────────────────────┘\n"
           "\n"
           "\n"
           "\n"
           "\n"
           " Enter ok  Esc cancel  Tab complete, next field  Up history\n");
    screen_keys(s, "y<Enter>");
    SCREEN_HAS(s, "type yes to accept");
    assert_string_equal(screen_requests(s), "");
    screen_keys(s, "es<Enter>");
    assert_string_equal(screen_requests(s),
                        "trust site=tokyo endpoint=linked text=" SCREEN_SHA_NOW "\n");
    screen_keys(s, "G:trust<Enter>");
    SCREEN_HAS(s, "has shown no certificate yet");
    screen_free(s);
}

static void test_quit(void **state)
{
    struct screen *s = open_endpoints();

    (void)state;
    screen_keys(s, "<Esc><Esc>");
    SCREEN_HAS(s, "q quits");
    assert_false(screen_app(s)->quit);
    screen_set_jobs(s, 1);
    screen_keys(s, "q");
    SCREEN_HAS(s, "1 job is still running");
    screen_keys(s, "n");
    assert_false(screen_app(s)->quit);
    screen_keys(s, "qｙ");
    assert_true(screen_app(s)->quit);
    screen_free(s);
}

static void test_zone_and_refresh(void **state)
{
    struct screen *s = open_endpoints();

    (void)state;
    screen_keys(s, "UR");
    SCREEN_HAS(s, "Reading Endpoints now.");
    assert_string_equal(screen_requests(s), "refresh table=endpoints\n");
    screen_keys(s, "1"); /* of another tab it would not be true */
    SCREEN_LACKS(s, "Reading Endpoints now.");
    screen_free(s);
}

static void test_pretty(void **state)
{
    static const struct {
        const char *from, *to;
    } cases[] = {
        {"{}", "{}"},
        {"{\"a\":\"x,{\\\"\",\"b\":[1,2]}",
         "{\n  \"a\":\"x,{\\\"\",\n  \"b\":[\n    1,\n    2\n  ]\n}"},
        {"<a><b>x</b><c/></a>", "<a>\n  <b>x</b>\n  <c/>\n</a>"},
        {"{\n\"a\":1}", "{\n\"a\":1}"},
        {"plain", "plain"},
        {"{\"a", "{\n  \"a"},
        {"]]]", "]]]"},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct strbuf out = STRBUF_INIT;
        details_pretty(&out, cases[i].from);
        if (i != 6) /* broken text is only not allowed to do harm */
            assert_string_equal(out.buf, cases[i].to);
        strbuf_release(&out);
    }
}

static void test_manual(void **state)
{
    struct strbuf out = STRBUF_INIT;

    (void)state;
    help_man_keys(&out);
    help_man_commands(&out);
    assert_non_null(strstr(out.buf, "one row up"));
    assert_non_null(strstr(out.buf, "changes"));
    strbuf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_details),
        cmocka_unit_test(test_typed_ahead),
        cmocka_unit_test(test_details_of_a_lost_row),
        cmocka_unit_test(test_pager_search),
        cmocka_unit_test(test_help_is_complete),
        cmocka_unit_test(test_help_is_folded),
        cmocka_unit_test(test_commands_above_a_pane),
        cmocka_unit_test(test_key_table),
        cmocka_unit_test(test_hold),
        cmocka_unit_test(test_secret),
        cmocka_unit_test(test_trust),
        cmocka_unit_test(test_quit),
        cmocka_unit_test(test_zone_and_refresh),
        cmocka_unit_test(test_pretty),
        cmocka_unit_test(test_manual),
        cmocka_unit_test(test_errors_of_the_log), /* the last: the log is that of the process */
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
