/* lookup: small readers that several checks share. Text lives until the run ends. */
#ifndef HYCON_MODEL_CHECKS_LOOKUP_H
#define HYCON_MODEL_CHECKS_LOOKUP_H

#include "model/checks/check.h"

/* Cell @col of a row is this word (ASCII case does not count). */
bool row_is(const struct row *r, unsigned col, const char *word);
bool list_has(const struct cell_list *list, const char *item); /* NULL list: false */
/* The text of a cell, "" when there is none. */
const char *row_text(const struct row *r, unsigned col);
/* Any cell as people read it: "10.2.0.0/16", "-". */
const char *check_cell(const struct check_input *in, const struct schema *schema,
                       const struct row *r, unsigned col);
/* "rtb-1 (custom-a)", or the id alone. */
const char *check_named(const struct check_input *in, const char *id, const char *name);
/* The text as one word of a shell, for commands to be copied: what a server sent may be hostile. */
const char *check_shell_word(const struct check_input *in, const char *text);
/* "a, b, c and 4 more": @max names at most. */
const char *check_join(const struct check_input *in, const struct cell_list *list, size_t max);

/* No account is linked to the SDDC yet, or of every link the way VMC writes routes is being
 * changed: nothing about ENIs and routes is a fault now. */
bool check_link_pending(const struct check_input *in);
/* The same of one VPC: a link of it is being changed. account-link says so. */
bool check_vpc_pending(const struct check_input *in, const char *vpc);
/* Subject of the findings about the main route table of @vpc; "" when it is not known. */
const char *check_main_table_subject(const struct check_input *in, const char *vpc);
/* The row of enis with this id, or NULL. */
const struct row *check_eni(const struct check_input *in, const char *id);

/* ---- route tables -------------------------------------------------------------------------------
 */

/* The rows of one route table, in the order of their destinations. */
struct route_table {
    const struct snapshot *source;
    size_t first, n; /* rows of @source */
    const char *id, *name, *vpc;
    const char *subject; /* "rtb-1 (custom-a)" */
    bool main;
    const struct cell_list *subnets; /* NULL: none */
    size_t at, next;                 /* where the walk is */
};

/* Walk the site's route tables, from {0}. */
bool route_table_next(const struct check_input *in, struct route_table *t);
/* The same without those of VPCs whose link is being changed. */
bool route_table_next_linked(const struct check_input *in, struct route_table *t);
const struct row *route_table_row(const struct route_table *t, size_t i);
/* "192.168.1.0/24 (web)": destination and segment of a route. */
const char *route_label(const struct check_input *in, const struct row *route);
/* An SDDC route that leads elsewhere than to the active ENI, or a row for one that is not there. */
bool route_is_off(const struct row *route);
bool route_is_missing(const struct row *route);
/* The option by which the AWS CLI's commands for a route take its destination. */
const char *route_option(const struct row *route);
/* How bad it is that routes of this table are off, and with which flags to report it: what the
 * verdicts say (converging is a warning); a blackhole must persist unless all else has followed
 * (@settled). */
enum severity route_table_severity(const struct route_table *t, bool settled, unsigned *flags);
/* The main table of @vpc has SDDC routes and none of them is off. */
bool route_main_followed(const struct check_input *in, const char *vpc);

/* What is wrong with a host (a row of hosts): the word of a failure, or NULL. One that is being
 * added or removed is at work. */
const char *check_host_trouble(const struct row *r);

#endif
