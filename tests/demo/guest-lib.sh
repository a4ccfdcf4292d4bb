# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Shared by the scripts that run inside the guests of the demo.

die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

# net_up MAC ADDRESS/BITS - set up the interface with this hardware address,
# wait for its carrier (it comes late, and what is sent before is lost), and
# print its name
net_up() {
	local dev try
	dev=$(ip -br link | awk -v mac="$1" '$3 == mac { print $1 }')
	[ -n "$dev" ] || die "no interface has the address $1"
	ip addr add "$2" dev "$dev"
	ip link set "$dev" up
	for try in $(seq 200); do
		if [ "$(cat "/sys/class/net/$dev/carrier" 2>/dev/null)" = 1 ]; then
			echo "$dev"
			return
		fi
		sleep 0.1
	done
	die "$dev has no carrier after $((try / 10)) s"
}

# mount_clips - the clips' disk at /srv, read-only
mount_clips() {
	mkdir -p /srv
	mount -t ext4 -o ro,noatime /dev/vdc /srv ||
		die "the clips' disk cannot be mounted"
}

# wait_for_host - until the host writes a line to this guest's control port
wait_for_host() {
	local line
	read -r -t 300 line </dev/vport0p1 || die "no word from the host"
	echo "host says: $line"
}

# show_extension KEYWORD NAME - what spinctl knows of it, on one line; of its
# variables only the plain numbers at top level, which are its counters
show_extension() {
	echo "$1 $(spinctl -j ext show "$2" | jq -c '.variables |=
		with_entries(select((.value | type) == "number" and
				    (.key | contains(".") | not)))')"
}

# load_server LEASE OPTION... - the three extensions of the server; a subscription
# lasts LEASE seconds, and the options are those of video-source
load_server() {
	local ext=$SPIN_BUILD/ext lease=$1
	shift
	spinctl load "$ext/video-sender.bpf.o" --grant net=socket:4175 ||
		die "video-sender cannot be loaded"
	spinctl load "$ext/video-multicast.bpf.o" \
		--grant net=cap:video-sender/net --set lease_s="$lease" ||
		die "video-multicast cannot be loaded"
	spinctl load "$ext/video-source.bpf.o" "$@" ||
		die "video-source cannot be loaded"
}

# show_server KEYWORD - what is known of the three, on a line each
show_server() {
	show_extension "$1" video-sender
	show_extension "$1" video-multicast
	show_extension "$1" video-source
}

unload_server() {
	local ext
	for ext in video-source video-multicast video-sender; do
		spinctl unload $ext || die "$ext cannot be unloaded"
	done
}
