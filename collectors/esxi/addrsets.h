/*
 * addrsets: `vsipioctl getaddrsets -f FILTER`, the members of address sets as one network card of a
 * host has them, as rows of addrsets.
 *
 *   addrset ip-vm-33 {
 *   ip 172.16.10.12,
 *   }
 *
 * NSX-V 6.2 prints a second brace behind an empty set, so a brace closes what is open and is
 * nothing otherwise. Members are kept as printed: addresses, prefixes, MAC addresses (ranges
 * "a-b" were never seen, and would be kept, too).
 *
 * All network cards of a host hold mostly the same sets, and a large estate has 250,000 members on
 * each card. So one decoder reads all filters of a host: the members of a set are collected in one
 * buffer, and when an earlier filter had a set of this name with the very same bytes, the row takes
 * that list, and only the row is new.
 */
#ifndef HYCON_COLLECTORS_ESXI_ADDRSETS_H
#define HYCON_COLLECTORS_ESXI_ADDRSETS_H

#include "collectors/esxi/lines.h"
#include "collectors/esxi/words.h"

struct map;
struct table_builder;

struct addrsets {
    struct lines lines;
    struct table_builder *b;
    const char *host, *filter; /* in the block's arena */
    const char *set;           /* being read, or NULL */
    bool braces;               /* it ends with a brace (nsxcli prints none) */
    const char *kind;
    struct strbuf text; /* of its members, each with a NUL */
    size_t members;
    struct map *known; /* of a set's name: the list it had last */
    struct interns *names;
    uint64_t shared; /* rows that took an earlier list */
};

/* Rows go to @b's present block, which must stay so until the end. */
void addrsets_init(struct addrsets *a, struct table_builder *b, const char *host);
void addrsets_begin(struct addrsets *a, const char *filter); /* what follows is of this filter */
void addrsets_feed(struct addrsets *a, const char *data, size_t len);
/* The output of this filter is over. false: it ends inside of a set, so members are missing. */
bool addrsets_end(struct addrsets *a, bool whole);
void addrsets_release(struct addrsets *a);

#endif
