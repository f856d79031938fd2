/* dialog: small panes in the middle of the screen: a list to choose from, a form, a question. */
#ifndef HYCON_TUI_DIALOG_H
#define HYCON_TUI_DIALOG_H

#include "core/canvas.h"
#include "tui/lineedit.h"

#include <stdbool.h>
#include <stddef.h>

struct app;

/* ---- lists (tui/dialog_list.c) -----------------------------------------------------------------
 */

void dialog_open_columns(struct app *a); /* `x` */
void dialog_open_related(struct app *a); /* `r` */

/* ---- forms (tui/dialog_form.c) -----------------------------------------------------------------
 */

#define FORM_FIELDS_MAX     3
#define FORM_CANDIDATES_MAX 200

struct form {
    char *title;
    struct strbuf text; /* lines above the fields */
    const char *labels[FORM_FIELDS_MAX];
    struct lineedit fields[FORM_FIELDS_MAX];
    size_t nfields, focus;
    char why[256];   /* what is wrong with what was entered */
    bool key_answer; /* no fields: y answers yes, everything else no */
    /* True: done, the form closes. False: @why says what is wrong. */
    bool (*submit)(struct app *a, struct form *f);
    void (*cancel)(struct app *a, struct form *f); /* NULL: nothing to undo */
    /* Done, and the form is gone from the screen: here other panes may be opened. NULL: nothing. */
    void (*after)(struct app *a, const struct form *f);
    /* What the text of the field with the cursor may become; strings may be the estate's. NULL: Tab
     * is for the next field alone. */
    size_t (*complete)(struct app *a, const struct form *f, const char **out, size_t max);
    struct arena *words; /* of the candidates */
    const char *candidates[FORM_CANDIDATES_MAX];
    size_t ncandidates, chosen; /* chosen 0: none */
    char *subject, *more;       /* for submit and cancel */
};

struct form *form_new(const char *title);
void form_text(struct form *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void form_field(struct form *f, const char *label, const char *value, bool secret);
void form_open(struct app *a, struct form *f);

/* ---- what is asked (tui/dialog.c)
 * --------------------------------------------------------------- */

void dialog_open_acknowledge(struct app *a);
/* @endpoint: NAME or SITE/NAME; NULL: the selected endpoint, else the first that is not trusted. */
void dialog_open_trust(struct app *a, const char *endpoint);
/* A question waits: it is asked at once only while nobody types, so that keys meant for something
 * else never become a password. */
void dialog_prompt_arrived(struct app *a);
void dialog_open_prompt(struct app *a); /* `L`: the oldest waiting question */
void dialog_open_quit(struct app *a, unsigned jobs);

#endif
