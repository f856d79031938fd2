#include "core/library.h"

#include <dlfcn.h>
#include <string.h>

#include "core/mem.h"

void library_load_ahead(const char *soname)
{
    (void)dlopen(soname, RTLD_LAZY | RTLD_LOCAL);
}

void library_load(const char *soname, const struct library_symbol *symbols, size_t n,
                  void *functions)
{
    void *handle = dlopen(soname, RTLD_LAZY | RTLD_LOCAL);

    if (!handle)
        mem_die(dlerror());
    for (size_t i = 0; i < n; i++) {
        void *function = dlsym(handle, symbols[i].name);

        if (!function)
            mem_die(dlerror());
        /* ISO C has no conversion between pointers to objects and to functions. */
        memcpy((char *)functions + symbols[i].offset, &function, sizeof(function));
    }
}
