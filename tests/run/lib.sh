# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2034
#
# For the tests written in shell: how they say what they saw (as tap.h), and
# the few things that many of them do.

: "${SPIN_BUILD:=/spin/build}" "${SPIN_MODULES:=$SPIN_BUILD/$(uname -r)}"
export SPIN_BUILD SPIN_MODULES
export SPIN_TEST_OBJECTS=$SPIN_BUILD/tests
export PATH=$SPIN_BUILD/tests/bin:$SPIN_BUILD/bin:$PATH

EXT=$SPIN_BUILD/ext
FIXTURES=$SPIN_TEST_OBJECTS
: "${SOAK:=1}" "${SOAK_SECONDS:=80}"

# Files to grant: on a disk file system, which the memory ones are not.
export DATA=$SPIN_BUILD/test-data
[ -d "$DATA" ] || mkdir -p "$DATA"

# expect NAME EXPECTED SEEN
expect() {
	if [ "$2" = "$3" ]; then
		echo "ok $1"
	else
		printf 'not ok %s\n# expected: %s\n# seen: %s\n' "$1" "$2" "$3"
		return 1
	fi
}

# text_matches REGEX TEXT - does a line of the text match, in whatever case? As
# grep -iE, which is asked about long texts: a process takes as long as a hundred
# lines.
text_matches() {
	local IFS= line status=1
	if [ ${#2} -gt 4000 ]; then
		grep -qiE -- "$1" <<<"$2"
		return
	fi
	shopt -s nocasematch
	while read -r line; do
		if [[ $line =~ $1 ]]; then
			status=0
			break
		fi
	done <<<"$2"
	shopt -u nocasematch
	return $status
}

# expect_match NAME REGEX SEEN
expect_match() {
	if text_matches "$2" "$3"; then
		echo "ok $1"
	else
		printf 'not ok %s\n# expected: a match of /%s/\n# seen: %s\n' \
			"$1" "$2" "$(tr '\n' ' ' <<<"$3")"
		return 1
	fi
}

# expect_true NAME WHAT COMMAND... - at once
expect_true() {
	local name=$1 what=$2
	shift 2
	if "$@"; then
		echo "ok $name"
	else
		printf 'not ok %s\n# expected: %s\n# seen: it is not so\n' "$name" "$what"
		return 1
	fi
}

# nap SECONDS - as sleep, without a process: nothing is ever written to the pipe
nap() {
	[ -n "${NAP-}" ] || exec {NAP}<> <(:)
	read -r -t "$1" -u "$NAP" || return 0
}

# eventually SECONDS COMMAND... - until it succeeds
eventually() {
	local until=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -le $until ] || return 1
		nap 0.05
	done
}

# must COMMAND... - what the rest of a test cannot do without
must() {
	local out
	if ! out=$("$@" 2>&1); then
		printf 'not ok %s\n# expected: it succeeds\n# seen: %s\n' "$*" \
			"$(tr '\n' ' ' <<<"$out")"
		exit 1
	fi
}

# refused NAME REGEX COMMAND... - fails, with one sentence that matches
refused() {
	local name=$1 regex=$2 out
	shift 2
	if out=$("$@" 2>&1); then
		printf 'not ok %s\n# expected: a refusal that matches /%s/\n# seen: it succeeded\n' \
			"$name" "$regex"
		return 1
	fi
	expect_match "$name" "$regex" "$out"
}

load() {
	must spinctl load "$@"
}

# unload EXTENSION - a slow kernel takes longer to free its programs than spinctl waits
# for; what stays for good is told after the test
unload() {
	local out
	out=$(spinctl unload "$1" 2>&1) && return
	[[ $out != *"$1 is unloaded and none of its handlers runs"* ]] || return 0
	printf 'not ok spinctl unload %s\n# expected: it succeeds\n# seen: %s\n' "$1" "$out"
	exit 1
}

# quota EXTENSION KIND FIELD
quota() {
	spinctl -j domain show "$1" | jq ".quotas[] | select(.quota == \"$2\") | .$3"
}

no_procedures() {
	test "$(spinctl -j proc list | jq length)" -eq 0
}

binding_is_active() { # EXT NAME true|false
	test "$(spinctl -j binding list "$1" |
		jq -r ".[] | select(.name == \"$2\") | .active")" = "$3"
}

extensions() {
	look exts
}

no_extensions() {
	test -z "$(extensions)"
}

var() {
	look var "$@"
}

# var_is EXT NAME TEST VALUE - such as: var_is clock ticks -gt 10
var_is() {
	test "$(var "$1" "$2")" "$3" "$4"
}

# look_is TEST VALUE WHAT... - such as: look_is -gt 1 event Clock.Tick raised
look_is() {
	local test=$1 value=$2
	shift 2
	test "$(look "$@")" "$test" "$value"
}

# since START - tenths of a second are enough; both are microseconds without the dot
since() {
	local tenths=$(((${EPOCHREALTIME/./} - ${1/./}) / 100000))
	echo "$((tenths / 10)).$((tenths % 10))"
}

# start COMMAND... - in the background, once it says "ready"; expect_started
# waits for its end and compares the last line it said.
start() {
	: >/tmp/started
	"$@" >/tmp/started 2>&1 &
	STARTED=$!
	eventually 10 grep -q ready /tmp/started
}

# (Not in a subshell: it could not wait for the process.)
expect_started() { # NAME EXPECTED - its last line
	wait "$STARTED"
	expect "$1" "$2" "$(tail -n 1 /tmp/started)"
}

LOG_BEGIN='spin-suite: begin'

# log_mark TEXT, log_since TEXT - what the kernel said after the mark
log_mark() {
	echo "$1" >/dev/kmsg
}

log_since() {
	dmesg | awk -v mark="$1" 'index($0, mark) { on = 1; next } on'
}

# A second host: name space "peer" at 10.77.0.2, joined to us at 10.77.0.1.
peer_up() {
	ip netns add peer
	ip link add spin0 type veth peer name spin1 netns peer
	ip addr add 10.77.0.1/24 dev spin0
	ip link set spin0 up
	ip -n peer addr add 10.77.0.2/24 dev spin1
	ip -n peer link set lo up
	ip -n peer link set spin1 up
	eventually 5 ip netns exec peer ping -q -c 1 -W 1 10.77.0.1 >/dev/null
}

peer_down() {
	ip link del spin0 2>/dev/null
	ip netns del peer 2>/dev/null
	return 0
}

in_peer() {
	ip netns exec peer "$@"
}

# disk_of FILE FOLDER - a file system of its own in FILE, there at FOLDER
disk_of() {
	mkdir -p "$2"
	must mkfs.ext4 -q "$1"
	[ -e /dev/loop-control ] || must modprobe loop
	must mount -o loop "$1" "$2"
}

# flood_begins PORT SECONDS - datagrams to it, until flood_ends, which says how many
flood_begins() {
	FLOOD_UNTIL=$((SECONDS + $2))
	touch /tmp/flooding
	while [ -e /tmp/flooding ]; do
		udp flood 127.0.0.1 "$1" 1 64
	done >/tmp/flood &
	FLOOD_PID=$!
}

# flood_lasts ROUNDS - are there to be more? At least two, however slow they are.
flood_lasts() {
	[ $SECONDS -lt "$FLOOD_UNTIL" ] || [ "$1" -lt 2 ]
}

flood_ends() {
	rm /tmp/flooding
	wait "$FLOOD_PID"
	FLOODED=$(awk '{ n += $1 } END { print n }' /tmp/flood)
	# shellcheck disable=SC2034 # some tests ask how many were refused (EPERM)
	FLOOD_REFUSED=$(awk '{ n += $2 } END { print n }' /tmp/flood)
}

fault_injection() {
	[ -e /proc/self/fail-nth ] && [ -d /sys/kernel/debug/failslab ]
}

# What kmemleak finds, but for names of slab caches: 6.12's own
# kmem_cache_create() loses them when it fails. Later scans see only new ones.
lost_memory() {
	local leaks=/sys/kernel/debug/kmemleak
	if [ ! -w $leaks ]; then
		echo "kmemleak cannot look"
		return
	fi
	echo scan >$leaks
	sleep 6 # blocks younger than 5 s are not looked at
	echo scan >$leaks
	awk -v RS='unreferenced object' 'NR > 1 && !/sysfs_slab_add/' $leaks
	echo clear >$leaks
}

# A kernel may have cards of its own beside the guest's display.
display_found() {
	local card
	for card in /sys/class/drm/card[0-9]; do
		[[ $(readlink "$card/device/driver") == */bochs-drm ]] || continue
		CARD=/dev/dri/${card##*/}
		return
	done
	return 1
}

# Names it in CARD.
displays_here() {
	display_found || modprobe -q bochs
	eventually 5 display_found && return
	echo "skip displays none here"
	return 1
}
