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
