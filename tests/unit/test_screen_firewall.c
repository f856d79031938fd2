/* Firewall, Flows, Events and what they lead to, on golden screens. */
#include "tests/support/screen_case.h"

static void show(struct screen *s)
{
    screen_join(s, view_vcenter, view_firewall_tables, view_flow_tables, NULL);
}

static void test_firewall(void **state)
{
    struct screen *s = screen_begin_dc("firewall", 0, 0, NULL);

    (void)state;
    show(s);
    SCREEN(s, "firewall",
           " hycon  dc1                                          09:00:00 UTC  18:00:00 JST\n"
           " ok: no finding is open                                           vc+ esx. nsx+\n"
           " 1 Overview [5 Firewall] 6 Flows  7 Hosts  8 VMs  Events  Endpoints\n"
           " Rules, in the order of evaluation 4   +3 columns > ────────────────────────────\n"
           "  layer policy        id rule         from     to       action      hits\n"
           "> dfw   App-Tier    1006 web-in       ANY      Web      ALLOW      5,000\n"
           "  dfw   App-Tier    1007 業務-DB      not Web  DB       ALLOW        200\n"
           "  dfw   App-Tier    1008 old          ANY      DB       ALLOW off      0\n"
           "  dfw   Default        2 default      ANY      ANY      DROP          77\n"
           " Filters on hosts 2   +1 columns > ─────────────────────────────────────────────\n"
           "  ^vm          vnic  host       state            on failure filter\n"
           "  web-1        eth0  esx-1      IOChain Attached failClosed nic-100-eth0-vmware…\n"
           "  業務サーバ   eth0  esx-1      IOChain Attached failOpen   nic-101-eth0-vmware…\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q quit\n");
    screen_free(s);
}

static void test_firewall_wide(void **state)
{
    struct screen *s = screen_begin_dc("firewall", 120, 20, "ja");

    (void)state;
    show(s);
    SCREEN(s, "firewall, Japanese",
           " hycon  dc1                                                                            "
           "      09:00:00 UTC  18:00:00 JST\n"
           " ok: 未解決の検出事項はありません                                                      "
           "                   vc+ esx. nsx+\n"
           " 1 Overview [5 Firewall] 6 Flows  7 Hosts  8 VMs  Events  Endpoints\n"
           " ルール (評価順) 4 "
           "───────────────────────────────────────────────────────────────────────────────────────"
           "──────────────\n"
           "  layer  policy         id  rule          from      to        services       action    "
           "   hits    rate  applied_to\n"
           "> dfw    App-Tier     1006  web-in        ANY       Web       HTTPS          ALLOW     "
           "  5,000       -  DFW\n"
           "  dfw    App-Tier     1007  業務-DB       not Web   DB        MySQL + MYSQL  ALLOW     "
           "    200       -  DFW\n"
           "  dfw    App-Tier     1008  old           ANY       DB        SSH            ALLOW off "
           "      0       -  DFW\n"
           "  dfw    Default         2  default       ANY       ANY       ANY            DROP      "
           "     77       -  DFW\n"
           " ホスト上のフィルタ 2 "
           "───────────────────────────────────────────────────────────────────────────────────────"
           "───────────\n"
           "  ^vm           vnic   host        state             on failure  agent       filter\n"
           "  web-1         eth0   esx-1       IOChain Attached  failClosed  vmware-sfw  "
           "nic-100-eth0-vmware-sfw.2\n"
           "  業務サーバ    eth0   esx-1       IOChain Attached  failOpen    vmware-sfw  "
           "nic-101-eth0-vmware-sfw.2\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           " Enter 開く  r 関連  d 詳細  / 絞込  : コマンド  Tab タブ  > 並替  z 停止  R 更新  y "
           "コピー  e 理由  ? ヘルプ  q 終了\n");
    screen_free(s);
}

/* From what is meant to what is enforced, and back. */
static void test_rule_and_host_lines(void **state)
{
    struct screen *s = screen_begin_dc("firewall", 120, 24, NULL);

    (void)state;
    show(s);
    screen_keys(s, "d");
    SCREEN_HAS(s, "1 line on hosts (joined by rule id 1006)");
    screen_keys(s, "<Esc><Enter>");
    SCREEN(
        s, "host lines of a rule",
        " hycon  dc1                                                                               "
        "   09:00:00 UTC  18:00:00 JST\n"
        " ok: no finding is open                                                                   "
        "                vc+ esx. nsx+\n"
        " 1 Overview  5 Firewall  6 Flows  7 Hosts  8 VMs  Events  Endpoints [Host rules]\n"
        " Host rules 1/2 /rule_id = 1006 ─────────────────────────────────────────────────────all "
        "hosts: reading ...; read 9s ago\n"
        "  filter                  #     id  dir    proto  from          to            ports  "
        "action  packets    rate  host\n"
        "> nic-1…0-vmware-sfw.2    1   1006  in     tcp    any           addrset_web   443    "
        "accept      900       -  esx-1\n"
        "\n"
        "\n"
        "\n"
        "\n"
        "\n"
        "\n"
        "\n"
        "\n"
        "\n"
        "\n"
        "\n"
        "\n"
        "\n"
        "\n"
        "\n"
        "\n"
        "\n"
        " Enter open  r related  d details  / filter  : command  Tab tabs  > sort  z hold  R "
        "refresh  y copy  ? help  q close\n");
    screen_keys(s, "<Enter>");
    SCREEN_HAS(s, "[5 Firewall]");
    SCREEN_HAS(s, "/rule_id = 1006");
    screen_keys(s, "<Esc>");
    SCREEN_HAS(s, "> nic-1"); /* the line that led there */
    screen_keys(s, ":firewall<Enter>");
    SCREEN_LACKS(s, "/rule_id");
    screen_keys(s, "J<Enter>");
    SCREEN_HAS(s, "Host rules");
    SCREEN_HAS(s, "/filter = \"nic-100-eth0-vmware-sfw.2\"");
    screen_free(s);
}

/* Between two readings, not between two paintings. */
static void test_rates(void **state)
{
    struct screen *s = screen_begin_dc("firewall", 120, 24, NULL);

    (void)state;
    show(s);
    SCREEN_LACKS(s, "/s");
    screen_pass(s, 60 * SECOND);
    screen_change(s, "HTTPS ALLOW yes DFW 5000 -60s", "HTTPS ALLOW yes DFW 5600 -60s");
    SCREEN_HAS(s, "10/s");
    screen_again(s);
    SCREEN_HAS(s, "10/s");
    screen_free(s);
}

static void test_flows(void **state)
{
    struct screen *s = screen_begin_dc("flows", 0, 0, NULL);

    (void)state;
    show(s);
    SCREEN(s, "flows",
           " hycon  dc1                                          09:00:00 UTC  18:00:00 JST\n"
           " ok: no finding is open                                           vc+ esx. nsx+\n"
           " 1 Overview  5 Firewall [6 Flows] 7 Hosts  8 VMs  Events  Endpoints\n"
           " most moved: web-1 295.6 KiB in 2 flows, 業務サーバ 0 B in 1 flows\n"
           " Live flows, the largest first 3 ───────────all hosts: reading ...; read 15s ago\n"
           "  vm         proto source              destination         rule      rate\n"
           "> web-1      tcp   172.16.9.5:44194    172.16.2.10:443     1006         -\n"
           "  web-1      tcp   [2001:db8::5]:44195 [2001:db8::10]:443  1006         -\n"
           "  業務サーバ udp   172.16.2.12:53000   172.16.0.53:53         2         -\n"
           " Ended between the last two readings   +1 columns > ────────────────────────────\n"
           "  vm         proto source           destination       rule     bytes host\n"
           "  No flow has ended, or there is no reading before to compare with.\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q quit\n");
    screen_pass(s, 15 * SECOND);
    screen_change(s, "f2 tcp in 1006 2001:db8::5 44195", "f4 tcp in 1006 2001:db8::5 44999");
    screen_change(s, "1500 300000", "1500 315000");
    SCREEN_HAS(s, "new");
    screen_free(s);
}

static void test_flows_end(void **state)
{
    struct screen *s = screen_begin_dc("flows", 120, 24, NULL);

    (void)state;
    show(s);
    screen_pass(s, 15 * SECOND);
    screen_change(s,
                  "esx-1 nic-100-eth0-vmware-sfw.2 web-1 f2 tcp in 1006 2001:db8::5 44195 "
                  "2001:db8::10 443 EST 500 700 \"f2 Active tcp\"\n",
                  "esx-1 nic-100-eth0-vmware-sfw.2 web-1 f9 tcp in 1006 172.16.9.6 44196 "
                  "172.16.2.10 443 EST 500 700 \"f9 Active tcp\"\n");
    SCREEN(
        s, "one flow has ended, one is new",
        " hycon  dc1                                                                               "
        "   09:00:15 UTC  18:00:15 JST\n"
        " ok: no finding is open                                                                   "
        "                vc+ esx. nsx+\n"
        " 1 Overview  5 Firewall [6 Flows] 7 Hosts  8 VMs  Events  Endpoints\n"
        " most moved: web-1 295.6 KiB in 2 flows, 業務サーバ 0 B in 1 flows\n"
        " Live flows, the largest first 3 "
        "────────────────────────────────────────────────────────────────all hosts: read 15s ago\n"
        "  vm          proto  dir  source             destination        rule  tcp       bytes     "
        "  rate       host\n"
        "> web-1       tcp    in   172.16.9.5:44194   172.16.2.10:443    1006  EST   294.4 KiB     "
        " 0 B/s       esx-1\n"
        "  web-1       tcp    in   172.16.9.6:44196   172.16.2.10:443    1006  EST     1.2 KiB     "
        "     -  new  esx-1\n"
        "  業務サーバ  udp    out  172.16.2.12:53000  172.16.0.53:53        2  -             ?     "
        "     -       esx-1\n"
        " Ended between the last two readings 1 "
        "─────────────────────────────────────────────────────────────────────────────────\n"
        "  vm          proto  source               destination          rule  tcp       bytes  "
        "host\n"
        "  web-1       tcp    [2001:db8::5]:44195  [2001:db8::10]:443   1006  EST     1.2 KiB  "
        "esx-1\n"
        "\n"
        "\n"
        "\n"
        "\n"
        "\n"
        "\n"
        "\n"
        "\n"
        "\n"
        "\n"
        "\n"
        " Enter open  r related  d details  / filter  : command  Tab tabs  > sort  z hold  R "
        "refresh  y copy  ? help  q quit\n");
    screen_free(s);
}

/* A connection that is listed with another id goes on; another one by the same ports does not. */
static void test_flows_go_on(void **state)
{
    struct screen *s = screen_begin_dc("flows", 120, 24, NULL);

    (void)state;
    show(s);
    screen_pass(s, 15 * SECOND);
    screen_change(s, "web-1 f2 tcp in 1006 2001:db8::5 44195",
                  "web-1 f9 tcp in 1006 2001:db8::5 44195");
    SCREEN_HAS(s, "new");
    SCREEN_HAS(s, "No flow has ended");
    screen_pass(s, 15 * SECOND);
    screen_change(s, "web-1 f9 tcp in 1006 2001:db8::5 44195",
                  "web-1 f2 tcp in 1006 2001:db8::6 44195");
    SCREEN_LACKS(s, "No flow has ended");
    SCREEN_HAS(s, "[2001:db8::5]:44195");
    screen_free(s);
}

/* An empty list is not "nothing passes" when the host says otherwise. */
static void test_flows_off(void **state)
{
    struct screen *s = screen_begin_dc("flows", 0, 0, NULL);

    (void)state;
    screen_tables(s, "table flows dc1/esx/esx-1 ok 15s \"\" \"2 filters count flows but list none: "
                     "is Flow Monitoring on?\"\nhost filter flow\n");
    SCREEN_HAS(s, "no flow is listed");
    SCREEN_HAS(s, "esx/esx-1: 2 filters count flows but list none: is Flow Monitoring on?");
    SCREEN_HAS(s, "The hosts list no flow: nothing passes, or Flow Monitoring is off.");
    screen_free(s);
}

static void test_flows_are_picked(void **state)
{
    struct screen *s = screen_begin_dc("flows", 0, 0, NULL);

    (void)state;
    show(s);
    screen_keys(s, "r");
    SCREEN_HAS(s, "flows of VM web-1 alone");
    SCREEN_HAS(s, "flows on host esx-1 alone");
    SCREEN_HAS(s, "flows of rule 1006 alone");
    screen_free(s);
}

static void test_flow_raw(void **state)
{
    struct screen *s = screen_begin_dc("flows", 0, 0, NULL);

    (void)state;
    show(s);
    screen_keys(s, "/f3<Enter>d");
    SCREEN_HAS(s, "the counters of this line are in a form that is not known");
    SCREEN_HAS(s, "f3 Active udp ? ?");
    screen_free(s);
}

/* What is on the screen is what is read: everything, or what the reader's filter lets through. */
static void test_what_is_looked_at_is_read(void **state)
{
    struct screen *s = screen_begin_dc("flows", 120, 24, NULL);

    (void)state;
    show(s);
    (void)screen_requests(s);
    screen_keys(s, "/vm=web-1");
    assert_string_equal(screen_requests(s), ""); /* it is still being typed */
    screen_keys(s, "<Enter>");
    assert_string_equal(screen_requests(s), "focus flows filters of=dc1/esx/esx-1 "
                                            "filter=nic-100-eth0-vmware-sfw.2\n");
    SCREEN_HAS(s, "1 filter: reading ...; read 15s ago");
    screen_keys(s, "j");
    assert_string_equal(screen_requests(s), "");
    screen_pass(s, SECOND);
    screen_change(s, "table flows dc1/esx/esx-1 ok 15s", "table flows dc1/esx/esx-1 partial 0s");
    SCREEN_HAS(s, "1 filter: read 0s ago");
    SCREEN_LACKS(s, "partial");
    assert_string_equal(screen_requests(s), ""); /* a newer estate asks for nothing new */
    screen_pass(s, SECOND);
    screen_keys(s, "<Esc>");
    assert_string_equal(screen_requests(s), "focus flows filters\n");
    SCREEN_HAS(s, "all hosts: reading ...");
    screen_keys(s, ":host_rules filter=nic-9-eth0-vmware-sfw.2<Enter>");
    SCREEN_HAS(s, "nothing to read");
    assert_non_null(strstr(screen_requests(s), "focus\n"));
    screen_keys(s, "5");
    assert_null(strstr(screen_requests(s), "flows"));
    screen_free(s);
}

/* A machine that moves to another host is looked at there. */
static void test_the_look_follows_a_machine(void **state)
{
    struct screen *s = screen_begin_dc("flows", 120, 24, NULL);

    (void)state;
    show(s);
    screen_keys(s, "/vm=web-1<Enter>");
    (void)screen_requests(s);
    screen_change(s, "nic-100-eth0-vmware-sfw.2 web-1 50aa",
                  "nic-777-eth0-vmware-sfw.2 web-1 50aa");
    assert_string_equal(screen_requests(s), "focus flows filters of=dc1/esx/esx-1 "
                                            "filter=nic-777-eth0-vmware-sfw.2\n");
    screen_free(s);
}

/* From the row to the question, from the answer to the rule that decides. */
static void test_explain_dialog(void **state)
{
    struct screen *s = screen_begin_dc("flows", 0, 0, NULL);

    (void)state;
    show(s);
    screen_keys(s, "e");
    SCREEN_HAS(s, "From 172.16.9.5:44194");
    SCREEN_HAS(s, "To   172.16.2.10:443/tcp");
    SCREEN_HAS(s, "Site dc1");
    (void)screen_requests(s);
    screen_keys(s, "<Enter>");
    assert_non_null(strstr(screen_requests(s), " host_rules addrsets flows "));
    SCREEN(s, "explained",
           " hycon  dc1                                          09:00:00 UTC  18:00:00 JST\n"
           " ok: no finding is open                                           vc+ esx. nsx+\n"
           " 1 Overview  5 Firewall [6 Flows] 7 Hosts  8 VMs  Events  Endpoints\n"
           " Explain ────────────────────────────────────────────────────────────── 1-18/19\n"
           "reading host_rules, addrsets, flows: 0 of 3 sources are there\n"
           "172.16.9.5 port 44194 -> 172.16.2.10 (web-1), tcp port 443\n"
           "unknown: Cannot be said at destination-filter nic-100-eth0-vmware-sfw.2: rule\n"
           "1006 at 1 of domain-c8 (accept) may match: destination 172.16.2.10: cannot be\n"
           "compared with 'addrset_web'; else rule 2 at 2: drop\n"
           "\n"
           "1. destination-filter nic-100-eth0-vmware-sfw.2 (dc1/esx/esx-1): unknown\n"
           "  why:      rule 1006 at 1 of domain-c8 (accept) may match: destination\n"
           "            172.16.2.10: cannot be compared with 'addrset_web'; else rule 2 at\n"
           "            2: drop\n"
           "  rule:     rule 1006 at 1 in protocol tcp from any to addrset web port 443\n"
           "            accept;\n"
           "  policy:   App-Tier / web-in (/p/app/rules/web)\n"
           "  hits:     900\n"
           "  flow:     tcp_state EST, rule_id 1006, source_port 44194, bytes_1 1.5 KiB,\n"
           "            bytes_2 293.0 KiB\n"
           "\n"
           "note: 172.16.9.5 is no address of a known machine: no distributed firewall is\n"
           "\n"
           " Enter open  / filter  : command  y copy  s passed over  ? help  q close\n");
    screen_keys(s, "s");
    SCREEN_HAS(s, "passed:   rule 1006 at 1");
    screen_keys(s, "s");
    SCREEN_LACKS(s, "passed:   ");
    screen_keys(s, "e");
    SCREEN_HAS(s, "To   172.16.2.10:443/tcp");
    screen_keys(s, "<Esc><Enter>");
    SCREEN_HAS(s, "Host rules");
    SCREEN_HAS(s, "/filter = \"nic-100-eth0-vmware-s");
    SCREEN_HAS(s, ">   1  1006 in ");
    screen_keys(s, "<Esc><Esc>");
    SCREEN_HAS(s, "[6 Flows]");
    screen_free(s);
}

static void test_explain_completes(void **state)
{
    struct screen *s = screen_begin_dc("vms", 0, 0, NULL);

    (void)state;
    show(s);
    screen_keys(s, "e^U");
    SCREEN_HAS(s, "Explain");
    screen_keys(s, "<Enter>");
    SCREEN_HAS(s, "To where?");
    screen_keys(s, "WE");
    SCREEN_HAS(s, "Tab:  web-1");
    screen_keys(s, "<Tab>");
    SCREEN_HAS(s, "To   web-1");
    screen_keys(s, ":x");
    screen_keys(s, "<Enter>");
    SCREEN_HAS(s, "Why does a packet pass"); /* it says what is wrong, and stays */
    screen_keys(s, "<BS>443<Down>x<Enter>");
    SCREEN_HAS(s, "There is no site 'dc1x'.");
    screen_keys(s, "<Esc>");
    SCREEN_LACKS(s, "Explain");
    screen_free(s);
}

/* Told in the words of the model; the tab below stays where it was. */
static void test_explain(void **state)
{
    struct screen *s = screen_begin_dc("firewall", 120, 30, NULL);

    (void)state;
    show(s);
    (void)screen_requests(s);
    screen_keys(s, ":explain 172.16.9.5 web-1:443<Enter>");
    SCREEN_HAS(s, "172.16.9.5 -> web-1");
    SCREEN_HAS(s, "nic-100-eth0-vmware-sfw.2");
    assert_non_null(strstr(screen_requests(s), "host_rules"));
    screen_keys(s, "<Esc>");
    SCREEN_HAS(s, "[5 Firewall]");
    assert_null(strstr(screen_requests(s), "host_rules"));
    screen_keys(s, ":explain web-1<Enter>");
    SCREEN_HAS(s, "From where to where?");
    screen_keys(s, ":explain web-1 -> db-1:x<Enter>");
    SCREEN_LACKS(s, "Explain");
    screen_free(s);
}

static void test_explain_waits(void **state)
{
    struct screen *s = screen_begin_dc("firewall", 120, 30, NULL);

    (void)state;
    show(s);
    screen_change(s, "table host_rules dc1/esx/esx-1 ok 9s",
                  "table host_rules dc1/esx/esx-1 never");
    screen_keys(s, ":explain 172.16.9.5 web-1:443<Enter>");
    /* What was read before somebody asked is shown, and read again. */
    SCREEN_HAS(s, "reading host_rules, addrsets, flows: 0 of 3 sources are there");
    screen_pass(s, SECOND);
    screen_change(s, "table host_rules dc1/esx/esx-1 never",
                  "table host_rules dc1/esx/esx-1 partial 0s");
    SCREEN_HAS(s, "reading addrsets, flows: 0 of 2 sources are there");
    screen_free(s);
}

static void test_overview(void **state)
{
    struct screen *s = screen_begin_dc("overview", 120, 24, NULL);

    (void)state;
    show(s);
    SCREEN_HAS(s, "Firewall");
    SCREEN_HAS(s, "4 rules, 1 off; 2 filters on hosts, 1 fail open");
    screen_free(s);
}

static void test_events(void **state)
{
    struct screen *s = screen_begin_dc("events", 0, 0, NULL);

    (void)state;
    show(s);
    SCREEN(s, "events",
           " hycon  dc1                                          09:00:00 UTC  18:00:00 JST\n"
           " ok: no finding is open                                           vc+ esx. nsx+\n"
           " 1 Overview  5 Firewall  6 Flows  7 Hosts  8 VMs [Events] Endpoints\n"
           " Events 5   +2 columns > ───────────────────────────────────────────────────────\n"
           "       time     from    entity         message                        who\n"
           ">      08:59:30 vcenter web-1          Migrating web-1 off host esx-1 EXAMPLE\\o…\n"
           "  CRIT 08:58:30 alarm   esx-2          Host connection and power sta… -\n"
           "  CRIT 08:58:25 vcenter esx-2          Host esx-2 is not responding   -\n"
           "  WARN 07:00:00 alarm   nfs-1          Datastore usage on disk        -\n"
           "       06:00:00 vcenter -              User EXAMPLE\\ops logged in     EXAMPLE\\o…\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q quit\n");
    screen_keys(s, "/entity=web-1<Enter>");
    SCREEN_HAS(s, "Migrating web-1");
    SCREEN_LACKS(s, "is not responding");
    screen_keys(s, "<Enter>");
    SCREEN_HAS(s, "[8 VMs]");
    SCREEN_HAS(s, "> ok   web-1");
    screen_free(s);
}

/* What the checks found is in the stream, and leads to the finding. */
static void test_events_findings(void **state)
{
    struct screen *s = screen_begin_dc("overview", 0, 0, NULL);

    (void)state;
    show(s);
    screen_keys(s, ":events from=finding<Enter>");
    SCREEN_HAS(s, "> CRIT 09:00:00 finding Cluster-1");
    screen_keys(s, "<Enter>");
    SCREEN_HAS(s, "[1 Overview]");
    screen_free(s);
}

static void test_events_japanese(void **state)
{
    struct screen *s = screen_begin_dc("events", 120, 16, "ja");

    (void)state;
    show(s);
    SCREEN(s, "events, Japanese",
           " hycon  dc1                                                                            "
           "      09:00:00 UTC  18:00:00 JST\n"
           " ok: 未解決の検出事項はありません                                                      "
           "                   vc+ esx. nsx+\n"
           " 1 Overview  5 Firewall  6 Flows  7 Hosts  8 VMs [Events] Endpoints\n"
           " Events 5 "
           "───────────────────────────────────────────────────────────────────────────────────────"
           "───────────────────────\n"
           "       time      site   from     entity          message                          who  "
           "        kind\n"
           ">      08:59:30  dc1    vcenter  web-1           Migrating web-1 off host esx-1   "
           "EXAMPLE\\ops  VmBeingHotMigratedEvent\n"
           "  CRIT 08:58:30  dc1    alarm    esx-2           Host connection and power state  -    "
           "        Host connection and powe…\n"
           "  CRIT 08:58:25  dc1    vcenter  esx-2           Host esx-2 is not responding     -    "
           "        HostConnectionLostEvent\n"
           "  WARN 07:00:00  dc1    alarm    nfs-1           Datastore usage on disk          -    "
           "        Datastore usage on disk\n"
           "       06:00:00  dc1    vcenter  -               User EXAMPLE\\ops logged in       "
           "EXAMPLE\\ops  UserLoginSessionEvent\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           " Enter 開く  r 関連  d 詳細  / 絞込  : コマンド  Tab タブ  > 並替  z 停止  R 更新  y "
           "コピー  e 理由  ? ヘルプ  q 終了\n");
    screen_free(s);
}

static void test_plain(void **state)
{
    static const struct {
        const char *view, *line;
    } cases[] = {
        {"policies", "App-Tier"},    {"groups", "172.16.2.10"}, {"filters", "failOpen"},
        {"addrsets", "addrset_web"}, {"host_rules", "accept"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct screen *s = screen_begin_dc(cases[i].view, 120, 24, NULL);
        show(s);
        SCREEN_HAS(s, cases[i].line);
        screen_keys(s, "<Enter>");
        (void)screen_text(s);
        screen_free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_firewall),
        cmocka_unit_test(test_firewall_wide),
        cmocka_unit_test(test_rule_and_host_lines),
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_flows),
        cmocka_unit_test(test_flows_end),
        cmocka_unit_test(test_flows_go_on),
        cmocka_unit_test(test_flows_off),
        cmocka_unit_test(test_flows_are_picked),
        cmocka_unit_test(test_flow_raw),
        cmocka_unit_test(test_what_is_looked_at_is_read),
        cmocka_unit_test(test_the_look_follows_a_machine),
        cmocka_unit_test(test_explain_dialog),
        cmocka_unit_test(test_explain_completes),
        cmocka_unit_test(test_explain),
        cmocka_unit_test(test_explain_waits),
        cmocka_unit_test(test_overview),
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_events_findings),
        cmocka_unit_test(test_events_japanese),
        cmocka_unit_test(test_plain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
