/* The table widget and the frame around it. */
#include "tests/support/screen.h"
#include "tests/support/screen_estate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/strbuf.h"

static struct screen *open_endpoints(int w, int h)
{
    struct screen *s = screen_new(
        &(struct screen_options){.config = screen_config, .view = "endpoints", .w = w, .h = h});

    screen_tables(s, screen_endpoints);
    return s;
}

/* Hosts h00, h01 ... of one range, in one table each, with an empty line for more. */
static struct screen *open_hosts(int n, int h)
{
    struct strbuf config = STRBUF_INIT, tables = STRBUF_INIT;
    struct screen *s;

    strbuf_addf(&config,
                "sites:\n  - name: dc1\n    endpoints:\n"
                "      - {name: esx, kind: esxi, hosts: [\"h[00-%02d].example\"], user: root,\n"
                "         password: {env: P}}\n",
                n - 1);
    for (int i = 0; i < n; i++)
        strbuf_addf(&tables,
                    "table endpoints dc1/esx/h%02d.example\n"
                    "  endpoint freshness latency_ms\n"
                    "  esx/h%02d.example ok %dms\n",
                    i, i, 100 - i);
    s = screen_new(&(struct screen_options){.config = config.buf, .view = "endpoints", .h = h});
    screen_tables(s, tables.buf);
    strbuf_release(&config);
    strbuf_release(&tables);
    return s;
}

static int selected_line(struct screen *s)
{
    for (int y = 0; y < screen_app(s)->h; y++)
        if (screen_line(s, y)[0] == '>')
            return y;
    return -1;
}

static const char *selected(struct screen *s)
{
    int y = selected_line(s);

    return y < 0 ? "" : screen_line(s, y);
}

static void test_endpoints(void **state)
{
    struct screen *s = open_endpoints(80, 14);

    (void)state;
    SCREEN(s, "endpoints",
           " hycon  tokyo PRODUCTION dc1                         09:00:00 UTC  18:00:00 JST\n"
           " ok: no finding is open                 tokyo: linked~stale dc1: nsx!denied 1 ok\n"
           " 1 Overview [Endpoints]\n"
           " Endpoints 3   +5 columns > ────────────────────────────────────────────────────\n"
           "       site  endpoint kind  state    age latency retry message\n"
           "> CRIT dc1   nsx      nsx   denied     -       -     L 403 the credentials were…\n"
           "  WARN tokyo linked   aws   stale     4m       -     - no answer from ec2.examp…\n"
           "  ok   tokyo nsx      nsx   ok       12s    35ms     - -\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q quit\n");
    screen_free(s);
}

static void test_wide_screen(void **state)
{
    struct screen *s = open_endpoints(140, 14);

    (void)state;
    SCREEN_HAS(s, "version");
    SCREEN_HAS(s, "403 the credentials were incorrect");
    SCREEN_LACKS(s, "columns >");
    screen_free(s);
}

/* "never" of the issue: a refresh moves the selected row or the filter. */
static void test_refresh_keeps_the_row(void **state)
{
    struct screen *s = open_endpoints(80, 24);
    int line;

    (void)state;
    screen_keys(s, "j");
    assert_non_null(strstr(selected(s), "linked"));
    line = selected_line(s);
    screen_change(s, "linked   aws  stale ", "linked   aws  denied");
    assert_non_null(strstr(selected(s), "linked"));
    /* The order is worst first, and by name among equals: still the second. */
    assert_int_equal(selected_line(s), line);
    screen_change(s, "linked   aws  denied", "linked   aws  ok    ");
    assert_non_null(strstr(selected(s), "linked"));
    screen_free(s);
}

/* Rows come and go above the selection: it stays on its line of the screen. */
static void test_refresh_keeps_the_line(void **state)
{
    struct screen *s = open_hosts(60, 20);
    int line;

    (void)state;
    screen_keys(s, "^D^D^Dkkk");
    line = selected_line(s);
    SCREEN_HAS(s, "> ok   esx/h18.example");
    screen_change(s, "  esx/h05.example ok 95ms\n", "");
    assert_non_null(strstr(selected(s), "h18.example"));
    assert_int_equal(selected_line(s), line);
    screen_free(s);
}

static void test_lost_row(void **state)
{
    struct screen *s = open_endpoints(80, 24);

    (void)state;
    screen_keys(s, "jj");
    assert_non_null(strstr(selected(s), "tokyo nsx"));
    screen_change(s, "  nsx      nsx  ok        -12s     35ms       24               4.1.2\n", "");
    assert_non_null(strstr(selected(s), "linked"));
    screen_free(s);
}

static void test_sort(void **state)
{
    struct screen *s = open_hosts(12, 24);

    (void)state;
    screen_keys(s, ">");
    SCREEN_HAS(s, "^endpoint");
    screen_keys(s, ":sort latency_ms<Enter>");
    SCREEN_HAS(s, "^latency");
    SCREEN_HAS(s, "sorted by latency_ms");
    screen_keys(s, "g");
    assert_non_null(strstr(selected(s), "h11"));
    screen_keys(s, "Ig");
    SCREEN_HAS(s, "vlatency");
    assert_non_null(strstr(selected(s), "h00"));
    screen_keys(s, "<<");
    SCREEN_HAS(s, "^age");
    screen_free(s);
}

/* Paging, ends and the last line: never outside of the list. */
static void test_moving(void **state)
{
    struct screen *s = open_hosts(60, 20);

    (void)state;
    screen_keys(s, "k");
    assert_non_null(strstr(selected(s), "h00"));
    screen_keys(s, "G");
    assert_non_null(strstr(selected(s), "h59"));
    screen_keys(s, "j<PageDown>");
    assert_non_null(strstr(selected(s), "h59"));
    screen_keys(s, "<PageUp>");
    assert_non_null(strstr(selected(s), "h47"));
    screen_keys(s, "<Home>^F");
    assert_non_null(strstr(selected(s), "h12"));
    screen_free(s);
}

static void test_columns_scroll(void **state)
{
    struct screen *s = open_endpoints(80, 24);

    (void)state;
    SCREEN_LACKS(s, "throttled");
    screen_keys(s, "<Right><Right><Right><Right>");
    SCREEN_HAS(s, "< 4 columns");
    /* The first column of the row stays. */
    SCREEN_HAS(s, "endpoint");
    SCREEN_HAS(s, "throttled");
    screen_keys(s, "<Left><Left><Left><Left><Left>");
    SCREEN_LACKS(s, "throttled");
    screen_free(s);
}

static void test_columns_dialog(void **state)
{
    struct screen *s = open_endpoints(80, 24);

    (void)state;
    screen_keys(s, "x");
    SCREEN_HAS(s, "[x] site");
    screen_keys(s, "<Space><Esc>");
    SCREEN_LACKS(s, "site");
    /* Every column of the schema can be had. */
    screen_keys(s, "xG<Space>");
    SCREEN_HAS(s, ">[x] cert_sha256");
    screen_keys(s, "<Esc>");
    screen_free(s);
}

static void test_wide(void **state)
{
    struct screen *s = open_endpoints(80, 24);

    (void)state;
    screen_keys(s, "w");
    SCREEN_HAS(s, "columns >");
    screen_keys(s, "w");
    SCREEN_HAS(s, "403 the");
    screen_free(s);
}

/* Rows of a source that is not up to date are dimmed and say so by a sign. */
static void test_stale_rows(void **state)
{
    struct screen *s =
        screen_new(&(struct screen_options){.config = screen_config, .view = "changes"});

    (void)state;
    screen_tables(s, "table endpoints tokyo/nsx failed 5m \"no route to host\"\n"
                     "  endpoint freshness\n"
                     "  nsx ok\n");
    screen_keys(s, ":endpoints<Enter>");
    SCREEN_HAS(s, ">~ok");
    SCREEN_HAS(s, "~ tokyo/nsx failed 5m ago");
    assert_non_null(strstr(screen_styles(s), "d"));
    screen_free(s);
}

/* An empty table says why. */
static void test_empty(void **state)
{
    struct screen *s = screen_new(
        &(struct screen_options){.config = screen_config, .view = "endpoints", .never = true});

    (void)state;
    SCREEN_HAS(s, "collecting 0/9");
    SCREEN_HAS(s, "not read yet");
    screen_tables(s, "table endpoints tokyo/nsx failed 5m \"no route to host\"\n  endpoint\n");
    SCREEN_HAS(s, "tokyo/nsx: failed: no route to host");
    screen_tables(s, "table endpoints tokyo/nsx\n  endpoint\n");
    SCREEN_HAS(s, "No endpoint is configured.");
    screen_free(s);
}

static void test_hostile_text(void **state)
{
    struct screen *s = open_endpoints(200, 24);

    (void)state;
    screen_change(s, "no answer from ec2.example", "\033]0;own\a \xff \xe2\x80\xae evil");
    SCREEN_HAS(s, "\\x1b]0;own\\x07");
    SCREEN_HAS(s, "\\u{202e}");
    screen_free(s);
}

/* Any size: no crash, and what is on the screen is inside it. */
static void test_sizes(void **state)
{
    struct screen *s = open_endpoints(80, 24);

    (void)state;
    screen_keys(s, "x");
    for (int h = 1; h < 60; h += 3)
        for (int w = 1; w < 220; w += 7) {
            screen_resize(s, w, h);
            (void)screen_text(s);
        }
    screen_keys(s, "<Esc>d:");
    for (int w = 1; w < 100; w++) {
        screen_resize(s, w, 10);
        (void)screen_text(s);
    }
    screen_keys(s, "<Esc><Esc>");
    screen_resize(s, 30, 5);
    SCREEN_HAS(s, "too small: 30x5");
    screen_resize(s, 80, 24);
    SCREEN_HAS(s, "linked");
    screen_free(s);
}

/* Lamps that have no room become numbers: none is cut, none is missing. */
static void test_lamps_without_room(void **state)
{
    struct screen *s =
        screen_new(&(struct screen_options){.config = screen_config, .view = "endpoints", .w = 60});

    (void)state;
    screen_tables(s, screen_endpoints);
    SCREEN_HAS(s, " 1!denied 1~stale 1+ok\n");
    screen_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_endpoints),
        cmocka_unit_test(test_wide_screen),
        cmocka_unit_test(test_refresh_keeps_the_row),
        cmocka_unit_test(test_refresh_keeps_the_line),
        cmocka_unit_test(test_lost_row),
        cmocka_unit_test(test_sort),
        cmocka_unit_test(test_moving),
        cmocka_unit_test(test_columns_scroll),
        cmocka_unit_test(test_columns_dialog),
        cmocka_unit_test(test_wide),
        cmocka_unit_test(test_stale_rows),
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_hostile_text),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_lamps_without_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
