/* suggest: the nearest known word to a mistyped one, for "did you mean". */
#ifndef HYCON_CORE_SUGGEST_H
#define HYCON_CORE_SUGGEST_H

struct suggest {
    const char *word; /* what was typed */
    const char *best; /* the nearest candidate so far; NULL: none is near */
    unsigned distance;
};

/* Candidates farther than a third of the word (at least 1, at most 3 edits) are not near. */
void suggest_init(struct suggest *s, const char *word);
void suggest_try(struct suggest *s,
                 const char *candidate); /* must outlive @s; the first of equals wins */

#endif
