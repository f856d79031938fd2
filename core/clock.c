#include "core/clock.h"

#include <stdatomic.h>
#include <time.h>

static _Atomic int64_t frozen = -1, set_by;

static int64_t read_clock(clockid_t id)
{
    struct timespec ts;
    int64_t still = atomic_load_explicit(&frozen, memory_order_relaxed);

    if (still >= 0)
        return still;
    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t clock_now_ms(void)
{
    return read_clock(CLOCK_REALTIME) + atomic_load_explicit(&set_by, memory_order_relaxed);
}

int64_t clock_mono_ms(void)
{
    return read_clock(CLOCK_BOOTTIME);
}

void clock_freeze(int64_t now_ms)
{
    atomic_store(&frozen, now_ms < 0 ? -1 : now_ms);
}

void clock_set_wall(int64_t offset_ms)
{
    atomic_store(&set_by, offset_ms);
}
