/*
 * view: the contract between tabs and the console.
 *
 * A tab is one constant descriptor in views/<name>.c and one line in views/registry.c. It is an
 * optional head (drawn on a canvas: a path, a summary) above one or more tables. Everything that an
 * operator does with rows (select, filter, sort, mark, details, copy, drop columns at 80 cells,
 * scroll, changed and stale marks) belongs to the console and works for every tab in the same way.
 * A tab that shows lines which are in no table of the estate makes its own small table
 * (view_table.build), so that the same holds for them.
 *
 * Views are pure: estate in, text out. No clock (in->now), no globals, no curses, no network. Rows
 * are named by (schema, site, endpoint, key), never by an index or a pointer that outlives the
 * call.
 */
#ifndef HYCON_VIEWS_VIEW_H
#define HYCON_VIEWS_VIEW_H

#include "core/canvas.h"
#include "core/rows.h"
#include "core/table.h"
#include "model/estate.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct strbuf;

/* What a view may know when it is asked something. Strings that a view returns (titles, targets)
 * live in @arena, which is emptied before the next painting. */
struct view_input {
    const struct estate *estate;
    const char *site; /* only this site (":eni @tokyo"); NULL: all */
    int64_t now;      /* for ages and what is recent */
    bool local;       /* times in the local zone instead of UTC */
    bool wide;        /* nothing shortened, wide columns too */
    bool ascii;       /* no characters but ASCII */
    struct arena *arena;
};

#define VIEW_CHANGED_MS 30000 /* how long a changed cell is marked */

/* ---- columns ----------------------------------------------------------------------------------
 */

enum view_column_flags {
    VIEW_RIGHT = 1,   /* align right; numbers are anyway */
    VIEW_WIDE = 2,    /* shown after `w` or `x` only */
    VIEW_AGE = 4,     /* CELL_TIME: as an age ("12s") instead of a time of day */
    VIEW_ID = 8,      /* cut in the middle: ids that begin alike differ at their end */
    VIEW_DOMAIN = 16, /* a name with a domain: on a narrow screen the domain may be cut */
};

struct view_column {
    int column;        /* index in the schema (ENIS_ROLE): sort, details, changed mark, copy.
                          -1: made by @format alone */
    const char *title; /* English word; NULL: the schema's column name */
    uint8_t min;       /* cells it must have; 0: the width of the title */
    uint8_t max;       /* cells it may take when there is room; 0: as wide as the screen */
    uint8_t weight;    /* 100: always shown; on a narrow screen the lowest weight goes first */
    unsigned flags;
    /* Append what is shown; NULL: by the column's type (view_cell). */
    void (*format)(struct strbuf *out, const struct view_input *in, const struct rows_item *row,
                   const char *arg);
    /* NULL: by the cell's severity (states), else STYLE_NORMAL. */
    enum style (*style)(const struct view_input *in, const struct rows_item *row, const char *arg);
    const char *arg; /* for @format and @style: columns made at run time (a route table's id) */
};

/* ---- where Enter and `r` lead
 * ------------------------------------------------------------------- */

#define VIEW_TARGETS_MAX 16

struct view_target {
    const char *label;  /* `r`: what it is, one line ("route table rtb-0c05 (custom-a)") */
    const char *view;   /* name of a view ("eni") */
    const char *table;  /* name of the schema of its table to focus; NULL: the first */
    const char *filter; /* in the grammar of `/`; NULL: leave the filter of that tab as it is, ""
                           clears it */
    const char *site, *endpoint, *key; /* row to select; NULL: none */
};

/* ---- tables
 * ------------------------------------------------------------------------------------- */

/* What of a heavy table is wanted: filters of network cards (tables.h), by name, of endpoints
 * ("SITE/ENDPOINT"); no names: all there are. Memory is the arena's. */
struct view_look {
    const char **endpoints, **filters;
    size_t nendpoints, nfilters;
    bool nothing; /* there is none to be read */
};

struct filter;

struct view_table {
    const struct schema *schema;
    const char *title; /* N_(): shown when the tab has several tables, with 12/340; NULL: none */
    const struct view_column *columns;
    size_t ncolumns;
    /* Columns known at run time only (one per route table), put after @columns. Returns how many.
     */
    size_t (*more_columns)(const struct view_input *in, struct view_column *out, size_t max);
    int sort; /* schema column of the first order, -1: by site, endpoint, key */
    bool reverse;
    /* An order of its own until the reader sorts (worst first); NULL: @sort. Equal rows are by
     * site, endpoint and key. Tables that grow to 100,000 rows say it by levels, which is several
     * times faster than comparing. */
    int (*order)(const struct rows_item *a, const struct rows_item *b);
    bool worst_first; /* with @order: first by what @judge says, then by @order */
    const struct rows_level *levels;
    size_t nlevels;
    /* Rows that belong here; NULL: all of the site. Rows that do not are not counted. */
    bool (*keep)(const struct view_input *in, const struct rows_item *row);
    /* Lines that are in no table of the estate: make them with table_builder. @schema is the view's
     * own then (site and endpoint first, a key). Called once per estate and scope; the caller owns
     * the reference. */
    struct snapshot *(*build)(const struct view_input *in);
    /* Shown before the row and used for its colour: SEV_NONE is a blank. NULL: none. */
    enum severity (*judge)(const struct view_input *in, const struct rows_item *row);
    /* Enter: false means "there is nothing below": the console opens the details. NULL: details. */
    bool (*enter)(const struct view_input *in, const struct rows_item *row,
                  struct view_target *out);
    /* `r`: objects related to this row; returns how many (VIEW_TARGETS_MAX at most). NULL: none. */
    size_t (*related)(const struct view_input *in, const struct rows_item *row,
                      struct view_target *out);
    /* Lines put at the top of the details pane (the joins behind this row); NULL: none. */
    void (*details)(struct strbuf *out, const struct view_input *in, const struct rows_item *row);
    /* Heavy tables, which are read while somebody looks at them alone: what has to be read for the
     * rows that @filter (NULL: none) lets through. NULL: not heavy. */
    void (*look)(const struct view_input *in, struct filter *filter, struct view_look *out);
    /* The two ends of a connection that this row speaks of, as `explain` takes them; NULL or "" is
     * what is not known. NULL: no row does. */
    void (*ends)(const struct view_input *in, const struct rows_item *row, const char **source,
                 const char **destination);
    const char *empty; /* N_(): said when every source is ok and there are no rows; NULL: plain */
    uint8_t share;     /* of the height, against the other tables of the tab; 0 counts as 1 */
};

/* ---- views
 * -------------------------------------------------------------------------------------- */

struct view {
    const char *name;           /* ":eni", English */
    const char *const *aliases; /* further palette names, NULL-terminated; or NULL */
    const char *title;          /* on the tab bar, N_() */
    char digit;                 /* '1'..'9', '0': the same for ever, whatever tabs exist; 0: none */
    bool always;                /* stays on the tab bar when it scrolls (Overview, ENI, Edges) */
    bool hidden;                /* not a tab: opened by its name or by Enter (":changes") */
    const char *about;          /* N_(): one line for help: what this tab answers */
    /* A tab exists once it shows something true; NULL: always. */
    bool (*exists)(const struct view_input *in);
    /* Tables that poll faster while the tab is visible, NULL-terminated. */
    const struct schema *const *focus;
    /* The head: its height for a body of @w x @h cells (0: none; the console gives at most half of
     * @h when tables follow) and its drawing inside @r. NULL: none. */
    int (*head_height)(const struct view_input *in, int w, int h);
    void (*head)(const struct view_input *in, struct canvas *c, struct rect r);
    const struct view_table *const *tables; /* NULL-terminated; the cursor walks through them */
};

/* Every view, in the order of the tab bar; NULL-terminated (views/registry.c). */
extern const struct view *const views_all[];
/* By name or alias; NULL: none. */
const struct view *views_find(const char *name);
bool view_exists(const struct view *v, const struct view_input *in);
/* Has the table an order of its own? */
bool view_is_ordered(const struct view_table *t);
/* The finding to speak of first: open, no symptom, the worst (views/findings.c). False: none. */
bool view_worst_finding(const struct view_input *in, struct rows_item *out);
/* How many findings are open, by severity; a cause and its symptoms are one. */
void view_count_findings(const struct view_input *in, unsigned counts[SEV_CRITICAL + 1]);

/* ---- helpers for views (views/view.c)
 * ------------------------------------------------------------- */

/* Is the row in the scope of @in (its site)? */
bool view_in_scope(const struct view_input *in, const struct rows_item *row);
/* Does the estate hold a row of @schema in this scope? For exists(). */
bool view_has_rows(const struct view_input *in, const struct schema *schema);
/* Walk the rows of @schema in scope over all endpoints: *i from 0; false at the end. */
bool view_walk(const struct view_input *in, const struct schema *schema, size_t *i,
               struct rows_item *out);
/* Append a cell for people: as cell_format(), but times in the reader's zone, and as an age with
 * VIEW_AGE. "-" for ABSENT. */
void view_cell(struct strbuf *out, const struct view_input *in, const struct column *col,
               const struct cell *c, unsigned flags);
/* Append "12s ago", or "never". */
void view_ago(struct strbuf *out, const struct view_input *in, int64_t then);
/* The time of day in the reader's zone; with the date when it is not today. */
void view_time(struct strbuf *out, const struct view_input *in, int64_t at);
/* "ok", "WARN", "CRIT", "?" , "": state by a word, not by colour alone (never translated: four
 * cells at most). And the style that goes with it. */
const char *view_severity_word(enum severity s);
enum style view_severity_style(enum severity s);
/* The word for a source's freshness ("ok", "stale", "n/a" for unsupported), its style, and whether
 * its rows are to be dimmed. */
const char *view_freshness_word(enum freshness f);
enum style view_freshness_style(enum freshness f);
bool view_is_dim(enum freshness f);
/* printf into in->arena. */
char *view_printf(const struct view_input *in, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
