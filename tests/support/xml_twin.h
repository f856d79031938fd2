/*
 * xml_twin: one document read by both readers of XML, the scanner and libxml2. What they tell must
 * be the same; where it may differ is said at xml_twin_check().
 */
#ifndef HYCON_TESTS_SUPPORT_XML_TWIN_H
#define HYCON_TESTS_SUPPORT_XML_TWIN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/err.h"
#include "core/strbuf.h"

struct xml_backend;

/* What a reader has told: the events, each with a '\v' behind it, and how it ended. */
struct xml_told {
    struct strbuf events;
    int rc;
    struct err err;
    bool over; /* the error came when there were no more bytes */
};

#define XML_TWIN_TEXT_MAX 4096

/* @backend NULL: the one that core/xml.c chooses. @piece gives the bytes of the next piece, of
 * those that are left (at least one); NULL: all at once. */
void xml_tell(struct xml_told *told, const struct xml_backend *backend, const char *data,
              size_t len, size_t (*piece)(void *arg, size_t left), void *arg);
void xml_told_release(struct xml_told *told);

/* NULL: @scanned and @oracle (libxml2, all at once) agree about the document. Otherwise one
 * sentence that says in what they differ; valid until the next call. */
const char *xml_twin_check(const struct xml_told *scanned, const struct xml_told *oracle,
                           const char *data, size_t len);

#endif
