#include "core/http_curl.h"

#include <pthread.h>
#include <sched.h>

#include "core/http.h"
#include "core/mem.h"
#include "core/openssl.h"

struct http_curl http_curl;

/* GnuTLS is loaded with libcurl, for protocols that hycon does not speak. It asks the program by
 * this name (GNUTLS_SKIP_GLOBAL_INIT of its header) whether to leave its tables alone until
 * somebody calls gnutls_global_init(), which is what users of it do. */
int _gnutls_global_init_skip(void);
int _gnutls_global_init_skip(void)
{
    return 1;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void)
{
#define SYMBOL(name) {#name, offsetof(struct http_curl, name##_)},
    static const struct library_symbol symbols[] = {HTTP_CURL_FUNCTIONS(SYMBOL)};
#undef SYMBOL

    openssl_load();                        /* core/http_tls.c is called from within libcurl */
    library_load_ahead("libgnutls.so.30"); /* by librtmp; it has the most names of its own */
    library_load("libcurl.so.4", symbols, ARRAY_SIZE(symbols), &http_curl);
    if (curl_global_init(CURL_GLOBAL_ALL))
        mem_die("unable to initialise libcurl");
}

void http_curl_load(void)
{
    pthread_once(&once, load);
}

static pthread_t preloader;
static bool preloads;

static void *preload(void *arg)
{
    http_curl_load();
    return arg;
}

void http_preload(void)
{
    if (!preloads)
        preloads = pthread_create(&preloader, NULL, preload, NULL) == 0;
    (void)sched_yield(); /* it has the longer way, and mostly begins on this processor */
}

void http_preload_end(void)
{
    if (preloads)
        (void)pthread_join(preloader, NULL);
    preloads = false;
}
