# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# spinctl itself: what it prints, to people, programs and terminals, and what the
# TAB key makes of its command lines.

# are_json FILE... - those that are not one JSON value in UTF-8
are_json() {
	python3 -c 'import json, sys
for name in sys.argv[1:]:
    try:
        json.loads(open(name, "rb").read().decode("utf-8"))
    except ValueError as error:
        print(f"{name}: {error}")' "$@"
}

# are_harmless FILE... - those with something that commands a terminal
are_harmless() {
	python3 -c 'import sys, unicodedata
for name in sys.argv[1:]:
    text = open(name, "rb").read().decode("utf-8")
    bad = [hex(ord(c)) for c in text if c != "\n" and
           unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")]
    if bad or not text:
        print(f"{name}: {bad}")' "$@"
}

test_output_of_any_bytes() {
	local name i=0 out=/tmp/outputs
	mkdir $out
	# cut inside of a letter; not UTF-8; commands to a terminal, hidden ones too
	for name in "$(printf 'ф%.0s' {1..40})" $'\xff\xfe' $'\e[31mred\x9b1m\x7f' \
		$'\u202etxt.\u200b\u2028\ufeff\u0085' $'\xed\xa0\x80\xf4\x90\x80\x80\xc0\x80'; do
		i=$((i + 1))
		head -c 8192 /dev/urandom >"$DATA/$name"
		load "$FIXTURES/life/use/upgrade-1.bpf.o" --grant clip=file:"$DATA/$name"
		spinctl -j cap list >$out/$i-list.json
		spinctl -j ext show upgrade >$out/$i-show.json
		spinctl -p cap list >$out/$i-pretty.json
		spinctl cap list upgrade >$out/$i-table
		unload upgrade
		rm "$DATA/$name"
		spinctl -j load "/tmp/$name.bpf.o" >$out/$i-error.json
		spinctl load "/tmp/$name.bpf.o" 2>$out/$i-error
		spinctl unload "$name"$'\n'x 2>>$out/lines
	done
	expect are_json '' "$(are_json $out/*.json)"
	expect are_harmless '' "$(are_harmless $out/*)"
	expect an_error_is_a_line 5 "$(wc -l <$out/lines)"
	rm -r $out
}

# The members of objects are names: jq and programs write them without quotes.
test_members_are_names() {
	local out
	load "$EXT/udp-echo.bpf.o" --set port=4007
	must spinctl domain create tools Udp
	out=$({
		spinctl -j help
		spinctl -j help domain
		spinctl -j domain limit udp-echo bindings=5 memory=1M
		spinctl -j domain rights tools import
		spinctl -j domain remove tools Udp
		for object in ext event binding cap proc range strand domain name; do
			spinctl -j $object list
		done
		spinctl -j ext show udp-echo
		spinctl -j domain destroy tools
	} | jq -r 'path(..)[] | strings' | sort -u | grep -vE '^[a-z][a-z0-9_]*$' |
		grep -vxE "$(spinctl -j ext show udp-echo | jq -r '.variables | keys | join("|")')")
	expect names '' "$out"
	expect limits_are_told 'limited udp-echo: bindings=6 cpu=none' "$(spinctl domain limit udp-echo bindings=6 cpu=none)"
	expect limits_as_json '{"limited":"udp-echo","what":["bindings=6"]}' "$(spinctl -j domain limit udp-echo bindings=6)"
	unload udp-echo
}

# `spinctl … | head` has seen enough: that is nobody's error.
test_reader_that_ends_early() {
	local status
	load "$FIXTURES/binding/use/slots.bpf.o"
	must spinctl binding install slots see_it --count 3000 --match dport=4250
	spinctl binding list slots 2>/tmp/early | head -n 1 >/dev/null
	status=${PIPESTATUS[0]}
	expect list 0 "$status"
	spinctl -j binding list slots 2>>/tmp/early | head -c 10 >/dev/null
	status=${PIPESTATUS[0]}
	expect json 0 "$status"
	expect nothing_is_said '' "$(cat /tmp/early)"
	spinctl binding list slots >/dev/full 2>/tmp/early
	expect full_disk 1 $?
	expect_match says_why 'No space left' "$(cat /tmp/early)"
	unload slots
}

test_help_and_wrong_words() {
	local object
	for object in call trace doctor version load unload ext domain; do
		expect_match "help_of_$object" '^Usage:' "$(spinctl $object help 2>&1)"
	done
	expect_match kinds_of_grants 'file:PATH.*cap:EXTENSION.*fd:N' "$(spinctl cap help | tr '\n' ' ')"
	expect_match help_of_a_command '^ spinctl ext upgrade FILE .*--break-callers' "$(spinctl help ext upgrade | tr -s '\n ' ' ' | sed 's/.*Usage://')"
	expect only_of_that_command '' "$(spinctl help ext load | grep break-callers)"
	expect as_json '["count"]' "$(spinctl -j help binding | jq -c '.commands[] | select(.name == "remove").options | map(.name)')"
	refused option_of_another 'count is no option of ext list: spinctl help ext tells' spinctl ext list --count 3
	refused option_without_value 'option --rights needs a value' spinctl load x.bpf.o --rights
	refused no_such_option 'there is no option -x' spinctl -x ext list
	refused object 'frobnicate.*there are: ext, event, .*version' spinctl frobnicate
	refused command 'ext has no command .frob.; it has: list, show' spinctl ext frob
	refused command_of_another "'upgrade' is a command, of ext: spinctl ext upgrade" spinctl upgrade x
	load "$EXT/udp-echo.bpf.o" --set port=4007
	expect_match trace_of_nobody "no extension 'nosuch' is loaded yet" "$(timeout -s INT 2 spinctl trace --ext nosuch 2>&1)"
	expect trace_of_one '' "$(timeout -s INT 2 spinctl trace --ext udp-echo 2>&1)"
	unload udp-echo
}

# complete_lines UID PATH - what a TAB makes of each line of standard input
complete_lines() {
	local user=$1 path=$2
	python3 /spin/tests/spinctl/complete.py /spin/userspace/spinctl/spinctl.bash \
		--user "$user" --path "$path"
}

test_completion() {
	mkdir -p '/tmp/dir x'
	touch '/tmp/my clip.ts' /tmp/my_other.ts '/tmp/dir x/a.bpf.o'
	load "$EXT/udp-echo.bpf.o" --set port=4007
	must spinctl domain create tools Udp
	complete_lines 0 '' >/tmp/seen <<'END'
spinctl lo
spinctl stra
spinctl range l
spinctl load /tmp/dir\ x/a
spinctl load "/tmp/dir x/a
spinctl load /tmp/di
spinctl load x.bpf.o --grant clip=file:/tmp/my_o
spinctl load x.bpf.o --grant clip=file:/tmp/my\ cl
spinctl load x.bpf.o --grant clip=file:"/tmp/my cl
spinctl load x.bpf.o --grant "clip=file:/tmp/my cl
spinctl load x.bpf.o --grant clip=fi
spinctl load x.bpf.o --domain to
spinctl unload udp
spinctl binding show udp-echo/ec
spinctl load x.bpf.o --grant clip=file:/tmp/my_other.ts --dom
spinctl binding remove 1 --c
spinctl binding install udp-echo echo_service --key 7 --ca
spinctl ext upgrade x.bpf.o --br
spinctl load x.bpf.o --br
spinctl --pr
spinctl load -s port=1 --p
spinctl domain unr
spinctl help na
END
	cat >/tmp/wanted <<'END'
spinctl load
spinctl strand
spinctl range list
spinctl load /tmp/dir\ x/a.bpf.o
spinctl load "/tmp/dir x/a.bpf.o"
spinctl load /tmp/dir\ x/
spinctl load x.bpf.o --grant clip=file:/tmp/my_other.ts
spinctl load x.bpf.o --grant clip=file:/tmp/my\ clip.ts
spinctl load x.bpf.o --grant clip=file:"/tmp/my clip.ts"
spinctl load x.bpf.o --grant "clip=file:/tmp/my clip.ts"
spinctl load x.bpf.o --grant clip=file:
spinctl load x.bpf.o --domain tools
spinctl unload udp-echo
spinctl binding show udp-echo/echo_service
spinctl load x.bpf.o --grant clip=file:/tmp/my_other.ts --domain
spinctl binding remove 1 --count
spinctl binding install udp-echo echo_service --key 7 --cancel
spinctl ext upgrade x.bpf.o --break-callers

spinctl --pretty
spinctl load -s port=1 --pretty
spinctl domain unresolve
spinctl help name
END
	expect as_root '' "$(diff /tmp/wanted /tmp/seen)"
	# a user has no sbin in the path, and names the program by its own; the device
	# is for root
	complete_lines 1000 /usr/bin:/bin >/tmp/seen <<END
$SPIN_BUILD/bin/spinctl eve
$SPIN_BUILD/bin/spinctl unload udp
END
	cat >/tmp/wanted <<END
$SPIN_BUILD/bin/spinctl event
<names: no permission for /dev/spin>
END
	expect as_a_user '' "$(diff /tmp/wanted /tmp/seen)"
	chmod 666 /dev/spin
	complete_lines 1000 /usr/bin:/bin >/tmp/seen <<END
$SPIN_BUILD/bin/spinctl ext show udp
END
	chmod 600 /dev/spin
	expect as_a_user_it_is_for "$SPIN_BUILD/bin/spinctl ext show udp-echo" "$(cat /tmp/seen)"
	must spinctl domain destroy tools
	unload udp-echo
	rm -r '/tmp/dir x' '/tmp/my clip.ts' /tmp/my_other.ts
}
