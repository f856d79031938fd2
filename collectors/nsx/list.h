/*
 * list: reading NSX lists page by page. A reply has results[], on its first page result_count, and
 * a cursor while there is more (reference: NSX API, paging); a cursor that begins with 0000 marks
 * the end, too. Memory holds one page.
 *
 * A page whose bytes did not change is not decoded again: its rows are taken over as a block
 * (core/snapshot.h) and its cursor is remembered here, by the hash of the page.
 */
#ifndef HYCON_COLLECTORS_NSX_LIST_H
#define HYCON_COLLECTORS_NSX_LIST_H

#include "collectors/collector.h"
#include "core/jsonq.h"

#define NSX_POLICY    "/policy/api/v1"
#define NSX_MANAGER   "/api/v1"
#define NSX_PAGE_SIZE 1000 /* default and maximum of NSX */

/* ---- one list of one run -----------------------------------------------------------------------
 */

struct nsx_list {
    const char *label, *path; /* in the run's arena */
    const char *cursor;       /* of the page that was asked for; NULL: the first */
    const char *mark; /* a cursor of before, to notice one that leads back; NULL: none yet */
    unsigned pages;   /* asked for so far */
    unsigned *odd;    /* counts items that are no objects; NULL: the run's first table does */
};

/* Ask for the first page of the list at a path (printf; with or without a query). */
enum step nsx_list_first(struct run *run, struct nsx_list *l, const char *label, const char *fmt,
                         ...) __attribute__((format(printf, 4, 5)));

enum nsx_more {
    NSX_LIST_END,
    NSX_LIST_MORE,   /* run->request asks for the next page: return STEP_SEND */
    NSX_LIST_BROKEN, /* the cursor leads nowhere, or too many pages; *err says so */
};

/* After a page with this cursor (NULL: none) was read. */
enum nsx_more nsx_list_more(struct run *run, struct nsx_list *l, const char *cursor,
                            struct err *err);

/* The page that was asked for could not be read: BROKEN, and *err says first what is missing. */
enum nsx_more nsx_list_cut(const struct nsx_list *l, struct err *err);

/* Read a page: an object with the array results (absent only where result_count is 0). @item gets
 * each object of it while there is only that one in memory; *odd (may be NULL)
 * counts the other items. The cursor (NULL: none) is in the run's arena. 0, or -1 and *err; then
 * items may have been given already. */
int nsx_page_walk(struct run *run, const struct reply *reply, const char *label, jsonq_item_fn item,
                  void *arg, unsigned *odd, const char **cursor, struct err *err);
/* The reply to what @l asked for: nsx_page_walk() and nsx_list_more() in one, and a reply that is
 * an error breaks the list. Items that are no objects are counted. */
enum nsx_more nsx_list_read(struct run *run, struct nsx_list *l, const struct reply *reply,
                            jsonq_item_fn item, void *arg, struct err *err);

/* ---- pages that did not change -----------------------------------------------------------------
 */

struct nsx_memo; /* hash of a page -> its cursor; kept in the state of a collector */

void nsx_memo_free(struct nsx_memo *m); /* NULL is fine */

/* Read one page into @b: as a block that is taken over, or row by row. @salt: a hash of everything
 * else the rows are made of. @row is called for each object of results[], other items are counted
 * in @b. The cursor is in the run's arena. 0, or -1 and *err, and nothing was added. */
typedef void (*nsx_row_fn)(void *arg, struct table_builder *b, struct json_object *item);
int nsx_page_read(struct run *run, struct nsx_memo **memo, struct table_builder *b, uint64_t salt,
                  const struct reply *reply, const char *label, nsx_row_fn row, void *arg,
                  const char **cursor, struct err *err);

/* A run that reads one list into one table: what follows from a page. A first page that is an error
 * is the run's; a later one leaves rows out. */
enum step nsx_list_step(struct run *run, const struct nsx_list *l, const struct reply *reply,
                        enum nsx_more more, const struct err *err);
/* The same of pages that nsx_page_read() reads. */
enum step nsx_list_page(struct run *run, struct nsx_list *l, struct nsx_memo **memo,
                        struct table_builder *b, uint64_t salt, const struct reply *reply,
                        nsx_row_fn row, void *arg);

/* ---- small things ------------------------------------------------------------------------------
 */

/* Is @type, the resource_type of an object, the wanted one? A search may answer with objects of
 * other types too; one that is not there (included_fields left it out) cannot be judged. */
bool nsx_is_type(const char *type, const char *wanted);
/* The last part of a policy path: its id. NULL stays NULL. */
const char *nsx_path_id(const char *path);
/* @text as a part of a path or a query, in the run's arena; slashes stay when @path. */
const char *nsx_escape(struct run *run, const char *text, bool path);
/* Where edge clusters are, from the session's facts or by convention. */
const char *nsx_enforcement_point(const struct run *run);
/* The primary call failed; what this manager does not have is unsupported, not failed. */
enum step nsx_fail(struct run *run, const struct reply *reply);
/* Rows are missing: the table is partial, and the first reason is kept. */
void nsx_partial(struct run *run, const struct err *err);
/* @n objects could not be read: "the edges of 3 gateways are missing: ...". None when @n is 0; a
 * note when the table is partial for another reason already. */
void nsx_partial_many(struct run *run, struct table_builder *b, unsigned n, const char *what,
                      const char *object, const struct err *first);
uint64_t nsx_mix(uint64_t a, uint64_t b); /* never 0 */

#endif
