/*
 * ec2_table: a collector whose table is one paged call: items become rows. What a table adds to
 * that is its fields (which member goes to which column) and, where a member needs more than being
 * copied, a function.
 */
#ifndef HYCON_COLLECTORS_AWS_EC2_TABLE_H
#define HYCON_COLLECTORS_AWS_EC2_TABLE_H

#include "collectors/aws/ec2.h"

/* A member of an item: its path below the item. Lists take every element with that path. */
struct ec2_field {
    const char *path;
    unsigned column;
};

struct ec2_row {
    struct table_builder *b;
    struct run *run;
    void *own; /* table->own_size bytes, zeroed for every page, in the run's arena */
};

struct ec2_table {
    const char *action, *set, *label;
    unsigned page_size; /* the largest MaxResults the call takes */
    enum ec2_scope scope;
    const struct schema *schema;
    const struct ec2_field *fields; /* ends with path NULL */
    /* Paths that member() is told of by their place in here; ends with NULL. NULL: none. */
    const char *const *members;
    size_t own_size;
    /* Item begins. NULL: builder_row() and nothing more. */
    void (*begin)(struct ec2_row *row);
    /* A member that is not in fields; @which: of members, -1: of none. NULL: not wanted. */
    void (*member)(struct ec2_row *row, int which, struct xml_reader *x, const char *text,
                   size_t len);
    void (*end)(struct ec2_row *row); /* NULL: nothing more to do */
};

/* A page being read: the state of the collectors, for pages that come in pieces (run->once). What
 * belongs to the run may be gone before it is. */
struct ec2_reading {
    const struct ec2_table *t;
    struct ec2_handler handler;
    struct ec2_decoder *decoder; /* NULL: none */
    struct xml_paths *paths;     /* those of fields, then those of members */
    int nfields;
    struct ec2_row row;
};

void ec2_reading_release(void *reading);

enum step ec2_table_step(struct run *run, const struct reply *reply, const struct ec2_table *t);
/* The same for what is worth having and no more: whose role may not make the call has a table that
 * is not offered, with that reason, which is no failure of the endpoint. */
enum step ec2_table_step_optional(struct run *run, const struct reply *reply,
                                  const struct ec2_table *t);

/* Put a member's text into a cell by the column's type. What does not fit is kept as text; no text
 * is ABSENT, but for a column of text. */
void ec2_set(struct table_builder *b, unsigned column, const char *text, size_t len);

/* For tables that put an item together first: text that is kept of its members. */
struct ec2_text {
    const char *path; /* below the item, from @depth on */
    const char **value;
};

/* Keep @text (in the run's arena, NULL: it was empty) as the member that ends; false: it is none of
 * them. */
bool ec2_keep(const struct xml_reader *x, unsigned depth, const struct ec2_text *members, size_t n,
              const char *text);
/* The protocol of a rule, of which "-1" means any; NULL: none. */
void ec2_set_protocol(struct ec2_row *row, unsigned column, const char *text);
/* A cell from kept text; NULL: none. */
void ec2_set_kept(struct ec2_row *row, unsigned column, const char *text);

#endif
