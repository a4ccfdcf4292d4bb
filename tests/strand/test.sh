# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Strand.Checkpoint and Strand.Resume: what a registered thread's extension
# sees, and how registrations end.

# shellcheck source=tests/kind/lib.sh disable=SC2154 # $here is the runner's
. "$here/../kind/lib.sh"

strand_test() { # NAME [ARGUMENT]
	load "$FIXTURES/strand/use/strand.bpf.o"
	strand "$@"
	unload strand
}

test_strand_counts() {
	strand_test counts
}

test_strand_thread_ends() {
	strand_test thread-ends
}

test_strand_closed_by_another() {
	strand_test other-closes
	strand_test sent-away
}

test_strand_closed_while_dying() {
	strand_test dying $((SOAK > 1 ? SOAK * 10 : 1000))
}

test_strand_cycles() {
	strand_test cycles $((SOAK > 1 ? SOAK * 100 : 1000))
}

test_strand_killed() {
	strand_test killed
}

test_strand_fork_and_exec() {
	strand_test forks
	strand_test execs
}

test_strand_indexed_guard() {
	strand_test keys
}

# Tracepoints and clocks, under the run queue's lock.
test_strand_observed() {
	local tracing=/sys/kernel/tracing
	strand_test timed
	if [ ! -e $tracing/events/spin ]; then
		echo "skip traced this kernel has no tracing"
		return
	fi
	load "$FIXTURES/strand/use/strand.bpf.o"
	echo >$tracing/trace
	echo 1 >$tracing/events/spin/enable
	strand keys
	echo 0 >$tracing/events/spin/enable
	expect_match raise 'spin_raise: event=Strand\.Checkpoint result=0 fired=2' \
		"$(grep -m 1 'spin_raise: .*Checkpoint.*fired=2' $tracing/trace)"
	expect_match handler 'spin_handler: event=Strand\.Resume ext=strand binding=comes_on' \
		"$(grep -m 1 'spin_handler: .*Resume' $tracing/trace)"
	echo >$tracing/trace
	unload strand
}

test_strand_imposed_guard() {
	load "$EXT/profiler.bpf.o"
	strand_test imposed
	unload profiler
}

test_strand_listed() {
	strand_test listed
}

test_strand_refusals() {
	strand_test refusals
}

test_strand_events_are_listed() {
	local events
	events=$(spinctl event list)
	expect_match checkpoint 'Strand\.Checkpoint.*irqs' "$events"
	expect_match resume 'Strand\.Resume.*irqs' "$events"
}

# The extension goes and comes back while strands run: by its name, they are its
# strands again.
test_strand_extension_comes_and_goes() {
	local i
	load "$FIXTURES/strand/use/strand.bpf.o"
	start strand run 1
	eventually 10 var_above strand switches 1 0
	for i in 1 2 3; do
		unload strand
		load "$FIXTURES/strand/use/strand.bpf.o"
		expect_true "seen_again_$i" "switches are counted" \
			eventually 10 var_above strand switches 1 20
	done
	must spinctl ext upgrade "$FIXTURES/strand/use/strand.bpf.o"
	expect_true seen_by_the_next_version "switches are counted" \
		eventually 10 var_above strand switches 1 20
	kill -9 "$STARTED"
	wait "$STARTED" 2>/dev/null
	unload strand
}

var_above() { # EXT NAME INDEX VALUE - an element of an array
	local values
	read -ra values <<<"$(var "$1" "$2")"
	[ "${values[$3]:-0}" -gt "$4" ]
}

# A strand holds the module, with its thread or without.
test_strand_rmmod() {
	local way
	for way in run run-without-thread; do
		load "$FIXTURES/strand/use/strand.bpf.o"
		start strand $way 1
		expect_true "registered_$way" "it says ready" grep -q ready /tmp/started
		unload strand
		refused "rmmod_$way" 'in use' rmmod spin
		kill -9 "$STARTED"
		wait "$STARTED" 2>/dev/null
		# the last reference goes with deferred work of the kernel
		expect_true "rmmod_after_$way" "rmmod succeeds" eventually 10 rmmod spin
		must spin-insmod
	done
}

# Threads register and end all the time, while their extension comes and goes.
test_strand_storm() {
	local rounds=$((SOAK > 1 ? SOAK : 3)) i out=''
	load "$FIXTURES/strand/use/strand.bpf.o"
	start strand storm
	for ((i = 0; i < rounds; i++)); do
		eventually 20 var_above strand begun 0 0 || out='no strand is seen'
		out+=$(spinctl unload strand 2>&1 >/dev/null)
		out+=$(spinctl load "$FIXTURES/strand/use/strand.bpf.o" 2>&1 >/dev/null)
		[ -z "$out" ] || break
	done
	expect all_rounds '' "$out"
	expect_true still_storming "it runs" kill -0 "$STARTED"
	kill -9 "$STARTED"
	wait "$STARTED" 2>/dev/null
	grep -v ready /tmp/started
	unload strand
}

test_strand_allocations_that_fail() {
	local kind
	if ! fault_injection; then
		echo "skip allocations this kernel has no fault injection"
		return
	fi
	for kind in failslab fail_page_alloc; do
		echo N >/sys/kernel/debug/$kind/ignore-gfp-wait
		echo 0 >/sys/kernel/debug/$kind/verbose
	done
	strand_test faults
	for kind in failslab fail_page_alloc; do
		echo Y >/sys/kernel/debug/$kind/ignore-gfp-wait
	done
	expect no_memory_is_lost '' "$(lost_memory)"
}

test_spin_profile() {
	local out
	refused not_loaded 'spinctl load profiler' spin-profile true
	load "$EXT/profiler.bpf.o"
	out=$(spin-profile -n 2 sh -c 'for i in 1 2 3 4 5; do sleep 0.01; done; exit 3' 2>&1)
	expect status 3 $?
	expect_match a_row_each '^ *[0-9]+ +65 +[0-9]+ +[0-9]+ +[0-9.]+ .s' "$out"
	# each sleep is waited for, at least once
	expect_true switches "5 in each" [ "$(awk '$2 ~ /^6[45]$/ && $3 >= 5' <<<"$out" | wc -l)" = 2 ]
	spin-profile /bin/nonesuch 2>/dev/null
	expect not_found 127 $?
	spin-profile sh -c 'kill -9 $$' 2>/dev/null
	expect killed 137 $?
	refused too_many '1 to 64' spin-profile -n 65 true
	unload profiler
}

# profile_row OUTPUT GROUP - times it was taken off the processor
profile_row() {
	awk -v group="$2" '$2 == group { print $3 }' <<<"$1"
}

# As often as one likes, and beside others: a program that has a group has it
# alone, and finds nothing in it.
test_spin_profile_again() {
	local out i other
	load "$EXT/profiler.bpf.o"
	for i in {1..70}; do
		out=$(spin-profile true 2>&1) || break
	done
	expect seventy_times 70 "$i"
	expect_match in_the_same_group '^ *[0-9]+ +64 ' "$out"
	spin-profile sh -c 'for i in 1 2 3 4 5 6 7 8; do sleep 0.01; done' >/dev/null 2>&1
	out=$(spin-profile sleep 0.01 2>&1)
	expect_true begins_anew "less than 8 switches of it" \
		[ "$(profile_row "$out" 64)" -lt 8 ]
	mkfifo /tmp/hold
	spin-profile sh -c 'echo ready; read -r end </tmp/hold' >/tmp/started 2>/tmp/other &
	other=$!
	eventually 10 grep -q ready /tmp/started
	expect_match beside_another '^ *[0-9]+ +65 ' "$(spin-profile true 2>&1)"
	refused not_so_many_beside_it '63 of the extension.s 64 groups' spin-profile -n 64 true
	echo >/tmp/hold
	wait $other
	expect_match the_other_has_its_own '^ *[0-9]+ +64 ' "$(cat /tmp/other)"
	rm /tmp/hold /tmp/other
	unload profiler
}

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
