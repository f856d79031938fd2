/*
 * dvfilter: `summarize-dvfilter`, every packet filter of a host.
 *
 *   world 145244 vmm0:web-sv-01a vcUuid:'50 26 c7 cd b6 f3 f4 bc-e5 33 3d 4b 25 5c 62 77'
 *    port 50331662 web-sv-01a.eth0
 *     vNic slot 2
 *      name: nic-145244-eth0-vmware-sfw.2
 *      agentName: vmware-sfw
 *      ...
 *
 * Indentation differs between the shell and the central CLI, so lines are known by their words
 * alone. The name of a virtual machine may hold anything: it is what stands between the first
 * "vmm0:" and the last " vcUuid:'". Names of filters may hold blanks. "world 0 <no world>" groups
 * the ports of the host itself. Lines "--" are grep's.
 */
#ifndef HYCON_COLLECTORS_ESXI_DVFILTER_H
#define HYCON_COLLECTORS_ESXI_DVFILTER_H

#include "collectors/esxi/lines.h"
#include "collectors/esxi/words.h"

#define DVFILTER_UUID 40

/* The text is valid during the call; NULL: not printed. */
struct dvfilter_entry {
    const char *vm, *vm_uuid; /* NULL: a port of the host itself */
    const char *port, *client, *vnic;
    const char *slot_kind; /* "vNic", "dvPort" */
    int64_t slot;          /* -1: not printed */
    const char *name, *agent, *state, *vm_state, *fail_policy, *slow_path, *source;
};

struct dvfilter {
    struct lines lines;
    void (*on_filter)(void *arg, const struct dvfilter_entry *e);
    void *arg;
    struct arena *arena; /* of the texts of the entry */
    struct dvfilter_entry now;
    bool in_slot;
    unsigned vms, ports, filters, agents, slow_paths;
};

/* @on_filter is called for each filter once it is complete. */
void dvfilter_init(struct dvfilter *d, void (*on_filter)(void *arg, const struct dvfilter_entry *e),
                   void *arg);
void dvfilter_feed(struct dvfilter *d, const char *data, size_t len);
/* false: the output ends within a line, so filters may be missing. */
bool dvfilter_end(struct dvfilter *d, bool whole);
void dvfilter_release(struct dvfilter *d);

/* "50 26 c7 cd b6 f3 f4 bc-e5 33 ..." as a UUID with dashes, in @out of DVFILTER_UUID; false: it is
 * none. */
bool dvfilter_uuid(struct slice s, char *out);

#endif
