/*
 * bench: what `make bench` measures. Every figure is a ratio against a peer that runs in the same
 * call, command by command in turn (A B C A B C), because the machine's own speed drifts; a median
 * and the spread are printed beside it. A section prints its table as it is measured and adds one
 * line per goal of the issue to the summary at the end: "met" or "MISSED" is a comparison of two
 * numbers, never a failed build. A command that fails is a failure.
 */
#ifndef HYCON_TESTS_BENCH_BENCH_H
#define HYCON_TESTS_BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define BENCH_COMMANDS_MAX 8
#define BENCH_ROUNDS_MAX   64

struct bench_section {
    const char *name, *title;
    void (*run)(void);
};

extern const struct bench_section bench_aws, bench_paint, bench_keys, bench_memory, bench_nsx,
    bench_vcenter, bench_esxi, bench_rules, bench_explain, bench_filter, bench_ssh;

extern const char *bench_hycon, *bench_lab; /* paths of the optimised programs */
extern char bench_dir[];                    /* a private scratch directory */
extern unsigned bench_rounds;               /* --rounds */

/* ---- results ----------------------------------------------------------------------------------
 */

/* A goal of the issue: @value must be at most @most (units as the text says). */
void bench_goal(double value, double most, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* What could not be measured, and why: counts as a failure. */
void bench_failed(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* A section runs in a process of its own: it sends what it found out, and its parent takes it. */
void bench_begin(void); /* without what others found out */
void bench_send(int fd);
void bench_take(int fd);
/* Print the summary; the exit status: 0, or 1 when something failed. */
int bench_summary(void);

double bench_median(const double *v, size_t n);
double bench_percentile(const double *v, size_t n, double p); /* p of 0..1 */

/* ---- whole commands ---------------------------------------------------------------------------
 */

struct bench_command {
    const char *label, *shell; /* run by sh -c, output discarded */
};

struct bench_result {
    double wall, cpu, rss_mb;     /* medians: seconds, seconds of user and system, megabytes */
    double wall_min, wall_max;    /* spread */
    double wall_ratio, cpu_ratio; /* the first command's against this one's: median of the rounds */
    unsigned failures;
};

/* Run @commands in turn, one warm-up and bench_rounds rounds; prints a table under @title. */
void bench_compare(const char *title, const struct bench_command *commands, size_t n,
                   struct bench_result *results);

/* The peak of a command counts what its parent had before exec(). So a section has a process of its
 * own, and what is large in it, and not for the command, must not be the command's. */
struct strbuf;
void bench_keep_from_children(const struct strbuf *text);

double bench_now(void);      /* monotonic seconds */
double bench_cpu_self(void); /* user and system seconds of this process */

/* ---- a program on a pseudo-terminal ------------------------------------------------------------
 */

struct bench_pty {
    pid_t pid;
    int fd;
    int rows, cols;
    double started;
};

struct bench_burst {
    double first, last; /* seconds after the start of the wait; < 0: nothing came */
    size_t bytes;
};

/* argv[0] on a new terminal of @cols x @rows with TERM=xterm-256color and C.UTF-8. */
bool bench_pty_start(struct bench_pty *p, const char *const *argv, int cols, int rows);
/* Read until nothing came for @quiet_ms, at most @limit_ms. Times count from @since. What came is
 * appended to @keep (may be NULL). */
struct strbuf;
struct bench_burst bench_pty_read(struct bench_pty *p, double since, int quiet_ms, int limit_ms,
                                  struct strbuf *keep);
void bench_pty_write(struct bench_pty *p, const char *keys);
long bench_rss_kb(pid_t pid);             /* resident memory now */
void bench_pty_stop(struct bench_pty *p); /* SIGTERM, then SIGKILL after 5 s */

/* ---- servers -----------------------------------------------------------------------------------
 */

/* EC2's Query API with canned replies over plain HTTP on loopback, without looking at signatures:
 * @enis network interfaces, @tables route tables of 51 routes. */
struct bench_ec2;
struct bench_ec2 *bench_ec2_start(unsigned enis, unsigned tables);
void bench_ec2_stop(struct bench_ec2 *s);
unsigned bench_ec2_port(const struct bench_ec2 *s);

/* A socket that takes connections and never says a word; the caller closes it. -1: none. */
int bench_silent(unsigned *port);

/* hycon-lab as a child; its directory holds hycon.yaml. NULL after bench_failed(). */
struct bench_lab_child;
struct bench_lab_child *bench_lab_start(const char *name, const char *scenario, const char *scale);
const char *bench_lab_dir(const struct bench_lab_child *l);
void bench_lab_stop(struct bench_lab_child *l);

/* Write @text to NAME in the scratch directory; its path is valid until the program ends. */
const char *bench_file(const char *name, const char *text);

#endif
