#include "tests/support/fakeapi.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "collectors/wire.h"
#include "core/arena.h"
#include "core/mem.h"
#include "core/text.h"
#include "model/tables.h"

#define WAIT_S 60

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t moved = PTHREAD_COND_INITIALIZER;

void fakeapi_lock(void)
{
    pthread_mutex_lock(&lock);
}

void fakeapi_unlock(void)
{
    pthread_cond_broadcast(&moved);
    pthread_mutex_unlock(&lock);
}

unsigned fakeapi_count(const unsigned *counter)
{
    unsigned n;

    pthread_mutex_lock(&lock);
    n = *counter;
    pthread_mutex_unlock(&lock);
    return n;
}

/* ---- the server --------------------------------------------------------------------------------
 */

struct answer {
    int status;
    const char *body;
    char token[16];
    const char *retry_after;
};

static const char *header(struct MHD_Connection *c, const char *name)
{
    return MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);
}

static void answer_login(struct fakeapi *s, struct MHD_Connection *c, struct answer *a)
{
    const char *password = header(c, "X-Password");

    s->logins++;
    pthread_cond_broadcast(&moved);
    while (s->hold_login)
        pthread_cond_wait(&moved, &lock);
    a->body = "";
    a->status = s->login_status;
    if (a->status == 429)
        a->retry_after = s->retry_after;
    if (!a->status)
        a->status = !s->password || (password && strcmp(password, s->password) == 0) ? 200 : 401;
    if (a->status == 200)
        (void)snprintf(a->token, sizeof(a->token), "%u", ++s->token);
}

static bool has_token(const struct fakeapi *s, struct MHD_Connection *c)
{
    const char *token = header(c, "X-Token");
    int64_t n;

    return !s->expire_always && token && text_to_i64(token, 1, s->token, &n) == 0 && n > s->void_to;
}

static void hold(struct fakeapi *s)
{
    s->at_once++;
    if (s->at_once > s->most_at_once)
        s->most_at_once = s->at_once;
    s->held++;
    pthread_cond_broadcast(&moved);
    while (s->hold && !s->let_go)
        pthread_cond_wait(&moved, &lock);
    if (s->hold)
        s->let_go--;
    s->held--;
    s->at_once--;
}

static void answer_wait(struct fakeapi *s, struct MHD_Connection *c, struct answer *a)
{
    bool known = has_token(s, c);

    s->polls++;
    s->waiting++;
    pthread_cond_broadcast(&moved);
    while (known && s->news == s->told && !s->over)
        pthread_cond_wait(&moved, &lock);
    s->told = s->news;
    s->waiting--;
    known = has_token(s, c);
    a->status = known ? 200 : 401;
    a->body = known ? "news\n" : "no\n";
}

static void answer_data(struct fakeapi *s, struct MHD_Connection *c, struct answer *a)
{
    s->requests++;
    hold(s);
    a->body = "no\n";
    if (!has_token(s, c)) {
        a->status = s->void_status ? s->void_status : 401;
    } else if (s->again) {
        s->again--;
        a->status = 409;
    } else if (s->throttle) {
        s->throttle--;
        a->status = 429;
        a->retry_after = s->retry_after;
    } else if (s->fail) {
        s->fail--;
        a->status = 500;
    } else {
        a->status = s->status ? s->status : 200;
        a->body = s->body ? s->body : "a\nb\n";
    }
}

static void answer_identity(struct fakeapi *s, struct answer *a)
{
    s->whoami++;
    while (s->hold_identity)
        pthread_cond_wait(&moved, &lock);
    a->status = 200;
    a->body = s->identity ? s->identity : "me";
}

static ssize_t give_half(void *arg, uint64_t at, char *buf, size_t max)
{
    const char *half = arg;
    size_t n = strlen(half);

    if (at >= n || max < n)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    memcpy(buf, half, n);
    return (ssize_t)n;
}

static struct MHD_Response *response(struct fakeapi *s, const struct answer *a, const char *url)
{
    static char half[] = "half\n";

    if (s->cut && a->status == 200 && (strcmp(url, "/live") == 0 || strcmp(url, "/wait") == 0)) {
        s->cut--;
        return MHD_create_response_from_callback(1000, 1024, give_half, half, NULL);
    }
    return MHD_create_response_from_buffer(strlen(a->body), (void *)(uintptr_t)a->body,
                                           MHD_RESPMEM_MUST_COPY);
}

static enum MHD_Result answer(void *arg, struct MHD_Connection *c, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *len, void **state)
{
    struct fakeapi *s = arg;
    struct answer a = {0};
    struct MHD_Response *r;
    enum MHD_Result rc;

    (void)version;
    (void)data;
    if (!*state) {
        *state = s;
        return MHD_YES;
    }
    if (*len) {
        *len = 0;
        return MHD_YES;
    }
    pthread_mutex_lock(&lock);
    (void)snprintf(s->last_path, sizeof(s->last_path), "%s %s", method, url);
    if (strcmp(url, "/login") == 0) {
        answer_login(s, c, &a);
    } else if (strcmp(url, "/whoami") == 0) {
        answer_identity(s, &a);
    } else if (strcmp(url, "/logout") == 0) {
        s->logouts++;
        a = (struct answer){.status = 200, .body = ""};
    } else if (strcmp(url, "/wait") == 0) {
        answer_wait(s, c, &a);
    } else {
        answer_data(s, c, &a);
    }
    r = response(s, &a, url);
    if (a.token[0])
        MHD_add_response_header(r, "X-Token", a.token);
    if (a.retry_after)
        MHD_add_response_header(r, "Retry-After", a.retry_after);
    pthread_cond_broadcast(&moved);
    pthread_mutex_unlock(&lock);
    rc = MHD_queue_response(c, (unsigned)a.status, r);
    MHD_destroy_response(r);
    return rc;
}

static void listen_on(struct fakeapi *s, int port, const struct testca_leaf *leaf)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)port),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, leaf ? leaf->cert : NULL},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, leaf ? leaf->key : NULL},
        {MHD_OPTION_END, 0, NULL},
    };

    s->daemon = MHD_start_daemon(flags | (leaf ? MHD_USE_TLS : 0), 0, NULL, NULL, answer, s,
                                 MHD_OPTION_SOCK_ADDR, &a, MHD_OPTION_LISTENING_ADDRESS_REUSE, 1u,
                                 MHD_OPTION_ARRAY, leaf ? tls : &tls[2], MHD_OPTION_END);
    assert_non_null(s->daemon);
    s->port = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

void fakeapi_start(struct fakeapi *s, const struct testca_leaf *leaf)
{
    memset(s, 0, sizeof(*s));
    listen_on(s, 0, leaf);
}

void fakeapi_start_plain(struct fakeapi *s)
{
    setenv("FAKE_PASSWORD", "correct", 1);
    fakeapi_start(s, NULL);
    s->password = "correct";
}

void fakeapi_restart(struct fakeapi *s)
{
    listen_on(s, s->port, NULL);
}

void fakeapi_stop(struct fakeapi *s)
{
    fakeapi_lock();
    s->hold = s->hold_login = s->hold_identity = false;
    s->over = true;
    fakeapi_unlock();
    MHD_stop_daemon(s->daemon);
}

/* ---- the session -------------------------------------------------------------------------------
 */

struct fake_session {
    struct wire wire;
    struct secret *token;
    unsigned node;
};

static int fake_init(struct session *s)
{
    struct fake_session *f = mem_alloc(sizeof(*f));

    wire_init(&f->wire);
    s->priv = f;
    s->facts.product = "Fake Manager";
    return 0;
}

static void fake_release(struct session *s)
{
    struct fake_session *f = s->priv;

    wire_release(&f->wire);
    secret_unref(f->token);
    free(f);
}

static void fill(struct session *s, const char *method, const char *path)
{
    struct fake_session *f = s->priv;

    wire_url(&f->wire, session_url(s), path);
    s->call = (struct session_call){0};
    wire_fill(&f->wire, method, &s->call.http);
    s->call.http.tls = s->tls;
    s->call.http.connect_timeout_ms = 5000;
}

/* 400 is how AWS throttles. */
static enum err_kind login_error(int status)
{
    if (status == 401)
        return ERR_AUTH;
    return status == 400 ? ERR_LIMIT : ERR_HTTP;
}

static enum session_step fake_login(struct session *s, const struct reply *reply)
{
    struct fake_session *f = s->priv;

    wire_reset(&f->wire);
    if (!reply) {
        wire_header(&f->wire, "X-Password", s->secret ? secret_reveal(s->secret) : "none");
        fill(s, "POST", "/login");
        return SESSION_SEND;
    }
    if (reply->status == 200) {
        secret_unref(f->token);
        f->token = secret_new_str(reply->header(reply, "X-Token"));
        f->node = s->node;
        return SESSION_READY;
    }
    if (reply->status == 0)
        s->err = *reply->err;
    else
        err_set(&s->err, login_error(reply->status), reply->status, "the login got status %d",
                reply->status);
    return reply->status == 401 ? SESSION_REJECTED : SESSION_FAIL;
}

static enum session_step strict_login(struct session *s, const struct reply *reply)
{
    enum session_step step = fake_login(s, reply);

    s->unverified = step == SESSION_READY;
    return step;
}

static enum session_step fake_logout(struct session *s, const struct reply *reply)
{
    struct fake_session *f = s->priv;

    if (reply)
        return SESSION_READY;
    wire_reset(&f->wire);
    fill(s, "POST", "/logout");
    return SESSION_SEND;
}

static int fake_authorize(struct session *s, const struct request *req)
{
    struct fake_session *f = s->priv;

    if (!f->token || f->node != s->node)
        return err_set(&s->err, ERR_AUTH, 0, "not logged in");
    wire_reset(&f->wire);
    wire_header(&f->wire, "X-Token", secret_reveal(f->token));
    fill(s, req->method, req->path);
    return 0;
}

static enum session_verdict fake_judge(struct session *s, const struct request *req,
                                       const struct reply *reply, struct err *err)
{
    (void)s;
    if (reply->status == 200)
        return VERDICT_OK;
    err_set(err, reply->status == 403 ? ERR_DENIED : ERR_HTTP, reply->status, "%s got status %d",
            req->label, reply->status);
    switch (reply->status) {
    case 401:
        return VERDICT_EXPIRED;
    case 407:
        return VERDICT_REJECTED;
    case 409:
        return VERDICT_AGAIN;
    case 429:
        return VERDICT_THROTTLED;
    case 500:
        return VERDICT_RETRY;
    default:
        return VERDICT_ERROR;
    }
}

static enum session_step fake_identify(struct session *s, const struct reply *reply)
{
    if (!reply) {
        struct fake_session *f = s->priv;

        wire_reset(&f->wire);
        fill(s, "GET", "/whoami");
        return SESSION_SEND;
    }
    if (reply->status != 200 || strcmp(reply->body, "nobody") != 0)
        return SESSION_READY;
    err_set(&s->err, ERR_CONFIG, 0, "this is nobody");
    return SESSION_FAIL;
}

/* What all have in common. */
#define FAKE_OPS(...)                                                                           \
    {                                                                                           \
        .kind = KIND_NSX, .secret_key = "password", .init = fake_init, .release = fake_release, \
        .logout = fake_logout, .authorize = fake_authorize, .judge = fake_judge, __VA_ARGS__    \
    }

const struct session_ops fakeapi_session_ops = FAKE_OPS(.login = fake_login);
static const struct session_ops identity_ops =
    FAKE_OPS(.login = strict_login, .identify = fake_identify);
static const struct session_ops curious_ops =
    FAKE_OPS(.login = fake_login, .identify = fake_identify);
const struct session_ops *const fakeapi_curious_sessions[] = {&curious_ops, NULL};
const struct session_ops *const fakeapi_identity_sessions[] = {&identity_ops, NULL};
static const struct session_ops *const sessions[] = {&fakeapi_session_ops, NULL};

/* ---- the collectors ----------------------------------------------------------------------------
 */

static void add_lines(struct table_builder *b, const struct reply *reply)
{
    const char *p = reply->body;

    if (builder_block(b, reply->hash))
        return;
    while (*p) {
        size_t n = strcspn(p, "\n");

        builder_row(b);
        builder_strn(b, SCHEMA_ENDPOINT + 1, p, n);
        p += n + (p[n] == '\n');
    }
}

static enum step read_lines(struct run *run, const struct reply *reply, const char *path)
{
    if (!reply)
        return run_get(run, SERVICE_MAIN, path, "/%s", path);
    if (reply->err)
        return run_fail(run, reply->err);
    add_lines(run->builders[0], reply);
    return STEP_DONE;
}

static enum step step_one(struct run *run, const struct reply *reply)
{
    return read_lines(run, reply, "one");
}

static enum step step_big(struct run *run, const struct reply *reply)
{
    return read_lines(run, reply, "big");
}

static enum step step_two(struct run *run, const struct reply *reply)
{
    bool first = !run->scratch;

    if (!reply)
        return read_lines(run, NULL, "two");
    run->scratch = run;
    if (reply->err)
        return run_fail(run, reply->err);
    add_lines(run->builders[0], reply);
    return first ? run_get(run, SERVICE_MAIN, "two", "/two?page=2") : STEP_DONE;
}

/* ---- live */

struct live {
    unsigned news;
    char *text; /* of the reply so far */
};

static void live_release(void *state)
{
    free(((struct live *)state)->text);
}

static enum step live_take(struct run *run, const struct reply *reply)
{
    struct live *l = run->state;
    char *text = mem_printf("%s%.*s", l->text ? l->text : "", (int)reply->len, reply->body);

    free(l->text);
    l->text = text;
    if (strstr(text, "expired"))
        return STEP_EXPIRED;
    if (strstr(text, "bad"))
        return run_fail_proto(run, "bad news");
    return STEP_MORE;
}

static enum step live_publish(struct run *run)
{
    struct live *l = run->state;
    char key[32];

    if (strstr(l->text ? l->text : "", "news"))
        l->news++;
    (void)snprintf(key, sizeof(key), "news %u", l->news);
    builder_row(run->builders[0]);
    builder_str(run->builders[0], SCHEMA_ENDPOINT + 1, key);
    return run->once ? STEP_DONE : STEP_PUBLISH;
}

static enum step step_live(struct run *run, const struct reply *reply)
{
    struct live *l = run->state;
    enum step step;

    if (reply && reply->more)
        return live_take(run, reply);
    if (reply && reply->err)
        return run_fail(run, reply->err);
    if (reply)
        return live_publish(run);
    free(l->text);
    l->text = NULL;
    /* After a publish the run goes on with nothing in its hands. */
    step = run_get(run, SERVICE_MAIN, "live", run->request.path ? "/wait" : "/live");
    run->request.long_poll = strcmp(run->request.path, "/wait") == 0;
    run->request.stream = true;
    return step;
}

static const struct schema *const one_tables[] = {&table_segments, NULL};
static const struct schema *const two_tables[] = {&table_gateways, NULL};
static const struct schema *const big_tables[] = {&table_sddcs, NULL};

const struct collector fakeapi_one = {.name = "one",
                                      .kinds = KIND_NSX,
                                      .tables = one_tables,
                                      .interval_ms = 30000,
                                      .timeout_ms = 60000,
                                      .step = step_one};
const struct collector fakeapi_two = {.name = "two",
                                      .kinds = KIND_NSX,
                                      .tables = two_tables,
                                      .interval_ms = 30000,
                                      .timeout_ms = 60000,
                                      .step = step_two};
static const struct collector big = {.name = "big",
                                     .kinds = KIND_NSX,
                                     .tables = big_tables,
                                     .interval_ms = 30000,
                                     .timeout_ms = 60000,
                                     .step = step_big};
const struct collector fakeapi_live = {.name = "live",
                                       .kinds = KIND_NSX,
                                       .tables = one_tables,
                                       .interval_ms = 30000,
                                       .timeout_ms = 60000,
                                       .live = true,
                                       .state_size = sizeof(struct live),
                                       .state_release = live_release,
                                       .step = step_live};
const struct collector *const fakeapi_only_live[] = {&fakeapi_live, NULL};
static const struct collector *const only_one[] = {&fakeapi_one, NULL};
const struct collector *const fakeapi_all[] = {&fakeapi_one, &fakeapi_two, &big, NULL};

/* ---- an engine on it ---------------------------------------------------------------------------
 */

static void on_change(void *arg)
{
    (void)arg;
    fakeapi_lock();
    fakeapi_unlock();
}

char *fakeapi_config(const char *scheme, int port, const char *more)
{
    return mem_printf("sites:\n"
                      "  - name: s\n"
                      "    endpoints:\n"
                      "      - {name: a, kind: nsx, url: \"%s://127.0.0.1:%d/\", user: u, "
                      "password: {env: FAKE_PASSWORD}%s}\n",
                      scheme, port, more);
}

void fakeapi_run_init(struct fakeapi_run *r, const char *text)
{
    struct err err = {0};

    memset(r, 0, sizeof(*r));
    r->config = config_parse(text, strlen(text), "test.yaml", &err, NULL);
    if (!r->config)
        fail_msg("%s", err.msg);
    r->store = store_new();
    store_on_publish(r->store, on_change, r);
    r->o = (struct engine_options){.config = r->config,
                                   .store = r->store,
                                   .timeout_ms = 60000,
                                   .on_change = on_change,
                                   .arg = r,
                                   .collectors = only_one,
                                   .sessions = sessions};
}

void fakeapi_run_init_at(struct fakeapi_run *r, int port, const char *more)
{
    char *text = fakeapi_config("http", port, more);

    fakeapi_run_init(r, text);
    free(text);
}

void fakeapi_run_start(struct fakeapi_run *r)
{
    struct err err = {0};

    r->engine = engine_start(&r->o, &err);
    if (!r->engine)
        fail_msg("%s", err.msg);
}

void fakeapi_run_stop(struct fakeapi_run *r)
{
    engine_stop(r->engine, FAKEAPI_GRACE_MS);
    store_free(r->store);
    config_free(r->config);
}

/* ---- waiting -----------------------------------------------------------------------------------
 */

void fakeapi_wait(bool (*is)(void *arg), void *arg)
{
    struct timespec until;
    int rc = 0;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += WAIT_S;
    while (!is(arg)) {
        assert_int_not_equal(rc, ETIMEDOUT);
        pthread_mutex_lock(&lock);
        struct timespec slice;
        clock_gettime(CLOCK_REALTIME, &slice);
        if (slice.tv_sec >= until.tv_sec)
            rc = ETIMEDOUT;
        /* What changes without a signal (a thread between two locks) is seen soon all the same. */
        slice.tv_nsec += 20000000;
        if (slice.tv_nsec >= 1000000000) {
            slice.tv_sec++;
            slice.tv_nsec -= 1000000000;
        }
        pthread_cond_timedwait(&moved, &lock, &slice);
        pthread_mutex_unlock(&lock);
    }
}

struct wanted {
    struct fakeapi_run *r;
    const struct schema *schema;
    const char *endpoint;
    enum freshness f;
    struct snapshot *found;
};

static bool is_fresh(void *arg)
{
    struct wanted *w = arg;

    snapshot_unref(w->found);
    w->found = store_get(w->r->store, w->schema, "s", w->endpoint);
    return w->found && snapshot_freshness(w->found) == w->f;
}

struct snapshot *fakeapi_wait_fresh(struct fakeapi_run *r, const struct schema *schema,
                                    const char *endpoint, enum freshness f)
{
    struct wanted w = {r, schema, endpoint, f, NULL};

    fakeapi_wait(is_fresh, &w);
    return w.found;
}

const struct row *fakeapi_wait_endpoint(struct fakeapi_run *r, const char *endpoint,
                                        enum freshness f, struct snapshot **owner)
{
    *owner = fakeapi_wait_fresh(r, &table_endpoints, endpoint, f);
    return snapshot_row(*owner, 0);
}

struct counting {
    const unsigned *counter;
    unsigned n;
};

static bool has_counted(void *arg)
{
    const struct counting *c = arg;

    return fakeapi_count(c->counter) >= c->n;
}

void fakeapi_wait_count(const unsigned *counter, unsigned n)
{
    struct counting c = {counter, n};

    fakeapi_wait(has_counted, &c);
}
