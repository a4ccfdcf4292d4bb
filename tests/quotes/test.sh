# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What documents quote is what happens: their commands are run, on a module that
# was just loaded, and what they print is compared (quotes.py).

QUOTES=/tmp/quotes

# quotes_hold NAME DOCUMENT [OPTION]... - in a folder that has all extensions
quotes_hold() {
	local name=$1 document=/spin/$2
	shift 2
	mkdir -p $QUOTES "$DATA/srv" /srv
	cp "$FIXTURES"/program/refuse/*.bpf.o "$EXT"/*.bpf.o $QUOTES
	cp "$SPIN_BUILD"/quoted/*.bpf.o $QUOTES
	# what is granted lies on a disk
	[ ! -e "$DATA/clip.ts" ] || ln "$DATA/clip.ts" "$DATA/srv/clip.ts"
	mount --bind "$DATA/srv" /srv
	expect "$name" '' "$(cd "${QUOTES_IN-$QUOTES}" &&
		"/spin/tests/quotes/quotes.py" run "$document" "$@" 2>&1)"
	umount /srv
	rm -r "$DATA/srv" $QUOTES
	[ -e /dev/spin ] || spin-insmod
}

# From insmod to rmmod, in the top folder.
test_readme_quotes() {
	rmmod spin
	modprobe -q drm
	QUOTES_IN=/spin quotes_hold readme README.md --skip '^(apt|make)'
}

test_tutorial_quotes() {
	rmmod spin
	spin-insmod
	quotes_hold tutorial Documentation/writing-an-extension.rst --skip ^clang
}

test_manual_quotes() {
	local page
	rmmod spin
	spin-insmod
	must video make-ts "$DATA/clip.ts" 3000 3000000
	# what the trace is to show
	while :; do
		echo anybody >/dev/udp/127.0.0.1/7008
		sleep 0.1
	done &
	# one goes on with what the one before it has loaded
	for page in spinctl spinctl-binding spinctl-trace spinctl-ext; do
		quotes_hold "manual_${page//-/_}" "Documentation/man/$page.8.rst"
	done
	kill $!
	wait
}
