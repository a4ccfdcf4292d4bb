# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Sending in bulk: done where nothing on the way would look at the datagrams, and
# nowhere else. Each condition is made false, the ordinary way is seen to be
# taken, and what asked for it to have its way.

# shellcheck source=tests/suite/51-send.sh
. "$here/51-send.sh" # the same senders

# run_bulk NAME RECEIVED IN_BULK SPINCTL-OPTION... - five bursts of ten; how many
# arrive at the peer, all of them right, and how many went in bulk
run_bulk() {
	local name=$1 received=$2 bulk=$3
	shift 3
	start in_peer wire udp 4245 "$received" "$DATA/data" 1316 $BURST_LEN 0 15
	sender "${BURST[@]}" --set count=5 --set to=10.77.0.2 "$@"
	expect_started "$name" "$received received, 0 wrong, 0 sums wrong, from 10.77.0.1 ttl 64"
	expect_true "$name"_is_over "5 sends" eventually 10 five_sends
	expect "$name"_in_bulk "$bulk" "$(look cap sender out in_bulk)"
	expect "$name"_counted 50 $(($(look cap sender out sent) + $(look cap sender out failed)))
	unload sender
}

five_sends() {
	test $(($(var sender sent) + $(var sender failed))) = 5
}

# dropped NAME SENT - what a rule drops arrives nowhere and is not sent in bulk
dropped() {
	local before
	before=$(peer_received)
	sender "${BURST[@]}" --set count=5 --set to=10.77.0.2
	expect_true "$1"_is_over "5 sends" eventually 10 five_sends
	expect "$1"_nothing_arrives "$before" "$(peer_received)"
	expect "$1"_in_bulk 0 "$(look cap sender out in_bulk)"
	unload sender
}

# UDP datagrams that came to the peer, whether somebody wanted them or not.
peer_received() {
	in_peer awk '/^Udp: [0-9]/ { print $2 + $3 }' /proc/net/snmp
}

# A veth with a queue, which gathers and sums, but cuts no bursts, as a card does.
bulk_up() {
	modprobe -qa sch_fq_codel
	peer_up
	must ethtool -K spin0 tx-udp-segmentation off
	must tc qdisc replace dev spin0 root "${1:-pfifo_fast}"
	must ip neigh replace 10.77.0.2 dev spin0 nud permanent lladdr \
		"$(in_peer cat /sys/class/net/spin1/address)"
	must in_peer ip neigh replace 10.77.0.1 dev spin1 nud permanent lladdr \
		"$(cat /sys/class/net/spin0/address)"
	must ping -q -c 1 -W 5 10.77.0.2
}

test_bulk_where_nothing_is_passed_by() {
	local to10
	make_file
	bulk_up
	run_bulk pfifo_fast 50 50
	must tc qdisc replace dev spin0 root fq_codel
	run_bulk fq_codel 50 50
	expect_match queue_statistics 'Sent [0-9]+ bytes 5[0-9] pkt' "$(tc -s qdisc show dev spin0)"
	# one datagram to many, with a header, is sent in bulk, too
	must ip addr add 10.77.0.3/24 dev spin0
	must in_peer ip addr add 10.77.0.12/24 dev spin1
	must ip neigh replace 10.77.0.12 dev spin0 nud permanent lladdr \
		"$(in_peer cat /sys/class/net/spin1/address)"
	must ping -q -c 1 -W 5 10.77.0.12
	start in_peer wire udp 4245 20 "$DATA/data" 1316 1316 20 15
	sender --set count=10 --set to=10.77.0.2 --set also=10.77.0.12 --set from=10.77.0.3
	expect_started one_to_many '20 received, 0 wrong, 0 sums wrong, from 10.77.0.3 ttl 64'
	# all but the first one to the second, whose route was not known
	expect one_to_many_in_bulk '20 19' "$(look cap sender out sent) $(look cap sender out in_bulk)"
	unload sender
	peer_down
}

ttl_is() { # NAME TTL - of what arrives from now on
	in_peer wire udp 4245 5 "$DATA/data" 10 10 20 15 >/tmp/ttl
	expect_match "$1" "^5 received.*from 10.77.0.1 ttl $2\$" "$(tail -n 1 /tmp/ttl)"
}

# Headers are kept with the way: they follow what they were made of.
test_bulk_follows_the_time_to_live() {
	local sent
	make_file
	bulk_up
	holder "$FIXTURES/fixture-sender.bpf.o" --grant clip=file:"$DATA"/data \
		--set to=10.77.0.2 --set count=100000 --set start=0 --set chunk=10
	ttl_is at_first 64
	must sysctl -q -w net.ipv4.ip_default_ttl=33
	ttl_is of_the_name_space 33
	change set_ttl 's.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 9)'
	ttl_is of_the_socket 9
	change no_ttl 's.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, -1)'
	ttl_is of_the_name_space_again 33
	must sysctl -q -w net.ipv4.ip_default_ttl=64
	# all but the first one after each change, which looks the way up
	sent=$(look cap sender out sent)
	expect_true in_bulk "$sent but for 5" test "$(look cap sender out in_bulk)" -ge $((sent - 5))
	unload sender
	holder_ends
	peer_down
}

# A policy of the socket's own, which comes when ways are known already.
test_bulk_passes_no_policy_of_the_socket_by() {
	local before
	make_file
	modprobe -qa xfrm_user
	bulk_up
	holder "$FIXTURES/fixture-sender.bpf.o" --grant clip=file:"$DATA"/data \
		--set to=10.77.0.2 --set count=100000 --set start=0 --set chunk=10
	expect_true in_bulk "at first" eventually 10 look_is -gt 10 cap sender out in_bulk
	# struct xfrm_userpolicy_info: any, no limits, XFRM_POLICY_OUT, XFRM_POLICY_BLOCK
	change policy "s.setsockopt(socket.IPPROTO_IP, 17, bytes(40) + b'\\2' + bytes(15) + b'\\377' * 32 + bytes(72) + b'\\1\\1' + bytes(6))"
	before=$(look cap sender out failed)
	expect_true blocks "10 more fail" eventually 10 look_is -gt $((before + 10)) cap sender out failed
	before=$(look cap sender out in_bulk)
	expect_true goes_on "10 more fail" eventually 10 look_is -gt $(($(look cap sender out failed) + 10)) cap sender out failed
	expect nothing_in_bulk "$before" "$(look cap sender out in_bulk)"
	change no_policy 's.setsockopt(socket.IPPROTO_IP, 17, None, 0)'
	expect_true in_bulk_again "as before" eventually 10 look_is -gt $((before + 10)) cap sender out in_bulk
	unload sender
	holder_ends
	peer_down
}

test_bulk_needs_a_device_that_can() {
	make_file
	bulk_up
	must ethtool -K spin0 tx-udp-segmentation on
	run_bulk device_cuts 50 0
	must ethtool -K spin0 tx-udp-segmentation off tx off
	run_bulk no_sums 50 0
	must ethtool -K spin0 tx on sg off
	run_bulk no_gather 50 0
	must ethtool -K spin0 sg on tx on tx-udp-segmentation off
	run_bulk it_can_again 50 50
	must tc qdisc del dev spin0 root
	run_bulk no_queue 50 0
	peer_down
}

test_bulk_passes_no_queue_by() {
	local kind
	make_file
	modprobe -qa sch_prio sch_fq sch_netem
	bulk_up
	for kind in prio fq 'netem delay 1ms'; do
		# shellcheck disable=SC2086
		needs "${kind%% *}" tc qdisc replace dev spin0 root $kind || continue
		run_bulk "${kind%% *}" 50 0
	done
	if needs loss tc qdisc replace dev spin0 root netem loss 100%; then
		dropped loss
	fi
	peer_down
}

test_bulk_passes_no_filter_by() {
	make_file
	modprobe -qa sch_ingress cls_flower cls_matchall act_gact nf_tables
	bulk_up
	if needs nft nft 'add table ip bulk'; then
		nft 'add chain ip bulk out { type filter hook output priority 0; }'
		nft 'add rule ip bulk out udp dport 4245 counter'
		run_bulk one_hook 50 50
		expect_match one_hook_sees_all 'counter packets 50 ' "$(nft list table ip bulk)"
		nft 'add rule ip bulk out udp dport 4245 drop'
		dropped one_hook_drops
		nft 'flush chain ip bulk out'
		nft 'add chain ip bulk out2 { type filter hook output priority 1; }'
		nft 'add rule ip bulk out2 udp dport 4245 counter'
		run_bulk two_hooks 50 0
		expect_match two_hooks_see_all 'counter packets [1-9]' "$(nft list table ip bulk)"
		nft 'delete table ip bulk'
	fi
	if needs netdev_egress nft 'add table netdev bulk { chain out { type filter hook egress device spin0 priority 0; }; }'; then
		run_bulk netdev_egress 50 0
		nft 'add rule netdev bulk out udp dport 4245 drop'
		dropped netdev_egress_drops
		nft 'delete table netdev bulk'
	fi
	if needs clsact tc qdisc add dev spin0 clsact; then
		must tc filter add dev spin0 egress matchall action pass
		run_bulk clsact 50 0
		must tc filter del dev spin0 egress
		must tc filter add dev spin0 egress matchall action drop
		dropped clsact_drops
		must tc qdisc del dev spin0 clsact
	fi
	run_bulk nothing_left 50 50
	peer_down
}

test_bulk_passes_no_tap_by() {
	make_file
	bulk_up
	cat >/tmp/tap.py <<-'EOP'
	import socket
	s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
	s.bind(('spin0', 3))
	s.settimeout(20)
	print('ready', flush=True)
	n = 0
	while n < 50:
	    d, a = s.recvfrom(70000)
	    if a[2] == 4 and d[23] == 17 and d[36:38] == bytes([4245 >> 8, 4245 & 255]):
	        n += (len(d) - 42 + 1315) // 1316
	print(n)
	EOP
	python3 /tmp/tap.py >/tmp/tapped 2>&1 &
	tap=$!
	must eventually 20 grep -q ready /tmp/tapped
	run_bulk tap 50 0
	wait $tap
	expect tap_saw_all 50 "$(tail -n 1 /tmp/tapped)"
	run_bulk no_tap 50 50
	peer_down
}

test_bulk_passes_no_route_by() {
	make_file
	modprobe -qa xfrm_user
	bulk_up
	if needs xfrm ip xfrm policy add src 10.77.0.1 dst 10.77.0.2 dir out action block; then
		dropped xfrm_block
		must ip xfrm policy flush
		run_bulk no_policy 50 50
	fi
	if vrf_up; then
		must ip neigh replace 10.77.0.2 dev spin0 nud permanent lladdr \
			"$(in_peer cat /sys/class/net/spin1/address)"
		run_bulk vrf 50 0 --set via="$(cat /sys/class/net/red/ifindex)"
		ip link del red
	fi
	peer_down
}

# Who is not known is asked for, the ordinary way; then all goes in bulk again.
test_bulk_needs_a_neighbour() {
	local bulk
	make_file
	bulk_up
	must ip neigh del 10.77.0.2 dev spin0
	start in_peer wire udp 4245 500 "$DATA/data" 100 1000 0 20
	sender --set count=50 --set to=10.77.0.2 --set burst=10 --set chunk=100
	expect_started arrives '500 received, 0 wrong, 0 sums wrong, from 10.77.0.1 ttl 64'
	bulk=$(look cap sender out in_bulk)
	expect_true first_one_not_in_bulk "fewer than 500, and more than none: $bulk" \
		[ "$bulk" -gt 0 -a "$bulk" -lt 500 ]
	unload sender
	peer_down
}

# A device with several queues, which goes down and away while it is sent to.
test_bulk_device_goes_away() {
	make_file
	modprobe -qa sch_fq_codel
	ip netns add peer
	must ip link add spin0 numtxqueues 4 numrxqueues 4 type veth peer name spin1 netns peer numtxqueues 4 numrxqueues 4
	must ip addr add 10.77.0.1/24 dev spin0
	must ip link set spin0 up
	must ip -n peer addr add 10.77.0.2/24 dev spin1
	must ip -n peer link set spin1 up
	must ethtool -K spin0 tx-udp-segmentation off
	must tc qdisc replace dev spin0 root mq
	must ip neigh replace 10.77.0.2 dev spin0 nud permanent lladdr \
		"$(in_peer cat /sys/class/net/spin1/address)"
	must ping -q -c 1 -W 5 10.77.0.2
	run_bulk several_queues 50 50
	sender --set count=1000000 --set to=10.77.0.2 --set burst=10 --set chunk=8
	expect_true sends "in bulk" eventually 10 look_is -gt 100 cap sender out in_bulk
	must ip link set spin0 down
	expect_true fails_while_down "it does" eventually 10 look_is -gt 0 cap sender out failed
	must ip link set spin0 up
	must ip link del spin0
	unload sender
	ip netns del peer
}

# egress_begins VERDICT, egress_ends - a program of the control group
egress_begins() {
	rm -f /tmp/egress.in
	mkfifo /tmp/egress.in
	egress /tmp/cgroup 4245 "$1" </tmp/egress.in >/tmp/egress.out 2>&1 &
	egress=$!
	exec 8>/tmp/egress.in
	must eventually 10 grep -q ready /tmp/egress.out
}

egress_ends() {
	exec 8>&-
	wait "$egress"
}

test_bulk_passes_no_control_group_by() {
	make_file
	mkdir -p /tmp/cgroup
	needs cgroup mount -t cgroup2 none /tmp/cgroup || return 0
	bulk_up
	egress_begins 1
	run_bulk passes 50 0
	egress_ends
	expect_match sees_them '^[1-9][0-9]*$' "$(tail -n 1 /tmp/egress.out)"
	egress_begins 0
	dropped drops
	egress_ends
	run_bulk nothing_left 50 50
	must umount /tmp/cgroup
	peer_down
}
