/*
 * getfilters: `vsipioctl getfilters`, the filters of the distributed firewall with what
 * summarize-dvfilter does not print: the hash that packet logs name them by, and on NSX-T the
 * virtual interface and whether rules were configured. Blocks of "Key : value", divided by empty
 * lines; keys that are not known are passed over.
 */
#ifndef HYCON_COLLECTORS_ESXI_GETFILTERS_H
#define HYCON_COLLECTORS_ESXI_GETFILTERS_H

#include "collectors/esxi/lines.h"
#include "collectors/esxi/words.h"

struct arena;

struct getfilters_entry {
    const char *name, *vm_uuid, *vif, *hash, *config; /* NULL: not printed */
    int64_t vnic;                                     /* -1: not printed */
};

struct getfilters {
    struct lines lines;
    struct arena *arena;
    struct getfilters_entry *items;
    size_t n, cap;
};

/* The texts live in @arena. */
void getfilters_init(struct getfilters *g, struct arena *arena);
void getfilters_feed(struct getfilters *g, const char *data, size_t len);
void getfilters_end(struct getfilters *g, bool whole);
void getfilters_release(struct getfilters *g);
const struct getfilters_entry *getfilters_find(const struct getfilters *g, const char *name);

#endif
