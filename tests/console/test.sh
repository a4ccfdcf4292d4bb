# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The console: so much of it, and no bytes that it should not see; and terminals
# that are granted.

# shellcheck source=tests/kind/lib.sh disable=SC2154 # $here is the runner's
. "$here/../kind/lib.sh"

chatter_log() {
	log_since 'spin-suite: chatter begins'
}

test_console_is_limited() {
	log_mark 'spin-suite: chatter begins'
	load "$FIXTURES/console/contain/chatter.bpf.o"
	expect_true drops "some lines" eventually 5 var_is chatter dropped -gt 0
	expect error -11 "$(var chatter last_error)"
	expect_true bounded "at most 100 lines" [ "$(chatter_log | grep -c 'chatter.*oops')" -le 100 ]
	expect no_control_bytes 0 "$(chatter_log | grep -c $'\x1b')"
	expect one_line_each 0 "$(chatter_log | grep -cE '^(<0>)?oops')"
	unload chatter
}

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
