#!/bin/sh
# edge_shell.sh FIXTURES: what sshd runs instead of a shell (ForceCommand), to be the command line of an NSX
# edge that answers with samples and, like it, says what is wrong on standard output with exit status 0.
fixtures=$1

case "$SSH_ORIGINAL_COMMAND" in
"get version") echo "VMware NSX Software, Version 3.2.3.0.0.21703605" ;;
"get edge-cluster status") cat "$fixtures/esxi/R-edge-cluster-status.txt" ;;
"get logical-routers") cat "$fixtures/esxi/edge-get-logical-router.txt" ;;
"get gateway f08525af-e5b5-4bce-9d8f-144ffcee1b7a high-availability status") cat "$fixtures/edge_gateways/tier0.txt" ;;
"get gateway 83061617-17e6-4d89-ba5f-9fcf435f3eb4 high-availability status") cat "$fixtures/edge_gateways/tier1.txt" ;;
"get bridge") cat "$fixtures/esxi/R-get-bridge.txt" ;;
*) echo "% Command not found" ;;
esac
