/* firewall_parts: what the tabs of rules and of what hosts enforce have in common. */
#ifndef HYCON_VIEWS_FIREWALL_PARTS_H
#define HYCON_VIEWS_FIREWALL_PARTS_H

#include "views/view.h"

/* Per second since the reading before; false: there is none, or the counter began anew. */
bool firewall_rate(const struct view_input *in, const struct rows_item *row, unsigned col,
                   double *out);
/* Append "1,234/s", "0.3/s", "-". */
void firewall_add_rate(struct strbuf *out, double per_second);
/* ALLOW and accept are plain; what stops a packet is not. */
enum style firewall_action_style(const char *action);
/* The rules of the manager with this number; 0 or 1 targets. */
size_t firewall_jump_rule(const struct view_input *in, struct view_target *out, const char *site,
                          const struct row *row, unsigned col);
/* The lines of hosts with this number. */
size_t firewall_jump_host_rules(const struct view_input *in, struct view_target *out,
                                const char *site, const struct row *row, unsigned col);

/* What hosts enforce for the machine with this instance UUID: its realised rules, its address sets,
 * its flows, whether or not they have been read. Returns how many targets were added (3 at most).
 */
size_t firewall_jump_vm(const struct view_input *in, struct view_target *out, const char *site,
                        const char *uuid);

/* Filters of network cards: on the Firewall tab and as :filters. */
extern const struct view_table view_table_filters;

#endif
