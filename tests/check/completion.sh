#!/bin/bash
# The generated completion, as bash calls it.
. build/completion/hycon || exit 1
failed=0

offers() { # WANTED WORDS...: the last word is being typed
    local wanted=$1
    shift
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    _hycon
    [[ " ${COMPREPLY[*]} " == *" $wanted "* || ( -z $wanted && -z ${COMPREPLY[*]} ) ]] && return
    echo "'$*' offers '${COMPREPLY[*]}', not '$wanted'"
    failed=1
}

offers get hycon g
offers config hycon ''
offers show hycon config s
offers enis hycon get e
offers enis,routes hycon get enis,ro
offers --filter hycon get enis --f
offers jsonl hycon get enis -o js
offers json hycon --config x check -o j
offers '' hycon get --filter g
offers explain hycon expl
offers '' hycon bundl
exit $failed
