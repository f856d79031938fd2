/*
 * The last reply of every source, for the details pane. Kept as it came (a copy of at most
 * RAW_EACH, RAW_TOTAL for all: the oldest go first) and masked when somebody asks, on the thread
 * that asks: masking costs time and most replies are never looked at.
 *
 * What is masked: the values of our own secrets wherever they appear, and what stands behind a
 * sensitive name in JSON ("name": "value"), XML (<name>value</name>), forms (name=value) and
 * headers (name: value). One pass does all of them: a name, what separates it, a value.
 */
#include "collectors/engine_priv.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"

#define RAW_EACH     (256u << 10)
#define RAW_TOTAL    (32u << 20)
#define NAME_MAX_LEN 64
#define MASK         "***"
#define SECRET_LEAST 4 /* masking every "a" would say what the secret is */

/* ---- keeping -----------------------------------------------------------------------------------
 */

static void forget(struct engine *e, struct raw *raw)
{
    e->raw_bytes -= raw->len;
    if (raw->body)
        secret_wipe(raw->body, raw->len);
    free(raw->body);
    free(raw->request);
    memset(raw, 0, sizeof(*raw));
}

static void make_room(struct engine *e)
{
    while (e->raw_bytes > RAW_TOTAL) {
        struct raw *oldest = NULL;

        for (size_t i = 0; i < e->nendpoints; i++) {
            for (size_t k = 0; k < e->endpoints[i].njobs; k++) {
                struct raw *raw = &e->endpoints[i].jobs[k].raw;

                if (raw->body && (!oldest || raw->at < oldest->at))
                    oldest = raw;
            }
        }
        if (!oldest)
            return;
        forget(e, oldest);
    }
}

void engine_raw_piece(struct job *job, const char *data, size_t len)
{
    size_t room = job->pieces.len < RAW_EACH ? RAW_EACH - job->pieces.len : 0;

    job->piece_bytes += len;
    if (!job->ep->engine->o.once)
        strbuf_add(&job->pieces, data, len < room ? len : room);
}

void engine_raw_keep(struct job *job, const struct http_reply *http)
{
    struct engine *e = job->ep->engine;
    const struct request *req = &job->run.request;
    const char *body = job->streamed ? job->pieces.buf : http->body;
    size_t len = job->streamed ? job->pieces.len : http->len;
    struct raw raw = {.at = clock_now_ms(), .total = job->streamed ? job->piece_bytes : len};

    if (e->o.once)
        return;
    raw.len = len < RAW_EACH ? len : RAW_EACH;
    raw.body = mem_alloc(raw.len + 1);
    if (raw.len)
        memcpy(raw.body, body, raw.len);
    raw.request =
        mem_printf("%s %s%s%.*s -> %d", req->method, req->path, req->body ? " " : "",
                   (int)(req->body ? req->body_len : 0), req->body ? req->body : "", http->status);
    pthread_mutex_lock(&e->lock);
    forget(e, &job->raw);
    job->raw = raw;
    e->raw_bytes += raw.len;
    make_room(e);
    pthread_mutex_unlock(&e->lock);
}

void engine_raw_release(struct job *job)
{
    forget(job->ep->engine, &job->raw);
}

/* ---- masking -----------------------------------------------------------------------------------
 */

static bool is_name_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.';
}

static const char *skip_blanks(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\t'))
        p++;
    return p;
}

/* Behind the name of an opening tag, which may have attributes. */
static const char *element_value(const char *p, const char *end)
{
    while (p < end && *p != '>' && *p != '<')
        p++;
    return p < end && *p == '>' && p[-1] != '/' ? p + 1 : NULL;
}

/* Behind a name that follows @before: where its value begins, and what ends it. NULL: there is
 * none.
 */
static const char *value_of(char before, const char *p, const char *end, const char **stop)
{
    *stop = "<";
    if (before == '<' || before == '/')
        return before == '<' ? element_value(p, end) : NULL;
    p = skip_blanks(p + (p < end && *p == '"'), end);
    if (p == end || (*p != ':' && *p != '='))
        return NULL;
    *stop = *p == '=' ? "& \"'\r\n<" : "\r\n";
    p = skip_blanks(p + 1, end);
    if (p == end || *p == '{' || *p == '[')
        return NULL; /* its members have names of their own */
    if (*p != '"')
        return p;
    *stop = "\"";
    return p + 1;
}

static const char *value_end(const char *p, const char *end, const char *stop)
{
    for (; p < end && !strchr(stop, *p); p++) {
        if (*p == '\\' && *stop == '"' && p + 1 < end)
            p++;
    }
    return p < end ? p : end;
}

/* The name at @p; true when it is a sensitive one. */
static bool take_name(const char **p, const char *end)
{
    const char *from = *p;
    char name[NAME_MAX_LEN + 1];
    size_t n;

    while (*p < end && is_name_char(**p))
        ++*p;
    n = (size_t)(*p - from);
    if (n > NAME_MAX_LEN) {
        from += n - NAME_MAX_LEN;
        n = NAME_MAX_LEN;
    }
    memcpy(name, from, n);
    name[n] = '\0';
    return secret_is_sensitive_name(name);
}

/* What stands before the name at @p, its namespace left out: "<a:name". */
static char before(const char *text, const char *p)
{
    const char *q = p;

    if (q > text && q[-1] == ':') {
        q--;
        while (q > text && p - q < NAME_MAX_LEN && is_name_char(q[-1]))
            q--;
    }
    return q > text ? q[-1] : '\0';
}

static void mask_names(struct strbuf *out, const char *text, size_t len)
{
    const char *p = text, *end = text + len, *stop;

    while (p < end) {
        const char *from = p, *value;

        if (!is_name_char(*p)) {
            strbuf_addch(out, *p++);
            continue;
        }
        if (!take_name(&p, end) || !(value = value_of(before(text, from), p, end, &stop))) {
            strbuf_add(out, from, (size_t)(p - from));
            continue;
        }
        strbuf_add(out, from, (size_t)(value - from));
        p = value_end(value, end, stop);
        if (p > value)
            strbuf_addstr(out, MASK);
    }
}

static void mask_value(struct strbuf *text, const char *value, size_t len)
{
    struct strbuf out = STRBUF_INIT;
    const char *p = text->buf, *end = text->buf + text->len, *hit;

    if (len < SECRET_LEAST || !memmem(p, text->len, value, len))
        return;
    while ((hit = memmem(p, (size_t)(end - p), value, len))) {
        strbuf_add(&out, p, (size_t)(hit - p));
        strbuf_addstr(&out, MASK);
        p = hit + len;
    }
    strbuf_add(&out, p, (size_t)(end - p));
    secret_wipe(text->buf, text->len);
    strbuf_release(text);
    *text = out;
}

static char *masked(const struct raw *raw, const char *body, size_t len,
                    struct secret *const *secrets, size_t n)
{
    struct strbuf text = STRBUF_INIT, clean = STRBUF_INIT;

    mask_names(&text, body, len);
    for (size_t i = 0; i < n; i++)
        mask_value(&text, secret_reveal(secrets[i]), secret_len(secrets[i]));
    text_sanitize(&clean, text.buf, text.len, TEXT_KEEP_LINES);
    if (body == raw->body && raw->total > raw->len)
        strbuf_addf(&clean, "\n(first %zu of %zu bytes)\n", raw->len, raw->total);
    strbuf_release(&text);
    return strbuf_detach(&clean);
}

/* ---- asking ------------------------------------------------------------------------------------
 */

static bool serves(const struct job *job, const char *table)
{
    for (size_t i = 0; i < job->ntables; i++) {
        if (strcmp(job->collector->tables[i]->name, table) == 0)
            return true;
    }
    return false;
}

static const struct raw *find_raw(const struct engine *e, const char *endpoint, const char *table)
{
    for (size_t i = 0; i < e->nendpoints; i++) {
        const struct endpoint *ep = &e->endpoints[i];

        for (size_t k = 0; config_endpoint_has_name(ep->config, endpoint) && k < ep->njobs; k++) {
            if (ep->jobs[k].raw.body && serves(&ep->jobs[k], table))
                return &ep->jobs[k].raw;
        }
    }
    return NULL;
}

/* New references; *n of them. */
static struct secret **known_secrets(const struct engine *e, size_t *n)
{
    struct secret **all = mem_array(e->ncredentials + 1, sizeof(struct secret *));

    *n = 0;
    for (size_t i = 0; i < e->ncredentials; i++) {
        if (e->credentials[i]->secret)
            all[(*n)++] = secret_ref(e->credentials[i]->secret);
    }
    return all;
}

bool engine_raw_reply(const struct engine *e, const char *endpoint, const char *table,
                      char **request, char **body, int64_t *at)
{
    pthread_mutex_t *lock = &((struct engine *)e)->lock;
    struct secret **secrets;
    const struct raw *raw;
    struct raw copy = {0};
    size_t n;

    pthread_mutex_lock(lock);
    raw = find_raw(e, endpoint, table);
    if (raw) {
        copy = *raw;
        copy.request = mem_strdup(raw->request);
        copy.body = mem_alloc(raw->len + 1);
        memcpy(copy.body, raw->body, raw->len);
    }
    secrets = known_secrets(e, &n);
    pthread_mutex_unlock(lock);
    if (raw) {
        *request = masked(&copy, copy.request, strlen(copy.request), secrets, n);
        *body = masked(&copy, copy.body, copy.len, secrets, n);
        *at = copy.at;
        secret_wipe(copy.body, copy.len);
    }
    free(copy.request);
    free(copy.body);
    for (size_t i = 0; i < n; i++)
        secret_unref(secrets[i]);
    free(secrets);
    return raw != NULL;
}
