# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Displays that are granted, and what a packet may draw on them.

test_display() {
	local obj=$EXT/video-client.bpf.o net=net=socket:0.0.0.0:4176
	refused no_display 'cannot open|no such' spinctl load "$obj" --grant screen=framebuffer:/dev/dri/card9 --grant $net --set server=127.0.0.1
	refused not_a_display 'DRM|display' spinctl load "$obj" --grant screen=framebuffer:/dev/null --grant $net --set server=127.0.0.1
	refused file_is_no_display 'DRM|display|cannot open' spinctl load "$obj" --grant screen=framebuffer:/etc/passwd --grant $net --set server=127.0.0.1
	displays_here || return 0
	refused no_server 'server' spinctl load "$obj" --grant screen=framebuffer:"$CARD" --grant $net
	refused no_such_mode 'mode' spinctl load "$obj" --grant screen=framebuffer:"$CARD":7x7 --grant $net
}

test_display_grants() {
	display
}

# What a packet may draw, and what not.
test_blits() {
	local width height n=0 line want
	displays_here || return 0
	load "$FIXTURES/framebuffer/use/blit.bpf.o" --grant screen=framebuffer:"$CARD"
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

# The same, in pieces of several lines. Words: x, y, offset, pixels, and format,
# pieces, pixels in each, odd bytes.
test_blits_of_pieces() {
	local width height n=0 line want
	displays_here || return 0
	load "$FIXTURES/framebuffer/use/pieces.bpf.o" --grant screen=framebuffer:"$CARD"
	udp blit 0 0 20 8 0x00040201
	width=$(var pieces width) height=$(var pieces height)
	while read -r want line; do
		# shellcheck disable=SC2086
		udp blit $line
		n=$((n + 1))
		expect "pieces_at_$(tr -s ' ' _ <<<"$line")" "$want" "$(var pieces results | cut -d' ' -f$((n + 1)))"
	done <<-END
		32 0 0 20 64 0x00022001
		2 0 0 20 8 0x00040203
		2 0 0 20 8 0x00040202
		2 0 0 20 8 0x00040204
		2 0 0 20 8 0x00040205
		1 $((width - 4)) $((height - 1)) 20 8 0x00040201
		0 $((width - 3)) 0 20 8 0x00040201
		0 $width 0 20 8 0x00040201
		0 0xffffffff 0 20 8 0x00040201
		0 0 0xffffffff 20 8 0x00040201
		-22 0 0 20 66 0x00022101
		-22 0 0 20 7 0x00040201
		-22 0 0 20 9 0x00040201
		-22 0 0 20 8 0x01040201
		-22 0 0 20 8 0x00040200
		-22 0 0 20 8 0x00040206
		-22 0 0 200 8 0x00040201
		-22 0 0 0xfffffff0 8 0x00040201
		-22 0 0 20 513 0x00ff0301
		-2 77 0 20 8 0x00040201
	END
	expect first_one 2 "$(var pieces results | cut -d' ' -f1)"
	expect counted 43 "$(look cap pieces screen blits)"
	expect refused_are_counted 9 "$(look cap pieces screen refused)"
	unload pieces
}

# What stands in /dev/dri, or has its number, is not yet a display whose memory
# stays where it is.
# given_back MODULE... - those that are there can be removed
given_back() {
	local module
	for module; do
		# one that is built in has no state
		[ ! -e "/sys/module/$module/initstate" ] || rmmod "$module" || return
	done
}

test_kinds_frame_buffer_refusals() {
	modprobe -q -a vkms vgem cuse
	display imported
	display major
	expect_true given_back "nothing holds the drivers" eventually 10 \
		given_back vkms vgem cuse
}
