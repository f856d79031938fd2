/*
 * screen_case: what the golden screens of the tabs have in common: one include for all that such a
 * test needs, and the estates of view_estate.h and view_estate_vsphere.h on a screen.
 */
#ifndef HYCON_TESTS_SUPPORT_SCREEN_CASE_H
#define HYCON_TESTS_SUPPORT_SCREEN_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "model/estate.h"
#include "tests/support/screen.h"
#include "tests/support/view_estate.h"
#include "tests/support/view_estate_vsphere.h"
#include "views/view.h"

/* A screen is one literal, and wide ones are long. */
#pragma GCC diagnostic ignored "-Woverlength-strings"

#define SECOND 1000
#define MINUTE (60 * SECOND)

/* @view NULL: the first tab. @w, @h 0: 80x24. @language NULL: English. */
struct screen *screen_begin(const char *config, const char *view, bool checks, int w, int h,
                            const char *language);
/* A data centre (view_config_dc). Only the screens that show findings have checks: others would
 * change with every new check. */
struct screen *screen_begin_dc(const char *view, int w, int h, const char *language);
/* screen_tables() of several texts, NULL-terminated. */
void screen_join(struct screen *s, const char *first, ...);
/* The three sites of view_config, tokyo at one moment. */
void screen_scene(struct screen *s, const struct view_scene *scene);
/* Tokyo alone (view_config_tokyo). */
void screen_tokyo(struct screen *s, const struct view_scene *scene);

#endif
