/*
 * objects: policy objects that rows of another table name by their path: the policies of rules, the
 * groups and services in them. One search lists all of a type; where the search index is not ready
 * or not offered, the lists of the domains are read instead (by convention "default", on VMC "cgw"
 * and "mgw"). A search may leave out the members that are not needed (included_fields), a list
 * cannot.
 *
 * A list that an SDDC does not offer leaves nothing out, unless nothing could be read at all.
 *
 * Kept between runs: pages whose bytes did not change are not decoded again, and a reading that
 * fails leaves what was known before.
 */
#ifndef HYCON_COLLECTORS_NSX_OBJECTS_H
#define HYCON_COLLECTORS_NSX_OBJECTS_H

#include "collectors/nsx/list.h"

struct nsx_objects; /* in the state of a collector; NULL: nothing known */

struct nsx_object {
    const char *path, *name; /* name: display_name, else the id */
    void *more;              /* what the source made of it, or NULL */
};

struct nsx_objects_source {
    const char *label;            /* "groups" */
    const char *type;             /* resource_type of what is wanted */
    const char *search;           /* what follows query= */
    const char *const *lists;     /* paths below NSX_POLICY, NULL-terminated */
    const char *const *vmc_lists; /* the same on VMC */
    /* What else is wanted of an object, in @a; NULL: nothing. */
    void *(*more)(struct arena *a, struct json_object *o);
};

/* A reading, as a part of a run. */
struct nsx_objects_reader {
    struct nsx_objects *objects;
    const struct nsx_objects_source *sources;
    size_t nsources, source;
    size_t list;       /* 0: the search; else the number of the list */
    size_t first_page; /* of this source */
    struct nsx_list pages;
    unsigned pages_read;
    struct err err;      /* why some or all are missing; ERR_NONE: complete */
    struct err not_here; /* what the first list said that this manager does not have */
};

void nsx_objects_free(struct nsx_objects *o); /* NULL is fine */
/* Starts to read: fills run->request. *o is made when it is NULL. Returns STEP_SEND. */
enum step nsx_objects_start(struct run *run, struct nsx_objects **o,
                            const struct nsx_objects_source *sources, size_t n,
                            struct nsx_objects_reader *r);
/* Like a collector's step: STEP_SEND, or STEP_DONE. */
enum step nsx_objects_step(struct run *run, struct nsx_objects_reader *r,
                           const struct reply *reply);
/* NULL: not known. */
const struct nsx_object *nsx_objects_get(const struct nsx_objects *o, const char *path);
size_t nsx_objects_count(const struct nsx_objects *o);
/* In the order of the lists. */
const struct nsx_object *nsx_objects_at(const struct nsx_objects *o, size_t i);
/* A hash of all that is known: rows made with it change when this does. */
uint64_t nsx_objects_salt(const struct nsx_objects *o);
/* Is a search worth replacing by lists: not there, not allowed, or not ready? */
bool nsx_search_failed(const struct err *err);

#endif
