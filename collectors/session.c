#include "collectors/session.h"

#include <stdlib.h>

#include "collectors/wire.h"
#include "core/arena.h"
#include "core/mem.h"

struct session *session_new_with(const struct config_endpoint *e, const struct session_ops *ops,
                                 struct err *err)
{
    struct session *s;

    if (!ops) {
        err_set(err, ERR_UNSUPPORTED, 0, "this version of hycon does not read endpoints of kind %s",
                kinds_name(e->kind));
        return NULL;
    }
    s = mem_alloc(sizeof(*s));
    s->ops = ops;
    s->endpoint = e;
    s->arena = arena_new(0);
    s->facts_arena = arena_new(0);
    s->proxy = config_str(e, "proxy");
    s->user = config_str(e, "user");
    s->tls.ca_file = config_str(e, "tls.ca_file");
    s->tls.sha256 = config_str(e, "tls.sha256");
    if (!ops->init || ops->init(s) == 0)
        return s;
    if (err)
        *err = s->err;
    session_free(s);
    return NULL;
}

void session_free(struct session *s)
{
    if (!s)
        return;
    if (s->ops->release)
        s->ops->release(s);
    secret_unref(s->secret);
    arena_free(s->arena);
    arena_free(s->facts_arena);
    free(s);
}

const char *session_url(const struct session *s)
{
    const char *const *urls = NULL;
    size_t n = config_list(s->endpoint, "urls", &urls);

    return n > 0 ? urls[s->node % n] : "";
}

void session_fill(struct session *s, struct wire *w, const char *method, const char *label)
{
    s->call = (struct session_call){.label = label};
    wire_fill(w, method, &s->call.http);
    s->call.http.tls = s->tls;
    s->call.http.proxy = s->proxy;
}

void session_no_answer(const struct reply *reply, struct err *err)
{
    if (reply->err)
        *err = *reply->err;
    else
        err_set(err, ERR_NET, 0, "no answer");
}
