#include "collectors/aws/ec2_table.h"

#include <string.h>

#include "core/arena.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/xml_paths.h"

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
        builder_state(b, column, text);
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

static void on_begin(void *arg)
{
    struct ec2_reading *d = arg;

    if (d->t->begin)
        d->t->begin(&d->row);
    else
        builder_row(d->row.b);
}

static void on_member(void *arg, struct xml_reader *x, const char *text, size_t len)
{
    struct ec2_reading *d = arg;
    int which = xml_paths_at(d->paths, x);

    if (which >= 0 && which < d->nfields)
        ec2_set(d->row.b, d->t->fields[which].column, text, len);
    else if (d->t->member)
        d->t->member(&d->row, which < 0 ? -1 : which - d->nfields, x, text, len);
}

static void on_end(void *arg)
{
    struct ec2_reading *d = arg;

    if (d->t->end)
        d->t->end(&d->row);
}

static void list_paths(struct ec2_reading *d, struct run *run)
{
    const struct ec2_table *t = d->t;
    const char **paths;
    size_t n = 0, k = 0;

    while (t->fields[n].path)
        n++;
    while (t->members && t->members[k])
        k++;
    paths = arena_alloc(run->arena, (n + k + 1) * sizeof(*paths));
    for (size_t i = 0; i < n; i++)
        paths[i] = t->fields[i].path;
    for (size_t i = 0; i < k; i++)
        paths[n + i] = t->members[i];
    d->nfields = (int)n;
    d->paths = xml_paths_new(paths, n + k, EC2_FIELD_DEPTH);
}

static void begin(struct ec2_reading *d, struct run *run, const struct ec2_table *t)
{
    *d = (struct ec2_reading){.t = t, .row = {.b = run_table(run, t->schema), .run = run}};
    d->handler = (struct ec2_handler){
        .action = t->action, .set = t->set, .begin = on_begin, .member = on_member, .end = on_end};
    list_paths(d, run);
    if (t->own_size)
        d->row.own = arena_alloc(run->arena, t->own_size);
    d->decoder = ec2_decoder_new(&d->handler, d, run);
}

void ec2_reading_release(void *reading)
{
    struct ec2_reading *d = reading;

    ec2_decoder_free(d->decoder);
    xml_paths_free(d->paths);
    *d = (struct ec2_reading){0};
}

static int decode(struct run *run, const struct reply *reply, const struct ec2_table *t,
                  const char **token, struct err *err)
{
    struct ec2_reading d;
    int rc;

    begin(&d, run, t);
    rc = ec2_decoder_feed(d.decoder, reply->body, reply->len, err);
    if (rc == 0)
        rc = ec2_decoder_finish(d.decoder, token, err);
    ec2_reading_release(&d);
    return rc;
}

/* ---- pages -------------------------------------------------------------------------------- */

/* Who reads only once need not know a page again, so it is decoded while it comes. */
static enum step ask(struct run *run, const struct ec2_table *t, const struct ec2_pages *pages)
{
    struct strbuf body = STRBUF_INIT;
    enum step step;

    ec2_begin(&body, t->action, t->scope, run);
    ec2_page_params(&body, pages, t->page_size);
    step = ec2_send(run, t->label, &body);
    run->request.stream = run->once && run->state;
    return step;
}

static enum step start(struct run *run, const struct ec2_table *t)
{
    if (run->state)
        ec2_reading_release(run->state); /* of a run that was given up */
    run->scratch = arena_alloc(run->arena, sizeof(struct ec2_pages));
    return ask(run, t, run->scratch);
}

static enum step take_piece(struct run *run, const struct reply *reply, const struct ec2_table *t)
{
    struct ec2_reading *d = run->state;
    struct err err;

    if (!d->decoder) {
        (void)builder_block(run_table(run, t->schema), 0);
        begin(d, run, t);
    }
    return ec2_decoder_feed(d->decoder, reply->body, reply->len, &err) < 0 ? run_fail(run, &err)
                                                                           : STEP_MORE;
}

/* All of a page is there. */
static int read_page(struct run *run, const struct reply *reply, const struct ec2_table *t,
                     const char **token, struct err *err)
{
    struct ec2_reading *d = run->state;
    int rc;

    if (d && d->decoder) {
        rc = ec2_decoder_finish(d->decoder, token, err);
        ec2_reading_release(d);
        return rc;
    }
    if (builder_block(run_table(run, t->schema), ec2_page_hash(run, reply, token)))
        return 0;
    return decode(run, reply, t, token, err);
}

/* Who reads only once gets the pages that came; who polls keeps the last complete reading. */
static enum step refused(struct run *run, const struct ec2_table *t, const struct reply *reply)
{
    const struct ec2_reading *d = run->state;
    const struct ec2_pages *pages = run->scratch;

    if (!run->once || pages->n == 0 || (d && d->decoder))
        return run_fail(run, reply->err);
    run->freshness = FRESH_PARTIAL;
    run->err = *reply->err;
    err_prefix(&run->err, "what follows page %u of the %s is missing", pages->n, t->label);
    return STEP_DONE;
}

enum step ec2_table_step(struct run *run, const struct reply *reply, const struct ec2_table *t)
{
    struct ec2_pages *pages = run->scratch;
    const char *token;
    struct err err;

    if (!reply)
        return start(run, t);
    if (reply->more)
        return take_piece(run, reply, t);
    if (reply->err)
        return refused(run, t, reply);
    if (read_page(run, reply, t, &token, &err) < 0 || ec2_page_done(pages, run, token, &err) < 0)
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

bool ec2_keep(const struct xml_reader *x, unsigned depth, const struct ec2_text *members, size_t n,
              const char *text)
{
    for (size_t i = 0; i < n; i++) {
        if (xml_path_is(x, depth, members[i].path)) {
            *members[i].value = text;
            return true;
        }
    }
    return false;
}

void ec2_set_kept(struct ec2_row *row, unsigned column, const char *text)
{
    if (text)
        ec2_set(row->b, column, text, strlen(text));
}

void ec2_set_protocol(struct ec2_row *row, unsigned column, const char *text)
{
    ec2_set_kept(row, column, text && strcmp(text, "-1") == 0 ? "any" : text);
}
