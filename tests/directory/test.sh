# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Directories that are granted: which files can be opened, with whose rights, and
# what is left when a directory is lent or taken away.

# shellcheck source=tests/kind/lib.sh disable=SC2154 # $here is the runner's
. "$here/../kind/lib.sh"

folder_up() {
	FOLDER=$DATA/folder
	mkdir -p "$FOLDER"/folder
	head -c 5000 /dev/urandom >"$FOLDER"/plain
	echo inner >"$FOLDER"/folder/inner
	ln -sf plain "$FOLDER"/link
	[ -p "$FOLDER"/pipe ] || mkfifo "$FOLDER"/pipe
	[ -c "$FOLDER"/device ] || mknod "$FOLDER"/device c 1 5
	echo secret >"$FOLDER"/secret
	chown 1000 "$FOLDER"/secret
	chmod 600 "$FOLDER"/secret
}

folder_down() {
	rm -rf "$FOLDER"
}

test_kinds_directory() {
	folder_up
	load "$KINDS" --grant folder=directory:"$FOLDER"
	expect_true ran "files are opened" eventually 5 kinds_is ticks -gt 3
	expect size 5000 "$(var kinds file_size)"
	expect bytes "$(od -An -tu1 -N64 -v "$FOLDER"/plain | awk '{ for (i = 1; i <= NF; i++) s += $i } END { print s }')" \
		"$(var kinds file_sum)"
	expect missing -2 "$(var kinds is_missing)"
	expect symbolic_link -40 "$(var kinds is_link)"
	expect folder -21 "$(var kinds is_folder)"
	expect pipe -22 "$(var kinds is_pipe)"
	expect device -22 "$(var kinds is_device)"
	expect above -22 "$(var kinds is_above)"
	expect below -22 "$(var kinds is_below)"
	expect nothing -22 "$(var kinds is_nothing)"
	expect too_long -22 "$(var kinds is_too_long)"
	expect root_may 0 "$(var kinds is_secret)"
	expect_true counted "files are counted" look_is -gt 3 cap kinds folder opened
	expect_match listed "folder +[0-9]+ +directory.*$FOLDER" \
		"$(spinctl ext show kinds)"
	must spinctl cap revoke kinds folder
	expect_true revoked "-EKEYREVOKED" eventually 5 kinds_is first_error = -128
	expect_true file_too "what was opened in it, too" eventually 5 \
		kinds_is kept_error = -128
	unload kinds
	folder_down
}

# Rights are taken from the directory while a file in it is being opened: the file
# has what is left.
test_kinds_directory_narrowed_while_opened() {
	folder_up
	load "$KINDS" --grant folder=directory:"$FOLDER"
	expect_true ran "files are read" eventually 10 kinds_is file_sum -gt 0
	peer hold "$FOLDER"/plain
	ask an_open held
	must spinctl cap narrow kinds folder pass
	ask it_goes_on 'let go' go
	expect_true may_not_open "-EACCES" eventually 10 kinds_is first_error = -13
	expect nor_read_what_it_opened 0 "$(var kinds file_sum)"
	unload kinds
	end_peer
	folder_down
}

# Handlers run in the kernel's own threads; what counts are the rights of who
# granted the directory.
test_kinds_directory_rights_of_the_granter() {
	folder_up
	must setpriv --bounding-set -dac_override,-dac_read_search \
		spinctl load "$KINDS" --grant folder=directory:"$FOLDER"
	expect_true ran "files are opened" eventually 5 kinds_is ticks -gt 3
	expect readable 0 "$(var kinds first_error)"
	expect secret -13 "$(var kinds is_secret)"
	unload kinds
	folder_down
}

# Security modules, too, are asked about the granter, no matter in which task a
# handler runs: here one of the kernel's.
granter_asked() { # the kinds process "asked" to talk to
	local seen
	seen=$(answer look)
	[ "${seen#user 0 }" = "$seen" ]
}

lsm_programs() {
	[ -e /sys/kernel/security/lsm ] ||
		mount -t securityfs securityfs /sys/kernel/security
	grep -qw bpf /sys/kernel/security/lsm
}

asked_about() { # NAME FILE - while an extension uses it
	coproc asked "$2" 1234
	PEER=$COPROC_PID
	exec {FROM}<&"${COPROC[0]}" {TO}>&"${COPROC[1]}"
	ask "$1_looked_at" ready
	expect_true "$1_granter" "they are asked about user 1234" \
		eventually 10 granter_asked
	expect_match "$1_nobody_else" 'others 0$' "$(answer look)"
	end_peer
}

test_kinds_security_modules_see_the_granter() {
	local terminal
	lsm_programs || { echo "skip security_modules no programs of BPF's among them"; return; }
	folder_up
	ptys
	chown -R 1234 "$FOLDER"
	coproc kinds pty
	local pty=$COPROC_PID keep
	exec {keep}<&"${COPROC[0]}"
	read -r -t 10 terminal <&$keep
	terminal=${terminal#ready }
	must setpriv --reuid 1234 --inh-caps +all --ambient-caps +all \
		spinctl load "$KINDS" --grant folder=directory:"$FOLDER" \
		--grant console=console:"$terminal"
	expect_true ran "it is used" eventually 5 var_is u1234/kinds ticks -gt 3
	expect read 0 "$(var u1234/kinds first_error)"
	asked_about file "$FOLDER"/plain
	asked_about terminal "$terminal"
	unload u1234/kinds
	kill -9 "$pty"
	wait "$pty"
	exec {keep}<&-
	folder_down
}

# An extension that is lent a directory for the time of a call opens nothing in it
# that it could keep, unless it has the right to.
test_kinds_directory_lent() {
	local lender="$FIXTURES/directory/use/folder-lender.bpf.o"
	folder_up
	load "$FIXTURES/directory/use/opener.bpf.o"
	load "$lender" --grant folder=directory:"$FOLDER"
	expect_true calls "it calls" eventually 5 var_is folder-lender calls -gt 2
	expect without_keep -13 "$(var folder-lender whole)"
	unload folder-lender
	load "$lender" --grant folder=directory:"$FOLDER" \
		--rights folder=read,pass,keep
	expect_true calls_again "it calls" eventually 5 var_is folder-lender calls -gt 2
	expect with_keep 1 "$(var folder-lender whole)"
	expect not_to_keep -13 "$(var folder-lender not_to_keep)"
	expect not_to_read -13 "$(var folder-lender not_to_read)"
	unload folder-lender
	unload opener
	folder_down
}

# What was opened holds the file system no longer than the extension does.
test_kinds_directory_is_given_back() {
	local img=/tmp/fs.img
	truncate -s 8M $img
	disk_of $img /tmp/mnt
	echo plain >/tmp/mnt/plain
	load "$KINDS" --grant folder=directory:/tmp/mnt
	expect_true ran "files are opened" eventually 5 kinds_is opened -gt 3
	refused busy 'busy' umount /tmp/mnt
	unload kinds
	expect_true free "it can be unmounted" eventually 5 umount /tmp/mnt
	rm -rf $img /tmp/mnt
}
