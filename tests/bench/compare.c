/* Whole commands, interleaved in changing order. */
#include "tests/bench/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/strbuf.h"

struct times {
    double wall[BENCH_ROUNDS_MAX], cpu[BENCH_ROUNDS_MAX], rss[BENCH_ROUNDS_MAX];
    unsigned failures;
};

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

void bench_keep_from_children(const struct strbuf *text)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t from = ((uintptr_t)text->buf + page - 1) & ~(page - 1);
    uintptr_t to = ((uintptr_t)text->buf + text->alloc) & ~(page - 1);

    if (from < to && madvise((void *)from, to - from, MADV_DONTFORK) < 0)
        bench_failed("madvise: %s", strerrordesc_np(errno));
}

static void child(const char *shell)
{
    int null = open("/dev/null", O_RDWR);

    if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0)
        _exit(126);
    execl("/bin/sh", "sh", "-c", shell, (char *)NULL);
    _exit(127);
}

/* @round < 0: warm-up, not kept. */
static void once(const struct bench_command *c, struct times *t, int round)
{
    double start = bench_now();
    struct rusage usage;
    int status;
    pid_t pid = fork();

    if (pid == 0)
        child(c->shell);
    if (pid < 0 || wait4(pid, &status, 0, &usage) < 0) {
        t->failures++;
        return;
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status))
        t->failures++;
    if (round < 0)
        return;
    t->wall[round] = bench_now() - start;
    t->cpu[round] = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    t->rss[round] = (double)usage.ru_maxrss / 1024;
}

static void judge(const struct times *first, const struct times *t, unsigned n,
                  struct bench_result *r)
{
    double wall[BENCH_ROUNDS_MAX], cpu[BENCH_ROUNDS_MAX];

    for (unsigned i = 0; i < n; i++) {
        wall[i] = t->wall[i] > 0 ? first->wall[i] / t->wall[i] : 0;
        cpu[i] = t->cpu[i] > 0 ? first->cpu[i] / t->cpu[i] : 0;
    }
    *r = (struct bench_result){
        .wall = bench_median(t->wall, n),
        .cpu = bench_median(t->cpu, n),
        .rss_mb = bench_percentile(t->rss, n, 1),
        .wall_min = bench_percentile(t->wall, n, 0),
        .wall_max = bench_percentile(t->wall, n, 1),
        .wall_ratio = bench_median(wall, n),
        .cpu_ratio = bench_median(cpu, n),
        .failures = t->failures,
    };
}

/* Who runs after a large program finds the caches full of it: each round has an order of its own,
 * the same ones in each run. */
static void shuffle(size_t *order, size_t n, uint32_t *random)
{
    for (size_t i = n; i > 1; i--) {
        size_t k, was = order[i - 1];

        *random = *random * UINT32_C(1664525) + UINT32_C(1013904223);
        k = (*random >> 16) % i;
        order[i - 1] = order[k];
        order[k] = was;
    }
}

void bench_compare(const char *title, const struct bench_command *commands, size_t n,
                   struct bench_result *results)
{
    static struct times times[BENCH_COMMANDS_MAX];
    size_t order[BENCH_COMMANDS_MAX];
    uint32_t random = 1;

    for (size_t i = 0; i < n; i++)
        times[i].failures = 0;
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    for (int round = -1; round < (int)bench_rounds; round++) {
        shuffle(order, n, &random);
        for (size_t i = 0; i < n; i++)
            once(&commands[order[i]], &times[order[i]], round);
    }
    printf("\n%s (%u rounds)\n%-34s %9s %21s %9s %7s %8s %8s\n", title, bench_rounds, "", "wall s",
           "(min..max)", "cpu s", "MB", "1st/this", "cpu");
    for (size_t i = 0; i < n; i++) {
        struct bench_result *r = &results[i];

        judge(&times[0], &times[i], bench_rounds, r);
        printf("%-34s %9.4f (%8.4f .. %8.4f) %8.4f %7.1f %8.3f %8.3f\n", commands[i].label, r->wall,
               r->wall_min, r->wall_max, r->cpu, r->rss_mb, r->wall_ratio, r->cpu_ratio);
        if (r->failures)
            bench_failed("%s: '%s' failed %u times", title, commands[i].label, r->failures);
    }
    (void)fflush(stdout);
}
