/*
 * chunks: equal pieces of memory for arenas, cut from regions that begin where a huge page does.
 *
 * Touching a page for the first time is what costs most when rows are made by the thousand: a
 * fault takes as long as copying five pages. A region asks for a huge page, and one fault does the
 * work of 512; a chunk that is given back is handed out again with its pages still there. The first
 * region of a process is of usual pages, so that one that reads little stays small, unless it says
 * that it is in a hurry.
 *
 * There are two sizes, each with regions of its own: the usual one, and small ones for arenas of
 * which there are thousands, like the blocks of a table.
 *
 * What is kept: CHUNKS_WARM bytes of free chunks of each size with their pages; those of others go
 * back to the kernel, and a region of which nothing is in use goes as a whole, unless it has the
 * warm ones. Any thread. Under AddressSanitizer each chunk is a block of malloc, so that a lost
 * arena is still found.
 */
#ifndef HYCON_CORE_CHUNKS_H
#define HYCON_CORE_CHUNKS_H

#include <stddef.h>

#define CHUNKS_SIZE  (256u << 10) /* of a chunk, at most */
#define CHUNKS_SMALL (32u << 10)  /* of a small one */
#define CHUNKS_WARM  (2u << 20)   /* bytes of each size */

/* A chunk, *size bytes of it (a little less than CHUNKS_SIZE in one of eight); it holds whatever
 * was in it. Ends the program when there is no memory. */
void *chunks_take(size_t *size);
void *chunks_take_small(size_t *size);
/* Of either size. */
void chunks_give(void *chunk);
/* This process makes much at once and ends: huge pages from the first region on, and no page goes
 * back before its end. */
void chunks_hurry(void);

#endif
