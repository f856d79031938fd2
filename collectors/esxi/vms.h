/*
 * vms: `vim-cmd vmsvc/getallvms`.
 *
 *   Vmid  Name          File                                     Guest OS      Version  Annotation
 *   6     My Awesome VM [ds-1] My Awesome VM/My Awesome VM.vmx   rhel6_64Guest vmx-08
 *
 * Names hold blanks and brackets and columns are as wide as their widest value, so a line is read
 * from its sure parts: the number at the left, the last "[datastore] path.vmx", the words behind
 * it. The only public sample lost its datastore, so a path without one is taken, too: then the name
 * is what the path repeats ("NAME/NAME.vmx"). Annotations may run over several lines; lines without
 * a .vmx are passed over.
 */
#ifndef HYCON_COLLECTORS_ESXI_VMS_H
#define HYCON_COLLECTORS_ESXI_VMS_H

#include "collectors/esxi/lines.h"
#include "collectors/esxi/words.h"

struct vms_entry {
    int64_t id;
    struct slice name, file, guest, version;
};

struct vms {
    struct lines lines;
    void (*on_vm)(void *arg, const struct vms_entry *e);
    void *arg;
    uint64_t rows;
};

void vms_init(struct vms *v, void (*on_vm)(void *arg, const struct vms_entry *e), void *arg);
void vms_feed(struct vms *v, const char *data, size_t len);
void vms_end(struct vms *v, bool whole);
void vms_release(struct vms *v);

#endif
