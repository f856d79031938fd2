/*
 * answers: what vSAN's management service says, decoded. Elements are told by their local names:
 * those of types that older versions of vim25 declared come in its namespace, newer ones in vSAN's.
 * (Reference: vSAN Management API, types VsanSpaceUsage, VsanClusterHealthSummary,
 * VsanHostVsanObjectSyncQueryResult, ConfigInfoEx.) A figure that is not there stays -1.
 *
 * Every reader returns 0, or -1 and @err for what is no such answer.
 */
#ifndef HYCON_COLLECTORS_VSAN_ANSWERS_H
#define HYCON_COLLECTORS_VSAN_ANSWERS_H

#include "core/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct reply;

#define VSAN_CLUSTERS_MAX 1000
#define VSAN_TYPES_MAX    64
#define VSAN_GROUPS_MAX   256 /* health groups, and tests of all of them */

struct vsan_cluster {
    const char *id, *name, *uuid; /* uuid: what its hosts call it; NULL: not told */
    bool enabled;
};

struct vsan_clusters {
    struct vsan_cluster *at; /* VSAN_CLUSTERS_MAX of them */
    size_t n, lost;          /* lost: beyond that */
    const char *token;       /* more are to be had; NULL: that was all */
    bool expired;            /* "the session is over", said with status 200 */
};

/* Appends to @out; a RetrieveResult. An empty answer has no clusters. */
int vsan_read_clusters(struct arena *arena, const struct reply *reply, struct vsan_clusters *out,
                       struct err *err);

struct vsan_space {
    int64_t capacity, free, logical_used, physical_used;
    int64_t yellow_percent; /* used percent from which on vSAN itself warns */
    struct {
        const char *type;
        int64_t used;
    } types[VSAN_TYPES_MAX]; /* largest first */
    size_t ntypes;
};

int vsan_read_space(struct arena *arena, const struct reply *reply, struct vsan_space *out,
                    struct err *err);

struct vsan_health {
    const char *overall;                 /* "green"; NULL: not told */
    const char *kms;                     /* of the group about encryption; NULL: there is none */
    const char *groups[VSAN_GROUPS_MAX]; /* "Data:yellow", not green ones */
    const char *tests[VSAN_GROUPS_MAX];  /* "Data/vSAN object health:yellow" */
    size_t ngroups, ntests;
};

int vsan_read_health(struct arena *arena, const struct reply *reply, struct vsan_health *out,
                     struct err *err);

struct vsan_resync {
    int64_t bytes, eta_s; /* what is left; -1: not told */
};

/* 0, or -1 with @err. */
int vsan_read_resync(const struct reply *reply, struct vsan_resync *out, struct err *err);
/* @encrypted: -1 not told, 0, 1. */
int vsan_read_config(const struct reply *reply, int *encrypted, struct err *err);
/* The newest version of urn:vsan in the document of versions, in @arena; NULL: none. */
const char *vsan_read_version(struct arena *arena, const struct reply *reply);

#endif
