/*
 * columns: tables of esxcli and esxcfg, cut by the place where columns begin.
 *
 *   Health Test Name                                    Status
 *   --------------------------------------------------  ------
 *   Overall health                                      yellow (Cluster health issue)
 *
 * Cells may be empty and names hold blanks, so words say nothing: the line of dashes does. A column
 * reaches from its first dash to the next column's, the last one to the end of the line, which runs
 * past its dashes. Tools without a line of dashes (esxcfg-nics -l, net-stats -l) are cut where the
 * names of their header begin; the caller tells those names. Places are characters, not bytes.
 *
 * An empty line ends a table; another may follow.
 */
#ifndef HYCON_COLLECTORS_ESXI_COLUMNS_H
#define HYCON_COLLECTORS_ESXI_COLUMNS_H

#include "collectors/esxi/lines.h"
#include "collectors/esxi/words.h"

#define COLUMNS_MAX 32

struct columns_row {
    size_t n;
    struct slice cells[COLUMNS_MAX]; /* trimmed; length 0: empty */
    size_t indent;                   /* blanks in front of the first cell */
};

struct columns {
    struct lines lines;
    void (*on_row)(void *arg, const struct columns_row *row);
    void *arg;
    const char *const *names; /* of a header without dashes, NULL-terminated; NULL: dashes */
    size_t n;
    size_t starts[COLUMNS_MAX]; /* in characters; n 0: no table begins yet */
    char *header;               /* the last line, which may be one */
    char *titles[COLUMNS_MAX];  /* by column */
    uint64_t rows;
};

void columns_init(struct columns *c, const char *const *names,
                  void (*on_row)(void *arg, const struct columns_row *row), void *arg);
void columns_feed(struct columns *c, const char *data, size_t len);
void columns_end(struct columns *c, bool whole);
void columns_release(struct columns *c);

/* The cell below @title of the present table; length 0 when there is none. */
struct slice columns_cell(const struct columns *c, const struct columns_row *row,
                          const char *title);

#endif
