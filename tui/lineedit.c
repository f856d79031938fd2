#include "tui/lineedit.h"

#include <string.h>

#include "core/secret.h"
#include "core/text.h"
#include "tui/keys.h"

void lineedit_init(struct lineedit *e, bool secret)
{
    *e = (struct lineedit){.secret = secret};
    strbuf_init(&e->text, LINEEDIT_MAX);
    /* A secret's buffer never grows, so that no copy of it is left behind by realloc. */
    if (secret)
        strbuf_grow(&e->text, LINEEDIT_MAX);
}

void lineedit_release(struct lineedit *e)
{
    if (e->secret && e->text.alloc)
        secret_wipe(e->text.buf, e->text.alloc);
    strbuf_release(&e->text);
    e->at = 0;
}

void lineedit_set(struct lineedit *e, const char *text)
{
    strbuf_reset(&e->text);
    strbuf_add(&e->text, text, text_boundary(text, strlen(text), LINEEDIT_MAX - 1));
    e->at = e->text.len;
}

static size_t before(const struct lineedit *e, size_t at)
{
    return at ? text_boundary(e->text.buf, e->text.len, at - 1) : 0;
}

static size_t after(const struct lineedit *e, size_t at)
{
    uint32_t cp;

    return at < e->text.len ? at + text_decode(e->text.buf + at, e->text.len - at, &cp) : at;
}

static void cut(struct lineedit *e, size_t from, size_t to)
{
    memmove(e->text.buf + from, e->text.buf + to, e->text.len - to);
    if (e->secret)
        secret_wipe(e->text.buf + e->text.len - (to - from), to - from);
    strbuf_setlen(&e->text, e->text.len - (to - from));
    e->at = from;
}

static size_t word_begin(const struct lineedit *e)
{
    size_t at = e->at;

    while (at && e->text.buf[at - 1] == ' ')
        at--;
    while (at && e->text.buf[at - 1] != ' ')
        at--;
    return at;
}

static bool insert(struct lineedit *e, uint32_t cp)
{
    struct strbuf one = STRBUF_INIT;
    bool fits;

    text_encode(&one, cp);
    fits = e->text.len + one.len < LINEEDIT_MAX;
    if (fits) {
        strbuf_add(&e->text, one.buf, one.len);
        memmove(e->text.buf + e->at + one.len, e->text.buf + e->at, e->text.len - one.len - e->at);
        memcpy(e->text.buf + e->at, one.buf, one.len);
        e->at += one.len;
    }
    if (e->secret)
        secret_wipe(one.buf, one.len);
    strbuf_release(&one);
    return fits;
}

static bool move(struct lineedit *e, enum command cmd)
{
    switch (cmd) {
    case CMD_TEXT_LEFT:
        e->at = before(e, e->at);
        return true;
    case CMD_TEXT_RIGHT:
        e->at = after(e, e->at);
        return true;
    case CMD_TEXT_HOME:
        e->at = 0;
        return true;
    case CMD_TEXT_END:
        e->at = e->text.len;
        return true;
    default:
        return false;
    }
}

static bool erase(struct lineedit *e, enum command cmd)
{
    switch (cmd) {
    case CMD_TEXT_ERASE:
        cut(e, before(e, e->at), e->at);
        return true;
    case CMD_TEXT_DELETE:
        cut(e, e->at, after(e, e->at));
        return true;
    case CMD_TEXT_ERASE_ALL:
        cut(e, 0, e->at);
        return true;
    case CMD_TEXT_CUT:
        cut(e, e->at, e->text.len);
        return true;
    case CMD_TEXT_ERASE_WORD:
        cut(e, word_begin(e), e->at);
        return true;
    default:
        return false;
    }
}

bool lineedit_key(struct lineedit *e, uint32_t key, bool *changed)
{
    enum command cmd = keys_lookup(CONTEXT_TEXT, key == 0x7f ? KEYCODE_BACKSPACE : key, NULL);
    size_t len = e->text.len;

    *changed = false;
    if (move(e, cmd))
        return true;
    if (erase(e, cmd)) {
        *changed = e->text.len != len;
        return true;
    }
    if (key < ' ' || key == 0x7f || key >= KEYCODE_FIRST)
        return false;
    *changed = insert(e, key);
    return true;
}

int lineedit_draw(const struct lineedit *e, struct canvas *c, int x, int y, int cells)
{
    size_t from = 0;
    struct strbuf head = STRBUF_INIT;
    int used;

    canvas_fill(c, (struct rect){x, y, cells, 1}, ' ', STYLE_INPUT);
    if (e->secret || cells < 2)
        return x;
    for (;;) {
        strbuf_reset(&head);
        strbuf_add(&head, e->text.buf + from, e->at - from);
        used = (int)text_width(head.buf);
        if (used < cells)
            break;
        from = after(e, from);
    }
    canvas_text(c, x, y, cells, STYLE_INPUT, e->text.buf + from);
    strbuf_release(&head);
    return x + used;
}
