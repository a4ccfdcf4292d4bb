# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What holds for all kinds of capability; each kind has a folder besides.

# shellcheck source=tests/kind/lib.sh disable=SC2154 # $here is the runner's
. "$here/../kind/lib.sh"

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
		spinctl load "$kinds" --grant stream=stream:4300
	refused tcp_nobody 'cannot connect to 127.0.0.1:4399.*refused' \
		spinctl load "$kinds" --grant stream=stream:127.0.0.1:4399
	refused range_word 'PID/FD' \
		spinctl load "$kinds" --grant range=translation:heap
	refused range_sign 'PID/FD' \
		spinctl load "$kinds" --grant range=translation:1/-1
	refused range_no_process 'no process 999999' \
		spinctl load "$kinds" --grant range=translation:999999/3
	refused range_no_descriptor 'has no descriptor 777' \
		spinctl load "$kinds" --grant range=translation:$$/777
	refused range_not_here 'descriptor 888 is not open here' \
		spinctl load "$kinds" --grant range=translation:888
	refused range_of_nothing 'not a range' \
		spinctl load "$kinds" --grant range=translation:$$/1
	refused strand_of_nothing 'not a strand' \
		spinctl load "$kinds" --grant strand=strand:$$/1
	refused other_kind "must be a translation.*grants a strand" \
		spinctl load "$kinds" --grant range=strand:$$/1
	refused directory_file 'not a directory.*file:' \
		spinctl load "$kinds" --grant folder=directory:/etc/passwd
	refused directory_proc 'disk file system' \
		spinctl load "$kinds" --grant folder=directory:/proc
	refused clock_unit 'not a period' \
		spinctl load "$FIXTURES/clock/use/pulse.bpf.o" --grant fast=clock:100
	refused clock_short 'between 100' \
		spinctl load "$FIXTURES/clock/use/pulse.bpf.o" --grant fast=clock:99us
}

# The words of the version before are understood, with a hint.
test_old_words_of_kinds() {
	local out
	out=$(spinctl load "$KINDS" --grant stream=tcp:4300 2>&1 | tr '\n' ' ')
	expect_match old_word_of_stream \
		"'stream=tcp:4300': write stream:.*not an IPv4 address" "$out"
	out=$(spinctl load "$KINDS" --grant range=region:999999/3 2>&1 | tr '\n' ' ')
	expect_match old_word_of_translation \
		'write translation:.*no process 999999' "$out"
	head -c 4096 /dev/zero >"$DATA"/zeroes
	out=$(spinctl load "$FIXTURES/socket/use/sender.bpf.o" --set count=0 \
		--grant clip=file:"$DATA"/zeroes --grant out=udp:0.0.0.0:4300 2>&1 | tr '\n' ' ')
	expect_match old_word_of_socket 'write socket:.*loaded' "$out"
	expect_match kind_of_socket '"kind": *"socket"' "$(spinctl -j cap list sender)"
	unload sender
	rm -f "$DATA"/zeroes
}

# ---- directory ----

# ---- frame buffer ----

# ---- clock ----

# ---- console ----

# ---- stream ----

# ---- region ----

# ---- strand ----

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
