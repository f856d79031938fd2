/*
 * jump: where Enter and `r` lead, put together from what a row names. Each function fills one
 * target and says how many it filled, so that a list of related objects reads as a list:
 *
 *   n += jump_find(in, &out[n], "hosts", &table_hosts, site, HOSTS_HOST, name, label);
 */
#ifndef HYCON_VIEWS_JUMP_H
#define HYCON_VIEWS_JUMP_H

#include "views/view.h"

/* To @row in @view. */
void jump_row(struct view_target *out, const char *view, const struct rows_item *row,
              const char *label);
/* To the first row of the site with this text in @col; 0: @text is NULL or there is none. */
size_t jump_find(const struct view_input *in, struct view_target *out, const char *view,
                 const struct schema *schema, const char *site, unsigned col, const char *text,
                 const char *label);
/* To the row with this key at this endpoint. */
size_t jump_key(const struct view_input *in, struct view_target *out, const char *view,
                const struct schema *schema, const char *site, const char *endpoint,
                const char *key, const char *label);
/* To the rows of @view whose @column is @text, and no others. */
void jump_rows(const struct view_input *in, struct view_target *out, const char *view,
               const struct schema *schema, unsigned col, const char *text, const char *label);
/* `column = "text"` in the grammar of `/`; "" when the text cannot be written in it. */
const char *jump_filter(const struct view_input *in, const struct column *col, const char *text);
/* Is there a row of the site with this text in @col? */
bool jump_any(const struct view_input *in, const struct schema *schema, const char *site,
              unsigned col, const char *text);

#endif
