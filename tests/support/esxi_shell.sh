#!/bin/sh
# esxi_shell.sh FIXTURES MODE_FILE: what sshd runs instead of a shell (ForceCommand), to be an ESXi host that
# knows a few commands and answers them with samples. The first word of MODE_FILE makes it odd.
fixtures=$1
mode=$(cat "$2" 2>/dev/null)
one=nic-1744435-eth0-vmware-sfw.2
two=nic-1744441-eth0-vmware-sfw.2

# Whatever was asked is kept, so that a test can look at it.
printf '%s\n' "$SSH_ORIGINAL_COMMAND" >>"$2.asked"

answer() {
    case "$SSH_ORIGINAL_COMMAND" in
    "vmware -v") echo "VMware ESXi 8.0.3 build-24677879" ;;
    "summarize-dvfilter") cat "$fixtures/dvfilter-v624-full.txt" ;;
    "vsipioctl getfilters") cat "$fixtures/getfilters-v624.txt" ;;
    "vsipioctl getrules -f '$one'") cat "$fixtures/getrules-seed.txt" ;;
    "vsipioctl getrules -f '$two'") cat "$fixtures/getrules-default.txt" ;;
    "vsipioctl getrules -f '$one' -s") ;;
    "vsipioctl getrules -f '$two' -s") cat "$fixtures/getfwrules-stats-v6.txt" ;;
    "vsipioctl getaddrsets -f '"nic*) cat "$fixtures/getaddrsets-seed.txt" ;;
    "vsipioctl getflows -f '$one'") cat "$fixtures/getflows-seed.txt" ;;
    "vsipioctl getflows -f '$two'") cat "$fixtures/G-getflows-variants.txt" ;;
    "vsipioctl getfilterstat -f '"nic*) cat "$fixtures/G-getfilterstat.txt" ;;
    "esxcli network ip connection list") cat "$fixtures/G-esxcli-connection-cc-algo.txt" ;;
    "esxcli vsan cluster get") cat "$fixtures/esxcli-vsan-cluster-get-9.txt" ;;
    "esxcli vsan health cluster list") cat "$fixtures/esxcli-vsan-health-cluster-list-7.txt" ;;
    "esxcli vsan debug object health summary get") cat "$fixtures/esxcli-vsan-object-health-summary.txt" ;;
    "esxcli software vib list") cat "$fixtures/vib-list.txt" ;;
    "vim-cmd vmsvc/getallvms") cat "$fixtures/vim-cmd-getallvms-2.txt" ;;
    "vim-cmd hbrsvc/vmreplica.getState '6'") cat "$fixtures/hbrsvc-getState-8-10pct.txt" ;;
    "get high-availability status") cat "$fixtures/edge-ha-status-t0-aa-9.txt" ;;
    *)
        echo "-sh: ${SSH_ORIGINAL_COMMAND%% *}: not found" >&2
        return 127
        ;;
    esac
}

case "$mode" in
crlf) answer | sed 's/$/\r/' ;;
banner)
    echo "Welcome to this host."
    answer
    ;;
garbage)
    case "$SSH_ORIGINAL_COMMAND" in
    vmware*) answer ;;
    *) head -c 5000 /dev/urandom | od -c ;;
    esac
    ;;
binary)
    case "$SSH_ORIGINAL_COMMAND" in
    vmware*) answer ;;
    *) head -c 100000 /dev/zero | tr '\0' '\033' ;;
    esac
    ;;
hang)
    case "$SSH_ORIGINAL_COMMAND" in
    vmware*) answer ;;
    *)
        echo "ruleset domain-c1 {"
        exec sleep 60
        ;;
    esac
    ;;
flood)
    case "$SSH_ORIGINAL_COMMAND" in
    vmware*) answer ;;
    *) exec yes "  rule 1 at 1 inout protocol any from any to any accept;" ;;
    esac
    ;;
cut)
    case "$SSH_ORIGINAL_COMMAND" in
    *getrules*"'") answer | head -c 300 ;;
    *) answer ;;
    esac
    ;;
cutlist)
    case "$SSH_ORIGINAL_COMMAND" in
    summarize-dvfilter) answer | head -c 1900 ;;
    *) answer ;;
    esac
    ;;
cutline)
    case "$SSH_ORIGINAL_COMMAND" in
    *getflows*"'") answer | head -c 200 ;;
    *getaddrsets*"'") answer | head -c 50 ;;
    "esxcli network ip connection list") answer | head -c 500 ;;
    *) answer ;;
    esac
    ;;
silent)
    case "$SSH_ORIGINAL_COMMAND" in
    summarize-dvfilter | "esxcli network ip connection list") ;;
    *) answer ;;
    esac
    ;;
foreign)
    case "$SSH_ORIGINAL_COMMAND" in
    *" -f '$one'") echo "Failed to open the filter: no such filter" ;;
    *) answer ;;
    esac
    ;;
nosets)
    case "$SSH_ORIGINAL_COMMAND" in
    *"getaddrsets -f '$one'") ;;
    *) answer ;;
    esac
    ;;
norules)
    case "$SSH_ORIGINAL_COMMAND" in
    *"getrules -f '$one'") ;;
    *) answer ;;
    esac
    ;;
*) answer ;;
esac
