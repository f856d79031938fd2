/* From a key to the last byte it painted: idle, and while fifty endpoints poll every second, one
 * of them hangs and one sends 100,000 routes. And what an idle screen writes. */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/mem.h"
#include "core/strbuf.h"

#define KEYS     400
#define QUIET_MS 4
#define POLLING  48

static void pause_ms(long ms)
{
    struct timespec t = {ms / 1000, ms % 1000 * 1000000};

    (void)nanosleep(&t, NULL);
}

/* Latencies of KEYS presses in ms into @out; the number that painted. */
static size_t press(struct bench_pty *p, double *out)
{
    size_t n = 0;

    for (unsigned i = 0; i < KEYS; i++) {
        struct bench_burst b;
        double at;

        /* Let what a refresh paints go by, so that the burst is the key's own. */
        (void)bench_pty_read(p, bench_now(), QUIET_MS, 20, NULL);
        at = bench_now();
        bench_pty_write(p, i / 2 % 2 ? "k" : "j");
        b = bench_pty_read(p, at, QUIET_MS, 1000, NULL);
        if (b.bytes)
            out[n++] = b.last * 1e3;
        pause_ms(7);
    }
    return n;
}

static void show(const char *what, const double *v, size_t n)
{
    printf("%-44s median %6.2f ms  p99 %6.2f ms  max %6.2f ms  (%zu of %d keys painted)\n", what,
           bench_median(v, n), bench_percentile(v, n, 0.99), bench_percentile(v, n, 1), n, KEYS);
    if (n < KEYS * 9 / 10)
        bench_failed("%s: only %zu of %d keys painted", what, n, KEYS);
}

static void idle(void)
{
    struct bench_lab_child *lab = bench_lab_start("idle", "steady", NULL);
    static double v[KEYS];
    struct bench_burst b;
    struct bench_pty p;
    char *path;
    size_t n;

    if (!lab)
        return;
    path = mem_printf("%s/hycon.yaml", bench_lab_dir(lab));
    const char *const argv[] = {bench_hycon, "--config", path, NULL};
    if (bench_pty_start(&p, argv, 200, 50)) {
        (void)bench_pty_read(&p, bench_now(), 5000, 5000, NULL);
        bench_pty_write(&p, "2");
        (void)bench_pty_read(&p, bench_now(), 300, 2000, NULL);
        n = press(&p, v);
        show("key to paint, idle, 200x50", v, n);
        bench_goal(bench_median(v, n), 2, "key to paint, idle: median, ms");
        b = bench_pty_read(&p, bench_now(), 10000, 10000, NULL);
        printf("an idle ENI tab wrote %zu bytes in 10 s (two clocks and ages move; a whole screen "
               "is 10,000 cells)\n",
               b.bytes);
        bench_pty_stop(&p);
    }
    free(path);
    bench_lab_stop(lab);
}

static void endpoint(struct strbuf *out, const char *name, unsigned i, unsigned port)
{
    strbuf_addf(out,
                "      - {name: %s%u, kind: aws, region: ap-northeast-1, "
                "endpoint_url: \"http://127.0.0.1:%u\"}\n",
                name, i, port);
}

static void loaded(void)
{
    struct bench_ec2 *small = bench_ec2_start(17, 5), *large = bench_ec2_start(17, 1961);
    struct strbuf text = STRBUF_INIT;
    static double v[KEYS];
    unsigned port = 0;
    int hang = bench_silent(&port);
    struct bench_pty p;
    const char *path;
    size_t n;

    strbuf_addstr(&text, "intervals: {enis: 1s, routes: 1s}\nsites:\n  - name: bench\n"
                         "    endpoints:\n");
    for (unsigned i = 0; i < POLLING; i++)
        endpoint(&text, "aws", i, bench_ec2_port(small));
    endpoint(&text, "large", 0, bench_ec2_port(large));
    endpoint(&text, "hang", 0, port);
    path = bench_file("keys.yaml", text.buf);
    const char *const argv[] = {bench_hycon, "--config", path, NULL};
    if (hang >= 0 && bench_pty_start(&p, argv, 200, 50)) {
        (void)bench_pty_read(&p, bench_now(), 8000, 8000, NULL);
        bench_pty_write(&p, "2");
        (void)bench_pty_read(&p, bench_now(), 300, 2000, NULL);
        n = press(&p, v);
        show("key to paint, 50 endpoints, 200x50", v, n);
        bench_goal(bench_percentile(v, n, 0.99), 10,
                   "key to paint, 50 endpoints poll, one hangs, one sends 100,000 rows: p99, ms");
        printf("resident memory then: %ld kB\n", bench_rss_kb(p.pid));
        bench_pty_stop(&p);
    }
    (void)close(hang);
    strbuf_release(&text);
    bench_ec2_stop(small);
    bench_ec2_stop(large);
}

static void run(void)
{
    idle();
    loaded();
}

const struct bench_section bench_keys = {"keys", "key to paint, idle and under load", run};
