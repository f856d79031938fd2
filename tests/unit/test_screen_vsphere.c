/* Hosts with a vCenter, VMs, vSAN, Replication and the plain tables of vCenter on golden screens.
 */
#include "tests/support/screen_case.h"

static void show(struct screen *s)
{
    screen_join(s, view_vcenter, view_vsan_tables, view_replication_tables, NULL);
}

static void test_hosts(void **state)
{
    struct screen *s = screen_begin_dc("hosts", 0, 0, NULL);

    (void)state;
    show(s);
    SCREEN(s, "hosts",
           " hycon  dc1                                          09:00:00 UTC  18:00:00 JST\n"
           " ok: no finding is open                                           vc+ esx. nsx.\n"
           " 1 Overview [7 Hosts] 8 VMs  9 vSAN  0 Replication  Events  Endpoints\n"
           " Hosts 3   +3 columns > ────────────────────────────────────────────────────────\n"
           "       host     state           edges       cluster   ha_state     cpu  mem  VMs\n"
           "> CRIT esx-2    notResponding               Cluster-1 hostDown       -    -    1\n"
           "  WARN esx-3    connected maint             Cluster-1 connectedT…   3%  12%    0\n"
           "  ok   esx-1    connected                   Cluster-1 master       42%  72%    2\n"
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
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q quit\n");
    screen_keys(s, "/esx-1<Enter><Enter>");
    SCREEN_HAS(s, "[8 VMs]");
    SCREEN_HAS(s, "host_id = \"host-10\" and endpoint = \"vc\"");
    SCREEN_LACKS(s, "db-1");
    screen_free(s);
}

static const char cloud[] =
    "sites:\n"
    "  - name: tokyo\n"
    "    endpoints:\n"
    "      - {name: vmc, kind: vmc, org: o, sddc: s, token: {env: T}}\n"
    "      - {name: vc, kind: vcenter, url: \"https://vc.example/\", user: a, password: {env: "
    "P}}\n";

/* The domain of long names gives way before the load does; an address stays whole. */
static void test_hosts_with_domains(void **state)
{
    static const char hosts[] =
        "table hosts dc1/vc ok 4s\nhost_id host cluster connection_state ha_state cpu_percent "
        "memory_percent vm_count\n"
        "host-10 esx-0001.sddc-tokyo.vmwarevmc.example Cluster-1 connected master 42 72 2\n"
        "host-11 172.16.101.102 Cluster-1 connected connectedToMaster 3 12 14\n";
    struct screen *s = screen_begin_dc("hosts", 0, 10, NULL);

    (void)state;
    screen_tables(s, hosts);
    SCREEN(s, "hosts with domains",
           " hycon  dc1                                          09:00:00 UTC  18:00:00 JST\n"
           " ok: no finding is open                                           vc. esx. nsx.\n"
           " 1 Overview [7 Hosts] Endpoints\n"
           " Hosts 2   +3 columns > ────────────────────────────────────────────────────────\n"
           "       host           state      edges       cluster   ha_state    cpu  mem  VMs\n"
           "> ok   172.16.101.102 connected              Cluster-1 connected…   3%  12%   14\n"
           "  ok   esx-0001.sddc… connected              Cluster-1 master      42%  72%    2\n"
           "\n"
           "\n"
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q quit\n");
    screen_free(s);
}

/* One Esc leads back to the row that Enter was pressed on, and leaves no filter behind. */
static void test_there_and_back(void **state)
{
    struct screen *s = screen_begin_dc("hosts", 0, 0, NULL);

    (void)state;
    show(s);
    screen_keys(s, "G<Enter>");
    SCREEN_HAS(s, "VMs 3/4 /host_id = \"host-10\"");
    screen_keys(s, "<Esc>");
    SCREEN_HAS(s, "[7 Hosts]");
    SCREEN_HAS(s, "> ok   esx-1");
    screen_keys(s, "8");
    SCREEN_HAS(s, "VMs 4 ");
    /* A row that was looked at through a filter is still the chosen one without it. */
    screen_keys(s, "7/esx-1<Enter>r<Esc><Esc>");
    SCREEN_HAS(s, "Hosts 3 ");
    SCREEN_HAS(s, "> ok   esx-1");
    /* A filter of one's own is taken off first. */
    screen_keys(s, "7G<Enter>/web<Enter><Esc>");
    SCREEN_HAS(s, "[8 VMs]");
    SCREEN_HAS(s, "VMs 4 ");
    screen_keys(s, "<Esc>");
    SCREEN_HAS(s, "> ok   esx-1");
    screen_free(s);
}

/* VMC and vCenter tell of one host: one row, from which all that either knows is one key away. */
static void test_host_twice(void **state)
{
    static const char tables[] =
        "table hosts tokyo/vmc ok 4s\nhost_id host fqdn state eni\n"
        "5d76 esx-0 esx-0.example ready eni-0aaaaaaaaaaaa0001\n"
        "table hosts tokyo/vc ok 4s\nhost_id host fqdn connection_state\n"
        "host-20 esx-0.example ESX-0.example connected\n"
        "table vms tokyo/vc ok 4s\nvm_id vm host host_id power_state\n"
        "vm-1 web-1 esx-0.example host-20 poweredOn\nvm-2 web-2 esx-9.example host-29 poweredOn\n";
    struct screen *s = screen_new(&(struct screen_options){.config = cloud, .view = "hosts"});

    (void)state;
    screen_tables(s, tables);
    SCREEN_HAS(s, "Hosts 1 ");
    SCREEN_HAS(s, "esx-0.example ready");
    screen_keys(s, "/eni-0a<Enter><Enter>");
    SCREEN_HAS(s, "[8 VMs]");
    SCREEN_HAS(s, "web-1");
    SCREEN_LACKS(s, "web-2");
    screen_free(s);
}

/* vCenter has lost a host that the VMC service still calls ready: the worse word stands there. */
static void test_host_in_dispute(void **state)
{
    struct screen *s = screen_new(&(struct screen_options){.config = cloud, .view = "hosts"});

    (void)state;
    screen_tables(s, "table hosts tokyo/vmc ok 4s\nhost_id host fqdn state\n"
                     "5d76 esx-0 esx-0.example ready\n5d77 esx-1 esx-1.example failed\n"
                     "table hosts tokyo/vc ok 4s\nhost_id host fqdn connection_state\n"
                     "host-20 esx-0.example ESX-0.example notResponding\n"
                     "host-21 esx-1.example ESX-1.example notResponding\n");
    SCREEN_HAS(s, "> CRIT esx-0.exam… notResponding");
    SCREEN_HAS(s, "  CRIT esx-1.exam… failed");
    screen_keys(s, "1");
    SCREEN_HAS(s, "esx-0.example notResponding");
    screen_free(s);
}

/* What one of them said last stays beside what the other says now. */
static void test_host_of_two_ages(void **state)
{
    struct screen *s = screen_new(&(struct screen_options){.config = cloud, .view = "hosts"});

    (void)state;
    screen_tables(s, "table hosts tokyo/vmc ok 4s\nhost_id host fqdn state eni\n"
                     "5d76 esx-0 esx-0.example ready eni-0aaaaaaaaaaaa0001\n"
                     "table hosts tokyo/vc failed 4s \"503\"\nhost_id host fqdn "
                     "connection_state\nhost-20 esx-0.example ESX-0.example connected\n");
    screen_keys(s, "/eni-0a<Enter>r");
    SCREEN_HAS(s, "the same host at vc");
    screen_free(s);
}

static void test_vms(void **state)
{
    struct screen *s = screen_begin_dc("vms", 0, 0, NULL);

    (void)state;
    show(s);
    SCREEN(s, "vms",
           " hycon  dc1                                          09:00:00 UTC  18:00:00 JST\n"
           " ok: no finding is open                                           vc+ esx. nsx.\n"
           " 1 Overview  7 Hosts [8 VMs] 9 vSAN  0 Replication  Events  Endpoints\n"
           " VMs 4   +4 columns > ──────────────────────────────────────────────────────────\n"
           "       vm             power      host       ips             note\n"
           "> WARN db-1           poweredOn  esx-2      172.16.2.11     disconnected\n"
           "  WARN 業務サーバ     poweredOn  esx-1      -               waits for an answer\n"
           "  ok   web-1          poweredOn  esx-1      172.16.2.10 fe… vmotion 40%\n"
           "       old            poweredOff esx-1      -               1 snapshot, 400d00h\n"
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
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q quit\n");
    screen_keys(s, "<Enter>");
    SCREEN_HAS(s, "[7 Hosts]");
    SCREEN_HAS(s, "> CRIT esx-2");
    screen_free(s);
}

/* How far a vMotion is, and from where to where; what it moved is where it was moved to. */
static void test_vmotion(void **state)
{
    static const char before[] =
        "table hosts dc1/vc ok 4s\nhost_id host connection_state\n"
        "host-10 esx01.dc1.example.jp connected\nhost-11 esx02.dc1.example.jp connected\n"
        "table vms dc1/vc ok 4s\nvm_id vm power_state host host_id\n"
        "vm-48 業務サーバ poweredOn esx01.dc1.example.jp host-10\n"
        "vm-49 db-1 poweredOn esx02.dc1.example.jp host-11\n"
        "table tasks dc1/vc ok 4s\n"
        "task_id task entity entity_id state progress_percent started_at user kind\n"
        "task-1 VirtualMachine.migrate 業務サーバ vm-48 running 35 -30s ops vmotion\n"
        "task-2 VirtualMachine.relocate db-1 vm-49 running 7 -20s ops relocate\n"
        "table events dc1/vc ok 4s\n"
        "event_id at category severity type entity entity_id user message moved_from moved_to\n"
        "7 -29s user info VmBeingHotMigratedEvent 業務サーバ vm-48 ops \"Migrating it\" "
        "esx01.dc1.example.jp esx02.dc1.example.jp\n"
        "8 -19s user info VmBeingRelocatedEvent db-1 vm-49 ops \"Relocating it\" vsan-1 nfs-1\n";
    struct screen *s = screen_begin_dc("vms", 0, 10, NULL);

    (void)state;
    screen_tables(s, before);
    SCREEN(s, "VMs on their way",
           " hycon  dc1                                          09:00:00 UTC  18:00:00 JST\n"
           " ok: no finding is open                                           vc. esx. nsx.\n"
           " 1 Overview  7 Hosts [8 VMs] Events  Endpoints\n"
           " VMs 2   +4 columns > ──────────────────────────────────────────────────────────\n"
           "       vm             power      host       ips             note\n"
           "> ok   db-1           poweredOn  esx02.dc1… -               relocate 7% → nfs-1\n"
           "  ok   業務サーバ     poweredOn  esx01.dc1… -               vmotion 35% → esx02\n"
           "\n"
           "\n"
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q quit\n");
    screen_keys(s, ":tasks<Enter>");
    SCREEN(s, "tasks on their way",
           " hycon  dc1                                          09:00:00 UTC  18:00:00 JST\n"
           " ok: no finding is open                                           vc. esx. nsx.\n"
           " 1 Overview  7 Hosts  8 VMs  Events  Endpoints [Tasks]\n"
           " Tasks 2   +2 columns > ────────────────────────────────────────────────────────\n"
           "       vstarted state   task     entity       progress        moves\n"
           ">      08:59:40 running relocate db-1           7% ▊░░░░░░░░░ vsan-1 → nfs-1\n"
           "       08:59:30 running vmotion  業務サーバ    35% ███▌░░░░░░ esx01 → esx02\n"
           "\n"
           "\n"
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q close\n");
    screen_free(s);
}

static void test_vm_depends(void **state)
{
    struct screen *s = screen_begin_dc("vms", 0, 0, NULL);

    (void)state;
    show(s);
    screen_keys(s, "<Enter><Esc>");
    SCREEN_HAS(s, "[8 VMs]");
    screen_keys(s, "r");
    SCREEN(s, "what a VM depends on",
           " hycon  dc1                                          09:00:00 UTC  18:00:00 JST\n"
           " ok: no finding is open                                           vc+ esx. nsx.\n"
           " 1 Overview  7 Hosts [8 VMs] 9 vSAN  0 Replication  Events  Endpoints\n"
           " VMs 4   +4 columns > ──────────────────────────────────────────────────────────\n"
           "       vm             power      host       ips             note\n"
           "> WARN db-1           poweredOn  esx-2      172.16.2.11     disconnected\n"
           "  WARN 業務サーバ     poweredOn  esx-1      -               waits for an answer\n"
           "  ok   web-1          poweredOn  esx-1      172.16.2.10 fe… vmotion 40%\n"
           "       old            poweredOff esx-1      -               1 snapshot, 400d00h\n"
           "                  ┌─ Related: Enter goes there, Esc closes ─┐\n"
           "                  │>host esx-2                              │\n"
           "                  │ its replication                         │\n"
           "                  │ datastore vsan-1                        │\n"
           "                  │ datastore nfs-1                         │\n"
           "                  └─────────────────────────────────────────┘\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           " Enter open  q close\n");
    screen_free(s);
}

static void test_vms_wide(void **state)
{
    struct screen *s = screen_begin_dc("vms", 120, 12, "ja");

    (void)state;
    show(s);
    SCREEN(s, "vms, Japanese",
           " hycon  dc1                                                                            "
           "      09:00:00 UTC  18:00:00 JST\n"
           " ok: 未解決の検出事項はありません                                                      "
           "                   vc+ esx. nsx.\n"
           " 1 Overview  7 Hosts [8 VMs] 9 vSAN  0 Replication  Events  Endpoints\n"
           " VMs 4   +1 列 > "
           "───────────────────────────────────────────────────────────────────────────────────────"
           "────────────────\n"
           "       vm              power       host        ips              note                   "
           "   tools    cluster    datastores\n"
           "> WARN db-1            poweredOn   esx-2       172.16.2.11      disconnected           "
           "   Running  Cluster-1  vsan-1 nf…\n"
           "  WARN 業務サーバ      poweredOn   esx-1       -                応答待ち               "
           "   off      Cluster-1  vsan-1\n"
           "  ok   web-1           poweredOn   esx-1       172.16.2.10 fe…  vmotion 40%            "
           "   Running  Cluster-1  vsan-1\n"
           "       old             poweredOff  esx-1       -                スナップショット 1 個, "
           "…  -        Cluster-1  nfs-1\n"
           "\n"
           "\n"
           " Enter 開く  r 関連  d 詳細  / 絞込  : コマンド  Tab タブ  > 並替  z 停止  R 更新  y "
           "コピー  e 理由  ? ヘルプ  q 終了\n");
    screen_free(s);
}

static void test_vsan(void **state)
{
    struct screen *s = screen_begin_dc("vsan", 0, 0, NULL);

    (void)state;
    show(s);
    SCREEN(s, "vsan",
           " hycon  dc1                                          09:00:00 UTC  18:00:00 JST\n"
           " ok: no finding is open                                           vc+ esx. nsx.\n"
           " 1 Overview  7 Hosts  8 VMs [9 vSAN] 0 Replication  Events  Endpoints\n"
           " vSAN clusters 2   +6 columns > ────────────────────────────────────────────────\n"
           "       cluster   health  used              resync     trend\n"
           "> WARN Cluster-1 yellow   75% █████████░░░ 1.5 TiB 3h too few samples: 1 of 12\n"
           "  ok   Cluster-2 green    20% ██▍░░░░░░░░░ none       too few samples: 1 of 12\n"
           " Health groups that are not green 2 ────────────────────────────────────────────\n"
           "  site  cluster   group\n"
           "  dc1   Cluster-1 network: yellow\n"
           "  dc1   Cluster-1 physicalDisks: yellow\n"
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
    screen_keys(s, "d");
    SCREEN_HAS(s, "network: yellow");
    screen_free(s);
}

/* vCenter is away: a host tells the health, the space is as old as it says. */
static void test_vsan_without_vcenter(void **state)
{
    static const char hosts[] =
        "table vsan dc1/vc failed 12m \"connection refused\"\ncluster_id cluster vsan_uuid "
        "capacity_bytes used_bytes free_bytes used_percent health resync_bytes\n"
        "domain-c8 Cluster-1 52-01 43980465111040 32985348833280 10995116277760 75 green 7\n"
        "table vsan dc1/esx/esx-1 ok 20s\ncluster_id vsan_uuid health health_groups\n"
        "5201 5201 red \"Cluster: red (Partition)\"\n";
    struct screen *s = screen_begin_dc("vsan", 0, 0, NULL);

    (void)state;
    screen_tables(s, hosts);
    SCREEN(s, "vSAN by a host",
           " hycon  dc1                                          09:00:00 UTC  18:00:00 JST\n"
           " ok: no finding is open                                           vc. esx. nsx.\n"
           " 1 Overview [9 vSAN] Endpoints\n"
           " vSAN clusters 1   +6 columns > ─────────────────────────~ dc1/vc failed 12m ago\n"
           "       cluster   health  used              resync   trend\n"
           "> CRIT Cluster-1 red      75% █████████░░░ -        space read 12m ago; too few…\n"
           " Health groups that are not green 1 ────────────────────────────────────────────\n"
           "  site  cluster   group\n"
           "  dc1   Cluster-1 Cluster: red (Partition)\n"
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
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q quit\n");
    screen_keys(s, "d");
    SCREEN_HAS(s, "space read 12m ago; too few samples");
    SCREEN_HAS(s, "Its vCenter does not answer: hosts tell the health, by esxcli;");
    SCREEN_HAS(s, "endpoint                esx/esx-1");
    screen_free(s);
}

/* Past and trend are of samples that were taken; until there are enough it says so. */
static void test_vsan_trend(void **state)
{
    struct screen *s = screen_begin_dc("vsan", 120, 16, NULL);
    char *from, *to;

    (void)state;
    show(s);
    SCREEN_HAS(s, "too few samples: 1 of 12");
    for (int i = 0; i < 14; i++) {
        screen_pass(s, 10 * 60 * SECOND);
        from = mem_printf("43980465111040 %lld", (30720LL + 40 * i) << 30);
        to = mem_printf("43980465111040 %lld", (30720LL + 40 * (i + 1)) << 30);
        screen_change(s, from, to);
        free(from);
        free(to);
    }
    SCREEN(
        s, "vsan grows",
        " hycon  dc1                                                                               "
        "   11:20:00 UTC  20:20:00 JST\n"
        " ok: no finding is open                                                                   "
        "                vc+ esx. nsx.\n"
        " 1 Overview  7 Hosts  8 VMs [9 vSAN] 0 Replication  Events  Endpoints\n"
        " vSAN clusters 2   +3 columns > "
        "────────────────────────────────────────────────────────────────────────────────────────\n"
        "       cluster    health   used                     of      free  resync      full    "
        "trend\n"
        "> WARN Cluster-1  yellow    75% █████████░░░  40.0 TiB  10.0 TiB  1.5 TiB 3h  in 1d   "
        "+5.6 TiB/day (15 samples, 2h20m)\n"
        "  ok   Cluster-2  green     20% ██▍░░░░░░░░░  20.0 TiB  16.0 TiB  none        -       not "
        "growing (15 samples, 2h20m)\n"
        " Health groups that are not green 2 "
        "────────────────────────────────────────────────────────────────────────────────────\n"
        "  site   cluster    group\n"
        "  dc1    Cluster-1  network: yellow\n"
        "  dc1    Cluster-1  physicalDisks: yellow\n"
        "\n"
        "\n"
        "\n"
        "\n"
        " Enter open  r related  d details  / filter  : command  Tab tabs  > sort  z hold  R "
        "refresh  y copy  ? help  q quit\n");
    screen_free(s);
}

static void test_replication(void **state)
{
    struct screen *s = screen_begin_dc("replication", 0, 0, NULL);

    (void)state;
    show(s);
    SCREEN(s, "replication",
           " hycon  dc1                                          09:00:00 UTC  18:00:00 JST\n"
           " ok: no finding is open                                           vc+ esx. nsx.\n"
           " 1 Overview  7 Hosts  8 VMs  9 vSAN [0 Replication] Events  Endpoints\n"
           " Links 2 ───────────────────────────────────────────────────────────────────────\n"
           "       site  link                  VMs late at risk other latest by vm\n"
           "> CRIT dc1   vr-01                   3    2       0     0    25m00s db-1\n"
           "  WARN dc1   vr-02                   2    0       1     1         - -\n"
           " Replications 6   +4 columns > ─────────────────────────────────────────────────\n"
           "       vm           verdict   lag of its RPO late by    RPO estimate\n"
           "  CRIT db-1         late      ████████ 266%   25m00s 15m00s 18m00s n=1\n"
           "  CRIT 業務サーバ   late      ████████ 133%    5m00s 15m00s 6m00s n=1\n"
           "  WARN app-2        paused    ████████ 300%    2h00m  1h00m -\n"
           "  WARN app-1        at_risk   █▍░░░░░░ 16%         -  1h00m 40m00s n=1\n"
           "  ok   web-1        ok        ██▋░░░░░ 33%         - 15m00s 1m12s n=1\n"
           "       mig-1        hcx       -                    -      - -\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           "\n"
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q quit\n");
    screen_keys(s, "J<Enter>");
    SCREEN_HAS(s, "[8 VMs]");
    screen_free(s);
}

static void test_replication_wide(void **state)
{
    struct screen *s = screen_begin_dc("replication", 120, 20, "ja");

    (void)state;
    show(s);
    SCREEN(s, "replication, Japanese",
           " hycon  dc1                                                                            "
           "      09:00:00 UTC  18:00:00 JST\n"
           " ok: 未解決の検出事項はありません                                                      "
           "                   vc+ esx. nsx.\n"
           " 1 Overview  7 Hosts  8 VMs  9 vSAN [0 Replication] Events  Endpoints\n"
           " 経路 2 "
           "───────────────────────────────────────────────────────────────────────────────────────"
           "─────────────────────────\n"
           "       site   link                   VMs  late  at risk  other  latest by  vm\n"
           "> CRIT dc1    vr-01                    3     2        0      0     25m00s  db-1\n"
           "  WARN dc1    vr-02                    2     0        1      1          -  -\n"
           " レプリケーション 6   +1 列 > "
           "───────────────────────────────────────────────────────────────────────────────────────"
           "───\n"
           "       vm            verdict    lag of its RPO  late by     RPO  estimate    RPO that "
           "holds  state             to\n"
           "  CRIT db-1          late       ████████ 266%    25m00s  15m00s  18m00s n=1          "
           "36m00s  ok_rpo_violation  dr\n"
           "  CRIT 業務サーバ    late       ████████ 133%     5m00s  15m00s  6m00s n=1           "
           "12m00s  ok                dr\n"
           "  WARN app-2         paused     ████████ 300%     2h00m   1h00m  -                     "
           "   -  paused            dr\n"
           "  WARN app-1         at_risk    █▍░░░░░░ 16%          -   1h00m  40m00s n=1           "
           "1h20m  ok                dr\n"
           "  ok   web-1         ok         ██▋░░░░░ 33%          -  15m00s  1m12s n=1            "
           "3m00s  ok                dr\n"
           "       mig-1         hcx        -                     -       -  -                     "
           "   -  ok                cloud\n"
           "\n"
           "\n"
           "\n"
           "\n"
           " Enter 開く  d 詳細  / 絞込  : コマンド  Tab タブ  > 並替  w 全幅  z 停止  R 更新  y "
           "コピー  e 理由  ? ヘルプ  q 終了\n");
    screen_keys(s, "<Enter>");
    SCREEN_HAS(s, "link = \"vr-01\"");
    SCREEN_LACKS(s, "app-1");
    screen_free(s);
}

static void test_ascii(void **state)
{
    struct screen *s = screen_begin_dc("replication", 0, 0, NULL);

    (void)state;
    show(s);
    screen_keys(s, ":ascii<Enter>");
    SCREEN_HAS(s, "######## 266%");
    screen_free(s);
}

static void test_plain(void **state)
{
    static const struct {
        const char *view, *line;
    } cases[] = {
        {"clusters", "Cluster-1"},      {"datastores", " 90% █████████"},
        {"tasks", "running  vmotion "}, {"alarms", "Host connection and power state"},
        {"libraries", "templates"},
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

/* An alarm leads to what it is about. */
static void test_alarm_leads(void **state)
{
    struct screen *s = screen_begin_dc("alarms", 0, 0, NULL);

    (void)state;
    show(s);
    screen_keys(s, "<Enter>");
    SCREEN_HAS(s, "[7 Hosts]");
    SCREEN_HAS(s, "> CRIT esx-2");
    screen_free(s);
}

static void test_overview(void **state)
{
    struct screen *s = screen_begin_dc("overview", 0, 0, NULL);

    (void)state;
    show(s);
    SCREEN(s, "overview",
           " hycon  dc1                                          09:00:00 UTC  18:00:00 JST\n"
           " CRIT 2 WARN 5  Host esx-2 of Cluster-1: notResponding.           vc+ esx. nsx.\n"
           "[1 Overview] 7 Hosts  8 VMs  9 vSAN  0 Replication  Events  Endpoints\n"
           " CRIT  dc1: Host esx-2 of Cluster-1: notResponding.\n"
           " do:   On VMC a failed host is replaced by itself: watch the task (:changes\n"
           "       60m) and what ran on it. On premises: look at the host's management car…\n"
           " Domains 5 ─────────────────────────────────────────────────────────────────────\n"
           "  is   domain      state                                              open  data\n"
           "> CRIT Hosts       esx-2 notResponding; 2 connected, 1 notResponding     1    4s\n"
           "  CRIT Replication db-1 is late by 25m00s; 1 ok, 2 late, 1 at_risk, …    3   20s\n"
           "  WARN vSAN        Cluster-1 75% used, health yellow, too few sample…    2   40s\n"
           "  WARN VMs         db-1 disconnected, 業務サーバ waits for an answer…    2    4s\n"
           "  ok   Endpoints   1 ok                                                  0    4s\n"
           " Findings 9   +2 columns > ─────────────────────────────────────────────────────\n"
           "  is    age summary                                                      affects\n"
           "  CRIT   0s Host esx-2 of Cluster-1: notResponding.                            1\n"
           "  WARN   0s └ vSAN health of Cluster-1 is yellow: network: yellow, phys…       2\n"
           "  CRIT   0s 2 of 3 replications over vr-01 are late; the worst, db-1, b…       2\n"
           "  WARN   0s Replication of app-2 is paused: changes are not sent.              1\n"
           "  WARN   0s A transfer of app-1 takes 40m00s, more than half of its RPO…       1\n"
           "  WARN   0s vSAN of Cluster-1 is 75% used: rebuilds after a failure nee…       1\n"
           "  WARN   0s Datastore nfs-1 is 90.2% used.                                     1\n"
           "\n"
           " Enter open  d details  / filter  : command  Tab tabs  z hold  ? help  q quit\n");
    screen_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_hosts_with_domains),
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_host_twice),
        cmocka_unit_test(test_host_of_two_ages),
        cmocka_unit_test(test_host_in_dispute),
        cmocka_unit_test(test_vms),
        cmocka_unit_test(test_vm_depends),
        cmocka_unit_test(test_vmotion),
        cmocka_unit_test(test_vms_wide),
        cmocka_unit_test(test_vsan),
        cmocka_unit_test(test_vsan_without_vcenter),
        cmocka_unit_test(test_vsan_trend),
        cmocka_unit_test(test_replication),
        cmocka_unit_test(test_replication_wide),
        cmocka_unit_test(test_ascii),
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_alarm_leads),
        cmocka_unit_test(test_overview),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
