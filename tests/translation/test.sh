# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Translation.PageNotPresent: memory whose pages an extension supplies, and what
# becomes of faults when it does not.

# shellcheck source=tests/kind/lib.sh disable=SC2154 # $here is the runner's
. "$here/../kind/lib.sh"

vm_test() { # NAME [ARGUMENT]
	load "$FIXTURES/translation/use/pager.bpf.o"
	vm_run "$@"
	unload pager
}

vm_run() {
	vm "$@" || printf 'not ok %s\n# expected: it runs to its end\n# seen: exit status %d\n' \
		"$1" $?
}

test_vm_pages() {
	vm_test pages
}

test_vm_refusals() {
	vm_test refusals
}

test_vm_unresolved() {
	vm_test unresolved
}

test_vm_threads() {
	vm_test threads $((SOAK > 1 ? SOAK : 5))
	vm_test threads-refused
}

test_vm_refusals_take_no_memory() {
	vm_test refused-memory
}

test_vm_refusal_and_signal() {
	vm_test refused-and-signalled
}

test_vm_threads_of_the_kernel() {
	must insmod "$SPIN_MODULES/tests/spin_toucher.ko"
	vm_test left
	vm_test deep
	must rmmod spin_toucher
}

test_vm_slow_handler_holds_no_lock() {
	vm_test unlocked
}

test_vm_killed() {
	vm_test killed
}

test_vm_unmapped_meanwhile() {
	vm_test unmapped-meanwhile
}

test_vm_address_spaces() {
	vm_test fork
	vm_test moved
	vm_test protected
}

test_vm_accounted() {
	vm_test accounted
}

test_vm_quota() {
	local limit=/sys/module/spin/parameters/translation_pages
	echo 100 >$limit
	vm_test quota
	echo 0 >$limit
}

test_vm_system_calls() {
	vm_test system-calls
}

test_vm_pinned() {
	vm_test pinned
}

test_vm_as_other_memory() {
	load "$FIXTURES/translation/use/pager.bpf.o"
	memory || printf 'not ok memory\n# expected: it runs to its end\n# seen: exit status %d\n' $?
	unload pager
}

# Under the kernel's own filter, as for other shared memory that has no name.
test_vm_core_dump_default() {
	local pattern
	pattern=$(cat /proc/sys/kernel/core_pattern)
	echo core.vm >/proc/sys/kernel/core_pattern
	vm_test core-default
	echo "$pattern" >/proc/sys/kernel/core_pattern
	rm -f "$DATA"/core.vm
}

test_vm_core_dump() {
	local pattern
	pattern=$(cat /proc/sys/kernel/core_pattern)
	echo core.vm >/proc/sys/kernel/core_pattern
	vm_test core
	expect_true written "a core was written" test -s "$DATA/core.vm"
	echo "$pattern" >/proc/sys/kernel/core_pattern
	rm -f "$DATA"/core.vm
}

test_vm_file() {
	head -c 10000 /dev/urandom >"$DATA/pages"
	load "$FIXTURES/translation/use/pager.bpf.o" --grant file=file:"$DATA/pages"
	vm_run file "$DATA/pages"
	expect copied 18192 "$(look cap pager file copied)"
	unload pager
	rm "$DATA/pages"
}

# XFS takes a file's lock for more than others do: a task holds it that writes to a
# file from memory that a pager reads from the same file.
test_vm_file_of_xfs() {
	local img=/tmp/xfs.img mnt=/tmp/xfs
	modprobe -q -a loop xfs
	if ! grep -qw xfs /proc/filesystems || ! losetup -f >/dev/null; then
		echo "skip xfs this kernel has none, or no loop device"
		return
	fi
	truncate -s 320M $img
	mkdir -p $mnt
	must mkfs.xfs -q $img
	must mount -o loop $img $mnt
	head -c 10000 /dev/urandom >$mnt/pages
	load "$FIXTURES/translation/use/pager.bpf.o" --grant file=file:$mnt/pages
	vm_run file $mnt/pages
	unload pager
	must umount $mnt
	rm -rf $img $mnt
}

# Each range is paged by the extension it names, and by no other.
test_vm_imposed_guard() {
	load "$EXT/demand-zero.bpf.o"
	vm_test foreign
	expect its_own 1 "$(var demand-zero faults)"
	unload demand-zero
}

# No extension, no page; when it is there again, its ranges are its own again.
test_vm_extension_comes_and_goes() {
	load "$FIXTURES/translation/use/pager.bpf.o"
	coproc vm follow
	local line
	read -r line <&"${COPROC[0]}"
	expect started ready "$line"
	vm_touch page
	unload pager
	vm_touch 'Bus error'
	load "$FIXTURES/translation/use/pager.bpf.o"
	vm_touch page
	kill -9 "$COPROC_PID"
	wait "$COPROC_PID" 2>/dev/null
	unload pager
}

# While versions take each other's place, no fault goes unanswered.
test_vm_upgrade() {
	local i
	load "$FIXTURES/translation/use/pager.bpf.o"
	start vm steady
	for i in 1 2 3 4 5; do
		must spinctl ext upgrade "$FIXTURES/translation/use/pager.bpf.o"
	done
	kill -TERM "$STARTED"
	expect_started all_answered 'all answered'
	unload pager
}

vm_touch() { # EXPECTED
	local line
	echo >&"${COPROC[1]}"
	read -r line <&"${COPROC[0]}"
	expect "touch_${1// /_}" "$1" "$line"
}

# The module stays while a range is open or mapped.
test_vm_rmmod() {
	load "$FIXTURES/translation/use/pager.bpf.o"
	coproc vm follow
	local line
	read -r line <&"${COPROC[0]}"
	unload pager
	refused stays 'in use' rmmod spin
	kill -9 "$COPROC_PID"
	wait "$COPROC_PID" 2>/dev/null
	expect_true goes "rmmod succeeds" eventually 10 rmmod spin
	must spin-insmod
}

# An unload ends the loop of a handler that runs in a fault, and waits for that; the
# process gets what the handler has made.
test_vm_unload_ends_the_handler() {
	load "$FIXTURES/translation/use/pager.bpf.o"
	start vm wait
	expect_true waits "a handler runs" eventually 20 var_is pager waiting = 1
	expect_true process_waits "the process waits" kill -0 "$STARTED"
	unload pager
	expect no_extension '' "$(extensions)"
	wait "$STARTED"
	expect touched 0 $?
}

test_vm_allocations_that_fail() {
	local kind
	if ! fault_injection; then
		echo "skip allocations this kernel has no fault injection"
		return
	fi
	for kind in failslab fail_page_alloc; do
		echo N >/sys/kernel/debug/$kind/ignore-gfp-wait
		echo 0 >/sys/kernel/debug/$kind/verbose
	done
	echo 0 >/sys/kernel/debug/fail_page_alloc/min-order
	vm_test faults
	echo 1 >/sys/kernel/debug/fail_page_alloc/min-order
	for kind in failslab fail_page_alloc; do
		echo Y >/sys/kernel/debug/$kind/ignore-gfp-wait
	done
	expect no_memory_is_lost '' "$(lost_memory)"
}

test_vm_listed() {
	local events
	load "$FIXTURES/translation/use/pager.bpf.o"
	events=$(spinctl event list)
	expect_match listed 'Translation\.PageNotPresent.*sleepable' "$events"
	unload pager
}

test_vm_storm() {
	local seconds=$((SOAK > 1 ? SOAK_SECONDS : 6)) i storm
	load "$FIXTURES/translation/use/pager.bpf.o"
	vm storm "$seconds" &
	storm=$!
	for ((i = 0; i < 3; i++)); do
		sleep 1
		unload pager
		load "$FIXTURES/translation/use/pager.bpf.o"
	done
	wait $storm
	unload pager
}

test_spin_touch() {
	local out
	refused not_loaded "no extension 'demand-zero'" spin-touch
	load "$EXT/demand-zero.bpf.o" --set mark=1
	out=$(spin-touch --pages 3 2>&1)
	expect status 0 $?
	expect pages 'page 0: 1 page 1: 2 page 2: 3 3 pages touched, 3 raises, 3 pages present' \
		"$(tr '\n' ' ' <<<"$out" | sed 's/ $//')"
	expect counted 3 "$(var demand-zero faults)"
	expect read_first 0 "$(var demand-zero writes)"
	spin-touch --quiet --write >/dev/null
	expect written_first 16 "$(var demand-zero writes)"
	expect_match times '^extension +[0-9]+ +[0-9]+ +[0-9]+' "$(spin-touch --time)"
	refused bad_number 'no number of pages' spin-touch --pages 0
	spin-touch --quiet --pages 100 >/tmp/touched &
	expect two_at_once '100 pages touched, 100 raises, 100 pages present' \
		"$(spin-touch --quiet --pages 100)"
	wait $!
	expect the_other_too '100 pages touched, 100 raises, 100 pages present' \
		"$(cat /tmp/touched)"
	rm /tmp/touched
	unload demand-zero
}

test_kinds_region() {
	load "$FIXTURES/translation/use/pager.bpf.o"
	peer range pager 1000 16
	ask nobody 'Bus error' 'touch 0'
	load "$KINDS" --grant range=translation:"$READY"
	expect_true looks "info works" eventually 5 kinds_is range_pages = 16
	expect tag 1000 "$(var kinds range_tag)"
	expect fdinfo_tag 1000 "$(fdinfo "$READY" tag)"
	expect fdinfo_range "$(var kinds range_id)" "$(fdinfo "$READY" range)"
	expect fdinfo_extension pager "$(fdinfo "$READY" extension)"
	expect_match consent '^[0-9]+$' "$(answer 'touch 0')"
	expect_match second '^[0-9]+$' "$(answer 'touch 1')"
	ask two_there 2 present
	expect in_a_list 'pager 1000 65536 2 kinds' "$(spinctl -j range list |
		jq -r '.[] | "\(.extension) \(.tag) \(.bytes) \(.present_pages) \(.granted | join(" "))"')"
	expect_match in_a_table '^ *[0-9]+ +pager +1000 +65536 +2 .* kinds$' "$(spinctl range list)"
	# page 4 takes the place of page 0, which comes anew
	expect_match evicts '^[0-9]+$' "$(answer 'touch 4')"
	expect discarded 1 "$(var kinds discarded)"
	ask still_two 2 present
	local first second
	first=$(answer 'touch 1')
	second=$(answer 'touch 0')
	expect_true anew "page 0 was supplied once more" [ "$second" -gt "$first" ]
	expect_true told "info tells" eventually 5 kinds_is range_discarded = 1
	expect counted 1 "$(look cap kinds range discarded)"
	expect beyond -22 "$(var kinds beyond)"
	expect too_many -22 "$(var kinds too_many)"
	expect none -22 "$(var kinds none)"
	must spinctl cap revoke kinds range
	expect_true revoked "-EKEYREVOKED" eventually 5 kinds_is range_error = -128
	expect granted_to_nobody '[]' "$(spinctl -j range | jq -c '.[].granted')"
	ask no_consent 'Bus error' 'touch 9'
	expect_match what_is_there_stays '^[0-9]+$' "$(answer 'touch 4')"
	unload kinds
	end_peer
	unload pager
}

# A capability does not keep the range, and its memory.
test_kinds_region_closed() {
	load "$FIXTURES/translation/use/pager.bpf.o"
	peer range pager 1000 16
	load "$KINDS" --grant range=translation:"$READY"
	expect_match there '^[0-9]+$' "$(answer 'touch 0')"
	ask closed closed close
	expect_true gone "-ENXIO" eventually 5 kinds_is range_error = -6
	unload kinds
	end_peer
	unload pager
}

# Without the right to write, it is looked at, and no more: its pages are not
# supplied either.
test_kinds_region_without_write() {
	load "$FIXTURES/translation/use/pager.bpf.o"
	peer range pager 1000 16
	load "$KINDS" --grant range=translation:"$READY" --rights range=read
	expect_true looks "info works" eventually 5 kinds_is range_pages = 16
	ask supplies_nothing 'Bus error' 'touch 0'
	expect no_right -13 "$(var kinds beyond)"
	unload kinds
	end_peer
	unload pager
}

# Many look while pages come and go: nobody sees one that was taken out.
test_kinds_region_no_stale_page() {
	local seconds=$((SOAK > 1 ? SOAK_SECONDS : 6))
	load "$FIXTURES/translation/use/pager.bpf.o"
	peer monotonic pager "$seconds"
	load "$KINDS" --grant range=translation:"$READY"
	echo >&"$TO"
	local line=
	read -r -t $((seconds + 30)) line <&"$FROM"
	expect looked 'many looks, 0 backwards' "$line"
	expect_true discards "pages were discarded" kinds_is discarded -gt 100
	unload kinds
	end_peer
	unload pager
}
