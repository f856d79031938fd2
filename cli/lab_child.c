#include "cli/lab_child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/file.h"
#include "core/fmt.h"
#include "core/jsonq.h"
#include "core/mem.h"
#include "core/strbuf.h"

#define LINE_MAX_BYTES 65536
#define ARGS_MAX       13
#define END_MS         3000

extern char **environ;

struct lab_child {
    pid_t pid;
    int in, out; /* its standard input, held open; its standard output */
    char *dir, *config, *log;
    struct strbuf text; /* read, not yet taken */
};

/* Beside our own binary first: a build tree, or an installation. */
static char *find_lab(void)
{
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    char *path = NULL;

    if (n > 0) {
        self[n] = '\0';
        char *slash = strrchr(self, '/');
        if (slash)
            path = mem_printf("%.*s/hycon-lab", (int)(slash - self), self);
    }
    if (path && access(path, X_OK) == 0)
        return path;
    free(path);
    return mem_strdup("hycon-lab"); /* through PATH */
}

static int fail(struct err *err, const char *what)
{
    int code = errno;
    char why[128];

    return err_set(err, ERR_IO, code, "unable to %s: %s", what, strerror_r(code, why, sizeof(why)));
}

static int make_dir(struct lab_child *l, struct err *err)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR"), *tmp = getenv("TMPDIR");
    const char *base = runtime && access(runtime, W_OK) == 0 ? runtime : tmp && *tmp ? tmp : "/tmp";

    l->dir = mem_printf("%s/hycon-demo-XXXXXX", base);
    if (mkdtemp(l->dir)) {
        l->log = mem_printf("%s/lab.log", l->dir);
        return 0;
    }
    free(l->dir);
    l->dir = NULL;
    return fail(err, "make a directory for the demo");
}

static int spawn(struct lab_child *l, char *const *argv, struct err *err)
{
    posix_spawn_file_actions_t actions;
    int in[2] = {-1, -1}, out[2] = {-1, -1}, rc;

    if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC)) {
        rc = errno;
    } else {
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
        /* Its complaints must not fall onto the screen. */
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, l->log, O_WRONLY | O_CREAT, 0600);
        rc = posix_spawnp(&l->pid, argv[0], &actions, NULL, argv, environ);
        posix_spawn_file_actions_destroy(&actions);
    }
    close(in[0]);
    close(out[1]);
    l->in = in[1];
    l->out = out[0];
    if (rc) {
        l->pid = 0;
        errno = rc;
        return fail(err, "start hycon-lab");
    }
    (void)fcntl(l->out, F_SETFL, O_NONBLOCK);
    return 0;
}

static int start(struct lab_child *l, const struct lab_options *o, struct err *err)
{
    struct strbuf speed = STRBUF_INIT;
    char *lab = find_lab();
    char *argv[ARGS_MAX];
    size_t n = 0;
    int rc;

    argv[n++] = lab;
    argv[n++] = (char *)"--dir";
    argv[n++] = l->dir;
    argv[n++] = (char *)"--remove-dir"; /* should we be killed */
    if (o->scenario) {
        argv[n++] = (char *)"--scenario";
        argv[n++] = (char *)o->scenario;
    }
    if (o->scale) {
        argv[n++] = (char *)"--scale";
        argv[n++] = (char *)o->scale;
    }
    if (o->speed > 0) {
        fmt_real(&speed, o->speed);
        argv[n++] = (char *)"--speed";
        argv[n++] = speed.buf;
    }
    if (o->loop)
        argv[n++] = (char *)"--loop";
    if (o->manual)
        argv[n++] = (char *)"--manual";
    argv[n] = NULL;
    rc = spawn(l, argv, err);
    free(lab);
    strbuf_release(&speed);
    return rc;
}

/* What is there now; false at the end of its output. */
static bool take(struct lab_child *l)
{
    char buf[4096];
    ssize_t n;

    while (l->out >= 0 && (n = read(l->out, buf, sizeof(buf))) != 0) {
        if (n < 0)
            return errno == EAGAIN || errno == EINTR;
        if (l->text.len + (size_t)n > LINE_MAX_BYTES)
            strbuf_reset(&l->text);
        strbuf_add(&l->text, buf, (size_t)n);
    }
    return false;
}

/* The next whole line as JSON (the caller puts it), or NULL. */
static struct json_object *next_line(struct lab_child *l)
{
    struct json_object *o = NULL;
    char *end;

    while (!o && (end = memchr(l->text.buf, '\n', l->text.len))) {
        size_t n = (size_t)(end - l->text.buf);
        o = jsonq_parse(l->text.buf, n, NULL);
        memmove(l->text.buf, end + 1, l->text.len - n - 1);
        strbuf_setlen(&l->text, l->text.len - n - 1);
    }
    return o;
}

/* Why it does not serve, in its own words when it had some. */
static int not_ready(const struct lab_child *l, bool lives, struct err *err)
{
    struct strbuf said = STRBUF_INIT;

    (void)file_read(l->log, LINE_MAX_BYTES, &said, NULL);
    strbuf_setlen(&said, strcspn(said.buf, "\n"));
    if (said.len)
        err_set(err, ERR_IO, 0, "%s", said.buf);
    else if (lives)
        err_set(err, ERR_IO, 0, "hycon-lab did not start within 15 s");
    else
        err_set(err, ERR_IO, 0, "hycon-lab ended before it served");
    strbuf_release(&said);
    return -1;
}

static int wait_ready(struct lab_child *l, struct err *err)
{
    int64_t end = clock_mono_ms() + LAB_START_MS, left;
    bool lives = true;

    while (lives && (left = end - clock_mono_ms()) > 0) {
        struct pollfd fd = {.fd = l->out, .events = POLLIN};
        (void)poll(&fd, 1, (int)left);
        lives = take(l);
        struct json_object *o = next_line(l);
        if (o) {
            const char *config = jsonq_str(o, "config");
            l->config = config ? mem_strdup(config) : NULL;
            json_object_put(o);
            return l->config ? 0 : err_set(err, ERR_PROTO, 0, "hycon-lab names no configuration");
        }
    }
    return not_ready(l, lives, err);
}

struct lab_child *lab_child_start(const struct lab_options *o, struct err *err)
{
    struct lab_child *l = mem_alloc(sizeof(*l));

    l->in = l->out = -1;
    strbuf_init(&l->text, 0);
    if (make_dir(l, err) || start(l, o, err) || wait_ready(l, err)) {
        lab_child_stop(l);
        return NULL;
    }
    return l;
}

/* It ends when its input does; a lab that hangs is killed, by its own id. */
static void end_child(const struct lab_child *l)
{
    int64_t end = clock_mono_ms() + END_MS;

    while (waitpid(l->pid, NULL, WNOHANG) == 0) {
        struct pollfd fd = {.fd = l->out, .events = POLLIN};
        char buf[4096];
        if (clock_mono_ms() >= end) {
            kill(l->pid, SIGKILL);
            waitpid(l->pid, NULL, 0);
            return;
        }
        (void)poll(&fd, 1, 20);
        (void)!read(l->out, buf, sizeof(buf));
    }
}

void lab_child_stop(struct lab_child *l)
{
    if (!l)
        return;
    if (l->in >= 0)
        close(l->in);
    if (l->pid)
        end_child(l);
    if (l->out >= 0)
        close(l->out);
    if (l->dir)
        (void)file_remove_tree(l->dir);
    free(l->dir);
    free(l->config);
    free(l->log);
    strbuf_release(&l->text);
    free(l);
}

const char *lab_child_config(const struct lab_child *l)
{
    return l->config;
}

const char *lab_child_dir(const struct lab_child *l)
{
    return l->dir;
}

int lab_child_fd(const struct lab_child *l)
{
    return l->out;
}

bool lab_child_caption(struct lab_child *l, bool japanese, struct strbuf *out)
{
    struct json_object *o;
    bool lives = take(l), any = false;

    while ((o = next_line(l))) {
        struct json_object *caption = jsonq_get(o, "caption");
        const char *text = jsonq_str(caption, japanese ? "ja" : "en");
        if (!text)
            text = jsonq_str(caption, "en");
        if (text) {
            strbuf_reset(out);
            strbuf_addstr(out, text);
            any = true;
        }
        json_object_put(o);
    }
    if (!lives && l->out >= 0) {
        close(l->out);
        l->out = -1;
    }
    return any;
}
