/* Optimal string alignment (insert, delete, replace, swap neighbours) over short words: three rows
 * of the table are enough, and words longer than the rows are never suggested. */
#include "core/suggest.h"

#include <string.h>

#define WORD_MAX 64

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
    unsigned m = a < b ? a : b;

    return m < c ? m : c;
}

static unsigned distance(const char *a, size_t la, const char *b, size_t lb)
{
    unsigned rows[3][WORD_MAX + 1];
    unsigned *before = rows[0], *last = rows[1], *now = rows[2];

    for (unsigned j = 0; j <= lb; j++)
        last[j] = j;
    memset(before, 0, sizeof(rows[0]));
    for (unsigned i = 1; i <= la; i++) {
        now[0] = i;
        for (unsigned j = 1; j <= lb; j++) {
            unsigned differ = a[i - 1] != b[j - 1];
            now[j] = min3(last[j] + 1, now[j - 1] + 1, last[j - 1] + differ);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = min3(now[j], before[j - 2] + 1, now[j]);
        }
        unsigned *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[lb];
}

void suggest_init(struct suggest *s, const char *word)
{
    size_t third = strlen(word) / 3;

    s->word = word;
    s->best = NULL;
    s->distance = (unsigned)(third < 1 ? 1 : third > 3 ? 3 : third) + 1;
}

void suggest_try(struct suggest *s, const char *candidate)
{
    size_t la = strlen(s->word), lb = strlen(candidate);

    if (la > WORD_MAX || lb > WORD_MAX)
        return;
    unsigned d = distance(s->word, la, candidate, lb);
    if (d < s->distance) {
        s->distance = d;
        s->best = candidate;
    }
}
