#include "tui/palette.h"

#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/fmt.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/suggest.h"
#include "core/text.h"
#include "model/config.h"
#include "model/tables.h"
#include "tui/app.h"
#include "tui/dialog.h"
#include "tui/explain_pane.h"
#include "tui/help.h"
#include "tui/log_pane.h"

#define WORDS_MAX          32
#define CHANGES_DEFAULT_MS (60 * 60 * 1000)

/* ---- candidates --------------------------------------------------------------------------------
 */

static const char *nth_view(const struct app *a, size_t i)
{
    return i < a->ntabs ? a->tabs[i].view->name : NULL;
}

static const char *nth_site(const struct app *a, size_t i)
{
    size_t n = config_site_count(a->o->config);

    return i < n ? config_site(a->o->config, i)->name : i == n ? "all" : NULL;
}

static const char *nth_table(const struct app *a, size_t i)
{
    (void)a;
    return i < tables_count ? tables_all[i]->name : NULL;
}

static const char *nth_endpoint(const struct app *a, size_t i)
{
    return i < config_endpoint_count(a->o->config) ? config_endpoint(a->o->config, i)->name : NULL;
}

static const char *nth_credential(const struct app *a, size_t i)
{
    const struct config *c = a->o->config;

    return i < config_endpoint_count(c) ? config_endpoint(c, i)->credential : NULL;
}

static const char *nth_column(const struct app *a, size_t i)
{
    const struct tab *t = &a->tabs[a->current];
    const struct schema *s = t->ngrids ? t->grids[t->focus]->table->schema : NULL;

    return s && i < schema_public(s) ? s->columns[i].name : NULL;
}

static const char *nth_vm(const struct app *a, size_t i)
{
    const struct view_input in = {.estate = a->estate, .site = a->site};
    struct rows_item row;

    if (!a->estate || !view_walk(&in, &table_vms, &i, &row))
        return NULL;
    return row_str(row.row, VMS_VM) ? row_str(row.row, VMS_VM) : "";
}

static void did_you_mean(struct app *a, const char *what, const char *word,
                         const char *(*nth)(const struct app *, size_t))
{
    struct suggest s;

    suggest_init(&s, word);
    for (size_t i = 0; nth(a, i); i++)
        suggest_try(&s, nth(a, i));
    if (s.best)
        app_say(a, STYLE_WARNING, _("There is no %s '%s'. Did you mean '%s'?"), what, word, s.best);
    else
        app_say(a, STYLE_WARNING, _("There is no %s '%s'."), what, word);
}

static bool is_one_of(const struct app *a, const char *word,
                      const char *(*nth)(const struct app *, size_t))
{
    for (size_t i = 0; nth(a, i); i++)
        if (strcmp(nth(a, i), word) == 0)
            return true;
    return false;
}

/* ---- commands ----------------------------------------------------------------------------------
 */

static void set_site(struct app *a, const char *name)
{
    if (strcmp(name, "all") == 0)
        app_set_site(a, NULL);
    else if (!is_one_of(a, name, nth_site))
        did_you_mean(a, _("site"), name, nth_site);
    else
        app_set_site(a, name);
}

/* What is asked for is seen: the help or the details that it was typed above are closed. */
static void close_panes(struct app *a)
{
    while (a->top)
        app_pop(a);
}

static void set_filter(struct app *a, const char *text)
{
    struct grid *g = app_grid(a);
    struct err err = {0};

    close_panes(a);
    if (!g)
        app_say(a, STYLE_NORMAL, _("There is no table here to filter."));
    else if (grid_set_filter(g, text, &err))
        app_say(a, STYLE_WARNING, "%s", err.msg);
    app_refresh_tab(a);
}

static char *join(char **words, size_t n)
{
    struct strbuf out = STRBUF_INIT;

    for (size_t i = 0; i < n; i++)
        strbuf_addf(&out, "%s%s", i ? " " : "", words[i]);
    return strbuf_detach(&out);
}

/* ":eni @tokyo role=active": the tab, its site, its filter. */
static void open_view(struct app *a, const char *name, char **words, size_t n)
{
    if (!app_open_view(a, name))
        return;
    close_panes(a);
    while (n && words[0][0] == '@') {
        set_site(a, words[0] + 1);
        words++;
        n--;
    }
    if (n) {
        char *text = join(words, n);
        set_filter(a, text);
        free(text);
    }
}

static void run_tab(struct app *a, char **words, size_t n)
{
    if (!n)
        app_say(a, STYLE_NORMAL, _("Which tab? ':tab NAME', Tab completes."));
    else if (!views_find(words[0]))
        did_you_mean(a, _("tab"), words[0], nth_view);
    else
        open_view(a, words[0], words + 1, n - 1);
}

static void run_site(struct app *a, char **words, size_t n)
{
    set_site(a, n ? words[0] : "all");
}

static void run_filter(struct app *a, char **words, size_t n)
{
    char *text = join(words, n);

    set_filter(a, text);
    free(text);
}

static void run_changes(struct app *a, char **words, size_t n)
{
    int64_t ms = CHANGES_DEFAULT_MS;
    struct strbuf text = STRBUF_INIT;

    if (n && fmt_parse_duration(words[0], &ms)) {
        app_say(a, STYLE_WARNING, _("'%s' is not a duration: 60m, 24h."), words[0]);
        return;
    }
    if (!app_open_view(a, "changes"))
        return;
    close_panes(a);
    strbuf_addstr(&text, "at >= ");
    fmt_time_iso(&text, (clock_now_ms() - ms) / 1000 * 1000);
    set_filter(a, text.buf);
    strbuf_release(&text);
}

/* ":explain web-1 db-1:3306/tcp"; a name with blanks needs " -> " between the two. */
static void run_explain(struct app *a, char **words, size_t n)
{
    char *line = join(words, n), *arrow = strstr(line, " -> ");
    const char *source = n == 2 ? words[0] : NULL, *destination = n == 2 ? words[1] : NULL;
    struct err err = {0};

    if (arrow) {
        *arrow = '\0';
        source = line;
        destination = arrow + 4;
    }
    if (!source)
        app_say(a, STYLE_NORMAL,
                _("From where to where? ':explain web-1 db-1:3306/tcp'; names with blanks: "
                  "':explain A -> B:443'."));
    else if (explain_pane_open(a, source, destination, a->site, &err))
        app_say(a, STYLE_WARNING, "%s", err.msg);
    free(line);
}

static void run_refresh(struct app *a, char **words, size_t n)
{
    struct tui_request r = {.kind = TUI_REFRESH, .table = n ? words[0] : NULL};

    if (n && !tables_find(words[0])) {
        did_you_mean(a, _("table"), words[0], nth_table);
        return;
    }
    app_request_with(a, &r);
    app_say(a, STYLE_NORMAL, n ? _("Reading %s now.") : _("Reading everything now."), r.table);
}

static void run_login(struct app *a, char **words, size_t n)
{
    struct tui_request r = {.kind = TUI_LOGIN, .credential = n ? words[0] : NULL};

    if (n && !is_one_of(a, words[0], nth_credential)) {
        did_you_mean(a, _("credential"), words[0], nth_credential);
        return;
    }
    a->login_at = clock_now_ms();
    app_request_with(a, &r);
    app_say(a, STYLE_NORMAL,
            n ? _("Logging in again with '%s'.") : _("Logging in again where it was refused."),
            r.credential);
}

static void run_trust(struct app *a, char **words, size_t n)
{
    dialog_open_trust(a, n ? words[0] : NULL);
}

static void run_sort(struct app *a, char **words, size_t n)
{
    struct grid *g = app_grid(a);
    int col;

    if (!g || !n) {
        app_say(a, STYLE_NORMAL, _("Sort by which column? ':sort COLUMN [reverse]'."));
        return;
    }
    col = schema_column(g->table->schema, words[0]);
    if (col < 0) {
        did_you_mean(a, _("column"), words[0], nth_column);
        return;
    }
    close_panes(a);
    grid_set_sort(g, col, n > 1 && text_has_prefix("reverse", words[1]));
    app_refresh_tab(a);
}

static void run_key(struct app *a, enum command cmd)
{
    app_command(a, cmd, 0);
}

static void run_columns(struct app *a, char **words, size_t n)
{
    (void)words;
    (void)n;
    run_key(a, CMD_COLUMNS);
}

static void run_ack(struct app *a, char **words, size_t n)
{
    (void)words;
    (void)n;
    run_key(a, CMD_ACKNOWLEDGE);
}

static void run_hold(struct app *a, char **words, size_t n)
{
    (void)words;
    (void)n;
    run_key(a, CMD_HOLD);
}

static void run_utc(struct app *a, char **words, size_t n)
{
    (void)words;
    (void)n;
    a->local = false;
}

static void run_local(struct app *a, char **words, size_t n)
{
    (void)words;
    (void)n;
    a->local = true;
}

static void run_ascii(struct app *a, char **words, size_t n)
{
    (void)words;
    (void)n;
    a->ascii = !a->ascii;
    app_say(a, STYLE_NORMAL,
            a->ascii ? _("Lines and bars are drawn with ASCII.")
                     : _("Lines and bars are drawn with line characters."));
}

static void run_mouse(struct app *a, char **words, size_t n)
{
    (void)words;
    (void)n;
    a->mouse = !a->mouse;
    app_say(a, STYLE_NORMAL,
            a->mouse ? _("Mouse on: the wheel scrolls, a click selects; hold Shift to select text.")
                     : _("Mouse off: the terminal selects text."));
}

static void run_log(struct app *a, char **words, size_t n)
{
    (void)words;
    (void)n;
    log_pane_open(a);
}

static void run_help(struct app *a, char **words, size_t n)
{
    (void)words;
    (void)n;
    help_open(a);
}

static void run_quit(struct app *a, char **words, size_t n)
{
    (void)words;
    (void)n;
    app_ask_quit(a);
}

const struct palette_command palette_commands[] = {
    {"ack", "", N_("acknowledge or snooze the selected finding"), run_ack, NULL},
    {"ascii", "", N_("draw lines with ASCII, or not (wide line characters)"), run_ascii, NULL},
    {"changes", "[DURATION]", N_("what changed, newest first, with who (60m)"), run_changes, NULL},
    {"columns", "", N_("choose the columns"), run_columns, NULL},
    {"explain", "SRC DST[:PORT][/PROTO]",
     N_("why a packet passes, or does not: rules, gateways and routes on its way"), run_explain,
     nth_vm},
    {"filter", "[EXPRESSION]", N_("filter the rows; without one: show all"), run_filter,
     nth_column},
    {"help", "", N_("keys, tabs, commands, the filter"), run_help, NULL},
    {"hold", "", N_("hold the screen still, or go on"), run_hold, NULL},
    {"local", "", N_("times in the local zone"), run_local, NULL},
    {"log", "", N_("what hycon did and what went wrong"), run_log, NULL},
    {"login", "[CREDENTIAL]", N_("log in again after a refusal"), run_login, nth_credential},
    {"mouse", "", N_("wheel and clicks on or off"), run_mouse, NULL},
    {"q", "", N_("quit"), run_quit, NULL},
    {"quit", "", N_("quit"), run_quit, NULL},
    {"refresh", "[TABLE]", N_("read a table, or everything, now"), run_refresh, nth_table},
    {"site", "[NAME|all]", N_("show one site, or all"), run_site, nth_site},
    {"sort", "COLUMN [reverse]", N_("sort by a column"), run_sort, nth_column},
    {"tab", "NAME [@SITE] [EXPRESSION]", N_("open a tab; its name alone does, too"), run_tab,
     nth_view},
    {"trust", "[ENDPOINT]", N_("compare fingerprints and accept a certificate"), run_trust,
     nth_endpoint},
    {"utc", "", N_("times in UTC"), run_utc, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

/* ---- a line ------------------------------------------------------------------------------------
 */

static const struct palette_command *find(const char *name)
{
    for (size_t i = 0; palette_commands[i].name; i++)
        if (text_equal_nocase(palette_commands[i].name, name))
            return &palette_commands[i];
    return NULL;
}

/* Commands, then the names of tabs. */
static const char *nth_name(const struct app *a, size_t i)
{
    size_t n = 0;

    while (palette_commands[n].name)
        n++;
    return i < n ? palette_commands[i].name : nth_view(a, i - n);
}

static size_t split(char *line, char **words)
{
    size_t n = 0;

    while (n < WORDS_MAX) {
        line += strspn(line, " ");
        if (!*line)
            break;
        words[n++] = line;
        line += strcspn(line, " ");
        if (*line)
            *line++ = '\0';
    }
    return n;
}

/* Full-width letters name commands as well as their twins do. */
static char *fold(const char *line)
{
    struct strbuf out = STRBUF_INIT;
    uint32_t cp;

    for (size_t i = 0, len = strlen(line); i < len;) {
        i += text_decode(line + i, len - i, &cp);
        text_encode(&out, text_fold_fullwidth(cp));
    }
    return strbuf_detach(&out);
}

void palette_run(struct app *a, const char *line)
{
    char *copy = fold(line), *words[WORDS_MAX];
    size_t n = split(copy, words);
    const struct palette_command *c = n ? find(words[0]) : NULL;

    if (c)
        c->run(a, words + 1, n - 1);
    else if (n && views_find(words[0]))
        open_view(a, words[0], words + 1, n - 1);
    else if (n)
        did_you_mean(a, _("command"), words[0], nth_name);
    free(copy);
}

/* ---- completion --------------------------------------------------------------------------------
 */

size_t palette_complete(const struct app *a, const char *line, const char **out, size_t max,
                        size_t *from)
{
    const char *blank = strrchr(line, ' ');
    const char *word = blank ? blank + 1 : line;
    size_t n = 0, first = strcspn(line, " ");
    const char *(*nth)(const struct app *, size_t) = nth_name;

    if (blank) {
        char *name = mem_strndup(line, first);
        const struct palette_command *c = find(name);
        nth = c ? c->complete : views_find(name) ? nth_column : NULL;
        free(name);
    }
    if (blank && word[0] == '@') {
        word++;
        nth = nth_site;
    }
    *from = (size_t)(word - line);
    for (size_t i = 0; nth && nth(a, i) && n < max; i++) {
        bool twice = false;
        for (size_t k = 0; k < n; k++)
            twice = twice || strcmp(out[k], nth(a, i)) == 0;
        if (!twice && text_has_prefix_nocase(nth(a, i), word))
            out[n++] = nth(a, i);
    }
    return n;
}
