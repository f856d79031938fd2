#include "core/i18n.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/mem.h"

#define DOMAIN "hycon"

/* The first of the variables that decide a category, as setlocale() reads them. */
static const char *locale_name(const char *category)
{
    const char *names[] = {"LC_ALL", category, "LANG"};

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return value;
    }
    return "C";
}

static bool names_utf8(const char *locale)
{
    return strcasestr(locale, ".utf8") || strcasestr(locale, ".utf-8");
}

/* "ja_JP.UTF-8" is wanted and was not generated: the characters come from C.UTF-8, which every
 * Debian has, and the language from LANGUAGE, which gettext reads in any locale but "C". */
static void borrow_utf8(const char *ctype, const char *messages)
{
    if (!names_utf8(ctype) || !setlocale(LC_CTYPE, "C.UTF-8"))
        return;
    (void)setlocale(LC_MESSAGES, "C.UTF-8");
    if (!getenv("LANGUAGE") && strlen(messages) >= 2 && strncmp(messages, "C", 1) != 0) {
        char language[3] = {messages[0], messages[1], '\0'};
        (void)setenv("LANGUAGE", language, 1);
    }
}

void i18n_init(const char *beside, const char *installed)
{
    /* Characters and language; numbers and dates in files, JSON and CSV are the same everywhere. */
    bool found = setlocale(LC_CTYPE, "") && setlocale(LC_MESSAGES, "");
    char *probe = beside ? mem_printf("%s/ja/LC_MESSAGES/" DOMAIN ".mo", beside) : NULL;

    if (!found)
        borrow_utf8(locale_name("LC_CTYPE"), locale_name("LC_MESSAGES"));
    if (!i18n_is_utf8()) /* the catalogue could not be shown */
        (void)setlocale(LC_MESSAGES, "C");
    (void)bindtextdomain(DOMAIN, probe && access(probe, R_OK) == 0 ? beside : installed);
    (void)bind_textdomain_codeset(DOMAIN, "UTF-8");
    (void)textdomain(DOMAIN);
    free(probe);
}

bool i18n_is_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* A translation is there and chosen exactly when it changes this word. */
bool i18n_is_translated(void)
{
    return strcmp(_("language code: en"), "language code: en") != 0;
}

bool i18n_is_japanese(void)
{
    return strcmp(_("language code: en"), "language code: ja") == 0;
}
