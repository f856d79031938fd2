/* What the console asks: a note, a fingerprint, a password, whether to quit. */
#include "tui/dialog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/fmt.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/secret.h"
#include "core/text.h"
#include "model/tables.h"
#include "tui/app.h"

#define QUIET_MS     2000 /* nobody has typed for so long: a question may open by itself */
#define SHA256_CHARS 64

static bool wrong(struct form *f, const char *why)
{
    (void)snprintf(f->why, sizeof(f->why), "%s", why);
    return false;
}

/* ---- acknowledge -------------------------------------------------------------------------------
 */

static bool submit_acknowledge(struct app *a, struct form *f)
{
    struct tui_request r = {
        .kind = TUI_ACKNOWLEDGE, .finding = f->subject, .text = f->fields[0].text.buf};
    const char *until = f->fields[1].text.buf;
    int64_t ms;

    if (!*until) {
        app_request_with(a, &r);
        app_say(a, STYLE_NORMAL, _("Acknowledged until it clears."));
        return true;
    }
    if (fmt_parse_duration(until, &ms) || !ms)
        return wrong(f, _("not a duration: 30m, 8h; leave it empty to acknowledge"));
    r.kind = TUI_SNOOZE;
    r.until = clock_now_ms() + ms;
    app_request_with(a, &r);
    app_say(a, STYLE_NORMAL, _("Snoozed for %s; it comes back if it is still there."), until);
    return true;
}

static bool submit_withdraw(struct app *a, struct form *f)
{
    const struct tui_request r = {.kind = TUI_UNACKNOWLEDGE, .finding = f->subject};

    app_request_with(a, &r);
    app_say(a, STYLE_NORMAL, _("The acknowledgement is withdrawn."));
    return true;
}

static const char *text_of(const struct grid *g, const struct rows_item *row, const char *column)
{
    int i = schema_column(g->table->schema, column);

    return i >= 0 ? row_str(row->row, (unsigned)i) : NULL;
}

void dialog_open_acknowledge(struct app *a)
{
    struct grid *g = app_grid(a);
    const struct rows_item *row = g ? grid_current(g) : NULL;
    const char *id = row ? text_of(g, row, "finding") : NULL;
    const char *state = id ? text_of(g, row, "state") : NULL;
    const char *summary = id ? text_of(g, row, "summary") : NULL;
    struct form *f;

    if (!id) {
        app_say(a, STYLE_NORMAL,
                _("This row is no finding; on Overview J goes to the table of findings."));
        return;
    }
    f = form_new(_("Acknowledge"));
    f->subject = mem_strdup(id);
    form_text(f, "%s", summary ? summary : id);
    if (state && strcmp(state, "acknowledged") == 0) {
        const char *by = text_of(g, row, "acknowledged_by"), *note = text_of(g, row, "note");
        form_text(f, _("Acknowledged by %s: %s"), by ? by : "?", note ? note : "");
        form_text(f, "%s", _("Withdraw the acknowledgement?"));
        f->key_answer = true;
        f->submit = submit_withdraw;
    } else {
        form_field(f, _("note"), "", false);
        form_field(f, _("snooze for (30m, 8h; empty: until it clears)"), "", false);
        f->submit = submit_acknowledge;
    }
    form_open(a, f);
}

/* ---- trust -------------------------------------------------------------------------------------
 */

static void add_fingerprint(struct form *f, const char *label, const char *hex)
{
    struct strbuf out = STRBUF_INIT;

    for (size_t i = 0; hex[i]; i++) {
        if (i && i % 32 == 0)
            strbuf_addstr(&out, "\n");
        else if (i && i % 4 == 0)
            strbuf_addch(&out, ' ');
        strbuf_addch(&out, hex[i]);
    }
    form_text(f, "%s", label);
    for (char *line = out.buf; *line;) {
        size_t n = strcspn(line, "\n");
        form_text(f, "    %.*s", (int)n, line);
        line += n + (line[n] == '\n');
    }
    strbuf_release(&out);
}

static bool submit_trust(struct app *a, struct form *f)
{
    char *slash = strchr(f->subject, '/');
    struct tui_request r = {.kind = TUI_TRUST, .text = f->more};

    if (strcmp(f->fields[0].text.buf, "yes") != 0)
        return wrong(f, _("type yes to accept, or leave with Esc"));
    *slash = '\0';
    r.site = f->subject;
    r.endpoint = slash + 1;
    app_request_with(a, &r);
    app_say(a, STYLE_NORMAL, _("Accepted the certificate of %s/%s; connecting again."), r.site,
            r.endpoint);
    return true;
}

static bool names_row(const struct rows_item *row, const char *name)
{
    const char *site = snapshot_site(row->snapshot), *endpoint = snapshot_endpoint(row->snapshot);
    size_t n = strlen(site);

    if (strcmp(name, endpoint) == 0)
        return true;
    return strncmp(name, site, n) == 0 && name[n] == '/' && strcmp(name + n + 1, endpoint) == 0;
}

static bool find_endpoint(struct app *a, const char *name, struct rows_item *out)
{
    struct view_input in = app_input(a);
    struct grid *g = app_grid(a);
    const struct rows_item *row = g ? grid_current(g) : NULL;
    size_t i = 0;

    if (!a->estate)
        return false;
    if (!name && row && g->table->schema == &table_endpoints) {
        *out = *row;
        return true;
    }
    in.site = NULL;
    while (view_walk(&in, &table_endpoints, &i, out)) {
        const char *kind = row_str(out->row, ENDPOINTS_ERROR_KIND);
        if (name ? names_row(out, name) : kind && strcmp(kind, "tls") == 0)
            return true;
    }
    return false;
}

static const struct config_endpoint *configured(const struct app *a, const struct rows_item *row)
{
    for (size_t i = 0; i < config_endpoint_count(a->o->config); i++) {
        const struct config_endpoint *e = config_endpoint(a->o->config, i);
        if (strcmp(e->site, snapshot_site(row->snapshot)) == 0 &&
            strcmp(e->name, snapshot_endpoint(row->snapshot)) == 0)
            return e;
    }
    return NULL;
}

static void fill_trust(struct app *a, struct form *f, const struct rows_item *row,
                       const char *shown)
{
    const struct tui_host *h = a->o->host;
    const char *url = row_str(row->row, ENDPOINTS_URL);
    const char *why = row_str(row->row, ENDPOINTS_MESSAGE);
    char before[SHA256_CHARS + 1];

    form_text(f, "%s  %s", f->subject, url ? url : "");
    if (why)
        form_text(f, "%s", why);
    add_fingerprint(f, _("SHA-256 of the certificate it shows now:"), shown);
    if (h->accepted &&
        h->accepted(h->arg, snapshot_site(row->snapshot), snapshot_endpoint(row->snapshot), before))
        add_fingerprint(f, _("SHA-256 that was accepted before:"), before);
    else
        form_text(f, "%s", _("None was accepted before."));
    form_text(f, "%s",
              _("Compare it with what the manager's own console says. Accepting a wrong one gives "
                "the password to whoever stands between."));
}

void dialog_open_trust(struct app *a, const char *name)
{
    struct rows_item row;
    const struct config_endpoint *e;
    const char *shown;
    struct form *f;

    if (!find_endpoint(a, name, &row)) {
        app_say(a, STYLE_NORMAL,
                name ? _("There is no such endpoint.") : _("No endpoint asks for trust."));
        return;
    }
    e = configured(a, &row);
    shown = row_str(row.row, ENDPOINTS_CERT_SHA256);
    if (e && config_str(e, "tls.sha256")) {
        app_say(a, STYLE_WARNING,
                _("The configuration pins the certificate of %s/%s (tls.sha256): change it there."),
                e->site, e->name);
        return;
    }
    if (!shown || strlen(shown) != SHA256_CHARS) {
        app_say(a, STYLE_WARNING, _("%s/%s has shown no certificate yet."),
                snapshot_site(row.snapshot), snapshot_endpoint(row.snapshot));
        return;
    }
    f = form_new(_("Trust this certificate?"));
    f->subject = mem_printf("%s/%s", snapshot_site(row.snapshot), snapshot_endpoint(row.snapshot));
    f->more = mem_strdup(shown);
    fill_trust(a, f, &row, shown);
    form_field(f, _("type yes:"), "", false);
    f->submit = submit_trust;
    form_open(a, f);
}

/* ---- secrets -----------------------------------------------------------------------------------
 */

static void answer(struct app *a, const struct form *f, struct secret *s)
{
    const struct tui_request r = {.kind = TUI_ANSWER, .credential = f->subject, .answer = s};

    app_request_with(a, &r);
}

static bool submit_prompt(struct app *a, struct form *f)
{
    const struct strbuf *text = &f->fields[0].text;

    if (!text->len)
        return wrong(f, _("nothing was entered; Esc cancels"));
    answer(a, f, secret_new(text->buf, text->len));
    app_say(a, STYLE_NORMAL, _("Logging in with '%s'."), f->subject);
    return true;
}

static void cancel_prompt(struct app *a, struct form *f)
{
    answer(a, f, NULL);
    app_say(a, STYLE_WARNING, _("'%s' stays logged out; L asks again."), f->subject);
}

void dialog_open_prompt(struct app *a)
{
    struct tui_prompt p = a->waiting[0];
    struct form *f;

    if (!a->nwaiting)
        return;
    memmove(a->waiting, a->waiting + 1, --a->nwaiting * sizeof(a->waiting[0]));
    f = form_new(_("A secret is needed"));
    f->subject = p.credential;
    form_text(f, "%s", p.question);
    form_text(f, "%s", _("What is typed is not shown and not kept on disk."));
    form_field(f, _("secret:"), NULL, true);
    f->submit = submit_prompt;
    f->cancel = cancel_prompt;
    free(p.question);
    form_open(a, f);
}

/* Nobody types, or the last key was the one that asked for it. */
static bool may_ask(const struct app *a)
{
    bool asked = a->login_at && a->last_key_at <= a->login_at;

    return !a->top && (asked || !a->last_key_at || clock_now_ms() - a->last_key_at > QUIET_MS);
}

void dialog_prompt_arrived(struct app *a)
{
    if (may_ask(a))
        dialog_open_prompt(a);
    else if (a->nwaiting)
        app_say(a, STYLE_WARNING, _("'%s' needs a secret: press L to enter it."),
                a->waiting[0].credential);
}

/* ---- quitting ----------------------------------------------------------------------------------
 */

static bool submit_quit(struct app *a, struct form *f)
{
    (void)f;
    a->quit = true;
    return true;
}

void dialog_open_quit(struct app *a, unsigned jobs)
{
    struct form *f = form_new(_("Quit?"));

    form_text(f,
              Q_(jobs, "%u job is still running and would end.",
                 "%u jobs are still running and would end."),
              jobs);
    f->key_answer = true;
    f->submit = submit_quit;
    form_open(a, f);
}
