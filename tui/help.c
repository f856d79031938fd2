#include "tui/help.h"

#include "core/i18n.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "tui/app.h"
#include "tui/pager.h"
#include "tui/palette.h"

/* A name that is too long stands above its meaning, so that meanings are aligned. */
static void add_pair(struct pager *p, const char *name, enum style style, const char *meaning)
{
    if (text_width(name) < PAGER_NAME_CELLS) {
        pager_pair(p, name, style, meaning);
        return;
    }
    pager_pair(p, name, style, "");
    pager_pair(p, "", style, meaning);
}

static void add_keys(struct pager *p, unsigned context, const char *title)
{
    struct strbuf keys = STRBUF_INIT;

    pager_add(p, STYLE_TITLE, title);
    for (const struct key_binding *b = keys_all; b->name; b++) {
        if (!(b->contexts & context))
            continue;
        strbuf_reset(&keys);
        strbuf_addstr(&keys, "  ");
        keys_show(&keys, b, true);
        add_pair(p, keys.buf, STYLE_NORMAL, _(b->meaning));
    }
    pager_add(p, STYLE_NORMAL, "");
    strbuf_release(&keys);
}

static void add_tabs(struct pager *p, struct app *a)
{
    struct strbuf name = STRBUF_INIT;

    pager_add(p, STYLE_TITLE, _("Tabs"));
    for (size_t i = 0; i < a->ntabs; i++) {
        const struct view *v = a->tabs[i].view;
        strbuf_reset(&name);
        strbuf_addf(&name, "  %c  :%s", v->digit ? v->digit : ' ', v->name);
        add_pair(p, name.buf, a->tabs[i].exists || v->hidden ? STYLE_NORMAL : STYLE_DIM,
                 v->about ? _(v->about) : "");
    }
    pager_add(p, STYLE_NORMAL, "");
    strbuf_release(&name);
}

static void add_commands(struct pager *p)
{
    struct strbuf name = STRBUF_INIT;

    pager_add(p, STYLE_TITLE, _("Commands"));
    for (const struct palette_command *c = palette_commands; c->name; c++) {
        strbuf_reset(&name);
        strbuf_addf(&name, "  :%s %s", c->name, c->arguments);
        add_pair(p, name.buf, STYLE_NORMAL, _(c->meaning));
    }
    pager_add(p, STYLE_NORMAL, "");
    strbuf_release(&name);
}

static void add_filter(struct pager *p)
{
    pager_add(p, STYLE_TITLE, _("Filter"));
    add_pair(p, "  web|app", STYLE_NORMAL,
             _("a regular expression over the whole row, case ignored"));
    add_pair(p, "  !spare", STYLE_NORMAL, _("rows that do not match"));
    add_pair(p, "  role=active", STYLE_NORMAL, _("a column: = != < > <= >= ~ !~"));
    add_pair(p, "  cidr~10.0.0.0/8", STYLE_NORMAL, _("addresses: lies within"));
    add_pair(p, "  lag_s>10m and state!=ok", STYLE_NORMAL,
             _("several, joined by 'and'; values take units"));
    pager_add(p, STYLE_NORMAL, "");
}

static void add_marks(struct pager *p)
{
    pager_add(p, STYLE_TITLE, _("Signs"));
    add_pair(p, "  >", STYLE_NORMAL, _("the selected row"));
    add_pair(p, "  *", STYLE_NORMAL, _("a marked row"));
    add_pair(p, "  ~", STYLE_NORMAL, _("a row of a source that is not up to date, dimmed"));
    add_pair(p, "  -", STYLE_NORMAL, _("not known (never 0, never ok)"));
    add_pair(p, "  ^ v", STYLE_NORMAL, _("the column that the rows are sorted by"));
    add_pair(p, "  + ~ ! . -", STYLE_NORMAL,
             _("lamps: ok, stale or partial, failed or refused, not read yet, not available"));
    pager_add(p, STYLE_NORMAL, "");
}

void help_open(struct app *a)
{
    struct pager *p = pager_new(_("Help"));

    add_keys(p, CONTEXT_TABLE, _("Keys"));
    add_tabs(p, a);
    add_commands(p);
    add_filter(p);
    add_marks(p);
    add_keys(p, CONTEXT_PAGER, _("Keys in details, help and log"));
    add_keys(p, CONTEXT_ITEMS, _("Keys in an explanation, besides these"));
    add_keys(p, CONTEXT_TEXT, _("Keys while typing"));
    pager_open(a, p);
}

/* ---- the manual page ---------------------------------------------------------------------------
 */

static void roff(struct strbuf *out, const char *s)
{
    for (; *s; s++) {
        if (*s == '\\' || *s == '-')
            strbuf_addch(out, '\\');
        strbuf_addch(out, *s);
        if (*s == '\\')
            strbuf_addch(out, 'e');
    }
}

void help_man_keys(struct strbuf *out)
{
    struct strbuf keys = STRBUF_INIT;

    for (const struct key_binding *b = keys_all; b->name; b++) {
        strbuf_reset(&keys);
        keys_show(&keys, b, true);
        strbuf_addstr(out, ".TP\n.B \"");
        roff(out, keys.buf);
        strbuf_addstr(out, "\"\n");
        roff(out, b->meaning);
        strbuf_addch(out, '\n');
    }
    strbuf_release(&keys);
}

void help_man_commands(struct strbuf *out)
{
    for (const struct palette_command *c = palette_commands; c->name; c++) {
        strbuf_addstr(out, ".TP\n.BI \":");
        roff(out, c->name);
        strbuf_addstr(out, "\" \" ");
        roff(out, c->arguments);
        strbuf_addstr(out, "\"\n");
        roff(out, c->meaning);
        strbuf_addch(out, '\n');
    }
}
