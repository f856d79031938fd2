/*
 * look: small readers that several tabs share. Text that they return lives in the row or in
 * in->arena. "Site" is always the name of a site: a walk over the sites in scope is
 * look_site_next().
 */
#ifndef HYCON_VIEWS_LOOK_H
#define HYCON_VIEWS_LOOK_H

#include "views/view.h"

#define LOOK_MARK_MS VIEW_CHANGED_MS

/* The text of a STR or STATE cell, or "". */
const char *look_text(const struct row *r, unsigned col);
bool look_is(const struct row *r, unsigned col, const char *word);
/* Any cell as people read it; "-" when there is nothing. */
const char *look_cell(const struct view_input *in, const struct schema *schema, const struct row *r,
                      unsigned col);
/* An end of a flow: "10.0.0.9:443", "[2001:db8::9]:443"; without the port when its cell is absent.
 */
void look_add_end(struct strbuf *out, const struct view_input *in, const struct schema *schema,
                  const struct row *r, unsigned ip, unsigned port);
/* The same as text of in->arena. */
const char *look_end(const struct view_input *in, const struct schema *schema, const struct row *r,
                     unsigned ip, unsigned port);
bool look_same(const char *a, const char *b); /* NULL equals nothing */
bool look_list_has(const struct cell_list *l, const char *item);

/* The next site in scope, in the order of the configuration: *i from 0; NULL at the end. */
const char *look_site_next(const struct view_input *in, size_t *i);
/* Walk the rows of one site. */
bool look_next(const struct view_input *in, const struct schema *schema, const char *site,
               size_t *i, struct rows_item *out);
/* The first row of the site with this text in @col; false: none. */
bool look_find(const struct view_input *in, const struct schema *schema, const char *site,
               unsigned col, const char *text, struct rows_item *out);

/* ---- sources: how old, how good -----------------------------------------------------------------
 */

struct look_source {
    enum freshness worst; /* FRESH_UNSUPPORTED: nobody here offers it */
    int64_t taken_at;     /* the oldest of them; 0: one was never read */
    const char *endpoint; /* the one that is worst, or oldest */
};

/* Of @schema's tables in the site. */
struct look_source look_source(const struct view_input *in, const struct schema *schema,
                               const char *site);
struct look_source look_source_of(const struct snapshot *s);
/* The worse of two; one that nobody offers does not count. */
struct look_source look_worse(struct look_source a, struct look_source b);
/* Append "12s", "stale 5m", "denied 5m", "never": what may be believed, in a few cells. */
void look_data(struct strbuf *out, const struct view_input *in, enum freshness f, int64_t taken_at);
enum style look_data_style(enum freshness f);
/* Does somebody in scope offer this table? For exists(). */
bool look_offered(const struct view_input *in, const struct schema *schema);

/* The name of a traffic group by the id that gateways have; the id itself when no link names it. */
const char *look_group(const struct view_input *in, const char *site, const char *id);

/* Of a row of gateways: the name of its edge, or the id where NSX does not tell names, or "". */
const char *look_gateway_edge(const struct row *gateway);
/* The tier whose gateways tell which edge is active for the site: 1 where NSX tells no state of the
 * tier-0 gateways (the reverse proxy of an SDDC need not), else 0. The same edges carry both. */
int64_t look_edge_tier(const struct view_input *in, const char *site);

/* Did a cell change a moment ago? */
bool look_changed(const struct view_input *in, const struct rows_item *row, unsigned col);

/* The column that says how a host is: what the VMC service says, else what vCenter says; the worse
 * of the two where both speak. */
unsigned look_host_state(const struct row *host);
/* Append from where to where a task moves its VM ("esx01 -> esx03"), by the first words of the
 * names of hosts; "-" when that is not known. */
void look_move(struct strbuf *out, const struct view_input *in, const struct row *task);
/* " -> esx03": the end of it; nothing when it is not known. */
void look_move_to(struct strbuf *out, const struct view_input *in, const struct row *task);

/* ---- drawing ------------------------------------------------------------------------------------
 */

/* One line of a head, written from left to right; with a NULL canvas it is only measured. */
struct look_pen {
    struct canvas *canvas;
    int x, y, end;
};

/* Append @text with the ids of AWS cut to their ends: "eni-..ab0004". */
void look_short_ids(struct strbuf *out, const struct view_input *in, const char *text);
void look_put(struct look_pen *p, uint8_t style, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Put text on the lines of @r, broken at blanks. Returns the lines used; what does not fit ends in
 * an ellipsis. With a NULL canvas it is only measured. */
int look_wrap(struct canvas *c, struct rect r, uint8_t style, const char *text);

#endif
