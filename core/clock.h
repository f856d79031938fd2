/* clock: the only place that asks for the time. Tests freeze it. */
#ifndef HYCON_CORE_CLOCK_H
#define HYCON_CORE_CLOCK_H

#include <stdint.h>

int64_t clock_now_ms(void);        /* wall clock, ms since the epoch UTC */
int64_t clock_mono_ms(void);       /* monotonic, counts while suspended (CLOCK_BOOTTIME) */
void clock_freeze(int64_t now_ms); /* tests: both clocks stand still at this value; < 0 thaws */
/* Tests: somebody has set the wall clock, by so much against where it would be. */
void clock_set_wall(int64_t offset_ms);

#endif
