#!/bin/sh
# run.sh [STEP...]: build, then run every rung of the tests, and print failures in full and one line per step. The last
# line is "N passed, N failed"; the exit status is 1 when anything failed. Steps: build lint man unit replay fuzz
# tsan e2e.
# Run from the top of the tree by "make check" and "make test".
set -u
make=${MAKE:-make}
export LSAN_OPTIONS="suppressions=$PWD/tests/check/lsan.supp:print_suppressions=0"
jobs=$(nproc 2>/dev/null || echo 2)
FUZZ_RUNS=${FUZZ_RUNS:-5000} FUZZ_SECONDS=${FUZZ_SECONDS:-1}
out=build/check
rm -rf "$out/log"
mkdir -p "$out/log"
: >"$out/results"
: >"$out/again"
begin=$(date +%s)

# The verdict of a step that is not a program: what it printed is its log.
record() { # STEP NAME RC SECONDS
    if [ "$3" -eq 0 ]; then echo "$1 $2 1 0 0 $4"; else echo "$1 $2 0 1 0 $4"; fi >>"$out/results"
}

built() { # NAME MAKE-ARGUMENTS...
    name=$1
    shift
    start=$(date +%s)
    $make -s --no-print-directory -j "$jobs" "$@" >"$out/log/build-$name" 2>&1
    rc=$?
    record build "$name" $rc $(($(date +%s) - start))
    return $rc
}

programs() { # STEP LIMIT PREFIX... < paths
    step=$1 limit=$2
    shift 2
    xargs -P "$jobs" -n 1 sh tests/check/one.sh "$step" "$limit" "$@"
}

each_of() { # FOLDER PREFIX: the programs that the sources of tests/FOLDER make
    for f in tests/"$1"/"$2"*.c; do
        [ -f "$f" ] && basename "$f" .c
    done
}

do_build() {
    built program all || return 1
    built tests BUILD=asan programs
}
do_lint() {
    start=$(date +%s)
    MAKE="$make" sh tests/check/lint.sh >"$out/log/lint-sources" 2>&1
    record lint sources $? $(($(date +%s) - start))
}
# Every page is made, and the formatter has nothing to say about it.
do_man() {
    built man man || return 1
    start=$(date +%s)
    for p in build/man/*; do
        groff -man -ww -Tutf8 "$p" 2>&1 >/dev/null
    done >"$out/log/man-pages"
    [ ! -s "$out/log/man-pages" ]
    record man pages $? $(($(date +%s) - start))
    bash tests/check/completion.sh >"$out/log/man-completion" 2>&1
    record man completion $? 0
}
do_unit() {
    each_of unit test_ | sed 's,^,build/asan/unit/,' | programs unit 120
}
# Every decoder on its fixtures, and for a moment on what a fuzzer makes of them.
do_replay() {
    each_of fuzz fuzz_ | sed 's,^,build/asan/fuzz/,' | programs replay 120 sh tests/fuzz/run.sh
}
do_fuzz() {
    built fuzz BUILD=fuzz CC=clang fuzz-programs || return 1
    each_of fuzz fuzz_ | sed "s,.*,build/fuzz/fuzz/& $FUZZ_RUNS $FUZZ_SECONDS," |
        xargs -P "$jobs" -n 3 sh tests/check/one.sh fuzz 120 sh tests/fuzz/run.sh
}
do_tsan() {
    built tsan BUILD=tsan tsan-programs || return 1
    tests=$($make -s --no-print-directory tsan-list)
    for t in $tests; do echo "build/tsan/unit/$t"; done | TSAN_OPTIONS=halt_on_error=1 programs tsan 120
}
# The longest, which mostly waits, comes first.
do_e2e() {
    { echo test_outage && each_of e2e test_ | grep -vx test_outage; } |
        sed 's,^,build/asan/e2e/,' | programs e2e 180
}

summary() { # STEP
    awk -v step="$1" '
        $1 == step { n++; p += $3; f += $4; s += $5; if ($6 > slow) { slow = $6; which = $2 } }
        END {
            if (n)
                printf "%-6s %3d run, %4d passed, %d failed%s%s\n", step, n, p, f, s ? ", " s " skipped" : "",
                    slow ? "; slowest " which ", " slow " s" : ""
        }' "$out/results"
}

failures() { # STEP
    awk -v step="$1" '$1 == step && $4 > 0 { print $2 }' "$out/results" | while read -r name; do
        echo "---- $1 $name failed: $out/log/$1-$name"
        # A test that failed has released nothing: what it leaked is no news.
        awk '/^\[  FAILED  \]/ { failed = 1 }
            failed && /ERROR: LeakSanitizer/ { exit }
            !/^\[ RUN / && !/^\[       OK /' "$out/log/$1-$name" | tail -n 200
        echo "----"
    done
}

for step in "${@:-build lint man unit replay fuzz tsan e2e}"; do
    for s in $step; do
        do_"$s"
        failures "$s"
        summary "$s"
        # Without programs nothing else can be said.
        [ "$s" = build ] && grep -q '^build [^ ]* 0 1 ' "$out/results" && break 2
    done
done
# Not a failure, but something to look into: a test that needs a quiet machine, or a race.
awk '{ printf "only at the second try: %s %s; the first: %s\n", $1, $2, $3 }' "$out/again"
awk -v seconds=$(($(date +%s) - begin)) '
    { passed += $3; failed += $4; skipped += $5 }
    END {
        printf "%d s%s\n", seconds, skipped ? ", " skipped " skipped" : ""
        printf "%d passed, %d failed\n", passed, failed
        exit failed > 0 || !passed
    }' "$out/results"
