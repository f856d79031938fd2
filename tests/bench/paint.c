/* Cold start to the first finished paint, against a bare ncurses program with the same text. */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "tests/bench/screen.h"

#define QUIET_MS 60
#define COLS     200
#define ROWS     50

static const char *config(unsigned port)
{
    char *text = mem_printf("sites:\n  - name: bench\n    endpoints:\n"
                            "      - {name: aws, kind: aws, region: ap-northeast-1, "
                            "endpoint_url: \"http://127.0.0.1:%u\"}\n",
                            port);
    const char *path = bench_file("paint.yaml", text);

    free(text);
    return path;
}

/* Seconds to the last byte of the first burst; < 0: nothing was painted. */
static double paint(const char *const *argv, struct strbuf *keep)
{
    struct bench_pty p;
    struct bench_burst b;

    if (!bench_pty_start(&p, argv, COLS, ROWS))
        return -1;
    b = bench_pty_read(&p, p.started, QUIET_MS, 5000, keep);
    bench_pty_stop(&p);
    return b.last;
}

static void run(void)
{
    double ours[BENCH_ROUNDS_MAX], bare[BENCH_ROUNDS_MAX], ratio[BENCH_ROUNDS_MAX];
    struct strbuf bytes = STRBUF_INIT, text = STRBUF_INIT;
    unsigned port = 0;
    int fd = bench_silent(&port);
    const char *path = config(port), *screen;
    const char *const hycon_argv[] = {bench_hycon, "--config", path, NULL};
    const char *bare_argv[] = {"build/opt/bench-bare", NULL, NULL};

    if (fd < 0 || paint(hycon_argv, &bytes) < 0) {
        bench_failed("first paint: nothing was painted");
        return;
    }
    screen_text(&bytes, COLS, ROWS, &text);
    screen = bench_file("screen.txt", text.buf);
    bare_argv[1] = screen;
    for (unsigned i = 0; i < bench_rounds; i++) {
        ours[i] = paint(hycon_argv, NULL);
        bare[i] = paint(bare_argv, NULL);
        ratio[i] = ours[i] / bare[i];
    }
    printf("\nfirst finished paint, %dx%d: hycon %.1f ms, bare ncurses %.1f ms (medians of %u)\n",
           COLS, ROWS, bench_median(ours, bench_rounds) * 1e3,
           bench_median(bare, bench_rounds) * 1e3, bench_rounds);
    bench_goal(bench_median(ratio, bench_rounds), 2, "first finished paint / bare ncurses");
    (void)close(fd);
    strbuf_release(&bytes);
    strbuf_release(&text);
}

const struct bench_section bench_paint = {"paint", "cold start to the first finished paint", run};
