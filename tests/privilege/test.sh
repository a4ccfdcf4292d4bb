# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The tables in Documentation/security.rst: what each user gets from each request, and
# from each command of spinctl. Names that others count on cannot be taken.

SECURITY=/spin/Documentation/security.rst
REQUESTS=/spin/kmod/abi/requests.h
PRIVILEGES_EXT=$FIXTURES/trap/use/trap.bpf.o

# table NAME - rows of the table behind ".. NAME" in the documentation, a space between
# columns, without quotes
table() {
	awk -v name=".. $1" '
		$0 == name { on = 1; next }
		on && /^===/ { lines++; if (lines == 3) exit; next }
		on && lines == 2 && NF {
			gsub("``", ""); gsub(/ +/, " "); sub(/ $/, ""); print
		}' "$SECURITY"
}

privileges_load() {
	printf '........12345678' >"$DATA/words"
	load "$PRIVILEGES_EXT" --grant file=file:"$DATA/words"
}

test_privileges_of_requests() {
	local out
	privileges_load
	out=$(PRIVILEGES_FILE=$DATA/words privileges)
	grep -v '^# row' <<<"$out"
	expect_true some_rows "the table is found" \
		test "$(table 'table of requests' | wc -l)" -gt 40
	expect as_documented '' "$(diff \
		<(table 'table of requests' | cut -d' ' -f1,3- | sort) \
		<(sed -n 's/^# row //p' <<<"$out" | sort))"
	rm "$DATA/words"
}

# rows - "REQUEST who" of the kernel's table, and of the one request that is not in it
rows() {
	sed -nE 's/^\t[RFU]\((\w+), *\w+, *\w+, *[0-9]+, *(\w+),.*/\1 \L\2/p
		s/^\tN\((\w+), *\w+, *(\w+),.*/\1 \L\2/p' "$REQUESTS"
	echo CALL anyone
}

# The other half of it: who may is in one place of the kernel, and here.
test_privileges_are_those_of_the_table() {
	expect_true some_rows "the kernel's table is found" test "$(rows | wc -l)" -gt 40
	expect as_documented '' "$(diff <(rows | sort -u) \
		<(table 'table of requests' | grep -vE '^open |:[a-z]+ asks ' |
			sed -E 's/^([A-Z_]+)[^ ]* ([a-z]+) .*/\1 \2/' | sort -u))"
}

# What the columns mean: a user with the capabilities changes nothing that is root's,
# and a descriptor without the right to modify modifies nothing, not even for root.
test_privileges_keep_their_meaning() {
	expect owners_refuse_others '' "$(table 'table of requests' |
		awk '$2 == "owners" && ($5 != "EPERM" || $6 != "EPERM")')"
	expect every_modifier_is_tried_without_the_right \
		"$(rows | awk '$2 == "modifiers" { print $1 }' | sort)" \
		"$(table 'table of requests' | sed -n \
			's/:import modifiers EACCES EACCES EACCES EACCES$//p' | sort)"
}

# ---- spinctl ----

as_loader() {
	setpriv --reuid 1000 --regid 1000 --clear-groups --inh-caps=-all,+bpf,+perfmon \
		--ambient-caps=-all,+bpf,+perfmon --bounding-set=-all,+bpf,+perfmon "$@"
}

as_nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all \
		--bounding-set=-all "$@"
}

as_root() {
	"$@"
}

# command_arguments COMMAND - so that it succeeds, for who may do it; what they are
# about is there (privileges_prepare)
command_arguments() {
	case $1 in
	'ext show' | 'ext unload' | unload) echo trap ;;
	'ext load' | load) echo "$EXT/tally.bpf.o" ;;
	'ext upgrade') echo "$PRIVILEGES_EXT" ;;
	'event show') echo Trap.SystemCall ;;
	'binding show' | 'binding enable' | 'binding disable') echo trap/server ;;
	'binding install') echo trap mine --inactive ;;
	'binding remove') echo "$BINDING" ;;
	'binding time') echo 0.1 ;;
	'cap show' | 'cap revoke') echo trap file ;;
	'cap narrow') echo trap file read,pass ;;
	'cap grant') echo trap file=file:"$DATA/words" ;;
	'domain show') echo SpinPublic ;;
	'domain create') echo new Udp ;;
	'domain combine') echo privileges Clock ;;
	'domain remove') echo privileges Udp ;;
	'domain destroy') echo privileges ;;
	'domain limit') echo trap bindings=1000 ;;
	'domain resolve' | 'domain unresolve') echo trap File ;;
	'domain rights') echo privileges import ;;
	'name lookup') echo Udp ;;
	call) echo trap 0 ;;
	esac
}

# Undo whatever the last command did, and prepare the next.
privileges_prepare() { # COMMAND
	local name
	for name in tally u1000/tally trap; do
		spinctl unload $name >/dev/null 2>&1
	done
	for name in new u1000/new privileges; do
		spinctl domain destroy $name >/dev/null 2>&1
	done
	privileges_load
	must spinctl domain create privileges Udp
	BINDING=$(spinctl -j binding install trap mine --inactive |
		sed 's/.*"installed": *\([0-9]*\).*/\1/')
	case $1 in
	'cap grant') must spinctl cap revoke trap file ;;
	'domain resolve') must spinctl domain unresolve trap File ;;
	esac
}

# Is nothing as it was after it?
changes() {
	case $1 in
	*list | *show | *time | *lookup | call | trace | doctor | version) return 1 ;;
	esac
}

# attempt WHO COMMAND - prints "ok", "refused", or what else happened
attempt() {
	local who=$1 command=$2 out status=0
	# shellcheck disable=SC2046,SC2086 # words
	if [ "$command" = trace ]; then
		out=$("as_$who" timeout -s INT 2 spinctl trace 2>&1) || status=$?
		[ $status -ne 124 ] || status=0
	else
		out=$("as_$who" spinctl $command $(command_arguments "$command") 2>&1) ||
			status=$?
	fi
	if [ $status -eq 0 ]; then
		echo ok
	elif grep -qiE 'permission|not permitted|privilege|CAP_|owner|belongs to|as root|may not|could be the next version' <<<"$out"; then
		echo refused
	else
		echo "status $status: $out" | tr '\n' ' '
	fi
}

# What spinctl can do, by its own account.
commands() {
	spinctl help | sed -n '/^Objects/,/^$/p' | sed 1d | awk '
		NF < 2 { next }
		$1 == "help" { next }
		{
			object = $1; text = $0
			if (text !~ /: [a-z, ]+$/) { print object; next }
			sub(/.*: /, "", text); n = split(text, verbs, ", ")
			for (i = 1; i <= n; i++) print object " " verbs[i]
		}'
}

# privileges_of REGEX - the rows that match
privileges_of() {
	local command row who changed=true BINDING
	chmod 666 /dev/spin
	while read -r command; do
		row=
		if $changed || changes "$command"; then
			privileges_prepare "$command" >&2
		fi
		changed=false
		! changes "$command" || changed=true
		for who in nobody loader root; do
			row="$(attempt $who "$command" </dev/null) $row"
		done
		echo "$command ${row% }"
	done < <(commands | grep -E "$1") >/tmp/privileges
	chmod 600 /dev/spin
	expect_true some_rows "there are such commands" test -s /tmp/privileges
	expect as_documented '' "$(diff <(table 'table of commands' | grep -E "$1" | sort) \
		<(sort /tmp/privileges))"
	spinctl unload trap >/dev/null
	spinctl unload tally >/dev/null 2>&1
	spinctl domain destroy privileges >/dev/null 2>&1
	rm -f "$DATA/words" /tmp/privileges
}

# They are tested in parts: there are many, and a test has a time limit.
test_privileges_of_commands_ext() {
	privileges_of '^(ext|load|unload|event) ?'
}

test_privileges_of_commands_binding() {
	privileges_of '^binding '
}

test_privileges_of_commands_domain() {
	privileges_of '^domain '
}

test_privileges_of_commands_others() {
	privileges_of '^(cap|proc|range|strand|name|call|trace|doctor|version)'
}

test_privileges_of_all_commands() {
	expect every_command_has_a_row '' "$(diff <(commands | sort) \
		<(table 'table of commands' | sed -E 's/( (ok|refused)){3}$//' | sort))"
}

# Without the right to open /dev/spin there is nothing to be done.
test_privileges_of_the_device() {
	local who command
	for who in loader nobody; do
		for command in 'ext list' "load $EXT/tally.bpf.o" 'unload trap' 'cap list' \
			'domain list' 'call trap 0'; do
			# shellcheck disable=SC2086
			refused "${who}_${command%% *}" 'permission|cannot' \
				as_$who spinctl $command
		done
	done
}
