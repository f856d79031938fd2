/*
 * filterstat: `vsipioctl getfilterstat -f FILTER`, what a filter has passed and dropped, and why.
 *
 *   PACKETS             IN               OUT
 *   -------             --               ---
 *   v4 pass:            1203345          1199800
 *
 * The layout was never seen in a public output of a host, only told, so this takes what it can: a
 * line above a line of dashes names a section, a line "name: number [number]" is a counter in it,
 * "name: text" a fact. The same name stands in several sections.
 */
#ifndef HYCON_COLLECTORS_ESXI_FILTERSTAT_H
#define HYCON_COLLECTORS_ESXI_FILTERSTAT_H

#include "collectors/esxi/lines.h"
#include "collectors/esxi/words.h"

#define FILTERSTAT_SECTION 40

struct filterstat_entry {
    const char *section;      /* in lower case: "packets", "drop reason"; "" before the first */
    struct slice name, value; /* value: all that is behind the colon */
    bool counted, both;       /* value is one number, two numbers */
    int64_t in, out;          /* counted: in alone */
};

struct filterstat {
    struct lines lines;
    void (*on_entry)(void *arg, const struct filterstat_entry *e);
    void *arg;
    char section[FILTERSTAT_SECTION], heading[FILTERSTAT_SECTION];
};

void filterstat_init(struct filterstat *f,
                     void (*on_entry)(void *arg, const struct filterstat_entry *e), void *arg);
void filterstat_feed(struct filterstat *f, const char *data, size_t len);
void filterstat_end(struct filterstat *f, bool whole);
void filterstat_release(struct filterstat *f);

#endif
