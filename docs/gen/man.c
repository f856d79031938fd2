/*
 * The manual pages, from the tables that the program itself works by: verbs and options, kinds and
 * keys of the configuration, tables and columns, checks, keys of the console. Usage:
 *   man PAGE >FILE    PAGE: hycon.1 hycon.conf.5 hycon-tables.7 hycon-checks.7
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/describe.h"
#include "cli/facts.h"
#include "cli/options.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "model/checks/check.h"
#include "model/kinds.h"
#include "model/tables.h"
#include "tui/keys.h"

/* ---- roff --------------------------------------------------------------------------------------
 */

/* Text as it is: '-' stays an ASCII one (what is copied from the page must work), and no line
 * begins with a request. */
static void add_text(struct strbuf *out, const char *s)
{
    if (*s == '.' || *s == '\'')
        strbuf_addstr(out, "\\&");
    for (; *s; s++) {
        if (*s == '-')
            strbuf_addstr(out, "\\-");
        else if (*s == '\\')
            strbuf_addstr(out, "\\e");
        else if (*s == '~')
            strbuf_addstr(out, "\\(ti");
        else if (*s == '^')
            strbuf_addstr(out, "\\(ha");
        else if (*s == '\'')
            strbuf_addstr(out, "\\(aq");
        else if (*s == '`')
            strbuf_addstr(out, "\\(ga");
        else
            strbuf_addch(out, *s);
    }
}

static void add_line(struct strbuf *out, const char *s)
{
    add_text(out, s);
    strbuf_addch(out, '\n');
}

static void title(struct strbuf *out, const char *name, int section, const char *what)
{
    strbuf_addf(out, ".TH %s %d \"\" \"hycon\" \"hycon manual\"\n.nh\n.ad l\n.SH NAME\n", name,
                section);
    add_text(out, name);
    strbuf_addstr(out, " \\- ");
    add_line(out, what);
}

static void heading(struct strbuf *out, const char *request, const char *text)
{
    strbuf_addf(out, "%s \"", request);
    add_text(out, text);
    strbuf_addstr(out, "\"\n");
}

/* A term in bold, perhaps with a value in italics, and what follows is its meaning. */
static void term(struct strbuf *out, const char *name, const char *value)
{
    strbuf_addstr(out, ".TP\n\\fB");
    add_text(out, name);
    strbuf_addstr(out, "\\fR");
    if (value && *value) {
        strbuf_addstr(out, " \\fI");
        add_text(out, value);
        strbuf_addstr(out, "\\fR");
    }
    strbuf_addch(out, '\n');
}

static void paragraph(struct strbuf *out, const char *text)
{
    strbuf_addstr(out, ".PP\n");
    add_line(out, text);
}

static void add_facts(struct strbuf *out, const struct cli_fact *facts)
{
    for (; facts->name; facts++) {
        term(out, facts->name, NULL);
        add_line(out, facts->meaning);
    }
}

/* ---- hycon(1) ----------------------------------------------------------------------------------
 */

static void synopsis(struct strbuf *out)
{
    strbuf_addstr(out, ".SH SYNOPSIS\n.nf\n");
    for (const struct cli_verb *v = cli_verbs; v->name; v++) {
        if (!v->run)
            continue;
        strbuf_addstr(out, "\\fBhycon");
        if (*v->name)
            strbuf_addch(out, ' ');
        add_text(out, v->name);
        strbuf_addstr(out, "\\fR ");
        if (*v->arguments) {
            strbuf_addstr(out, "\\fI");
            add_text(out, v->arguments);
            strbuf_addstr(out, "\\fR ");
        }
        strbuf_addstr(out, "[\\fIoptions\\fR]\n");
    }
    strbuf_addstr(out, ".fi\n");
}

static void option(struct strbuf *out, const struct cli_option *o, const struct cli_verb *v)
{
    char *name =
        o->letter ? mem_printf("-%c, --%s", o->letter, o->name) : mem_printf("--%s", o->name);

    term(out, name, o->value);
    free(name);
    add_text(out, o->meaning);
    if (o->type == CLI_WORD && v && v->output) {
        strbuf_addstr(out, ": one of ");
        add_text(out, v->output);
        strbuf_addf(out, "; default %.*s", (int)strcspn(v->output, " "), v->output);
    }
    if (o->fallback)
        strbuf_addf(out, "; default %s", o->fallback);
    strbuf_addch(out, '\n');
}

static void verbs(struct strbuf *out)
{
    strbuf_addstr(out, ".SH VERBS\n");
    for (const struct cli_verb *v = cli_verbs; v->name; v++) {
        if (!v->run)
            continue;
        char *name = mem_printf("hycon%s%s%s%s", *v->name ? " " : "", v->name,
                                *v->arguments ? " " : "", v->arguments);
        heading(out, ".SS", name);
        free(name);
        add_line(out, v->meaning);
        for (const struct cli_option *o = cli_all_options; o->name; o++) {
            if (cli_verb_takes(v, o) && !cli_is_for_all(o))
                option(out, o, v);
        }
    }
    strbuf_addstr(out, ".SS \"Options of every verb\"\n");
    for (const struct cli_option *o = cli_all_options; o->name; o++) {
        if (cli_is_for_all(o))
            option(out, o, NULL);
    }
}

static void filters(struct strbuf *out)
{
    strbuf_addstr(out, ".SH FILTERS\n");
    add_line(out, "One grammar everywhere: --filter, the key / and the palette.");
    paragraph(out,
              "A filter is an extended regular expression over the row, which ignores case; or "
              "comparisons COLUMN OPERATOR VALUE joined by \"and\". An exclamation mark before "
              "it inverts. Operators are = != < > <= >= ~ (matches) and !~. A value with blanks "
              "is put in quotes; - and null mean that there is no value.");
    paragraph(out, "Values take units by the column's type: 10m, 2GiB, 80%; a bare number compared "
                   "with a duration is in the unit of the column's name. Times are ISO 8601 or a "
                   "date. Addresses compare as numbers; after = and ~ a block matches what lies "
                   "within, and a single address also the blocks that have it (= 0.0.0.0/0 is the "
                   "default route alone). Lists match when any element does.");
    strbuf_addstr(out, ".PP\n.nf\n");
    add_line(out, "hycon get enis --filter 'role=active'");
    add_line(out, "hycon get routes --filter 'destination ~ 10.0.0.0/8 and verdict != ok'");
    add_line(out, "hycon get endpoints --filter 'latency_ms > 200' --sort -latency_ms");
    strbuf_addstr(out, ".fi\n");
}

static void output(struct strbuf *out)
{
    strbuf_addstr(out, ".SH OUTPUT\n");
    add_line(out, "Data goes to standard output, messages to standard error. Without a terminal "
                  "there are no colours and no questions.");
    term(out, "table, wide", NULL);
    add_line(out, "Aligned columns for people. wide has every column and never cuts a text. When a "
                  "source is not ok, a column AGE says what its rows are.");
    term(out, "json", NULL);
    add_line(out,
             "One object: schema_version, table, sources (each with site, endpoint, freshness, "
             "taken_at, error_kind, message) and rows. Several tables are in a list, tables. "
             "What is not known is null, never 0.");
    term(out, "jsonl", NULL);
    add_line(out, "One object per row and line; with several tables it begins with the table.");
    term(out, "csv", NULL);
    add_line(out, "RFC 4180: a header, CRLF, quotes where needed. A value that is not known is an "
                  "empty field, an empty text is \"\". Texts of servers are made visible, so a "
                  "record is one line. Cells that begin with = + - or @ are left as they are, "
                  "because a guard would change the data: import columns as text.");
}

static void keys(struct strbuf *out)
{
    struct strbuf names = STRBUF_INIT;

    strbuf_addstr(out, ".SH KEYS\n");
    add_line(out, "In the console; full-width keys of an input method act as their ASCII twins.");
    for (const struct key_binding *k = keys_all; k->name; k++) {
        strbuf_reset(&names);
        keys_show(&names, k, true);
        term(out, names.buf, NULL);
        add_line(out, k->meaning);
    }
    strbuf_release(&names);
}

static void page_hycon(struct strbuf *out)
{
    title(out, "hycon", 1, "terminal operations console for hybrid VMware estates");
    synopsis(out);
    strbuf_addstr(out, ".SH DESCRIPTION\n");
    add_line(out,
             "hycon shows which edge and which ENI of an SDDC are active, whether every route "
             "table follows, and what is wrong, with the reason. It reads VMware Cloud on AWS, "
             "NSX and the linked AWS account, and changes nothing there.");
    verbs(out);
    keys(out);
    filters(out);
    output(out);
    strbuf_addstr(out, ".SH EXIT STATUS\n");
    add_facts(out, cli_exits);
    strbuf_addstr(out, ".SS \"Exit status of hycon check\"\n");
    add_facts(out, cli_check_exits);
    strbuf_addstr(out, ".SH ENVIRONMENT\n");
    add_facts(out, cli_environment);
    strbuf_addstr(out, ".SH FILES\n");
    add_facts(out, cli_files);
    strbuf_addstr(out, ".SH SEE ALSO\n.BR hycon.conf (5),\n.BR hycon\\-tables (7),\n"
                       ".BR hycon\\-checks (7)\n");
}

/* ---- hycon.conf(5) -----------------------------------------------------------------------------
 */

static void add_key(struct strbuf *out, const struct key_spec *k, const char *prefix)
{
    char *name = mem_printf("%s%s", prefix, k->name);

    term(out, name, k->type == KEY_ENUM ? k->values : kinds_type_name(k->type));
    add_text(out, k->meaning ? k->meaning : "");
    if (k->required)
        strbuf_addstr(out, "; required");
    if (k->fallback) {
        strbuf_addstr(out, "; default ");
        add_text(out, k->fallback);
    }
    if (k->stands_for)
        strbuf_addf(out, "; short for %s with one entry", k->stands_for);
    strbuf_addch(out, '\n');
    free(name);
}

static void add_keys(struct strbuf *out, const struct key_spec *keys)
{
    for (; keys->name; keys++) {
        add_key(out, keys, "");
        if (keys->type != KEY_MAP || !keys->keys)
            continue;
        char *prefix = mem_printf("%s.", keys->name);
        for (const struct key_spec *k = keys->keys; k->name; k++)
            add_key(out, k, prefix);
        free(prefix);
    }
}

static void add_keys_section(struct strbuf *out, const char *name, const char *what,
                             const struct key_spec *keys)
{
    heading(out, ".SH", name);
    add_line(out, what);
    add_keys(out, keys);
}

static void page_conf(struct strbuf *out)
{
    title(out, "hycon.conf", 5, "configuration of hycon (hycon.yaml)");
    strbuf_addstr(out, ".SH DESCRIPTION\n");
    add_line(out,
             "A YAML file of sites and their endpoints. 'hycon config init' writes a first one, "
             "'hycon config check' says what is wrong with one (file, line and column), and "
             "'hycon config show' prints every effective value and where it came from. "
             "Relative paths are relative to the file.");
    add_keys_section(out, "THE FILE", "At the top level:", kinds_global_keys);
    add_keys_section(out, "SITES", "Each entry of sites:", kinds_site_keys);
    add_keys_section(out, "ENDPOINTS",
                     "Each entry of endpoints, whatever its kind:", kinds_common_keys);
    for (size_t i = 0; kinds_all[i]; i++) {
        const struct kind_spec *k = kinds_all[i];
        char *name = mem_printf("kind: %s (%s)", k->name, k->product);
        heading(out, ".SS", name);
        free(name);
        add_line(out, k->meaning);
        add_keys(out, k->keys);
    }
    add_keys_section(
        out, "EVERYWHERE",
        "For the whole file, a site or an endpoint; the innermost wins:", kinds_scope_keys);
    add_keys_section(out, "THRESHOLDS", "Below thresholds:", kinds_threshold_keys);
    add_keys_section(out, "CREDENTIALS", "Below credentials, by name:", kinds_credential_keys);
    strbuf_addstr(out, ".SH SECRETS\n");
    add_line(out, "A secret is never in the file. It is a mapping that says where it comes from:");
    static const struct cli_fact sources[] = {
        {"{command: COMMAND}", "the output of a command, which runs once"},
        {"{env: NAME}", "a variable of the environment"},
        {"{file: PATH}", "a file; refused if group or others can read it"},
        {"{prompt: true}", "asked for on the terminal"},
        {NULL, NULL},
    };
    add_facts(out, sources);
    strbuf_addstr(out, ".SH SEE ALSO\n.BR hycon (1)\n");
}

/* ---- hycon-tables(7) ---------------------------------------------------------------------------
 */

static void add_column(struct strbuf *out, const struct column *c)
{
    const char *unit = describe_unit(c);
    struct strbuf type = STRBUF_INIT;

    strbuf_addf(&type, "%s%s%s%s%s", describe_type(c->type), unit ? ", " : "", unit ? unit : "",
                c->flags & COL_KEY ? ", key" : "", c->flags & COL_DERIVED ? ", derived" : "");
    term(out, c->name, type.buf);
    strbuf_release(&type);
    add_text(out, c->meaning ? c->meaning : "");
    for (const struct state_word *w = c->states; w && w->word; w++) {
        strbuf_addstr(out, w == c->states ? ": " : ", ");
        add_text(out, w->word);
    }
    if (c->inputs) {
        strbuf_addstr(out, "; from ");
        add_text(out, c->inputs);
    }
    strbuf_addch(out, '\n');
}

static void page_tables(struct strbuf *out)
{
    title(out, "hycon-tables", 7, "tables and columns of hycon");
    strbuf_addstr(out, ".SH DESCRIPTION\n");
    add_line(out, "What 'hycon get' prints and filters understand. A derived column is joined by "
                  "hycon from other tables; when one of them is missing, it is not known. Names "
                  "stay the same in later versions; columns may be added.");
    for (unsigned i = 0; i < tables_count; i++) {
        const struct schema *s = tables_all[i];
        heading(out, ".SH", s->name);
        add_line(out, s->meaning);
        for (unsigned c = 0; c < schema_public(s); c++)
            add_column(out, &s->columns[c]);
    }
    strbuf_addstr(out, ".SH SEE ALSO\n.BR hycon (1)\n");
}

/* ---- hycon-checks(7) ---------------------------------------------------------------------------
 */

static void add_names(struct strbuf *out, const char *label, const struct schema *const *tables)
{
    for (size_t i = 0; tables && tables[i]; i++)
        strbuf_addf(out, "%s%s", i ? ", " : label, tables[i]->name);
    if (tables && tables[0])
        strbuf_addch(out, '\n');
}

static void add_kinds(struct strbuf *out, unsigned kinds)
{
    bool first = true;

    for (size_t i = 0; kinds_all[i]; i++) {
        if (!(kinds & (unsigned)kinds_all[i]->kind))
            continue;
        strbuf_addf(out, "%s%s", first ? "Kinds: " : ", ", kinds_all[i]->name);
        first = false;
    }
    if (!first)
        strbuf_addch(out, '\n');
}

static void page_checks(struct strbuf *out)
{
    title(out, "hycon-checks", 7, "what hycon check judges");
    strbuf_addstr(out, ".SH DESCRIPTION\n");
    add_line(out,
             "Each check is one statement that must hold in a site. It runs where an endpoint "
             "of one of its kinds is configured. When a table that it needs could not be read, "
             "the finding is unknown, never ok. What is normal for a moment, such as routes "
             "that follow a failover one by one, is a warning until it has lasted for the time "
             "of the threshold converge.");
    strbuf_addstr(out, ".SH CHECKS\n");
    for (size_t i = 0; checks_all[i]; i++) {
        const struct check *c = checks_all[i];
        heading(out, ".SS", c->name);
        add_line(out, c->title);
        strbuf_addstr(out, ".br\n");
        add_text(out, "Remedy: ");
        add_line(out, c->remedy ? c->remedy : "");
        strbuf_addstr(out, ".br\n");
        add_names(out, "Needs: ", c->tables);
        strbuf_addstr(out, ".br\n");
        add_names(out, "Uses, where there: ", c->optional);
        strbuf_addstr(out, ".br\n");
        add_kinds(out, c->kinds);
    }
    strbuf_addstr(out, ".SH SEE ALSO\n.BR hycon (1),\n.BR hycon.conf (5)\n");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*make)(struct strbuf *out);
    } pages[] = {
        {"hycon.1", page_hycon},
        {"hycon.conf.5", page_conf},
        {"hycon-tables.7", page_tables},
        {"hycon-checks.7", page_checks},
    };
    struct strbuf out = STRBUF_INIT;

    for (size_t i = 0; argc == 2 && i < ARRAY_SIZE(pages); i++) {
        if (strcmp(argv[1], pages[i].name) != 0)
            continue;
        pages[i].make(&out);
        bool ok = fwrite(out.buf, 1, out.len, stdout) == out.len && fflush(stdout) == 0;
        strbuf_release(&out);
        return ok ? 0 : 1;
    }
    fputs("usage: man hycon.1|hycon.conf.5|hycon-tables.7|hycon-checks.7\n", stderr);
    return 64;
}
