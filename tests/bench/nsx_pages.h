/* nsx_pages: pages of an NSX list decoded by a collector in this process, against json-c's bare
 * parse of the same pages; and the same pages again, which must cost almost nothing. No transport.
 */
#ifndef HYCON_TESTS_BENCH_NSX_PAGES_H
#define HYCON_TESTS_BENCH_NSX_PAGES_H

#include "tests/support/collector_run.h"

struct bench_nsx {
    const char *section, *what; /* "nsx", "segments" */
    const struct collector *collector;
    char *(*make_page)(unsigned page, size_t *len); /* malloc'ed; cursors are p0001 ... */
    const char *first;            /* what the request for the first page contains */
    struct canned_reply *replies; /* the pages, then others, which are filled already */
    size_t nreplies;
    unsigned pages;
    size_t rows; /* that must come out of them */
    double goal; /* CPU against the bare parse */
    size_t bytes;
};

void bench_nsx_run(struct bench_nsx *n);

#endif
