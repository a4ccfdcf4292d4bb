# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# From insmod to rmmod, and back to what was before.

test_hello() {
	local out
	log_mark 'spin-suite: hello'
	out=$(spinctl load "$EXT/hello.bpf.o" 2>&1)
	expect status 0 $?
	expect_match is_in_the_log 'hello.*hello from inside the kernel' "$(log_since 'spin-suite: hello')"
	expect_match is_listed hello "$(spinctl ext list)"
	expect_match is_listed_as_json hello "$(spinctl -j ext list | jq -c .)"
	expect_match has_a_binding 'Domain\.Initialize' "$(spinctl ext show hello)"
	expect_match events_are_listed 'Udp\.PacketArrived' "$(spinctl event list)"
	refused second_load 'already|loaded' spinctl load "$EXT/hello.bpf.o"
	refused module_stays 'in use' rmmod spin
	# its loader is gone, and it is still there
	expect outlives_its_loader hello "$(extensions)"
	expect_true unload "it succeeds" spinctl unload hello
	expect is_gone '' "$(extensions)"
	refused second_unload 'no.*hello|not loaded|no such' spinctl unload hello
}

# rmmod right behind the unload: nothing of it lingers.
test_rmmod_after_unload() {
	load "$EXT/udp-echo.bpf.o"
	udp echo 127.0.0.1 7 64 >/dev/null
	unload udp-echo
	expect rmmod '' "$(rmmod spin 2>&1)"
	expect_true device_is_gone "no /dev/spin" [ ! -e /dev/spin ]
	refused spinctl_says_so 'not loaded|insmod|no such|modprobe' spinctl ext list
	must spin-insmod
}

test_insmod_twice() {
	refused second_insmod 'exists' insmod "$SPIN_MODULES/spin.ko"
}

# Without its types neither registration fails by itself.
test_module_without_btf() {
	if ! command -v objcopy >/dev/null; then
		echo "skip strip no objcopy here"
		return
	fi
	cp "$SPIN_MODULES/spin.ko" /tmp/spin.ko
	objcopy --remove-section .BTF --remove-section .BTF.base /tmp/spin.ko
	rmmod spin
	log_mark 'spin-suite: no BTF'
	refused refused '.' insmod /tmp/spin.ko
	expect_match says_why 'BTF' "$(log_since 'spin-suite: no BTF')"
	expect_true nothing_is_registered "no /dev/spin" [ ! -e /dev/spin ]
	rm /tmp/spin.ko
	must spin-insmod
}

reload_once() { # ROUND
	insmod "$SPIN_MODULES/spin.ko" || return
	if [ $(($1 % 2)) = 0 ]; then
		spinctl load "$EXT/hello.bpf.o" && spinctl unload hello
	else
		spinctl load "$EXT/udp-echo.bpf.o" &&
			[ "$(udp echo 127.0.0.1 7 32)" = echoed ] &&
			spinctl unload udp-echo
	fi && rmmod spin
}

# slab_growth ROUNDS - caches that grew by one object a round, from two censuses
# on standard input. The counts are right to a few pages per processor, so this
# finds something in a soak; the debug kernel has kmemleak.
slab_growth() {
	awk -v rounds="$1" -v cpus="$(nproc)" '
		!($1 in was) { was[$1] = $2; next }
		$2 - was[$1] >= rounds * 0.9 && $2 - was[$1] > 4 * cpus * $3 {
			printf "%s: %+d ", $1, $2 - was[$1]
		}'
}

test_reload() {
	local rounds=$((SOAK > 1 ? SOAK : 25)) i before slab out=''
	must rmmod spin
	for i in 1 2 3; do
		reload_once "$i" >/dev/null 2>&1
	done
	before=$(census) slab=$(census --slab)
	for ((i = 1; i <= rounds; i++)); do
		out=$(reload_once "$i" 2>&1) || break
	done
	expect rounds $((rounds + 1)) "$i" || echo "# $out"
	expect objects '' "$(census --wait "$before")"
	expect slab_objects '' "$({ echo "$slab"; census --slab; } | slab_growth "$rounds")"
	[ -e /dev/spin ] || must spin-insmod
}

# Raises that run while the handler is taken away.
test_unload_under_flood() {
	local i flood out
	udp flood 127.0.0.1 4244 $((SOAK > 1 ? SOAK_SECONDS / 8 : 8)) 64 >/tmp/flood &
	flood=$!
	for ((i = 0; i < 100000; i++)); do
		kill -0 $flood 2>/dev/null || break
		out=$(spinctl load "$FIXTURES/fixture-verdict.bpf.o" --set verdict=1 2>&1) || break
		eventually 5 var_is verdict packets -gt 0 || out='no packet was seen'
		spinctl unload verdict >/dev/null 2>/tmp/unload || { out=$(cat /tmp/unload); break; }
	done
	wait $flood
	expect_true rounds "at least 2 loads and unloads: $out" [ "$i" -ge 2 ]
	expect unloaded '' "$(extensions)"
	echo "# $i rounds under $(cat /tmp/flood) datagrams"
}
