#include "tests/support/screen_case.h"

#include "core/strbuf.h"

struct screen *screen_begin(const char *config, const char *view, bool checks, int w, int h,
                            const char *language)
{
    return screen_new(&(struct screen_options){
        .config = config, .checks = checks, .w = w, .h = h, .language = language, .view = view});
}

struct screen *screen_begin_dc(const char *view, int w, int h, const char *language)
{
    return screen_begin(view_config_dc, view, strcmp(view, "overview") == 0, w, h, language);
}

void screen_join(struct screen *s, const char *first, ...)
{
    struct strbuf all = STRBUF_INIT;
    va_list more;

    va_start(more, first);
    for (const char *text = first; text; text = va_arg(more, const char *))
        strbuf_addstr(&all, text);
    va_end(more);
    screen_tables(s, all.buf);
    strbuf_release(&all);
}

void screen_scene(struct screen *s, const struct view_scene *scene)
{
    char *tokyo = view_estate(scene);

    screen_join(s, tokyo, view_osaka, view_dc1, NULL);
    free(tokyo);
}

void screen_tokyo(struct screen *s, const struct view_scene *scene)
{
    char *tokyo = view_estate(scene);

    screen_tables(s, tokyo);
    free(tokyo);
}
