/*
 * Every secret has memory pages of its own: only whole pages can be locked and kept out of core
 * dumps, and unmapping them makes a use after release fail at once. Secrets are few (tokens,
 * passwords, keys), so a page each is cheap.
 */
#include "core/secret.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/mem.h"
#include "core/openssl.h"

struct secret {
    atomic_uint refs;
    size_t mapped, len;
    char data[]; /* NUL-terminated */
};

struct secret *secret_new(const void *data, size_t len)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), need;

    if (__builtin_add_overflow(len, sizeof(struct secret) + page, &need))
        mem_die("out of memory: secret too large");
    need = need / page * page;
    struct secret *s = mmap(NULL, need, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (s == MAP_FAILED)
        mem_die("out of memory");
    /* Both may be refused (RLIMIT_MEMLOCK, old kernels); the process still keeps no core dump. */
    (void)madvise(s, need, MADV_DONTDUMP);
    (void)mlock(s, need);
    atomic_init(&s->refs, 1);
    s->mapped = need;
    s->len = len;
    if (len)
        memcpy(s->data, data, len);
    return s;
}

struct secret *secret_new_str(const char *s)
{
    return secret_new(s, strlen(s));
}

struct secret *secret_ref(struct secret *s)
{
    if (s)
        atomic_fetch_add(&s->refs, 1);
    return s;
}

void secret_unref(struct secret *s)
{
    if (!s || atomic_fetch_sub(&s->refs, 1) != 1)
        return;
    size_t mapped = s->mapped;
    secret_wipe(s, mapped);
    munmap(s, mapped);
}

const char *secret_reveal(const struct secret *s)
{
    return s->data;
}

size_t secret_len(const struct secret *s)
{
    return s->len;
}

bool secret_equal(const struct secret *a, const struct secret *b)
{
    if (!a || !b)
        return a == b;
    openssl_load();
    return a->len == b->len && CRYPTO_memcmp(a->data, b->data, a->len) == 0;
}

void secret_wipe(void *p, size_t len)
{
    if (p)
        explicit_bzero(p, len);
}

void secret_protect_process(void)
{
    struct rlimit none = {0, 0};

    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    (void)signal(SIGPIPE, SIG_IGN);
}

bool secret_is_sensitive_name(const char *name)
{
    static const char *const words[] = {
        "password",       "passwd",       "passphrase",    "passcode",   "pwd",
        "token",          "secret",       "psk",           "peer_code",  "peercode",
        "pre_shared_key", "presharedkey", "authorization", "cookie",     "xsrf",
        "csrf",           "api_key",      "apikey",        "api-key",    "private_key",
        "privatekey",     "private-key",  "session-id",    "session_id", "sessionid",
        "signature",      "assertion",    "bearer",
    };

    if (!name)
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (strcasestr(name, words[i]))
            return true;
    }
    return false;
}
