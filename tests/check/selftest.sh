#!/bin/sh
# A check that cannot fail checks nothing: give each one a tree of violations and compare what it says.
# Usage: selftest.sh PATH-OF-functions
here=$(pwd)
functions=$here/$1
tree=$(mktemp -d) || exit 2
trap 'rm -rf "$tree"' EXIT
cd "$tree" || exit 2
mkdir -p core model collectors/aws views tui support-bundle tests/lab

# layers
echo '#include "model/tables.h"' >core/a.c
echo '#include <curl/curl.h>' >core/http_multi.c
printf '#include <curl/curl.h>\n#include "views/view.h"\n#include "core/err.h"\n' >collectors/aws/b.c
printf '#include <ncurses.h>\n' >tui/term.c
printf '#include <ncurses.h>\n#include "views/view.h"\n#include "views/eni.h"\n' >tui/c.c
printf '#include "collectors/run.h"\n#include "collectors/registry.h"\n#include "b.h"\n' >support-bundle/d.c
printf '#include "collectors/run.h"\n#include <microhttpd.h>\n' >tests/lab/e.c
echo '#include <libssh2.h>' >model/f.c

# words
cat >views/g.c <<'S'
/* strcpy(a, b) in a comment, and */ static const char *s = "sprintf(x) \" atoi(";
int g(void)
{
    char c = '"'; strcpy(a, b); // atoi(x)
    o->time(1); o.system(2); my_atoi(3); strcpy_safe(4);
    return time (0) + atoi
        (5);
}
S
printf 'int nsx_count;\n/* as in nsx */ const char *w = "aws";\nint law, advance;\n' >core/h.c
mark='TO''DO'
echo "/* $mark: later */" >views/i.c

# sizes: the largest that is allowed, and one more
body() { # name lines branches
    echo "static __attribute__((unused)) int $1(int (*f)(int), struct s *p)"
    echo '{'
    i=0
    while [ $i -lt $(($2 - 3)) ]; do
        [ $i -lt $(($3 - 1)) ] && echo '    if (a) { b = "{"; }' || echo '    x();'
        i=$((i + 1))
    done
    echo '}'
}
{
    echo 'struct t { int (*f)(void); } t = { (f)(1) };'
    echo '#define M(x) do { if (x) {'
    body fits 60 15
    body tall 61 1
    body bushy 40 16
    echo 'int ops(void) { return a && b || c ? 1 : x & y | z; }'
    echo 'int ops16(void) { return a&&b&&c&&d&&e&&f&&g&&h||i||j||k||l||m||n||o ? 1 : 0; }'
} >views/j.c
yes 'int x;' | head -801 >views/k.c
yes 'int x;' | head -800 >views/l.c

{
    find . -name '*.c' | sed 's|^\./||' | LC_ALL=C sort >list
    xargs awk -f "$here/tests/check/layers.awk" <list && echo "layers.awk: status 0"
    xargs sh "$here/tests/check/banned.sh" "$functions" <list && echo "banned.sh: status 0"
    xargs "$functions" <list && echo "functions: status 0"
} | cut -d' ' -f1-3 >got
cat >want <<'S'
collectors/aws/b.c:1: layer: curl/curl.h
collectors/aws/b.c:2: layer: views/view.h
core/a.c:1: layer: model/tables.h
model/f.c:1: layer: libssh2.h
support-bundle/d.c:2: layer: collectors/registry.h
support-bundle/d.c:3: layer: b.h
tests/lab/e.c:1: layer: collectors/run.h
tui/c.c:1: layer: ncurses.h
tui/c.c:3: layer: views/eni.h
core/h.c:1: product-name: nsx
views/g.c:4: banned: strcpy
views/g.c:6: banned: time
views/i.c:1: unfinished: a
views/j.c:63: function-length: tall
views/j.c:124: complexity: bushy
views/j.c:165: complexity: ops16
views/k.c:1: file-length: views/k.c
S
diff -u want got >difference || { echo "tests/check/selftest.sh:1: selftest: lint does not find what it should:"; cat difference; exit 1; }

# Who gets a second try: a test that failed by its own words, and nothing else.
mkdir -p build/check/log
: >build/check/results
: >build/check/again
once() { # NAME LINE STATUS: fails like that at its first run
    printf '#!/bin/sh\n[ -f %s.ran ] && echo "[  PASSED  ] 1 test(s)." && exit 0\n: >%s.ran\n' "$1" "$1" >"$1.sh"
    printf 'echo "[  FAILED  ] 1 test(s), listed below:"\necho "%s"\nexit %s\n' "$2" "$3" >>"$1.sh"
    chmod +x "$1.sh"
}
once starved 'expected 1' 1
once broken '==1==ERROR: AddressSanitizer: heap-use-after-free' 1
once raced 'WARNING: ThreadSanitizer: data race' 66
once crashed 'Aborted' 134
once found 'expected 1' 1
for name in starved broken raced crashed; do sh "$here/tests/check/one.sh" unit 60 "./$name.sh"; done
sh "$here/tests/check/one.sh" fuzz 60 ./found.sh
cut -d' ' -f1-4 build/check/results >got
cut -d' ' -f1-2 build/check/again >>got
cat >want <<'S'
unit starved 1 0
unit broken 0 1
unit raced 0 1
unit crashed 0 1
fuzz found 0 1
unit starved
S
diff -u want got >difference || { echo "tests/check/selftest.sh:1: selftest: a second try for the wrong programs:"; cat difference; exit 1; }
