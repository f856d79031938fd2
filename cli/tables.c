/* tables: the vocabulary, straight from the schemas. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/describe.h"
#include "cli/pick.h"
#include "core/strbuf.h"
#include "model/tables.h"

static void add_json_text(struct strbuf *out, const char *s)
{
    static const struct column text = {.name = "", .type = CELL_STR};
    struct cell c = {.type = s ? CELL_STR : CELL_ABSENT, .u.s = s};

    cell_json(out, &text, &c);
}

static void add_json_column(struct strbuf *out, const struct column *c)
{
    strbuf_addstr(out, "{\"name\":");
    add_json_text(out, c->name);
    strbuf_addf(out, ",\"type\":\"%s\",\"unit\":", describe_type(c->type));
    add_json_text(out, describe_unit(c));
    strbuf_addf(out,
                ",\"key\":%s,\"derived\":%s,\"inputs\":", c->flags & COL_KEY ? "true" : "false",
                c->flags & COL_DERIVED ? "true" : "false");
    add_json_text(out, c->inputs);
    strbuf_addstr(out, ",\"values\":[");
    for (const struct state_word *w = c->states; w && w->word; w++) {
        strbuf_addstr(out, w == c->states ? "" : ",");
        add_json_text(out, w->word);
    }
    strbuf_addstr(out, "],\"meaning\":");
    add_json_text(out, c->meaning);
    strbuf_addch(out, '}');
}

static void add_json_table(struct strbuf *out, const struct schema *s)
{
    strbuf_addstr(out, "{\"table\":");
    add_json_text(out, s->name);
    strbuf_addstr(out, ",\"meaning\":");
    add_json_text(out, s->meaning);
    strbuf_addstr(out, ",\"columns\":[");
    for (unsigned i = 0; i < schema_public(s); i++) {
        strbuf_addstr(out, i ? "," : "");
        add_json_column(out, &s->columns[i]);
    }
    strbuf_addstr(out, "]}");
}

static void add_text_column(struct strbuf *out, const struct column *c)
{
    const char *unit = describe_unit(c);

    strbuf_addf(out, "  %-22s %s%s%s%s%s\n", c->name, describe_type(c->type), unit ? ", " : "",
                unit ? unit : "", c->flags & COL_KEY ? ", key" : "",
                c->flags & COL_DERIVED ? ", derived" : "");
    strbuf_addf(out, "  %-22s %s\n", "", c->meaning ? c->meaning : "");
    if (!c->states)
        return;
    strbuf_addf(out, "  %-22s", "");
    for (const struct state_word *w = c->states; w->word; w++)
        strbuf_addf(out, " %s", w->word);
    strbuf_addch(out, '\n');
}

static void add_text_table(struct strbuf *out, const struct schema *s)
{
    strbuf_addf(out, "%s: %s\n\n", s->name, s->meaning ? s->meaning : "");
    for (unsigned i = 0; i < schema_public(s); i++)
        add_text_column(out, &s->columns[i]);
}

static void add_list(struct strbuf *out)
{
    for (unsigned i = 0; i < tables_count; i++) {
        const struct schema *s = tables_all[i];
        strbuf_addf(out, "%-16s %s\n", s->name, s->meaning ? s->meaning : "");
    }
    strbuf_addstr(out, "\n'hycon tables TABLE' lists the columns of one.\n");
}

int cli_tables(const struct cli_options *o)
{
    bool json = o->output && strcmp(o->output, "json") == 0;
    const struct schema *one = NULL;
    struct strbuf out = STRBUF_INIT;
    int rc;

    if (o->nargs) {
        one = pick_table("tables", o->args[0]);
        if (!one)
            return CLI_USAGE;
    }
    if (json) {
        strbuf_addstr(&out, "{\"schema_version\":1,\"tables\":[");
        for (unsigned i = 0; i < tables_count; i++) {
            if (!one && i)
                strbuf_addch(&out, ',');
            if (!one || one == tables_all[i])
                add_json_table(&out, tables_all[i]);
        }
        strbuf_addstr(&out, "]}\n");
    } else if (one) {
        add_text_table(&out, one);
    } else {
        add_list(&out);
    }
    rc = cli_write(&out);
    strbuf_release(&out);
    return rc;
}
