/* The console on a real pseudo-terminal, read by libvterm. */
#include "tests/support/screen.h"
#include "tests/support/screen_estate.h"
#include "tests/support/terminal.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"
#include "tui/tui.h"

#define TICK_BYTES 64 /* of two digits, and the way to them and back */
#define DAY        86400

/* How the child's console differs from the plain one. */
struct wish {
    bool crash, die, ticking, japanese, ascii_locale, no_session;
    unsigned jobs;
    const char *old_w, *old_h; /* of COLUMNS and LINES */
};

static void crash(void *arg, const struct tui_request *r)
{
    const struct wish *wish = arg;

    if (r->kind != TUI_REFRESH)
        return;
    if (wish->die)
        mem_die("out of memory");
    (void)raise(SIGSEGV);
}

static int run_console(void *arg)
{
    const struct wish *wish = arg;
    struct screen *s = screen_new(&(struct screen_options){
        .config = screen_config, .language = wish->japanese ? "ja" : NULL});
    struct tui_options o = *screen_console(s);
    struct tui_host h = *o.host;
    struct err err = {0};
    enum tui_end end;

    if (wish->old_w) {
        (void)setenv("COLUMNS", wish->old_w, 1);
        (void)setenv("LINES", wish->old_h, 1);
    }
    if (wish->ascii_locale) {
        (void)setenv("LC_ALL", "C", 1);
        i18n_init(NULL, "/nonexistent");
    }
    /* As under a leader that is gone: nothing but the terminal itself says that it hung up. */
    if (wish->no_session) {
        (void)signal(SIGHUP, SIG_IGN); /* giving the terminal up is a hang-up, too */
        (void)ioctl(STDIN_FILENO, TIOCNOTTY);
        (void)signal(SIGHUP, SIG_DFL);
    }
    screen_tables(s, screen_endpoints);
    screen_set_jobs(s, wish->jobs);
    o.view = "endpoints";
    o.host = &h;
    if (wish->crash || wish->die) {
        (void)signal(SIGSEGV, SIG_DFL); /* not the sanitizer's: only the terminal is judged */
        (void)signal(SIGABRT, SIG_DFL);
        h.request = crash;
        h.arg = (void *)wish;
        h.estate = NULL;
        h.prompt = NULL;
        h.caption = NULL;
        h.progress = NULL;
        h.jobs = NULL;
    }
    if (wish->ticking)
        clock_freeze(-1);
    screen_again(s);
    end = tui_run(&o, &err);
    if (end == TUI_END_FAILED)
        (void)printf("%s\n", err.msg);
    (void)fflush(stdout);
    return end == TUI_END_QUIT ? 10 : end == TUI_END_SIGNAL ? 11 : 12;
}

static struct terminal *start(struct wish *wish, const char *term, bool shell)
{
    return terminal_start(&(struct terminal_options){
        .w = 80, .h = 24, .term = term, .shell = shell, .run = run_console, .arg = wish});
}

static void test_paint_and_quit(void **state)
{
    struct wish wish = {0};
    struct terminal *t = start(&wish, NULL, false);
    int status;

    (void)state;
    terminal_wait(t, "403 the credent");
    terminal_wait(t, "? help  q quit");
    assert_true(terminal_in_alternate(t));
    assert_true(terminal_any_colour(t));
    terminal_keys(t, ":endpoints @tokyo\r");
    terminal_wait(t, "tokyo PRODUCTION  東京SDDC");
    terminal_keys(t, "q");
    status = terminal_end(t);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 10);
    assert_false(terminal_in_alternate(t));
    assert_true(terminal_cursor_visible(t));
    assert_true(terminal_modes_restored(t));
    terminal_free(t);
}

/* The rows are there, and so is the last line. */
static void ready(struct terminal *t)
{
    terminal_wait(t, "> CRIT dc1");
    terminal_wait(t, "q quit");
    while (terminal_listen(t, 300)) /* what was still on its way */
        ;
}

/* The second of the day that the first line shows, counted from @begin. */
static int64_t shown_seconds(struct terminal *t, int64_t begin)
{
    const char *text = terminal_text(t), *utc = strstr(text, " UTC");
    int64_t h, m, s;

    assert_true(utc && utc - text >= 8);
    char *clock = mem_strndup(utc - 8, 8);
    clock[2] = clock[5] = '\0';
    assert_int_equal(text_to_i64(clock, 0, 23, &h), 0);
    assert_int_equal(text_to_i64(clock + 3, 0, 59, &m), 0);
    assert_int_equal(text_to_i64(clock + 6, 0, 59, &s), 0);
    free(clock);
    return (h * 3600 + m * 60 + s - begin + DAY) % DAY;
}

/* Nothing has changed: nothing is written. */
static void test_idle(void **state)
{
    struct wish still = {0};
    struct terminal *t = start(&still, NULL, false);

    (void)state;
    ready(t);
    /* A key and back: what was to be painted before is painted. */
    terminal_keys(t, "j");
    terminal_wait(t, "> WARN");
    terminal_keys(t, "k");
    ready(t);
    assert_int_equal(terminal_listen(t, 1300), 0);
    terminal_free(t);
}

/* A second has passed: two digits are written. */
static void test_ticking(void **state)
{
    struct wish ticking = {.ticking = true};
    struct terminal *t = start(&ticking, NULL, false);
    int64_t begin, passed = 0;
    size_t bytes;

    (void)state;
    terminal_wait(t, "> CRIT dc1");
    terminal_wait(t, "q quit");
    begin = shown_seconds(t, 0);
    /* The first painting is over when the second begins. */
    while (shown_seconds(t, begin) == 0)
        (void)terminal_listen(t, 50);
    begin = shown_seconds(t, 0);
    (void)terminal_raw(t, &bytes);
    for (; passed < 2; passed = shown_seconds(t, begin))
        (void)terminal_listen(t, 50);
    (void)terminal_raw(t, &bytes);
    assert_in_range(bytes, 1, TICK_BYTES * ((uintmax_t)passed + 1));
    terminal_free(t);
}

static void test_resize(void **state)
{
    struct wish wish = {0};
    struct terminal *t = start(&wish, NULL, false);

    (void)state;
    ready(t);
    terminal_resize(t, 140, 30);
    terminal_wait(t, "403 the credentials were incorrect");
    terminal_resize(t, 15, 4);
    terminal_wait(t, "too small: 15x4");
    terminal_resize(t, 1, 1);
    terminal_resize(t, 80, 24);
    ready(t);
    terminal_free(t);
}

static void test_suspend(void **state)
{
    struct wish wish = {0};
    struct terminal *t = start(&wish, NULL, true);
    size_t len;

    (void)state;
    ready(t);
    (void)terminal_raw(t, &len);
    terminal_keys(t, "\x1a");
    /* The stop is seen on the main screen, then everything is drawn again. */
    while (!strstr(terminal_raw(t, &len), "[stopped]"))
        (void)terminal_listen(t, 100);
    ready(t);
    assert_true(terminal_in_alternate(t));
    (void)kill(terminal_pid(t), SIGTSTP); /* from elsewhere */
    ready(t);
    terminal_keys(t, "j");
    terminal_wait(t, "> WARN");
    terminal_keys(t, "q");
    assert_int_equal(WEXITSTATUS(terminal_end(t)), 10);
    terminal_free(t);
}

/* A stop that nobody can prepare for: the shell has set the terminal for itself meanwhile. */
static void test_stopped(void **state)
{
    struct wish wish = {0};
    struct terminal *t = start(&wish, NULL, true);
    size_t len;

    (void)state;
    ready(t);
    (void)terminal_raw(t, &len);
    (void)kill(terminal_pid(t), SIGSTOP);
    while (!strstr(terminal_raw(t, &len), "[stopped]"))
        (void)terminal_listen(t, 100);
    ready(t);
    assert_true(terminal_in_alternate(t));
    terminal_keys(t, "j");
    terminal_wait(t, "> WARN");
    terminal_keys(t, "q");
    assert_int_equal(WEXITSTATUS(terminal_end(t)), 10);
    assert_true(terminal_modes_restored(t));
    terminal_free(t);
}

static void check_restored(struct terminal *t)
{
    assert_false(terminal_in_alternate(t));
    assert_true(terminal_cursor_visible(t));
    assert_true(terminal_modes_restored(t));
    terminal_free(t);
}

static void test_crash(void **state)
{
    struct wish wish = {.crash = true}, die = {.die = true};
    struct terminal *t = start(&wish, NULL, false);
    int status;

    (void)state;
    terminal_wait(t, "q quit");
    terminal_keys(t, "R");
    status = terminal_end(t);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
    check_restored(t);
    t = start(&die, NULL, false);
    terminal_wait(t, "q quit");
    terminal_keys(t, "R");
    status = terminal_end(t);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    check_restored(t);
}

static void test_signals(void **state)
{
    static const int signals[] = {SIGTERM, SIGHUP, SIGINT};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
        struct wish wish = {0};
        struct terminal *t = start(&wish, NULL, false);
        int status;
        ready(t);
        (void)kill(terminal_pid(t), signals[i]);
        status = terminal_end(t);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 11);
        check_restored(t);
    }
}

static void test_hang_up(void **state)
{
    struct wish wish = {0};
    struct terminal *t = start(&wish, NULL, false);

    (void)state;
    ready(t);
    terminal_hang_up(t);
    assert_int_equal(WEXITSTATUS(terminal_end(t)), 11);
    terminal_free(t);
}

static void test_hang_up_without_signal(void **state)
{
    struct wish wish = {.no_session = true};
    struct terminal *t = start(&wish, NULL, false);

    (void)state;
    ready(t);
    terminal_hang_up(t);
    assert_int_equal(WEXITSTATUS(terminal_end(t)), 11);
    terminal_free(t);
}

/* Whatever is typed or arrives broken: it goes on. Keys that quit are left out. */
static void test_garbage(void **state)
{
    struct wish wish = {.jobs = 1};
    struct terminal *t = start(&wish, NULL, false);
    unsigned seed = 12345;
    char bytes[4000];

    (void)state;
    ready(t);
    for (size_t i = 0; i < sizeof(bytes); i++) {
        seed = seed * 1103515245 + 12345;
        bytes[i] = (char)(seed >> 16);
        if (strchr("qyY\x03\x1a", bytes[i]))
            bytes[i] = 'x';
    }
    terminal_type(t, bytes, sizeof(bytes));
    terminal_keys(t, "\033[201~");
    for (int i = 0; i < 12; i++) {
        terminal_keys(t, "\x1b");
        (void)terminal_listen(t, 60);
    }
    terminal_keys(t, ":endpoints\r");
    terminal_wait(t, "Endpoints");
    terminal_free(t);
}

static void test_paste(void **state)
{
    struct wish wish = {0};
    struct terminal *t = start(&wish, NULL, false);

    (void)state;
    ready(t);
    terminal_keys(t, "\033[200~q\r:quit\r\033[201~");
    terminal_wait(t, "Pasted text was not used");
    terminal_keys(t, "/\033[200~linked\r\033[201~");
    terminal_wait(t, "/linked");
    terminal_keys(t, "\r");
    terminal_wait(t, "Endpoints 1/3");
    terminal_free(t);
}

static void test_copy(void **state)
{
    struct wish wish = {0};
    struct terminal *t = start(&wish, NULL, false);
    size_t len;

    (void)state;
    ready(t);
    terminal_keys(t, "jy");
    terminal_wait(t, "Copied: linked");
    assert_non_null(strstr(terminal_raw(t, &len), "\033]52;c;bGlua2Vk\a"));
    terminal_free(t);
}

static void test_terminals(void **state)
{
    static const char *const terms[] = {"xterm", "xterm-256color", "screen",
                                        "linux", "vt100",          "tmux-256color",
                                        "ansi",  "no-such-term",   "tmux-no-such"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(terms); i++) {
        struct wish wish = {0};
        struct terminal *t = start(&wish, terms[i], false);
        terminal_wait(t, "linked");
        ready(t);
        terminal_keys(t, "jq");
        assert_int_equal(WEXITSTATUS(terminal_end(t)), 10);
        terminal_free(t);
    }
}

static void test_dumb_terminal(void **state)
{
    struct wish wish = {0};
    struct terminal *t = start(&wish, "dumb", false);

    (void)state;
    terminal_wait(t, "cannot place text");
    assert_int_equal(WEXITSTATUS(terminal_end(t)), 12);
    terminal_free(t);
}

static void test_no_colour(void **state)
{
    struct wish wish = {0};
    struct terminal *t;

    (void)state;
    (void)setenv("NO_COLOR", "1", 1);
    t = start(&wish, NULL, false);
    (void)unsetenv("NO_COLOR");
    ready(t);
    assert_false(terminal_any_colour(t));
    terminal_free(t);
}

/* What a parent exported is not how large this terminal is. */
static void test_old_size(void **state)
{
    static const char *const sizes[][2] = {{"200", "60"}, {"20", "10"}, {"-5", "99999999"}};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        struct wish wish = {.old_w = sizes[i][0], .old_h = sizes[i][1]};
        struct terminal *t = start(&wish, NULL, false);

        ready(t);
        assert_true(strstr(terminal_text(t), "UTC") != NULL);
        terminal_free(t);
    }
}

static void test_ascii_locale(void **state)
{
    struct wish wish = {.ascii_locale = true};
    struct terminal *t = start(&wish, NULL, false);
    const char *raw;
    size_t len;

    (void)state;
    ready(t);
    raw = terminal_raw(t, &len);
    for (size_t i = 0; i < len; i++)
        assert_in_range((unsigned char)raw[i], 0, 0x7f);
    terminal_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paint_and_quit), cmocka_unit_test(test_idle),
        cmocka_unit_test(test_ticking),        cmocka_unit_test(test_resize),
        cmocka_unit_test(test_suspend),        cmocka_unit_test(test_stopped),
        cmocka_unit_test(test_crash),          cmocka_unit_test(test_signals),
        cmocka_unit_test(test_hang_up),        cmocka_unit_test(test_hang_up_without_signal),
        cmocka_unit_test(test_garbage),        cmocka_unit_test(test_paste),
        cmocka_unit_test(test_copy),           cmocka_unit_test(test_terminals),
        cmocka_unit_test(test_dumb_terminal),  cmocka_unit_test(test_no_colour),
        cmocka_unit_test(test_old_size),       cmocka_unit_test(test_ascii_locale),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
