/* Numbers and the summary. */
#include "tests/bench/bench.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "core/mem.h"

static struct line {
    char *text;
    double value, most;
    bool failed;
} * lines;
static size_t nlines, cap;

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double bench_percentile(const double *v, size_t n, double p)
{
    double *sorted, x;
    size_t i;

    if (!n)
        return 0;
    sorted = mem_array(n, sizeof(*sorted));
    memcpy(sorted, v, n * sizeof(*sorted));
    qsort(sorted, n, sizeof(*sorted), by_value);
    i = (size_t)(p * (double)(n - 1) + 0.5);
    x = sorted[i < n ? i : n - 1];
    free(sorted);
    return x;
}

double bench_median(const double *v, size_t n)
{
    return bench_percentile(v, n, 0.5);
}

static void add(double value, double most, bool failed, const char *fmt, va_list ap)
    __attribute__((format(printf, 4, 0)));

static void add(double value, double most, bool failed, const char *fmt, va_list ap)
{
    char text[256];

    (void)vsnprintf(text, sizeof(text), fmt, ap);
    lines = mem_grow(lines, nlines, &cap, sizeof(*lines));
    lines[nlines++] = (struct line){mem_strdup(text), value, most, failed};
}

void bench_goal(double value, double most, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    add(value, most, false, fmt, ap);
    va_end(ap);
}

void bench_failed(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    add(0, 0, true, fmt, ap);
    va_end(ap);
    printf("FAILED: %s\n", lines[nlines - 1].text);
}

int bench_summary(void)
{
    unsigned met = 0, missed = 0, failed = 0;

    printf("\n%-84s %9s %9s\n", "goal", "measured", "at most");
    for (size_t i = 0; i < nlines; i++) {
        const struct line *l = &lines[i];

        if (l->failed)
            printf("%-84s %9s %9s  FAILED\n", l->text, "-", "-");
        else
            printf("%-84s %9.3f %9.3f  %s\n", l->text, l->value, l->most,
                   l->value <= l->most ? "met" : "MISSED");
        failed += l->failed;
        met += !l->failed && l->value <= l->most;
        missed += !l->failed && l->value > l->most;
        free(l->text);
    }
    printf("bench: %u met, %u missed, %u not measured\n", met, missed, failed);
    free(lines);
    lines = NULL;
    return failed ? 1 : 0;
}

double bench_now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double bench_cpu_self(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}
