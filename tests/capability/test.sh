# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Capabilities: by slot, by pointer, in maps; with rights, narrowed, derived,
# revoked, granted again. What the verifier and the checker refuse is in the
# corpus: tests/capability/refuse/*.bpf.c.

caps_files() {
	printf 'ABCDEFGHIJKLMN' >"$DATA"/upper
	printf 'abcdefgh' >"$DATA"/lower
	dd if=/dev/zero of="$DATA"/disk bs=1M count=4 status=none
}

# A file system of its own at /tmp/mnt: what is held keeps it busy.
own_files() {
	disk_of "$DATA"/disk /tmp/mnt
}

expect_held() { # NAME
	refused "$1" busy umount /tmp/mnt
}

expect_given_back() { # NAME
	expect "$1" '' "$(umount /tmp/mnt 2>&1)"
	rm -rf /tmp/mnt
}

caps_load() { # NAME GRANT...
	local name=$1
	shift
	load "$FIXTURES/capability/use/$name.bpf.o" "$@"
}

# comes NAME EXT VARIABLE VALUE - it has the value soon, and is seen to tick
comes() {
	local ticks
	if eventually 5 var_is "$2" "$3" = "$4"; then
		ticks=$(var "$2" ticks)
		eventually 5 var_is "$2" ticks -gt $((ticks + 2))
	fi
	expect "$1" "$4" "$(var "$2" "$3")"
}

rights() { # EXT NAME
	spinctl -j cap list "$1" | jq -r ".[] | select(.name == \"$2\") | .right_words"
}

cap_id() { # EXT NAME
	spinctl -j cap list "$1" | jq -r ".[] | select(.name == \"$2\") | .id"
}

test_caps_by_slot_and_pointer() {
	caps_files
	caps_load caps --grant clip=file:"$DATA"/upper \
		--grant out=socket:127.0.0.1:4300
	comes by_slot caps by_slot 65
	comes by_pointer caps by_pointer 65
	comes by_pointer_in_a_map caps by_map 65
	expect size 14 "$(var caps size)"
	expect pointer_of_another_kind 0 "$(var caps socket_as_file)"
	expect sent_by_pointer 1 "$(var caps sent)"
	expect usual_rights read,pass "$(rights caps clip)"
	expect the_extension_knows_them 5 "$(var caps rights)"
	expect not_granted -2 "$(var caps late_rights)"
	unload caps
}

test_caps_granted_later() {
	caps_files
	caps_load caps --grant clip=file:"$DATA"/upper
	comes empty caps by_late -2
	refused unknown_name "no capability 'nonesuch'" \
		spinctl cap grant caps nonesuch=file:"$DATA"/lower
	refused unknown_extension "no extension" \
		spinctl cap grant nobody later=file:"$DATA"/lower
	refused wrong_kind 'must be a file' spinctl cap grant caps later=socket:127.0.0.1:4300
	refused wrong_thing 'not a regular file' spinctl cap grant caps later=fd:0 </dev/null
	refused right_it_cannot_have 'no such right' \
		spinctl cap grant caps later=file:"$DATA"/lower --rights write
	refused no_right 'no right' \
		spinctl cap grant caps later=file:"$DATA"/lower --rights teapot
	expect still_empty -2 "$(var caps by_late)"
	must spinctl cap grant caps later=file:"$DATA"/lower --rights read
	comes granted caps by_late 97
	expect with_rights read "$(rights caps later)"
	refused twice 'already' spinctl cap grant caps later=file:"$DATA"/lower
	unload caps
	caps_load caps --grant later=file:"$DATA"/lower --rights later=read,keep
	comes at_the_load caps by_late 97
	expect with_rights_at_the_load read,keep "$(rights caps later)"
	refused rights_of_nothing 'no --grant' spinctl load \
		"$FIXTURES/capability/use/caps-other.bpf.o" --rights clip=read
	unload caps
}

test_caps_revoked_at_once() {
	caps_files
	own_files
	printf 'Zebra' >/tmp/mnt/clip
	caps_load caps --grant clip=file:/tmp/mnt/clip
	comes used caps by_map 90
	expect_held held
	must spinctl cap revoke caps clip
	expect_given_back given_back
	comes by_slot caps by_slot -128
	comes by_pointer_in_a_map caps by_map -128
	expect no_new_pointer -1000 "$(var caps by_pointer)"
	expect_match listed revoked "$(spinctl cap list caps)"
	must spinctl cap revoke caps clip
	must spinctl cap grant caps clip=file:"$DATA"/lower
	comes granted_again caps by_slot 97
	comes new_pointer caps by_pointer 97
	expect the_old_pointer_is_dead -128 "$(var caps by_map)"
	refused no_such 'no capability' spinctl cap revoke caps nonesuch
	refused no_such_number 'no capability 99999' spinctl cap revoke 99999
	unload caps
}

test_caps_narrowed() {
	caps_files
	caps_load caps --grant clip=file:"$DATA"/upper --grant out=socket:127.0.0.1:4300
	comes used caps by_slot 65
	must spinctl cap narrow caps clip pass,keep
	comes may_not_read caps by_slot -13
	comes nor_by_pointer caps by_pointer -13
	comes nor_by_the_map caps by_map -13
	comes nor_send_it caps sent -13
	expect what_it_had pass "$(rights caps clip)"
	must spinctl cap narrow caps clip read,pass
	expect no_way_back pass "$(rights caps clip)"
	refused no_right 'no right' spinctl cap narrow caps clip everything
	refused no_right_of_a_file "'clip': a file has no such right" \
		spinctl cap narrow caps clip write
	refused nor_among_others "'clip': a file has no such right" \
		spinctl cap narrow caps clip pass,write
	expect nothing_was_taken pass "$(rights caps clip)"
	unload caps
}

test_caps_derived() {
	local id
	caps_files
	caps_load caps --grant clip=file:"$DATA"/upper --grant later=file:"$DATA"/lower \
		--rights later=read
	refused may_not_be_passed 'handed on' spinctl load \
		"$FIXTURES/capability/use/caps-other.bpf.o" --grant clip=cap:caps/later
	refused more_than_it_has 'handed on' spinctl load \
		"$FIXTURES/capability/use/caps-other.bpf.o" --grant clip=cap:caps/clip --rights clip=read,keep
	refused of_another_kind 'must be a' spinctl load \
		"$FIXTURES/capability/use/caps-other.bpf.o" --grant out=cap:caps/clip
	refused from_nobody 'no extension' spinctl load \
		"$FIXTURES/capability/use/caps-other.bpf.o" --grant clip=cap:nobody/clip
	refused of_nothing 'no capability' spinctl load \
		"$FIXTURES/capability/use/caps-other.bpf.o" --grant clip=cap:caps/nonesuch
	caps_load caps-other --grant clip=cap:caps/clip --rights clip=read
	comes used caps-other by_map 65
	expect rights read "$(rights caps-other clip)"
	id=$(cap_id caps-other clip)
	expect in_the_tree "$id" "$(spinctl -j cap show caps clip |
		jq -r '.tree[] | select(.holder == "caps-other") | .id')"
	refused not_any_further 'handed on' spinctl ext upgrade \
		"$FIXTURES/capability/use/caps.bpf.o" --grant clip=cap:caps-other/clip
	# the child alone, by its number
	must spinctl cap revoke "$id"
	comes child_revoked caps-other by_map -128
	comes parent_lives caps by_slot 65
	must spinctl cap grant caps-other clip=cap:caps/clip
	comes again caps-other by_slot 65
	# the whole tree
	must spinctl cap revoke caps clip
	comes parent_revoked caps by_slot -128
	comes child_with_it caps-other by_slot -128
	refused from_a_revoked_one 'revoked' spinctl cap grant caps-other clip=cap:caps/clip
	unload caps-other
	unload caps
}

# A capability that was handed on stays with its new holder.
test_caps_outlive_their_giver() {
	caps_files
	caps_load caps --grant clip=file:"$DATA"/upper
	caps_load caps-other --grant clip=cap:caps/clip
	comes used caps-other by_map 65
	unload caps
	comes by_slot caps-other by_slot 65
	comes by_map caps-other by_map 65
	# and back to the next of that name
	caps_load caps --grant clip=cap:caps-other/clip
	comes back caps by_slot 65
	must spinctl cap revoke caps-other clip
	comes revoked caps by_slot -128
	unload caps
	unload caps-other
}

test_caps_taken_over_by_an_upgrade() {
	local id
	caps_files
	caps_load caps --grant clip=file:"$DATA"/upper --rights clip=read,pass,keep
	id=$(cap_id caps clip)
	must spinctl ext upgrade "$FIXTURES/capability/use/caps.bpf.o"
	comes by_slot caps by_slot 65
	comes by_map caps by_map 65
	expect the_same "$id" "$(cap_id caps clip)"
	expect its_rights read,pass,keep "$(rights caps clip)"
	comes the_empty_one caps by_late -2
	must spinctl cap grant caps later=file:"$DATA"/lower
	comes granted_after caps by_late 97
	must spinctl cap revoke caps clip
	must spinctl ext upgrade "$FIXTURES/capability/use/caps.bpf.o"
	comes revoked_stays_revoked caps by_slot -128
	comes late_is_taken_over caps by_late 97
	unload caps
}

# A pointer in a map that two extensions have is of use to its holder only.
test_caps_smuggled_through_a_shared_map() {
	caps_files
	rm -f /sys/fs/bpf/spin_test_smuggled
	own_files
	printf 'Zebra' >/tmp/mnt/clip
	must smuggle "$FIXTURES/capability/contain/smuggle-puts.bpf.o" clip=file:/tmp/mnt/clip
	must smuggle "$FIXTURES/capability/contain/smuggle-takes.bpf.o"
	expect_true taken "the other took it" eventually 5 var_is smuggle-takes taken -gt 3
	expect read -1 "$(var smuggle-takes read)"
	expect size -1 "$(var smuggle-takes size)"
	expect readahead -1 "$(var smuggle-takes readahead)"
	expect by_number -2 "$(var smuggle-takes by_number)"
	spinctl unload smuggle-takes >/dev/null 2>&1
	sleep 0.1	# one more is put in
	spinctl unload smuggle-puts >/dev/null 2>&1
	expect pinned /sys/fs/bpf/spin_test_smuggled "$(echo /sys/fs/bpf/spin_test_smug*)"
	expect_given_back the_file_is_not_held
	rm -f /sys/fs/bpf/spin_test_smuggled
}

# Revoked and granted again while it is used, on all processors.
test_caps_revoked_while_used() {
	local i n=$((20 * SOAK)) granted=0
	caps_files
	caps_load caps --grant clip=file:"$DATA"/upper --grant out=socket:127.0.0.1:4300
	caps_load caps-other --grant clip=cap:caps/clip
	for ((i = 0; i < n; i++)); do
		spinctl cap revoke caps clip >/dev/null || break
		spinctl cap grant caps clip=file:"$DATA"/lower >/dev/null || break
		spinctl cap grant caps-other clip=cap:caps/clip >/dev/null || break
		granted=$((granted + 1))
	done
	expect each_time "$n" "$granted"
	comes used caps by_slot 97
	comes by_the_other caps-other by_slot 97
	unload caps
	unload caps-other
	expect nothing_left 0 "$(spinctl -j cap list | jq length)"
}

# Owner or CAP_SYS_ADMIN: CAP_BPF and CAP_PERFMON alone do not do.
test_caps_of_another_user() {
	local other
	caps_files
	other=(capsh --keep=1 --uid=65534 '--inh=cap_bpf,cap_perfmon,cap_dac_override'
		'--addamb=cap_bpf,cap_perfmon,cap_dac_override' --)
	caps_load caps --grant clip=file:"$DATA"/upper --rights clip=read,pass,keep
	refused revoke 'belongs to|another user' "${other[@]}" -c 'spinctl cap revoke caps clip'
	refused revoke_by_number 'belongs to|another user' "${other[@]}" -c "spinctl cap revoke $(cap_id caps clip)"
	refused narrow 'belongs to|another user' "${other[@]}" -c 'spinctl cap narrow caps clip read'
	refused grant 'belongs to|another user' "${other[@]}" -c "spinctl cap grant caps later=file:$DATA/lower"
	refused derive "another user" "${other[@]}" -c \
		"spinctl load $FIXTURES/capability/use/caps-other.bpf.o --grant clip=cap:caps/clip"
	comes untouched caps by_slot 65
	expect untouched_rights read,pass,keep "$(rights caps clip)"
	unload caps
}

# Handed over by a call: for its time, or, with the right, to keep.
test_caps_kept_beyond_a_call() {
	local kept
	caps_files
	load "$FIXTURES/capability/use/keeper.bpf.o"
	load "$FIXTURES/procedure/use/lender.bpf.o" --grant text=file:"$DATA"/upper
	# its last call comes without the right to read
	expect_true lent "refused" eventually 5 var_is keeper during = -13
	expect_true not_kept "it may not be kept" eventually 5 var_is keeper refused -gt 3
	expect none 0 "$(var keeper keeps)"
	unload lender
	load "$FIXTURES/procedure/use/lender.bpf.o" --grant text=file:"$DATA"/upper \
		--rights text=read,pass,keep
	expect_true kept "a pointer" eventually 5 var_is keeper keeps -gt 3
	expect_true used "by the pointer" eventually 5 var_is keeper after -eq 65
	kept=$(spinctl -j cap show lender text | jq '[.tree[] | select(.holder == "keeper")] | length')
	expect_true derived "the keeper's own are in the tree" [ "$kept" -gt 0 ]
	must spinctl cap revoke lender text
	comes revoked_with_its_parent keeper after -128
	must spinctl cap grant lender text=file:"$DATA"/lower --rights read,pass,keep
	expect_true again "a new one" eventually 5 var_is keeper after -eq 97
	unload lender
	comes outlives_the_lender keeper after 97
	unload keeper
	load "$FIXTURES/capability/use/keeper.bpf.o" --set drop=1
	load "$FIXTURES/procedure/use/lender.bpf.o" --grant text=file:"$DATA"/upper \
		--rights text=read,pass,keep
	expect_true kept_and_dropped "often" eventually 20 var_is keeper keeps -gt 100
	kept=$(spinctl -j cap show lender text | jq '[.tree[] | select(.holder == "keeper")] | length')
	expect_true released_by_the_map "few at a time, not $kept" [ "$kept" -lt 20 ]
	unload lender
	unload keeper
	expect all_released 0 "$(spinctl -j cap list | jq length)"
}

test_caps_wrong_requests() {
	caps_files
	caps_load caps --grant clip=file:"$DATA"/upper
	expect_true done "it runs to its end" caps wrong
	comes untouched caps by_slot 65
	unload caps
}

# Granted, derived and revoked by several threads, while the extensions use them.
test_caps_race() {
	caps_files
	caps_load caps --grant clip=file:"$DATA"/upper
	caps_load caps-other --grant clip=cap:caps/clip
	expect_true done "it runs to its end" caps race "$DATA"/lower
	spinctl cap revoke caps clip >/dev/null
	must spinctl cap grant caps clip=file:"$DATA"/upper
	comes works caps by_slot 65
	unload caps-other
	unload caps
	expect nothing_left 0 "$(spinctl -j cap list | jq length)"
}

test_caps_allocations_that_fail() {
	local kind
	if ! fault_injection; then
		echo "skip allocations this kernel has no fault injection"
		return
	fi
	caps_files
	caps_load caps --grant clip=file:"$DATA"/upper
	for kind in failslab fail_page_alloc; do
		echo N >/sys/kernel/debug/$kind/ignore-gfp-wait
		echo 0 >/sys/kernel/debug/$kind/verbose
	done
	expect_true done "it runs to its end" caps faults "$DATA"/lower
	for kind in failslab fail_page_alloc; do
		echo Y >/sys/kernel/debug/$kind/ignore-gfp-wait
	done
	comes works caps by_slot 65
	unload caps
	expect no_memory_is_lost '' "$(lost_memory)"
}
