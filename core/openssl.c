#include "core/openssl.h"

#include <pthread.h>

#include "core/mem.h"

struct openssl openssl;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void)
{
#define SYMBOL(name) {#name, offsetof(struct openssl, name##_)},
    static const struct library_symbol crypto[] = {OPENSSL_CRYPTO_FUNCTIONS(SYMBOL)};
    static const struct library_symbol tls[] = {OPENSSL_TLS_FUNCTIONS(SYMBOL)};
#undef SYMBOL

    library_load("libcrypto.so.3", crypto, ARRAY_SIZE(crypto), &openssl);
    library_load("libssl.so.3", tls, ARRAY_SIZE(tls), &openssl);
}

void openssl_load(void)
{
    pthread_once(&once, load);
}
