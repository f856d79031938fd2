/*
 * One megabyte of getflows from 50 and 200 hosts over SSH, against those that do the same: `ssh`
 * itself, pssh, clush, ansible, and the least that a program on libssh2 can do. One sshd in a
 * network of its own (only lo, where all of 127.0.0.0/8 answers). Everybody is held to
 * curve25519-sha256, because Debian's sshd prefers an exchange that ESXi does not have and that
 * costs `ssh` 66 ms each; the default exchange is a table of its own. A peer that is not installed
 * is named and passed over.
 *
 * Kept sessions: the goals are asked of the command `true`, because what a client costs is the
 * question: starting `ssh` for each command against a channel in a session that is there. With 1 MB
 * a round deciphering is most of it, which nobody can save; that round is reported beside it. A
 * bare libssh2 loop over kept sessions shows what the server alone takes.
 *
 * Ten of fifty that hang (accept and say nothing, or say who they are and then nothing) must not
 * slow the other forty.
 *
 * Client and server share the machine, so wall contains the server and CPU is the honest figure of
 * a client. Outputs of ours and of the bare program are compared byte for byte as they arrive,
 * those of the others in a run of their own: what they lost is said.
 */
#include "tests/bench/bench.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
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
#include "tests/bench/host_text.h"

#define PORT  2222
#define BYTES 1000000
#define KEPT  11
#define HANG  10
#define TRIES 5 /* cold runs with and without those that hang */

struct ground {
    char *dir, *key, *known, *file, *hosts, *empty;
    pid_t sshd, silent;
    bool any_exchange; /* what the peers prefer, not curve25519-sha256 */
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

static void write_file(const char *path, const char *text, size_t len)
{
    FILE *f = fopen(path, "we");

    if (!f || fwrite(text, 1, len, f) != len)
        bench_failed("cannot write %s", path);
    if (f)
        (void)fclose(f);
}

/* Whole lines, BYTES at most. */
static void write_flows(const struct ground *g)
{
    struct strbuf text = STRBUF_INIT;

    host_text_flows(&text, BYTES / 100, 4);
    while (text.len > BYTES && text.buf[text.len - 1] == '\n') {
        size_t end = text.len - 1;

        while (end && text.buf[end - 1] != '\n')
            end--;
        strbuf_setlen(&text, end);
    }
    write_file(g->file, text.buf, text.len);
    write_file(g->empty, "", 0);
    strbuf_release(&text);
}

static bool make_files(struct ground *g)
{
    g->dir = mem_printf("%s/ssh", bench_dir);
    g->key = mem_printf("%s/user", g->dir);
    g->known = mem_printf("%s/known_hosts", g->dir);
    g->file = mem_printf("%s/flows", g->dir);
    g->hosts = mem_printf("%s/hosts", g->dir);
    g->empty = mem_printf("%s/empty", g->dir);
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
                 "MaxSessions 20\\nSetEnv SHLVL=5\\nUseDNS no\\nPidFile none\\n' >sshd_config",
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

/* Takes connections and then says nothing, or who it is and then nothing: every other host. */
static void hang(int fd)
{
    static const char banner[] = "SSH-2.0-OpenSSH_9.2\r\n";

    for (;;) {
        struct sockaddr_in at;
        socklen_t len = sizeof(at);
        int one = accept(fd, NULL, NULL);

        if (one >= 0 && getsockname(one, (struct sockaddr *)&at, &len) == 0 &&
            ntohl(at.sin_addr.s_addr) & 1)
            (void)!write(one, banner, sizeof(banner) - 1);
    }
}

static bool start_silent(struct ground *g)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(PORT + 1)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 || listen(fd, 64) < 0)
        return false;
    g->silent = fork();
    if (g->silent == 0)
        hang(fd);
    (void)close(fd);
    return g->silent > 0;
}

static void stop(struct ground *g)
{
    if (g->silent > 0) {
        (void)kill(g->silent, SIGKILL);
        (void)waitpid(g->silent, NULL, 0);
    }
    if (g->sshd > 0) {
        (void)kill(g->sshd, SIGTERM);
        (void)waitpid(g->sshd, NULL, 0);
    }
    free(g->dir);
    free(g->key);
    free(g->known);
    free(g->file);
    free(g->hosts);
    free(g->empty);
}

/* ---- commands ----------------------------------------------------------------------------------
 */

static char *ssh_options(const struct ground *g)
{
    return mem_printf("-F none -o User=root -o Port=%d -o IdentityFile=%s -o UserKnownHostsFile=%s "
                      "%s-o BatchMode=yes -o LogLevel=ERROR",
                      PORT, g->key, g->known,
                      g->any_exchange ? "" : "-o KexAlgorithms=curve25519-sha256 ");
}

static bool has(const char *program)
{
    return shell("command -v %s >/dev/null 2>&1", program);
}

/* @file: what each host must say to @command. */
static char *fan(const struct ground *g, const char *mode, unsigned hosts, unsigned rounds,
                 const char *file, const char *command)
{
    return mem_printf("build/opt/bench-fan %s %s %s %d %u %u %s '%s'", mode, g->key, g->known, PORT,
                      hosts, rounds, file, command);
}

static char *fan_cat(const struct ground *g, const char *mode, unsigned hosts)
{
    char *command = mem_printf("cat %s", g->file), *line = fan(g, mode, hosts, 1, g->file, command);

    free(command);
    return line;
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

static off_t file_size(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 ? st.st_size : 0;
}

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

/* What came out of a peer, in a run of its own: `ssh` writes pieces of lines of many hosts between
 * each other, so its bytes are counted; lines of the others are looked for in the file, without the
 * name that clush puts before each. */
static void count_output(const struct ground *g, const struct bench_command *c, unsigned n,
                         bool bytes)
{
    char *out = mem_printf("%s/count", g->dir), text[32] = "";
    double want = (double)n * (double)file_size(g->file), got = 0;
    FILE *f = NULL;

    if (shell(bytes ? "%.*s | wc -c >%s"
                    : "(%.*s) 2>/dev/null | LC_ALL=C awk 'NR == FNR { w[$0]; next } "
                      "{ sub(/^127[0-9.]*: /, \"\") } $0 in w { b += length($0) + 1 } "
                      "END { printf \"%%d\\n\", b }' %s - >%s",
              (int)(strlen(c->shell) - (bytes ? strlen(" >/dev/null") : 0)), c->shell,
              bytes ? out : g->file, out))
        f = fopen(out, "re");
    if (!f || !fgets(text, sizeof(text), f))
        bench_failed("the output of %s was not counted", c->label);
    text[strcspn(text, "\n")] = '\0';
    (void)text_to_double(text, &got);
    if (f)
        (void)fclose(f);
    printf("%-32s %.0f of %.0f bytes came out%s\n", c->label, got, want,
           got < want ? ": the rest is LOST" : "");
    free(out);
}

static void cold(const struct ground *g, unsigned n)
{
    struct bench_result results[BENCH_COMMANDS_MAX];
    struct peers p = {.n = 0};
    struct found f = {0};
    unsigned rounds = bench_rounds;
    char title[96];

    if (!write_hosts(g, n))
        return;
    add(&p, "core/ssh", fan_cat(g, "core", n));
    f.bare = add(&p, "bare libssh2", fan_cat(g, "bare", n));
    add_tools(&p, g, n, &f);
    (void)snprintf(title, sizeof(title), "%u hosts, 1 MB each, cold%s", n,
                   g->any_exchange ? ", the key exchange that each prefers" : "");
    /* The slow ones take half a minute a round. */
    bench_rounds = rounds < 3 ? rounds : 3;
    bench_compare(title, p.commands, p.n, results);
    bench_rounds = rounds;
    for (size_t i = 0; i < 2; i++) {
        if (results[i].failures)
            bench_failed("%s: %u of its runs failed", p.commands[i].label, results[i].failures);
    }
    if (!g->any_exchange)
        judge(results, &f, n);
    for (size_t i = 2; i < p.n && !g->any_exchange; i++)
        count_output(g, &p.commands[i], n, i == f.ssh);
    release(&p);
}

/* ---- kept sessions -----------------------------------------------------------------------------
 */

/* Times of the rounds that @line prints; how many. */
static unsigned read_rounds(const struct ground *g, const char *line, double *walls, double *cpus,
                            unsigned most)
{
    char *times = mem_printf("%s/times", g->dir), text[128];
    FILE *f = shell("%s >%s", line, times) ? fopen(times, "re") : NULL;
    unsigned k = 0;

    while (f && k < most && fgets(text, sizeof(text), f)) {
        char *blank = strchr(text, ' '), *end = strchr(text, '\n');

        if (!blank || !end)
            continue;
        *blank = *end = '\0';
        if (text_to_double(text, &walls[k]) == 0 && text_to_double(blank + 1, &cpus[k]) == 0)
            k++;
    }
    if (f)
        (void)fclose(f);
    free(times);
    return k;
}

/* Medians of all rounds but the first, which connects. */
static bool kept_rounds(const struct ground *g, const char *mode, unsigned n, const char *file,
                        const char *command, struct bench_result *out)
{
    char *line = fan(g, mode, n, KEPT, file, command);
    double walls[KEPT], cpus[KEPT];
    bool good = read_rounds(g, line, walls, cpus, KEPT) == KEPT;

    free(line);
    if (!good)
        return false;
    out->wall = bench_median(walls + 1, KEPT - 1);
    out->cpu = bench_median(cpus + 1, KEPT - 1);
    printf("%-32s %11.4f %33.4f\n", mode[0] == 'c' ? "core/ssh" : "bare libssh2", out->wall,
           out->cpu);
    return true;
}

/* A round of one command over sessions that are there: ours against that of ssh's masters. */
static void kept_round(const struct ground *g, unsigned n, const char *options, const char *what,
                       const char *file, const char *command, struct bench_result *ratio)
{
    char *line = mem_printf("xargs -P50 -I{} ssh %s -o ControlPath=%s/mux-%%h {} '%s' <%s "
                            ">/dev/null",
                            options, g->dir, command, g->hosts);
    struct bench_command peer = {"ssh, ControlMaster", line};
    char *title = mem_printf("%u kept sessions, %s, a round", n, what);
    struct bench_result ours, bare;

    bench_compare(title, &peer, 1, ratio);
    if (kept_rounds(g, "core", n, file, command, &ours) &&
        kept_rounds(g, "bare", n, file, command, &bare)) {
        ratio->wall_ratio = ours.wall / ratio->wall;
        ratio->cpu_ratio = ours.cpu / ratio->cpu;
        printf(
            "core/ssh against ssh: wall %.3f, CPU %.3f; bare libssh2 against ssh: wall %.3f, CPU "
            "%.3f\n",
            ratio->wall_ratio, ratio->cpu_ratio, bare.wall / ratio->wall, bare.cpu / ratio->cpu);
    } else {
        bench_failed("%s", title);
    }
    free(title);
    free(line);
}

static void kept(const struct ground *g, unsigned n)
{
    struct bench_result small = {0}, large = {0};
    char *o = ssh_options(g), *cat = mem_printf("cat %s", g->file);

    if (!write_hosts(g, n) ||
        !shell("xargs -P50 -I{} ssh %s -o ControlMaster=yes -o ControlPersist=120 -o "
               "ControlPath=%s/mux-%%h {} true <%s",
               o, g->dir, g->hosts)) {
        bench_failed("ssh does not keep its sessions");
    } else {
        kept_round(g, n, o, "the command `true`", g->empty, "true", &small);
        kept_round(g, n, o, "1 MB each (no goal: deciphering is most of it)", g->file, cat, &large);
        bench_goal(small.wall_ratio, 1.0 / 3, "%u kept sessions, `true`: wall against ssh mux", n);
        bench_goal(small.cpu_ratio, 1.0 / 20, "%u kept sessions, `true`: CPU against ssh mux", n);
    }
    (void)shell("xargs -P50 -I{} ssh %s -o ControlPath=%s/mux-%%h -O exit {} <%s 2>/dev/null", o,
                g->dir, g->hosts);
    free(cat);
    free(o);
}

/* ---- some that hang ----------------------------------------------------------------------------
 */

/* The same forty, alone and among ten that hang. */
static void hanging(const struct ground *g, unsigned n)
{
    char *alone = fan_cat(g, "core", n - HANG), *all = fan_cat(g, "core", n);
    char *among = mem_printf("HOSTS_HANG=%d PORT_HANG=%d %s", HANG, PORT + 1, all);
    double a[TRIES], b[TRIES], ratio[TRIES], used;
    bool good = true;

    for (unsigned i = 0; i < TRIES && good; i++) {
        good = read_rounds(g, alone, &a[i], &used, 1) == 1 &&
               read_rounds(g, among, &b[i], &used, 1) == 1;
        ratio[i] = b[i] / a[i];
    }
    if (good) {
        printf(
            "\n%u hosts, 1 MB each, cold: alone the last is done after %.3f s, among %d more that "
            "hang after %.3f s (medians of %d)\n",
            n - HANG, bench_median(a, TRIES), HANG, bench_median(b, TRIES), TRIES);
        bench_goal(bench_median(ratio, TRIES), 1.1,
                   "%u hosts among %d that hang: wall against alone", n - HANG, HANG);
    } else {
        bench_failed("hosts among some that hang");
    }
    free(alone);
    free(all);
    free(among);
}

/* ---- all of it ---------------------------------------------------------------------------------
 */

static void run(void)
{
    struct ground g = {0};

    if (geteuid() != 0 || access("/usr/sbin/sshd", X_OK) != 0 || !own_network())
        bench_failed("ssh: needs root, sshd and a network namespace");
    else if (!make_files(&g) || !start_sshd(&g) || !start_silent(&g))
        bench_failed("ssh: sshd does not start");
    else {
        cold(&g, 50);
        kept(&g, 50);
        hanging(&g, 50);
        cold(&g, 200);
        g.any_exchange = true;
        cold(&g, 50);
    }
    stop(&g);
}

const struct bench_section bench_ssh = {"ssh", "one command on many hosts", run};
