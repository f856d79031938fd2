/*
 * config init: on a terminal, questions from the key tables and what can be found out (the
 * certificate of an address, profiles and regions of the shared AWS files); without one, a
 * commented sample from the same tables.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/paths.h"
#include "cli/probe.h"
#include "core/file.h"
#include "core/http.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"

#define ANSWER_MAX   512
#define AWS_FILE_MAX (1u << 20)

/* ---- the sample
 * ------------------------------------------------------------------------------------ */

static const char *sample_value(const struct key_spec *k)
{
    switch (k->type) {
    case KEY_URL:
        return "https://manager.example/";
    case KEY_URLS:
        return "[https://node1.example/, https://node2.example/]";
    case KEY_SECRET:
        return "{env: VARIABLE}  # or {command: ...}, {file: ...}, {prompt: true}";
    case KEY_LIST:
        return "[...]";
    case KEY_CIDRS:
        return "[10.0.0.0/8]";
    case KEY_PATH:
        return "file";
    case KEY_INT:
        return "100";
    case KEY_PROXY:
        return "http://proxy.example:3128";
    case KEY_SHA256:
        return "64 hex digits";
    case KEY_DURATIONS:
        return "{enis: 30s}";
    case KEY_TABLES:
        return "[flows]";
    case KEY_ZONE:
        return "Asia/Tokyo";
    default:
        return "...";
    }
}

static void add_sample_map(struct strbuf *out, const struct key_spec *keys)
{
    strbuf_addch(out, '{');
    for (const struct key_spec *k = keys; k->name; k++)
        strbuf_addf(out, "%s%s: %s", k == keys ? "" : ", ", k->name,
                    k->fallback ? k->fallback : "...");
    strbuf_addch(out, '}');
}

static void add_sample_keys(struct strbuf *out, const struct key_spec *keys, const char *indent)
{
    for (const struct key_spec *k = keys; k->name; k++) {
        if (k->type == KEY_SITES || k->type == KEY_ENDPOINTS || k->type == KEY_CREDENTIALS)
            continue;
        strbuf_addf(out, "#%s# %s%s\n", indent, k->meaning, k->required ? " (required)" : "");
        strbuf_addf(out, "#%s%s: ", indent, k->name);
        if (k->keys)
            add_sample_map(out, k->keys);
        else if (k->values)
            strbuf_addf(out, "%s  # %s", k->fallback ? k->fallback : "...", k->values);
        else
            strbuf_addstr(out, k->fallback ? k->fallback : sample_value(k));
        strbuf_addch(out, '\n');
    }
}

static void add_sample(struct strbuf *out)
{
    strbuf_addstr(out, "# hycon.yaml: a sample of every key. Remove '#' from what you need.\n#\n");
    add_sample_keys(out, kinds_global_keys, "");
    add_sample_keys(out, kinds_scope_keys, "");
    strbuf_addstr(out,
                  "#credentials:  # NAME: user and secret, used by credential: NAME\n#  ops:\n");
    add_sample_keys(out, kinds_credential_keys, "    ");
    strbuf_addstr(out, "#sites:\n#  -\n");
    add_sample_keys(out, kinds_site_keys, "    ");
    strbuf_addstr(out, "#    endpoints:\n");
    for (size_t i = 0; kinds_all[i]; i++) {
        const struct kind_spec *k = kinds_all[i];
        strbuf_addf(out, "#      # ---- %s: %s\n#      - kind: %s\n#        name: %s\n", k->product,
                    k->meaning, k->name, k->name);
        add_sample_keys(out, k->keys, "        ");
    }
    strbuf_addstr(out, "#        # ---- any endpoint takes these too\n");
    add_sample_keys(out, kinds_scope_keys, "        ");
}

/* ---- questions
 * ------------------------------------------------------------------------------------- */

/* A plain word as it is, anything else in double quotes. */
static void add_yaml(struct strbuf *out, const char *s)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-/";

    if (*s && *s != '-' && s[strspn(s, plain)] == '\0' && strspn(s, "0123456789.") < strlen(s)) {
        strbuf_addstr(out, s);
        return;
    }
    strbuf_addch(out, '"');
    for (; *s; s++) {
        if (*s == '"' || *s == '\\')
            strbuf_addch(out, '\\');
        strbuf_addch(out, *s);
    }
    strbuf_addch(out, '"');
}

static void add_key(struct strbuf *out, const char *key, const char *value)
{
    strbuf_addf(out, "        %s: ", key);
    add_yaml(out, value);
    strbuf_addch(out, '\n');
}

static bool ask_key(const struct key_spec *k, const char *fallback, char *answer)
{
    struct strbuf question = STRBUF_INIT;
    bool ok;

    strbuf_addf(&question, "  %s (%s)", k->name, k->meaning);
    if (fallback)
        strbuf_addf(&question, " [%s]", fallback);
    strbuf_addch(&question, ':');
    do {
        ok = ask_line(question.buf, fallback, answer, ANSWER_MAX);
    } while (ok && !*answer && k->required);
    strbuf_release(&question);
    return ok;
}

/* A secret is never asked for here, only where it is to come from. */
static bool ask_source(struct strbuf *out, const struct key_spec *k)
{
    static const char *const words[] = {"prompt", "env", "file", "command"};
    char word[ANSWER_MAX], arg[ANSWER_MAX] = "true";
    struct strbuf question = STRBUF_INIT;
    bool known = false, ok = true;

    strbuf_addf(&question, "  %s: prompt, env, file or command? [prompt]:", k->name);
    while (ok && !known) {
        ok = ask_line(question.buf, "prompt", word, sizeof(word));
        for (size_t i = 0; ok && i < ARRAY_SIZE(words); i++)
            known = known || strcmp(word, words[i]) == 0;
    }
    strbuf_release(&question);
    if (ok && strcmp(word, "prompt") != 0)
        ok = ask_line("    variable, path or command:", NULL, arg, sizeof(arg)) && *arg;
    if (!ok)
        return false;
    strbuf_addf(out, "        %s: {%s: ", k->name, word);
    if (strcmp(word, "prompt") == 0)
        strbuf_addstr(out, "true");
    else
        add_yaml(out, arg);
    strbuf_addstr(out, "}\n");
    return true;
}

/* A certificate that is not trusted can be pinned, after it was shown. */
static void offer_pin(struct strbuf *out, const char *url)
{
    static const struct probe_way straight;
    struct probe p;

    if (!text_has_prefix_nocase(url, "https://"))
        return;
    probe_certificate(url, NULL, &straight, &p);
    if (p.trusted) {
        cli_say("the certificate of %s is good", url);
        return;
    }
    cli_say("%s", p.err.msg);
    if (!p.sha256[0])
        return;
    cli_say("subject %s, issuer %s", p.subject, p.issuer);
    cli_say("SHA-256 %s", p.sha256);
    if (ask_yes("  Does this fingerprint come from the server's owner, and shall it be trusted? "
                "[y/N]"))
        strbuf_addf(out, "        tls: {sha256: \"%s\"}\n", p.sha256);
}

/* ---- what the shared AWS files say
 * ----------------------------------------------------------------- */

/* Region of the profile in ~/.aws/config (AWS_CONFIG_FILE), into @region; profiles are said. */
static void find_aws(char *region)
{
    const char *given = getenv("AWS_CONFIG_FILE"), *now = getenv("AWS_REGION");
    char *home = file_home(),
         *path = given ? mem_strdup(given) : mem_printf("%s/.aws/config", home ? home : "");
    struct strbuf text = STRBUF_INIT, profiles = STRBUF_INIT;

    if (!now)
        now = getenv("AWS_DEFAULT_REGION");
    if (now && strlen(now) < ANSWER_MAX)
        memcpy(region, now, strlen(now) + 1);
    (void)file_read(path, AWS_FILE_MAX, &text, NULL);
    for (const char *line = text.buf; *line;) {
        size_t n = strcspn(line, "\n");
        if (n > 2 && line[0] == '[' && memchr(line, ']', n))
            strbuf_addf(&profiles, " %.*s", (int)strcspn(line + 1, "]"), line + 1);
        line += n + (line[n] == '\n');
    }
    if (profiles.len)
        cli_say("profiles in '%s':%s", path, profiles.buf);
    strbuf_release(&text);
    strbuf_release(&profiles);
    free(path);
    free(home);
}

/* ---- one endpoint
 * ---------------------------------------------------------------------------------- */

/* What is asked: what is required or has a user and a secret; a list is asked by its shorthand. */
static bool is_asked(const struct kind_spec *kind, const struct key_spec *k)
{
    static const char *const extra[] = {"url", "user", "password", "profile", "hosts", "key_file"};

    if (k->required && k->type != KEY_URLS)
        return true;
    for (size_t i = 0; i < ARRAY_SIZE(extra); i++) {
        if (strcmp(k->name, extra[i]) == 0)
            return !((kind->kind & KINDS_SSH) && strcmp(k->name, "password") == 0);
    }
    return false;
}

static bool ask_value(struct strbuf *out, const struct kind_spec *kind, const struct key_spec *k,
                      const char *region)
{
    const char *fallback = strcmp(k->name, "region") == 0 && *region ? region : k->fallback;
    struct err err = {0};
    char answer[ANSWER_MAX];
    bool bad;

    if (k->type == KEY_SECRET)
        return ask_source(out, k);
    do {
        struct key_spec asked = *k;
        asked.required = k->required || (k->type == KEY_URL && !fallback && kind->kind != KIND_AWS);
        if (!ask_key(&asked, fallback, answer))
            return false;
        bad = k->type == KEY_URL && *answer && http_url_check(answer, &err);
        if (bad)
            cli_say("%s", err.msg);
    } while (bad);
    if (*answer)
        add_key(out, k->name, answer);
    if (*answer && k->type == KEY_URL)
        offer_pin(out, answer);
    return true;
}

static bool ask_endpoint(struct strbuf *out, const struct kind_spec *kind)
{
    char region[ANSWER_MAX] = "", name[ANSWER_MAX];
    struct strbuf question = STRBUF_INIT;
    bool ok;

    cli_say("%s (%s): %s", kind->name, kind->product, kind->meaning);
    if (kind->kind == KIND_AWS)
        find_aws(region);
    strbuf_addf(&question, "  name of the endpoint [%s]:", kind->name);
    ok = ask_line(question.buf, kind->name, name, sizeof(name));
    strbuf_release(&question);
    if (!ok)
        return false;
    strbuf_addstr(out, "      - name: ");
    add_yaml(out, name);
    strbuf_addf(out, "\n        kind: %s\n", kind->name);
    for (const struct key_spec *k = kind->keys; k->name && ok; k++) {
        if (is_asked(kind, k))
            ok = ask_value(out, kind, k, region);
    }
    return ok;
}

static bool ask_site(struct strbuf *out)
{
    char name[ANSWER_MAX], word[ANSWER_MAX];
    bool any = false;

    if (!ask_line("name of the site [main]:", "main", name, sizeof(name)))
        return false;
    strbuf_addstr(out, "sites:\n  - name: ");
    add_yaml(out, name);
    strbuf_addf(out, "\n    production: %s\n    endpoints:\n",
                ask_yes("is it a production site? [y/N]") ? "true" : "false");
    for (;;) {
        const struct kind_spec *kind;
        char *question = mem_printf("kind of the next endpoint (%s; empty: no more):",
                                    kinds_key(kinds_common_keys, "kind")->values);
        bool answered = ask_line(question, NULL, word, sizeof(word));

        free(question);
        if (!answered)
            return false;
        if (!*word && any)
            return true;
        kind = kinds_find(word);
        if (!kind)
            cli_say("a site needs an endpoint of one of these kinds");
        else if (!ask_endpoint(out, kind))
            return false;
        else
            any = true;
    }
}

/* Write what was asked, unless it would not be read back. */
static int write_config(const char *path, const struct strbuf *text)
{
    struct strbuf all = STRBUF_INIT;
    struct err err = {0};
    struct config *c = config_parse(text->buf, text->len, path, &err, &all);
    int rc = CLI_OK;

    if (!c) {
        cli_say("not written: %s", err.msg);
        rc = CLI_DATA;
    } else if (file_make_parents(path, 0700, &err) ||
               file_write_new(path, text->buf, text->len, 0600, &err)) {
        cli_say("%s", err.msg);
        rc = CLI_CREATE;
    } else {
        cli_say("'%s' is written; 'hycon config check --connect' tries it", path);
    }
    config_free(c);
    strbuf_release(&all);
    return rc;
}

static int ask_all(const char *path)
{
    struct strbuf text = STRBUF_INIT;
    int rc = CLI_INTERRUPTED;

    if (access(path, F_OK) == 0) {
        cli_say("'%s' is there already and is never overwritten; --config names another", path);
        return CLI_CREATE;
    }
    if (ask_site(&text))
        rc = write_config(path, &text);
    strbuf_release(&text);
    return rc;
}

int cli_config_init(const struct cli_options *o)
{
    struct strbuf out = STRBUF_INIT;
    char *path;
    int rc;

    if (!ask_is_possible()) {
        add_sample(&out);
        rc = cli_write(&out);
    } else {
        path = paths_config(o->config);
        rc = ask_all(path);
        free(path);
    }
    strbuf_release(&out);
    return rc;
}
