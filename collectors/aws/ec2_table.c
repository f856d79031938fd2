#include "collectors/aws/ec2_table.h"

#include <string.h>

#include "core/arena.h"
#include "core/text.h"

/* AWS writes an enumeration's word in more than one case ("Available", "available"). */
static const char *known_word(const struct column *col, const char *text)
{
    for (const struct state_word *w = col->states; w && w->word; w++) {
        if (text_equal_nocase(w->word, text))
            return w->word;
    }
    return text;
}

static void set_int(struct table_builder *b, unsigned column, const char *text)
{
    int64_t v;

    if (text_to_i64(text, INT64_MIN, INT64_MAX, &v) == 0)
        builder_int(b, column, v);
    else
        builder_str(b, column, text);
}

void ec2_set(struct table_builder *b, unsigned column, const char *text, size_t len)
{
    const struct column *col = &builder_schema(b)->columns[column];

    if (col->type == CELL_STR)
        builder_strn(b, column, text, len);
    else if (len == 0)
        return;
    else if (col->type == CELL_LIST)
        builder_list_add(b, column, text);
    else if (col->type == CELL_STATE)
        builder_state(b, column, known_word(col, text));
    else if (col->type == CELL_INT)
        set_int(b, column, text);
    else if (col->type == CELL_BOOL && strcmp(text, "true") == 0)
        builder_bool(b, column, true);
    else if (col->type == CELL_BOOL && strcmp(text, "false") == 0)
        builder_bool(b, column, false);
    else
        builder_strn(b, column, text, len);
}

/* ---- items -------------------------------------------------------------------------------- */

struct decoding {
    const struct ec2_table *t;
    size_t nfields, next; /* next: where the field at hand stands, most likely */
    struct ec2_row row;
};

static void on_begin(void *arg)
{
    struct decoding *d = arg;

    if (d->t->begin)
        d->t->begin(&d->row);
    else
        builder_row(d->row.b);
}

static void on_member(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct decoding *d = arg;

    /* Every item has its members in the same order. */
    for (size_t i = 0; i < d->nfields; i++) {
        size_t at = (d->next + i) % d->nfields;
        const struct ec2_field *f = &d->t->fields[at];

        if (xml_path_is(x, EC2_FIELD_DEPTH, f->path)) {
            ec2_set(d->row.b, f->column, text, len);
            d->next = at + 1;
            return;
        }
    }
    if (d->t->member)
        d->t->member(&d->row, x, text, len);
}

static void on_end(void *arg)
{
    struct decoding *d = arg;

    if (d->t->end)
        d->t->end(&d->row);
}

static int decode(struct run *run, const struct reply *reply, const struct ec2_table *t,
                  const char **token, struct err *err)
{
    const struct ec2_handler handler = {
        .action = t->action, .set = t->set, .begin = on_begin, .member = on_member, .end = on_end};
    struct decoding d = {.t = t, .row = {.b = run_table(run, t->schema), .run = run}};

    while (t->fields[d.nfields].path)
        d.nfields++;
    if (t->own_size)
        d.row.own = arena_alloc(run->arena, t->own_size);
    return ec2_decode(&handler, &d, run, reply, token, err);
}

/* ---- pages -------------------------------------------------------------------------------- */

static enum step ask(struct run *run, const struct ec2_table *t, const struct ec2_pages *pages)
{
    struct strbuf body = STRBUF_INIT;

    ec2_begin(&body, t->action, t->scope, run);
    ec2_page_params(&body, pages, t->page_size);
    return ec2_send(run, t->label, &body);
}

enum step ec2_table_step(struct run *run, const struct reply *reply, const struct ec2_table *t)
{
    struct ec2_pages *pages = run->scratch;
    const char *token;
    struct err err;

    if (!reply) {
        run->scratch = arena_alloc(run->arena, sizeof(*pages));
        return ask(run, t, run->scratch);
    }
    if (reply->err)
        return run_fail(run, reply->err);
    if (!builder_block(run_table(run, t->schema), ec2_page_hash(run, reply, &token)) &&
        decode(run, reply, t, &token, &err) < 0)
        return run_fail(run, &err);
    if (ec2_page_done(pages, run, token, &err) < 0)
        return run_fail(run, &err);
    return pages->token ? ask(run, t, pages) : STEP_DONE;
}

enum step ec2_table_step_optional(struct run *run, const struct reply *reply,
                                  const struct ec2_table *t)
{
    if (!reply || !reply->err || reply->err->kind != ERR_DENIED)
        return ec2_table_step(run, reply, t);
    run->freshness = FRESH_UNSUPPORTED;
    err_set(&run->err, ERR_UNSUPPORTED, reply->err->code, "%s may not be read: %s", t->label,
            reply->err->msg);
    builder_note(run_table(run, t->schema), "%s", run->err.msg);
    return STEP_DONE;
}
