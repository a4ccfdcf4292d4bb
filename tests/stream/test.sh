# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# TCP connections that are granted: what a holder can do, what the peer sees, and
# what is left when one is taken away.

# shellcheck source=tests/kind/lib.sh disable=SC2154 # $here is the runner's
. "$here/../kind/lib.sh"

test_kinds_stream_echo() {
	peer serve 4301 echo
	load "$KINDS" --grant stream=stream:127.0.0.1:4301
	ask echoed 'echo right'
	expect received 21 "$(var kinds received)"
	expect counted_received 21 "$(look cap kinds stream received)"
	expect counted_sent 21 "$(look cap kinds stream sent)"
	expect_match listed 'stream +[0-9]+ +stream +.*127\.0\.0\.1:4301' \
		"$(spinctl ext show kinds)"
	must spinctl cap revoke kinds stream
	ask gives_back closed
	expect_true revoked "-EKEYREVOKED" eventually 5 kinds_is stream_error = -128
	unload kinds
	end_peer
}

test_kinds_stream_is_closed_by_unload() {
	peer serve 4301 echo
	load "$KINDS" --grant stream=stream:127.0.0.1:4301
	ask echoed 'echo right'
	unload kinds
	ask gives_back closed
	end_peer
}

test_kinds_stream_peer_ends() {
	peer serve 4301 echo
	load "$KINDS" --grant stream=stream:127.0.0.1:4301
	ask echoed 'echo right'
	end_peer
	expect_true end "0, the end" eventually 5 kinds_is stream_end = 1
	unload kinds
}

test_kinds_stream_urgent_data() {
	peer serve 4301 urgent
	load "$KINDS" --grant stream=stream:127.0.0.1:4301
	ask without_it 'echo right'
	expect received 12 "$(var kinds received)"
	expect_true end "0, the end" eventually 20 kinds_is stream_end = 1
	expect still 12 "$(var kinds received)"
	unload kinds
	end_peer
}

test_kinds_stream_sends_file() {
	head -c 1000001 /dev/urandom >"$DATA"/data1
	peer serve 4301 file "$DATA"/data1
	load "$KINDS" --grant stream=stream:127.0.0.1:4301 \
		--grant clip=file:"$DATA"/data1
	ask whole '1000001 received, 0 wrong'
	expect sent 1000001 "$(look cap kinds stream sent)"
	expect by_reference 1000001 "$(look cap kinds stream by_reference)"
	expect copied 0 "$(look cap kinds stream copied)"
	unload kinds
	end_peer
	rm "$DATA"/data1
}

packets_charged() {
	spinctl -j domain show "$1" | jq '.quotas[] | select(.quota == "packets") | .used'
}

# A peer that reads nothing holds up neither handlers nor the unload.
test_kinds_stream_deaf_peer() {
	local sent charged full
	head -c 100000 /dev/urandom >"$DATA"/data1
	peer serve 4301 deaf
	load "$KINDS" --grant stream=stream:127.0.0.1:4301 \
		--grant clip=file:"$DATA"/data1 --set flood=1
	expect_true full "-EAGAIN" eventually 20 kinds_is stream_full -gt 0
	# until nothing goes any more; what is not sent is not charged
	sent=none
	until [ "$sent" = "$(var kinds sent)" ]; do
		sent=$(var kinds sent)
		full=$(var kinds stream_full)
		expect_true full_again "-EAGAIN" eventually 20 \
			kinds_is stream_full -gt $((full + 5))
	done
	charged=$(packets_charged kinds)
	full=$(var kinds stream_full)
	expect_true and_again "-EAGAIN" eventually 20 kinds_is stream_full -gt $((full + 20))
	expect not_charged "$charged" "$(packets_charged kinds)"
	unload kinds
	end_peer
	rm "$DATA"/data1
}

# A socket whose close is to wait for the peer (SO_LINGER), and a peer that takes
# nothing: the unload does not wait.
test_kinds_stream_that_lingers() {
	head -c 100000 /dev/urandom >"$DATA"/data1
	peer serve 4301 deaf
	cat >/tmp/linger.py <<-'EOP'
	import socket, struct, subprocess, sys
	s = socket.create_connection(('127.0.0.1', 4301))
	s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 30000))
	subprocess.run(['spinctl', 'load', *sys.argv[1:], '--grant',
	                'stream=fd:%d' % s.fileno()], pass_fds=[s.fileno()], check=True,
	               stdout=subprocess.DEVNULL)
	EOP
	# which has ended then: the extension's is the last use of the socket
	must python3 /tmp/linger.py "$KINDS" --grant clip=file:"$DATA"/data1 --set flood=1
	expect_true full "-EAGAIN" eventually 20 kinds_is stream_full -gt 0
	expect unload 0 "$(waits unload kinds)"
	end_peer
	rm "$DATA"/data1
}
