# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Domains: what may be linked, who owns what, and how much of it there may be.

test_linker() {
	linker
}

# Loads that go round spinctl altogether.
test_linker_bpftool() {
	local file
	if ! command -v bpftool >/dev/null; then
		echo "skip bpftool no bpftool here"
		return
	fi
	for file in "$EXT/udp-echo.bpf.o" "$EXT/hello.bpf.o" "$FIXTURES/domain/use/links.bpf.o"; do
		refused "bpftool_registers_$(basename "$file" .bpf.o)" '.' \
			bpftool struct_ops register "$file"
		refused "bpftool_loads_$(basename "$file" .bpf.o)" \
			'not allowed|EPERM|[Pp]ermission|failed' \
			bpftool prog loadall "$file" /sys/fs/bpf/spin-test
		rm -rf /sys/fs/bpf/spin-test
	done
	expect nothing_is_loaded '' "$(extensions)"
}

test_domains_raw() {
	domains $((SOAK > 1 ? SOAK_SECONDS / 8 : 1))
}

# A file's name stands for the extension in it.
active() { # BINDING
	spinctl -j binding show "$1" | jq .active
}

test_domains() {
	local out
	expect_match public_is_there '^SpinPublic +aggregate' "$(spinctl domain list)"
	expect_match modules_are_there '^Udp +module' "$(spinctl domain list)"
	expect public_has_udp 1 "$(spinctl -j domain show SpinPublic | jq '[.exports[] | select(.interface == "Udp")] | length')"
	must spinctl domain create net-only Udp Clock
	expect exports '["Udp","Clock"]' "$(spinctl -j domain show net-only | jq -c '[.exports[].interface]')"
	refused second_of_the_name 'taken' spinctl domain create net-only
	refused name_of_an_interface 'taken' spinctl domain create Console
	refused name_of_a_user 'not a name' spinctl domain create u1000/things
	refused in_nothing 'not there; create it first' spinctl domain create nowhere/net
	refused in_a_module 'extension or a module' spinctl domain create Udp/net
	refused unknown_member "no domain, extension or interface 'Nothing'" spinctl domain create other Nothing
	refused unknown_member_leaves_no_domain 'no domain' spinctl domain show other

	# confined to it
	load "$EXT/udp-echo.bpf.o" --domain net-only
	expect echoes echoed "$(udp echo 127.0.0.1 7 32)"
	expect is_confined net-only "$(spinctl -j domain show udp-echo | jq -r .within)"
	refused import_of_another "confined to domain 'net-only', which does not export interface Console; .*combine net-only Console" \
		spinctl load "$EXT/hello.bpf.o" --domain net-only
	refused name_of_an_extension 'taken' spinctl domain create udp-echo
	refused destroy_what_confines "domain 'net-only' still confines extension 'udp-echo'; unload it first" spinctl domain destroy net-only
	out=$(spinctl domain combine net-only Console)
	expect combines 'combined net-only: Console' "$out"
	load "$EXT/hello.bpf.o" --domain net-only
	refused destroy_what_confines_two "domain 'net-only' still confines 2 extensions, among them '(udp-echo|hello)'; unload them first" \
		spinctl domain destroy net-only
	unload hello
	must spinctl domain remove net-only Console
	refused removed_again "does not export" spinctl domain remove net-only Console
	refused after_the_removal 'does not export interface Console' spinctl load "$EXT/hello.bpf.o" --domain net-only
	refused confine_to_an_extension 'one that a user made' spinctl load "$EXT/hello.bpf.o" --domain udp-echo
	refused unknown_domain "no domain" spinctl load "$EXT/hello.bpf.o" --domain nowhere
	# the next version is as confined
	must spinctl ext upgrade "$EXT/udp-echo.bpf.o"
	expect upgrade_is_confined net-only "$(spinctl -j domain show udp-echo | jq -r .within)"
	expect one_extension_is_confined 1 "$(spinctl -j domain show net-only | jq .confined_count)"
	unload udp-echo
	expect none_is 0 "$(spinctl -j domain show net-only | jq .confined_count)"

	must spinctl domain create hello
	refused extension_with_a_domain_s_name "'hello' is that of a domain" spinctl load "$EXT/hello.bpf.o"
	must spinctl domain destroy hello

	# nested names, and what an aggregate has of another
	must spinctl domain create site
	must spinctl domain create site/net net-only
	must spinctl domain create site/all site/net Console
	refused destroy_a_full_one "site/net.* is in domain 'site'" spinctl domain destroy site
	must spinctl domain destroy net-only
	expect combined_is_a_copy '["Udp","Clock","Console"]' "$(spinctl -j domain show site/all | jq -c '[.exports[].interface]')"
	expect lookup 'site/net: aggregate; you may import and modify' "$(spinctl name lookup site/net)"
	expect_match names_are_listed '^site/all +aggregate' "$(spinctl name list)"
	refused destroy_public 'always there' spinctl domain destroy SpinPublic
	refused destroy_a_module "does not let you modify it" spinctl domain destroy Udp
	must spinctl domain destroy site/all
	must spinctl domain destroy site/net
	must spinctl domain destroy site
}

# Unresolved, what uses an interface is inactive; and that is kept apart from
# whether its user wants it to run.
test_unresolve() {
	local binding=udp-echo/echo_service
	load "$EXT/udp-echo.bpf.o"
	expect_match unresolves '^unresolved Udp: 1 binding not active any more \(echo_service\)$' "$(spinctl domain unresolve udp-echo Udp)"
	expect is_inactive false "$(active $binding)"
	expect says_why unresolved "$(spinctl -j binding show $binding | jq -r .inactive_because)"
	expect_match does_not_echo 'no reply' "$(udp echo 127.0.0.1 7 32)"
	expect says_so false "$(spinctl -j domain show udp-echo | jq '.imports[0].resolved')"
	refused no_more_bindings 'unresolved' spinctl binding install udp-echo echo_service
	refused twice 'unresolved already' spinctl domain unresolve udp-echo Udp
	refused not_imported 'has not imported interface File' spinctl domain unresolve udp-echo File
	must spinctl binding enable $binding
	expect enable_does_not_resolve false "$(active $binding)"
	expect_match resolves '1 binding active again' "$(spinctl domain resolve udp-echo Udp)"
	expect is_active true "$(active $binding)"
	expect echoes echoed "$(udp echo 127.0.0.1 7 32)"
	must spinctl binding disable $binding
	must spinctl domain unresolve udp-echo Udp
	must spinctl domain resolve udp-echo Udp
	expect resolve_does_not_enable false "$(active $binding)"
	expect disabled_is_why disabled "$(spinctl -j binding show $binding | jq -r .inactive_because)"
	must spinctl binding enable $binding
	expect echoes_again echoed "$(udp echo 127.0.0.1 7 32)"
	unload udp-echo
	# an event raised for one binding at a time
	load "$FIXTURES/clock/use/clock.bpf.o"
	eventually 5 var_is clock ticks -gt 3
	must spinctl domain unresolve clock Clock
	local ticks
	ticks=$(var clock ticks)
	sleep 0.3
	expect_true clock_stands "at most one tick more than $ticks: $(var clock ticks)" [ "$(var clock ticks)" -le $((ticks + 1)) ]
	must spinctl domain resolve clock Clock
	expect_true clock_runs "more ticks" eventually 5 var_is clock ticks -gt $((ticks + 3))
	unload clock
}

# Unresolve and Resolve while packets arrive: no raise is lost, none crashes.
test_unresolve_under_flood() {
	local i
	load "$FIXTURES/udp/use/verdict.bpf.o" --set verdict=1
	flood_begins 4244 8
	for ((i = 0; i < 100000; i++)); do
		flood_lasts "$i" || break
		must spinctl domain unresolve verdict Udp
		must spinctl domain resolve verdict Udp
	done
	flood_ends
	expect_true rounds "at least 2 rounds" [ "$i" -ge 2 ]
	expect is_active true "$(spinctl -j binding list verdict | jq '.[0].active')"
	unload verdict
}

test_quotas() {
	refused memory "hello.*may have 1024 bytes of kernel memory, and needs more; load it with --limit memory=N" \
		spinctl load "$EXT/hello.bpf.o" --limit memory=1k
	refused unknown_limit "is no limit: .*bindings" spinctl load "$EXT/hello.bpf.o" --limit people=3
	refused bad_number "is no limit" spinctl load "$EXT/hello.bpf.o" --limit memory=3x
	refused bindings 'may have 0 bindings' spinctl load "$EXT/udp-echo.bpf.o" --limit bindings=0

	# packets: a rate
	load "$EXT/udp-echo.bpf.o" --limit packets=1
	expect first_packet echoed "$(udp echo 127.0.0.1 7 32)"
	expect_match second_packet_at_once 'no reply' "$(udp echo 127.0.0.1 7 32)"
	expect refused_is_counted 1 "$(quota udp-echo packets refused)"
	expect sent_is_counted 1 "$(quota udp-echo packets used)"
	expect_true later "an echo within some seconds" eventually 5 eval '[ "$(udp echo 127.0.0.1 7 32)" = echoed ]'
	must spinctl domain limit udp-echo packets=none
	expect no_limit null "$(quota udp-echo packets limit)"
	expect echoes echoed "$(udp echo 127.0.0.1 7 32)$(udp echo 127.0.0.1 7 32 | sed s/echoed//)"
	must spinctl domain limit udp-echo bindings=3
	must spinctl binding install udp-echo echo_service
	refused one_binding_more 'may have 3 bindings and has used them up' spinctl binding install udp-echo echo_service
	refused many_at_once 'may have 3 bindings' spinctl binding install udp-echo echo_service --count 60000
	expect bindings_are_counted 3 "$(quota udp-echo bindings used)"
	# the next version has the same limits
	must spinctl ext upgrade "$EXT/udp-echo.bpf.o"
	expect upgrade_has_the_limit 3 "$(quota udp-echo bindings limit)"
	unload udp-echo

	# what handlers install and remove
	load "$FIXTURES/domain/contain/quota.bpf.o" --limit queue=0
	eventually 5 var_is quota ticks -gt 3
	expect uninstall_is_refused -122 "$(var quota uninstall_result)"
	must spinctl domain limit quota queue=100 bindings=3
	expect_true install_is_refused "EDQUOT" eventually 5 var_is quota install_result -eq -122
	must spinctl domain limit quota bindings=none
	expect_true goes_on "0" eventually 5 var_is quota uninstall_result -eq 0
	expect_true queue_is_bounded "at most 100" [ "$(quota quota queue used)" -le 100 ]
	expect_true memory_is_counted "some" [ "$(quota quota memory used)" -gt 4096 ]
	unload quota
}

# measure ARGUMENT... - MEMORY: bytes that one more binding is charged
measure() {
	local before
	before=$(quota udp-echo memory used)
	must spinctl binding install udp-echo echo_service --inactive "$@"
	MEMORY=$(($(quota udp-echo memory used) - before))
}

# The values that a match names are in the index, and, of more than one, in the binding.
test_memory_of_keys() {
	local MEMORY plain
	load "$EXT/udp-echo.bpf.o"
	measure
	plain=$MEMORY
	measure --match dport=7
	expect one_key 8 $((MEMORY - plain))
	measure --match dport=7 --match sport=9
	expect two_keys 32 $((MEMORY - plain))
	unload udp-echo
}

# Set BURNER to the thread of the burner's clock.
find_burner() {
	local comm
	for comm in /proc/[0-9]*/comm; do
		[ "$(<"$comm")" != spin/burn_tick ] || BURNER=${comm%/comm}
	done 2>/dev/null
	[ "$BURNER" ]
}

# burnt_in SECONDS - thousandths of a processor that it took (no other process
# is started meanwhile: that would take its time, too)
burnt_in() {
	local before after begin=${EPOCHREALTIME/./} end
	read -r -a before <"$BURNER/stat"
	sleep "$1"
	read -r -a after <"$BURNER/stat"
	end=${EPOCHREALTIME/./}
	echo $(((after[13] + after[14] - before[13] - before[14]) * 1000 *
		(1000000 / TICKS) / (end - begin)))
}

# refusals_are TEST VALUE - how often it was throttled
refusals_are() {
	test "$(quota burn cpu refused)" "$1" "$2"
}

test_quota_cpu() {
	local free limited ticks BURNER='' TICKS
	TICKS=$(getconf CLK_TCK)
	load "$FIXTURES/domain/contain/burn.bpf.o"
	expect_true burner "a thread spin/burn_tick" eventually 10 find_burner
	free=$(burnt_in 1)
	must spinctl domain limit burn cpu=10%
	expect_true is_throttled "it is throttled" eventually 60 throttled true
	expect_true says_so "refused is counted" refusals_are -ge 1
	ticks=$(var burn ticks)
	expect_true goes_on "it pays, and ticks" eventually 60 var_is burn ticks -gt "$ticks"
	expect_true again_and_again "it is throttled three times" eventually 60 refusals_are -ge 3
	# What it takes beyond its tenth is that no handler is interrupted, which
	# the slower a machine the more counts: this finds a limit that does nothing.
	limited=$(burnt_in 5)
	expect_true is_limited "it takes at most 500/1000: $limited" [ "$limited" -le 500 ]
	echo "# burns $free/1000 of a processor without a limit, $limited/1000 with one of 100/1000"
	must spinctl domain limit burn cpu=0
	expect_true stands "no tick in half a second" eventually 30 stands_still
	must spinctl domain limit burn cpu=none
	ticks=$(var burn ticks)
	expect_true burns_again "it ticks" eventually 30 var_is burn ticks -gt $((ticks + 20))
	expect_true is_not_throttled "it is not throttled" throttled false
	unload burn
}

stands_still() {
	local ticks
	ticks=$(var burn ticks)
	sleep 0.5
	[ "$(var burn ticks)" = "$ticks" ]
}

throttled() { # true|false
	[ "$(spinctl -j domain show burn | jq .throttled)" = "$1" ]
}

# as UID CAPABILITIES COMMAND...
as() {
	local uid=$1 caps=$2
	shift 2
	setpriv --reuid "$uid" --clear-groups --inh-caps "$caps" --ambient-caps "$caps" "$@"
}

BPF=+bpf,+perfmon

# Names of others than root have a prefix, and users can change only what is theirs.
test_owners() {
	local mode
	mode=$(stat -c %a /dev/spin)
	chmod 666 /dev/spin
	must spinctl domain create shared Udp
	must spinctl domain create closed Udp
	must spinctl domain create closed/in Udp
	must spinctl domain rights closed none
	load "$EXT/udp-echo.bpf.o"
	refused create_without_capabilities 'CAP_BPF' as 1000 -all spinctl domain create mine
	refused modify_anothers_domain 'belongs to user 0' as 1000 $BPF spinctl domain combine shared Clock
	refused destroy_anothers_domain 'belongs to user 0' as 1000 $BPF spinctl domain destroy shared
	refused limit_anothers_extension 'belongs to user 0' as 1000 $BPF spinctl domain limit udp-echo packets=0
	refused unresolve_anothers_extension 'belongs to user 0' as 1000 $BPF spinctl domain unresolve udp-echo Udp
	refused unload_anothers_extension "belongs to user 0" as 1000 $BPF spinctl unload udp-echo
	refused disable_anothers_binding '.' as 1000 $BPF spinctl binding disable udp-echo/echo_service
	refused remove_anothers_binding '.' as 1000 $BPF spinctl binding remove udp-echo/echo_service
	refused install_into_anothers 'belongs to user 0' as 1000 $BPF spinctl binding install udp-echo echo_service
	refused root_without_capabilities 'takes CAP_BPF and CAP_PERFMON' setpriv --bounding-set -all spinctl domain limit udp-echo packets=0
	refused root_without_capabilities_creates 'CAP_BPF' setpriv --bounding-set -all spinctl domain create mine
	refused open_a_closed_domain "belongs to user 0, who does not let you import" as 1000 $BPF spinctl domain create mine closed
	refused pass_a_closed_domain "on the way to 'closed/in' does not let you go on" as 1000 $BPF spinctl name lookup closed/in
	refused create_under_anothers_prefix 'not there' as 1000 $BPF spinctl domain create u1001/x
	expect still_echoes echoed "$(udp echo 127.0.0.1 7 32)"

	# the same names, and nobody's is taken
	must as 1000 $BPF spinctl domain create shared Console
	expect own_name u1000/shared "$(as 1000 $BPF spinctl -j name lookup shared | jq -r .name)"
	expect roots_name shared "$(spinctl -j name lookup shared | jq -r .name)"
	must as 1001 $BPF spinctl domain create shared
	refused anothers_by_full_name 'belongs to user 1000' as 1001 $BPF spinctl domain destroy u1000/shared
	must as 1000 $BPF spinctl domain create shared/inner shared
	must as 1000 $BPF spinctl domain rights shared modify
	must as 1001 $BPF spinctl domain combine u1000/shared Udp

	# an extension of a user's: loading takes CAP_SYS_ADMIN on these kernels
	must as 1000 $BPF,+sys_admin spinctl load "$EXT/hello.bpf.o"
	expect has_the_prefix u1000/hello "$(spinctl -j ext list | jq -r '.[] | select(.uid == 1000) | .name')"
	load "$EXT/hello.bpf.o"
	refused unload_by_a_third 'belongs to user 1000' as 1001 $BPF spinctl unload u1000/hello
	refused more_than_the_limit 'CAP_SYS_RESOURCE' as 1000 $BPF spinctl domain limit hello memory=none
	must as 1000 $BPF spinctl domain limit hello memory=1M
	must as 1000 $BPF spinctl ext show hello
	must as 1000 $BPF spinctl unload hello
	expect their_own_went hello "$(extensions | grep hello)"
	must spinctl unload hello
	unload udp-echo
	must as 1000 $BPF spinctl domain destroy shared/inner
	must as 1000 $BPF spinctl domain destroy shared
	must as 1001 $BPF spinctl domain destroy shared
	must spinctl domain destroy closed/in
	must spinctl domain destroy closed
	must spinctl domain destroy shared
	chmod "$mode" /dev/spin
}

# An import of what nobody exports loads the module that says it does.
test_demand_kernel() {
	local modprobe
	modprobe=$(cat /proc/sys/kernel/modprobe)
	expect module_says_so spin-interface-Doorbell "$(grep -aoz "alias=spin-[A-Za-z-]*" "$SPIN_MODULES/tests/spin_example.ko" | tr -d "\0" | cut -d= -f2)"
	cat >/tmp/modprobe <<-EOF
		#!/bin/sh
		echo "\$*" >>/tmp/modprobe.asked
		case "\$*" in
		*spin-interface-Doorbell) exec insmod "$SPIN_MODULES/tests/spin_example.ko" ;;
		esac
		exit 1
	EOF
	chmod +x /tmp/modprobe
	: >/tmp/modprobe.asked
	echo /tmp/modprobe >/proc/sys/kernel/modprobe
	refused confined_does_not_load 'does not export interface Doorbell' \
		spinctl load "$FIXTURES/dispatch/use/doorbell.bpf.o" --domain SpinPublic
	expect nothing_was_asked_for '' "$(cat /tmp/modprobe.asked)"
	refused unknown_is_asked_for 'no interface|not.*here' spinctl load "$FIXTURES/domain/refuse/imports-unknown-interface.bpf.o"
	expect_match asked 'spin-interface-' "$(cat /tmp/modprobe.asked)"
	expect lookup_loads 'Doorbell: module; you may import' "$(spinctl name lookup Doorbell)"
	expect_true goes "rmmod" eventually 10 rmmod spin_example
	refused is_gone 'no domain' spinctl domain show Doorbell
	expect_true import_loads "it loads" spinctl load "$FIXTURES/dispatch/use/doorbell.bpf.o"
	expect_match is_there 'Doorbell +module' "$(spinctl domain list)"
	unload "$(spinctl -j ext list | jq -r '.[0].name')"
	expect_true goes_again "rmmod" eventually 10 rmmod spin_example
	echo "$modprobe" >/proc/sys/kernel/modprobe
}

unload_every_one() {
	local name
	for name in $(spinctl -j ext list | jq -r '.[].name'); do
		unload "$name"
	done
}

# So does the look-up of an interface that an installed extension exports.
test_demand_installed() {
	local folder=/tmp/installed
	rm -rf $folder
	mkdir $folder
	cp "$FIXTURES/procedure/use/adder-1.bpf.o" $folder/
	echo 'no object' >$folder/bad.bpf.o
	refused nobody_exports_it 'no domain, extension or interface' env SPIN_PATH=/nowhere spinctl name lookup Adder
	expect_match lookup_loads 'extension; you may import' "$(SPIN_PATH=/nowhere:$folder spinctl name lookup Adder)"
	expect_match is_listed "^Adder +interface" "$(spinctl name list)"
	unload_every_one
	refused interface_goes_with_it 'no domain, extension or interface' env SPIN_PATH=/nowhere spinctl name lookup Adder
	expect_true import_loads "it loads" env SPIN_PATH=$folder spinctl load "$FIXTURES/procedure/use/caller.bpf.o"
	expect two_are_loaded 2 "$(spinctl -j ext list | jq length)"
	# confined to a domain without the interface, it may not import it
	must spinctl domain create without Clock
	unload caller
	refused confined "does not export interface Adder" spinctl load "$FIXTURES/procedure/use/caller.bpf.o" --domain without
	must spinctl domain combine without Adder
	expect_true and_with_it "it loads" spinctl load "$FIXTURES/procedure/use/caller.bpf.o" --domain without
	unload_every_one
	must spinctl domain destroy without
	# two that call each other: neither is loaded twice
	cp "$FIXTURES/procedure/use/ping.bpf.o" "$FIXTURES/procedure/use/pong.bpf.o" $folder/
	expect_true each_other "it loads" env SPIN_PATH=$folder spinctl load "$FIXTURES/procedure/use/ping.bpf.o"
	expect both_are_loaded 2 "$(spinctl -j ext list | jq length)"
	unload_every_one
}
