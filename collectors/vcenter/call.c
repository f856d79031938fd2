/* Small calls of vim25 whose answer is one text. */
#include "collectors/vcenter/vcenter.h"

#include "core/arena.h"
#include "core/soap.h"
#include "core/strbuf.h"
#include "core/xml.h"

#define RETURNVAL_DEPTH 4

enum step vcenter_call(struct run *run, const char *label, const struct strbuf *body)
{
    run->request = (struct request){.service = SERVICE_MAIN,
                                    .method = "POST",
                                    .path = VCENTER_SDK,
                                    .body = arena_strndup(run->arena, body->buf, body->len),
                                    .body_len = body->len,
                                    .content_type = SOAP_CONTENT_TYPE,
                                    .label = label};
    return STEP_SEND;
}

struct found {
    struct arena *arena;
    const char *text;
};

static void on_end(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct found *f = arg;

    if (!f->text && len && xml_depth(x) == RETURNVAL_DEPTH &&
        xml_path_is(x, RETURNVAL_DEPTH, "returnval"))
        f->text = arena_strndup(f->arena, text, len);
}

const char *vcenter_returnval(struct arena *arena, const struct reply *reply)
{
    static const struct xml_handler handler = {.end = on_end};
    struct found f = {.arena = arena};

    return xml_parse(&handler, &f, reply->body, reply->len, NULL) == 0 ? f.text : NULL;
}
