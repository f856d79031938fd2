#include "tests/lab/fault.h"

#include "core/err.h"
#include "core/mem.h"
#include "core/text.h"
#include "tests/lab/errors.h"
#include "tests/lab/lab.h"
#include "tests/lab/vim.h"

#include <stdlib.h>
#include <string.h>

static const char *const kind_names[] = {"status",    "slow",  "hang", "truncated", "oversized",
                                         "malformed", "close", "half", "flap"};

const char *lab_fault_name(enum lab_fault_kind kind)
{
    return kind_names[kind];
}

/* -1: unknown. */
static int find_kind(const char *word)
{
    for (size_t i = 0; i < ARRAY_SIZE(kind_names); i++)
        if (strcmp(kind_names[i], word) == 0)
            return (int)i;
    return -1;
}

static bool concerns(const struct lab_fault *f, const struct lab_request *req)
{
    if (f->path && (strchr(f->path, '*') ? !text_glob(f->path, req->path)
                                         : !text_has_prefix(req->path, f->path)))
        return false;
    return !f->action || (req->action && text_glob(f->action, req->action));
}

/* Whether it is this request's turn; counts requests that the fault concerns. */
static bool due(struct lab_fault *f)
{
    int64_t n = f->seen++;

    if (n < f->skip)
        return false;
    n -= f->skip;
    if (f->kind == FAULT_FLAP)
        return (n / f->every) % 2 == 1;
    return f->count < 0 || n < f->count;
}

bool lab_fault_take(struct lab_server *server, const struct lab_request *req, struct lab_fault *out)
{
    for (size_t i = 0; i < server->faults.n; i++) {
        struct lab_fault *f = server->faults.at[i];

        if (!concerns(f, req) || !due(f))
            continue;
        *out = *f;
        server->counts.faults++;
        return true;
    }
    return false;
}

void lab_fault_status(const struct lab_server *server, const struct lab_fault *f,
                      const struct lab_request *req, struct lab_reply *reply)
{
    if (server->family == FAMILY_AWS)
        lab_error_aws(reply, req, f->status, f->code, NULL);
    else if (server->family == FAMILY_NSX || server->family == FAMILY_PROXY)
        lab_error_nsx(reply, f->status, f->code, NULL);
    else if (server->family == FAMILY_VCENTER)
        lab_vim_fault_status(reply, f->status, f->code);
    else if (server->family == FAMILY_CSP)
        lab_error_csp(reply, f->status, f->code, NULL);
    else
        lab_error_vmc(reply, req, f->status, f->code, NULL);
    if (f->retry_after_s >= 0)
        lab_reply_header(reply, "Retry-After",
                         arena_printf(req->arena, "%lld", (long long)f->retry_after_s));
}

static int number(const struct lab_pairs *spec, const char *name, int64_t min, int64_t fallback,
                  int64_t *out, struct err *err)
{
    const char *text = lab_pairs_get(spec, name);

    *out = fallback;
    if (text && text_to_i64(text, min, INT64_MAX / 4, out) < 0)
        return err_set(err, ERR_CONFIG, 0, "fault: '%s' must be a number, not '%s'", name, text);
    return 0;
}

static int read_numbers(struct lab_fault *f, const struct lab_pairs *spec, struct err *err)
{
    int64_t status = 0;

    if (number(spec, "status", 400, 503, &status, err) < 0 ||
        number(spec, "retry_after", 0, -1, &f->retry_after_s, err) < 0 ||
        number(spec, "delay_ms", 0, f->kind == FAULT_SLOW ? 1000 : 0, &f->delay_ms, err) < 0 ||
        number(spec, "bytes", 1, 1LL << 30, &f->bytes, err) < 0 ||
        number(spec, "every", 1, 1, &f->every, err) < 0 ||
        number(spec, "skip", 0, 0, &f->skip, err) < 0 ||
        number(spec, "count", 1, -1, &f->count, err) < 0)
        return -1;
    if (status > 599)
        return err_set(err, ERR_CONFIG, 0, "fault: a status is from 400 to 599");
    f->status = (int)status;
    return 0;
}

int lab_fault_add(struct lab_server *server, const struct lab_pairs *spec, unsigned *id,
                  struct err *err)
{
    const char *kind = lab_pairs_get(spec, "fault");
    struct arena *a = server->lab->arena;
    struct lab_fault *f;

    if (!kind || find_kind(kind) < 0)
        return err_set(err, ERR_CONFIG, 0, "unknown fault '%s'", kind ? kind : "");
    f = mem_alloc(sizeof(*f));
    f->kind = (enum lab_fault_kind)find_kind(kind);
    f->path = arena_strdup(a, lab_pairs_get(spec, "path"));
    f->action = arena_strdup(a, lab_pairs_get(spec, "action"));
    f->code = arena_strdup(a, lab_pairs_get(spec, "code"));
    if (read_numbers(f, spec, err) < 0) {
        free(f);
        return -1;
    }
    f->id = *id = ++server->lab->serial;
    lab_list_add(&server->faults, f);
    return 0;
}

void lab_fault_clear(struct lab_server *server, unsigned id)
{
    size_t kept = 0;

    for (size_t i = 0; i < server->faults.n; i++) {
        struct lab_fault *f = server->faults.at[i];

        if (id == 0 || f->id == id)
            free(f);
        else
            server->faults.at[kept++] = f;
    }
    server->faults.n = kept;
}
