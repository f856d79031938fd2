#include "tests/bench/screen.h"

#include <vterm.h>

#include "core/strbuf.h"
#include "core/text.h"

static void line(VTermScreen *screen, int y, int cols, struct strbuf *out)
{
    size_t start = out->len, end = out->len;

    for (int x = 0; x < cols; x++) {
        VTermScreenCell cell = {0};
        VTermPos at = {.row = y, .col = x};

        if (!vterm_screen_get_cell(screen, at, &cell))
            continue;
        if (cell.chars[0] == (uint32_t)-1) /* the second half of a wide character */
            continue;
        for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++)
            text_encode(out, cell.chars[i]);
        if (!cell.chars[0])
            strbuf_addch(out, ' ');
        else if (cell.chars[0] != ' ')
            end = out->len;
    }
    strbuf_setlen(out, end > start ? end : start);
    strbuf_addch(out, '\n');
}

void screen_text(const struct strbuf *bytes, int cols, int rows, struct strbuf *out)
{
    VTerm *vt = vterm_new(rows, cols);
    VTermScreen *screen = vterm_obtain_screen(vt);

    vterm_set_utf8(vt, 1);
    vterm_screen_enable_altscreen(screen, 1);
    vterm_screen_reset(screen, 1);
    (void)vterm_input_write(vt, bytes->buf, bytes->len);
    for (int y = 0; y < rows; y++)
        line(screen, y, cols, out);
    vterm_free(vt);
}
