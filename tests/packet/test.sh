# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Udp.PacketArrived obeys what a socket obeys: name spaces, IPsec, connection
# tracking, routes; and Udp.PacketSend misses nothing.

echo_up() {
	peer_up
	load "$EXT/udp-echo.bpf.o" --set port=4007
}

echo_down() {
	unload udp-echo
	peer_down
}

test_packet_name_spaces() {
	name-spaces
}

# The one that was asked: also one that is no interface's, and no answer from one
# that is no host's.
test_packet_reply_address() {
	local mac
	echo_up
	ip addr add 10.77.0.9/24 dev spin0
	ip route add local 192.0.2.1 dev lo
	ip -n peer route add 192.0.2.1 via 10.77.0.1
	expect second_address echoed "$(in_peer udp echo 10.77.0.9 4007 64)"
	expect address_of_no_interface echoed "$(in_peer udp echo 192.0.2.1 4007 64)"
	expect loopback echoed "$(udp echo 127.0.0.2 4007 64)"
	# our broadcast address, in a frame to us alone
	mac=$(cat /sys/class/net/spin0/address)
	ip -n peer route add 10.77.0.255 dev spin1
	ip -n peer route del broadcast 10.77.0.255 table local
	ip -n peer neigh add 10.77.0.255 lladdr "$mac" dev spin1
	in_peer udp send 10.77.0.255 4007 64
	expect_true broadcast_is_seen "failed = 1" eventually 5 var_is udp-echo failed = 1
	expect broadcast_is_not_answered 3 "$(var udp-echo echoed)"
	# nor with more than the way back takes
	ip route add 10.77.0.2/32 dev spin0 mtu 1280
	expect_match too_large_to_go_back 'no reply' "$(in_peer udp echo 10.77.0.1 4007 1253)"
	expect too_large_is_counted '3 2' "$(var udp-echo echoed) $(var udp-echo failed)"
	expect as_large_as_may_be echoed "$(in_peer udp echo 10.77.0.1 4007 1252)"
	ip route del local 192.0.2.1 dev lo
	echo_down
}

vrf_reaches() {
	ping -q -c 1 -W 1 -I red "$1" >/dev/null
}

# The route is in the table of the VRF, not in the main one, whose default route
# leads elsewhere.
test_packet_reply_vrf() {
	echo_up
	ip link add red type vrf table 10
	ip link set red up
	ip link set spin0 master red
	ip route add local 192.0.2.1 dev red table 10
	ip -n peer route add 192.0.2.1 via 10.77.0.1
	ip link add other0 type dummy
	ip addr add 10.79.0.1/24 dev other0
	ip link set other0 up
	ip route add default via 10.79.0.2
	expect_true vrf_is_up "the peer is reached" eventually 5 \
		vrf_reaches 10.77.0.2
	expect comes_back echoed "$(in_peer udp echo 10.77.0.1 4007 64 64)"
	expect address_of_the_vrf echoed "$(in_peer udp echo 192.0.2.1 4007 64)"
	expect counted 3 "$(var udp-echo echoed)"
	expect none_failed 0 "$(var udp-echo failed)"
	ip link del other0
	ip link del red
	echo_down
}

# Marked packets are answered with their mark, if the name space says so.
test_packet_reply_mark() {
	echo_up
	ip -n peer addr add 10.99.0.2/32 dev lo
	ip route add 10.99.0.2 via 10.77.0.2 table 77
	ip rule add fwmark 7 lookup 77
	nft -f - <<'NFT'
table ip packet {
	chain in {
		type filter hook prerouting priority 0;
		udp dport 4007 meta mark set 7
	}
	chain out {
		type filter hook output priority 0;
		udp sport 4007 meta mark 7 counter
	}
}
NFT
	expect_match no_route_without_mark 'no reply' \
		"$(in_peer udp echo-from 10.99.0.2 10.77.0.1 4007 64)"
	expect counted_as_failed 1 "$(var udp-echo failed)"
	sysctl -q -w net.ipv4.fwmark_reflect=1
	expect by_its_route echoed "$(in_peer udp echo-from 10.99.0.2 10.77.0.1 4007 64)"
	expect_match with_its_mark 'packets 1 ' "$(nft list chain ip packet out)"
	sysctl -q -w net.ipv4.fwmark_reflect=0
	nft delete table ip packet
	ip rule del fwmark 7 lookup 77
	echo_down
}

# "Only by ESP", and there is none: neither a socket nor a handler gets it.
test_packet_ipsec() {
	local policy=(src 10.77.0.2 dst 10.77.0.1 proto udp dport 4244 dir in)
	peer_up
	load "$FIXTURES/udp/use/verdict.bpf.o" --set verdict=0
	must ip xfrm policy add "${policy[@]}" tmpl src 10.77.0.2 dst 10.77.0.1 \
		proto esp mode transport level required
	start udp list 4244 64 10
	in_peer udp send 10.77.0.1 4244 64
	in_peer udp send 10.77.0.1 4999 1
	expect_started no_socket_gets_it ''
	expect no_handler_does 0 "$(var verdict packets)"
	must ip xfrm policy delete "${policy[@]}"
	start udp list 4244 64 10
	in_peer udp send 10.77.0.1 4244 64
	in_peer udp send 10.77.0.1 4999 1
	expect_started without_policy_it_arrives 0
	expect without_policy_it_is_handled 1 "$(var verdict packets)"
	unload verdict
	peer_down
}

# ---- connection tracking ----

only_established() {
	nft -f - <<'NFT'
table ip packet {
	chain out {
		type filter hook output priority 0; policy drop;
		ct state established,related accept
	}
}
NFT
}

tracked() { # PORT - entries of connections that were sent to it
	conntrack -L -p udp --orig-port-dst "$1" 2>&1 | grep -c "dport=$1 "
}

# It is as with an ordinary program on that port: its answers are the connection's.
test_packet_conntrack() {
	echo_up
	nft -f - <<'NFT'
table ip packet {
	chain in {
		type nat hook prerouting priority -100;
		udp dport 7777 redirect to :4007
	}
}
NFT
	expect behind_a_redirect echoed "$(in_peer udp echo 10.77.0.1 7777 64 64)"
	nft delete table ip packet
	only_established
	expect established echoed "$(in_peer udp echo 10.77.0.1 4007 64 64)"
	expect one_entry_a_connection 1 "$(tracked 4007)"
	nft delete table ip packet
	echo_down
}

# What is dropped makes no entry, what is consumed without an answer does.
test_packet_conntrack_verdicts() {
	local verdict
	peer_up
	only_established
	for verdict in 0:1 1:1 2:0; do
		load "$FIXTURES/udp/use/verdict.bpf.o" --set verdict="${verdict%:*}"
		conntrack -F >/dev/null 2>&1
		start udp list 4244 64 10
		in_peer udp send 10.77.0.1 4244 64
		in_peer udp send 10.77.0.1 4999 1
		wait "$STARTED"
		expect "verdict_${verdict%:*}" "${verdict#*:}" "$(tracked 4244)"
		unload verdict
	done
	nft delete table ip packet
	peer_down
}

# A packet of many datagrams of which some are passed on, to an ordinary program
# whose answers are the connection's, too.
test_packet_conntrack_burst() {
	peer_up
	only_established
	load "$FIXTURES/udp/use/burst.bpf.o"
	start udp serve 4247
	expect answers '0 3 6 9' "$(in_peer udp burst 10.77.0.1 4247 500 6000 4)"
	in_peer udp send 10.77.0.1 4999 1
	expect_started all_were_sent '4 served'
	expect one_raise_each 12 "$(var burst packets)"
	unload burst
	nft delete table ip packet
	peer_down
}

# ---- how long one packet may take ----

# numbers COUNT - from 0
numbers() {
	seq -s ' ' 0 $(($1 - 1))
}

# burst_to_4247 - 100 datagrams of 64 bytes in one packet; sets PASSED to the
# numbers of those that a socket got, and REFUSED to how many raises were refused
burst_to_4247() {
	local before
	before=$(look event Udp.PacketArrived refused)
	start udp list 4247 64 10
	udp segments 127.0.0.1 4247 64 6400
	wait "$STARTED"
	PASSED=$(tail -n 1 /tmp/started)
	REFUSED=$(($(look event Udp.PacketArrived refused) - before))
}

# What one raise may take, 1,000,000, is not taken by each datagram of a packet:
# here it is at least 5 * 3600 by each, and at most 5 * 4160. What is beyond is
# dropped, so that no filter misses it, and is counted.
test_packet_bound() {
	local raised PASSED REFUSED
	load "$FIXTURES/packet/contain/dear.bpf.o"
	burst_to_4247
	raised=$(var dear packets)
	expect_true some_are_raised "48 to 56 of them, not $raised" \
		[ "$raised" -ge 48 -a "$raised" -le 56 ]
	expect others_are_counted $((100 - raised)) "$REFUSED"
	expect others_are_dropped "$(numbers "$raised")" "$PASSED"
	# the next packet has as much again
	burst_to_4247
	expect next_packet_too $((2 * raised)) "$(var dear packets)"
	unload dear

	# handlers that do not run are not charged
	load "$FIXTURES/packet/contain/dear.bpf.o" --set port=4248
	burst_to_4247
	expect all_pass_where_none_runs "$(numbers 100)" "$PASSED"
	expect none_is_refused 0 "$REFUSED"
	unload dear
}

# ---- the packet is the answer ----

ANSWERS=/spin/tests/packet/answers.py

# Once with the packet itself, where nobody else is to have it; else with copies.
test_packet_answers() {
	local case times verdict passed
	peer_up
	# times answered, verdict, datagrams that a socket gets
	for case in 1:1:0 1:2:0 1:0:1 2:1:0 2:0:1; do
		IFS=: read -r times verdict passed <<<"$case"
		load "$FIXTURES/packet/use/answer.bpf.o" --set times="$times" \
			--set verdict="$verdict"
		start udp list 4249 64 10
		expect "times_${times}_verdict_$verdict" "$times" \
			"$(in_peer python3 $ANSWERS ask 10.77.0.1 4249 "$times")"
		in_peer udp send 10.77.0.1 4999 1
		wait "$STARTED"
		expect "passed_on_by_verdict_$verdict" "$passed" \
			"$(tail -n 1 /tmp/started | wc -w)"
		expect later_handlers_see_it_as_it_came $((0x7571)) \
			"$(var answer seen_behind)"
		expect all_were_answered "$times" "$(var answer answered)"
		unload answer
	done
	peer_down
}

# What is on the way here only does not go back; what others look at stays as it is.
test_packet_answers_are_clean() {
	peer_up
	load "$FIXTURES/packet/use/answer.bpf.o"
	expect ip_options 1 "$(in_peer python3 $ANSWERS ask 10.77.0.1 4249 1 options)"
	expect no_checksum 1 "$(in_peer python3 $ANSWERS ask 10.77.0.1 4249 1 unsummed)"
	start python3 $ANSWERS tap spin0 4249 2
	in_peer sysctl -q -w net.ipv4.ip_default_ttl=7
	expect beside_a_tap 1 "$(in_peer python3 $ANSWERS ask 10.77.0.1 4249 1)"
	expect_started tap_sees_both 'to 7 question, from 64 question'
	unload answer
	peer_down
}

# Bindings that are found by a port: what comes to others does not raise the event.
test_packet_other_ports() {
	local before
	load "$FIXTURES/packet/use/keyed.bpf.o"
	before=$(look event Udp.PacketArrived raised)
	expect its_port nothing "$(udp deliver 4250)"
	expect another_port received "$(udp deliver 4251)"
	expect same_low_bits received "$(udp deliver $((4250 + 1024)))"
	expect is_handled 1 "$(var keyed packets)"
	expect raised_for_its_own_and_the_like 2 \
		$(($(look event Udp.PacketArrived raised) - before))
	# one that is for all ports, and goes again
	load "$FIXTURES/udp/use/verdict.bpf.o" --set verdict=1
	expect for_all_ports nothing "$(udp deliver 4244)"
	unload verdict
	expect none_again received "$(udp deliver 4244)"
	expect its_port_still nothing "$(udp deliver 4250)"
	unload keyed
}

# ---- what is sent ----

SENDS=/spin/tests/udp/sends.py

# A raise that nobody could be asked in is not one that passes: what a handler sends
# to its own event, and what is nested too deep, is dropped.
test_packet_send_nested() {
	local before
	must insmod "$SPIN_MODULES/tests/spin_events.ko"
	load "$FIXTURES/packet/contain/nested.bpf.o"
	before=$(look event Udp.PacketSend refused)
	start udp list 4252 1 10
	expect outer_is_sent sent "$(python3 $SENDS plain 127.0.0.1 4252 1)"
	udp send 127.0.0.1 4999 1
	expect_started only_the_outer_arrives 0
	expect handler_ran_once 1 "$(var nested own)"
	expect inner_is_refused '-1 1' \
		"$(var nested own_result) $(($(look event Udp.PacketSend refused) - before))"
	expect unseen_port_is_not 0 "$(var nested unseen_result)"
	# raises of another event, the innermost of which sends: at most four in all
	expect three_deep 'sent 0 1' \
		"$(python3 $SENDS raise 2) $(var nested deep_result) $(var nested deep)"
	expect four_deep 'sent -1 1' \
		"$(python3 $SENDS raise 3) $(var nested deep_result) $(var nested deep)"
	expect is_counted 2 $(($(look event Udp.PacketSend refused) - before))
	unload nested
	expect_true rmmod_events "the module is free" eventually 20 rmmod_events
}

rmmod_events() {
	rmmod spin_events 2>/dev/null
}

# In a VRF a datagram passes the filters twice; it is one datagram.
test_packet_send_vrf() {
	peer_up
	load "$FIXTURES/udp/use/sent.bpf.o"
	ip link add red type vrf table 10
	ip link set red up
	ip link set spin0 master red
	expect_true vrf_is_up "the peer is reached" eventually 5 \
		vrf_reaches 10.77.0.2
	expect to_the_peer sent "$(python3 $SENDS plain 10.77.0.2 4251 64 device red)"
	expect once 1 "$(var sent packets)"
	expect leaves_by "$(cat /sys/class/net/spin0/ifindex)" "$(var sent last_ifindex)"
	expect to_itself sent "$(python3 $SENDS plain 10.77.0.1 4251 64 device red)"
	expect once_more 2 "$(var sent packets)"
	expect to_itself_by "$(cat /sys/class/net/red/ifindex)" "$(var sent last_ifindex)"
	# a queue of the VRF's own: it leaves the one device, and then the other
	must tc qdisc replace dev red root pfifo_fast
	expect by_a_queue sent "$(python3 $SENDS plain 10.77.0.2 4251 64 device red)"
	expect twice 4 "$(var sent packets)"
	must tc qdisc del dev red root
	unload sent
	load "$FIXTURES/udp/use/sent.bpf.o" --set verdict=2
	expect dropped EPERM "$(python3 $SENDS plain 10.77.0.1 4251 64 device red)"
	start in_peer udp list 4251 64 10
	python3 $SENDS plain 10.77.0.2 4251 64 device red >/dev/null
	python3 $SENDS plain 10.77.0.2 4999 1 device red >/dev/null
	expect_started dropped_on_its_way ''
	expect both_were_seen 2 "$(var sent packets)"
	ip link del red
	unload sent
	peer_down
}

# Behind the packet filter: what that drops is not seen, what it changes is.
test_packet_send_filter() {
	load "$FIXTURES/udp/use/sent.bpf.o"
	nft -f - <<'NFT'
table ip packet {
	chain out {
		type filter hook output priority 0;
		udp dport 4255 drop
	}
	chain change {
		type nat hook output priority -100;
		udp dport 4256 dnat to 127.0.0.1:4251
	}
}
NFT
	expect dropped_by_a_rule EPERM "$(python3 $SENDS plain 127.0.0.1 4255 64)"
	expect changed_by_a_rule sent "$(python3 $SENDS plain 127.0.0.1 4256 64)"
	expect seen_as_it_leaves 1 "$(var sent packets)"
	nft delete table ip packet
	unload sent
}

# Whole, and in the clear; then what IPsec makes of it, where that is UDP again.
test_packet_send_ipsec() {
	local way=(src 10.77.0.1 dst 10.77.0.2)
	peer_up
	must ip xfrm state add "${way[@]}" proto esp spi 7 reqid 7 mode transport \
		enc 'cbc(aes)' 0x000102030405060708090a0b0c0d0e0f \
		auth 'hmac(sha1)' 0x000102030405060708090a0b0c0d0e0f10111213 \
		encap espinudp 4500 4500 0.0.0.0
	must ip xfrm policy add "${way[@]}" proto udp dport 4251 dir out \
		tmpl "${way[@]}" proto esp reqid 7 mode transport
	load "$FIXTURES/udp/use/sent.bpf.o"
	expect sent sent "$(python3 $SENDS plain 10.77.0.2 4251 64)"
	expect seen_in_the_clear "1 64 $((16#5d3e1f00))" \
		"$(var sent packets) $(var sent lens | cut -d' ' -f1) $(var sent firsts | cut -d' ' -f1)"
	unload sent
	load "$FIXTURES/udp/use/sent.bpf.o" --set port=4500
	expect sent_again sent "$(python3 $SENDS plain 10.77.0.2 4251 64)"
	expect encrypted_is_seen 1 "$(var sent packets)"
	expect_true encrypted_is_larger "it has headers of its own" \
		[ "$(var sent bytes)" -gt 72 ]
	unload sent
	must ip xfrm policy flush
	must ip xfrm state flush
	peer_down
}

# What no program sends: a tunnel's.
test_packet_send_of_the_kernel() {
	peer_up
	must ip link add vx0 type vxlan id 7 remote 10.77.0.2 dstport 4789 dev spin0
	must ip addr add 10.88.0.1/24 dev vx0
	must ip link set vx0 up
	must ip neigh replace 10.88.0.2 dev vx0 nud permanent lladdr 02:00:00:00:00:02
	load "$FIXTURES/udp/use/sent.bpf.o" --set port=4251
	expect inner sent "$(python3 $SENDS plain 10.88.0.2 4251 64)"
	expect inner_is_seen "1 64" "$(var sent packets) $(var sent bytes)"
	unload sent
	load "$FIXTURES/udp/use/sent.bpf.o" --set port=4789 --set verdict=2
	expect inner_of_a_tunnel_that_is_closed sent "$(python3 $SENDS plain 10.88.0.2 4251 64)"
	expect_true outer_is_seen "and dropped" [ "$(var sent packets)" -ge 1 ]
	unload sent
	must ip link del vx0
	peer_down
}

test_packet_send_needs_net_admin() {
	refused without_it 'PacketSend.*CAP_NET_ADMIN' capsh --drop=cap_net_admin -- -c \
		"spinctl load $FIXTURES/udp/use/sent.bpf.o"
	load "$FIXTURES/udp/use/sent.bpf.o"
	unload sent
}

# The framework's own answers: the packet itself, and a copy besides.
test_packet_send_answers() {
	local times
	peer_up
	for times in 1 2; do
		load "$FIXTURES/packet/use/answer.bpf.o" --set times="$times" \
			--set verdict=1
		load "$FIXTURES/udp/use/sent.bpf.o" --set port=4249
		expect "${times}_arrive" "$times" \
			"$(in_peer python3 $ANSWERS ask 10.77.0.1 4249 "$times")"
		expect "${times}_are_seen" "$times" "$(var sent packets)"
		expect "${times}_bytes" $((8 * times)) "$(var sent bytes)"
		unload sent
		load "$FIXTURES/udp/use/sent.bpf.o" --set port=4249 --set verdict=2
		expect "${times}_dropped" 0 \
			"$(in_peer python3 $ANSWERS ask 10.77.0.1 4249 1)"
		expect "${times}_dropped_are_seen" "$times" "$(var sent packets)"
		unload sent
		unload answer
	done
	peer_down
}
