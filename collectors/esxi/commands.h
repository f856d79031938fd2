/*
 * commands: everything that is ever run on a host or an edge, in one list. A name that becomes part
 * of a command line must look like one of its kind, and is quoted; there is no other way to a
 * command line.
 */
#ifndef HYCON_COLLECTORS_ESXI_COMMANDS_H
#define HYCON_COLLECTORS_ESXI_COMMANDS_H

#include "collectors/collector.h"

enum esxi_command {
    ESXI_VERSION,
    ESXI_DVFILTER,
    ESXI_GETFILTERS,
    ESXI_GETRULES,    /* of a filter */
    ESXI_RULE_COUNTS, /* of a filter */
    ESXI_ADDRSETS,    /* of a filter */
    ESXI_FLOWS,       /* of a filter */
    ESXI_FILTERSTAT,  /* of a filter */
    ESXI_CONNECTIONS,
    ESXI_VIBS,
    ESXI_VSAN_CLUSTER,
    ESXI_VSAN_HEALTH,
    ESXI_VSAN_OBJECTS,
    ESXI_GETALLVMS,
    ESXI_HBR_STATE, /* of a virtual machine's number */
    EDGE_VERSION,
    EDGE_STATUS_COMMAND,
    EDGE_ROUTERS,
    EDGE_GATEWAY_HA, /* of a service router: NSX 3.2 and later */
    EDGE_HA,
    EDGE_BRIDGES,
    ESXI_COMMANDS,
};

/* The line of a command that takes no name. */
const char *esxi_command_line(enum esxi_command c);
/* The same with % for the name, to speak of it. */
const char *esxi_command_pattern(enum esxi_command c);
/* Is @name what the command takes? Always true for one that takes none. */
bool esxi_command_takes(enum esxi_command c, const char *name);
/* Fill run->request with the command; its output comes in pieces. STEP_SEND, or STEP_FAIL when
 * @name (NULL for commands without) is not acceptable. */
enum step esxi_command_send(struct run *run, enum esxi_command c, const char *name);

#endif
