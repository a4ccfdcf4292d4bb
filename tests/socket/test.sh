# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Datagrams of a granted socket: right on every device, from the address that is
# asked for, by the routes that hold, fair to every destination; and in bulk only
# where nothing is passed by.

make_file() {
	[ -e "$DATA"/data ] || head -c 1000000 /dev/urandom >"$DATA"/data
}

# needs NAME COMMAND... - a part of the kernel; says what is missing, and fails
needs() {
	local name=$1
	shift
	"$@" >/tmp/needs 2>&1 && return
	echo "skip $name this kernel cannot: $* ($(head -n 1 /tmp/needs))"
	return 1
}

# sender [OPTION...] - from port 4300 of any address; the options are spinctl's
sender() {
	load "$FIXTURES/socket/use/sender.bpf.o" --grant clip=file:"$DATA"/data \
		--grant out=socket:0.0.0.0:4300 "$@"
}

# A burst is 9 datagrams of 1316 bytes and one of 1000: 12844 bytes.
BURST=(--set burst=10 --set cut=316)
BURST_LEN=12844

# bursts_arrive NAME SPINCTL-OPTION... - ten of them, and 64 single datagrams, at
# the peer, whose kernel drops what has a wrong sum
bursts_arrive() {
	local name=$1
	shift
	start in_peer wire udp 4245 100 "$DATA/data" 1316 $BURST_LEN 0 15
	sender "${BURST[@]}" --set count=10 "$@"
	expect_started "$name"_bursts '100 received, 0 wrong, 0 sums wrong, from 10.77.0.1 ttl 64'
	unload sender
	start in_peer wire udp 4245 64 "$DATA/data" 1316 1316 20 15
	sender --set count=64 "$@"
	expect_started "$name"_single '64 received, 0 wrong, 0 sums wrong, from 10.77.0.1 ttl 64'
	unload sender
}

# A tun device shows what would be on a wire.
test_sums_are_right_on_a_tun_device() {
	local len what
	make_file
	modprobe -qa tun
	needs tun test -c /dev/net/tun || return 0
	for what in "bursts $BURST_LEN 0" 'single 1316 20'; do
		read -r what len header <<<"$what"
		start wire tun tun9 50 "$DATA/data" 1316 "$len" "$header" 15
		must ip addr add 10.99.0.1/24 dev tun9
		must ip link set tun9 up
		if [ "$what" = bursts ]; then
			sender --set to=10.99.0.2 --set count=5 "${BURST[@]}"
		else
			sender --set to=10.99.0.2 --set count=50
		fi
		expect_started "$what" '50 received, 0 wrong, 0 sums wrong, from 10.99.0.1 ttl 64'
		unload sender
	done
}

# without_offloads DEVICE - neither sums nor bursts are its business
without_offloads() {
	ethtool -K "$1" tx off tso off gso off tx-udp-segmentation off tx-gso-list off
}

test_sums_are_right_without_offloads() {
	make_file
	peer_up
	if needs offloads without_offloads spin0; then
		bursts_arrive plain --set to=10.77.0.2
		must ethtool -K spin0 sg off
		bursts_arrive no_gather --set to=10.77.0.2
	fi
	peer_down
}

test_sums_are_right_on_vlan_and_bridge() {
	make_file
	modprobe -qa 8021q bridge
	peer_up
	if ! needs offloads without_offloads spin0; then
		peer_down
		return 0
	fi
	if needs vlan ip link add link spin0 name spin0.5 type vlan id 5; then
		must in_peer ip link add link spin1 name spin1.5 type vlan id 5
		must ip addr del 10.77.0.1/24 dev spin0
		must in_peer ip addr del 10.77.0.2/24 dev spin1
		must ip addr add 10.77.0.1/24 dev spin0.5
		must in_peer ip addr add 10.77.0.2/24 dev spin1.5
		must ip link set spin0.5 up
		must in_peer ip link set spin1.5 up
		bursts_arrive vlan --set to=10.77.0.2
	fi
	peer_down
	peer_up
	must without_offloads spin0
	if needs bridge ip link add spinbr type bridge; then
		must ip link set spin0 master spinbr
		must ip addr del 10.77.0.1/24 dev spin0
		must ip addr add 10.77.0.1/24 dev spinbr
		must ip link set spinbr up
		must eventually 10 in_peer ping -q -c 1 -W 1 10.77.0.1
		bursts_arrive bridge --set to=10.77.0.2
		must ip link del spinbr
	fi
	peer_down
}

# esp FROM TO SPI - both hosts know the key of this direction
esp() {
	local host
	for host in '' 'in_peer'; do
		$host ip xfrm state add src "$1" dst "$2" proto esp spi "$3" \
			mode transport reqid 7 auth 'hmac(sha256)' "0x$(printf '%064d' 1)" \
			enc 'cbc(aes)' "0x$(printf '%032d' 2)" || return 1
	done
}

# What goes to the peer goes by ESP, and nothing else is taken there.
esp_policies() {
	must ip xfrm policy add src 10.77.0.1 dst 10.77.0.2 dir out \
		tmpl src 10.77.0.1 dst 10.77.0.2 proto esp reqid 7 mode transport
	must in_peer ip xfrm policy add src 10.77.0.1 dst 10.77.0.2 dir in \
		tmpl src 10.77.0.1 dst 10.77.0.2 proto esp reqid 7 mode transport
}

test_sums_are_right_under_ipsec() {
	make_file
	modprobe -qa esp4 xfrm_user cbc aes hmac sha256 authenc
	peer_up
	if needs esp esp 10.77.0.1 10.77.0.2 0x101; then
		esp_policies
		bursts_arrive esp --set to=10.77.0.2
		ip xfrm policy flush
		ip xfrm state flush
	fi
	peer_down
}

# A second way out: red is a VRF with spin0 in it.
vrf_up() {
	modprobe -qa vrf
	needs vrf ip link add red type vrf table 10 || return 1
	must ip link set red up
	must ip link set spin0 master red
}

test_vrf() {
	make_file
	peer_up
	if vrf_up; then
		bursts_arrive by_the_vrf --set to=10.77.0.2 --set via="$(cat /sys/class/net/red/ifindex)"
		bursts_arrive by_its_device --set to=10.77.0.2 --set via="$(cat /sys/class/net/spin0/ifindex)" \
			--set from=10.77.0.1
		sender --set to=10.77.0.2 --set count=1
		expect_match not_without 'no route|unreach|^-(101|113)$' "$(var sender room)"
		unload sender
		# an address of the VRF is none outside of it, and the reverse
		sender --set to=127.0.0.1 --set from=10.77.0.1 --set count=1
		expect its_address_outside -99 "$(var sender room)"
		unload sender
		sender --set to=10.77.0.2 --set via="$(cat /sys/class/net/red/ifindex)" \
			--set from=127.0.0.1 --set count=1
		expect other_address_inside -99 "$(var sender room)"
		unload sender
		ip link del red
	fi
	peer_down
}

# sources PORT COUNT - how many datagrams from each address, when so many are there
sources() {
	cat >/tmp/sources.py <<-'EOP'
	import collections, socket, sys
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	s.bind(('0.0.0.0', int(sys.argv[1])))
	s.settimeout(20)
	print('ready', flush=True)
	seen = collections.Counter()
	try:
	    while seen.total() < int(sys.argv[2]):
	        seen[s.recvfrom(2000)[1][0]] += 1
	except TimeoutError:
	    pass
	print(*(f'{n} from {a}' for a, n in sorted(seen.items())))
	EOP
	exec python3 /tmp/sources.py "$1" "$2"
}

# An address is another destination if it is to be reached from another one, or by
# another device.
test_destinations_are_told_apart() {
	make_file
	peer_up
	must ip addr add 10.77.0.9/24 dev spin0
	start in_peer bash -c "$(declare -f sources); sources 4245 20"
	sender --set count=10 --set to=10.77.0.2 --set also=10.77.0.2 \
		--set from=10.77.0.9 --set also_from=10.77.0.1
	expect_started by_source '10 from 10.77.0.1 10 from 10.77.0.9'
	unload sender
	# a device that is none of a VRF does not choose the way
	start in_peer wire udp 4245 10 "$DATA/data" 1316 1316 20 15
	sender --set count=10 --set to=10.77.0.2 --set via=1
	expect_started ordinary_device '10 received, 0 wrong, 0 sums wrong, from 10.77.0.1 ttl 64'
	unload sender
	if vrf_up; then
		start in_peer wire udp 4245 10 "$DATA/data" 1316 1316 20 15
		sender --set count=10 --set to=10.77.0.2 --set also=10.77.0.2 \
			--set also_via="$(cat /sys/class/net/red/ifindex)"
		expect_started by_device '10 received, 0 wrong, 0 sums wrong, from 10.77.0.1 ttl 64'
		expect sent_and_failed '10 10' "$(look cap sender out sent) $(look cap sender out failed)"
		unload sender
		ip link del red
	fi
	peer_down
}

# room_is NAME EXPECTED SOCKET SPINCTL-OPTION... - what one is told, and that the
# sends fail where it is an error
room_is() {
	local name=$1 room=$2 socket=$3
	shift 3
	load "$FIXTURES/socket/use/sender.bpf.o" --grant clip=file:"$DATA"/data \
		--grant out="$socket" --set count=3 "$@"
	expect "$name" "$room" "$(var sender room)"
	if [ "$room" -lt 0 ]; then
		expect_true "$name"_fails "3 sends fail" eventually 10 var_is sender failed = 3
		expect "$name"_counted '0 3' "$(look cap sender out sent) $(look cap sender out failed)"
	fi
	unload sender
}

test_source_address() {
	make_file
	peer_up
	must ip addr add 10.77.0.9/24 dev spin0
	start in_peer wire udp 4245 100 "$DATA/data" 1316 $BURST_LEN 0 15
	sender "${BURST[@]}" --set count=10 --set to=10.77.0.2 --set from=10.77.0.9
	expect_started second_address '100 received, 0 wrong, 0 sums wrong, from 10.77.0.9 ttl 64'
	unload sender
	start wire udp 4245 10 "$DATA/data" 1316 1316 20 15
	sender --set count=10 --set to=127.0.0.1 --set from=127.0.0.2
	expect_started loopback '10 received, 0 wrong, 0 sums wrong, from 127.0.0.2 ttl 64'
	unload sender
	room_is room 1472 socket:0.0.0.0:4300 --set to=10.77.0.2
	room_is room_of_one_bound 1472 socket:10.77.0.1:4300 --set to=10.77.0.2 --set from=10.77.0.1
	room_is others_address -99 socket:0.0.0.0:4300 --set to=10.77.0.2 --set from=10.77.0.2
	room_is broadcast_address -99 socket:0.0.0.0:4300 --set to=10.77.0.2 --set from=10.77.0.255
	room_is group_address -99 socket:0.0.0.0:4300 --set to=10.77.0.2 --set from=224.0.0.1
	room_is not_the_bound_one -99 socket:10.77.0.1:4300 --set to=10.77.0.2 --set from=10.77.0.9
	room_is no_device -19 socket:0.0.0.0:4300 --set to=10.77.0.2 --set via=99999
	room_is reserved -22 socket:0.0.0.0:4300 --set to=10.77.0.2 --set reserved=1
	room_is to_group -13 socket:0.0.0.0:4300 --set to=224.0.0.5
	room_is to_broadcast -13 socket:0.0.0.0:4300 --set to=10.77.0.255
	room_is to_none -13 socket:0.0.0.0:4300 --set to=0.0.0.0
	room_is to_port_0 -13 socket:0.0.0.0:4300 --set to=10.77.0.2 --set port=0
	must ip link set spin0 mtu 1280
	room_is smaller_route 1252 socket:0.0.0.0:4300 --set to=10.77.0.2
	peer_down
}

# A socket, with the send buffer that sockets have, whose options somebody changes
# while it is granted: what is written to its coprocess is Python, with the socket
# as s.
holder() {
	cat >/tmp/holder.py <<-'EOP'
	import socket, subprocess, sys
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	s.bind(('0.0.0.0', 4300))
	subprocess.run(['spinctl', 'load', *sys.argv[1:], '--grant',
	                'out=fd:%d' % s.fileno()], pass_fds=[s.fileno()], check=True,
	               stdout=subprocess.DEVNULL)
	print('loaded', flush=True)
	for line in sys.stdin:
	    exec(line)
	    print('done', flush=True)
	EOP
	coproc HOLDER { exec python3 /tmp/holder.py "$@" 2>&1; }
	holder_says "${1##*/}" loaded
}

holder_says() { # NAME WORD
	local line
	read -r -t 120 line <&"${HOLDER[0]}"
	expect "$1" "$2" "$line"
}

change() { # NAME PYTHON
	echo "$2" >&"${HOLDER[1]}"
	holder_says "$1" done
}

holder_ends() {
	local in=${HOLDER[1]}
	exec {in}>&-
	wait "$HOLDER_PID"
}

# marked_up - a second host, "other", has the peer's address: what has mark 7 goes there
marked_up() {
	must ip netns add other
	must ip link add oth0 type veth peer name oth1 netns other
	must ip addr add 10.78.0.1/24 dev oth0
	must ip link set oth0 up
	must ip -n other addr add 10.78.0.2/24 dev oth1
	must ip -n other addr add 10.77.0.2/32 dev oth1
	must ip -n other link set oth1 up
	must ip -n other route add 10.77.0.1/32 via 10.78.0.1
	must ip rule add fwmark 7 table 77
	must ip route add 10.77.0.2/32 via 10.78.0.2 table 77
}

marked_down() {
	ip rule del fwmark 7 table 77
	ip route flush table 77
	ip link del oth0
	ip netns del other
}

test_options_changed_later_count() {
	make_file
	peer_up
	marked_up
	holder "$FIXTURES/socket/use/sender.bpf.o" --grant clip=file:"$DATA"/data \
		--set to=10.77.0.2 --set count=100000 --set start=0 --set chunk=10
	in_peer wire udp 4245 5 "$DATA/data" 10 10 20 15 >/tmp/plain
	expect_match no_mark '^5 received.*from 10.77.0.1 ttl 64' "$(tail -n 1 /tmp/plain)"
	change set_mark 's.setsockopt(socket.SOL_SOCKET, 36, 7)'
	ip netns exec other wire udp 4245 5 "$DATA/data" 10 10 20 15 >/tmp/marked
	expect_match marked '^5 received.*from 10.78.0.1 ttl 64' "$(tail -n 1 /tmp/marked)"
	change set_ttl 's.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 9)'
	ip netns exec other wire udp 4245 5 "$DATA/data" 10 10 20 15 >/tmp/ttl
	expect_match ttl '^5 received.*from 10.78.0.1 ttl 9' "$(tail -n 1 /tmp/ttl)"
	change no_mark_again 's.setsockopt(socket.SOL_SOCKET, 36, 0)'
	change bind 's.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"spin0")'
	in_peer wire udp 4245 5 "$DATA/data" 10 10 20 15 >/tmp/bound
	expect_match bound_to_device '^5 received.*from 10.77.0.1 ttl 9' "$(tail -n 1 /tmp/bound)"
	change options 's.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, bytes([1, 1, 1, 1]))'
	expect_true ip_options_are_refused "sends fail" eventually 10 var_is sender failed -gt 0
	unload sender
	holder_ends
	marked_down
	peer_down
}

# slow_up - a host at 10.78.0.2 behind a link that takes nothing for a long time
slow_up() {
	must ip netns add slow
	must ip link add slow0 type veth peer name slow1 netns slow
	must ip addr add 10.78.0.1/24 dev slow0
	must ip link set slow0 up
	must ip -n slow addr add 10.78.0.2/24 dev slow1
	must ip -n slow link set slow1 up
	must ip neigh replace 10.78.0.2 dev slow0 lladdr "$(ip netns exec slow cat /sys/class/net/slow1/address)"
	must tc qdisc add dev slow0 root tbf rate 1kbit burst 2kb limit 100mb
}

slow_down() {
	ip link del slow0
	ip netns del slow
}

# Each datagram goes to both; the slow one's send buffer is full soon.
test_slow_receiver_costs_others_nothing() {
	local burst
	make_file
	modprobe -qa sch_tbf
	peer_up
	slow_up
	for burst in 1 10; do
		start in_peer udp collect 4245 700 "$DATA"/data 1000 0 0 25
		holder "$FIXTURES/socket/use/sender.bpf.o" --grant clip=file:"$DATA"/data \
			--set to=10.77.0.2 --set also=10.78.0.2 --set chunk=1000 \
			--set burst=$burst --set count=$((700 / burst))
		expect_started fast_one_gets_all_$burst '700 received, 0 wrong'
		expect_match slow_one_fails_more_than_300_$burst '^([3-6][0-9][0-9])$' "$(look cap sender out failed)"
		unload sender
		holder_ends
	done
	slow_down
	peer_down
}

sends_are() { # NUMBER - that went well, and that did not
	test $(($(var sender sent) + $(var sender failed))) = "$1"
}

# What failed is not charged to the quota.
test_only_what_is_sent_is_charged() {
	make_file
	sender --set to=10.77.0.255 --set count=20 --set via=99999
	expect_true failed "20 sends fail" eventually 10 var_is sender failed = 20
	expect nothing_is_charged 0 "$(spinctl -j domain show sender | jq '.quotas[] | select(.quota == "packets") | .used')"
	unload sender
	sender --set to=127.0.0.1 --set count=20
	expect_true sent "20 are sent" eventually 10 var_is sender sent = 20
	expect each_is_charged 20 "$(spinctl -j domain show sender | jq '.quotas[] | select(.quota == "packets") | .used')"
	unload sender
	load "$FIXTURES/socket/use/sender.bpf.o" --grant clip=file:"$DATA"/data --grant out=socket:0.0.0.0:4300 \
		--set to=127.0.0.1 --set count=20 --set burst=10 --limit packets=1
	expect_true over_the_quota "the second send fails" eventually 10 var_is sender failed -gt 0
	expect edquot -122 "$(var sender last_error)"
	unload sender
}
