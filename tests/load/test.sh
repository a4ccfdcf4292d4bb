# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What must not be loaded is not, one sentence says why, and nothing stays.

test_corpus() {
	corpus "$FIXTURES"/*/refuse/*.bpf.o
}

# What this kernel's verifier refuses first, the checker has to refuse as well.
test_instructions() {
	must insmod "$SPIN_MODULES/tests/spin_instructions.ko"
	expect_match answers_are_right '[1-9][0-9]+ instructions, 0 wrong answers' \
		"$(dmesg | grep 'spin_instructions: [0-9]' | tail -1)"
	must rmmod spin_instructions
}

test_refusal_as_the_user_sees_it() {
	local out json
	out=$(spinctl load "$FIXTURES/program/refuse/handler-loops.bpf.o" 2>&1)
	expect status 1 $?
	expect_match says_what 'loop' "$out"
	expect_match names_the_source_line 'handler-loops\.bpf\.c:[0-9]+' "$out"
	expect_true is_short "at most 4 lines" [ "$(wc -l <<<"$out")" -le 4 ]
	expect_match names_the_line_that_is_too_much 'map-is-too-large\.bpf\.c:[0-9]+: *bpf_map_delete_elem' \
		"$(spinctl load "$FIXTURES/program/refuse/map-is-too-large.bpf.o" 2>&1)"
	json=$(spinctl -j load "$FIXTURES/program/refuse/handler-loops.bpf.o" 2>&1)
	expect_match is_json_if_asked loop "$(jq -r '.error // .error.message' <<<"$json" 2>&1)"
	out=$(spinctl -d load "$FIXTURES/program/refuse/handler-loops.bpf.o" 2>&1)
	expect_true has_the_log_if_asked "more than 10 lines" [ "$(wc -l <<<"$out")" -gt 10 ]
}

test_files_that_are_no_extensions() {
	echo 'not an ELF file, and long enough to look at' >"$DATA"/text.bpf.o
	: >"$DATA"/empty.bpf.o
	head -c 700 "$EXT/hello.bpf.o" >"$DATA"/short.bpf.o
	refused not_elf 'ELF|BPF object|not.*object' spinctl load "$DATA"/text.bpf.o
	refused empty 'empty|ELF|BPF object|not.*object' spinctl load "$DATA"/empty.bpf.o
	refused truncated 'ELF|BPF object|object|damaged|truncated' spinctl load "$DATA"/short.bpf.o
	refused missing 'no such file' spinctl load "$DATA"/nothing.bpf.o
	refused folder 'director|not a.*file|is a' spinctl load /tmp
	refused a_program 'BPF|extension|ELF' spinctl load /bin/true
	rm -f "$DATA"/{text,empty,short}.bpf.o
}

test_grants_and_settings() {
	local obj=$FIXTURES/socket/use/sender.bpf.o sock=out=socket:127.0.0.1:4300
	echo short >"$DATA"/short
	head -c 8192 /dev/urandom >"$DATA"/clip
	refused missing_grant "needs|clip|grant" spinctl load "$obj" --grant $sock
	refused missing_file 'no such file' spinctl load "$obj" --grant clip=file:"$DATA"/none --grant $sock
	refused folder 'regular file' spinctl load "$obj" --grant clip=file:/tmp --grant $sock
	refused device 'regular file' spinctl load "$obj" --grant clip=file:/dev/null --grant $sock
	refused wrong_kind 'clip|file' spinctl load "$obj" --grant clip=socket:127.0.0.1:4301 --grant $sock
	refused unknown_kind 'kind' spinctl load "$obj" --grant clip=teapot:x --grant $sock
	refused unknown_name 'nonesuch' spinctl load "$obj" --grant clip=file:"$DATA"/clip --grant $sock --grant nonesuch=file:"$DATA"/clip
	refused malformed_grant 'NAME=KIND:WHAT|grant' spinctl load "$obj" --grant clip
	refused granted_twice 'clip|twice|already' spinctl load "$obj" --grant clip=file:"$DATA"/clip --grant clip=file:"$DATA"/clip --grant $sock
	refused bad_address 'address' spinctl load "$obj" --grant clip=file:"$DATA"/clip --grant out=socket:no.such.host.invalid:1
	refused bad_port 'port' spinctl load "$obj" --grant clip=file:"$DATA"/clip --grant out=socket:127.0.0.1:70000
	refused unknown_setting 'nonesuch' spinctl load "$obj" --grant clip=file:"$DATA"/clip --grant $sock --set nonesuch=1
	refused setting_out_of_range 'port' spinctl load "$obj" --grant clip=file:"$DATA"/clip --grant $sock --set port=70000
	refused setting_not_a_number 'chunk' spinctl load "$obj" --grant clip=file:"$DATA"/clip --grant $sock --set chunk=many
	refused setting_not_an_address 'to' spinctl load "$obj" --grant clip=file:"$DATA"/clip --grant $sock --set to=300.1.1.1
	refused extension_says_no '64 bytes' spinctl load "$obj" --grant clip=file:"$DATA"/short --grant $sock
	rm -f "$DATA"/short "$DATA"/clip
}

# A file its loader may not read is not readable by an extension either.
test_unreadable_file() {
	echo secret >"$DATA"/secret
	chmod 0 "$DATA"/secret
	refused unreadable 'permission|denied' \
		capsh --drop=cap_dac_override,cap_dac_read_search -- -c \
		"spinctl load $FIXTURES/socket/use/sender.bpf.o --grant clip=file:$DATA/secret --grant out=socket:127.0.0.1:4300"
	rm -f "$DATA"/secret
}

test_user_without_rights() {
	refused nobody 'permission|CAP_BPF|root|denied|not permitted' \
		setpriv --reuid 65534 --regid 65534 --clear-groups \
		spinctl load "$EXT/hello.bpf.o"
	refused nobody_unloads 'permission|CAP_|root|denied|not permitted' \
		setpriv --reuid 65534 --regid 65534 --clear-groups \
		spinctl unload hello
}

# Without the JIT a program would run in the interpreter, which nobody checked.
test_interpreted_programs() {
	local out
	if ! sysctl -qw net.core.bpf_jit_enable=0 2>/dev/null; then
		echo "skip interpreter this kernel always compiles BPF"
		return
	fi
	out=$(spinctl load "$FIXTURES/udp/use/order.bpf.o" 2>&1)
	expect status 1 $?
	expect_match says_why 'JIT|bpf_jit_enable' "$out"
	sysctl -qw net.core.bpf_jit_enable=1
}

# Constants blinded by the kernel do not confuse the checker.
test_hardened_jit() {
	sysctl -qw net.core.bpf_jit_harden=2 || { echo "skip harden no bpf_jit_harden"; return; }
	load "$EXT/udp-echo.bpf.o" --set port=4007
	expect echoes echoed "$(udp echo 127.0.0.1 4007 100)"
	unload udp-echo
	refused guard_that_stores 'guard' spinctl load "$FIXTURES/program/refuse/guard-stores-to-global.bpf.o"
	refused handler_that_loops 'loop' spinctl load "$FIXTURES/program/refuse/handler-loops.bpf.o"
	sysctl -qw net.core.bpf_jit_harden=0
}

# Settings with which an example could not do what it is for: said when they are given.
test_refused_settings() {
	local port='port must be 1 to 65535'
	refused udp_echo_port "$port" spinctl load "$EXT/udp-echo.bpf.o" --set port=0
	refused limited_echo_port "$port" \
		spinctl load "$EXT/limited-echo.bpf.o" --set port=0
	refused per_subscriber_port "$port" \
		spinctl load "$EXT/per-subscriber.bpf.o" --set port=0
	refused per_subscriber_lease 'lease_s must be 1 to 86400 seconds' \
		spinctl load "$EXT/per-subscriber.bpf.o" --set lease_s=0
	refused limiter_per_second 'per_second must be 1 or more' \
		spinctl load "$EXT/limiter.bpf.o" --set per_second=0
	refused larger_than_a_port 'port' \
		spinctl load "$EXT/udp-echo.bpf.o" --set port=65536
	expect nothing_is_loaded '' "$(extensions)"
}
