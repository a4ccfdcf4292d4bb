# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Clock.Tick: ticks follow the time, and a handler that does not end.

test_clock() {
	local first
	load "$FIXTURES/clock/use/clock.bpf.o"
	expect_true ticks "more than 10 ticks" eventually 5 var_is clock ticks -gt 10
	expect_true loops_are_allowed_here "it looped" eventually 3 var_is clock looped -ge 10000
	expect_true errors_are_counted "errors" eventually 3 \
		look_is -gt 1 binding clock error errors
	first=$(var clock last_tick)
	expect_true goes_on "further ticks" eventually 3 var_is clock last_tick -gt "$first"
	# what was missed is counted, so that ticks follow the time
	expect_true keeps_time "ticks are off by 2 periods at most, not $(var clock off)" \
		[ "$(var clock off)" -le 2 ]
	unload clock
	expect event_has_no_binding 0 "$(look event Clock.Tick bindings)"
}

# A handler that never ends by itself ends at the unload, and lets others run.
test_endless_handler() {
	load "$FIXTURES/clock/contain/endless.bpf.o"
	expect_true runs "it loops" eventually 5 var_is endless turns -gt 1000
	expect unload 0 "$(timeout 8 spinctl unload endless >/dev/null 2>&1; echo $?)"
	# at the load: ends with the loader
	expect killed_loader 137 "$(timeout -s KILL 3 spinctl load \
		"$FIXTURES/clock/contain/endless.bpf.o" --set at_load=true >/dev/null 2>&1; echo $?)"
	expect_true nothing_is_loaded "no extension" eventually 5 no_extensions
}

is_gone() { # PID
	! kill -0 "$1" 2>/tmp/is_gone
}

# Some wait until each thread has let go of what it ran, as when a trampoline is
# taken away. They do not wait for a handler that is always late to be in time.
test_late_handler_keeps_nobody_waiting() {
	local pid late
	head -c 100000 /dev/urandom >"$DATA"/late
	load "$FIXTURES/clock/contain/late.bpf.o" --grant fast=clock:100us \
		--grant data=file:"$DATA"/late
	expect_true is_late "20 late ticks" eventually 30 var_is late late -gt 20
	late=$(var late late)
	asked "$DATA"/late 0 </dev/null >/tmp/asked &
	pid=$!
	expect_true trampoline_goes "in a minute" eventually 60 is_gone $pid
	expect_true still_late "more such ticks than $late" var_is late late -gt "$late"
	unload late
	wait $pid
	expect was_there ready "$(cat /tmp/asked)"
	rm "$DATA"/late
}

test_kinds_clock() {
	local pulse="$FIXTURES/clock/use/pulse.bpf.o" before
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
