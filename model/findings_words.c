/*
 * findings_words: what checks say, in English and in the reader's language.
 *
 * The format of a sentence is its msgid. Where the catalogue has it, or where something that was
 * said before stands in it ("aws-tokyo, 12s ago"), the sentence is made a second time, and found
 * again by the address of the English one: texts of a run live in its arena, so no two have the
 * same, and what came from a server is never taken for words of ours.
 */
#include "model/findings_priv.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/i18n.h"
#include "core/mem.h"
#include "core/retell.h"
#include "core/strbuf.h"

#define FIRST_SLOTS 64

void words_begin(struct words *w, struct arena *a, bool wanted)
{
    *w = (struct words){.arena = a, .wanted = wanted};
}

void words_release(struct words *w)
{
    free(w->slots);
    *w = (struct words){.arena = NULL};
}

/* ---- by address ---------------------------------------------------------------------------------
 */

/* Where @english is or belongs. The number of slots is a power of two, and some are free. */
static struct words_slot *slot_of(const struct words *w, const char *english)
{
    size_t mask = w->nslots - 1;
    size_t i = (size_t)(((uint64_t)(uintptr_t)english * 0x9E3779B97F4A7C15u) >> 32) & mask;

    while (w->slots[i].english && w->slots[i].english != english)
        i = (i + 1) & mask;
    return &w->slots[i];
}

static void grow(struct words *w)
{
    struct words old = *w;

    w->nslots = old.nslots ? 2 * old.nslots : FIRST_SLOTS;
    w->slots = mem_array(w->nslots, sizeof(*w->slots));
    for (size_t i = 0; i < old.nslots; i++) {
        if (old.slots[i].english)
            *slot_of(w, old.slots[i].english) = old.slots[i];
    }
    free(old.slots);
}

static void put(struct words *w, const char *english, const char *local)
{
    struct words_slot *slot;

    if (2 * (w->n + 1) > w->nslots)
        grow(w);
    slot = slot_of(w, english);
    w->n += !slot->english;
    *slot = (struct words_slot){english, local};
}

const char *words_local(const struct words *w, const char *english)
{
    return w->n && english ? slot_of(w, english)->local : NULL;
}

/* ---- making -------------------------------------------------------------------------------------
 */

static const char *keep(struct words *w, const struct strbuf *sb)
{
    return arena_strndup(w->arena, sb->buf, sb->len);
}

static const char *twin(void *arg, const char *text)
{
    const char *local = words_local(arg, text);

    return local ? local : text;
}

/* @english again by the translated format, when that makes a difference. */
static void add_local(struct words *w, const char *english, const char *fmt, va_list ap)
{
    struct strbuf sb = STRBUF_INIT;
    struct retell r;

    if (retell_take(&r, fmt, ap) && retell_print(&sb, &r, gettext(fmt), twin, w) &&
        strcmp(sb.buf, english) != 0)
        put(w, english, keep(w, &sb));
    strbuf_release(&sb);
}

const char *words_format(struct words *w, const char *fmt, va_list ap)
{
    struct strbuf sb = STRBUF_INIT;
    const char *english;
    va_list again;

    va_copy(again, ap);
    strbuf_vaddf(&sb, fmt, ap);
    english = keep(w, &sb);
    strbuf_release(&sb);
    if (w->wanted)
        add_local(w, english, fmt, again);
    va_end(again);
    return english;
}

const char *words_constant(struct words *w, const char *text)
{
    const char *local = w->wanted && text && *text ? gettext(text) : text;

    if (local != text)
        put(w, text, local);
    return text;
}
