/*
 * mutate: bad twins of a good reply, for the fixture harness: cut off, emptied, with each member or
 * element missing, with values of the wrong kind or hostile text. Works on JSON and XML; what the
 * text is follows from its first character.
 */
#ifndef HYCON_TESTS_SUPPORT_MUTATE_H
#define HYCON_TESTS_SUPPORT_MUTATE_H

#include <stdbool.h>
#include <stddef.h>

struct strbuf;

enum mutation {
    MUTATE_CUT,     /* the first bytes alone: never a complete document */
    MUTATE_INSTEAD, /* something else in its place: nothing, a proxy's page, null, [], ... */
    MUTATE_REMOVE,  /* one member or element is absent */
    MUTATE_EMPTY,   /* one value is empty: "", <a/> */
    MUTATE_WORD,    /* one value is a word that nobody knows */
    MUTATE_HOSTILE, /* one value has escape, bidirectional and invalid characters */
    MUTATE_KIND,    /* JSON: one value has another type */
    MUTATE_HUGE,    /* one value has a megabyte */
    MUTATE_DEEP,    /* one value is nested beyond all reason */
    MUTATE_N,
};

const char *mutate_name(enum mutation m);

/* How many twins of this kind @body has; those of big bodies are sampled. */
size_t mutate_count(enum mutation m, const char *body, size_t len);
/* Write the @i-th (below mutate_count()) to @out. */
void mutate(enum mutation m, size_t i, const char *body, size_t len, struct strbuf *out);

#endif
