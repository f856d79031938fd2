#include "tests/support/screen.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/file.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/secret.h"
#include "core/text.h"
#include "tests/support/estate_text.h"
#include "tests/support/language.h"

struct screen {
    struct app app;
    struct tui_host host;
    struct tui_options options;
    struct config *config;
    struct model *model;
    char *text; /* of the tables given last */
    struct estate_text tables;
    struct estate *next;
    struct canvas canvas;
    int w, h;
    int64_t now;
    struct strbuf requests, taken, dump, styles, line, emitted, sent;
    char *credential, *question, *accepted, *raw_request, *raw_body;
    unsigned jobs;
};

/* ---- the host ----------------------------------------------------------------------------------
 */

static struct estate *host_estate(void *arg)
{
    struct screen *s = arg;
    struct estate *e = s->next;

    s->next = NULL;
    return e;
}

static void add_word(struct strbuf *out, const char *name, const char *value)
{
    if (value)
        strbuf_addf(out, " %s=%s", name, value);
}

static void host_request(void *arg, const struct tui_request *r)
{
    static const char *const names[] = {
        [TUI_REFRESH] = "refresh", [TUI_FOCUS] = "focus",
        [TUI_LOGIN] = "login",     [TUI_ANSWER] = "answer",
        [TUI_TRUST] = "trust",     [TUI_ACKNOWLEDGE] = "acknowledge",
        [TUI_SNOOZE] = "snooze",   [TUI_UNACKNOWLEDGE] = "unacknowledge",
    };
    struct screen *s = arg;

    strbuf_addstr(&s->requests, names[r->kind]);
    add_word(&s->requests, "site", r->site);
    add_word(&s->requests, "endpoint", r->endpoint);
    add_word(&s->requests, "table", r->table);
    add_word(&s->requests, "credential", r->credential);
    add_word(&s->requests, "finding", r->finding);
    add_word(&s->requests, "text", r->text);
    if (r->until)
        strbuf_addf(&s->requests, " for=%llds", (long long)(r->until - s->now) / 1000);
    for (size_t i = 0; i < r->ntables; i++)
        strbuf_addf(&s->requests, " %s", r->tables[i]);
    for (size_t i = 0; i < r->nendpoints; i++)
        strbuf_addf(&s->requests, " of=%s", r->endpoints[i]);
    for (size_t i = 0; i < r->nfilters; i++)
        strbuf_addf(&s->requests, " filter=%s", r->filters[i]);
    if (r->kind == TUI_ANSWER)
        strbuf_addf(&s->requests, " %s", r->answer ? secret_reveal(r->answer) : "cancelled");
    strbuf_addch(&s->requests, '\n');
    secret_unref(r->answer);
}

static bool host_prompt(void *arg, struct tui_prompt *out)
{
    struct screen *s = arg;

    if (!s->credential)
        return false;
    *out = (struct tui_prompt){s->credential, s->question};
    s->credential = s->question = NULL;
    return true;
}

static bool host_raw(void *arg, const char *site, const char *endpoint, const char *table,
                     char **request, char **body, int64_t *at)
{
    struct screen *s = arg;

    (void)site;
    (void)endpoint;
    (void)table;
    if (!s->raw_body)
        return false;
    *request = mem_strdup(s->raw_request);
    *body = mem_strdup(s->raw_body);
    *at = s->now - 12000;
    return true;
}

static bool host_accepted(void *arg, const char *site, const char *endpoint, char sha256[65])
{
    struct screen *s = arg;

    (void)site;
    (void)endpoint;
    if (!s->accepted)
        return false;
    (void)snprintf(sha256, 65, "%s", s->accepted);
    return true;
}

static void host_progress(void *arg, unsigned *done, unsigned *total)
{
    (void)arg;
    *done = 0;
    *total = 9;
}

static unsigned host_jobs(void *arg)
{
    return ((struct screen *)arg)->jobs;
}

static void emit(void *arg, const char *bytes, size_t len)
{
    strbuf_add(&((struct screen *)arg)->emitted, bytes, len);
}

/* ---- life --------------------------------------------------------------------------------------
 */

static void set_language(const char *language)
{
    (void)setenv("TZ", "Asia/Tokyo", 1);
    tzset();
    language_set(language);
}

struct screen *screen_new(const struct screen_options *o)
{
    struct screen *s = mem_alloc(sizeof(*s));
    struct err err = {0};
    struct model_options mo = {.local = true, .checks = o->checks, .user = "saito"};

    strbuf_init(&s->requests, 0);
    strbuf_init(&s->taken, 0);
    strbuf_init(&s->dump, 0);
    strbuf_init(&s->styles, 0);
    strbuf_init(&s->line, 0);
    strbuf_init(&s->emitted, 0);
    strbuf_init(&s->sent, 0);
    set_language(o->language);
    s->now = ESTATE_TEXT_NOW;
    clock_freeze(s->now);
    s->config = config_parse(o->config, strlen(o->config), "hycon.yaml", &err, NULL);
    if (!s->config)
        fail_msg("%s", err.msg);
    mo.config = s->config;
    s->model = model_new(&mo);
    s->host = (struct tui_host){
        .arg = s,
        .wake_fd = -1,
        .estate = host_estate,
        .request = host_request,
        .prompt = host_prompt,
        .raw_reply = host_raw,
        .accepted = host_accepted,
        .progress = host_progress,
        .jobs = host_jobs,
    };
    s->options = (struct tui_options){
        .host = &s->host, .config = s->config, .view = o->view, .demo = o->demo};
    s->w = o->w ? o->w : 80;
    s->h = o->h ? o->h : 24;
    canvas_init(&s->canvas, s->w, s->h);
    app_init(&s->app, &s->options);
    s->app.emit = emit;
    s->app.emit_arg = s;
    if (!o->never)
        screen_tables(s, "");
    return s;
}

void screen_free(struct screen *s)
{
    app_release(&s->app);
    estate_unref(s->next);
    model_free(s->model);
    config_free(s->config);
    estate_text_release(&s->tables);
    canvas_release(&s->canvas);
    strbuf_release(&s->requests);
    strbuf_release(&s->taken);
    strbuf_release(&s->dump);
    strbuf_release(&s->styles);
    strbuf_release(&s->line);
    strbuf_release(&s->emitted);
    strbuf_release(&s->sent);
    free(s->credential);
    free(s->question);
    free(s->accepted);
    free(s->raw_request);
    free(s->raw_body);
    free(s->text);
    clock_freeze(-1);
    free(s);
}

struct app *screen_app(struct screen *s)
{
    return &s->app;
}

const struct tui_options *screen_console(struct screen *s)
{
    return &s->options;
}

void screen_again(struct screen *s)
{
    if (!s->next && s->app.estate)
        s->next = estate_ref(s->app.estate);
}

struct model *screen_model(struct screen *s)
{
    return s->model;
}

/* ---- what happens ------------------------------------------------------------------------------
 */

void screen_tables(struct screen *s, const char *text)
{
    struct estate *e;

    if (text != s->text) {
        free(s->text);
        s->text = mem_strdup(text);
    }
    estate_text_release(&s->tables);
    s->tables = (struct estate_text){0};
    estate_text_add(&s->tables, s->text, s->now);
    e = model_update(s->model, s->tables.snapshots, s->tables.n, s->now);
    estate_unref(s->next);
    s->next = e;
    (void)app_poll(&s->app);
}

void screen_change(struct screen *s, const char *from, const char *to)
{
    char *at = strstr(s->text, from), *text;

    if (!at)
        fail_msg("'%s' is not in the tables", from);
    text = mem_printf("%.*s%s%s", (int)(at - s->text), s->text, to, at + strlen(from));
    screen_tables(s, text);
    free(text);
}

static uint32_t next_key(const char **p)
{
    const char *s = *p, *end = *s == '<' ? strchr(s, '>') : NULL;
    uint32_t key = 0;
    size_t n = 1;

    if (s[0] == '<' && s[1] == '<') {
        *p += 2;
        return '<';
    }
    if (end)
        key = keys_parse(s, n = (size_t)(end - s) + 1);
    else if (s[0] == '^' && s[1] >= 'A' && s[1] <= 'Z')
        key = keys_parse(s, n = 2);
    if (!key)
        n = text_decode(s, strlen(s), &key);
    *p += n;
    return key;
}

void screen_keys(struct screen *s, const char *keys)
{
    while (*keys) {
        (void)screen_text(s); /* as at a terminal: a key is pressed on what is seen */
        app_key(&s->app, next_key(&keys));
    }
    (void)app_poll(&s->app);
}

void screen_pass(struct screen *s, int64_t ms)
{
    s->now += ms;
    clock_freeze(s->now);
    (void)app_poll(&s->app);
}

void screen_resize(struct screen *s, int w, int h)
{
    s->w = w;
    s->h = h;
    canvas_resize(&s->canvas, w, h);
}

static const char *take(struct strbuf *from, struct strbuf *into)
{
    strbuf_reset(into);
    strbuf_add(into, from->buf, from->len);
    strbuf_reset(from);
    return into->buf;
}

const char *screen_requests(struct screen *s)
{
    return take(&s->requests, &s->taken);
}

const char *screen_emitted(struct screen *s)
{
    return take(&s->emitted, &s->sent);
}

static void replace(char **slot, const char *value)
{
    free(*slot);
    *slot = mem_strdup(value);
}

void screen_ask(struct screen *s, const char *credential, const char *question)
{
    replace(&s->credential, credential);
    replace(&s->question, question);
    (void)app_poll(&s->app);
}

void screen_set_accepted(struct screen *s, const char *sha256)
{
    replace(&s->accepted, sha256);
}

void screen_set_raw(struct screen *s, const char *request, const char *body)
{
    replace(&s->raw_request, request);
    replace(&s->raw_body, body);
}

void screen_set_jobs(struct screen *s, unsigned jobs)
{
    s->jobs = jobs;
}

/* ---- looking -----------------------------------------------------------------------------------
 */

const char *screen_text(struct screen *s)
{
    app_paint(&s->app, &s->canvas);
    strbuf_reset(&s->dump);
    canvas_dump(&s->canvas, &s->dump, false);
    return s->dump.buf;
}

const char *screen_styles(struct screen *s)
{
    size_t text = strlen(screen_text(s));

    strbuf_reset(&s->styles);
    canvas_dump(&s->canvas, &s->styles, true);
    return s->styles.buf + text;
}

static const char *line_at(struct screen *s, const char *at)
{
    const char *begin = at;

    while (begin > s->dump.buf && begin[-1] != '\n')
        begin--;
    strbuf_reset(&s->line);
    strbuf_add(&s->line, begin, strcspn(begin, "\n"));
    return s->line.buf;
}

const char *screen_line(struct screen *s, int y)
{
    const char *p = screen_text(s);

    while (y-- > 0 && *p)
        p += strcspn(p, "\n") + 1;
    return line_at(s, p);
}

bool screen_has(struct screen *s, const char *text)
{
    return strstr(screen_text(s), text) != NULL;
}

void screen_must(struct screen *s, const char *file, int line, const char *text, bool has)
{
    if (screen_has(s, text) == has)
        return;
    (void)fprintf(stderr, "%s:%d: the screen %s '%s':\n%s\n", file, line, has ? "lacks" : "has",
                  text, s->dump.buf);
    _fail(file, line);
}

/* ---- expected screens inside the test ----------------------------------------------------------
 */

static void add_literal(struct strbuf *out, const char *text)
{
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, "\n");
        strbuf_addstr(out, "\n           \"");
        for (size_t i = 0; i < n; i++) {
            if (p[i] == '"' || p[i] == '\\')
                strbuf_addch(out, '\\');
            strbuf_addch(out, p[i]);
        }
        strbuf_addstr(out, "\\n\"");
        p += n + (p[n] == '\n');
    }
}

/* The end of adjacent string literals that begin at @p. */
static const char *literals_end(const char *p)
{
    const char *end = p;

    for (;;) {
        p += strspn(p, " \n\t");
        if (*p != '"')
            return end;
        for (p++; *p && *p != '"'; p++)
            p += *p == '\\';
        end = ++p;
    }
}

static void rewrite(const char *file, const char *name, const char *actual)
{
    struct strbuf source = STRBUF_INIT, out = STRBUF_INIT;
    char *needle = mem_printf("SCREEN(s, \"%s\",", name);
    struct err err = {0};
    const char *at;

    if (file_read(file, 4u << 20, &source, &err))
        fail_msg("%s", err.msg);
    at = strstr(source.buf, needle);
    if (!at)
        fail_msg("%s has no %s", file, needle);
    at += strlen(needle);
    strbuf_add(&out, source.buf, (size_t)(at - source.buf));
    add_literal(&out, actual);
    strbuf_addstr(&out, literals_end(at));
    if (file_write_atomic(file, out.buf, out.len, 0644, &err))
        fail_msg("%s", err.msg);
    free(needle);
    strbuf_release(&source);
    strbuf_release(&out);
}

void screen_expect(struct screen *s, const char *file, const char *name, const char *expected)
{
    const char *generate = getenv("GENERATE");
    const char *actual = screen_text(s);

    if (strcmp(actual, expected) == 0)
        return;
    if (generate && *generate) {
        rewrite(file, name, actual);
        return;
    }
    (void)fprintf(stderr, "%s: the screen '%s' is\n%s\nand should be\n%s\n", file, name, actual,
                  expected);
    fail_msg("screen '%s' differs (GENERATE=1 rewrites it)", name);
}
