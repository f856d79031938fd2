#include "tests/support/e2e.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <curl/curl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/lab_child.h"
#include "core/file.h"
#include "core/mem.h"

#define ARGS_MAX    24
#define ENV_MAX     24
#define CONTROL_S   20
#define HOME_DEPTH  8
#define URL_BYTES   256
#define SHOWN_BYTES 4000

/* A test that failed has released nothing; the report of what it leaked would hide why it failed.
 * The programs under test are checked for leaks as ever. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}

/* ---- a scene -----------------------------------------------------------------------------------
 */

/* build/asan/e2e/test_get -> build/asan */
static char *find_bin(void)
{
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

    assert_true(n > 0);
    self[n] = '\0';
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(self, '/');
        assert_non_null(slash);
        *slash = '\0';
    }
    return mem_strdup(self);
}

static char *make_home(void)
{
    char *home = mem_strdup("/tmp/hycon-e2e-XXXXXX");

    assert_non_null(mkdtemp(home));
    return home;
}

static void read_control(struct e2e *e)
{
    struct strbuf url = STRBUF_INIT;
    struct err err = {0};
    char *path = mem_printf("%s/control.url", lab_child_dir(e->lab));

    if (file_read(path, URL_BYTES, &url, &err))
        fail_msg("%s", err.msg);
    strbuf_setlen(&url, strcspn(url.buf, "\r\n"));
    e->control = strbuf_detach(&url);
    free(path);
}

void e2e_start(struct e2e *e, const char *scenario, const char *scale)
{
    struct lab_options o = {.scenario = scenario, .scale = scale, .manual = true};
    struct err err = {0};

    *e = (struct e2e){.bin = find_bin(), .home = make_home()};
    if (!scenario)
        return;
    char *path = mem_printf("%s:%s", e->bin, getenv("PATH"));
    setenv("PATH", path, 1);
    free(path);
    e->lab = lab_child_start(&o, &err);
    if (!e->lab)
        fail_msg("the lab does not start: %s", err.msg);
    e->config = mem_strdup(lab_child_config(e->lab));
    read_control(e);
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

void e2e_stop(struct e2e *e)
{
    lab_child_stop(e->lab);
    (void)nftw(e->home, remove_entry, HOME_DEPTH, FTW_DEPTH | FTW_PHYS);
    free(e->bin);
    free(e->home);
    free(e->config);
    free(e->control);
    *e = (struct e2e){0};
}

/* ---- hycon -------------------------------------------------------------------------------------
 */

/* Variables that would let this machine's settings into a test. */
static const char *const removed[] = {"XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME",
                                      "HYCON_CONFIG",    "http_proxy",      "https_proxy",
                                      "HTTPS_PROXY",     "ALL_PROXY",       "all_proxy",
                                      "AWS_PROFILE",     "AWS_ENDPOINT_URL"};

struct env {
    const char *at[ENV_MAX + ARRAY_SIZE(removed) + 1];
    char *owned[2];
};

static void make_env(const struct e2e *e, struct env *env)
{
    size_t n = 0;

    for (size_t i = 0; i < ARRAY_SIZE(removed); i++)
        env->at[n++] = removed[i];
    env->owned[0] = mem_printf("HOME=%s", e->home);
    env->owned[1] =
        mem_printf("HYCON_CONFIG=%s", e->config ? e->config : "/nonexistent/hycon.yaml");
    env->at[n++] = env->owned[0];
    env->at[n++] = env->owned[1];
    env->at[n++] = "LC_ALL=C.UTF-8";
    for (size_t i = 0; e->env && e->env[i] && i < ENV_MAX - 4; i++)
        env->at[n++] = e->env[i];
    env->at[n] = NULL;
}

void e2e_enter(const struct e2e *e)
{
    struct env env;

    make_env(e, &env);
    for (size_t i = 0; env.at[i]; i++) {
        if (strchr(env.at[i], '='))
            putenv((char *)(uintptr_t)env.at[i]);
        else
            unsetenv(env.at[i]);
    }
}

void e2e_configure(const struct e2e *e, const char *text)
{
    FILE *f = fopen(e->config, "a");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void run(const struct e2e *e, struct child_result *r, va_list ap)
{
    char *program = mem_printf("%s/hycon", e->bin);
    const char *argv[ARGS_MAX + 2] = {program};
    struct env env;
    size_t n = 1;

    do {
        assert_true(n < ARRAY_SIZE(argv));
        argv[n] = va_arg(ap, const char *);
    } while (argv[n++]);
    make_env(e, &env);
    child_run(r,
              &(struct child_options){.argv = argv, .env = env.at, .timeout_ms = E2E_TIMEOUT_MS});
    free(env.owned[0]);
    free(env.owned[1]);
    free(program);
    if (strstr(r->err.buf, "Sanitizer") || strstr(r->err.buf, "runtime error:"))
        fail_msg("%.*s", SHOWN_BYTES, r->err.buf);
}

void e2e_hycon(const struct e2e *e, struct child_result *r, ...)
{
    va_list ap;

    va_start(ap, r);
    run(e, r, ap);
    va_end(ap);
}

void e2e_expect(const struct e2e *e, struct child_result *r, int status, ...)
{
    va_list ap;

    va_start(ap, status);
    run(e, r, ap);
    va_end(ap);
    if (r->status != status)
        fail_msg("exit status %d, not %d; it said:\n%.*s\n%.*s", r->status, status, SHOWN_BYTES,
                 r->err.buf, SHOWN_BYTES, r->out.buf);
}

struct json_object *e2e_json(const struct child_result *r)
{
    struct err err = {0};
    struct json_object *o = jsonq_parse(r->out.buf, r->out.len, &err);

    if (!o)
        fail_msg("%s in:\n%.*s", err.msg, SHOWN_BYTES, r->out.buf);
    return o;
}

struct json_object *e2e_rows(struct json_object *doc, const char *table)
{
    size_t n = jsonq_len(doc, "tables");

    for (size_t i = 0; i < n; i++) {
        struct json_object *t = jsonq_at(doc, "tables", i);
        const char *name = jsonq_str(t, "table");
        if (name && strcmp(name, table) == 0)
            return jsonq_get(t, "rows");
    }
    const char *name = jsonq_str(doc, "table");
    if (n || !name || strcmp(name, table) != 0)
        fail_msg("no table '%s' in the answer", table);
    return jsonq_get(doc, "rows");
}

struct json_object *e2e_row(struct json_object *rows, const char *name, const char *value)
{
    for (size_t i = 0; i < jsonq_count(rows); i++) {
        struct json_object *row = jsonq_item(rows, i);
        const char *cell = jsonq_str(row, name);
        if (cell && strcmp(cell, value) == 0)
            return row;
    }
    return NULL;
}

/* ---- the control API ---------------------------------------------------------------------------
 */

static size_t keep(char *data, size_t size, size_t n, void *arg)
{
    strbuf_add(arg, data, size * n);
    return size * n;
}

/* The status, and the body in @text; 0: no answer. */
static long call(const char *method, const char *url, const char *body, struct strbuf *text)
{
    CURL *curl = curl_easy_init();
    long status = 0;

    assert_non_null(curl);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)CONTROL_S);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, text);
    if (body)
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    else if (strcmp(method, "POST") == 0)
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, "");
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    CURLcode rc = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup(curl);
    if (rc)
        strbuf_addstr(text, curl_easy_strerror(rc));
    return rc ? 0 : status;
}

struct json_object *e2e_control(const struct e2e *e, const char *method, const char *path,
                                const char *body)
{
    char *url = mem_printf("%s%s", e->control, path);
    struct strbuf text = STRBUF_INIT;
    long status = call(method, url, body, &text);

    if (status != 200)
        fail_msg("%s %s: status %ld: %s", method, url, status, text.buf);
    struct json_object *o = jsonq_parse(text.buf, text.len, NULL);
    assert_non_null(o);
    strbuf_release(&text);
    free(url);
    return o;
}

bool e2e_action(const struct e2e *e, const char *body)
{
    char *url = mem_printf("%s/action", e->control);
    struct strbuf text = STRBUF_INIT;
    long status = call("POST", url, body, &text);

    if (status != 200 && status != 400)
        fail_msg("%s: status %ld: %s", url, status, text.buf);
    strbuf_release(&text);
    free(url);
    return status == 200;
}

void e2e_advance(const struct e2e *e, int seconds)
{
    char body[64];

    snprintf(body, sizeof(body), "{\"seconds\":%d}", seconds);
    json_object_put(e2e_control(e, "POST", "/advance", body));
}

void e2e_fault(const struct e2e *e, const char *members)
{
    char *body = mem_printf("{%s}", members);

    json_object_put(e2e_control(e, "POST", "/faults", body));
    free(body);
}

int64_t e2e_counter(const struct e2e *e, const char *endpoint, const char *name)
{
    struct json_object *all = e2e_control(e, "GET", "/counters", NULL);
    int64_t n = 0;

    if (!jsonq_int(jsonq_get(all, endpoint), name, &n))
        fail_msg("no counter '%s' of '%s'", name, endpoint);
    json_object_put(all);
    return n;
}
