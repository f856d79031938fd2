/* Resident memory of the console on the steady estate. */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/mem.h"

static void run(void)
{
    struct bench_lab_child *lab = bench_lab_start("memory", "steady", NULL);
    struct bench_pty p;
    char *path;
    long kb;

    if (!lab)
        return;
    path = mem_printf("%s/hycon.yaml", bench_lab_dir(lab));
    const char *const argv[] = {bench_hycon, "--config", path, NULL};
    if (bench_pty_start(&p, argv, 200, 50)) {
        (void)bench_pty_read(&p, bench_now(), 30000, 30000, NULL);
        kb = bench_rss_kb(p.pid);
        printf("\nresident memory after 30 s of 'steady': %ld kB\n", kb);
        if (kb < 0)
            bench_failed("resident memory: the console is not running");
        else
            bench_goal((double)kb / 1000, 20, "resident memory on 'steady', MB");
        bench_pty_stop(&p);
    }
    free(path);
    bench_lab_stop(lab);
}

const struct bench_section bench_memory = {"memory", "resident memory on 'steady'", run};
