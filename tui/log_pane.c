#include "tui/log_pane.h"

#include "core/fmt.h"
#include "core/i18n.h"
#include "core/log.h"
#include "tui/app.h"
#include "tui/pager.h"

static void fill(struct pager *p, struct app *a, void *arg)
{
    static const enum style styles[] = {
        [LOG_ERROR] = STYLE_CRITICAL,
        [LOG_WARN] = STYLE_WARNING,
        [LOG_INFO] = STYLE_NORMAL,
        [LOG_DEBUG] = STYLE_DIM,
    };
    static const char *const words[] = {
        [LOG_ERROR] = "error", [LOG_WARN] = "warn", [LOG_INFO] = "info", [LOG_DEBUG] = "debug"};
    uint64_t dropped;
    size_t n = log_count(&dropped);
    struct log_line line;
    struct strbuf at = STRBUF_INIT;

    (void)arg;
    a->errors_read = log_errors();
    if (dropped)
        pager_addf(p, STYLE_DIM, _("%llu older lines are only in the file"),
                   (unsigned long long)dropped);
    for (size_t i = 0; i < n; i++) {
        if (log_get(i, &line))
            continue;
        strbuf_reset(&at);
        fmt_time_clock(&at, line.at_ms, a->local);
        pager_addf(p, styles[line.level], "%s %-5s %s", at.buf, words[line.level], line.text);
    }
    if (!n)
        pager_add(p, STYLE_DIM, _("nothing yet"));
    strbuf_release(&at);
}

void log_pane_open(struct app *a)
{
    struct pager *p = pager_new(_("Log"));

    pager_on_refresh(p, fill, NULL, NULL);
    pager_open(a, p);
}
