# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The kinds of capability besides files, sockets and frame buffers: directories,
# streams, terminals, clocks, ranges of memory and strands. What holders can do,
# what is refused, and what is left when a capability is taken away.

KINDS=$FIXTURES/kind/use/kinds.bpf.o

# peer COMMAND... - a kinds process to talk to; what it says when ready is $READY
peer() {
	coproc kinds "$@"
	PEER=$COPROC_PID
	exec {FROM}<&"${COPROC[0]}" {TO}>&"${COPROC[1]}"
	read -r -t 10 READY <&"$FROM"
	expect "peer_$1" ready "${READY%% *}"
	READY=${READY#ready}
	READY=${READY# }
}

answer() { # [LINE] - the next line it says, to LINE if there is one
	local line=
	[ $# = 0 ] || echo "$1" >&"$TO"
	read -r -t 10 line <&"$FROM"
	echo "$line"
}

ask() { # NAME EXPECTED [LINE]
	expect "$1" "$2" "$(answer "${@:3}")"
}

end_peer() {
	kill -9 "$PEER" 2>/dev/null
	wait "$PEER" 2>/dev/null
	exec {FROM}<&- {TO}>&-
}

# Pseudo-terminals, which not every guest has.
ptys() {
	[ ! -e /dev/pts/ptmx ] || return
	mkdir -p /dev/pts
	mount -t devpts -o ptmxmode=666 devpts /dev/pts
}

kinds_is() { # VARIABLE TEST VALUE
	var_is kinds "$@"
}

test_kinds_refusals() {
	ptys
	load "$FIXTURES/translation/use/pager.bpf.o"
	must spinctl domain create Refusals
	kinds refusals "$DATA"
	must spinctl domain destroy Refusals
	unload pager
	rm -f "$DATA"/plain
}

# What libspin refuses, before the module is asked.
test_kinds_that_name_nothing() {
	local kinds="$KINDS"
	refused console_file 'not a terminal.*tty' \
		spinctl load "$kinds" --grant console=console:/dev/null
	refused console_none 'cannot open.*/dev/none' \
		spinctl load "$kinds" --grant console=console:/dev/none
	refused tcp_no_address 'ADDRESS:PORT' \
		spinctl load "$kinds" --grant stream=tcp:4300
	refused tcp_nobody 'cannot connect to 127.0.0.1:4399.*refused' \
		spinctl load "$kinds" --grant stream=tcp:127.0.0.1:4399
	refused range_word 'PID/FD' \
		spinctl load "$kinds" --grant range=region:heap
	refused range_sign 'PID/FD' \
		spinctl load "$kinds" --grant range=region:1/-1
	refused range_no_process 'no process 999999' \
		spinctl load "$kinds" --grant range=region:999999/3
	refused range_no_descriptor 'has no descriptor 777' \
		spinctl load "$kinds" --grant range=region:$$/777
	refused range_not_here 'descriptor 888 is not open here' \
		spinctl load "$kinds" --grant range=region:888
	refused range_of_nothing 'not a range' \
		spinctl load "$kinds" --grant range=region:$$/1
	refused strand_of_nothing 'not a strand' \
		spinctl load "$kinds" --grant strand=strand:$$/1
	refused other_kind "must be a region.*grants a strand" \
		spinctl load "$kinds" --grant range=strand:$$/1
	refused directory_file 'not a directory.*file:' \
		spinctl load "$kinds" --grant folder=directory:/etc/passwd
	refused directory_proc 'disk file system' \
		spinctl load "$kinds" --grant folder=directory:/proc
	refused clock_unit 'not a period' \
		spinctl load "$FIXTURES/kind/use/pulse.bpf.o" --grant fast=clock:100
	refused clock_short 'between 100' \
		spinctl load "$FIXTURES/kind/use/pulse.bpf.o" --grant fast=clock:99us
}

# ---- directory ----

folder_up() {
	FOLDER=$DATA/folder
	mkdir -p "$FOLDER"/folder
	head -c 5000 /dev/urandom >"$FOLDER"/plain
	echo inner >"$FOLDER"/folder/inner
	ln -sf plain "$FOLDER"/link
	[ -p "$FOLDER"/pipe ] || mkfifo "$FOLDER"/pipe
	[ -c "$FOLDER"/device ] || mknod "$FOLDER"/device c 1 5
	echo secret >"$FOLDER"/secret
	chown 1000 "$FOLDER"/secret
	chmod 600 "$FOLDER"/secret
}

folder_down() {
	rm -rf "$FOLDER"
}

test_kinds_directory() {
	folder_up
	load "$KINDS" --grant folder=directory:"$FOLDER"
	expect_true ran "files are opened" eventually 5 kinds_is ticks -gt 3
	expect size 5000 "$(var kinds file_size)"
	expect bytes "$(od -An -tu1 -N64 -v "$FOLDER"/plain | awk '{ for (i = 1; i <= NF; i++) s += $i } END { print s }')" \
		"$(var kinds file_sum)"
	expect missing -2 "$(var kinds is_missing)"
	expect symbolic_link -40 "$(var kinds is_link)"
	expect folder -21 "$(var kinds is_folder)"
	expect pipe -22 "$(var kinds is_pipe)"
	expect device -22 "$(var kinds is_device)"
	expect above -22 "$(var kinds is_above)"
	expect below -22 "$(var kinds is_below)"
	expect nothing -22 "$(var kinds is_nothing)"
	expect too_long -22 "$(var kinds is_too_long)"
	expect root_may 0 "$(var kinds is_secret)"
	expect_true counted "files are counted" look_is -gt 3 cap kinds folder opened
	expect_match listed "folder +[0-9]+ +directory.*$FOLDER" \
		"$(spinctl ext show kinds)"
	must spinctl cap revoke kinds folder
	expect_true revoked "-EKEYREVOKED" eventually 5 kinds_is first_error = -128
	expect_true file_too "what was opened in it, too" eventually 5 \
		kinds_is kept_error = -128
	unload kinds
	folder_down
}

# Rights are taken from the directory while a file in it is being opened: the file
# has what is left.
test_kinds_directory_narrowed_while_opened() {
	folder_up
	load "$KINDS" --grant folder=directory:"$FOLDER"
	expect_true ran "files are read" eventually 10 kinds_is file_sum -gt 0
	peer hold "$FOLDER"/plain
	ask an_open held
	must spinctl cap narrow kinds folder pass
	ask it_goes_on 'let go' go
	expect_true may_not_open "-EACCES" eventually 10 kinds_is first_error = -13
	expect nor_read_what_it_opened 0 "$(var kinds file_sum)"
	unload kinds
	end_peer
	folder_down
}

# Handlers run in the kernel's own threads; what counts are the rights of who
# granted the directory.
test_kinds_directory_rights_of_the_granter() {
	folder_up
	must setpriv --bounding-set -dac_override,-dac_read_search \
		spinctl load "$KINDS" --grant folder=directory:"$FOLDER"
	expect_true ran "files are opened" eventually 5 kinds_is ticks -gt 3
	expect readable 0 "$(var kinds first_error)"
	expect secret -13 "$(var kinds is_secret)"
	unload kinds
	folder_down
}

# Security modules, too, are asked about the granter, whoever's task a handler runs
# in: here the kernel's own.
granter_asked() { # the kinds process "asked" to talk to
	local seen
	seen=$(answer look)
	[ "${seen#user 0 }" = "$seen" ]
}

lsm_programs() {
	[ -e /sys/kernel/security/lsm ] ||
		mount -t securityfs securityfs /sys/kernel/security
	grep -qw bpf /sys/kernel/security/lsm
}

asked_about() { # NAME FILE - while an extension uses it
	coproc asked "$2" 1234
	PEER=$COPROC_PID
	exec {FROM}<&"${COPROC[0]}" {TO}>&"${COPROC[1]}"
	ask "$1_looked_at" ready
	expect_true "$1_granter" "they are asked about user 1234" \
		eventually 10 granter_asked
	expect_match "$1_nobody_else" 'others 0$' "$(answer look)"
	end_peer
}

test_kinds_security_modules_see_the_granter() {
	local terminal
	lsm_programs || { echo "skip security_modules no programs of BPF's among them"; return; }
	folder_up
	ptys
	chown -R 1234 "$FOLDER"
	coproc kinds pty
	local pty=$COPROC_PID keep
	exec {keep}<&"${COPROC[0]}"
	read -r -t 10 terminal <&$keep
	terminal=${terminal#ready }
	must setpriv --reuid 1234 --inh-caps +all --ambient-caps +all \
		spinctl load "$KINDS" --grant folder=directory:"$FOLDER" \
		--grant console=console:"$terminal"
	expect_true ran "it is used" eventually 5 var_is u1234/kinds ticks -gt 3
	expect read 0 "$(var u1234/kinds first_error)"
	asked_about file "$FOLDER"/plain
	asked_about terminal "$terminal"
	unload u1234/kinds
	kill -9 "$pty"
	wait "$pty"
	exec {keep}<&-
	folder_down
}

# Who is lent a directory for the time of a call opens nothing in it that he could
# keep, unless he may.
test_kinds_directory_lent() {
	local lender="$FIXTURES/kind/use/folder-lender.bpf.o"
	folder_up
	load "$FIXTURES/kind/use/opener.bpf.o"
	load "$lender" --grant folder=directory:"$FOLDER"
	expect_true calls "it calls" eventually 5 var_is folder-lender calls -gt 2
	expect without_keep -13 "$(var folder-lender whole)"
	unload folder-lender
	load "$lender" --grant folder=directory:"$FOLDER" \
		--rights folder=read,pass,keep
	expect_true calls_again "it calls" eventually 5 var_is folder-lender calls -gt 2
	expect with_keep 1 "$(var folder-lender whole)"
	expect not_to_keep -13 "$(var folder-lender not_to_keep)"
	expect not_to_read -13 "$(var folder-lender not_to_read)"
	unload folder-lender
	unload opener
	folder_down
}

# What was opened holds the file system no longer than the extension does.
test_kinds_directory_is_given_back() {
	local img=/tmp/fs.img
	truncate -s 8M $img
	disk_of $img /tmp/mnt
	echo plain >/tmp/mnt/plain
	load "$KINDS" --grant folder=directory:/tmp/mnt
	expect_true ran "files are opened" eventually 5 kinds_is opened -gt 3
	refused busy 'busy' umount /tmp/mnt
	unload kinds
	expect_true free "it can be unmounted" eventually 5 umount /tmp/mnt
	rm -rf $img /tmp/mnt
}

# ---- frame buffer ----

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

# ---- clock ----

test_kinds_clock() {
	local pulse="$FIXTURES/kind/use/pulse.bpf.o" before
	refused without 'Clock\.Tick.*200 us is shorter.*--grant NAME=clock:200us' \
		spinctl load "$pulse"
	refused too_slow '200 us is shorter' \
		spinctl load "$pulse" --grant fast=clock:1ms
	load "$pulse" --grant fast=clock:100us
	expect_true ticks "it ticks" eventually 5 var_is pulse ticks -gt 100
	expect period 200 "$(var pulse period_us)"
	must spinctl cap revoke pulse fast
	expect_true slower "it ticks each millisecond" eventually 5 \
		var_is pulse period_us = 1000
	before=$(var pulse ticks)
	expect_true still_ticks "it still ticks" eventually 5 \
		var_is pulse ticks -gt $((before + 10))
	unload pulse
}

# ---- console ----

test_kinds_console() {
	ptys
	peer pty
	load "$KINDS" --grant console=console:"$READY"
	ask cleaned 'all is well?[2J?'
	expect_match listed "console +[0-9]+ +console.*$READY" \
		"$(spinctl ext show kinds)"
	expect_true counted "bytes are counted" look_is -gt 0 cap kinds console written
	must spinctl cap revoke kinds console
	expect_true revoked "-EKEYREVOKED" eventually 5 kinds_is print_error = -128
	unload kinds
	end_peer
}

# Nobody waits for a terminal that is stopped.
test_kinds_console_stopped() {
	ptys
	peer pty stopped
	load "$KINDS" --grant console=console:"$READY"
	expect_true again "-EAGAIN" eventually 5 kinds_is print_error = -11
	unload kinds
	end_peer
}

# The last close of a serial line waits for its output: neither in the unload, nor in
# the one thread that closes files for all threads of the kernel.
test_kinds_console_is_closed_by_its_own_thread() {
	local tracing=/sys/kernel/tracing
	ptys
	peer pty
	load "$KINDS" --grant console=console:"$READY"
	ask first 'all is well?[2J?'
	echo tty_release >$tracing/set_ftrace_filter
	echo function >$tracing/current_tracer
	unload kinds
	expect_true closed_by_its_own "a thread closes it" eventually 20 \
		grep -q 'spin-close-.*tty_release' $tracing/trace
	expect by_no_other 0 "$(grep -c '\(spinctl\|kworker\).*: tty_release' $tracing/trace)"
	echo nop >$tracing/current_tracer
	echo >$tracing/set_ftrace_filter
	end_peer
}

# The terminal goes.
test_kinds_console_hung_up() {
	ptys
	peer pty
	load "$KINDS" --grant console=console:"$READY"
	ask first 'all is well?[2J?'
	end_peer
	expect_true gone "-EIO" eventually 5 kinds_is print_error = -5
	unload kinds
}

# ---- stream ----

test_kinds_stream_echo() {
	peer serve 4301 echo
	load "$KINDS" --grant stream=tcp:127.0.0.1:4301
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
	load "$KINDS" --grant stream=tcp:127.0.0.1:4301
	ask echoed 'echo right'
	unload kinds
	ask gives_back closed
	end_peer
}

test_kinds_stream_peer_ends() {
	peer serve 4301 echo
	load "$KINDS" --grant stream=tcp:127.0.0.1:4301
	ask echoed 'echo right'
	end_peer
	expect_true end "0, the end" eventually 5 kinds_is stream_end = 1
	unload kinds
}

test_kinds_stream_urgent_data() {
	peer serve 4301 urgent
	load "$KINDS" --grant stream=tcp:127.0.0.1:4301
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
	load "$KINDS" --grant stream=tcp:127.0.0.1:4301 \
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
	load "$KINDS" --grant stream=tcp:127.0.0.1:4301 \
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

# ---- region ----

test_kinds_region() {
	load "$FIXTURES/translation/use/pager.bpf.o"
	peer range pager 1000 16
	ask nobody 'Bus error' 'touch 0'
	load "$KINDS" --grant range=region:"$READY"
	expect_true looks "info works" eventually 5 kinds_is range_pages = 16
	expect tag 1000 "$(var kinds range_tag)"
	expect fdinfo_tag 1000 "$(fdinfo "$READY" tag)"
	expect fdinfo_range "$(var kinds range_id)" "$(fdinfo "$READY" range)"
	expect fdinfo_extension pager "$(fdinfo "$READY" extension)"
	expect_match consent '^[0-9]+$' "$(answer 'touch 0')"
	expect_match second '^[0-9]+$' "$(answer 'touch 1')"
	ask two_there 2 present
	expect in_a_list 'pager 1000 65536 2 kinds' "$(spinctl -j range list |
		jq -r '.[] | "\(.extension) \(.tag) \(.bytes) \(.present_pages) \(.granted | join(" "))"')"
	expect_match in_a_table '^ *[0-9]+ +pager +1000 +65536 +2 .* kinds$' "$(spinctl range list)"
	# page 4 takes the place of page 0, which comes anew
	expect_match evicts '^[0-9]+$' "$(answer 'touch 4')"
	expect discarded 1 "$(var kinds discarded)"
	ask still_two 2 present
	local first second
	first=$(answer 'touch 1')
	second=$(answer 'touch 0')
	expect_true anew "page 0 was supplied once more" [ "$second" -gt "$first" ]
	expect_true told "info tells" eventually 5 kinds_is range_discarded = 1
	expect counted 1 "$(look cap kinds range discarded)"
	expect beyond -22 "$(var kinds beyond)"
	expect too_many -22 "$(var kinds too_many)"
	expect none -22 "$(var kinds none)"
	must spinctl cap revoke kinds range
	expect_true revoked "-EKEYREVOKED" eventually 5 kinds_is range_error = -128
	expect granted_to_nobody '[]' "$(spinctl -j range | jq -c '.[].granted')"
	ask no_consent 'Bus error' 'touch 9'
	expect_match what_is_there_stays '^[0-9]+$' "$(answer 'touch 4')"
	unload kinds
	end_peer
	unload pager
}

# A capability does not keep the range, and its memory.
test_kinds_region_closed() {
	load "$FIXTURES/translation/use/pager.bpf.o"
	peer range pager 1000 16
	load "$KINDS" --grant range=region:"$READY"
	expect_match there '^[0-9]+$' "$(answer 'touch 0')"
	ask closed closed close
	expect_true gone "-ENXIO" eventually 5 kinds_is range_error = -6
	unload kinds
	end_peer
	unload pager
}

# Without the right to write, it is looked at, and no more: its pages are not
# supplied either.
test_kinds_region_without_write() {
	load "$FIXTURES/translation/use/pager.bpf.o"
	peer range pager 1000 16
	load "$KINDS" --grant range=region:"$READY" --rights range=read
	expect_true looks "info works" eventually 5 kinds_is range_pages = 16
	ask supplies_nothing 'Bus error' 'touch 0'
	expect no_right -13 "$(var kinds beyond)"
	unload kinds
	end_peer
	unload pager
}

# Many look while pages come and go: nobody sees one that was taken out.
test_kinds_region_no_stale_page() {
	local seconds=$((SOAK > 1 ? SOAK_SECONDS : 6))
	load "$FIXTURES/translation/use/pager.bpf.o"
	peer monotonic pager "$seconds"
	load "$KINDS" --grant range=region:"$READY"
	echo >&"$TO"
	local line=
	read -r -t $((seconds + 30)) line <&"$FROM"
	expect looked 'many looks, 0 backwards' "$line"
	expect_true discards "pages were discarded" kinds_is discarded -gt 100
	unload kinds
	end_peer
	unload pager
}

# ---- strand ----

test_kinds_strand() {
	local before
	load "$FIXTURES/strand/use/strand.bpf.o"
	peer strand strand
	load "$KINDS"
	sleep 0.2
	expect no_consent 0 "$(var kinds resumed)"
	unload kinds
	load "$KINDS" --grant strand=strand:"$READY"
	expect_true looks "info works" eventually 5 kinds_is strand_group = 77
	expect pid "${READY%/*}" "$(var kinds strand_pid)"
	expect_true consent "its events are seen" eventually 5 kinds_is resumed -gt 5
	expect_true switches "switches are counted" eventually 5 \
		kinds_is strand_switches -gt 5
	expect_true on "time on the CPU" eventually 10 kinds_is strand_on_ms -gt 20
	expect_true off "time off it" eventually 10 kinds_is strand_off_ms -gt 20
	expect in_a_list "strand 77 ${READY%/*} ${READY%/*} kinds true" "$(spinctl -j strand list |
		jq -r '.[] | "\(.extension) \(.group) \(.thread) \(.process) \(.granted | join(" ")) \(.switches > 5)"')"
	expect_match in_a_table "^ *[0-9]+ +strand +77 .* kinds$" "$(spinctl strand list)"
	must spinctl cap revoke kinds strand
	expect_true revoked "-EKEYREVOKED" eventually 5 kinds_is strand_error = -128
	expect granted_to_nobody '[]' "$(spinctl -j strand | jq -c '.[].granted')"
	before=$(var kinds resumed)
	sleep 0.3
	expect sees_no_more "$before" "$(var kinds resumed)"
	unload kinds
	end_peer
	expect_match ended 'no thread is a strand' "$(spinctl strand)"
	unload strand
}

fdinfo() { # PID/FD NAME
	awk -v name="$2:" '$1 == name { print $2 }' "/proc/${1%/*}/fdinfo/${1#*/}"
}

# A thread that calls exec gets the number of the process's first.
test_kinds_strand_of_thread_that_execs() {
	local thread
	load "$FIXTURES/strand/use/strand.bpf.o"
	peer strand-of-thread strand
	thread=$(answer)
	expect_true other "it is not the first thread" [ "$thread" != "${READY%/*}" ]
	load "$KINDS" --grant strand=strand:"$READY"
	expect_true before "its own number" eventually 5 kinds_is strand_pid = "$thread"
	expect fdinfo_before "$thread" "$(fdinfo "$READY" thread)"
	ask it_execs again exec
	expect_true after "the process's" eventually 5 kinds_is strand_pid = "${READY%/*}"
	expect fdinfo_after "${READY%/*}" "$(fdinfo "$READY" thread)"
	expect goes_on 0 "$(var kinds strand_ended)"
	unload kinds
	end_peer
	unload strand
}

test_kinds_strand_ends() {
	load "$FIXTURES/strand/use/strand.bpf.o"
	peer strand strand
	load "$KINDS" --grant strand=strand:"$READY"
	expect_true looks "info works" eventually 5 kinds_is strand_group = 77
	ask closed closed close
	expect_true gone "-ENXIO" eventually 5 kinds_is strand_error = -6
	unload kinds
	end_peer
	unload strand
}

# ---- interface ----

test_kinds_interface() {
	local linked="$FIXTURES/kind/use/linked.bpf.o"
	must spinctl domain create Small Clock
	must spinctl domain create Chatty Console
	refused confined "confined to domain 'Small'.*Console" \
		spinctl load "$linked" --domain Small
	refused other_domain "confined to domain 'Small'.*Console" \
		spinctl load "$linked" --domain Small --grant more=interface:Clock
	refused no_domain "no domain.*'Nowhere'" \
		spinctl load "$linked" --grant more=interface:Nowhere
	load "$linked" --domain Small --grant more=interface:Chatty
	expect_true runs "it runs" eventually 5 var_is linked ticks -gt 3
	expect_match listed 'more +[0-9]+ +interface.*Chatty' \
		"$(spinctl ext show linked)"
	# the next version has it, too, and needs it
	must spinctl ext upgrade "$linked"
	must spinctl domain destroy Chatty
	refused upgrade_without "confined to domain 'Small'.*Console" \
		spinctl ext upgrade "$linked"
	unload linked
	must spinctl domain destroy Small
}
