#include "tests/lab/send.h"

#include "core/mem.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK   65536
#define POLL_MS 50

bool lab_wait(const struct lab_server *s, struct MHD_Connection *c, int64_t ms)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct pollfd pfd = {.fd = info->connect_fd, .events = POLLRDHUP};

    while (ms != 0 && !__atomic_load_n(&s->stopping, __ATOMIC_ACQUIRE)) {
        int step = ms < 0 || ms > POLL_MS ? POLL_MS : (int)ms;

        if (poll(&pfd, 1, step) > 0)
            return false;
        if (ms > 0)
            ms -= step;
    }
    return ms == 0;
}

/* A body that is made while it is sent. */
struct spoilt {
    char *text;
    size_t len;   /* of text */
    uint64_t end; /* blanks are sent from len to here, then the end is reached */
    bool cut;     /* the end is an error: the connection is closed early */
    /* Before that nothing is said until the peer gives up; NULL: it comes at once. */
    struct MHD_Connection *silent;
    const struct lab_server *server;
};

static ssize_t read_spoilt(void *cls, uint64_t pos, char *buf, size_t max)
{
    struct spoilt *s = cls;

    if (pos >= s->end && s->silent)
        (void)lab_wait(s->server, s->silent, -1);
    if (pos >= s->end)
        return s->cut ? MHD_CONTENT_READER_END_WITH_ERROR : MHD_CONTENT_READER_END_OF_STREAM;
    if (pos < s->len) {
        size_t n = s->len - (size_t)pos;

        n = n < max ? n : max;
        memcpy(buf, s->text + pos, n);
        return (ssize_t)n;
    }
    if (max > s->end - pos)
        max = (size_t)(s->end - pos);
    memset(buf, ' ', max);
    return (ssize_t)max;
}

static void free_spoilt(void *cls)
{
    struct spoilt *s = cls;

    free(s->text);
    free(s);
}

static struct MHD_Response *spoil(const struct lab_reply *reply, uint64_t promised, uint64_t end,
                                  struct spoilt how)
{
    struct spoilt *s = mem_alloc(sizeof(*s));

    *s = how;
    s->text = mem_strndup(reply->body.buf, reply->body.len);
    s->len = end < reply->body.len ? (size_t)end : reply->body.len;
    s->end = end;
    return MHD_create_response_from_callback(promised, BLOCK, read_spoilt, s, free_spoilt);
}

static void break_syntax(struct strbuf *body)
{
    static const char rubbish[] = "\001\xff}]<unexpected/><!-- \"";

    strbuf_setlen(body, body->len / 2);
    strbuf_add(body, rubbish, sizeof(rubbish) - 1);
}

static struct MHD_Response *make_response(const struct lab_server *server, struct MHD_Connection *c,
                                          struct lab_reply *reply, const struct lab_fault *fault)
{
    if (fault && fault->kind == FAULT_TRUNCATED)
        return spoil(reply, reply->body.len + 1, reply->body.len / 2, (struct spoilt){.cut = true});
    if (fault && fault->kind == FAULT_HALF)
        return spoil(reply, reply->body.len + 1, reply->body.len / 2,
                     (struct spoilt){.cut = true, .silent = c, .server = server});
    if (fault && fault->kind == FAULT_OVERSIZED)
        return spoil(reply, MHD_SIZE_UNKNOWN, reply->body.len + (uint64_t)fault->bytes,
                     (struct spoilt){0});
    if (fault && fault->kind == FAULT_MALFORMED)
        break_syntax(&reply->body);
    return MHD_create_response_from_buffer(reply->body.len, reply->body.buf, MHD_RESPMEM_MUST_COPY);
}

enum MHD_Result lab_send(const struct lab_server *s, struct MHD_Connection *c,
                         struct lab_reply *reply, const struct lab_fault *fault)
{
    struct MHD_Response *r = make_response(s, c, reply, fault);
    enum MHD_Result rc;

    if (!r)
        return MHD_NO;
    if (reply->content_type)
        MHD_add_response_header(r, "Content-Type", reply->content_type);
    for (size_t i = 0; i < reply->nheaders; i++)
        MHD_add_response_header(r, reply->headers[i].name, reply->headers[i].value);
    rc = MHD_queue_response(c, (unsigned)reply->status, r);
    MHD_destroy_response(r);
    return rc;
}
