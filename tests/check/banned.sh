#!/bin/sh
# Words that must not be in the code. Usage: banned.sh PATH-OF-functions SOURCE...
# Comments and strings do not count, except for notes of unfinished work, which count everywhere.
# Output: "path:line: banned: <word> <what to use>", one line per violation; exit status 1.
functions=$1
shift

"$functions" -s "$@" | awk '
BEGIN {
    use("strcpy strcat strncpy strncat sprintf vsprintf", "build text with core/strbuf or snprintf")
    use("strtok atoi atol atoll sscanf vsscanf", "read text with core/text")
    use("gets", "use fgets or getline")
    use("gmtime localtime ctime asctime", "not safe in threads: use core/fmt or the _r form")
    use("system popen", "use uv_spawn")
    use("strerror", "not safe in threads: use strerrordesc_np")
    use("alloca", "use core/mem")
    use("rand srand", "use getrandom")
    use("mktemp tempnam tmpnam", "use mkstemp")
    use("clock_gettime gettimeofday time", "use core/clock")
}

function use(words, instead,    w, n, i) {
    n = split(words, w, " ")
    for (i = 1; i <= n; i++)
        better[w[i]] = instead
}

function is_clock(word) {
    return word == "clock_gettime" || word == "gettimeofday" || word == "time"
}

{
    place = $1
    path = $1
    sub(/:[0-9]+:$/, "", path)
    code = substr($0, length($1) + 1)
    # Every word that is called, but members ("->time(") and longer words.
    while (match(code, /[A-Za-z_][A-Za-z_0-9]*[ \t]*\(/)) {
        word = substr(code, RSTART, RLENGTH)
        sub(/[ \t]*\($/, "", word)
        before = substr(code, RSTART > 2 ? RSTART - 2 : 1, RSTART > 2 ? 2 : RSTART - 1)
        code = substr(code, RSTART + RLENGTH - 1)
        if (!(word in better) || before ~ /([.]|->)$/)
            continue
        # Only the clock asks for the time; tests and benchmarks compare it with the real one.
        if (is_clock(word) && path ~ /^(core\/clock[.]c|tests\/)/)
            continue
        printf "%s banned: %s %s\n", place, word, better[word]
        found = 1
    }
    # The foundations know no product.
    code = tolower(substr($0, length($1) + 1))
    if (path ~ /^core\// && code !~ /^[ \t]*#[ \t]*include/ &&
        match(code, /(^|[^a-z])(nsx|vmc|vcenter|vsphere|vsan|esxi|hcx|vmware|ec2|aws)([^a-z]|$)/)) {
        word = substr(code, RSTART, RLENGTH)
        gsub(/[^a-z0-9]/, "", word)
        printf "%s product-name: %s in core\n", place, word
        found = 1
    }
}

END { exit found }'
code=$?

mark='TO''DO|FIX''ME|X''XX'
if grep -nEw "$mark" "$@" /dev/null | sed 's/^\([^:]*:[0-9]*:\).*/\1 unfinished: a note of unfinished work/'| grep .; then
    code=1
fi
exit $code
