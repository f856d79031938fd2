/*
 * grid: the table widget: one view_table on the screen. It owns what the reader did to the table
 * (selection, filter, order, marks, columns) and a merged list of rows that is made anew for each
 * estate. The selection is a row key; a refresh finds that row again and keeps it on its line of
 * the screen, so nothing moves under the reader's eye. When the row is gone, the row that took its
 * place is selected.
 */
#ifndef HYCON_TUI_GRID_H
#define HYCON_TUI_GRID_H

#include "core/canvas.h"
#include "core/rows.h"
#include "core/strbuf.h"
#include "tui/keys.h"
#include "tui/resolve.h"
#include "views/view.h"

#include <stdbool.h>
#include <stddef.h>

struct map;

#define GRID_COLUMNS_MAX 128

struct row_id {
    char *site, *endpoint, *key;
};

void row_id_set(struct row_id *id, const char *site, const char *endpoint, const char *key);
void row_id_release(struct row_id *id);

struct grid_column {
    struct view_column view;
    bool pinned, shown;
    int want; /* widest text seen; grows only, so columns do not jump */
    int name; /* VIEW_DOMAIN: the same of what stands before the first dot */
    int x, w;
};

struct grid {
    const struct view_table *table;
    struct estate *estate; /* the one the rows are of */
    struct rows rows;
    bool has_rows, dirty;
    struct strbuf note;           /* of a heavy table: what of it is read, and how old that is */
    bool touched;                 /* the reader has moved in it */
    struct resolver *resolver;    /* for large tables; NULL: everything at once */
    const struct estate *posted;  /* what was asked for last; compared, never followed */
    bool busy;                    /* newer rows are being made */
    bool large;                   /* the estate is: rows are made by the resolver */
    const struct snapshot *built; /* lines that the tab made itself (view_table.build) */
    char *scope;                  /* the site that the rows are of; NULL: all */
    struct filter *filter;
    char *filter_text; /* "" none; what the prompt shows again */
    char *find_text;   /* of the last filter, for n and N after it was cleared */
    int sort;          /* -1: the table's own order */
    bool reverse;
    struct row_id selected;
    size_t cursor, top;
    int hscroll, page;
    struct map *marks;   /* identity of a row (endpoint and key) -> itself */
    struct map *choices; /* column name -> "on" or "off" */
    struct grid_column cols[GRID_COLUMNS_MAX];
    size_t ncols;
    size_t dropped;     /* columns with no room, by the last layout */
    char *columns_text; /* memory of titles made at run time */
};

struct grid *grid_new(const struct view_table *t);
void grid_free(struct grid *g);

/* New rows when the estate, the scope, the filter or the order changed. */
void grid_refresh(struct grid *g, const struct view_input *in);
/* "" clears. -1 and @err when the text is wrong: the present filter stays. */
int grid_set_filter(struct grid *g, const char *text, struct err *err);
void grid_set_sort(struct grid *g, int column, bool reverse);
/* The next or previous column of those on the screen. */
void grid_sort_step(struct grid *g, int step);
void grid_sort_reverse(struct grid *g);
/* Select by key; false: not in the list (it is selected when it appears). */
bool grid_select(struct grid *g, const char *site, const char *endpoint, const char *key);
/* Move the selection; false: it is at the edge already. */
bool grid_move(struct grid *g, long rows);
void grid_move_to(struct grid *g, size_t index);
/* Show the top of a list that nobody has moved in: the worst row must not hide above it. */
void grid_settle(struct grid *g);
/* The reader has done something with the selected row: it is his choice from now on. */
void grid_touch(struct grid *g);
/* The next row (@step 1) or previous (-1) that matches the last filter, going round. */
bool grid_find(struct grid *g, int step);
void grid_scroll_columns(struct grid *g, int step);
const struct rows_item *grid_current(const struct grid *g); /* NULL: no rows */
void grid_toggle_mark(struct grid *g);
bool grid_is_marked(const struct grid *g, const struct rows_item *row);

/* ---- columns (tui/grid_columns.c) --------------------------------------------------------------
 */

/* Columns of the table, those made at run time, and schema columns that the reader added. */
void grid_collect_columns(struct grid *g, const struct view_input *in);
/* Decide what is shown in @w cells and where. */
void grid_layout(struct grid *g, const struct view_input *in, int w);
int grid_sort_column(const struct grid *g); /* of the schema; -1: an order of the tab's own */
const char *grid_column_title(const struct grid *g, const struct grid_column *c);
/* Is a column on screen by the reader's choice, else by default? */
bool grid_column_on(const struct grid *g, const struct grid_column *c, bool wide);
void grid_choose_column(struct grid *g, const char *name, bool on);
void grid_cell(const struct grid *g, const struct view_input *in, const struct grid_column *c,
               const struct rows_item *row, struct strbuf *out);

/* ---- drawing (tui/grid_draw.c)
 * ------------------------------------------------------------------ */

#define GRID_FRAME_LINES 2 /* the title and the column titles */

/* @title: of the tab, for tables without a title of their own. */
void grid_draw(struct grid *g, const struct view_input *in, struct canvas *c, struct rect r,
               const char *title, bool focused);

#endif
