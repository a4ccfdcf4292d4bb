# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Udp.PacketArrived: which packets raise it, and what verdicts do.

test_echo_on_loopback() {
	load "$EXT/udp-echo.bpf.o" --set port=4007
	expect sizes echoed "$(udp echo 127.0.0.1 4007 0 1 2 128 1400 1472 4000 16000)"
	expect counted 8 "$(var udp-echo echoed)"
	expect handler_ran 8 "$(look binding udp-echo echo_service run)"
	unload udp-echo
	expect_match nobody_answers_then 'no reply|refused' "$(udp echo 127.0.0.1 4007 8 2>&1)"
}

test_echo_between_hosts() {
	peer_up
	load "$EXT/udp-echo.bpf.o" --set port=4007
	expect sizes echoed "$(in_peer udp echo 10.77.0.1 4007 0 1 64 1400 1472)"
	# larger than the way back takes: counted, not answered, not cut
	in_peer udp send 10.77.0.1 4007 4000
	expect_true too_large_is_counted "failed = 1" eventually 3 \
		var_is udp-echo failed = 1
	unload udp-echo
	peer_down
}

test_verdicts() {
	local verdict want
	for verdict in 0:received 1:nothing 2:nothing 77:received; do
		want=${verdict#*:} verdict=${verdict%:*}
		load "$FIXTURES/udp/use/verdict.bpf.o" --set verdict="$verdict"
		expect "verdict_$verdict" "$want" "$(udp deliver 4244 64)"
		expect "verdict_${verdict}_seen" 1 "$(var verdict packets)"
		case $verdict in
		77) expect unknown_verdict_is_counted 1 "$(look binding verdict judge_it errors)" ;;
		0)
			expect payload_is_seen 64 "$(var verdict last_len)"
			expect source_is_seen $((16#0100007f)) "$(var verdict last_saddr)"
			expect guard_said_yes 1 "$(look binding verdict judge_it guard_true)"
			expect_true guard_said_no "for the marker" \
				[ "$(look binding verdict judge_it guard_false)" -ge 1 ]
			;;
		esac
		unload verdict
	done
}

test_order() {
	load "$FIXTURES/udp/use/order.bpf.o"
	udp deliver 4243 8 >/dev/null
	expect order '6 3 1 4 2 5' "$(var order ran | cut -d' ' -f1-6)"
	expect first_position 0 "$(look binding order binding6 position)"
	expect last_position 5 "$(look binding order binding5 position)"
	expect one_is_not_first 'binding6 binding3* binding1 binding4 binding2* binding5' \
		"$(in_order Udp.PacketArrived)"
	unload order

	load "$FIXTURES/udp/use/order.bpf.o" --set ends_at=1
	expect consumed nothing "$(udp deliver 4243 8)"
	expect later_handlers_do_not_run '6 3 1 0' "$(var order ran | cut -d' ' -f1-4)"
	expect raised_once 1 "$(look binding order binding6 run)"
	expect not_run 0 "$(look binding order binding5 run)"
	unload order
}

in_order() { # EVENT - names of its bindings, with * those that are misplaced
	spinctl -j event show "$1" |
		jq -r '[.bindings[] | .name + if .misplaced then "*" else "" end] | join(" ")'
}

# What others are before or after has its place between them when it comes again.
test_order_when_loaded_again() {
	load "$EXT/udp-echo.bpf.o" --set port=4246
	load "$FIXTURES/udp/use/beside.bpf.o"
	expect loaded 'in_front echo_service behind' "$(in_order Udp.PacketArrived)"
	load "$FIXTURES/udp/use/verdict.bpf.o" --set verdict=0
	unload udp-echo
	expect_match is_gone '^in_front\* behind\* ' "$(in_order Udp.PacketArrived)"
	expect_match says_so 'behind +.*not after' "$(spinctl event show Udp.PacketArrived)"
	load "$EXT/udp-echo.bpf.o" --set port=4246
	expect_match loaded_again '^in_front echo_service behind [a-z_]+$' \
		"$(in_order Udp.PacketArrived)"
	expect echoes echoed "$(udp echo 127.0.0.1 4246 10 20)"
	expect is_before 2 "$(var beside seen_before)"
	expect is_after 0 "$(var beside seen_after)"
	unload udp-echo
	must spinctl ext upgrade "$FIXTURES/udp/use/beside.bpf.o"
	load "$EXT/udp-echo.bpf.o" --set port=4246
	expect_match upgraded '^in_front echo_service behind [a-z_]+$' \
		"$(in_order Udp.PacketArrived)"
	unload beside
	unload verdict
	unload udp-echo
}

# Two extensions on one event, the second unloaded and loaded again.
test_two_extensions() {
	load "$FIXTURES/udp/use/verdict.bpf.o" --set verdict=0
	load "$EXT/udp-echo.bpf.o" --set port=4244
	expect both_run echoed "$(udp echo 127.0.0.1 4244 10 20)"
	expect first_saw_them 2 "$(var verdict packets)"
	unload verdict
	expect one_runs echoed "$(udp echo 127.0.0.1 4244 30)"
	unload udp-echo
	expect event_has_no_binding 0 "$(look event Udp.PacketArrived bindings)"
}

test_wrong_checksum() {
	load "$FIXTURES/udp/use/verdict.bpf.o" --set verdict=0
	expect not_delivered nothing "$(udp badsum 4244)"
	expect not_raised 0 "$(var verdict packets)"
	expect right_one_is_delivered received "$(udp deliver 4244)"
	expect right_one_is_raised 1 "$(var verdict packets)"
	unload verdict
}

test_fragments() {
	peer_up
	load "$FIXTURES/udp/use/verdict.bpf.o" --set verdict=1
	in_peer udp send 10.77.0.1 4244 5000
	expect_true whole_datagram "1 packet" eventually 3 var_is verdict packets = 1
	expect length 5000 "$(var verdict last_len)"
	unload verdict
	peer_down
}

# Datagrams that travel as one packet: one raise for each, a verdict for each.
segments_case() { # NAME SENDER... - 20 datagrams of 100 bytes, then one of 37
	local name=$1 i lens='' firsts=''
	shift
	load "$FIXTURES/udp/use/burst.bpf.o"
	start udp list 4247 100 10
	"$@"
	expect_started "${name}_passed" '0 3 6 9 12 15 18'
	expect "${name}_raised" 21 "$(var burst packets)"
	for i in {0..19}; do
		lens+="100 "
	done
	expect "${name}_lengths" "${lens}37" "$(var burst lens | cut -d' ' -f1-21)"
	# first bytes: number, then what fill() in udp.c makes of it
	for i in {0..20}; do
		firsts+="$((i + (((31 + i) % 256) << 8) + (((62 + i) % 256) << 16) + (((93 + i) % 256) << 24))) "
	done
	expect "${name}_first_bytes" "${firsts% }" "$(var burst firsts | cut -d' ' -f1-21)"
	expect "${name}_last_byte" $((36 * 31 % 256 + 20)) "$(var burst lasts | cut -d' ' -f21)"
	unload burst
}

test_segmented_packets() {
	segments_case loopback udp segments 127.0.0.1 4247 100 2037
	peer_up
	segments_case veth in_peer udp segments 10.77.0.1 4247 100 2037
	peer_down
}

test_other_name_space() {
	peer_up
	load "$FIXTURES/udp/use/verdict.bpf.o" --set verdict=2
	# inside of the other one: not ours to see
	in_peer ip addr show lo >/dev/null
	expect not_ours received "$(in_peer udp deliver 4244)"
	expect not_seen 0 "$(var verdict packets)"
	expect ours nothing "$(udp deliver 4244)"
	unload verdict

	# loaded over there: its packets, not ours
	must in_peer spinctl load "$FIXTURES/udp/use/verdict.bpf.o" --set verdict=2
	expect theirs_is_ours_not received "$(udp deliver 4244)"
	expect theirs nothing "$(in_peer udp deliver 4244)"
	expect theirs_is_seen 1 "$(var verdict packets)"
	unload verdict
	peer_down
}

# The name space goes away under the extension.
test_name_space_deleted() {
	peer_up
	must in_peer spinctl load "$FIXTURES/udp/use/verdict.bpf.o" --set verdict=1
	in_peer udp deliver 4244 >/dev/null
	peer_down
	expect still_listed verdict "$(extensions)"
	expect can_be_looked_at 1 "$(var verdict packets)"
	unload verdict
	expect_true no_name_space_is_kept "no netns of ours" [ -z "$(ip netns list)" ]
}

# ---- Udp.PacketSend ----

SENDS=/spin/tests/udp/sends.py

# Beside the result: is it told to the sender? A datagram of 64 bytes on loopback.
test_send_verdicts() {
	local verdict told got
	for verdict in 0:sent:0 1:sent: 2:EPERM: 77:sent:0; do
		IFS=: read -r verdict told got <<<"$verdict"
		load "$FIXTURES/udp/use/sent.bpf.o" --set verdict="$verdict"
		start udp list 4251 64 10
		expect "verdict_${verdict}_sender" "$told" \
			"$(python3 $SENDS plain 127.0.0.1 4251 64)"
		udp send 127.0.0.1 4999 1
		expect_started "verdict_${verdict}_receiver" "$got"
		expect "verdict_${verdict}_raised" 1 "$(var sent packets)"
		if [ "$verdict" = 77 ]; then
			expect unknown_verdict_is_counted 1 "$(look binding sent judge_it errors)"
		fi
		unload sent
	done
	expect event_has_no_binding 0 "$(look event Udp.PacketSend bindings)"
}

# What a handler sees of a datagram, and that it cannot answer one that goes out.
test_send_context() {
	peer_up
	load "$FIXTURES/udp/use/sent.bpf.o"
	expect sent sent "$(python3 $SENDS plain 10.77.0.2 4251 64)"
	expect addresses "$((16#01004d0a)) $((16#02004d0a))" \
		"$(var sent last_saddr) $(var sent last_daddr)"
	expect leaves_by "$(cat /sys/class/net/spin0/ifindex)" "$(var sent last_ifindex)"
	expect payload "64 $((16#5d3e1f00)) $((63 * 31 & 255))" \
		"$(var sent lens | cut -d' ' -f1) $(var sent firsts | cut -d' ' -f1) $(var sent lasts | cut -d' ' -f1)"
	expect has_no_answer 1 "$(var sent no_answers)"
	# IP options are a header, not payload
	expect with_options sent "$(python3 $SENDS plain 10.77.0.2 4251 32 options)"
	expect payload_behind_options "32 $((16#5d3e1f00)) $((31 * 31 & 255))" \
		"$(var sent lens | cut -d' ' -f2) $(var sent firsts | cut -d' ' -f2) $(var sent lasts | cut -d' ' -f2)"
	# more than the device takes at once: whole, and so it arrives
	start in_peer udp list 4251 5000 10
	expect large sent "$(python3 $SENDS plain 10.77.0.2 4251 5000)"
	udp send 10.77.0.2 4999 1
	expect_started arrives_whole 0
	expect is_seen_whole "5000 $(((4999 * 31 + (4999 >> 8) * 7) & 255))" \
		"$(var sent lens | cut -d' ' -f3) $(var sent lasts | cut -d' ' -f3)"
	expect once_each 3 "$(var sent packets)"
	unload sent
	peer_down
}

# sent_burst NAME SENDER... - 20 datagrams of 100 bytes, then one of 37, in one packet
sent_burst() {
	local name=$1 i lens=''
	shift
	load "$FIXTURES/udp/use/sent.bpf.o" --set port=4247 --set verdict=3
	"$@"
	expect "${name}_raised" 21 "$(var sent packets)"
	for i in {0..19}; do
		lens+="100 "
	done
	expect "${name}_lengths" "${lens}37" "$(var sent lens | cut -d' ' -f1-21)"
	expect "${name}_numbers" "$(seq -s ' ' 0 20)" "$(numbers_seen)"
	expect "${name}_last_byte" $((36 * 31 % 256 + 20)) "$(var sent lasts | cut -d' ' -f21)"
	unload sent
}

# The first byte of each datagram of sent_burst.
numbers_seen() {
	local first seen=''
	for first in $(var sent firsts | cut -d' ' -f1-21); do
		seen+="$((first & 255)) "
	done
	echo "${seen% }"
}

# What is sent as one packet is judged as the datagrams that it will be cut into.
test_send_segmented_packets() {
	start udp list 4247 100 20
	sent_burst loopback udp segments 127.0.0.1 4247 100 2037
	udp send 127.0.0.1 4999 1
	expect_started loopback_passed '0 3 6 9 12 15 18'
	peer_up
	start in_peer udp list 4247 100 20
	sent_burst veth udp segments 10.77.0.2 4247 100 2037
	udp send 10.77.0.2 4999 1
	expect_started veth_passed '0 3 6 9 12 15 18'
	# a device that leaves the cutting, and the sums, to the stack
	must ethtool -K spin0 tx off tx-udp-segmentation off
	start in_peer udp list 4247 100 20
	sent_burst plain_device udp segments 10.77.0.2 4247 100 2037
	udp send 10.77.0.2 4999 1
	expect_started plain_device_passed '0 3 6 9 12 15 18'
	peer_down
}

# Headers made by hand. What is no whole datagram is not sent while somebody looks.
test_send_raw() {
	local shape
	load "$FIXTURES/udp/use/sent.bpf.o"
	for shape in whole options forged; do
		expect "$shape" sent "$(python3 $SENDS raw 127.0.0.1 4251 $shape)"
	done
	expect are_seen 3 "$(var sent packets)"
	expect payload_is_found '64 64 64' "$(var sent lens | cut -d' ' -f1-3)"
	expect forged_source $((16#090200c0)) "$(var sent last_saddr)"
	for shape in first later short long; do
		expect "$shape" EPERM "$(python3 $SENDS raw 127.0.0.1 4251 $shape)"
	done
	expect are_not_seen 3 "$(var sent packets)"
	unload sent
	for shape in first later short long; do
		expect "${shape}_unlooked" sent "$(python3 $SENDS raw 127.0.0.1 4251 $shape)"
	done
}

# Bindings that are found by a port: what goes to others does not raise the event.
test_send_other_ports() {
	local before
	load "$FIXTURES/udp/use/sent-keyed.bpf.o"
	before=$(look event Udp.PacketSend raised)
	expect its_port EPERM "$(python3 $SENDS plain 127.0.0.1 4250 64)"
	expect another_port sent "$(python3 $SENDS plain 127.0.0.1 4251 64)"
	expect same_low_bits sent "$(python3 $SENDS plain 127.0.0.1 $((4250 + 1024)) 64)"
	expect is_handled 1 "$(var sent-keyed packets)"
	expect raised_for_its_own_and_the_like 2 \
		$(($(look event Udp.PacketSend raised) - before))
	# parts by hand: nobody knows which port the later ones are for
	expect fragment EPERM "$(python3 $SENDS raw 127.0.0.1 4251 later)"
	expect short_of_another_port sent "$(python3 $SENDS raw 127.0.0.1 4251 long)"
	unload sent-keyed
}

test_send_other_name_space() {
	peer_up
	load "$FIXTURES/udp/use/sent.bpf.o" --set verdict=2
	expect not_ours sent "$(in_peer python3 $SENDS plain 127.0.0.1 4251 64)"
	expect not_seen 0 "$(var sent packets)"
	expect ours EPERM "$(python3 $SENDS plain 127.0.0.1 4251 64)"
	unload sent
	# loaded over there, which then goes away under the extension
	must in_peer spinctl load "$FIXTURES/udp/use/sent.bpf.o" --set verdict=2
	expect theirs_is_ours_not sent "$(python3 $SENDS plain 127.0.0.1 4251 64)"
	expect theirs EPERM "$(in_peer python3 $SENDS plain 127.0.0.1 4251 64)"
	peer_down
	expect can_be_looked_at 1 "$(var sent packets)"
	unload sent
	expect_true no_name_space_is_kept "no netns of ours" [ -z "$(ip netns list)" ]
}

# It goes while datagrams are sent: none is refused.
test_send_unload_under_load() {
	local i
	flood_begins 4251 4
	for ((i = 0; ; i++)); do
		flood_lasts $i || break
		load "$FIXTURES/udp/use/sent.bpf.o"
		expect_true "raised_in_round_$i" "datagrams are seen" \
			eventually 10 var_is sent packets -gt 0
		unload sent
	done
	flood_ends
	expect_true all_are_sent "datagrams were" [ "$FLOODED" -gt 0 ]
	expect none_is_refused 0 "$FLOOD_REFUSED"
}

told() { # ADDRESS COUNT - what the senders of so many datagrams are told
	local i
	for ((i = 0; i < $2; i++)); do
		python3 $SENDS plain "$1" 4251 64
	done | tr '\n' ' '
}

test_send_limit() {
	refused no_limit 'must not be 0' spinctl load "$EXT/send-limit.bpf.o" --set most=0
	peer_up
	load "$EXT/send-limit.bpf.o" --set most=3 --set seconds=100000
	expect too_many 'sent sent sent EPERM EPERM ' "$(told 10.77.0.2 5)"
	expect another_address 'sent sent ' "$(told 10.77.0.1 2)"
	expect loopback 'sent sent sent sent ' "$(told 127.0.0.1 4)"
	expect counted '5 2' "$(var send-limit passed) $(var send-limit dropped)"
	unload send-limit
	# a while that is over: each datagram begins a new one
	load "$EXT/send-limit.bpf.o" --set most=1 --set seconds=1
	expect first 'sent ' "$(told 10.77.0.2 1)"
	expect_true after_a_while "it is sent" eventually 20 was_sent 10.77.0.2
	unload send-limit
	peer_down
}

was_sent() {
	[ "$(told "$1" 1)" = 'sent ' ]
}
