#!/bin/sh
# deps.sh PACKAGE...: install what is missing of these Debian packages. Does nothing, and needs no rights, when all
# are there; says what to do when it cannot.
set -u
missing=
for p; do
    dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
done
[ -n "$missing" ] || exit 0

as_root=
if ! command -v apt-get >/dev/null; then
    echo "deps: this is not Debian; install what these packages have:$missing" >&2
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "deps: root is needed; run as root: apt-get install --no-install-recommends$missing" >&2
        exit 1
    fi
    as_root=sudo
fi
echo "deps: installing$missing" >&2
log=$(mktemp) || exit 1
# shellcheck disable=SC2086
if { $as_root apt-get update -q && $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
    --no-install-recommends $missing; } >"$log" 2>&1; then
    rm -f "$log"
    exit 0
fi
tail -n 30 "$log" >&2
echo "deps: apt-get failed; its output is in $log" >&2
exit 1
