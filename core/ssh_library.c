#include "core/ssh_library.h"

#include <pthread.h>

#include "core/mem.h"

struct ssh_library ssh_library;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void)
{
#define SYMBOL(name) {#name, offsetof(struct ssh_library, name##_)},
    static const struct library_symbol symbols[] = {SSH_LIBRARY_FUNCTIONS(SYMBOL)};
#undef SYMBOL

    library_load("libssh2.so.1", symbols, ARRAY_SIZE(symbols), &ssh_library);
    if (libssh2_init(0))
        mem_die("unable to initialise libssh2");
}

void ssh_library_load(void)
{
    pthread_once(&once, load);
}
