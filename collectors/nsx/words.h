/*
 * words: one word of every object of a list, by the object's key: the realization state of segments
 * by path, the status of transport nodes by UUID. They are enrichments of rows that come from other
 * lists. Kept between runs: a page whose bytes did not change is not decoded again. Of each object
 * only a hash of its key and the number of its word are held (16 bytes), so that 100,000 segments
 * cost 1.6 MB. Words are the manager's own.
 */
#ifndef HYCON_COLLECTORS_NSX_WORDS_H
#define HYCON_COLLECTORS_NSX_WORDS_H

#include "collectors/nsx/list.h"

struct nsx_words;

struct nsx_words_source {
    const char *key, *word; /* members of results[]: "segment_path", "state" */
    const char *label;      /* "segment states" */
    const char *path;       /* of the list */
};

void nsx_words_free(struct nsx_words *w); /* NULL is fine */
/* A new reading starts, as a part of a run: fills run->request. *w is made when it is NULL; what is
 * known stays until it is replaced. */
void nsx_words_start(struct run *run, struct nsx_words **w, const struct nsx_words_source *source,
                     struct nsx_list *l);
/* Like a collector's step: STEP_SEND, or STEP_DONE. With an *err, words are missing; when a page
 * could not be read, all of them. */
enum step nsx_words_step(struct run *run, struct nsx_words *w, struct nsx_list *l,
                         const struct reply *reply, struct err *err);
/* NULL: not known. */
const char *nsx_words_get(struct nsx_words *w, const char *key);
/* A hash of everything known: rows made with it change when this does. */
uint64_t nsx_words_salt(const struct nsx_words *w);

#endif
