/*
 * explain_rule: one realised rule (a row of host_rules), compiled, and the question whether a
 * packet matches it.
 *
 * An answer has four values, because neither the question nor the data need be complete: "yes",
 * "no", "depends" (on what was not asked: the source port, the ICMP type, the application) and
 * "unknown" (an address set was not read, a word is not understood). One criterion that says no
 * decides; else unknown is worse than depends, and depends worse than yes. What is not understood
 * is never taken for a match, and never for none.
 *
 * Grammar: the texts of the columns protocol, source, destination, ports and attribute are as the
 * host prints them:
 *   protocol     any | tcp [stateless|strict] | icmp icmptype 8 | icmp typecode 3:4
 *                | icmp with {stateless, icmptype 8} | 240 | ethertype arp [stateless]
 *   source       any | [not] addrset NAME | [not] ip ADDRESS[/PREFIX], with " port PORTS" perhaps
 *   ports        22 | 1024-65535 | {22, 135-139}
 *   attribute    addrset NAME | profile NAME: decided by what the traffic turns out to be
 * The meaning of protocol "ip" is not known (it may be number 0 or any): it gives "unknown".
 */
#ifndef HYCON_MODEL_EXPLAIN_RULE_H
#define HYCON_MODEL_EXPLAIN_RULE_H

#include "core/ip.h"
#include "core/snapshot.h"
#include "model/tables.h"

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct explain_named;
struct strbuf;

enum explain_match { EXPLAIN_YES, EXPLAIN_DEPENDS, EXPLAIN_UNKNOWN, EXPLAIN_NO };

/* The criterion that decided. */
enum explain_part {
    EXPLAIN_PART_NONE,
    EXPLAIN_PART_RULE, /* the rule itself was not understood */
    EXPLAIN_PART_DIRECTION,
    EXPLAIN_PART_FAMILY,
    EXPLAIN_PART_PROTOCOL,
    EXPLAIN_PART_ICMP,
    EXPLAIN_PART_SOURCE,
    EXPLAIN_PART_SOURCE_PORT,
    EXPLAIN_PART_DESTINATION,
    EXPLAIN_PART_PORT,
    EXPLAIN_PART_APPLICATION,
};

struct explain_answer {
    enum explain_match match;
    enum explain_part part;
};

/* -1 and NULL: not known. */
struct explain_packet {
    const struct ip *source, *destination;
    const char *source_mac, *destination_mac;
    uint8_t family; /* 4, 6; 0: not known */
    int protocol, source_port, port, icmp_type, icmp_code;
    bool out; /* leaves the machine whose filter is asked; else it arrives */
};

enum explain_action { EXPLAIN_ACCEPT, EXPLAIN_DROP, EXPLAIN_REJECT, EXPLAIN_PUNT, EXPLAIN_OTHER };
enum explain_end_kind { EXPLAIN_END_ANY, EXPLAIN_END_SET, EXPLAIN_END_IP, EXPLAIN_END_ODD };

#define EXPLAIN_PROTOCOL_ANY (-1)
#define EXPLAIN_PROTOCOL_ODD (-2)

struct explain_ports {
    uint16_t n; /* 0: any */
    bool odd;   /* not understood */
    const struct explain_port_range {
        uint16_t from, to;
    } * at;
};

struct explain_end {
    enum explain_end_kind kind;
    bool negated;
    const struct explain_named *set; /* EXPLAIN_END_SET */
    struct ip ip;                    /* EXPLAIN_END_IP */
    struct explain_ports ports;      /* "port PORTS" behind it */
};

/* Twenty thousand of them are made for a first answer, so a rule is small. Most are passed over by
 * protocol, port or direction: an end is looked up when it is first asked. */
struct explain_rule {
    const struct row *row;
    struct explain_maker *maker;                    /* that knows its ends */
    const struct explain_end *source, *destination; /* NULL: not asked yet */
    const struct explain_ports *ports;              /* of the destination */
    int64_t position;
    int protocol; /* of an L2 rule: the ethertype */
    int16_t icmp_type, icmp_code;
    enum explain_action action : 8;
    uint8_t family; /* 0: both */
    bool in, out, stateless, l2, odd, application;
};

/* How rules are compiled; outlives them. The parts of rules are few texts that rows share, so each
 * is compiled once and known again by where it stands. */
struct explain_maker {
    struct arena *arena; /* everything lives there, or is borrowed from the row */
    /* The set of a name; never NULL. */
    const struct explain_named *(*find_set)(void *arg, const char *name);
    void *arg;
    unsigned end_bits;
    struct explain_memo {
        const char *text; /* a cell's */
        const void *made; /* of it, in the arena */
    } * protocols, *ports, *ends;
    struct explain_head { /* of the last rule: its texts, and what they say */
        const char *direction, *family, *action;
        bool way_in, way_out;
        uint8_t ip;
        enum explain_action what;
    } head;
};

/* -1: none. */
static inline int64_t explain_rule_id(const struct explain_rule *r)
{
    int64_t id = -1;

    (void)row_int(r->row, HOST_RULES_RULE_ID, &id);
    return id;
}

/* Of the arena it takes explain_maker_size() bytes at once. @rules: about as many will come. */
void explain_maker_init(struct explain_maker *m, struct arena *arena, size_t rules,
                        const struct explain_named *(*find_set)(void *arg, const char *name),
                        void *arg);
size_t explain_maker_size(size_t rules);

/* @row outlives @maker: where its texts stand is remembered. */
void explain_rule_compile(struct explain_rule *out, const struct row *row,
                          struct explain_maker *maker);

/* Not thread-safe per maker: what is asked for the first time is compiled. */
struct explain_answer explain_rule_match(const struct explain_rule *r,
                                         const struct explain_packet *p);

/* Append why the rule was passed over, or what it depends on: "destination 172.16.10.11 is not in
 * addrset ip-vm-36". */
void explain_rule_reason(struct strbuf *out, const struct explain_rule *r,
                         const struct explain_packet *p, struct explain_answer a);
/* Append what made it match: "source 10.0.0.1 in addrset web (10.0.0.0/24), port 22". */
void explain_rule_matched(struct strbuf *out, const struct explain_rule *r,
                          const struct explain_packet *p);

/* ---- words shared with the rules of managers ----------------------------------------------------
 */

/* "tcp", "ICMPv4", "47"; EXPLAIN_PROTOCOL_ODD when the word is not known. */
int explain_protocol(const char *word);
/* "arp", "0x86dd"; EXPLAIN_PROTOCOL_ANY and _ODD likewise. */
int explain_ethertype(const char *word);
/* "tcp", "protocol 240"; "any protocol" for EXPLAIN_PROTOCOL_ANY. */
void explain_protocol_name(struct strbuf *out, int protocol);
bool explain_protocol_has_ports(int protocol);
bool explain_protocol_is_icmp(int protocol);
/* "22, 135-139" with commas or blanks between, in braces or not. */
struct explain_ports explain_ports_parse(struct arena *arena, const char *text, size_t len);
enum explain_match explain_ports_match(const struct explain_ports *ports, int port);

/* ---- sets by name -------------------------------------------------------------------------------
 */

/* A set that rules name. Its first question is answered by a look at each member, which costs less
 * than compiling it; with the second it is compiled. The answer for an address is kept, because one
 * question asks the same few sets thousands of times. */
struct explain_named {
    const char *name;
    const struct cell_list *members; /* NULL: not known */
    const char *missing;             /* why not */
    struct explain_set *set;         /* NULL: not compiled yet */
    bool looked;                     /* one question was answered without it, and then */
    size_t odd;                      /* members that were not understood */
    struct explain_asked {
        struct ip ip; /* family 0: nothing was asked yet */
        const char *member;
    } asked[2];
};

#endif
