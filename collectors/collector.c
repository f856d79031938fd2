#include "collectors/collector.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "core/arena.h"
#include "core/strbuf.h"

struct run_verdict {
    bool kept;
    enum freshness freshness;
    struct err err;
};

/* The number of tables, when it is none of them. */
static size_t find_table(const struct run *run, const struct schema *schema)
{
    size_t i = 0;

    while (run->collector->tables[i] && run->collector->tables[i] != schema)
        i++;
    return i;
}

struct table_builder *run_table(struct run *run, const struct schema *schema)
{
    size_t i = find_table(run, schema);

    if (run->collector->tables[i])
        return run->builders[i];
    assert(!"a collector asked for a table that it does not declare");
    return NULL;
}

void run_keep(struct run *run, const struct schema *schema, enum freshness f, const struct err *err)
{
    size_t i = find_table(run, schema), n = find_table(run, NULL);

    if (!run->verdicts)
        run->verdicts = arena_alloc(run->arena, n * sizeof(*run->verdicts));
    run->verdicts[i] = (struct run_verdict){.kept = true, .freshness = f};
    if (err)
        run->verdicts[i].err = *err;
}

struct snapshot *run_finish(const struct run *run, size_t i, const struct err *err)
{
    const struct run_verdict *v = run->verdicts ? &run->verdicts[i] : NULL;
    struct table_builder *b = run->builders[i];
    struct snapshot *s;

    if (!v || !v->kept)
        return builder_finish(b, run->now, run->freshness, err);
    s = snapshot_with_freshness(builder_prev(b), run->collector->tables[i], run->endpoint->site,
                                run->endpoint->name, v->freshness, &v->err);
    builder_free(b);
    return s;
}

enum step run_fail(struct run *run, const struct err *err)
{
    run->err = *err;
    return STEP_FAIL;
}

enum step run_fail_proto(struct run *run, const char *fmt, ...)
{
    struct strbuf text = STRBUF_INIT;
    va_list ap;

    va_start(ap, fmt);
    strbuf_vaddf(&text, fmt, ap);
    va_end(ap);
    err_set(&run->err, ERR_PROTO, 0, "%s", text.buf);
    strbuf_release(&text);
    return STEP_FAIL;
}

/* Copy a formatted text to the run's arena. */
static const char *keep(struct run *run, struct strbuf *text)
{
    const char *kept = arena_strndup(run->arena, text->buf, text->len);

    strbuf_release(text);
    return kept;
}

enum step run_get(struct run *run, enum service service, const char *label, const char *fmt, ...)
{
    struct strbuf path = STRBUF_INIT;
    va_list ap;

    va_start(ap, fmt);
    strbuf_vaddf(&path, fmt, ap);
    va_end(ap);
    run->request = (struct request){
        .service = service, .method = "GET", .path = keep(run, &path), .label = label};
    return STEP_SEND;
}

enum step run_post_form(struct run *run, enum service service, const char *label, const char *path,
                        const char *body)
{
    size_t len = strlen(body);

    run->request =
        (struct request){.service = service,
                         .method = "POST",
                         .path = arena_strdup(run->arena, path),
                         .body = arena_strndup(run->arena, body, len),
                         .body_len = len,
                         .content_type = "application/x-www-form-urlencoded; charset=utf-8",
                         .label = label};
    return STEP_SEND;
}

bool reply_not_offered(const struct reply *reply)
{
    if (!reply || !reply->err)
        return false;
    return reply->err->kind == ERR_UNSUPPORTED || reply->status == 404 || reply->status == 405 ||
           reply->status == 501;
}
