/*
 * paths: which properties are read, and what of their values is kept. One table, from which the
 * filter, the poll and the decoder follow.
 *
 * Narrow on purpose: config.hardware.device of 40,000 VMs would be hundreds of MB. What does not
 * notify (reference: "might not generate property collector update notifications") is polled.
 */
#ifndef HYCON_COLLECTORS_VCENTER_PATHS_H
#define HYCON_COLLECTORS_VCENTER_PATHS_H

#include "collectors/vcenter/objects.h"

#include <stdbool.h>

enum pick_how {
    PICK_TEXT,     /* the text of the first such element */
    PICK_LIST,     /* the texts of all of them, each once */
    PICK_COUNT,    /* how many there are */
    PICK_EARLIEST, /* the earliest of these times */
    PICK_TYPE,     /* xsi:type of the element, of tasks alone */
};

#define PICKS_MAX 13

struct pick {
    const char *inside; /* path below the value: "GuestNicInfo/ipAddress"; "": the value itself */
    unsigned slot;
    enum pick_how how;
    bool deep; /* @inside is a name, at whatever depth */
};

struct path {
    enum object_type type;
    const char *name;
    const char *since; /* version of the API that brought it; NULL: older than what is supported */
    bool polled;
    bool slow;                    /* polled, but seldom */
    struct pick picks[PICKS_MAX]; /* ends with inside NULL */
};

#define PATHS_MAX 64 /* a set of them is a mask */

extern const struct path vcenter_paths[];
extern const unsigned vcenter_paths_count;

/* The path of @type that is called @name; @hint is where to look first (an index). NULL: none. */
const struct path *vcenter_path_find(enum object_type type, const char *name, unsigned hint);
/* Is it there in this version of the API? An unknown version has them all. */
bool vcenter_path_exists(const struct path *p, const char *api_version);

#endif
