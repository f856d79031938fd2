/*
 * pairs: text of "Key : value" lines, as the command lines of NSX and most `get` commands of esxcli
 * print it: blocks of keys, blocks inside of blocks by indentation, keys that repeat.
 *
 *   Peer Routers
 *       Node UUID   : 9fe732b6-0330-11ec-ae4e-005056821b5a
 *       HA state    : Active
 *
 * Each pair is handed on with the headings it stands below. A heading is a line without a colon, or
 * with one and nothing behind it, that deeper lines follow; how deep is counted in blanks, whose
 * number is not the same everywhere. A time stamp as first line (nsxcli prints one) is passed over;
 * "% Command not found" and the like are errors, which nsxcli's exit status does not tell.
 */
#ifndef HYCON_COLLECTORS_ESXI_PAIRS_H
#define HYCON_COLLECTORS_ESXI_PAIRS_H

#include "collectors/esxi/lines.h"
#include "collectors/esxi/words.h"

#define PAIRS_DEPTH 8
#define PAIRS_ERROR 200

struct pairs_level {
    size_t indent;
    char *name; /* the heading's */
};

struct pairs {
    struct lines lines;
    /* @heading: the innermost heading, "" at the top. */
    void (*on_pair)(void *arg, const char *heading, struct slice key, struct slice value);
    void *arg;
    struct pairs_level levels[PAIRS_DEPTH];
    unsigned depth;
    unsigned pairs;          /* how many were handed on */
    char error[PAIRS_ERROR]; /* of the command itself, sanitised; "": none */
};

void pairs_init(struct pairs *p,
                void (*on_pair)(void *arg, const char *heading, struct slice key,
                                struct slice value),
                void *arg);
void pairs_feed(struct pairs *p, const char *data, size_t len);
void pairs_end(struct pairs *p, bool whole);
void pairs_release(struct pairs *p);

/* Is this line an error of nsxcli or of a shell that does not know the command? */
bool nsxcli_is_error(struct slice line);
/* Keep the first error, sanitised, in @to of PAIRS_ERROR bytes. */
void nsxcli_keep_error(char *to, struct slice line);
/* A pager waits for a key where there is a terminal; over exec there is none, but what it would
 * leave in front of a line is passed over. */
struct slice nsxcli_without_pager(struct slice line);

#endif
