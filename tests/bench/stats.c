/* Numbers and the summary. */
#include "tests/bench/bench.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "core/mem.h"

#define LINE_TEXT 256

static struct line {
    char *text; /* LINE_TEXT bytes */
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
    char *text = mem_alloc(LINE_TEXT);

    (void)vsnprintf(text, LINE_TEXT, fmt, ap);
    lines = mem_grow(lines, nlines, &cap, sizeof(*lines));
    lines[nlines++] = (struct line){text, value, most, failed};
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

/* ---- to another process ------------------------------------------------------------------------
 */

static bool send_all(int fd, const void *data, size_t len)
{
    for (const char *p = data; len;) {
        ssize_t n = write(fd, p, len);

        if (n < 0)
            return false;
        p += n;
        len -= (size_t)n;
    }
    return true;
}

static bool take_all(int fd, void *data, size_t len)
{
    for (char *p = data; len;) {
        ssize_t n = read(fd, p, len);

        if (n <= 0)
            return false;
        p += n;
        len -= (size_t)n;
    }
    return true;
}

void bench_begin(void)
{
    nlines = 0;
}

void bench_send(int fd)
{
    for (size_t i = 0; i < nlines; i++) {
        struct line l = lines[i];

        l.text = NULL;
        if (!send_all(fd, &l, sizeof(l)) || !send_all(fd, lines[i].text, LINE_TEXT))
            return;
    }
}

void bench_take(int fd)
{
    struct line l;

    while (take_all(fd, &l, sizeof(l))) {
        l.text = mem_alloc(LINE_TEXT);
        if (!take_all(fd, l.text, LINE_TEXT)) {
            free(l.text);
            return;
        }
        l.text[LINE_TEXT - 1] = '\0';
        lines = mem_grow(lines, nlines, &cap, sizeof(*lines));
        lines[nlines++] = l;
    }
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
