/*
 * explain_cloud: what AWS lets pass between an interface of the SDDC and one of the linked VPC.
 *
 *   security group   of an interface: a union of rules that allow; stateful, so replies need none.
 *                    A rule that names another group means the interfaces that carry it. The SDDC
 *                    counts as one instance with the groups of its active interface: so VMware
 *                    documents it for traffic of its machines, whose addresses are not that
 *                    interface's.
 *   network ACL      of a subnet: entries in the order of their numbers, the first that matches
 *                    decides; stateless, so replies are judged, too. Packets within one subnet
 *                    pass none.
 *
 * What may be any of several things (the port was not asked, replies go to a port that the source
 * chose) is a range: an entry matches for certain when it covers all of it.
 */
#ifndef HYCON_MODEL_EXPLAIN_CLOUD_H
#define HYCON_MODEL_EXPLAIN_CLOUD_H

#include "model/explain_priv.h"

/* Whose groups are asked, and who is at the other end. */
struct explain_interface {
    struct explain_at eni;  /* row NULL: not known which one */
    struct explain_at peer; /* the interface of the other end; row NULL: not known */
    const struct ip *other; /* the address of the other end; NULL: not known */
    bool out;               /* the packet leaves the interface */
    bool sddc;              /* the other end is a machine behind the SDDC's interface */
};

void explain_group_hop(struct explain_ask *a, const struct explain_interface *i);

/* The ACL of @subnet, in the VPC of @endpoint. */
void explain_acl_hop(struct explain_ask *a, const char *subnet, bool out);

/* ---- for both ---------------------------------------------------------------------------------
 */

/* A packet as AWS's rules see it. Ports are those of its destination; of ICMP the type. */
struct explain_cloud_packet {
    int protocol;   /* EXPLAIN_PROTOCOL_ANY: not asked */
    int64_t lo, hi; /* ports that it may have */
    int icmp_type;  /* -1: not known */
};

/* The packet of the question; @reply: what comes back. */
struct explain_cloud_packet explain_cloud_packet(const struct explain_packet *p, bool reply);
/* "-1", "any", "tcp", "6", "icmpv6" against the packet's. */
enum explain_match explain_cloud_protocol(const char *word, const struct explain_cloud_packet *p);
/* Ports @from..@to (-1: not said, all) against the packet's range. */
enum explain_match explain_cloud_ports(int64_t from, int64_t to,
                                       const struct explain_cloud_packet *p);
/* Type and code of a rule (-1: all) against the packet's. */
enum explain_match explain_cloud_icmp(int64_t type, int64_t code,
                                      const struct explain_cloud_packet *p);
bool explain_cloud_is_icmp(const char *word);
/* The worse of two: no, then unknown, depends, yes. */
enum explain_match explain_cloud_worse(enum explain_match a, enum explain_match b);
/* Why nothing can be concluded from @schema; also when the account may not read it. */
const char *explain_cloud_unread(struct explain_ask *a, const struct schema *schema);

#endif
