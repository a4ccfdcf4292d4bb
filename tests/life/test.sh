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

# What an extension may say of its templates, and what becomes of them.
test_templates_with_slots() {
	local out
	out=$(spinctl load "$FIXTURES/life/use/slots.bpf.o" 2>&1)
	expect loads 'loaded slots: 0 bindings, 1 template, 0 capabilities' "$out"
	expect_match is_listed '^slots +loaded +0 ' "$(spinctl ext list)"
	expect shows_its_template see_it "$(spinctl ext show slots | awk '/^see_it +7 +Udp.PacketArrived +0 / { print $1 }')"
	expect template_as_json '["see_it",7,0]' "$(spinctl -j ext show slots | jq -c '.templates[] | [.name, .slot, .binding_count]')"
	expect has_variables_all_the_same 0 "$(var slots seen)"
	expect_match variables_of_nobody 'no extension .nobody. is loaded' "$(var nobody seen)"
	expect has_no_binding 'it has no bindings' "$(spinctl binding list slots)"
	udp deliver 4250 8 >/dev/null
	out=$(spinctl binding install slots see_it --closure 0x10 --match dport=4250 2>&1)
	expect_match installs '^installed 1 binding of slots/see_it: id [0-9]+$' "$out"
	expect delivers received "$(udp deliver 4250 8)"
	expect saw_its_closure 16 "$(var slots seen)"
	expect_match shows_its_match 'dport=4250' "$(spinctl event show Udp.PacketArrived)"
	expect match_as_json 4250 "$(spinctl -j binding show slots/see_it | jq .match.dport)"
	expect slot 7 "$(look binding slots see_it slot)"
	unload slots
	expect is_gone '' "$(extensions)"
}

# install and remove by hand: order, flags, several at once, names and ids.
test_bindings_by_hand() {
	local out id
	load "$FIXTURES/udp/use/order.bpf.o"
	out=$(spinctl -j binding install order binding1 --order before:order/binding3 --closure 9)
	id=$(jq .installed <<<"$out")
	expect before_the_third '[1,9]' "$(spinctl -j binding show "$id" | jq -c '[.position,.closure]')"
	udp deliver 4243 8 >/dev/null
	expect runs_there '6 1 3 1 4 2 5' "$(var order ran | cut -d' ' -f1-7)"
	refused name_of_two 'id' spinctl binding disable order/binding1
	expect disabled "disabled order/binding1, binding $id of Udp.PacketArrived" "$(spinctl binding disable "$id")"
	expect not_active 'no' "$(spinctl binding show "$id" | awk '$1 == "active" { print $2 }')"
	must spinctl binding enable "$id"
	must spinctl binding remove "$id"
	expect again_one 0 "$(spinctl binding show order/binding1 >/dev/null 2>&1; echo $?)"

	# the first of those that cancel ends the raise
	out=$(spinctl binding install order binding4 --order first --cancel --inactive --count 3 2>&1)
	id=$(sed -n 's/.* ids \([0-9]*\) to .*/\1/p' <<<"$out")
	expect_match three "ids $id to $((id + 2))" "$out"
	expect inactive '["cancel","inactive"]' "$(spinctl -j binding show "$id" | jq -c .flags)"
	must spinctl binding enable $((id + 1))
	udp deliver 4243 8 >/dev/null
	expect ended_by_the_second 1 "$(spinctl -j binding show $((id + 1)) | jq .cancelled)"
	expect none_behind_it 1 "$(look binding order binding5 run)"
	refused of_the_load 'disable' spinctl binding remove order/binding5
	expect removed 0 "$(spinctl binding remove "$id" --count 3 >/dev/null 2>&1; echo $?)"
	refused removed_before 'no binding' spinctl binding remove "$id"
	unload order
}

# Every wrong argument: one sentence, status 2 if no kernel had to be asked.
test_wrong_arguments_about_bindings() {
	local i=order
	load "$FIXTURES/udp/use/order.bpf.o"
	refused no_binding 'no binding 9999' spinctl binding show 9999
	refused no_name 'EXTENSION/NAME' spinctl binding show binding1
	refused no_extension 'nobody.*loaded' spinctl binding show nobody/binding1
	refused no_binding_of_it "has no binding 'x'" spinctl binding disable order/x
	refused no_template "no template 'x'" spinctl binding install $i x
	refused no_extension_to_install 'nobody' spinctl binding install nobody x
	refused closure 'closure' spinctl binding install $i binding1 --closure -1
	refused key 'key' spinctl binding install $i binding1 --key many
	refused order 'order' spinctl binding install $i binding1 --order middle
	refused before_nobody 'no binding 9999' spinctl binding install $i binding1 --order before:9999
	refused count 'count' spinctl binding install $i binding1 --count 0
	refused count_too_large 'count' spinctl binding install $i binding1 --count 65537
	refused match 'FIELD=VALUE' spinctl binding install $i binding1 --match dport
	refused match_field 'has: dport, sport' spinctl binding install $i binding1 --match port=1
	refused match_twice 'twice' spinctl binding install $i binding1 --match dport=1 --match dport=2
	refused match_value 'value' spinctl binding install $i binding1 --match dport=http
	refused match_too_wide 'dport' spinctl binding install $i binding1 --match dport=65536
	refused option_of_another 'no option of event list' spinctl event list --count 3
	refused seconds 'seconds' spinctl binding time 0
	refused event 'no event' spinctl event show Udp.Nothing
	spinctl binding install $i binding1 --count 0 >/dev/null 2>&1
	expect usage_status 2 $?
	expect_match as_json 'count' "$(spinctl -j binding install $i binding1 --count 0 | jq -r .error)"
	expect nothing_was_made 6 "$(spinctl -j binding list order | jq length)"
	unload order
}

test_time_of_bindings() {
	local out
	load "$FIXTURES/clock/use/clock.bpf.o"
	out=$(spinctl -j binding time 0.5)
	expect all_that_ran 3 "$(jq length <<<"$out")"
	expect_match takes_time '^true$' "$(jq 'all(.ns_per_raise > 0 and .raises_per_second > 0)' <<<"$out")"
	expect_match table 'NS PER RAISE' "$(spinctl binding time 0.2)"
	expect_true stops "no further time" time_stands
	unload clock
}

time_stands() {
	local was
	was=$(look binding clock time timed)
	sleep 0.2
	[ "$(look binding clock time timed)" -le $((was + 1)) ]
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

# Ten thousand bindings are listed, run and gone. How long that takes is for the
# benchmarks.
test_ten_thousand_bindings() {
	local start
	load "$FIXTURES/life/use/slots.bpf.o"
	must spinctl binding install slots see_it --count 10000 --match dport=4250 --closure 1
	expect listed_and_last_position '[10000,9999]' \
		"$(spinctl -j binding list slots | jq -c '[length, .[-1].position]')"
	start=$EPOCHREALTIME
	udp deliver 4250 8 >/dev/null
	expect handlers_run 10000 "$(var slots seen)"
	echo "# a datagram to 10,000 handlers: $(since "$start") s"
	start=$EPOCHREALTIME
	unload slots
	echo "# unloaded in $(since "$start") s"
	expect are_gone '' "$(extensions)"
}
