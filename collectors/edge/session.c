/*
 * A login is the first command, as for an ESXi host. The login shell of admin is nsxcli: one
 * command per exec, no shell language, no quotes. `get version` is asked because it is quick; how
 * its answer looks is not documented and only the words "VMware NSX" and "Version" are looked for
 * (NOT VERIFIED on an edge). One that does not answer it is none the worse for that.
 *
 * nsxcli's exit status is not to be trusted, so only what a login shell other than nsxcli says
 * (126, 127) and an end from outside are errors here; the rest is told by the text (answer.h).
 */
#include "collectors/edge/edge.h"

#include <string.h>

#include "collectors/esxi/commands.h"
#include "collectors/esxi/words.h"
#include "core/arena.h"
#include "core/strbuf.h"
#include "core/text.h"

#define SAID_MAX 160

/* "VMware NSX, Version 4.2.1.0.0.24304122" */
static void take_version(struct session *s, const char *body)
{
    const char *product = strstr(body, "VMware NSX"), *version = strstr(body, "Version ");
    size_t n;

    if (product)
        s->facts.product = "VMware NSX Edge";
    if (!product || !version)
        return;
    version += strlen("Version ");
    n = strcspn(version, " ,\r\n\t");
    if (n && n < 64)
        s->facts.version = arena_strndup(s->facts_arena, version, n);
}

static enum session_step login(struct session *s, const struct reply *reply)
{
    if (!reply) {
        s->call.command = esxi_command_line(EDGE_VERSION);
        s->call.label = "version";
        return SESSION_COMMAND;
    }
    if (!reply->err) {
        take_version(s, reply->body);
        return SESSION_READY;
    }
    s->err = *reply->err;
    return s->err.kind == ERR_AUTH ? SESSION_REJECTED : SESSION_FAIL;
}

static int authorize(struct session *s, const struct request *req)
{
    (void)s;
    (void)req;
    return 0;
}

static enum session_verdict judge(struct session *s, const struct request *req,
                                  const struct reply *reply, struct err *err)
{
    const char *said = reply->errout ? reply->errout : "";
    struct strbuf text = STRBUF_INIT;
    size_t n = strcspn(said, "\n");

    (void)s;
    if (reply->exit_status >= 0 && reply->exit_status != 126 && reply->exit_status != 127)
        return VERDICT_OK;
    text_sanitize(&text, said, n < SAID_MAX ? n : SAID_MAX, 0);
    if (reply->exit_status < 0)
        err_set(err, ERR_PROTO, 0, "'%s' was ended from outside%s%s", req->path,
                text.len ? ": " : "", text.buf);
    else
        err_set(err, ERR_UNSUPPORTED, reply->exit_status,
                "what answers here is not the command line of an NSX edge (log in as admin)%s%s",
                text.len ? ": " : "", text.buf);
    strbuf_release(&text);
    return VERDICT_ERROR;
}

const struct session_ops session_edge_ops = {
    .kind = KIND_EDGE,
    .secret_key = "password",
    .login = login,
    .authorize = authorize,
    .judge = judge,
};
