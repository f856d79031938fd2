/*
 * dfa: an expression as a table that one look-up per byte walks through. core/pattern.h says what
 * expressions mean; this answers the same, several times faster, for nearly all of them, and says
 * so when it cannot: then the caller's engine (regexec) decides.
 *
 * It says yes or no, not where. States are made when a text first leads to them, at most
 * DFA_STATES_MAX. They are rows of 256 entries: the row of the next state, or one of the DFA_*
 * below. Text is UTF-8, and a state remembers whether it has seen a byte that is not ASCII: at the
 * end of the piece the caller has to find out whether that was good UTF-8 that is shown as it is
 * (dfa_is_plain()), because "." takes a character, not a byte. A control character stops at once:
 * it is never shown as it is. A search costs one walk, whatever the expression.
 *
 * What it leaves to regexec: \b \< and the like, equivalence classes, ranges and other letters with
 * two cases beyond ASCII, classes such as [[:alpha:]] in text beyond ASCII, the four characters
 * there that are a case of an ASCII letter, expressions of more than DFA_NODES_MAX parts.
 */
#ifndef HYCON_CORE_DFA_H
#define HYCON_CORE_DFA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DFA_NODES_MAX  4000
#define DFA_STATES_MAX 2000

/* Entries that lead to no state. */
#define DFA_SPECIAL 0x80000000u
#define DFA_UNKNOWN 0x80000000u /* not made yet: dfa_make() */
#define DFA_END     0x80000001u /* NUL */
#define DFA_STOP    0x80000002u /* a control character */
#define DFA_MATCH   0x80000003u
#define DFA_LOST    0x80000004u /* cannot be said here */
#define DFA_PERHAPS 0x80000005u /* a match when what came is plain */

#define DFA_SKIP_MAX 3 /* sets of bytes that are looked for */
#define DFA_SKIP_FAR 7 /* places that they are chosen from */

/* What every match begins with (core/dfa_skip.c). */
struct dfa_skip {
    unsigned length; /* how many sets are known; 0: it can be anything */
    unsigned step;   /* bytes from one to the next */
    bool stops;      /* characters that are not shown as they are could begin one */
    bool wide;       /* the processor has what the fast way needs; tests switch it off */
    bool beyond[DFA_SKIP_MAX];
    uint8_t flags[256], low[DFA_SKIP_MAX][16];
};

struct dfa {
    uint32_t *next; /* [state + byte]; a state is the offset of its row; moves when one is made */
    uint32_t start; /* at the beginning of the text */
    uint32_t idle;  /* behind a blank, with nothing begun */
    struct dfa_skip skip;
    struct dfa_impl *impl;
};

/* NULL: not an expression for this. @text is one that regcomp() takes, extended, ignoring case. */
struct dfa *dfa_new(const char *text);
void dfa_free(struct dfa *d); /* NULL is fine */
/* The entry of @state for @byte, made now. */
uint32_t dfa_make(struct dfa *d, uint32_t state, unsigned char byte);
/* Has a byte that is not ASCII come since the state was taken up? */
bool dfa_is_dirty(const struct dfa *d, uint32_t state);
/* The same state when what came was looked at and is plain. DFA_LOST: other letters than those of
 * ASCII cannot be judged here. */
uint32_t dfa_cleaned(struct dfa *d, uint32_t state);
/* Does the text match when it ends here? */
bool dfa_ends(const struct dfa *d, uint32_t state);
/* Is all of @s good UTF-8 that is shown as it is, without the characters that are left to regexec?
 */
bool dfa_is_plain(const char *s);

/* From @state (idle or any other) through all of @s to the entry that ends the walk; *state is the
 * last one before it. What cannot begin a match is skipped. */
uint32_t dfa_walk(struct dfa *d, uint32_t *state, const char *s);

/* The same, when it is known already that @s cannot be skipped. */
uint32_t dfa_walk_on(struct dfa *d, uint32_t *state, const char *s);
/* The index of the first of @texts that has to be walked from d->idle, and in @from where: that one
 * may match, or leave another state. The others begin nothing. @n: none has to be. */
size_t dfa_skip_texts(const struct dfa *d, const char *const *texts, size_t n, const char **from);

/* @state is one that texts stay in (behind ".*"), as far as has been seen, and all of @letters
 * lead back to it. */
bool dfa_stays(struct dfa *d, uint32_t state, const char *letters);

static inline uint32_t dfa_step(struct dfa *d, uint32_t state, unsigned char byte)
{
    uint32_t to = d->next[state + byte];

    return to == DFA_UNKNOWN ? dfa_make(d, state, byte) : to;
}

#endif
