# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Files and sockets: what is sent, that it is sent by reference, and that the
# file is as it was.

witness() {
	cat "/sys/module/spin_witness/parameters/$1"
}

make_file() {
	[ -e "$DATA"/data ] || head -c 1000000 /dev/urandom >"$DATA"/data
}

test_send_on_loopback() {
	make_file
	start udp collect 4245 64 "$DATA"/data 1316 20 0 15
	load "$FIXTURES/socket/use/sender.bpf.o" --grant clip=file:"$DATA"/data \
		--grant out=socket:127.0.0.1:4300 --set to=127.0.0.1
	expect_started bytes '64 received, 0 wrong'
	expect counted 64 "$(look cap sender out sent)"
	expect failed 0 "$(look cap sender out failed)"
	expect size 1000000 "$(var sender size)"
	expect read_by_copy "$(od -An -tu1 -N64 -v "$DATA/data" | awk '{ for (i = 1; i <= NF; i++) s += $i } END { print s }')" "$(var sender sum)"
	unload sender
}

# The device is a veth, which gathers; the witness looks at what it is given.
test_zero_copy() {
	local sum
	make_file
	sum=$(sha256sum <"$DATA"/data)
	peer_up
	must insmod "$SPIN_MODULES/tests/spin_witness.ko" file="$DATA"/data port=4300
	# an offset that is not a page's, and chunks that straddle pages
	start in_peer udp collect 4245 64 "$DATA"/data 1316 20 777 15
	load "$FIXTURES/socket/use/sender.bpf.o" --grant clip=file:"$DATA"/data \
		--grant out=socket:10.77.0.1:4300 --set to=10.77.0.2 --set start=777
	expect_started bytes '64 received, 0 wrong'
	expect by_reference $((64 * 1316)) "$(look cap sender out by_reference)"
	expect copied 0 "$(look cap sender out copied)"
	expect checksummed 0 "$(look cap sender out checksummed)"
	expect witness_packets 64 "$(witness filter_packets)"
	expect witness_file_pages $((64 * 1316)) "$(witness filter_file)"
	expect witness_header_only $((64 * 20)) "$(witness filter_other)"
	expect witness_no_checksum 64 "$(witness filter_unsummed)"
	if [ "$(witness tap_packets)" -gt 0 ]; then
		expect witness_at_the_device $((64 * 1316)) "$(witness tap_file)"
	else
		echo "skip witness_at_the_device no tap was shown the packets"
	fi
	unload sender
	rmmod spin_witness
	expect file_is_as_it_was "$sum" "$(sha256sum <"$DATA/data")"
	peer_down
}

# Many datagrams in one call, still by reference.
test_bursts() {
	make_file
	peer_up
	must insmod "$SPIN_MODULES/tests/spin_witness.ko" file="$DATA/data" port=4300
	start in_peer udp collect 4245 100 "$DATA/data" 1316 0 777 15
	load "$FIXTURES/socket/use/sender.bpf.o" --grant clip=file:"$DATA"/data \
		--grant out=socket:10.77.0.1:4300 --set to=10.77.0.2 --set start=777 \
		--set burst=10 --set count=10
	expect_started bytes '100 received, 0 wrong'
	expect sent 100 "$(look cap sender out sent)"
	expect by_reference 131600 "$(look cap sender out by_reference)"
	expect copied 0 "$(look cap sender out copied)"
	expect witness_packets 100 "$(witness filter_packets)"
	expect witness_file_pages 131600 "$(witness filter_file)"
	expect witness_nothing_else 0 "$(witness filter_other)"
	unload sender
	rmmod spin_witness
	peer_down
}

# A device that cannot take bursts apart, and a packet filter that puts a tag
# in front of them: the kernel has to make room in each.
test_bursts_that_are_tagged() {
	local feature
	make_file
	peer_up
	modprobe -qa 8021q act_vlan sch_ingress cls_matchall
	for feature in tx-udp-segmentation tx-gso-list; do
		ethtool -K spin0 $feature off >/dev/null 2>&1
	done
	if ! tc qdisc add dev spin0 clsact 2>/dev/null ||
		! in_peer ip link add link spin1 name tagged type vlan id 5 2>/dev/null ||
		! tc filter add dev spin0 egress matchall action vlan push id 5 2>/dev/null; then
		peer_down
		echo "skip tagged no vlan or no tc action here"
		return
	fi
	in_peer ip addr del 10.77.0.2/24 dev spin1
	in_peer ip addr add 10.77.0.2/24 dev tagged
	in_peer ip link set tagged up
	# replies would come untagged: nobody asks who has the address
	ip neigh replace 10.77.0.2 dev spin0 lladdr \
		"$(in_peer cat /sys/class/net/spin1/address)"
	start in_peer udp collect 4245 100 "$DATA/data" 1316 0 0 15
	load "$FIXTURES/socket/use/sender.bpf.o" --grant clip=file:"$DATA"/data \
		--grant out=socket:10.77.0.1:4300 --set to=10.77.0.2 --set burst=10 \
		--set count=10
	expect_started bytes '100 received, 0 wrong'
	unload sender
	peer_down
}

# The witness can tell: the same sends through a device that cannot gather.
test_copying_is_told() {
	make_file
	peer_up
	if ! ethtool -K spin0 sg off >/dev/null 2>&1; then
		peer_down
		echo "skip veth the device always gathers"
		return
	fi
	must insmod "$SPIN_MODULES/tests/spin_witness.ko" file="$DATA"/data port=4300
	start in_peer udp collect 4245 64 "$DATA"/data 1316 20 0 15
	load "$FIXTURES/socket/use/sender.bpf.o" --grant clip=file:"$DATA"/data \
		--grant out=socket:10.77.0.1:4300 --set to=10.77.0.2
	expect_started bytes '64 received, 0 wrong'
	expect by_reference "$(witness tap_file)" "$(look cap sender out by_reference)"
	expect_true copied "they were copied" [ "$(look cap sender out copied)" -gt 0 ]
	expect flag 1 "$(look cap sender out flags)"
	unload sender
	rmmod spin_witness
	peer_down
}

test_wrong_slots_and_arguments() {
	make_file
	load "$FIXTURES/file/contain/wrong-slot.bpf.o" --grant clip=file:"$DATA"/data \
		--grant out=socket:127.0.0.1:4300
	expect_true ran "the handler ran" eventually 5 var_is wrong-slot finished = 1
	expect file_empty -2 "$(var wrong-slot file_empty)"
	expect file_beyond -2 "$(var wrong-slot file_beyond)"
	expect file_huge -2 "$(var wrong-slot file_huge)"
	expect file_is_socket -9 "$(var wrong-slot file_is_socket)"
	expect socket_is_file -9 "$(var wrong-slot socket_is_file)"
	expect header_too_long -22 "$(var wrong-slot header_too_long)"
	expect too_long -22 "$(var wrong-slot too_long)"
	expect beyond_end -61 "$(var wrong-slot beyond_end)"
	expect_match offset_wraps '^(-22|-61)$' "$(var wrong-slot offset_wraps)"
	expect_match multicast '^(-22|0)$' "$(var wrong-slot multicast)"
	expect no_dest -22 "$(var wrong-slot no_dest)"
	expect many_dests -22 "$(var wrong-slot many_dests)"
	expect sent 1 "$(var wrong-slot sent)"
	unload wrong-slot
}

# A capability that is optional and was not given.
test_optional_capability() {
	make_file
	load "$FIXTURES/file/contain/wrong-slot.bpf.o"
	expect_true ran "the handler ran" eventually 5 var_is wrong-slot finished = 1
	expect file_empty -2 "$(var wrong-slot file_empty)"
	expect sent -2 "$(var wrong-slot sent)"
	unload wrong-slot
}

# The file is cut while it is being sent.
test_file_truncated_while_sent() {
	head -c 500000 /dev/urandom >"$DATA"/cut
	load "$FIXTURES/socket/use/sender.bpf.o" --grant clip=file:"$DATA"/cut \
		--grant out=socket:127.0.0.1:4300 --set to=127.0.0.1 --set count=300
	expect_true sends "some are sent" eventually 5 var_is sender sent -gt 5
	truncate -s 10000 "$DATA"/cut
	expect_true says_no_data "-ENODATA" eventually 5 var_is sender last_error = -61
	rm "$DATA"/cut
	unload sender
}

# A removed file stays until the extension goes, and goes with it.
test_granted_file_is_held_until_unload() {
	local img=/tmp/fs.img
	truncate -s 8M $img
	disk_of $img /tmp/mnt
	head -c 200000 /dev/urandom >/tmp/mnt/clip
	load "$FIXTURES/socket/use/sender.bpf.o" --grant clip=file:/tmp/mnt/clip \
		--grant out=socket:127.0.0.1:4300 --set to=127.0.0.1
	refused busy 'busy' umount /tmp/mnt
	unload sender
	expect free '' "$(umount /tmp/mnt 2>&1)"
	rm -rf $img /tmp/mnt
}
