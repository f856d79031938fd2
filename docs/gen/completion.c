/* Completion for bash, from the table of verbs and options and the list of tables. */
#include <stdio.h>
#include <string.h>

#include "cli/options.h"
#include "core/strbuf.h"
#include "model/tables.h"

static void add_options(struct strbuf *out, const struct cli_verb *v)
{
    for (const struct cli_option *o = cli_all_options; o->name; o++) {
        if (cli_verb_takes(v, o))
            strbuf_addf(out, "--%s ", o->name);
    }
}

/* verb -> its options, and the words of its --output */
static void add_verb_cases(struct strbuf *out)
{
    for (const struct cli_verb *v = cli_verbs; v->name; v++) {
        if (!v->run)
            continue;
        strbuf_addf(out, "        '%s') options='", v->name);
        add_options(out, v);
        strbuf_addf(out, "' formats='%s' ;;\n", v->output ? v->output : "");
    }
}

/* Verbs of one word, or what follows the first word of verbs of two. */
static void add_verbs(struct strbuf *out, const char *first)
{
    size_t n = strlen(first);

    for (const struct cli_verb *v = cli_verbs; v->name; v++) {
        const char *blank = strchr(v->name, ' ');
        if (!v->run || !*v->name)
            continue;
        if (*first && blank && (size_t)(blank - v->name) == n && strncmp(v->name, first, n) == 0)
            strbuf_addf(out, "%s ", blank + 1);
        else if (!*first && !blank)
            strbuf_addf(out, "%s ", v->name);
    }
}

static void add_tables(struct strbuf *out)
{
    for (unsigned i = 0; i < tables_count; i++)
        strbuf_addf(out, "%s ", tables_all[i]->name);
}

/* Options whose value is nothing that can be listed. */
static void add_value_options(struct strbuf *out)
{
    const char *bar = "";

    for (const struct cli_option *o = cli_all_options; o->name; o++) {
        if (!o->value || o->type == CLI_WORD || strcmp(o->name, "config") == 0)
            continue;
        strbuf_addf(out, "%s--%s", bar, o->name);
        bar = "|";
    }
}

static void add_script(struct strbuf *out)
{
    strbuf_addstr(out,
                  "# bash completion for hycon\n"
                  "_hycon()\n{\n"
                  "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
                  "    local verb= options= formats= word i skip=\n"
                  "    COMPREPLY=()\n"
                  "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                  "        word=${COMP_WORDS[i]}\n"
                  "        [[ $skip ]] && { skip=; continue; }\n"
                  "        case $word in\n"
                  "        --config|--output|-o|");
    add_value_options(out);
    strbuf_addstr(out, ") skip=1 ;;\n"
                       "        -*) ;;\n"
                       "        *) [[ -z $verb ]] && verb=$word && continue\n"
                       "           [[ $verb == config ]] && verb=\"config $word\" ;;\n"
                       "        esac\n"
                       "    done\n"
                       "    case $verb in\n");
    add_verb_cases(out);
    strbuf_addstr(out, "    esac\n"
                       "    case $prev in\n"
                       "    --config) COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n"
                       "    --output|-o) COMPREPLY=($(compgen -W \"$formats\" -- \"$cur\")); "
                       "return ;;\n"
                       "    ");
    add_value_options(out);
    strbuf_addstr(out, ") return ;;\n"
                       "    esac\n"
                       "    if [[ $cur == -* ]]; then\n"
                       "        COMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
                       "        return\n"
                       "    fi\n"
                       "    case $verb in\n"
                       "    '') COMPREPLY=($(compgen -W 'config ");
    add_verbs(out, "");
    strbuf_addstr(out, "' -- \"$cur\")) ;;\n"
                       "    config) COMPREPLY=($(compgen -W '");
    add_verbs(out, "config");
    strbuf_addstr(out, "' -- \"$cur\")) ;;\n"
                       "    get|tables)\n"
                       "        local list=\n"
                       "        [[ $cur == *,* ]] && list=${cur%,*},\n"
                       "        COMPREPLY=($(compgen -P \"$list\" -W '");
    add_tables(out);
    strbuf_addstr(out, "' -- \"${cur##*,}\")) ;;\n"
                       "    esac\n"
                       "}\n"
                       "complete -F _hycon hycon\n");
}

int main(void)
{
    struct strbuf out = STRBUF_INIT;

    add_script(&out);
    bool ok = fwrite(out.buf, 1, out.len, stdout) == out.len && fflush(stdout) == 0;
    strbuf_release(&out);
    return ok ? 0 : 1;
}
