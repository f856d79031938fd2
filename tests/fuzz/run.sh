#!/bin/sh
# run.sh TARGET [RUNS SECONDS]: fuzz for so many runs, at most so long, from the corpus of the target; without
# RUNS replay the corpus. The corpus is the target's fixtures: of fuzz_enis tests/fixtures/enis, and what
# earlier runs found worth keeping in tests/fuzz/corpus/TARGET.
set -e
target=$1
name=$(basename "$target")
what=${name#fuzz_}
corpus=
for d in "tests/fuzz/corpus/$name" "tests/fixtures/$what"; do
    [ -d "$d" ] && corpus="$corpus $d"
done
# Decoders of one kind of endpoint may share their samples: of fuzz_esxi_rules tests/fixtures/esxi.
[ -n "$corpus" ] || [ ! -d "tests/fixtures/${what%%_*}" ] || corpus=" tests/fixtures/${what%%_*}"
[ -n "$corpus" ] || { echo "$name: no corpus: tests/fixtures/$what is missing" >&2; exit 1; }
echo "== $name"
if [ -z "$2" ]; then
    exec "$target" $corpus
fi
found=build/fuzz/found/$name
mkdir -p "$found"
"$target" -runs="$2" -max_total_time="$3" -max_len=65536 -timeout=10 -rss_limit_mb=1024 -seed=1 \
    -verbosity=0 -artifact_prefix="$found/" "$found" $corpus 2>"$found.log" || {
    tail -n 60 "$found.log" >&2
    exit 1
}
