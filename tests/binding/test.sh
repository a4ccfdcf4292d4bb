# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Bindings that are made at run time: by spinctl, and by the example that installs
# a handler for each subscriber.

test_subscriber() {
	load "$EXT/per-subscriber.bpf.o" --set port=7100 --set lease_s=3600
	subscribe 7100 200
	expect there_are 200 "$(var per-subscriber now)"
	expect subscribed 201 "$(var per-subscriber subscribed)"
	expect left 1 "$(var per-subscriber left)"
	expect expired 0 "$(var per-subscriber expired)"
	expect failed 0 "$(var per-subscriber failed)"
	unload per-subscriber
}

test_subscriber_lease() {
	load "$EXT/per-subscriber.bpf.o" --set port=7100 --set lease_s=3
	subscribe 7100 expire
	expect_true expired "3 or more" var_is per-subscriber expired -ge 3
	expect there_are 0 "$(var per-subscriber now)"
	expect failed 0 "$(var per-subscriber failed)"
	unload per-subscriber
}

# Gone with the extension, while datagrams come.
test_subscriber_unload() {
	local i flood
	for i in 1 2 3; do
		load "$EXT/per-subscriber.bpf.o" --set port=7100
		udp flood 127.0.0.1 7100 1000 64 >/dev/null &
		flood=$!
		printf SUBSCRIBE >/dev/udp/127.0.0.1/7100
		eventually 5 var_is per-subscriber now -eq 1 ||
			expect "subscribed_$i" 1 "$(var per-subscriber now)"
		unload per-subscriber
		expect_true flooded_$i "datagrams came all the while" kill $flood
		wait $flood
	done
	expect unloaded '' "$(extensions)"
}

# What an extension may say of its templates, and what becomes of them.
test_templates_with_slots() {
	local out
	out=$(spinctl load "$FIXTURES/binding/use/slots.bpf.o" 2>&1)
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

# Ten thousand bindings are listed, run and gone. How long that takes is for the
# benchmarks.
test_ten_thousand_bindings() {
	local start
	load "$FIXTURES/binding/use/slots.bpf.o"
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
