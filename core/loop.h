/*
 * loop: the I/O loop of one thread, on libuv. Everything here is called on the loop's own thread
 * except loop_post() and loop_stop(), which any thread may call. CPU work goes to libuv's pool
 * (loop_work) and comes back finished; child processes run with a time-out and a limit on what they
 * may print.
 */
#ifndef HYCON_CORE_LOOP_H
#define HYCON_CORE_LOOP_H

#include "core/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loop;
struct loop_timer;

struct loop *loop_new(void);
/* After loop_run() returned; NULL is fine. Timers are dropped, children killed, work that a pool
 * thread has begun is waited for; none of their callbacks run, so what their arg points to stays
 * the caller's. http_free() and the like come first. */
void loop_free(struct loop *l);
void loop_run(struct loop *l); /* until loop_stop(); can be called again */
/* Any thread, also before loop_run(). Calls posted before it still run. */
void loop_stop(struct loop *l);
/* Run @fn(@arg) on the loop's thread soon; any thread. Order is kept. */
void loop_post(struct loop *l, void (*fn)(void *arg), void *arg);
/* @fn(@arg) on the loop's thread when loop_alarm() is called. Before loop_run(). */
void loop_on_alarm(struct loop *l, void (*fn)(void *arg), void *arg);
/* For signal handlers of other threads: takes no lock and no memory. */
void loop_alarm(struct loop *l);
void *loop_uv(struct loop *l); /* the uv_loop_t, for core/http.c and core/ssh*.c alone */

/* One shot. The timer frees itself after firing or on cancel; NULL cancel is fine. */
struct loop_timer *loop_timer(struct loop *l, int64_t delay_ms, void (*fn)(void *arg), void *arg);
void loop_timer_cancel(struct loop_timer *t);

/* @work on a pool thread, then @done on the loop's thread. */
void loop_work(struct loop *l, void (*work)(void *arg), void (*done)(void *arg), void *arg);

/* ---- child processes ---------------------------------------------------------------------------
 */

#define LOOP_PROCESS_OUTPUT_MAX (1 << 20)

struct loop_process_result {
    struct err err; /* ERR_IO: could not start, ended by a signal; ERR_LIMIT: time, output */
    int exit_status;
    char *out; /* NUL-terminated; wiped after the callback */
    size_t out_len;
    char *errout; /* stderr, sanitised, at most 4 KiB */
};

/* Run argv[0] (found through PATH, no shell) with standard input empty, in a session and process
 * group of its own: at the time-out the whole group is ended. @extra_env: "NAME=value",
 * NULL-terminated, or NULL. An exit status other than 0 is no error here. @done never runs from
 * inside this call. */
void loop_process(struct loop *l, const char *const *argv, const char *const *extra_env,
                  int64_t timeout_ms, void (*done)(void *arg, struct loop_process_result *r),
                  void *arg);

#endif
