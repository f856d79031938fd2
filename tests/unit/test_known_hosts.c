/* core/known_hosts: keys and hashed names below were made by ssh-keygen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/evp.h>

#include "core/known_hosts.h"
#include "core/mem.h"

#define ED    "AAAAC3NzaC1lZDI1NTE5AAAAIBwopfC7pUYcSHsTuNg0BETEqOY/5Ud3QRL0yKv2ILLe"
#define OTHER "AAAAC3NzaC1lZDI1NTE5AAAAIF9lRF9P2FPEPRMc+0mjJb3YUbun0VEaF0nQlOs/jF02"
#define EC                                                                                       \
    "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBNxogbS8slW8kyiDUjuen8pGnoSbPcpmKESOh2" \
    "MQOa9ChCHQ/D9/RRegiijuqL3IL4xqhOJ4AX9IYhmObIqC8b0="
#define ED_SHA    "SHA256:FPzs3NZbB+At9mcgbgMoMEIlK/C+KNutLF/jgB1yB24"
#define OTHER_SHA "SHA256:XP403doaeq/Azv1g2GxpF39bPlvx54UtPlMvqgUosWk"

#define HASHED "|1|+bMWDFh6Q3e7oYNJr02ENBVI7zU=|o5A7kWMmgnXbdF2yvWwCYgZEPHE= ssh-ed25519 " ED "\n"
#define HASHED_PORT \
    "|1|aMoS2JehdmdoGmL0oYrcOmyxmLY=|KdzcUDg/7FNr299n2aw4RdnRA/A= ecdsa-sha2-nistp256 " EC "\n"

static size_t key(const char *base64, uint8_t *out)
{
    size_t n = strlen(base64);
    int len = EVP_DecodeBlock(out, (const unsigned char *)base64, (int)n);

    assert_true(len > 0);
    while (base64[n - 1] == '=') {
        n--;
        len--;
    }
    return (size_t)len;
}

struct want {
    const char *text, *host;
    int port;
    const char *type, *blob;
    enum known_host verdict;
    unsigned malformed;
    const char *stored;
};

static const struct want wanted[] = {
    {"", "esx-1.example", 22, "ssh-ed25519", ED, KNOWN_HOST_UNKNOWN, 0, ""},
    {"esx-1.example ssh-ed25519 " ED "\n", "esx-1.example", 22, "ssh-ed25519", ED, KNOWN_HOST_MATCH,
     0, ""},
    {"ESX-1.Example ssh-ed25519 " ED " a comment", "esx-1.EXAMPLE", 22, "ssh-ed25519", ED,
     KNOWN_HOST_MATCH, 0, ""},
    {"a,esx-1.example,192.0.2.7 ssh-ed25519 " ED "\r\n", "192.0.2.7", 22, "ssh-ed25519", ED,
     KNOWN_HOST_MATCH, 0, ""},
    {"esx-1.example ssh-ed25519 " ED "\n", "esx-1.example", 2222, "ssh-ed25519", ED,
     KNOWN_HOST_UNKNOWN, 0, ""},
    {"[esx-1.example]:2222 ssh-ed25519 " ED "\n", "esx-1.example", 2222, "ssh-ed25519", ED,
     KNOWN_HOST_MATCH, 0, ""},
    {HASHED, "esx-1.example", 22, "ssh-ed25519", ED, KNOWN_HOST_MATCH, 0, ""},
    {HASHED, "esx-9.example", 22, "ssh-ed25519", ED, KNOWN_HOST_UNKNOWN, 0, ""},
    {HASHED_PORT, "esx-2.example", 2222, "ecdsa-sha2-nistp256", EC, KNOWN_HOST_MATCH, 0, ""},
    {"*.example ssh-ed25519 " ED "\n", "esx-1.example", 22, "ssh-ed25519", ED, KNOWN_HOST_MATCH, 0,
     ""},
    {"*.example,!esx-1.example ssh-ed25519 " ED "\n", "esx-1.example", 22, "ssh-ed25519", ED,
     KNOWN_HOST_UNKNOWN, 0, ""},
    {"esx-1.example ssh-ed25519 " OTHER "\n", "esx-1.example", 22, "ssh-ed25519", ED,
     KNOWN_HOST_CHANGED, 0, OTHER_SHA},
    {"esx-1.example ecdsa-sha2-nistp256 " EC "\nesx-1.example ssh-ed25519 " OTHER "\n",
     "esx-1.example", 22, "ssh-ed25519", ED, KNOWN_HOST_CHANGED, 0, OTHER_SHA},
    {"esx-1.example ssh-ed25519 " ED "\n", "esx-1.example", 22, "ecdsa-sha2-nistp256", EC,
     KNOWN_HOST_OTHER, 0, ED_SHA},
    {"esx-1.example ssh-ed25519 " OTHER "\nesx-1.example ssh-ed25519 " ED "\n", "esx-1.example", 22,
     "ssh-ed25519", ED, KNOWN_HOST_MATCH, 0, OTHER_SHA},
    {"esx-1.example ssh-ed25519 " ED "\n@revoked * ssh-ed25519 " ED "\n", "esx-1.example", 22,
     "ssh-ed25519", ED, KNOWN_HOST_REVOKED, 0, ""},
    {"@revoked * ssh-ed25519 " OTHER "\nesx-1.example ssh-ed25519 " ED "\n", "esx-1.example", 22,
     "ssh-ed25519", ED, KNOWN_HOST_MATCH, 0, ""},
    {"@cert-authority *.example ssh-ed25519 " ED "\n", "esx-1.example", 22, "ssh-ed25519", ED,
     KNOWN_HOST_UNKNOWN, 0, ""},
    {"garbage\n\n# a comment\nesx-1.example ssh-ed25519\n@revoked\nesx-1.example ssh-ed25519 " ED,
     "esx-1.example", 22, "ssh-ed25519", ED, KNOWN_HOST_MATCH, 3, ""},
    {"esx-1.example ssh-ed25519 not*base64!\nesx-1.example ssh-ed25519 " ED "\n", "esx-1.example",
     22, "ssh-ed25519", ED, KNOWN_HOST_MATCH, 1, ""},
    {"|1|short|short ssh-ed25519 " ED "\n|1| ssh-ed25519 " ED "\n|1 ssh-ed25519 " ED "\n", "x", 22,
     "ssh-ed25519", ED, KNOWN_HOST_UNKNOWN, 0, ""},
};

static void test_verdicts(void **state)
{
    uint8_t blob[512];

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
        const struct want *w = &wanted[i];
        struct known_hosts_answer a;
        size_t n = key(w->blob, blob);

        known_hosts_check(w->text, strlen(w->text), w->host, w->port, w->type, blob, n, &a);
        if (a.verdict != w->verdict || a.malformed != w->malformed ||
            (w->verdict != KNOWN_HOST_MATCH && strcmp(a.stored, w->stored) != 0))
            fail_msg("case %zu: verdict %d, malformed %u, stored '%s'", i, a.verdict, a.malformed,
                     a.stored);
    }
}

static void test_every_cut(void **state)
{
    static const char text[] =
        "*.example,!a ssh-ed25519 " ED "\n" HASHED HASHED_PORT "@revoked x ssh-ed25519 " OTHER "\n";
    uint8_t blob[512];
    size_t n = key(ED, blob);

    (void)state;
    for (size_t cut = 0; cut < sizeof(text); cut++) {
        char *part = mem_strndup(text, cut); /* so that a read behind the end is seen */
        char types[KNOWN_HOSTS_TYPES_MAX][64];
        struct known_hosts_answer a;

        known_hosts_check(part, cut, "esx-1.example", 22, "ssh-ed25519", blob, n, &a);
        assert_true(a.verdict != KNOWN_HOST_REVOKED);
        (void)known_hosts_types(part, cut, "esx-1.example", 22, types);
        free(part);
    }
}

static void test_types_and_fingerprint(void **state)
{
    static const char text[] = "esx-1.example ecdsa-sha2-nistp256 " EC "\n"
                               "other ssh-rsa AAAA\n@revoked esx-1.example ssh-dss AAAA\n" HASHED
                               "esx-1.example ssh-ed25519 " OTHER "\n";
    char types[KNOWN_HOSTS_TYPES_MAX][64], print[64];
    uint8_t blob[512];
    size_t n = key(ED, blob);

    (void)state;
    assert_int_equal(known_hosts_types(text, sizeof(text) - 1, "esx-1.example", 22, types), 2);
    assert_string_equal(types[0], "ecdsa-sha2-nistp256");
    assert_string_equal(types[1], "ssh-ed25519");
    known_hosts_fingerprint(blob, n, print);
    assert_string_equal(print, ED_SHA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_every_cut),
        cmocka_unit_test(test_types_and_fingerprint),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
