/*
 * A credential is an object of its own, because accounts are locked by wrong passwords, not by
 * endpoints: it is first tried on one endpoint while the others that use it wait, and one rejection
 * stops them all until a person acts. A try that ends without a verdict (host down, time-out) hands
 * it on to the next.
 *
 * A secret is got once per credential. A command that fails is not run again by itself: it may have
 * asked a person for a passphrase.
 */
#include "collectors/engine_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/mem.h"
#include "core/text.h"

#define SECRET_MAX         65536
#define COMMAND_TIMEOUT_MS 60000
#define GOOD_FOR_MS        60000 /* since a login others need not wait for a first try */

/* ---- the list ----------------------------------------------------------------------------------
 */

static bool is_same(const struct credential *c, const char *name, const char *key)
{
    if (strcmp(c->name, name) != 0 || !c->key != !key)
        return false;
    return !key || strcmp(c->key, key) == 0;
}

struct credential *engine_credential_for(struct engine *e, const struct endpoint *ep)
{
    const char *key = ep->session ? ep->session->ops->secret_key : NULL;
    const char *name = ep->config->credential;
    struct credential *c;

    for (size_t i = 0; i < e->ncredentials; i++) {
        if (is_same(e->credentials[i], name, key))
            return e->credentials[i];
    }
    c = mem_alloc(sizeof(*c));
    c->engine = e;
    c->name = name;
    c->key = key;
    c->user = config_str(ep->config, "user");
    if (key)
        c->spec = config_secret(ep->config, key);
    if (c->spec.source == SECRET_NONE)
        c->asked = SECRET_KNOWN;
    e->credentials =
        mem_realloc(e->credentials, (e->ncredentials + 1) * sizeof(struct credential *));
    e->credentials[e->ncredentials++] = c;
    return c;
}

void engine_credential_free(struct credential *c)
{
    secret_unref(c->secret);
    free(c);
}

static void poke_users(struct credential *c)
{
    for (size_t i = 0; i < c->engine->nendpoints; i++) {
        if (c->engine->endpoints[i].credential == c)
            engine_poke(c->engine, &c->engine->endpoints[i]);
    }
}

/* Raw replies are masked on other threads. */
static void set_secret(struct credential *c, struct secret *secret)
{
    pthread_mutex_lock(&c->engine->lock);
    secret_unref(c->secret);
    c->secret = secret;
    pthread_mutex_unlock(&c->engine->lock);
    c->asked = secret ? SECRET_KNOWN : SECRET_UNKNOWN;
}

/* ---- rejection ---------------------------------------------------------------------------------
 */

static void stop_users(struct credential *c, const struct err *err)
{
    c->state = CREDENTIAL_REJECTED;
    c->trying = NULL;
    c->err = *err;
    for (size_t i = 0; i < c->engine->nendpoints; i++) {
        struct endpoint *ep = &c->engine->endpoints[i];

        if (ep->credential == c && ep->session && ep->state != ENDPOINT_STOPPED)
            engine_endpoint_stop(ep, &c->err);
    }
}

/* Keys lock no account: each endpoint finds out for itself. */
static bool is_harmless(const struct credential *c, const struct endpoint *ep)
{
    return (ep->config->kind & KINDS_SSH) && c->spec.source == SECRET_NONE;
}

void engine_credential_reject(struct endpoint *ep, const struct err *err)
{
    struct err why = *err;

    if (why.kind == ERR_NONE)
        err_set(&why, ERR_AUTH, 0, "the credential was refused");
    why.kind = ERR_AUTH;
    if (is_harmless(ep->credential, ep)) {
        engine_endpoint_stop(ep, &why);
        return;
    }
    err_prefix(&why, "'%s/%s' refused credential '%s', which is not tried again by itself",
               ep->config->site, ep->config->name, ep->credential->name);
    stop_users(ep->credential, &why);
}

void engine_credential_reset(struct credential *c)
{
    if (c->spec.source != SECRET_NONE)
        set_secret(c, NULL);
    c->asking++;
    c->state = CREDENTIAL_UNTRIED;
    c->trying = NULL;
    err_clear(&c->err);
}

/* ---- getting the secret ------------------------------------------------------------------------
 */

/* One line end belongs to the editor or to echo, not to the password. */
static struct secret *without_line_end(const char *text, size_t len)
{
    if (len && text[len - 1] == '\n')
        len--;
    if (len && text[len - 1] == '\r')
        len--;
    return len ? secret_new(text, len) : NULL;
}

static struct secret *from_env(const struct credential *c, struct err *err)
{
    const char *value = getenv(c->spec.arg);

    if (value && *value)
        return secret_new_str(value);
    err_set(err, ERR_CONFIG, 0, "the environment variable '%s' with the %s is %s", c->spec.arg,
            c->key, value ? "empty" : "not set");
    return NULL;
}

static struct secret *read_secret(int fd, const char *path, struct err *err)
{
    char *buf = mem_alloc(SECRET_MAX);
    struct secret *secret = NULL;
    size_t len = 0;
    ssize_t n;

    while (len < SECRET_MAX && (n = read(fd, buf + len, SECRET_MAX - len)) > 0)
        len += (size_t)n;
    if (len < SECRET_MAX)
        secret = without_line_end(buf, len);
    if (!secret)
        err_set(err, ERR_CONFIG, 0, "'%s' %s", path,
                len < SECRET_MAX ? "is empty" : "is too large for a secret");
    secret_wipe(buf, SECRET_MAX);
    free(buf);
    return secret;
}

static struct secret *from_file(const struct credential *c, struct err *err)
{
    const char *path = c->spec.arg;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct secret *secret = NULL;
    struct stat st;
    char why[128];

    if (fd < 0 || fstat(fd, &st)) {
        err_set(err, ERR_CONFIG, errno, "unable to open the %s file '%s': %s", c->key, path,
                strerror_r(errno, why, sizeof(why)));
    } else if (!S_ISREG(st.st_mode)) {
        err_set(err, ERR_CONFIG, 0, "the %s file '%s' is not a regular file", c->key, path);
    } else if (st.st_mode & 077) {
        err_set(err, ERR_CONFIG, 0,
                "the %s file '%s' can be read by others (mode %03o); run: chmod 600 '%s'", c->key,
                path, (unsigned)st.st_mode & 0777, path);
    } else {
        secret = read_secret(fd, path, err);
    }
    if (fd >= 0)
        close(fd);
    return secret;
}

struct question {
    struct credential *credential;
    unsigned asking;
};

static void on_command(void *arg, struct loop_process_result *r)
{
    struct question *q = arg;
    struct credential *c = q->credential;
    bool current = q->asking == c->asking && c->asked == SECRET_ASKED;
    struct err err = r->err;
    struct secret *secret = NULL;
    const char *words;
    size_t len;

    if (!current)
        return;
    words = text_first_line(r->errout, &len);
    if (err.kind == ERR_NONE && r->exit_status != 0)
        err_set(&err, ERR_CONFIG, r->exit_status, "ended with status %d%s%.*s", r->exit_status,
                len ? ": " : "", (int)len, words);
    else if (err.kind == ERR_NONE && !(secret = without_line_end(r->out, r->out_len)))
        err_set(&err, ERR_CONFIG, 0, "printed nothing");
    set_secret(c, secret);
    if (!secret) {
        err_prefix(&err, "the command for the %s of credential '%s'", c->key, c->name);
        stop_users(c, &err);
    }
    poke_users(c);
}

static void run_command(struct credential *c)
{
    const char *const argv[] = {"/bin/sh", "-c", c->spec.arg, NULL};
    /* Of the engine's: a command that hangs when the engine ends never comes back with it. */
    struct question *q = arena_alloc(c->engine->arena, sizeof(*q));

    *q = (struct question){c, ++c->asking};
    c->asked = SECRET_ASKED;
    loop_process(c->engine->loop, argv, NULL, COMMAND_TIMEOUT_MS, on_command, q);
}

static bool ask_person(struct credential *c, struct err *err)
{
    const struct engine_options *o = &c->engine->o;
    char *question;

    if (!o->on_prompt) {
        err_set(err, ERR_AUTH, 0, "the %s of credential '%s' must be typed, which needs a terminal",
                c->key, c->name);
        return false;
    }
    c->asked = SECRET_ASKED;
    question = c->user ? mem_printf("%s of '%s' for %s: ", c->key, c->user, c->name)
                       : mem_printf("%s for %s: ", c->key, c->name);
    o->on_prompt(o->arg, c->name, question);
    free(question);
    return true;
}

void engine_credential_answer(struct credential *c, struct secret *answer)
{
    struct err err = {0};

    if (c->asked != SECRET_ASKED)
        return;
    set_secret(c, secret_ref(answer));
    if (!answer) {
        err_set(&err, ERR_AUTH, 0, "the question for the %s of credential '%s' was cancelled",
                c->key, c->name);
        stop_users(c, &err);
    }
    poke_users(c);
}

/* false: being asked for, or there is none and everybody was stopped. */
static bool has_secret(struct credential *c)
{
    struct secret *secret = NULL;
    struct err err = {0};

    if (c->asked != SECRET_UNKNOWN)
        return c->asked == SECRET_KNOWN;
    switch (c->spec.source) {
    case SECRET_ENV:
        secret = from_env(c, &err);
        break;
    case SECRET_FILE:
        secret = from_file(c, &err);
        break;
    case SECRET_COMMAND:
        run_command(c);
        return false;
    default:
        if (ask_person(c, &err))
            return false;
    }
    if (!secret) {
        stop_users(c, &err);
        return false;
    }
    set_secret(c, secret);
    return true;
}

/* ---- trying ------------------------------------------------------------------------------------
 */

bool engine_credential_take(struct endpoint *ep)
{
    struct credential *c = ep->credential;

    if (is_harmless(c, ep))
        return true;

    if (c->state == CREDENTIAL_REJECTED) {
        engine_endpoint_stop(ep, &c->err);
        return false;
    }
    if (c->state == CREDENTIAL_TRYING || !has_secret(c))
        return false;
    /* Passwords are changed while sessions live; then they all end, and again one finds out. */
    if (c->state == CREDENTIAL_GOOD && clock_mono_ms() - c->good_at > GOOD_FOR_MS)
        c->state = CREDENTIAL_UNTRIED;
    if (c->state == CREDENTIAL_UNTRIED) {
        c->state = CREDENTIAL_TRYING;
        c->trying = ep;
    }
    return true;
}

void engine_credential_good(struct endpoint *ep)
{
    struct credential *c = ep->credential;
    bool waited = c->state == CREDENTIAL_TRYING;

    c->state = CREDENTIAL_GOOD;
    c->good_at = clock_mono_ms();
    c->trying = NULL;
    if (waited)
        poke_users(c);
}

void engine_credential_undecided(struct endpoint *ep)
{
    struct credential *c = ep->credential;

    if (c->state != CREDENTIAL_TRYING || c->trying != ep)
        return;
    c->state = CREDENTIAL_UNTRIED;
    c->trying = NULL;
    poke_users(c);
}
