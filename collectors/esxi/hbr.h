/*
 * hbr: how far the replication of a virtual machine is, as its host says.
 *
 *   vim-cmd hbrsvc/vmreplica.getState ID               sizes in words, 1024-based
 *     ... Current replication state: Group: GID-... (generation=N)
 *     Group State: full sync (10% done: checksummed 1.1 GB of 10 GB, transferred 1.9 MB of 1.9 MB)
 *     DiskID RDID-... State: full sync (checksummed ..., transferred ...)
 *   vim-cmd hbrsvc/vmreplica.queryReplicationState ID  bytes
 *     State: syncing
 *     Progress: 0% (checksum: 0/17179869184; transfer: 0/0)
 *
 * Nothing transferred is usual while checksums are compared. "notConfigured" is no error: the
 * machine is not replicated. Only outputs of ESXi 5.0 are public; states besides these are shown as
 * printed.
 */
#ifndef HYCON_COLLECTORS_ESXI_HBR_H
#define HYCON_COLLECTORS_ESXI_HBR_H

#include "collectors/esxi/lines.h"
#include "collectors/esxi/words.h"

#define HBR_TEXT 80

struct hbr {
    struct lines lines;
    bool configured, not_configured;
    char group[HBR_TEXT]; /* "GID-..."; "" when not printed */
    char state[HBR_TEXT]; /* "full sync", "syncing"; as printed */
    int64_t percent;      /* -1: not printed, as are the others */
    int64_t checksum_done, checksum_total, transfer_done, transfer_total; /* bytes */
    unsigned disks;
};

void hbr_init(struct hbr *h);
void hbr_feed(struct hbr *h, const char *data, size_t len);
void hbr_end(struct hbr *h, bool whole);
void hbr_release(struct hbr *h);

#endif
