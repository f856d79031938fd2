/*
 * esxi_text: every decoder of command output behind one call, for tests and fuzz targets: text in,
 * one line of counts out, in the words of tests/fixtures/esxi/EXPECT.tsv.
 */
#ifndef HYCON_TESTS_SUPPORT_ESXI_TEXT_H
#define HYCON_TESTS_SUPPORT_ESXI_TEXT_H

#include "collectors/esxi/lines.h"
#include "core/snapshot.h"

#include <stddef.h>

struct esxi_text {
    const char *prefix; /* of the names of its fixtures */
    const char *files;  /* more of them, divided by blanks; NULL: none */
    /* Feed @data in two pieces, cut at @cut; describe what came of it. @snapshot: rows, or NULL. */
    void (*run)(const char *data, size_t len, size_t cut, struct strbuf *out,
                struct parse_health *health, struct snapshot **snapshot);
};

extern const struct esxi_text esxi_texts[]; /* ends with a NULL prefix */
/* The decoder of fixture @name; NULL: none. */
const struct esxi_text *esxi_text_find(const char *name);

/* For fuzz targets: all ways to cut give the same, and the counts add up. Aborts otherwise. */
int esxi_text_fuzz(const char *prefix, const uint8_t *data, size_t size);

#endif
