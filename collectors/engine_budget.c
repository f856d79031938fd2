/*
 * A manager counts requests per user name, and an operator may have two consoles open. So the
 * budget is a bucket of tokens that fills with time, kept in a small file below $XDG_RUNTIME_DIR
 * that is read and written under a lock for each request. Its clock is the time since boot, which
 * all consoles of a machine share; a file from before the last boot shows a time that is still to
 * come, and starts anew. Without the directory this console counts alone; when the lock is held by
 * somebody just now it does so for the moment, and enters later what it took.
 */
#include "collectors/engine_priv.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/file.h"
#include "core/fmt.h"
#include "core/hash.h"
#include "core/log.h"
#include "core/map.h"
#include "core/mem.h"
#include "core/text.h"

#define TOKEN       MINUTE_MS /* one request; so a millisecond gives exactly per_min */
#define BURST_PART  4         /* of a minute's requests may be sent at once */
#define BURST_LEAST 10
#define MINUTE_MS   60000

/* ---- the bucket --------------------------------------------------------------------------------
 */

/* Which manager: the address and the account that it counts for. */
static char *manager_of(const struct endpoint *ep)
{
    const char *url = config_str(ep->config, "url"),
               *other = config_str(ep->config, "endpoint_url");

    if (!url)
        url = other ? other : config_str(ep->config, "region");
    if (!url)
        url = ep->config->name;
    return mem_printf("%s %s %s", kinds_name(ep->config->kind), url, ep->config->credential);
}

static int open_counter(const struct engine *e, const char *manager)
{
    char *path;
    int fd;

    if (!e->o.runtime_dir)
        return -1;
    path = mem_printf("%s/requests-%016llx", e->o.runtime_dir,
                      (unsigned long long)hash_fast(manager, strlen(manager), 0));
    fd = file_make_parents(path, 0700, NULL)
             ? -1
             : open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        log_add(LOG_WARN, "unable to share the request budget of %s with other consoles", manager);
    free(path);
    return fd;
}

struct budget *engine_budget_for(struct engine *e, const struct endpoint *ep)
{
    char *manager = manager_of(ep);
    struct budget *b = map_get(e->budgets, manager);
    int64_t per_min = config_int(ep->config, "requests_per_min", ENGINE_REQUESTS_MIN);

    if (!b) {
        b = mem_alloc(sizeof(*b));
        b->per_min = per_min > 0 ? per_min : ENGINE_REQUESTS_MIN;
        b->at = -1;
        b->fd = open_counter(e, manager);
        map_put(e->budgets, manager, b);
    }
    free(manager);
    return b;
}

void engine_budget_free(void *budget)
{
    struct budget *b = budget;

    if (b->fd >= 0)
        close(b->fd);
    free(b);
}

static bool read_counter(const struct budget *b, int64_t *tokens, int64_t *at)
{
    char text[64], *blank, *end;
    ssize_t n = pread(b->fd, text, sizeof(text) - 1, 0);

    if (n <= 0)
        return false;
    text[n] = '\0';
    blank = strchr(text, ' ');
    end = strchr(text, '\n');
    if (!blank || !end)
        return false;
    *blank = *end = '\0';
    /* Below 0 when more was taken than there was. */
    return text_to_i64(text, INT64_MIN / 2, INT64_MAX / 2, tokens) == 0 &&
           text_to_i64(blank + 1, 0, INT64_MAX, at) == 0;
}

static void write_counter(const struct budget *b)
{
    char text[64];
    int n = snprintf(text, sizeof(text), "%lld %lld\n", (long long)b->tokens, (long long)b->at);

    if (pwrite(b->fd, text, (size_t)n, 0) == n)
        (void)!ftruncate(b->fd, n);
}

/* Tokens that have come since the last look. */
static void refill(struct budget *b, int64_t now)
{
    int64_t most = b->per_min / BURST_PART * TOKEN;

    if (most < BURST_LEAST * TOKEN)
        most = BURST_LEAST * TOKEN;
    /* Another console may have looked at the clock a moment later than we did. */
    if (b->at > now && b->at - now < MINUTE_MS)
        return;
    if (b->at < 0 || b->at > now || now - b->at > MINUTE_MS)
        b->tokens = most;
    else
        b->tokens += (now - b->at) * b->per_min;
    if (b->tokens > most)
        b->tokens = most;
    b->at = now;
}

int64_t engine_budget_take(struct budget *b, int64_t now)
{
    bool shared = b->fd >= 0 && flock(b->fd, LOCK_EX | LOCK_NB) == 0;
    int64_t tokens, at, wait = 0;

    if (shared && read_counter(b, &tokens, &at)) {
        b->tokens = tokens - b->owed;
        b->at = at;
    }
    if (shared)
        b->owed = 0;
    refill(b, now);
    if (b->tokens >= TOKEN) {
        b->tokens -= TOKEN;
        b->owed += shared ? 0 : TOKEN;
    } else {
        wait = (TOKEN - b->tokens) / b->per_min + 1;
    }
    if (shared) {
        write_counter(b);
        (void)flock(b->fd, LOCK_UN);
    }
    return wait;
}

/* ---- chance ------------------------------------------------------------------------------------
 */

/* splitmix64: spreading retries needs no more. */
uint64_t engine_random(struct engine *e, uint64_t below)
{
    uint64_t z = (e->random += 0x9e3779b97f4a7c15u);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    return below ? z % below : 0;
}

int64_t engine_backoff(struct engine *e, int64_t first_ms, unsigned n, int64_t max_ms)
{
    int64_t ms = first_ms;

    while (n-- && ms < max_ms)
        ms *= 2;
    if (ms > max_ms)
        ms = max_ms;
    return ms / 2 + (int64_t)engine_random(e, (uint64_t)(ms / 2 + 1));
}

int64_t engine_jitter(struct engine *e, int64_t ms)
{
    return ms - ms / 10 + (int64_t)engine_random(e, (uint64_t)(ms / 5 + 1));
}

/* ---- what replies and requests say -------------------------------------------------------------
 */

int64_t engine_retry_after(const struct http_reply *http, int64_t now)
{
    const char *value = http_reply_header(http, "Retry-After");
    int64_t v;

    if (!value)
        return 0;
    if (text_to_i64(value, 0, INT32_MAX, &v) == 0)
        return v * 1000;
    if (fmt_parse_http_date(value, &v) || v <= now)
        return 0;
    return v - now;
}

struct err engine_say_throttled(const struct err *err, int64_t asked)
{
    struct strbuf wait = STRBUF_INIT;
    struct err out = *err;

    if (asked) {
        strbuf_addstr(&wait, ", Retry-After ");
        fmt_duration(&wait, asked);
    }
    err_prefix(&out, "throttled%s", wait.buf);
    strbuf_release(&wait);
    return out;
}

/* AWS throttles by action, and answers two calls of one action no faster than one after the other.
 */
const char *engine_lane(struct arena *arena, const struct endpoint *ep, const struct request *req)
{
    const char *action =
        ep->config->kind == KIND_AWS && req->body ? strstr(req->body, "Action=") : NULL;

    return action ? arena_strndup(arena, action, strcspn(action, "&")) : NULL;
}

/* ---- requests of the last minute ---------------------------------------------------------------
 */

static void forget_old(struct endpoint *ep, int64_t second)
{
    int64_t gap = second - ep->rate_second;

    if (gap < 0 || gap > ENGINE_RATE_SECONDS)
        gap = ENGINE_RATE_SECONDS;
    for (int64_t i = 0; i < gap; i++)
        ep->rate[(second - i) % ENGINE_RATE_SECONDS] = 0;
    ep->rate_second = second;
}

void engine_rate_count(struct endpoint *ep, int64_t now)
{
    forget_old(ep, now / 1000);
    if (ep->rate[ep->rate_second % ENGINE_RATE_SECONDS] < UINT16_MAX)
        ep->rate[ep->rate_second % ENGINE_RATE_SECONDS]++;
}

unsigned engine_rate(const struct endpoint *ep, int64_t now)
{
    int64_t age = now / 1000 - ep->rate_second;
    unsigned sum = 0;

    for (int64_t i = 0; age >= 0 && i < ENGINE_RATE_SECONDS - age; i++) {
        int64_t second = ep->rate_second - i;

        if (second >= 0)
            sum += ep->rate[second % ENGINE_RATE_SECONDS];
    }
    return sum;
}
