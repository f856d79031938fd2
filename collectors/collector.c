#include "collectors/collector.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "core/arena.h"
#include "core/strbuf.h"

struct table_builder *run_table(struct run *run, const struct schema *schema)
{
    for (size_t i = 0; run->collector->tables[i]; i++) {
        if (run->collector->tables[i] == schema)
            return run->builders[i];
    }
    assert(!"a collector asked for a table that it does not declare");
    return NULL;
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
