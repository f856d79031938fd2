/* A table of 20,000 rows: keys do not wait for it, and it says what it shows. */
#include "tests/support/screen.h"
#include "tests/support/screen_estate.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/strbuf.h"
#include "tui/resolve.h"

#define ROWS    20000
#define WAIT_MS 20000

static char *routes_text(int n)
{
    struct strbuf out = STRBUF_INIT;

    strbuf_addstr(&out, "table routes tokyo/linked\n  route_table destination target\n");
    for (int i = 0; i < n; i++)
        strbuf_addf(&out, "  rtb-%05d 10.%d.%d.0/24 eni-%05d\n", i, i / 250, i % 250,
                    (int)(i * 7919L % 20011));
    return strbuf_detach(&out);
}

static struct screen *open_routes(struct resolver *r, int n)
{
    struct screen *s = screen_new(
        &(struct screen_options){.config = screen_config, .view = "routes", .w = 100, .h = 12});
    char *text = routes_text(n);

    app_set_resolver(screen_app(s), r);
    screen_tables(s, text);
    free(text);
    return s;
}

/* Until what was posted is on the screen. */
static void settle(struct screen *s, struct resolver *r)
{
    struct pollfd fd = {.fd = resolver_fd(r), .events = POLLIN};
    char buf[16];

    for (;;) {
        (void)screen_text(s);
        if (!app_grid(screen_app(s))->busy)
            return;
        assert_int_equal(poll(&fd, 1, WAIT_MS), 1);
        (void)!read(fd.fd, buf, sizeof(buf));
    }
}

static void test_large(void **state)
{
    struct resolver *r = resolver_new();
    struct screen *s = open_routes(r, ROWS);

    (void)state;
    /* They may be there before the first paint: what is painted and what is so agree. */
    const char *first = screen_text(s);
    assert_int_equal(app_grid(screen_app(s))->busy, strstr(first, "sorting ...") != NULL);
    settle(s, r);
    SCREEN_LACKS(s, "sorting ...");
    SCREEN_HAS(s, "20000");
    screen_keys(s, "G");
    SCREEN_HAS(s, "10.79.249.0/24");
    screen_keys(s, "k");
    screen_keys(s, "/target=eni-00123<Enter>");
    settle(s, r);
    SCREEN_HAS(s, " 1/20000");
    SCREEN_HAS(s, "eni-00123");
    screen_keys(s, "<Esc>");
    settle(s, r);
    /* The row that was selected before is found again. */
    SCREEN_HAS(s, "10.79.248.0/24");
    screen_free(s);
    resolver_free(r);
}

/* What comes back late, for a filter that is no longer wished, is not shown. */
static void test_late_rows(void **state)
{
    struct resolver *r = resolver_new();
    struct screen *s = open_routes(r, ROWS);

    (void)state;
    settle(s, r);
    screen_keys(s, "/rtb-0001<BS>2<BS>3<Enter>");
    settle(s, r);
    SCREEN_HAS(s, " 10/20000 /rtb-0003");
    SCREEN_HAS(s, "10.0.30.0/24");
    screen_keys(s, ":sort target reverse<Enter>");
    settle(s, r);
    SCREEN_HAS(s, "sorted by target (reversed)");
    screen_free(s);
    resolver_free(r);
}

/* An estate comes while the rows of the one before are made; and the console ends meanwhile. */
static void test_overtaken(void **state)
{
    struct resolver *r = resolver_new();
    struct screen *s = open_routes(r, ROWS);

    (void)state;
    for (int i = 0; i < 5; i++) {
        screen_change(s, "rtb-00000", "rtb-x0000");
        (void)screen_text(s);
        screen_change(s, "rtb-x0000", "rtb-00000");
        (void)screen_text(s);
    }
    settle(s, r);
    SCREEN_HAS(s, "20000");
    screen_keys(s, ":sort target<Enter>");
    (void)screen_text(s);
    screen_free(s);
    resolver_free(r);
}

static void test_small_at_once(void **state)
{
    struct resolver *r = resolver_new();
    struct screen *s = open_routes(r, 100);

    (void)state;
    SCREEN_LACKS(s, "sorting ...");
    SCREEN_HAS(s, "10.0.0.0/24");
    screen_free(s);
    resolver_free(r);
}

/* A table whose rows are asked for again and again, as new estates come, does not keep others
 * from their turn. */
static void test_turns(void **state)
{
    struct resolver *r = resolver_new();
    struct screen *s = open_routes(r, ROWS);
    struct pollfd fd = {.fd = resolver_fd(r), .events = POLLIN};
    const struct view_table *t = app_grid(screen_app(s))->table;
    const struct view_input in = {.estate = screen_app(s)->estate};
    struct resolve *job = NULL;
    int often = 0, rare = 1, rounds = 0;
    char buf[16];

    (void)state;
    resolver_post(r, &often, resolve_new_rows(t, &in, "", -1, false));
    resolver_post(r, &rare, resolve_new_rows(t, &in, "", -1, false));
    while (rounds < 20 && !(job = resolver_take(r, &rare))) {
        struct resolve *done = resolver_take(r, &often);

        rounds += done != NULL;
        resolve_free(done);
        resolver_post(r, &often, resolve_new_rows(t, &in, "", -1, false));
        (void)poll(&fd, 1, 1);
        (void)!read(fd.fd, buf, sizeof(buf));
    }
    assert_non_null(job);
    resolve_free(job);
    resolver_forget(r, &often);
    resolver_forget(r, &rare);
    screen_free(s);
    resolver_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_large),     cmocka_unit_test(test_late_rows),
        cmocka_unit_test(test_overtaken), cmocka_unit_test(test_small_at_once),
        cmocka_unit_test(test_turns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
