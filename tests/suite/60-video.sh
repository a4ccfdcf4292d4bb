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
	if [ ! -e /dev/dri/card0 ] && ! modprobe -q bochs; then
		echo "skip displays none here"
		return
	fi
	eventually 5 test -e /dev/dri/card0 || { echo "skip displays none here"; return; }
	refused no_server 'server' spinctl load "$obj" --grant screen=framebuffer:/dev/dri/card0 --grant $net
	refused no_such_mode 'mode' spinctl load "$obj" --grant screen=framebuffer:/dev/dri/card0:7x7 --grant $net
}

test_display_grants() {
	display
}

# What a packet may draw, and what not.
test_blits() {
	local width height n=0 line want
	if ! [ -e /dev/dri/card0 ]; then
		echo "skip displays none here"
		return
	fi
	load "$FIXTURES/fixture-blit.bpf.o" --grant screen=framebuffer:/dev/dri/card0
	udp blit 0 0 20 4 1
	width=$(var blit width) height=$(var blit height)
	while read -r want line; do
		# shellcheck disable=SC2086
		udp blit $line
		n=$((n + 1))
		expect "blit_at_$(tr -s ' ' _ <<<"$line")" "$want" "$(var blit results | cut -d' ' -f$((n + 1)))"
	done <<-END
		0 $((width - 4)) $((height - 1)) 20 4 2
		-34 $((width - 3)) 0 20 4 1
		-34 $width 0 20 1 1
		-34 0 $height 20 1 1
		-34 0xffffffff 0 20 4 1
		-34 0xfffffffc 0 20 4 1
		-34 0 0xffffffff 20 4 1
		-22 0 0 20 67 1
		-22 0 0 219 1 1
		-22 0 0 0xfffffff0 8 1
		-22 0 0 20 4 0
		-22 0 0 20 4 7
	END
	expect first_one 0 "$(var blit results | cut -d' ' -f1)"
	expect wrong_slot -2 "$(var blit wrong_slot)"
	expect_true flushes "it is shown" eventually 5 var_is blit flushes -gt 0
	expect counted 2 "$(look cap blit screen blits)"
	expect refused_are_counted 11 "$(look cap blit screen refused)"
	unload blit
}
