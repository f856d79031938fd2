/* Checks of replications, vSAN, datastores and snapshots: tables in, findings out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "tests/support/check_case.h"

#define REPL                                                                 \
    "table replications kyoto/vc\n"                                          \
    "replication_id vm state rpo_s lag_s estimate_s samples verdict late_s " \
    "smallest_rpo_s link kind vm_uuid quiesce\n"
#define LATE(id, vm, by, link) id " " vm " SYNC 30m 40m 12m 15 late " by " 24m " link " vr - -\n"

static const struct check_case rpo[] = {
    {"nothing is late", "rpo", REPL "r1 db OK 30m 10m 12m 15 ok - 24m esx-1 vr - -\n", NULL, "",
     NULL},
    {"one, a little", "rpo", REPL LATE("r1", "db", "5m", "esx-1"), NULL, "warning esx-1|1\n",
     "The newest recovery point of db is 5m"},
    {"more than ten minutes", "rpo", REPL LATE("r1", "db", "11m", "esx-1"), NULL,
     "critical esx-1|1\n", NULL},
    {"a whole cycle of a short RPO", "rpo",
     REPL "r1 db SYNC 5m 10m 1m 15 late 5m 2m esx-1 vr - -\n", NULL, "critical esx-1|1\n", NULL},
    {"a link with one cause", "rpo",
     REPL LATE("r1", "db", "5m", "esx-1") LATE("r2", "web", "45m", "esx-1")
         LATE("r3", "app", "5m", "esx-2") "r4 ok OK 30m 10m 12m 15 ok - 24m esx-1 vr - -\n",
     NULL, "critical esx-1|2\nwarning esx-2|1\n",
     "2 of 3 replications over esx-1 are late; the "
     "worst, web, by 45m"},
    {"the manager says so, nobody knows by how much", "rpo",
     REPL "r1 db RPO_VIOLATION 30m - - - late - - - vr - -\n", NULL, "warning db|1\n",
     "db misses its RPO of 30m"},
    {"late because it is compared again", "rpo",
     REPL "r1 db FULL_SYNC 30m 40m 12m 15 full_sync 20m 24m esx-1 vr - -\n", NULL,
     "critical esx-1|1|<- kyoto/replication-state/esx-1: full sync\n", NULL},
    {"HCX moves a VM", "rpo", REPL "r1 db SYNC 2h 40h 12m 15 late 38h 24m esx-1 hcx - -\n", NULL,
     "", NULL},
    {"no data", "rpo", "table replications kyoto/vc failed 5m \"no answer\"\n", NULL,
     "unknown vc|0|<- kyoto/endpoint-health/vc\n", NULL},
    {"not there", "rpo", "table replications kyoto/vc unsupported\n", NULL, "", NULL},
    {"will be late", "rpo-at-risk", REPL "r1 db OK 30m 10m 23m 15 at_risk - 46m esx-1 vr - -\n",
     NULL, "warning esx-1|1\n", "A transfer of db takes 23m"},
    {"several will be", "rpo-at-risk",
     REPL "r1 db OK 30m 10m 23m 15 at_risk - 46m esx-1 vr - -\n"
          "r2 web OK 30m 10m 30m 3 at_risk - 60m esx-1 vr - -\n",
     NULL, "warning esx-1|2\n", "2 of 2 replications over esx-1 need more than half"},
    {"in error is no matter of the RPO", "rpo-at-risk",
     REPL "r1 db ERROR 30m 10m - - at_risk - - esx-1 vr - -\n", NULL, "", NULL},
};

static const struct check_case states[] = {
    {"fine", "replication-state", REPL "r1 db OK 30m 10m 12m 15 ok - 24m esx-1 vr - -\n", NULL, "",
     NULL},
    {"each has its own", "replication-state",
     REPL "r1 a PAUSED 30m 10m 12m 15 paused - 24m esx-1 vr - -\n"
          "r2 b FULL_SYNC 30m 10m 12m 15 full_sync - 24m esx-1 vr - -\n"
          "r3 c INITIAL_FULL_SYNC 30m - - - full_sync - - esx-1 vr - -\n"
          "r4 d ERROR 30m 10m 12m 15 at_risk - 24m esx-1 vr - -\n"
          "r5 e FULL_SYNC 30m 10m 12m 15 full_sync - 24m esx-1 hcx - -\n",
     NULL,
     "critical esx-1: failed|1\nok esx-1: first sync|1\nwarning esx-1: full sync|1\n"
     "warning esx-1: paused|1\n",
     "Replication of d is in error"},
};

#define QUIESCED REPL "r1 db OK 30m 10m 12m 15 ok - 24m esx-1 vr u1 yes\n"
#define VMS      "table vms kyoto/vc\nvm_id vm instance_uuid consolidation_needed\n"
#define TASKS    "table tasks kyoto/vc\ntask_id kind entity_id state user error\n"

static const struct check_case collisions[] = {
    {"nobody else makes snapshots", "replication-snapshot-collision",
     QUIESCED VMS "vm-1 db u1 no\n", TASKS "t1 vmotion vm-1 success ops -\n", "", NULL},
    {"a backup does", "replication-snapshot-collision", QUIESCED VMS "vm-1 db u1 no\n",
     TASKS "t1 snapshot vm-1 success backup -\n", "warning quiesced replications|1\n",
     "1 VM is replicated with quiescing (VSS) and snapshotted by others: backups may fail"},
    {"and failed", "replication-snapshot-collision", QUIESCED VMS "vm-1 db u1 no\n",
     TASKS "t1 snapshot vm-1 error backup \"quiesce failed\"\n",
     "warning quiesced replications|1\n", "and snapshots failed"},
    {"left half deleted", "replication-snapshot-collision", QUIESCED VMS "vm-1 db u1 yes\n", NULL,
     "warning quiesced replications|1\n", NULL},
    {"of another VM", "replication-snapshot-collision",
     QUIESCED VMS "vm-1 db u1 no\nvm-2 w u2 yes\n", TASKS "t1 snapshot vm-2 success backup -\n", "",
     NULL},
    {"not quiesced", "replication-snapshot-collision",
     REPL "r1 db OK 30m 10m 12m 15 ok - 24m esx-1 vr u1 no\n" VMS "vm-1 db u1 yes\n",
     TASKS "t1 snapshot vm-1 success backup -\n", "", NULL},
};

#define VSAN                                                                          \
    "table vsan kyoto/vc\n"                                                           \
    "cluster_id cluster used_percent used_bytes capacity_bytes full_at trend health " \
    "health_groups kms resync_bytes resync_eta_s\n"

#define REMEMBERED                                                                        \
    "table vsan kyoto/vc\n"                                                               \
    "cluster_id cluster used_percent used_bytes capacity_bytes full_at health space_at\n" \
    "c1 C1 95 95 100 +72h green -10m\n"

static const struct check_case vsan[] = {
    {"room", "vsan-space", VSAN "c1 C1 69.9 70 100 - - green - - 0 -\n", NULL, "", NULL},
    {"little room", "vsan-space", VSAN "c1 C1 70 70 100 - - green - - 0 -\n", NULL,
     "warning C1|1\n", "vSAN of C1 is 70"},
    {"no room", "vsan-space", VSAN "c1 C1 80 80 100 - - green - - 0 -\n", NULL, "critical C1|1\n",
     NULL},
    {"not known", "vsan-space", VSAN "c1 C1 - - - - - green - - 0 -\n", NULL, "", NULL},
    {"no forecast", "vsan-full",
     VSAN "c1 C1 70 70 100 - \"too few samples: 3 of 12\" green - - 0 -\n", NULL, "", NULL},
    {"in two months", "vsan-full", VSAN "c1 C1 70 70 100 +1440h +1TiB green - - 0 -\n", NULL, "",
     NULL},
    {"in three weeks", "vsan-full", VSAN "c1 C1 70 70 100 +504h +1TiB green - - 0 -\n", NULL,
     "warning C1|1\n", "is full in 21d"},
    {"in three days", "vsan-full", VSAN "c1 C1 70 70 100 +72h +1TiB green - - 0 -\n", NULL,
     "critical C1|1\n", NULL},
    {"space that is only remembered", "vsan-space", REMEMBERED, NULL, "", NULL},
    {"a trend that is only remembered", "vsan-full", REMEMBERED, NULL, "", NULL},
    {"green", "vsan-health", VSAN "c1 C1 70 70 100 - - green - green 0 -\n", NULL, "", NULL},
    {"yellow", "vsan-health", VSAN "c1 C1 70 70 100 - - yellow Network:yellow green 0 -\n", NULL,
     "warning C1|1\n", "vSAN health of C1 is yellow: Network:yellow"},
    {"red", "vsan-health", VSAN "c1 C1 70 70 100 - - red Data:red,Network:yellow green 0 -\n", NULL,
     "critical C1|2\n", NULL},
    {"red because it is full", "vsan-health",
     VSAN "c1 C1 92 92 100 - - red \"Capacity utilization:red\" green 0 -\n", NULL,
     "critical C1|1|<- kyoto/vsan-space/C1\n", NULL},
    {"red because a host is gone", "vsan-health",
     VSAN "c1 C1 70 70 100 - - red Network:red green 0 -\n"
          "table hosts kyoto/vc\nhost_id host cluster connection_state\n"
          "h1 esx-1 C1 notResponding\nh2 esx-2 C1 connected\n",
     NULL, "critical C1|1|<- kyoto/host-health/C1\n", NULL},
    {"a host of another cluster is gone", "vsan-health",
     VSAN "c1 C1 70 70 100 - - red Network:red green 0 -\n"
          "table hosts kyoto/vc\nhost_id host cluster connection_state\n"
          "h1 esx-1 C2 notResponding\nh2 esx-2 C1 connected\n",
     NULL, "critical C1|1\n", NULL},
    {"key provider", "vsan-health", VSAN "c1 C1 70 70 100 - - green - red 0 -\n", NULL,
     "critical C1|1\n", "key provider of C1 is red"},
    {"health is not known", "vsan-health", VSAN "c1 C1 70 70 100 - - unknown - - 0 -\n", NULL, "",
     NULL},
    {"in sync", "vsan-resync", VSAN "c1 C1 70 70 100 - - green - - 0 -\n", NULL, "", NULL},
    {"done soon", "vsan-resync", VSAN "c1 C1 70 70 100 - - green - - 1024 1h\n", NULL, "ok C1|1\n",
     "vSAN of C1 synchronises 1.0 KiB, time left 1h"},
    {"takes all day", "vsan-resync", VSAN "c1 C1 70 70 100 - - green - - 1024 7h\n", NULL,
     "warning C1|1\n", NULL},
};

#define DATASTORES                \
    "table datastores kyoto/vc\n" \
    "datastore_id datastore type capacity_bytes free_bytes used_percent accessible\n"
#define SNAPSHOTS "table vms kyoto/vc\nvm_id vm snapshots snapshot_age_s consolidation_needed\n"

static const struct check_case storage[] = {
    {"room", "datastore-space", DATASTORES "d1 nfs1 NFS 100 16 84 yes\n", NULL, "", NULL},
    {"little room", "datastore-space", DATASTORES "d1 nfs1 NFS 100 15 85 yes\n", NULL,
     "warning d1 (nfs1)|1\n", "Datastore nfs1 is 85"},
    {"hardly any", "datastore-space", DATASTORES "d1 nfs1 NFS 100 5 95 yes\n", NULL,
     "critical d1 (nfs1)|1\n", NULL},
    {"gone", "datastore-space", DATASTORES "d1 nfs1 NFS - - - no\n", NULL, "critical d1 (nfs1)|1\n",
     "cannot be reached"},
    {"vSAN has its own", "datastore-space", DATASTORES "d1 vsanDatastore vsan 100 5 95 yes\n",
     VSAN "c1 C1 95 95 100 - - green - - 0 -\n", "", NULL},
    {"but for those nobody reads", "datastore-space",
     DATASTORES "d1 vsanDatastore vsan 100 5 95 yes\n", NULL, "critical d1 (vsanDatastore)|1\n",
     NULL},
    {"young", "snapshot-old", SNAPSHOTS "vm-1 a 1 72h no\nvm-2 b 0 - no\n", NULL, "", NULL},
    {"old", "snapshot-old", SNAPSHOTS "vm-1 a 1 73h no\nvm-2 b 2 200h no\nvm-3 c 1 1h no\n", NULL,
     "warning vc|2\n", "2 VMs run on snapshots older than 3d00h; the oldest, b, is 8d08h old"},
    {"merged", "consolidation-needed", SNAPSHOTS "vm-1 a 1 73h no\nvm-2 b 0 - -\n", NULL, "", NULL},
    {"half deleted", "consolidation-needed", SNAPSHOTS "vm-1 a 1 73h yes\nvm-2 b 0 - yes\n", NULL,
     "warning vc|2\n", "The disks of 2 VMs need consolidation"},
};

static void run_all(const struct check_case *c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        check_case_run(&c[i]);
}

static void recovery_points(void **state)
{
    (void)state;
    run_all(rpo, ARRAY_SIZE(rpo));
    run_all(states, ARRAY_SIZE(states));
}

static void snapshots_meet(void **state)
{
    (void)state;
    run_all(collisions, ARRAY_SIZE(collisions));
}

static void vsan_clusters(void **state)
{
    (void)state;
    run_all(vsan, ARRAY_SIZE(vsan));
}

static void datastores_and_snapshots(void **state)
{
    (void)state;
    run_all(storage, ARRAY_SIZE(storage));
}

static void expect_remedy(const char *text, const char *check, const char *says)
{
    char *remedy = check_case_remedy(text, check);

    if (!remedy || !strstr(remedy, says))
        fail_msg("%s: '%s' does not say '%s'", check, remedy ? remedy : "nothing", says);
    free(remedy);
}

/* The advice is a figure: what to set. */
static void advice(void **state)
{
    (void)state;
    expect_remedy(REPL "r1 db OK 30m 10m 23m 15 at_risk - 46m esx-1 vr - -\n", "rpo-at-risk",
                  "Set an RPO of 46m");
    expect_remedy(REPL "r1 db OK 30m 10m 23m 15 at_risk - 46m esx-1 vr - -\n"
                       "r2 web OK 30m 10m 23m 15 at_risk - 90m esx-1 vr - -\n",
                  "rpo-at-risk", "Set an RPO of 1h30m (that holds for all of them)");
    expect_remedy(REPL "r1 db SYNC 30m 40m 23m 15 late 10m 46m esx-1 vr - -\n", "rpo",
                  "the smallest RPO that holds is 46m");
    expect_remedy(REPL LATE("r1", "db", "5m", "esx-1") LATE("r2", "web", "45m", "esx-1"), "rpo",
                  "look for one cause");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recovery_points),
        cmocka_unit_test(snapshots_meet),
        cmocka_unit_test(vsan_clusters),
        cmocka_unit_test(advice),
        cmocka_unit_test(datastores_and_snapshots),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
