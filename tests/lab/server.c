#include "tests/lab/server.h"

#include "core/err.h"
#include "core/fmt.h"
#include "core/map.h"
#include "core/mem.h"
#include "core/text.h"
#include "tests/lab/fault.h"
#include "tests/lab/lab.h"
#include "tests/lab/send.h"
#include "tests/lab/ssh.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BODY_MAX   (1u << 20)
#define LABELS_MAX 4000

/* One request while it arrives; libmicrohttpd keeps the pointer. */
struct incoming {
    char *target;
    struct strbuf body;
    bool started;
};

static void *log_uri(void *cls, const char *uri, struct MHD_Connection *c)
{
    struct incoming *in = mem_alloc(sizeof(*in));

    (void)cls;
    (void)c;
    in->target = mem_strdup(uri);
    strbuf_init(&in->body, BODY_MAX);
    return in;
}

static void completed(void *cls, struct MHD_Connection *c, void **con_cls,
                      enum MHD_RequestTerminationCode why)
{
    struct incoming *in = *con_cls;

    (void)cls;
    (void)c;
    (void)why;
    if (!in)
        return;
    strbuf_release(&in->body);
    free(in->target);
    free(in);
    *con_cls = NULL;
}

static enum MHD_Result take_header(void *cls, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    struct lab_pairs *h = cls;

    (void)kind;
    if (h->n < LAB_PAIRS_MAX)
        h->at[h->n++] = (struct lab_pair){name, value ? value : ""};
    return MHD_YES;
}

static void read_request(struct lab_request *req, struct MHD_Connection *c,
                         const struct incoming *in, const char *method, bool soap)
{
    const char *question = strchr(in->target, '?');
    size_t path_len = question ? (size_t)(question - in->target) : strlen(in->target);
    struct strbuf path = STRBUF_INIT;
    const char *type;

    req->method = method;
    req->target = in->target;
    req->body = in->body.buf;
    req->body_len = in->body.len;
    if (text_percent_decode(&path, in->target, path_len) < 0)
        strbuf_reset(&path);
    req->path = arena_strdup(req->arena, path.buf);
    strbuf_release(&path);
    if (question)
        req->query = lab_pairs_parse(req->arena, question + 1, strlen(question + 1));
    req->headers.at = arena_alloc(req->arena, LAB_PAIRS_MAX * sizeof(struct lab_pair));
    MHD_get_connection_values(c, MHD_HEADER_KIND, take_header, &req->headers);
    type = lab_header(req, "content-type");
    if (type && text_has_prefix_nocase(type, "application/x-www-form-urlencoded"))
        req->form = lab_pairs_parse(req->arena, req->body, req->body_len);
    req->action = soap ? lab_soap_method(req->arena, req->body) : lab_form(req, "Action");
}

void lab_server_count(struct lab_server *s, const char *label)
{
    uint64_t *n = map_get(s->by_label, label);

    s->counts.requests++;
    if (++s->counts.concurrent > s->counts.max_concurrent)
        s->counts.max_concurrent = s->counts.concurrent;
    if (!n && map_count(s->by_label) < LABELS_MAX) {
        n = mem_alloc(sizeof(*n));
        map_put(s->by_label, label, n);
    }
    if (n)
        ++*n;
}

static void add_date(const struct lab_server *s, struct lab_reply *reply, struct arena *a)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t t = (time_t)((lab_wall_ms() + s->skew_ms) / 1000);
    struct tm tm;

    gmtime_r(&t, &tm);
    lab_reply_header(reply, "Date",
                     arena_printf(a, "%.3s, %02d %.3s %d %02d:%02d:%02d GMT", days + 3 * tm.tm_wday,
                                  tm.tm_mday, months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour,
                                  tm.tm_min, tm.tm_sec));
}

static void ask_handler(struct lab_server *s, const struct lab_request *req,
                        struct lab_reply *reply)
{
    bool own_locking = s->family == FAMILY_CONTROL;

    if (!own_locking)
        pthread_mutex_lock(&s->lab->lock);
    s->handle(s->lab, s, req, reply);
    if (!own_locking)
        pthread_mutex_unlock(&s->lab->lock);
}

static enum MHD_Result answer(struct lab_server *s, struct MHD_Connection *c,
                              struct lab_request *req)
{
    struct lab_reply reply = {
        .status = 200, .content_type = "application/json", .body = STRBUF_INIT};
    struct lab_fault fault;
    enum MHD_Result rc = MHD_NO;
    bool faulty, alive = true;

    pthread_mutex_lock(&s->lab->lock);
    lab_server_count(s, req->action ? req->action : req->path);
    faulty = lab_fault_take(s, req, &fault);
    pthread_mutex_unlock(&s->lab->lock);

    if (faulty && (fault.kind == FAULT_HANG || fault.delay_ms > 0))
        alive = lab_wait(s, c, fault.kind == FAULT_HANG ? -1 : fault.delay_ms);
    if (faulty && (fault.kind == FAULT_CLOSE || fault.kind == FAULT_FLAP))
        alive = false;
    if (alive) {
        if (faulty && fault.kind == FAULT_STATUS)
            lab_fault_status(s, &fault, req, &reply);
        else
            ask_handler(s, req, &reply);
        add_date(s, &reply, req->arena);
        rc = lab_send(s, c, &reply, faulty ? &fault : NULL);
    }
    pthread_mutex_lock(&s->lab->lock);
    s->counts.concurrent--;
    s->counts.bytes += reply.body.len;
    s->counts.refused += reply.counted_bad;
    pthread_mutex_unlock(&s->lab->lock);
    strbuf_release(&reply.body);
    return rc;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *c, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **con_cls)
{
    struct incoming *in = *con_cls;
    struct lab_request req = {.method = NULL};
    const union MHD_ConnectionInfo *info;
    struct lab_server *s = cls;
    enum MHD_Result rc;

    (void)url;
    (void)version;
    if (!in->started) {
        in->started = true;
        return MHD_YES;
    }
    if (*size > 0) {
        strbuf_add(&in->body, data, *size);
        *size = 0;
        return strbuf_ok(&in->body) ? MHD_YES : MHD_NO;
    }
    req.arena = arena_new(0);
    read_request(&req, c, in, method, s->family == FAMILY_VCENTER);
    info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
    req.fd = info ? info->connect_fd : 0;
    rc = answer(s, c, &req);
    arena_free(req.arena);
    return rc;
}

static int listen_on(struct lab_server *s, int port, struct err *err)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    socklen_t len = sizeof(a);
    int one = 1;

    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    s->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s->listen_fd < 0)
        return err_set(err, ERR_IO, errno, "unable to make a socket");
    setsockopt(s->listen_fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (bind(s->listen_fd, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(s->listen_fd, 128) < 0 ||
        getsockname(s->listen_fd, (struct sockaddr *)&a, &len) < 0) {
        int why = errno;

        close(s->listen_fd);
        s->listen_fd = -1;
        return err_set(err, ERR_IO, why, "unable to listen on 127.0.0.1:%d for '%s'", port,
                       s->name);
    }
    s->port = ntohs(a.sin_port);
    return 0;
}

static int run_http(struct lab_server *s, struct err *err)
{
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION |
                     MHD_USE_SUPPRESS_DATE_NO_CLOCK | (s->tls ? MHD_USE_TLS : 0);
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_KEY, 0, s->leaf.key},
        {MHD_OPTION_HTTPS_MEM_CERT, 0, s->leaf.cert},
        {MHD_OPTION_END, 0, NULL},
    };

    __atomic_store_n(&s->stopping, false, __ATOMIC_RELEASE);
    s->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, s, MHD_OPTION_LISTEN_SOCKET, s->listen_fd,
        MHD_OPTION_URI_LOG_CALLBACK, log_uri, NULL, MHD_OPTION_NOTIFY_COMPLETED, completed, NULL,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)65536, MHD_OPTION_CONNECTION_LIMIT, 1000u,
        MHD_OPTION_ARRAY, s->tls ? tls : tls + 2, MHD_OPTION_END);
    if (!s->daemon)
        return err_set(err, ERR_IO, 0, "unable to serve '%s' on port %d", s->name, s->port);
    return 0;
}

static int run_daemon(struct lab_server *s, struct err *err)
{
    if (s->family == FAMILY_SSH) {
        lab_ssh_start(s);
        return 0;
    }
    return run_http(s, err);
}

int lab_server_start(struct lab_server *s, int port, struct err *err)
{
    if (!s->by_label)
        s->by_label = map_new();
    if (listen_on(s, port, err) < 0)
        return -1;
    return run_daemon(s, err);
}

void lab_server_stop(struct lab_server *s, bool release)
{
    if (s->family == FAMILY_SSH)
        lab_ssh_stop(s);
    if (s->daemon) {
        __atomic_store_n(&s->stopping, true, __ATOMIC_RELEASE);
        MHD_quiesce_daemon(s->daemon);
        MHD_stop_daemon(s->daemon);
        s->daemon = NULL;
    }
    if (release && s->listen_fd >= 0) {
        close(s->listen_fd);
        s->listen_fd = -1;
    }
}

void lab_server_change_cert(struct lab_server *s, enum lab_leaf_kind kind)
{
    struct lab_leaf leaf = lab_ca_issue(s->lab->ca, s->name, kind);
    struct err err;

    lab_server_stop(s, false);
    pthread_mutex_lock(&s->lab->lock);
    lab_leaf_release(&s->leaf);
    s->leaf = leaf;
    pthread_mutex_unlock(&s->lab->lock);
    if (run_daemon(s, &err) < 0)
        mem_die(err.msg);
}

int lab_server_set_down(struct lab_server *s, bool down, struct err *err)
{
    if (down == s->down)
        return 0;
    pthread_mutex_lock(&s->lab->lock);
    s->down = down;
    pthread_mutex_unlock(&s->lab->lock);
    if (!down)
        return lab_server_start(s, s->port, err);
    lab_server_stop(s, true);
    return 0;
}

void lab_server_free(struct lab_server *s)
{
    if (!s)
        return;
    lab_server_stop(s, true);
    lab_fault_clear(s, 0);
    free(s->faults.at);
    lab_leaf_release(&s->leaf);
    map_free(s->by_label, free);
    free(s);
}
