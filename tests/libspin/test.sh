# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# libspin, and what it says of a load.

test_libspin_printer() {
	libspin printer
}

# An installed exporter of Adder, alone in its folder.
install_adder() {
	rm -rf "$1"
	mkdir "$1"
	cp "$FIXTURES/procedure/use/adder-1.bpf.o" "$1"/
}

test_libspin_demanded() {
	local folder=/tmp/adders out json
	install_adder $folder
	SPIN_PATH=$folder libspin demanded
	out=$(SPIN_PATH=$folder spinctl load "$FIXTURES/procedure/use/caller.bpf.o")
	expect_match is_told 'loaded first, because it calls them: adder$' "$out"
	unload caller
	unload adder
	json=$(SPIN_PATH=$folder spinctl -j load "$FIXTURES/procedure/use/caller.bpf.o")
	expect is_told_in_json '1 adder' "$(jq -r '"\(.demanded_count) \(.demanded)"' <<<"$json")"
	unload caller
	out=$(SPIN_PATH=$folder spinctl load "$FIXTURES/procedure/use/caller.bpf.o")
	expect_true is_told_once "no word: it was there" [ "${out/loaded first/}" = "$out" ]
	unload caller
	unload adder
	rm -r $folder
}

# A program that has more rights than the user who started it does not look into
# the user's folders.
test_libspin_path_of_another_user() {
	local folder=/tmp/adders copy=/tmp/spinctl-of-root
	install_adder $folder
	cp "$(command -v spinctl)" $copy
	chmod 4755 $copy
	refused is_not_asked 'no domain, extension or interface' \
		setpriv --reuid 65534 --regid 65534 --clear-groups env SPIN_PATH=$folder $copy name lookup Adder
	expect nothing_is_loaded '' "$(extensions)"
	rm -r $folder $copy
}

test_libspin_says_what_can_be_granted() {
	local out
	out=$(spinctl load "$FIXTURES/libspin/use/late.bpf.o")
	expect_match late 'may be granted now .*: clip$' "$out"
	expect_match no_interface 'screen \(Console\)' "$out"
	unload late
	out=$(spinctl -j load "$FIXTURES/libspin/use/late.bpf.o")
	expect in_json '1 clip 1 screen (Console)' \
		"$(jq -r '"\(.late_count) \(.late) \(.unimported_count) \(.unimported)"' <<<"$out")"
	unload late
}

# What ext show prints under a name can be set by that name.
test_libspin_settings() {
	local obj=$FIXTURES/libspin/use/settings.bpf.o out
	load "$obj" --set st.a=7 --set st.inner.low=-3 --set st.inner.text=word \
		--set st.list[3]=9 --set peers[1].port=53 \
		--set peers[2].from=192.0.2.1 --set numbers[0]=4
	out=$(spinctl -j ext show settings | jq -c '.variables | [.["st.a"], .["st.inner.low"], .["st.inner.text"], .["st.list"], .numbers[0]]')
	expect are_set '[7,-3,"word",[0,0,0,9],4]' "$out"
	unload settings
	refused structure "'st' is a structure: set its members .*st\.inner\.low" spinctl load "$obj" --set st=1
	refused array "'numbers' is an array: set its elements .*numbers\[0…7\]" spinctl load "$obj" --set numbers=1
	refused beyond_the_end "no variable 'numbers\[8\]'" spinctl load "$obj" --set 'numbers[8]=1'
	refused no_index "no variable 'numbers\[-1\]'" spinctl load "$obj" --set 'numbers[-1]=1'
	refused no_such_member "no variable 'st.b': is it 'st.a'" spinctl load "$obj" --set st.b=1
	refused bit_field "no variable 'st.bits'" spinctl load "$obj" --set st.bits=1
	refused out_of_range "'st.inner.low' goes from -128 to 127" spinctl load "$obj" --set st.inner.low=128
	refused too_long "'st.inner.text' has room for 7 characters" spinctl load "$obj" --set st.inner.text=wordword
	refused not_settable "'pointer' is neither" spinctl load "$obj" --set pointer=1
	refused misspelt "no variable 'st.inner.lov': is it 'st.inner.low'" spinctl load "$obj" --set st.inner.lov=1
}

test_libspin_names_the_nearest() {
	refused event_show "no event 'Udp.PacketArived': there is Udp.PacketArrived" spinctl event show Udp.PacketArived
	refused event_trace "no event 'Clock.Tik': there is Clock.Tick" spinctl trace --event Clock.Tik
	refused nothing_alike "spinctl event list" spinctl event show Zzzzzzzzzzzz
}

test_libspin_says_what_is_large() {
	local obj=$FIXTURES/libspin/use/large.bpf.o
	refused limit 'may have 102400 bytes of kernel memory, and needs more; load it with --limit memory=N' \
		spinctl load "$obj" --limit memory=100k
	refused map "largest map, 'large', has keys and values of 1200000 bytes" spinctl load "$obj" --limit memory=100k
}

# The program of the documentation, linked in both ways, and its output.
test_libspin_application() {
	refused not_loaded "there is no extension 'mirror' to call" application
	load "$FIXTURES/libspin/use/mirror.bpf.o"
	expect static_library 'fedcba9876543210: 16 bytes' "$(application 2>&1)"
	expect shared_library 'fedcba9876543210: 16 bytes' \
		"$(LD_LIBRARY_PATH=$SPIN_BUILD/lib application-shared 2>&1)"
	unload mirror
}
