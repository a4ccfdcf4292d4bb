# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The video server, three extensions, and a client that compares every byte.

make_clips() {
	[ -e "$DATA"/clip.ts ] || must video make-ts "$DATA"/clip.ts 3000 3000000
	[ -e "$DATA"/clip.raw ] || must video make-raw "$DATA"/clip.raw 64 48 25 10
}

# The three extensions, in any order; options are spinctl's. The first of the
# two that need the socket brings it; the other one gets it from there.
load_sender() {
	load "$EXT/video-sender.bpf.o" --grant net="$(socket video-multicast)" "$@"
}

load_multicast() {
	load "$EXT/video-multicast.bpf.o" --grant net="$(socket video-sender)" "$@"
}

# socket OTHER - what to grant as net
socket() {
	if extensions | grep -qw "$1"; then
		echo "cap:$1/net"
	else
		echo "socket:${ADDRESS:-0.0.0.0}:4175"
	fi
}

load_source() {
	load "$EXT/video-source.bpf.o" --grant clip=file:"$DATA"/clip.ts \
		--grant raw=file:"$DATA"/clip.raw
}

# serve [OPTION...] - all three, port 4175; the options are video-multicast's
serve() {
	make_clips
	load_sender
	load_multicast "$@"
	load_source
}

unload_all() {
	local ext
	for ext in video-source video-multicast video-sender; do
		unload $ext
	done
}

# stream NAME DATAGRAMS - a client gets them
stream() {
	expect "$1" "$2 datagrams, 0 gaps, 0 wrong" \
		"$(video ts 127.0.0.1 "$DATA"/clip.ts "$2")"
}

test_streams_are_exact_and_by_reference() {
	make_clips
	peer_up
	must insmod "$SPIN_MODULES/tests/spin_witness.ko" file="$DATA/clip.ts" port=4175
	ADDRESS=10.77.0.1 serve
	expect ts '200 datagrams, 0 gaps, 0 wrong' \
		"$(in_peer video ts 10.77.0.1 "$DATA/clip.ts" 200)"
	# replies to requests are the only bytes that are not the clip's
	expect_true witness_file_pages "at least 200 datagrams' worth" \
		[ "$(cat /sys/module/spin_witness/parameters/filter_file)" -ge $((200 * 1316)) ]
	expect_true witness_other_bytes "48 bytes for each reply, at most 20" \
		[ "$(cat /sys/module/spin_witness/parameters/filter_other)" -le $((20 * 48)) ]
	expect raw '10 frames, 0 wrong, 0 out of order, 0 lost' \
		"$(in_peer video raw 10.77.0.1 "$DATA/clip.raw" 10)"
	expect copied 0 "$(look cap video-multicast net copied)"
	expect checksummed 0 "$(look cap video-multicast net checksummed)"
	expect_true by_reference "at least 200 datagrams' worth" \
		look_is -ge $((200 * 1316)) cap video-multicast net by_reference
	expect errors '0 0' "$(var video-multicast errors) $(var video-source errors)"
	expect_true nobody_left "no client" eventually 5 clients_are '0 0'
	unload_all
	rmmod spin_witness
	peer_down
}

clients_are() {
	test "$(var video-multicast ts_clients) $(var video-multicast raw_clients)" = "$1"
}

# With nobody to see it, the clip does not move; and then begins at its beginning.
test_clip_waits_for_a_client() {
	local sends
	serve
	sleep 0.5
	expect nothing_is_sent '0 0' "$(var video-source ts_sends) $(var video-source raw_sends)"
	expect raw_from_the_first_frame '3 frames, 0 wrong, 0 out of order, 0 lost' \
		"$(video raw 127.0.0.1 "$DATA/clip.raw" 3)"
	stream streams 20
	expect_true nobody_left "no client" eventually 5 clients_are '0 0'
	sends=$(var video-source ts_sends)
	sleep 0.3
	expect nothing_is_sent_again "$sends" "$(var video-source ts_sends)"
	expect nobody_was_failed '0 0 0' "$(var video-multicast failed) $(var video-source errors) $(var video-source unsent)"
	unload_all
}

test_protocol() {
	serve --set lease_s=1
	video protocol 127.0.0.1
	expect_true malformed_is_counted "more than 100" [ "$(var video-multicast malformed)" -gt 100 ]
	unload_all
}

test_crowd() {
	serve --set clients=8
	video crowd 127.0.0.1 $((SOAK > 1 ? 100000 : 10000)) 8
	expect places 8 "$(var video-multicast ts_clients)"
	unload_all
}

test_bad_clips() {
	local obj=$EXT/video-source.bpf.o ts=clip=file:"$DATA"/clip.ts
	make_clips
	head -c 20000 /dev/urandom >"$DATA"/noise
	head -c 99999 "$DATA"/clip.ts >"$DATA"/cut.ts
	head -c 20000 "$DATA"/clip.raw >"$DATA"/cut.raw
	refused not_a_ts 'transport stream' spinctl load "$obj" --grant clip=file:"$DATA"/noise
	refused truncated 'truncated|whole|188|transport stream' spinctl load "$obj" --grant clip=file:"$DATA"/cut.ts
	refused not_raw 'raw' spinctl load "$obj" --grant "$ts" --grant raw=file:"$DATA"/noise
	refused raw_truncated 'truncated|raw|bytes|short' spinctl load "$obj" --grant "$ts" --grant raw=file:"$DATA"/cut.raw
	rm -f "$DATA"/{noise,cut.ts,cut.raw}
}

# clip_of SHAPE [RATE] - 1,600 packets of 3 Mbit/s; ts_loads says what is made of it
clip_of() {
	must video make-ts "$DATA/shape.ts" 1600 "${2:-3000000}" "$1"
}

# ts_loads NAME REGEX [OPTION...] - and what it writes to the log matches
ts_loads() {
	local name=$1 regex=$2
	shift 2
	log_mark "clip $name"
	load "$EXT/video-source.bpf.o" --grant clip=file:"$DATA/shape.ts" "$@"
	expect_match "$name" "$regex" "$(log_since "clip $name")"
	unload video-source
}

ts_refused() {
	local name=$1 regex=$2
	shift 2
	refused "$name" "$regex" spinctl load "$EXT/video-source.bpf.o" \
		--grant clip=file:"$DATA/shape.ts" "$@"
}

# A rate that is wrong is a picture that stands still, or a flooded receiver.
test_bit_rate_of_a_clip() {
	local right='MPEG-TS at (2999|3000)[0-9]{3} bit/s'
	clip_of plain
	ts_loads constant "$right"
	clip_of wraps
	ts_loads clock_that_wraps "$right"
	clip_of says-so
	ts_loads clock_that_jumps_and_says_so "$right"
	clip_of errors
	ts_loads clocks_of_damaged_packets_do_not_count "$right"
	clip_of wavers
	ts_loads rate_that_wavers 'MPEG-TS at 27[0-9]{5} bit/s'
	clip_of jumps
	ts_refused clock_that_jumps 'clock jumps at byte 150400, from 1 s to 1001 s: say --set ts_bitrate'
	ts_loads jumps_and_rate_given 'MPEG-TS at 3000000 bit/s' --set ts_bitrate=3000000
	clip_of jumps-back
	ts_refused clock_that_jumps_back 'clock jumps at byte 150400, from 100 s to 50 s: say --set ts_bitrate'
	clip_of begins-quietly
	ts_refused quiet_beginning 'no constant bit rate: at byte [0-9]+ .*on average it has 2[0-9]{5}:.*-muxrate.*ts_bitrate'
	clip_of ends-quietly 200000
	ts_refused quiet_end 'no constant bit rate: at byte [0-9]+ .*on average it has 38[0-9]{4}:.*-muxrate.*ts_bitrate'
	clip_of clockless
	ts_refused no_clock 'no clock .PCR.*: say --set ts_bitrate'
	rm -f "$DATA/shape.ts"
}

# 19 MB: too much to be read at a load, so samples of it are.
test_bit_rate_of_a_large_clip() {
	must video make-ts "$DATA/shape.ts" 101000 8000000
	ts_loads large 'MPEG-TS at (7999|8000)[0-9]{3} bit/s'
	must video make-ts "$DATA/shape.ts" 101000 8000000 jumps
	ts_refused large_and_its_clock_jumps 'no constant bit rate: at byte (949|95[0-9])[0-9]{4} '
	must video make-ts "$DATA/shape.ts" 101000 8000000 begins-quietly
	ts_refused large_and_quiet_beginning 'no constant bit rate: at byte [0-9]{7} '
	rm -f "$DATA/shape.ts"
}

test_packets_of_other_sizes() {
	clip_of m2ts
	ts_refused m2ts '192 bytes .M2TS.*188 with ffmpeg'
	clip_of codes
	ts_refused reed_solomon_codes '204 bytes .*188 with ffmpeg'
	clip_of plain
	# seven bytes are missing from the middle, where nobody looked before
	{ head -c 200000 "$DATA/shape.ts" && tail -c +200008 "$DATA/shape.ts"; } >"$DATA/hole.ts"
	mv "$DATA/hole.ts" "$DATA/shape.ts"
	ts_refused bytes_missing 'damaged clip: .*byte 200032, .*ffmpeg'
	head -c 150500 "$DATA/shape.ts" >"$DATA/cut.ts"
	mv "$DATA/cut.ts" "$DATA/shape.ts"
	ts_refused cut_off 'truncated clip: 150500 .*truncate -s 150400'
	ts_refused cut_off_and_rate_given 'truncated clip: 150500 ' --set ts_bitrate=3000000
	must truncate -s 150400 "$DATA/shape.ts"
	ts_loads cut_off_at_a_packet 'MPEG-TS at (2999|3000)[0-9]{3} bit/s'
	rm -f "$DATA/shape.ts"
}

# The clip is shorter than it was when it was looked at: the stream goes on.
test_clip_that_shrinks() {
	local sends
	clip_of plain
	cp "$DATA/shape.ts" "$DATA/whole.ts"
	load_sender
	load_multicast --set lease_s=600
	log_mark shrinks
	load "$EXT/video-source.bpf.o" --grant clip=file:"$DATA/shape.ts"
	start video follow 127.0.0.1 "$DATA/whole.ts" 1000000
	expect_true streams "it sends" eventually 10 var_is video-source ts_sends -gt 5
	must truncate -s 150400 "$DATA/shape.ts"
	expect_true errors_are_counted "they are" eventually 20 var_is video-source errors -gt 2
	sends=$(var video-multicast ts_datagrams)
	expect_true goes_on "it sends again" eventually 20 var_is video-multicast ts_datagrams -gt "$sends"
	expect_true fails_again "at the same place" eventually 20 var_is video-source ts_loops -gt 2
	expect told_once 1 "$(log_since shrinks | grep -c 'the clip cannot be sent from byte [0-9]*: error 61;')"
	kill "$STARTED"
	wait "$STARTED"
	unload_all
	rm -f "$DATA"/{shape,whole}.ts
}

# At the end the clip begins again: a packet for each identifier says so.
test_join_is_marked() {
	clip_of plain
	load_sender
	load_multicast --set lease_s=600
	load "$EXT/video-source.bpf.o" --grant clip=file:"$DATA/shape.ts"
	expect every_bit '3 joins, 9 marks, 0 gaps, 0 wrong' \
		"$(video join 127.0.0.1 "$DATA/shape.ts" 3)"
	expect_true marks_are_counted "9 or more" var_is video-source ts_marks -ge 9
	expect errors '0 0' "$(var video-multicast failed) $(var video-source errors)"
	unload_all
	rm -f "$DATA/shape.ts"
}

# record FILE JOINS - what a receiver gets of the stream, until the clip began so often
record() {
	cat >/tmp/record.py <<-'EOP'
	import socket, sys
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	s.setsockopt(socket.SOL_SOCKET, 33, 8 << 20)	# SO_RCVBUFFORCE
	s.bind(('127.0.0.1', 5010))
	s.settimeout(20)
	size, want = int(sys.argv[2]), int(sys.argv[3])
	with open(sys.argv[1], 'wb') as out:
	    got = 0
	    while got < size * want:
	        bytes = s.recv(2000)
	        got += len(bytes)
	        out.write(bytes)
	EOP
	spin-subscribe -q 127.0.0.1 -p 5010 -- \
		python3 /tmp/record.py "$1" "$(stat -c %s "$DATA/shape.ts")" "$2"
}

# corrupt FILE - packets of its stream that ffmpeg takes for damaged, and all
corrupt() {
	ffprobe -v error -show_entries packet=flags -of csv=p=0 "$1" |
		awk '{ n++ } /C/ { bad++ } END { print bad + 0, "of", n }'
}

# A program that knows nothing of ours sees no damage where the clip begins again, and
# sees it if the packets that tell of the join are left out.
test_join_is_understood_by_others() {
	local packets
	must ffmpeg -nostdin -hide_banner -loglevel error -y -f lavfi \
		-i testsrc2=size=64x48:rate=25 -frames:v 40 -c:v mpeg2video -b:v 200k \
		-f mpegts -muxrate 500k "$DATA/shape.ts"
	load_sender
	load_multicast --set lease_s=600
	load "$EXT/video-source.bpf.o" --grant clip=file:"$DATA/shape.ts"
	must record "$DATA/stream.ts" 3
	unload_all
	packets=$(corrupt "$DATA/stream.ts")
	expect_match no_packet_is_damaged '^0 of (8[0-9]|9[0-9]|1[0-9][0-9])$' "$packets"
	# the same without packets that have no payload
	python3 - "$DATA/stream.ts" "$DATA/unmarked.ts" <<-'EOP'
	import sys
	data = open(sys.argv[1], 'rb').read()
	packets = [data[i:i + 188] for i in range(0, len(data), 188)]
	open(sys.argv[2], 'wb').write(b''.join(p for p in packets if p[3] & 0x10))
	EOP
	expect_match damaged_without_marks '^[1-9][0-9]* of ' "$(corrupt "$DATA/unmarked.ts")"
	rm -f "$DATA"/{shape,stream,unmarked}.ts
}

test_bad_settings() {
	local obj=$EXT/video-multicast.bpf.o net=net=socket:0.0.0.0:4175
	refused no_port 'port is 0' spinctl load "$obj" --grant $net --set port=0
	refused no_lease 'lease_s' spinctl load "$obj" --grant $net --set lease_s=0
	refused too_many 'clients must be' spinctl load "$obj" --grant $net --set clients=129
}

# Late binding: extensions that come first wait for the others.
test_three_in_any_order() {
	local order part
	make_clips
	for order in 'sender multicast source' 'sender source multicast' 'source sender multicast' \
		'source multicast sender' 'multicast source sender' 'multicast sender source'; do
		for part in $order; do
			load_"$part"
		done
		stream "streams_with_${order// /_}" 20
		for part in $order; do
			unload "video-$part"
		done
	done
}

# video-sender by itself has one receiver; with video-multicast those that ask.
test_one_receiver() {
	make_clips
	load_sender --set to=127.0.0.1 --set to_port=5100
	start video unicast 5100 "$DATA"/clip.ts 100
	load_source
	expect_started unicast '100 datagrams, 0 gaps, 0 wrong'
	load_multicast
	stream multicast_instead 50
	start video unicast 5100 "$DATA"/clip.ts 100
	unload video-multicast
	expect_started unicast_again '100 datagrams, 0 gaps, 0 wrong'
	unload video-source
	unload video-sender
}

# Without a sender the source's calls fail, and nothing else; then it goes on
# where it was, with the clients it had.
test_sender_goes_and_comes_back() {
	local sends
	serve --set lease_s=3600
	start video follow 127.0.0.1 "$DATA"/clip.ts 1000000
	expect_true streaming "it sends" eventually 5 var_is video-source ts_sends -gt 50
	expect bound 0 "$(var video-source unsent)"
	unload video-sender
	expect_true calls_fail "they are counted" eventually 5 var_is video-source unsent -gt 2
	sends=$(var video-source ts_sends)
	expect_true calls_go_on_failing "they are" eventually 5 var_is video-source unsent -gt 20
	expect nothing_is_sent "$sends" "$(var video-source ts_sends)"
	expect still_subscribed 1 "$(var video-multicast ts_clients)"
	load_sender
	expect_true goes_on "300 sends more" eventually 20 var_is video-source ts_sends -gt $((sends + 300))
	kill "$STARTED"
	wait "$STARTED"
	expect_match without_a_gap '^[0-9]{3,} datagrams, 0 gaps, 0 wrong$' "$(tail -n 1 /tmp/started)"
	expect errors 0 "$(var video-source errors)"
	unload_all
}

# The next version takes the procedures over: no call fails in between.
test_sender_is_upgraded() {
	local upgrades=0
	serve --set lease_s=60
	start video follow 127.0.0.1 "$DATA"/clip.ts 1500
	# as often as there is time for while it lasts; subscribers that were
	# forgotten would get no more
	while kill -0 "$STARTED" 2>/dev/null; do
		must spinctl ext upgrade "$EXT/video-sender.bpf.o"
		upgrades=$((upgrades + 1))
	done
	expect_true upgraded "at least once" [ "$upgrades" -gt 0 ]
	expect_started stream '1500 datagrams, 0 gaps, 0 wrong'
	expect no_call_failed '0 0' "$(var video-source unsent) $(var video-source errors)"
	unload_all
}

# The multicaster's socket is derived from the sender's: one revoke takes both.
test_socket_is_revoked() {
	serve --set lease_s=60
	start video follow 127.0.0.1 "$DATA"/clip.ts 100000
	expect_true streaming "it sends" eventually 10 var_is video-multicast ts_datagrams -gt 50
	expect no_errors 0 "$(var video-multicast errors)"
	must spinctl cap revoke video-sender net
	expect_true sends_fail "they are counted" eventually 10 var_is video-multicast errors -gt 10
	kill "$STARTED"
	# it was closed: the port is free, although others are still loaded
	unload video-sender
	load "$EXT/video-sender.bpf.o" --grant net=socket:0.0.0.0:4175
	unload_all
}

# One more handler of SendPacket. The file comes with the call, and goes with it.
test_file_is_lent_for_a_call() {
	make_clips
	load_sender
	load_multicast
	load "$EXT/video-source.bpf.o" --grant clip=file:"$DATA"/clip.ts
	load "$FIXTURES/video/use/recorder.bpf.o"
	stream streams_all_the_same 100
	unload video-source
	expect_true recorded "it saw the calls" var_is recorder calls -gt 10
	expect file_is_readable "$(var recorder calls)" "$(var recorder first_bytes)"
	expect bytes_are_the_clips 0 "$(var recorder wrong_bytes)"
	expect file_is_not_kept '0 -2' "$(var recorder kept) $(var recorder keep_error)"
	unload recorder
	unload video-multicast
	unload video-sender
}

# VideoSender is for the owner of video-sender. (Another user with the rights to
# load extensions; the device is opened for them.)
test_stranger_cannot_handle_sends() {
	serve
	chmod 0666 /dev/spin
	refused stranger 'VideoSender.SendPacket.*video-sender.*does not let' \
		setpriv --reuid 65534 --regid 65534 --clear-groups \
		--inh-caps +bpf,+perfmon --ambient-caps +bpf,+perfmon \
		spinctl load "$FIXTURES/video/use/recorder.bpf.o"
	chmod 0600 /dev/spin
	stream goes_on 20
	unload_all
}

# client [OPTION...] - draws what comes from 10.77.0.2, without being asked for
client() {
	load "$EXT/video-client.bpf.o" --grant screen=framebuffer:"$CARD" \
		--grant net=socket:0.0.0.0:4176 --set server=10.77.0.2 \
		--set subscribe=0 "$@"
	frames=0
}

# rtp_drawn NAME OPTION... - three frames, as rtp packs them; the last one is on display
rtp_drawn() {
	local name=$1
	shift
	in_peer rtp 10.77.0.2 10.77.0.1 4176 "$@" >"$DATA/sent.rgb" || echo "not ok $name: rtp"
	frames=$((frames + 3))
	expect_true "$name" "$frames frames drawn" eventually 10 var_is video-client frames -ge "$frames"
	screen 0 0 64 48 >"$DATA/drawn.rgb"
	expect_true "${name}_exactly" "the frame that was sent" cmp -s "$DATA/sent.rgb" "$DATA/drawn.rgb"
}

# rtp_counted COUNTER NUMBER OPTION... - what comes is counted there, NUMBER more
rtp_counted() {
	local counter=$1 before
	before=$(var video-client "$1")
	in_peer rtp 10.77.0.2 10.77.0.1 4176 "${@:3}" >"$DATA/sent.rgb" || echo "not ok $counter: rtp"
	expect_true "${counter}_${*:3}" "$2 more" eventually 10 var_is video-client "$counter" = $((before + $2))
}

# told_once MARK TEXT - since the mark
told_once() {
	[ "$(log_since "$1" | grep -c "$2")" = 1 ]
}

test_rtp_however_it_is_packed() {
	local frames before damaged
	displays_here || return 0
	peer_up
	client
	for sampling in 1 2 3 4; do
		[ $sampling = 1 ] || { unload video-client; client --set sampling=$sampling; }
		rtp_drawn "sampling_$sampling" sampling=$sampling
		rtp_drawn "sampling_${sampling}_five_lines" sampling=$sampling lines=5
	done
	unload video-client
	client
	rtp_drawn one_line lines=1
	rtp_drawn seven_lines lines=7
	rtp_drawn lines_in_four_pieces lines=2 pieces=4
	rtp_drawn thirty_two_pieces lines=4 pieces=8
	rtp_drawn as_many_pixels_as_may_be lines=8
	rtp_drawn sources sources=15
	rtp_drawn header_extension extension=20 lines=1
	rtp_drawn padding padding=40
	rtp_drawn all_of_these sources=3 extension=2 padding=7 lines=6
	rtp_drawn other_type type=127
	rtp_drawn numbers_begin_again number=65530 high=0
	rtp_drawn numbers_go_on number=65530 high=1
	rtp_drawn clock_begins_again clock=0xfffffff0
	rtp_drawn clock_goes_back clock=1000000 step=-3600
	expect nothing_is_missing '0 0 0 0 0' "$(var video-client lost) $(var video-client stale) $(var video-client malformed) $(var video-client outside) $(var video-client undrawn)"
	expect each_sender_is_a_new_stream 13 "$(var video-client restarts)"
	log_mark not-drawn
	rtp_counted interlaced 72 field=1
	rtp_counted too_large 24 lines=6 pieces=8
	rtp_counted too_large 12 lines=12
	rtp_counted malformed 72 type=95
	expect none_of_these_is_drawn "$frames" "$(var video-client frames)"
	expect_true interlaced_is_told "once" eventually 10 told_once not-drawn 'the stream is interlaced, and not drawn'
	expect_true size_is_told "once" eventually 10 told_once not-drawn 'more than 32 pieces of lines or 512 pixels are not drawn'
	# each frame's last datagram can be drawn; those before it are not lost
	before=$(var video-client lost)
	damaged=$(var video-client frames_damaged)
	rtp_counted too_large 15 lines=9
	expect_true a_part_of_each_is_drawn "3 more" eventually 10 var_is video-client frames = $((frames + 3))
	expect too_large_is_not_lost "$before 3" "$(var video-client lost) $(($(var video-client frames_damaged) - damaged))"
	unload video-client
	rm -f "$DATA"/{sent,drawn}.rgb
	peer_down
}

# Of each frame's 24 datagrams one is lost, late, or there twice.
test_rtp_out_of_order() {
	local frames
	displays_here || return 0
	peer_up
	client
	rtp_drawn in_order
	rtp_counted frames_damaged 3 drop=7
	expect lost 3 "$(var video-client lost)"
	rtp_counted duplicates 3 twice=7
	rtp_counted reordered 3 late=7
	# of a frame's last one, after the next has begun
	rtp_counted stale 2 late=24
	expect nothing_else_is_missing 3 "$(var video-client lost)"
	unload video-client
	rm -f "$DATA"/sent.rgb
	peer_down
}

# drawn_as NAME FILE WIDTH HEIGHT - the last frame of the file is on display
drawn_as() {
	tail -c $(($3 * $4 * 3)) "$2" >"$DATA/last.rgb"
	screen 0 0 "$3" "$4" >"$DATA/drawn.rgb"
	cmp -s "$DATA/last.rgb" "$DATA/drawn.rgb"
}

# Two programs that know nothing of ours. (Lines of a whole number of words: in
# its files GStreamer fills them up to one.)
test_rtp_of_gstreamer_and_ffmpeg() {
	local frames size
	displays_here || return 0
	peer_up
	for size in 160x120 60x40; do
		client
		must in_peer gst-launch-1.0 -q videotestsrc num-buffers=3 pattern=snow ! \
			"video/x-raw,format=RGB,width=${size%x*},height=${size#*x},framerate=25/1" ! \
			tee name=t ! queue ! rtpvrawpay ! udpsink host=10.77.0.1 port=4176 \
			t. ! queue ! videoconvert ! filesink location="$DATA/gst.rgb"
		expect_true "gstreamer_$size" "3 frames" eventually 10 var_is video-client frames -ge 3
		expect "gstreamer_${size}_whole" '0 0 0' "$(var video-client lost) $(var video-client malformed) $(var video-client too_large)"
		expect_true "gstreamer_${size}_exactly" "its last frame" drawn_as gst "$DATA/gst.rgb" ${size%x*} ${size#*x}
		unload video-client
		client
		must in_peer ffmpeg -nostdin -hide_banner -loglevel error -y -re -f lavfi \
			-i "testsrc2=size=$size:rate=25" -frames:v 3 -pix_fmt rgb24 -c:v rawvideo \
			-f rtp rtp://10.77.0.1:4176 -frames:v 3 -pix_fmt rgb24 -c:v rawvideo \
			-f rawvideo "$DATA/ffmpeg.rgb"
		expect_true "ffmpeg_$size" "3 frames" eventually 10 var_is video-client frames -ge 3
		expect "ffmpeg_${size}_whole" '0 0 0' "$(var video-client lost) $(var video-client malformed) $(var video-client too_large)"
		expect_true "ffmpeg_${size}_exactly" "its last frame" drawn_as ffmpeg "$DATA/ffmpeg.rgb" ${size%x*} ${size#*x}
		unload video-client
	done
	rm -f "$DATA"/{gst,ffmpeg,last,drawn}.rgb
	peer_down
}

# What can never work, and who never answers.
test_client_settings() {
	local obj=$EXT/video-client.bpf.o
	displays_here || return 0
	set -- --grant screen=framebuffer:"$CARD" --grant net=socket:0.0.0.0:4176
	refused multicast 'server is not the address of one host' spinctl load "$obj" "$@" --set server=239.1.2.3
	refused broadcast 'server is not the address of one host' spinctl load "$obj" "$@" --set server=255.255.255.255
	refused no_network 'server is not the address of one host' spinctl load "$obj" "$@" --set server=0.0.0.7
	refused no_port 'must not be 0' spinctl load "$obj" "$@" --set server=127.0.0.1 --set port=0
	refused no_server_port 'must not be 0' spinctl load "$obj" "$@" --set server=127.0.0.1 --set server_port=0
	refused port_of_a_service 'below 1024' spinctl load "$obj" "$@" --set server=127.0.0.1 --set port=1023
	refused no_sampling 'sampling 1 .RGB.' spinctl load "$obj" "$@" --set server=127.0.0.1 --set sampling=5
	refused sampling_of_a_server 'RGB: leave sampling at 1' spinctl load "$obj" "$@" --set server=127.0.0.1 --set sampling=2
	log_mark silence
	load "$obj" "$@" --set server=127.0.0.1 --set server_port=9
	expect_true silence_is_told "no answer" eventually 30 told_once silence 'no answer from the server'
	expect_true silence_is_counted "5 or more" var_is video-client unanswered -gt 5
	unload video-client
}

# no_control NAME TEXT - nothing but line feeds and letters
no_control() {
	expect "$1" 0 "$(printf %s "$2" | LC_ALL=C tr -d '\n -~' | wc -c)"
}

test_spin_clip() {
	local out=$DATA/made.raw frame=$((64 * 48 * 3)) bad=$'\e[31m\x9b\xc2\x9b\r' first second
	head -c $((2 * frame)) /dev/urandom >"$DATA/pixels"
	must spin-clip "$DATA/pixels" "$out" --size 64x48 --rate 25 -q
	expect options_behind_operands "$((4096 + 2 * 12288))" "$(stat -c %s "$out")"
	cp "$out" "$DATA/kept.raw"
	refused there_already 'is there already: say --force' spin-clip -s 64x48 -r 25 "$DATA/pixels" "$out"
	head -c 100 "$DATA/pixels" >"$DATA/short"
	refused half_a_frame 'ends within frame 0 .100 of 9216 bytes' spin-clip -f -s 64x48 -r 25 "$DATA/short" "$out"
	expect_true refused_leaves_the_clip "as it was" cmp -s "$out" "$DATA/kept.raw"
	must spin-clip "$DATA/pixels" "$out" -f -s 64x48 -r 25 -q
	expect_true made_again "the same" cmp -s "$out" "$DATA/kept.raw"
	refused control_characters 'cannot open .*31m' spin-clip -s 64x48 -r 25 "$DATA/$bad" "$out"
	no_control control_characters_of_names "$(spin-clip -f -s 64x48 -r 25 "$DATA/$bad" "$out" 2>&1)"
	no_control control_characters_of_values "$(spin-clip -s "$bad" -r 25 x y 2>&1 | head -n 1)"
	no_control control_characters_of_options "$(spin-clip "--$bad" 2>&1)"
	rm -f "$out"
	# Two at once: one of them makes the clip, and is told so.
	spin-clip -s 64x48 -r 25 -q "$DATA/pixels" "$out" 2>/tmp/first &
	first=$!
	spin-clip -s 64x48 -r 25 -q "$DATA/pixels" "$out" 2>/tmp/second &
	second=$!
	wait $first
	first=$?
	wait $second
	second=$?
	expect one_of_two 1 $((first + second))
	expect_match other_is_told 'is there (already|now): say --force' "$(cat /tmp/first /tmp/second)"
	expect_true clip_is_whole "the same" cmp -s "$out" "$DATA/kept.raw"
	expect nothing_is_left_over "$out" "$(echo "$out"*)"
	rm -f "$DATA"/{pixels,short,made.raw,kept.raw}
}

# The server, at any address, answers from the one that was asked, and streams
# from there.
test_answers_come_from_the_address_that_was_asked() {
	serve
	expect loopback_1 '20 datagrams, 0 gaps, 0 wrong' \
		"$(video ts 127.0.0.1 "$DATA/clip.ts" 20)"
	expect loopback_2 '20 datagrams, 0 gaps, 0 wrong' \
		"$(video ts 127.0.0.2 "$DATA/clip.ts" 20)"
	peer_up
	must ip addr add 10.77.0.9/24 dev spin0
	expect second_address '20 datagrams, 0 gaps, 0 wrong' \
		"$(in_peer video ts 10.77.0.9 "$DATA/clip.ts" 20)"
	modprobe -qa vrf
	if ip link add red type vrf table 10 2>/tmp/needs; then
		must ip link set red up
		must ip link set spin0 master red
		must eventually 10 in_peer ping -q -c 1 -W 1 10.77.0.1
		expect vrf '20 datagrams, 0 gaps, 0 wrong' \
			"$(in_peer video ts 10.77.0.1 "$DATA/clip.ts" 20)"
		ip link del red
	else
		echo "skip vrf this kernel has none: $(head -n 1 /tmp/needs)"
	fi
	expect failed 0 "$(var video-multicast failed)"
	unload_all
	peer_down
}

# Behind another address and port, by the connections that are tracked: subscriber
# and server see what each of them asked for.
test_server_behind_another_address() {
	modprobe -qa nf_tables nft_nat nf_nat nft_redir
	serve
	peer_up
	must in_peer ip route add 192.0.2.1 via 10.77.0.1
	must nft -f - <<-'NFT'
	table ip video {
		chain in {
			type nat hook prerouting priority -100;
			ip daddr 192.0.2.1 udp dport 4444 dnat to 10.77.0.1:4175
			udp dport 4445 redirect to :4175
		}
	}
	NFT
	expect another_address '20 datagrams, 0 gaps, 0 wrong' \
		"$(in_peer video natted 192.0.2.1:4444 "$DATA/clip.ts" 20)"
	expect another_port '20 datagrams, 0 gaps, 0 wrong' \
		"$(in_peer video natted 10.77.0.1:4445 "$DATA/clip.ts" 20)"
	expect failed 0 "$(var video-multicast failed)"
	nft delete table ip video
	unload_all
	peer_down
}

# A route that takes no datagrams as large as the stream's: said, not left to a
# counter.
test_stream_that_does_not_fit_is_refused() {
	peer_up
	must ip link set spin0 mtu 1280
	serve
	expect_match subscriber_is_told 'no datagrams as large' "$(in_peer spin-subscribe -n -t 1 -w 2 10.77.0.1 2>&1)"
	expect counted '0 1' "$(var video-multicast accepted) $(var video-multicast refused_size)"
	expect_match log_has_sizes 'no stream for 10\.77\.0\.2: its datagrams have 1316 bytes, and the route takes 1252' \
		"$(dmesg | tail -n 20)"
	unload_all
	peer_down
}

test_sender_settings_that_never_work() {
	local obj=$EXT/video-sender.bpf.o net=net=socket:0.0.0.0:4175
	refused group 'no address that one receiver' spinctl load "$obj" --grant $net --set to=224.0.0.5
	refused broadcast 'no address that one receiver' spinctl load "$obj" --grant $net --set to=255.255.255.255
	refused no_port 'to_port is 0' spinctl load "$obj" --grant $net --set to=127.0.0.1 --set to_port=0
	refused no_format 'to_format' spinctl load "$obj" --grant $net --set to_format=3
}

test_spin_subscribe() {
	local bad=$'\e[31m\x9b\xc2\x9b\r' n
	serve --set lease_s=600
	refused multicast 'not the address of one host' spin-subscribe 239.1.2.3
	refused nobody 'not the address of one host' spin-subscribe 0.0.0.0
	refused port 'is no port' spin-subscribe 127.0.0.1:0
	no_control control_characters_of_hosts "$(spin-subscribe "$bad" 2>&1)"
	no_control control_characters_of_values "$(spin-subscribe -p "$bad" 127.0.0.1 2>&1 | head -n 1)"
	spin-subscribe 127.0.0.1 --port 5010 --quiet &
	STARTED=$!
	expect_true options_behind_operands "one client" eventually 10 clients_are '1 0'
	refused second_to_the_port 'another spin-subscribe .* port 5010' spin-subscribe 127.0.0.1 -p 5010
	spin-subscribe -q 127.0.0.1 -p 5011 --no-listen -- sleep 1000 &
	expect_true second_to_another_port "two clients" eventually 10 clients_are '2 0'
	kill "$STARTED" $!
	wait "$STARTED"
	expect told_to_end 0 $?
	wait $!
	expect_true both_leave "no client" eventually 10 clients_are '0 0'
	n=0
	while [ $n -lt 30 ] && spin-subscribe 127.0.0.1 -qn sh -c 'exit 0'; do
		n=$((n + 1))
	done
	expect again_and_again 30 $n
	expect_true all_leave "no client" eventually 10 clients_are '0 0'
	start video unicast 5012 "$DATA"/clip.ts 1
	refused port_is_taken 'port 5012 is taken' spin-subscribe 127.0.0.1 -p 5012 -q sleep 1000
	kill "$STARTED"
	wait "$STARTED"
	unload_all
}
