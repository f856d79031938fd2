/*
 * Measures C sources: lines and branches of each function, lines of each file. With -s it prints
 * the sources instead, with comments, strings and character constants blanked out, each line with
 * its place in front ("path:line: text"), for checks that look for words in the code alone.
 *
 * It does not parse C. Literals and directives are blanked, then braces and parentheses are
 * counted: a brace at file scope that follows a parenthesis begins a function, and the name before
 * that parenthesis is its name. That is enough for sources in the format of this project.
 *
 * Branches are those of McCabe: one, and one for each if, for, while, case, &&, || and ?.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FUNCTION_LINES_MAX    60
#define FUNCTION_BRANCHES_MAX 15
#define FILE_LINES_MAX        800

struct scan {
    const char *path;
    int line, depth, parens, branches;
    bool assigned, in_function;
    char last;     /* the last character that is not blank */
    char word[64]; /* the last word */
    char name[64]; /* the word before the first parenthesis of a declaration */
    int name_line;
    int found;
};

static char *read_file(const char *path)
{
    FILE *f = fopen(path, "r");
    size_t len = 0, cap = 1 << 16, n;
    char *text = malloc(cap);

    if (!f || !text) {
        fprintf(stderr, "functions: unable to read '%s'\n", path);
        exit(2);
    }
    while ((n = fread(text + len, 1, cap - len - 1, f)) > 0) {
        len += n;
        if (cap - len < 2 && !(text = realloc(text, cap *= 2)))
            exit(2);
    }
    text[len] = '\0';
    fclose(f);
    return text;
}

/* Blank from @s up to @end, line ends excepted. */
static void blank(char *s, const char *end)
{
    for (; s < end; s++) {
        if (*s != '\n')
            *s = ' ';
    }
}

/* The end of the literal or comment that begins at @s, or NULL when none begins here. */
static char *literal_end(char *s)
{
    char *end;

    if (s[0] == '/' && s[1] == '*') {
        end = strstr(s + 2, "*/");
        return end ? end + 2 : s + strlen(s);
    }
    if (s[0] == '/' && s[1] == '/')
        return s + strcspn(s, "\n");
    if (*s != '"' && *s != '\'')
        return NULL;
    for (end = s + 1; *end && *end != *s && *end != '\n'; end++) {
        if (*end == '\\' && end[1])
            end++;
    }
    return *end ? end + 1 : end;
}

static void blank_literals(char *s)
{
    while (*s) {
        char *end = literal_end(s);

        if (end) {
            blank(s, end);
            s = end;
        } else {
            s++;
        }
    }
}

static void blank_directives(char *s)
{
    while (*s) {
        char *start = s + strspn(s, " \t"), *end = start;

        if (*start == '#') {
            do {
                end += strcspn(end, "\n");
            } while (*end && end[-1] == '\\' && *++end);
            blank(start, end);
        }
        s = end + strcspn(end, "\n");
        s += *s == '\n';
    }
}

static void print_code(const char *path, const char *s)
{
    for (int line = 1; *s; line++) {
        int len = (int)strcspn(s, "\n");

        printf("%s:%d: %.*s\n", path, line, len, s);
        s += len;
        s += *s == '\n';
    }
}

static void report(struct scan *sc)
{
    int lines = sc->line - sc->name_line + 1;

    if (lines > FUNCTION_LINES_MAX) {
        printf("%s:%d: function-length: %s has %d lines, at most %d\n", sc->path, sc->name_line,
               sc->name, lines, FUNCTION_LINES_MAX);
        sc->found++;
    }
    if (sc->branches > FUNCTION_BRANCHES_MAX) {
        printf("%s:%d: complexity: %s has %d branches, at most %d\n", sc->path, sc->name_line,
               sc->name, sc->branches, FUNCTION_BRANCHES_MAX);
        sc->found++;
    }
}

static void take_word(struct scan *sc, const char *s, size_t len)
{
    static const char *const branches[] = {"if", "for", "while", "case"};

    snprintf(sc->word, sizeof(sc->word), "%.*s", (int)len, s);
    for (size_t i = 0; sc->in_function && i < sizeof(branches) / sizeof(branches[0]); i++)
        sc->branches += !strcmp(sc->word, branches[i]);
}

static void declaration_end(struct scan *sc)
{
    sc->assigned = sc->in_function = false;
    sc->name[0] = '\0';
}

static void open_brace(struct scan *sc)
{
    if (sc->depth == 0 && sc->last == ')' && sc->name[0] && !sc->assigned) {
        sc->in_function = true;
        sc->branches = 1;
    }
    sc->depth++;
}

static void close_brace(struct scan *sc)
{
    sc->depth -= sc->depth > 0;
    if (sc->depth || !sc->in_function)
        return;
    report(sc);
    declaration_end(sc);
}

static void open_parenthesis(struct scan *sc)
{
    /* "__attribute__" and its like are no names */
    if (sc->depth == 0 && sc->parens == 0 && !sc->name[0] && strncmp(sc->word, "__", 2) != 0) {
        memcpy(sc->name, sc->word, sizeof(sc->name));
        sc->name_line = sc->line;
    }
    sc->parens++;
}

static void take_mark(struct scan *sc, char c, char next)
{
    switch (c) {
    case '{':
        open_brace(sc);
        break;
    case '}':
        close_brace(sc);
        break;
    case '(':
        open_parenthesis(sc);
        break;
    case ')':
        sc->parens -= sc->parens > 0;
        break;
    case ';':
        if (sc->depth == 0)
            declaration_end(sc);
        break;
    case '=':
        sc->assigned = sc->assigned || sc->depth == 0;
        break;
    default:
        sc->branches += c == '?' || ((c == '&' || c == '|') && c == next);
    }
}

static int measure(const char *path, const char *s)
{
    struct scan sc = {.path = path, .line = 1};

    while (*s) {
        size_t len = 1;

        if (isalpha((unsigned char)*s) || *s == '_') {
            while (isalnum((unsigned char)s[len]) || s[len] == '_')
                len++;
            take_word(&sc, s, len);
        } else {
            take_mark(&sc, *s, s[1]);
            len += (*s == '&' || *s == '|') && s[1] == *s;
        }
        if (!isspace((unsigned char)*s))
            sc.last = s[len - 1];
        sc.line += *s == '\n';
        s += len;
    }
    if (sc.line - 1 > FILE_LINES_MAX) {
        printf("%s:1: file-length: %s has %d lines, at most %d\n", path, path, sc.line - 1,
               FILE_LINES_MAX);
        sc.found++;
    }
    return sc.found;
}

int main(int argc, char **argv)
{
    bool strip = argc > 1 && !strcmp(argv[1], "-s");
    int found = 0;

    for (int i = 1 + strip; i < argc; i++) {
        char *text = read_file(argv[i]);

        blank_literals(text);
        if (strip) {
            print_code(argv[i], text);
        } else {
            blank_directives(text);
            found += measure(argv[i], text);
        }
        free(text);
    }
    return found ? 1 : 0;
}
