/*
 * xml_paths: which of a list of paths the element at hand is.
 *
 * A reader keeps each name of a document once, so a path that was walked before is recognised by
 * pointers: names are compared letter by letter only the first time that a document has a path. The
 * walk is a tree of the names that were seen; most children come in the same order in every parent,
 * so the one that is looked for is mostly the one behind the last.
 *
 * Good for one document (one struct xml_reader).
 */
#ifndef HYCON_CORE_XML_PATHS_H
#define HYCON_CORE_XML_PATHS_H

#include "core/xml.h"

struct xml_paths;

/* @paths begin at @depth, as those of xml_path_is(), and must outlive it. */
struct xml_paths *xml_paths_new(const char *const *paths, size_t n, unsigned depth);
void xml_paths_free(struct xml_paths *p); /* NULL is fine */
/* From within a handler: the first of the paths that leads to this element, or -1. */
int xml_paths_at(struct xml_paths *p, const struct xml_reader *x);

#endif
