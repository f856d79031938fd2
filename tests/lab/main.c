/* hycon-lab: a simulated estate on loopback. See --help. */
#include "core/err.h"
#include "core/file.h"
#include "core/mem.h"
#include "core/text.h"
#include "tests/lab/actions.h"
#include "tests/lab/jsonb.h"
#include "tests/lab/script.h"
#include "tests/lab/topology.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define EXIT_USAGE  64
#define EXIT_DATA   65
#define EXIT_CREATE 73
#define TICK_MS     1000

struct options {
    const char *scenario, *scale, *dir;
    int64_t seed, max_seconds, port_base;
    double speed;
    bool loop, manual, keep, help, check, remove;
};

enum { OPT_SCENARIO = 256, OPT_SCALE, OPT_SEED, OPT_SPEED, OPT_DIR, OPT_MAX, OPT_PORT };

static int parse_option(struct options *o, int c, const char *value)
{
    switch (c) {
    case OPT_SCENARIO:
        o->scenario = value;
        return 0;
    case OPT_SCALE:
        o->scale = value;
        return 0;
    case OPT_DIR:
        o->dir = value;
        return 0;
    case OPT_SEED:
        return text_to_i64(value, 0, INT64_MAX, &o->seed);
    case OPT_MAX:
        return text_to_i64(value, 1, 31536000, &o->max_seconds);
    case OPT_PORT:
        return text_to_i64(value, 1024, 65000, &o->port_base);
    case OPT_SPEED:
        return text_to_double(value, &o->speed) < 0 || !(o->speed > 0 && o->speed <= 1000) ? -1 : 0;
    default:
        return c == 0 ? 0 : -1;
    }
}

static int parse_options(struct options *o, int argc, char **argv)
{
    int loop = 0, manual = 0, keep = 0, help = 0, check = 0, remove = 0, c, at;
    const struct option longs[] = {
        {"scenario", required_argument, NULL, OPT_SCENARIO},
        {"scale", required_argument, NULL, OPT_SCALE},
        {"seed", required_argument, NULL, OPT_SEED},
        {"speed", required_argument, NULL, OPT_SPEED},
        {"dir", required_argument, NULL, OPT_DIR},
        {"max-seconds", required_argument, NULL, OPT_MAX},
        {"port-base", required_argument, NULL, OPT_PORT},
        {"loop", no_argument, &loop, 1},
        {"manual", no_argument, &manual, 1},
        {"no-stdin", no_argument, &keep, 1},
        {"remove-dir", no_argument, &remove, 1},
        {"check", no_argument, &check, 1},
        {"help", no_argument, &help, 1},
        {NULL, 0, NULL, 0},
    };

    while ((c = getopt_long(argc, argv, "", longs, &at)) != -1) {
        if (parse_option(o, c, optarg) < 0) {
            if (c != '?')
                fprintf(stderr, "hycon-lab: bad value '%s' of --%s\n", optarg, longs[at].name);
            return -1;
        }
    }
    o->loop = loop;
    o->manual = manual;
    o->keep = keep;
    o->help = help;
    o->check = check;
    o->remove = remove;
    if (optind < argc)
        fprintf(stderr, "hycon-lab: unexpected argument '%s'\n", argv[optind]);
    return optind < argc ? -1 : 0;
}

static void print_help(void)
{
    struct strbuf out = STRBUF_INIT;

    strbuf_addstr(
        &out,
        "usage: hycon-lab [--scenario NAME] [--scale NAME=N,...] [--dir DIR] [options]\n\n"
        "Simulates SDDCs, their AWS accounts and data centres on 127.0.0.1 and writes a ready\n"
        "DIR/hycon.yaml. Ends on SIGTERM, when its standard input ends, or after --max-seconds.\n\n"
        "  --scenario NAME   a name (steady), or a file with a slash or .yaml; default steady\n"
        "  --dir DIR         where to write; default hycon-lab.d\n"
        "  --seed N          other ids; 1 (the default) gives those of the samples\n"
        "  --speed F         how fast the scenario runs\n"
        "  --loop            begin again at its end\n"
        "  --manual          time moves by POST /advance alone\n"
        "  --port-base N     ports N, N+1, ... instead of free ones\n"
        "  --max-seconds N   default 7200\n"
        "  --no-stdin        do not end with standard input\n"
        "  --remove-dir      when standard input ends, remove DIR and all that is in it\n"
        "  --check           play the whole scenario at once and end\n\n"
        "Scale:\n");
    lab_params_help(&out);
    strbuf_addstr(&out, "\nActions of scenarios and of POST /action on DIR/control.url:\n");
    lab_actions_help(&out);
    fputs(out.buf, stdout);
    strbuf_release(&out);
}

static int read_params(struct lab *lab, const struct lab_scenario *s, const char *scale,
                       struct err *err)
{
    for (size_t i = 0; i < s->estate.n; i++)
        if (lab_params_set(&lab->params, s->estate.at[i].name, s->estate.at[i].value, err) < 0)
            return -1;
    if (scale && lab_params_parse(&lab->params, scale, err) < 0)
        return -1;
    return lab_params_check(&lab->params, err);
}

static void print_ready(const struct lab *lab)
{
    struct json_object *o = json_object_new_object(), *urls;

    jset_bool(o, "ready", true);
    jset_str(o, "scenario", lab->scenario);
    jset_str(o, "config", arena_printf(lab->arena, "%s/hycon.yaml", lab->dir));
    jset_str(o, "control", lab_server_find(lab, "control")->url);
    jset_int(o, "pid", getpid());
    urls = jset_object(o, "endpoints");
    for (size_t i = 0; i < lab->servers.n; i++) {
        const struct lab_server *s = lab->servers.at[i];

        json_object_object_add(urls, s->name, json_object_new_string(s->url));
    }
    printf("%s\n", json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN |
                                                         JSON_C_TO_STRING_NOSLASHESCAPE));
    fflush(stdout);
    json_object_put(o);
}

static int64_t monotonic_ms(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* False: standard input has ended. */
static bool stdin_lives(short revents)
{
    char buf[256];

    if (revents & POLLIN)
        return read(STDIN_FILENO, buf, sizeof(buf)) > 0;
    return !(revents & (POLLHUP | POLLERR | POLLNVAL));
}

/* A parent that dies takes its terminal with it: the signal may be here before the end of what it
 * wrote is. */
static bool stdin_ends_too(void)
{
    struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};

    return poll(&fd, 1, TICK_MS) > 0 && !stdin_lives(fd.revents);
}

/* True: standard input has ended; else it was a signal, or the time is over. */
static bool run(struct lab *lab, const struct options *o, int signals)
{
    struct pollfd fds[] = {{.fd = signals, .events = POLLIN},
                           {.fd = STDIN_FILENO, .events = POLLIN}};
    int64_t end = monotonic_ms() + o->max_seconds * 1000;

    while (monotonic_ms() < end) {
        int64_t wait = lab_script_play(lab, TICK_MS);

        if (poll(fds, o->keep ? 1 : 2, wait > 0 ? (int)wait : 0) < 0 && errno != EINTR)
            return false;
        if (fds[0].revents)
            return o->remove && !o->keep && stdin_ends_too();
        if (!stdin_lives(o->keep ? 0 : fds[1].revents))
            return true;
    }
    return false;
}

/* Every step at once, to see whether each action can be done. */
static int play_all(struct lab *lab, const struct lab_scenario *s, struct err *err)
{
    pthread_mutex_lock(&lab->lock);
    lab->clock.manual = true;
    lab->clock.advanced = s->length_ms;
    pthread_mutex_unlock(&lab->lock);
    lab->script->loop = false;
    lab_script_play(lab, 0);
    return lab->script->failures ? err_set(err, ERR_CONFIG, 0, "steps of '%s' failed", s->name) : 0;
}

static int serve(struct lab *lab, const struct options *o, const struct lab_scenario *s,
                 int signals, struct err *err)
{
    bool left = false;
    int rc = -1;

    if (lab_topology_start(lab, (int)o->port_base, err) < 0 || lab_script_begin(lab, err) < 0) {
        rc = -1;
    } else if (o->check) {
        rc = play_all(lab, s, err);
    } else if (lab_files_write(lab, s, err) == 0) {
        print_ready(lab);
        pthread_mutex_lock(&lab->lock);
        lab->clock.started = monotonic_ms();
        pthread_mutex_unlock(&lab->lock);
        left = run(lab, o, signals) && o->remove;
        rc = 0;
    }
    lab_topology_stop(lab);
    if (left && file_remove_tree(lab->dir) && errno != ENOENT)
        fprintf(stderr, "hycon-lab: unable to remove '%s'\n", lab->dir);
    return rc;
}

/* Blocked before any thread starts, so that all of them leave signals to the main loop. */
static int take_signals(void)
{
    sigset_t set;

    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC);
}

static const char *absolute(struct arena *a, const char *dir)
{
    char cwd[4096];

    if (*dir == '/' || !getcwd(cwd, sizeof(cwd)))
        return dir;
    return arena_printf(a, "%s/%s", cwd, dir);
}

static int run_lab(const struct options *o, struct lab_scenario *scenario)
{
    struct lab_script script = {.scenario = scenario, .loop = o->loop};
    struct lab lab;
    struct err err;
    int rc = EXIT_DATA;

    lab_init(&lab, (uint64_t)o->seed);
    pthread_mutex_init(&script.lock, NULL);
    lab.script = &script;
    lab.scenario = scenario->name;
    lab.clock = (struct lab_clock){.speed = o->speed, .manual = o->manual};
    lab.clock.started = monotonic_ms();
    lab.dir = absolute(lab.arena, o->dir);
    if (read_params(&lab, scenario, o->scale, &err) == 0) {
        lab.estate = lab_estate_new(&lab.params, lab.seed, lab_wall_ms());
        lab.ca = lab_ca_new();
        rc = serve(&lab, o, scenario, take_signals(), &err) == 0 ? 0 : EXIT_CREATE;
    }
    if (rc)
        fprintf(stderr, "hycon-lab: %s\n", err.msg);
    lab_release(&lab);
    pthread_mutex_destroy(&script.lock);
    return rc;
}

int main(int argc, char **argv)
{
    struct options o = {
        .scenario = "steady", .dir = "hycon-lab.d", .seed = 1, .max_seconds = 7200, .speed = 1};
    struct lab_scenario *scenario;
    struct err err;
    int rc;

    if (parse_options(&o, argc, argv) < 0) {
        fputs("hycon-lab: see hycon-lab --help\n", stderr);
        return EXIT_USAGE;
    }
    if (o.help) {
        print_help();
        return 0;
    }
    umask(077);
    scenario = lab_scenario_load(o.scenario, &err);
    if (!scenario) {
        fprintf(stderr, "hycon-lab: %s\n", err.msg);
        return EXIT_DATA;
    }
    rc = run_lab(&o, scenario);
    lab_scenario_free(scenario);
    return rc;
}
