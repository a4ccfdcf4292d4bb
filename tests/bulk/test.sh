# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Sending in bulk: done where nothing on the way would look at the datagrams, and
# nowhere else. Each condition is made false, the ordinary way is seen to be
# taken, and what asked for it to have its way.

# shellcheck source=tests/socket/test.sh disable=SC2154 # $here is the runner's
. "$here/../socket/test.sh" # the same senders

# run_bulk NAME RECEIVED IN_BULK SPINCTL-OPTION... - five bursts of ten to $TO; how
# many arrive at the host $AT, all of them right, and how many went in bulk
run_bulk() {
	local name=$1 received=$2 bulk=$3
	shift 3
	start ip netns exec "${AT:-peer}" wire udp 4245 "$received" "$DATA/data" 1316 "$BURST_LEN" 0 15
	sender "${BURST[@]}" --set count=5 --set to="${TO:-10.77.0.2}" "$@"
	expect_started "$name" "$received received, 0 wrong, 0 sums wrong, from 10.77.0.1 ttl ${TTL:-64}"
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
	holder "$FIXTURES/socket/use/sender.bpf.o" --grant clip=file:"$DATA"/data \
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

# set_policy ACTION - struct xfrm_userpolicy_info: any, no limits, XFRM_POLICY_OUT,
# and XFRM_POLICY_ALLOW (0) or XFRM_POLICY_BLOCK (1)
set_policy() {
	printf '%s\n' "s.setsockopt(socket.IPPROTO_IP, 17, bytes(40) + b'\\2' + bytes(15) + b'\\377' * 32 + bytes(72) + b'\\1\\$1' + bytes(6))"
}

# A policy of the socket's own, which comes when ways are known already.
test_bulk_passes_no_policy_of_the_socket_by() {
	local before
	make_file
	modprobe -qa xfrm_user
	bulk_up
	holder "$FIXTURES/socket/use/sender.bpf.o" --grant clip=file:"$DATA"/data \
		--set to=10.77.0.2 --set count=100000 --set start=0 --set chunk=10
	expect_true in_bulk "at first" eventually 10 look_is -gt 10 cap sender out in_bulk
	change policy "$(set_policy 1)"
	before=$(look cap sender out failed)
	expect_true blocks "10 more fail" eventually 10 look_is -gt $((before + 10)) cap sender out failed
	before=$(look cap sender out in_bulk)
	expect_true goes_on "10 more fail" eventually 10 look_is -gt $(($(look cap sender out failed) + 10)) cap sender out failed
	expect nothing_in_bulk "$before" "$(look cap sender out in_bulk)"
	change no_policy 's.setsockopt(socket.IPPROTO_IP, 17, None, 0)'
	expect_true in_bulk_again "as before" eventually 10 look_is -gt $((before + 10)) cap sender out in_bulk
	# one that lets it go round that of the name space, and goes
	change bypass "$(set_policy 0)"
	must ip xfrm policy add src 10.77.0.1 dst 10.77.0.2 dir out action block
	must more_sent 10
	change no_bypass 's.setsockopt(socket.IPPROTO_IP, 17, None, 0)'
	before=$(look cap sender out failed)
	expect_true name_space_blocks "10 more fail" eventually 10 look_is -gt $((before + 10)) cap sender out failed
	must ip xfrm policy flush
	unload sender
	holder_ends
	peer_down
}

# more_sent NUMBER - waits for more datagrams than that
more_sent() {
	local sent
	sent=$(look cap sender out sent)
	eventually 20 look_is -gt $((sent + $1)) cap sender out sent
}

more_in_bulk() {
	local sent
	sent=$(look cap sender out in_bulk)
	eventually 20 look_is -gt $((sent + $1)) cap sender out in_bulk
}

# What the socket is set to is set in what is sent, either way.
test_bulk_is_marked_as_the_socket() {
	local way
	make_file
	modprobe -qa nf_tables
	needs nft nft 'add table ip bulk' || return 0
	bulk_up
	nft 'add chain ip bulk out { type filter hook output priority 0; }'
	nft 'add rule ip bulk out udp dport 4245 meta mark 7 meta priority 0:5 counter'
	holder "$FIXTURES/socket/use/sender.bpf.o" --grant clip=file:"$DATA"/data \
		--set to=10.77.0.2 --set count=100000 --set start=0 --set chunk=10
	expect_true sends "in bulk" eventually 20 look_is -gt 2 cap sender out in_bulk
	change set_mark 's.setsockopt(socket.SOL_SOCKET, 36, 7)'
	change set_priority 's.setsockopt(socket.SOL_SOCKET, 12, 5)'
	for way in in_bulk ordinary; do
		# what was under way when they were set
		must more_sent 2
		must nft 'reset rules table ip bulk'
		must more_sent 5
		expect_match $way 'counter packets [1-9]' "$(nft list table ip bulk)"
		must ethtool -K spin0 sg off
	done
	unload sender
	holder_ends
	nft 'delete table ip bulk'
	peer_down
}

# One that is connected numbers its datagrams.
test_bulk_needs_a_socket_without_a_peer() {
	local bulk
	make_file
	bulk_up
	holder "$FIXTURES/socket/use/sender.bpf.o" --grant clip=file:"$DATA"/data \
		--set to=10.77.0.2 --set count=100000 --set start=0 --set chunk=10
	expect_true in_bulk_before "it is" eventually 20 look_is -gt 2 cap sender out in_bulk
	change connect 's.connect(("10.77.0.2", 4245))'
	must more_sent 2
	bulk=$(look cap sender out in_bulk)
	must more_sent 20
	expect not_in_bulk "$bulk" "$(look cap sender out in_bulk)"
	expect none_failed 0 "$(look cap sender out failed)"
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

# A device on top of another may want to see the route, even if it has a queue.
test_bulk_needs_a_device_that_wants_no_route() {
	make_file
	modprobe -qa macvlan
	bulk_up
	if needs macvlan ip link add link spin0 name spin0m type macvlan mode bridge; then
		must ip addr add 10.79.0.1/24 dev spin0m
		must in_peer ip addr add 10.79.0.2/24 dev spin1
		must ip link set spin0m up
		must tc qdisc replace dev spin0m root pfifo_fast
		must ping -q -c 1 -W 5 10.79.0.2
		start in_peer wire udp 4245 20 "$DATA/data" 1316 1316 20 15
		sender --set count=20 --set to=10.79.0.2
		expect_started macvlan '20 received, 0 wrong, 0 sums wrong, from 10.79.0.1 ttl 64'
		expect macvlan_in_bulk 0 "$(look cap sender out in_bulk)"
		unload sender
		must ip link del spin0m
	fi
	peer_down
}

# A queue that the driver has stopped: datagrams get in line.
test_bulk_waits_for_a_device_that_is_full() {
	local before
	make_file
	bulk_up
	sender "${BURST[@]}" --set count=1 --set to=10.77.0.2
	expect_true ready "1 send" eventually 10 var_is sender sent = 1
	unload sender
	must insmod "$SPIN_MODULES/tests/spin_stopper.ko" device=spin0
	before=$(peer_received)
	start in_peer wire udp 4245 50 "$DATA/data" 1316 $BURST_LEN 0 30
	sender "${BURST[@]}" --set count=5 --set to=10.77.0.2
	expect_true is_over "5 sends" eventually 10 five_sends
	expect sent_and_in_bulk '50 0' "$(look cap sender out sent) $(look cap sender out in_bulk)"
	expect nothing_arrives "$before" "$(peer_received)"
	unload sender
	must rmmod spin_stopper
	expect_started arrives_later '50 received, 0 wrong, 0 sums wrong, from 10.77.0.1 ttl 64'
	peer_down
}

# One receiver's device takes nothing: the other one gets all.
test_bulk_slow_receiver_costs_others_nothing() {
	make_file
	modprobe -qa sch_tbf
	bulk_up
	slow_up
	must tc qdisc replace dev slow0 root pfifo_fast
	must ethtool -K slow0 tx-udp-segmentation off
	must ping -q -c 1 -W 5 10.78.0.2
	must insmod "$SPIN_MODULES/tests/spin_stopper.ko" device=slow0
	start in_peer udp collect 4245 700 "$DATA"/data 1000 0 0 25
	holder "$FIXTURES/socket/use/sender.bpf.o" --grant clip=file:"$DATA"/data \
		--set to=10.77.0.2 --set also=10.78.0.2 --set chunk=1000 \
		--set burst=10 --set count=70
	expect_started fast_one_gets_all '700 received, 0 wrong'
	expect_match slow_one_fails_more_than_300 '^([3-6][0-9][0-9])$' "$(look cap sender out failed)"
	expect fast_one_in_bulk 700 "$(look cap sender out in_bulk)"
	unload sender
	holder_ends
	must rmmod spin_stopper
	slow_down
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
	modprobe -qa sch_ingress cls_flower act_gact nf_tables
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
		must tc filter add dev spin0 egress protocol ip flower action pass
		run_bulk clsact 50 0
		must tc filter del dev spin0 egress
		must tc filter add dev spin0 egress protocol ip flower action drop
		dropped clsact_drops
		must tc qdisc del dev spin0 clsact
	fi
	run_bulk nothing_left 50 50
	peer_down
}

# Whatever a hook says beside yes and no is carried out, too: datagrams that wait
# for a program, which lets them pass, and those that would, but there is none.
queue_begins() {
	cat >/tmp/queue.py <<-'EOP'
	import socket, struct
	s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
	s.bind((0, 0))
	def attribute(kind, data):
	    return struct.pack('=HH', 4 + len(data), kind) + data + bytes(-len(data) % 4)
	def tell(message, attributes, flags=1):
	    body = struct.pack('>BBH', 0, 0, 7) + attributes
	    s.send(struct.pack('=IHHII', 16 + len(body), 3 << 8 | message, flags, 0, 0) + body)
	def ask(attributes):
	    tell(2, attributes, 5)
	    error = struct.unpack_from('=i', s.recv(4096), 16)[0]
	    assert not error, error
	ask(attribute(1, struct.pack('>BBH', 1, 0, 2)))
	ask(attribute(2, struct.pack('>IB', 0, 1)))
	print('ready', flush=True)
	for n in range(50):
	    data = s.recv(65536)
	    assert struct.unpack_from('=H', data, 4)[0] == 3 << 8, data
	    at = 20
	    while struct.unpack_from('=H', data, at + 2)[0] != 1:
	        at += struct.unpack_from('=H', data, at)[0] + 3 & ~3
	    tell(1, attribute(2, struct.pack('>I4s', 1, data[at + 4:at + 8])))
	print(n + 1)
	EOP
	python3 /tmp/queue.py >/tmp/queued 2>&1 &
	queue=$!
	must eventually 20 grep -q ready /tmp/queued
}

test_bulk_obeys_what_a_hook_says() {
	make_file
	modprobe -qa nf_tables nft_queue nfnetlink_queue
	needs nft nft 'add table ip bulk' || return 0
	nft 'add chain ip bulk out { type filter hook output priority 0; }'
	if ! needs queue nft 'add rule ip bulk out udp dport 4245 queue to 7'; then
		must nft 'delete table ip bulk'
		return 0
	fi
	bulk_up
	dropped queued_to_nobody
	must nft 'flush chain ip bulk out; add rule ip bulk out udp dport 4245 counter queue flags bypass to 7'
	run_bulk nobody_asked_for 50 50
	expect_match rule_saw_all 'counter packets 50 ' "$(nft list table ip bulk)"
	queue_begins
	run_bulk queued 50 0
	wait $queue
	expect all_were_queued 50 "$(tail -n 1 /tmp/queued)"
	must nft 'delete table ip bulk'
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

# A route that puts a header of its own before IP's.
test_bulk_passes_no_encapsulation_by() {
	make_file
	modprobe -qa mpls_router mpls_iptunnel mpls_gso
	bulk_up
	if needs mpls ip route add 10.99.0.2/32 encap mpls 100 via inet 10.77.0.2 dev spin0; then
		must in_peer ip addr add 10.99.0.2/32 dev lo
		must in_peer sysctl -q -w net.mpls.platform_labels=1000
		must in_peer sysctl -q -w net.mpls.conf.spin1.input=1
		must in_peer ip -f mpls route add 100 dev lo
		TO=10.99.0.2 TTL=63 run_bulk mpls 50 0
		must ip route del 10.99.0.2/32
	fi
	peer_down
}

# The way leads by a router, whose link address is the one that is asked for.
test_bulk_by_a_router() {
	make_file
	bulk_up
	must in_peer ip addr add 10.99.0.2/32 dev lo
	must ip route add 10.99.0.2/32 via 10.77.0.2
	must ping -q -c 1 -W 5 10.99.0.2
	TO=10.99.0.2 run_bulk router 50 50
	must ip route del 10.99.0.2/32
	peer_down
}

# A device that changes priorities by control group.
test_bulk_passes_no_priority_map_by() {
	make_file
	mkdir -p /tmp/net_prio
	needs net_prio mount -t cgroup -o net_prio none /tmp/net_prio || return 0
	bulk_up
	echo spin0 5 >/tmp/net_prio/net_prio.ifpriomap
	run_bulk priority_map 50 0
	peer_down
	bulk_up
	run_bulk no_priority_map 50 50
	must umount /tmp/net_prio
	peer_down
}

# ways - of the kernel, that are kept
ways() {
	printf '%d\n' "0x$(awk 'NR == 2 { print $1 }' /proc/net/stat/rt_cache)"
}

ways_are_no_more_than() {
	test "$(ways)" -le "$1"
}

# A hook that sends datagrams another way, or has their way looked up again.
test_bulk_obeys_a_hook_that_changes_the_way() {
	local i before
	make_file
	modprobe -qa nf_tables
	needs nft nft 'add table ip bulk' || return 0
	before=$(ways)
	bulk_up
	marked_up
	nft 'add chain ip bulk out { type route hook output priority 0; }'
	nft 'add rule ip bulk out udp dport 4245 meta mark set 7'
	AT=other run_bulk another_way 50 0
	nft 'flush chain ip bulk out'
	nft 'add rule ip bulk out udp dport 4245 ip dscp set cs1'
	sender --set to=10.77.0.2 --set count=100000 --set start=0 --set chunk=10
	# Each processor has ways of its own: there the same one is found anew.
	must taskset -pc 1 "$(pgrep spin/send_it)"
	for ((i = 0; i < 20; i++)); do
		must ip route flush cache
		expect_true "same_way_anew_$i" "in bulk" more_in_bulk 3
	done
	unload sender
	nft 'delete table ip bulk'
	marked_down
	peer_down
	# The next way that is looked up takes the place of the last one.
	expect_true no_way_is_kept "$before, or 5 more at most" eventually 20 \
		ways_are_no_more_than $((before + 5))
}

# Another address by the same route: the link's header is that one's.
test_bulk_obeys_a_hook_that_changes_the_address() {
	local mac
	make_file
	modprobe -qa nf_tables
	needs nft nft 'add table ip bulk' || return 0
	bulk_up
	mac=$(in_peer cat /sys/class/net/spin1/address)
	must in_peer ip addr add 10.77.0.12/24 dev spin1
	must ip neigh replace 10.77.0.12 dev spin0 nud permanent lladdr "$mac"
	must ping -q -c 1 -W 5 10.77.0.12
	must ip neigh replace 10.77.0.2 dev spin0 nud permanent lladdr 02:00:00:00:00:99
	nft 'add chain ip bulk out { type filter hook output priority 0; }'
	nft 'add rule ip bulk out ip daddr 10.77.0.2 ip daddr set 10.77.0.12'
	run_bulk another_address 50 0
	nft 'delete table ip bulk'
	peer_down
}

queue_says() { # NAME LINE
	local line
	read -r -t 20 line <&"${QUEUE[0]}"
	expect "$1" "$2" "$line"
}

# What a hook has queued goes on when it is let, whether the module is there or not.
test_bulk_queued_datagrams_outlive_the_module() {
	local in
	make_file
	modprobe -qa nf_tables nfnetlink_queue nft_queue
	needs nft nft 'add table ip bulk' || return 0
	bulk_up
	nft 'add chain ip bulk out { type filter hook output priority 0; }'
	if needs queue nft 'add rule ip bulk out udp dport 4245 queue num 7'; then
		coproc QUEUE { exec python3 /spin/tests/udp/verdicts.py 7 50 2>&1; }
		in=${QUEUE[1]}
		queue_says queue ready
		start in_peer wire udp 4245 50 "$DATA/data" 1316 $BURST_LEN 0 60
		sender "${BURST[@]}" --set count=5 --set to=10.77.0.2
		queue_says all_are_queued '50 queued'
		expect sent_and_in_bulk '50 0' "$(look cap sender out sent) $(look cap sender out in_bulk)"
		unload sender
		expect_true module_goes "rmmod succeeds" eventually 10 rmmod spin
		echo >&"$in"
		queue_says all_are_passed '50 passed'
		expect_started all_arrive '50 received, 0 wrong, 0 sums wrong, from 10.77.0.1 ttl 64'
		must spin-insmod
	fi
	nft 'delete table ip bulk'
	peer_down
}

# A neighbour that is not known is asked for, in the ordinary way; then all goes
# in bulk again.
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
	# one that may have gone, and is asked in a while
	must sysctl -q -w net.ipv4.neigh.spin0.delay_first_probe_time=600
	must ip neigh replace 10.77.0.2 dev spin0 nud stale lladdr \
		"$(in_peer cat /sys/class/net/spin1/address)"
	run_bulk not_sure 50 0
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

# sends_all NAME SENT WANTED - what the peer gets of fifty datagrams, and how many
# sends succeed
sends_all() {
	local before
	before=$(peer_received)
	sender "${BURST[@]}" --set count=5 --set to=10.77.0.2
	expect_true "$1"_is_over "5 sends" eventually 10 five_sends
	expect "$1"_sent "$2" "$(look cap sender out sent)"
	expect "$1"_arrived "$3" $(($(peer_received) - before))
	unload sender
}

sent_up() { # VERDICT
	load "$FIXTURES/udp/use/sent.bpf.o" --set port=4245 --set verdict="$1"
}

sent_down() { # NAME SEEN - datagrams, of which no five sends have more bytes
	expect "$1"_seen "$2 $(($2 * BURST_LEN / 10))" "$(var sent packets) $(var sent bytes)"
	expect "$1"_could_be_read 0 "$(var sent no_data)"
	unload sent
}

# Udp.PacketSend is raised for what goes in bulk: its hook is run, as any other is. What
# takes the ordinary way raises it there, for each datagram of a burst.
test_bulk_passes_no_handler_by() {
	local way
	make_file
	modprobe -qa nf_tables
	bulk_up
	for way in in_bulk device_cuts no_gather no_queue two_hooks; do
		case $way in
		device_cuts) must ethtool -K spin0 tx-udp-segmentation on ;;
		no_gather) must ethtool -K spin0 tx-udp-segmentation off sg off ;;
		no_queue)
			must ethtool -K spin0 sg on tx on tx-udp-segmentation off
			must tc qdisc del dev spin0 root
			;;
		two_hooks)
			must tc qdisc replace dev spin0 root pfifo_fast
			must nft 'add table ip bulk'
			must nft 'add chain ip bulk out { type filter hook output priority 0; }'
			;;
		esac
		sent_up 0
		run_bulk ${way}_passed 50 "$([ $way = in_bulk ] && echo 50 || echo 0)"
		sent_down ${way}_passed 50
		sent_up 1
		sends_all ${way}_consumed 50 0
		sent_down ${way}_consumed 50
		sent_up 2
		sends_all ${way}_dropped 0 0
		sent_down ${way}_dropped 50
		sent_up 3
		sends_all ${way}_sorted "$(sorted_sent $way)" 17
		sent_down ${way}_sorted 50
	done
	must nft 'delete table ip bulk'
	# found by another port: not asked, and not in the way
	load "$FIXTURES/udp/use/sent-keyed.bpf.o"
	run_bulk another_port 50 50
	expect another_port_is_not_seen 0 "$(var sent-keyed packets)"
	unload sent-keyed
	peer_down
}

# sorted_sent WAY - datagrams that the stack took, where each third is dropped: in bulk
# each has a verdict of its own; else a burst is one packet, of which some go on
sorted_sent() {
	case $1 in
	in_bulk) echo 34 ;;
	*) echo 50 ;;
	esac
}
