# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The dispatcher, on events of another module: what it does one by one, against
# a model, and in a storm.

events_up() {
	must insmod "$SPIN_MODULES/tests/spin_events.ko"
}

# Its types are free a while after the last program made for them is.
events_down() {
	expect_true rmmod_events "the module is free" \
		eventually 20 rmmod_quietly spin_events
}

rmmod_quietly() {
	rmmod "$1" 2>/dev/null
}

test_dispatch() {
	events_up
	load "$FIXTURES/dispatch/use/model.bpf.o"
	dispatch
	unload model
	events_down
}

traces_raises() {
	grep -qsx 1 /sys/kernel/tracing/instances/spinctl-*/events/spin/spin_raise/enable
}

# However many key fields an event has: those of spin_events have five.
test_trace_shows_all_keys() {
	local out=/tmp/keys pid
	events_up
	load "$FIXTURES/dispatch/use/model.bpf.o"
	spinctl -j trace --event Events.Atomic >$out &
	pid=$!
	expect_true begins "it traces" eventually 60 traces_raises
	dispatch raise
	kill -TERM $pid
	wait $pid
	expect status 0 $?
	expect keys '{"a":1,"b":2,"c":3,"d":4,"value":5}' \
		"$(jq -c 'select(.type == "raise") | .keys' $out)"
	unload model
	events_down
	rm $out
}

# Each step of a load that an event's authority has a word in.
test_authority() {
	events_up
	refused sealed 'Events\.Sealed.*spin_events.*never' \
		spinctl load "$FIXTURES/dispatch/use/sealed.bpf.o"
	refused closed 'Events\.Closed.*spin_events.*no authorizer' \
		spinctl load "$FIXTURES/dispatch/use/closed.bpf.o"
	refused denied "Events\.Guarded.*spin_events.*'wanted'.*key 0" \
		spinctl load "$FIXTURES/dispatch/use/denied.bpf.o"
	refused dear 'may take [0-9]+ instructions.* 8 ' \
		spinctl load "$FIXTURES/dispatch/use/dear.bpf.o"
	expect nothing_is_left '' "$(extensions)"
	refused module_stays_while_used 'in use' rmmod spin
	events_down
	refused interface_is_gone 'Events' spinctl load "$FIXTURES/dispatch/use/model.bpf.o"
}

file_says() { # FILE TEXT
	[ "$(cat "$1")" = "$2" ]
}

process_is_gone() {
	[ ! -e "/proc/$1" ] || grep -q '^State:.*zombie' "/proc/$1/status"
}

# The start of a container does not wait for changes of extensions.
test_new_name_space_waits_for_nobody() {
	local parameters=/sys/module/spin_events/parameters loader other
	events_up
	echo Y >$parameters/hold
	spinctl load "$FIXTURES/dispatch/use/model.bpf.o" >/dev/null &
	loader=$!
	expect_true lock_is_held "an authorizer waits" \
		eventually 20 file_says $parameters/held Y
	unshare -n true &
	other=$!
	expect_true name_space_is_made "while it is held" eventually 20 process_is_gone $other
	expect_true it_still_is "an authorizer waits" file_says $parameters/held Y
	echo N >$parameters/hold
	wait $other
	expect unshare 0 $?
	wait $loader
	expect load 0 $?
	unload model
	events_down
}

# Each removal waits for a grace period: let those be short.
test_model() {
	local seed
	events_up
	echo 1 >/sys/kernel/rcu_expedited
	load "$FIXTURES/dispatch/use/model.bpf.o"
	for ((seed = 1; seed <= (SOAK > 1 ? SOAK : 2); seed++)); do
		model "$seed"
	done
	echo 0 >/sys/kernel/rcu_expedited
	unload model
	events_down
}

# The example of Documentation/kernel-api.rst.
test_doorbell() {
	must insmod "$SPIN_MODULES/tests/spin_example.ko"
	local rings=/sys/module/spin_example/parameters/rings
	printf 1 >/dev/doorbell
	expect rings_by_itself 1 "$(cat $rings)"
	load "$FIXTURES/dispatch/use/doorbell.bpf.o"
	printf 12 >/dev/doorbell
	expect rings_with_handlers 2 "$(cat $rings)"
	expect plays_the_melody 2 "$(cat /sys/module/spin_example/parameters/melody)"
	printf 12345 >/dev/doorbell
	expect is_silenced 2 "$(cat $rings)"
	expect counts 1 "$(var doorbell silenced)"
	refused module_is_in_use 'in use' rmmod spin_example
	refused first "Doorbell\.Rung.*spin_example.*'melody'.*nobody goes first" \
		spinctl binding install doorbell melody --order first
	unload doorbell
	printf 12345 >/dev/doorbell
	expect rings_again 3 "$(cat $rings)"
	expect_true rmmod_example "the module is free" \
		eventually 20 rmmod_quietly spin_example
}

# The interface is made last: what was made before it goes again.
test_service_that_cannot_start() {
	must spinctl domain create Doorbell
	# insmod has a meaning of its own for EEXIST, so later kernels say EBUSY instead
	refused name_is_taken 'File exists|resource busy' insmod "$SPIN_MODULES/tests/spin_example.ko"
	expect events_are_gone 0 \
		"$(spinctl -j event list | jq '[.[] | select(.name == "Doorbell.Rung")] | length')"
	must spinctl domain destroy Doorbell
	must insmod "$SPIN_MODULES/tests/spin_example.ko"
	load "$FIXTURES/dispatch/use/doorbell.bpf.o"
	printf 1 >/dev/doorbell
	unload doorbell
	expect_true rmmod_example "the module is free" \
		eventually 20 rmmod_quietly spin_example
}

test_storm() {
	local seconds=$((SOAK > 1 ? SOAK_SECONDS : 20))
	events_up
	load "$FIXTURES/dispatch/use/storm.bpf.o"
	load "$FIXTURES/dispatch/use/noise.bpf.o"
	echo 1 >/sys/kernel/rcu_expedited	# more of everything in the time
	storm "$seconds" ${STORM_STILL:+still}
	echo 0 >/sys/kernel/rcu_expedited
	unload storm
	unload noise
	events_down
}

modules_are_gone() {
	local module
	for module; do
		[ ! -e "/sys/module/$module" ] || rmmod_quietly "$module" || return
	done
}

# What is refused while an extension is being loaded holds nobody up.
test_installs_while_initializing() {
	load "$FIXTURES/dispatch/use/initializes.bpf.o"
	expect nowhere -2 "$(var initializes nowhere)"
	expect no_slot -2 "$(var initializes no_slot)"
	expect members_of_later_versions 5 "$(var initializes unknown)"
	expect_true again "an id" var_is initializes again -gt 0
	expect_true ticks "5 ticks of what was made before the commit" \
		eventually 20 var_is initializes ticks -ge 5
	expect bindings 3 "$(spinctl -j binding list initializes | jq length)"
	unload initializes
}

# Each has a thread of its own, so there is a limit.
test_clocks_are_limited() {
	load "$FIXTURES/dispatch/use/initializes.bpf.o"
	refused too_many '1024' spinctl binding install initializes later --count 1024
	must spinctl binding install initializes later --count 8
	expect bindings 11 "$(spinctl -j binding list initializes | jq length)"
	unload initializes
}

test_imports_of_modules() {
	events_up
	imports "$SPIN_MODULES/tests/spin_example.ko"
	expect_true rmmod "both modules are free" \
		eventually 20 modules_are_gone spin_events spin_example
}
