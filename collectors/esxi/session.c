/*
 * A login is the first command: connecting, the host key and the credential are core/ssh's, and
 * their refusal comes as the error of the reply. `vmware -v` ("VMware ESXi 8.0.3 build-24677879")
 * is asked because it is quick and says what the host is; a host that does not know it is none the
 * worse for that.
 */
#include "collectors/esxi/session.h"

#include <string.h>

#include "collectors/esxi/commands.h"
#include "collectors/esxi/words.h"
#include "core/arena.h"
#include "core/strbuf.h"
#include "core/text.h"

#define SAID_MAX 160

static void take_version(struct session *s, const struct reply *reply)
{
    struct slice line = {reply->body, strcspn(reply->body, "\r\n")};
    struct scan scan;
    struct slice product, version;

    if (!SLICE_STARTS(line, "VMware "))
        return;
    scan = (struct scan){line.p + 7, line.p + line.len};
    product = scan_word(&scan);
    version = scan_word(&scan);
    s->facts.product =
        arena_strndup(s->facts_arena, line.p, (size_t)(product.p + product.len - line.p));
    if (version.len)
        s->facts.version = arena_strndup(s->facts_arena, version.p, version.len);
}

static enum session_step login(struct session *s, const struct reply *reply)
{
    if (!reply) {
        s->call.command = esxi_command_line(ESXI_VERSION);
        s->call.label = "version";
        return SESSION_COMMAND;
    }
    if (!reply->err) {
        if (reply->exit_status == 0)
            take_version(s, reply);
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

/* What a command said on standard error, on one line. */
static void add_said(struct strbuf *out, const struct reply *reply)
{
    const char *said = reply->errout ? reply->errout : "";
    size_t n = strcspn(said, "\n");

    if (!n)
        return;
    strbuf_addstr(out, ": ");
    text_sanitize(out, said, n < SAID_MAX ? n : SAID_MAX, 0);
}

static enum session_verdict judge(struct session *s, const struct request *req,
                                  const struct reply *reply, struct err *err)
{
    struct strbuf said = STRBUF_INIT;
    const char *program = req->path;
    int n = (int)strcspn(program, " ");

    (void)s;
    if (reply->exit_status == 0)
        return VERDICT_OK;
    add_said(&said, reply);
    if (reply->exit_status == 127)
        err_set(err, ERR_UNSUPPORTED, 127, "this host has no command '%.*s'%s", n, program,
                said.buf);
    else if (reply->exit_status == 126)
        err_set(err, ERR_DENIED, 126, "the command '%.*s' may not be run%s", n, program, said.buf);
    else if (reply->exit_status < 0)
        err_set(err, ERR_PROTO, 0, "'%s' was ended from outside%s", program, said.buf);
    else
        err_set(err, ERR_PROTO, reply->exit_status, "'%s' ended with status %d%s", program,
                reply->exit_status, said.buf);
    strbuf_release(&said);
    return VERDICT_ERROR;
}

const struct session_ops session_esxi_ops = {
    .kind = KIND_ESXI,
    .secret_key = "password",
    .login = login,
    .authorize = authorize,
    .judge = judge,
};
