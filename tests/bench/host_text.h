/*
 * host_text: what `vsipioctl` prints on a host, made up in the variety of the outputs that are
 * public (tests/fixtures/esxi/): the sections that measure decoding, search and transport read it.
 *
 * getrules. A rule of the manager is between one and 24 lines that share id, source, destination
 * and end (getrules-v6-rule4525-excerpt: 24 lines, one of them internal), so ids have gaps and no
 * two lines the same ports. Names of address sets are of all kinds that were seen (ip-vm-36,
 * ip-ipset-2, ip-securitygroup-2833, ip-virtualwire-1, src1048, dst8187), each from thousands, a
 * third of the rules has "any" at one end. Ports are well-known ones, single ones out of all,
 * ranges and sets; protocols tcp, udp, icmp with a type, any; most lines are logged, some are
 * reject or drop, a few have an application gateway ("as dcerpc") and its internal twin. The
 * ruleset ends as the real ones do, in icmptype 135 and 136, udp 67 and 68, and any.
 *
 * getflows. One line of a real output is public, so the form of a line is that one's, and what
 * varies is what has to: both addresses, both ports, rule, direction, state and the four counters
 * differ on every line, as on the card of a router or a balancer. (The card of an ordinary virtual
 * machine has its own address at one end of each flow, which is easier to decode.) One in eight is
 * udp and one in forty icmp, without ports; half of the services have a name. Ids are numbers that
 * count up, in which order they are printed is not known: with an even seed they ascend with gaps,
 * with an odd one they are in no order.
 */
#ifndef HYCON_TESTS_BENCH_HOST_TEXT_H
#define HYCON_TESTS_BENCH_HOST_TEXT_H

#include <stdint.h>

struct strbuf;

/* A ruleset of @lines rules, and one of layer 2 with one more. */
void host_text_rules(struct strbuf *out, unsigned lines, uint64_t seed);
/* The line of counts and @lines flows. */
void host_text_flows(struct strbuf *out, unsigned lines, uint64_t seed);
/* Linear congruential: the same text for a seed, everywhere. */
unsigned host_text_random(uint64_t *seed, unsigned below);

#endif
