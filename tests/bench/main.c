/* make bench: see bench.h. */
#include "tests/bench/bench.h"

#include <fcntl.h>
#include <ftw.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/file.h"
#include "core/mem.h"
#include "core/text.h"

const char *bench_hycon = "build/opt/hycon", *bench_lab = "build/opt/hycon-lab";
char bench_dir[] = "/tmp/hycon-bench-XXXXXX";
unsigned bench_rounds = 11;

static const struct bench_section *const sections[] = {
    &bench_aws,   &bench_paint, &bench_keys,    &bench_memory, &bench_nsx, &bench_vcenter,
    &bench_rules, &bench_esxi,  &bench_explain, &bench_filter, &bench_ssh, NULL,
};

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static void remove_dir(void)
{
    (void)nftw(bench_dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *bench_file(const char *name, const char *text)
{
    char *path = mem_printf("%s/%s", bench_dir, name);
    struct err err = {0};

    if (file_write_atomic(path, text, strlen(text), 0600, &err) < 0)
        bench_failed("%s", err.msg);
    return path;
}

static int usage(void)
{
    (void)fprintf(stderr, "usage: bench [--rounds N] [SECTION...]\n");
    for (size_t i = 0; sections[i]; i++)
        (void)fprintf(stderr, "  %-8s %s\n", sections[i]->name, sections[i]->title);
    return 64;
}

static bool wanted(const struct bench_section *s, char **names)
{
    if (!*names)
        return true;
    for (; *names; names++) {
        if (strcmp(*names, s->name) == 0)
            return true;
    }
    return false;
}

/* In a process of its own: what a section leaves in memory would count as memory of the commands
 * that later ones start, and one that breaks leaves the others alone. */
static void run_apart(const struct bench_section *s)
{
    int fds[2], status = 0;
    pid_t pid;

    (void)fflush(NULL);
    if (pipe(fds) < 0 || (pid = fork()) < 0) {
        bench_failed("%s: no process to run in", s->name);
        return;
    }
    if (pid == 0) {
        close(fds[0]);
        (void)fcntl(fds[1], F_SETFD, FD_CLOEXEC); /* not for what it starts */
        bench_begin();
        s->run();
        bench_send(fds[1]);
        (void)fflush(NULL);
        _exit(0);
    }
    close(fds[1]);
    bench_take(fds[0]);
    close(fds[0]);
    if (waitpid(pid, &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status))
        bench_failed("%s: the section did not end well", s->name);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"rounds", required_argument, NULL, 'r'},
                                            {NULL, 0, NULL, 0}};
    struct utsname host;
    int64_t n;
    int c;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c != 'r' || text_to_i64(optarg, 1, BENCH_ROUNDS_MAX, &n) < 0)
            return usage();
        bench_rounds = (unsigned)n;
    }
    if (access(bench_hycon, X_OK) != 0 || access(bench_lab, X_OK) != 0)
        return usage();
    if (!mkdtemp(bench_dir))
        return 73;
    (void)atexit(remove_dir);
    (void)signal(SIGPIPE, SIG_IGN);
    /* Credentials that no real account has, and no state of the person who measures. */
    (void)setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE", 1);
    (void)setenv("AWS_SECRET_ACCESS_KEY", "example", 1);
    (void)setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
    (void)setenv("AWS_CONFIG_FILE", "/dev/null", 1);
    (void)setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null", 1);
    (void)setenv("XDG_STATE_HOME", bench_dir, 1);
    (void)unsetenv("AWS_PROFILE");
    if (uname(&host) == 0)
        printf("%s %s, %ld cores\n", host.sysname, host.release, sysconf(_SC_NPROCESSORS_ONLN));
    for (size_t i = 0; sections[i]; i++) {
        if (!wanted(sections[i], argv + optind))
            continue;
        printf("\n== %s: %s\n", sections[i]->name, sections[i]->title);
        run_apart(sections[i]);
    }
    return bench_summary();
}
