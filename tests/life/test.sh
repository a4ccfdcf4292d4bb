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
	local i out
	flood_begins 4244 $((SOAK > 1 ? SOAK_SECONDS / 8 : 8))
	for ((i = 0; i < 100000; i++)); do
		flood_lasts "$i" || break
		out=$(spinctl load "$FIXTURES/udp/use/verdict.bpf.o" --set verdict=1 2>&1) || break
		eventually 5 var_is verdict packets -gt 0 || out='no packet was seen'
		spinctl unload verdict >/dev/null 2>/tmp/unload || { out=$(cat /tmp/unload); break; }
	done
	flood_ends
	expect_true rounds "at least 2 loads and unloads: $out" [ "$i" -ge 2 ]
	expect unloaded '' "$(extensions)"
	echo "# $i rounds under $FLOODED datagrams"
}

# An extension gives way to its next version, with all that it holds.
test_upgrade() {
	local out
	head -c 8192 /dev/urandom >"$DATA"/clip
	refused none_loaded "no extension 'upgrade' is loaded" spinctl ext upgrade "$FIXTURES/life/use/upgrade-1.bpf.o"
	expect loads 'loaded upgrade: 1 binding, 1 template, 1 capability' \
		"$(spinctl load "$FIXTURES/life/use/upgrade-1.bpf.o" --grant clip=file:"$DATA"/clip 2>&1)"
	refused taken 'ext upgrade' spinctl load "$FIXTURES/life/use/upgrade-2.bpf.o" --grant clip=file:"$DATA"/clip
	must spinctl binding install upgrade add_it --closure 5
	expect takes nothing "$(udp deliver 4251 8)"
	expect first_version 1 "$(var upgrade version)"

	expect upgrades 'upgraded upgrade: 1 binding, 1 template, 1 capability (1 taken over)' \
		"$(spinctl ext upgrade "$FIXTURES/life/use/upgrade-2.bpf.o" 2>&1)"
	expect one_extension upgrade "$(extensions)"
	expect one_binding 1 "$(spinctl -j binding list upgrade | jq length)"
	expect begins_anew 0 "$(var upgrade taken)"
	expect takes_too nothing "$(udp deliver 4251 8)"
	expect took 1 "$(var upgrade taken)"
	expect second_version 2 "$(var upgrade version)"
	expect_match holds_the_file '/clip' "$(spinctl ext show upgrade)"

	out=$(spinctl ext upgrade "$FIXTURES/life/use/upgrade-2.bpf.o" --grant clip=file:"$DATA"/clip --set port=4252 2>&1)
	expect granted_anew 'upgraded upgrade: 1 binding, 1 template, 1 capability' "$out"
	expect other_port nothing "$(udp deliver 4252 8)"
	refused missing "subtitles.*does not hold.*--grant" spinctl ext upgrade "$FIXTURES/life/use/upgrade-3.bpf.o"
	refused other_kind "clip.*must be a socket.*is a file" spinctl ext upgrade "$FIXTURES/life/use/upgrade-4.bpf.o"
	refused says_no 'not ready' spinctl ext upgrade "$FIXTURES/life/use/upgrade-5.bpf.o"
	expect still_takes nothing "$(udp deliver 4252 8)"
	expect still_the_second '2 2' "$(var upgrade version) $(var upgrade taken)"
	unload upgrade
	expect is_gone '' "$(extensions)"
	rm -f "$DATA"/clip
}

# While datagrams come, versions follow each other.
test_upgrade_under_flood() {
	local i=0 out=''
	head -c 8192 /dev/urandom >"$DATA"/clip
	load "$FIXTURES/life/use/upgrade-1.bpf.o" --grant clip=file:"$DATA"/clip
	flood_begins 4251 $((SOAK > 1 ? SOAK_SECONDS / 8 : 5))
	while flood_lasts $i; do
		out=$(spinctl ext upgrade "$FIXTURES/life/use/upgrade-$((i % 2 + 1)).bpf.o" 2>&1) || break
		i=$((i + 1))
	done
	flood_ends
	expect_true rounds "at least 2 upgrades: $out" [ "$i" -ge 2 ]
	expect takes_still nothing "$(udp deliver 4251 8)"
	expect_true took "at least 1" [ "$(var upgrade taken)" -ge 1 ]
	unload upgrade
	echo "# $i upgrades under $FLOODED datagrams"
	rm -f "$DATA"/clip
}

# traced TYPE... - the command has begun to trace them; what is in the buffers when it
# is told to end it prints
traced() {
	local type
	for type; do
		grep -qsx 1 /sys/kernel/tracing/instances/spinctl-*/events/spin/"spin_$type"/enable || return
	done
}

# What is traced is what happened, and the instance goes with the command.
test_trace() {
	local out=/tmp/trace pid
	load "$FIXTURES/udp/use/order.bpf.o" --set ends_at=1
	spinctl -j trace --event Udp.PacketArrived >$out &
	pid=$!
	expect_true begins "it traces" eventually 60 traced guard handler raise install
	udp deliver 4243 8 >/dev/null
	must spinctl binding install order binding4 --closure 1
	kill -TERM $pid
	wait $pid
	expect status 0 $?
	expect order_of_handlers '6 3 1' "$(jq -r 'select(.type == "handler") | .binding' $out | head -3 | tr -d '[:lower:]' | xargs)"
	expect result_of_the_raise '[1,3]' "$(jq -c 'select(.type == "raise" and .fired == 3) | [.result, .fired]' $out | head -1)"
	expect tells_what_it_was_about 4243 "$(jq -r 'select(.type == "raise" and .fired == 3) | .keys.dport' $out | head -1)"
	expect guards_said_yes 3 "$(jq -r 'select(.type == "guard" and .pass) | .binding' $out | head -3 | wc -l)"
	expect installed binding4 "$(jq -r 'select(.type == "install") | .binding' $out)"
	expect_true in_time "the order of time" jq -se '[.[].time_ns] | . == sort' $out >/dev/null
	expect no_instance_left '' "$(ls /sys/kernel/tracing/instances)"

	spinctl trace --ext loop >$out &
	pid=$!
	expect_true begins_again "it traces" eventually 60 traced refuse
	spinctl load "$FIXTURES/program/refuse/handler-loops.bpf.o" >/dev/null 2>&1
	udp deliver 4243 8 >/dev/null
	kill -INT $pid
	wait $pid
	expect_match refusal 'refuse +loop: .*loops are refused' "$(cat $out)"
	expect_true nothing_else "one line" [ "$(wc -l <$out)" = 1 ]
	expect no_instance_left_either '' "$(ls /sys/kernel/tracing/instances)"
	unload order

	# what has no guard is asked nothing
	spinctl -j trace --event Domain.Initialize >$out &
	pid=$!
	expect_true begins_once_more "it traces" eventually 60 traced guard handler raise
	must spinctl load "$EXT/hello.bpf.o"
	unload hello
	kill -INT $pid
	wait $pid
	expect handler_without_guard 'handler raise' "$(jq -r 'select(.type | IN("guard", "handler", "raise")) | .type' $out | sort -u | xargs)"

	# one that was killed is cleaned up after by the next
	spinctl trace >/dev/null &
	pid=$!
	eventually 10 compgen -G '/sys/kernel/tracing/instances/spinctl-*' >/dev/null
	kill -KILL $pid
	wait $pid 2>/dev/null
	timeout -s INT 0.5 spinctl trace >/dev/null
	expect killed_one_is_gone '' "$(ls /sys/kernel/tracing/instances)"
	refused unknown_event 'no event' spinctl trace --event Udp.Nothing
	refused bad_name 'cannot be' spinctl trace --ext 'x" || 1'
	rm -f $out
}
