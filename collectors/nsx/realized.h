/*
 * realized: the realization state of every segment, by policy path, from pages of segments/state.
 * Kept between runs: a page whose bytes did not change is not decoded again. Of each segment only a
 * hash of its path and the number of its word are held (16 bytes), so that 100,000 segments cost
 * 1.6 MB. Words are the manager's own (success, partial_success, ...; reference: NSX API 4.7).
 */
#ifndef HYCON_COLLECTORS_NSX_REALIZED_H
#define HYCON_COLLECTORS_NSX_REALIZED_H

#include <stdint.h>

#include "core/err.h"

struct nsx_realized;
struct reply;

void nsx_realized_free(struct nsx_realized *r); /* NULL is fine */
/* A new reading starts; *r is made when it is NULL. What is known stays until it is replaced. */
void nsx_realized_start(struct nsx_realized **r);
/* Take the next page of the reading. *cursor: valid until the next call. 0, or -1 and *err. */
int nsx_realized_page(struct nsx_realized *r, const struct reply *reply, const char **cursor,
                      struct err *err);
/* The reading is over: forget pages that did not come again; all of them when @failed. */
void nsx_realized_end(struct nsx_realized *r, int failed);
/* The word for the segment at @path; NULL: not known. */
const char *nsx_realized_word(struct nsx_realized *r, const char *path);
/* A hash of everything known: rows made with it change when this does. */
uint64_t nsx_realized_salt(const struct nsx_realized *r);

#endif
