/*
 * flows: `vsipioctl getflows -f FILTER`, the live connections of one network card, as rows of
 * flows.
 *
 *   Count retrieved from kernel active(L3,L4)=3, active(L2)+inactive(L3,L4)=0, drop(L2,L3,L4)=0
 *   558a796d00000000 Active tcp 0800 1 1006 0 0  172.16.10.12:Unknown(44194)
 *       172.16.10.11:ssh(22) 2413 EST 3017 2957 19 18
 *
 * (one line). One real output is public, of NSX-V 6.1. Columns 1 to 6, 9 and 10 are sure for it;
 * 7, 8 and 11 are unknown and stay uninterpreted. That column 5 is 1 for in and 2 for out follows
 * from pf and agrees with the sample; that the four last numbers are bytes and packets of two
 * directions is plausible, which one is which is not known: so they are called 1 and 2. Counters
 * are read where the tail is four numbers, with a number and a word in front of them perhaps; any
 * other tail, such as that of a release that prints more, is in `raw` alone. The counts of the
 * first line need not agree with the lines that follow.
 */
#ifndef HYCON_COLLECTORS_ESXI_FLOWS_H
#define HYCON_COLLECTORS_ESXI_FLOWS_H

#include "collectors/esxi/lines.h"
#include "collectors/esxi/words.h"

struct table_builder;

#define FLOWS_COLUMNS 24

struct flows {
    struct lines lines;
    struct table_builder *b;
    const char *host, *filter, *vm;    /* in the block's arena */
    bool counted;                      /* the line of counts was there */
    int64_t active, inactive, dropped; /* what it said */
    uint64_t tails;                    /* lines whose tail is not known: no counters */
    struct interns *names;
    struct slice last[FLOWS_COLUMNS]; /* what each column said last */
};

/* @vm may be NULL. Rows go to @b's present block. */
void flows_init(struct flows *f, struct table_builder *b, const char *host, const char *filter,
                const char *vm);
void flows_feed(struct flows *f, const char *data, size_t len);
/* false: the output ends within a line, so flows may be missing. */
bool flows_end(struct flows *f, bool whole);
void flows_release(struct flows *f);

#endif
