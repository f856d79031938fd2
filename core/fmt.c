#include "core/fmt.h"

#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/mem.h"
#include "core/strbuf.h"
#include "core/text.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

/* |v| without the overflow of -INT64_MIN; the sign is written at once. */
static uint64_t take_sign(struct strbuf *out, int64_t v)
{
    if (v >= 0)
        return (uint64_t)v;
    strbuf_addch(out, '-');
    return 0 - (uint64_t)v;
}

void fmt_bytes(struct strbuf *out, int64_t bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    uint64_t v = take_sign(out, bytes), unit = 1, whole, tenths;
    size_t u = 0;

    while (u + 1 < ARRAY_SIZE(units) && v / unit >= 1024) {
        unit *= 1024;
        u++;
    }
    if (u == 0) {
        strbuf_addf(out, "%llu B", (unsigned long long)v);
        return;
    }
    whole = v / unit;
    tenths = (v % unit * 10 + unit / 2) / unit;
    if (tenths == 10) {
        whole++;
        tenths = 0;
    }
    if (whole == 1024 && u + 1 < ARRAY_SIZE(units)) {
        whole = 1;
        u++;
    }
    strbuf_addf(out, "%llu.%llu %s", (unsigned long long)whole, (unsigned long long)tenths,
                units[u]);
}

void fmt_duration(struct strbuf *out, int64_t ms)
{
    unsigned long long v = take_sign(out, ms);

    if (v < SECOND)
        strbuf_addf(out, "%llums", v);
    else if (v < MINUTE)
        strbuf_addf(out, "%llus", v / SECOND);
    else if (v < HOUR)
        strbuf_addf(out, "%llum%02llus", v / MINUTE, v % MINUTE / SECOND);
    else if (v < DAY)
        strbuf_addf(out, "%lluh%02llum", v / HOUR, v % HOUR / MINUTE);
    else
        strbuf_addf(out, "%llud%02lluh", v / DAY, v % DAY / HOUR);
}

void fmt_age(struct strbuf *out, int64_t then_ms, int64_t now_ms)
{
    unsigned long long v = now_ms > then_ms ? (uint64_t)now_ms - (uint64_t)then_ms : 0;

    if (v < MINUTE)
        strbuf_addf(out, "%llus", v / SECOND);
    else if (v < HOUR)
        strbuf_addf(out, "%llum", v / MINUTE);
    else if (v < DAY)
        strbuf_addf(out, "%lluh", v / HOUR);
    else
        strbuf_addf(out, "%llud", v / DAY);
}

void fmt_count(struct strbuf *out, int64_t n)
{
    char digits[24];
    int len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)take_sign(out, n));

    for (int i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0)
            strbuf_addch(out, ',');
        strbuf_addch(out, digits[i]);
    }
}

static locale_t c_locale;
static pthread_once_t c_once = PTHREAD_ONCE_INIT;

static void make_c_locale(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

double fmt_round(double d)
{
    /* What is larger has no fraction. */
    if (!(fabs(d) < (double)(INT64_C(1) << 52)))
        return d;
    return (double)(int64_t)(d < 0 ? d - 0.5 : d + 0.5);
}

void fmt_real(struct strbuf *out, double d)
{
    char text[40];
    double back;

    /* JSON has no such number; null is what an absent value is. */
    if (!isfinite(d)) {
        strbuf_addstr(out, "null");
        return;
    }
    /* The decimal point must not depend on the user's locale. */
    pthread_once(&c_once, make_c_locale);
    locale_t before = uselocale(c_locale);
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(text, sizeof(text), "%.*g", precision, d);
        if (!text_to_double(text, &back) && back == d)
            break;
    }
    uselocale(before);
    strbuf_addstr(out, text);
}

/* --- times --------------------------------------------------------------------------------- */

/* Seconds and the milliseconds after them; the rest is never negative. */
static time_t split_ms(int64_t ms, int *rest)
{
    int64_t s = ms / SECOND;
    int64_t r = ms % SECOND;

    if (r < 0) {
        r += SECOND;
        s--;
    }
    *rest = (int)r;
    return (time_t)s;
}

void fmt_time_iso(struct strbuf *out, int64_t ms)
{
    struct tm tm = {0};
    int rest;
    time_t t = split_ms(ms, &rest);

    gmtime_r(&t, &tm);
    strbuf_addf(out, "%04d-%02d-%02dT%02d:%02d:%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                tm.tm_hour, tm.tm_min, tm.tm_sec);
    if (rest)
        strbuf_addf(out, ".%03d", rest);
    strbuf_addch(out, 'Z');
}

static void break_time(int64_t ms, bool local, struct tm *tm)
{
    int rest;
    time_t t = split_ms(ms, &rest);

    memset(tm, 0, sizeof(*tm));
    if (local)
        localtime_r(&t, tm);
    else
        gmtime_r(&t, tm);
}

void fmt_time_clock(struct strbuf *out, int64_t ms, bool local)
{
    struct tm tm;

    break_time(ms, local, &tm);
    strbuf_addf(out, "%02d:%02d:%02d", tm.tm_hour, tm.tm_min, tm.tm_sec);
}

void fmt_time_full(struct strbuf *out, int64_t ms, bool local)
{
    struct tm tm;

    break_time(ms, local, &tm);
    strbuf_addf(out, "%04d-%02d-%02d %02d:%02d:%02d %s", tm.tm_year + 1900, tm.tm_mon + 1,
                tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, local ? tm.tm_zone : "UTC");
}

/* --- reading back -------------------------------------------------------------------------- */

struct unit {
    const char *name;
    int64_t factor;
};

/* A number as people write it: digits, perhaps with a decimal fraction of up to nine digits. */
struct quantity {
    int64_t whole, numerator, denominator;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *parse_quantity(const char *s, struct quantity *q)
{
    *q = (struct quantity){0, 0, 1};
    if (!is_digit(*s))
        return NULL;
    for (; is_digit(*s); s++) {
        if (__builtin_mul_overflow(q->whole, 10, &q->whole) ||
            __builtin_add_overflow(q->whole, *s - '0', &q->whole))
            return NULL;
    }
    if (*s != '.')
        return s;
    if (!is_digit(*++s))
        return NULL;
    for (; is_digit(*s); s++) {
        if (q->denominator >= 1000000000)
            return NULL;
        q->numerator = q->numerator * 10 + (*s - '0');
        q->denominator *= 10;
    }
    return s;
}

/* *sum += q * factor, cut to whole units. */
static int add_quantity(int64_t *sum, const struct quantity *q, int64_t factor)
{
    int64_t v, d = q->denominator;
    int64_t part = factor / d * q->numerator + factor % d * q->numerator / d;

    if (__builtin_mul_overflow(q->whole, factor, &v) || __builtin_add_overflow(v, part, &v))
        return -1;
    return __builtin_add_overflow(*sum, v, sum) ? -1 : 0;
}

int fmt_parse_duration(const char *s, int64_t *ms)
{
    static const struct unit units[] = {
        {"d", DAY}, {"h", HOUR}, {"m", MINUTE}, {"s", SECOND}, {"ms", 1},
    };
    int64_t sum = 0;
    size_t next = 0; /* units must get smaller */
    struct quantity q;

    if (!s || !*s)
        return -1;
    for (bool first = true; *s; first = false) {
        s = parse_quantity(s, &q);
        if (!s)
            return -1;
        size_t len = strcspn(s, "0123456789.");
        if (len == 0 && first && !*s) {
            if (add_quantity(&sum, &q, SECOND))
                return -1;
            break;
        }
        while (next < ARRAY_SIZE(units) &&
               (strlen(units[next].name) != len || strncmp(units[next].name, s, len) != 0))
            next++;
        if (next == ARRAY_SIZE(units) || add_quantity(&sum, &q, units[next++].factor))
            return -1;
        s += len;
    }
    *ms = sum;
    return 0;
}

int fmt_parse_bytes(const char *s, int64_t *bytes)
{
    static const struct unit units[] = {
        {"", 1},
        {"B", 1},
        {"KB", INT64_C(1000)},
        {"MB", INT64_C(1000000)},
        {"GB", INT64_C(1000000000)},
        {"TB", INT64_C(1000000000000)},
        {"PB", INT64_C(1000000000000000)},
        {"EB", INT64_C(1000000000000000000)},
        {"K", INT64_C(1) << 10},
        {"M", INT64_C(1) << 20},
        {"G", INT64_C(1) << 30},
        {"T", INT64_C(1) << 40},
        {"P", INT64_C(1) << 50},
        {"E", INT64_C(1) << 60},
        {"KiB", INT64_C(1) << 10},
        {"MiB", INT64_C(1) << 20},
        {"GiB", INT64_C(1) << 30},
        {"TiB", INT64_C(1) << 40},
        {"PiB", INT64_C(1) << 50},
        {"EiB", INT64_C(1) << 60},
    };
    struct quantity q;
    int64_t sum = 0;

    if (!s || !(s = parse_quantity(s, &q)))
        return -1;
    if (*s == ' ' && s[1])
        s++;
    for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
        if (!text_equal_nocase(s, units[i].name))
            continue;
        if (add_quantity(&sum, &q, units[i].factor))
            return -1;
        *bytes = sum;
        return 0;
    }
    return -1;
}

/* Days from 1970-01-01 in the proleptic Gregorian calendar. Years are counted from March, so that
 * the leap day is the last day of its year. */
static int64_t days_from_date(int64_t year, int month, int day)
{
    int64_t y = month > 2 ? year : year - 1;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap);
}

struct civil {
    int year, month, day, hour, minute, second;
};

static int civil_to_ms(const struct civil *c, int64_t *ms)
{
    if (c->month < 1 || c->month > 12 || c->day < 1 || c->day > days_in_month(c->year, c->month))
        return -1;
    /* 60 is a leap second; it is read as the first second of the next minute. */
    if (c->hour > 23 || c->minute > 59 || c->second > 60)
        return -1;
    *ms = days_from_date(c->year, c->month, c->day) * DAY + c->hour * HOUR + c->minute * MINUTE +
          c->second * SECOND;
    return 0;
}

/* Walk @s along @pattern: each run of '#' is a number of as many digits, stored to the next of
 * @fields; anything else stands for itself. Returns what follows, or NULL. */
static const char *scan_digits(const char *s, const char *pattern, int *fields)
{
    int v = 0;

    for (; *pattern; pattern++, s++) {
        if (*pattern != '#') {
            if (*s != *pattern)
                return NULL;
            continue;
        }
        if (!is_digit(*s))
            return NULL;
        v = v * 10 + (*s - '0');
        if (pattern[1] != '#') {
            *fields++ = v;
            v = 0;
        }
    }
    return s;
}

/* "Z", "+09:00", "+0900", "+09" to ms. */
static int parse_zone(const char *s, int64_t *offset)
{
    static const char *const forms[] = {"##:##", "####", "##"};
    int f[2] = {0, 0}, sign = *s == '-' ? -1 : 1;

    *offset = 0;
    if ((*s == 'Z' || *s == 'z') && !s[1])
        return 0;
    if (*s != '+' && *s != '-')
        return -1;
    for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
        const char *end = scan_digits(s + 1, forms[i], f);

        if (!end || *end)
            continue;
        if (i == 1) {
            f[1] = f[0] % 100;
            f[0] /= 100;
        } else if (i == 2) {
            f[1] = 0;
        }
        *offset = sign * (f[0] * HOUR + f[1] * MINUTE);
        return f[0] > 23 || f[1] > 59 ? -1 : 0;
    }
    return -1;
}

int fmt_parse_time(const char *s, int64_t *ms)
{
    int f[6], scale = 100;
    int64_t t, offset, fraction = 0;

    if (!s || !(s = scan_digits(s, "####-##-##", f)))
        return -1;
    if (*s != 'T' && *s != 't' && *s != ' ')
        return -1;
    if (!(s = scan_digits(s + 1, "##:##:##", f + 3)))
        return -1;
    if (*s == '.' || *s == ',') {
        if (!is_digit(*++s))
            return -1;
        for (; is_digit(*s); s++, scale /= 10)
            fraction += (*s - '0') * scale;
    }
    struct civil c = {f[0], f[1], f[2], f[3], f[4], f[5]};
    if (civil_to_ms(&c, &t) || parse_zone(s, &offset))
        return -1;
    *ms = t + fraction - offset;
    return 0;
}

/* Position of the three-letter name at @s in @names, or -1. */
static int name_index(const char *s, const char *names)
{
    for (int i = 0; names[i]; i += 3) {
        if (!strncmp(s, names + i, 3))
            return i / 3;
    }
    return -1;
}

int fmt_parse_http_date(const char *s, int64_t *ms)
{
    int day, f[4], month;

    if (!s || name_index(s, "SunMonTueWedThuFriSat") < 0)
        return -1;
    if (!(s = scan_digits(s + 3, ", ## ", &day)))
        return -1;
    month = name_index(s, "JanFebMarAprMayJunJulAugSepOctNovDec");
    if (month < 0 || !(s = scan_digits(s + 3, " #### ##:##:## GMT", f)) || *s)
        return -1;
    struct civil c = {f[0], month + 1, day, f[1], f[2], f[3]};
    return civil_to_ms(&c, ms);
}
