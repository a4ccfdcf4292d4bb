#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Building against other headers, and installing: into a stage, where all goes below
# it and nothing else is written, and for real, where a program then finds libspin.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# as root: it installs, in a root whose changes go away
[ "${1-}" = --inside ] ||
	exec "$here/../vm/in-root" --apt bash /spin/tests/host/install.sh --inside

readonly stage=build/vm/stage out=/tmp/out
kdir=$(echo /usr/src/linux-headers-6.12*-amd64)
readonly kdir
cd /spin

wrong() {
	printf '# expected: %s\n' "$1" >&2
	sed 's/^/# seen: /' "$out" >&2
	exit 1
}

make_it() {
	make --no-print-directory O=build/vm KDIR="$kdir" "$@" >"$out" 2>&1
}

# headers NAME - a copy of the headers, to be changed
headers() {
	cp -a "$kdir" "/tmp/$1"
	chmod -R u+w "/tmp/$1"
}

says() { # REGEX MAKE-ARGUMENT... - fails with it, before anything is compiled
	local regex=$1
	shift
	if make_it "$@"; then wrong "a refusal: $regex"; fi
	grep -qE "$regex" "$out" || wrong "$regex"
	! grep -qE '^ +(CC|LD|BPF) ' "$out" || wrong "nothing is compiled"
}

# commands MAKE-ARGUMENT... - what make would run; it ends in the kernel's makefiles,
# which find nothing to build
commands() {
	make_it -n "$@" || [ -s "$out" ]
}

other_headers() {
	headers no-vmlinux
	rm /tmp/no-vmlinux/vmlinux
	says 'error: /tmp/no-vmlinux/vmlinux is missing.*cp /sys/kernel/btf/vmlinux' \
		module KDIR=/tmp/no-vmlinux O=/tmp/o
	headers no-btf
	sed -i '/CONFIG_DEBUG_INFO_BTF_MODULES/d' /tmp/no-btf/include/config/auto.conf
	says 'built without type information' module KDIR=/tmp/no-btf O=/tmp/o
	headers clang-built
	sed -i 's/^CONFIG_CC_IS_GCC=y/CONFIG_CC_IS_CLANG=y/' \
		/tmp/clang-built/include/config/auto.conf
	commands module KDIR=/tmp/clang-built O=/tmp/o || wrong 'commands'
	grep -q ' LLVM=1 ' "$out" || wrong 'LLVM=1 among the commands'
	commands module O=/tmp/o || wrong 'commands'
	! grep -q ' LLVM=' "$out" || wrong 'no LLVM for a kernel of gcc'
	# 7.3 would build into a copy of its headers, whose makefile names the original
	grep -q " MO=/tmp/o/[^ ]*/kmod " "$out" || wrong 'MO= among the commands'
}

blanks() {
	says "has a blank in it .*O='/tmp/o b'" module O='/tmp/o b'
	mkdir '/tmp/a b'
	cp -a Makefile '/tmp/a b/'
	says "has a blank in it .*'/tmp/a b'" -C '/tmp/a b' help
}

staged() {
	rm -rf $stage
	touch /tmp/before
	# with the path of an ordinary user
	PATH=/usr/local/bin:/usr/bin:/bin make_it DESTDIR=$stage install ||
		wrong 'it is installed'
	find $stage -name 'modules.*' >"$out"
	[ ! -s "$out" ] || wrong 'no modules.* files'
	find /usr/src /lib/modules -newer /tmp/before ! -type d >"$out"
	[ ! -s "$out" ] || wrong 'nothing outside of the stage'
	find $stage -type f -o -type l >"$out"
	local file
	for file in "lib/modules/$(sed 's/+/[+]/' <<<"${kdir#*headers-}")/extra/spin.ko(.xz)?" \
		usr/local/sbin/spinctl usr/local/lib/libspin.so.0 \
		usr/local/lib/libspin.a usr/local/lib/pkgconfig/libspin.pc \
		usr/local/include/spin/libspin.h usr/local/share/man/man8/spinctl.8 \
		usr/local/share/man/man8/spinctl-ext.8; do
		grep -qxE "$stage/$file" "$out" || wrong "$file"
	done
	rm -rf $stage
}

# A program that does not do what it was compiled for ends with another status.
readonly PROGRAM='#include <spin/libspin.h>
int main(void) { return spin_open() ? 7 : 8; }'

runs() { # COMMAND... - the program finds its libraries, and gets a handle
	local status=0
	"$@" >"$out" 2>&1 || status=$?
	[ $status -eq 7 ] || wrong "$*: status 7, not $status"
}

really() {
	mount -t tmpfs tmpfs /usr/local
	cp -a /etc /tmp/etc
	mount --bind /tmp/etc /etc
	make_it install-user || wrong 'it is installed'
	echo "$PROGRAM" >/tmp/p.c
	pkg-config --print-errors --exists libspin >"$out" 2>&1 || wrong 'libspin.pc'
	# shellcheck disable=SC2046 # words
	gcc -o /tmp/p /tmp/p.c $(pkg-config --cflags --libs libspin) >"$out" 2>&1 ||
		wrong 'it links'
	runs /tmp/p
	# shellcheck disable=SC2046
	gcc -o /tmp/p /tmp/p.c $(pkg-config --cflags libspin) \
		/usr/local/lib/libspin.a \
		$(pkg-config --static --libs libspin | sed 's/-lspin//') >"$out" 2>&1 ||
		wrong 'it links with the archive'
	runs /tmp/p
	runs env -i /tmp/p
}

other_headers
blanks
staged
really
