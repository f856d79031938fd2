/* trust and file: what was accepted is found again, other lines survive, the file is private. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/file.h"
#include "core/mem.h"
#include "core/strbuf.h"
#include "core/trust.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

static char dir[] = "/tmp/hycon-test-trust-XXXXXX";
static char *file;

static int make_dir(void **state)
{
    (void)state;
    if (!mkdtemp(dir))
        return -1;
    file = mem_printf("%s/config/deep/trust", dir);
    return 0;
}

static int remove_dir(void **state)
{
    static const char *const names[] = {"/config/deep/trust",
                                        "/config/deep/trust.lock",
                                        "/config/deep/new",
                                        "/config/deep",
                                        "/config",
                                        ""};
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        char *path = mem_printf("%s%s", dir, names[i]);
        if (unlink(path))
            (void)rmdir(path);
        free(path);
    }
    free(file);
    return 0;
}

static void accepted_is_found(void **state)
{
    struct err err = {0};
    struct stat st;
    struct trust *t = trust_load(file, &err);
    (void)state;

    assert_non_null(t);
    assert_null(trust_sha256(t, "tokyo/nsx", NULL));
    trust_free(t);
    assert_int_equal(trust_accept(file, "tokyo/nsx", NULL, A, &err), 0);
    assert_int_equal(trust_accept(file, "tokyo/nsx", "n2:443", B, &err), 0);
    assert_int_equal(trust_accept(file, "dc1/esx/h:22", NULL, C, &err), 0);
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    t = trust_load(file, &err);
    assert_string_equal(trust_sha256(t, "tokyo/nsx", "n1:443"), A);
    assert_string_equal(trust_sha256(t, "tokyo/nsx", "N2:443"), B);
    assert_string_equal(trust_sha256(t, "dc1/esx/h:22", NULL), C);
    assert_null(trust_sha256(t, "tokyo", NULL));
    trust_free(t);
}

#define KEY_1 "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define KEY_2 "SHA256:abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO/+"

/* A host key and a certificate of one name do not get in each other's way. */
static void host_keys_are_kept_beside_certificates(void **state)
{
    struct err err = {0};
    struct trust *t;
    (void)state;

    assert_int_equal(trust_accept(file, "dc1/esx/h", NULL, C, &err), 0);
    assert_int_equal(trust_accept(file, "dc1/esx/h", NULL, KEY_1, &err), 0);
    assert_int_equal(trust_accept(file, "dc1/esx/h", NULL, KEY_2, &err), 0);
    t = trust_load(file, &err);
    assert_string_equal(trust_ssh_key(t, "dc1/esx/h", "h:22"), KEY_2);
    assert_string_equal(trust_sha256(t, "dc1/esx/h", NULL), C);
    assert_null(trust_ssh_key(t, "dc1/esx", NULL));
    trust_free(t);
    assert_int_equal(trust_accept(file, "dc1/esx/h", NULL, "SHA256:short", &err), -1);
}

/* A jump host is trusted by its address alone: the key of the host behind it is another. */
static void jump_hosts_are_told_by_address(void **state)
{
    struct err err = {0};
    struct trust *t;
    (void)state;

    assert_int_equal(trust_accept(file, "dc1/jumped/h", NULL, KEY_1, &err), 0);
    t = trust_load(file, &err);
    assert_null(trust_jump_key(t, "dc1/jumped/h", "dc1/jumped", "bastion:22"));
    trust_free(t);
    assert_int_equal(trust_accept(file, "dc1/jumped", "Bastion:22", KEY_2, &err), 0);
    t = trust_load(file, &err);
    assert_string_equal(trust_jump_key(t, "dc1/jumped/h", "dc1/jumped", "bastion:22"), KEY_2);
    assert_null(trust_jump_key(t, "dc1/jumped/h", "dc1/jumped", "bastion:2222"));
    assert_null(trust_jump_key(t, "dc2/jumped/h", "dc2/jumped", "bastion:22"));
    assert_string_equal(trust_ssh_key(t, "dc1/jumped/h", "h:22"), KEY_1);
    trust_free(t);
}

static void replacing_keeps_other_lines(void **state)
{
    static const char text[] = "# by hand\nx/y ssh:SHA256:abc h:22\nt/n sha256:" A "\n\njunk\n";
    struct strbuf after = STRBUF_INIT;
    struct err err = {0};
    (void)state;

    assert_int_equal(file_write_atomic(file, text, sizeof(text) - 1, 0600, &err), 0);
    assert_int_equal(trust_accept(file, "t/n", NULL, B, &err), 0);
    assert_int_equal(file_read(file, 10000, &after, &err), 0);
    assert_string_equal(after.buf, "# by hand\nx/y ssh:SHA256:abc h:22\njunk\nt/n sha256:" B "\n");
    strbuf_release(&after);
}

static void bad_input_is_refused(void **state)
{
    struct err err = {0};
    (void)state;

    assert_int_equal(trust_accept(file, "t/n", NULL, "AB", &err), -1);
    assert_string_equal(err.msg, "'AB' is not a SHA-256 in hex");
    assert_int_equal(chmod(file, 0622), 0);
    assert_null(trust_load(file, &err));
    assert_non_null(strstr(err.msg, "can be written by others: run chmod 600 on it"));
    assert_int_equal(chmod(file, 0600), 0);
}

static void files_are_bounded_and_new(void **state)
{
    struct strbuf out = STRBUF_INIT;
    struct err err = {0};
    char *path = mem_printf("%s/config/deep/new", dir);
    (void)state;

    assert_int_equal(file_read(path, 10, &out, &err), -1);
    assert_int_equal(err.code, ENOENT);
    assert_int_equal(file_write_new(path, "0123456789a", 11, 0600, &err), 0);
    assert_int_equal(file_write_new(path, "x", 1, 0600, &err), -1);
    assert_int_equal(err.code, EEXIST);
    assert_int_equal(file_read(path, 10, &out, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    strbuf_reset(&out);
    assert_int_equal(file_read(path, 11, &out, &err), 0);
    assert_string_equal(out.buf, "0123456789a");
    strbuf_release(&out);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepted_is_found),
        cmocka_unit_test(host_keys_are_kept_beside_certificates),
        cmocka_unit_test(jump_hosts_are_told_by_address),
        cmocka_unit_test(replacing_keeps_other_lines),
        cmocka_unit_test(bad_input_is_refused),
        cmocka_unit_test(files_are_bounded_and_new),
    };

    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
