# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What changes of a plan replace is kept by handlers that have not returned: it is
# charged, and bounded. The numbers of calls are those of piles.h.

PILE=$FIXTURES/plan/contain/pile.bpf.o
FILL=1 HOLD=2 GO=3 UNINSTALL=4 DEAR=1 CHEAP=2

pile_up() {
	load "$PILE"
	pile_install pile
}

# pile_install EXTENSION - a thousand, whose size is found out
pile_install() {
	local used
	PILED=$1
	PILE_BASE=$(quota "$PILED" memory used)
	PILE_COUNT=$(quota "$PILED" bindings used)
	must spinctl binding install "$PILED" cheap_one --count 1000
	expect_true a_size "1000 bindings are charged alike, and nothing else is" \
		eventually 20 all_alike
	used=$(quota "$PILED" memory used)
	PILE_SIZE=$(((used - PILE_BASE) / 1000))
}

all_alike() {
	[ $((($(quota "$PILED" memory used) - PILE_BASE) % 1000)) = 0 ]
}

# kept - bytes charged to it that are for no binding
kept() {
	local n
	n=$(($(quota "$PILED" bindings used) - PILE_COUNT +
	     $(quota "$PILED" queue used)))
	echo $(($(quota "$PILED" memory used) - PILE_BASE - n * PILE_SIZE))
}

nothing_kept() {
	[ "$(kept)" = 0 ]
}

# A handler runs until pile_go.
pile_hold() {
	must spinctl call pile $GO 0
	spinctl call pile $HOLD >/tmp/held 2>&1 &
	HELD=$!
	expect_true held "a handler waits" eventually 10 var_is pile waiting -eq 1
}

pile_go() {
	must spinctl call pile $GO 1
	wait "$HELD"
	expect let_go 1 "$(cat /tmp/held)"
}

pile_down() {
	pile_go
	expect_true is_freed "nothing is kept" eventually 20 nothing_kept
	unload pile
}

# Whether there is room in a raise is found out without a new plan.
test_refused_installs_keep_nothing() {
	local before made queued
	pile_up
	pile_hold
	made=$(spinctl call pile $FILL $DEAR 1000)
	expect_true is_full "some hundreds: $made" [ "$made" -gt 100 -a "$made" -lt 1000 ]
	expect is_refused -122 "$(var pile error)"
	before=$(kept)
	expect no_more 0 "$(spinctl call pile $FILL $DEAR 1000)"
	expect keeps_nothing "$before" "$(kept)"
	queued=$(quota "$PILED" queue used)
	expect none_with_a_key 0 "$(spinctl call pile $FILL $DEAR 500 77)"
	# those that are freed when the handler is done have 8 bytes more, for the key
	queued=$(($(quota "$PILED" queue used) - queued))
	expect keys_keep_nothing $((before + 8 * queued)) "$(kept)"
	refused says_why 'event Trap\.SystemCallSleepable has [0-9]+ bindings, which may take [0-9]+ instructions together' \
		spinctl binding install pile dear_one
	pile_down
}

# A handler cannot make more of what it keeps itself than the quota lets it.
test_installs_keep_what_is_charged() {
	local limit
	pile_up
	pile_hold
	limit=$(($(quota pile memory used) + 2000000))
	must spinctl domain limit pile memory=$limit
	expect_true is_bounded "not all" [ "$(spinctl call pile $FILL $CHEAP 5000)" -lt 5000 ]
	expect is_refused -122 "$(var pile error)"
	expect_true is_charged "some hundred thousand bytes" [ "$(kept)" -gt 300000 ]
	expect_true is_within "at most $limit" [ "$(quota pile memory used)" -le "$limit" ]
	# Room for a binding, and none for the list of steps that it replaces.
	must spinctl domain limit pile \
		memory=$(($(quota pile memory used) + PILE_SIZE + 10))
	refused says_who_keeps 'handlers of event Trap\.SystemCallSleepable that have not returned keep' \
		spinctl binding install pile cheap_one
	must spinctl domain limit pile memory=none
	must spinctl binding install pile cheap_one
	# What a handler removes counts the same.
	must spinctl domain limit pile memory=1k
	refused uninstall 'quota' spinctl call pile $UNINSTALL "$(var pile last)"
	must spinctl domain limit pile memory=none
	must spinctl call pile $UNINSTALL "$(var pile last)"
	pile_down
}

# An extension is contained whatever it has used up, at the cost of one plan.
test_throttled_piles_keep_one_plan() {
	local before i
	pile_up
	pile_hold
	before=$(kept)
	must spinctl domain limit pile memory=1k
	for i in 1 2 3; do
		must spinctl domain limit pile cpu=0
		expect_true throttled_$i "it is throttled" eventually 20 pile_throttled true
		must spinctl domain limit pile cpu=none
		expect_true runs_$i "it is not throttled" eventually 20 pile_throttled false
	done
	expect_true keeps_little "at most 64 bytes for a step, three times: $(($(kept) - before))" \
		[ $(($(kept) - before)) -le $((3 * 64 * 1000)) ]
	expect_true keeps_some "but some" [ "$(kept)" -gt "$before" ]
	must spinctl domain limit pile memory=none
	pile_down
}

# The same of handlers on a procedure of another, when the import is undone.
test_unresolved_piles_keep_one_plan() {
	local before
	load "$FIXTURES/plan/use/held.bpf.o"
	load "$FIXTURES/plan/use/heap.bpf.o"
	pile_install heap
	spinctl call heap $HOLD >/tmp/held 2>&1 &
	HELD=$!
	expect_true held "a call waits" eventually 10 var_is held waiting -eq 1
	before=$(kept)
	spinctl domain unresolve heap Held >/tmp/unresolved 2>&1 &
	UNRESOLVER=$!
	expect_true out_of_the_plan "something is kept" eventually 20 keeps_more "$before"
	expect_true keeps_little "at most 64 bytes for a step: $(($(kept) - before))" \
		[ $(($(kept) - before)) -le $((64 * 1000)) ]
	must spinctl call held $GO 1
	wait "$HELD"
	wait "$UNRESOLVER"
	expect_match says_how_many '1000' "$(cat /tmp/unresolved)"
	expect_true is_freed "nothing is kept" eventually 20 nothing_kept
	must spinctl domain resolve heap Held
	expect active 1001 "$(spinctl -j binding list heap | jq '[.[] | select(.active)] | length')"
	unload heap
	unload held
}

keeps_more() {
	[ "$(kept)" -gt "$1" ]
}

pile_throttled() { # true|false
	[ "$(spinctl -j domain show pile | jq .throttled)" = "$1" ]
}
