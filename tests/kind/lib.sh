# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# For the tests of the kinds of capability: a process on the other side, and the
# extension that uses what it was granted.

# shellcheck disable=SC2034 # of those who read this
KINDS=$FIXTURES/kind/use/kinds.bpf.o

# peer COMMAND... - a kinds process to talk to; what it says when ready is $READY
peer() {
	coproc kinds "$@"
	PEER=$COPROC_PID
	exec {FROM}<&"${COPROC[0]}" {TO}>&"${COPROC[1]}"
	read -r -t 10 READY <&"$FROM"
	expect "peer_$1" ready "${READY%% *}"
	READY=${READY#ready}
	READY=${READY# }
}

answer() { # [LINE] - the next line it says, to LINE if there is one
	local line=
	[ $# = 0 ] || echo "$1" >&"$TO"
	read -r -t 10 line <&"$FROM"
	echo "$line"
}

ask() { # NAME EXPECTED [LINE]
	expect "$1" "$2" "$(answer "${@:3}")"
}

end_peer() {
	kill -9 "$PEER" 2>/dev/null
	wait "$PEER" 2>/dev/null
	exec {FROM}<&- {TO}>&-
}

# Pseudo-terminals, which not every guest has.
ptys() {
	[ ! -e /dev/pts/ptmx ] || return
	mkdir -p /dev/pts
	mount -t devpts -o ptmxmode=666 devpts /dev/pts
}

kinds_is() { # VARIABLE TEST VALUE
	var_is kinds "$@"
}

fdinfo() { # PID/FD NAME
	awk -v name="$2:" '$1 == name { print $2 }' "/proc/${1%/*}/fdinfo/${1#*/}"
}
