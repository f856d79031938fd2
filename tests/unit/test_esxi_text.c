/* Command output of hosts and edges: every sample parses to its counts, whole and in two pieces cut
 * at every byte; cut off anywhere it does no harm; whatever reaches a decoder that is not its own
 * is counted as not understood. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>

#include "core/file.h"
#include "core/mem.h"
#include "model/tables.h"
#include "tests/support/esxi_text.h"

#define FIXTURES "tests/fixtures/esxi/"

static void read_fixture(const char *name, struct strbuf *out)
{
    char *path = mem_printf("%s%s", FIXTURES, name);
    struct err err = {0};

    if (file_read(path, 1 << 20, out, &err) != 0)
        fail_msg("%s", err.msg);
    free(path);
}

/* What the file of expectations, and this test, know of sample @file. */
static void summary(const char *file, const struct strbuf *text, size_t len, size_t cut,
                    struct strbuf *out, struct parse_health *health)
{
    const struct esxi_text *t = esxi_text_find(file);
    struct snapshot *s = NULL;

    if (!t)
        fail_msg("no decoder for %s", file);
    strbuf_reset(out);
    t->run(text->buf, len, cut, out, health, &s);
    snapshot_unref(s);
}

/* ---- counts ------------------------------------------------------------------------------------
 */

static void check_at_every_byte(const char *file, const char *want)
{
    struct strbuf text = STRBUF_INIT, got = STRBUF_INIT;

    read_fixture(file, &text);
    for (size_t cut = 0; cut <= text.len; cut++) {
        struct parse_health h = {0};

        summary(file, &text, text.len, cut, &got, &h);
        if (strcmp(got.buf, want) != 0)
            fail_msg("%s cut at %zu: %s, want %s", file, cut, got.buf, want);
    }
    strbuf_release(&text);
    strbuf_release(&got);
}

static void samples_parse_to_their_counts(void **state)
{
    struct strbuf text = STRBUF_INIT;
    unsigned n = 0;

    (void)state;
    read_fixture("EXPECT.tsv", &text);
    for (char *line = text.buf, *next; *line; line = next) {
        char *end = strchrnul(line, '\n'), *tab;

        next = *end ? end + 1 : end;
        *end = '\0';
        tab = strchr(line, '\t');
        if (*line == '#' || !tab)
            continue;
        *tab = '\0';
        check_at_every_byte(line, tab + 1);
        n++;
    }
    assert_int_equal(n, 29);
    strbuf_release(&text);
}

static const struct {
    const char *file, *want;
} readings[] = {
    {"getflows-seed.txt", "flows=1 active=3 tails=0"},
    {"getfilters-v624.txt", "filters=2 nic-1744435-eth0-vmware-sfw.2=7295 "
                            "nic-1744441-eth0-vmware-sfw.2=3603"},
    {"esxcli-connection-seed.txt", "192.168.210.51:23251>192.168.110.42:5671:vsfwd connections=1"},
    {"hbrsvc-getState-6-start.txt",
     "state='full sync' percent=0 checksum=0/17179869184 transfer=0/0 disks=1"},
    {"hbrsvc-getState-8-10pct.txt",
     "state='full sync' percent=10 checksum=1181116006/10737418240 transfer=1992294/1992294 "
     "disks=1"},
    {"hbrsvc-queryReplicationState-6-0pct.txt",
     "state='syncing' percent=0 checksum=0/17179869184 transfer=0/0 disks=0"},
    {"edge-ha-status-t0-aa-9.txt",
     "router=073a9fda state=Active mode='Stateful A/A' peers=3 9fe732b6=Active "
     "8486560a=Active 68668f1c=Active"},
    {"edge-cluster-status-excerpt-9.txt",
     "node=9e60f8c7 ha='' status='Up (Routing Down)' peers=0 error=''"},
    {"R-edge-cluster-status",
     "node=f9933e11 ha='Inactive' status='Down' peers=1 error='' 14693d4d=Admin Down"},
    {"R-get-bridge", "038b3ae3 vlan=10 state=Forwarding ha=Active peer=Standby bridges=1"},
    {"R-gateway-ha-status-32", "router=4e425c9e state=Active mode='A/S' peers=1 e13dbba8=Standby"},
    {"R-esx-get-firewall-rules",
     "rulesets=3d04fa69-0000-0000-0000-000000000000 rules=1 distinct_ids=1 internal=0 log=0 "
     "alg=0 l2=0 accept=1"},
    {"R-nsxt31-getrules-mainrs",
     "rulesets=mainrs rules=4 distinct_ids=3 internal=0 log=4 alg=0 l2=0 accept=4"},
    {"G-getrules-every-optional-part",
     "rulesets=domain-c100,domain-c100_L2 rules=19 distinct_ids=18 internal=1 log=8 alg=1 "
     "l2=2 accept=14 drop=3 reject=1 punt=1"},
    {"G-getaddrsets-mixed", "sets: 9b14a216-4318-4bb1-94b0-56dfedec6f24=4, ip-securitygroup-99=0, "
                            "mac-securitygroup-13=1"},
    {"G-getflows-variants", "flows=5 active=3 tails=0"},
    {"G-hostile-names", "vms=2 ports=2 filters=2 vmware-sfw=2 failOpen=1 failClosed=1 "
                        "slowpath_attached=0 agents=0 slowpaths=0"},
    {"R-nsxt31-dvfilter-grep", "vms=2 ports=2 filters=2 vmware-sfw=0 failOpen=0 failClosed=0 "
                               "slowpath_attached=0 agents=0 slowpaths=0"},
    {"G-nsxcli-error-lines", "node= ha='' status='' peers=0 error='% Command not found'"},
    {"R-nsxt-getfilters", "filters=1 nic-279709-eth1-vmware-sfw.2=45228"},
};

/* What EXPECT.tsv does not count. */
static void others_parse_to_what_a_person_reads(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(readings); i++) {
        char *file = strstr(readings[i].file, ".txt") ? mem_strdup(readings[i].file)
                                                      : mem_printf("%s.txt", readings[i].file);
        struct strbuf text = STRBUF_INIT, got = STRBUF_INIT;
        const char *name = readings[i].file;

        read_fixture(file, &text);
        for (size_t cut = 0; cut <= text.len; cut++) {
            struct parse_health h = {0};

            summary(name, &text, text.len, cut, &got, &h);
            assert_string_equal(got.buf, readings[i].want);
        }
        strbuf_release(&text);
        strbuf_release(&got);
        free(file);
    }
}

/* ---- bad input ---------------------------------------------------------------------------------
 */

/* Call @fn for each sample. */
static void each_sample(void (*fn)(const char *file, const struct strbuf *text))
{
    DIR *d = opendir(FIXTURES);
    struct dirent *e;
    unsigned n = 0;

    assert_non_null(d);
    while ((e = readdir(d))) {
        struct strbuf text = STRBUF_INIT;

        if (!strstr(e->d_name, ".txt"))
            continue;
        read_fixture(e->d_name, &text);
        fn(e->d_name, &text);
        strbuf_release(&text);
        n++;
    }
    closedir(d);
    assert_true(n > 80);
}

static void cut_off(const char *file, const struct strbuf *text)
{
    const struct esxi_text *t = esxi_text_find(file);
    struct strbuf got = STRBUF_INIT;

    for (size_t len = 0; t && len < text->len; len++) {
        struct parse_health h = {0};

        summary(file, text, len, len / 2, &got, &h);
        assert_true(h.parsed + h.skipped <= h.lines);
    }
    strbuf_release(&got);
}

static void a_sample_cut_off_anywhere_does_no_harm(void **state)
{
    (void)state;
    each_sample(cut_off);
}

static void in_every_decoder(const char *file, const struct strbuf *text)
{
    (void)file;
    for (const struct esxi_text *t = esxi_texts; t->prefix; t++) {
        struct strbuf got = STRBUF_INIT;
        struct parse_health h = {0};
        struct snapshot *s = NULL;

        t->run(text->buf, text->len, text->len / 3, &got, &h, &s);
        assert_true(h.parsed + h.skipped <= h.lines);
        snapshot_unref(s);
        strbuf_release(&got);
    }
}

static void a_sample_in_a_strange_decoder_does_no_harm(void **state)
{
    (void)state;
    each_sample(in_every_decoder);
}

/* CR LF, a banner, a line of 100,000 bytes and a NUL; the rules around them are all there. */
static void shells_may_be_odd(void **state)
{
    struct strbuf text = STRBUF_INIT, got = STRBUF_INIT;
    struct parse_health h = {0};

    (void)state;
    strbuf_addstr(&text, "Welcome to esx-1\r\nruleset domain-c1 {\r\n");
    strbuf_addstr(&text, "  rule 1 at 1 inout protocol tcp from any to any port 22 accept;\r\n");
    strbuf_addstr(&text, "  rule 2 at 2 inout protocol any from addrset ");
    strbuf_addchars(&text, 'x', 100000);
    strbuf_addstr(&text, " to any drop;\r\n");
    strbuf_add(&text, "  rule 3 at 3 in\0out\n", 21);
    strbuf_addstr(&text,
                  "  rule 4 at 4 inout protocol any from any to any drop as new thing;\n}\n");
    summary("getrules-", &text, text.len, 70, &got, &h);
    assert_string_equal(got.buf, "rulesets=domain-c1 rules=4 distinct_ids=4 internal=0 log=0 alg=1 "
                                 "l2=0 accept=1 drop=1");
    assert_int_equal(h.cut, 1);
    assert_int_equal(h.skipped, 3);
    assert_string_equal(h.first[0], "Welcome to esx-1");
    strbuf_release(&text);
    strbuf_release(&got);
}

/* ---- cells -------------------------------------------------------------------------------------
 */

static struct snapshot *rows_of(const char *name, const char *text)
{
    const struct esxi_text *t = esxi_text_find(name);
    struct strbuf out = STRBUF_INIT;
    struct parse_health h = {0};
    struct snapshot *s = NULL;

    t->run(text, strlen(text), 0, &out, &h, &s);
    strbuf_release(&out);
    return s;
}

static void assert_cell(const struct snapshot *s, size_t row, const char *column, const char *want)
{
    const struct schema *schema = snapshot_schema(s);
    int col = schema_column(schema, column);
    struct strbuf got = STRBUF_INIT;

    assert_true(col >= 0 && row < snapshot_count(s));
    cell_plain(&got, &schema->columns[col], &snapshot_row(s, row)->cells[col]);
    assert_string_equal(got.buf, want);
    strbuf_release(&got);
}

static void every_part_of_a_rule_has_its_place(void **state)
{
    struct snapshot *s = rows_of(
        "getrules-",
        "rule 2003 at 3 inout inet protocol tcp strict from not ip 10.0.0.9 port 1024-65535 to not "
        "addrset ip-ipset-7 port {22, 135-139} with attribute profile P-1 reject with log as ftp "
        "tag 'a b;'c';\n");
    static const char *const cells[][2] = {
        {"position", "3"},
        {"rule_id", "2003"},
        {"direction", "inout"},
        {"family", "inet"},
        {"protocol", "tcp strict"},
        {"source", "not ip 10.0.0.9 port 1024-65535"},
        {"destination", "not addrset ip-ipset-7"},
        {"ports", "{22, 135-139}"},
        {"attribute", "profile P-1"},
        {"action", "reject"},
        {"logged", "true"},
        {"alg", "ftp"},
        {"tag", "a b;'c"},
        {"internal", "false"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cells); i++)
        assert_cell(s, 0, cells[i][0], cells[i][1]);
    snapshot_unref(s);
}

static void every_part_of_a_flow_has_its_place(void **state)
{
    struct snapshot *s = rows_of(
        "getflows-", "558a796d00000000 Active tcp 0800 2 1006 0 0  fe80::1:Unknown(44194) "
                     "172.16.10.11:ssh(22) 2413 EST 3017 2957 19 18\n"
                     "558a796d00000001 Active tcp 0800 1 7 0 0 10.0.0.1 10.0.0.2 a new tail\n");
    static const char *const cells[][2] = {
        {"vm", "web"},
        {"flow", "558a796d00000000"},
        {"flow_class", "Active"},
        {"protocol", "tcp"},
        {"direction", "out"},
        {"rule_id", "1006"},
        {"source_ip", "fe80::1"},
        {"source_port", "44194"},
        {"destination_ip", "172.16.10.11"},
        {"destination_port", "22"},
        {"tcp_state", "EST"},
        {"bytes_1", "3017"},
        {"bytes_2", "2957"},
        {"packets_1", "19"},
        {"packets_2", "18"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cells); i++)
        assert_cell(s, 0, cells[i][0], cells[i][1]);
    assert_cell(s, 1, "bytes_1", "");
    assert_cell(s, 1, "raw",
                "558a796d00000001 Active tcp 0800 1 7 0 0 10.0.0.1 10.0.0.2 a new tail");
    snapshot_unref(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_parse_to_their_counts),
        cmocka_unit_test(others_parse_to_what_a_person_reads),
        cmocka_unit_test(a_sample_cut_off_anywhere_does_no_harm),
        cmocka_unit_test(a_sample_in_a_strange_decoder_does_no_harm),
        cmocka_unit_test(shells_may_be_odd),
        cmocka_unit_test(every_part_of_a_rule_has_its_place),
        cmocka_unit_test(every_part_of_a_flow_has_its_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
