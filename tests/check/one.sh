#!/bin/sh
# one.sh STEP LIMIT COMMAND...: run one test program for at most LIMIT seconds. Its output goes to build/check/log/; its
# verdict is one line "STEP NAME PASSED FAILED SKIPPED SECONDS" in build/check/results. A program that prints no
# summary of cmocka is one test; one that dies after its tests passed has one failure more.
step=$1 limit=$2
shift 2
name=$(basename "$1" .sh)
[ "$1" = sh ] && name=$(basename "$3") # a script and its program
log=build/check/log/$step-$name
begin=$(date +%s)
timeout -k 5 "$limit" "$@" >"$log" 2>&1 </dev/null
rc=$?
# Timers and ports of a busy machine can fail a good program: it gets two more tries, and the run says so.
for try in second third; do
    if [ $rc -eq 0 ] || [ $rc -eq 124 ]; then break; fi
    mv "$log" "$log.before-$try"
    timeout -k 5 "$limit" "$@" >"$log" 2>&1 </dev/null
    rc=$?
    [ $rc -eq 0 ] && echo "check: $step $name passed at the $try try only; before: $log.before-$try"
done
awk -v step="$step" -v name="$name" -v rc="$rc" -v seconds=$(($(date +%s) - begin)) '
    /^\[  PASSED  \] [0-9]+ test/ { passed += $4; any = 1 }
    /^\[  FAILED  \] [0-9]+ test/ { failed += $4; any = 1 }
    /^\[  SKIPPED \] [0-9]+ test/ { skipped += $4; any = 1 }
    END {
        if (!any && rc == 0)
            passed = 1
        if (rc != 0 && !failed)
            failed = 1
        print step, name, passed + 0, failed + 0, skipped + 0, seconds
    }' "$log" >>build/check/results
