/*
 * e2e: the program against the lab, as a user runs it. A scene is one lab (beside the test's build:
 * build/asan/hycon-lab) and one private home; hycon of the same build runs in it as a child.
 * Everything asserts (cmocka) instead of returning errors, with what the program said.
 */
#ifndef HYCON_TESTS_SUPPORT_E2E_H
#define HYCON_TESTS_SUPPORT_E2E_H

#include "core/jsonq.h"
#include "tests/support/child.h"

#include <stdbool.h>

struct lab_child;

struct e2e {
    struct lab_child *lab;  /* NULL: none */
    char *bin;              /* folder of hycon and hycon-lab */
    char *home;             /* private; also the XDG directories */
    char *config;           /* its hycon.yaml */
    char *control;          /* URL of the control API */
    const char *const *env; /* more variables for hycon; NULL-terminated or NULL */
};

/* A lab whose time stands still until e2e_advance(). @scale NULL: the scenario's. @scenario NULL:
 * no lab, @e->config is NULL. */
void e2e_start(struct e2e *e, const char *scenario, const char *scale);
void e2e_stop(struct e2e *e);

/* Run hycon with these arguments (NULL ends them); the configuration is given by HYCON_CONFIG.
 * Takes at most E2E_TIMEOUT_MS. */
#define E2E_TIMEOUT_MS 60000
void e2e_hycon(const struct e2e *e, struct child_result *r, ...) __attribute__((sentinel));
/* The same; asserts the exit status, and that nothing of a sanitizer was said. */
void e2e_expect(const struct e2e *e, struct child_result *r, int status, ...)
    __attribute__((sentinel));

/* In a child before it becomes hycon: the environment in which e2e_hycon() runs it. */
void e2e_enter(const struct e2e *e);
/* More text for the end of the configuration. */
void e2e_configure(const struct e2e *e, const char *text);

/* The standard output as one JSON value (the caller puts it). */
struct json_object *e2e_json(const struct child_result *r);
/* Rows of the first table in it, or of the table named @table when there are several. */
struct json_object *e2e_rows(struct json_object *doc, const char *table);
/* The first row whose column @name is the text @value; NULL: none. */
struct json_object *e2e_row(struct json_object *rows, const char *name, const char *value);

/* The control API: @body is a JSON object or NULL. The reply as JSON (the caller puts it); asserts
 * that it succeeded. */
struct json_object *e2e_control(const struct e2e *e, const char *method, const char *path,
                                const char *body);
/* One action; false: it makes no sense at present. */
bool e2e_action(const struct e2e *e, const char *body);
void e2e_advance(const struct e2e *e, int seconds);
/* Make an endpoint of the lab misbehave: {"endpoint":..,"fault":..} without braces around it. */
void e2e_fault(const struct e2e *e, const char *members);
/* A counter of an endpoint of the lab. */
int64_t e2e_counter(const struct e2e *e, const char *endpoint, const char *name);

#endif
