/*
 * soak: the console as it is run, for as long as SOAK_SECONDS says (default 600, shared by two
 * scenes), while keys are pressed at random from SOAK_SEED and servers misbehave, go away and come
 * back. It passes when the program did not crash, no sanitizer had anything to say, a key never
 * waited longer than KEY_MOST_MS, memory and descriptors were as many at the end as after the
 * warm-up, everything was read again once the servers were well, and no session was left behind.
 *
 * What is measured is measured at rest: faults are taken back, the console gets a moment, then
 * memory and descriptors are counted. Two windows are compared by their medians: the one after the
 * warm-up (the second quarter) and the last quarter.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/file.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "tests/support/e2e.h"
#include "tests/support/terminal.h"

#define DEFAULT_SECONDS 600
#define KEY_MOST_MS     2000 /* two cores, ASan, and the lab beside it */
#define CYCLE_ACTIONS   120
#define REST_MS         3000
#define SAMPLES_MAX     4096
#define RSS_PERCENT     15 /* growth that is noise: the allocator's, not the console's */
#define RSS_SLACK_KB    8192
#define FD_SLACK        6
#define WELL_S          90
#define W               140
#define H               45

struct soak {
    struct e2e e;
    struct terminal *t;
    uint64_t random;
    int64_t began, seconds;
    unsigned actions, nsamples, nkeys;
    long rss[SAMPLES_MAX], fds[SAMPLES_MAX];
    long key_ms[SAMPLES_MAX]; /* a ring */
    long key_worst;
};

/* ---- chance ------------------------------------------------------------------------------------
 */

static uint64_t below(struct soak *s, uint64_t n)
{
    s->random ^= s->random << 13;
    s->random ^= s->random >> 7;
    s->random ^= s->random << 17;
    return s->random % n;
}

static const char *one_of(struct soak *s, const char *const *list, size_t n)
{
    return list[below(s, n)];
}

static int64_t variable(const char *name, int64_t fallback)
{
    const char *text = getenv(name);
    int64_t n = 0;

    for (; text && *text >= '0' && *text <= '9'; text++)
        n = n * 10 + (*text - '0');
    return n ? n : fallback;
}

/* ---- the program -------------------------------------------------------------------------------
 */

struct start {
    const struct e2e *e;
    const char *const *argv; /* after the program */
};

static int run_hycon(void *arg)
{
    const struct start *s = arg;
    char *path = mem_printf("%s/hycon", s->e->bin);
    char *asan = mem_printf("log_path=%s/sanitizer:quarantine_size_mb=4", s->e->home);
    char *ubsan = mem_printf("log_path=%s/sanitizer:print_stacktrace=1", s->e->home);
    const char *argv[8] = {path};

    for (size_t i = 0; s->argv && s->argv[i]; i++)
        argv[i + 1] = s->argv[i];
    (void)setenv("ASAN_OPTIONS", asan, 1);
    (void)setenv("UBSAN_OPTIONS", ubsan, 1);
    (void)setenv("LC_ALL", "C.UTF-8", 1);
    (void)setenv("HOME", s->e->home, 1);
    (void)setenv("XDG_STATE_HOME", s->e->home, 1);
    (void)setenv("XDG_CONFIG_HOME", s->e->home, 1);
    (void)setenv("XDG_RUNTIME_DIR", s->e->home, 1);
    (void)setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
    if (s->e->config)
        (void)setenv("HYCON_CONFIG", s->e->config, 1);
    (void)execv(path, (char *const *)(uintptr_t)argv);
    return 127;
}

static bool is_alive(const struct soak *s)
{
    siginfo_t info = {0};

    return waitid(P_PID, (id_t)terminal_pid(s->t), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == 0;
}

/* What sanitizers wrote, to standard error. */
static bool show_reports(const struct soak *s)
{
    DIR *dir = opendir(s->e.home);
    bool any = false;

    for (struct dirent *d = dir ? readdir(dir) : NULL; d; d = readdir(dir)) {
        char *path = mem_printf("%s/%s", s->e.home, d->d_name);
        struct strbuf text = STRBUF_INIT;

        if (strncmp(d->d_name, "sanitizer", 9) == 0 && file_read(path, 1 << 20, &text, NULL) == 0) {
            (void)fprintf(stderr, "%s\n", text.buf);
            any = true;
        }
        strbuf_release(&text);
        free(path);
    }
    if (dir)
        closedir(dir);
    return any;
}

static void expect_alive(struct soak *s, const char *after)
{
    if (is_alive(s))
        return;
    (void)show_reports(s);
    fail_msg("the console ended after action %u (%s)", s->actions, after);
}

/* ---- keys --------------------------------------------------------------------------------------
 */

/* Without those that end it (q, ^C), stop it (^Z), or ask for a line. */
static const char *const keys[] = {
    "1", "2", "3",  "4",      "5",      "6",      "7",      "8",       "9",       "0",  "[",
    "]", "j", "k",  "g",      "G",      "\033[A", "\033[B", "\033[5~", "\033[6~", "\t", "\r",
    "d", "r", "-",  "\033",   "<",      ">",      "I",      " ",       "w",       "x",  "z",
    "R", "a", "U",  "y",      "?",      "n",      "N",      "T",       "L",       "h",  "l",
    "e", "s", "\f", "\033[C", "\033[D", "\033[H", "\033[F", "\177",
};
static const char *const commands[] = {
    ":datastores\r",    ":tasks\r",      ":alarms\r",
    ":host_rules\r",    ":groups\r",     ":changes 60m\r",
    ":routes\r",        ":eni @tokyo\r", ":clusters\r",
    ":endpoints\r",     ":policies\r",   ":filters\r",
    ":nosuchcommand\r", ":log\r",        ":libraries\r",
    ":eni\t\r",         ":addrsets\r",   ":explain app-01 10.0.0.1:443/tcp\r",
};
static const char *const filters[] = {
    "/ok\r", "/verdict != ok\r", "/!web\r", "/cidr = 10.0.0.0/8\r", "/(\r",
    "/\r",   "/\xe6\x9d\xb1\r",
};

/* How long until the screen answers: the prompt of the palette appears, whatever is polled. */
static void probe_key(struct soak *s)
{
    int64_t begin;
    long ms;

    terminal_resize(s->t, W, H); /* one that is too small has no prompt */
    terminal_keys(s->t, "\033\033\033\033");
    (void)terminal_listen(s->t, 100);
    begin = clock_mono_ms();
    terminal_keys(s->t, ":");
    while (terminal_listen(s->t, 1) == 0 && clock_mono_ms() - begin < 10 * KEY_MOST_MS)
        ;
    ms = (long)(clock_mono_ms() - begin);
    terminal_keys(s->t, "\033");
    s->key_ms[s->nkeys++ % SAMPLES_MAX] = ms;
    s->key_worst = ms > s->key_worst ? ms : s->key_worst;
    if (ms > KEY_MOST_MS)
        fail_msg("a key waited %ld ms, after action %u:\n%s", ms, s->actions, terminal_text(s->t));
}

static void resize(struct soak *s)
{
    int w = (int)(20 + below(s, 200)), h = (int)(4 + below(s, 60));

    terminal_resize(s->t, w, h);
    (void)terminal_listen(s->t, 30);
    if (below(s, 3))
        terminal_resize(s->t, W, H);
}

static void press(struct soak *s)
{
    uint64_t what = below(s, 100);

    if (what < 70)
        terminal_keys(s->t, one_of(s, keys, ARRAY_SIZE(keys)));
    else if (what < 80)
        terminal_keys(s->t, "\033\033");
    else if (what < 88)
        terminal_keys(s->t, one_of(s, commands, ARRAY_SIZE(commands)));
    else if (what < 95)
        terminal_keys(s->t, one_of(s, filters, ARRAY_SIZE(filters)));
    else
        resize(s);
    if (below(s, 25) == 0)
        probe_key(s);
}

/* ---- trouble -----------------------------------------------------------------------------------
 */

static const char *const endpoints[] = {
    "csp",         "vmc",           "proxy-tokyo",     "aws-tokyo",      "nsx-dc1",
    "vcenter-dc1", "vcenter-tokyo", "replication-dc1", "esxi-dc1-esx01",
};
static const char *const faults[] = {
    "\"fault\":\"status\",\"status\":503,\"count\":6",
    "\"fault\":\"status\",\"status\":429,\"retry_after\":2,\"count\":4",
    "\"fault\":\"status\",\"status\":500,\"count\":4",
    "\"fault\":\"slow\",\"delay_ms\":1500,\"count\":10",
    "\"fault\":\"hang\",\"count\":2",
    "\"fault\":\"truncated\",\"count\":3",
    "\"fault\":\"malformed\",\"count\":3",
    "\"fault\":\"oversized\",\"bytes\":3000000,\"count\":2",
    "\"fault\":\"close\",\"count\":4",
};
static const char *const actions[] = {
    "{\"do\":\"drop-sessions\"}",
    "{\"do\":\"fail-host\",\"site\":\"tokyo\",\"host\":\"esx-1\"}",
    "{\"do\":\"recover-host\",\"site\":\"tokyo\",\"host\":\"esx-1\"}",
    "{\"do\":\"move-edge\",\"site\":\"tokyo\"}",
    "{\"do\":\"follow-eni\",\"site\":\"tokyo\"}",
};

static void set_listener(struct soak *s, const char *endpoint, bool up)
{
    char *body = mem_printf("{\"endpoint\":\"%s\",\"state\":\"%s\"}", endpoint, up ? "up" : "down");

    json_object_put(e2e_control(&s->e, "POST", "/listener", body));
    free(body);
}

/* No SSH: its faults have other words, and killing its listener is enough. */
static void trouble(struct soak *s)
{
    const char *endpoint = one_of(s, endpoints, ARRAY_SIZE(endpoints) - 1);
    char *members;

    switch (below(s, 4)) {
    case 0:
        set_listener(s, one_of(s, endpoints, ARRAY_SIZE(endpoints)), false);
        break;
    case 1:
        (void)e2e_action(&s->e, one_of(s, actions, ARRAY_SIZE(actions)));
        break;
    case 2:
        e2e_advance(&s->e, (int)(1 + below(s, 120)));
        break;
    default:
        members =
            mem_printf("\"endpoint\":\"%s\",%s", endpoint, one_of(s, faults, ARRAY_SIZE(faults)));
        e2e_fault(&s->e, members);
        free(members);
    }
}

static void make_well(struct soak *s)
{
    json_object_put(e2e_control(&s->e, "DELETE", "/faults", NULL));
    for (size_t i = 0; i < ARRAY_SIZE(endpoints); i++)
        set_listener(s, endpoints[i], true);
}

/* ---- what is counted ---------------------------------------------------------------------------
 */

static long count_fds(pid_t pid)
{
    char *path = mem_printf("/proc/%d/fd", (int)pid);
    DIR *dir = opendir(path);
    long n = 0;

    while (dir && readdir(dir))
        n++;
    if (dir)
        closedir(dir);
    free(path);
    return n;
}

/* /proc/PID/statm: pages, the second number is what is resident. */
static long count_rss(pid_t pid)
{
    char *path = mem_printf("/proc/%d/statm", (int)pid);
    struct strbuf text = STRBUF_INIT;
    long pages = 0;

    if (file_read(path, 4096, &text, NULL) == 0) {
        for (const char *p = strchr(text.buf, ' '); p && p[1] >= '0' && p[1] <= '9'; p++)
            pages = pages * 10 + (p[1] - '0');
    }
    strbuf_release(&text);
    free(path);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void sample(struct soak *s)
{
    size_t len;

    terminal_keys(s->t, "\033\033\033\033\033"
                        "1");
    terminal_resize(s->t, W, H);
    (void)terminal_listen(s->t, REST_MS);
    (void)terminal_raw(s->t, &len); /* nobody needs what was written */
    expect_alive(s, "at rest");
    if (s->nsamples < SAMPLES_MAX) {
        s->fds[s->nsamples] = count_fds(terminal_pid(s->t));
        s->rss[s->nsamples++] = count_rss(terminal_pid(s->t));
    }
}

static int by_size(const void *a, const void *b)
{
    long x = *(const long *)a, y = *(const long *)b;

    return (x > y) - (x < y);
}

static long median(const long *v, size_t n)
{
    long copy[SAMPLES_MAX];

    memcpy(copy, v, n * sizeof(*v));
    qsort(copy, n, sizeof(*copy), by_size);
    return n ? copy[n / 2] : 0;
}

static void judge(const struct soak *s)
{
    size_t quarter = s->nsamples / 4, tail = s->nsamples - quarter;
    size_t nkeys = s->nkeys < SAMPLES_MAX ? s->nkeys : SAMPLES_MAX;
    long rss0 = median(s->rss + quarter, quarter), rss1 = median(s->rss + tail, quarter);
    long fds0 = median(s->fds + quarter, quarter), fds1 = median(s->fds + tail, quarter);

    print_message("%u actions, %u samples; resident %ld KiB, then %ld KiB; descriptors %ld, then "
                  "%ld; a key: median %ld ms, worst %ld ms of %u\n",
                  s->actions, s->nsamples, rss0, rss1, fds0, fds1, median(s->key_ms, nkeys),
                  s->key_worst, s->nkeys);
    if (quarter < 2) {
        print_message("too short to say whether memory and descriptors are flat\n");
        return;
    }
    if (rss1 > rss0 + rss0 * RSS_PERCENT / 100 + RSS_SLACK_KB)
        fail_msg("resident memory grew from %ld to %ld KiB", rss0, rss1);
    if (fds1 > fds0 + FD_SLACK)
        fail_msg("descriptors grew from %ld to %ld", fds0, fds1);
}

/* ---- scenes ------------------------------------------------------------------------------------
 */

static struct soak *soak_new(const char *scenario, const char *scale)
{
    struct soak *s = mem_alloc(sizeof(*s));

    s->random = (uint64_t)variable("SOAK_SEED", 1) * 0x9e3779b97f4a7c15u + 1;
    s->seconds = variable("SOAK_SECONDS", DEFAULT_SECONDS) / 2;
    e2e_start(&s->e, scenario, scale);
    return s;
}

static void open_console(struct soak *s, const char *const *argv)
{
    struct start start = {&s->e, argv};

    s->t =
        terminal_start(&(struct terminal_options){.w = W, .h = H, .run = run_hycon, .arg = &start});
    terminal_wait(s->t, "Overview");
    s->began = clock_mono_ms();
}

static void play(struct soak *s, bool with_trouble)
{
    while (clock_mono_ms() - s->began < s->seconds * 1000) {
        for (unsigned i = 0; i < CYCLE_ACTIONS; i++) {
            press(s);
            s->actions++;
            (void)terminal_listen(s->t, (int)below(s, 40));
            if (with_trouble && below(s, 30) == 0)
                trouble(s);
            expect_alive(s, "keys");
        }
        if (with_trouble)
            make_well(s);
        sample(s);
    }
}

/* What was down is read again without a restart. */
static void expect_well(struct soak *s)
{
    int64_t begin = clock_mono_ms();

    terminal_keys(s->t, "\033\033\033\033L");
    terminal_keys(s->t, ":endpoints\r");
    do {
        terminal_keys(s->t, "R");
        (void)terminal_listen(s->t, 1000);
        if (clock_mono_ms() - begin > WELL_S * 1000)
            fail_msg("something is not read again:\n%s", terminal_text(s->t));
    } while (terminal_has(s->t, " failed ") || terminal_has(s->t, " denied ") ||
             terminal_has(s->t, " stale ") || terminal_has(s->t, " never "));
}

static void quit(struct soak *s)
{
    terminal_keys(s->t, "\033\033\033\033");
    for (int i = 0; i < 5 && is_alive(s); i++) {
        terminal_keys(s->t, "q");
        (void)terminal_listen(s->t, 300);
    }
    int status = terminal_end(s->t);

    if (show_reports(s))
        fail_msg("a sanitizer has something to say");
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_true(terminal_modes_restored(s->t));
    assert_false(terminal_in_alternate(s->t));
}

static void expect_logged_out(const struct soak *s)
{
    struct json_object *all = e2e_control(&s->e, "GET", "/counters", NULL);

    json_object_object_foreach(all, name, counters)
    {
        int64_t n = 0;

        if (jsonq_int(counters, "open_sessions", &n) && n)
            fail_msg("%s has %lld sessions left", name, (long long)n);
    }
    json_object_put(all);
}

static void close_soak(struct soak *s)
{
    terminal_free(s->t);
    e2e_stop(&s->e);
    free(s);
}

static void soak_steady(void **state)
{
    struct soak *s = soak_new("steady", "vcenter=1,replication=3,firewall=1,esxi=2");

    (void)state;
    open_console(s, NULL);
    play(s, true);
    expect_well(s);
    judge(s);
    quit(s);
    expect_logged_out(s);
    close_soak(s);
}

static void soak_demo(void **state)
{
    static const char *const argv[] = {"demo", "--loop", "--speed", "4", NULL};
    struct soak *s = soak_new(NULL, NULL);

    (void)state;
    open_console(s, argv);
    play(s, false);
    judge(s);
    quit(s);
    close_soak(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(soak_steady),
        cmocka_unit_test(soak_demo),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
