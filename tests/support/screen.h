/*
 * screen: the console without a terminal, driven by keys and by tables written as text
 * (tests/support/estate_text.h), compared with screens that stand inside the test:
 *
 *   struct screen *s = screen_new(&(struct screen_options){.config = yaml});
 *   screen_tables(s, "table endpoints tokyo/nsx\n ...");
 *   screen_keys(s, "j/role=active<Enter>");
 *   SCREEN(s, "filtered",
 *          "line\n"
 *          "line\n");
 *
 * The clock stands still at ESTATE_TEXT_NOW, the zone is Asia/Tokyo, the locale C.UTF-8; Japanese
 * is chosen by LANGUAGE, so that no locale has to be generated. With GENERATE=1 in the environment
 * a screen that differs is written into the test's source in place of the expected one.
 */
#ifndef HYCON_TESTS_SUPPORT_SCREEN_H
#define HYCON_TESTS_SUPPORT_SCREEN_H

#include "core/canvas.h"
#include "tui/app.h"

#include <stdbool.h>
#include <stdint.h>

struct screen;

struct screen_options {
    const char *config;   /* YAML */
    int w, h;             /* 0: 80x24 */
    const char *language; /* "ja"; NULL: English */
    const char *view;     /* NULL: the first tab */
    bool demo, checks;    /* checks: findings are made */
    bool never;           /* no estate at first */
};

struct screen *screen_new(const struct screen_options *o);
void screen_free(struct screen *s);

struct app *screen_app(struct screen *s);
struct model *screen_model(struct screen *s); /* to answer findings */
/* The same host and configuration for a console on a real terminal, in a child. */
const struct tui_options *screen_console(struct screen *s);
void screen_again(struct screen *s); /* hand out the last estate once more */
/* The next estate: these tables replace those of the same name and endpoint. */
void screen_tables(struct screen *s, const char *text);
/* Replace @from by @to in the text of the tables given last, and make the next estate of it. */
void screen_change(struct screen *s, const char *from, const char *to);
/* Keys as they are typed; <Enter> <Esc> <Down> ^R as in the key table; "<<" is "<". */
void screen_keys(struct screen *s, const char *keys);
void screen_pass(struct screen *s, int64_t ms); /* time goes by */
void screen_resize(struct screen *s, int w, int h);
/* What the console asked of the program since the last call, one line each. */
const char *screen_requests(struct screen *s);
/* What was sent to the terminal besides cells (OSC 52) since the last call. */
const char *screen_emitted(struct screen *s);
/* A question as the engine would ask it. */
void screen_ask(struct screen *s, const char *credential, const char *question);
void screen_set_accepted(struct screen *s, const char *sha256);
void screen_set_raw(struct screen *s, const char *request, const char *body);
void screen_set_jobs(struct screen *s, unsigned jobs);

/* Paint and look. The text lives until the next call. */
const char *screen_text(struct screen *s);
const char *screen_styles(struct screen *s); /* one letter per cell, see canvas_dump() */
const char *screen_line(struct screen *s, int y);
bool screen_has(struct screen *s, const char *text);

void screen_expect(struct screen *s, const char *file, const char *name, const char *expected);
#define SCREEN(s, name, expected) screen_expect(s, __FILE__, name, expected)
/* Fails with the whole screen. */
#define SCREEN_HAS(s, text)   screen_must(s, __FILE__, __LINE__, text, true)
#define SCREEN_LACKS(s, text) screen_must(s, __FILE__, __LINE__, text, false)
void screen_must(struct screen *s, const char *file, int line, const char *text, bool has);

#endif
