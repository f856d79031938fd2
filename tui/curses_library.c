#include "tui/curses_library.h"

#include <stddef.h>

#include "core/mem.h"

struct curses_library curses_library;

void curses_library_load(void)
{
#define SYMBOL(name) {#name, offsetof(struct curses_library, name##_)},
    static const struct library_symbol symbols[] = {CURSES_FUNCTIONS(SYMBOL)
                                                        CURSES_VARIABLES(SYMBOL)};
#undef SYMBOL

    if (!curses_library.newterm_)
        library_load("libncursesw.so.6", symbols, ARRAY_SIZE(symbols), &curses_library);
}
