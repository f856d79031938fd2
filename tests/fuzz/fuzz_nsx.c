/* Whatever a manager answers to a login, to the questions after it, and as an error: the login
 * ends, and there is one clean sentence. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/nsx/session.h"
#include "core/arena.h"
#include "core/mem.h"
#include "core/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char yaml[] =
    "sites: [{name: f, endpoints: [{name: n, kind: nsx, url: 'https://nsx.example/', user: u, "
    "password: {env: P}}]}]";

static const char *header(const struct reply *r, const char *name)
{
    (void)name;
    return r->impl;
}

static void check_sentence(const struct err *err)
{
    if (err->kind == ERR_NONE || !err->msg[0] || !text_is_clean(err->msg))
        abort();
}

/* The bytes are body, cookie and token at once. */
static void log_in(struct session *s, const struct reply *r)
{
    enum session_step step = s->ops->login(s, NULL);

    for (int i = 0; step == SESSION_SEND; i++) {
        if (i > 10)
            abort();
        step = s->ops->login(s, r);
    }
    if (step != SESSION_READY)
        check_sentence(&s->err);
}

static void judge(struct session *s, struct reply *r)
{
    static const int statuses[] = {301, 400, 401, 403, 404, 429, 500, 503};
    const struct request req = {
        .service = SERVICE_NSX, .method = "GET", .path = "/x", .label = "segments"};

    for (size_t i = 0; i < ARRAY_SIZE(statuses); i++) {
        struct err err = {0};

        r->status = statuses[i];
        if (s->ops->judge(s, &req, r, &err) == VERDICT_OK)
            abort();
        check_sentence(&err);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config *config = config_parse(yaml, strlen(yaml), "f.yaml", NULL, NULL);
    struct session s = {.ops = &session_nsx_ops,
                        .endpoint = config_endpoint(config, 0),
                        .arena = arena_new(0),
                        .facts_arena = arena_new(0),
                        .secret = secret_new_str("p"),
                        .user = "u"};
    char *body = mem_alloc(size + 1);
    struct reply r = {.status = 200, .body = body, .len = size, .header = header, .impl = body};
    struct reply good = r;

    if (size)
        memcpy(body, data, size);
    good.impl = "JSESSIONID=1";
    s.ops->init(&s);
    log_in(&s, &r);
    log_in(&s, &good);
    judge(&s, &r);
    s.ops->release(&s);
    secret_unref(s.secret);
    arena_free(s.arena);
    arena_free(s.facts_arena);
    config_free(config);
    free(body);
    return 0;
}
