# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# video-server, and a client that compares every byte.

make_clips() {
	[ -e "$DATA"/clip.ts ] || must video make-ts "$DATA"/clip.ts 3000 3000000
	[ -e "$DATA"/clip.raw ] || must video make-raw "$DATA"/clip.raw 64 48 25 10
}

# serve [OPTION...] - on all addresses, port 4175
serve() {
	make_clips
	load "$EXT/video-server.bpf.o" --grant clip=file:"$DATA"/clip.ts \
		--grant raw=file:"$DATA"/clip.raw --grant net=udp:0.0.0.0:4175 "$@"
}

test_streams_are_exact_and_by_reference() {
	make_clips
	peer_up
	must insmod "$SPIN_MODULES/tests/spin_witness.ko" file="$DATA/clip.ts" port=4175
	load "$EXT/video-server.bpf.o" --grant clip=file:"$DATA/clip.ts" \
		--grant raw=file:"$DATA/clip.raw" --grant net=udp:10.77.0.1:4175
	expect ts '200 datagrams, 0 gaps, 0 wrong' \
		"$(in_peer video ts 10.77.0.1 "$DATA/clip.ts" 200)"
	# replies to requests are the only bytes that are not the clip's
	expect_true witness_file_pages "at least 200 datagrams' worth" \
		[ "$(cat /sys/module/spin_witness/parameters/filter_file)" -ge $((200 * 1316)) ]
	expect_true witness_other_bytes "48 bytes for each reply, at most 20" \
		[ "$(cat /sys/module/spin_witness/parameters/filter_other)" -le $((20 * 48)) ]
	expect raw '10 frames, 0 wrong, 0 out of order, 0 lost' \
		"$(in_peer video raw 10.77.0.1 "$DATA/clip.raw" 10)"
	expect copied 0 "$(look cap video-server net copied)"
	expect checksummed 0 "$(look cap video-server net checksummed)"
	expect errors 0 "$(var video-server errors)"
	expect nobody_left '0 0' "$(var video-server ts_clients) $(var video-server raw_clients)"
	unload video-server
	rmmod spin_witness
	peer_down
}

test_protocol() {
	serve --set lease_s=1
	video protocol 127.0.0.1
	expect_true malformed_is_counted "more than 100" [ "$(var video-server malformed)" -gt 100 ]
	unload video-server
}

test_crowd() {
	serve --set clients=8
	video crowd 127.0.0.1 $((SOAK > 1 ? 100000 : 10000)) 8
	expect places 8 "$(var video-server ts_clients)"
	unload video-server
}

test_bad_clips() {
	local obj=$EXT/video-server.bpf.o net=net=udp:0.0.0.0:4175 ts=clip=file:"$DATA"/clip.ts
	make_clips
	head -c 20000 /dev/urandom >"$DATA"/noise
	head -c 99999 "$DATA"/clip.ts >"$DATA"/cut.ts
	head -c 20000 "$DATA"/clip.raw >"$DATA"/cut.raw
	refused not_a_ts 'transport stream' spinctl load "$obj" --grant clip=file:"$DATA"/noise --grant $net
	refused truncated 'truncated|whole|188|transport stream' spinctl load "$obj" --grant clip=file:"$DATA"/cut.ts --grant $net
	refused not_raw 'raw' spinctl load "$obj" --grant "$ts" --grant raw=file:"$DATA"/noise --grant $net
	refused raw_truncated 'truncated|raw|bytes|short' spinctl load "$obj" --grant "$ts" --grant raw=file:"$DATA"/cut.raw --grant $net
	rm -f "$DATA"/{noise,cut.ts,cut.raw}
}

test_display() {
	local obj=$EXT/video-client.bpf.o net=net=udp:0.0.0.0:4176
	refused no_display 'cannot open|no such' spinctl load "$obj" --grant screen=framebuffer:/dev/dri/card9 --grant $net --set server=127.0.0.1
	refused not_a_display 'DRM|display' spinctl load "$obj" --grant screen=framebuffer:/dev/null --grant $net --set server=127.0.0.1
	refused file_is_no_display 'DRM|display|cannot open' spinctl load "$obj" --grant screen=framebuffer:/etc/passwd --grant $net --set server=127.0.0.1
	if [ -e /dev/dri/card0 ]; then
		refused no_server 'server' spinctl load "$obj" --grant screen=framebuffer:/dev/dri/card0 --grant $net
	else
		echo "skip no_server no display here (see tests/demo)"
	fi
}
