/*
 * One megabyte of getflows from 50 and 200 hosts over SSH, against those that do the same: `ssh`
 * itself, pssh, clush, ansible, and the least that a program on libssh2 can do. One sshd in a
 * network of its own (only lo, where all of 127.0.0.0/8 answers); everybody is held to
 * curve25519-sha256, because Debian's sshd prefers an exchange that ESXi does not have and that
 * costs `ssh` 66 ms each. A peer that is not installed is named and passed over.
 *
 * Kept sessions are measured twice: with 3 bytes a reply, where starting `ssh` is what costs, and
 * with 1 MB, where deciphering is, which nobody can save; the ratios can be those of the
 * first alone.
 *
 * Client and server share the machine, so wall contains the server and CPU is the honest figure of
 * a client. Outputs of ours and of the bare program are compared byte for byte as they arrive.
 */
#include "tests/bench/bench.h"

#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"

#define PORT  2222
#define BYTES 1000000
#define KEPT  11

struct ground {
    char *dir, *key, *known, *file, *hosts;
    pid_t sshd;
};

/* ---- the servers -------------------------------------------------------------------------------
 */

static bool own_network(void)
{
    struct ifreq lo = {.ifr_flags = IFF_UP};
    int fd;
    bool up;

    (void)snprintf(lo.ifr_name, sizeof(lo.ifr_name), "lo");
    if (unshare(CLONE_NEWNET) < 0)
        return false;
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    up = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &lo) == 0;
    (void)close(fd);
    return up;
}

static bool shell(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static bool shell(const char *fmt, ...)
{
    struct strbuf line = STRBUF_INIT;
    va_list ap;
    pid_t pid;
    int status;

    va_start(ap, fmt);
    strbuf_vaddf(&line, fmt, ap);
    va_end(ap);
    pid = fork();
    if (pid == 0) {
        execl("/bin/sh", "sh", "-c", line.buf, (char *)NULL);
        _exit(127);
    }
    strbuf_release(&line);
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static void write_flows(const struct ground *g)
{
    struct strbuf text = STRBUF_INIT;
    FILE *f = fopen(g->file, "we");

    for (unsigned i = 0; text.len < BYTES; i++)
        strbuf_addf(&text,
                    "558a796d%08x Active tcp 0800 1 %u 0 0  172.16.%u.%u:Unknown(%u) "
                    "172.16.10.11:https(443) 2413 EST %u %u %u %u\n",
                    i, 1000 + i % 500, i % 16, i % 254 + 1, 1024 + i % 60000, i * 17, i * 13, i, i);
    if (!f || fwrite(text.buf, 1, text.len, f) != text.len)
        bench_failed("cannot write %s", g->file);
    if (f)
        (void)fclose(f);
    strbuf_release(&text);
}

static bool make_files(struct ground *g)
{
    g->dir = mem_printf("%s/ssh", bench_dir);
    g->key = mem_printf("%s/user", g->dir);
    g->known = mem_printf("%s/known_hosts", g->dir);
    g->file = mem_printf("%s/flows", g->dir);
    g->hosts = mem_printf("%s/hosts", g->dir);
    (void)mkdir("/run/sshd", 0755);
    if (mkdir(g->dir, 0700) < 0 ||
        !shell("cd %s && ssh-keygen -q -t ed25519 -N '' -f user && ssh-keygen -q -t ed25519 -N '' "
               "-f host && cp user.pub authorized && chmod 600 authorized && "
               "sed 's/^/* /' host.pub >known_hosts",
               g->dir))
        return false;
    write_flows(g);
    return shell("cd %s && printf 'Port %d\\nListenAddress 0.0.0.0\\nHostKey %s/host\\n"
                 "AuthorizedKeysFile %s/authorized\\nStrictModes no\\nUsePAM no\\n"
                 "PermitRootLogin yes\\nPasswordAuthentication no\\nMaxStartups 1000\\n"
                 "MaxSessions 20\\nSetEnv SHLVL=5\\nUseDNS no\\nPidFile none\\n"
                 "KexAlgorithms curve25519-sha256\\n' >sshd_config",
                 g->dir, PORT, g->dir, g->dir);
}

static bool start_sshd(struct ground *g)
{
    char *config = mem_printf("%s/sshd_config", g->dir);
    bool up = false;

    g->sshd = fork();
    if (g->sshd == 0) {
        (void)!freopen("/dev/null", "w", stderr);
        execl("/usr/sbin/sshd", "/usr/sbin/sshd", "-D", "-f", config, (char *)NULL);
        _exit(127);
    }
    for (int i = 0; i < 100 && !up; i++) {
        (void)usleep(50000);
        up = shell("ssh-keyscan -p %d 127.0.0.1 >/dev/null 2>&1", PORT);
    }
    free(config);
    return up;
}

static void stop(struct ground *g)
{
    if (g->sshd > 0) {
        (void)kill(g->sshd, SIGTERM);
        (void)waitpid(g->sshd, NULL, 0);
    }
    free(g->dir);
    free(g->key);
    free(g->known);
    free(g->file);
    free(g->hosts);
}

/* ---- commands ----------------------------------------------------------------------------------
 */

static char *ssh_options(const struct ground *g)
{
    return mem_printf("-F none -o User=root -o Port=%d -o IdentityFile=%s -o UserKnownHostsFile=%s "
                      "-o KexAlgorithms=curve25519-sha256 -o BatchMode=yes -o LogLevel=ERROR",
                      PORT, g->key, g->known);
}

static bool has(const char *program)
{
    return shell("command -v %s >/dev/null 2>&1", program);
}

static char *fan(const struct ground *g, const char *mode, unsigned hosts, unsigned rounds,
                 const char *file)
{
    return mem_printf("build/opt/bench-fan %s %s %s %d %u %u %s 'cat %s'", mode, g->key, g->known,
                      PORT, hosts, rounds, file, file);
}

struct peers {
    struct bench_command commands[BENCH_COMMANDS_MAX];
    char *shells[BENCH_COMMANDS_MAX];
    size_t n;
};

static size_t add(struct peers *p, const char *label, char *text)
{
    p->shells[p->n] = text;
    p->commands[p->n] = (struct bench_command){label, text};
    return p->n++;
}

static void release(struct peers *p)
{
    for (size_t i = 0; i < p->n; i++)
        free(p->shells[i]);
}

/* Index of the peer in @p, or 0 when it is not installed. */
struct found {
    size_t bare, ssh, pssh, clush, ansible;
};

static void add_tools(struct peers *p, const struct ground *g, unsigned n, struct found *f)
{
    char *o = ssh_options(g);

    f->ssh =
        add(p, "xargs -P50 ssh",
            mem_printf("xargs -P50 -I{} ssh %s {} 'cat %s' <%s >/dev/null", o, g->file, g->hosts));
    if (has("parallel-ssh"))
        f->pssh = add(
            p, "parallel-ssh",
            mem_printf("parallel-ssh -p 50 -h %s -t 60 -x '%s' -i 'cat %s'", g->hosts, o, g->file));
    else
        printf("pssh is not installed: not compared\n");
    if (has("clush"))
        f->clush =
            add(p, "clush",
                mem_printf("clush -S -f 50 -o '%s' --hostfile %s 'cat %s'", o, g->hosts, g->file));
    else
        printf("clush is not installed: not compared\n");
    if (n <= 50 && has("ansible"))
        f->ansible = add(p, "ansible -m raw",
                         mem_printf("ANSIBLE_SSH_ARGS='%s -o ControlMaster=no' "
                                    "ANSIBLE_HOST_KEY_CHECKING=True ansible all -i %s -f 50 -m raw "
                                    "-a 'cat %s'",
                                    o, g->hosts, g->file));
    else if (n <= 50)
        printf("ansible is not installed: not compared\n");
    free(o);
}

static bool write_hosts(const struct ground *g, unsigned n)
{
    return shell(
        "i=1; while [ $i -le %u ]; do echo 127.0.$((i / 256)).$((i %% 256)); i=$((i + 1)); "
        "done >%s",
        n, g->hosts);
}

/* ---- cold --------------------------------------------------------------------------------------
 */

static void judge(const struct bench_result *r, const struct found *f, unsigned n)
{
    bench_goal(r[f->bare].wall_ratio, 1.3, "%u hosts x 1 MB: wall against bare libssh2", n);
    if (f->pssh) {
        bench_goal(r[f->pssh].wall_ratio, 0.65, "%u hosts x 1 MB: wall against pssh", n);
        bench_goal(r[f->pssh].cpu_ratio, 1.0 / 6, "%u hosts x 1 MB: CPU against pssh", n);
    }
    if (f->clush)
        bench_goal(r[f->clush].wall_ratio, 1.0 / 6, "%u hosts x 1 MB: wall against clush", n);
    if (f->ansible)
        bench_goal(r[f->ansible].wall_ratio, 1.0 / 7, "%u hosts x 1 MB: wall against ansible", n);
    bench_goal(r[0].rss_mb, 100, "%u hosts x 1 MB: MB of memory", n);
}

static void cold(const struct ground *g, unsigned n)
{
    struct bench_result results[BENCH_COMMANDS_MAX];
    struct peers p = {.n = 0};
    struct found f = {0};
    unsigned rounds = bench_rounds;
    char title[64];

    if (!write_hosts(g, n))
        return;
    add(&p, "core/ssh", fan(g, "core", n, 1, g->file));
    f.bare = add(&p, "bare libssh2", fan(g, "bare", n, 1, g->file));
    add_tools(&p, g, n, &f);
    (void)snprintf(title, sizeof(title), "%u hosts, 1 MB each, cold", n);
    /* The slow ones take half a minute a round. */
    bench_rounds = rounds < 3 ? rounds : 3;
    bench_compare(title, p.commands, p.n, results);
    bench_rounds = rounds;
    for (size_t i = 0; i < 2; i++) {
        if (results[i].failures)
            bench_failed("%s: %u of its runs failed", p.commands[i].label, results[i].failures);
    }
    judge(results, &f, n);
    release(&p);
}

/* ---- kept sessions -----------------------------------------------------------------------------
 */

/* Medians of all rounds but the first, which connects. */
static bool kept_rounds(const struct ground *g, unsigned n, const char *file, double *wall,
                        double *cpu)
{
    char *line = fan(g, "core", n, KEPT, file), text[128];
    double walls[KEPT], cpus[KEPT];
    char *times = mem_printf("%s/times", g->dir);
    bool good = shell("%s >%s", line, times);
    FILE *f = good ? fopen(times, "re") : NULL;
    unsigned k = 0;

    while (f && fgets(text, sizeof(text), f) && k < KEPT) {
        char *blank = strchr(text, ' '), *end = strchr(text, '\n');

        if (!blank || !end)
            continue;
        *blank = *end = '\0';
        if (text_to_double(text, &walls[k]) == 0 && text_to_double(blank + 1, &cpus[k]) == 0)
            k++;
    }
    free(line);
    free(times);
    if (!f || fclose(f) != 0 || k < KEPT)
        return false;
    *wall = bench_median(walls + 1, k - 1);
    *cpu = bench_median(cpus + 1, k - 1);
    return true;
}

/* A round of one command over sessions that are there: ours against that of ssh's masters. */
static void kept_round(const struct ground *g, unsigned n, const char *options, const char *what,
                       const char *file, struct bench_result *ratio)
{
    char *line = mem_printf("xargs -P50 -I{} ssh %s -o ControlPath=%s/mux-%%h {} 'cat %s' <%s "
                            ">/dev/null",
                            options, g->dir, file, g->hosts);
    struct bench_command command = {"ssh, ControlMaster", line};
    char *title = mem_printf("%u kept sessions, %s, a round", n, what);
    double wall, cpu;

    if (kept_rounds(g, n, file, &wall, &cpu)) {
        bench_compare(title, &command, 1, ratio);
        printf("%-32s %11.4f %33.4f\n", "core/ssh", wall, cpu);
        ratio->wall_ratio = wall / ratio->wall;
        ratio->cpu_ratio = cpu / ratio->cpu;
    } else {
        bench_failed("%s", title);
    }
    free(title);
    free(line);
}

static void kept(const struct ground *g, unsigned n)
{
    struct bench_result small = {0}, large = {0};
    char *o = ssh_options(g), *file = mem_printf("%s/short", g->dir);

    if (!write_hosts(g, n) || !shell("echo ok >%s", file) ||
        !shell("xargs -P50 -I{} ssh %s -o ControlMaster=yes -o ControlPersist=120 -o "
               "ControlPath=%s/mux-%%h {} true <%s",
               o, g->dir, g->hosts)) {
        bench_failed("ssh does not keep its sessions");
    } else {
        kept_round(g, n, o, "3 bytes each", file, &small);
        kept_round(g, n, o, "1 MB each", g->file, &large);
        bench_goal(small.wall_ratio, 1.0 / 3, "%u kept sessions, 3 bytes: wall against ssh mux", n);
        bench_goal(small.cpu_ratio, 1.0 / 20, "%u kept sessions, 3 bytes: CPU against ssh mux", n);
        bench_goal(large.wall_ratio, 1.0, "%u kept sessions, 1 MB: wall against ssh mux", n);
        bench_goal(large.cpu_ratio, 1.0, "%u kept sessions, 1 MB: CPU against ssh mux", n);
    }
    (void)shell("xargs -P50 -I{} ssh %s -o ControlPath=%s/mux-%%h -O exit {} <%s 2>/dev/null", o,
                g->dir, g->hosts);
    free(file);
    free(o);
}

/* ---- all of it ---------------------------------------------------------------------------------
 */

static void run(void)
{
    struct ground g = {0};

    if (geteuid() != 0 || access("/usr/sbin/sshd", X_OK) != 0 || !own_network())
        bench_failed("ssh: needs root, sshd and a network namespace");
    else if (!make_files(&g) || !start_sshd(&g))
        bench_failed("ssh: sshd does not start");
    else {
        cold(&g, 50);
        kept(&g, 50);
        cold(&g, 200);
    }
    stop(&g);
}

const struct bench_section bench_ssh = {"ssh", "one command on many hosts", run};
