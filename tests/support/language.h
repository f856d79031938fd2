/* language: the language of the console in a test, whatever the machine has. */
#ifndef HYCON_TESTS_SUPPORT_LANGUAGE_H
#define HYCON_TESTS_SUPPORT_LANGUAGE_H

/* "ja"; NULL: English. It stays so for the process. */
void language_set(const char *language);

struct snapshot;
/* All rows in all formats of output, one after the other. The caller frees. */
char *language_output(struct snapshot *s);
/* Fails when a finding has no summary or remedy in another language than English. */
void language_must_be_told(const struct snapshot *findings, const char *what);

#endif
