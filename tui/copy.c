#include "tui/copy.h"

#include <string.h>

#include "core/hash.h"
#include "core/i18n.h"
#include "core/map.h"
#include "core/strbuf.h"
#include "tui/app.h"

#define SCREEN_CHUNK 512 /* GNU screen takes control strings of at most 768 bytes */

/* tmux hands on what stands in a DCS of its own, with every ESC doubled (allow-passthrough); it
 * also takes a plain OSC 52 (set-clipboard), so that one is sent as well. */
static void wrap_tmux(struct strbuf *out, const struct strbuf *osc)
{
    strbuf_add(out, osc->buf, osc->len);
    strbuf_addstr(out, "\033Ptmux;");
    for (size_t i = 0; i < osc->len; i++) {
        if (osc->buf[i] == '\033')
            strbuf_addch(out, '\033');
        strbuf_addch(out, osc->buf[i]);
    }
    strbuf_addstr(out, "\033\\");
}

static void wrap_screen(struct strbuf *out, const struct strbuf *osc)
{
    for (size_t i = 0; i < osc->len; i += SCREEN_CHUNK) {
        size_t n = osc->len - i < SCREEN_CHUNK ? osc->len - i : SCREEN_CHUNK;
        strbuf_addstr(out, "\033P");
        strbuf_add(out, osc->buf + i, n);
        strbuf_addstr(out, "\033\\");
    }
}

bool copy_sequence(struct strbuf *out, const char *text, size_t len, bool tmux, bool screen)
{
    struct strbuf osc = STRBUF_INIT;

    if ((len + 2) / 3 * 4 > APP_COPY_MAX)
        return false;
    strbuf_addstr(&osc, "\033]52;c;");
    hash_base64(&osc, text, len);
    /* BEL ends it where ST would end the wrapping too early. */
    strbuf_addstr(&osc, "\a");
    if (tmux)
        wrap_tmux(out, &osc);
    else if (screen)
        wrap_screen(out, &osc);
    else
        strbuf_add(out, osc.buf, osc.len);
    strbuf_release(&osc);
    return true;
}

static bool send(struct app *a, const char *text)
{
    struct strbuf sequence = STRBUF_INIT;
    bool fits = copy_sequence(&sequence, text, strlen(text), a->in_tmux, a->in_screen);

    if (fits && a->emit)
        a->emit(a->emit_arg, sequence.buf, sequence.len);
    strbuf_release(&sequence);
    return fits;
}

void copy_text(struct app *a, const char *text, const char *what)
{
    if (!send(a, text))
        app_say(a, STYLE_WARNING,
                _("Not copied: %s has %zu bytes, terminals take %d; mark fewer rows."), what,
                strlen(text), APP_COPY_MAX / 4 * 3);
    else
        app_say(a, STYLE_NORMAL, _("Copied: %s"), what);
}

/* The key columns as plain text: never what the screen had room for. */
static void add_id(struct strbuf *out, const struct schema *s, const struct row *r)
{
    bool any = false;

    for (unsigned i = 0; i < s->ncolumns; i++) {
        if (!(s->columns[i].flags & COL_KEY))
            continue;
        if (any)
            strbuf_addch(out, ' ');
        cell_plain(out, &s->columns[i], &r->cells[i]);
        any = true;
    }
}

void copy_rows(struct app *a)
{
    struct grid *g = app_grid(a);
    const struct rows_item *row = g ? grid_current(g) : NULL;
    struct strbuf out = STRBUF_INIT;
    size_t n = 0;

    for (size_t i = 0; g && g->has_rows && map_count(g->marks) && i < g->rows.n; i++) {
        if (!grid_is_marked(g, &g->rows.items[i]))
            continue;
        if (n++)
            strbuf_addch(&out, '\n');
        add_id(&out, g->table->schema, g->rows.items[i].row);
    }
    if (!n && row)
        add_id(&out, g->table->schema, row->row);
    if (!out.len)
        app_say(a, STYLE_NORMAL, _("There is no row to copy."));
    else if (n > 1 && send(a, out.buf))
        app_say(a, STYLE_NORMAL, _("Copied: %zu ids"), n);
    else
        copy_text(a, out.buf, out.buf);
    strbuf_release(&out);
}
