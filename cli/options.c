#include "cli/options.h"

#include <stddef.h>
#include <string.h>

#include "cli/facts.h"
#include "core/fmt.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/suggest.h"
#include "core/text.h"

#define AT(member)    offsetof(struct cli_options, member)
#define GET_OPTIONS   "output fields filter sort site endpoint timeout watch"
#define TABLE_FORMATS "table wide json jsonl csv"
#define COUNT_MAX     1000
#define SPEED_MAX     1000

const struct cli_option cli_all_options[] = {
    {"config", 0, "FILE", CLI_TEXT, AT(config), NULL, NULL,
     "configuration to use; default: HYCON_CONFIG, then ~/.config/hycon/hycon.yaml"},
    {"output", 'o', "FORMAT", CLI_WORD, AT(output), NULL, NULL, "how to print"},
    {"fields", 0, "A,B", CLI_TEXT, AT(fields), NULL, NULL, "columns to print, in this order"},
    {"filter", 0, "EXPR", CLI_TEXT, AT(filter), NULL, NULL,
     "rows to print: a regular expression, or COL (= != < > <= >= ~) VALUE joined by and"},
    {"sort", 0, "COL", CLI_TEXT, AT(sort), NULL, NULL, "column to sort by; -COL reverses"},
    {"site", 0, "S", CLI_TEXT, AT(site), NULL, NULL, "this site alone"},
    {"endpoint", 0, "E", CLI_TEXT, AT(endpoint), NULL, NULL, "this endpoint (or host range) alone"},
    {"timeout", 0, "S", CLI_DURATION, AT(timeout_ms), NULL, "60s",
     "how long the run may take; what is unfinished then is not ok"},
    {"watch", 0, NULL, CLI_FLAG, AT(watch), NULL, NULL, "print again whenever rows change"},
    {"samples", 0, "N", CLI_COUNT, AT(samples), NULL, NULL,
     "judge N more samples, so that what must persist can"},
    {"skipped", 0, NULL, CLI_FLAG, AT(skipped), NULL, NULL,
     "also say why each rule before the match was passed over"},
    {"connect", 0, NULL, CLI_FLAG, AT(connect), NULL, NULL,
     "log in once per credential, read once, say what is missing"},
    {"sha256", 0, "HEX", CLI_TEXT, AT(sha256), NULL, NULL,
     "accept without asking if the certificate has exactly this SHA-256"},
    {"scenario", 0, "NAME", CLI_TEXT, AT(scenario), NULL, NULL, "scenario of the lab to play"},
    {"scale", 0, "KEY=N,...", CLI_TEXT, AT(scale), NULL, NULL, "size of the simulated estate"},
    {"speed", 0, "F", CLI_FACTOR, AT(speed), NULL, NULL, "how fast the scenario runs; 1 is normal"},
    {"loop", 0, NULL, CLI_FLAG, AT(loop), NULL, NULL, "begin again at the end of the scenario"},
    {"help", 'h', NULL, CLI_FLAG, AT(help), NULL, NULL, "print this help"},
    {"version", 'V', NULL, CLI_FLAG, AT(version), NULL, NULL,
     "print the versions of hycon and its libraries"},
    {.name = NULL},
};

const struct cli_verb cli_verbs[] = {
    {"", "", "the console", "", NULL, 0, 0, cli_console, false},
    {"demo", "", "start the lab on loopback and open the console on it",
     "scenario scale speed loop", NULL, 0, 0, cli_demo, false},
    {"tables", "[TABLE]", "the tables, their columns, types, units and meanings", "output",
     "text json", 0, 1, cli_tables, false},
    {"get", "TABLE[,TABLE...]", "read tables once and print them", GET_OPTIONS, TABLE_FORMATS, 1, 1,
     cli_get, true},
    {"check", "", "read everything once and print the findings, worst first",
     "output site samples timeout", "text json", 0, 0, cli_check, true},
    {"config check", "", "check the configuration", "connect site endpoint timeout", NULL, 0, 0,
     cli_config_check, false},
    {"config show", "", "print every effective value and where it came from", "", NULL, 0, 0,
     cli_config_show, false},
    {"config init", "", "ask, and write a first configuration", "", NULL, 0, 0, cli_config_init,
     false},
    {"trust", "ENDPOINT", "show the certificate or host key of an endpoint and accept it", "sha256",
     NULL, 1, 1, cli_trust, false},
    {"explain", "SOURCE DESTINATION[:PORT][/PROTO]",
     "which firewall rules a flow meets; ends are machines or addresses, PROTO a name, a number or "
     "ping",
     "output site timeout skipped", "text json", 2, 2, cli_explain, true},
    {"brief", "", "the situation in at most 8 lines", "", NULL, 0, 99, NULL, false},
    {"bundle", "plan|run|list|show|verify", "diagnostic bundles", "", NULL, 0, 99, NULL, false},
    {"request", "new|fill|lint|show|export", "support requests", "", NULL, 0, 99, NULL, false},
    {.name = NULL},
};

/* Does the list of words @list have @word (its first @n bytes)? */
static bool has_word(const char *list, const char *word, size_t n)
{
    for (const char *w = list; w && *w; w += strspn(w, " ")) {
        size_t len = strcspn(w, " ");
        if (len == n && strncmp(w, word, n) == 0)
            return true;
        w += len;
    }
    return false;
}

bool cli_is_for_all(const struct cli_option *o)
{
    return has_word("config help version", o->name, strlen(o->name));
}

bool cli_verb_takes(const struct cli_verb *verb, const struct cli_option *o)
{
    return cli_is_for_all(o) || has_word(verb->options, o->name, strlen(o->name));
}

/* ---- parsing
 * --------------------------------------------------------------------------------------- */

struct parsing {
    int argc, at;
    char **argv;
    struct cli_options *o;
    const struct cli_verb *verb;
    bool given[ARRAY_SIZE(cli_all_options)];
    size_t nwords; /* words that are no options, moved to the front of argv */
};

static int set_value(struct parsing *p, const struct cli_option *opt, const char *value)
{
    void *to = (char *)p->o + opt->offset;

    p->given[opt - cli_all_options] = true;
    switch (opt->type) {
    case CLI_FLAG:
        *(bool *)to = true;
        return 0;
    case CLI_TEXT:
    case CLI_WORD:
        *(const char **)to = value;
        return 0;
    case CLI_COUNT:
        return text_to_i64(value, 0, COUNT_MAX, to);
    case CLI_DURATION:
        return fmt_parse_duration(value, to) || *(int64_t *)to <= 0 ? -1 : 0;
    case CLI_FACTOR:
        return text_to_double(value, to) || !(*(double *)to > 0 && *(double *)to <= SPEED_MAX) ? -1
                                                                                               : 0;
    }
    return -1;
}

static const struct cli_option *find_option(const char *word, size_t *name_len)
{
    bool is_long = word[1] == '-';

    *name_len = is_long ? strcspn(word, "=") : 2;
    for (const struct cli_option *o = cli_all_options; o->name; o++) {
        if (is_long
                ? strlen(o->name) == *name_len - 2 && strncmp(o->name, word + 2, *name_len - 2) == 0
                : o->letter && o->letter == word[1])
            return o;
    }
    return NULL;
}

static int unknown_option(const char *word, size_t n)
{
    struct strbuf name = STRBUF_INIT;
    struct suggest s;
    int rc;

    strbuf_add(&name, word, n);
    suggest_init(&s, name.len > 2 ? name.buf + 2 : name.buf);
    for (const struct cli_option *o = cli_all_options; o->name; o++)
        suggest_try(&s, o->name);
    if (s.best)
        rc = cli_usage(NULL, "unknown option '%s'; did you mean '--%s'?", name.buf, s.best);
    else
        rc = cli_usage(NULL, "unknown option '%s'", name.buf);
    strbuf_release(&name);
    return rc;
}

/* One option with its value, which may be the next word. */
static int parse_option(struct parsing *p)
{
    const char *word = p->argv[p->at++], *value = NULL;
    size_t n;
    const struct cli_option *opt = find_option(word, &n);

    if (!opt)
        return unknown_option(word, n);
    if (word[n])
        value = word + n + (word[n] == '=' ? 1 : 0);
    if (!opt->value && value)
        return cli_usage(NULL, "option '--%s' takes no value", opt->name);
    if (opt->value && !value) {
        if (p->at >= p->argc)
            return cli_usage(NULL, "option '--%s' needs a value: %s", opt->name, opt->value);
        value = p->argv[p->at++];
    }
    if (set_value(p, opt, value))
        return cli_usage(NULL, "bad value '%s' of '--%s'", value, opt->name);
    return 0;
}

static int parse_words(struct parsing *p)
{
    bool options = true;

    while (p->at < p->argc) {
        char *word = p->argv[p->at];
        if (options && strcmp(word, "--") == 0) {
            options = false;
            p->at++;
        } else if (options && word[0] == '-' && word[1]) {
            int rc = parse_option(p);
            if (rc)
                return rc;
        } else {
            p->argv[p->nwords++] = word;
            p->at++;
        }
    }
    return 0;
}

static int unknown_verb(const char *word)
{
    struct suggest s;

    suggest_init(&s, word);
    for (const struct cli_verb *v = cli_verbs; v->name; v++) {
        if (v->run)
            suggest_try(&s, v->name);
    }
    if (s.best)
        return cli_usage(NULL, "unknown verb '%s'; did you mean '%s'?", word, s.best);
    return cli_usage(NULL, "unknown verb '%s'", word);
}

/* "config" and "config sow": say what there is. */
static int unknown_config(const char *second)
{
    if (second)
        return cli_usage("config", "unknown verb 'config %s': there are check, show and init",
                         second);
    return cli_usage("config", "'config' needs one of check, show and init");
}

/* How many of the words are the verb's name. */
static int find_verb(struct parsing *p, size_t *used)
{
    const char *first = p->nwords ? p->argv[0] : "";
    const char *second = p->nwords > 1 ? p->argv[1] : NULL;
    bool two = strcmp(first, "config") == 0;
    size_t n = strlen(first);

    *used = p->nwords ? 1 + two : 0;
    for (const struct cli_verb *v = cli_verbs; v->name; v++) {
        bool match =
            two ? second && strncmp(v->name, "config ", 7) == 0 && strcmp(v->name + 7, second) == 0
                : strlen(v->name) == n && strcmp(v->name, first) == 0;
        if (match) {
            p->verb = v;
            return 0;
        }
    }
    if (two && !second && p->o->help)
        return 0;
    return two ? unknown_config(second) : unknown_verb(first);
}

static int check_options(const struct parsing *p)
{
    for (size_t i = 0; cli_all_options[i].name; i++) {
        const struct cli_option *o = &cli_all_options[i];
        if (p->given[i] && !cli_verb_takes(p->verb, o))
            return cli_usage(p->verb->name, "'%s' takes no option '--%s'",
                             *p->verb->name ? p->verb->name : "the console", o->name);
    }
    if (p->o->output && !has_word(p->verb->output, p->o->output, strlen(p->o->output)))
        return cli_usage(p->verb->name, "bad value '%s' of '--output': one of %s", p->o->output,
                         p->verb->output);
    return 0;
}

static int check_arguments(const struct parsing *p)
{
    const struct cli_verb *v = p->verb;

    if (!v->run)
        return cli_usage(NULL, "'%s' is not in this version", v->name);
    if (p->o->nargs < v->min_args)
        return cli_usage(v->name, "'%s' needs %s", v->name, v->arguments);
    if (p->o->nargs > v->max_args)
        return cli_usage(v->name, "unexpected argument '%s'", p->o->args[v->max_args]);
    return 0;
}

int cli_parse(int argc, char **argv, struct cli_options *o, const struct cli_verb **verb)
{
    struct parsing p = {.argc = argc > 0 ? argc - 1 : 0, .argv = argv + 1, .o = o};
    size_t used = 0;
    int rc;

    memset(o, 0, sizeof(*o));
    o->timeout_ms = 60000;
    rc = parse_words(&p);
    if (rc)
        return rc;
    rc = find_verb(&p, &used);
    *verb = p.verb;
    if (rc || o->help || o->version)
        return rc;
    o->args = (const char *const *)p.argv + used;
    o->nargs = p.nwords - used;
    rc = check_arguments(&p);
    return rc ? rc : check_options(&p);
}

/* ---- help
 * ------------------------------------------------------------------------------------------ */

static void add_option_help(const struct cli_option *o, const struct cli_verb *v,
                            struct strbuf *out)
{
    size_t start = out->len;

    strbuf_addstr(out, "  ");
    if (o->letter)
        strbuf_addf(out, "-%c, ", o->letter);
    strbuf_addf(out, "--%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
    size_t width = out->len - start;
    strbuf_addchars(out, ' ', width < 24 ? 24 - width : 2);
    strbuf_addstr(out, o->meaning);
    if (o->type == CLI_WORD && v->output)
        strbuf_addf(out, ": one of %s; default %.*s", v->output, (int)strcspn(v->output, " "),
                    v->output);
    if (o->fallback)
        strbuf_addf(out, "; default %s", o->fallback);
    strbuf_addch(out, '\n');
}

static void add_facts(struct strbuf *out, const struct cli_fact *facts)
{
    for (; facts->name; facts++)
        strbuf_addf(out, "  %-4s %s\n", facts->name, facts->meaning);
}

static void add_verb_list(struct strbuf *out)
{
    strbuf_addstr(out, "\nverbs:\n");
    for (const struct cli_verb *v = cli_verbs; v->name; v++) {
        size_t start = out->len;
        if (!v->run || !*v->name)
            continue;
        strbuf_addf(out, "  %s %s", v->name, v->arguments);
        size_t width = out->len - start;
        strbuf_addchars(out, ' ', width < 28 ? 28 - width : 2);
        /* What comes behind a semicolon is for the help of the verb. */
        strbuf_addf(out, "%.*s\n", (int)strcspn(v->meaning, ";"), v->meaning);
    }
    strbuf_addstr(out, "\nWithout a verb: the console. 'hycon VERB --help' says more about one.\n");
}

void cli_help(const struct cli_verb *v, struct strbuf *out)
{
    bool program = !v || !*v->name;

    if (!v)
        v = cli_verbs;
    strbuf_addf(out, "usage: hycon %s%s%s%s[options]\n\n", program ? "[VERB] " : v->name,
                program ? "" : " ", v->arguments, *v->arguments ? " " : "");
    if (program)
        strbuf_addstr(
            out, "A console for VMware Cloud on AWS, vSphere, NSX and the linked AWS account:\n"
                 "which edge and which ENI are active, did the route tables follow, "
                 "what is wrong and why.\n");
    else
        strbuf_addf(out, "%s\n", v->meaning);
    if (program)
        add_verb_list(out);
    strbuf_addstr(out, "\noptions:\n");
    for (const struct cli_option *o = cli_all_options; o->name; o++) {
        if (cli_verb_takes(v, o))
            add_option_help(o, v, out);
    }
    strbuf_addstr(out, "\nexit status:\n");
    add_facts(out, v && strcmp(v->name, "check") == 0 ? cli_check_exits : cli_exits);
}
