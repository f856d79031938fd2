#!/bin/sh
# Every check of the sources that needs no run of them. Prints "path:line: rule: subject what" for each
# violation that tests/check/allow does not excuse, then a closing line; exit status 1 when there were
# any. Run by "make lint", from the top of the tree.
make=${MAKE:-make}
jobs=$(nproc 2>/dev/null || echo 2)
out=build/check
mkdir -p "$out"

$make -s "$out/functions" || exit 2
functions=$out/functions
sh tests/check/selftest.sh "$functions" || exit 2

folders=
for d in core model collectors views support-bundle tui cli docs tests; do
    [ -d "$d" ] && folders="$folders $d"
done
# shellcheck disable=SC2086
find $folders -name '*.[ch]' | LC_ALL=C sort >"$out/sources"
[ -s "$out/sources" ] || { echo "lint: no sources here: run it from the top of the tree"; exit 2; }

{
    xargs "$functions" <"$out/sources"
    xargs awk -f tests/check/layers.awk <"$out/sources"
    xargs sh tests/check/banned.sh "$functions" <"$out/sources"
    xargs -n 8 -P "$jobs" sh -c 'for f; do
        clang-format --dry-run -Werror "$f" >/dev/null 2>&1 ||
            echo "$f:1: format: $f is not formatted: run clang-format -i"
    done' sh <"$out/sources"
    $make -s -k -j "$jobs" lint-clang 2>&1 |
        sed -n 's/^\([^: ]*:[0-9]*\):[0-9]*: \(fatal error\|error\): /\1: clang: /p'
} >"$out/found"
# A second compiler that stops without naming a line must not look like success.
$make -s -q lint-clang 2>/dev/null || grep -q ': clang: ' "$out/found" ||
    echo "Makefile:1: clang: lint-clang failed without a diagnostic" >>"$out/found"

awk '
FNR == NR {
    if ($0 !~ /^#/ && NF) {
        place[$1, $2, $3] = FILENAME ":" FNR
        if (NF < 4) {
            printf "%s:%d: allow: %s has no reason\n", FILENAME, FNR, $3
            bad++
        }
    }
    next
}
{
    path = $1
    sub(/:[0-9]+:$/, "", path)
    rule = $2
    sub(/:$/, "", rule)
    if ((rule, path, $3) in place) {
        used[rule, path, $3] = 1
        next
    }
    print
    bad++
}
END {
    for (k in place)
        if (!(k in used)) {
            split(k, part, SUBSEP)
            printf "%s: allow: %s excuses nothing\n", place[k], part[3]
            bad++
        }
    printf "lint: %d violation%s\n", bad, bad == 1 ? "" : "s"
    exit bad > 0
}' tests/check/allow "$out/found"
