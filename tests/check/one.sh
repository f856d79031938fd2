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
# A busy machine can starve a good program once: where a test failed by its own words it gets a second try, which run.sh
# names at the end. What a sanitizer or a fuzzer found, a crash, a leak and a hang are never tried again.
case $step in
unit | e2e)
    if [ $rc -ne 0 ] && [ $rc -lt 124 ] && grep -q '^\[  FAILED  \]' "$log" &&
        ! grep -q 'ERROR: AddressSanitizer\|runtime error:\|WARNING: ThreadSanitizer' "$log"; then
        mv "$log" "$log.first"
        timeout -k 5 "$limit" "$@" >"$log" 2>&1 </dev/null
        rc=$?
        [ $rc -eq 0 ] && echo "$step $name $log.first" >>build/check/again
    fi
    ;;
esac
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
