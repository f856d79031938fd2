#include "cli/paths.h"

#include <stdlib.h>

#include "core/file.h"
#include "core/mem.h"

/* A variable counts when it is an absolute path: the specification says to ignore others. */
static const char *absolute(const char *variable)
{
    const char *value = getenv(variable);

    return value && value[0] == '/' ? value : NULL;
}

static char *below(const char *variable, const char *fallback, const char *name)
{
    const char *base = absolute(variable);
    char *home, *path;

    if (base)
        return mem_printf("%s/hycon/%s", base, name);
    home = file_home();
    path = mem_printf("%s/%s/hycon/%s", home ? home : "", fallback, name);
    free(home);
    return path;
}

static char *default_config(void)
{
    return below("XDG_CONFIG_HOME", ".config", "hycon.yaml");
}

char *paths_config(const char *option)
{
    const char *variable = getenv("HYCON_CONFIG");

    if (option)
        return mem_strdup(option);
    if (variable && *variable)
        return mem_strdup(variable);
    return default_config();
}

char *paths_trust(void)
{
    return below("XDG_CONFIG_HOME", ".config", "trust");
}

char *paths_state(const char *name)
{
    return below("XDG_STATE_HOME", ".local/state", name);
}

char *paths_runtime(void)
{
    const char *base = absolute("XDG_RUNTIME_DIR");

    return base ? mem_printf("%s/hycon", base) : NULL;
}
