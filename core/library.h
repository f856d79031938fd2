/*
 * library: shared libraries that are loaded when they are first needed, not when the program
 * starts.
 *
 * libcurl brings 30 libraries with it and libxml2 five, and libcrypto alone has thousands of
 * symbols to look up; loading and relocating them takes longer than everything else between the
 * command line and the first screen; and each name that they look up is sought in the program's own
 * libraries first. So libcurl, libxml2, libssh2, OpenSSL and curses are no part of the program's
 * own list of libraries: whoever needs one declares the functions it calls as pointers, and they
 * are looked up together. A list of functions is a macro, LIST(X), with X(name) for each.
 */
#ifndef HYCON_CORE_LIBRARY_H
#define HYCON_CORE_LIBRARY_H

#include <stddef.h>

/* A pointer to the function @name, for the caller's struct. It is not named alike, because the
 * name becomes a macro for the pointer. */
#define LIBRARY_POINTER(name) __typeof__(&name) name##_;

struct library_symbol {
    const char *name;
    size_t offset; /* of the function pointer in the caller's struct */
};

/* Load @soname ("libcurl.so.4") and fill @functions. A library that is not there, or lacks a
 * function, ends the program with a sentence: the packages name it as a dependency. */
void library_load(const char *soname, const struct library_symbol *symbols, size_t n,
                  void *functions);

/* Load a library that the next one brings along: names that it binds as it is loaded are looked for
 * among its own libraries, and not among all thirty of the other. No error when there is none. */
void library_load_ahead(const char *soname);

#endif
