/*
 * Members of sets. Which of several members is named is a matter of the two ways to ask alone, so
 * they are compared with each other; whether any holds the address, and how many nobody
 * understands, with what was thought up before it was printed. Addresses are few, so that members
 * overlap.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "model/explain_set.h"

#define SETS      3000
#define MEMBERS   12
#define ADDRESSES 40 /* 10.0.0.N and 2001:db8::N, N in decimal is below 10 or a hex digit pair */

struct member {
    char text[80];
    int family, from, to; /* family 0: no address */
    bool odd;
};

static uint64_t seed = 0x2545f4914f6cdd1d;

static int dice(int n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (int)(seed % (uint64_t)n);
}

static void print_address(char *out, size_t size, int family, int n)
{
    (void)snprintf(out, size, family == 4 ? "10.0.0.%d" : "2001:db8::%x", (unsigned)n);
}

static void think_block(struct member *m, const char *address)
{
    int bits = dice(5), keep = ~((1 << bits) - 1);

    (void)snprintf(m->text, sizeof(m->text), "%s/%d", address, (m->family == 4 ? 32 : 128) - bits);
    m->to = (m->from & keep) + (1 << bits) - 1; /* bits of the host may be set in the text */
    m->from &= keep;
}

static void think_range(struct member *m, const char *address)
{
    char other[40];

    m->to = dice(ADDRESSES);
    print_address(other, sizeof(other), m->family, m->to);
    (void)snprintf(m->text, sizeof(m->text), "%s-%s", address, other);
    m->odd = m->to < m->from;
}

static void think_other(struct member *m)
{
    static const char *const odd[] = {
        "something", "",  "10.0.0.01",  "10.0.0.",     "10.0.0.1 ",
        "10.0.0.3-", "-", "10.0.0.256", "10.0.0.1/33", "10.0.0.1-2001:db8::2",
        "10.0.0"};
    static const char *const macs[] = {"00:50:56:8c:12:a4", "00-50-56-8C-12-A4"};

    m->family = 0;
    m->odd = dice(2);
    (void)snprintf(m->text, sizeof(m->text), "%s",
                   m->odd ? odd[dice(ARRAY_SIZE(odd))] : macs[dice(2)]);
}

static void think_member(struct member *m)
{
    char address[40];

    *m = (struct member){.family = dice(4) ? 4 : 6, .from = dice(ADDRESSES)};
    print_address(address, sizeof(address), m->family, m->from);
    switch (dice(8)) {
    case 0:
        think_block(m, address);
        break;
    case 1:
        think_range(m, address);
        break;
    case 2:
        think_other(m);
        break;
    default:
        m->to = m->from;
        (void)snprintf(m->text, sizeof(m->text), "%s", address);
    }
}

static bool is_held(const struct member *m, size_t n, int family, int address)
{
    for (size_t i = 0; i < n; i++) {
        if (!m[i].odd && m[i].family == family && m[i].from <= address && address <= m[i].to)
            return true;
    }
    return false;
}

static void ask_all(const struct member *m, const struct cell_list *list, size_t odd)
{
    struct explain_set *set = explain_set_new(list);

    assert_int_equal(explain_set_odd(set), odd);
    for (int i = 0; i < 2 * ADDRESSES; i++) {
        int family = i % 2 ? 4 : 6;
        char text[40];
        struct ip ip;
        size_t looked;

        print_address(text, sizeof(text), family, i / 2);
        assert_int_equal(ip_parse(text, &ip), 0);
        const char *want = explain_set_ip(set, &ip), *got = explain_set_look(list, &ip, &looked);
        if (got != want || looked != odd || is_held(m, list->n, family, i / 2) != (want != NULL))
            fail_msg("%s: '%s' compiled, '%s' by a look, %zu odd instead of %zu", text,
                     want ? want : "(none)", got ? got : "(none)", looked, odd);
    }
    explain_set_free(set);
}

static void test_look_is_the_same_as_compiled(void **state)
{
    struct member m[MEMBERS];
    const char *items[MEMBERS];

    (void)state;
    for (int i = 0; i < SETS; i++) {
        struct cell_list list = {(size_t)dice(MEMBERS + 1), items};
        size_t odd = 0;

        for (size_t k = 0; k < list.n; k++) {
            think_member(&m[k]);
            items[k] = m[k].text;
            odd += m[k].odd;
        }
        ask_all(m, &list, odd);
    }
}

static void test_macs(void **state)
{
    static const char *const items[] = {"10.0.0.1", "00:50:56:8c:12:a4", "00-50-56-00-00-01"};
    struct cell_list list = {ARRAY_SIZE(items), items};
    struct explain_set *set = explain_set_new(&list);

    (void)state;
    assert_ptr_equal(explain_set_mac(set, "00:50:56:8C:12:A4"), items[1]);
    assert_ptr_equal(explain_set_mac(set, "00:50:56:00:00:01"), items[2]);
    assert_null(explain_set_mac(set, "00:50:56:00:00:02"));
    assert_null(explain_set_mac(set, "00:50:56:00:00"));
    explain_set_free(set);
    explain_set_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_look_is_the_same_as_compiled),
        cmocka_unit_test(test_macs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
