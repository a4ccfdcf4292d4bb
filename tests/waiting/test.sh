# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Who waits for whom: a handler that takes long, or never ends, holds up what waits
# for it and nothing else. What a test waits for has a minute, however slow the
# machine; what is broken never comes.

WAITS_SECONDS=60

has_ended() { # PID - of a child
	! test -e "/proc/$1"
}

# endless_on CPU - the thread that ticks in extension endless runs there
endless_on() {
	local pid
	pid=$(pgrep spin/loop_it)
	must taskset -pc "$1" "$pid"
}

cpu_is() { # CPU 0|1
	test "$(cat "/sys/devices/system/cpu/cpu$1/online")" = "$2"
}

# While one extension loops, others are unloaded and freed (which waits for RCU
# tasks and RCU tasks trace), processors go and come, and it is unloaded as well.
test_endless_loop_holds_up_nobody() {
	local before
	load "$FIXTURES/clock/contain/endless.bpf.o"
	expect_true runs "it loops" eventually 10 var_is endless turns -gt 1000
	endless_on 1
	load "$FIXTURES/clock/use/clock.bpf.o"
	expect other_is_freed 0 "$(waits unload clock)"
	expect still_loops 1 "$(look binding endless loop_it run)"
	# In the background: where it waits in vain, nothing ends it.
	echo 0 >/sys/devices/system/cpu/cpu1/online &
	expect_true offline "processor 1 goes" eventually "$WAITS_SECONDS" cpu_is 1 0
	before=$(var endless turns)
	expect_true goes_on "it loops elsewhere" \
		eventually "$WAITS_SECONDS" var_is endless turns -gt "$before"
	echo 1 >/sys/devices/system/cpu/cpu1/online &
	expect_true online "processor 1 comes" eventually "$WAITS_SECONDS" cpu_is 1 1
	wait
	expect unload 0 "$(waits unload endless)"
}

# The same of a loop in a handler of another's procedure, which is two deep.
test_nested_loop_holds_up_nobody() {
	load "$FIXTURES/procedure/use/adder-1.bpf.o"
	load "$FIXTURES/procedure/use/caller.bpf.o" --set turns=8000000
	expect_true runs "a call" eventually 10 var_is adder in_count -gt 0
	load "$FIXTURES/clock/use/clock.bpf.o"
	expect other_is_freed 0 "$(waits unload clock)"
	expect not_cut 0 "$(var caller cut)"
	unload caller
	unload adder
}

waits_load() {
	load "$FIXTURES/waiting/contain/waits-1.bpf.o" "${@:2}"
	load "$FIXTURES/waiting/contain/waits-2.bpf.o" "${@:2}"
	waits call waits-1 "$1" >/tmp/waits-call 2>&1 &
	WAITS_PID=$!
	expect_true loops "a call" eventually 10 var_is waits-1 looping -eq 1
}

# A handler waits for a disk that is slow: nobody waits for the disk but the caller.
test_slow_disk_holds_up_nobody() {
	local device group=/sys/fs/cgroup/spin-slow
	if ! grep -qw io /sys/fs/cgroup/cgroup.controllers; then
		echo "skip slow_disk this kernel cannot slow a disk down (BLK_DEV_THROTTLING)"
		return
	fi
	printf '%4096s12345678' '' >"$DATA/slow"
	device=$(findmnt -no MAJ:MIN -T "$DATA/slow")
	load "$FIXTURES/waiting/contain/waits-1.bpf.o" --grant file=file:"$DATA/slow"
	load "$FIXTURES/waiting/contain/waits-2.bpf.o"
	echo +io >/sys/fs/cgroup/cgroup.subtree_control
	mkdir $group
	echo "$device rbps=2" >$group/io.max
	# The file is to come from the disk; the program that asks, from memory.
	sync "$DATA/slow"
	dd if="$DATA/slow" iflag=nocache count=0 status=none
	expect nobody_reads ENOSYS "$(waits call waits-1 5)"
	(
		echo "$BASHPID" >$group/cgroup.procs
		exec taskset -c 1 waits call waits-1 6 4096
	) >/tmp/waits-call 2>&1 &
	expect_true reads "a call" eventually 10 var_is waits-1 reading -eq 1
	expect other_is_freed 0 "$(waits unload waits-2)"
	echo 0 >/sys/devices/system/cpu/cpu1/online &
	expect_true offline "processor 1 goes" eventually "$WAITS_SECONDS" cpu_is 1 0
	expect still_reads 1 "$(var waits-1 reading)"
	echo 1 >/sys/devices/system/cpu/cpu1/online &
	expect_true online "processor 1 comes" eventually "$WAITS_SECONDS" cpu_is 1 1
	echo "$device rbps=max" >$group/io.max
	wait
	expect word $((0x3837363534333231)) "$(cat /tmp/waits-call)"
	rmdir $group
	unload waits-1
	rm "$DATA/slow"
}

# One extension's handler keeps neither the removed bindings of another, nor its
# unload, nor what waits for the raises of its event.
test_removals_do_not_wait_for_others() {
	waits_load 2 --limit queue=64
	waits call waits-2 3 300 >/tmp/waits-churn 2>&1 &
	expect_true churned "300 bindings made and removed" \
		eventually "$WAITS_SECONDS" var_is waits-2 churned -eq 300
	expect unload_other 0 "$(waits unload waits-2)"
	expect still_loops 1 "$(var waits-1 looping)"
	expect unload 0 "$(waits unload waits-1)"
	wait
}

# Nor does it keep others unsettled, or the ends of procedures.
test_settling_does_not_wait_for_others() {
	waits_load 1
	load "$FIXTURES/procedure/use/adder-1.bpf.o"
	unload adder
	expect_true ended "no procedures" eventually "$WAITS_SECONDS" no_procedures
	load "$FIXTURES/procedure/use/adder-1.bpf.o"
	unload adder
	expect_true ended_again "no procedures" eventually "$WAITS_SECONDS" no_procedures
	expect still_loops 1 "$(var waits-1 looping)"
	unload waits-2
	unload waits-1
	wait
}

# A loop ends when its binding is disabled or removed, or an interface that it uses
# unresolved, as with the extension.
test_loop_ends_with_its_binding() {
	local id
	waits_load 1
	id=$(look binding waits-1 server id)
	expect disabled 0 "$(timeout "$WAITS_SECONDS" spinctl binding disable "$id" >/dev/null; echo $?)"
	expect ended_when_disabled 0 "$(var waits-1 looping)"
	wait "$WAITS_PID"
	must spinctl binding enable "$id"
	must spinctl binding install waits-1 later
	waits call waits-1 4 >/tmp/waits-call 2>&1 &
	expect_true loops_later "a call" eventually 10 var_is waits-1 looping -eq 1
	id=$(look binding waits-1 later id)
	expect removed 0 "$(timeout "$WAITS_SECONDS" spinctl binding remove "$id" >/dev/null; echo $?)"
	expect ended_when_removed 0 "$(var waits-1 looping)"
	wait
	waits call waits-1 1 >/tmp/waits-call 2>&1 &
	expect_true loops_again "a call" eventually 10 var_is waits-1 looping -eq 1
	expect unresolved 0 "$(timeout "$WAITS_SECONDS" spinctl domain unresolve waits-1 Trap >/dev/null; echo $?)"
	expect ended_when_unresolved 0 "$(var waits-1 looping)"
	wait
	unload waits-1
	unload waits-2
}

# An exporter's guard template is detached: the handler that it guards stands
# still, and nobody waits (all struct_ops of the system would).
test_guard_template_is_detached() {
	local pid
	load "$FIXTURES/procedure/use/adder-3.bpf.o"
	load "$FIXTURES/procedure/use/caller.bpf.o"
	load "$FIXTURES/procedure/use/doubler.bpf.o"
	expect imposed 1 "$(spinctl -j binding list doubler | jq '.[0].imposed')"
	waits detach only_even >/tmp/waits-detach 2>&1 &
	pid=$!
	expect_true detached "it returns" eventually "$WAITS_SECONDS" has_ended "$pid"
	expect result 0 "$(cat /tmp/waits-detach)"
	expect_true inactive "it does not run" \
		binding_is_active doubler twice false
	expect guard_gone 0 "$(spinctl -j binding list doubler | jq '.[0].imposed')"
	load "$FIXTURES/clock/use/clock.bpf.o"
	unload clock
	unload doubler
	unload caller
	unload adder
	wait
}

test_requests_wait_for_no_memory() {
	waits stalled
}

# A call that nobody takes is answered without the mutex of loads and listings.
test_unhandled_calls_take_no_mutex() {
	local tracing=/sys/kernel/tracing seen
	load "$FIXTURES/waiting/contain/waits-1.bpf.o"
	echo 'mutex_lock*' >$tracing/set_ftrace_filter
	echo function >$tracing/current_tracer
	expect answer ENOSYS "$(waits call waits-1 5)"
	echo 0 >$tracing/tracing_on	# reading the trace takes mutexes, too
	seen=$(grep 'waits-.*mutex_lock' $tracing/trace)
	echo 1 >$tracing/tracing_on
	echo nop >$tracing/current_tracer
	echo >$tracing/set_ftrace_filter
	# The connection took it: the tracer sees who does.
	expect_true traced "the connection" grep -qE '<-(asked_[a-z]*|spin_ioctl_do)' <<<"$seen"
	expect by_calls 0 "$(grep -cE '<-(spin_extension_was_active|spin_trap_ioctl|call_on)' <<<"$seen")"
	unload waits-1
}
