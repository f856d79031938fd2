#include "collectors/edge/answer.h"

#include <ctype.h>
#include <string.h>

#include "core/arena.h"
#include "core/strbuf.h"

#define WORD_MAX 40

bool edge_failed(const struct reply *reply, enum esxi_command c, const char *said,
                 const struct parse_health *h, struct err *err)
{
    const char *line = reply->err ? "" : esxi_command_pattern(c);
    struct strbuf text = STRBUF_INIT;

    if (reply->err) {
        *err = *reply->err;
        return true;
    }
    if (strncmp(said, "% Command not found", 19) == 0) {
        err_set(err, ERR_UNSUPPORTED, 0, "this edge has no command '%s'", line);
        return true;
    }
    if (*said) {
        err_set(err, ERR_PROTO, 0, "the edge answers '%s' with '%s'", line, said);
        return true;
    }
    if (host_is_garbage(h)) {
        parse_health_tell(h, &text);
        err_set(err, ERR_PROTO, 0, "'%s': %s", line, text.buf);
        strbuf_release(&text);
        return true;
    }
    return false;
}

void edge_note_cut(struct run *run, const struct schema *schema, enum esxi_command c,
                   const struct lines *lines)
{
    if (lines->carry.len)
        builder_note(run_table(run, schema), "'%s' ends in the middle of a line",
                     esxi_command_pattern(c));
}

/* "Up (Routing Down)", "Admin Down", "Non-Preemptive": what is before a parenthesis, in lower case
 * with _ for blanks and dashes. NULL: nothing. Into @to. */
static const char *word_of(char to[WORD_MAX], const char *text)
{
    size_t n = 0;

    for (; *text && *text != '(' && n + 1 < WORD_MAX; text++)
        to[n++] = *text == ' ' || *text == '-' ? '_' : (char)tolower((unsigned char)*text);
    while (n && to[n - 1] == '_')
        n--;
    to[n] = '\0';
    return n ? to : NULL;
}

void edge_state(struct table_builder *b, unsigned col, const char *text)
{
    char word[WORD_MAX];

    builder_state(b, col, word_of(word, text));
}

void edge_text(struct table_builder *b, unsigned col, const char *text)
{
    if (*text)
        builder_str(b, col, text);
}

void edge_add_peers(struct run *run, struct table_builder *b, unsigned col,
                    const struct edge_peer *peers, unsigned n)
{
    char word[WORD_MAX];

    for (unsigned i = 0; i < n && i < EDGE_PEERS_MAX; i++) {
        const char *state = word_of(word, peers[i].state);

        builder_list_add(
            b, col, arena_printf(run->arena, "%s=%s", peers[i].node, state ? state : "unknown"));
    }
    if (n > EDGE_PEERS_MAX)
        builder_note(b, "%u peers were left out", n - EDGE_PEERS_MAX);
}
