/* firewall_text: what a host prints, as the tables that the collectors make of it. */
#ifndef HYCON_TESTS_SUPPORT_FIREWALL_TEXT_H
#define HYCON_TESTS_SUPPORT_FIREWALL_TEXT_H

#include "core/snapshot.h"

#define FIREWALL_SITE     "dc1"
#define FIREWALL_ENDPOINT "esx/esx-1"
#define FIREWALL_HOST     "esx-1"
#define FIREWALL_FILTER   "nic-1-eth0-vmware-sfw.2"

/* `vsipioctl getrules` to host_rules, `vsipioctl getaddrsets` to addrsets. @text may be NULL: no
 * rows. The caller unrefs. */
struct snapshot *firewall_rules(const char *text, enum freshness f);
struct snapshot *firewall_sets(const char *text, enum freshness f);

#endif
