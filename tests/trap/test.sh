# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Trap.SystemCall: applications call extensions; references.

TRAP=$FIXTURES/trap/use/trap.bpf.o

calls_test() { # NAME [ARGUMENT]
	load "$TRAP"
	calls_run "$@"
	unload trap
}

calls_run() {
	calls "$@" || printf 'not ok %s\n# expected: it runs to its end\n# seen: exit status %d\n' \
		"$1" $?
}

test_trap_answers() {
	calls_test answers
}

test_trap_blocks() {
	calls_test blocks
}

test_trap_connections() {
	calls_test connections
}

test_trap_buffers() {
	calls_test buffers
}

test_trap_references() {
	calls_test references
}

test_trap_reference_limit() {
	calls_test limit
}

test_trap_reference_copies() {
	calls_test copies
	calls_test unanswered-copies
}

trap_load_file() {
	printf '........12345678' >"$DATA/words"
	load "$TRAP" --grant file=file:"$DATA/words" \
		--rights file=read,pass,externalize
}

test_trap_references_to_a_file() {
	trap_load_file
	calls_run file
	unload trap
	rm "$DATA/words"
}

# A reference to a capability lives on in the next version, and ends with the
# extension.
test_trap_file_and_versions() {
	local line
	trap_load_file
	coproc calls revoked
	read -r line <&"${COPROC[0]}"
	expect started ready "$line"
	trap_follow reads 'read good 0'
	must spinctl ext upgrade "$TRAP"
	trap_follow upgraded 'read good 0'
	unload trap
	trap_follow unloaded 'EKEYREVOKED revoked ENXIO'
	load "$TRAP"
	trap_follow loaded_again 'EKEYREVOKED revoked 0'
	kill -9 "$COPROC_PID"
	wait "$COPROC_PID" 2>/dev/null
	unload trap
	rm "$DATA/words"
}

# A revoke reaches what applications hold, at once; what is granted anew does not
# bring it back.
test_trap_file_revoked() {
	local line
	trap_load_file
	coproc calls revoked
	read -r line <&"${COPROC[0]}"
	expect started ready "$line"
	trap_follow reads 'read good 0'
	must spinctl cap revoke trap file
	trap_follow revoked 'EKEYREVOKED revoked 0'
	must spinctl cap grant trap file=file:"$DATA/words"
	trap_follow granted_anew 'EKEYREVOKED revoked 0'
	kill -9 "$COPROC_PID"
	wait "$COPROC_PID" 2>/dev/null
	unload trap
	rm "$DATA/words"
}

trees_run() { # NAME
	trees "$1" "$DATA/words" ||
		printf 'not ok %s\n# expected: it runs to its end\n# seen: exit status %d\n' \
			"$1" $?
}

# What hangs below one capability: as deep, and as much, as there may be.
test_trap_tree_deep() {
	trap_load_file
	trees_run deep
	unload trap
	rm "$DATA/words"
}

# While the tree is taken down interrupts come on again and again.
test_trap_tree_large() {
	local at=/sys/module/spin_irqs_off/parameters
	trap_load_file
	must insmod "$SPIN_MODULES/tests/spin_irqs_off.ko" \
		function=percpu_ref_kill_and_confirm
	trees_run large
	expect_true all_were_ended "65536 and more" [ "$(<$at/calls)" -gt 65536 ]
	expect_true few_at_a_time "at most 64 with interrupts off" \
		[ "$(<$at/most)" -le 64 ]
	echo "# $(<$at/calls) ended, $(<$at/most) at most and $(<$at/longest_ns) ns with interrupts off"
	must rmmod spin_irqs_off
	unload trap
	rm "$DATA/words"
}

test_trap_tree_race() {
	trap_load_file
	trees_run race
	unload trap
	rm "$DATA/words"
}

# Without the right to externalise there is no reference, and with it no more rights
# than were granted.
test_trap_externalize_needs_the_right() {
	printf '........12345678' >"$DATA/words"
	load "$TRAP" --grant file=file:"$DATA/words"
	refused not_granted 'Permission denied' spinctl call trap 16
	unload trap
	load "$TRAP" --grant file=file:"$DATA/words" --rights file=read,externalize
	expect_match granted '^[0-9]+$' "$(spinctl call trap 16 1)"
	refused more_rights 'Permission denied' spinctl call trap 16 4
	unload trap
	rm "$DATA/words"
}

test_trap_guard_by_file() {
	calls_test guard-by-file
}

test_trap_passed_descriptor() {
	calls_test passed
}

test_trap_fork() {
	calls_test fork
}

test_trap_reference_quota() {
	calls_test quota
}

# References of an extension that is gone make room when there is none.
test_trap_room_for_references() {
	local line pid
	load "$TRAP"
	coproc calls room
	pid=$COPROC_PID	# which is gone when the process is
	read -r line <&"${COPROC[0]}"
	expect started ready "$line"
	unload trap
	load "$TRAP"
	echo >&"${COPROC[1]}"
	cat <&"${COPROC[0]}"
	wait "$pid"
	unload trap
}

test_trap_fdinfo() {
	calls_test fdinfo
}

test_trap_threads() {
	calls_test threads $((SOAK > 1 ? SOAK : 3))
}

trap_follow() { # NAME EXPECTED
	local line
	echo >&"${COPROC[1]}"
	read -r line <&"${COPROC[0]}"
	expect "$1" "$2" "$line"
}

# A file stays connected while its extension is away; its references do not
# outlive the version that gave them.
test_trap_extension_comes_and_goes() {
	load "$TRAP"
	coproc calls follow
	local line
	read -r line <&"${COPROC[0]}"
	expect started ready "$line"
	trap_follow there '0 55 good'
	unload trap
	trap_follow away 'ENXIO ENXIO stale'
	load "$TRAP"
	trap_follow there_again '0 ESTALE stale'
	must spinctl ext upgrade "$TRAP"
	trap_follow upgraded '0 ESTALE stale'
	kill -9 "$COPROC_PID"
	wait "$COPROC_PID" 2>/dev/null
	unload trap
}

# While versions take each other's place, no call goes unanswered.
test_trap_upgrade() {
	local i
	load "$TRAP"
	start calls steady
	for i in 1 2 3 4 5; do
		must spinctl ext upgrade "$TRAP"
	done
	kill -TERM "$STARTED"
	expect_started all_answered 'all answered'
	unload trap
}

# An unload ends the loop of a handler that serves a call, and waits for it.
test_trap_unload_during_a_call() {
	load "$TRAP"
	start calls wait
	expect_true waits "a handler runs" eventually 20 var_is trap waiting = 1
	unload trap
	expect_started answered 'answer 0'
}

test_trap_killed_caller() {
	load "$TRAP"
	start calls wait
	expect_true waits "a handler runs" eventually 20 var_is trap waiting = 1
	kill -9 "$STARTED"
	wait "$STARTED" 2>/dev/null
	expect_true ends "the handler ends" eventually 10 var_is trap waiting = 0
	unload trap
}

# The module stays while a file is open.
test_trap_rmmod() {
	load "$TRAP"
	coproc calls follow
	local line
	read -r line <&"${COPROC[0]}"
	unload trap
	refused stays 'in use' rmmod spin
	kill -9 "$COPROC_PID"
	wait "$COPROC_PID" 2>/dev/null
	expect_true goes "rmmod succeeds" eventually 10 rmmod spin
	must spin-insmod
}

test_trap_storm() {
	local seconds=$((SOAK > 1 ? SOAK_SECONDS : 6)) i storm
	load "$TRAP"
	calls storm "$seconds" &
	storm=$!
	for ((i = 0; i < 3; i++)); do
		sleep 1
		unload trap
		load "$TRAP"
	done
	wait $storm
	unload trap
}

test_spinctl_call() {
	load "$TRAP"
	expect sum 10 "$(spinctl call trap 1 1 2 3 4)"
	expect sum_of_few 0x11 "$(printf '%#x' "$(spinctl call trap 1 0x10 1)")"
	expect json '{"extension":"trap","call":5,"answer":42}' \
		"$(spinctl -j call trap 5 21)"
	refused errno 'call 2 of extension trap failed: Bad message' \
		spinctl call trap 2 74
	refused unknown 'trap knows no call 15' spinctl call trap 15
	refused too_many 'too many arguments' spinctl call trap 1 1 2 3 4 5
	refused not_a_number "'x' is no argument" spinctl call trap 1 x
	refused not_a_call "'x' is no number" spinctl call trap x
	refused nobody "no extension 'nobody'" spinctl call nobody 1
	unload trap
}

test_spin_tally() {
	refused not_loaded "no extension 'tally'" spin-tally apples
	load "$EXT/tally.bpf.o"
	expect three 3 "$(spin-tally apples 3)"
	expect four 4 "$(spin-tally apples)"
	expect another 1 "$(spin-tally pears)"
	expect children 9 "$(spin-tally --children 5 apples)"
	expect opened 4 "$(var tally opened)"
	expect added 9 "$(var tally added)"
	expect_match times '^extension +[0-9]+ +[0-9]+ +[0-9]+' \
		"$(spin-tally --time apples 0)"
	refused bad_name 'no name of a counter' spin-tally 0123456789abcdef
	refused bad_number 'no number to add' spin-tally apples x
	expect options_behind_names 11 "$(spin-tally apples --children 1 2)"
	unload tally
}

# Two at a time, for each of as many counters as there may be: the second one takes
# no place.
test_spin_tally_at_once() {
	local i pids failed=0
	load "$EXT/tally.bpf.o"
	for i in {1..64}; do
		pids=()
		spin-tally "counter$i" >/dev/null &
		pids+=($!)
		spin-tally "counter$i" >/dev/null &
		pids+=($!)
		wait "${pids[0]}" || failed=$((failed + 1))
		wait "${pids[1]}" || failed=$((failed + 1))
	done
	expect all_count 0 "$failed"
	expect both_in_the_same 2 "$(spin-tally counter64 0)"
	refused one_more 'there are 64 counters already' spin-tally counter65
	expect the_old_ones_stay 3 "$(spin-tally counter1)"
	unload tally
}
