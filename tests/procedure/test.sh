# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Procedures: extensions that call each other, handle each other's calls, come
# and go.

# procedure NAME KEY - of the listing
procedure() {
	spinctl -j proc list | jq -r ".[] | select(.name == \"$1\") | .$2"
}

# importer PROCEDURE EXT - its status
importer() {
	procedure "$1" "importers[] | select(.extension == \"$2\") | .status"
}

procedure_is() { # NAME KEY VALUE
	test "$(procedure "$1" "$2")" = "$3"
}

test_proc_calls() {
	local sums
	load "$FIXTURES/procedure/use/adder-1.bpf.o"
	load "$FIXTURES/procedure/use/caller.bpf.o"
	expect_true sums "100 sums" eventually 20 var_is caller version1 -ge 100
	expect_true numbers "10 steps" eventually 20 var_is caller number -ge 10
	expect none_failed 0 "$(var caller failed)"
	expect count 9 "$(var caller last_count)"
	expect var_parameter 42 "$(var caller stepped)"
	expect wrong_size -22 "$(var caller wrong_size)"
	expect wrong_slot -2 "$(var caller wrong_slot)"
	expect no_slot -2 "$(var caller no_slot)"
	expect wrong_kind -22 "$(var caller wrong_kind)"
	expect prototype 'Add(u32 a, u32 b)' "$(procedure Adder.Add prototype)"
	expect prototype_sleepable 'Count(u64 turns) sleepable' \
		"$(procedure Adder.Count prototype)"
	expect prototype_var 'Step(u64 number, u8 bytes[8]) var' \
		"$(procedure Adder.Step prototype)"
	expect exporter adder "$(procedure Adder.Add exporter)"
	expect bound bound "$(importer Adder.Add caller)"
	expect_match listing 'Adder.Add .*exported .*adder .*caller' \
		"$(spinctl proc list)"

	unload adder
	expect state missing "$(procedure Adder.Add state)"
	expect unbound unbound "$(importer Adder.Add caller)"
	expect_match listed_unbound 'caller \(unbound\)' "$(spinctl proc list)"
	sums=$(var caller version1)
	expect_true calls_fail "ENXIO" eventually 10 var_is caller last -eq -6
	expect_true sleepable_calls_fail "ENXIO" \
		eventually 10 var_is caller last_count -eq -6
	expect no_more_sums "$sums" "$(var caller version1)"

	load "$FIXTURES/procedure/use/adder-2.bpf.o"
	expect_true bound_again "sums again" \
		eventually 10 var_is caller version2 -ge 100
	expect bound_again_listed bound "$(importer Adder.Add caller)"
	unload caller
	unload adder
	expect_true nothing_left "no procedures" eventually 5 no_procedures
}

test_proc_late_binding() {
	local out
	out=$(spinctl load "$FIXTURES/procedure/use/caller.bpf.o")
	expect_match says_what_is_missing 'nobody exports Adder.Add, Adder.Count, Adder.Step yet' "$out"
	expect unbound unbound "$(importer Adder.Add caller)"
	expect_true fails "ENXIO" eventually 10 var_is caller last -eq -6
	load "$FIXTURES/procedure/use/adder-1.bpf.o"
	expect_true sums "100 sums" eventually 20 var_is caller version1 -ge 100
	expect bound bound "$(importer Adder.Add caller)"
	# The importer goes first this time.
	unload caller
	unload adder
	expect_true nothing_left "no procedures" eventually 5 no_procedures
}

# The new version takes the calls over at one instant: none fails.
test_proc_upgrade() {
	local i
	load "$FIXTURES/procedure/use/adder-1.bpf.o"
	load "$FIXTURES/procedure/use/caller.bpf.o"
	expect_true sums "100 sums" eventually 20 var_is caller version1 -ge 100
	for i in 1 2 3; do
		must spinctl ext upgrade "$FIXTURES/procedure/use/adder-2.bpf.o"
		expect_true "version2_$i" "sums of version 2" \
			eventually 10 var_is caller version2 -ge $((i * 50))
		must spinctl ext upgrade "$FIXTURES/procedure/use/adder-1.bpf.o"
		eventually 10 var_is caller last -lt 2000
	done
	expect none_failed 0 "$(var caller failed)"
	expect_true count_works "9" eventually 10 var_is caller last_count -eq 9
	# The new version does not let everybody: importers that were bound are
	# authorized again.
	must spinctl ext upgrade "$FIXTURES/procedure/use/adder-4.bpf.o"
	expect denied denied "$(importer Adder.Add caller)"
	expect_true calls_are_refused "EACCES" \
		eventually 10 var_is caller last -eq -13
	must spinctl ext upgrade "$FIXTURES/procedure/use/adder-1.bpf.o"
	expect bound bound "$(importer Adder.Add caller)"
	expect_true calls_work "a sum" eventually 10 var_is caller last -gt 1000
	# The importer's next version.
	must spinctl ext upgrade "$FIXTURES/procedure/use/caller.bpf.o"
	expect_true next_caller "sums" eventually 10 var_is caller version1 -ge 10
	expect next_none_failed 0 "$(var caller failed)"
	unload adder
	unload caller
	expect_true nothing_left "no procedures" eventually 5 no_procedures
}

# Callers of what the next version exports otherwise, or not at all, are not cut
# off by accident.
test_proc_upgrade_keeps_callers() {
	local next=$FIXTURES/procedure/use/adder-6.bpf.o
	load "$FIXTURES/procedure/use/adder-1.bpf.o"
	must spinctl ext upgrade "$FIXTURES/procedure/use/adder-7.bpf.o"
	must spinctl ext upgrade "$next"
	must spinctl ext upgrade "$FIXTURES/procedure/use/adder-1.bpf.o"
	load "$FIXTURES/procedure/use/caller.bpf.o"
	refused changed "procedure Adder.Add is Add\(u64 a, u64 b\) in this version, and Add\(u32 a, u32 b\) in the one that 'caller' uses.*--break-callers" \
		spinctl ext upgrade "$next"
	refused left_out "procedure Adder.Step is not exported by this version, and 'caller' uses it.*--break-callers" \
		spinctl ext upgrade "$FIXTURES/procedure/use/adder-7.bpf.o"
	expect none_failed 0 "$(var caller failed)"
	load "$FIXTURES/procedure/use/doubler.bpf.o"
	refused who_handles_it "'caller', 'doubler' use" spinctl ext upgrade "$next"
	unload doubler
	expect still_bound bound "$(importer Adder.Add caller)"
	refused not_of_a_load "break-callers" \
		spinctl load "$next" --break-callers
	must spinctl ext upgrade "$next" --break-callers
	expect cut_off mismatch "$(importer Adder.Add caller)"
	expect_true calls_fail "ENXIO" eventually 10 var_is caller last -eq -6
	expect others_are_bound bound "$(importer Adder.Count caller)"
	# Nobody calls the new one.
	must spinctl ext upgrade "$FIXTURES/procedure/use/adder-1.bpf.o"
	expect bound_again bound "$(importer Adder.Add caller)"
	expect_true calls_work "a sum" eventually 10 var_is caller last -gt 1000
	unload caller
	unload adder
	expect_true nothing_left "no procedures" eventually 5 no_procedures
}

# An importer's handler in place of the implementation; either may come first.
test_proc_handlers() {
	load "$FIXTURES/procedure/use/caller.bpf.o"
	load "$FIXTURES/procedure/use/doubler.bpf.o"
	expect_true inactive "no exporter, so it does not run" \
		binding_is_active doubler twice false
	expect_true fails "ENXIO" eventually 10 var_is caller last -eq -6
	load "$FIXTURES/procedure/use/adder-1.bpf.o"
	expect_true active "it runs" binding_is_active doubler twice true
	expect_true replaced "sums of the doubler" \
		eventually 10 var_is caller last -gt 2000000
	unload adder
	expect_true inactive_again "it does not run" \
		binding_is_active doubler twice false
	expect_true fails_again "ENXIO" eventually 10 var_is caller last -eq -6
	load "$FIXTURES/procedure/use/adder-2.bpf.o"
	expect_true active_again "it runs" \
		eventually 10 var_is caller last -gt 2000000
	unload doubler
	expect_true original "sums of version 2" \
		eventually 10 var_is caller version2 -gt 10
	unload adder
	unload caller
	expect_true nothing_left "no procedures" eventually 5 no_procedures
}

# calls_give NAME ADD COUNT - as the caller sees it, soon
calls_give() {
	expect_true "$1" "Add gives $2" eventually 10 var_is caller last -eq "$2"
	expect_true "$1_asleep" "Count gives $3" \
		eventually 10 var_is caller last_count -eq "$3"
}

# While the implementation does not run, whatever the reason, the call fails: a
# handler of somebody else's does not answer for it.
test_proc_not_running() {
	local seen
	load "$FIXTURES/procedure/use/adder-1.bpf.o"
	load "$FIXTURES/procedure/use/caller.bpf.o"
	load "$FIXTURES/procedure/use/observer.bpf.o"
	calls_give observed 777 777
	must spinctl binding disable adder/adder
	calls_give disabled -6 777
	must spinctl binding disable adder/counter
	calls_give both_disabled -6 -6
	seen=$(var observer seen)
	must spinctl binding enable adder/counter
	calls_give one_enabled -6 777
	expect nobody_answered "$seen" "$(var observer seen)"
	must spinctl binding enable adder/adder
	calls_give enabled 777 777
	must spinctl domain limit adder cpu=0
	calls_give throttled -6 -6
	# Handlers come and go meanwhile.
	unload observer
	calls_give throttled_alone -6 -6
	load "$FIXTURES/procedure/use/observer.bpf.o"
	calls_give throttled_observed -6 -6
	must spinctl domain limit adder cpu=none
	calls_give runs_again 777 777
	unload observer
	expect_true sums "a sum" eventually 10 var_is caller last -gt 1000
	unload caller
	unload adder
	expect_true nothing_left "no procedures" eventually 5 no_procedures
}

# Unresolve of what another extension exports.
test_proc_unresolve() {
	load "$FIXTURES/procedure/use/adder-1.bpf.o"
	load "$FIXTURES/procedure/use/caller.bpf.o"
	load "$FIXTURES/procedure/use/doubler.bpf.o"
	expect_true doubled "sums of the doubler" \
		eventually 10 var_is caller last -gt 2000000
	expect_match names_handler 'unresolved Adder: 1 binding not active.*twice' \
		"$(spinctl domain unresolve doubler Adder 2>&1)"
	expect_true handler_inactive "it does not run" \
		binding_is_active doubler twice false
	expect_true original "sums of the exporter" \
		eventually 10 var_is caller last -lt 2000000
	expect_match says_what_becomes_of_calls '0 bindings not active any more; calls of 3 procedures of it fail with EACCES' \
		"$(spinctl domain unresolve caller Adder 2>&1)"
	expect_true call_is_refused "EACCES" eventually 10 var_is caller last -eq -13
	refused unresolved_twice "is unresolved already" \
		spinctl domain unresolve caller Adder
	refused never_imported "has not imported interface Subtracter" \
		spinctl domain unresolve caller Subtracter
	# the same holds for the next exporter
	unload adder
	load "$FIXTURES/procedure/use/adder-2.bpf.o"
	sleep 0.5
	expect still_refused -13 "$(var caller last)"
	expect_true still_inactive "it does not run" \
		binding_is_active doubler twice false
	must spinctl domain resolve caller Adder
	expect_true called_again "sums of version 2" \
		eventually 10 var_is caller version2 -gt 10
	expect_match names_it_again 'resolved Adder: 1 binding active again.*twice' \
		"$(spinctl domain resolve doubler Adder 2>&1)"
	expect_true doubled_again "sums of the doubler" \
		eventually 10 var_is caller last -gt 2000000
	refused resolved_twice "is resolved already" \
		spinctl domain resolve doubler Adder
	unload adder
	must spinctl domain unresolve doubler Adder
	must spinctl domain resolve doubler Adder
	expect_true waits_for_exporter "it does not run" \
		binding_is_active doubler twice false
	unload doubler
	unload caller
	expect_true nothing_left "no procedures" eventually 5 no_procedures
}

test_proc_authorizer() {
	load "$FIXTURES/procedure/use/adder-3.bpf.o"
	load "$FIXTURES/procedure/use/caller.bpf.o"
	expect_true allowed "a sum" eventually 10 var_is caller last -gt 3000
	refused stranger "procedure Adder.Add: extension 'adder' exports it, and does not let 'stranger' call it .*-(EACCES|13)" \
		spinctl load "$FIXTURES/procedure/use/stranger.bpf.o"
	refused meddler "does not let 'meddler' handle it" \
		spinctl load "$FIXTURES/procedure/use/meddler.bpf.o"
	expect imposed_on_import -22 "$(var adder imposed_on_import)"
	# With a guard: only where the first argument is even.
	load "$FIXTURES/procedure/use/doubler.bpf.o"
	expect imposed_no_slot -2 "$(var adder imposed_no_slot)"
	expect imposed_wrong -2 "$(var adder imposed_wrong)"
	expect imposed 1 "$(spinctl -j binding list doubler | jq '.[0].imposed')"
	expect_true guarded "sums of the doubler" \
		eventually 10 var_is doubler handled -gt 20
	expect_true both "sums of version 3 as well" \
		eventually 10 var_is caller last -lt 4000
	expect_true doubled "sums of the doubler as well" \
		eventually 10 var_is caller last -gt 2000000
	# The guard is the exporter's, and goes with it.
	unload adder
	expect imposed_gone 0 "$(spinctl -j binding list doubler | jq '.[0].imposed')"
	expect_true inactive "it does not run" \
		binding_is_active doubler twice false
	load "$FIXTURES/procedure/use/adder-3.bpf.o"
	expect imposed_again 1 "$(spinctl -j binding list doubler | jq '.[0].imposed')"
	must spinctl ext upgrade "$FIXTURES/procedure/use/adder-3.bpf.o"
	expect imposed_by_next 1 "$(spinctl -j binding list doubler | jq '.[0].imposed')"
	must spinctl ext upgrade "$FIXTURES/procedure/use/adder-4.bpf.o"
	expect_true not_let "it does not run" \
		binding_is_active doubler twice false
	expect no_guard_left 0 "$(spinctl -j binding list doubler | jq '.[0].imposed')"
	unload adder
	# Importers that came before the exporter are authorized when that comes.
	load "$FIXTURES/procedure/use/stranger.bpf.o"
	load "$FIXTURES/procedure/use/adder-3.bpf.o"
	expect late_denied denied "$(importer Adder.Add stranger)"
	expect_true late_refused "EACCES" eventually 10 var_is stranger last -eq -13
	expect late_allowed bound "$(importer Adder.Add doubler)"
	unload stranger
	unload doubler
	unload caller
	unload adder
	expect_true nothing_left "no procedures" eventually 5 no_procedures
}

# Nobody may, unless the exporter says so.
test_proc_default_deny() {
	load "$FIXTURES/procedure/use/adder-4.bpf.o"
	refused caller "extension 'adder' exports it not to the public, and has no authorizer" \
		spinctl load "$FIXTURES/procedure/use/caller.bpf.o"
	unload adder
}

# An authorizer that does not run, or talks nonsense, lets nobody.
test_proc_authorizer_fails_closed() {
	load "$FIXTURES/procedure/use/adder-5.bpf.o"
	refused positive "does not let 'stranger' call it .*-(EACCES|13)" \
		spinctl load "$FIXTURES/procedure/use/stranger.bpf.o"
	must spinctl binding disable adder/authorizer
	refused disabled "does not let 'caller' call it .*-(EACCES|13)" \
		spinctl load "$FIXTURES/procedure/use/caller.bpf.o"
	must spinctl binding enable adder/authorizer
	load "$FIXTURES/procedure/use/caller.bpf.o"
	expect_true allowed "a sum" eventually 10 var_is caller last -gt 5000
	unload caller
	unload adder
}

test_proc_prototypes() {
	load "$FIXTURES/procedure/use/adder-1.bpf.o"
	refused types 'imports procedure Adder.Add as Add\(u64 a, u64 b\) .*exports as Add\(u32 a, u32 b\)' \
		spinctl load "$FIXTURES/procedure/use/other-types.bpf.o"
	refused names 'imports procedure Adder.Add as Add\(u32 minuend, u32 subtrahend\), which .adder. exports as Add\(u32 a, u32 b\)' \
		spinctl load "$FIXTURES/procedure/use/other-names.bpf.o"
	unload adder
	# It waits, and is never bound.
	load "$FIXTURES/procedure/use/other-types.bpf.o"
	load "$FIXTURES/procedure/use/adder-1.bpf.o"
	expect mismatch mismatch "$(importer Adder.Add other-types)"
	expect_true fails "ENXIO" eventually 10 var_is other-types last -eq -6
	unload adder
	unload other-types
}

test_proc_names_cannot_be_taken() {
	load "$FIXTURES/procedure/use/adder-1.bpf.o"
	refused squatter "interface Adder is exported by extension 'adder'" \
		spinctl load "$FIXTURES/procedure/use/squatter.bpf.o"
	unload adder
	load "$FIXTURES/procedure/use/squatter.bpf.o"
	refused adder "interface Adder is exported by extension 'squatter'" \
		spinctl load "$FIXTURES/procedure/use/adder-1.bpf.o"
	unload squatter
}

# A calls B calls A: four deep, and no deeper.
test_proc_depth() {
	load "$FIXTURES/procedure/use/ping.bpf.o"
	load "$FIXTURES/procedure/use/pong.bpf.o"
	expect_true there_and_back "2" eventually 10 var_is ping last -eq 2
	unload ping
	expect_true half_is_gone "ENXIO" eventually 10 var_is pong last -eq -6
	unload pong
	load "$FIXTURES/procedure/use/pong.bpf.o" --set depth=9
	load "$FIXTURES/procedure/use/ping.bpf.o" --set depth=9
	expect_true too_deep "EDEADLK" eventually 10 var_is ping last -eq -35
	# Both at once, while they call each other.
	spinctl unload ping >/dev/null &
	must spinctl unload pong
	wait $!
	expect_true both_gone "none" no_extensions
	expect_true nothing_left "no procedures" eventually 5 no_procedures
}

# A procedure that does not sleep calls another.
test_proc_relay() {
	load "$FIXTURES/procedure/use/adder-1.bpf.o"
	load "$FIXTURES/procedure/use/relay.bpf.o"
	load "$FIXTURES/procedure/use/relayed.bpf.o"
	expect_true relayed "the sum" eventually 10 var_is relayed last -eq 1023
	expect_true not_its_own "ENOENT" eventually 10 var_is relay own -eq -2
	unload adder
	expect_true end_is_gone "ENXIO" eventually 10 var_is relayed last -eq -6
	unload relayed
	unload relay
}

# A call that sleeps does not hold up its exporter's unload, nor its caller's.
test_proc_unload_while_called() {
	load "$FIXTURES/procedure/use/adder-1.bpf.o"
	load "$FIXTURES/procedure/use/caller.bpf.o" --set turns=8000000
	expect_true counting "a call runs" eventually 10 var_is adder in_count -gt 0
	unload adder
	expect_true cut_short "fewer turns" eventually 10 var_is caller cut -eq 1
	load "$FIXTURES/procedure/use/adder-1.bpf.o"
	expect_true counting_again "a call runs" \
		eventually 10 var_is adder in_count -gt 0
	unload caller
	expect call_ended 0 "$(var adder in_count)"
	expect_true caller_cut_short "fewer turns" var_is adder counted -lt 8000000
	unload adder
}

# Nor does another one's handler hold up the exporter, or its next version.
test_proc_unload_while_handled() {
	load "$FIXTURES/procedure/use/adder-1.bpf.o"
	load "$FIXTURES/procedure/use/caller.bpf.o"
	load "$FIXTURES/procedure/contain/looper.bpf.o"
	expect_true looping "a loop" eventually 10 var_is looper in_loop -gt 0
	# The loops of calls to the new version are not cut.
	must spinctl ext upgrade "$FIXTURES/procedure/use/adder-2.bpf.o"
	expect cut_short 1 "$(var looper cut)"
	expect_true looping_again "a loop" \
		eventually 10 var_is looper in_loop -gt 0
	unload adder
	expect_true cut_again "fewer turns" var_is looper cut -ge 2
	unload looper
	unload caller
}

# A file handed over for the time of a call.
test_proc_capabilities() {
	printf 'xyz' >"$DATA/letters"
	load "$FIXTURES/procedure/use/reader.bpf.o"
	load "$FIXTURES/procedure/use/lender.bpf.o" --grant "text=file:$DATA/letters" \
		--grant other=socket:127.0.0.1:4299
	expect_true lent "the byte" eventually 10 var_is lender byte -eq 121
	expect slot 32768 "$(var reader slot)"
	expect none -2 "$(var lender none)"
	expect empty -2 "$(var lender empty)"
	expect beyond -2 "$(var lender beyond)"
	expect wrong_kind -9 "$(var lender wrong)"
	expect narrowed -13 "$(var lender narrowed)"
	expect right_that_a_file_has_not -22 "$(var lender no_right)"
	expect_true over "nothing to read when no call is served" \
		eventually 10 var_is reader later -lt 0
	unload lender
	unload reader
}

# All of them at once, as long as told.
test_proc_storm() {
	local seconds=$((SOAK > 1 ? SOAK_SECONDS : 15)) pids=() object name
	local until=$((SECONDS + seconds))
	echo 1 >/sys/kernel/rcu_expedited
	for object in adder-3 caller doubler ping pong stranger; do
		name=${object%-[0-9]}
		while [ $SECONDS -lt $until ]; do
			spinctl load "$FIXTURES/procedure/use/$object.bpf.o"
			spinctl ext upgrade "$FIXTURES/procedure/use/$object.bpf.o"
			spinctl proc list
			spinctl unload "$name"
		done >/dev/null 2>&1 &
		pids+=($!)
	done
	wait "${pids[@]}"
	for name in adder caller doubler ping pong stranger; do
		spinctl unload "$name" >/dev/null 2>&1
	done
	echo 0 >/sys/kernel/rcu_expedited
	expect_true all_gone "no extensions" eventually 20 no_extensions
	expect_true nothing_left "no procedures" eventually 20 no_procedures
}

# Loaders with intentions of their own.
test_proc_declarations() {
	proc
}

# The example: asks before it answers.
test_proc_limiter_example() {
	load "$EXT/limited-echo.bpf.o" --set port=4017
	expect_match nobody_answers_without_a_limiter 'no reply' \
		"$(udp echo 127.0.0.1 4017 8 2>&1)"
	expect call_fails_with_ENXIO -6 "$(var limited-echo last_error)"
	load "$EXT/limiter.bpf.o" --set per_second=1000
	expect answers_with_a_limiter echoed "$(udp echo 127.0.0.1 4017 0 8 64)"
	expect limiter_was_asked 3 "$(var limiter granted)"
	must spinctl ext upgrade "$EXT/limiter.bpf.o" --set per_second=1
	udp send 127.0.0.1 4017 8 20
	expect_true new_version_refuses "of 20 at once most" eventually 5 \
		var_is limiter refused -ge 1
	unload limiter
	unload limited-echo
}
