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
	cp "$FIXTURES/proc-adder-1.bpf.o" "$1"/
}

test_libspin_demanded() {
	local folder=/tmp/adders out json
	install_adder $folder
	SPIN_PATH=$folder libspin demanded
	out=$(SPIN_PATH=$folder spinctl load "$FIXTURES/proc-caller.bpf.o")
	expect_match is_told 'loaded first, because it calls them: adder$' "$out"
	unload caller
	unload adder
	json=$(SPIN_PATH=$folder spinctl -j load "$FIXTURES/proc-caller.bpf.o")
	expect is_told_in_json '1 adder' "$(jq -r '"\(.demanded_count) \(.demanded)"' <<<"$json")"
	unload caller
	out=$(SPIN_PATH=$folder spinctl load "$FIXTURES/proc-caller.bpf.o")
	expect_true is_told_once "no word: it was there" [ "${out/loaded first/}" = "$out" ]
	unload caller
	unload adder
	rm -r $folder
}

# Who has more rights than the user who started it does not ask the user's folders.
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
	out=$(spinctl load "$FIXTURES/fixture-late.bpf.o")
	expect_match late 'may be granted now .*: clip$' "$out"
	expect_match no_interface 'screen \(Console\)' "$out"
	unload late
	out=$(spinctl -j load "$FIXTURES/fixture-late.bpf.o")
	expect in_json '1 clip 1 screen (Console)' \
		"$(jq -r '"\(.late_count) \(.late) \(.unimported_count) \(.unimported)"' <<<"$out")"
	unload late
}
