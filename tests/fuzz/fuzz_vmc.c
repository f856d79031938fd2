/* Whatever CSP answers to a login, VMC about the SDDC, and both and NSX as an error: the login
 * ends, no address is taken that would carry the token in clear, and there is one clean sentence.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/vmc/session.h"
#include "core/arena.h"
#include "core/mem.h"
#include "core/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const yaml[] = {
    "sites: [{name: f, endpoints: [{name: v, kind: vmc, org: o, sddc: s, token: {env: T}}]}]",
    "sites: [{name: f, endpoints: [{name: v, kind: vmc, org: o, token: {env: T}}]}]",
};

static void check_sentence(const struct err *err)
{
    if (err->kind == ERR_NONE || !err->msg[0] || !text_is_clean(err->msg))
        abort();
}

static void log_in(struct session *s, const struct reply *token, const struct reply *sddc)
{
    enum session_step step = s->ops->login(s, NULL);

    if (step == SESSION_SEND)
        step = s->ops->login(s, token);
    if (step == SESSION_SEND)
        step = s->ops->login(s, sddc);
    if (step == SESSION_SEND)
        abort();
    if (step != SESSION_READY)
        check_sentence(&s->err);
}

static void use(struct session *s)
{
    static const enum service services[] = {SERVICE_VMC, SERVICE_NSX, SERVICE_CLOUD,
                                            SERVICE_CLOUD_SHORT};

    for (size_t i = 0; i < ARRAY_SIZE(services); i++) {
        const struct request req = {.service = services[i], .method = "GET", .path = "/x"};

        if (s->ops->authorize(s, &req) < 0)
            check_sentence(&s->err);
        else if (http_url_check(s->call.http.url, NULL) < 0)
            abort();
    }
}

static void judge(struct session *s, struct reply r)
{
    static const int statuses[] = {301, 400, 401, 403, 404, 429, 500, 503};

    for (size_t i = 0; i < ARRAY_SIZE(statuses); i++) {
        const struct request req = {.service = i % 2 ? SERVICE_VMC : SERVICE_NSX, .label = "it"};
        struct err err = {0};

        r.status = statuses[i];
        if (s->ops->judge(s, &req, &r, &err) == VERDICT_OK)
            abort();
        check_sentence(&err);
    }
}

static void run(const char *text, const struct reply *r)
{
    static const char good[] = "{\"access_token\": \"AT\", \"expires_in\": 1799}";
    const struct reply token = {.status = 200, .body = good, .len = sizeof(good) - 1};
    struct config *config = config_parse(text, strlen(text), "f.yaml", NULL, NULL);
    struct session s = {.ops = &session_vmc_ops,
                        .endpoint = config_endpoint(config, 0),
                        .arena = arena_new(0),
                        .facts_arena = arena_new(0),
                        .secret = secret_new_str("t")};
    struct reply refused = *r;

    refused.status = 400;
    s.ops->init(&s);
    log_in(&s, r, r);
    use(&s);
    log_in(&s, &refused, r);
    log_in(&s, &token, &refused);
    log_in(&s, &token, r);
    use(&s);
    judge(&s, *r);
    s.ops->release(&s);
    secret_unref(s.secret);
    arena_free(s.arena);
    arena_free(s.facts_arena);
    config_free(config);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *body = mem_alloc(size + 1);
    const struct reply r = {.status = 200, .body = body, .len = size};

    if (size)
        memcpy(body, data, size);
    for (size_t i = 0; i < ARRAY_SIZE(yaml); i++)
        run(yaml[i], &r);
    free(body);
    return 0;
}
