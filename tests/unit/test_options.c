/* options: the command line to a verb and its options, every mistake a sentence and 64, help for
 * all. The verbs are replaced here, so that only the parser is linked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unistd.h>

#include "cli/options.h"
#include "core/mem.h"
#include "core/strbuf.h"

#define WORDS_MAX 12

#define FAKE(name)                        \
    int name(const struct cli_options *o) \
    {                                     \
        (void)o;                          \
        return 0;                         \
    }
FAKE(cli_console)
FAKE(cli_demo)
FAKE(cli_tables)
FAKE(cli_get)
FAKE(cli_check)
FAKE(cli_config_check)
FAKE(cli_config_show)
FAKE(cli_config_init)
FAKE(cli_trust)

/* Split @line at blanks and parse it; what is said on standard error goes to @said. */
static int parse(const char *line, struct cli_options *o, const struct cli_verb **verb,
                 struct strbuf *said)
{
    static char copy[512];
    static char *argv[WORDS_MAX + 1];
    int argc = 0, saved = dup(STDERR_FILENO), pipefd[2], rc;
    char buf[4096];

    argv[argc++] = copy;
    (void)snprintf(copy, sizeof(copy), "hycon %s", line);
    for (char *c = copy; *c; c++) {
        if (*c == ' ') {
            *c = '\0';
            if (c[1] && argc < WORDS_MAX)
                argv[argc++] = c + 1;
        }
    }
    assert_int_equal(pipe(pipefd), 0);
    (void)fflush(stderr);
    dup2(pipefd[1], STDERR_FILENO);
    close(pipefd[1]);
    rc = cli_parse(argc, argv, o, verb);
    (void)fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    ssize_t n = read(pipefd[0], buf, sizeof(buf));
    close(pipefd[0]);
    strbuf_reset(said);
    strbuf_add(said, buf, n > 0 ? (size_t)n : 0);
    return rc;
}

static void good_lines(void **state)
{
    struct strbuf said = STRBUF_INIT;
    const struct cli_verb *verb = NULL;
    struct cli_options o;
    (void)state;

    assert_int_equal(parse("", &o, &verb, &said), 0);
    assert_ptr_equal(verb->run, cli_console);
    assert_int_equal(o.timeout_ms, 60000);
    assert_int_equal(parse("--config x.yaml", &o, &verb, &said), 0);
    assert_ptr_equal(verb->run, cli_console);
    assert_string_equal(o.config, "x.yaml");
    assert_int_equal(parse("get enis,routes -o json --fields=a,b --sort -az --timeout 2m --watch",
                           &o, &verb, &said),
                     0);
    assert_ptr_equal(verb->run, cli_get);
    assert_int_equal(o.nargs, 1);
    assert_string_equal(o.args[0], "enis,routes");
    assert_string_equal(o.output, "json");
    assert_string_equal(o.fields, "a,b");
    assert_string_equal(o.sort, "-az");
    assert_int_equal(o.timeout_ms, 120000);
    assert_true(o.watch);
    assert_int_equal(parse("-ocsv --timeout 5 get x --config= --", &o, &verb, &said), 0);
    assert_string_equal(o.output, "csv");
    assert_int_equal(o.timeout_ms, 5000);
    assert_int_equal(parse("--config c config check --connect", &o, &verb, &said), 0);
    assert_ptr_equal(verb->run, cli_config_check);
    assert_true(o.connect);
    assert_int_equal(o.nargs, 0);
    assert_int_equal(parse("trust -- -odd", &o, &verb, &said), 0);
    assert_string_equal(o.args[0], "-odd");
    assert_int_equal(parse("check -o json --samples 3 --site s", &o, &verb, &said), 0);
    assert_int_equal(o.samples, 3);
    assert_int_equal(parse("get --help", &o, &verb, &said), 0);
    assert_true(o.help);
    assert_ptr_equal(verb->run, cli_get);
    assert_int_equal(parse("--version", &o, &verb, &said), 0);
    assert_true(o.version);
    assert_string_equal(said.buf, "");
    strbuf_release(&said);
}

static void bad_lines(void **state)
{
    static const struct {
        const char *line, *said; /* the first line */
    } cases[] = {
        {"gte enis", "hycon: unknown verb 'gte'; did you mean 'get'?\n"},
        {"frobnicate", "hycon: unknown verb 'frobnicate'\n"},
        {"get", "hycon: 'get' needs TABLE[,TABLE...]\n"},
        {"get a b", "hycon: unexpected argument 'b'\n"},
        {"get a -o xml",
         "hycon: bad value 'xml' of '--output': one of table wide json jsonl csv\n"},
        {"check -o csv", "hycon: bad value 'csv' of '--output': one of text json\n"},
        {"get a --fitler x", "hycon: unknown option '--fitler'; did you mean '--filter'?\n"},
        {"get a -x", "hycon: unknown option '-x'\n"},
        {"get a --filter", "hycon: option '--filter' needs a value: EXPR\n"},
        {"get a --watch=1", "hycon: option '--watch' takes no value\n"},
        {"get a --timeout soon", "hycon: bad value 'soon' of '--timeout'\n"},
        {"get a --timeout 0", "hycon: bad value '0' of '--timeout'\n"},
        {"get a --connect", "hycon: 'get' takes no option '--connect'\n"},
        {"trust a -o json", "hycon: 'trust' takes no option '--output'\n"},
        {"check --samples -1", "hycon: bad value '-1' of '--samples'\n"},
        {"config", "hycon: 'config' needs one of check, show and init\n"},
        {"config sow", "hycon: unknown verb 'config sow': there are check, show and init\n"},
        {"explain a", "hycon: 'explain' needs SOURCE DESTINATION[:PORT][/PROTO]\n"},
        {"brief", "hycon: 'brief' is not in this version\n"},
        {"bundle run", "hycon: 'bundle' is not in this version\n"},
        {"request new", "hycon: 'request' is not in this version\n"},
        {"--watch", "hycon: 'the console' takes no option '--watch'\n"},
    };
    struct strbuf said = STRBUF_INIT;
    const struct cli_verb *verb = NULL;
    struct cli_options o;
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_int_equal(parse(cases[i].line, &o, &verb, &said), CLI_USAGE);
        assert_int_equal(strncmp(said.buf, cases[i].said, strlen(cases[i].said)) ? (long)i : -1,
                         -1);
        const char *second = said.buf + strlen(cases[i].said);
        assert_int_equal(strncmp(second, "hycon: see 'hycon ", 18), 0);
    }
    strbuf_release(&said);
}

/* Every option of every verb is in its help, and no option is declared that no verb takes. */
static void help_is_complete(void **state)
{
    struct strbuf all = STRBUF_INIT;
    (void)state;

    for (const struct cli_verb *v = cli_verbs; v->name; v++) {
        struct strbuf help = STRBUF_INIT;
        cli_help(v, &help);
        for (const char *w = v->options; *w; w += strspn(w, " ")) {
            struct strbuf option = STRBUF_INIT;
            size_t n = strcspn(w, " ");
            strbuf_addf(&option, "--%.*s", (int)n, w);
            assert_non_null(strstr(help.buf, option.buf));
            strbuf_release(&option);
            w += n;
        }
        assert_non_null(strstr(help.buf, "--help"));
        strbuf_add(&all, help.buf, help.len);
        strbuf_release(&help);
    }
    for (const struct cli_option *o = cli_all_options; o->name; o++) {
        struct strbuf option = STRBUF_INIT;
        strbuf_addf(&option, "--%s", o->name);
        assert_non_null(strstr(all.buf, option.buf));
        strbuf_release(&option);
    }
    strbuf_reset(&all);
    cli_help(NULL, &all);
    assert_non_null(strstr(all.buf, "\n  config show "));
    assert_null(strstr(all.buf, "bundle"));
    for (const char *line = all.buf; *line; line += strcspn(line, "\n") + 1)
        assert_in_range(strcspn(line, "\n"), 0, 100);
    strbuf_release(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_lines),
        cmocka_unit_test(bad_lines),
        cmocka_unit_test(help_is_complete),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
