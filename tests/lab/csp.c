#include "tests/lab/csp.h"

#include "core/mem.h"
#include "core/text.h"
#include "tests/lab/errors.h"
#include "tests/lab/jsonb.h"
#include "tests/lab/lab.h"

#include <stdlib.h>
#include <string.h>

#define AUTHORIZE "/csp/gateway/am/api/auth/api-tokens/authorize"

struct lab_csp *lab_csp_new(void)
{
    return mem_alloc(sizeof(struct lab_csp));
}

void lab_csp_free(struct lab_csp *csp)
{
    if (!csp)
        return;
    free(csp->tokens.at);
    free(csp);
}

static struct csp_token *add(struct lab *lab, const char *value, const char *name)
{
    struct csp_token *t = arena_alloc(lab->arena, sizeof(*t));

    t->value = value;
    t->name = name;
    lab_list_add(&lab->csp->tokens, t);
    return t;
}

const struct csp_token *lab_csp_issue(struct lab *lab, const char *site)
{
    struct csp_token *t = add(lab, lab_random_word(lab, 64), site);

    t->api = true;
    return t;
}

static struct csp_token *find(const struct lab *lab, const char *value, bool api)
{
    for (size_t i = 0; i < lab->csp->tokens.n; i++) {
        struct csp_token *t = lab->csp->tokens.at[i];

        if (t->api == api && strcmp(t->value, value) == 0)
            return t;
    }
    return NULL;
}

void lab_csp_revoke(struct lab *lab, const char *site)
{
    for (size_t i = 0; i < lab->csp->tokens.n; i++) {
        struct csp_token *t = lab->csp->tokens.at[i];

        if (strcmp(t->name, site) == 0)
            t->revoked = true;
    }
}

void lab_csp_expire(struct lab *lab, const char *site)
{
    for (size_t i = 0; i < lab->csp->tokens.n; i++) {
        struct csp_token *t = lab->csp->tokens.at[i];

        if (!t->api && (!site || strcmp(t->name, site) == 0))
            t->expires_at = 0;
    }
}

void lab_csp_revive(struct lab *lab)
{
    for (size_t i = 0; i < lab->csp->tokens.n; i++)
        ((struct csp_token *)lab->csp->tokens.at[i])->revoked = false;
}

bool lab_csp_check(struct lab *lab, const struct lab_request *req, struct lab_reply *reply)
{
    const char *value = lab_header(req, "csp-auth-token");
    const char *bearer = lab_header(req, "authorization");
    const struct csp_token *t;

    if (!value && bearer && text_has_prefix(bearer, "Bearer "))
        value = bearer + strlen("Bearer ");
    t = value ? find(lab, value, false) : NULL;
    if (t && !t->revoked && lab_session_ms(lab) < t->expires_at)
        return true;
    lab_error_vmc(reply, req, 401, NULL, NULL);
    reply->counted_bad = true;
    return false;
}

static void give_token(struct lab *lab, const struct csp_token *api, struct lab_reply *reply)
{
    struct json_object *o = json_object_new_object();
    struct arena *a = lab->arena;
    struct csp_token *t;

    t = add(lab,
            arena_printf(a, "eyJhbGciOiJSUzI1NiJ9.%s.%s", lab_random_word(lab, 120),
                         lab_random_word(lab, 86)),
            api->name);
    t->expires_at = lab_session_ms(lab) + lab->params.expires_in * 1000;
    jset_str(o, "id_token", "eyJhbGciOiJSUzI1NiJ9.e30.c2ln");
    jset_str(o, "token_type", "bearer");
    jset_int(o, "expires_in", lab->params.expires_in);
    jset_str(o, "scope", "ALL_PERMISSIONS customer_number openid");
    jset_str(o, "access_token", t->value);
    jset_str(o, "refresh_token", api->value);
    jsend(reply, o);
}

void lab_csp_handle(struct lab *lab, struct lab_server *server, const struct lab_request *req,
                    struct lab_reply *reply)
{
    const char *value = lab_form(req, "api_token");
    const struct csp_token *t;

    if (strcmp(req->path, AUTHORIZE) != 0 || strcmp(req->method, "POST") != 0) {
        lab_error_csp(reply, 404, "csp.common.not_found", "Not found");
        return;
    }
    value = value ? value : lab_form(req, "refresh_token");
    t = value ? find(lab, value, true) : NULL;
    if (!t || t->revoked) {
        server->counts.failed_logins++;
        reply->counted_bad = true;
        lab_error_csp(reply, 400, NULL, NULL);
        return;
    }
    server->counts.logins++;
    give_token(lab, t, reply);
}
