# Who may include whom (the table of ARCHITECTURE). Input: the sources, by path from the top.
# Output: "path:line: layer: <what is included> <why not>", one line per violation; exit status 1.

BEGIN {
    # folder -> what it may include, as an expression over paths
    may["core"] = "^core/"
    may["model"] = "^(core|model)/"
    may["collectors"] = "^(core|model|collectors)/"
    may["views"] = "^(core|model|views)/"
    may["support-bundle"] = "^((core|model|support-bundle)/|collectors/(session|engine|run)[.]h$)"
    may["tui"] = "^((core|model|tui|support-bundle)/|views/view[.]h$)"
    may["cli"] = "^(core|model|collectors|views|support-bundle|tui|cli)/"
    # Generators of documents read the tables of the program.
    may["docs"] = "^(core|model|tui|cli|docs)/"
    # The lab shares the foundations with the product, but nothing that it is there to test.
    may["tests/lab"] = "^(core|tests/lab)/"
    may["tests"] = "^(core|model|collectors|views|support-bundle|tui|cli|tests)/"

    # library header -> the only sources that may include it
    n = 0
    library[n] = "^curl/"; only[n++] = "^(core/http[^/]*[.]c|core/http_curl[.]h|tests/[^l].*|tests/l[^a].*)$"
    library[n] = "^libssh2"; only[n++] = "^(core/ssh[^/]*[.]c|core/ssh_library[.]h|tests/.*)$"
    library[n] = "^(n?curses[.]h|ncursesw?/|panel[.]h|menu[.]h|form[.]h|term[.]h)"
    only[n++] = "^(tui/term[.]c|tests/.*)$"
    library[n] = "^(microhttpd[.]h|gnutls/)"; only[n++] = "^tests/"
    library[n] = "^(vterm|cmocka)"; only[n++] = "^tests/"
}

function folder_of(path) {
    if (path ~ /^tests\/lab\//)
        return "tests/lab"
    sub(/\/.*/, "", path)
    return path
}

function violation(what, why) {
    printf "%s:%d: layer: %s %s\n", FILENAME, FNR, what, why
    found = 1
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
    split($0, part, "\"")
    folder = folder_of(FILENAME)
    if (!(folder in may))
        violation(part[2], "is included from the unknown folder " folder)
    else if (part[2] !~ /\//)
        violation(part[2], "must be included by its path from the top")
    else if (part[2] !~ may[folder])
        violation(part[2], "may not be included by " folder)
}

/^[ \t]*#[ \t]*include[ \t]*</ {
    split($0, part, /[<>]/)
    for (i = 0; i < n; i++)
        if (part[2] ~ library[i] && FILENAME !~ only[i])
            violation(part[2], "may not be included here")
}

END { exit found }
